//! Snapshots of an engine at growing distances, within a budget of memory: to go back to any moment
//! is to go back to the last snapshot before it and to simulate the rest again.

use crate::sim::Engine;

/// Most snapshots besides that of the start.
const COUNT_MAX: usize = 48;
/// Most memory for snapshots, about, in bytes.
const BYTES_MAX: u64 = 256 << 20;

/// Snapshots in order of time.
#[derive(Debug, Default)]
pub(super) struct Checkpoints {
    kept: Vec<Checkpoint>,
    /// Distance between two of them, in ns of simulated time.
    every_ns: u64,
}

#[derive(Debug)]
struct Checkpoint {
    engine: Engine,
    bytes: u64,
}

impl Checkpoints {
    /// Snapshots of a run from its start, `every_ns` apart at first.
    pub(super) fn new(start: &Engine, every_ns: u64) -> Self {
        let mut checkpoints = Self {
            kept: Vec::new(),
            every_ns: every_ns.max(1),
        };
        checkpoints.keep(start);
        checkpoints
    }

    fn keep(&mut self, engine: &Engine) {
        self.kept.push(Checkpoint {
            engine: engine.clone(),
            bytes: engine.bytes(),
        });
    }

    /// Takes a snapshot if it is time for one. What is kept already is not taken again.
    pub(super) fn offer(&mut self, engine: &Engine) {
        let last = self.kept.last().map_or(0, |kept| kept.engine.now());
        if engine.now() < last.saturating_add(self.every_ns) {
            return;
        }
        self.keep(engine);
        while self.kept.len() > COUNT_MAX || (self.kept.len() > 2 && self.bytes() > BYTES_MAX) {
            self.thin();
        }
    }

    /// About how much memory they take.
    fn bytes(&self) -> u64 {
        self.kept.iter().map(|kept| kept.bytes).sum()
    }

    /// Gives every second one up, never the first.
    fn thin(&mut self) {
        let mut i = 0;
        self.kept.retain(|_| {
            i += 1;
            i % 2 == 1
        });
        self.every_ns = self.every_ns.saturating_mul(2);
    }

    /// The last snapshot at or before a moment.
    pub(super) fn before(&self, now_ns: u64) -> Option<&Engine> {
        let after = self
            .kept
            .partition_point(|kept| kept.engine.now() <= now_ns);
        after.checked_sub(1).map(|i| &self.kept[i].engine)
    }

    /// Forgets those after a moment: what happens then is not the same any more.
    pub(super) fn truncate(&mut self, now_ns: u64) {
        self.kept.retain(|kept| kept.engine.now() <= now_ns);
    }
}
