//! The simulated answer while a design is edited: a thread that runs the newest revision, gives up
//! what an edit has made stale, and shows a first answer from one replication.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::design::Loaded;
use crate::sim::result::RunResult;
use crate::study::run::{Progress, RunError, RunSettings, run};

/// So long there must be no further edit before a run begins.
const QUIET: Duration = Duration::from_millis(120);
/// No revision.
const NONE: u64 = u64::MAX;

/// The answer of a revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The revision that was simulated.
    pub revision: u64,
    /// What the run says, or why there is none.
    pub result: Result<RunResult, String>,
    /// It is of one replication only; the others are under way.
    pub preliminary: bool,
}

/// How the answer at hand relates to the design.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The newest answer.
    pub answer: Option<Arc<Answer>>,
    /// It is that of the revision that was asked for last.
    pub current: bool,
    /// How much of the run under way is done, from 0 to 1.
    pub running: Option<f64>,
}

#[derive(Debug, Default)]
struct Shared {
    answer: Option<Arc<Answer>>,
    running: Option<f64>,
}

/// Runs in the background. Dropping it gives the run under way up.
#[derive(Debug)]
pub struct Background {
    asks: Option<Sender<(u64, Arc<Loaded>)>>,
    wanted: Arc<AtomicU64>,
    shared: Arc<Mutex<Shared>>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    /// A thread that waits to be asked.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start() -> std::io::Result<Self> {
        let (sender, asks) = channel();
        let wanted = Arc::new(AtomicU64::new(NONE));
        let shared = Arc::new(Mutex::new(Shared::default()));
        let worker = Worker {
            wanted: Arc::clone(&wanted),
            shared: Arc::clone(&shared),
        };
        let thread = std::thread::Builder::new()
            .name("background".to_owned())
            .spawn(move || worker.work(&asks))?;
        Ok(Self {
            asks: Some(sender),
            wanted,
            shared,
            thread: Some(thread),
        })
    }

    /// Asks for the answer of a revision (any number below `u64::MAX`). The run of an earlier one is
    /// given up.
    pub fn ask(&self, revision: u64, design: Arc<Loaded>) {
        self.wanted.store(revision, Ordering::Relaxed);
        if let Some(asks) = &self.asks {
            // A thread that has ended by a defect leaves the last answer, which is stale from now on.
            let _ = asks.send((revision, design));
        }
    }

    /// The design cannot be simulated at present: the run under way is given up and the answer stale.
    pub fn cancel(&self) {
        self.wanted.store(NONE, Ordering::Relaxed);
    }

    /// The newest answer, and whether it is that of the revision asked for last.
    pub fn standing(&self) -> Standing {
        let wanted = self.wanted.load(Ordering::Relaxed);
        let shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = shared.answer.clone();
        Standing {
            current: answer
                .as_ref()
                .is_some_and(|answer| answer.revision == wanted),
            answer,
            running: shared.running,
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.wanted.store(NONE, Ordering::Relaxed);
        self.asks = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Worker {
    wanted: Arc<AtomicU64>,
    shared: Arc<Mutex<Shared>>,
}

impl Worker {
    fn work(&self, asks: &Receiver<(u64, Arc<Loaded>)>) {
        let mut next = asks.recv().ok();
        while let Some((revision, design)) = next.take() {
            match asks.recv_timeout(QUIET) {
                Ok(newer) => {
                    next = Some(newer);
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.answer(revision, &design);
            self.shared
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .running = None;
            next = asks.recv().ok();
        }
    }

    fn answer(&self, revision: u64, design: &Loaded) {
        let all = design.design.run.replications;
        if all > 1 && !self.run(revision, design, Some(1)) {
            return;
        }
        self.run(revision, design, None);
    }

    /// Runs a revision and shows its answer, unless it has become stale. Says whether to go on.
    fn run(&self, revision: u64, design: &Loaded, replications: Option<u32>) -> bool {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let settings = RunSettings {
            replications,
            // One is left for the keys and the screen.
            threads: Some(cores.saturating_sub(1).max(1)),
            ..RunSettings::default()
        };
        let is_wanted = || self.wanted.load(Ordering::Relaxed) == revision;
        let watch = |progress: Progress| {
            let share = if replications.is_some() {
                0.0
            } else {
                progress.simulated_share
            };
            self.shared
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .running = Some(share);
            is_wanted()
        };
        let ran = catch_unwind(AssertUnwindSafe(|| run(design, &settings, &watch)));
        let Ok(result) = ran else {
            self.show(Answer {
                revision,
                preliminary: false,
                result: Err(
                    "the simulator failed; this is a defect of the program, and the design is safe"
                        .to_owned(),
                ),
            });
            return false;
        };
        if !is_wanted() || matches!(result, Err(RunError::Nothing)) {
            return false;
        }
        let preliminary = replications.is_some() && result.is_ok();
        let answer = Answer {
            revision,
            preliminary,
            result: result
                .map(|output| output.result)
                .map_err(|error| error.to_string()),
        };
        self.show(answer);
        preliminary
    }

    fn show(&self, answer: Answer) {
        self.shared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .answer = Some(Arc::new(answer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{LoadOptions, load_str};
    use std::path::Path;

    fn loaded(duration: &str) -> Arc<Loaded> {
        let text = crate::tui::live::tests::SHOP
            .replace("duration: \"40s\"", &format!("duration: \"{duration}\""))
            .replace("replications: 1", "replications: 3")
            .replace("faults: [(at: \"25s\", lasts: \"3s\", fault: Grey(node: \"api\", errors: \"10%\"))],", "");
        let loaded = load_str(&text, "test", Path::new(""), &LoadOptions::default());
        Arc::new(loaded.unwrap_or_else(|problems| panic!("{problems}")))
    }

    fn wait_for(background: &Background, is: impl Fn(&Standing) -> bool) -> Standing {
        for _ in 0..2_000 {
            let standing = background.standing();
            if is(&standing) {
                return standing;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("there is no answer");
    }

    #[test]
    fn the_newest_revision_is_answered_and_an_older_answer_is_stale() {
        let background = Background::start().unwrap();
        assert_eq!(background.standing().answer, None);
        background.ask(1, loaded("100h"));
        wait_for(&background, |standing| standing.running.is_some());
        background.ask(2, loaded("5s"));
        let standing = wait_for(&background, |standing| {
            standing.current
                && standing
                    .answer
                    .as_ref()
                    .is_some_and(|answer| !answer.preliminary)
        });
        let answer = standing.answer.unwrap();
        let result = answer.result.as_ref().unwrap();
        assert_eq!((answer.revision, result.replications), (2, 3));
        background.ask(3, loaded("100h"));
        let standing = background.standing();
        assert!(!standing.current && standing.answer.is_some());
        background.cancel();
        assert!(!background.standing().current);
    }
}
