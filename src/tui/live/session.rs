//! A live run without a clock: the engine with its past and what was done to it. The worker decides
//! when it goes on; the same commands at the same simulated moments give the same run.

use std::collections::VecDeque;
use std::sync::Arc;

use super::checkpoints::Checkpoints;
use super::course::{Course, Point};
use super::timeline::{Recorded, Timeline};
use crate::design::Design;
use crate::design::syntax::parse;
use crate::design::validate::validate;
use crate::sim::live::{Meter, Stretch};
use crate::sim::result::{DesignRef, RunResult};
use crate::sim::summary::summarise;
use crate::sim::{Engine, Model, compile};

/// Samples in a moving window.
const WINDOW_SAMPLES: usize = 10;
/// Shortest and longest moving window, in ns.
const WINDOW_NS: [u64; 2] = [1_000_000_000, 60_000_000_000];
/// A run is about this many windows long.
const WINDOWS_IN_RUN: u64 = 120;
/// Snapshots in a run: to go back costs at most this part of it.
const SNAPSHOTS_IN_RUN: u64 = 32;
/// Events between two looks at whether to go on, about.
const EVENTS_A_STRIDE: u64 = 20_000;

/// Parameters that hold from a moment on.
#[derive(Debug)]
struct Epoch {
    from_ns: u64,
    design: Arc<Design>,
    /// With the faults of the timeline.
    model: Arc<Model>,
}

/// What became of an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It holds from this moment on.
    Here,
    /// The run had to be simulated again from its start, for this reason.
    Again(String),
}

/// A live run.
#[derive(Debug)]
pub struct Session {
    engine: Engine,
    meter: Meter,
    window: VecDeque<Stretch>,
    sample_ns: u64,
    course: Arc<Course>,
    checkpoints: Checkpoints,
    timeline: Arc<Timeline>,
    /// In order of time; the first from the start.
    epochs: Vec<Epoch>,
    /// Simulated time that about [`EVENTS_A_STRIDE`] events take, in ns.
    stride_ns: u64,
}

impl Session {
    /// A run of a design at its start.
    ///
    /// # Errors
    /// If the design cannot be simulated, in words.
    pub fn new(design: Design) -> Result<Self, String> {
        let timeline = Timeline::of(&design);
        Self::with(design, timeline)
    }

    fn with(design: Design, timeline: Timeline) -> Result<Self, String> {
        let model = model(&design, &timeline)?;
        let engine = Engine::new(Arc::clone(&model), design.run.seed, 0);
        let duration = model.duration_ns();
        let window = (duration / WINDOWS_IN_RUN).clamp(WINDOW_NS[0], WINDOW_NS[1]);
        let sample_ns = (window.min(duration / 4) / WINDOW_SAMPLES as u64).max(1);
        Ok(Self {
            meter: Meter::new(&engine),
            window: VecDeque::new(),
            sample_ns,
            course: Arc::new(Course::default()),
            checkpoints: Checkpoints::new(&engine, sample_ns.max(duration / SNAPSHOTS_IN_RUN)),
            timeline: Arc::new(timeline),
            epochs: vec![Epoch {
                from_ns: 0,
                design: Arc::new(design),
                model,
            }],
            stride_ns: sample_ns,
            engine,
        })
    }

    /// The engine at its present moment.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The present moment, in ns of simulated time.
    pub fn now_ns(&self) -> u64 {
        self.engine.now()
    }

    /// How long the run is, in ns.
    pub fn duration_ns(&self) -> u64 {
        self.engine.model().duration_ns()
    }

    /// The run has come to its end, or to a limit.
    pub fn is_over(&self) -> bool {
        self.engine.stopped().is_some() || self.now_ns() >= self.duration_ns()
    }

    /// The design that holds now, without faults made by hand.
    pub fn design(&self) -> &Arc<Design> {
        &self.epochs[self.epoch_at(self.now_ns())].design
    }

    /// The course of the figures so far; after going back, also what is known to come.
    pub fn course(&self) -> &Arc<Course> {
        &self.course
    }

    /// The faults of the design and those made by hand.
    pub fn timeline(&self) -> &Arc<Timeline> {
        &self.timeline
    }

    /// Moments at which parameters were changed, in ns.
    pub fn edits(&self) -> Vec<u64> {
        self.epochs[1..].iter().map(|epoch| epoch.from_ns).collect()
    }

