//! Recording: counters and histograms of the window that is open, and the windows that are closed.

use crate::sim::measure::{
    CAUSES, CacheWindow, Cause, CorrectnessWindow, EndpointWindow, NodeWindow, Replication,
    WireWindow,
};
use crate::sim::model::{Model, WireSpec};
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
    pub area: u128,
    pub last: u64,
    /// Sum of the latencies of all that ended, over the whole run.
    pub ended_ns: u128,
    pub totals: [u64; 2],
    pub whole_area: u128,
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
    pub waits_ns: u128,
    pub services_ns: u128,
    pub areas: [u128; 2],
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
    pub edges: Vec<u64>,
    pub next_edge: usize,
    pub done: Replication,
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
    pub(super) fn touch(&mut self, now: u64) {
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

impl NodeRecord {
    pub(super) fn clear(&mut self) {
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

    pub(super) fn clear(&mut self) {
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
