//! Takes replications in order and keeps of each only what is needed: the windows of all of them
//! added up, and for each its measured part as seen by clients, from which intervals come.
//!
//! Memory therefore hardly grows with the number of replications.

use std::borrow::Cow;
use std::ops::Range;

use super::merge::{Merge, merge_windows};
use super::warmup;
use crate::sim::measure::{
    CacheWindow, Check, CorrectnessWindow, EndpointWindow, Followed, Meta, NodeMeta, NodeWindow,
    QueueWindow, Replication, StationWindow, WireWindow,
};

/// Followed requests are kept of as many replications as it takes to have this many: the later
/// replications of a long study would add memory, and nothing that can be seen.
const FOLLOWED_ENOUGH: usize = 100_000;

/// Batches into which a run of one replication is divided: as many as `stats::interval` looks at.
const BATCHES: usize = 32;

/// A fault that happened: its name, start and end.
type Happened = (String, u64, u64);

/// What is kept beside a sample, for comparisons.
#[derive(Debug, Clone)]
struct Beside {
    replication: u32,
    correctness: CorrectnessWindow,
    /// By node: busy and available time of its workers.
    busy: Vec<(u128, u128)>,
    /// What was billed by use, in dollars.
    billed: f64,
}

/// All replications added up, window by window.
#[derive(Debug, Clone, Default)]
pub(super) struct Sum {
    pub(super) meta: Meta,
    /// Boundaries of the windows of the longest replication.
    pub(super) edges_ns: Vec<u64>,
    /// By window: its length, added up over the replications that reached it.
    pub(super) lengths_ns: Vec<u64>,
    /// By window: replications that reached it.
    pub(super) reached: Vec<u32>,
    pub(super) endpoints: Vec<Vec<EndpointWindow>>,
    pub(super) nodes: Vec<Vec<NodeWindow>>,
    pub(super) stations: Vec<Vec<StationWindow>>,
    pub(super) wires: Vec<Vec<WireWindow>>,
    pub(super) caches: Vec<Vec<CacheWindow>>,
    pub(super) queues: Vec<Vec<QueueWindow>>,
    pub(super) correctness: Vec<CorrectnessWindow>,
    pub(super) followed: Vec<(u32, Followed)>,
    /// By replication: its faults, and its end.
    pub(super) faults: Vec<(Vec<Happened>, u64)>,
    pub(super) checks: Vec<MergedCheck>,
    pub(super) events: u64,
    pub(super) finished: u32,
    pub(super) partial: bool,
}

/// A law over all replications: it holds if both sides agree in each.
#[derive(Debug, Clone)]
pub(super) struct MergedCheck {
    pub(super) law: &'static str,
    pub(super) place: String,
    pub(super) left: u128,
    pub(super) right: u128,
    pub(super) holds: bool,
}

/// What clients saw in one of several parts of the run: the measured time of a replication, or a
/// batch of windows of the only one.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) length_ns: u64,
    pub(super) endpoints: Vec<EndpointWindow>,
    /// By endpoint: under way when the part began.
    pub(super) in_flight_before: Vec<u64>,
}

/// The parts from which intervals come.
#[derive(Debug, Clone)]
pub(super) struct Samples<'a> {
    pub(super) parts: Cow<'a, [Sample]>,
    /// They are batches of one replication in order of time, else independent.
    pub(super) consecutive: bool,
}

/// Replications before it is known from when on they are measured.
#[derive(Debug, Clone)]
pub struct Collecting {
    sum: Sum,
    waiting: Vec<Kept>,
}

/// What is kept of a replication until it is known from when on it is measured.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    index: u32,
    edges_ns: Vec<u64>,
    endpoints: Vec<Vec<EndpointWindow>>,
    correctness: Vec<CorrectnessWindow>,
    /// By node and window: busy and available time of its workers, in server·ns.
    busy: Vec<Vec<(u128, u128)>>,
    /// By window: what was billed by use, in dollars.
    billed: Vec<f64>,
}

impl Collecting {
    /// Nothing yet, of a model whose figures belong to `meta`.
    pub fn new(meta: Meta) -> Self {
        let sum = Sum {
            endpoints: vec![Vec::new(); meta.endpoints.len()],
            nodes: vec![Vec::new(); meta.nodes.len()],
            stations: vec![Vec::new(); meta.stations.len()],
            meta,
            ..Sum::default()
        };
        Self {
            sum,
            waiting: Vec::new(),
        }
    }

    /// Adds the next replication. They must come in order of their index.
    pub fn add(&mut self, replication: Replication) {
        self.waiting.push(self.sum.add(replication));
    }

    /// Chooses the warm-up from the replications so far.
    pub fn settle(self) -> Collected {
        let warmup = warmup::choose(&self.sum);
        self.settle_with(warmup)
    }

    /// The warm-up that would be chosen, in ns.
    pub fn warmup_ns(&self) -> u64 {
        warmup::choose(&self.sum).ns
    }

    /// Leaves out at least so much at the start: what is compared must be measured over the same
    /// time.
    pub fn settle_after(self, ns: u64) -> Collected {
        let warmup = warmup::at_least(&self.sum, ns);
        self.settle_with(warmup)
    }

