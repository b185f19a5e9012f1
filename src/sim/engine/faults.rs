//! Faults: when they begin and end, and what they do to replicas, wires, caches and traffic.

use super::agenda::Planned;
use super::state::{Waits, flag, trouble};
use super::{GOLDEN, State, event};
use crate::sim::model::{FaultPlan, FaultSpec, Model, NONE, Op, PC_ARRIVE, PC_DELIVER, WhichSpec};
use crate::stats::rng::{Bits, Keyed, below, mix64};

/// Most faults of one run: each is remembered.
const OCCURRENCES_MAX: usize = 100_000;

/// The faults while a model runs.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults {
    /// By plan: the replicas touched by the fault that is on now.
    touched: Vec<Vec<u32>>,
    on: Vec<bool>,
    occurrences: Vec<u64>,
    /// Index into the log of the one that is on.
    logged: Vec<usize>,
    /// Name, start, end.
    pub log: Vec<(String, u64, u64)>,
    /// Active partitions: for each replica, 1 or 2 for its side, 0 for none.
    partitions: Vec<(u32, Vec<u8>)>,
    pub paused: u32,
}

impl Faults {
    pub(super) fn new(m: &Model) -> Self {
        let n = m.faults.len();
        Self {
            touched: vec![Vec::new(); n],
            on: vec![false; n],
            occurrences: vec![0; n],
            logged: vec![0; n],
            ..Self::default()
        }
    }

    /// Whether messages between two replicas cannot pass.
    pub(super) fn partitioned(&self, a: u32, b: u32) -> bool {
        a != NONE
            && b != NONE
            && self.partitions.iter().any(|(_, sides)| {
                let (a, b) = (sides[a as usize], sides[b as usize]);
                a != 0 && b != 0 && a != b
            })
    }

    /// Whether a fault of a plan has happened.
    pub(super) fn has_begun(&self, plan: usize) -> bool {
        self.on[plan] || self.occurrences[plan] > 0
    }

    /// Whether the fault of a plan is on.
    pub(super) fn is_on(&self, plan: usize) -> bool {
        self.on[plan]
    }

    /// Since when the fault of a plan is on, in ns.
    pub(super) fn since(&self, plan: usize) -> u64 {
        self.log[self.logged[plan]].1
    }

    /// By plan, the replicas touched by the faults that are on.
    pub(super) fn on(&self) -> impl Iterator<Item = (usize, &[u32])> {
        let touched = |(i, &on): (usize, &bool)| on.then(|| (i, self.touched[i].as_slice()));
        self.on.iter().enumerate().filter_map(touched)
    }

    pub(super) fn any_partition(&self) -> bool {
        !self.partitions.is_empty()
    }
}

impl State {
    /// Plans the first occurrence of every fault.
    pub(super) fn begin_faults(&mut self, m: &Model) {
        for plan in 0..m.faults.len() as u32 {
            self.plan_first(m, plan);
        }
    }

    fn plan_first(&mut self, m: &Model, plan: u32) {
        let spec = &m.faults[plan as usize];
        let at = if spec.every.is_some() && spec.at_ns == 0 {
            self.now.saturating_add(self.fault_time(m, plan, true))
        } else {
            spec.at_ns
        };
        self.agenda.add(at, Planned::Fault(plan));
    }

    /// A drawn time of a plan: between occurrences, or the length of one.
    fn fault_time(&self, m: &Model, plan: u32, between: bool) -> u64 {
        self.drawn_time(&m.faults[plan as usize], plan as usize, between)
    }

    fn drawn_time(&self, spec: &FaultPlan, plan: usize, between: bool) -> u64 {
        let n = self.faults.occurrences[plan];
        let key =
            mix64(self.seed ^ spec.stream ^ n.wrapping_mul(GOLDEN) ^ u64::from(between) << 63);
        let sampler = if between {
            spec.every.as_ref()
        } else {
            spec.lasts.as_ref()
        };
        sampler.map_or(u64::MAX, |sampler| sampler.sample_ns(key))
    }

    /// When the fault of a plan ends that is on, in ns, if it lasts as long as `spec` says.
    pub(super) fn fault_end(&self, spec: &FaultPlan, plan: usize) -> u64 {
        let began = self.faults.since(plan);
        began.saturating_add(self.drawn_time(spec, plan, false))
    }

