//! What a run says: the figures of all replications together, with their intervals. This is the
//! object that `run --json` prints (`buttress.run/1`) and that the results file keeps. Times are in
//! seconds, rates per second, shares from 0 to 1.
//!
//! The order of fields is part of the format. Fields are added at the end of an object, never
//! renamed.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the object.
pub const FORMAT: &str = "buttress.run/1";

/// The result of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// Always [`FORMAT`].
    pub format: String,
    /// What was simulated.
    pub design: DesignRef,
    /// The seed.
    pub seed: u64,
    /// Replications that were finished.
    pub replications: u32,
    /// Simulated time of each replication, warm-up included.
    pub simulated_s: f64,
    /// Time left out at the start of each.
    pub warmup_s: f64,
    /// Events of all replications.
    pub events: u64,
    /// The run was interrupted, or stopped at a limit: figures are of what was simulated until then.
    pub partial: bool,
    /// What clients saw, for each flow and endpoint.
    pub endpoints: Vec<EndpointFigures>,
    /// What happened at each node.
    pub nodes: Vec<NodeFigures>,
    /// What happened along each wire.
    pub wires: Vec<WireFigures>,
    /// Duplicate effects, stale reads, lost messages and writes.
    pub correctness: Correctness,
    /// The objectives and whether they are met.
    pub objectives: Vec<ObjectiveResult>,
    /// What it costs.
    pub cost: Cost,
    /// What there is to say about it, most important first.
    pub findings: Vec<Finding>,
    /// How warm-up was chosen: `given`, `mser5`, `none`, `transient` (kept whole since the scenario is about a transient).
    pub warmup_by: String,
    /// Before, during and after each fault.
    pub phases: Vec<Phase>,
    /// Where the time went.
    pub attribution: Vec<Attribution>,
    /// Whole traces of a median and of a slow request.
    pub exemplars: Vec<Exemplar>,
    /// The course of the figures over simulated time.
    pub series: Series,
    /// Conservation, Little's law and the utilisation law, checked on this run.
    pub checks: Vec<LawCheck>,
}

/// Which design was simulated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct DesignRef {
    /// Its name.
    pub name: String,
    /// The file, as it was given.
    pub file: String,
    /// Hash of the text that was simulated, with its variant and settings: 16 hexadecimal digits.
    pub hash: String,
    /// The variant, if one was chosen.
    pub variant: Option<String>,
}

/// Latency of requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Latency {
    /// Mean.
    pub mean: f64,
    /// 95% confidence interval of the mean.
    pub ci95: [f64; 2],
    /// 50th percentile.
    pub p50: f64,
    /// 90th percentile.
    pub p90: f64,
    /// 95th percentile.
    pub p95: f64,
    /// 99th percentile.
    pub p99: f64,
    /// 99.9th percentile.
    pub p999: f64,
    /// Highest seen.
    pub max: f64,
    /// 95% confidence intervals of the percentiles, by name (`"p99"`); a percentile for which the run is too short has
    /// none.
    pub percentiles_ci95: BTreeMap<String, [f64; 2]>,
}

/// What a client saw of one endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct EndpointFigures {
    /// `"client -> node/endpoint"`.
    pub id: String,
    /// Requests that began in the measured time.
    pub offered: u64,
    /// Answered with success in the measured time, degraded ones included.
    pub completed: u64,
    /// Failed, by cause: `timeout`, `rejected`, `limited`, `breaker_open`, `unavailable`, `conflict`, `error`.
    pub failed: BTreeMap<String, u64>,
    /// Under way at the end of the measured time, less those under way at its start: offered = completed + failed + this.
    pub in_flight: i64,
    /// Completed per second.
    pub goodput_per_s: f64,
    /// 95% confidence interval of goodput.
    pub goodput_ci95: [f64; 2],
    /// Tries per finished request.
    pub attempts_per_request: f64,
    /// Latency of completed requests, from the intended arrival.
    pub latency_s: Latency,
    /// Latency of failed requests.
    pub failed_latency_s: Latency,
    /// Of the completed, how many in a degraded way.
    pub degraded: u64,
    /// Attack traffic: left out of goodput totals.
    pub attack: bool,
}

/// Mean and percentiles of a time at a node.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Default)]
pub struct Times {
    /// Mean.
    pub mean: f64,
    /// 50th percentile.
    pub p50: f64,
    /// 99th percentile.
    pub p99: f64,
}

