//! A design compiled to flat tables: what the engine reads while it runs, and never changes.
//!
//! Everything is an index into a vector here; names, units and validation end at compile time.
//! Programs of endpoints are runs of [`Op`]s in one vector, addressed by program counter.

mod calls;
mod load;

pub(crate) use calls::*;
pub(crate) use load::*;

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