    /// Takes faults over that were added, taken back before they began, or end at another time.
    pub(super) fn adopt_faults(&mut self, m: &Model, old: &Model) {
        let faults = &mut self.faults;
        let n = m.faults.len();
        faults.touched.resize(n, Vec::new());
        faults.on.resize(n, false);
        faults.occurrences.resize(n, 0);
        faults.logged.resize(n, 0);
        for plan in n..old.faults.len() {
            self.agenda.cancel(Planned::Fault(plan as u32));
        }
        for (i, spec) in m.faults.iter().enumerate() {
            let plan = i as u32;
            if self.faults.on[i] {
                self.agenda.cancel(Planned::FaultEnd(plan));
                let end = self.fault_end(spec, i);
                if end < m.meta.duration_ns {
                    self.agenda.add(end, Planned::FaultEnd(plan));
                }
                self.adopt_active(m, plan);
            } else if old.faults.get(i).is_none_or(|was| was.at_ns != spec.at_ns) {
                self.agenda.cancel(Planned::Fault(plan));
                self.plan_first(m, plan);
            }
        }
    }

    /// What an active fault draws from has another place in the model.
    fn adopt_active(&mut self, m: &Model, plan: u32) {
        if let FaultSpec::Latency { wire, draw } = m.faults[plan as usize].fault {
            for added in &mut self.wires[wire as usize].added {
                if added.0 == plan {
                    added.1 = draw;
                }
            }
        }
    }

    pub(super) fn fault_begins(&mut self, m: &Model, plan: u32) {
        let i = plan as usize;
        let spec = &m.faults[i];
        if self.faults.log.len() >= OCCURRENCES_MAX {
            self.stopped = Some(format!(
                "{OCCURRENCES_MAX} faults have happened by {:.3} s of simulated time; let them happen more rarely",
                self.now as f64 / 1e9
            ));
            return;
        }
        if self.calm {
            self.calm = false;
            self.part_all(m);
        }
        self.faults.on[i] = true;
        self.faults.logged[i] = self.faults.log.len();
        self.faults
            .log
            .push((spec.name.clone(), self.now, u64::MAX));
        let lasts = self.fault_time(m, plan, false);
        self.faults.touched[i] = self.replicas_touched(m, plan);
        self.apply(m, plan, true);
        let end = self.now.saturating_add(lasts);
        if end < m.meta.duration_ns {
            self.agenda.add(end, Planned::FaultEnd(plan));
        }
    }

    pub(super) fn fault_ends(&mut self, m: &Model, plan: u32) {
        let i = plan as usize;
        if !self.faults.on[i] {
            return;
        }
        self.faults.on[i] = false;
        let logged = self.faults.logged[i];
        self.faults.log[logged].2 = self.now;
        self.apply(m, plan, false);
        self.calm = !self.faults.on.contains(&true);
        self.faults.occurrences[i] += 1;
        if m.faults[i].every.is_some() {
            let at = self.now.saturating_add(self.fault_time(m, plan, true));
            if at < m.meta.duration_ns {
                self.agenda.add(at, Planned::Fault(plan));
            }
        }
    }

    fn replicas_touched(&self, m: &Model, plan: u32) -> Vec<u32> {
        let spec = &m.faults[plan as usize];
        let (node, which) = match &spec.fault {
            FaultSpec::Crash { node, which }
            | FaultSpec::Slow { node, which, .. }
            | FaultSpec::Errors { node, which, .. }
            | FaultSpec::Grey { node, which, .. }
            | FaultSpec::Pause { node, which } => (*node, *which),
            FaultSpec::Zone { replicas } => return replicas.clone(),
            _ => return Vec::new(),
        };
        let node = &m.nodes[node as usize];
        let all: Vec<u32> = (node.first_replica..node.first_replica + node.replicas).collect();
        match which {
            WhichSpec::All => all,
            WhichSpec::Index(index) => all.get(index as usize).copied().into_iter().collect(),
            WhichSpec::Count(n) if spec.every.is_none() => {
                all.into_iter().take(n as usize).collect()
            }
            WhichSpec::Count(n) => {
                let mut left = all;
                let occurrence = self.faults.occurrences[plan as usize];
                let mut bits = Keyed::new(self.seed ^ spec.stream ^ mix64(occurrence));
                let mut taken = Vec::new();
                for _ in 0..n.min(left.len() as u32) {
                    let i = below(bits.next_u64(), left.len() as u64) as usize;
                    taken.push(left.swap_remove(i));
                }
                taken.sort_unstable();
                taken
            }
        }
    }

