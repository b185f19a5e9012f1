//! The time to recover from a fault.
//!
//! What clients see after the fault is compared with what they saw before the first fault of the run, in
//! blocks of windows that are moved on by one window at a time. A block is good if
//! - completed over offered is at least 95% of what it was before, and
//! - mean and 99th percentile of latency are at most 1.5 times what they were before.
//!
//! Short blocks vary even when nothing is wrong. So the limits are no stricter than the worst block before
//! the fault, blocks are long enough to hold 200 requests where the run is, and the percentile counts only
//! where a block holds 500. An endpoint has recovered with the first good block from which on it stays good
//! until the phase ends, where stretches no longer than one block, that make up at most 5% of the rest, are
//! overlooked: a single odd window spoils that many. The run has recovered when all endpoints have, attack
//! traffic aside.

use std::ops::Range;

use super::collect::Sum;
use super::merge::Merge;
use super::nodes::ratio;
use crate::sim::measure::EndpointWindow;

/// Completed over offered, as a share of that before the fault.
const GOODPUT_SHARE: f64 = 0.95;
/// Latency as a multiple of that before the fault.
const LATENCY_FACTOR: f64 = 1.5;
/// Requests that a block should hold.
const REQUESTS: f64 = 200.0;
/// Requests below which a block says nothing.
const REQUESTS_MIN: f64 = 20.0;
/// Requests from which on the 99th percentile of a block says something.
const REQUESTS_P99: f64 = 500.0;

/// Time from the end of a fault until the figures were back for good. Nothing if they were not back by the end, or
/// if there is nothing to compare: no time before the first fault, or hardly any traffic in it.
pub(super) fn seconds(
    sum: &Sum,
    before: &Range<usize>,
    after: &Range<usize>,
    end_ns: u64,
) -> Option<f64> {
    if before.is_empty() || after.is_empty() {
        return None;
    }
    let mut latest = None;
    for (meta, windows) in sum.meta.endpoints.iter().zip(&sum.endpoints) {
        let judged = Baseline::of(&windows[before.clone()], after.len());
        let Some(baseline) = judged.filter(|_| !meta.attack) else {
            continue;
        };
        let good: Vec<bool> = blocks(&windows[after.clone()], baseline.span)
            .map(|block| baseline.is_good(&block))
            .collect();
        latest = latest.max(Some(back_for_good(&good, baseline.span)?));
    }
    let window = after.start + latest?;
    Some(super::nodes::seconds(
        sum.edges_ns[window].saturating_sub(end_ns) as f64,
    ))
}

/// What is good enough for one endpoint.
#[derive(Debug, Clone, PartialEq)]
struct Baseline {
    /// Windows in a block.
    span: usize,
    goodput_min: f64,
    mean_ns_max: f64,
    /// Infinite where a block holds too few requests.
    p99_ns_max: f64,
}

impl Baseline {
    fn of(before: &[EndpointWindow], windows_after: usize) -> Option<Self> {
        let all = EndpointWindow::over(before);
        let per_window = all.offered as f64 / before.len() as f64;
        let longest = (before.len() / 4).min(windows_after / 4).max(1);
        let span = ((REQUESTS / per_window).ceil().min(longest as f64) as usize).max(1);
        let requests = per_window * span as f64;
        if requests < REQUESTS_MIN || all.latency.is_empty() {
            return None;
        }
        let mut limits = Self {
            span,
            goodput_min: GOODPUT_SHARE * goodput(&all),
            mean_ns_max: LATENCY_FACTOR * all.latency.mean(),
            p99_ns_max: f64::INFINITY,
        };
        if requests >= REQUESTS_P99 {
            limits.p99_ns_max = LATENCY_FACTOR * p99_ns(&all);
        }
        for block in blocks(before, span).filter(|block| block.offered > 0) {
            limits.goodput_min = limits.goodput_min.min(goodput(&block));
            limits.mean_ns_max = limits.mean_ns_max.max(block.latency.mean());
            limits.p99_ns_max = limits.p99_ns_max.max(p99_ns(&block));
        }
        Some(limits)
    }

    /// A block without traffic has nothing wrong with it.
    fn is_good(&self, block: &EndpointWindow) -> bool {
        block.offered == 0
            || (goodput(block) >= self.goodput_min
                && block.latency.mean() <= self.mean_ns_max
                && p99_ns(block) <= self.p99_ns_max)
    }
}

fn goodput(block: &EndpointWindow) -> f64 {
    ratio(block.latency.len() as f64, block.offered as f64)
}

fn p99_ns(block: &EndpointWindow) -> f64 {
    block.latency.quantile(0.99).unwrap_or(0.0)
}

