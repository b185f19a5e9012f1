//! A design compiled to flat tables: what the engine reads while it runs, and never changes.
//!
//! Everything is an index into a vector here; names, units and validation end at compile time.
//! Programs of endpoints are runs of [`Op`]s in one vector, addressed by program counter.

use super::measure::Meta;
use crate::stats::sampler::Sampler;

/// No index.
pub(crate) const NONE: u32 = u32::MAX;

/// A source of keyed randomness: what is drawn, and the stable name of what it is drawn for.
#[derive(Debug, Clone)]
pub(crate) struct Draw {
    /// The compiled distribution, of seconds or of a count.
    pub sampler: Sampler,
    /// Hash of the names of node, endpoint and step.
    pub stream: u64,
}

/// One micro-operation. `st` is a station by its offset among the stations of a replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    /// Queue for a server of a station, be served for a drawn time, give the server back.
    Visit { st: u16, draw: u32 },
    /// The end of a `Visit`.
    VisitEnd { st: u16 },
    /// Queue for a server and keep it.
    Acquire { st: u16 },
    /// Give a kept server back.
    Release { st: u16 },
    /// Work for a drawn time on the server that is kept.
    Hold { draw: u32 },
    /// The end of a `Hold`.
    HoldEnd,
    /// Let a drawn time pass.
    Delay { draw: u32 },
    /// The end of a `Delay`.
    DelayEnd,
    /// Call along a site and wait for the answer.
    Call { site: u32 },
    /// Send along a site and do not wait.
    Send { site: u32 },
    /// Start branches and wait for as many as needed.
    Fork { fork: u32 },
    /// Go on at one of several places.
    Choose { choice: u32 },
    /// Go on elsewhere.
    Jump { to: u32 },
    /// Draw a number of rounds; leave at once if it is 0.
    Loop { draw: u32, exit: u32 },
    /// The end of a round.
    Again { body: u32 },
    /// The client of the request learns the answer now; the rest goes on alone.
    Reply,
    /// Fail with a probability (parts in 2^32).
    Fail { draw: u32 },
    /// Pass the rate limits `first..first + n` of the node.
    Limit { first: u32, n: u16 },
    /// Look the request's key up in this node's contents, for a `Cached` step; the answer is hit, stale or miss.
    CacheGet { cached: u32 },
    /// Put the request's key into this node's contents.
    CachePut { cached: u32 },
    /// Act on the answer of a look-up.
    Cached { cached: u32 },
    /// The fetch on a miss is done: fill the cache, wake who waits for it.
    Filled { cached: u32 },
    /// Draw the pages to read and how many of them miss the buffer cache. A visit of the disk and `PageEnd` follow;
    /// they are skipped if none misses.
    Pages { draw: u32, db: u32 },
    /// One page has been read: the next one, or on.
    PageEnd,
    /// Lock the row of the request's key.
    Lock { db: u32 },
    /// A row was changed: commit now unless a transaction is open.
    Written { db: u32 },
    /// Wait for the log to be flushed.
    Flush { db: u32 },
    /// Release the locks of this statement, outside a transaction.
    Unlock { db: u32 },
    /// Open a transaction: take a connection of the pool.
    Begin { tx: u32 },
    /// Commit: call the database's commit.
    Commit { tx: u32 },
    /// The transaction is over: give connection, session and locks back.
    End { tx: u32 },
    /// At the database: the session of the calling transaction ends here.
    Committed,
    /// Take a session unless the calling transaction has one.
    Session,
    /// Give the session back unless the calling transaction keeps it.
    SessionEnd,
    /// Put a message with the request's key into this node's queue.
    Enqueue { queue: u32 },
    /// The work on a delivery is done: acknowledge its messages.
    Acknowledge { queue: u32 },
    /// Answer the caller.
    Return,
    /// A branch of a `Fork` is done.
    BranchEnd,
    /// The answer reaches the caller.
    Deliver,
    /// The request reaches the callee.
    Arrive,
    /// A request of a client is done.
    Done,
    /// Fail for the cause in the frame's status.
    Failed,
}

/// Fixed program counters, the same in every model.
pub(crate) const PC_DELIVER: u32 = 0;
pub(crate) const PC_ARRIVE: u32 = 1;
pub(crate) const PC_DONE: u32 = 2;
pub(crate) const PC_FAILED: u32 = 3;

/// An instance of a node.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReplicaSpec {
    pub node: u32,
    /// Its number among the node's replicas.
    pub local: u32,
    /// Zone, or `NONE`.
    pub zone: u32,
    /// First of its stations.
    pub stations: u32,
}

/// What a node is to the engine.
#[derive(Debug, Clone)]
pub(crate) struct NodeSpec {
    pub first_replica: u32,
    pub replicas: u32,
    pub stations: u16,
    /// Index into the model's adaptive limits: concurrency or shedding, if it has any.
    pub entry: Entry,
    pub queue: u32,
    pub cache: u32,
    pub db: u32,
    /// A worker node's queue.
    pub consumes: u32,
    /// Forwards calls under their own name: failures keep their cause.
    pub passes: bool,
}

/// What may enter a replica besides the limits of its queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Entry {
    Open,
    /// At most this many inside.
    Concurrency(u32),
    /// A limit that adapts: min, max, tolerance.
    Adaptive(u32, u32, f64),
    /// Refused by priority from `start` waiting on, all at `full`.
    Shed(u32, u32),
}

/// The order of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Fifo,
    Lifo,
    AdaptiveLifo(u64),
    Priority,
    Preemptive,
    Sharing,
}

/// A station of one replica.
#[derive(Debug, Clone)]
pub(crate) struct StationSpec {
    pub class: u32,
    pub servers: u32,
    pub queue_limit: u32,
    pub order: Order,
    /// `CoDel`'s target and interval.
    pub codel: Option<(u64, u64)>,
}