    fn settle_with(self, warmup: warmup::Choice) -> Collected {
        let mut collected = Collected {
            sum: self.sum,
            warmup,
            samples: Vec::new(),
            replicated: Vec::new(),
        };
        for kept in &self.waiting {
            collected.sample(kept);
        }
        collected
    }
}

/// Replications and the time in which they are measured: what all figures are made from.
#[derive(Debug, Clone)]
pub struct Collected {
    pub(super) sum: Sum,
    pub(super) warmup: warmup::Choice,
    samples: Vec<Sample>,
    /// Beside each sample: its replication, and what else is compared between variants.
    replicated: Vec<Beside>,
}

/// The measured time of one replication, to be held against the same replication of a variant.
#[derive(Debug, Clone, Copy)]
pub struct Replicated<'a> {
    /// Index of the replication.
    pub index: u32,
    /// Length of the measured time, in seconds.
    pub seconds: f64,
    /// What clients saw, in the order of the model's endpoints.
    pub endpoints: &'a [EndpointWindow],
    /// What went wrong with the data.
    pub correctness: CorrectnessWindow,
    /// By node: busy and available time of its workers, in server·ns.
    pub busy: &'a [(u128, u128)],
    /// What it cost, replicas by the hour and what is billed by use, in dollars.
    pub cost: f64,
}

impl Replicated<'_> {
    /// Some endpoints as one; those that the model does not have are left out.
    pub fn together(&self, which: &[usize]) -> EndpointWindow {
        let mut sum = EndpointWindow::default();
        for seen in which.iter().filter_map(|&at| self.endpoints.get(at)) {
            sum.merge(seen);
        }
        sum
    }
}

impl Collected {
    /// The replications one by one, in order.
    pub fn replicated(&self) -> impl Iterator<Item = Replicated<'_>> {
        let nodes = self.sum.meta.nodes.iter();
        let per_hour: f64 = nodes.map(|node| node.cost_per_hour).sum();
        let pairs = self.samples.iter().zip(&self.replicated);
        pairs.map(move |(sample, beside)| {
            let seconds = sample.length_ns as f64 / 1e9;
            Replicated {
                index: beside.replication,
                seconds,
                endpoints: &sample.endpoints,
                correctness: beside.correctness,
                busy: &beside.busy,
                cost: per_hour * seconds / 3600.0 + beside.billed,
            }
        })
    }

    /// Adds one more replication; the warm-up stays.
    pub fn add(&mut self, replication: Replication) {
        let kept = self.sum.add(replication);
        self.sample(&kept);
    }

    /// Says that not all was simulated that was to be.
    pub fn mark_partial(&mut self) {
        self.sum.partial = true;
    }

    /// The number of replications, finished or not.
    pub fn replications(&self) -> u32 {
        self.sum.faults.len() as u32
    }

    /// The windows after the warm-up.
    pub fn measured(&self) -> Range<usize> {
        let windows = self.sum.lengths_ns.len();
        self.warmup.windows.min(windows)..windows
    }

    fn sample(&mut self, kept: &Kept) {
        let measured = self.warmup.windows..kept.edges_ns.len().saturating_sub(1);
        let Some(sample) = sample(&kept.edges_ns, &kept.endpoints, measured.clone()) else {
            return;
        };
        self.samples.push(sample);
        let wrong = kept.correctness.get(measured.clone()).unwrap_or_default();
        let busy = kept.busy.iter().map(|of| {
            let measured = of.get(measured.clone()).unwrap_or_default();
            measured
                .iter()
                .fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1))
        });
        let billed = kept.billed.get(measured.clone()).unwrap_or_default();
        self.replicated.push(Beside {
            replication: kept.index,
            correctness: CorrectnessWindow::over(wrong),
            busy: busy.collect(),
            billed: billed.iter().sum(),
        });
    }

    /// The measured time in parts: a replication each, or consecutive batches of the only one.
    pub(super) fn samples(&self) -> Samples<'_> {
        if self.sum.faults.len() != 1 {
            return Samples {
                parts: Cow::Borrowed(&self.samples),
                consecutive: false,
            };
        }
        let measured = self.measured();
        let batches = BATCHES.min(measured.len());
        let edge = |batch: usize| measured.start + measured.len() * batch / batches;
        let batch = |batch: usize| {
            sample(
                &self.sum.edges_ns,
                &self.sum.endpoints,
                edge(batch)..edge(batch + 1),
            )
        };
        Samples {
            parts: (0..batches).filter_map(batch).collect(),
            consecutive: true,
        }
    }

    /// By endpoint: under way at the end of the measured time and at its start, of all
    /// replications.
    pub(super) fn in_flight(&self, endpoint: usize) -> (u64, u64) {
        let end = self
            .samples
            .iter()
            .map(|sample| sample.endpoints[endpoint].in_flight)
            .sum();
        let start = self
            .samples
            .iter()
            .map(|sample| sample.in_flight_before[endpoint])
            .sum();
        (end, start)
    }
}

