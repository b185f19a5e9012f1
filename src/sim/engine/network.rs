//! The network: how long a message travels, and whether it arrives.

use super::state::flag;
use super::{Next, State};
use crate::sim::model::{Model, NONE, PC_ARRIVE, PC_DELIVER, feature};
use crate::stats::rng::{mix64, unit_f64};

/// A wire while it runs.
#[derive(Debug, Clone)]
pub(super) struct WireState {
    /// Messages take no time and none is lost.
    pub plain: bool,
    /// Added one-way latency of active faults: fault and draw.
    pub added: Vec<(u32, u32)>,
    /// Shares lost by active faults.
    pub losses: Vec<(u32, f64)>,
}

const OUT: u64 = 0x6f75_7421;
const BACK: u64 = 0x6261_636b;
const LOSS: u64 = 0x6c6f_7373;

impl State {
    /// Sends the request of `g` on its way.
    #[inline(never)]
    pub(super) fn travel(&mut self, m: &Model, g: u32, wire: u32, delay: u64) -> Next {
        let caller = {
            let parent = self.frames[g as usize].parent;
            if parent == NONE {
                NONE
            } else {
                self.frames[parent as usize].replica
            }
        };
        let callee = self.frames[g as usize].replica;
        match self.transit(m, g, wire, caller, callee, OUT) {
            Some(transit) if transit + delay == 0 => self.arrive(m, g),
            Some(transit) => {
                self.frames[g as usize].pc = PC_ARRIVE;
                self.schedule(g, self.now.saturating_add(transit + delay));
                NONE
            }
            None => self.lose(g, wire),
        }
    }

    /// A request that has travelled reaches its replica.
    #[inline(never)]
    pub(super) fn arrived(&mut self, m: &Model, g: u32) -> Next {
        let frame = &mut self.frames[g as usize];
        let spec = &m.sites[frame.site as usize];
        let ordinal = m.groups[spec.group as usize].targets[usize::from(frame.slot)].ordinal;
        frame.pc = m.site_entries[spec.entries as usize + usize::from(ordinal)];
        self.arrive(m, g)
    }

    /// An answer that has travelled reaches the caller.
    #[inline(never)]
    pub(super) fn delivered(&mut self, m: &Model, g: u32) -> Next {
        self.deliver(m, g)
    }

    /// Sends the answer of `g` back.
    #[inline(never)]
    pub(super) fn travel_back(&mut self, m: &Model, g: u32, wire: u32) -> Next {
        let frame = &self.frames[g as usize];
        let (p, serial) = (frame.parent, frame.parent_serial);
        if p == NONE || self.frames[p as usize].serial != serial {
            return self.deliver(m, g);
        }
        let frame = &mut self.frames[g as usize];
        frame.pc = PC_DELIVER;
        frame.mark = self.now;
        let (callee, caller) = (frame.replica, self.frames[p as usize].replica);
        match self.transit(m, g, wire, callee, caller, BACK) {
            Some(0) => self.deliver(m, g),
            Some(transit) => {
                self.schedule(g, self.now.saturating_add(transit));
                NONE
            }
            None => self.lose(g, wire),
        }
    }

    /// The message is lost: nothing happens until the caller gives up.
    fn lose(&mut self, g: u32, wire: u32) -> Next {
        self.record.wires[wire as usize].lost += 1;
        if self.frames[g as usize].parent == NONE {
            self.release(g);
            return NONE;
        }
        // What it held at its replica has been given back by its answer.
        let frame = &mut self.frames[g as usize];
        frame.flags |= flag::LOST;
        frame.due = u64::MAX;
        NONE
    }

    /// Time of one message from replica `a` to replica `b`; nothing if it is lost.
    fn transit(&mut self, m: &Model, g: u32, wire: u32, a: u32, b: u32, way: u64) -> Option<u64> {
        let spec = &m.wires[wire as usize];
        let key = self.frames[g as usize].key ^ spec.stream ^ way;
        if self.faults.partitioned(a, b) {
            return None;
        }
        let state = &self.wires[wire as usize];
        let mut kept = 1.0 - spec.loss;
        for &(_, share) in &state.losses {
            kept *= 1.0 - share;
        }
        if kept < 1.0 && unit_f64(mix64(key ^ LOSS)) >= kept {
            return None;
        }
        let mut ns = 0;
        let latency = if spec.latency == NONE {
            self.zone_latency(m, a, b)
        } else {
            spec.latency
        };
        if latency != NONE {
            let draw = &m.draws[latency as usize];
            ns += draw.sampler.sample_ns(key ^ draw.stream);
        }
        for &(_, added) in &state.added {
            let draw = &m.draws[added as usize];
            ns += draw.sampler.sample_ns(key ^ draw.stream);
        }
        if spec.ns_per_byte > 0.0 {
            ns += (self.message_bytes(m, g, wire, way) * spec.ns_per_byte) as u64;
        }
        Some(ns)
    }

    /// Time for a queue's message to reach its worker. Deliveries are not lost: the worker asks again.
    pub(super) fn message_transit(&mut self, m: &Model, f: u32, wire: u32, a: u32, b: u32) -> u64 {
        if self.wires[wire as usize].plain {
            return 0;
        }
        self.transit(m, f, wire, a, b, OUT).unwrap_or(0)
    }

    /// The draw of one-way latency between the zones of two replicas.
    fn zone_latency(&self, m: &Model, a: u32, b: u32) -> u32 {
        if a == NONE || b == NONE {
            return NONE;
        }
        let (za, zb) = (m.replicas[a as usize].zone, m.replicas[b as usize].zone);
        if za == NONE || zb == NONE {
            return NONE;
        }
        m.zone_latency[za as usize * m.zones.len() + zb as usize]
    }

    fn message_bytes(&self, m: &Model, g: u32, wire: u32, way: u64) -> f64 {
        let spec = &m.wires[wire as usize];
        let given = if way == OUT {
            spec.request_bytes
        } else {
            spec.response_bytes
        };
        if let Some(bytes) = given {
            return bytes as f64;
        }
        let frame = &self.frames[g as usize];
        let flow = &m.flows[usize::from(frame.flow)];
        let sampler = if way == OUT {
            &flow.request
        } else {
            &flow.response
        };
        sampler.sample(&mut crate::stats::rng::Keyed::new(
            frame.key ^ way ^ spec.stream,
        ))
    }

    /// Whether messages along a wire need looking at, after a fault has begun or ended.
    pub(super) fn judge_wire(&mut self, m: &Model, wire: u32) {
        let state = &mut self.wires[wire as usize];
        state.plain = m.wires[wire as usize].features & feature::NETWORK == 0
            && state.added.is_empty()
            && state.losses.is_empty()
            && !self.faults.any_partition();
    }
}
