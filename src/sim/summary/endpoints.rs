//! What clients saw of endpoints, with intervals.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::collect::{Collected, Sample};
use super::merge::Merge;
use super::nodes::{quantile, ratio, seconds};
use super::wires::by_cause;
use crate::sim::measure::EndpointWindow;
use crate::sim::result::{EndpointFigures, Latency};
use crate::stats::histogram::Sparse;
use crate::stats::interval;

/// The percentiles of a result that have intervals.
const PERCENTILES: [(&str, f64); 5] =
    [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999)];

/// Level of the intervals.
const LEVEL: f64 = 0.95;

/// An independent part of the run, its endpoints together.
struct Part<'a> {
    length_s: f64,
    seen: Cow<'a, EndpointWindow>,
}

/// Some endpoints together, over some windows; intervals come from the samples.
pub(super) fn figures(
    collected: &Collected,
    which: &[usize],
    windows: &Range<usize>,
    samples: &[Sample],
) -> EndpointFigures {
    let sum = &collected.sum;
    let known: Vec<usize> = which.iter().copied().filter(|&at| at < sum.endpoints.len()).collect();
    let all = together(known.iter().map(|&at| {
        Cow::Owned(EndpointWindow::over(&sum.endpoints[at][windows.clone()]))
    }));
    let parts: Vec<Part<'_>> = samples
        .iter()
        .map(|sample| Part {
            length_s: seconds(sample.length_ns as f64),
            seen: together(known.iter().map(|&at| Cow::Borrowed(&sample.endpoints[at]))),
        })
        .collect();
    let one_run = collected.is_one_run();
    let completed = all.latency.len();
    let failed: u64 = all.failed.iter().sum();
    let metas = known.iter().map(|&at| &sum.meta.endpoints[at]);
    EndpointFigures {
        id: if let [only] = known[..] { sum.meta.endpoints[only].name.clone() } else { "*".to_owned() },
        offered: all.offered,
        completed,
        failed: by_cause(&all.failed),
        in_flight: known.iter().map(|&at| in_flight_gained(collected, at, windows)).sum(),
        goodput_per_s: ratio(completed as f64, sum.seconds(windows.clone())),
        goodput_ci95: mean_interval(&parts, one_run, |part| (part.seen.latency.len() as f64, part.length_s)),
        attempts_per_request: ratio(all.attempts as f64, (completed + failed) as f64),
        latency_s: latency(&all.latency, &parts, one_run, |seen| &seen.latency),
        failed_latency_s: latency(&all.failed_latency, &parts, one_run, |seen| &seen.failed_latency),
        degraded: all.degraded,
        attack: metas.clone().count() > 0 && metas.clone().all(|meta| meta.attack),
    }
}

impl Collected {
    /// The 95% confidence interval of a ratio of what clients saw of some endpoints together in the measured time, such as failed
    /// over offered. Nothing if the run has fewer than two independent parts.
    pub fn ratio_interval(
        &self,
        which: &[usize],
        of: fn(&EndpointWindow) -> (f64, f64),
    ) -> Option<[f64; 2]> {
        let samples = self.samples();
        let known = || which.iter().copied().filter(|&at| at < self.sum.endpoints.len());
        let parts: Vec<(f64, f64)> = samples
            .iter()
            .map(|sample| of(&together(known().map(|at| Cow::Borrowed(&sample.endpoints[at])))))
            .collect();
        ratio_interval(&parts, self.is_one_run())
    }
}

/// Several endpoints as one; one by itself is not copied.
fn together<'a>(endpoints: impl Iterator<Item = Cow<'a, EndpointWindow>>) -> Cow<'a, EndpointWindow> {
    let merged = endpoints.reduce(|mut sum, other| {
        sum.to_mut().merge(&other);
        sum
    });
    merged.unwrap_or_default()
}

/// Under way at the end of the windows, less those at their start.
fn in_flight_gained(collected: &Collected, endpoint: usize, windows: &Range<usize>) -> i64 {
    let (end, start) = if *windows == collected.measured() {
        collected.in_flight(endpoint)
    } else {
        let level = |window: Option<usize>| {
            window.map_or(0, |window| collected.sum.endpoints[endpoint][window].in_flight)
        };
        (level(windows.clone().last()), level(windows.start.checked_sub(1)))
    };
    end as i64 - start as i64
}

fn latency(
    all: &Sparse,
    parts: &[Part<'_>],
    one_run: bool,
    of: impl for<'a> Fn(&'a EndpointWindow) -> &'a Sparse + Copy,
) -> Latency {
    let sets: Vec<Sparse> = parts.iter().map(|part| of(&part.seen).clone()).collect();
    let intervals = PERCENTILES.iter().filter_map(|&(name, p)| {
        let [low, high] = quantile_interval(&sets, p, one_run)?;
        Some((name.to_owned(), [seconds(low), seconds(high)]))
    });
    Latency {
        mean: seconds(all.mean()),
        ci95: mean_interval(parts, one_run, |part| {
            let set = of(&part.seen);
            (seconds(set.sum() as f64), set.len() as f64)
        }),
        p50: quantile(all, 0.5),
        p90: quantile(all, 0.9),
        p95: quantile(all, 0.95),
        p99: quantile(all, 0.99),
        p999: quantile(all, 0.999),
        max: seconds(all.max() as f64),
        percentiles_ci95: intervals.collect::<BTreeMap<_, _>>(),
    }
}

/// The interval of a ratio; `[0, 0]` where there is none.
fn mean_interval(parts: &[Part<'_>], one_run: bool, of: impl Fn(&Part<'_>) -> (f64, f64)) -> [f64; 2] {
    let parts: Vec<(f64, f64)> = parts.iter().map(of).collect();
    ratio_interval(&parts, one_run).unwrap_or([0.0, 0.0])
}

/// The interval of a ratio, from replications or from batches of one run.
fn ratio_interval(parts: &[(f64, f64)], one_run: bool) -> Option<[f64; 2]> {
    let interval = if one_run {
        interval::ratio_of_batches(parts, LEVEL)
    } else {
        interval::ratio_of(parts, LEVEL)
    };
    interval.map(|interval| [interval.low, interval.high])
}

/// The interval of a percentile, likewise; nothing if the run is too short for either end.
fn quantile_interval(sets: &[Sparse], p: f64, one_run: bool) -> Option<[f64; 2]> {
    let bounds = if one_run {
        interval::quantile_interval_of_batches(sets, p, LEVEL)
    } else {
        interval::quantile_interval(sets, p, LEVEL)
    };
    bounds.and_then(|bounds| bounds.both())
}
