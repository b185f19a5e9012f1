//! Forwarders without a frame: a balancer or gateway that does nothing but pass a call on, along
//! wires that take no time, is skipped. The callee's frame answers the forwarder's caller, and notes
//! in [`Via`] what the forwarder chose.
//!
//! All is counted and recorded as if the forwarder had a frame. Where it matters that it has none (a
//! fault, a failure, a caller that gives up), [`State::part_forwarded`] gives it one.

use super::State;
use super::state::{Frame, Waits, flag};
use crate::sim::model::{Model, NONE};
use crate::stats::rng::mix64;

/// What the forwarder of a call chose.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Via {
    /// Where the forwarder calls from, and along which wire.
    site: u32,
    pub wire: u32,
    /// Its balancing instance, and the replica's number there.
    group: u32,
    slot: u16,
}

/// Flags of an attempt, as its caller counts it.
const ATTEMPT: u32 = flag::POOLED | flag::SETTLED;

impl State {
    /// The frame of a forwarder that has just been called becomes that of the callee that it
    /// chooses; `from` is where the forwarder calls from.
    #[inline(never)]
    pub(super) fn forward(&mut self, m: &Model, g: u32, from: u32) {
        let spec = &m.sites[from as usize];
        let key = self.frames[g as usize].key;
        let Some(chosen) = self.choose_target(m, g, spec, key) else {
            return;
        };
        let target = m.groups[spec.group as usize].targets[usize::from(chosen.slot)];
        let entry = m.site_entries[spec.entries as usize + usize::from(target.ordinal)];
        let frame = &mut self.frames[g as usize];
        let node = self.replicas[frame.replica as usize].node;
        self.record.nodes[node as usize].arrivals += 1;
        self.record.wires[spec.wire as usize].calls += 1;
        self.record.wires[target.wire as usize].attempts += 1;
        self.live += 1;
        frame.pc = entry;
        frame.replica = target.replica;
        frame.stations = target.stations;
        frame.depth = frame.depth.saturating_add(1);
        frame.flags |= flag::FORWARDED;
        if m.tracks_effects {
            let effect = &mut self.extras[g as usize].effect;
            *effect = mix64(*effect ^ spec.stream ^ super::call::stream::EFFECT);
        }
        self.vias[g as usize] = Via {
            site: from,
            wire: target.wire,
            group: chosen.group,
            slot: chosen.slot,
        };
    }

    /// A forwarded call is answered with success: the forwarder's part of it.
    #[inline]
    pub(super) fn forwarded_answer(&mut self, g: u32) {
        let via = self.vias[g as usize];
        let frame = &mut self.frames[g as usize];
        frame.flags &= !flag::FORWARDED;
        frame.status = super::answer::status::OK;
        self.record.wires[via.wire as usize]
            .direct
            .record(self.now - frame.start);
        let group = &mut self.groups[via.group as usize];
        group.outstanding[usize::from(via.slot)] -= 1;
        group.total -= 1;
        self.live -= 1;
    }

    /// Gives the forwarder of a call a frame of its own, which waits for the answer of `g`. Gives
    /// that frame.
    #[inline(never)]
    pub(super) fn part_forwarded(&mut self, m: &Model, g: u32) -> u32 {
        let via = self.vias[g as usize];
        let b = self.allocate();
        // It was counted when it was skipped.
        self.live -= 1;
        let of = self.frames[g as usize].clone();
        let spec = &m.sites[of.site as usize];
        let target = m.groups[spec.group as usize].targets[usize::from(of.slot)];
        let serial = self.frames[b as usize].serial;
        self.frames[b as usize] = Frame {
            key: of.key,
            start: of.sent,
            mark: of.sent,
            sent: of.sent,
            pc: m.site_entries[spec.entries as usize + usize::from(target.ordinal)],
            serial,
            parent: of.parent,
            parent_serial: of.parent_serial,
            replica: target.replica,
            stations: target.stations,
            site: of.site,
            wire: of.wire,
            group: of.group,
            child: g,
            sibling: of.sibling,
            flags: of.flags & (flag::INHERITED | ATTEMPT) | flag::ARRIVED,
            flow: of.flow,
            slot: of.slot,
            waits: Waits::Answer,
            priority: of.priority,
            depth: of.depth.saturating_sub(1),
            ..Frame::fresh()
        };
        self.replace_child(of.parent, g, b);
        let callee = &mut self.frames[g as usize];
        callee.flags &= !(flag::FORWARDED | ATTEMPT);
        callee.parent = b;
        callee.parent_serial = serial;
        callee.sibling = NONE;
        callee.site = via.site;
        callee.wire = via.wire;
        callee.group = via.group;
        callee.slot = via.slot;
        b
    }

    /// Puts `b` into the place of `g` among the children of `p`.
    fn replace_child(&mut self, p: u32, g: u32, b: u32) {
        if p == NONE {
            return;
        }
        let parent = &mut self.frames[p as usize];
        if parent.child == g {
            parent.child = b;
            return;
        }
        let mut c = parent.child;
        while c != NONE {
            let sibling = self.frames[c as usize].sibling;
            if sibling == g {
                self.frames[c as usize].sibling = b;
                return;
            }
            c = sibling;
        }
    }

    /// The wire along which a frame was called.
    pub(super) fn wire_of(&self, f: u32) -> u32 {
        let frame = &self.frames[f as usize];
        if frame.flags & flag::FORWARDED != 0 {
            return self.vias[f as usize].wire;
        }
        frame.wire
    }
}
