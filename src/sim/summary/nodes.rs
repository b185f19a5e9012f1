//! The figures of nodes, their stations, caches and queues.

use std::ops::Range;

use super::collect::Sum;
use super::merge::Merge;
use crate::sim::measure::{CacheWindow, NodeMeta, NodeWindow, QueueWindow, StationWindow};
use crate::sim::result::{CacheFigures, NodeFigures, QueueFigures, StationFigures, Times};
use crate::stats::histogram::Sparse;

/// Nanoseconds as seconds.
pub(super) fn seconds(ns: f64) -> f64 {
    ns / 1e9
}

/// A quantile in seconds; 0 of nothing.
pub(super) fn quantile(of: &Sparse, p: f64) -> f64 {
    seconds(of.quantile(p).unwrap_or(0.0))
}

/// One area, count or time over another; 0 where there is nothing to divide by.
pub(super) fn ratio(above: f64, below: f64) -> f64 {
    if below > 0.0 { above / below } else { 0.0 }
}

/// Mean and percentiles of recorded times.
pub(super) fn times(of: &Sparse) -> Times {
    Times {
        mean: seconds(of.mean()),
        p50: quantile(of, 0.5),
        p99: quantile(of, 0.99),
    }
}

/// Every node, over some windows.
pub(super) fn figures(sum: &Sum, windows: &Range<usize>) -> Vec<NodeFigures> {
    (0..sum.meta.nodes.len())
        .filter_map(|index| figures_of(sum, index, windows))
        .collect()
}

/// One node, by its index, over some windows.
pub(super) fn figures_of(sum: &Sum, index: usize, windows: &Range<usize>) -> Option<NodeFigures> {
    let (meta, recorded) = (sum.meta.nodes.get(index)?, sum.nodes.get(index)?);
    Some(node(sum, meta, recorded, windows))
}

fn node(
    sum: &Sum,
    meta: &NodeMeta,
    recorded: &[NodeWindow],
    windows: &Range<usize>,
) -> NodeFigures {
    let ns = sum.ns(windows.clone()) as f64;
    let all = NodeWindow::over(&recorded[windows.clone()]);
    let workers = over(&sum.stations, meta.workers, windows);
    let others = meta.other_stations.iter();
    NodeFigures {
        id: meta.name.clone(),
        kind: meta.kind.to_owned(),
        arrivals_per_s: ratio(all.arrivals as f64, seconds(ns)),
        completions_per_s: ratio(all.completions as f64, seconds(ns)),
        utilization: ratio(workers.busy_area as f64, workers.available_area as f64),
        queue_mean: ratio(workers.queue_area as f64, ns),
        queue_max: workers.queue_max,
        wait_s: times(&workers.wait),
        service_s: times(&workers.service),
        rejected: all.rejected,
        latency_s: times(&all.latency),
        busy_mean: ratio(workers.busy_area as f64, ns),
        workers: meta.workers_total,
        wasted_share: ratio(workers.wasted_ns as f64, workers.busy_area as f64),
        errors: all.errors,
        availability: ratio(all.up_area as f64, ns * f64::from(meta.replicas)),
        stations: others.map(|&index| station(sum, index, windows)).collect(),
        cache: meta
            .cache
            .map(|index| cache(sum, index, meta.cache_fixed, windows)),
        queue: meta.queue.map(|index| queue(sum, index, windows)),
    }
}

/// The windows of one thing as one. A thing that the replications did not record, as a client's workers, is empty.
fn over<T: Merge>(recorded: &[Vec<T>], index: u32, windows: &Range<usize>) -> T {
    recorded
        .get(index as usize)
        .and_then(|of| of.get(windows.clone()))
        .map_or_else(T::default, T::over)
}

fn station(sum: &Sum, index: u32, windows: &Range<usize>) -> StationFigures {
    let ns = sum.ns(windows.clone()) as f64;
    let all = over(&sum.stations, index, windows);
    StationFigures {
        id: sum
            .meta
            .stations
            .get(index as usize)
            .map_or("", |meta| meta.name)
            .to_owned(),
        utilization: ratio(all.busy_area as f64, all.available_area as f64),
        queue_mean: ratio(all.queue_area as f64, ns),
        queue_max: all.queue_max,
        wait_s: times(&all.wait),
        service_s: times(&all.service),
    }
}

fn cache(sum: &Sum, index: u32, fixed: bool, windows: &Range<usize>) -> CacheFigures {
    let CacheWindow {
        lookups,
        hits,
        stale,
        coalesced,
        evictions,
    } = over(&sum.caches, index, windows);
    let hit_ratio = ratio(hits as f64, lookups as f64);
    CacheFigures {
        lookups,
        hits,
        stale,
        coalesced,
        evictions,
        hit_ratio,
        fixed,
    }
}

fn queue(sum: &Sum, index: u32, windows: &Range<usize>) -> QueueFigures {
    let all: QueueWindow = over(&sum.queues, index, windows);
    // What waits at the end is a level: the mean over the replications, and 0 only if it is 0 in all of them.
    let reached = windows.clone().last().map_or(1, |last| sum.reached[last]);
    QueueFigures {
        published: all.published,
        delivered: all.delivered,
        redelivered: all.redelivered,
        acknowledged: all.acknowledged,
        dead_letters: all.dead_letters,
        backlog: all.backlog.div_ceil(u64::from(reached.max(1))),
        oldest_max_s: seconds(all.oldest_max_ns as f64),
        age_s: times(&all.age),
    }
}

/// The number waiting at a node's workers, or in its queue, as an area in request·ns.
pub(super) fn waiting_area(sum: &Sum, meta: &NodeMeta, window: usize) -> u128 {
    let windows = window..window + 1;
    match meta.queue {
        Some(index) => over::<QueueWindow>(&sum.queues, index, &windows).backlog_area,
        None => over::<StationWindow>(&sum.stations, meta.workers, &windows).queue_area,
    }
}

/// Busy and available area of a node's workers in a window, in server·ns.
pub(super) fn busy_areas(sum: &Sum, meta: &NodeMeta, window: usize) -> (u128, u128) {
    let of = sum
        .stations
        .get(meta.workers as usize)
        .and_then(|of| of.get(window));
    of.map_or((0, 0), |of| (of.busy_area, of.available_area))
}
