//! Calls: from the step in the caller to the arrival at a replica of the callee.

use super::in_place::APART;
use super::state::{Frame, Limiter, Waits, flag, trouble};
use super::{GOLDEN, Next, State};
use crate::sim::measure::{Cause, Place, Spent};
use crate::sim::model::{Entry, Model, NONE, SiteSpec, feature};
use crate::sim::parts::limiter::Verdict;
use crate::stats::rng::{mix64, unit_f64};

/// Names of the randomness around a call, apart from that of the step it stands in.
pub(super) mod stream {
    pub(crate) const EFFECT: u64 = 0x6566_6665_6374;
    pub(super) const ERRORS: u64 = 0x6572_726f_7273;
    pub(super) const CONNECT: u64 = 0x636f_6e6e_6563;
    pub(super) const SHED: u64 = 0x7368_6564;
}

/// The replica that gets an attempt: balancing instance and number in it, and the key of the
/// callee's randomness.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    pub group: u32,
    pub slot: u16,
    pub key: u64,
}

impl State {
    /// Begins a call, or the next try of one.
    #[inline]
    pub(super) fn call(&mut self, m: &Model, f: u32, site: u32) -> Next {
        let spec = &m.sites[site as usize];
        let frame = &mut self.frames[f as usize];
        let connected = frame.waits == Waits::Connected;
        frame.waits = Waits::Answer;
        if connected {
            return self.attempt(m, f, site, 0);
        }
        let first = frame.attempt == 0;
        let wire = &mut self.record.wires[spec.wire as usize];
        if first {
            wire.calls += 1;
        } else {
            wire.retries += 1;
        }
        let frame = &self.frames[f as usize];
        if self.calls_in_place(spec, frame) {
            return self.call_in_place(m, f, site);
        }
        if spec.features & !feature::NETWORK == 0 && frame.flags & flag::DEADLINE == 0 {
            return self.attempt(m, f, site, 0);
        }
        self.call_by_policy(m, f, site, first)
    }

    #[inline(never)]
    fn call_by_policy(&mut self, m: &Model, f: u32, site: u32, first: bool) -> Next {
        let spec = &m.sites[site as usize];
        let wire = &m.wires[spec.wire as usize];
        let mut extra_delay = 0;
        let told = self.frames[f as usize].flags & flag::DEADLINE != 0;
        if spec.features & feature::GUARDS != 0 || told {
            match self.guards(m, f, spec, first) {
                Ok(delay) => extra_delay = delay,
                Err(cause) => return self.attempt_failed(m, f, cause),
            }
        } else if first {
            self.begin_tries(f, u64::MAX);
        }
        if spec.features & (feature::TIMEOUT | feature::DEADLINE) != 0 || told {
            self.arm_timeout(m, f, spec);
        }
        if spec.features & feature::HEDGE != 0 {
            let serial = self.frames[f as usize].serial;
            self.frames[f as usize].hedges = 0;
            self.arm(m, wire.hedge_ring, f, serial);
        }
        if spec.features & feature::POOL != 0 && !self.take_connection(m, f, spec) {
            return NONE;
        }
        self.attempt(m, f, site, extra_delay)
    }

    /// What stands before an attempt at the caller: depth, deadline, bulkhead, rate limits, breaker
    /// and the retry budget's count. Gives a delay by a leaky bucket, or why the attempt is refused.
    fn guards(&mut self, m: &Model, f: u32, spec: &SiteSpec, first: bool) -> Result<u64, Cause> {
        let wire = &m.wires[spec.wire as usize];
        let frame = &self.frames[f as usize];
        let end = self.end_of(m, frame.replica, spec.wire);
        if spec.features & feature::DEPTH != 0 && u32::from(frame.depth) >= wire.max_depth {
            return Err(Cause::Rejected);
        }
        if first {
            let deadline = self.call_deadline(m, f, spec);
            self.begin_tries(f, deadline);
            if let Some(budget) = self.ends[end].budget.as_mut() {
                budget.on_call(self.now);
            }
        }
        if self.extras[f as usize].call_deadline <= self.now {
            return Err(Cause::Timeout);
        }
        if wire.bulkhead != NONE && self.frames[f as usize].flags & flag::BULKHEAD == 0 {
            if self.ends[end].under_way >= wire.bulkhead {
                return Err(Cause::Rejected);
            }
            self.ends[end].under_way += 1;
            self.frames[f as usize].flags |= flag::BULKHEAD;
            self.extras[f as usize].bulkhead = spec.wire;
        }
        let mut delay = 0;
        let rkey = self.extras[f as usize].rkey;
        for (limit, limited) in self.ends[end].limits.iter_mut().zip(&wire.limits) {
            if !limited.endpoints.is_empty() && !limited.endpoints.contains(&spec.endpoint) {
                continue;
            }
            match limit.check(rkey, self.now) {
                Verdict::Pass => {}
                Verdict::Delay(by) => delay += by,
                Verdict::Refuse => return Err(Cause::Limited),
            }
        }
        if let Some(breaker) = self.ends[end].breaker.as_mut() {
            if !breaker.allow(self.now) {
                return Err(Cause::BreakerOpen);
            }
            self.extras[f as usize].epoch = breaker.epoch();
        }
        Ok(delay)
    }