impl StationSpec {
    /// First come or last come first served, and nothing is dropped from the queue.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.order, Order::Fifo | Order::Lifo) && self.codel.is_none()
    }
}

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

/// An endpoint: where its program begins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EndpointSpec {
    pub node: u32,
    pub entry: u32,
    pub name: String,
}

/// Branches that run at the same time.
#[derive(Debug, Clone)]
pub(crate) struct ForkSpec {
    pub branches: Vec<u32>,
    pub need: u32,
    pub stream: u64,
}

/// Branches of which one is taken: cumulative weights and places.
#[derive(Debug, Clone)]
pub(crate) struct ChoiceSpec {
    pub upto: Vec<f64>,
    pub to: Vec<u32>,
    pub stream: u64,
}

/// A cache's contents.
#[derive(Debug, Clone)]
pub(crate) struct CacheSpec {
    pub node: u32,
    pub policy: crate::sim::parts::cache::EvictionPolicy,
    pub capacity: u64,
    pub ttl_ns: u64,
    pub jitter: f64,
    pub renew: bool,
    pub coalesce: bool,
    pub grace_ns: u64,
    pub per_replica: bool,
    pub warm: bool,
    pub hit_ratio: f64,
    pub stream: u64,
}

/// One `Cached` step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CachedSpec {
    pub cache: u32,
    /// Where the fetch begins, and where the step ends.
    pub miss: u32,
    pub end: u32,
    /// A branch that fetches in the background, for stale entries.
    pub refresh: u32,
    pub stream: u64,
    /// Makes keys of other names differ.
    pub salt: u64,
}

/// A database's own settings.
#[derive(Debug, Clone)]
pub(crate) struct DbSpec {
    pub node: u32,
    pub disk: u16,
    pub flush: u16,
    pub flush_draw: u32,
    pub read_draw: u32,
    pub buffer_hit: f64,
    pub group_commit: bool,
    pub row_locks: bool,
    pub lock_ring: u32,
    pub stream: u64,
    pub replica: u32,
}

/// One `Transaction` step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TxSpec {
    pub wire: u32,
    pub db: u32,
    /// The call that commits.
    pub commit: u32,
}

/// A work queue.
#[derive(Debug, Clone)]
pub(crate) struct QueueSpec {
    pub node: u32,
    pub visibility_ring: u32,
    pub max_receives: u32,
    pub capacity: u32,
    pub waits_when_full: bool,
    pub ordered: bool,
    pub volatile: bool,
    /// Worker nodes that take from it.
    pub consumers: Vec<ConsumerSpec>,
    pub stream: u64,
}

/// A worker node that takes from a queue.
#[derive(Debug, Clone)]
pub(crate) struct ConsumerSpec {
    pub node: u32,
    pub endpoint: u32,
    pub batch: u32,
    /// Deliveries that one replica may have at once.
    pub slots: u32,
    pub wire: u32,
}

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

/// A design compiled for the engine.
#[derive(Debug, Clone)]
pub struct Model {
    pub(crate) meta: Meta,
    pub(crate) ops: Vec<Op>,
    pub(crate) draws: Vec<Draw>,
    pub(crate) nodes: Vec<NodeSpec>,
    pub(crate) replicas: Vec<ReplicaSpec>,
    pub(crate) stations: Vec<StationSpec>,
    pub(crate) wires: Vec<WireSpec>,
    pub(crate) ends: usize,
    pub(crate) sites: Vec<SiteSpec>,
    pub(crate) site_entries: Vec<u32>,
    pub(crate) callees: Vec<Callee>,
    pub(crate) groups: Vec<GroupSpec>,
    pub(crate) group_instances: usize,
    pub(crate) endpoints: Vec<EndpointSpec>,
    pub(crate) forks: Vec<ForkSpec>,
    pub(crate) choices: Vec<ChoiceSpec>,
    pub(crate) caches: Vec<CacheSpec>,
    pub(crate) cached: Vec<CachedSpec>,
    pub(crate) dbs: Vec<DbSpec>,
    pub(crate) txs: Vec<TxSpec>,
    pub(crate) queues: Vec<QueueSpec>,
    pub(crate) flows: Vec<FlowSpec>,
    pub(crate) node_limits: Vec<LimitSpec>,
    pub(crate) faults: Vec<FaultPlan>,
    /// The distinct constant timeouts, in ns.
    pub(crate) rings: Vec<Ring>,
    /// Zones by name, and the draws of one-way latency between them (`NONE`: no time).
    pub(crate) zones: Vec<String>,
    pub(crate) zone_latency: Vec<u32>,
    pub(crate) memory_limit: u64,
    /// Requests need their key: some cache, limit, lock, queue or ring asks for it.
    pub(crate) uses_keys: bool,
    /// Writes happen under calls that may be repeated.
    pub(crate) tracks_effects: bool,
    /// Edges of the windows, in ns, from 0 to the duration.
    pub(crate) edges: Vec<u64>,
    /// One request in this many is followed.
    pub(crate) follow_one_in: u64,
}

/// What a ring of constant timeouts is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ring {
    pub kind: RingKind,
    pub after_ns: u64,
}

/// What happens when a timer of a ring fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RingKind {
    /// The caller gives an attempt up.
    Timeout,
    /// The caller gives up waiting for a connection.
    Pool,
    /// The caller sends another attempt.
    Hedge,
    /// A write gives up waiting for a row.
    Lock,
    /// A message becomes visible again: the queue.
    Visibility(u32),
}

impl Model {
    /// Who is who in the results of this model.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Simulated time of one replication, in ns.
    pub fn duration_ns(&self) -> u64 {
        self.meta.duration_ns
    }
}
