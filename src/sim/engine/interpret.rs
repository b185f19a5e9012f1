//! The interpreter: resumes a frame and carries its operations out until it waits.

use super::state::{Waits, flag};
use super::{Next, State};
use crate::sim::measure::{Cause, Place, Spent};
use crate::sim::model::{Model, NONE, Op};
use crate::stats::rng::{Bits, Keyed, mix64, unit_f64};

impl State {
    /// Goes on with frame `f`, and with whom it wakes, until all wait.
    #[inline]
    pub(super) fn run(&mut self, m: &Model, mut f: u32) {
        while f != NONE {
            f = self.step(m, f);
        }
    }

    /// Carries the next operation of a frame out; gives the frame to go on with.
    ///
    /// Not part of the loop, and every operation but the smallest a call in the last place: so it
    /// keeps nothing across the call and costs a look-up and a jump.
    #[inline(never)]
    fn step(&mut self, m: &Model, f: u32) -> Next {
        let frame = &mut self.frames[f as usize];
        match m.ops[frame.pc as usize] {
            Op::Visit { st, draw } => self.visit(m, f, st, draw),
            Op::VisitEnd { st } => self.visit_end(m, f, st),
            Op::Call { site } => self.call(m, f, site),
            Op::Return => self.answer(m, f, 0),
            Op::Deliver => self.delivered(m, f),
            Op::Arrive => self.arrived(m, f),
            Op::Done => self.request_done(m, f),
            Op::Jump { to } => {
                frame.pc = to;
                f
            }
            Op::Choose { choice } => self.take_branch(m, f, choice),
            Op::Acquire { st } => self.acquire(m, f, st),
            Op::Release { st } => self.release_kept(m, f, st),
            Op::Hold { draw } => self.hold(m, f, draw),
            Op::HoldEnd => self.hold_end(f),
            Op::Delay { draw } => self.delay(m, f, draw),
            Op::DelayEnd => self.delay_end(f),
            Op::Send { site } => self.send(m, f, site),
            Op::Fork { fork } => self.fork(m, f, fork),
            Op::Loop { draw, exit } => self.begin_loop(m, f, draw, exit),
            Op::Again { body } => self.again(f, body),
            Op::Reply => self.reply(m, f),
            Op::Fail { draw } => self.fail_by_chance(m, f, draw),
            Op::Limit { first, n } => self.node_limit(m, f, first, n),
            Op::CacheGet { cached } => self.cache_get(m, f, cached),
            Op::CachePut { cached } => self.cache_put(m, f, cached),
            Op::Cached { cached } => self.cached(m, f, cached),
            Op::Filled { cached } => self.filled(m, f, cached),
            Op::Pages { draw, db } => self.pages(m, f, draw, db),
            Op::PageEnd => self.page_end(m, f),
            Op::Lock { db } => self.lock(m, f, db),
            Op::Written { db } => self.written(m, f, db),
            Op::Flush { db } => self.flush(m, f, db),
            Op::Unlock { db } => self.unlock(m, f, db),
            Op::Begin { tx } => self.begin_tx(m, f, tx),
            Op::Commit { tx } => self.commit(m, f, tx),
            Op::End { tx } => self.end_tx(m, f, tx),
            Op::Committed => self.committed(m, f),
            Op::Session => self.session(m, f),
            Op::SessionEnd => self.session_end(m, f),
            Op::Enqueue { queue } => self.enqueue(m, f, queue),
            Op::Acknowledge { queue } => self.acknowledge(f, queue),
            Op::BranchEnd => self.branch_end(m, f, 0),
            Op::Failed => {
                let cause = super::answer::cause_of(frame.status);
                self.fail(m, f, cause)
            }
        }
    }

    #[inline(never)]
    fn take_branch(&mut self, m: &Model, f: u32, choice: u32) -> Next {
        let choice = &m.choices[choice as usize];
        let u = unit_f64(Keyed::new(self.draw_key(f, choice.stream)).next_u64());
        let taken = choice.upto.iter().position(|&upto| u < upto);
        let taken = taken.unwrap_or(choice.to.len() - 1);
        self.frames[f as usize].pc = choice.to[taken];
        f
    }

    #[inline(never)]
    fn release_kept(&mut self, m: &Model, f: u32, st: u16) -> Next {
        self.frames[f as usize].pc += 1;
        self.give_back(m, f, st);
        f
    }

    #[inline(never)]
    fn delay(&mut self, m: &Model, f: u32, draw: u32) -> Next {
        let at = self.now.saturating_add(self.draw_ns(m, f, draw));
        let frame = &mut self.frames[f as usize];
        frame.mark = self.now;
        frame.pc += 1;
        self.schedule(f, at);
        NONE
    }

    #[inline(never)]
    fn delay_end(&mut self, f: u32) -> Next {
        let frame = &mut self.frames[f as usize];
        frame.pc += 1;
        if frame.flags & flag::TRACED != 0 {
            self.note_node(f, Spent::Delay);
        }
        f
    }

