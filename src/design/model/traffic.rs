//! What a client sends: how often, to whom, about which keys.

use super::{Dist, SizeDist, TimeDist};
use crate::design::macros::{choice, record};
use crate::units::{Nanos, Rate, Ratio};

record! {
    /// One stream of requests that a client sends. Open (`rate`), derived from people (`people`) or closed (`users`).
    pub struct Flow {
        /// The node that is called.
        to: String = required,
        /// Which of its endpoints; its only or implied one if left out.
        endpoint: Option<String> = "None",
        /// Several endpoints by weight, instead of one.
        mix: Vec<(f64, String)> = "[]",
        /// Requests per second, constant or as a curve (open traffic).
        rate: Option<Curve> = "None",
        /// A rate derived from people instead.
        people: Option<People> = "None",
        /// How the gaps between requests vary around the rate.
        arrivals: Arrivals = "Poisson",
        /// Number of users, each waiting for an answer and thinking before the next request (closed traffic).
        users: Option<u32> = "None",
        /// Think time between an answer and the same user's next request.
        think: TimeDist = "\"1s\"",
        /// Which key each request is about.
        keys: Keys = "Uniform(n: 1000000)",
        /// Size of the request on the wire.
        request: SizeDist = "\"1KiB\"",
        /// Size of the answer on the wire.
        response: SizeDist = "\"4KiB\"",
        /// Higher is served first where a queue has priorities, and shed last. 0 to 7.
        priority: u32 = "0",
        /// The user gives up after this time, whatever retries remain.
        deadline: Option<Nanos> = "None",
        /// A change by this traffic without a retry-safe key takes effect again each time it is retried.
        idempotent: bool = "false",
        /// Attack traffic: simulated like any other, and left out of goodput.
        attack: bool = "false",
    }
}

impl Flow {
    /// What the flow calls: each endpoint with its share of the requests; the shares add up to 1.
    /// Without `mix` it is one part; without an endpoint either, the target's only or implied one.
    #[must_use]
    pub fn parts(&self) -> Vec<(f64, Option<&str>)> {
        if self.mix.is_empty() {
            return vec![(1.0, self.endpoint.as_deref())];
        }
        let total: f64 = self.mix.iter().map(|(weight, _)| weight).sum();
        self.mix
            .iter()
            .map(|(weight, name)| (weight / total, Some(name.as_str())))
            .collect()
    }
}

record! {
    /// A rate derived from people: daily users × requests each ÷ 86,400 s × peak factor.
    pub struct People {
        /// Users on one day.
        daily_users: f64 = required,
        /// Requests of each on that day.
        requests_each: f64 = required,
        /// How many times the daily mean the busiest hours reach.
        peak_factor: f64 = "3",
    }
}

choice! {
    /// A rate over time.
    pub enum Curve {
        /// The same rate throughout. A bare rate such as `"120/s"` means this.
        Constant { /** The rate. */ rate: Rate = required },
        /// From one rate to another in a straight line, then staying there.
        Ramp {
            /// Rate at the start.
            from: Rate = required,
            /// Rate at the end.
            to: Rate = required,
            /// How long the change takes.
            over: Nanos = required,
            /// When it begins.
            at: Nanos = "\"0s\"",
        },
        /// One rate until a moment, another after it.
        Step { /** Rate before. */ from: Rate = required, /** Rate after. */ to: Rate = required, /** The moment. */ at: Nanos = required },
        /// A base rate, and a higher one for a while.
        Spike {
            /// Rate outside the spike.
            base: Rate = required,
            /// Rate during the spike.
            peak: Rate = required,
            /// When it begins.
            at: Nanos = required,
            /// How long it lasts.
            lasts: Nanos = required,
        },
        /// A sine over the day (or any period), lowest at the start.
        Daily {
            /// Lowest rate.
            low: Rate = required,
            /// Highest rate.
            high: Rate = required,
            /// Length of one cycle.
            period: Nanos = "\"24h\"",
        },
        /// Straight lines between points of time and rate.
        Piecewise { /** Time and rate, ascending in time. */ points: Vec<(Nanos, Rate)> = required },
    }
}

choice! {
    /// How the gaps between open arrivals vary.
    pub enum Arrivals {
        /// Independent arrivals: exponential gaps.
        Poisson,
        /// Evenly spaced.
        Even,
        /// Gaps of any distribution; it is scaled so that its mean gives the rate.
        Renewal { /** The shape of the gaps. */ gaps: Dist = required },
        /// Markov-modulated Poisson: calm and burst periods of exponential length. The mean stays the rate.
        Bursts {
            /// How many times the calm rate the burst rate is.
            factor: f64 = required,
            /// Mean length of a burst.
            burst: Nanos = required,
            /// Mean length of a calm period.
            calm: Nanos = required,
        },
        /// Several requests at the same moment; batches arrive as Poisson. The mean stays the rate.
        Batches { /** Size of a batch, at least 1. */ size: super::CountDist = required },
    }
}

choice! {
    /// Which keys requests are about.
    pub enum Keys {
        /// All keys alike.
        Uniform { /** Number of keys. */ n: u64 = required },
        /// A few keys very often: the k-th most popular in proportion to 1/k^s.
        Zipf { /** Number of keys. */ n: u64 = required, /** Skew. */ s: f64 = "0.99" },
        /// A share of the requests goes to a small set of keys.
        HotSet {
            /// Number of keys.
            n: u64 = required,
            /// Number of hot keys.
            hot: u64 = required,
            /// Share of requests about a hot key.
            share: Ratio = required,
        },
        /// Every request about the same key.
        Single,
    }
}
