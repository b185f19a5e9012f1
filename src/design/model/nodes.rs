//! The kinds of node and their parameters. What kinds share stands once: [`Common`] (replicas,
//! placement, price) and [`Serving`] (workers, queue, admission).

use super::{Flow, Limit, RateLimit, Step, TimeDist};
use crate::design::Named;
use crate::design::macros::{choice, kinds, record};
use crate::units::{Money, Nanos, Ratio};

kinds! {
    /// What a node is. Kinds differ only in their parameters, defaults and a small behaviour of their own.
    pub enum Kind {
        /// Sends traffic.
        Client(Client),
        /// Spreads calls over the replicas of its targets.
        Balancer(Balancer),
        /// Routes calls by endpoint, checks credentials and limits rates.
        Gateway(Gateway),
        /// Runs programs: the ordinary back-end component.
        Service(Service),
        /// Keeps copies of answers in memory.
        Cache(Cache),
        /// A relational database with one primary.
        Database(Database),
        /// A work queue: messages wait until a worker takes them.
        Queue(Queue),
        /// Takes messages from a queue and works on them.
        Worker(Worker),
        /// A third party with its own latency, availability and quota.
        External(External),
    }
}

record! {
    /// What every node has.
    pub struct Common {
        /// A component of the catalogue whose figures are the defaults here, such as `"postgres-16/4vcpu"`.
        preset: Option<String> = "None",
        /// Number of identical instances.
        replicas: u32 = "1",
        /// Zones over which the replicas are spread in turn. A zone is `"a"` or `"region/a"`.
        zones: Vec<String> = "[]",
        /// Cost of one replica per hour.
        price: Money = "\"$0/h\"",
        /// Cost of one million requests, for components that are billed by use.
        price_per_million: f64 = "0",
        /// Called in order after the node's work, where it has no endpoints: the arrows of a sketch.
        to: Vec<String> = "[]",
        /// Where the box lies on the canvas; the document's `canvas` block wins.
        at: Option<(i32, i32)> = "None",
        /// Free text about this node.
        note: String = "\"\"",
    }
}

record! {
    /// What a node that does work has: workers, a queue before them, and a rule for what may enter.
    pub struct Serving {
        /// Requests that one replica serves at once.
        workers: Limit = "Unlimited",
        /// Requests that may wait for a worker of one replica.
        queue: Limit = "Unlimited",
        /// In which order waiting requests are served.
        discipline: Discipline = "Fifo",
        /// What may enter.
        admission: Admission = "Reject",
        /// Requests that may be inside one asynchronous replica at once, waiting for calls included.
        in_flight: Limit = "Unlimited",
        /// CPU cores of one replica: `Work` then needs a core besides a worker.
        cores: Option<u32> = "None",
        /// Limits on the rate of requests; a request must pass all.
        limits: Vec<RateLimit> = "[]",
        /// Endpoints and their programs. Without any, one is implied: the node's work, then each of its calls in order.
        endpoints: Named<Vec<Step>> = "{}",
        /// Time of the work of the implied endpoint.
        work: Option<TimeDist> = "None",
    }
}

choice! {
    /// The order of service in a queue.
    pub enum Discipline {
        /// First come, first served.
        Fifo,
        /// Last come, first served.
        Lifo,
        /// First come first served, until the oldest has waited too long; then last come first served.
        AdaptiveLifo { /** The wait from which the newest goes first. */ after: Nanos = "\"100ms\"" },
        /// Higher priority first, in order of arrival among equals; work under way is not interrupted.
        Priority,
        /// Higher priority first, and it interrupts lower work, which resumes where it stopped.
        PreemptivePriority,
        /// All share the workers evenly, at most one worker's speed each.
        ProcessorSharing,
    }
}

choice! {
    /// What may enter a station, beyond its queue limit.
    pub enum Admission {
        /// Refuses what finds the queue full.
        Reject,
        /// Makes the caller wait outside until there is space (backpressure).
        Block,
        /// Drops from the queue when waits have stayed above a target (Nichols and Jacobson, 2012).
        CoDel { /** Acceptable standing wait. */ target: Nanos = "\"5ms\"", /** How long it may be exceeded. */ interval: Nanos = "\"100ms\"" },
        /// Refuses what would exceed a fixed number of requests inside.
        Concurrency { /** Highest number inside one replica, waiting or served. */ limit: u32 = required },
        /// Adapts the number inside to the latency (additive increase, multiplicative decrease on the ratio to the best seen).
        Adaptive {
            /// Lowest limit.
            min: u32 = "4",
            /// Highest limit.
            max: u32 = "1000",
            /// Latency over the lowest seen at which the limit falls.
            tolerance: f64 = "2",
        },
        /// Sheds load by priority: refuses priority 0 from `start` waiting requests on, the highest only at `full`.
        Shed { /** Queue length at which the lowest priority is refused. */ start: u32 = required, /** Queue length at which all are refused. */ full: u32 = required },
    }
}

