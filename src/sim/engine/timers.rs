//! Timers: constant timeouts in rings that cost the event set one entry each, others one by one.

use super::state::{Waits, flag};
use super::{State, event};
use crate::sim::measure::Cause;
use crate::sim::model::{Model, NONE, RingKind, SiteSpec, feature};

/// Timers that have a length of their own.
#[derive(Debug, Clone, Default)]
pub(super) struct Timers {
    slots: Vec<(u32, u32)>,
    free: Vec<u32>,
}

impl Timers {
    fn add(&mut self, frame: u32, serial: u32) -> u32 {
        if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = (frame, serial);
            return slot;
        }
        self.slots.push((frame, serial));
        self.slots.len() as u32 - 1
    }

    fn take(&mut self, slot: u32) -> (u32, u32) {
        self.free.push(slot);
        self.slots[slot as usize]
    }
}

impl State {
    /// Starts a timer of a ring for a frame (or a message) as it is now.
    #[inline]
    pub(super) fn arm(&mut self, m: &Model, ring: u32, who: u32, serial: u32) {
        let deadline = self.now.saturating_add(m.rings[ring as usize].after_ns);
        self.rings[ring as usize].push(deadline, who, serial);
        if !self.rings_armed[ring as usize] {
            self.rings_armed[ring as usize] = true;
            self.post(deadline, event::RING, ring);
        }
    }

    /// Starts the timer of an attempt.
    #[inline]
    pub(super) fn arm_timeout(&mut self, m: &Model, f: u32, spec: &SiteSpec) {
        let wire = &m.wires[spec.wire as usize];
        let serial = self.frames[f as usize].serial;
        let told = self.frames[f as usize].flags & flag::DEADLINE != 0;
        if spec.features & (feature::DEADLINE | feature::PROPAGATE) == 0 && !told {
            self.arm(m, wire.timeout_ring, f, serial);
            return;
        }
        let deadline = self.attempt_deadline(m, f, spec);
        if deadline == u64::MAX {
            return;
        }
        if wire.timeout_ns != u64::MAX && deadline == self.now + wire.timeout_ns {
            self.arm(m, wire.timeout_ring, f, serial);
            return;
        }
        let slot = self.timers.add(f, serial);
        self.post(deadline, event::TIMER, slot);
    }

    pub(super) fn timer_fires(&mut self, m: &Model, slot: u32) {
        let (f, serial) = self.timers.take(slot);
        if self.frames[f as usize].serial == serial {
            self.attempt_times_out(m, f);
        }
    }

    pub(super) fn ring_fires(&mut self, m: &Model, index: u32) {
        let ring = m.rings[index as usize];
        while let Some((deadline, who, serial)) = self.rings[index as usize].front() {
            if deadline > self.now {
                break;
            }
            self.rings[index as usize].pop_front();
            match ring.kind {
                RingKind::Visibility(queue) => self.becomes_visible(m, queue, who, serial),
                _ if self.frames[who as usize].serial != serial => {}
                RingKind::Timeout => self.attempt_times_out(m, who),
                RingKind::Pool => {
                    if self.frames[who as usize].waits == Waits::Pool {
                        self.pool_times_out(m, who);
                    }
                }
                RingKind::Hedge => self.hedge(m, who),
                RingKind::Lock => {
                    if self.frames[who as usize].waits == Waits::Lock {
                        self.lock_times_out(m, who);
                    }
                }
            }
        }
        let frames = &self.frames;
        let next = match ring.kind {
            RingKind::Visibility(queue) => {
                let queue = &self.queues[queue as usize];
                self.rings[index as usize].pop_dead(|who, serial| queue.is_hidden(who, serial))
            }
            _ => self.rings[index as usize]
                .pop_dead(|who, serial| frames[who as usize].serial == serial),
        };
        match next {
            Some(deadline) => self.post(deadline, event::RING, index),
            None => self.rings_armed[index as usize] = false,
        }
    }

    /// The caller has waited long enough for an attempt.
    fn attempt_times_out(&mut self, m: &Model, p: u32) {
        if matches!(
            self.frames[p as usize].waits,
            Waits::Pool | Waits::Connected
        ) {
            // Also at the beginning of a transaction, which is no call.
            self.pool_times_out(m, p);
            return;
        }
        let Some(site) = self.site_of_call(m, p) else {
            return;
        };
        let cancel = m.sites[site as usize].features & feature::CANCEL != 0;
        let mut g = self.frames[p as usize].child;
        self.frames[p as usize].child = NONE;
        while g != NONE {
            let next = self.frames[g as usize].sibling;
            self.give_up(m, p, g, cancel, Cause::Timeout, true);
            g = next;
        }
        let next = self.attempt_failed(m, p, Cause::Timeout);
        self.wake(next);
    }

    /// No connection in time: the attempt fails as a timeout.
    fn pool_times_out(&mut self, m: &Model, p: u32) {
        self.stop_waiting(m, p);
        let next = self.attempt_failed(m, p, Cause::Timeout);
        self.wake(next);
    }

    /// The answer is slow: another attempt goes out beside the first.
    fn hedge(&mut self, m: &Model, p: u32) {
        if self.frames[p as usize].waits != Waits::Answer || self.frames[p as usize].child == NONE {
            return;
        }
        let Some(site) = self.site_of_call(m, p) else {
            return;
        };
        let spec = &m.sites[site as usize];
        let wire = &m.wires[spec.wire as usize];
        if self.frames[p as usize].hedges >= wire.hedges {
            return;
        }
        if spec.features & feature::POOL != 0 {
            let end = self.end_of(m, self.frames[p as usize].replica, spec.wire);
            match self.ends[end].pool.as_mut() {
                Some(pool) if pool.busy < pool.size => {
                    pool.touch(self.now);
                    pool.busy += 1;
                }
                Some(_) => return,
                None => {}
            }
        }
        self.frames[p as usize].hedges += 1;
        self.record.wires[spec.wire as usize].hedges += 1;
        let serial = self.frames[p as usize].serial;
        let next = self.attempt(m, p, site, 0);
        self.wake(next);
        if self.frames[p as usize].serial == serial && self.frames[p as usize].hedges < wire.hedges
        {
            self.arm(m, wire.hedge_ring, p, serial);
        }
    }
}
