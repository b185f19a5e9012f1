//! What clients saw of endpoints, with intervals.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::collect::{Collected, Sample, Samples};
use super::merge::Merge;
use super::nodes::{quantile, ratio, seconds};
use super::wires::by_cause;
use crate::sim::measure::EndpointWindow;
use crate::sim::result::{EndpointFigures, Latency};
use crate::stats::histogram::Sparse;
use crate::stats::interval;

/// The percentiles of a result that have intervals.
const PERCENTILES: [(&str, f64); 5] = [
    ("p50", 0.5),
    ("p90", 0.9),
    ("p95", 0.95),
    ("p99", 0.99),
    ("p999", 0.999),
];

/// What stands for an interval where the run has too few independent parts for one.
const NO_INTERVAL: [f64; 2] = [0.0, 0.0];
/// The level of all intervals.
const LEVEL: f64 = 0.95;

/// Some endpoints together in parts of the run.
struct Parts<'a> {
    /// Length in seconds, and what clients saw.
    parts: Vec<(f64, Cow<'a, EndpointWindow>)>,
    consecutive: bool,
}

impl<'a> Parts<'a> {
    fn of(samples: &'a Samples<'_>, which: &[usize]) -> Self {
        let part = |sample: &'a Sample| {
            let seen = which.iter().map(|&at| Cow::Borrowed(&sample.endpoints[at]));
            (seconds(sample.length_ns as f64), together(seen))
        };
        Self {
            parts: samples.parts.iter().map(part).collect(),
            consecutive: samples.consecutive,
        }
    }

    fn ratio(&self, of: impl Fn(f64, &EndpointWindow) -> (f64, f64)) -> Option<[f64; 2]> {
        let pairs: Vec<(f64, f64)> = self
            .parts
            .iter()
            .map(|(length_s, seen)| of(*length_s, seen))
            .collect();
        let interval = if self.consecutive {
            interval::ratio_of_batches(&pairs, LEVEL)
        } else {
            interval::ratio_of(&pairs, LEVEL)
        };
        interval.map(|interval| [interval.low, interval.high])
    }

    fn share(&self, of: impl Fn(&EndpointWindow) -> (f64, f64)) -> Option<[f64; 2]> {
        let pairs: Vec<(f64, f64)> = self.parts.iter().map(|(_, seen)| of(seen)).collect();
        let interval = if self.consecutive {
            interval::share_of_batches(&pairs, LEVEL)
        } else {
            interval::share_of(&pairs, LEVEL)
        };
        interval.map(|interval| [interval.low, interval.high])
    }
}

/// Some endpoints together, over some windows; intervals come from the samples.
pub(super) fn figures(
    collected: &Collected,
    which: &[usize],
    windows: &Range<usize>,
    samples: Option<&Samples<'_>>,
) -> EndpointFigures {
    let sum = &collected.sum;
    let known = collected.known(which);
    let all = together(
        known
            .iter()
            .map(|&at| Cow::Owned(EndpointWindow::over(&sum.endpoints[at][windows.clone()]))),
    );
    let none = Samples {
        parts: Cow::Borrowed(&[]),
        consecutive: false,
    };
    let parts = Parts::of(samples.unwrap_or(&none), &known);
    let completed = all.latency.len();
    let failed: u64 = all.failed.iter().sum();
    let metas = known.iter().map(|&at| &sum.meta.endpoints[at]);
    EndpointFigures {
        id: if let [only] = known[..] {
            sum.meta.endpoints[only].name.clone()
        } else {
            "*".to_owned()
        },
        offered: all.offered,
        completed,
        failed: by_cause(&all.failed),
        in_flight: known
            .iter()
            .map(|&at| in_flight_gained(collected, at, windows))
            .sum(),
        goodput_per_s: ratio(completed as f64, sum.seconds(windows.clone())),
        goodput_ci95: parts
            .ratio(|length_s, seen| (seen.latency.len() as f64, length_s))
            .unwrap_or(NO_INTERVAL),
        attempts_per_request: ratio(all.attempts as f64, (completed + failed) as f64),
        latency_s: latency(&all.latency, &parts, |seen| &seen.latency),
        failed_latency_s: latency(&all.failed_latency, &parts, |seen| &seen.failed_latency),
        degraded: all.degraded,
        attack: metas.clone().count() > 0 && metas.clone().all(|meta| meta.attack),
    }
}

impl Collected {
    /// The 95% confidence interval of a ratio of what clients saw of some endpoints together in the measured time, such as
    /// attempts over requests. Nothing if the run has too few independent parts.
    pub fn ratio_interval(
        &self,
        which: &[usize],
        of: fn(&EndpointWindow) -> (f64, f64),
    ) -> Option<[f64; 2]> {
        Parts::of(&self.samples(), &self.known(which)).ratio(|_, seen| of(seen))
    }

    /// The same of a share, such as failed over finished: of each part, how many there are and of how many. It never
    /// leaves 0 to 1, and bounds the share even where nothing failed.
    pub fn share_interval(
        &self,
        which: &[usize],
        of: fn(&EndpointWindow) -> (f64, f64),
    ) -> Option<[f64; 2]> {
        Parts::of(&self.samples(), &self.known(which)).share(of)
    }

    fn known(&self, which: &[usize]) -> Vec<usize> {
        which
            .iter()
            .copied()
            .filter(|&at| at < self.sum.endpoints.len())
            .collect()
    }
}

/// Several endpoints as one; one by itself is not copied.
fn together<'a>(
    endpoints: impl Iterator<Item = Cow<'a, EndpointWindow>>,
) -> Cow<'a, EndpointWindow> {
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
            window.map_or(0, |window| {
                collected.sum.endpoints[endpoint][window].in_flight
            })
        };
        (
            level(windows.clone().last()),
            level(windows.start.checked_sub(1)),
        )
    };
    end as i64 - start as i64
}

fn latency(
    all: &Sparse,
    parts: &Parts<'_>,
    of: impl Fn(&EndpointWindow) -> &Sparse + Copy,
) -> Latency {
    let sets: Vec<Sparse> = parts
        .parts
        .iter()
        .map(|(_, seen)| of(seen).clone())
        .collect();
    let intervals = PERCENTILES.iter().filter_map(|&(name, p)| {
        let bounds = if parts.consecutive {
            interval::quantile_interval_of_batches(&sets, p, LEVEL)
        } else {
            interval::quantile_interval(&sets, p, LEVEL)
        };
        let [low, high] = bounds?.both()?;
        Some((name.to_owned(), [seconds(low), seconds(high)]))
    });
    let mean_ci95 = parts.ratio(|_, seen| {
        let set = of(seen);
        (seconds(set.sum() as f64), set.len() as f64)
    });
    Latency {
        mean: seconds(all.mean()),
        ci95: mean_ci95.unwrap_or(NO_INTERVAL),
        p50: quantile(all, 0.5),
        p90: quantile(all, 0.9),
        p95: quantile(all, 0.95),
        p99: quantile(all, 0.99),
        p999: quantile(all, 0.999),
        max: seconds(all.max() as f64),
        percentiles_ci95: intervals.collect::<BTreeMap<_, _>>(),
    }
}
