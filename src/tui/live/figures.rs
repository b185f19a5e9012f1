//! The figures of a moving window: what is shown of nodes and wires while a design runs.

use super::snapshot::Snapshot;
use crate::sim::live::{Levels, Stretch};
use crate::sim::measure::{Meta, NodeMeta};

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// All station classes of a node: its workers first.
fn classes(node: &NodeMeta) -> impl Iterator<Item = usize> + '_ {
    std::iter::once(node.workers)
        .chain(node.other_stations.iter().copied())
        .map(|class| class as usize)
}

/// Wires that lead to a node.
fn into(meta: &Meta, node: usize) -> impl Iterator<Item = usize> + '_ {
    let here = move |(_, wire): &(usize, &crate::sim::measure::WireMeta)| wire.to as usize == node;
    meta.wires.iter().enumerate().filter(here).map(|(i, _)| i)
}

/// Busy worker-time over available worker-time of a node's busiest station in a stretch.
pub fn utilization(stretch: &Stretch, meta: &Meta, node: usize) -> f64 {
    let Some(of) = meta.nodes.get(node) else {
        return 0.0;
    };
    classes(of)
        .filter_map(|class| stretch.stations.get(class))
        .map(|station| ratio(station.busy_area as f64, station.available_area as f64))
        .fold(0.0, f64::max)
}

/// Mean number waiting at a node in a stretch: at its stations, for connections to it, messages.
/// Connections have no integral; their present level stands for it.
pub fn waiting_mean(stretch: &Stretch, levels: &Levels, meta: &Meta, node: usize) -> f64 {
    let Some(of) = meta.nodes.get(node) else {
        return 0.0;
    };
    let ns = stretch.seconds() * 1e9;
    let stations: f64 = classes(of)
        .filter_map(|class| stretch.stations.get(class))
        .map(|station| ratio(station.queue_area as f64, ns))
        .sum();
    let messages = of
        .queue
        .and_then(|queue| stretch.queues.get(queue as usize))
        .map_or(0.0, |queue| ratio(queue.backlog_area as f64, ns));
    let pools: u64 = into(meta, node)
        .filter_map(|wire| levels.wires.get(wire))
        .map(|wire| wire.pool_waiting)
        .sum();
    stations + messages + pools as f64
}

/// How many wait at a node now.
pub fn waiting_now(levels: &Levels, meta: &Meta, node: usize) -> u64 {
    let Some(of) = meta.nodes.get(node) else {
        return 0;
    };
    let stations: u64 = classes(of)
        .filter_map(|class| levels.stations.get(class))
        .map(|station| station.waiting)
        .sum();
    let messages = of.queue.and_then(|queue| levels.queues.get(queue as usize));
    let pools: u64 = into(meta, node)
        .filter_map(|wire| levels.wires.get(wire))
        .map(|wire| wire.pool_waiting)
        .sum();
    stations + pools + messages.map_or(0, |queue| queue.backlog)
}

/// The figures of one node in a moving window.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NodeFigures {
    /// Its name.
    pub name: String,
    /// Its kind, in lower case.
    pub kind: &'static str,
    /// Busy share of its busiest station; nothing if none has a limit.
    pub utilization: Option<f64>,
    /// The name of that station, where it is not the workers.
    pub busiest: Option<&'static str>,
    /// In service at its workers now.
    pub busy: u64,
    /// Workers of replicas that are up; 0 if there is no limit.
    pub workers: u64,
    /// Waiting now: for workers, for connections, or as messages.
    pub waiting: u64,
    /// Arrivals per second.
    pub arrivals_per_s: f64,
    /// Answers per second.
    pub served_per_s: f64,
    /// Refused per second.
    pub rejected_per_s: f64,
    /// Answered with an error, per second.
    pub errors_per_s: f64,
    /// 99th percentile of the time waiting, for workers or connections, in seconds.
    pub wait_p99_s: Option<f64>,
    /// 99th percentile of the time in the worker's hands, in seconds.
    pub work_p99_s: Option<f64>,
    /// Attempts for each call that reaches it; nothing if there were none.
    pub tries: Option<f64>,
    /// Share of busy time spent on work that nobody waited for any more.
    pub wasted: f64,
    /// Replicas, those down, those paused, those slow or answering with errors.
    pub replicas: [u32; 4],
    /// Connections to it in use and in all; nothing without pools.
    pub pool: Option<(u64, u64)>,
    /// Breakers towards it: open, half open, all.
    pub breakers: Option<(u32, u32, u32)>,
    /// Share of look-ups found, for caches.
    pub hits: Option<f64>,
    /// Entries held and room, for caches with contents.
    pub entries: Option<(u64, u64)>,
    /// Age of the oldest message in seconds, for queues.
    pub oldest_s: Option<f64>,
    /// Names of the faults on it.
    pub faults: Vec<String>,
}

