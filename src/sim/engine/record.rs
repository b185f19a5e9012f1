//! Recording: counters and histograms of the window that is open, closed into a
//! [`Replication`] window by window, and the exact checks at the end.

use super::State;
use super::agenda::Planned;
use super::state::{Waits, flag};
use crate::sim::measure::{
    CAUSES, CacheWindow, Cause, Check, CorrectnessWindow, EndpointWindow, NodeWindow, QueueWindow,
    Replication, StationWindow, WireWindow,
};
use crate::sim::model::{Model, NONE, Op, WireSpec};
use crate::stats::histogram::Histogram;

/// Sub-buckets of a power of two: 128 for what clients see, 32 elsewhere.
const CLIENT_BITS: u32 = 7;
const NODE_BITS: u32 = 5;

/// What is recorded of an endpoint in the open window.
#[derive(Debug, Clone)]
pub(super) struct EndpointRecord {
    pub offered: u64,
    pub in_flight: u64,
    pub failed: [u64; CAUSES],
    pub degraded: u64,
    pub attempts: u64,
    pub latency: Histogram<CLIENT_BITS>,
    pub failed_latency: Histogram<NODE_BITS>,
    area: u128,
    last: u64,
    /// Sum of the latencies of all that ended, over the whole run.
    ended_ns: u128,
    totals: [u64; 2],
    whole_area: u128,
}

/// What is recorded of a node.
#[derive(Debug, Clone)]
pub(super) struct NodeRecord {
    pub arrivals: u64,
    pub completions: u64,
    pub rejected: u64,
    pub errors: u64,
    pub cancelled: u64,
    pub latency: Histogram<NODE_BITS>,
}

/// What is recorded of a station class.
#[derive(Debug, Clone)]
pub(super) struct ClassRecord {
    pub arrivals: u64,
    pub completions: u64,
    pub abandoned: u64,
    pub wasted_ns: u128,
    pub wait: Histogram<NODE_BITS>,
    pub service: Histogram<NODE_BITS>,
    /// Over the whole run, for the checks: waits and services that ended otherwise.
    pub abandoned_wait_ns: u128,
    pub abandoned_service_ns: u128,
    pub wait_again_ns: u128,
    waits_ns: u128,
    services_ns: u128,
    areas: [u128; 2],
    /// Flushes serve many at once and shared stations serve at less than full speed: the laws of single servers do not
    /// apply.
    pub checked: bool,
}

/// What is recorded of a wire.
#[derive(Debug, Clone)]
pub(super) struct WireRecord {
    pub calls: u64,
    pub attempts: u64,
    pub retries: u64,
    pub hedges: u64,
    pub failed: [u64; CAUSES],
    pub budget_refused: u64,
    pub fallbacks: u64,
    pub lost: u64,
    pub latency: Histogram<NODE_BITS>,
    /// The same of calls that took no time on the wire and whose answer was awaited: the node behind the wire sees
    /// the same latency, so that it is recorded once for both.
    pub direct: Histogram<NODE_BITS>,
    /// Calls carried out in place, for the node behind the wire.
    pub direct_arrivals: u64,
    pub pool_wait: Histogram<NODE_BITS>,
}

/// What is recorded of a queue.
#[derive(Debug, Clone)]
pub(super) struct QueueRecord {
    pub published: u64,
    pub delivered: u64,
    pub redelivered: u64,
    pub acknowledged: u64,
    pub dead_letters: u64,
    pub age: Histogram<NODE_BITS>,
}

/// The open window, and the windows that are closed.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub endpoints: Vec<EndpointRecord>,
    pub nodes: Vec<NodeRecord>,
    pub classes: Vec<ClassRecord>,
    pub wires: Vec<WireRecord>,
    pub caches: Vec<CacheWindow>,
    pub queues: Vec<QueueRecord>,
    pub correctness: CorrectnessWindow,
    edges: Vec<u64>,
    next_edge: usize,
    done: Replication,
}

/// Recognises writes that take effect again: remembers the last quarter of a million of them.
#[derive(Debug, Clone)]
pub(super) struct Effects {
    table: Vec<u64>,
    ring: Vec<u64>,
    next: usize,
}

const EFFECTS: usize = 1 << 18;

impl Effects {
    pub(super) fn new(used: bool) -> Self {
        let n = if used { EFFECTS } else { 0 };
        Self {
            table: vec![0; 2 * n],
            ring: vec![0; n],
            next: 0,
        }
    }

