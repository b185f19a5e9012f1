//! The engine: runs a compiled model event by event.
//!
//! Every call in progress is a [`state::Frame`] in a slab; every event of the event set says
//! "resume frame f" (or names a source, a timer ring, a fault …). A resumed frame is interpreted
//! from its program counter until it waits for something. Nothing here allocates, hashes or
//! compares strings per event once the vectors have grown to the highest concurrency.
//!
//! The engine knows no wall clock, file or terminal. It is a plain value: it can be stepped,
//! cloned (a snapshot) and disturbed from outside.

mod adopt;
mod agenda;
mod answer;
mod balance;
mod caching;
mod call;
mod database;
mod effects;
mod faults;
mod forward;
mod health;
mod in_place;
mod interpret;
mod kill;
mod laws;
mod likeness;
mod messages;
mod network;
mod observe;
mod record;
mod setup;
mod state;
mod station;
mod timers;
mod trace;
mod traffic;
mod windows;

pub use adopt::Unlike;

use super::measure::{Cause, Replication};
use super::model::{Model, NONE, PC_FAILED};
use super::parts::events::EventSet;
use super::parts::timers::TimerRing;
use crate::stats::rng::mix64;
use state::{End, Extra, Frame, Group, Replica, Station};
use std::collections::VecDeque;
use std::sync::Arc;

/// What an event of the event set is about: the top four bits of its payload.
pub(super) mod event {
    pub(crate) const FRAME: u32 = 0;
    pub(crate) const SOURCE: u32 = 1;
    pub(crate) const RING: u32 = 2;
    pub(crate) const TIMER: u32 = 3;
    pub(crate) const PROBE: u32 = 6;
    pub(crate) const SHARED: u32 = 7;
    pub(crate) const BURST: u32 = 8;
    pub(crate) const RETURN: u32 = 9;
    pub(crate) const JUDGE: u32 = 10;
    pub(crate) const FLUSH: u32 = 13;
    pub(crate) const SHIFT: u32 = 28;
    pub(crate) const INDEX: u32 = (1 << SHIFT) - 1;
}

/// Odd constant of the golden ratio: spreads consecutive numbers over 64 bits (Weyl sequence).
pub(super) const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Events between two looks at whether time passes; a power of two.
const INSTANT_CHECKED_EVERY: u64 = 1 << 18;
/// Most events at one moment, and how many more for each call in progress.
const INSTANT_EVENTS_MAX: u64 = 1_000_000;
const INSTANT_EVENTS_PER_CALL: u64 = 1_000;

/// The frame to go on with, or [`NONE`].
type Next = u32;

/// One replication of a model, at some moment of its simulated time.
#[derive(Debug, Clone)]
pub struct Engine {
    model: Arc<Model>,
    state: State,
}

/// All that changes while a model runs.
#[derive(Debug, Clone)]
pub(super) struct State {
    now: u64,
    /// Key of all randomness of this replication.
    seed: u64,
    events: EventSet,
    agenda: agenda::Agenda,
    frames: Vec<Frame>,
    extras: Vec<Extra>,
    /// By frame: the call that it carries out itself.
    calls: Vec<in_place::InPlace>,
    /// By frame: the forwarder through which it was called.
    vias: Vec<forward::Via>,
    /// First free frame, linked through `next`.
    free: u32,
    live: u32,
    frames_max: u32,
    /// Frames to go on with at this moment, in order, with their serials: one that ends before its turn is void.
    ready: VecDeque<(u32, u32)>,
    stations: Vec<Station>,
    replicas: Vec<Replica>,
    wires: Vec<network::WireState>,
    ends: Vec<End>,
    groups: Vec<Group>,
    rings: Vec<TimerRing>,
    rings_armed: Vec<bool>,
    timers: timers::Timers,
    shared: Vec<station::Shared>,
    caching: caching::Caching,
    dbs: Vec<database::Db>,
    txs: database::Transactions,
    uses_transactions: bool,
    queues: Vec<messages::Queue>,
    deliveries: messages::Deliveries,
    flows: Vec<traffic::Flow>,
    faults: faults::Faults,
    /// No fault is on: calls may be carried out in place.
    calm: bool,
    returns: health::Returns,
    effects: effects::Effects,
    record: record::Record,
    traces: trace::Traces,
    node_limits: Vec<state::Limiter>,
    event_count: u64,
    /// The moment last looked at by [`State::check_instant`], and the events until then.
    instant: (u64, u64),
    stopped: Option<String>,
}

