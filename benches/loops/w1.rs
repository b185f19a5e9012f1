//! W1, M/M/1: the next arrival and the next departure in one variable each, no event list.

use std::collections::VecDeque;

use buttress::stats::dist::Dist;
use buttress::stats::histogram::Histogram;
use buttress::stats::rng::Xoshiro;
use buttress::stats::sampler::Sampler;

use super::{Observed, Special};

/// Mean time between arrivals, in seconds: rho = 0.8.
const INTERARRIVAL_S: f64 = 1.25;
/// Mean time of service, in seconds.
const SERVICE_S: f64 = 1.0;

struct Single {
    random: Xoshiro,
    interarrival: Sampler,
    service: Sampler,
    arrival_ns: u64,
    /// `u64::MAX` while the server is idle.
    departure_ns: u64,
    /// Arrival times of those present; the first is being served.
    present: VecDeque<u64>,
    latency: Histogram<7>,
    events: u64,
}

/// Simulates W1 for a time.
pub(crate) fn run(seed: u64, duration_ns: u64) -> Observed {
    let mut random = Xoshiro::new(seed);
    let interarrival = Sampler::new(&Dist::Exponential {
        mean: INTERARRIVAL_S,
    });
    let single = Single {
        arrival_ns: interarrival.sample_ns_from(&mut random),
        random,
        interarrival,
        service: Sampler::new(&Dist::Exponential { mean: SERVICE_S }),
        departure_ns: u64::MAX,
        present: VecDeque::new(),
        latency: Histogram::new(),
        events: 0,
    };
    super::observe(single, duration_ns)
}

impl Special for Single {
    fn run_until(&mut self, end_ns: u64) {
        // Local, so that they live in registers.
        let mut random = self.random.clone();
        let (mut arrival, mut departure, mut events) =
            (self.arrival_ns, self.departure_ns, self.events);
        while arrival.min(departure) <= end_ns {
            events += 1;
            if arrival <= departure {
                if self.present.is_empty() {
                    departure = arrival + self.service.sample_ns_from(&mut random);
                }
                self.present.push_back(arrival);
                arrival += self.interarrival.sample_ns_from(&mut random);
            } else if let Some(since) = self.present.pop_front() {
                self.latency.record(departure - since);
                departure = if self.present.is_empty() {
                    u64::MAX
                } else {
                    departure + self.service.sample_ns_from(&mut random)
                };
            }
        }
        self.random = random;
        (self.arrival_ns, self.departure_ns, self.events) = (arrival, departure, events);
    }

    fn latency(&self) -> &Histogram<7> {
        &self.latency
    }

    fn events(&self) -> u64 {
        self.events
    }
}