    /// A call begins that must be over at a time, however often it is tried.
    fn begin_tries(&mut self, f: u32, deadline: u64) {
        let extra = &mut self.extras[f as usize];
        extra.call_deadline = deadline;
        extra.backoff_ns = 0.0;
    }

    fn call_deadline(&self, m: &Model, f: u32, spec: &SiteSpec) -> u64 {
        let wire = &m.wires[spec.wire as usize];
        let frame = &self.frames[f as usize];
        let mut deadline = u64::MAX;
        if wire.deadline_ns != u64::MAX {
            deadline = self.now.saturating_add(wire.deadline_ns);
        }
        if frame.flags & flag::ROOT != 0 {
            let flow = &m.flows[usize::from(frame.flow)];
            if flow.deadline_ns != u64::MAX {
                deadline = deadline.min(frame.start.saturating_add(flow.deadline_ns));
            }
        }
        if frame.flags & flag::DEADLINE != 0 {
            deadline = deadline.min(self.extras[f as usize].deadline);
        }
        deadline
    }

    /// The caller replica's end of a wire.
    #[inline]
    pub(super) fn end_of(&self, m: &Model, replica: u32, wire: u32) -> usize {
        (m.wires[wire as usize].ends + m.replicas[replica as usize].local) as usize
    }

    /// Takes a pooled connection, or waits for one.
    fn take_connection(&mut self, m: &Model, f: u32, spec: &SiteSpec) -> bool {
        let end = self.end_of(m, self.frames[f as usize].replica, spec.wire);
        let Some(pool) = self.ends[end].pool.as_mut() else {
            return true;
        };
        pool.touch(self.now);
        if pool.busy < pool.size {
            pool.busy += 1;
            self.record.wires[spec.wire as usize]
                .pool_wait
                .record_zero();
            return true;
        }
        let frame = &mut self.frames[f as usize];
        frame.mark = self.now;
        frame.waits = Waits::Pool;
        pool.queue.push_back(&mut self.frames, f);
        let ring = m.wires[spec.wire as usize].pool_ring;
        if ring != NONE {
            let serial = self.frames[f as usize].serial;
            self.arm(m, ring, f, serial);
        }
        false
    }

    /// A connection is free: who waits longest takes it.
    pub(super) fn free_connection(&mut self, m: &Model, replica: u32, wire: u32, broken: bool) {
        let end = self.end_of(m, replica, wire);
        let now = self.now;
        let Some(pool) = self.ends[end].pool.as_mut() else {
            return;
        };
        pool.touch(now);
        if !broken {
            pool.idle += 1;
        }
        // A pool that was made smaller while the model runs gives connections up first.
        let next = if pool.busy > pool.size {
            None
        } else {
            pool.queue.pop_front(&mut self.frames)
        };
        let Some(f) = next else {
            pool.busy -= 1;
            return;
        };
        let waited = now - self.frames[f as usize].mark;
        self.record.wires[wire as usize].pool_wait.record(waited);
        if self.frames[f as usize].flags & flag::TRACED != 0 {
            self.note(f, Place::Wire(wire), Spent::Pool);
        }
        // Not at once: an attempt that fails at once would free the connection again, and so on down the whole queue.
        self.frames[f as usize].waits = Waits::Connected;
        self.go_on(f);
    }

    /// Sends one attempt of a call: chooses a replica, makes the callee's frame, and lets it travel.
    #[inline]
    pub(super) fn attempt(&mut self, m: &Model, f: u32, site: u32, extra_delay: u64) -> Next {
        let spec = &m.sites[site as usize];
        let key = self.attempt_key(f, spec);
        match self.choose_target(m, f, spec, key) {
            Some(chosen) => self.attempt_at(m, f, site, &chosen, extra_delay),
            None => self.no_target(m, f, spec),
        }
    }

