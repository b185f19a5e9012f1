//! Giving up: callers that abandon attempts, cancellation, and frames that die in a crash.

use super::answer::status_of;
use super::state::{Waits, flag};
use super::{Next, State};
use crate::sim::measure::Cause;
use crate::sim::model::{Model, NONE, Op, feature};

impl State {
    /// The caller `p` gives all its children up. They go on as waste, or stop if `cancel`.
    pub(super) fn abandon_children(&mut self, m: &Model, p: u32, cancel: bool) {
        let mut g = self.frames[p as usize].child;
        self.frames[p as usize].child = NONE;
        while g != NONE {
            let next = self.frames[g as usize].sibling;
            self.give_up(m, p, g, cancel, Cause::Error, false);
            g = next;
        }
    }

    /// The caller `p` gives one attempt up, which has been unlinked from it.
    pub(super) fn give_up(
        &mut self,
        m: &Model,
        p: u32,
        g: u32,
        cancel: bool,
        cause: Cause,
        is_failure: bool,
    ) {
        let g = if self.frames[g as usize].flags & flag::FORWARDED != 0 {
            self.part_forwarded(m, g)
        } else {
            g
        };
        self.close_activation(g);
        let waited = self.now - self.frames[g as usize].sent;
        if self.frames[g as usize].flags & flag::BRANCH == 0 {
            if is_failure {
                self.settle(m, p, g, status_of(cause), waited);
            } else {
                self.settle_abandoned(m, p, g);
            }
        }
        let frame = &mut self.frames[g as usize];
        frame.parent = NONE;
        frame.sibling = NONE;
        if frame.flags & flag::LOST != 0 {
            self.release(g);
            return;
        }
        self.mark_abandoned(g);
        if cancel || self.waits_for_cancelled(m, g) {
            self.cancel(m, g);
        }
    }

    /// A branch that is given up while it waits for a call along a wire with `cancel`: the call is taken
    /// back, so the branch has nothing left to wait for.
    fn waits_for_cancelled(&self, m: &Model, g: u32) -> bool {
        let frame = &self.frames[g as usize];
        frame.flags & flag::BRANCH != 0 && frame.waits == Waits::Answer && self.call_cancels(m, g)
    }

    /// An attempt that was not needed any more says nothing about the callee's health.
    fn settle_abandoned(&mut self, m: &Model, p: u32, g: u32) {
        let frame = &mut self.frames[g as usize];
        if frame.flags & flag::SETTLED != 0 || frame.site == NONE || frame.group == NONE {
            return;
        }
        frame.flags |= flag::SETTLED;
        let group = &mut self.groups[frame.group as usize];
        group.outstanding[usize::from(frame.slot)] -= 1;
        group.total -= 1;
        let wire = m.sites[frame.site as usize].wire;
        let pooled = frame.flags & flag::POOLED != 0;
        frame.flags &= !flag::POOLED;
        let replica = self.frames[p as usize].replica;
        let end = self.end_of(m, replica, wire);
        if let Some(breaker) = self.ends[end].breaker.as_mut() {
            breaker.on_probe_abandoned(self.extras[p as usize].epoch);
        }
        if pooled {
            self.free_connection(m, replica, wire, true);
        }
    }

    /// What a frame and all below it do from now on is wasted.
    fn mark_abandoned(&mut self, g: u32) {
        self.frames[g as usize].flags |= flag::ABANDONED;
        let mut c = self.frames[g as usize].child;
        while c != NONE {
            self.mark_abandoned(c);
            c = self.frames[c as usize].sibling;
        }
    }

    /// Stops a frame whose caller has cancelled it: it leaves its queue or its worker at once.
    pub(super) fn cancel(&mut self, m: &Model, g: u32) {
        self.stop_waiting(m, g);
        self.unwind(m, g);
        let frame = &self.frames[g as usize];
        if frame.flags & flag::BRANCH == 0 && frame.flags & flag::ARRIVED != 0 {
            let node = self.replicas[frame.replica as usize].node;
            self.record.nodes[node as usize].cancelled += 1;
        }
        self.release(g);
    }