record! {
    /// Sends traffic.
    pub struct Client {
        /// The streams of requests it sends.
        traffic: Vec<Flow> = "[]",
    }
}

record! {
    /// How a balancer (or a caller with several targets) spreads its calls.
    pub struct Balancing {
        /// How a replica is chosen.
        policy: Policy = "RoundRobin",
        /// Active health checks.
        health: Option<HealthCheck> = "None",
        /// Takes replicas out of rotation when their answers are bad.
        ejection: Option<Ejection> = "None",
        /// How long a replica that comes back gets less than its share, rising from a tenth in a straight line.
        slow_start: Option<Nanos> = "None",
    }
}

choice! {
    /// How a replica is chosen.
    pub enum Policy {
        /// One after the other.
        RoundRobin,
        /// At random.
        Random,
        /// At random in proportion to weights, one for each target node (or each replica if there is one target).
        Weighted { /** The weights. */ weights: Vec<f64> = required },
        /// The one with fewest calls sent and not yet answered or given up; ties to the lowest index.
        LeastOutstanding,
        /// The better of two distinct replicas drawn at random.
        PowerOfTwo,
        /// The best of `d` distinct replicas drawn at random.
        PowerOfChoices { /** How many are drawn. */ d: u32 = required },
        /// By the request's key, on a ring with virtual nodes; optionally no replica above a multiple of the mean load.
        ConsistentHash { /** Points of each replica on the ring. */ virtual_nodes: u32 = "100", /** Highest load over the mean, such as 1.25. */ bound: Option<f64> = "None" },
        /// The caller's own zone first, another only if it has no healthy replica; round robin within.
        ZoneAware,
    }
}

record! {
    /// Active health checks: probes that each replica answers while it is up, reachable and not paused.
    pub struct HealthCheck {
        /// Time between probes of one replica.
        every: Nanos = "\"5s\"",
        /// How long a probe waits for its answer.
        timeout: Nanos = "\"1s\"",
        /// Failed probes in a row until the replica leaves rotation.
        unhealthy_after: u32 = "3",
        /// Good probes in a row until it returns.
        healthy_after: u32 = "2",
    }
}

record! {
    /// Outlier ejection: a replica whose answers are bad leaves rotation for a while.
    pub struct Ejection {
        /// Failures in a row (errors, refusals and timeouts) that eject.
        failures: Option<u32> = "5",
        /// A replica whose mean latency in an interval is this many times the mean of the others is ejected.
        latency_factor: Option<f64> = "None",
        /// A replica whose share of failures in an interval is above this is ejected.
        failure_share: Option<Ratio> = "None",
        /// The interval over which latency and share are judged.
        interval: Nanos = "\"10s\"",
        /// How long an ejection lasts; multiplied by the number of ejections so far.
        lasts: Nanos = "\"30s\"",
        /// Largest share of replicas that may be ejected at once.
        max_share: Ratio = "\"50%\"",
    }
}

record! {
    /// Spreads calls over the replicas of its targets. Endpoints pass through under their own names.
    pub struct Balancer {
        /// How it spreads them.
        balancing: Balancing = flatten,
        /// Its own workers, queue and work; free of work by default.
        serving: Serving = flatten,
    }
}

record! {
    /// Routes calls by endpoint, checks credentials and limits rates.
    pub struct Gateway {
        /// Which node serves an endpoint; other endpoints go to the first of `to` that has them.
        routes: Named<String> = "{}",
        /// Time to check credentials on every request.
        auth: Option<TimeDist> = "None",
        /// How it spreads calls over the replicas of a target.
        balancing: Balancing = flatten,
        /// Its own workers, queue, limits and work.
        serving: Serving = flatten,
    }
}

choice! {
    /// Whether a worker is held while a service waits for a call.
    pub enum Mode {
        /// A worker is held from the start of the endpoint's program to its reply: one thread per request.
        Blocking,
        /// A worker is held only during `Work`; a separate in-flight limit holds.
        Asynchronous,
    }
}

record! {
    /// Runs programs: the ordinary back-end component.
    pub struct Service {
        /// Whether a worker is held while waiting for a call.
        mode: Mode = "Blocking",
        /// Workers, queue, admission and endpoints. A service has 16 workers and 1 ms of work unless it says otherwise.
        serving: Serving = flatten,
    }
}

choice! {
    /// Which entry a full cache gives up.
    pub enum Eviction {
        /// The least recently used.
        Lru,
        /// The least frequently used; the least recently used among equals.
        Lfu,
        /// The oldest.
        Fifo,
        /// Three queues: small, main and ghost (Yang et al., SOSP 2023).
        S3Fifo,
        /// None: entries leave only when their time is up. Capacity is then a limit on new entries.
        TtlOnly,
    }
}

