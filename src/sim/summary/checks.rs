//! The laws that hold on every run, as a reader sees them.

use super::collect::Collected;
use crate::sim::measure::EndpointWindow;
use crate::sim::result::LawCheck;

/// The checks that the replications made of themselves, and conservation over the measured time: what was under way at
/// its start and what was offered in it, against what completed, failed, and was under way at its end.
pub(super) fn figures(collected: &Collected, totals: &[EndpointWindow]) -> Vec<LawCheck> {
    let own = collected.sum.checks.iter().map(|check| {
        // Areas are kept in ns; a reader expects seconds.
        let scale = if check.law == "conservation" {
            1.0
        } else {
            1e9
        };
        LawCheck {
            law: check.law.to_owned(),
            place: check.place.clone(),
            left: check.left as f64 / scale,
            right: check.right as f64 / scale,
            holds: check.holds,
        }
    });
    let measured = collected.sum.meta.endpoints.iter().zip(totals).enumerate();
    let measured = measured.map(|(index, (meta, total))| {
        let (end, start) = collected.in_flight(index);
        let failed: u64 = total.failed.iter().sum();
        let (left, right) = (start + total.offered, total.latency.len() + failed + end);
        LawCheck {
            law: "conservation".to_owned(),
            place: format!("{}, measured time", meta.name),
            left: left as f64,
            right: right as f64,
            holds: left == right,
        }
    });
    own.chain(measured).collect()
}
