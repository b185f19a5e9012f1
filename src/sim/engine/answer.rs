//! Answers and failures: from the end of a program back to the caller, and what the caller makes
//! of them: success, another try, a fallback, or its own failure.

use super::state::{Waits, flag};
use super::{Next, State};
use crate::sim::measure::{Cause, Place, Spent};
use crate::sim::model::{BackoffSpec, JitterSpec, Model, NONE, Op, feature};
use crate::stats::math::pow;
use crate::stats::rng::{mix64, unit_f64};

/// The status of an answer: 0 is success, then the causes, then the answers of a look-up.
pub(super) mod status {
    pub(crate) const OK: u8 = 0;
    pub(crate) const HIT: u8 = 16;
    pub(crate) const STALE: u8 = 17;
    pub(crate) const MISS: u8 = 18;
}

const BACKOFF: u64 = 0x6261_636b_6f66_6621;

/// The cause that a failed status stands for.
pub(super) fn cause_of(status: u8) -> Cause {
    match status {
        1 => Cause::Timeout,
        2 => Cause::Rejected,
        3 => Cause::Limited,
        4 => Cause::BreakerOpen,
        5 => Cause::Unavailable,
        6 => Cause::Conflict,
        _ => Cause::Error,
    }
}

/// The status of a failure.
pub(super) fn status_of(cause: Cause) -> u8 {
    cause as u8 + 1
}

fn failed(status: u8) -> bool {
    status != status::OK && status < status::HIT
}

impl State {
    /// Ends a call at its callee and sends the answer.
    #[inline]
    pub(super) fn answer(&mut self, m: &Model, g: u32, status: u8) -> Next {
        let frame = &mut self.frames[g as usize];
        if frame.flags
            & (flag::REPLIED
                | flag::ALONE
                | flag::INSIDE
                | flag::BRANCH
                | flag::MESSAGE
                | flag::ROOT)
            != 0
            || frame.held != 0
        {
            return self.answer_otherwise(m, g, status);
        }
        self.send_answer(m, g, status)
    }

    #[inline(always)]
    fn send_answer(&mut self, m: &Model, g: u32, status: u8) -> Next {
        self.frames[g as usize].status = status;
        if self.frames[g as usize].flags & flag::FORWARDED != 0 {
            if failed(status) || !self.is_awaited(g) {
                self.part_forwarded(m, g);
            } else {
                self.forwarded_answer(g);
            }
        }
        let frame = &self.frames[g as usize];
        let status = frame.status;
        let (p, serial, wire) = (frame.parent, frame.parent_serial, frame.wire);
        let plain = self.wires[wire as usize].plain;
        let (start, sent, replica) = (frame.start, frame.sent, frame.replica);
        let arrived = frame.flags & flag::ARRIVED != 0;
        let awaited = p != NONE && self.frames[p as usize].serial == serial;
        if plain && start == sent && arrived && awaited && !failed(status) {
            self.record.wires[wire as usize]
                .direct
                .record(self.now - start);
            return self.give(m, p, g);
        }
        if arrived {
            let node = self.replicas[replica as usize].node;
            let record = &mut self.record.nodes[node as usize];
            record.completions += 1;
            record.latency.record(self.now - start);
            record.errors += u64::from(failed(status));
        }
        if plain {
            return self.deliver(m, g);
        }
        self.travel_back(m, g, wire)
    }

    /// Whether the caller of a frame still waits for its answer.
    fn is_awaited(&self, g: u32) -> bool {
        let frame = &self.frames[g as usize];
        let parent = self.frames.get(frame.parent as usize);
        parent.is_some_and(|parent| parent.serial == frame.parent_serial)
    }

    #[inline(never)]
    fn answer_otherwise(&mut self, m: &Model, g: u32, status: u8) -> Next {
        let (flags, held) = {
            let frame = &self.frames[g as usize];
            (frame.flags, frame.held)
        };
        for st in 0..16 {
            if held & 1 << st != 0 {
                self.give_back(m, g, st);
            }
        }
        self.leave_inside(g, !failed(status));
        if flags & flag::ROOT != 0 {
            return self.request_done(m, g);
        }
        if flags & flag::BRANCH != 0 {
            return self.branch_end(m, g, status);
        }
        if flags & flag::MESSAGE != 0 {
            self.message_frame_ends(m, g, failed(status));
            return NONE;
        }
        if flags & (flag::REPLIED | flag::ALONE) != 0 {
            if flags & (flag::REPLIED | flag::ARRIVED) == flag::ARRIVED {
                let node = self.replicas[self.frames[g as usize].replica as usize].node;
                self.record.nodes[node as usize].completions += 1;
            }
            self.release(g);
            return NONE;
        }
        self.send_answer(m, g, status)
    }