choice! {
    /// Whether replicas share contents.
    pub enum Scope {
        /// One content for the whole node, as a cluster that partitions its keys.
        Shared,
        /// Each replica has contents of its own.
        PerReplica,
    }
}

choice! {
    /// What a cache holds at the start.
    pub enum Start {
        /// Nothing.
        Cold,
        /// The most popular keys, up to the capacity.
        Warm,
    }
}

record! {
    /// Keeps copies of answers in memory.
    pub struct Cache {
        /// Entries that it holds (of each replica, if contents are per replica).
        capacity: u64 = "100000",
        /// Which entry a full cache gives up.
        eviction: Eviction = "Lru",
        /// How long an entry lives, from its write.
        ttl: Option<Nanos> = "None",
        /// The time to live varies evenly by this share, up and down, so that entries do not expire together.
        jitter: Ratio = "\"0%\"",
        /// The time to live counts from the last read instead.
        renew: bool = "false",
        /// One request at a time fetches a missing key; others for the same key wait for it.
        coalesce: bool = "false",
        /// For how long after its time an entry is still given out while one request refreshes it in the background.
        stale_while_revalidate: Option<Nanos> = "None",
        /// Whether replicas share contents.
        scope: Scope = "Shared",
        /// What it holds at the start.
        start: Start = "Cold",
        /// A fixed hit ratio in place of contents: a quick sketch, and shown as one.
        hit_ratio: Option<Ratio> = "None",
        /// Workers, queue and work. One worker and 0.05 ms of work unless it says otherwise.
        serving: Serving = flatten,
    }
}

record! {
    /// The disk of a database.
    pub struct Disk {
        /// Reads and writes that it serves at once.
        channels: u32 = "16",
        /// Time of one page read.
        read: TimeDist = "\"0.2ms\"",
        /// Time of one flush of the log.
        flush: TimeDist = "\"1ms\"",
    }
}

record! {
    /// A relational database with one primary. Its sessions are its workers; its cores and disk are stations of their own.
    pub struct Database {
        /// Sessions that the server accepts at once.
        connections: u32 = "100",
        /// What happens to a session beyond them.
        when_full: WhenFull = "Refuse",
        /// Share of page reads that are found in memory.
        buffer_hit: Ratio = "\"99%\"",
        /// The disk.
        disk: Disk = "()",
        /// Commits that arrive while a flush is under way share the next one.
        group_commit: bool = "true",
        /// Writes lock the row of the request's key until commit.
        row_locks: bool = "true",
        /// How long a write waits for a row lock before it fails with a conflict.
        lock_timeout: Option<Nanos> = "None",
        /// Cores, queue and endpoints. Two cores and 1 ms of work unless it says otherwise.
        serving: Serving = flatten,
    }
}

choice! {
    /// What a full server, or a full queue, does with one more.
    pub enum WhenFull {
        /// Refuses it at once.
        Refuse,
        /// Makes it wait.
        Wait,
    }
}

record! {
    /// A work queue with at-least-once delivery.
    pub struct Queue {
        /// How long a delivered message stays hidden; not acknowledged by then, it is delivered again.
        visibility: Nanos = "\"30s\"",
        /// Deliveries after which a message goes to the dead letters.
        max_receives: u32 = "5",
        /// Messages that it holds at most, waiting.
        capacity: Limit = "Unlimited",
        /// What happens to a message that finds it full.
        when_full: WhenFull = "Refuse",
        /// Messages with the same key are worked on one at a time, in order.
        ordered: bool = "false",
        /// Time to accept a message.
        accept: TimeDist = "\"1ms\"",
        /// Contents are lost when it crashes.
        volatile: bool = "false",
    }
}

record! {
    /// Takes messages from a queue and works on them.
    pub struct Worker {
        /// The queue.
        from: String = required,
        /// Messages taken and worked on together as one.
        batch: u32 = "1",
        /// Messages that a worker fetches ahead; they are hidden from other workers meanwhile.
        prefetch: u32 = "0",
        /// What is done with each message (or batch); its work and calls if left out.
        steps: Vec<Step> = "[]",
        /// Workers and work. One worker and 10 ms of work unless it says otherwise.
        serving: Serving = flatten,
    }
}

record! {
    /// A third party with its own latency, availability and quota.
    pub struct External {
        /// Time until it answers.
        latency: TimeDist = "\"50ms\"",
        /// Share of calls that it answers without an error.
        availability: Ratio = "\"100%\"",
        /// How many it serves at once, what it limits, and its endpoints, if these matter.
        serving: Serving = flatten,
    }
}
