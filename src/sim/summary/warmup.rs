//! How much of the start is left out.

use super::collect::Sum;
use crate::sim::measure::WarmupRule;
use crate::stats::warmup::warm_up;

/// Windows below which nothing can be said about a transient.
const WINDOWS_MIN: usize = 20;

/// The warm-up of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    /// Windows left out at the start.
    pub(super) windows: usize,
    /// Its time, in ns.
    pub(super) ns: u64,
    /// `given`, `mser5`, `none` or `transient`.
    pub(super) by: &'static str,
}

/// Follows the design's rule. Whatever it finds by itself leaves at least half of the run.
pub(super) fn choose(sum: &Sum) -> Choice {
    let (windows, by) = match sum.meta.warmup {
        WarmupRule::Given(ns) => (sum.edges_ns.partition_point(|&edge| edge < ns), "given"),
        WarmupRule::Nothing => (0, "none"),
        WarmupRule::Auto if sum.meta.transient => (0, "transient"),
        WarmupRule::Auto => (found(sum), "mser5"),
    };
    // A run that was stopped within its warm-up has nothing to measure.
    let windows = windows.min(sum.lengths_ns.len());
    Choice {
        windows,
        ns: sum.edges_ns.get(windows).copied().unwrap_or(0),
        by,
    }
}

/// The design's rule, or a later moment.
pub(super) fn at_least(sum: &Sum, ns: u64) -> Choice {
    let chosen = choose(sum);
    let windows = sum.edges_ns.partition_point(|&edge| edge < ns);
    if windows <= chosen.windows {
        return chosen;
    }
    let windows = windows.min(sum.lengths_ns.len());
    Choice {
        windows,
        ns: sum.edges_ns.get(windows).copied().unwrap_or(0),
        by: chosen.by,
    }
}

/// The later of the ends that MSER-5 finds in the number in flight and in the latency. The
/// endpoints count alike in both, each as a multiple of its own mean: a slow start of one of them
/// shows whatever the scale of the others.
fn found(sum: &Sum) -> usize {
    let windows = sum.lengths_ns.len();
    if windows < WINDOWS_MIN {
        return 0;
    }
    let mut in_flight = vec![0.0; windows];
    let mut latency = vec![0.0; windows];
    for endpoint in &sum.endpoints {
        let lengths = sum.lengths_ns.iter().map(|&length| Some(length as f64));
        let areas = endpoint.iter().map(|window| window.in_flight_area as f64);
        add_relative(&mut in_flight, areas.zip(lengths));
        let counts = endpoint
            .iter()
            .map(|window| Some(window.latency.len()).filter(|&n| n > 0));
        let sums = endpoint.iter().map(|window| window.latency.sum() as f64);
        add_relative(
            &mut latency,
            sums.zip(counts.map(|count| count.map(|n| n as f64))),
        );
    }
    warm_up(&in_flight)
        .len
        .max(warm_up(&latency).len)
        .min(windows / 2)
}

/// Adds a ratio by window, as a multiple of the ratio over all windows. A window without a ratio
/// keeps that of the window before it.
fn add_relative(series: &mut [f64], parts: impl Iterator<Item = (f64, Option<f64>)> + Clone) {
    let (above, below) =
        parts
            .clone()
            .fold((0.0, 0.0), |(above, below), (numerator, denominator)| {
                (above + numerator, below + denominator.unwrap_or(0.0))
            });
    if above <= 0.0 || below <= 0.0 {
        return;
    }
    let overall = above / below;
    let mut last = None;
    let ratios: Vec<Option<f64>> = parts
        .map(|(numerator, denominator)| {
            last = denominator
                .map(|below| numerator / below / overall)
                .or(last);
            last
        })
        .collect();
    // Before the first value there is nothing to keep: the first stands for them too.
    let first = ratios.iter().flatten().next().copied().unwrap_or(1.0);
    for (sum, ratio) in series.iter_mut().zip(ratios) {
        *sum += ratio.unwrap_or(first);
    }
}
