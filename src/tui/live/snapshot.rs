//! What the worker shows of a live run: all that one frame is drawn from.

use std::sync::Arc;

use super::course::Course;
use super::speed::Speed;
use super::timeline::{Recorded, Timeline};
use crate::sim::Model;
use crate::sim::live::{Levels, Stretch, WaitingFrom};
use crate::sim::measure::Meta;
use crate::sim::result::RunResult;

/// What a live run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Play {
    /// It goes on.
    Playing,
    /// It stands still.
    Paused,
    /// It simulates towards a moment that was asked for, in ns.
    Seeking(u64),
    /// It has come to its end.
    Over,
}

/// Something to tell the user once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Rises with every notice.
    pub number: u64,
    /// A whole sentence.
    pub text: String,
    /// Something could not be done.
    pub refused: bool,
}

/// The figures of the whole run so far, with their intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// The moment that they were worked out at, in ns.
    pub now_ns: u64,
    /// The figures.
    pub result: RunResult,
}

/// A live run at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Rises with every snapshot.
    pub number: u64,
    /// What the run is doing.
    pub play: Play,
    /// The speed that was asked for.
    pub speed: Speed,
    /// Simulated seconds in a second, as they were lately.
    pub achieved: f64,
    /// How everything stands.
    pub levels: Levels,
    /// What happened in the moving window.
    pub window: Stretch,
    /// The course of the figures; after going back also what is known to come.
    pub course: Arc<Course>,
    /// The faults of the run.
    pub timeline: Arc<Timeline>,
    /// Moments at which parameters were changed, in ns.
    pub edits: Vec<u64>,
    /// What was done by hand and is not in the document.
    pub recorded: Vec<Recorded>,
    /// The node that was selected, by index, and who waits there.
    pub selected: Option<(u32, Vec<WaitingFrom>)>,
    /// The whole run so far, worked out about once a second.
    pub whole: Option<Arc<Whole>>,
    /// The last thing to tell.
    pub notice: Option<Notice>,
    /// Why the run ended before its time.
    pub stopped: Option<String>,
    pub(super) model: Arc<Model>,
}

impl Snapshot {
    /// Who is who in the figures.
    pub fn meta(&self) -> &Meta {
        self.model.meta()
    }

    /// How long the run is, in ns.
    pub fn duration_ns(&self) -> u64 {
        self.model.duration_ns()
    }

    /// The present moment, in ns.
    pub fn now_ns(&self) -> u64 {
        self.levels.now_ns
    }

    /// The index of a node.
    pub fn node(&self, name: &str) -> Option<usize> {
        self.meta().nodes.iter().position(|node| node.name == name)
    }

    /// The index of a wire, such as `"api -> db"`.
    pub fn wire(&self, name: &str) -> Option<usize> {
        self.meta().wires.iter().position(|wire| wire.name == name)
    }
}
