//! What one replication recorded: everything in windows of simulated time, as integers.
//!
//! The run is cut into windows once; warm-up, phases around faults and time series are then only
//! selections of windows, so nothing is recorded twice and nothing has to be known in advance.
//! All counts and sums are integers: merging is exact and does not depend on order.

use crate::stats::histogram::Sparse;

/// Why a request or an attempt failed, as an index into the arrays of counters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Cause {
    /// No answer in time.
    Timeout = 0,
    /// Refused by a queue, a limit on concurrency or admission.
    Rejected = 1,
    /// Refused by a rate limit.
    Limited = 2,
    /// Refused by a circuit breaker.
    BreakerOpen = 3,
    /// Could not be reached.
    Unavailable = 4,
    /// A lock or a conflicting change.
    Conflict = 5,
    /// Answered with an error.
    Error = 6,
}

/// Number of causes.
pub const CAUSES: usize = 7;

/// The causes by index, as they are called in results.
pub const CAUSE_NAMES: [&str; CAUSES] = [
    "timeout",
    "rejected",
    "limited",
    "breaker_open",
    "unavailable",
    "conflict",
    "error",
];

/// What clients saw of one endpoint in one window.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EndpointWindow {
    /// Requests that began.
    pub offered: u64,
    /// Requests under way at the end of the window.
    pub in_flight: u64,
    /// Failed, by [`Cause`].
    pub failed: [u64; CAUSES],
    /// Of the completed, how many in a degraded way.
    pub degraded: u64,
    /// Attempts that began (by this client's first hop), retries and hedges included.
    pub attempts: u64,
    /// Latency of those that completed in the window, in ns (128 sub-buckets a power of two).
    pub latency: Sparse,
    /// Latency of those that failed in the window, in ns (32 sub-buckets).
    pub failed_latency: Sparse,
    /// Number in flight integrated over the window, in request·ns.
    pub in_flight_area: u128,
}

/// What happened at a node in one window, all replicas together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NodeWindow {
    /// Requests that arrived, refused ones included.
    pub arrivals: u64,
    /// Requests answered (with success or an error of its own making or its callees').
    pub completions: u64,
    /// Refused by queue, limits, admission.
    pub rejected: u64,
    /// Answered with an error.
    pub errors: u64,
    /// From arrival to answer, in ns (32 sub-buckets).
    pub latency: Sparse,
    /// Time of replicas being up, in replica·ns.
    pub up_area: u128,
}

/// What happened at a station class (the stations of one name of all replicas of a node) in one window.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StationWindow {
    /// Visits that entered the queue or service.
    pub arrivals: u64,
    /// Visits whose service ended.
    pub completions: u64,
    /// Visits that left before their service ended: abandoned, cancelled, crashed, dropped.
    pub abandoned: u64,
    /// Busy servers integrated over the window, in server·ns.
    pub busy_area: u128,
    /// Number waiting integrated over the window, in request·ns.
    pub queue_area: u128,
    /// Available servers (of replicas that are up) integrated over the window, in server·ns; 0 if unlimited.
    pub available_area: u128,
    /// Highest number waiting at one replica.
    pub queue_max: u64,
    /// Busy time of visits whose answer nobody waited for any more, in ns.
    pub wasted_ns: u128,
    /// Time waiting, of visits whose service began in the window, in ns (32 sub-buckets).
    pub wait: Sparse,
    /// Time served, of visits whose service ended in the window, in ns (32 sub-buckets).
    pub service: Sparse,
}

/// What happened along a wire in one window, all caller replicas together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WireWindow {
    /// Calls begun.
    pub calls: u64,
    /// Attempts begun.
    pub attempts: u64,
    /// Retries begun.
    pub retries: u64,
    /// Hedges begun.
    pub hedges: u64,
    /// Failed attempts, by [`Cause`].
    pub failed: [u64; CAUSES],
    /// Retries that the budget refused.
    pub budget_refused: u64,
    /// Calls answered by their fallback.
    pub fallbacks: u64,
    /// Times that a breaker opened.
    pub breaker_opened: u64,
    /// Breakers open integrated over the window, in breaker·ns.
    pub breaker_open_area: u128,
    /// Latency of attempts answered in the window, in ns (32 sub-buckets).
    pub latency: Sparse,
    /// Waits for a pooled connection that ended in the window, in ns (32 sub-buckets).
    pub pool_wait: Sparse,
    /// Pooled connections in use integrated over the window, in connection·ns.
    pub pool_area: u128,
    /// Messages lost.
    pub lost: u64,
    /// Bytes carried, both ways.
    pub bytes: u64,
}