    /// Carries a fault's beginning or end out.
    fn apply(&mut self, m: &Model, plan: u32, begins: bool) {
        let touched = self.faults.touched[plan as usize].clone();
        match &m.faults[plan as usize].fault {
            FaultSpec::Crash { .. } | FaultSpec::Zone { .. } => {
                for r in touched {
                    if begins {
                        self.crash(m, r);
                    } else {
                        self.restart(m, r);
                    }
                }
            }
            FaultSpec::Slow { .. } | FaultSpec::Errors { .. } | FaultSpec::Grey { .. } => {
                for r in touched {
                    self.judge_replica(m, r);
                }
            }
            FaultSpec::Pause { .. } => {
                for r in touched {
                    if begins {
                        self.pause(m, r);
                    } else {
                        self.resume(m, r);
                    }
                }
            }
            FaultSpec::Latency { wire, draw } => {
                let added = &mut self.wires[*wire as usize].added;
                added.retain(|&(by, _)| by != plan);
                if begins {
                    added.push((plan, *draw));
                }
                self.judge_wire(m, *wire);
            }
            FaultSpec::Loss { wire, rate } => {
                let losses = &mut self.wires[*wire as usize].losses;
                losses.retain(|&(by, _)| by != plan);
                if begins {
                    losses.push((plan, *rate));
                }
                self.judge_wire(m, *wire);
            }
            FaultSpec::Partition { side_a, side_b } => {
                self.faults.partitions.retain(|&(by, _)| by != plan);
                if begins {
                    let sides = side_a
                        .iter()
                        .zip(side_b)
                        .map(|(&a, &b)| u8::from(a) + 2 * u8::from(b && !a));
                    self.faults.partitions.push((plan, sides.collect()));
                }
                for wire in 0..m.wires.len() as u32 {
                    self.judge_wire(m, wire);
                }
                if !begins {
                    for queue in 0..m.queues.len() as u32 {
                        self.dispatch(m, queue);
                    }
                }
            }
            FaultSpec::Flush { cache } => {
                if begins {
                    self.flush_cache(m, *cache, None);
                }
            }
            FaultSpec::Traffic { flows, .. } | FaultSpec::HotKey { flows, .. } => {
                for &flow in flows {
                    self.judge_flow(m, flow);
                }
            }
        }
    }

    /// The product of the factors that active faults put on a flow's rate, and the hottest share.
    pub(super) fn flow_faults(&self, m: &Model, flow: u32) -> (f64, f64) {
        let (mut factor, mut hot) = (1.0, 0.0_f64);
        for (i, plan) in m.faults.iter().enumerate() {
            if !self.faults.on[i] {
                continue;
            }
            match &plan.fault {
                FaultSpec::Traffic { flows, factor: by } if flows.contains(&flow) => factor *= by,
                FaultSpec::HotKey { flows, share } if flows.contains(&flow) => {
                    hot = hot.max(*share);
                }
                _ => {}
            }
        }
        (factor, hot)
    }

    /// Works out what the active faults make of a replica's speed and answers.
    fn judge_replica(&mut self, m: &Model, r: u32) {
        let (mut slow, mut seen, mut good) = (1.0, 1.0, 1.0);
        for (i, plan) in m.faults.iter().enumerate() {
            if !self.faults.on[i] || !self.faults.touched[i].contains(&r) {
                continue;
            }
            match &plan.fault {
                FaultSpec::Slow { factor, .. } => {
                    slow *= factor;
                    seen *= factor;
                }
                FaultSpec::Grey { factor, rate, .. } => {
                    slow *= factor;
                    good *= 1.0 - rate;
                }
                FaultSpec::Errors { rate, .. } => good *= 1.0 - rate,
                _ => {}
            }
        }
        let replica = &mut self.replicas[r as usize];
        replica.slow = slow;
        replica.slow_seen = seen;
        replica.errors = 1.0 - good;
        if replica.errors > 0.0 {
            replica.flags |= trouble::ERRORS;
        } else {
            replica.flags &= !trouble::ERRORS;
        }
        let (first, n) = (replica.stations, m.nodes[replica.node as usize].stations);
        for s in first..first + u32::from(n) {
            self.stations[s as usize].slow = slow;
        }
    }