    /// The key of the randomness of an attempt's callee.
    #[inline]
    pub(super) fn attempt_key(&self, f: u32, spec: &SiteSpec) -> u64 {
        let caller = &self.frames[f as usize];
        let attempt = u64::from(caller.attempt) + (u64::from(caller.hedges) << 8);
        let visit = u64::from(caller.visit).wrapping_mul(GOLDEN);
        if spec.transparent && attempt == 0 {
            caller.key
        } else {
            mix64(caller.key ^ spec.stream ^ visit ^ (attempt << 48))
        }
    }

    /// The balancing instance of the replica at which a frame is.
    #[inline]
    pub(super) fn group_at(&self, m: &Model, f: u32, spec: &SiteSpec) -> u32 {
        let local = m.replicas[self.frames[f as usize].replica as usize].local;
        m.groups[spec.group as usize].instances + local
    }

    /// Chooses the replica for a call.
    #[inline(always)]
    pub(super) fn choose_target(
        &mut self,
        m: &Model,
        f: u32,
        spec: &SiteSpec,
        key: u64,
    ) -> Option<Chosen> {
        let group = self.group_at(m, f, spec);
        let slot = self.choose(m, spec.group, group, key, f)? as u16;
        Some(Chosen { group, slot, key })
    }

    /// Sends an attempt to the replica that was chosen.
    #[inline(always)]
    pub(super) fn attempt_at(
        &mut self,
        m: &Model,
        f: u32,
        site: u32,
        chosen: &Chosen,
        extra_delay: u64,
    ) -> Next {
        let spec = &m.sites[site as usize];
        let g = self.callee(m, f, site, chosen);
        let caller = &self.frames[f as usize];
        if caller.flags & flag::ROOT != 0 {
            self.record.endpoints[caller.endpoint as usize].attempts += 1;
        }
        let wire = self.frames[g as usize].wire;
        self.record.wires[wire as usize].attempts += 1;
        if spec.features & feature::POOL != 0 {
            self.frames[g as usize].flags |= flag::POOLED;
        }
        let mut delay = extra_delay;
        if spec.features & (feature::CONNECT | feature::POOL) != 0 {
            delay += self.connect(m, f, g, spec);
        }
        if self.wires[wire as usize].plain && delay == 0 {
            if spec.forward != NONE && self.calm && self.frames[g as usize].flags & APART == 0 {
                self.forward(m, g, spec.forward);
            }
            return self.arrive(m, g);
        }
        self.travel(m, g, wire, delay)
    }

    /// There is nobody to send an attempt to: its connection is free, and its breaker learns of a failure.
    #[inline(never)]
    pub(super) fn no_target(&mut self, m: &Model, f: u32, spec: &SiteSpec) -> Next {
        let replica = self.frames[f as usize].replica;
        if spec.features & feature::BREAKER != 0 {
            let end = self.end_of(m, replica, spec.wire);
            if let Some(breaker) = self.ends[end].breaker.as_mut() {
                breaker.on_result_of(self.extras[f as usize].epoch, self.now, false);
            }
        }
        if spec.features & feature::POOL != 0 {
            self.free_connection(m, replica, spec.wire, false);
        }
        self.attempt_failed(m, f, Cause::Unavailable)
    }

    /// Time to open a connection, if one must be opened.
    #[inline(never)]
    fn connect(&mut self, m: &Model, f: u32, g: u32, spec: &SiteSpec) -> u64 {
        let wire = &m.wires[spec.wire as usize];
        let end = self.end_of(m, self.frames[f as usize].replica, spec.wire);
        if let Some(pool) = self.ends[end].pool.as_mut()
            && pool.idle > 0
        {
            pool.idle -= 1;
            return 0;
        }
        if wire.connect == NONE {
            return 0;
        }
        let draw = &m.draws[wire.connect as usize];
        draw.sampler
            .sample_ns(self.frames[g as usize].key ^ draw.stream ^ stream::CONNECT)
    }

