//! W3, W3R and W3H: one loop over a table of stations. All stations share one code path, times are
//! drawn in blocks and then only read, and timeouts wait in a ring beside the event set, which holds
//! one entry for the first of them.

use std::collections::VecDeque;

use buttress::sim::parts::events::EventSet;
use buttress::stats::dist::Dist;
use buttress::stats::histogram::Histogram;
use buttress::stats::math::ln;
use buttress::stats::rng::{Bits, Xoshiro, unit_f64};
use buttress::stats::sampler::Sampler;

use super::{Observed, Special};

/// Times drawn at once.
const BLOCK: usize = 128;
/// Replicas; they are the first stations.
const REPLICAS: usize = 4;
const CACHE: u32 = 4;
const DATABASE: u32 = 5;
/// Not a station: the request is answered.
const ANSWER: u32 = 6;
/// The client gives an attempt up after this.
const TIMEOUT_NS: u64 = 200_000_000;
/// Attempts of a request.
const ATTEMPTS_MAX: u32 = 3;
/// The longest wait before the first retry; it doubles.
const BACKOFF_NS: f64 = 50e6;

/// Payloads from here on are no ends of service: an attempt that starts after its backoff.
const RETRY: u32 = 1 << 31;
const TIMER: u32 = u32::MAX - 1;
const ARRIVAL: u32 = u32::MAX;

/// Times of one distribution, drawn in blocks.
struct Block {
    sampler: Sampler,
    random: Xoshiro,
    drawn: [u64; BLOCK],
    used: usize,
}

impl Block {
    fn new(seed: u64, dist: &Dist) -> Self {
        Self {
            sampler: Sampler::new(dist),
            random: Xoshiro::new(seed),
            drawn: [0; BLOCK],
            used: BLOCK,
        }
    }

    #[inline]
    fn next_ns(&mut self) -> u64 {
        if self.used == BLOCK {
            self.refill();
        }
        let value = self.drawn[self.used];
        self.used += 1;
        value
    }

    #[inline(never)]
    fn refill(&mut self) {
        for value in &mut self.drawn {
            *value = self.sampler.sample_ns_from(&mut self.random);
        }
        self.used = 0;
    }
}

struct Station {
    busy: u32,
    workers: u32,
    /// Index of the block that its times are read from.
    block: u32,
    /// Where a request goes next: usually, and if 64 random bits are below `divert_below`.
    next: [u32; 2],
    divert_below: u64,
    waiting: VecDeque<u32>,
}

impl Station {
    fn new(workers: u32, block: u32, next: [u32; 2], divert: f64) -> Self {
        let divert_below = (divert * 2.0_f64.powi(64)) as u64;
        Self {
            busy: 0,
            workers,
            block,
            next,
            divert_below,
            waiting: VecDeque::new(),
        }
    }
}

/// One attempt of a request.
#[derive(Clone, Copy)]
struct Attempt {
    /// When the first attempt of its request began.
    since_ns: u64,
    /// The station where it is.
    station: u32,
    replica: u32,
    /// From 1.
    number: u32,
    /// Moves on when the place is given to another attempt, so that old timers miss.
    generation: u32,
    /// The client waits no more.
    abandoned: bool,
}

struct Timer {
    deadline_ns: u64,
    attempt: u32,
    generation: u32,
}

struct Microservice {
    events: EventSet,
    arrivals: Block,
    blocks: [Block; 3],
    random: Xoshiro,
    stations: [Station; 6],
    outstanding: [u32; REPLICAS],
    attempts: Vec<Attempt>,
    free: Vec<u32>,
    timers: VecDeque<Timer>,
    timer_pending: bool,
    latency: Histogram<7>,
    event_count: u64,
    given_up: u64,
}

/// Simulates W3 for a time.
pub(crate) fn run(seed: u64, duration_ns: u64) -> Observed {
    simulate(
        seed,
        duration_ns,
        1_000.0,
        &Dist::Exponential { mean: 0.008 },
    )
}

/// Simulates W3R for a time: a database that is slow at times.
pub(crate) fn run_retries(seed: u64, duration_ns: u64) -> Observed {
    let database = Dist::HyperExponential(vec![(0.9, 0.008), (0.1, 0.4)]);
    simulate(seed, duration_ns, 1_000.0, &database)
}

/// Simulates W3H for a time: six times the traffic.
pub(crate) fn run_high(seed: u64, duration_ns: u64) -> Observed {
    simulate(
        seed,
        duration_ns,
        6_000.0,
        &Dist::Exponential { mean: 0.008 },
    )
}

fn simulate(seed: u64, duration_ns: u64, arrivals_per_s: f64, database: &Dist) -> Observed {
    let mut random = Xoshiro::new(seed);
    let sigma = 0.5;
    let replica = Dist::LogNormal {
        mu: ln(0.005) - sigma * sigma / 2.0,
        sigma,
    };
    let cache = Dist::Exponential { mean: 0.000_5 };
    let arrivals = Dist::Exponential {
        mean: 1.0 / arrivals_per_s,
    };
    let mut block = |dist: &Dist| Block::new(random.next_u64(), dist);
    let to_cache = || Station::new(8, 0, [CACHE, CACHE], 0.0);
    let mut microservice = Microservice {
        events: EventSet::new(),
        arrivals: block(&arrivals),
        blocks: [block(&replica), block(&cache), block(database)],
        random,
        stations: [
            to_cache(),
            to_cache(),
            to_cache(),
            to_cache(),
            Station::new(64, 1, [ANSWER, DATABASE], 0.2),
            Station::new(32, 2, [ANSWER, ANSWER], 0.0),
        ],
        outstanding: [0; REPLICAS],
        attempts: Vec::new(),
        free: Vec::new(),
        timers: VecDeque::new(),
        timer_pending: false,
        latency: Histogram::new(),
        event_count: 0,
        given_up: 0,
    };
    let first = microservice.arrivals.next_ns();
    microservice.events.push(first, ARRIVAL);
    super::observe(microservice, duration_ns)
}

