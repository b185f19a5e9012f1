//! From waits to response times: programs step by step, calls with their retries.

use super::mix::Mix;
use super::plan::{Line, Op, Site, Station};
use super::solve::{Outcome, State};
use super::station::Wait;

impl State<'_> {
    /// From waits to response times, and from these to how often calls are tried.
    pub(super) fn respond(&mut self) {
        self.respond_once();
        for site in 0..self.plan.sites.len() {
            let (attempts, fails) = self.tries(site);
            self.attempts[site] = 0.5 * (self.attempts[site] + attempts);
            self.site_fails[site] = 0.5 * (self.site_fails[site] + fails);
        }
    }

    /// From waits to response times, callees first.
    pub(super) fn respond_once(&mut self) {
        for known in &self.attempted {
            known.set(None);
        }
        for &unit in &self.plan.order {
            let of = &self.plan.units[unit];
            let mut outcome = self.run(of.node, &of.ops);
            if of.holds {
                let found = self.waits[of.node][Station::Workers as usize];
                outcome.held = outcome.time;
                outcome.time = self.waited(&found).then(&outcome.time, self.limit);
                outcome.fails = 1.0 - (1.0 - outcome.fails) * (1.0 - found.refused);
            }
            let place = &self.plan.places[of.node];
            if place.limit_per_s.is_finite() {
                let node = of.node;
                let arrives: f64 = self
                    .plan
                    .units
                    .iter()
                    .zip(&self.units)
                    .filter(|(unit, _)| unit.node == node)
                    .map(|(_, rates)| rates.iter().sum::<f64>())
                    .sum();
                let passes = (place.limit_per_s / arrives.max(1e-9)).min(1.0);
                outcome.fails = 1.0 - (1.0 - outcome.fails) * passes;
            }
            self.outcomes[unit] = outcome;
        }
    }

    fn waited(&self, wait: &Wait) -> Mix {
        let if_any = Mix::of(wait.mean_if, wait.mean_if * wait.mean_if);
        if_any.or(wait.chance, &Mix::zero(), self.limit)
    }

    /// Steps one after another.
    pub(super) fn run(&self, node: usize, ops: &[Op]) -> Outcome {
        let mut sum = Outcome::nothing();
        for op in ops {
            let next = match op {
                Op::Reply => break,
                Op::Send(_) => continue,
                _ => self.step(node, op),
            };
            let goes_on = 1.0 - sum.fails;
            let fails = goes_on * next.fails;
            let total = sum.fails + fails;
            if total > 0.0 {
                let late = sum.time.mean() + next.fails_after;
                sum.fails_after = (sum.fails * sum.fails_after + fails * late) / total;
            }
            sum.fails = total;
            sum.time = sum.time.then(&next.time, self.limit);
        }
        sum.held = sum.time;
        sum
    }

    fn step(&self, node: usize, op: &Op) -> Outcome {
        let of = |time: Mix| Outcome {
            time,
            ..Outcome::nothing()
        };
        let waits = &self.waits[node];
        match op {
            Op::Work(station, time) => self.worked(node, *station, time),
            Op::Delay(time) => of(*time),
            Op::Read(pages, time) => {
                let wait = self.waited(&waits[Station::Disk as usize]);
                let one = wait.then(time, 1);
                let (mean, square) = (one.mean(), one.second());
                // Most reads are found in memory: a number of reads as by chance.
                of(Mix::of(pages * mean, pages * square))
            }
            Op::Flush => {
                let wait = self.waited(&waits[Station::Flush as usize]);
                of(wait.then(&self.plan.places[node].disk[1], self.limit))
            }
            Op::Fail(chance) => Outcome {
                fails: *chance,
                ..Outcome::nothing()
            },
            Op::Call(site, fallback) => {
                let mut outcome = self.call(*site);
                if let Some(fallback) = fallback {
                    let other = self.run(node, fallback);
                    let late = Mix::of(outcome.fails_after, 0.0).then(&other.time, self.limit);
                    let works = 1.0 - outcome.fails;
                    outcome.time = outcome.time.or(works, &late, self.limit);
                    outcome.fails *= other.fails;
                }
                outcome
            }
            Op::Send(_) | Op::Reply => Outcome::nothing(),
            Op::Parallel(branches, need) => self.parallel(node, branches, *need),
            Op::Choose(branches) => self.choose(node, branches),
            Op::Repeat(mean, variance, inner) => {
                let one = self.run(node, inner);
                let time = Mix::of(
                    mean * one.time.mean(),
                    mean * one.time.variance() + variance * one.time.mean() * one.time.mean(),
                );
                Outcome {
                    fails: 1.0 - libm::pow(1.0 - one.fails, *mean),
                    fails_after: 0.5 * time.mean(),
                    ..of(time)
                }
            }
            Op::Cached(lookup, site, miss) => self.cached(node, *lookup, *site, miss),
            Op::Hold(line, inner) => {
                let wait = self.waited(&self.pool_waits[*line]);
                let held = self.run(node, inner);
                Outcome {
                    time: wait.then(&held.time, self.limit),
                    fails_after: wait.mean() + held.fails_after,
                    ..held
                }
            }
        }
    }

    /// Waits for a station and is served there.
    fn worked(&self, node: usize, station: Station, time: &Mix) -> Outcome {
        let found = self.waits[node][station as usize];
        let place = &self.plan.places[node];
        let time = if place.shares && !found.load.is_nan() {
            // All share: what would be waiting makes the work itself longer.
            let longer = 1.0 + found.mean() / time.mean().max(1e-12);
            time.scaled(longer)
        } else {
            self.waited(&found).then(time, self.limit)
        };
        Outcome {
            fails: found.refused,
            time,
            ..Outcome::nothing()
        }
    }

    /// A look-up, and what a miss leads to.
    fn cached(&self, node: usize, lookup: usize, site: usize, miss: &[Op]) -> Outcome {
        let get = self.call(site);
        let fetch = self.run(node, miss);
        let hit = self.hits[lookup] * (1.0 - get.fails);
        let late = get.time.then(&fetch.time, self.limit);
        Outcome {
            time: get.time.or(hit, &late, self.limit),
            fails: (1.0 - hit) * fetch.fails,
            fails_after: get.time.mean() + fetch.fails_after,
            held: Mix::zero(),
        }
    }

    fn choose(&self, node: usize, branches: &[(f64, Vec<Op>)]) -> Outcome {
        let mut so_far: Option<(f64, Outcome)> = None;
        for (share, branch) in branches {
            let next = self.run(node, branch);
            so_far = Some(match so_far {
                None => (*share, next),
                Some((weight, sum)) => {
                    let both = weight + share;
                    let part = if both > 0.0 { weight / both } else { 1.0 };
                    let mean = |a: f64, b: f64| part * a + (1.0 - part) * b;
                    let outcome = Outcome {
                        time: sum.time.or(part, &next.time, self.limit),
                        fails: mean(sum.fails, next.fails),
                        fails_after: mean(sum.fails_after, next.fails_after),
                        held: Mix::zero(),
                    };
                    (both, outcome)
                }
            });
        }
        so_far.map_or(Outcome::nothing(), |(_, outcome)| outcome)
    }

    /// Branches at the same time.
    fn parallel(&self, node: usize, branches: &[Vec<Op>], need: usize) -> Outcome {
        let outcomes: Vec<Outcome> = branches.iter().map(|ops| self.run(node, ops)).collect();
        let Some(first) = outcomes.first() else {
            return Outcome::nothing();
        };
        let count = outcomes.len();
        let works: f64 = outcomes.iter().map(|next| 1.0 - next.fails).product();
        let none: f64 = outcomes.iter().map(|next| next.fails).product();
        let fails = if need >= count { 1.0 - works } else { none };
        let time = if self.limit > 1 {
            let times: Vec<Mix> = outcomes.iter().map(|next| next.time).collect();
            Mix::order_statistic(&times, need.clamp(1, count))
        } else {
            between(&outcomes, need)
        };
        Outcome {
            time,
            fails,
            fails_after: first.time.mean(),
            held: Mix::zero(),
        }
    }

    /// One try, from sending to the answer, without waiting for a connection.
    pub(super) fn answered(&self, site: &Site, line: &Line) -> Outcome {
        let mut fails = 0.0;
        let mut fails_after = 0.0;
        let mut time: Option<(f64, Mix)> = None;
        for (share, unit) in &site.targets {
            let outcome = &self.outcomes[*unit];
            fails += share * outcome.fails;
            fails_after += share * outcome.fails_after;
            time = Some(match time {
                None => (*share, outcome.time),
                Some((weight, sum)) => {
                    let both = weight + share;
                    (both, sum.or(weight / both, &outcome.time, self.limit))
                }
            });
        }
        let inside = time.map_or(Mix::zero(), |(_, time)| time);
        let around = line.network.then(&line.connect, 1);
        Outcome {
            time: around.then(&inside, self.limit),
            fails,
            fails_after: fails_after + around.mean(),
            held: Mix::zero(),
        }
    }

    /// One try with its limits: what it takes, how often it fails for a cause that is tried again.
    /// Worked out once in each round, since callees come before their callers; in a circle of calls
    /// they do not.
    fn attempt(&self, site: usize) -> (Outcome, f64) {
        if self.plan.circular {
            return self.attempt_anew(site);
        }
        if let Some(known) = self.attempted[site].get() {
            return known;
        }
        let found = self.attempt_anew(site);
        self.attempted[site].set(Some(found));
        found
    }

    fn attempt_anew(&self, site: usize) -> (Outcome, f64) {
        let of = &self.plan.sites[site];
        let line = &self.plan.lines[of.wire];
        let mut outcome = self.answered(of, line);
        if of.pooled && line.pool.is_finite() {
            let found = self.pool_waits[of.wire];
            let late = if line.pool_timeout_s.is_finite() && found.mean_if > 0.0 {
                found.chance * libm::exp(-line.pool_timeout_s / found.mean_if)
            } else {
                0.0
            };
            outcome.time = self.waited(&found).then(&outcome.time, self.limit);
            outcome.fails = 1.0 - (1.0 - outcome.fails) * (1.0 - late);
        }
        if let Some(after) = line.hedge_after_s {
            let slow = outcome.time.tail(after);
            let hedged = Mix::of(after, 0.0).then(&outcome.time, 1);
            let shorter = outcome.time.shorter(&hedged);
            outcome.time = outcome
                .time
                .within(after)
                .or(1.0 - slow, &shorter, self.limit);
        }
        let delivered = (1.0 - line.loss) * (1.0 - line.loss);
        let works = 1.0 - outcome.fails;
        let late = if line.timeout_s.is_finite() {
            outcome.time.tail(line.timeout_s)
        } else {
            0.0
        };
        let good = works * delivered * (1.0 - late);
        let timed_out = 1.0 - delivered * (1.0 - works * late - outcome.fails);
        let timed_out = (timed_out - delivered * outcome.fails).clamp(0.0, 1.0);
        let errors = (1.0 - good - timed_out).clamp(0.0, 1.0);
        if late > 0.0 {
            outcome.time = outcome.time.within(line.timeout_s);
        }
        let passes = (line.limit_per_s / self.lines[of.wire].max(1e-9)).min(1.0);
        let fails = 1.0 - good * passes;
        if fails > 0.0 {
            let timeout = if line.timeout_s.is_finite() {
                line.timeout_s
            } else {
                outcome.time.mean()
            };
            let error = outcome.fails_after.min(timeout);
            let known = timed_out * timeout + errors * error;
            outcome.fails_after = known / (timed_out + errors).max(f64::MIN_POSITIVE);
        }
        let again = f64::from(u8::from(line.retries[0])) * timed_out
            + f64::from(u8::from(line.retries[1])) * (fails - timed_out);
        outcome.fails = fails;
        (outcome, again.clamp(0.0, fails))
    }

    /// Mean number of tries of a call, and the chance that it fails for good.
    fn tries(&self, site: usize) -> (f64, f64) {
        let of = &self.plan.sites[site];
        let line = &self.plan.lines[of.wire];
        let (attempt, again) = self.attempt(site);
        let mut reached = 1.0;
        let (mut tries, mut fails) = (0.0, 0.0);
        for at in 0..line.attempts.min(64) {
            tries += reached;
            let last = at + 1 == line.attempts;
            fails += reached * (attempt.fails - if last { 0.0 } else { again });
            reached *= again;
        }
        let hedges = line
            .hedge_after_s
            .map_or(0.0, |after| self.answered(of, line).time.tail(after));
        let fails = if line.degrade { 0.0 } else { fails };
        (tries * (1.0 + hedges), fails.clamp(0.0, 1.0))
    }

    /// A call with all its tries.
    pub(super) fn call(&self, site: usize) -> Outcome {
        let line = &self.plan.lines[self.plan.sites[site].wire];
        let (attempt, again) = self.attempt(site);
        if line.attempts <= 1 || again <= 1e-9 {
            let mut outcome = attempt;
            if line.degrade && outcome.fails > 0.0 {
                let late = Mix::of(outcome.fails_after, 0.0);
                outcome.time = outcome.time.or(1.0 - outcome.fails, &late, self.limit);
                outcome.fails = 0.0;
            }
            return outcome;
        }
        // Each try adds one more failure and one more wait before it.
        let mut reached = 1.0;
        let mut lost = 0.0;
        let mut good: Option<(f64, Mix)> = None;
        let (mut fails, mut failed_after) = (0.0, 0.0);
        for at in 0..line.attempts.min(64) {
            let works = reached * (1.0 - attempt.fails);
            let late = Mix::of(lost, 0.0).then(&attempt.time, self.limit);
            good = Some(match good {
                None => (works, late),
                Some((weight, sum)) => {
                    let both = (weight + works).max(f64::MIN_POSITIVE);
                    (weight + works, sum.or(weight / both, &late, self.limit))
                }
            });
            let last = at + 1 == line.attempts;
            let given_up = reached * (attempt.fails - if last { 0.0 } else { again });
            fails += given_up;
            failed_after += given_up * (lost + attempt.fails_after);
            let pause = line.backoff_s.get(at as usize).copied().unwrap_or(0.0);
            lost += attempt.fails_after + pause;
            reached *= again;
        }
        let time = good.map_or(Mix::zero(), |(_, time)| time);
        let fails_after = if fails > 0.0 {
            failed_after / fails
        } else {
            0.0
        };
        let mut outcome = Outcome {
            time,
            fails: fails.clamp(0.0, 1.0),
            fails_after,
            held: Mix::zero(),
        };
        if line.deadline_s.is_finite() {
            let late = outcome.time.tail(line.deadline_s);
            outcome.time = outcome.time.within(line.deadline_s);
            outcome.fails = 1.0 - (1.0 - outcome.fails) * (1.0 - late);
            outcome.fails_after = outcome.fails_after.min(line.deadline_s);
        }
        if line.degrade && outcome.fails > 0.0 {
            let late = Mix::of(outcome.fails_after, 0.0);
            outcome.time = outcome.time.or(1.0 - outcome.fails, &late, self.limit);
            outcome.fails = 0.0;
        }
        outcome
    }
}

/// The longest of all, the shortest, or between the two in proportion.
fn between(outcomes: &[Outcome], need: usize) -> Mix {
    let mut times = outcomes.iter().map(|next| next.time);
    let first = times.next().unwrap_or(Mix::zero());
    let (longest, shortest) = times.fold((first, first), |(longest, shortest), next| {
        (longest.longer(&next), shortest.shorter(&next))
    });
    let count = outcomes.len();
    if need >= count {
        return longest;
    }
    let place = (need.max(1) - 1) as f64 / (count - 1) as f64;
    let mean = shortest.mean() + place * (longest.mean() - shortest.mean());
    let variance = shortest.variance() + place * (longest.variance() - shortest.variance());
    Mix::of(mean, variance)
}