    /// Notes an effect; true if it is remembered already.
    pub(super) fn seen(&mut self, effect: u64) -> bool {
        if self.ring.is_empty() {
            return false;
        }
        let effect = effect.max(1);
        if self.find(effect).is_ok() {
            return true;
        }
        let old = self.ring[self.next];
        if old != 0 {
            self.forget(old);
        }
        self.ring[self.next] = effect;
        self.next = (self.next + 1) % EFFECTS;
        if let Err(free) = self.find(effect) {
            self.table[free] = effect;
        }
        false
    }

    /// Bytes that it takes.
    pub(super) fn bytes(&self) -> u64 {
        (self.table.len() + self.ring.len()) as u64 * 8
    }

    fn home(&self, effect: u64) -> usize {
        effect as usize & (self.table.len() - 1)
    }

    fn find(&self, effect: u64) -> Result<usize, usize> {
        let mut i = self.home(effect);
        loop {
            match self.table[i] {
                0 => return Err(i),
                found if found == effect => return Ok(i),
                _ => i = (i + 1) & (self.table.len() - 1),
            }
        }
    }

    /// Removes by shifting back what follows, so that no mark is left in the table.
    fn forget(&mut self, effect: u64) {
        let Ok(mut hole) = self.find(effect) else {
            return;
        };
        let mask = self.table.len() - 1;
        let mut i = hole;
        loop {
            i = (i + 1) & mask;
            let other = self.table[i];
            if other == 0 {
                break;
            }
            let home = self.home(other);
            if (i.wrapping_sub(home) & mask) >= (i.wrapping_sub(hole) & mask) {
                self.table[hole] = other;
                hole = i;
            }
        }
        self.table[hole] = 0;
    }
}

impl EndpointRecord {
    fn new() -> Self {
        Self {
            offered: 0,
            in_flight: 0,
            failed: [0; CAUSES],
            degraded: 0,
            attempts: 0,
            latency: Histogram::new(),
            failed_latency: Histogram::new(),
            area: 0,
            last: 0,
            ended_ns: 0,
            totals: [0; 2],
            whole_area: 0,
        }
    }

    #[inline]
    fn touch(&mut self, now: u64) {
        self.area += u128::from(self.in_flight) * u128::from(now - self.last);
        self.last = now;
    }

    /// A request begins.
    #[inline]
    pub(super) fn begins(&mut self, now: u64) {
        self.touch(now);
        self.offered += 1;
        self.in_flight += 1;
    }

    /// What the window that is open holds until now.
    pub(super) fn so_far(&self, now: u64) -> EndpointWindow {
        EndpointWindow {
            offered: self.offered,
            in_flight: self.in_flight,
            failed: self.failed,
            degraded: self.degraded,
            attempts: self.attempts,
            latency: self.latency.snapshot(),
            failed_latency: self.failed_latency.snapshot(),
            in_flight_area: self.area + u128::from(self.in_flight) * u128::from(now - self.last),
        }
    }

    /// A request ends, with success or not.
    #[inline]
    pub(super) fn ends(&mut self, now: u64, latency: u64, failed: Option<Cause>) {
        self.touch(now);
        self.in_flight -= 1;
        self.ended_ns += u128::from(latency);
        match failed {
            None => self.latency.record(latency),
            Some(cause) => {
                self.failed[cause as usize] += 1;
                self.failed_latency.record(latency);
            }
        }
    }
}

impl Record {
    pub(super) fn new(m: &Model, index: u32) -> Self {
        let meta = &m.meta;
        let node = NodeRecord {
            arrivals: 0,
            completions: 0,
            rejected: 0,
            errors: 0,
            cancelled: 0,
            latency: Histogram::new(),
        };
        let class = ClassRecord {
            arrivals: 0,
            completions: 0,
            abandoned: 0,
            wasted_ns: 0,
            wait: Histogram::new(),
            service: Histogram::new(),
            abandoned_wait_ns: 0,
            abandoned_service_ns: 0,
            wait_again_ns: 0,
            waits_ns: 0,
            services_ns: 0,
            areas: [0; 2],
            checked: true,
        };
        let wire = WireRecord {
            calls: 0,
            attempts: 0,
            retries: 0,
            hedges: 0,
            failed: [0; CAUSES],
            budget_refused: 0,
            fallbacks: 0,
            lost: 0,
            latency: Histogram::new(),
            direct: Histogram::new(),
            direct_arrivals: 0,
            pool_wait: Histogram::new(),
        };
        let queue = QueueRecord {
            published: 0,
            delivered: 0,
            redelivered: 0,
            acknowledged: 0,
            dead_letters: 0,
            age: Histogram::new(),
        };
        let done = Replication {
            index,
            edges_ns: vec![0],
            endpoints: vec![Vec::new(); meta.endpoints.len()],
            nodes: vec![Vec::new(); meta.nodes.len()],
            stations: vec![Vec::new(); meta.stations.len()],
            wires: vec![Vec::new(); meta.wires.len()],
            caches: vec![Vec::new(); m.caches.len()],
            queues: vec![Vec::new(); m.queues.len()],
            ..Replication::default()
        };
        Self {
            endpoints: vec![EndpointRecord::new(); meta.endpoints.len()],
            nodes: vec![node; meta.nodes.len()],
            classes: vec![class; meta.stations.len()],
            wires: vec![wire; meta.wires.len()],
            caches: vec![CacheWindow::default(); m.caches.len()],
            queues: vec![queue; m.queues.len()],
            correctness: CorrectnessWindow::default(),
            edges: m.edges.clone(),
            next_edge: 1,
            done,
        }
    }