    /// Not inside its replica any more, for limits on what is inside.
    pub(super) fn leave_inside(&mut self, g: u32, ok: bool) {
        let frame = &mut self.frames[g as usize];
        if frame.flags & flag::INSIDE == 0 {
            return;
        }
        frame.flags &= !flag::INSIDE;
        let latency = self.now - frame.start;
        let replica = &mut self.replicas[frame.replica as usize];
        replica.inside -= 1;
        let inside = replica.inside;
        if let Some(adaptive) = replica.adaptive.as_mut() {
            adaptive.on_answer(self.now, latency, ok, inside + 1);
        }
    }

    /// Answers the caller before the program has ended; the rest goes on alone.
    #[inline(never)]
    pub(super) fn reply(&mut self, m: &Model, f: u32) -> Next {
        let frame = &mut self.frames[f as usize];
        frame.pc += 1;
        if frame.flags & (flag::REPLIED | flag::ALONE | flag::BRANCH | flag::MESSAGE | flag::ROOT)
            != 0
        {
            return f;
        }
        // The rest of the program moves to a frame of its own, which nobody waits for.
        let (replica, key, flow, priority, pc, stations) = (
            frame.replica,
            frame.key,
            frame.flow,
            frame.priority,
            frame.pc,
            frame.stations,
        );
        let flags = frame.flags & flag::INHERITED;
        let extra = self.extras[f as usize].clone();
        let rest = self.allocate();
        let serial = self.frames[rest as usize].serial;
        self.frames[rest as usize] = super::state::Frame {
            serial,
            ..super::state::Frame::fresh()
        };
        let next = &mut self.frames[rest as usize];
        next.key = key;
        next.start = self.now;
        next.mark = self.now;
        next.sent = self.now;
        next.replica = replica;
        next.stations = stations;
        next.flow = flow;
        next.priority = priority;
        next.pc = pc;
        next.flags = flags | flag::REPLIED;
        self.extras[rest as usize] = super::state::Extra {
            tx: NONE,
            fetch: NONE,
            ..extra
        };
        self.go_on(rest);
        self.answer(m, f, status::OK)
    }

    /// The answer reaches the caller.
    #[inline]
    pub(super) fn deliver(&mut self, m: &Model, g: u32) -> Next {
        let frame = &self.frames[g as usize];
        let (p, serial) = (frame.parent, frame.parent_serial);
        if p == NONE || self.frames[p as usize].serial != serial {
            self.release(g);
            return NONE;
        }
        let latency = self.now - frame.sent;
        self.record.wires[frame.wire as usize]
            .latency
            .record(latency);
        self.give(m, p, g)
    }

    /// The caller `p` takes the answer of `g`, which has been recorded.
    #[inline(always)]
    fn give(&mut self, m: &Model, p: u32, g: u32) -> Next {
        let frame = &self.frames[g as usize];
        let (status, degraded) = (frame.status, frame.flags & flag::DEGRADED);
        let latency = self.now - frame.sent;
        if frame.flags & flag::TRACED != 0 {
            self.close_activation(g);
        }
        self.unlink_child(p, g);
        self.settle(m, p, g, status, latency);
        self.release(g);
        let parent = &mut self.frames[p as usize];
        if failed(status) {
            return self.attempt_failed(m, p, cause_of(status));
        }
        parent.flags |= degraded;
        parent.status = status;
        self.call_succeeded(m, p)
    }

    /// A call has its answer.
    #[inline(always)]
    fn call_succeeded(&mut self, m: &Model, p: u32) -> Next {
        let parent = &mut self.frames[p as usize];
        parent.serial = parent.serial.wrapping_add(1);
        parent.attempt = 0;
        parent.waits = Waits::Event;
        let (flags, child) = (parent.flags, parent.child);
        parent.pc += 1;
        if flags & (flag::BULKHEAD) != 0 || child != NONE {
            self.call_over(m, p);
        }
        if self.replicas_paused() {
            return self.park_if_paused(p);
        }
        p
    }

    /// Other attempts of a call that is over are given up, and its place in the bulkhead is free.
    #[inline(never)]
    fn call_over(&mut self, m: &Model, p: u32) {
        let cancel = self.call_cancels(m, p);
        self.abandon_children(m, p, cancel);
        self.leave_bulkhead(m, p);
    }