    #[inline(never)]
    fn begin_loop(&mut self, m: &Model, f: u32, draw: u32, exit: u32) -> Next {
        let draw = &m.draws[draw as usize];
        let mut bits = Keyed::new(self.draw_key(f, draw.stream));
        let rounds = (draw.sampler.sample(&mut bits) + 0.5).max(0.0) as u32;
        let frame = &mut self.frames[f as usize];
        frame.pc = if rounds == 0 { exit } else { frame.pc + 1 };
        self.extras[f as usize].count = rounds;
        f
    }

    #[inline(never)]
    fn again(&mut self, f: u32, body: u32) -> Next {
        let frame = &mut self.frames[f as usize];
        let extra = &mut self.extras[f as usize];
        extra.count -= 1;
        frame.visit = frame.visit.wrapping_add(1);
        frame.pc = if extra.count == 0 { frame.pc + 1 } else { body };
        f
    }

    #[inline(never)]
    fn fail_by_chance(&mut self, m: &Model, f: u32, draw: u32) -> Next {
        let draw = &m.draws[draw as usize];
        let key = self.draw_key(f, draw.stream);
        let probability = draw.sampler.sample(&mut Keyed::new(0));
        if unit_f64(Keyed::new(key).next_u64()) < probability {
            return self.fail(m, f, Cause::Error);
        }
        self.frames[f as usize].pc += 1;
        f
    }

    /// Starts the branches of a fork, each a frame of its own at the same replica.
    #[inline(never)]
    fn fork(&mut self, m: &Model, f: u32, fork: u32) -> Next {
        let spec = &m.forks[fork as usize];
        let extra = &mut self.extras[f as usize];
        extra.running = spec.branches.len() as u32;
        extra.needed = spec.need;
        self.frames[f as usize].waits = Waits::Branches;
        for (i, &entry) in spec.branches.iter().enumerate() {
            let b = self.branch(f, entry, spec.stream.wrapping_add(i as u64));
            self.go_on(b);
        }
        NONE
    }

    /// A frame that runs steps of `f`'s endpoint at the same replica, and reports to it.
    pub(super) fn branch(&mut self, f: u32, entry: u32, stream: u64) -> u32 {
        let b = self.allocate();
        let parent = &self.frames[f as usize];
        let visit = u64::from(parent.visit).wrapping_mul(super::GOLDEN);
        let mut frame = super::state::Frame::fresh();
        frame.serial = self.frames[b as usize].serial;
        frame.key = mix64(parent.key ^ stream ^ visit);
        frame.start = self.now;
        frame.mark = self.now;
        frame.sent = self.now;
        frame.pc = entry;
        frame.parent = f;
        frame.parent_serial = parent.serial;
        frame.replica = parent.replica;
        frame.stations = parent.stations;
        frame.flow = parent.flow;
        frame.priority = parent.priority;
        frame.depth = parent.depth;
        frame.flags =
            flag::BRANCH | parent.flags & (flag::INHERITED | flag::IN_TX | flag::DEADLINE);
        if parent.flags & flag::TX != 0 {
            frame.flags |= flag::IN_TX;
        }
        frame.sibling = parent.child;
        let traced = parent.flags & flag::TRACED != 0;
        let of = &self.extras[f as usize];
        let mut extra = super::state::Extra::fresh();
        extra.rkey = of.rkey;
        extra.deadline = of.deadline;
        extra.effect = mix64(of.effect ^ stream ^ visit);
        (extra.tx, extra.tx_serial) = (of.tx, of.tx_serial);
        self.extras[b as usize] = extra;
        self.frames[b as usize] = frame;
        self.frames[f as usize].child = b;
        if traced {
            let node = self.replicas[self.frames[f as usize].replica as usize].node;
            self.open_activation(f, b, Place::Node(node));
        }
        b
    }

    /// A branch is done; its parent goes on when enough are, or cannot be any more.
    #[inline(never)]
    pub(super) fn branch_end(&mut self, m: &Model, b: u32, status: u8) -> Next {
        let frame = &self.frames[b as usize];
        let (p, serial) = (frame.parent, frame.parent_serial);
        let degraded = frame.flags & flag::DEGRADED;
        if p == NONE || self.frames[p as usize].serial != serial {
            self.release(b);
            return NONE;
        }
        self.close_activation(b);
        self.unlink_child(p, b);
        self.release(b);
        let extra = &mut self.extras[p as usize];
        extra.running -= 1;
        if status == 0 {
            extra.needed -= 1;
        }
        let (running, needed) = (extra.running, extra.needed);
        self.frames[p as usize].flags |= degraded;
        if needed == 0 {
            self.abandon_children(m, p, false);
            let parent = &mut self.frames[p as usize];
            parent.serial = parent.serial.wrapping_add(1);
            parent.waits = Waits::Event;
            parent.pc += 1;
            return p;
        }
        if running < needed {
            self.abandon_children(m, p, false);
            let parent = &mut self.frames[p as usize];
            parent.serial = parent.serial.wrapping_add(1);
            parent.waits = Waits::Event;
            return self.fail(m, p, super::answer::cause_of(status));
        }
        NONE
    }
}