    /// What was done by hand and is not in the document.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.timeline.recorded()
    }

    /// What happened in the moving window that ends about now.
    pub fn window(&self) -> Stretch {
        Stretch::over(&self.window)
    }

    /// What the run says so far, with intervals. Takes a clone of the engine.
    pub fn whole(&self) -> RunResult {
        let design = self.design();
        let name = DesignRef {
            name: design.name.clone(),
            ..DesignRef::default()
        };
        let recorded = self.engine.clone().finish();
        summarise(
            self.engine.model().meta(),
            &[recorded],
            design.run.seed,
            name,
        )
    }

    /// Simulates on towards a moment, as far as about so many events allow. Says whether the moment
    /// has been reached, or the run is over.
    pub fn advance(&mut self, to_ns: u64, events: u64) -> bool {
        let to_ns = to_ns.min(self.duration_ns());
        let last = self.engine.events().saturating_add(events);
        while self.now_ns() < to_ns && !self.is_over() {
            if self.engine.events() >= last {
                return false;
            }
            self.stride(to_ns);
        }
        true
    }

    /// Simulates on to the next moment at which something happens.
    pub fn step(&mut self) {
        if let Some(next) = self.engine.next_moment() {
            self.advance(next, u64::MAX);
        } else {
            self.advance(self.duration_ns(), u64::MAX);
        }
    }

    fn stride(&mut self, to_ns: u64) {
        let now = self.now_ns();
        let sample = (now / self.sample_ns + 1) * self.sample_ns;
        let edit = self
            .epochs
            .iter()
            .map(|epoch| epoch.from_ns)
            .find(|&from| from > now);
        let end = to_ns
            .min(sample)
            .min(edit.unwrap_or(u64::MAX))
            .min(now.saturating_add(self.stride_ns));
        let events = self.engine.events();
        self.engine.run_until(end);
        match self.engine.events() - events {
            many if many > EVENTS_A_STRIDE => self.stride_ns = (self.stride_ns / 2).max(1),
            few if few < EVENTS_A_STRIDE / 4 => {
                self.stride_ns = self.stride_ns.saturating_mul(2).min(self.sample_ns);
            }
            _ => {}
        }
        if Some(end) == edit {
            self.enter_epoch();
        }
        if end == sample || self.is_over() {
            self.sample();
        }
    }

    /// Reads what happened since the last sample.
    fn sample(&mut self) {
        let stretch = self.meter.read(&self.engine);
        if stretch.to_ns <= stretch.from_ns {
            return;
        }
        if stretch.from_ns >= self.course.end_ns() {
            let point = Point::of(&stretch, &self.engine.levels(), self.engine.model().meta());
            Arc::make_mut(&mut self.course).push(point);
        }
        if self.window.len() >= WINDOW_SAMPLES {
            self.window.pop_front();
        }
        self.window.push_back(stretch);
        self.checkpoints.offer(&self.engine);
    }

    fn epoch_at(&self, now_ns: u64) -> usize {
        let after = self.epochs.partition_point(|epoch| epoch.from_ns <= now_ns);
        after.saturating_sub(1)
    }

    /// The parameters of this moment hold from now on; false if the engine cannot take them.
    fn enter_epoch(&mut self) -> bool {
        let model = Arc::clone(&self.epochs[self.epoch_at(self.now_ns())].model);
        self.engine.adopt(model).is_ok()
    }

    /// Goes back (or on) to a moment: restores the last snapshot before it. The rest is simulated
    /// by [`Session::advance`]. Says whether there is a rest.
    pub fn seek(&mut self, to_ns: u64) -> bool {
        let to_ns = to_ns.min(self.duration_ns());
        let now = self.now_ns();
        // A little earlier than asked for, so that the moving window is full when it is there.
        let ahead = self.sample_ns * WINDOW_SAMPLES as u64;
        let from = to_ns.saturating_sub(ahead);
        let snapshot = self
            .checkpoints
            .before(from)
            .filter(|known| to_ns < now || known.now() > now);
        if let Some(engine) = snapshot.cloned() {
            self.engine = engine;
            self.window.clear();
            if !self.enter_epoch() {
                let first = &self.epochs[0];
                self.engine = Engine::new(Arc::clone(&first.model), first.design.run.seed, 0);
            }
            self.meter = Meter::new(&self.engine);
        }
        self.now_ns() < to_ns
    }

    /// Forgets everything that was done or is known of the time after now.
    ///
    /// # Errors
    /// If the run cannot go on so, in words.
    pub fn branch(&mut self) -> Result<(), String> {
        let now = self.now_ns();
        let mut timeline = (*self.timeline).clone();
        timeline.truncate(now);
        self.epochs.retain(|epoch| epoch.from_ns <= now);
        self.go_on_with(timeline)
    }

    /// A fault begins just after now, written in RON such as `Crash(node: "api")`. Gives its number.
    ///
    /// # Errors
    /// If it is no fault of this design, in words.
    pub fn begin_fault(&mut self, fault: &str, lasts_ns: Option<u64>) -> Result<usize, String> {
        self.check_goes_on()?;
        let mut timeline = (*self.timeline).clone();
        let index = timeline.begin(self.now_ns(), fault, lasts_ns)?;
        self.check_faults(&timeline)?;
        self.go_on_with(timeline)?;
        Ok(index)
    }

    /// A fault ends just after now.
    ///
    /// # Errors
    /// If it cannot be ended, in words.
    pub fn end_fault(&mut self, index: usize) -> Result<(), String> {
        self.check_goes_on()?;
        let mut timeline = (*self.timeline).clone();
        timeline.end(self.now_ns(), index)?;
        self.go_on_with(timeline)
    }

    fn check_goes_on(&self) -> Result<(), String> {
        if self.is_over() {
            return Err("the run is over; go back, or start it again".to_owned());
        }
        Ok(())
    }

    /// What is wrong with the faults of a timeline that was right without the last one.
    fn check_faults(&self, timeline: &Timeline) -> Result<(), String> {
        let design = timeline.applied(self.design());
        let Some(root) = parse("()", 0).value else {
            return Ok(());
        };
        let known = validate(self.design(), &root, &[]);
        let found = validate(&design, &root, &[]);
        let is_error = |problem: &&crate::design::Diagnostic| {
            problem.severity == crate::design::Severity::Error
                && !known.iter().any(|other| other.message == problem.message)
        };
        match found.iter().find(is_error) {
            Some(problem) => Err(problem.message.clone()),
            None => Ok(()),
        }
    }

    /// Goes on from now with other faults.
    fn go_on_with(&mut self, timeline: Timeline) -> Result<(), String> {
        let models: Vec<Arc<Model>> = self
            .epochs
            .iter()
            .map(|epoch| model(&epoch.design, &timeline))
            .collect::<Result<_, _>>()?;
        let now = self.epoch_at(self.now_ns());
        self.engine
            .adopt(Arc::clone(&models[now]))
            .map_err(|unlike| unlike.to_string())?;
        for (epoch, model) in self.epochs.iter_mut().zip(models) {
            epoch.model = model;
        }
        self.timeline = Arc::new(timeline);
        self.forget_future();
        Ok(())
    }

    fn forget_future(&mut self) {
        let now = self.now_ns();
        self.checkpoints.truncate(now);
        if self.course.end_ns() > now {
            Arc::make_mut(&mut self.course).truncate(now);
        }
    }

    /// The design was edited. Parameters hold from now on; if more than parameters has changed, the
    /// run is at its start again with the new design, and faults made by hand come again.
    ///
    /// # Errors
    /// If the new design cannot be simulated; the run goes on with the old one.
    pub fn edit(&mut self, design: Design) -> Result<Taken, String> {
        let now = self.now_ns();
        let mut timeline = (*self.timeline).clone();
        timeline.adopt(&design);
        let next = match model(&design, &timeline) {
            Ok(next) => next,
            Err(problem) => {
                // Faults made by hand go with the nodes that they were made on.
                timeline = Timeline::of(&design);
                model(&design, &timeline).map_err(|_| problem)?
            }
        };
        let reseeded = design.run.seed != self.design().run.seed;
        let adopted = if reseeded {
            Err("the seed is another".to_owned())
        } else {
            self.engine
                .adopt(Arc::clone(&next))
                .map_err(|unlike| unlike.to_string())
        };
        if let Err(reason) = adopted {
            *self = Self::with(design, timeline)?;
            return Ok(Taken::Again(reason));
        }
        let only_faults = timeline.applied(&design) == self.timeline.applied(self.design());
        self.timeline = Arc::new(timeline);
        if only_faults {
            let at = self.epoch_at(now);
            self.epochs[at].design = Arc::new(design);
            self.epochs[at].model = next;
            return Ok(Taken::Here);
        }
        self.epochs
            .retain(|epoch| epoch.from_ns < now || epoch.from_ns == 0 && now > 0);
        self.epochs.push(Epoch {
            from_ns: now,
            design: Arc::new(design),
            model: next,
        });
        self.forget_future();
        Ok(Taken::Here)
    }
}

fn model(design: &Design, timeline: &Timeline) -> Result<Arc<Model>, String> {
    let model = compile(&timeline.applied(design)).map_err(|error| error.to_string())?;
    Ok(Arc::new(model))
}
