//! Replications for tests: a queue simulated by Lindley's recursion, request by request, and
//! recorded in windows by looking at all of them afterwards. It shares no code with the engine.

use crate::sim::measure::{
    Cause, CorrectnessWindow, EndpointMeta, EndpointWindow, Followed, Meta, NodeMeta, NodeWindow,
    Place, Replication, Spent, StationMeta, StationWindow, WarmupRule, WireMeta, WireWindow,
};
use crate::stats::histogram::Sparse;
use crate::stats::rng::{Xoshiro, combine};
use crate::stats::ziggurat::exponential;

/// Nanoseconds in a second.
pub(crate) const S: u64 = 1_000_000_000;
/// The endpoint of the models here.
pub(crate) const ENDPOINT: &str = "users -> api/read";

/// A client, one server with a queue, and the wire between them.
pub(crate) fn meta(duration_ns: u64) -> Meta {
    let node = |name: &str, kind, workers, workers_total| NodeMeta {
        name: name.to_owned(),
        kind,
        workers,
        workers_total,
        other_stations: Vec::new(),
        cache: None,
        cache_fixed: false,
        queue: None,
        replicas: 1,
        cost_per_hour: 0.0,
        cost_per_million: 0.0,
    };
    Meta {
        endpoints: vec![EndpointMeta {
            name: ENDPOINT.to_owned(),
            client: 0,
            attack: false,
        }],
        nodes: vec![
            node("users", "client", u32::MAX, 0),
            node("api", "service", 0, 1),
        ],
        stations: vec![StationMeta {
            node: 1,
            name: "workers",
            servers_total: 1,
        }],
        wires: vec![WireMeta {
            name: "users -> api".to_owned(),
            from: 0,
            to: 1,
            pool_total: 0,
            breakers: 0,
        }],
        duration_ns,
        warmup: WarmupRule::Nothing,
        transient: false,
    }
}

/// Poisson arrivals at one server with exponential service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Queue {
    pub(crate) rate_per_s: f64,
    pub(crate) service_s: f64,
    pub(crate) duration_ns: u64,
    pub(crate) windows: u64,
    /// The client gives up after this time; the server works on.
    pub(crate) timeout_ns: u64,
    /// Service takes longer by a factor between two times.
    pub(crate) slow: Option<(u64, u64, f64)>,
}

impl Default for Queue {
    /// Rho 0.8 at 10 ms for 30 s: a mean of 50 ms, a p99 of 230 ms.
    fn default() -> Self {
        Self {
            rate_per_s: 80.0,
            service_s: 0.01,
            duration_ns: 30 * S,
            windows: 60,
            timeout_ns: u64::MAX,
            slow: None,
        }
    }
}

#[expect(
    clippy::struct_field_names,
    reason = "three moments, each with its unit"
)]
struct Request {
    arrival_ns: u64,
    start_ns: u64,
    end_ns: u64,
}

impl Queue {
    /// One replication.
    pub(crate) fn replication(&self, seed: u64, index: u32) -> Replication {
        let requests = self.requests(&mut Xoshiro::new(combine(seed, u64::from(index))));
        let windows = self.windows;
        let edges_ns: Vec<u64> = (0..=windows)
            .map(|at| self.duration_ns / windows * at)
            .collect();
        let faults = self
            .slow
            .map(|(from, to, _)| ("api slow".to_owned(), from, to));
        let spans = edges_ns
            .windows(2)
            .map(|edges| (present(&requests, edges), edges));
        Replication {
            index,
            endpoints: vec![
                spans
                    .clone()
                    .map(|(of, edges)| self.endpoint(of, edges))
                    .collect(),
            ],
            nodes: vec![
                spans.clone().map(|_| NodeWindow::default()).collect(),
                spans.clone().map(|(of, edges)| node(of, edges)).collect(),
            ],
            stations: vec![
                spans
                    .clone()
                    .map(|(of, edges)| station(of, edges))
                    .collect(),
            ],
            wires: vec![spans.clone().map(|(of, edges)| wire(of, edges)).collect()],
            correctness: vec![CorrectnessWindow::default(); windows as usize],
            followed: self.followed(&requests),
            follow_one_in: 1,
            faults: faults.into_iter().collect(),
            events: requests.len() as u64 * 2,
            edges_ns,
            ..Replication::default()
        }
    }

    /// Several replications.
    pub(crate) fn replications(&self, seed: u64, count: u32) -> Vec<Replication> {
        (0..count)
            .map(|index| self.replication(seed, index))
            .collect()
    }

    fn requests(&self, bits: &mut Xoshiro) -> Vec<Request> {
        let mut requests = Vec::new();
        let (mut arrival_ns, mut free_ns) = (0_u64, 0_u64);
        loop {
            arrival_ns += (exponential(bits) / self.rate_per_s * 1e9) as u64 + 1;
            if arrival_ns >= self.duration_ns {
                return requests;
            }
            let start_ns = arrival_ns.max(free_ns);
            let slow = self
                .slow
                .filter(|(from, to, _)| (*from..*to).contains(&start_ns));
            let factor = slow.map_or(1.0, |(_, _, factor)| factor);
            let service_ns = (exponential(bits) * self.service_s * factor * 1e9) as u64 + 1;
            free_ns = start_ns + service_ns;
            requests.push(Request {
                arrival_ns,
                start_ns,
                end_ns: free_ns,
            });
        }
    }

