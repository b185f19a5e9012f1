//! W2, M/M/16, on the engine's own event set, whose deferred pop makes a pop and a push one sift.

use std::collections::VecDeque;

use buttress::sim::parts::events::EventSet;
use buttress::stats::dist::Dist;
use buttress::stats::histogram::Histogram;
use buttress::stats::rng::Xoshiro;
use buttress::stats::sampler::Sampler;

use super::{Observed, Special};

/// Servers.
const SERVERS: u32 = 16;
/// Arrivals per second: rho = 0.8.
const ARRIVALS_PER_S: f64 = 12.8;
/// Mean time of service, in seconds.
const SERVICE_S: f64 = 1.0;
/// The payload of an arrival. Any other is the number of the server that is done.
const ARRIVAL: u32 = SERVERS;

struct Several {
    random: Xoshiro,
    interarrival: Sampler,
    service: Sampler,
    events: EventSet,
    idle: Vec<u32>,
    /// Arrival time of the customer that a server works on.
    served_since_ns: [u64; SERVERS as usize],
    /// Arrival times of those who wait.
    waiting: VecDeque<u64>,
    latency: Histogram<7>,
    event_count: u64,
}

/// Simulates W2 for a time.
pub(crate) fn run(seed: u64, duration_ns: u64) -> Observed {
    let mut several = Several {
        random: Xoshiro::new(seed),
        interarrival: Sampler::new(&Dist::Exponential {
            mean: 1.0 / ARRIVALS_PER_S,
        }),
        service: Sampler::new(&Dist::Exponential { mean: SERVICE_S }),
        events: EventSet::new(),
        idle: (0..SERVERS).collect(),
        served_since_ns: [0; SERVERS as usize],
        waiting: VecDeque::new(),
        latency: Histogram::new(),
        event_count: 0,
    };
    let first = several.interarrival.sample_ns_from(&mut several.random);
    several.events.push(first, ARRIVAL);
    super::observe(several, duration_ns)
}

impl Several {
    #[inline]
    fn serve(&mut self, now: u64, server: u32, since: u64) {
        self.served_since_ns[server as usize] = since;
        let service = self.service.sample_ns_from(&mut self.random);
        self.events.push(now + service, server);
    }
}

impl Special for Several {
    fn run_until(&mut self, end_ns: u64) {
        while let Some((now, payload)) = self.events.pop_until(end_ns) {
            self.event_count += 1;
            if payload == ARRIVAL {
                let next = now + self.interarrival.sample_ns_from(&mut self.random);
                self.events.push(next, ARRIVAL);
                match self.idle.pop() {
                    Some(server) => self.serve(now, server, now),
                    None => self.waiting.push_back(now),
                }
            } else {
                self.latency
                    .record(now - self.served_since_ns[payload as usize]);
                match self.waiting.pop_front() {
                    Some(since) => self.serve(now, payload, since),
                    None => self.idle.push(payload),
                }
            }
        }
    }

    fn latency(&self) -> &Histogram<7> {
        &self.latency
    }

    fn events(&self) -> u64 {
        self.event_count
    }
}