    pub(super) fn call_cancels(&self, m: &Model, p: u32) -> bool {
        let child = self.frames[p as usize].child;
        child != NONE
            && self.frames[child as usize].site != NONE
            && m.sites[self.frames[child as usize].site as usize].features & feature::CANCEL != 0
    }

    pub(super) fn leave_bulkhead(&mut self, m: &Model, p: u32) {
        let frame = &mut self.frames[p as usize];
        if frame.flags & flag::BULKHEAD == 0 {
            return;
        }
        frame.flags &= !flag::BULKHEAD;
        let replica = frame.replica;
        let end = self.end_of(m, replica, self.extras[p as usize].bulkhead);
        self.ends[end].under_way -= 1;
    }

    /// Books the end of an attempt at its caller: outstanding calls, connection, breaker, ejection.
    #[inline(always)]
    pub(super) fn settle(&mut self, m: &Model, p: u32, g: u32, status: u8, latency: u64) {
        let frame = &mut self.frames[g as usize];
        if frame.flags & flag::SETTLED != 0 {
            return;
        }
        frame.flags |= flag::SETTLED;
        let group = &mut self.groups[frame.group as usize];
        group.outstanding[usize::from(frame.slot)] -= 1;
        group.total -= 1;
        let site = &m.sites[frame.site as usize];
        if site.features & (feature::POOL | feature::BREAKER) != 0 || !group.health.is_empty() {
            self.settle_policies(m, p, g, status, latency);
        }
    }

    #[inline(never)]
    fn settle_policies(&mut self, m: &Model, p: u32, g: u32, status: u8, latency: u64) {
        let frame = &self.frames[g as usize];
        let (site, group, slot, pooled) = (
            &m.sites[frame.site as usize],
            frame.group,
            frame.slot,
            frame.flags & flag::POOLED,
        );
        let replica = self.frames[p as usize].replica;
        // A full callee, a limit or a conflict says nothing about its health; the rest does.
        let bad = failed(status);
        if !self.groups[group as usize].health.is_empty() {
            self.observe(m, group, slot, bad, latency);
        }
        if site.features & feature::BREAKER != 0 {
            let wire = &m.wires[site.wire as usize];
            let end = self.end_of(m, replica, site.wire);
            let slow = wire
                .breaker
                .is_some_and(|breaker| latency > breaker.slow_ns);
            if let Some(breaker) = self.ends[end].breaker.as_mut() {
                breaker.on_result_of(self.extras[p as usize].epoch, self.now, !bad && !slow);
            }
        }
        if pooled != 0 {
            self.frames[g as usize].flags &= !flag::POOLED;
            let broken = matches!(cause_of(status), Cause::Timeout | Cause::Unavailable) && bad;
            self.free_connection(m, replica, site.wire, broken);
        }
    }

    /// An attempt of the call at which `p` stands has failed.
    #[inline(never)]
    pub(super) fn attempt_failed(&mut self, m: &Model, p: u32, cause: Cause) -> Next {
        let Some(site) = self.site_of_call(m, p) else {
            return self.fail(m, p, cause);
        };
        let spec = &m.sites[site as usize];
        let wire = &m.wires[spec.wire as usize];
        self.record.wires[spec.wire as usize].failed[cause as usize] += 1;
        if self.frames[p as usize].child != NONE {
            // Another attempt of the same call is still under way.
            return NONE;
        }
        let frame = &mut self.frames[p as usize];
        frame.serial = frame.serial.wrapping_add(1);
        frame.waits = Waits::Event;
        let tries = frame.attempt + 1;
        let again = spec.features & feature::RETRY != 0
            && tries < wire.attempts
            && wire.retry_on & 1 << cause as u8 != 0;
        if again && let Some(wait) = self.wait_before_retry(m, p, spec.wire) {
            self.leave_bulkhead(m, p);
            let frame = &mut self.frames[p as usize];
            frame.attempt = tries;
            frame.mark = self.now;
            if wait == 0 {
                return p;
            }
            if frame.flags & flag::TRACED != 0 {
                self.note_ahead(p, Place::Wire(spec.wire), Spent::Backoff, wait);
            }
            self.schedule(p, self.now.saturating_add(wait));
            return NONE;
        }
        self.call_failed(m, p, site, cause)
    }

