//! What an objective can measure: the one list of measures, what each is taken of and compared with.

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table below says what each one is")]
pub enum Measure {
    Mean,
    P50,
    P90,
    P95,
    P99,
    P999,
    Max,
    Goodput,
    Throughput,
    Failed,
    Availability,
    Attempts,
    Utilization,
    Queue,
    QueueMax,
    WaitP99,
    Wasted,
    HitRatio,
    Backlog,
    Oldest,
    DeadLetters,
    Recovery,
    DuplicateEffects,
    LostMessages,
    LostWrites,
    StaleReads,
    CostPerHour,
    CostPerMillion,
}

/// What a measure is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectKind {
    /// Nothing: it is of the whole run.
    Run,
    /// An endpoint as its clients see it.
    Endpoint,
    /// A node.
    Node,
    /// A cache.
    Cache,
    /// A queue.
    Queue,
    /// A fault.
    Fault,
}

/// What a measure is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoundKind {
    /// A duration.
    Time,
    /// A share.
    Share,
    /// A rate, or a share of what was offered.
    RateOrShare,
    /// A share, or a number of requests.
    ShareOrCount,
    /// A number.
    Number,
    /// Dollars.
    Dollars,
}

/// What can be said about one measure.
#[derive(Debug)]
pub struct MeasureInfo {
    /// Its name in an objective.
    pub name: &'static str,
    /// The measure.
    pub measure: Measure,
    /// What it is taken of.
    pub subject: SubjectKind,
    /// What it is compared with.
    pub bound: BoundKind,
    /// What it means.
    pub help: &'static str,
}

/// All measures that an objective may name.
pub const MEASURES: &[MeasureInfo] = {
    use BoundKind::{Dollars, Number, RateOrShare, Share, ShareOrCount, Time};
    use Measure as M;
    use SubjectKind::{Cache, Endpoint, Fault, Node, Queue, Run};
    const fn info(
        name: &'static str,
        measure: Measure,
        subject: SubjectKind,
        bound: BoundKind,
        help: &'static str,
    ) -> MeasureInfo {
        MeasureInfo {
            name,
            measure,
            subject,
            bound,
            help,
        }
    }
    &[
        info(
            "mean",
            M::Mean,
            Endpoint,
            Time,
            "mean latency of completed requests",
        ),
        info("p50", M::P50, Endpoint, Time, "median latency"),
        info(
            "p90",
            M::P90,
            Endpoint,
            Time,
            "latency that 90% of the requests stay below",
        ),
        info(
            "p95",
            M::P95,
            Endpoint,
            Time,
            "latency that 95% of the requests stay below",
        ),
        info(
            "p99",
            M::P99,
            Endpoint,
            Time,
            "latency that 99% of the requests stay below",
        ),
        info(
            "p999",
            M::P999,
            Endpoint,
            Time,
            "latency that 99.9% of the requests stay below",
        ),
        info("max", M::Max, Endpoint, Time, "highest latency"),
        info(
            "goodput",
            M::Goodput,
            Endpoint,
            RateOrShare,
            "requests completed well per second, or as a share of those offered",
        ),
        info(
            "throughput",
            M::Throughput,
            Endpoint,
            RateOrShare,
            "requests completed per second",
        ),
        info(
            "failed",
            M::Failed,
            Endpoint,
            ShareOrCount,
            "requests that failed, as a share or a number",
        ),
        info(
            "availability",
            M::Availability,
            Endpoint,
            Share,
            "share of requests that did not fail",
        ),
        info(
            "attempts",
            M::Attempts,
            Endpoint,
            Number,
            "attempts per request, retries included",
        ),
        info(
            "utilization",
            M::Utilization,
            Node,
            Share,
            "busy worker-time over available worker-time",
        ),
        info("queue", M::Queue, Node, Number, "mean number waiting"),
        info(
            "queue_max",
            M::QueueMax,
            Node,
            Number,
            "highest number waiting",
        ),
        info(
            "wait_p99",
            M::WaitP99,
            Node,
            Time,
            "99th percentile of the wait in a node's queue",
        ),
        info(
            "wasted",
            M::Wasted,
            Node,
            Share,
            "share of a node's busy time spent on abandoned work",
        ),
        info(
            "hit_ratio",
            M::HitRatio,
            Cache,
            Share,
            "share of look-ups that found their key",
        ),
        info(
            "backlog",
            M::Backlog,
            Queue,
            Number,
            "messages waiting at the end of the run",
        ),
        info(
            "oldest",
            M::Oldest,
            Queue,
            Time,
            "highest age of the oldest message",
        ),
        info(
            "dead_letters",
            M::DeadLetters,
            Queue,
            Number,
            "messages given up after too many deliveries",
        ),
        info(
            "recovery",
            M::Recovery,
            Fault,
            Time,
            "time from the end of a fault until everything is as before it",
        ),
        info(
            "duplicate_effects",
            M::DuplicateEffects,
            Run,
            Number,
            "changes that took effect more than once",
        ),
        info(
            "lost_messages",
            M::LostMessages,
            Run,
            Number,
            "messages that were accepted and never worked on",
        ),
        info(
            "lost_writes",
            M::LostWrites,
            Run,
            Number,
            "writes that were confirmed and then lost",
        ),
        info(
            "stale_reads",
            M::StaleReads,
            Run,
            Number,
            "reads that got an old value",
        ),
        info(
            "cost_per_hour",
            M::CostPerHour,
            Run,
            Dollars,
            "cost of all nodes per hour",
        ),
        info(
            "cost_per_million",
            M::CostPerMillion,
            Run,
            Dollars,
            "cost of one million good requests",
        ),
    ]
};

impl Measure {
    /// What can be said about it.
    ///
    /// # Panics
    /// Never: a test finds every measure in the table.
    pub fn info(self) -> &'static MeasureInfo {
        MEASURES
            .iter()
            .find(|info| info.measure == self)
            .expect("every measure stands in the table")
    }
}

impl BoundKind {
    pub(super) fn wanted(self) -> &'static str {
        match self {
            BoundKind::Time => "a duration such as `250ms`",
            BoundKind::Share => "a share such as `99.9%`",
            BoundKind::RateOrShare => "a rate such as `100/s`, or `99% of offered`",
            BoundKind::ShareOrCount => "a share such as `1%`, or a number",
            BoundKind::Number => "a number such as `100`",
            BoundKind::Dollars => "an amount such as `$2`",
        }
    }
}

impl SubjectKind {
    pub(super) fn example(self) -> &'static str {
        match self {
            SubjectKind::Run => "",
            SubjectKind::Endpoint => "POST /orders",
            SubjectKind::Node => "api",
            SubjectKind::Cache => "cache",
            SubjectKind::Queue => "order-events",
            SubjectKind::Fault => "orders-db slow",
        }
    }
}
