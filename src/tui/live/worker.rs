//! The thread that owns a live run. Commands go in and never wait; the newest snapshot comes out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::session::{Session, Taken};
use super::snapshot::{Notice, Play, Snapshot, Whole};
use super::speed::{Pace, Speed};
use crate::design::Design;
use crate::insight::findings::explain;

/// Something that a live run is asked for.
#[derive(Debug, Clone)]
pub enum Command {
    /// Go on.
    Play,
    /// Stand still.
    Pause,
    /// Go on or stand still; at the end, start again.
    Toggle,
    /// The next faster speed.
    Faster,
    /// The next slower speed.
    Slower,
    /// This speed.
    Speed(Speed),
    /// On to the next moment at which something happens; then stand still.
    StepEvent,
    /// On (or back) by so many ns, then stand still.
    Step(i64),
    /// Back to the start.
    Restart,
    /// Go to a moment, in ns.
    Seek(u64),
    /// Forget all that was done or is known of the time after now.
    Branch,
    /// A fault begins now, written in RON such as `Slow(node: "db", factor: 5.0)`, and lasts so many ns
    /// or until it is ended.
    Fault {
        /// The fault.
        fault: String,
        /// How long it lasts, in ns.
        lasts_ns: Option<u64>,
    },
    /// The fault of this number ends now.
    EndFault(usize),
    /// The design was edited.
    Edit(Box<Design>),
    /// Watch a node closely: by name.
    Select(Option<String>),
}

/// Between two snapshots while something moves.
const FRAME: Duration = Duration::from_millis(25);
/// Between two workings-out of the whole run's figures.
const WHOLE: Duration = Duration::from_millis(900);
/// The figures of the whole run may take at most this share of the time.
const WHOLE_SHARE: u32 = 10;
/// Events between two looks at the commands.
const EVENTS_A_LOOK: u64 = 20_000;

/// A live run on a thread of its own. Dropping it ends the run.
#[derive(Debug)]
pub struct Live {
    commands: Option<Sender<Command>>,
    newest: Arc<Mutex<Option<Arc<Snapshot>>>>,
    thread: Option<JoinHandle<()>>,
}

impl Live {
    /// Starts a run of a design, standing still at its beginning.
    ///
    /// # Errors
    /// If the design cannot be simulated, or the system gives no thread, in words.
    pub fn start(design: Design) -> Result<Self, String> {
        let session = Session::new(design)?;
        let (sender, commands) = channel();
        let newest = Arc::new(Mutex::new(None));
        let mut worker = Worker::new(session, Arc::clone(&newest));
        worker.show();
        let thread = std::thread::Builder::new()
            .name("live".to_owned())
            .spawn(move || worker.work(&commands))
            .map_err(|error| format!("The run cannot be started: {error}."))?;
        Ok(Self {
            commands: Some(sender),
            newest,
            thread: Some(thread),
        })
    }

    /// Asks for something. It is done soon; the next snapshots show it.
    pub fn send(&self, command: Command) {
        // The thread lives as long as this; if it has ended by a defect, its last snapshot says so.
        if let Some(commands) = &self.commands {
            let _ = commands.send(command);
        }
    }

    /// The newest snapshot, if there is one that was not taken yet.
    pub fn take(&self) -> Option<Arc<Snapshot>> {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.take()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // Soon: the thread looks at its commands every few milliseconds.
            let _ = thread.join();
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "pacing is what a clock is for; no figure depends on it"
)]
fn now() -> Instant {
    Instant::now()
}

struct Worker {
    session: Session,
    newest: Arc<Mutex<Option<Arc<Snapshot>>>>,
    play: Play,
    /// Goes on when it has reached the moment that it seeks.
    then_play: bool,
    speed: Speed,
    pace: Pace,
    selected: Option<String>,
    notice: Option<Notice>,
    whole: Option<Arc<Whole>>,
    whole_due: Instant,
    shown: Instant,
    number: u64,
    changed: bool,
    achieved: Achieved,
}

/// How fast it really went lately.
struct Achieved {
    since: Instant,
    from_ns: u64,
    ratio: f64,
}