    /// How long to wait before the next try; nothing if the budget or the deadline forbids it.
    fn wait_before_retry(&mut self, m: &Model, p: u32, wire: u32) -> Option<u64> {
        let spec = &m.wires[wire as usize];
        let replica = self.frames[p as usize].replica;
        let end = self.end_of(m, replica, wire);
        let wait = self.backoff(&spec.backoff, p);
        if self.now.saturating_add(wait) >= self.extras[p as usize].call_deadline {
            return None;
        }
        if let Some(budget) = self.ends[end].budget.as_mut()
            && !budget.try_retry(self.now)
        {
            self.record.wires[wire as usize].budget_refused += 1;
            return None;
        }
        Some(wait)
    }

    fn backoff(&mut self, spec: &BackoffSpec, p: u32) -> u64 {
        let frame = &self.frames[p as usize];
        let u = unit_f64(mix64(
            frame.key
                ^ BACKOFF
                ^ u64::from(frame.pc) << 32
                ^ u64::from(frame.visit) << 8
                ^ u64::from(frame.attempt),
        ));
        let full = (spec.base_ns * pow(spec.factor, f64::from(frame.attempt))).min(spec.cap_ns);
        let extra = &mut self.extras[p as usize];
        let wait = match spec.jitter {
            JitterSpec::None => full,
            JitterSpec::Full => full * u,
            JitterSpec::Equal => full / 2.0 + full / 2.0 * u,
            JitterSpec::Decorrelated => {
                let last = if extra.backoff_ns > 0.0 {
                    extra.backoff_ns
                } else {
                    spec.base_ns
                };
                (spec.base_ns + (3.0 * last - spec.base_ns).max(0.0) * u).min(spec.cap_ns)
            }
        };
        extra.backoff_ns = wait;
        wait as u64
    }

    /// The call site at which a frame stands.
    pub(super) fn site_of_call(&self, m: &Model, p: u32) -> Option<u32> {
        match m.ops[self.frames[p as usize].pc as usize] {
            Op::Call { site } => Some(site),
            Op::Commit { tx } => Some(m.txs[tx as usize].commit),
            _ => None,
        }
    }

    /// A call has failed for good: the fallback, a degraded answer, or the caller's own failure.
    #[inline(never)]
    fn call_failed(&mut self, m: &Model, p: u32, site: u32, cause: Cause) -> Next {
        let spec = &m.sites[site as usize];
        self.leave_bulkhead(m, p);
        let frame = &mut self.frames[p as usize];
        frame.attempt = 0;
        if spec.on_fail != NONE {
            frame.pc = spec.on_fail;
            frame.status = status::MISS;
            self.record.wires[spec.wire as usize].fallbacks += 1;
            return p;
        }
        if spec.features & feature::DEGRADE != 0 {
            frame.pc += 1;
            frame.status = status::OK;
            frame.flags |= flag::DEGRADED;
            self.record.wires[spec.wire as usize].fallbacks += 1;
            return p;
        }
        let node = &m.nodes[self.replicas[frame.replica as usize].node as usize];
        let shown = if node.passes
            || frame.flags & (flag::ROOT | flag::BRANCH) != 0
            || cause == Cause::Conflict
        {
            cause
        } else {
            Cause::Error
        };
        self.fail(m, p, shown)
    }

    /// A frame fails: everything it holds is given back, and its caller learns the cause.
    #[inline(never)]
    pub(super) fn fail(&mut self, m: &Model, f: u32, cause: Cause) -> Next {
        self.unwind(m, f);
        if self.frames[f as usize].flags & flag::ROOT != 0 {
            self.frames[f as usize].status = status_of(cause);
            return self.request_failed(m, f, cause);
        }
        self.answer(m, f, status_of(cause))
    }

    /// A replica refuses a request that has just arrived.
    pub(super) fn reject(&mut self, m: &Model, f: u32, cause: Cause) -> Next {
        let node = self.replicas[self.frames[f as usize].replica as usize].node;
        self.record.nodes[node as usize].rejected += 1;
        self.fail(m, f, cause)
    }

    /// Takes `g` out of the children of `p`.
    #[inline(always)]
    pub(super) fn unlink_child(&mut self, p: u32, g: u32) {
        let next = self.frames[g as usize].sibling;
        let parent = &mut self.frames[p as usize];
        if parent.child == g {
            parent.child = next;
            return;
        }
        let mut c = parent.child;
        while c != NONE {
            let sibling = self.frames[c as usize].sibling;
            if sibling == g {
                self.frames[c as usize].sibling = next;
                return;
            }
            c = sibling;
        }
    }
}
