//! The fixed point: rates follow from the programs and from what fails, waits from the rates,
//! response times from the waits, and what fails from the response times.

use std::cell::Cell;

use super::hits::{self, Asked};
use super::mix::{Mix, PARTS_MAX};
use super::plan::{Op, Plan, STATIONS, Spread, Station, cache_of};
use super::station::{Wait, grouped, queued};
use crate::design::model::Design;

/// Rounds until rates and waits agree.
const ROUNDS_MAX: usize = 40;
/// They agree when no rate changes by more than this share.
const AGREED: f64 = 1e-4;
/// Halvings of the share of their think rate at which closed users are found to send.
const HALVINGS: usize = 24;

/// What an endpoint, or a call, is like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outcome {
    /// The time of one that works.
    pub time: Mix,
    /// The chance that it fails.
    pub fails: f64,
    /// The time until a failure is known.
    pub fails_after: f64,
    /// The time that a worker is held for it.
    pub held: Mix,
}

impl Outcome {
    pub(super) fn nothing() -> Self {
        Self {
            time: Mix::zero(),
            fails: 0.0,
            fails_after: 0.0,
            held: Mix::zero(),
        }
    }
}

/// Demands that come to a station.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Demand {
    pub rate: f64,
    pub time: f64,
    pub square: f64,
}

impl Demand {
    fn add(&mut self, rate: f64, time: &Mix) {
        self.rate += rate;
        self.time += rate * time.mean();
        self.square += rate * time.second();
    }
}

/// All that is known of a design at one moment of the iteration.
pub(super) struct State<'p> {
    pub plan: &'p Plan,
    pub design: &'p Design,
    /// Rate of each flow.
    pub flows: Vec<f64>,
    /// Rate of each unit, by key law.
    pub units: Vec<Vec<f64>>,
    pub outcomes: Vec<Outcome>,
    /// By site: mean attempts, and the chance that the call fails for good.
    pub attempts: Vec<f64>,
    pub site_fails: Vec<f64>,
    /// By site: tries per second.
    pub site_rates: Vec<f64>,
    pub demands: Vec<[Demand; STATIONS]>,
    pub waits: Vec<[Wait; STATIONS]>,
    pub pools: Vec<Demand>,
    pub pool_waits: Vec<Wait>,
    /// By line: tries per second.
    pub lines: Vec<f64>,
    pub hits: Vec<f64>,
    pub asked: Vec<Vec<f64>>,
    pub hit_asked: Vec<f64>,
    groups: Vec<Vec<(f64, f64)>>,
    /// Parts that times may have.
    pub limit: usize,
    /// By site: one try, once it is known in this round.
    pub attempted: Vec<Cell<Option<(Outcome, f64)>>>,
}

impl<'p> State<'p> {
    pub(super) fn new(plan: &'p Plan, design: &'p Design) -> Self {
        let keys = plan.keys.len().max(1);
        Self {
            plan,
            design,
            flows: plan.sources.iter().map(|source| source.rate).collect(),
            units: vec![vec![0.0; keys]; plan.units.len()],
            outcomes: vec![Outcome::nothing(); plan.units.len()],
            attempts: vec![1.0; plan.sites.len()],
            site_fails: vec![0.0; plan.sites.len()],
            site_rates: vec![0.0; plan.sites.len()],
            demands: vec![[Demand::default(); STATIONS]; plan.places.len()],
            waits: vec![[Wait::default(); STATIONS]; plan.places.len()],
            pools: vec![Demand::default(); plan.lines.len()],
            pool_waits: vec![Wait::default(); plan.lines.len()],
            lines: vec![0.0; plan.lines.len()],
            hits: vec![0.0; plan.lookups.len()],
            asked: vec![vec![0.0; keys]; plan.lookups.len()],
            hit_asked: vec![0.0; plan.lookups.len()],
            groups: plan.keys.iter().map(hits::groups).collect(),
            limit: 1,
            attempted: vec![Cell::new(None); plan.sites.len()],
        }
    }