    fn stations_of(&self, m: &Model, r: u32) -> std::ops::Range<usize> {
        let replica = &self.replicas[r as usize];
        let first = replica.stations as usize;
        first..first + usize::from(m.nodes[replica.node as usize].stations)
    }

    /// Brings the time that a replica was up up to now.
    pub(super) fn touch_replica(&mut self, r: u32) {
        let replica = &mut self.replicas[r as usize];
        if replica.down == 0 {
            replica.up_area += u128::from(self.now - replica.since);
        }
        replica.since = self.now;
    }

    /// Frames at a replica: arrived, not answered yet, no clients' requests.
    fn frames_at(&self, r: u32) -> Vec<u32> {
        (0..self.frames.len() as u32)
            .filter(|&f| {
                let frame = &self.frames[f as usize];
                frame.replica == r
                    && frame.flags & (flag::FREE | flag::ROOT | flag::LOST) == 0
                    && frame.pc != PC_ARRIVE
                    && frame.pc != PC_DELIVER
            })
            .collect()
    }

    fn crash(&mut self, m: &Model, r: u32) {
        self.touch_replica(r);
        let replica = &mut self.replicas[r as usize];
        replica.down += 1;
        if replica.down > 1 {
            return;
        }
        replica.flags |= trouble::DOWN;
        let node = replica.node as usize;
        for s in self.stations_of(m, r) {
            self.stations[s].touch(self.now);
            self.stations[s].open = 0;
        }
        // Branches last: most end with the call that they belong to.
        let mut dying = self.frames_at(r);
        dying.sort_by_key(|&f| (self.frames[f as usize].flags & flag::BRANCH != 0, f));
        for f in dying {
            let frame = &self.frames[f as usize];
            let here = frame.replica == r && frame.pc != PC_DELIVER && frame.pc != PC_ARRIVE;
            if here && frame.flags & flag::FREE == 0 {
                self.die(m, f);
            }
        }
        for end in self.ends_of(m, r) {
            if let Some(pool) = self.ends[end].pool.as_mut() {
                pool.idle = 0;
            }
        }
        let spec = &m.nodes[node];
        if spec.db != NONE {
            self.break_flush(m, spec.db);
        }
        if spec.queue != NONE {
            self.lose_messages(m, spec.queue);
        }
        if spec.cache != NONE && (m.caches[spec.cache as usize].per_replica || spec.replicas == 1) {
            self.flush_cache(m, spec.cache, Some(m.replicas[r as usize].local));
        }
    }

    fn ends_of(&self, m: &Model, r: u32) -> Vec<usize> {
        let node = self.replicas[r as usize].node;
        let local = m.replicas[r as usize].local;
        m.wires
            .iter()
            .filter(|wire| wire.from == node)
            .map(|wire| (wire.ends + local) as usize)
            .collect()
    }

    fn restart(&mut self, m: &Model, r: u32) {
        self.touch_replica(r);
        let replica = &mut self.replicas[r as usize];
        replica.down -= 1;
        if replica.down > 0 {
            return;
        }
        replica.flags &= !trouble::DOWN;
        let node = replica.node as usize;
        if replica.paused == 0 {
            self.open_stations(m, r);
        }
        if m.nodes[node].queue != NONE {
            self.dispatch(m, m.nodes[node].queue);
        }
        if m.nodes[node].consumes != NONE {
            self.dispatch(m, m.nodes[node].consumes);
        }
    }

    fn open_stations(&mut self, m: &Model, r: u32) {
        for s in self.stations_of(m, r) {
            let station = &mut self.stations[s];
            station.touch(self.now);
            station.open = station.servers;
            if station.shared == NONE {
                self.start_waiting(m, s as u32);
            }
        }
    }