    /// What the window that is open holds of nodes until now, the time that they were up left out.
    pub(super) fn nodes_so_far(&self, m: &Model) -> Vec<NodeWindow> {
        let mut windows: Vec<NodeWindow> = self
            .nodes
            .iter()
            .map(|record| NodeWindow {
                arrivals: record.arrivals,
                completions: record.completions,
                rejected: record.rejected,
                errors: record.errors,
                latency: record.latency.snapshot(),
                up_area: 0,
            })
            .collect();
        for (record, meta) in self.wires.iter().zip(&m.meta.wires) {
            let window = &mut windows[meta.to as usize];
            window.arrivals += record.direct_arrivals;
            window.completions += record.direct.len();
            window.latency.merge(&record.direct.snapshot());
        }
        windows
    }

    /// The windows that are closed.
    pub(super) fn done(&self) -> &Replication {
        &self.done
    }

    /// Goes on with other edges after `now`; those until then have been.
    pub(super) fn adopt_edges(&mut self, edges: &[u64], now: u64) {
        let done = self.done.edges_ns.len();
        self.edges.truncate(done);
        self.edges
            .extend(edges.iter().copied().filter(|&edge| edge > now));
        self.next_edge = done;
    }
}

impl State {
    /// Plans the first edge of the windows.
    pub(super) fn begin_windows(&mut self) {
        self.post_edge();
    }

    /// The last window is closed by [`State::finish`], after everything that happens at the last moment.
    fn post_edge(&mut self) {
        let next = self.record.next_edge;
        if next + 1 < self.record.edges.len() {
            self.agenda.add(self.record.edges[next], Planned::Edge);
        }
    }

    pub(super) fn window_ends(&mut self, m: &Model) {
        self.close_window(m);
        self.record.next_edge += 1;
        self.post_edge();
    }

    /// Closes the open window at this moment.
    fn close_window(&mut self, m: &Model) {
        let now = self.now;
        self.record.done.edges_ns.push(now);
        for (record, out) in self
            .record
            .endpoints
            .iter_mut()
            .zip(&mut self.record.done.endpoints)
        {
            out.push(close_endpoint(record, now));
        }
        for r in 0..self.replicas.len() as u32 {
            self.touch_replica(r);
        }
        let nodes = self.record.nodes_so_far(m);
        for (i, mut window) in nodes.into_iter().enumerate() {
            let spec = &m.nodes[i];
            let replicas =
                &mut self.replicas[spec.first_replica as usize..][..spec.replicas as usize];
            window.up_area = replicas
                .iter_mut()
                .map(|replica| std::mem::take(&mut replica.up_area))
                .sum();
            self.record.done.nodes[i].push(window);
            self.record.nodes[i].clear();
        }
        self.close_stations();
        self.close_wires(m);
        for (record, out) in self
            .record
            .caches
            .iter_mut()
            .zip(&mut self.record.done.caches)
        {
            out.push(std::mem::take(record));
        }
        for i in 0..self.queues.len() {
            self.queues[i].touch(now);
            self.queues[i].note_oldest(now);
            let record = &mut self.record.queues[i];
            let window = QueueWindow {
                published: std::mem::take(&mut record.published),
                delivered: std::mem::take(&mut record.delivered),
                redelivered: std::mem::take(&mut record.redelivered),
                acknowledged: std::mem::take(&mut record.acknowledged),
                dead_letters: std::mem::take(&mut record.dead_letters),
                backlog: self.queues[i].backlog(),
                backlog_area: std::mem::take(&mut self.queues[i].area),
                oldest_max_ns: std::mem::take(&mut self.queues[i].oldest_max_ns),
                age: record.age.drain(),
            };
            self.record.done.queues[i].push(window);
        }
        let correctness = std::mem::take(&mut self.record.correctness);
        self.record.done.correctness.push(correctness);
    }