/// The figures of one node.
pub fn node(snapshot: &Snapshot, i: usize) -> Option<NodeFigures> {
    let (meta, window, levels) = (snapshot.meta(), &snapshot.window, &snapshot.levels);
    let of = meta.nodes.get(i)?;
    let seconds = window.seconds();
    let per_s = |count: u64| ratio(count as f64, seconds);
    let mut figures = NodeFigures {
        name: of.name.clone(),
        kind: of.kind,
        waiting: waiting_now(levels, meta, i),
        ..NodeFigures::default()
    };
    if let Some(level) = levels.stations.get(of.workers as usize) {
        figures.busy = level.busy;
        figures.workers = level.servers;
    }
    if let Some(happened) = window.nodes.get(i) {
        figures.arrivals_per_s = per_s(happened.arrivals);
        figures.served_per_s = per_s(happened.completions);
        figures.rejected_per_s = per_s(happened.rejected);
        figures.errors_per_s = per_s(happened.errors);
    }
    stations(&mut figures, snapshot, of);
    calls(&mut figures, snapshot, i);
    contents(&mut figures, snapshot, of, per_s);
    replicas(&mut figures, snapshot, i);
    Some(figures)
}

fn stations(figures: &mut NodeFigures, snapshot: &Snapshot, of: &NodeMeta) {
    let (meta, window) = (snapshot.meta(), &snapshot.window);
    let mut busiest = -1.0;
    for class in classes(of) {
        let Some(station) = window.stations.get(class) else {
            continue;
        };
        if station.available_area > 0 {
            let busy = ratio(station.busy_area as f64, station.available_area as f64);
            if busy > busiest {
                busiest = busy;
                figures.utilization = Some(busy);
                let name = meta.stations.get(class).map(|station| station.name);
                figures.busiest = name.filter(|_| class != of.workers as usize);
            }
        }
    }
    if let Some(workers) = window.stations.get(of.workers as usize) {
        let seconds = |ns: f64| ns / 1e9;
        figures.wait_p99_s = workers.wait.quantile(0.99).map(seconds);
        figures.work_p99_s = workers.service.quantile(0.99).map(seconds);
        figures.wasted = ratio(workers.wasted_ns as f64, workers.busy_area as f64).min(1.0);
    }
}

/// What comes along the wires that lead to it.
fn calls(figures: &mut NodeFigures, snapshot: &Snapshot, i: usize) {
    let (meta, window, levels) = (snapshot.meta(), &snapshot.window, &snapshot.levels);
    let (mut calls, mut attempts) = (0, 0);
    for wire in into(meta, i) {
        if let Some(level) = levels.wires.get(wire) {
            if level.pool_size > 0 {
                let (busy, size) = figures.pool.unwrap_or_default();
                figures.pool = Some((busy + level.pool_busy, size + level.pool_size));
            }
            if let Some(breakers) = level.breakers {
                let (open, half, all) = figures.breakers.unwrap_or_default();
                figures.breakers = Some((
                    open + breakers.open,
                    half + breakers.half_open,
                    all + breakers.total,
                ));
            }
        }
        let Some(happened) = window.wires.get(wire) else {
            continue;
        };
        calls += happened.calls;
        attempts += happened.attempts;
        if let Some(wait) = happened.pool_wait.quantile(0.99) {
            let wait = wait / 1e9;
            figures.wait_p99_s = Some(figures.wait_p99_s.unwrap_or(0.0).max(wait));
        }
    }
    figures.tries = (calls > 0).then(|| ratio(attempts as f64, calls as f64));
}