/// What happened at one node, all replicas together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct NodeFigures {
    /// Its name.
    pub id: String,
    /// Its kind, in lower case: `service`, `database` …
    pub kind: String,
    /// Requests that arrived per second, refused ones included.
    pub arrivals_per_s: f64,
    /// Requests that it answered per second.
    pub completions_per_s: f64,
    /// Busy worker-time over available worker-time; 0 where workers are unlimited.
    pub utilization: f64,
    /// Mean number waiting.
    pub queue_mean: f64,
    /// Highest number waiting at one replica.
    pub queue_max: u64,
    /// Time waiting for a worker.
    pub wait_s: Times,
    /// Time in the worker's hands.
    pub service_s: Times,
    /// Refused by its queue, its limits or its admission.
    pub rejected: u64,
    /// Time from arrival to answer: waits, work and calls to others.
    pub latency_s: Times,
    /// Mean busy workers.
    pub busy_mean: f64,
    /// Workers of all replicas; 0 if unlimited.
    pub workers: u64,
    /// Share of busy time spent on work whose answer nobody waited for any more.
    pub wasted_share: f64,
    /// Requests whose answer was an error made here.
    pub errors: u64,
    /// Share of time that its replicas were up.
    pub availability: f64,
    /// Stations besides the workers: cores, disk, flush, connections, in-flight limit.
    pub stations: Vec<StationFigures>,
    /// A cache's hits.
    pub cache: Option<CacheFigures>,
    /// A queue's messages.
    pub queue: Option<QueueFigures>,
}

/// What happened at one station of a node, all replicas together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct StationFigures {
    /// `cores`, `disk`, `flush` …
    pub id: String,
    /// Busy time over available time.
    pub utilization: f64,
    /// Mean number waiting.
    pub queue_mean: f64,
    /// Highest number waiting at one replica.
    pub queue_max: u64,
    /// Time waiting.
    pub wait_s: Times,
    /// Time served.
    pub service_s: Times,
}

/// What happened at a cache.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Default)]
pub struct CacheFigures {
    /// Look-ups.
    pub lookups: u64,
    /// Found.
    pub hits: u64,
    /// Found, but past their time (stale-while-revalidate).
    pub stale: u64,
    /// Waited for another request's fetch of the same key.
    pub coalesced: u64,
    /// Entries given up for want of space.
    pub evictions: u64,
    /// Hits over look-ups.
    pub hit_ratio: f64,
    /// The hit ratio was given, not simulated.
    pub fixed: bool,
}

/// What happened at a queue.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Default)]
pub struct QueueFigures {
    /// Messages accepted.
    pub published: u64,
    /// Messages delivered, repetitions included.
    pub delivered: u64,
    /// Delivered more than once.
    pub redelivered: u64,
    /// Messages done.
    pub acknowledged: u64,
    /// Messages given up to the dead letters.
    pub dead_letters: u64,
    /// Waiting at the end.
    pub backlog: u64,
    /// Highest age of the oldest message.
    pub oldest_max_s: f64,
    /// Mean time from publication to done.
    pub age_s: Times,
}

/// What happened along one wire, all caller replicas together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct WireFigures {
    /// `"caller -> callee"`.
    pub id: String,
    /// Calls begun.
    pub calls: u64,
    /// Attempts, retries and hedges included.
    pub attempts: u64,
    /// Retries.
    pub retries: u64,
    /// Hedges.
    pub hedges: u64,
    /// Failed attempts, by cause.
    pub failed: BTreeMap<String, u64>,
    /// Retries that the budget refused.
    pub budget_refused: u64,
    /// Calls answered by their fallback.
    pub fallbacks: u64,
    /// Times that a breaker opened.
    pub breaker_opened: u64,
    /// Share of time that breakers were open, over caller replicas.
    pub breaker_open_share: f64,
    /// Latency of attempts that were answered.
    pub latency_s: Times,
    /// Wait for a pooled connection.
    pub pool_wait_s: Times,
    /// Mean number of pooled connections in use.
    pub pool_busy_mean: f64,
    /// Pooled connections of all caller replicas; 0 if there is no pool.
    pub pool_size: u64,
    /// Messages lost.
    pub messages_lost: u64,
    /// Bytes carried, both ways.
    pub bytes: u64,
}

/// Counts of what went wrong with the data, not with the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Correctness {
    /// Writes that took effect more than once: retried without an idempotency key, or delivered again.
    pub duplicate_effects: u64,
    /// Reads older than the newest write.
    pub stale_reads: u64,
    /// Messages lost for good.
    pub lost_messages: u64,
    /// Acknowledged writes lost for good.
    pub lost_writes: u64,
}

/// One objective and whether it is met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectiveResult {
    /// The text.
    pub text: String,
    /// Whether the observed figure meets it.
    pub met: bool,
    /// The observed figure: seconds, per second, a share or a count. Nothing if the run has no such figure.
    pub observed: Option<f64>,
    /// Its 95% confidence interval, where it has one.
    pub ci95: Option<[f64; 2]>,
    /// What should be known beside the verdict: the run is too short, the interval reaches over the limit.
    pub note: String,
}

