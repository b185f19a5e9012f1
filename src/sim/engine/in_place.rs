//! Calls that are carried out in the frame of their caller: nothing but a visit of a station, along
//! a wire that takes no time and has no policy.
//!
//! The caller's frame stands at its call, waits in the queue of the callee's station and is served
//! there; what only such a call needs stands in [`InPlace`]. Everything happens in the order in
//! which it would happen to a callee's own frame, so that a result does not show which calls had
//! one. Where something happens that a caller and its callee meet apart (a fault, a cancellation, a
//! request that is dropped from a queue), [`State::part`] gives the callee its own frame.

use super::call::Chosen;
use super::state::{Frame, Station, Waits, flag};
use super::{Next, State};
use crate::sim::model::{Callee, Model, NONE, Op, SiteSpec};

/// What is known of a call that its caller carries out in place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct InPlace {
    /// Key of the callee's randomness.
    key: u64,
    /// When the call began.
    start: u64,
    callee: Callee,
    /// Balancing instance that chose the replica, and its number there. `NONE` where there is one replica only: who
    /// has no choice need not count what is outstanding.
    group: u32,
    slot: u16,
}

/// Who is followed, told a deadline or in a transaction has something to tell a callee, which needs a frame of its own.
pub(super) const APART: u32 = flag::TRACED | flag::DEADLINE | flag::TX | flag::IN_TX;

impl State {
    /// Whether a frame may carry its next call out itself.
    #[inline]
    pub(super) fn calls_in_place(&self, site: &SiteSpec, frame: &Frame) -> bool {
        site.callees != NONE && self.calm && frame.flags & APART == 0 && frame.child == NONE
    }

    /// Makes a call in the frame of its caller, unless the callee has no room.
    #[inline(never)]
    pub(super) fn call_in_place(&mut self, m: &Model, f: u32, site: u32) -> Next {
        let spec = &m.sites[site as usize];
        let mut chosen = Chosen {
            group: NONE,
            slot: 0,
            key: self.attempt_key(f, spec),
        };
        if !spec.alone {
            match self.choose_target(m, f, spec, chosen.key) {
                Some(found) => chosen = found,
                None => return self.no_target(m, f, spec),
            }
        }
        let callee = m.callees[spec.callees as usize + usize::from(chosen.slot)];
        let station = &mut self.stations[callee.station as usize];
        let free = station.busy < station.open && station.queue.len == 0;
        if !free && station.queue.len >= station.limit {
            return if spec.alone {
                self.attempt(m, f, site, 0)
            } else {
                self.attempt_at(m, f, site, &chosen, 0)
            };
        }
        self.calls[f as usize] = InPlace {
            key: chosen.key,
            start: self.now,
            callee,
            group: chosen.group,
            slot: chosen.slot,
        };
        self.live += 1;
        let wire = &mut self.record.wires[callee.wire as usize];
        wire.attempts += 1;
        wire.direct_arrivals += 1;
        let class = &mut self.record.classes[station.class as usize];
        class.arrivals += 1;
        let frame = &mut self.frames[f as usize];
        if frame.flags & flag::ROOT != 0 {
            self.record.endpoints[frame.endpoint as usize].attempts += 1;
        }
        frame.flags |= flag::IN_PLACE;
        if free {
            station.touch_busy(self.now);
            station.busy += 1;
            class.wait.record_zero();
            frame.waits = Waits::Event;
            self.serve_in_place(m, f);
        } else {
            station.enqueue(&mut self.frames, f, self.now);
        }
        NONE
    }

    /// Begins the service of a call in place; the server has been counted already.
    #[inline(always)]
    pub(super) fn serve_in_place(&mut self, m: &Model, f: u32) {
        let call = &self.calls[f as usize];
        let draw = &m.draws[call.callee.draw as usize];
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
        let s = call.callee.station;
        let class = &mut self.record.classes[self.stations[s as usize].class as usize];
        class.completions += 1;
        class.service.record(served);
        if frame.flags & flag::ABANDONED != 0 {
            class.wasted_ns += u128::from(served);
        }
        if call.group != NONE {
            let group = &mut self.groups[call.group as usize];
            group.outstanding[usize::from(call.slot)] -= 1;
            group.total -= 1;
        }
        let wire = &mut self.record.wires[call.callee.wire as usize];
        wire.direct.record(self.now - call.start);
        self.live -= 1;
        self.free_server(m, s);
    }

    /// Another model holds from now on: who waits is served as it says.
    pub(super) fn adopt_calls(&mut self, m: &Model) {
        for call in &mut self.calls {
            if let Some(&Op::Visit { draw, .. }) = m.ops.get(call.callee.entry as usize) {
                call.callee.draw = draw;
            }
        }
    }

    /// Gives every call that has none a frame of its own: something happens that may
    /// concern caller and callee apart.
    pub(super) fn part_all(&mut self, m: &Model) {
        for f in 0..self.frames.len() as u32 {
            if self.frames[f as usize].flags & flag::FORWARDED != 0 {
                self.part_forwarded(m, f);
            }
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
        let mut chosen = Chosen {
            group: call.group,
            slot: call.slot,
            key: call.key,
        };
        if call.group == NONE {
            chosen.group = self.group_at(m, f, &m.sites[site as usize]);
            let group = &mut self.groups[chosen.group as usize];
            group.outstanding[usize::from(call.slot)] += 1;
            group.total += 1;
        }
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
        callee.pc = call.callee.entry;
        callee.waits = waits;
        callee.flags |= flag::ARRIVED;
        if waits == Waits::Station {
            let station = &mut self.stations[call.callee.station as usize];
            station.queue.replace(&mut self.frames, f, g);
        } else {
            callee.pc += 1;
            callee.flags |= flag::SERVED;
            self.schedule(g, due);
        }
        Some(g)
    }

    /// The station at which a frame waits or is served in place.
    pub(super) fn station_in_place(&self, f: usize) -> &Station {
        &self.stations[self.calls[f].callee.station as usize]
    }

    /// The node at whose station a frame waits.
    pub(super) fn waits_at(&self, m: &Model, f: u32) -> u32 {
        let frame = &self.frames[f as usize];
        if frame.flags & flag::IN_PLACE == 0 {
            return self.replicas[frame.replica as usize].node;
        }
        m.meta.stations[self.station_in_place(f as usize).class as usize].node
    }
}