impl Worker {
    fn new(session: Session, newest: Arc<Mutex<Option<Arc<Snapshot>>>>) -> Self {
        let start = now();
        Self {
            speed: Speed::for_run(session.duration_ns()),
            session,
            newest,
            play: Play::Paused,
            then_play: false,
            pace: Pace::default(),
            selected: None,
            notice: None,
            whole: None,
            whole_due: start,
            shown: start,
            number: 0,
            changed: false,
            achieved: Achieved {
                since: start,
                from_ns: 0,
                ratio: 0.0,
            },
        }
    }

    fn work(mut self, commands: &Receiver<Command>) {
        let result = catch_unwind(AssertUnwindSafe(|| self.run(commands)));
        if result.is_err() {
            self.play = Play::Over;
            self.tell(
                "The simulator failed; this is a defect of the program. The design is safe.",
                true,
            );
            let _ = catch_unwind(AssertUnwindSafe(|| self.show()));
        }
    }

    fn run(&mut self, commands: &Receiver<Command>) {
        let mut last = now();
        loop {
            loop {
                match commands.try_recv() {
                    Ok(command) => self.obey(command),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return,
                }
            }
            let passed = last.elapsed();
            last = now();
            let busy = self.go_on(passed);
            self.work_out_whole();
            if self.changed && (!busy || self.shown.elapsed() >= FRAME) {
                self.show();
            }
            if busy {
                continue;
            }
            let wait = if self.play == Play::Playing {
                Duration::from_millis(4)
            } else {
                FRAME * 8
            };
            match commands.recv_timeout(wait) {
                Ok(command) => {
                    // Time that passed standing still is not made up for.
                    if self.play != Play::Playing {
                        last = now();
                    }
                    self.obey(command);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Simulates for a few milliseconds, if there is something to simulate. Says whether there is
    /// more to do at once.
    fn go_on(&mut self, passed: Duration) -> bool {
        match self.play {
            Play::Paused | Play::Over => false,
            Play::Seeking(to) => {
                self.changed = true;
                if self.session.advance(to, EVENTS_A_LOOK) {
                    self.arrive();
                }
                true
            }
            Play::Playing => {
                let from = self.session.now_ns();
                let (to, paced) = match self.pace.pass(passed, self.speed) {
                    Some(due) => (from.saturating_add(due), true),
                    None => (u64::MAX, false),
                };
                let there = self.session.advance(to, EVENTS_A_LOOK);
                let done = self.session.now_ns() - from;
                self.pace.done(done);
                self.changed |= done > 0;
                self.measure();
                if self.session.is_over() {
                    self.play = Play::Over;
                    self.changed = true;
                    self.whole_due = now();
                }
                !paced || !there
            }
        }
    }

    fn arrive(&mut self) {
        self.play = match (self.session.is_over(), self.then_play) {
            (true, _) => Play::Over,
            (false, true) => Play::Playing,
            (false, false) => Play::Paused,
        };
        self.pace.reset();
    }

    fn measure(&mut self) {
        let passed = self.achieved.since.elapsed();
        if passed >= Duration::from_millis(500) {
            let simulated = self.session.now_ns().saturating_sub(self.achieved.from_ns);
            self.achieved.ratio = simulated as f64 / 1e9 / passed.as_secs_f64();
            self.restart_measuring();
        }
    }

    fn restart_measuring(&mut self) {
        self.achieved.since = now();
        self.achieved.from_ns = self.session.now_ns();
    }

    fn obey(&mut self, command: Command) {
        self.changed = true;
        match command {
            Command::Play => self.play_on(),
            Command::Pause => self.pause(),
            Command::Toggle if self.play == Play::Playing => self.pause(),
            Command::Toggle => self.play_on(),
            Command::Faster => self.set_speed(self.speed.faster()),
            Command::Slower => self.set_speed(self.speed.slower()),
            Command::Speed(speed) => self.set_speed(speed),
            Command::StepEvent => {
                self.pause();
                self.session.step();
                self.arrive();
            }
            Command::Step(ns) => {
                self.pause();
                let to = self.session.now_ns().saturating_add_signed(ns);
                self.seek(to, false);
            }
            Command::Restart => self.seek(0, false),
            Command::Seek(to) => self.seek(to, self.play == Play::Playing),
            Command::Branch => match self.session.branch() {
                Ok(()) => self.tell(
                    "What was known of the time after this moment is forgotten.",
                    false,
                ),
                Err(problem) => self.refuse("It cannot branch here", &problem),
            },
            Command::Fault { fault, lasts_ns } => {
                if let Err(problem) = self.session.begin_fault(&fault, lasts_ns) {
                    self.refuse("The fault cannot begin", &problem);
                }
            }
            Command::EndFault(index) => {
                if let Err(problem) = self.session.end_fault(index) {
                    self.refuse("The fault cannot be ended", &problem);
                }
            }
            Command::Edit(design) => self.edit(*design),
            Command::Select(name) => self.selected = name,
        }
    }

    fn play_on(&mut self) {
        if self.session.is_over() {
            self.seek(0, true);
            return;
        }
        self.play = Play::Playing;
        self.pace.reset();
        self.restart_measuring();
    }

    fn pause(&mut self) {
        if !self.session.is_over() {
            self.play = Play::Paused;
        }
        self.whole_due = now();
    }

    fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
        self.pace.reset();
    }

    fn seek(&mut self, to: u64, then_play: bool) {
        self.then_play = then_play;
        let to = to.min(self.session.duration_ns());
        self.play = Play::Seeking(to);
        self.whole = None;
        self.session.seek(to);
        self.restart_measuring();
        if self.session.now_ns() >= to {
            self.arrive();
        }
    }

    fn edit(&mut self, design: Design) {
        let now_ns = self.session.now_ns();
        let playing = self.play == Play::Playing;
        match self.session.edit(design) {
            Ok(Taken::Here) => {}
            Ok(Taken::Again(reason)) => {
                let text = format!("Since {reason}, the run is simulated again from its start.");
                self.tell(&text, false);
                self.seek(now_ns, playing);
            }
            Err(problem) => self.refuse("The run goes on with the design as it was", &problem),
        }
    }

    fn refuse(&mut self, what: &str, problem: &str) {
        self.tell(&format!("{what}: {}.", problem.trim_end_matches('.')), true);
    }

    fn tell(&mut self, text: &str, refused: bool) {
        let number = self.notice.as_ref().map_or(1, |notice| notice.number + 1);
        self.notice = Some(Notice {
            number,
            text: text.to_owned(),
            refused,
        });
        self.changed = true;
    }

    /// Works out the figures of the whole run, not too often.
    fn work_out_whole(&mut self) {
        let now_ns = self.session.now_ns();
        let known = self
            .whole
            .as_ref()
            .is_some_and(|whole| whole.now_ns == now_ns);
        if now() < self.whole_due || known || now_ns == 0 || matches!(self.play, Play::Seeking(_)) {
            return;
        }
        let began = now();
        let mut result = self.session.whole();
        let design = self.session.timeline().applied(self.session.design());
        result.findings = explain(&result, Some(&design));
        self.whole = Some(Arc::new(Whole { now_ns, result }));
        self.whole_due = now() + WHOLE.max(began.elapsed() * WHOLE_SHARE);
        self.changed = true;
    }

    fn show(&mut self) {
        self.number += 1;
        let engine = self.session.engine();
        let node = |name: &String| {
            let nodes = &engine.model().meta().nodes;
            nodes.iter().position(|node| node.name == *name)
        };
        let selected = self
            .selected
            .as_ref()
            .and_then(node)
            .map(|node| node as u32);
        let snapshot = Snapshot {
            number: self.number,
            play: self.play,
            speed: self.speed,
            achieved: self.achieved.ratio,
            levels: engine.levels(),
            window: self.session.window(),
            course: Arc::clone(self.session.course()),
            timeline: Arc::clone(self.session.timeline()),
            edits: self.session.edits(),
            recorded: self.session.recorded(),
            selected: selected.map(|node| (node, engine.waiting_at(node))),
            whole: self.whole.clone(),
            notice: self.notice.clone(),
            stopped: engine.stopped().map(str::to_owned),
            model: Arc::clone(engine.model()),
        };
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        *newest = Some(Arc::new(snapshot));
        drop(newest);
        self.shown = now();
        self.changed = false;
    }
}