/// What the design costs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Default)]
pub struct Cost {
    /// Dollars per hour.
    pub per_hour: f64,
    /// Dollars per million completed requests.
    pub per_million_good: f64,
}

/// Something that an explanation has to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable identifier, such as `bottleneck`.
    pub id: String,
    /// What it is about: the name of a node, wire or endpoint; empty for the whole.
    pub about: String,
    /// A whole sentence with its numbers.
    pub text: String,
}

/// A part of the run: before, during or after a fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// `before`, the fault's name, `after …`.
    pub name: String,
    /// Start.
    pub from_s: f64,
    /// End.
    pub to_s: f64,
    /// What clients saw in it.
    pub endpoints: Vec<PhaseFigures>,
    /// For the phase after a fault: time until the figures were back at their level before it, for good. Nothing if they
    /// were not back by the end, or if this is another phase.
    pub recovery_s: Option<f64>,
}

/// What a client saw of one endpoint during a phase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhaseFigures {
    /// `"client -> node/endpoint"`.
    pub id: String,
    /// Requests that began.
    pub offered: u64,
    /// Answered with success.
    pub completed: u64,
    /// Failed.
    pub failed: u64,
    /// Completed per second.
    pub goodput_per_s: f64,
    /// Mean latency.
    pub mean_s: f64,
    /// 50th percentile.
    pub p50_s: f64,
    /// 99th percentile.
    pub p99_s: f64,
}

/// Where the time of completed requests of one endpoint went, along their critical path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// `"client -> node/endpoint"`.
    pub id: String,
    /// Requests that were followed. All of them in a short run, an even sample in a long one.
    pub followed: u64,
    /// Of these, the slowest 1%.
    pub slowest: u64,
    /// Mean latency of the followed requests: the sum of the parts.
    pub mean_s: f64,
    /// Mean latency of the slowest 1%: the sum of their parts.
    pub slowest_s: f64,
    /// The parts, largest mean first.
    pub parts: Vec<AttributionPart>,
}

/// One part of the time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttributionPart {
    /// Where: a node, or a wire.
    pub place: String,
    /// `wait`, `service`, `network`, `pool`, `lock`, `backoff`, `delay`, `limit`.
    pub what: String,
    /// Seconds of the mean.
    pub mean_s: f64,
    /// Seconds of the slowest 1%.
    pub slowest_s: f64,
}

/// The whole trace of one request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exemplar {
    /// `"client -> node/endpoint"`.
    pub id: String,
    /// `median` or `slowest`.
    pub which: String,
    /// The replication it happened in.
    pub replication: u32,
    /// When it began.
    pub start_s: f64,
    /// How long it took.
    pub latency_s: f64,
    /// The spans, in order of their start; a child comes after its parent.
    pub spans: Vec<Span>,
}

/// One span of a trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Depth in the tree of calls.
    pub depth: u32,
    /// Where: a node, or a wire.
    pub place: String,
    /// `call`, or what passed: `wait`, `service`, `network` …
    pub what: String,
    /// From the start of the request.
    pub start_s: f64,
    /// How long.
    pub length_s: f64,
    /// Whether the answer waited for it.
    pub critical: bool,
}

/// The course of the figures over simulated time, the mean over replications.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Series {
    /// Start of each bucket, and the end of the last.
    pub edges_s: Vec<f64>,
    /// What clients saw.
    pub endpoints: Vec<EndpointSeries>,
    /// What happened at nodes.
    pub nodes: Vec<NodeSeries>,
}

/// One endpoint over time; one entry for each bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct EndpointSeries {
    /// `"client -> node/endpoint"`.
    pub id: String,
    /// Began, per second.
    pub offered_per_s: Vec<f64>,
    /// Completed, per second.
    pub completed_per_s: Vec<f64>,
    /// Failed, per second.
    pub failed_per_s: Vec<f64>,
    /// Median latency of what completed in the bucket.
    pub p50_s: Vec<f64>,
    /// 99th percentile of what completed in the bucket.
    pub p99_s: Vec<f64>,
}

/// One node over time; one entry for each bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct NodeSeries {
    /// Its name.
    pub id: String,
    /// Busy worker-time over available worker-time.
    pub utilization: Vec<f64>,
    /// Mean number waiting (for a queue: messages).
    pub queue: Vec<f64>,
}

/// A law that must hold on every run, and whether it did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LawCheck {
    /// `conservation`, `little`, `utilization`.
    pub law: String,
    /// Where.
    pub place: String,
    /// One side.
    pub left: f64,
    /// The other.
    pub right: f64,
    /// Whether they agree.
    pub holds: bool,
}
