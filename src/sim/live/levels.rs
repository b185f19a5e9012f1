//! How things stand at one moment: what is busy, what waits, what is broken.

/// How everything stands at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Levels {
    /// The moment, in ns of simulated time.
    pub now_ns: u64,
    /// Events so far.
    pub events: u64,
    /// Calls in progress.
    pub in_progress: u32,
    /// Replicas, those of a node one after the other.
    pub replicas: Vec<ReplicaLevel>,
    /// Station classes, as in `Meta::stations`.
    pub stations: Vec<StationLevel>,
    /// Wires, as in `Meta::wires`.
    pub wires: Vec<WireLevel>,
    /// Caches, as `NodeMeta::cache` numbers them.
    pub caches: Vec<CacheLevel>,
    /// Queues, as `NodeMeta::queue` numbers them.
    pub queues: Vec<QueueLevel>,
    /// Requests under way, by endpoint, as in `Meta::endpoints`.
    pub in_flight: Vec<u64>,
    /// Faults that are on.
    pub faults: Vec<ActiveFault>,
}

/// One replica.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ReplicaLevel {
    /// Its node, by index.
    pub node: u32,
    /// It has crashed.
    pub down: bool,
    /// It stands still.
    pub paused: bool,
    /// Factor on the time of its work; 1 if it is well.
    pub slow: f64,
    /// Share of requests that it answers with an error by a fault.
    pub errors: f64,
    /// Servers busy at its first station.
    pub busy: u32,
    /// Waiting at its first station.
    pub waiting: u32,
}

/// The stations of one name of all replicas of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StationLevel {
    /// Busy servers.
    pub busy: u64,
    /// Waiting.
    pub waiting: u64,
    /// Servers of replicas that are up; 0 if there is no limit.
    pub servers: u64,
}

/// The callers' ends of a wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WireLevel {
    /// Pooled connections in use.
    pub pool_busy: u64,
    /// Pooled connections; 0 if there is no pool.
    pub pool_size: u64,
    /// Waiting for a connection.
    pub pool_waiting: u64,
    /// The circuit breakers, if there are any.
    pub breakers: Option<BreakerLevel>,
    /// Faults that touch it.
    pub faults: u32,
}

/// Circuit breakers, one a caller replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BreakerLevel {
    /// How many there are.
    pub total: u32,
    /// Open: no call passes.
    pub open: u32,
    /// Half open: probes pass.
    pub half_open: u32,
}

/// The contents of a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CacheLevel {
    /// Entries held.
    pub entries: u64,
    /// Entries that it can hold.
    pub capacity: u64,
}

/// A queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueLevel {
    /// Messages waiting.
    pub backlog: u64,
    /// Age of the oldest of them, in ns.
    pub oldest_ns: u64,
}

/// A fault that is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveFault {
    /// Its number in the design.
    pub plan: u32,
    /// Its name.
    pub name: String,
    /// Since when, in ns.
    pub since_ns: u64,
    /// Replicas that it touches, by index among all.
    pub replicas: Vec<u32>,
}

/// Who waits at a node: for its workers, or for a connection to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingFrom {
    /// The caller, by index of node; nothing for work that no call has brought (messages).
    pub caller: Option<u32>,
    /// How many wait.
    pub waiting: u64,
    /// Of these, how many the caller has given up: nobody waits for the answer any more.
    pub given_up: u64,
}
