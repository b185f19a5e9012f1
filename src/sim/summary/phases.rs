//! The run by phases: before, during and after each fault.

use std::ops::Range;

use super::collect::Collected;
use super::faults::When;
use super::merge::Merge;
use super::nodes::{quantile, ratio, seconds};
use super::recovery;
use crate::sim::measure::EndpointWindow;
use crate::sim::result::{Phase, PhaseFigures};

/// All phases in order of the faults. They overlap where faults do.
pub(super) fn figures(collected: &Collected) -> Vec<Phase> {
    let faults = collected.faults();
    let mut phases = Vec::new();
    let Some(first) = faults.first() else {
        return phases;
    };
    let healthy = collected.windows(When::Before, &faults, 0);
    phases.extend(phase(collected, "before".to_owned(), &healthy));
    debug_assert!(
        faults.iter().all(|fault| fault.start_ns >= first.start_ns),
        "by start"
    );
    for (at, fault) in faults.iter().enumerate() {
        let during = collected.windows(When::During, &faults, at);
        phases.extend(phase(collected, fault.name.clone(), &during));
        let after = collected.windows(When::After, &faults, at);
        let recovery_s = recovery::seconds(&collected.sum, &healthy, &after, fault.end_ns);
        let phase = phase(collected, format!("after {}", fault.name), &after);
        phases.extend(phase.map(|phase| Phase {
            recovery_s,
            ..phase
        }));
    }
    phases
}

impl Collected {
    /// Time from each end of the faults of this name until the figures were back; `None` for one that they were not
    /// back from.
    pub fn recoveries(&self, fault: &str) -> Vec<Option<f64>> {
        let faults = self.faults();
        let named = (0..faults.len()).filter(|&at| faults[at].name == fault);
        let healthy = || self.windows(When::Before, &faults, 0);
        named
            .map(|at| {
                let after = self.windows(When::After, &faults, at);
                recovery::seconds(&self.sum, &healthy(), &after, faults[at].end_ns)
            })
            .collect()
    }
}

fn phase(collected: &Collected, name: String, windows: &Range<usize>) -> Option<Phase> {
    if windows.is_empty() {
        return None;
    }
    let sum = &collected.sum;
    let length_s = sum.seconds(windows.clone());
    let endpoints = sum.meta.endpoints.iter().zip(&sum.endpoints);
    Some(Phase {
        name,
        from_s: seconds(sum.edges_ns[windows.start] as f64),
        to_s: seconds(sum.edges_ns[windows.end] as f64),
        endpoints: endpoints
            .map(|(meta, recorded)| endpoint(&meta.name, &recorded[windows.clone()], length_s))
            .collect(),
        recovery_s: None,
    })
}

fn endpoint(id: &str, windows: &[EndpointWindow], length_s: f64) -> PhaseFigures {
    let all = EndpointWindow::over(windows);
    PhaseFigures {
        id: id.to_owned(),
        offered: all.offered,
        completed: all.latency.len(),
        failed: all.failed.iter().sum(),
        goodput_per_s: ratio(all.latency.len() as f64, length_s),
        mean_s: seconds(all.latency.mean()),
        p50_s: quantile(&all.latency, 0.5),
        p99_s: quantile(&all.latency, 0.99),
    }
}