fn contents(
    figures: &mut NodeFigures,
    snapshot: &Snapshot,
    of: &NodeMeta,
    per_s: impl Fn(u64) -> f64,
) {
    let (window, levels) = (&snapshot.window, &snapshot.levels);
    if let Some(cache) = of.cache {
        let seen = window
            .caches
            .get(cache as usize)
            .filter(|seen| seen.lookups > 0);
        figures.hits = seen.map(|seen| ratio((seen.hits + seen.stale) as f64, seen.lookups as f64));
        let level = levels
            .caches
            .get(cache as usize)
            .filter(|_| !of.cache_fixed);
        figures.entries = level.map(|level| (level.entries, level.capacity));
    }
    if let Some(queue) = of.queue {
        let level = levels.queues.get(queue as usize);
        figures.oldest_s = level.map(|level| level.oldest_ns as f64 / 1e9);
        if let Some(seen) = window.queues.get(queue as usize) {
            figures.arrivals_per_s = per_s(seen.published);
            figures.served_per_s = per_s(seen.acknowledged);
        }
    }
}

fn replicas(figures: &mut NodeFigures, snapshot: &Snapshot, i: usize) {
    let levels = &snapshot.levels;
    for replica in levels
        .replicas
        .iter()
        .filter(|replica| replica.node as usize == i)
    {
        figures.replicas[0] += 1;
        figures.replicas[1] += u32::from(replica.down);
        figures.replicas[2] += u32::from(replica.paused);
        figures.replicas[3] += u32::from(replica.slow > 1.0 || replica.errors > 0.0);
    }
    for fault in &levels.faults {
        let touches = |&replica: &u32| {
            let replica = levels.replicas.get(replica as usize);
            replica.is_some_and(|replica| replica.node as usize == i)
        };
        if fault.replicas.iter().any(touches)
            || fault.name.starts_with(&format!("{} ", figures.name))
        {
            figures.faults.push(fault.name.clone());
        }
    }
}

/// The figures of what clients see, all endpoints together or one, in a moving window.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ClientFigures {
    /// Began, per second.
    pub offered_per_s: f64,
    /// Completed, per second.
    pub goodput_per_s: f64,
    /// Failed, per second.
    pub failed_per_s: f64,
    /// Median latency in seconds.
    pub p50_s: Option<f64>,
    /// 99th percentile of latency in seconds.
    pub p99_s: Option<f64>,
    /// Under way now.
    pub in_flight: u64,
    /// Attempts for each request that began; nothing if there were none.
    pub tries: Option<f64>,
}

/// What clients see of one endpoint, of those of one client, or of all but attacks.
pub fn clients(snapshot: &Snapshot, which: Which) -> ClientFigures {
    let (meta, window) = (snapshot.meta(), &snapshot.window);
    let mut figures = ClientFigures::default();
    let mut latency = crate::study::run::Sparse::default();
    let (mut offered, mut failed, mut attempts) = (0, 0, 0);
    for (i, endpoint) in meta.endpoints.iter().enumerate() {
        let wanted = match which {
            Which::All => !endpoint.attack,
            Which::Client(node) => endpoint.client as usize == node,
            Which::Endpoint(wanted) => wanted == i,
        };
        if !wanted {
            continue;
        }
        figures.in_flight += snapshot.levels.in_flight.get(i).copied().unwrap_or(0);
        let Some(seen) = window.endpoints.get(i) else {
            continue;
        };
        offered += seen.offered;
        failed += seen.failed.iter().sum::<u64>();
        attempts += seen.attempts;
        latency.merge(&seen.latency);
    }
    let seconds = window.seconds();
    figures.offered_per_s = ratio(offered as f64, seconds);
    figures.goodput_per_s = ratio(latency.len() as f64, seconds);
    figures.failed_per_s = ratio(failed as f64, seconds);
    figures.p50_s = latency.quantile(0.5).map(|ns| ns / 1e9);
    figures.p99_s = latency.quantile(0.99).map(|ns| ns / 1e9);
    figures.tries = (offered > 0).then(|| ratio(attempts as f64, offered as f64));
    figures
}

/// Whose figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All clients that are no attackers.
    All,
    /// One client, by index of node.
    Client(usize),
    /// One endpoint, by index.
    Endpoint(usize),
}