    /// The callee's frame of an attempt, linked to its caller.
    #[inline(always)]
    pub(super) fn callee(&mut self, m: &Model, f: u32, site: u32, chosen: &Chosen) -> u32 {
        let spec = &m.sites[site as usize];
        let target = m.groups[spec.group as usize].targets[usize::from(chosen.slot)];
        let entry = m.site_entries[spec.entries as usize + usize::from(target.ordinal)];
        let g = self.allocate();
        let caller = &mut self.frames[f as usize];
        let sibling = std::mem::replace(&mut caller.child, g);
        let (parent_serial, depth) = (caller.serial, caller.depth);
        let (flow, priority) = (caller.flow, caller.priority);
        let caller_flags = caller.flags;
        let mut flags = caller_flags & flag::INHERITED;
        if spec.repeatable {
            flags |= flag::REPEATABLE;
        }
        if spec.idempotent {
            flags |= flag::IDEMPOTENT;
        }
        let frame = &mut self.frames[g as usize];
        *frame = Frame {
            key: chosen.key,
            start: self.now,
            mark: self.now,
            due: u64::MAX,
            sent: self.now,
            // The endpoint stands here until the request arrives.
            pc: entry,
            serial: frame.serial,
            parent: f,
            parent_serial,
            replica: target.replica,
            stations: target.stations,
            site,
            wire: target.wire,
            group: chosen.group,
            sibling,
            flags,
            flow,
            priority,
            slot: chosen.slot,
            depth: depth.saturating_add(1),
            ..Frame::fresh()
        };
        if m.uses_keys {
            self.extras[g as usize].rkey = self.extras[f as usize].rkey;
        }
        if m.tracks_effects {
            let visit = u64::from(self.frames[f as usize].visit).wrapping_mul(GOLDEN);
            let effect = self.extras[f as usize].effect;
            self.extras[g as usize].effect = mix64(effect ^ spec.stream ^ visit ^ stream::EFFECT);
        }
        if spec.features & feature::PROPAGATE != 0
            || caller_flags & (flag::TX | flag::IN_TX | flag::TRACED) != 0
        {
            self.inherit(m, f, g, spec, caller_flags);
        }
        g
    }

    /// What only some callees learn from their callers: a deadline, a transaction, being followed.
    #[inline(never)]
    fn inherit(&mut self, m: &Model, f: u32, g: u32, spec: &SiteSpec, caller_flags: u32) {
        if spec.features & feature::PROPAGATE != 0 {
            self.extras[g as usize].deadline = self.attempt_deadline(m, f, spec);
            self.frames[g as usize].flags |= flag::DEADLINE;
        }
        if caller_flags & (flag::TX | flag::IN_TX) != 0 && self.in_transaction(m, f, g) {
            let caller = &self.extras[f as usize];
            let (tx, tx_serial) = (caller.tx, caller.tx_serial);
            let callee = &mut self.extras[g as usize];
            (callee.tx, callee.tx_serial) = (tx, tx_serial);
            self.frames[g as usize].flags |= flag::IN_TX;
        }
        if caller_flags & flag::TRACED != 0 {
            let wire = self.frames[g as usize].wire;
            self.open_activation(f, g, Place::Wire(wire));
        }
    }

    /// When the caller will give the present attempt up.
    pub(super) fn attempt_deadline(&self, m: &Model, f: u32, spec: &SiteSpec) -> u64 {
        let wire = &m.wires[spec.wire as usize];
        let by_call = self.extras[f as usize].call_deadline;
        if wire.timeout_ns == u64::MAX {
            by_call
        } else {
            by_call.min(self.now.saturating_add(wire.timeout_ns))
        }
    }

    /// The request reaches its replica: its troubles first, then the program of its endpoint.
    #[inline(always)]
    pub(super) fn arrive(&mut self, m: &Model, g: u32) -> Next {
        let frame = &mut self.frames[g as usize];
        frame.start = self.now;
        frame.flags |= flag::ARRIVED;
        let replica = &self.replicas[frame.replica as usize];
        let node = replica.node;
        let traced = frame.flags & flag::TRACED != 0;
        let troubled = replica.flags != 0;
        self.record.nodes[node as usize].arrivals += 1;
        if traced {
            let (wire, sent) = (self.frames[g as usize].wire, self.frames[g as usize].sent);
            self.note_from(g, Place::Wire(wire), Spent::Network, sent);
        }
        if troubled {
            self.arrive_in_trouble(m, g)
        } else {
            g
        }
    }

    #[inline(never)]
    fn arrive_in_trouble(&mut self, m: &Model, g: u32) -> Next {
        let r = self.frames[g as usize].replica;
        let replica = &mut self.replicas[r as usize];
        if replica.flags & trouble::DOWN != 0 {
            self.record.nodes[replica.node as usize].arrivals -= 1;
            self.frames[g as usize].flags &= !flag::ARRIVED;
            return self.fail(m, g, Cause::Unavailable);
        }
        if replica.flags & trouble::PAUSED != 0 {
            self.frames[g as usize].waits = Waits::Pause;
            self.frames[g as usize].mark = self.now;
            replica.parked.push_back(&mut self.frames, g);
            return NONE;
        }
        if replica.flags & trouble::ERRORS != 0 {
            let errors = replica.errors;
            if unit_f64(mix64(self.frames[g as usize].key ^ stream::ERRORS)) < errors {
                return self.fail(m, g, Cause::Error);
            }
        }
        if self.replicas[r as usize].flags & trouble::ENTRY != 0 {
            return self.enter(m, g);
        }
        g
    }

