//! How a scenario is run, what it must meet, its variants and what lies on the canvas.

use crate::design::Raw;
use crate::design::macros::{choice, record};
use crate::units::Nanos;

record! {
    /// How long, how often and with which seed a scenario is simulated.
    pub struct Run {
        /// Simulated time of each replication.
        duration: Nanos = "\"60s\"",
        /// Time at the start that is left out of the figures. Found automatically (MSER-5) if `Auto`; a run with faults
        /// or changing traffic keeps everything unless a time is given.
        warmup: Warmup = "Auto",
        /// Seed of all randomness.
        seed: u64 = "1",
        /// Independent repetitions.
        replications: u32 = "10",
        /// Highest memory of one replication, in MiB. A run that needs more stops with a message.
        memory_mib: u32 = "1024",
    }
}

choice! {
    /// What is left out at the start.
    pub enum Warmup {
        /// Found by MSER-5 (White, 1997) on the mean of the replications.
        Auto,
        /// Nothing.
        Nothing,
        /// A given time. A bare duration means this.
        For { /** The time. */ time: Nanos = required },
    }
}

/// An assertion on the result, as written: `p99(POST /orders) < 250ms`. See `design::objective` for
/// its grammar.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// The text, as written.
    pub text: String,
}

choice! {
    /// One change to a design, by path: `"nodes/api/replicas"`, `"wires/api -> db/pool"`.
    pub enum Change {
        /// Gives the thing at the path another value, or adds it.
        Set { /** The path. */ path: String = required, /** The value, as it would be written in the file. */ value: Raw = required },
        /// Takes the thing at the path away, so that its default holds.
        Remove { /** The path. */ path: String = required },
    }
}

record! {
    /// Free text on the canvas.
    pub struct Note {
        /// Where it lies.
        at: (i32, i32) = required,
        /// The text.
        text: String = required,
    }
}

/// A place on the canvas, in cells: column and row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point(pub i32, pub i32);