    fn close_stations(&mut self) {
        let mut windows: Vec<StationWindow> = Vec::with_capacity(self.record.classes.len());
        for record in &mut self.record.classes {
            let window = StationWindow {
                arrivals: std::mem::take(&mut record.arrivals),
                completions: std::mem::take(&mut record.completions),
                abandoned: std::mem::take(&mut record.abandoned),
                wasted_ns: std::mem::take(&mut record.wasted_ns),
                wait: record.wait.drain(),
                service: record.service.drain(),
                ..StationWindow::default()
            };
            record.waits_ns += window.wait.sum();
            record.services_ns += window.service.sum();
            windows.push(window);
        }
        for station in &mut self.stations {
            station.touch(self.now);
            let window = &mut windows[station.class as usize];
            window.busy_area += std::mem::take(&mut station.busy_area);
            window.queue_area += std::mem::take(&mut station.queue_area);
            window.available_area += std::mem::take(&mut station.available_area);
            window.queue_max = window.queue_max.max(u64::from(station.queue_max));
            station.queue_max = station.queue.len;
        }
        for (i, window) in windows.into_iter().enumerate() {
            self.record.classes[i].areas[0] += window.busy_area;
            self.record.classes[i].areas[1] += window.queue_area;
            self.record.done.stations[i].push(window);
        }
    }

    fn close_wires(&mut self, m: &Model) {
        for (i, spec) in m.wires.iter().enumerate() {
            let mut window = close_wire(&mut self.record.wires[i], &m.wires[i]);
            let n = m.nodes[spec.from as usize].replicas;
            for end in &mut self.ends[spec.ends as usize..][..n as usize] {
                if let Some(pool) = end.pool.as_mut() {
                    pool.touch(self.now);
                    window.pool_area += std::mem::take(&mut pool.area);
                }
                if let Some(breaker) = end.breaker.as_ref() {
                    let (openings, open_ns) = (breaker.openings(), breaker.open_ns(self.now));
                    window.breaker_opened += openings - end.opened_seen;
                    // Less than was seen where the time of openings was cut while the model ran.
                    window.breaker_open_area += open_ns.saturating_sub(end.open_ns_seen);
                    end.opened_seen = openings;
                    end.open_ns_seen = open_ns;
                }
            }
            self.record.done.wires[i].push(window);
        }
    }

    /// Closes the last window, checks the laws and gives everything out.
    pub(super) fn finish(&mut self, m: &Model) -> Replication {
        // Of no length if the run was stopped at an edge: what happened at that moment still counts.
        self.close_window(m);
        let checks = self.checks(m);
        let mut done = std::mem::take(&mut self.record.done);
        done.checks = checks;
        done.events = self.event_count;
        done.stopped.clone_from(&self.stopped);
        done.followed = self.traces.take();
        done.follow_one_in = m.follow_one_in;
        let now = self.now;
        done.faults = self
            .faults
            .log
            .iter()
            .map(|(name, from, to)| (name.clone(), *from, (*to).min(now)))
            .collect();
        done
    }

    /// Conservation, Little's law and the utilisation law, exactly, on integers.
    fn checks(&self, m: &Model) -> Vec<Check> {
        let mut checks = Vec::new();
        let mut present = vec![(0_u64, 0_u128); self.record.endpoints.len()];
        let mut waiting = vec![0_u128; self.record.classes.len()];
        let mut serving = vec![0_u128; self.record.classes.len()];
        self.tally(m, &mut present, &mut waiting, &mut serving);
        for (i, record) in self.record.endpoints.iter().enumerate() {
            let [offered, ended] = record.totals;
            let area = record.whole_area;
            let place = m.meta.endpoints[i].name.clone();
            checks.push(Check {
                law: "conservation",
                place: place.clone(),
                left: u128::from(offered),
                right: u128::from(ended + present[i].0),
            });
            checks.push(Check {
                law: "little",
                place,
                left: area,
                right: record.ended_ns + present[i].1,
            });
        }
        for (i, record) in self.record.classes.iter().enumerate() {
            if !record.checked {
                continue;
            }
            let meta = &m.meta.stations[i];
            let place = format!("{} {}", m.meta.nodes[meta.node as usize].name, meta.name);
            checks.push(Check {
                law: "little",
                place: place.clone(),
                left: record.areas[1],
                right: record.waits_ns
                    + record.wait_again_ns
                    + record.abandoned_wait_ns
                    + waiting[i],
            });
            checks.push(Check {
                law: "utilization",
                place,
                left: record.areas[0],
                right: record.services_ns + record.abandoned_service_ns + serving[i],
            });
        }
        checks
    }