impl Microservice {
    #[inline]
    fn service_ends(&mut self, now: u64, a: u32) {
        let station = &mut self.stations[self.attempts[a as usize].station as usize];
        if let Some(b) = station.waiting.pop_front() {
            let service = self.blocks[station.block as usize].next_ns();
            self.events.push(now + service, b);
        } else {
            station.busy -= 1;
        }
        let diverted = self.random.next_u64() < station.divert_below;
        let next = station.next[usize::from(diverted)];
        if next == ANSWER {
            self.answer(now, a);
        } else {
            self.enter(now, next, a);
        }
    }

    #[inline]
    fn enter(&mut self, now: u64, to: u32, a: u32) {
        self.attempts[a as usize].station = to;
        let station = &mut self.stations[to as usize];
        if station.busy < station.workers {
            station.busy += 1;
            let service = self.blocks[station.block as usize].next_ns();
            self.events.push(now + service, a);
        } else {
            station.waiting.push_back(a);
        }
    }

    #[inline]
    fn answer(&mut self, now: u64, a: u32) {
        let attempt = &mut self.attempts[a as usize];
        attempt.generation = attempt.generation.wrapping_add(1);
        self.outstanding[attempt.replica as usize] -= 1;
        if !attempt.abandoned {
            self.latency.record(now - attempt.since_ns);
        }
        self.free.push(a);
    }

    /// A new attempt of a request.
    #[inline]
    fn begin(&mut self, since_ns: u64, number: u32) -> u32 {
        if let Some(a) = self.free.pop() {
            let attempt = &mut self.attempts[a as usize];
            (attempt.since_ns, attempt.number, attempt.abandoned) = (since_ns, number, false);
            return a;
        }
        let fresh = Attempt {
            since_ns,
            station: 0,
            replica: 0,
            number,
            generation: 0,
            abandoned: false,
        };
        self.attempts.push(fresh);
        self.attempts.len() as u32 - 1
    }

    /// Sends an attempt to the replica with the least outstanding; ties to the lowest index.
    #[inline]
    fn send(&mut self, now: u64, a: u32) {
        let [first, second, third, fourth] = self.outstanding.map(|count| count << 2);
        let least = first.min(second | 1).min((third | 2).min(fourth | 3));
        let replica = least & 3;
        self.outstanding[replica as usize] += 1;
        let attempt = &mut self.attempts[a as usize];
        attempt.replica = replica;
        let timer = Timer {
            deadline_ns: now + TIMEOUT_NS,
            attempt: a,
            generation: attempt.generation,
        };
        if !self.timer_pending {
            self.timer_pending = true;
            self.events.push(timer.deadline_ns, TIMER);
        }
        self.timers.push_back(timer);
        self.enter(now, replica, a);
    }

    /// Gives up the attempts whose time has come, and waits for the next that is still under way.
    #[cold]
    fn timer_fires(&mut self, now: u64) {
        self.timer_pending = false;
        while let Some(timer) = self.timers.front() {
            let attempt = &mut self.attempts[timer.attempt as usize];
            if attempt.generation == timer.generation {
                if timer.deadline_ns > now {
                    self.timer_pending = true;
                    self.events.push(timer.deadline_ns, TIMER);
                    return;
                }
                attempt.abandoned = true;
                let (since, number) = (attempt.since_ns, attempt.number);
                self.retry(now, since, number);
            }
            self.timers.pop_front();
        }
    }

    fn retry(&mut self, now: u64, since_ns: u64, number: u32) {
        self.event_count += 1;
        if number == ATTEMPTS_MAX {
            self.given_up += 1;
            return;
        }
        let longest = BACKOFF_NS * f64::from(1 << (number - 1));
        let backoff = (longest * unit_f64(self.random.next_u64())) as u64;
        let b = self.begin(since_ns, number + 1);
        self.events.push(now + backoff, RETRY | b);
    }

    #[inline]
    fn arrive(&mut self, now: u64) {
        let next = now + self.arrivals.next_ns();
        self.events.push(next, ARRIVAL);
        let a = self.begin(now, 1);
        self.send(now, a);
    }
}

impl Special for Microservice {
    fn run_until(&mut self, end_ns: u64) {
        while let Some((now, payload)) = self.events.pop_until(end_ns) {
            if payload == TIMER {
                self.timer_fires(now);
                continue;
            }
            self.event_count += 1;
            match payload {
                ARRIVAL => self.arrive(now),
                RETRY.. => self.send(now, payload & !RETRY),
                _ => self.service_ends(now, payload),
            }
        }
    }

    fn latency(&self) -> &Histogram<7> {
        &self.latency
    }

    fn events(&self) -> u64 {
        self.event_count
    }

    fn given_up(&self) -> u64 {
        self.given_up
    }
}