impl Engine {
    /// A replication at time 0. Replication `index` of one seed always meets the same randomness.
    pub fn new(model: Arc<Model>, seed: u64, index: u32) -> Self {
        let key = mix64(mix64(seed ^ GOLDEN).wrapping_add(u64::from(index).wrapping_mul(GOLDEN)));
        let mut state = State::new(&model, key, index);
        state.begin(&model);
        Self { model, state }
    }

    /// Processes every event up to and including time `t_ns`. Returns early if the run was stopped
    /// at a limit; see [`Engine::stopped`]. What would happen at the very end of the run belongs to
    /// the time after it, as what happens at an edge of windows belongs to the later one.
    pub fn run_until(&mut self, t_ns: u64) {
        let end_ns = self.model.meta.duration_ns;
        if t_ns < self.state.now || self.state.now >= end_ns || self.state.stopped.is_some() {
            return;
        }
        let model = Arc::clone(&self.model);
        self.state.run_planned(&model, t_ns.min(end_ns - 1));
        if t_ns >= end_ns && self.state.stopped.is_none() {
            self.state.now = end_ns;
        }
    }

    /// Simulated time reached, in ns.
    pub fn now(&self) -> u64 {
        self.state.now
    }

    /// Events processed so far.
    pub fn events(&self) -> u64 {
        self.state.event_count
    }

    /// Why the run ended before its time, if it did: a limit that was reached.
    pub fn stopped(&self) -> Option<&str> {
        self.state.stopped.as_deref()
    }

    /// Calls in progress.
    pub fn in_progress(&self) -> u32 {
        self.state.live
    }

    /// Ends the replication where it is and gives out what it recorded.
    pub fn finish(mut self) -> Replication {
        let model = Arc::clone(&self.model);
        self.state.finish(&model)
    }
}

impl State {
    #[inline]
    fn run_until(&mut self, m: &Model, t: u64) {
        while let Some((time, payload)) = self.events.pop_until(t) {
            self.now = time;
            self.event_count += 1;
            if payload >> event::SHIFT == event::FRAME {
                let f = payload;
                let frame = &mut self.frames[f as usize];
                frame.pending -= 1;
                if frame.due != time {
                    self.stale(f);
                    continue;
                }
                frame.due = u64::MAX;
                if frame.flags & state::flag::IN_PLACE != 0 {
                    self.end_in_place(m, f);
                }
                self.run(m, f);
            } else {
                self.other_event(m, payload);
            }
            if !self.ready.is_empty() {
                self.go_on_now(m);
            }
            if self.stopped.is_some() {
                return;
            }
            if self.event_count & (INSTANT_CHECKED_EVERY - 1) == 0 {
                self.check_instant();
            }
        }
        self.now = t;
    }

    /// Lets a frame go on at this moment, after those that are going on already.
    #[inline]
    fn go_on(&mut self, f: u32) {
        self.ready.push_back((f, self.frames[f as usize].serial));
    }

    /// Lets a frame fail at this moment, after those that are going on already. Whoever takes frames out of a list must
    /// not fail them at once: what follows from a failure may end others of the same list.
    fn fail_later(&mut self, f: u32, cause: Cause) {
        let frame = &mut self.frames[f as usize];
        frame.waits = state::Waits::Event;
        frame.pc = PC_FAILED;
        frame.status = answer::status_of(cause);
        self.go_on(f);
    }

    /// Stops a run whose time does not pass any more: everything in it takes no time, round and round.
    #[cold]
    fn check_instant(&mut self) {
        if self.instant.0 != self.now {
            self.instant = (self.now, self.event_count);
            return;
        }
        let events = self.event_count - self.instant.1;
        if events > INSTANT_EVENTS_MAX + INSTANT_EVENTS_PER_CALL * u64::from(self.live) {
            self.stopped = Some(format!(
                "time stands still at {:.9} s: {events} events happened at one moment. Something goes round without taking \
                 time; give the work, the think time or the wait in it a time above 0",
                self.now as f64 / 1e9
            ));
        }
    }

