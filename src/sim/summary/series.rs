//! The course of the figures over simulated time.

use super::collect::Sum;
use super::nodes::{busy_areas, quantile, ratio, seconds, waiting_area};
use crate::sim::measure::EndpointWindow;
use crate::sim::result::{EndpointSeries, NodeSeries, Series};

/// Every window, warm-up included, as the mean over the replications that reached it.
pub(super) fn figures(sum: &Sum) -> Series {
    let endpoints = sum.meta.endpoints.iter().zip(&sum.endpoints);
    Series {
        edges_s: sum
            .edges_ns
            .iter()
            .map(|&edge| seconds(edge as f64))
            .collect(),
        endpoints: endpoints
            .map(|(meta, windows)| endpoint(sum, &meta.name, windows))
            .collect(),
        nodes: (0..sum.meta.nodes.len())
            .map(|index| node(sum, index))
            .collect(),
    }
}

fn endpoint(sum: &Sum, id: &str, windows: &[EndpointWindow]) -> EndpointSeries {
    let per_s = |count: fn(&EndpointWindow) -> u64| {
        let lengths = sum.lengths_ns.iter().map(|&length| seconds(length as f64));
        let rates = windows.iter().zip(lengths);
        rates
            .map(|(window, length_s)| ratio(count(window) as f64, length_s))
            .collect()
    };
    EndpointSeries {
        id: id.to_owned(),
        offered_per_s: per_s(|window| window.offered),
        completed_per_s: per_s(|window| window.latency.len()),
        failed_per_s: per_s(|window| window.failed.iter().sum()),
        p50_s: windows
            .iter()
            .map(|window| quantile(&window.latency, 0.5))
            .collect(),
        p99_s: windows
            .iter()
            .map(|window| quantile(&window.latency, 0.99))
            .collect(),
    }
}

fn node(sum: &Sum, index: usize) -> NodeSeries {
    let meta = &sum.meta.nodes[index];
    let windows = 0..sum.lengths_ns.len();
    let busy = windows.clone().map(|window| {
        let (busy, available) = busy_areas(sum, meta, window);
        ratio(busy as f64, available as f64)
    });
    let waiting = windows.map(|window| {
        ratio(
            waiting_area(sum, meta, window) as f64,
            sum.lengths_ns[window] as f64,
        )
    });
    NodeSeries {
        id: meta.name.clone(),
        utilization: busy.collect(),
        queue: waiting.collect(),
    }
}