    /// The limit of a node on what may be inside one replica.
    pub(super) fn enter(&mut self, m: &Model, g: u32) -> Next {
        let frame = &self.frames[g as usize];
        let priority = u32::from(frame.priority);
        let station = &self.stations[frame.stations as usize];
        let waiting = station.queue.len;
        let key = frame.key;
        let replica = &mut self.replicas[frame.replica as usize];
        let allowed = match m.nodes[replica.node as usize].entry {
            Entry::Open => true,
            Entry::Concurrency(limit) => replica.inside < limit,
            Entry::Adaptive(..) => replica
                .adaptive
                .as_ref()
                .is_none_or(|adaptive| replica.inside < adaptive.limit()),
            Entry::Shed(start, full) => {
                // Priority p is refused from start + p/8 of the way to full on, in a straight line.
                let span = f64::from(full.saturating_sub(start).max(1));
                let from = f64::from(start) + span * f64::from(priority) / 8.0;
                let to = f64::from(start) + span * f64::from(priority + 1) / 8.0;
                let refused = (f64::from(waiting) - from) / (to - from);
                unit_f64(mix64(key ^ stream::SHED)) >= refused
            }
        };
        if !allowed {
            return self.reject(m, g, Cause::Rejected);
        }
        replica.inside += 1;
        self.frames[g as usize].flags |= flag::INSIDE;
        g
    }

    /// The rate limits of a node.
    #[inline(never)]
    pub(super) fn node_limit(&mut self, m: &Model, f: u32, first: u32, n: u16) -> Next {
        let rkey = self.extras[f as usize].rkey;
        let mut delay = 0;
        for i in first..first + u32::from(n) {
            match self.node_limits[i as usize].check(rkey, self.now) {
                Verdict::Pass => {}
                Verdict::Delay(by) => delay += by,
                Verdict::Refuse => return self.reject(m, f, Cause::Limited),
            }
        }
        let frame = &mut self.frames[f as usize];
        frame.pc += 1;
        if delay == 0 {
            return f;
        }
        frame.mark = self.now;
        if frame.flags & flag::TRACED != 0 {
            self.note_ahead_here(f, Spent::Limit, delay);
        }
        self.schedule(f, self.now.saturating_add(delay));
        NONE
    }

    /// Sends a call that nobody waits for.
    #[inline(never)]
    pub(super) fn send(&mut self, m: &Model, f: u32, site: u32) -> Next {
        let spec = &m.sites[site as usize];
        self.record.wires[spec.wire as usize].calls += 1;
        let (child, waits) = {
            let frame = &self.frames[f as usize];
            (frame.child, frame.waits)
        };
        let caller = &self.frames[f as usize];
        let key = mix64(caller.key ^ spec.stream ^ u64::from(caller.visit).wrapping_mul(GOLDEN));
        if let Some(chosen) = self.choose_target(m, f, spec, key) {
            let traced = self.frames[f as usize].flags & flag::TRACED;
            self.frames[f as usize].flags &= !flag::TRACED;
            let g = self.callee(m, f, site, &chosen);
            self.frames[f as usize].flags |= traced;
            let frame = &mut self.frames[g as usize];
            frame.parent = NONE;
            frame.sibling = NONE;
            frame.flags |= flag::ALONE | flag::SETTLED;
            let wire = frame.wire;
            // Nobody will settle it.
            let group = &mut self.groups[chosen.group as usize];
            group.outstanding[usize::from(chosen.slot)] -= 1;
            group.total -= 1;
            self.record.wires[wire as usize].attempts += 1;
            let next = self.travel(m, g, wire, 0);
            self.wake(next);
        }
        let frame = &mut self.frames[f as usize];
        frame.child = child;
        frame.waits = waits;
        frame.pc += 1;
        f
    }
}

impl Limiter {
    pub(super) fn check(&mut self, key: u64, now: u64) -> Verdict {
        match self {
            Limiter::Global(limiter) => limiter.check(now),
            Limiter::Keyed(limiter) => limiter.check(now, key),
        }
    }
}
