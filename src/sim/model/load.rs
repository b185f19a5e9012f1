//! What a design is exposed to: the traffic of clients, and faults.

use crate::stats::sampler::Sampler;

/// The rate of a flow over time: straight lines.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RateCurve {
    /// Time (ns) and rate (per ns) at the corners, ascending; the last rate holds on.
    pub points: Vec<(f64, f64)>,
}

/// How arrivals vary around the rate.
#[derive(Debug, Clone)]
pub(crate) enum ArrivalSpec {
    Poisson,
    Even,
    Renewal(Sampler),
    Bursts {
        calm: f64,
        burst: f64,
        calm_ns: f64,
        burst_ns: f64,
    },
    Batches {
        size: Sampler,
        mean: f64,
    },
}

/// Which keys requests are about.
#[derive(Debug, Clone)]
pub(crate) enum KeySpec {
    Single,
    Uniform(u64),
    Zipf {
        n: u64,
        law: crate::stats::discrete::Zipf,
    },
    HotSet {
        n: u64,
        hot: u64,
        share: f64,
    },
}

/// A flow: one stream of requests of a client.
#[derive(Debug, Clone)]
pub(crate) struct FlowSpec {
    pub node: u32,
    /// The client's replica, and the first of its stations.
    pub replica: u32,
    pub stations: u32,
    pub curve: RateCurve,
    pub arrivals: ArrivalSpec,
    /// Users of closed traffic; 0 if open.
    pub users: u32,
    pub think: u32,
    /// Cumulative weights, and for each part its program and endpoint of measurement.
    pub upto: Vec<f64>,
    pub parts: Vec<FlowPart>,
    pub keys: KeySpec,
    pub request: Sampler,
    pub response: Sampler,
    pub priority: u8,
    pub deadline_ns: u64,
    pub idempotent: bool,
    pub stream: u64,
}

/// One endpoint that a flow calls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FlowPart {
    pub entry: u32,
    pub endpoint: u32,
}

/// What a fault does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FaultSpec {
    Crash {
        node: u32,
        which: WhichSpec,
    },
    Slow {
        node: u32,
        which: WhichSpec,
        factor: f64,
    },
    Errors {
        node: u32,
        which: WhichSpec,
        rate: f64,
    },
    Grey {
        node: u32,
        which: WhichSpec,
        factor: f64,
        rate: f64,
    },
    Latency {
        wire: u32,
        draw: u32,
    },
    Loss {
        wire: u32,
        rate: f64,
    },
    Partition {
        side_a: Vec<bool>,
        side_b: Vec<bool>,
    },
    Pause {
        node: u32,
        which: WhichSpec,
    },
    Flush {
        cache: u32,
    },
    Traffic {
        flows: Vec<u32>,
        factor: f64,
    },
    HotKey {
        flows: Vec<u32>,
        share: f64,
    },
    Zone {
        replicas: Vec<u32>,
    },
}

/// Which replicas a fault touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhichSpec {
    All,
    Count(u32),
    Index(u32),
}

/// A fault and when it happens.
#[derive(Debug, Clone)]
pub(crate) struct FaultPlan {
    pub name: String,
    pub fault: FaultSpec,
    pub at_ns: u64,
    /// Repeats: time from the end of one to the start of the next.
    pub every: Option<Sampler>,
    /// How long; `None` to the end.
    pub lasts: Option<Sampler>,
    pub stream: u64,
}