    #[cold]
    fn stale(&mut self, f: u32) {
        let frame = &self.frames[f as usize];
        if frame.flags & state::flag::DEAD != 0 && frame.pending == 0 {
            self.reclaim(f);
        }
    }

    fn other_event(&mut self, m: &Model, payload: u32) {
        let index = payload & event::INDEX;
        match payload >> event::SHIFT {
            event::SOURCE => self.source(m, index),
            event::RING => self.ring_fires(m, index),
            event::TIMER => self.timer_fires(m, index),
            event::PROBE => self.probe(m, index),
            event::SHARED => self.shared_completes(index),
            event::BURST => self.burst_changes(m, index),
            event::RETURN => self.ejection_ends(index),
            event::JUDGE => self.judge(m, index),
            event::FLUSH => self.flush_ends(m, index),
            _ => {}
        }
    }

    /// Puts an event for a frame into the event set; its earlier ones become stale.
    #[inline(always)]
    fn schedule(&mut self, f: u32, at: u64) {
        let frame = &mut self.frames[f as usize];
        frame.due = at;
        frame.pending += 1;
        self.events.push(at, f);
    }

    #[inline]
    fn post(&mut self, at: u64, kind: u32, index: u32) {
        self.events.push(at, kind << event::SHIFT | index);
    }

    /// A free frame, to be filled by the caller, who must keep its `serial`. Of its [`Extra`] only
    /// `tx`, `left_ns` and `served_ns` can be relied on; flags guard the rest.
    #[inline(always)]
    fn allocate(&mut self) -> u32 {
        self.live += 1;
        let f = self.free;
        if f == NONE {
            return self.grow();
        }
        self.free = self.frames[f as usize].next;
        if self.uses_transactions {
            self.extras[f as usize].tx = NONE;
        }
        f
    }

    #[cold]
    fn grow(&mut self) -> u32 {
        let f = self.frames.len() as u32;
        if f >= self.frames_max {
            self.out_of_memory(&format!("{f} calls are in progress"));
        }
        self.frames.push(Frame::fresh());
        self.extras.push(Extra::fresh());
        self.calls.push(in_place::InPlace::default());
        self.vias.push(forward::Via::default());
        f
    }

    /// Stops the run because what grows with load has reached the memory limit.
    #[cold]
    fn out_of_memory(&mut self, what: &str) {
        let at_s = self.now as f64 / 1e9;
        self.stopped.get_or_insert_with(|| {
            format!(
                "{what} at {at_s:.3} s of simulated time, as many as the memory limit of the run allows: the design is \
                 overloaded without a limit. Give its queues a limit or its calls a timeout, lower the traffic, or raise \
                 run.memory_mib"
            )
        });
    }

    /// Ends a frame. What others remember of it is void from now on.
    #[inline(always)]
    fn release(&mut self, f: u32) {
        let frame = &mut self.frames[f as usize];
        debug_assert!(
            frame.flags & state::flag::FREE == 0,
            "a frame ends once only"
        );
        frame.serial = frame.serial.wrapping_add(1);
        frame.due = u64::MAX;
        self.live -= 1;
        if frame.pending > 0 {
            frame.flags = state::flag::FREE | state::flag::DEAD;
            return;
        }
        frame.flags = state::flag::FREE;
        frame.next = self.free;
        self.free = f;
    }

    fn reclaim(&mut self, f: u32) {
        let frame = &mut self.frames[f as usize];
        frame.flags = state::flag::FREE;
        frame.next = self.free;
        self.free = f;
    }

    /// A keyed draw in ns for an operation of a frame.
    #[inline]
    fn draw_ns(&self, m: &Model, f: u32, draw: u32) -> u64 {
        let draw = &m.draws[draw as usize];
        draw.sampler.sample_ns(self.draw_key(f, draw.stream))
    }

    /// The key of a draw: the same for the same request, call, operation and round in every variant.
    #[inline]
    fn draw_key(&self, f: u32, stream: u64) -> u64 {
        let frame = &self.frames[f as usize];
        frame.key ^ stream ^ u64::from(frame.visit).wrapping_mul(GOLDEN)
    }
}
