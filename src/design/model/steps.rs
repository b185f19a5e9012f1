//! Endpoints and the steps of their programs.

use super::{CountDist, TimeDist};
use crate::design::macros::choice;
use crate::units::Ratio;

choice! {
    /// One thing that an endpoint does.
    pub enum Step {
        /// Takes a worker (or core) for a time.
        Work { /** How long. */ time: TimeDist = required },
        /// Passes time without a worker.
        Wait { /** How long. */ time: TimeDist = required },
        /// Calls another node and waits for the answer.
        Call {
            /// The node to call.
            node: String = required,
            /// Which of its endpoints; its only or implied one if left out.
            endpoint: Option<String> = "None",
            /// Steps to do instead when the call has failed for good. Without them the failure is this endpoint's own.
            fallback: Option<Vec<Step>> = "None",
        },
        /// Runs branches at the same time and waits for them.
        Parallel {
            /// The branches: a step each, or a list of steps.
            branches: Vec<Steps> = required,
            /// How many must succeed.
            need: Need = "All",
        },
        /// Takes one of several branches, by weight.
        Choose { /** Weight and steps of each branch. */ branches: Vec<(f64, Steps)> = required },
        /// Does steps several times, one after the other. A query per row is a `Repeat`.
        Repeat { /** How often; fractions are rounded to the nearest whole number. */ times: CountDist = required, /** The steps. */ steps: Vec<Step> = required },
        /// Looks the request's key up in a cache, and does the steps and fills the cache if it is not there.
        Cached {
            /// The cache.
            cache: String = required,
            /// Keys of other names do not collide: `"user"`, `"cart"`. The request's own key is always part of it.
            key: String = "\"\"",
            /// What to do on a miss.
            miss: Vec<Step> = required,
        },
        /// Puts a message in a queue and waits until the queue has accepted it.
        Publish { /** The queue. */ queue: String = required },
        /// Holds one connection of the pool, and the locks its writes take, until its steps are done and committed.
        Transaction { /** The database. */ db: String = required, /** The steps. */ steps: Vec<Step> = required },
        /// At a database: reads pages; each is found in the buffer cache or read from disk.
        Read { /** Pages. */ pages: CountDist = "1" },
        /// At a database: changes the row of the request's key. Commits at once unless a transaction is open.
        Write,
        /// Answers now; the steps after it go on in the background.
        Reply,
        /// Fails with a probability: the answer is an error.
        Fail { /** How often. */ probability: Ratio = "\"100%\"" },
    }
}

choice! {
    /// How many branches of a `Parallel` must succeed.
    pub enum Need {
        /// Every branch. The first failure is the failure of the whole.
        All,
        /// The first that succeeds.
        Any,
        /// The first `k` that succeed.
        AtLeast { /** How many. */ k: u32 = required },
    }
}

/// One step, or a list of steps: a branch.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps(pub Vec<Step>);
