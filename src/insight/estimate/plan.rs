//! The design as an estimate reads it: endpoints as programs of demands and calls, wires as times
//! and policies. What has no influence on a mean, or none that a formula could follow, is left out.

use crate::design::Node;
use crate::design::model::{Cache, Keys, Kind, TimeDist};
use crate::sim::distribution;

use super::EstimateError;
use super::mix::Mix;

/// A station of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Station {
    Workers = 0,
    Cores = 1,
    Disk = 2,
    Flush = 3,
}

/// Stations of a node, of which most nodes use one.
pub(super) const STATIONS: usize = 4;

/// One thing that an endpoint does.
#[derive(Debug, Clone)]
pub(super) enum Op {
    /// Visits a station for a time.
    Work(Station, Mix),
    /// Time that nothing is held for.
    Delay(Mix),
    /// Disk reads, one after another: how many on average.
    Read(f64, Mix),
    /// A flush of the log.
    Flush,
    /// Fails with a probability.
    Fail(f64),
    /// Calls, and what is done instead if the call fails for good.
    Call(usize, Option<Vec<Op>>),
    /// Calls without waiting for the answer.
    Send(usize),
    /// Branches at the same time, and how many must be done.
    Parallel(Vec<Vec<Op>>, usize),
    /// One of several branches.
    Choose(Vec<(f64, Vec<Op>)>),
    /// Again and again: mean and variance of the number.
    Repeat(f64, f64, Vec<Op>),
    /// A look-up: which, the call of the cache, and what a miss leads to.
    Cached(usize, usize, Vec<Op>),
    /// Holds a connection of a wire.
    Hold(usize, Vec<Op>),
    /// The answer is given.
    Reply,
}

/// An endpoint of a node.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub node: usize,
    pub ops: Vec<Op>,
    /// The worker is held from start to answer.
    pub holds: bool,
}

/// A place that calls.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub wire: usize,
    /// Units that may answer, with their shares.
    pub targets: Vec<(f64, usize)>,
    /// It takes a connection of the pool.
    pub pooled: bool,
}

/// A wire.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub callers: f64,
    /// There and back.
    pub network: Mix,
    pub loss: f64,
    /// Per call, if there is no pool.
    pub connect: Mix,
    pub pool: f64,
    pub pool_timeout_s: f64,
    pub timeout_s: f64,
    pub deadline_s: f64,
    pub attempts: u32,
    /// Mean wait before each retry.
    pub backoff_s: Vec<f64>,
    /// Time-outs are tried again; errors and refusals are.
    pub retries: [bool; 2],
    pub hedge_after_s: Option<f64>,
    pub degrade: bool,
    /// Share that limits at the caller let pass depends on the rate: the lowest of them.
    pub limit_per_s: f64,
    /// How even the calls are spread.
    pub spread: Spread,
}

/// How calls come to the replicas of a callee.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Spread {
    /// In turn: more even than by chance.
    Turn,
    /// By chance.
    Chance,
    /// To the shortest of so many queues.
    Choices(f64),
    /// To where least waits: nearly one common queue.
    Least,
}

/// A node's stations.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub replicas: f64,
    /// Servers of one replica by station; infinite if unlimited.
    pub servers: [f64; STATIONS],
    /// Places to wait for a worker of one replica.
    pub places: f64,
    /// Work shares the workers evenly.
    pub shares: bool,
    /// The highest rate that its limits let pass.
    pub limit_per_s: f64,
    /// Time of one read and of one flush.
    pub disk: [Mix; 2],
    pub group_commit: bool,
    pub spread: Spread,
}

/// What a client sends to one endpoint.
#[derive(Debug, Clone)]
pub(super) struct Root {
    /// As the result calls it.
    pub id: String,
    pub site: usize,
    pub flow: usize,
    pub share: f64,
    pub attack: bool,
}

/// A stream of requests.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// Mean rate of open traffic.
    pub rate: f64,
    /// Users and their mean think time, if it is closed.
    pub users: Option<(f64, f64)>,
    pub deadline_s: f64,
    /// Squared coefficient of variation of the gaps between requests, or what has its effect.
    pub gaps: f64,
    /// Index into the key laws.
    pub keys: usize,
}

/// A look-up of one name of keys in one cache.
#[derive(Debug, Clone)]
pub(super) struct Lookup {
    pub node: usize,
    pub salt: String,
}

/// The whole.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub units: Vec<Unit>,
    /// Units, callees before their callers.
    pub order: Vec<usize>,
    pub sites: Vec<Site>,
    pub lines: Vec<Line>,
    /// Names of wires, and their indices.
    pub line_names: Vec<(String, usize)>,
    pub places: Vec<Place>,
    pub roots: Vec<Root>,
    pub sources: Vec<Source>,
    pub lookups: Vec<Lookup>,
    pub keys: Vec<Keys>,
    /// Queue node, worker unit, share of its messages, messages at a time.
    pub consumers: Vec<(usize, usize, f64, f64)>,
    /// Calls go in a circle.
    pub circular: bool,
}

/// The squared time, mean and so on of a written time.
pub(super) fn time(written: &TimeDist) -> Result<Mix, EstimateError> {
    let dist = distribution(&written.0)?;
    Ok(of_dist(dist.mean(), dist.variance()))
}

/// Infinite moments are cut: an estimate of them would say nothing.
fn of_dist(mean: f64, variance: f64) -> Mix {
    let mean = if mean.is_finite() { mean } else { 1e9 };
    let variance = variance.min(100.0 * mean * mean);
    Mix::of(mean, if variance.is_nan() { 0.0 } else { variance })
}

/// Whether a cache's contents are simulated, and how.
pub(super) fn cache_of(node: &Node) -> Option<&Cache> {
    match &node.kind {
        Kind::Cache(cache) => Some(cache),
        _ => None,
    }
}