    /// Takes a frame out of whatever it waits for or is served by.
    pub(super) fn stop_waiting(&mut self, m: &Model, f: u32) {
        self.part(m, f);
        match self.frames[f as usize].waits {
            Waits::Station => self.leave_station(m, f),
            Waits::Pool => self.leave_pool(m, f),
            Waits::Connected => self.leave_connected(m, f),
            Waits::Lock => self.leave_lock(m, f),
            Waits::Fetch => self.leave_fetch(m, f),
            Waits::Flush => self.leave_flush(m, f),
            Waits::Space => self.leave_space(m, f),
            Waits::Share => self.leave_shared(m, f),
            Waits::Pause => {
                let frame = &self.frames[f as usize];
                if frame.flags & flag::FROZEN == 0 {
                    let r = frame.replica as usize;
                    let mut parked = self.replicas[r].parked;
                    parked.remove(&mut self.frames, f);
                    self.replicas[r].parked = parked;
                }
            }
            Waits::Event => {
                if self.frames[f as usize].flags & flag::SERVED != 0 {
                    self.leave_service(m, f);
                }
            }
            Waits::Answer | Waits::Branches => {}
        }
        let frame = &mut self.frames[f as usize];
        frame.waits = Waits::Event;
        frame.due = u64::MAX;
        if frame.flags & flag::FROZEN != 0 {
            frame.flags &= !flag::FROZEN;
            self.extras[f as usize].left_ns = 0;
        }
    }

    /// The wire whose connection a frame waits for.
    fn wire_of_connection(&self, m: &Model, f: u32) -> Option<u32> {
        if let Some(site) = self.site_of_call(m, f) {
            return Some(m.sites[site as usize].wire);
        }
        match m.ops[self.frames[f as usize].pc as usize] {
            Op::Begin { tx } => Some(m.txs[tx as usize].wire),
            _ => None,
        }
    }

    /// A frame gives a connection back that it was given at this very moment.
    fn leave_connected(&mut self, m: &Model, f: u32) {
        let Some(wire) = self.wire_of_connection(m, f) else {
            return;
        };
        self.probe_abandoned(m, f, wire);
        self.free_connection(m, self.frames[f as usize].replica, wire, false);
    }

    /// A call that its breaker let pass will never be sent.
    fn probe_abandoned(&mut self, m: &Model, f: u32, wire: u32) {
        let end = self.end_of(m, self.frames[f as usize].replica, wire);
        if self.site_of_call(m, f).is_some()
            && let Some(breaker) = self.ends[end].breaker.as_mut()
        {
            breaker.on_probe_abandoned(self.extras[f as usize].epoch);
        }
    }

    fn leave_pool(&mut self, m: &Model, f: u32) {
        let Some(wire) = self.wire_of_connection(m, f) else {
            return;
        };
        self.probe_abandoned(m, f, wire);
        let end = self.end_of(m, self.frames[f as usize].replica, wire);
        let waited = self.now - self.frames[f as usize].mark;
        if let Some(pool) = self.ends[end].pool.as_mut() {
            pool.queue.remove(&mut self.frames, f);
            self.record.wires[wire as usize].pool_wait.record(waited);
        }
        if self.frames[f as usize].flags & flag::TRACED != 0 {
            self.note(
                f,
                crate::sim::measure::Place::Wire(wire),
                crate::sim::measure::Spent::Pool,
            );
        }
    }

    /// Gives back all that a frame holds, and gives its calls up.
    pub(super) fn unwind(&mut self, m: &Model, f: u32) {
        let frame = &self.frames[f as usize];
        if frame.child != NONE {
            let site = self.frames[frame.child as usize].site;
            let cancel = site != NONE && m.sites[site as usize].features & feature::CANCEL != 0
                || frame.flags & flag::ABANDONED != 0
                    && self.frames[frame.child as usize].flags & flag::BRANCH != 0;
            self.abandon_children(m, f, cancel);
        }
        self.leave_bulkhead(m, f);
        let (held, flags) = (self.frames[f as usize].held, self.frames[f as usize].flags);
        if held != 0 {
            for st in 0..16 {
                if held & 1 << st != 0 {
                    self.give_back(m, f, st);
                }
            }
        }
        if flags & flag::INSIDE != 0 {
            self.leave_inside(f, false);
        }
        if flags & flag::LOCKED != 0 {
            self.drop_own_lock(m, f);
        }
        if flags & flag::TX != 0 {
            self.roll_back(m, f);
        }
        if flags & flag::FETCHES != 0 {
            self.fetch_failed(m, f);
        }
    }

    /// Kills a frame in a crash of its replica; its caller sees a connection error after one network
    /// delay.
    pub(super) fn die(&mut self, m: &Model, f: u32) {
        self.stop_waiting(m, f);
        self.unwind(m, f);
        let flags = self.frames[f as usize].flags;
        if flags & flag::BRANCH != 0 {
            // Its parent is at the same replica and dies too, perhaps after it.
            let (p, serial) = {
                let frame = &self.frames[f as usize];
                (frame.parent, frame.parent_serial)
            };
            if p != NONE && self.frames[p as usize].serial == serial {
                self.unlink_child(p, f);
            }
            self.release(f);
            return;
        }
        // Others may have let it go on at this very moment; it does not.
        let frame = &mut self.frames[f as usize];
        frame.serial = frame.serial.wrapping_add(1);
        let next: Next = self.answer(m, f, status_of(Cause::Unavailable));
        self.wake(next);
    }
}