/// What happened in a cache's contents in one window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheWindow {
    /// Look-ups.
    pub lookups: u64,
    /// Found and fresh.
    pub hits: u64,
    /// Found past their time and given out.
    pub stale: u64,
    /// Waited for another's fetch.
    pub coalesced: u64,
    /// Given up for want of space.
    pub evictions: u64,
}

/// What happened in a queue in one window.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueueWindow {
    /// Messages accepted.
    pub published: u64,
    /// Deliveries.
    pub delivered: u64,
    /// Deliveries after the first of a message.
    pub redelivered: u64,
    /// Messages done.
    pub acknowledged: u64,
    /// Messages given up.
    pub dead_letters: u64,
    /// Messages waiting at the end of the window.
    pub backlog: u64,
    /// Messages waiting integrated over the window, in message·ns.
    pub backlog_area: u128,
    /// Highest age of the oldest waiting message in the window, in ns.
    pub oldest_max_ns: u64,
    /// From publication to done, in ns (32 sub-buckets).
    pub age: Sparse,
}

/// Counts of what went wrong with the data in one window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CorrectnessWindow {
    /// Writes that took effect once more.
    pub duplicate_effects: u64,
    /// Reads older than the newest write.
    pub stale_reads: u64,
    /// Messages lost for good.
    pub lost_messages: u64,
    /// Acknowledged writes lost for good.
    pub lost_writes: u64,
}

/// One law checked exactly, on integers, over the whole replication.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// `conservation`, `little` or `utilization`.
    pub law: &'static str,
    /// Where.
    pub place: String,
    /// One side.
    pub left: u128,
    /// The other.
    pub right: u128,
}

/// What a moment on a trace was spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Spent {
    /// Waiting for a worker, a core or the disk.
    Wait,
    /// Being worked on.
    Service,
    /// On the network, opening a connection included.
    Network,
    /// Waiting for a pooled connection.
    Pool,
    /// Waiting for a row lock.
    Lock,
    /// Waiting before a retry.
    Backoff,
    /// A `Wait` step.
    Delay,
    /// Held back by a rate limit.
    Limit,
    /// Waiting for another request's fetch of the same key.
    Coalesce,
}

/// The kinds of time by index, as they are called in results.
pub const SPENT_NAMES: [&str; 9] = [
    "wait", "service", "network", "pool", "lock", "backoff", "delay", "limit", "coalesce",
];

/// Where time passed: a node or a wire, by index into the model's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A node.
    Node(u32),
    /// A wire.
    Wire(u32),
}

/// One span of a followed request, in ns from its start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TraceSpan {
    /// Depth in the tree of calls; the request itself is 0.
    pub depth: u32,
    /// Where.
    pub place: Place,
    /// What passed, or nothing for the span of a whole call.
    pub spent: Option<Spent>,
    /// Start.
    pub start_ns: u64,
    /// End.
    pub end_ns: u64,
    /// Whether the answer waited for it.
    pub critical: bool,
}

/// A followed request that completed: its time divided along its critical path.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// Index of the endpoint.
    pub endpoint: u32,
    /// When it began.
    pub start_ns: u64,
    /// How long it took: exactly the sum of the parts.
    pub latency_ns: u64,
    /// The parts, ordered by place and kind, each once.
    pub parts: Vec<(Place, Spent, u64)>,
    /// All of its spans; kept for a bounded number of requests, else empty.
    pub spans: Vec<TraceSpan>,
}

