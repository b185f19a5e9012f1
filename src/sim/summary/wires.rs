//! The figures of wires.

use std::collections::BTreeMap;
use std::ops::Range;

use super::collect::Sum;
use super::merge::Merge;
use super::nodes::{ratio, times};
use crate::sim::measure::{CAUSE_NAMES, CAUSES, WireMeta, WireWindow};
use crate::sim::result::WireFigures;

/// Every wire, over some windows.
pub(super) fn figures(sum: &Sum, windows: &Range<usize>) -> Vec<WireFigures> {
    let ns = sum.ns(windows.clone()) as f64;
    let wires = sum.meta.wires.iter().zip(&sum.wires);
    wires
        .map(|(meta, recorded)| wire(meta, &recorded[windows.clone()], ns))
        .collect()
}

fn wire(meta: &WireMeta, windows: &[WireWindow], ns: f64) -> WireFigures {
    let all = WireWindow::over(windows);
    WireFigures {
        id: meta.name.clone(),
        calls: all.calls,
        attempts: all.attempts,
        retries: all.retries,
        hedges: all.hedges,
        failed: by_cause(&all.failed),
        budget_refused: all.budget_refused,
        fallbacks: all.fallbacks,
        breaker_opened: all.breaker_opened,
        breaker_open_share: ratio(all.breaker_open_area as f64, ns * meta.breakers as f64),
        latency_s: times(&all.latency),
        pool_wait_s: times(&all.pool_wait),
        pool_busy_mean: ratio(all.pool_area as f64, ns),
        pool_size: meta.pool_total,
        messages_lost: all.lost,
        bytes: all.bytes,
    }
}

/// Counts of failures by the names of their causes, all of them.
pub(super) fn by_cause(failed: &[u64; CAUSES]) -> BTreeMap<String, u64> {
    CAUSE_NAMES
        .iter()
        .zip(failed)
        .map(|(name, &count)| ((*name).to_owned(), count))
        .collect()
}