    /// What is under way now: requests of clients, waits and services at stations.
    fn tally(
        &self,
        m: &Model,
        present: &mut [(u64, u128)],
        waiting: &mut [u128],
        serving: &mut [u128],
    ) {
        for f in 0..self.frames.len() {
            let (frame, extra) = (&self.frames[f], &self.extras[f]);
            if frame.flags & flag::FREE != 0 {
                continue;
            }
            if frame.flags & flag::IN_PLACE != 0 {
                let station = &self.stations[self.calls[f].station as usize];
                let spent = if frame.waits == Waits::Station {
                    &mut waiting[station.class as usize]
                } else {
                    &mut serving[station.class as usize]
                };
                *spent += u128::from(self.now - frame.mark);
            }
            if frame.flags & flag::ROOT != 0 && frame.endpoint != NONE {
                let endpoint = &mut present[frame.endpoint as usize];
                endpoint.0 += 1;
                endpoint.1 += u128::from(self.now - frame.start);
            }
            let station =
                |st: u16| self.stations[(frame.stations + u32::from(st)) as usize].class as usize;
            match m.ops[frame.pc as usize] {
                Op::Visit { st, .. } | Op::Acquire { st } if frame.waits == Waits::Station => {
                    waiting[station(st)] += u128::from(self.now - frame.mark);
                    serving[station(st)] += u128::from(extra.served_ns);
                }
                Op::Session if frame.waits == Waits::Station => {
                    waiting[station(0)] += u128::from(self.now - frame.mark);
                }
                Op::VisitEnd { st } if frame.flags & flag::SERVED != 0 => {
                    serving[station(st)] += u128::from(self.now - frame.mark + extra.served_ns);
                }
                _ => {}
            }
            for st in 0..16 {
                if frame.held & 1 << st != 0 {
                    serving[station(st)] +=
                        u128::from(self.now - extra.since[usize::from(st != 0)]);
                }
            }
        }
        for (class, since) in self.sessions_of_transactions(m) {
            serving[class] += u128::from(self.now - since);
        }
    }
}

fn close_endpoint(record: &mut EndpointRecord, now: u64) -> EndpointWindow {
    record.touch(now);
    let window = record.so_far(now);
    record.offered = 0;
    record.failed = [0; CAUSES];
    record.degraded = 0;
    record.attempts = 0;
    record.latency.clear();
    record.failed_latency.clear();
    record.totals[0] += window.offered;
    record.totals[1] += window.latency.len() + window.failed.iter().sum::<u64>();
    record.whole_area += record.area;
    record.area = 0;
    window
}

impl NodeRecord {
    fn clear(&mut self) {
        self.arrivals = 0;
        self.completions = 0;
        self.rejected = 0;
        self.errors = 0;
        self.latency.clear();
    }
}

impl WireRecord {
    /// What the window that is open holds until now, pools and breakers left out.
    pub(super) fn so_far(&self, spec: &WireSpec) -> WireWindow {
        let mut latency = self.latency.snapshot();
        latency.merge(&self.direct.snapshot());
        WireWindow {
            calls: self.calls,
            attempts: self.attempts,
            retries: self.retries,
            hedges: self.hedges,
            failed: self.failed,
            budget_refused: self.budget_refused,
            fallbacks: self.fallbacks,
            bytes: bytes(self.attempts, latency.len(), spec),
            latency,
            pool_wait: self.pool_wait.snapshot(),
            lost: self.lost,
            ..WireWindow::default()
        }
    }

    fn clear(&mut self) {
        self.calls = 0;
        self.attempts = 0;
        self.retries = 0;
        self.hedges = 0;
        self.failed = [0; CAUSES];
        self.budget_refused = 0;
        self.fallbacks = 0;
        self.lost = 0;
        self.latency.clear();
        self.direct.clear();
        self.direct_arrivals = 0;
        self.pool_wait.clear();
    }
}

/// Bytes carried by so many requests and answers.
fn bytes(attempts: u64, answers: u64, spec: &WireSpec) -> u64 {
    let sum = attempts as f64 * spec.mean_request_bytes + answers as f64 * spec.mean_response_bytes;
    sum as u64
}

fn close_wire(record: &mut WireRecord, spec: &WireSpec) -> WireWindow {
    let window = record.so_far(spec);
    record.clear();
    window
}