/// Everything that one replication recorded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replication {
    /// Index of the replication.
    pub index: u32,
    /// Boundaries of the windows: one more than there are windows, from 0 to the end reached.
    pub edges_ns: Vec<u64>,
    /// By endpoint, by window.
    pub endpoints: Vec<Vec<EndpointWindow>>,
    /// By node, by window.
    pub nodes: Vec<Vec<NodeWindow>>,
    /// By station class, by window.
    pub stations: Vec<Vec<StationWindow>>,
    /// By wire, by window.
    pub wires: Vec<Vec<WireWindow>>,
    /// By cache, by window.
    pub caches: Vec<Vec<CacheWindow>>,
    /// By queue, by window.
    pub queues: Vec<Vec<QueueWindow>>,
    /// By window.
    pub correctness: Vec<CorrectnessWindow>,
    /// Requests that were followed, in order of completion.
    pub followed: Vec<Followed>,
    /// One request in this many was followed.
    pub follow_one_in: u64,
    /// Faults that happened: name, start and end (the end of the run if it did not end).
    pub faults: Vec<(String, u64, u64)>,
    /// Events processed.
    pub events: u64,
    /// It ended before its time: interrupted, or at a limit.
    pub stopped: Option<String>,
    /// The laws, checked.
    pub checks: Vec<Check>,
}

/// A node's identity for results.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeMeta {
    /// Its name.
    pub name: String,
    /// Its kind in lower case.
    pub kind: &'static str,
    /// Index into `Replication::stations` of its workers.
    pub workers: u32,
    /// Servers of all replicas at its workers' station; 0 if unlimited.
    pub workers_total: u64,
    /// Indices of its other station classes.
    pub other_stations: Vec<u32>,
    /// Index into `Replication::caches`.
    pub cache: Option<u32>,
    /// The cache's hit ratio was given.
    pub cache_fixed: bool,
    /// Index into `Replication::queues`.
    pub queue: Option<u32>,
    /// Number of replicas.
    pub replicas: u32,
    /// Cost per hour of all replicas, in dollars.
    pub cost_per_hour: f64,
    /// Cost of one million arrivals, in dollars.
    pub cost_per_million: f64,
}

/// A station class's identity for results.
#[derive(Debug, Clone, PartialEq)]
pub struct StationMeta {
    /// The node, by index.
    pub node: u32,
    /// `workers`, `cores`, `disk`, `flush`, `in_flight` …
    pub name: &'static str,
    /// Servers of all replicas; 0 if unlimited.
    pub servers_total: u64,
}

/// A wire's identity for results.
#[derive(Debug, Clone, PartialEq)]
pub struct WireMeta {
    /// `"caller -> callee"`.
    pub name: String,
    /// The caller, by index of node.
    pub from: u32,
    /// The callee, by index of node.
    pub to: u32,
    /// Pooled connections of all caller replicas; 0 if there is no pool.
    pub pool_total: u64,
    /// Breakers: one a caller replica, if there are any.
    pub breakers: u64,
}

/// An endpoint's identity for results.
#[derive(Debug, Clone, PartialEq)]
pub struct EndpointMeta {
    /// `"client -> node/endpoint"`.
    pub name: String,
    /// The client, by index of node.
    pub client: u32,
    /// Attack traffic.
    pub attack: bool,
}

/// Who is who in a [`Replication`]: what the figures of a model belong to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Meta {
    /// Endpoints, as in `Replication::endpoints`.
    pub endpoints: Vec<EndpointMeta>,
    /// Nodes, as in `Replication::nodes`.
    pub nodes: Vec<NodeMeta>,
    /// Station classes, as in `Replication::stations`.
    pub stations: Vec<StationMeta>,
    /// Wires, as in `Replication::wires`.
    pub wires: Vec<WireMeta>,
    /// Simulated time, in ns.
    pub duration_ns: u64,
    /// Warm-up as the design gives it.
    pub warmup: WarmupRule,
    /// The scenario is about a transient (faults, or rates that change): nothing is left out unless a time is given.
    pub transient: bool,
}

/// How warm-up is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WarmupRule {
    /// By MSER-5.
    #[default]
    Auto,
    /// Nothing is left out.
    Nothing,
    /// This long, in ns; it is an edge of the windows.
    Given(u64),
}
