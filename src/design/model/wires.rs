//! Wires: the network between two nodes and the caller's policy for calls along it.

use super::{Balancing, TimeDist};
use crate::design::macros::{choice, record};
use crate::units::{Bandwidth, Bytes, Nanos, Rate, Ratio};

record! {
    /// The network and the policy of calls from one node to another.
    pub struct Wire {
        /// One-way network time. Without it, the latency between the zones of caller and callee.
        latency: Option<TimeDist> = "None",
        /// Share of messages that are lost, each way. A lost message shows nothing to the caller until its timeout.
        loss: Ratio = "\"0%\"",
        /// Bytes per second that the wire carries; adds size ÷ bandwidth to each way.
        bandwidth: Option<Bandwidth> = "None",
        /// Size of each request along it; the flow's own size on a client's wire if left out.
        request: Option<Bytes> = "None",
        /// Size of each answer along it.
        response: Option<Bytes> = "None",
        /// Time to open a connection (TCP, TLS, login); paid for each call unless there is a pool, and then for each new connection.
        connect: Option<TimeDist> = "None",
        /// Connections that one replica of the caller keeps; a call waits for a free one. 10 towards a database, else unlimited.
        pool: Option<Limit> = "None",
        /// How long a call waits for a connection before it fails.
        pool_timeout: Option<Nanos> = "None",
        /// How long the caller waits for the answer to one attempt, waiting for a connection included.
        timeout: Option<Nanos> = "None",
        /// Highest total time of the call, retries included.
        deadline: Option<Nanos> = "None",
        /// The callee learns how much time the caller has left, gives up when it is over, and skips requests that are late already.
        propagate_deadline: bool = "false",
        /// A caller that gives up tells the callee, which stops the work and frees its worker.
        cancel: bool = "false",
        /// Tries again after a failure.
        retry: Option<Retry> = "None",
        /// Sends a second attempt when the first is slow.
        hedge: Option<Hedge> = "None",
        /// Stops calling a callee that fails.
        breaker: Option<Breaker> = "None",
        /// Calls that one replica of the caller may have under way along this wire; more are refused at once.
        bulkhead: Option<u32> = "None",
        /// Limits on the rate of calls, at the caller.
        limits: Vec<RateLimit> = "[]",
        /// A call that fails for good counts as answered, in a degraded way.
        degrade: bool = "false",
        /// How the caller spreads calls over the callee's replicas.
        balancing: Balancing = flatten,
        /// Depth to which calls may recurse along this wire, where calls form a cycle.
        max_depth: Option<u32> = "None",
        /// Free text about this wire.
        note: String = "\"\"",
    }
}

choice! {
    /// A highest number, or none.
    pub enum Limit {
        /// No limit.
        Unlimited,
        /// At most this many. A bare number means this.
        AtMost { /** The number. */ n: u32 = required },
    }
}

record! {
    /// Tries a failed call again.
    pub struct Retry {
        /// Tries in all, the first included.
        attempts: u32 = "3",
        /// How long to wait before each retry.
        backoff: Backoff = "Exponential()",
        /// Which failures are tried again.
        on: Vec<Failure> = "[Timeout, Error, Unavailable, Rejected, Limited]",
        /// Retries over first tries, at most, over a sliding window of ten seconds.
        budget: Option<Ratio> = "None",
        /// Retries per second that the budget always allows.
        budget_min: Rate = "\"1/s\"",
        /// Each request carries a key by which the callee recognises a repetition: retried writes take effect once.
        idempotency_key: bool = "false",
    }
}

choice! {
    /// Why an attempt failed.
    pub enum Failure {
        /// No answer in time.
        Timeout,
        /// The answer was an error.
        Error,
        /// The callee could not be reached: crashed, or nothing healthy.
        Unavailable,
        /// The callee's queue or limit refused it.
        Rejected,
        /// A rate limit refused it.
        Limited,
        /// A lock or a conflicting change refused it.
        Conflict,
        /// The circuit breaker refused it.
        BreakerOpen,
    }
}

choice! {
    /// How long to wait before a retry.
    pub enum Backoff {
        /// Not at all.
        Immediate,
        /// The same time before each.
        Fixed { /** The time. */ wait: Nanos = required, /** How it varies. */ jitter: Jitter = "None" },
        /// Longer each time.
        Exponential {
            /// Wait before the first retry.
            base: Nanos = "\"50ms\"",
            /// Factor from one retry to the next.
            factor: f64 = "2",
            /// Longest wait.
            cap: Nanos = "\"10s\"",
            /// How it varies.
            jitter: Jitter = "Full",
        },
    }
}

choice! {
    /// How a wait before a retry varies (Brooker, AWS Architecture Blog, 2015).
    pub enum Jitter {
        /// Not at all.
        None,
        /// Evenly between 0 and the wait.
        Full,
        /// Half the wait, and evenly up to the other half.
        Equal,
        /// Evenly between the base and three times the previous wait.
        Decorrelated,
    }
}

record! {
    /// Sends another attempt, to another replica where there is one, when the answer is slow (Dean and Barroso, 2013).
    pub struct Hedge {
        /// How long to wait for the answer first.
        after: Nanos = required,
        /// Additional attempts at most.
        max: u32 = "1",
    }
}

record! {
    /// A circuit breaker of one caller replica: stops calling while too many calls fail, then probes.
    pub struct Breaker {
        /// The time over which calls are counted.
        window: Nanos = "\"10s\"",
        /// Share of failures that opens it.
        open_at: Ratio = "\"50%\"",
        /// Calls in the window below which it never opens.
        min_calls: u32 = "20",
        /// How long it stays open.
        half_open_after: Nanos = "\"5s\"",
        /// Trial calls that must succeed in a row to close it again.
        probes: u32 = "3",
        /// Calls slower than this count as failures.
        slow_call: Option<Nanos> = "None",
    }
}

record! {
    /// A limit on the rate of requests.
    pub struct RateLimit {
        /// How it counts.
        algorithm: Algorithm = "TokenBucket",
        /// Sustained rate.
        rate: Rate = required,
        /// Requests that may pass at once after a quiet time (token bucket), or wait (leaky bucket).
        burst: u32 = "1",
        /// Length of a window (fixed and sliding window).
        window: Nanos = "\"1s\"",
        /// Whether each key has a limit of its own.
        per: Per = "Global",
        /// Only these endpoints; all if left out.
        endpoints: Vec<String> = "[]",
    }
}

choice! {
    /// How a rate limit counts.
    pub enum Algorithm {
        /// Tokens drip in at the rate up to the burst; a request takes one or is refused.
        TokenBucket,
        /// Requests leave at the rate; up to `burst` wait for their turn, more are refused.
        LeakyBucket,
        /// A counter per window of the clock.
        FixedWindow,
        /// A log of the requests in the last window.
        SlidingWindow,
    }
}

choice! {
    /// What a limit counts apart.
    pub enum Per {
        /// All requests together.
        Global,
        /// Each key (user, account, address) apart.
        Key,
    }
}

record! {
    /// One-way network latency, where a wire does not give its own. Counts only between nodes that have zones.
    pub struct Network {
        /// Within a zone.
        same_zone: TimeDist = "\"0.25ms\"",
        /// Between zones of a region.
        cross_zone: TimeDist = "\"0.5ms\"",
        /// Between regions, where no pair is given.
        cross_region: TimeDist = "\"40ms\"",
        /// Pairs of zones or regions and the latency between them.
        pairs: Vec<(String, String, TimeDist)> = "[]",
    }
}
