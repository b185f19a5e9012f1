//! What happened in a stretch of simulated time, read off an engine without disturbing it.

use super::since::Since;
use crate::sim::engine::Engine;
use crate::sim::measure::{
    CacheWindow, CorrectnessWindow, EndpointWindow, NodeWindow, QueueWindow, Replication,
    StationWindow, WireWindow,
};
use crate::sim::summary::Merge;

/// What happened between two moments, for each thing of a model; lists as in [`Replication`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stretch {
    /// Start, in ns.
    pub from_ns: u64,
    /// End, in ns.
    pub to_ns: u64,
    /// By endpoint.
    pub endpoints: Vec<EndpointWindow>,
    /// By node.
    pub nodes: Vec<NodeWindow>,
    /// By station class.
    pub stations: Vec<StationWindow>,
    /// By wire.
    pub wires: Vec<WireWindow>,
    /// By cache.
    pub caches: Vec<CacheWindow>,
    /// By queue.
    pub queues: Vec<QueueWindow>,
    /// Of all.
    pub correctness: CorrectnessWindow,
}

impl Stretch {
    /// Its length in seconds.
    pub fn seconds(&self) -> f64 {
        self.to_ns.saturating_sub(self.from_ns) as f64 / 1e9
    }

    /// Goes on with the stretch that follows.
    pub fn extend(&mut self, next: &Self) {
        if self.to_ns <= self.from_ns {
            self.clone_from(next);
            return;
        }
        self.to_ns = next.to_ns;
        extend(&mut self.endpoints, &next.endpoints);
        extend(&mut self.nodes, &next.nodes);
        extend(&mut self.stations, &next.stations);
        extend(&mut self.wires, &next.wires);
        extend(&mut self.caches, &next.caches);
        extend(&mut self.queues, &next.queues);
        self.correctness.merge(&next.correctness);
    }

    /// Several stretches in a row as one.
    pub fn over<'s>(stretches: impl IntoIterator<Item = &'s Self>) -> Self {
        let mut sum = Self::default();
        for stretch in stretches {
            sum.extend(stretch);
        }
        sum
    }

    /// What was closed in the window of a number.
    fn closed(done: &Replication, window: usize) -> Self {
        fn at<T: Clone>(things: &[Vec<T>], window: usize) -> Vec<T> {
            things
                .iter()
                .map(|windows| windows[window].clone())
                .collect()
        }
        Self {
            from_ns: done.edges_ns[window],
            to_ns: done.edges_ns[window + 1],
            endpoints: at(&done.endpoints, window),
            nodes: at(&done.nodes, window),
            stations: at(&done.stations, window),
            wires: at(&done.wires, window),
            caches: at(&done.caches, window),
            queues: at(&done.queues, window),
            correctness: done.correctness[window],
        }
    }

    /// What happened since an earlier look at the same window.
    fn since(&self, earlier: &Self) -> Self {
        fn each<T: Since>(now: &[T], earlier: &[T]) -> Vec<T> {
            now.iter()
                .zip(earlier)
                .map(|(now, then)| now.since(then))
                .collect()
        }
        Self {
            from_ns: earlier.to_ns,
            to_ns: self.to_ns,
            endpoints: each(&self.endpoints, &earlier.endpoints),
            nodes: each(&self.nodes, &earlier.nodes),
            stations: each(&self.stations, &earlier.stations),
            wires: each(&self.wires, &earlier.wires),
            caches: each(&self.caches, &earlier.caches),
            queues: each(&self.queues, &earlier.queues),
            correctness: self.correctness.since(&earlier.correctness),
        }
    }
}

fn extend<T: Merge>(sum: &mut [T], next: &[T]) {
    for (sum, next) in sum.iter_mut().zip(next) {
        sum.merge(next);
        sum.take_levels(next);
    }
}

/// Reads what happened since the last reading. A snapshot of an engine needs the meter of its
/// moment, or a new one.
#[derive(Debug, Clone)]
pub struct Meter {
    /// Windows closed at the last reading.
    closed: usize,
    /// The open window at the last reading.
    open: Stretch,
}

impl Meter {
    /// A meter whose first reading begins at the present moment of an engine.
    pub fn new(engine: &Engine) -> Self {
        Self {
            closed: engine.recorded().edges_ns.len() - 1,
            open: engine.open_window(),
        }
    }

    /// What happened since the last reading.
    pub fn read(&mut self, engine: &Engine) -> Stretch {
        let done = engine.recorded();
        let closed = done.edges_ns.len() - 1;
        let open = engine.open_window();
        let mut stretch;
        if closed == self.closed {
            stretch = open.since(&self.open);
        } else {
            stretch = Stretch::closed(done, self.closed).since(&self.open);
            for window in self.closed + 1..closed {
                stretch.extend(&Stretch::closed(done, window));
            }
            stretch.extend(&open);
        }
        self.closed = closed;
        self.open = open;
        stretch
    }
}
