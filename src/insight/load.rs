//! How busy each node is, from rates and work alone: the utilisation law, without queueing. It takes
//! no time, and answers while a design is being drawn; a simulation answers for good.
//!
//! What it assumes: traffic at its highest rate, no failures and no retries, and a cache without a
//! fixed hit ratio misses always, so that what is behind it is judged at its worst.

use crate::design::Node;
use crate::design::model::{Curve, Design, Flow, Kind, Mode, Step, TimeDist};
use crate::design::resolve::{IMPLIED_ENDPOINT, Resolver};
use crate::sim::distribution;
use std::collections::BTreeMap;

/// Deepest chain of calls that is followed.
const DEPTH_MAX: u32 = 32;
/// Most visits that are followed, so that branching programs cannot take for ever.
const VISITS_MAX: u32 = 50_000;

/// How busy one node is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Load {
    /// Requests that reach it, per second.
    pub rate_per_s: f64,
    /// Workers, cores or sessions that are busy on average.
    pub busy: f64,
    /// How many of them there are; `None` if there is no limit.
    pub servers: Option<f64>,
}

impl Load {
    /// Busy over available; above 1 the node cannot keep up. `None` without a limit.
    pub fn utilization(&self) -> Option<f64> {
        self.servers
            .map(|servers| self.busy / servers.max(f64::MIN_POSITIVE))
    }
}

/// How busy every node is, in the order of the document.
pub fn loads(design: &Design) -> Vec<Load> {
    let mut walk = Walk {
        design,
        resolver: Resolver::new(design),
        index: design
            .nodes
            .names()
            .enumerate()
            .map(|(at, name)| (name, at))
            .collect(),
        loads: design
            .nodes
            .iter()
            .map(|(_, node)| Load {
                servers: servers(node),
                ..Load::default()
            })
            .collect(),
        visits: 0,
    };
    for (_, node) in design.nodes.iter() {
        let Kind::Client(client) = &node.kind else {
            continue;
        };
        for flow in &client.traffic {
            let rate = offered(flow);
            if flow.mix.is_empty() {
                walk.visit(&flow.to, flow.endpoint.as_deref(), rate, 0);
            }
            let total: f64 = flow.mix.iter().map(|(weight, _)| weight).sum();
            for (weight, endpoint) in &flow.mix {
                walk.visit(
                    &flow.to,
                    Some(endpoint),
                    rate * weight / total.max(f64::MIN_POSITIVE),
                    0,
                );
            }
        }
    }
    walk.loads
}

/// Requests per second of a flow at its highest.
fn offered(flow: &Flow) -> f64 {
    if let Some(people) = &flow.people {
        return people.daily_users * people.requests_each / 86_400.0 * people.peak_factor;
    }
    if let Some(users) = flow.users {
        // Users who never wait for an answer would ask this often.
        return f64::from(users) / mean(&flow.think).max(1e-9);
    }
    flow.rate.as_ref().map_or(0.0, highest)
}

/// The highest rate of a curve, per second.
fn highest(curve: &Curve) -> f64 {
    match curve {
        Curve::Constant { rate } => rate.0,
        Curve::Ramp { from, to, .. } | Curve::Step { from, to, .. } => from.0.max(to.0),
        Curve::Spike { base, peak, .. } => base.0.max(peak.0),
        Curve::Daily { low, high, .. } => low.0.max(high.0),
        Curve::Piecewise { points } => points.iter().map(|(_, rate)| rate.0).fold(0.0, f64::max),
    }
}

fn mean(time: &TimeDist) -> f64 {
    distribution(&time.0).map_or(0.0, |dist| dist.mean())
}

/// Workers or cores of all replicas of a node.
fn servers(node: &Node) -> Option<f64> {
    let serving = node.serving()?;
    let each = match (&node.kind, serving.cores) {
        (_, Some(cores)) => cores,
        (Kind::Database(database), None) => database.connections,
        (_, None) => serving.workers.get()?,
    };
    Some(f64::from(each) * f64::from(node.common.replicas))
}

struct Walk<'d> {
    design: &'d Design,
    resolver: Resolver<'d>,
    index: BTreeMap<&'d str, usize>,
    loads: Vec<Load>,
    visits: u32,
}