    /// A replica stops: what it works on keeps what is left of its time.
    fn pause(&mut self, m: &Model, r: u32) {
        let replica = &mut self.replicas[r as usize];
        replica.paused += 1;
        if replica.paused > 1 || replica.down > 0 {
            return;
        }
        replica.flags |= trouble::PAUSED;
        self.faults.paused += 1;
        for s in self.stations_of(m, r) {
            self.stations[s].touch(self.now);
            self.stations[s].open = 0;
        }
        for f in self.frames_at(r) {
            let frame = &mut self.frames[f as usize];
            if frame.due != u64::MAX {
                self.extras[f as usize].left_ns = frame.due - self.now;
                frame.due = u64::MAX;
                frame.flags |= flag::FROZEN;
            } else if frame.waits == Waits::Share {
                let s = self.station_served(m, f);
                let shared = self.stations[s].shared as usize;
                let left = self.shared[shared].jobs.remove(self.now, f).unwrap_or(0);
                self.extras[f as usize].left_ns = left;
                self.frames[f as usize].flags |= flag::FROZEN;
                self.shared_changed(s as u32);
            }
        }
        let db = m.nodes[self.replicas[r as usize].node as usize].db;
        if db != NONE && self.dbs[db as usize].due != u64::MAX {
            self.dbs[db as usize].left_ns = self.dbs[db as usize].due - self.now;
            self.dbs[db as usize].due = u64::MAX - 1;
        }
    }

    fn station_served(&self, m: &Model, f: u32) -> usize {
        let frame = &self.frames[f as usize];
        match m.ops[frame.pc as usize] {
            Op::VisitEnd { st } => (frame.stations + u32::from(st)) as usize,
            _ => frame.stations as usize,
        }
    }

    fn resume(&mut self, m: &Model, r: u32) {
        let replica = &mut self.replicas[r as usize];
        replica.paused -= 1;
        if replica.paused > 0 {
            return;
        }
        if replica.flags & trouble::PAUSED != 0 {
            self.faults.paused -= 1;
        }
        replica.flags &= !trouble::PAUSED;
        if replica.down > 0 {
            return;
        }
        self.open_stations(m, r);
        for f in self.frames_at(r) {
            let frame = &mut self.frames[f as usize];
            if frame.flags & flag::FROZEN == 0 {
                continue;
            }
            frame.flags &= !flag::FROZEN;
            let left = self.extras[f as usize].left_ns;
            if frame.waits == Waits::Share {
                let s = self.station_served(m, f);
                let shared = self.stations[s].shared as usize;
                self.shared[shared].jobs.arrive(self.now, f, left);
                self.shared_changed(s as u32);
            } else {
                self.schedule(f, self.now.saturating_add(left));
            }
            self.extras[f as usize].left_ns = 0;
        }
        self.unpark(m, r);
        let node = &m.nodes[self.replicas[r as usize].node as usize];
        if node.db != NONE && self.dbs[node.db as usize].due == u64::MAX - 1 {
            let due = self.now + self.dbs[node.db as usize].left_ns;
            self.dbs[node.db as usize].due = due;
            self.post(due, event::FLUSH, node.db);
        } else if node.db != NONE && self.dbs[node.db as usize].due == u64::MAX {
            self.begin_flush(m, node.db);
        }
        for queue in [node.queue, node.consumes] {
            if queue != NONE {
                self.dispatch(m, queue);
            }
        }
    }

    /// Frames that came or were answered during a pause go on.
    fn unpark(&mut self, m: &Model, r: u32) {
        // One that is refused may end others that are still in the list.
        while let Some(f) = self.replicas[r as usize].parked.pop_front(&mut self.frames) {
            self.frames[f as usize].waits = Waits::Event;
            if self.frames[f as usize].flags & flag::TRACED != 0 {
                self.note_node(f, crate::sim::measure::Spent::Wait);
            }
            let just_arrived = self.replicas[r as usize].flags & trouble::ENTRY != 0
                && self.frames[f as usize].start == self.frames[f as usize].mark
                && self.frames[f as usize].flags & (flag::INSIDE | flag::BRANCH | flag::MESSAGE)
                    == 0;
            if just_arrived {
                let next = self.enter(m, f);
                self.wake(next);
            } else {
                self.go_on(f);
            }
        }
    }

    #[inline]
    pub(super) fn replicas_paused(&self) -> bool {
        self.faults.paused > 0
    }

    /// A frame whose replica is paused waits for the end of the pause.
    #[inline(never)]
    pub(super) fn park_if_paused(&mut self, f: u32) -> u32 {
        let r = self.frames[f as usize].replica as usize;
        if self.replicas[r].flags & trouble::PAUSED == 0
            || self.frames[f as usize].flags & flag::ROOT != 0
        {
            return f;
        }
        self.frames[f as usize].waits = Waits::Pause;
        self.frames[f as usize].mark = self.now;
        let mut parked = self.replicas[r].parked;
        parked.push_back(&mut self.frames, f);
        self.replicas[r].parked = parked;
        NONE
    }
}
