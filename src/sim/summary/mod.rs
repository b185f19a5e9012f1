//! From what replications recorded to what a run says: adds them up in order, leaves the warm-up
//! out, and works out every figure with its interval. One file for each part of the result.
//!
//! Everything is counted in integers up to the last step, and floats are added up in the order of
//! the model's lists: the same replications give the same bytes.

mod attribution;
mod checks;
mod collect;
mod cost;
mod endpoints;
mod exemplars;
mod faults;
mod merge;
mod nodes;
mod phases;
mod recovery;
mod series;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod warmup;
mod wires;

use std::ops::Range;

pub use collect::{Collected, Collecting};
pub use faults::{Fault, When};

use crate::sim::measure::{CorrectnessWindow, EndpointWindow, Meta, Replication};
use crate::sim::result::{Correctness, DesignRef, EndpointFigures, FORMAT, NodeFigures, RunResult};
use crate::stats::histogram::Sparse;
pub(super) use merge::Merge;

/// The result of replications given in order of their index. Objectives and findings are left
/// empty: they are made from the result.
pub fn summarise(
    meta: &Meta,
    replications: &[Replication],
    seed: u64,
    design: DesignRef,
) -> RunResult {
    let mut collecting = Collecting::new(meta.clone());
    for replication in replications {
        collecting.add(replication.clone());
    }
    collecting.settle().result(seed, design)
}

impl Collected {
    /// Who is who in the figures.
    pub fn meta(&self) -> &Meta {
        &self.sum.meta
    }

    /// All that the replications say. Objectives and findings are left empty: they are made from
    /// the result.
    pub fn result(&self, seed: u64, design: DesignRef) -> RunResult {
        let measured = self.measured();
        let endpoints = self.endpoints();
        let nodes = nodes::figures(&self.sum, &measured);
        let totals: Vec<EndpointWindow> = self
            .sum
            .endpoints
            .iter()
            .map(|of| EndpointWindow::over(&of[measured.clone()]))
            .collect();
        RunResult {
            format: FORMAT.to_owned(),
            design,
            seed,
            replications: self.sum.finished,
            simulated_s: nodes::seconds(self.sum.edges_ns.last().copied().unwrap_or(0) as f64),
            warmup_s: nodes::seconds(self.warmup.ns as f64),
            events: self.sum.events,
            partial: self.sum.partial,
            cost: cost::figures(&self.sum.meta.nodes, &nodes, &endpoints),
            endpoints,
            nodes,
            wires: wires::figures(&self.sum, &measured),
            correctness: self.correctness(&measured),
            objectives: Vec::new(),
            findings: Vec::new(),
            warmup_by: self.warmup.by.to_owned(),
            phases: phases::figures(self),
            attribution: attribution::figures(self),
            exemplars: exemplars::figures(self),
            series: series::figures(&self.sum),
            checks: checks::figures(self, &totals),
        }
    }

    /// What clients saw of each endpoint in the measured time.
    pub fn endpoints(&self) -> Vec<EndpointFigures> {
        let measured = self.measured();
        let samples = self.samples();
        let indices = 0..self.sum.meta.endpoints.len();
        indices
            .map(|index| endpoints::figures(self, &[index], &measured, Some(&samples)))
            .collect()
    }

    /// What clients saw of some endpoints together, in some windows. There are intervals if these
    /// are all that were measured.
    pub fn endpoint(&self, which: &[usize], windows: &Range<usize>) -> EndpointFigures {
        let samples = (*windows == self.measured()).then(|| self.samples());
        endpoints::figures(self, which, windows, samples.as_ref())
    }

    /// What happened at a node in some windows; nothing if there is no such node.
    pub fn node(&self, name: &str, windows: &Range<usize>) -> Option<NodeFigures> {
        let index = self
            .sum
            .meta
            .nodes
            .iter()
            .position(|node| node.name == name)?;
        nodes::figures_of(&self.sum, index, windows)
    }

    /// The time of some windows, added up over replications, in seconds.
    pub fn seconds(&self, windows: &Range<usize>) -> f64 {
        self.sum.seconds(windows.clone())
    }

    /// What went wrong with the data in some windows, in all replications.
    pub fn correctness(&self, windows: &Range<usize>) -> Correctness {
        let recorded = self
            .sum
            .correctness
            .get(windows.clone())
            .unwrap_or_default();
        let CorrectnessWindow {
            duplicate_effects,
            stale_reads,
            lost_messages,
            lost_writes,
        } = CorrectnessWindow::over(recorded);
        Correctness {
            duplicate_effects,
            stale_reads,
            lost_messages,
            lost_writes,
        }
    }

    /// The recorded latencies of the measured time: of each endpoint's completed requests under the
    /// endpoint's identifier, and of its failed ones, if there are any, with ` failed` after it.
    pub fn histograms(&self) -> Vec<(String, Sparse)> {
        let measured = self.measured();
        let mut histograms = Vec::new();
        for (meta, recorded) in self.sum.meta.endpoints.iter().zip(&self.sum.endpoints) {
            let all = EndpointWindow::over(&recorded[measured.clone()]);
            histograms.push((meta.name.clone(), all.latency));
            if !all.failed_latency.is_empty() {
                histograms.push((format!("{} failed", meta.name), all.failed_latency));
            }
        }
        histograms
    }
}