impl<'d> Walk<'d> {
    /// Requests come to a node; returns how long one of them takes without any waiting, in seconds.
    fn visit(&mut self, name: &str, endpoint: Option<&str>, rate: f64, depth: u32) -> f64 {
        self.visits += 1;
        let Some((&at, node)) = self.index.get(name).zip(self.design.node(name)) else {
            return 0.0;
        };
        if depth > DEPTH_MAX || self.visits > VISITS_MAX {
            return 0.0;
        }
        self.loads[at].rate_per_s += rate;
        if let Kind::Queue(_) = node.kind {
            self.consume(name, rate, depth);
            return 0.0;
        }
        let Some(serving) = node.serving() else {
            return 0.0;
        };
        let own = match endpoint {
            Some(endpoint) => serving.endpoints.get(endpoint),
            None => serving.endpoints.0.first().map(|(_, steps)| steps),
        };
        let (work, span) = match own {
            Some(steps) => self.steps(name, steps, rate, depth),
            None => self.implied(name, node, endpoint, rate, depth),
        };
        let blocks = match &node.kind {
            Kind::Service(service) => service.mode == Mode::Blocking && serving.cores.is_none(),
            _ => false,
        };
        self.loads[at].busy += rate * if blocks { span } else { work };
        span
    }

    /// Workers take what comes into a queue.
    fn consume(&mut self, queue: &str, rate: f64, depth: u32) {
        let design = self.design;
        for (name, node) in design.nodes.iter() {
            let Kind::Worker(worker) = &node.kind else {
                continue;
            };
            if worker.from != queue {
                continue;
            }
            let rate = rate / f64::from(worker.batch.max(1));
            let (_, span) = if worker.steps.is_empty() {
                self.implied(name, node, None, rate, depth + 1)
            } else {
                self.steps(name, &worker.steps, rate, depth + 1)
            };
            if let Some(load) = self.index.get(name).and_then(|at| self.loads.get_mut(*at)) {
                load.rate_per_s += rate;
                load.busy += rate * span;
            }
        }
    }

    /// A node without a program: its work, then its calls.
    fn implied(
        &mut self,
        name: &str,
        node: &Node,
        endpoint: Option<&str>,
        rate: f64,
        depth: u32,
    ) -> (f64, f64) {
        let work = node
            .serving()
            .and_then(|serving| serving.work.as_ref())
            .map_or(0.0, mean);
        let mut span = match &node.kind {
            Kind::External(external) => work + mean(&external.latency),
            _ => work,
        };
        let targets: Vec<&'d str> = self.resolver.implied_calls(name);
        if node.passes_through() {
            let fit: Vec<&str> = targets
                .iter()
                .copied()
                .filter(|target| self.resolver.endpoint(target, endpoint).is_ok())
                .collect();
            let share = rate / fit.len().max(1) as f64;
            let mut longest: f64 = 0.0;
            for target in fit {
                longest = longest.max(self.visit(target, endpoint, share, depth + 1));
            }
            return (work, span + longest);
        }
        let mut passed = 1.0;
        for target in targets {
            span += passed * self.visit(target, None, rate * passed, depth + 1);
            // A cache answers its share of what comes after it.
            if let Some(Kind::Cache(cache)) = self.design.node(target).map(|node| &node.kind) {
                passed *= 1.0 - cache.hit_ratio.map_or(0.0, |ratio| ratio.0);
            }
        }
        (work, span)
    }

    /// Work and whole time of a program, without any waiting, in seconds.
    fn steps(&mut self, node: &str, steps: &[Step], rate: f64, depth: u32) -> (f64, f64) {
        let (mut work, mut span) = (0.0, 0.0);
        for step in steps {
            let (more_work, more_span) = self.step(node, step, rate, depth);
            work += more_work;
            span += more_span;
        }
        (work, span)
    }