/// All runs of `span` windows, each as one; a single shorter one if there are fewer windows.
fn blocks(windows: &[EndpointWindow], span: usize) -> impl Iterator<Item = EndpointWindow> + '_ {
    windows
        .windows(span.min(windows.len()).max(1))
        .map(EndpointWindow::over)
}

/// The first good block from which on what is bad can be overlooked.
fn back_for_good(good: &[bool], span: usize) -> Option<usize> {
    let returns = |at: usize| good[at] && (at == 0 || !good[at - 1]);
    (0..good.len()).filter(|&at| returns(at)).find(|&at| {
        let rest = &good[at..];
        let bad = rest.iter().filter(|&&good| !good).count();
        let longest = rest
            .chunk_by(|a, b| a == b)
            .filter(|run| !run[0])
            .map(<[bool]>::len)
            .max();
        longest.unwrap_or(0) <= span && bad * 20 <= rest.len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::histogram::Sparse;

    fn marks(text: &str) -> Vec<bool> {
        text.bytes().map(|mark| mark == b'+').collect()
    }

    /// A window with `offered` requests of which `completed` took `latency_ms` each.
    fn window(offered: u64, completed: usize, latency_ms: u64) -> EndpointWindow {
        let latencies = vec![latency_ms * 1_000_000; completed];
        EndpointWindow {
            offered,
            latency: Sparse::of_values(7, &latencies),
            ..EndpointWindow::default()
        }
    }

    #[test]
    fn back_means_back_until_the_end() {
        assert_eq!(back_for_good(&marks("++++++"), 1), Some(0));
        assert_eq!(back_for_good(&marks("---+++"), 1), Some(3));
        assert_eq!(back_for_good(&marks("------"), 1), None);
        assert_eq!(back_for_good(&marks("+++---"), 1), None);
        assert_eq!(back_for_good(&marks(""), 1), None);
    }

    #[test]
    fn a_lull_right_after_the_fault_is_not_recovery() {
        assert_eq!(
            back_for_good(&marks("+---++++++++++++++++++++++++++++++++++++++++"), 1),
            Some(4)
        );
    }

    #[test]
    fn one_odd_block_in_twenty_is_overlooked_but_not_two_in_a_row() {
        assert_eq!(
            back_for_good(&marks("--++++++++++-+++++++++++++"), 1),
            Some(2)
        );
        assert_eq!(
            back_for_good(&marks("--++++++++++--++++++++++++"), 1),
            Some(14)
        );
        assert_eq!(
            back_for_good(&marks("--++++++++++--+++++++++++++++++++++++++++++++"), 2),
            Some(2)
        );
    }

    #[test]
    fn a_system_that_flaps_has_not_recovered() {
        assert_eq!(back_for_good(&marks("+-+-+-+-+-+-+-+-+-+-+-"), 1), None);
    }

    #[test]
    fn limits_are_no_stricter_than_the_worst_block_before() {
        let calm = vec![window(1_000, 1_000, 10); 10];
        let baseline = Baseline::of(&calm, 10).unwrap();
        assert_eq!(baseline.span, 1);
        assert!(baseline.is_good(&window(1_000, 960, 10)));
        assert!(!baseline.is_good(&window(1_000, 940, 10)));
        assert!(baseline.is_good(&window(1_000, 1_000, 14)));
        assert!(!baseline.is_good(&window(1_000, 1_000, 16)));
        let mut rough = calm;
        rough[3] = window(1_000, 900, 30);
        let baseline = Baseline::of(&rough, 10).unwrap();
        assert!(baseline.is_good(&window(1_000, 900, 30)));
        assert!(!baseline.is_good(&window(1_000, 890, 30)));
        assert!(!baseline.is_good(&window(1_000, 900, 31)));
    }

    #[test]
    fn scarce_traffic_is_judged_in_longer_blocks_or_not_at_all() {
        assert_eq!(
            Baseline::of(&vec![window(20, 20, 10); 100], 100)
                .unwrap()
                .span,
            10
        );
        assert_eq!(Baseline::of(&vec![window(1, 1, 10); 40], 100), None);
        assert_eq!(Baseline::of(&vec![window(0, 0, 10); 40], 100), None);
    }

    #[test]
    fn requests_that_hang_and_blocks_without_traffic() {
        let baseline = Baseline::of(&vec![window(1_000, 1_000, 10); 10], 10).unwrap();
        assert!(!baseline.is_good(&window(1_000, 0, 0)));
        assert!(baseline.is_good(&window(0, 0, 0)));
    }
}