    /// Solves for all flows. Closed users send as fast as the answers allow.
    pub(super) fn solve(&mut self) {
        let closed = self.users();
        if closed <= 0.0 {
            self.settle(ROUNDS_MAX);
        } else {
            self.solve_closed(closed);
        }
        // Once more with times in several parts, for the percentiles.
        self.limit = PARTS_MAX;
        self.respond_once();
    }

    /// Every user is either thinking or waiting: the rate at which that adds up lies between 0 and
    /// one request a think time and an answer without waiting.
    fn solve_closed(&mut self, users: f64) {
        self.respond();
        let quickest: Vec<f64> = self.responses();
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let share = f64::midpoint(low, high);
            for (at, source) in self.plan.sources.iter().enumerate() {
                if let Some((users, think)) = source.users {
                    let cycle = (think + quickest[at]).max(1e-9);
                    self.flows[at] = share * users / cycle;
                }
            }
            self.settle(ROUNDS_MAX / 2);
            let responses = self.responses();
            let busy: f64 = self
                .plan
                .sources
                .iter()
                .enumerate()
                .filter_map(|(at, source)| {
                    let (_, think) = source.users?;
                    Some(self.flows[at] * (think + responses[at]))
                })
                .sum();
            let full = self
                .waits
                .iter()
                .flatten()
                .chain(&self.pool_waits)
                .any(|wait| wait.load >= 1.0 && wait.refused <= 0.0);
            if busy > users || full {
                high = share;
            } else {
                low = share;
            }
        }
    }

    /// Mean time that a user of each flow waits for an answer, failures included.
    fn responses(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.plan.sources.len()];
        for root in &self.plan.roots {
            let outcome = self.call(root.site);
            let mean =
                (1.0 - outcome.fails) * outcome.time.mean() + outcome.fails * outcome.fails_after;
            sums[root.flow] += root.share * mean;
        }
        sums
    }

    /// Goes round until nothing changes.
    fn settle(&mut self, rounds: usize) {
        let mut before = vec![0.0; self.plan.sites.len()];
        for round in 0..rounds {
            self.spread();
            self.look_up();
            self.queue();
            self.respond();
            let moved = self
                .site_rates
                .iter()
                .zip(&before)
                .map(|(now, then)| (now - then).abs() / now.max(1e-9))
                .fold(0.0, f64::max);
            before.clone_from(&self.site_rates);
            if moved < AGREED && round > 1 {
                break;
            }
        }
    }

    /// From the clients down: how often everything is done.
    fn spread(&mut self) {
        for rates in &mut self.units {
            rates.fill(0.0);
        }
        self.demands.fill([Demand::default(); STATIONS]);
        self.pools.fill(Demand::default());
        self.lines.fill(0.0);
        self.site_rates.fill(0.0);
        for asked in &mut self.asked {
            asked.fill(0.0);
        }
        let keys = self.plan.keys.len().max(1);
        for root in &self.plan.roots {
            let mut rates = vec![0.0; keys];
            rates[self.plan.sources[root.flow].keys] = self.flows[root.flow] * root.share;
            self.visit_site(root.site, &rates);
        }
        let plan = self.plan;
        for &unit in plan.order.iter().rev() {
            let of = &plan.units[unit];
            let mut rates = self.units[unit].clone();
            // What a queue was sent goes on to those who take from it.
            for (_, _, share, batch) in plan.consumers.iter().filter(|of| of.1 == unit) {
                let queue = plan.consumers.iter().find(|of| of.1 == unit).map(|of| of.0);
                for (at, rate) in rates.iter_mut().enumerate() {
                    let sent: f64 = plan
                        .units
                        .iter()
                        .zip(&self.units)
                        .filter(|(sender, _)| Some(sender.node) == queue)
                        .map(|(_, rates)| rates[at])
                        .sum();
                    *rate += share * sent / batch;
                }
            }
            let total: f64 = rates.iter().sum();
            let place = &plan.places[of.node];
            if of.holds && place.servers[Station::Workers as usize].is_finite() {
                let held = self.outcomes[unit].held;
                self.demands[of.node][Station::Workers as usize].add(total, &held);
            }
            self.units[unit].clone_from(&rates);
            // What is refused at the door does no work.
            let refused = if of.holds {
                self.waits[of.node][Station::Workers as usize].refused
            } else {
                0.0
            };
            for rate in &mut rates {
                *rate *= 1.0 - refused;
            }
            self.walk(of.node, &of.ops, &rates);
        }
    }

    /// A program that runs so often; gives out how often its end is reached.
    fn walk(&mut self, node: usize, ops: &'p [Op], rates: &[f64]) -> f64 {
        let mut rates = rates.to_vec();
        let scale = |rates: &mut [f64], factor: f64| {
            for rate in rates {
                *rate *= factor;
            }
        };
        for op in ops {
            let total: f64 = rates.iter().sum();
            match op {
                Op::Work(station, time) => {
                    self.demands[node][*station as usize].add(total, time);
                }
                Op::Read(pages, time) => {
                    self.demands[node][Station::Disk as usize].add(total * pages, time);
                }
                Op::Flush => {
                    let time = self.plan.places[node].disk[1];
                    self.demands[node][Station::Flush as usize].add(total, &time);
                }
                Op::Fail(chance) => scale(&mut rates, 1.0 - chance),
                Op::Call(site, fallback) => {
                    self.visit_site(*site, &rates);
                    let fails = self.site_fails[*site];
                    if let Some(fallback) = fallback {
                        let mut failed = rates.clone();
                        scale(&mut failed, fails);
                        self.walk(node, fallback, &failed);
                    } else {
                        scale(&mut rates, 1.0 - fails);
                    }
                }
                Op::Send(site) => self.visit_site(*site, &rates),
                Op::Parallel(branches, _) => {
                    for branch in branches {
                        self.walk(node, branch, &rates);
                    }
                }
                Op::Choose(branches) => {
                    for (share, branch) in branches {
                        let mut chosen = rates.clone();
                        scale(&mut chosen, *share);
                        self.walk(node, branch, &chosen);
                    }
                }
                Op::Repeat(times, _, inner) => {
                    let mut repeated = rates.clone();
                    scale(&mut repeated, *times);
                    self.walk(node, inner, &repeated);
                }
                Op::Cached(lookup, site, miss) => {
                    self.visit_site(*site, &rates);
                    for (asked, rate) in self.asked[*lookup].iter_mut().zip(&rates) {
                        *asked += rate;
                    }
                    let mut missed = rates.clone();
                    scale(&mut missed, 1.0 - self.hits[*lookup]);
                    self.walk(node, miss, &missed);
                }
                Op::Hold(line, inner) => {
                    let held = self.run(node, inner).time;
                    self.pools[*line].add(total, &held);
                    self.walk(node, inner, &rates);
                }
                Op::Delay(_) | Op::Reply => {}
            }
        }
        rates.iter().sum()
    }

    /// Calls that are made so often.
    fn visit_site(&mut self, site: usize, rates: &[f64]) {
        let of = &self.plan.sites[site];
        let tries = self.attempts[site];
        let total: f64 = rates.iter().sum::<f64>() * tries;
        self.site_rates[site] += total;
        self.lines[of.wire] += total;
        let line = &self.plan.lines[of.wire];
        if of.pooled && line.pool.is_finite() {
            let held = self.answered(of, line).time;
            self.pools[of.wire].add(total, &held);
        }
        // Messages that are lost on the way there do no work.
        let arrives = tries * (1.0 - line.loss);
        for (share, unit) in &of.targets {
            for (sum, rate) in self.units[*unit].iter_mut().zip(rates) {
                *sum += share * rate * arrives;
            }
        }
    }

    /// What the caches find.
    fn look_up(&mut self) {
        let run = &self.design.run;
        let end = run.duration.0 as f64 / 1e9;
        let from = match &run.warmup {
            crate::design::model::Warmup::For { time } => time.0 as f64 / 1e9,
            crate::design::model::Warmup::Nothing => 0.0,
            // What is found by itself is about this much.
            crate::design::model::Warmup::Auto => 0.1 * end,
        };
        for node in 0..self.plan.places.len() {
            let Some(cache) = cache_of(&self.design.nodes.0[node].1) else {
                continue;
            };
            let of_node: Vec<usize> = (0..self.plan.lookups.len())
                .filter(|&at| self.plan.lookups[at].node == node)
                .collect();
            let total: f64 = of_node.iter().flat_map(|&at| &self.asked[at]).sum();
            let known = of_node.first().map_or(0.0, |&at| self.hit_asked[at]);
            if total <= 0.0 || (total - known).abs() < 0.01 * known {
                continue;
            }
            let mut streams: Vec<(f64, &[(f64, f64)])> = Vec::new();
            let mut owners = Vec::new();
            for &at in &of_node {
                self.hit_asked[at] = total;
                for (rate, groups) in self.asked[at].iter().zip(&self.groups) {
                    if *rate > 0.0 {
                        streams.push((*rate, groups.as_slice()));
                        owners.push(at);
                    }
                }
            }
            let asked = Asked {
                streams: &streams,
                replicas: self.plan.places[node].replicas,
                measured: (from, end),
            };
            let ratios = hits::ratios(cache, &asked);
            for &at in &of_node {
                let own = owners.iter().zip(&streams).zip(&ratios);
                let own = own.filter(|((owner, _), _)| **owner == at);
                let (hits, asked) = own.fold((0.0, 0.0), |sum, ((_, stream), ratio)| {
                    (sum.0 + stream.0 * ratio, sum.1 + stream.0)
                });
                self.hits[at] = if asked > 0.0 { hits / asked } else { 0.0 };
            }
        }
    }

    /// From rates to waits.
    fn queue(&mut self) {
        let closed = self.correction();
        let (gaps, sent) = self.gaps();
        // A part of a stream, taken by chance, is nearer to Poisson than the whole.
        let thinned = |rate: f64| 1.0 + (gaps - 1.0) * (rate / sent).min(1.0);
        for (node, place) in self.plan.places.iter().enumerate() {
            for station in 0..STATIONS {
                let mut demand = self.demands[node][station];
                let servers = place.servers[station];
                let found = if demand.rate <= 0.0 || servers.is_infinite() {
                    Wait::default()
                } else if station == Station::Flush as usize && place.group_commit {
                    grouped(&demand, place.replicas)
                } else {
                    if place.shares {
                        // How the work varies makes no difference where all share.
                        demand.square = 2.0 * demand.time * demand.time / demand.rate;
                    }
                    let places = if station == Station::Workers as usize {
                        place.places
                    } else {
                        f64::INFINITY
                    };
                    queued(
                        &demand,
                        servers,
                        places,
                        place.replicas,
                        place.spread,
                        closed,
                        thinned(demand.rate),
                    )
                };
                self.waits[node][station] = found;
            }
        }
        for (at, line) in self.plan.lines.iter().enumerate() {
            let demand = self.pools[at];
            let found = if demand.rate > 0.0 && line.pool.is_finite() {
                queued(
                    &demand,
                    line.pool,
                    f64::INFINITY,
                    line.callers,
                    Spread::Turn,
                    closed,
                    1.0,
                )
            } else {
                Wait::default()
            };
            self.pool_waits[at] = found;
        }
    }

    /// How the gaps between all requests vary, and the rate of all.
    fn gaps(&self) -> (f64, f64) {
        let sources = self.plan.sources.iter().zip(&self.flows);
        let (sum, rate) = sources.fold((0.0, 0.0), |sum, (source, rate)| {
            (sum.0 + source.gaps * rate, sum.1 + rate)
        });
        if rate > 0.0 {
            (sum / rate, rate)
        } else {
            (1.0, 1.0)
        }
    }

    /// The users of all closed traffic.
    fn users(&self) -> f64 {
        let closed = self.plan.sources.iter().filter_map(|of| of.users);
        closed.map(|of| of.0).sum()
    }

    /// A user does not wait for itself: of N, N − 1 are in the way (the arrival theorem).
    fn correction(&self) -> f64 {
        let users = self.users();
        let open: f64 = self
            .plan
            .sources
            .iter()
            .zip(&self.flows)
            .filter(|(source, _)| source.users.is_none())
            .map(|(_, rate)| rate)
            .sum();
        if users > 0.0 && open <= 0.0 {
            ((users - 1.0) / users).max(0.0)
        } else {
            1.0
        }
    }
}