    fn step(&mut self, node: &str, step: &Step, rate: f64, depth: u32) -> (f64, f64) {
        match step {
            Step::Work { time } => {
                let time = mean(time);
                (time, time)
            }
            Step::Wait { time } => (0.0, mean(time)),
            Step::Call { node, endpoint, .. } => {
                (0.0, self.visit(node, endpoint.as_deref(), rate, depth + 1))
            }
            Step::Publish { queue } => (
                0.0,
                self.visit(queue, Some(IMPLIED_ENDPOINT), rate, depth + 1),
            ),
            Step::Cached { cache, miss, .. } => {
                let look_up = self.visit(cache, None, rate, depth + 1);
                let ratio = match self.design.node(cache).map(|node| &node.kind) {
                    Some(Kind::Cache(cache)) => cache.hit_ratio.map_or(0.0, |ratio| ratio.0),
                    _ => 0.0,
                };
                let (work, span) = self.steps(node, miss, rate * (1.0 - ratio), depth);
                ((1.0 - ratio) * work, look_up + (1.0 - ratio) * span)
            }
            Step::Transaction { steps, .. } => self.steps(node, steps, rate, depth),
            Step::Repeat { times, steps } => {
                let times = distribution(&times.0).map_or(1.0, |dist| dist.mean());
                let (work, span) = self.steps(node, steps, rate * times, depth);
                (times * work, times * span)
            }
            Step::Choose { branches } => {
                let total: f64 = branches.iter().map(|(weight, _)| weight).sum();
                let (mut work, mut span) = (0.0, 0.0);
                for (weight, steps) in branches {
                    let share = weight / total.max(f64::MIN_POSITIVE);
                    let (more_work, more_span) = self.steps(node, &steps.0, rate * share, depth);
                    work += share * more_work;
                    span += share * more_span;
                }
                (work, span)
            }
            Step::Parallel { branches, .. } => {
                let (mut work, mut span) = (0.0, 0.0_f64);
                for steps in branches {
                    let (more_work, more_span) = self.steps(node, &steps.0, rate, depth);
                    work += more_work;
                    span = span.max(more_span);
                }
                (work, span)
            }
            Step::Read { .. } | Step::Write | Step::Reply | Step::Fail { .. } => (0.0, 0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{LoadOptions, load_str};
    use std::path::Path;

    fn of(nodes: &str) -> Vec<Load> {
        let text = format!("(format: 1, nodes: {{{nodes}}})");
        let loaded = load_str(&text, "test", Path::new(""), &LoadOptions::default());
        loads(&loaded.unwrap_or_else(|errors| panic!("{errors}")).design)
    }

    fn percent(load: &Load) -> i64 {
        (load.utilization().unwrap() * 100.0).round() as i64
    }

    #[test]
    fn rates_and_work_give_utilisation_through_a_balancer() {
        let all = of(r#"
            "users": Client(traffic: [(to: "edge", rate: "100/s")]),
            "edge": Balancer(to: ["a", "b"]),
            "a": Service(workers: 1, work: "5ms", to: ["db"]),
            "b": Service(workers: 1, work: "5ms", mode: Asynchronous, to: ["db"]),
            "db": Database(work: "4ms"),
        "#);
        // A blocking worker is held while the database works: 50/s × 9 ms.
        assert_eq!(percent(&all[2]), 45);
        assert_eq!(percent(&all[3]), 25);
        assert_eq!(percent(&all[4]), 20);
    }

    #[test]
    fn programs_queues_and_caches_pass_their_share_on() {
        let all = of(r#"
            "users": Client(traffic: [(to: "api", endpoint: "a", rate: "100/s")]),
            "api": Service(mode: Asynchronous, workers: 2, endpoints: {"a": [
                Work("1ms"), Cached(cache: "cache", miss: [Call("db")]), Repeat(3, [Call("db")]), Publish("jobs"),
            ]}),
            "cache": Cache(hit_ratio: "80%"),
            "db": Database(work: "1ms"),
            "jobs": Queue(),
            "mailer": Worker(from: "jobs", work: "5ms"),
        "#);
        let rates: Vec<i64> = all
            .iter()
            .map(|load| load.rate_per_s.round() as i64)
            .collect();
        assert_eq!(rates, [0, 100, 100, 320, 100, 100]);
        assert_eq!(percent(&all[5]), 50);
    }

    #[test]
    fn circles_end() {
        let all = of(r#"
            "users": Client(traffic: [(to: "a", rate: "1/s")]),
            "a": Service(endpoints: {"x": [Work("1ms")]}),
            "b": Service(to: ["a"]),
        "#);
        assert_eq!(all.len(), 3);
    }
}