/// What clients saw in some windows of a replication; nothing if it did not reach them.
fn sample(
    edges_ns: &[u64],
    endpoints: &[Vec<EndpointWindow>],
    windows: Range<usize>,
) -> Option<Sample> {
    if windows.is_empty() {
        return None;
    }
    let before = windows.start.checked_sub(1);
    let levels = endpoints
        .iter()
        .map(|of| before.map_or(0, |before| of[before].in_flight));
    Some(Sample {
        length_ns: edges_ns[windows.end] - edges_ns[windows.start],
        in_flight_before: levels.collect(),
        endpoints: endpoints
            .iter()
            .map(|of| EndpointWindow::over(&of[windows.clone()]))
            .collect(),
    })
}

impl Sum {
    /// Adds a replication and gives back what is needed of it by itself.
    fn add(&mut self, replication: Replication) -> Kept {
        let busy = busy(&self.meta, &replication);
        let billed = billed(&self.meta, &replication);
        let Replication {
            edges_ns,
            endpoints,
            ..
        } = replication;
        self.add_time(&edges_ns);
        merge_all(&mut self.endpoints, &endpoints);
        merge_all(&mut self.nodes, &replication.nodes);
        merge_all(&mut self.stations, &replication.stations);
        merge_all(&mut self.wires, &replication.wires);
        merge_all(&mut self.caches, &replication.caches);
        merge_all(&mut self.queues, &replication.queues);
        merge_windows(&mut self.correctness, &replication.correctness);
        if self.followed.len() < FOLLOWED_ENOUGH {
            let followed = replication.followed.into_iter();
            self.followed
                .extend(followed.map(|request| (replication.index, request)));
        }
        self.faults
            .push((replication.faults, edges_ns.last().copied().unwrap_or(0)));
        self.add_checks(replication.checks);
        self.events += replication.events;
        self.finished += u32::from(replication.stopped.is_none());
        self.partial |= replication.stopped.is_some();
        Kept {
            index: replication.index,
            edges_ns,
            endpoints,
            correctness: replication.correctness,
            busy,
            billed,
        }
    }

    fn add_time(&mut self, edges_ns: &[u64]) {
        for (window, edges) in edges_ns.windows(2).enumerate() {
            if window == self.lengths_ns.len() {
                self.lengths_ns.push(0);
                self.reached.push(0);
            }
            self.lengths_ns[window] += edges[1] - edges[0];
            self.reached[window] += 1;
        }
        // Of two that reached the same window, the one that came further in it has the later edge.
        let further = edges_ns.len() > self.edges_ns.len()
            || (edges_ns.len() == self.edges_ns.len() && edges_ns.last() > self.edges_ns.last());
        if further {
            self.edges_ns = edges_ns.to_vec();
        }
    }

    fn add_checks(&mut self, checks: Vec<Check>) {
        for (
            at,
            Check {
                law,
                place,
                left,
                right,
            },
        ) in checks.into_iter().enumerate()
        {
            // Every replication of a model checks the same things in the same order.
            let known = self.checks.get_mut(at);
            if let Some(known) = known.filter(|known| known.law == law && known.place == place) {
                known.left += left;
                known.right += right;
                known.holds &= left == right;
            } else {
                self.checks.push(MergedCheck {
                    law,
                    place,
                    left,
                    right,
                    holds: left == right,
                });
            }
        }
    }

    /// The time of some windows, added up over replications, in seconds.
    pub(super) fn seconds(&self, windows: Range<usize>) -> f64 {
        self.ns(windows) as f64 / 1e9
    }

    /// The time of some windows, added up over replications, in ns.
    pub(super) fn ns(&self, windows: Range<usize>) -> u128 {
        self.lengths_ns[windows]
            .iter()
            .map(|&length| u128::from(length))
            .sum()
    }
}

/// By node and window: busy and available time of its workers.
fn busy(meta: &Meta, replication: &Replication) -> Vec<Vec<(u128, u128)>> {
    let areas = |station: &StationWindow| (station.busy_area, station.available_area);
    let of_node = |node: &NodeMeta| {
        let workers = replication.stations.get(node.workers as usize);
        workers.map_or_else(Vec::new, |of| of.iter().map(areas).collect())
    };
    meta.nodes.iter().map(of_node).collect()
}

/// By window: what was billed by use, in dollars.
fn billed(meta: &Meta, replication: &Replication) -> Vec<f64> {
    let windows = replication.edges_ns.len().saturating_sub(1);
    let mut sums = vec![0.0; windows];
    for (node, recorded) in meta.nodes.iter().zip(&replication.nodes) {
        if node.cost_per_million > 0.0 {
            for (sum, window) in sums.iter_mut().zip(recorded) {
                *sum += node.cost_per_million * window.arrivals as f64 / 1e6;
            }
        }
    }
    sums
}

fn merge_all<T: Merge>(sums: &mut Vec<Vec<T>>, replication: &[Vec<T>]) {
    if sums.len() < replication.len() {
        sums.resize_with(replication.len(), Vec::new);
    }
    for (sum, windows) in sums.iter_mut().zip(replication) {
        merge_windows(sum, windows);
    }
}