    /// When the client stops waiting, and whether it has its answer then.
    fn outcome(&self, request: &Request) -> (u64, bool) {
        let gives_up_ns = request.arrival_ns.saturating_add(self.timeout_ns);
        (
            request.end_ns.min(gives_up_ns),
            request.end_ns <= gives_up_ns,
        )
    }

    fn endpoint(&self, requests: &[Request], edges: &[u64]) -> EndpointWindow {
        let mut window = EndpointWindow::default();
        let (mut completed, mut failed) = (Vec::new(), Vec::new());
        for request in requests {
            let (end_ns, answered) = self.outcome(request);
            window.offered += u64::from(within(request.arrival_ns, edges));
            window.in_flight += u64::from(request.arrival_ns < edges[1] && end_ns >= edges[1]);
            window.in_flight_area += u128::from(overlap(request.arrival_ns, end_ns, edges));
            if within(end_ns, edges) {
                let into = if answered {
                    &mut completed
                } else {
                    &mut failed
                };
                into.push(end_ns - request.arrival_ns);
            }
        }
        window.attempts = window.offered;
        window.failed[Cause::Timeout as usize] = failed.len() as u64;
        window.latency = Sparse::of_values(7, &completed);
        window.failed_latency = Sparse::of_values(5, &failed);
        window
    }

    fn followed(&self, requests: &[Request]) -> Vec<Followed> {
        let answered = requests.iter().filter(|request| {
            let (end_ns, answered) = self.outcome(request);
            answered && end_ns < self.duration_ns
        });
        let follow = |request: &Request| Followed {
            endpoint: 0,
            start_ns: request.arrival_ns,
            latency_ns: request.end_ns - request.arrival_ns,
            parts: vec![
                (
                    Place::Node(1),
                    Spent::Wait,
                    request.start_ns - request.arrival_ns,
                ),
                (
                    Place::Node(1),
                    Spent::Service,
                    request.end_ns - request.start_ns,
                ),
            ],
            spans: Vec::new(),
        };
        answered.map(follow).collect()
    }
}

/// The requests that are in the system at some time of a window; they come and go in order.
fn present<'a>(requests: &'a [Request], edges: &[u64]) -> &'a [Request] {
    let from = requests.partition_point(|request| request.end_ns < edges[0]);
    let to = requests.partition_point(|request| request.arrival_ns < edges[1]);
    &requests[from..to.max(from)]
}

fn within(ns: u64, edges: &[u64]) -> bool {
    (edges[0]..edges[1]).contains(&ns)
}

fn overlap(from: u64, to: u64, edges: &[u64]) -> u64 {
    to.min(edges[1]).saturating_sub(from.max(edges[0]))
}

fn node(requests: &[Request], edges: &[u64]) -> NodeWindow {
    let ended: Vec<u64> = requests
        .iter()
        .filter(|request| within(request.end_ns, edges))
        .map(|request| request.end_ns - request.arrival_ns)
        .collect();
    NodeWindow {
        arrivals: requests
            .iter()
            .filter(|request| within(request.arrival_ns, edges))
            .count() as u64,
        completions: ended.len() as u64,
        latency: Sparse::of_values(5, &ended),
        up_area: u128::from(edges[1] - edges[0]),
        ..NodeWindow::default()
    }
}

fn station(requests: &[Request], edges: &[u64]) -> StationWindow {
    let sum =
        |of: &dyn Fn(&Request) -> u64| requests.iter().map(|request| u128::from(of(request))).sum();
    let times = |of: &dyn Fn(&Request) -> Option<u64>| {
        Sparse::of_values(5, &requests.iter().filter_map(of).collect::<Vec<_>>())
    };
    let ended = requests
        .iter()
        .filter(|request| within(request.end_ns, edges))
        .count();
    StationWindow {
        arrivals: requests
            .iter()
            .filter(|request| within(request.arrival_ns, edges))
            .count() as u64,
        completions: ended as u64,
        busy_area: sum(&|request| overlap(request.start_ns, request.end_ns, edges)),
        queue_area: sum(&|request| overlap(request.arrival_ns, request.start_ns, edges)),
        available_area: u128::from(edges[1] - edges[0]),
        wait: times(&|request| {
            within(request.start_ns, edges).then_some(request.start_ns - request.arrival_ns)
        }),
        service: times(&|request| {
            within(request.end_ns, edges).then_some(request.end_ns - request.start_ns)
        }),
        ..StationWindow::default()
    }
}

fn wire(requests: &[Request], edges: &[u64]) -> WireWindow {
    let calls = requests
        .iter()
        .filter(|request| within(request.arrival_ns, edges))
        .count() as u64;
    WireWindow {
        calls,
        attempts: calls,
        ..WireWindow::default()
    }
}
