//! Which faults the run can be divided by, and the windows before, during and after each.

use std::ops::Range;

use super::collect::{Collected, Sum};

/// Faults that get phases. A scenario made by hand has a few; more would make the result long and say nothing.
const FAULTS_MAX: usize = 32;

/// A fault that happened at the same times in every replication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its name.
    pub name: String,
    /// When it began.
    pub start_ns: u64,
    /// When it ended.
    pub end_ns: u64,
}

/// A part of the run in relation to a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// From the end of earlier faults, or the start of the measured time, until it begins.
    Before,
    /// While it lasts.
    During,
    /// From its end until the next fault begins, or the end of the run.
    After,
}

impl Collected {
    /// The faults that happened at the same times in every replication, by their start. Those at random differ from
    /// one replication to the next, so that no window of the run is before or after them.
    pub fn faults(&self) -> Vec<Fault> {
        common(&self.sum)
    }

    /// The windows before, during or after a fault; several where a fault of this name happened several times,
    /// none where there is no such time.
    pub fn phase(&self, when: When, fault: &str) -> Vec<Range<usize>> {
        let faults = self.faults();
        let named = (0..faults.len()).filter(|&at| faults[at].name == fault);
        named
            .map(|at| self.windows(when, &faults, at))
            .filter(|windows| !windows.is_empty())
            .collect()
    }

    /// The windows before, during or after one of the faults; empty if there are none.
    pub(super) fn windows(&self, when: When, faults: &[Fault], at: usize) -> Range<usize> {
        let fault = &faults[at];
        let measured = self.measured();
        let clip = |from: usize, to: usize| {
            let from = from.max(measured.start);
            from..to.min(measured.end).max(from)
        };
        let (start, end) = (self.edge_near(fault.start_ns), self.edge_near(fault.end_ns));
        match when {
            When::Before => {
                let earlier = faults[..at]
                    .iter()
                    .map(|earlier| self.edge_near(earlier.end_ns));
                clip(earlier.max().unwrap_or(0).min(start), start)
            }
            // A fault shorter than a window still has the window in which it happened.
            When::During if fault.end_ns > fault.start_ns => clip(start, end.max(start + 1)),
            When::During => clip(start, start),
            When::After => {
                let later = faults.iter().filter(|later| later.start_ns >= fault.end_ns);
                let next = later
                    .filter(|later| *later != fault)
                    .map(|later| later.start_ns)
                    .min();
                clip(end, next.map_or(measured.end, |next| self.edge_near(next)))
            }
        }
    }

    /// The edge of a window that is nearest to a time.
    fn edge_near(&self, ns: u64) -> usize {
        let edges = &self.sum.edges_ns;
        let after = edges
            .partition_point(|&edge| edge < ns)
            .min(edges.len().saturating_sub(1));
        match after.checked_sub(1) {
            Some(before) if ns.saturating_sub(edges[before]) < edges[after].abs_diff(ns) => before,
            _ => after,
        }
    }
}

/// The faults that all replications share, within the time that all of them reached.
fn common(sum: &Sum) -> Vec<Fault> {
    let horizon = sum.faults.iter().map(|(_, end)| *end).min().unwrap_or(0);
    let within = |faults: &[(String, u64, u64)]| -> Vec<Fault> {
        let begun = faults.iter().filter(|(_, start, _)| *start < horizon);
        let cut = begun.map(|(name, start, end)| Fault {
            name: name.clone(),
            start_ns: *start,
            end_ns: (*end).min(horizon),
        });
        cut.collect()
    };
    let mut lists = sum.faults.iter().map(|(faults, _)| within(faults));
    let mut shared = lists.next().unwrap_or_default();
    for list in lists {
        shared.retain(|fault| list.contains(fault));
    }
    shared.sort_by(|a, b| (a.start_ns, a.end_ns, &a.name).cmp(&(b.start_ns, b.end_ns, &b.name)));
    shared.dedup();
    shared.truncate(FAULTS_MAX);
    shared
}
