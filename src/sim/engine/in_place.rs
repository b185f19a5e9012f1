//! Calls that are carried out in the frame of their caller: nothing but a visit of a station, along
//! a wire that takes no time and has no policy.
//!
//! The caller's frame stands at its call, waits in the queue of the callee's station and is served
//! there; what only such a call needs stands in [`InPlace`]. Everything happens in the order in
//! which it would happen to a callee's own frame, so that a result does not show which calls had
//! one. Where something happens that a caller and its callee meet apart (a fault, a cancellation, a
//! request that is dropped from a queue), [`State::part`] gives the callee its own frame.

use super::State;
use super::call::Chosen;
use super::state::{Waits, flag};
use crate::sim::model::{Model, NONE, Op};

/// What is known of a call that its caller carries out in place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct InPlace {
    /// Key of the callee's randomness.
    key: u64,
    /// When the call began.
    start: u64,
    /// The `Visit` that the callee consists of.
    pc: u32,
    pub station: u32,
    wire: u32,
    /// Balancing instance that chose the replica, and its number there.
    group: u32,
    slot: u16,
}

/// A caller that is followed, told a deadline or in a transaction has something to tell its callee.
const APART: u32 = flag::TRACED | flag::DEADLINE | flag::TX | flag::IN_TX;

impl State {
    /// Begins a call at the chosen replica in the frame of its caller; false if the callee needs a
    /// frame of its own.
    #[inline]
    pub(super) fn begin_in_place(&mut self, m: &Model, f: u32, site: u32, chosen: &Chosen) -> bool {
        let frame = &mut self.frames[f as usize];
        if !self.calm || frame.flags & APART != 0 || frame.child != NONE {
            return false;
        }
        let spec = &m.sites[site as usize];
        let target = m.groups[spec.group as usize].targets[usize::from(chosen.slot)];
        let pc = m.site_entries[spec.entries as usize + usize::from(target.ordinal)];
        let Op::Visit { st, draw } = m.ops[pc as usize] else {
            return false;
        };
        let s = target.stations + u32::from(st);
        let station = &mut self.stations[s as usize];
        let free = station.busy < station.open && station.queue.len == 0;
        if !free && station.queue.len >= station.limit {
            return false;
        }
        self.calls[f as usize] = InPlace {
            key: chosen.key,
            start: self.now,
            pc,
            station: s,
            wire: target.wire,
            group: chosen.group,
            slot: chosen.slot,
        };
        self.live += 1;
        if frame.flags & flag::ROOT != 0 {
            self.record.endpoints[frame.endpoint as usize].attempts += 1;
        }
        let wire = &mut self.record.wires[target.wire as usize];
        wire.attempts += 1;
        wire.direct_arrivals += 1;
        let class = &mut self.record.classes[station.class as usize];
        class.arrivals += 1;
        frame.flags |= flag::IN_PLACE;
        frame.mark = self.now;
        if free {
            station.touch_busy(self.now);
            station.busy += 1;
            class.wait.record_zero();
            frame.waits = Waits::Event;
            let draw = &m.draws[draw as usize];
            let time = draw.sampler.sample_ns(chosen.key ^ draw.stream);
            self.schedule(f, self.now.saturating_add(time));
        } else {
            station.enqueue(&mut self.frames, f, self.now);
        }
        true
    }

    /// Begins the service of a call that has waited; the server has been counted already.
    #[inline]
    pub(super) fn serve_in_place(&mut self, m: &Model, f: u32) {
        let call = &self.calls[f as usize];
        let Op::Visit { draw, .. } = m.ops[call.pc as usize] else {
            return;
        };
        let draw = &m.draws[draw as usize];
        let time = draw.sampler.sample_ns(call.key ^ draw.stream);
        self.frames[f as usize].mark = self.now;
        self.schedule(f, self.now.saturating_add(time));
    }

    /// The callee has done its work, and the caller has its answer.
    #[inline]
    pub(super) fn end_in_place(&mut self, m: &Model, f: u32) {
        let frame = &mut self.frames[f as usize];
        let call = &self.calls[f as usize];
        let served = self.now - frame.mark;
        frame.flags &= !flag::IN_PLACE;
        frame.status = super::answer::status::OK;
        frame.pc += 1;
        let station = &self.stations[call.station as usize];
        let class = &mut self.record.classes[station.class as usize];
        class.completions += 1;
        class.service.record(served);
        if frame.flags & flag::ABANDONED != 0 {
            class.wasted_ns += u128::from(served);
        }
        let group = &mut self.groups[call.group as usize];
        group.outstanding[usize::from(call.slot)] -= 1;
        group.total -= 1;
        let wire = &mut self.record.wires[call.wire as usize];
        wire.direct.record(self.now - call.start);
        self.live -= 1;
        let s = call.station;
        self.free_server(m, s);
    }

    /// Gives every call that is carried out in place a frame of its own: something happens that may
    /// concern caller and callee apart.
    pub(super) fn part_all(&mut self, m: &Model) {
        for f in 0..self.frames.len() as u32 {
            self.part(m, f);
        }
    }

    /// Gives the callee of a call that is carried out in place a frame of its own, which waits or is
    /// served where its caller did; the caller waits for its answer. Gives the callee's frame.
    pub(super) fn part(&mut self, m: &Model, f: u32) -> Option<u32> {
        if self.frames[f as usize].flags & flag::IN_PLACE == 0 {
            return None;
        }
        let site = self.site_of_call(m, f)?;
        let call = self.calls[f as usize];
        let chosen = Chosen {
            group: call.group,
            slot: call.slot,
            key: call.key,
        };
        let caller = &mut self.frames[f as usize];
        caller.flags &= !flag::IN_PLACE;
        let waits = std::mem::replace(&mut caller.waits, Waits::Answer);
        let (mark, due) = (caller.mark, std::mem::replace(&mut caller.due, u64::MAX));
        let g = self.callee(m, f, site, &chosen);
        // The call was counted when it began.
        self.live -= 1;
        let callee = &mut self.frames[g as usize];
        callee.start = call.start;
        callee.sent = call.start;
        callee.mark = mark;
        callee.pc = call.pc;
        callee.waits = waits;
        callee.flags |= flag::ARRIVED;
        if waits == Waits::Station {
            let station = &mut self.stations[call.station as usize];
            station.queue.replace(&mut self.frames, f, g);
        } else {
            callee.pc += 1;
            callee.flags |= flag::SERVED;
            self.schedule(g, due);
        }
        Some(g)
    }

    /// The node at whose station a frame waits.
    pub(super) fn waits_at(&self, m: &Model, f: u32) -> u32 {
        let frame = &self.frames[f as usize];
        if frame.flags & flag::IN_PLACE == 0 {
            return self.replicas[frame.replica as usize].node;
        }
        let station = &self.stations[self.calls[f as usize].station as usize];
        m.meta.stations[station.class as usize].node
    }
}
