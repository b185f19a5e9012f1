//! How calls are made: wires with their policies, call sites, and the groups of replicas that calls
//! are balanced over.

/// Bits of a wire's policy; a call along a wire without any takes the short way.
pub(crate) mod feature {
    pub(crate) const TIMEOUT: u32 = 1;
    pub(crate) const RETRY: u32 = 1 << 1;
    pub(crate) const POOL: u32 = 1 << 2;
    pub(crate) const BREAKER: u32 = 1 << 3;
    pub(crate) const BULKHEAD: u32 = 1 << 4;
    pub(crate) const LIMIT: u32 = 1 << 5;
    pub(crate) const HEDGE: u32 = 1 << 6;
    pub(crate) const DEADLINE: u32 = 1 << 7;
    pub(crate) const PROPAGATE: u32 = 1 << 8;
    pub(crate) const CANCEL: u32 = 1 << 9;
    pub(crate) const NETWORK: u32 = 1 << 10;
    pub(crate) const CONNECT: u32 = 1 << 11;
    pub(crate) const DEGRADE: u32 = 1 << 12;
    pub(crate) const DEPTH: u32 = 1 << 13;
    /// Retries have a budget.
    pub(crate) const BUDGET: u32 = 1 << 14;
    /// What has to be looked at before an attempt, besides a constant timeout.
    pub(crate) const GUARDS: u32 =
        POOL | BREAKER | BULKHEAD | LIMIT | HEDGE | DEADLINE | PROPAGATE | BUDGET | DEPTH;
}

/// How long a retry waits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BackoffSpec {
    pub base_ns: f64,
    pub factor: f64,
    pub cap_ns: f64,
    pub jitter: JitterSpec,
}

/// How a wait varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JitterSpec {
    None,
    Full,
    Equal,
    Decorrelated,
}

/// A circuit breaker's settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BreakerSpec {
    pub window_ns: u64,
    pub open_at: f64,
    pub min_calls: u32,
    pub open_ns: u64,
    pub probes: u32,
    pub slow_ns: u64,
}

/// A rate limit's settings.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LimitSpec {
    pub algorithm: crate::sim::parts::limiter::LimitAlgorithm,
    pub rate_per_s: f64,
    pub burst: u32,
    pub window_ns: u64,
    pub per_key: bool,
    /// Names of the endpoints it applies to; all if empty.
    pub endpoints: Vec<String>,
}

/// A wire.
#[derive(Debug, Clone)]
pub(crate) struct WireSpec {
    pub from: u32,
    pub features: u32,
    pub stream: u64,
    /// One-way latency given by the wire, or `NONE`: then by zones.
    pub latency: u32,
    /// Share lost each way, of 2^64.
    pub loss: f64,
    pub ns_per_byte: f64,
    /// Bytes of a request and an answer; the flow's own if nothing.
    pub mean_request_bytes: f64,
    pub mean_response_bytes: f64,
    pub request_bytes: Option<u64>,
    pub response_bytes: Option<u64>,
    pub connect: u32,
    /// Connections of one caller replica.
    pub pool: u32,
    /// Index of the timer ring of the pool's own timeout, or `NONE`.
    pub pool_ring: u32,
    pub timeout_ns: u64,
    /// Index of the timer ring of the timeout.
    pub timeout_ring: u32,
    pub deadline_ns: u64,
    pub attempts: u8,
    pub retry_on: u8,
    pub backoff: BackoffSpec,
    pub budget: Option<(f64, f64)>,
    pub idempotent: bool,
    pub hedge_ring: u32,
    pub hedges: u8,
    pub breaker: Option<BreakerSpec>,
    pub bulkhead: u32,
    pub limits: Vec<LimitSpec>,
    pub max_depth: u32,
    /// First per-caller-replica state of this wire.
    pub ends: u32,
}

/// A place from which calls are made: an endpoint of a target, through a balancing group.
#[derive(Debug, Clone)]
pub(crate) struct SiteSpec {
    /// The wire whose policy holds (that of the first target).
    pub wire: u32,
    pub group: u32,
    /// First of its entries: the endpoint called at each target node of the group.
    pub entries: u32,
    pub stream: u64,
    /// Where the caller goes on when the call has failed for good; `NONE`: it fails too.
    pub on_fail: u32,
    /// Balancing group instances of caller replicas start here.
    pub features: u32,
    /// Its calls may be repeated.
    pub repeatable: bool,
    /// Repetitions of its calls are recognised by their key.
    pub idempotent: bool,
    /// First of its callees, if it takes no time, has no policy, and all that is called is one visit of a plain station:
    /// such calls may be carried out in the caller's frame. Else `NONE`.
    pub callees: u32,
    /// There is one replica only to choose from.
    pub alone: bool,
    /// Where whoever is called passes the call on, if it does nothing else and may be skipped. Else `NONE`.
    pub forward: u32,
    /// The key passes on unchanged (balancers and gateways).
    pub transparent: bool,
    /// Name of the endpoint that is called, for limits on some endpoints only.
    pub endpoint: String,
}

/// What a call to one of several targets consists of, where it may be carried out in the caller's frame.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Callee {
    pub station: u32,
    /// The draw of the time of service.
    pub draw: u32,
    /// Where the program of the endpoint begins, with a `Visit`.
    pub entry: u32,
    pub wire: u32,
}

/// How one of several targets is chosen.
#[derive(Debug, Clone)]
pub(crate) enum Choice {
    Only,
    RoundRobin,
    Random,
    Weighted(Vec<f64>),
    Least,
    Best(u32),
    Hash { bound: Option<f64> },
    Zone,
}

/// A replica that a group may choose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    pub replica: u32,
    pub wire: u32,
    /// First station of the replica.
    pub stations: u32,
    /// Number of its node among the group's target nodes.
    pub ordinal: u16,
}

/// Active health checks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HealthSpec {
    pub every_ns: u64,
    pub timeout_ns: u64,
    pub unhealthy_after: u32,
    pub healthy_after: u32,
}

/// Outlier ejection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EjectionSpec {
    pub failures: u32,
    pub latency_factor: f64,
    pub failure_share: f64,
    pub interval_ns: u64,
    pub lasts_ns: u64,
    pub max_share: f64,
}

/// A caller node's view of a set of targets.
#[derive(Debug, Clone)]
pub(crate) struct GroupSpec {
    pub caller: u32,
    pub targets: Vec<Target>,
    pub choice: Choice,
    pub health: Option<HealthSpec>,
    pub ejection: Option<EjectionSpec>,
    pub slow_start_ns: u64,
    /// The ring of consistent hashing.
    pub ring: Option<crate::sim::parts::ring::HashRing>,
    /// First of the instances: one for each caller replica.
    pub instances: u32,
}
