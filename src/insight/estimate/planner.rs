//! Reads a design into a plan: follows every call from the clients down.

use std::collections::BTreeMap;

use super::EstimateError;
use super::line::line;
use super::place::{gaps, mean_rate, place};
use super::plan::{Lookup, Op, Plan, Root, Site, Source, Station, Unit, time};
use crate::design::Node;
use crate::design::model::{Design, Flow, Kind, Mode, Need, Step, Steps, Wire};
use crate::design::resolve::{IMPLIED_ENDPOINT, Resolver};
use crate::sim::distribution;

/// Calls within calls that are followed.
const DEPTH_MAX: usize = 200;

struct Planner<'d> {
    design: &'d Design,
    resolver: Resolver<'d>,
    index: BTreeMap<&'d str, usize>,
    known: BTreeMap<(usize, String, bool), usize>,
    lines: BTreeMap<(usize, usize), usize>,
    default_wire: Wire,
    /// Units whose program is being read.
    open: Vec<usize>,
    plan: Plan,
}

/// What is known where a program is read.
#[derive(Clone, Copy)]
struct Inside {
    node: usize,
    /// Work needs no worker of its own.
    holds: bool,
    /// A transaction is open at this node.
    tx: Option<usize>,
    /// This endpoint is called within a transaction.
    within: bool,
}

/// Reads a design.
pub(super) fn plan(design: &Design) -> Result<Plan, EstimateError> {
    let names = design.nodes.names().enumerate();
    let mut planner = Planner {
        design,
        resolver: Resolver::new(design),
        index: names.map(|(at, name)| (name, at)).collect(),
        known: BTreeMap::new(),
        lines: BTreeMap::new(),
        default_wire: crate::design::decode_text::<Wire>("()")
            .map_err(|error| EstimateError(format!("{error:?}")))?,
        open: Vec::new(),
        plan: Plan::default(),
    };
    for (_, node) in design.nodes.iter() {
        let place = place(node)?;
        planner.plan.places.push(place);
    }
    for (name, node) in design.nodes.iter() {
        if let Kind::Client(client) = &node.kind {
            for flow in &client.traffic {
                planner.flow(name, flow)?;
            }
        }
    }
    planner.consumers()?;
    Ok(planner.plan)
}

impl<'d> Planner<'d> {
    fn node(&self, name: &str) -> Result<usize, EstimateError> {
        let found = self.index.get(name).copied();
        found.ok_or_else(|| EstimateError(format!("There is no node {name}.")))
    }

    fn at(&self, node: usize) -> (&'d str, &'d Node) {
        let (name, node) = &self.design.nodes.0[node];
        (name, node)
    }

    fn flow(&mut self, client: &'d str, flow: &'d Flow) -> Result<(), EstimateError> {
        let from = self.node(client)?;
        let target = self.node(&flow.to)?;
        let duration_s = (self.design.run.duration.0 as f64 / 1e9).max(1e-9);
        let think = time(&flow.think)?.mean();
        let known = self.plan.keys.iter().position(|keys| *keys == flow.keys);
        let keys = known.unwrap_or_else(|| {
            self.plan.keys.push(flow.keys.clone());
            self.plan.keys.len() - 1
        });
        let source = self.plan.sources.len();
        self.plan.sources.push(Source {
            rate: mean_rate(flow, duration_s),
            users: flow.users.map(|users| (f64::from(users), think)),
            deadline_s: flow
                .deadline
                .map_or(f64::INFINITY, |time| time.0 as f64 / 1e9),
            gaps: gaps(flow)?,
            keys,
        });
        for (share, endpoint) in flow.parts() {
            let site = self.site(from, &[target], endpoint, None)?;
            let to = &flow.to;
            let named = endpoint.or_else(|| {
                let found = self.resolver.endpoint(to, None).ok()?.1;
                (!found.is_empty()).then_some(found)
            });
            let id = match named {
                Some(endpoint) => format!("{client} -> {to}/{endpoint}"),
                None => format!("{client} -> {to}"),
            };
            self.plan.roots.push(Root {
                id,
                site,
                flow: source,
                share,
                attack: flow.attack,
            });
        }
        Ok(())
    }

    fn consumers(&mut self) -> Result<(), EstimateError> {
        let mut found = Vec::new();
        for (name, node) in self.design.nodes.iter() {
            if let Kind::Worker(worker) = &node.kind {
                let unit = self.unit(self.node(name)?, IMPLIED_ENDPOINT, false)?;
                let queue = self.node(&worker.from)?;
                found.push((queue, unit, 1.0, f64::from(worker.batch.max(1))));
            }
        }
        let replicas = |queue: usize, found: &[(usize, usize, f64, f64)]| -> f64 {
            let of_queue = found.iter().filter(|consumer| consumer.0 == queue);
            of_queue
                .map(|consumer| self.plan.places[self.plan.units[consumer.1].node].replicas)
                .sum()
        };
        let shared: Vec<f64> = found
            .iter()
            .map(|consumer| {
                let own = self.plan.places[self.plan.units[consumer.1].node].replicas;
                own / replicas(consumer.0, &found)
            })
            .collect();
        for (consumer, share) in found.iter_mut().zip(shared) {
            consumer.2 = share;
        }
        self.plan.consumers = found;
        Ok(())
    }

    fn site(
        &mut self,
        from: usize,
        targets: &[usize],
        endpoint: Option<&str>,
        tx: Option<usize>,
    ) -> Result<usize, EstimateError> {
        let wire = self.line(from, targets[0])?;
        let within = tx == Some(targets[0]);
        let replicas: f64 = targets
            .iter()
            .map(|&node| self.plan.places[node].replicas)
            .sum();
        let mut list = Vec::with_capacity(targets.len());
        for &node in targets {
            let name = self.endpoint_of(node, endpoint);
            let unit = self.unit(node, &name, within)?;
            list.push((self.plan.places[node].replicas / replicas, unit));
            self.plan.places[node].spread = self.plan.lines[wire].spread;
        }
        self.plan.sites.push(Site {
            wire,
            targets: list,
            pooled: !within,
        });
        Ok(self.plan.sites.len() - 1)
    }

    /// The endpoint of a node that a call means.
    fn endpoint_of(&self, node: usize, endpoint: Option<&str>) -> String {
        if let Some(endpoint) = endpoint {
            return endpoint.to_owned();
        }
        let (_, found) = self.at(node);
        let own = found.serving().map(|serving| &serving.endpoints);
        let only = own.and_then(|own| own.names().next());
        only.unwrap_or(IMPLIED_ENDPOINT).to_owned()
    }

    fn unit(&mut self, node: usize, endpoint: &str, within: bool) -> Result<usize, EstimateError> {
        let key = (node, endpoint.to_owned(), within);
        if let Some(&known) = self.known.get(&key) {
            self.plan.circular |= self.open.contains(&known);
            return Ok(known);
        }
        let unit = self.plan.units.len();
        self.plan.units.push(Unit {
            node,
            ops: Vec::new(),
            holds: false,
        });
        self.known.insert(key, unit);
        if self.open.len() >= DEPTH_MAX {
            self.plan.circular = true;
            self.plan.order.push(unit);
            return Ok(unit);
        }
        self.open.push(unit);
        let (ops, holds) = self.program(node, endpoint, within)?;
        self.open.pop();
        self.plan.units[unit].ops = ops;
        self.plan.units[unit].holds = holds;
        self.plan.order.push(unit);
        Ok(unit)
    }

    fn program(
        &mut self,
        node: usize,
        endpoint: &str,
        within: bool,
    ) -> Result<(Vec<Op>, bool), EstimateError> {
        let (name, found) = self.at(node);
        let cores = found
            .serving()
            .is_some_and(|serving| serving.cores.is_some());
        let processor = self.plan.places[node].shares && !cores;
        let mut inside = Inside {
            node,
            holds: false,
            tx: None,
            within,
        };
        let steps = self.steps_of(name, found, endpoint);
        let only_work = matches!(steps.as_slice(), [] | [Step::Work { .. }]) && !cores;
        match &found.kind {
            Kind::Client(_) => Ok((Vec::new(), false)),
            Kind::Queue(queue) => Ok((vec![Op::Delay(time(&queue.accept)?)], false)),
            Kind::Balancer(_) | Kind::Gateway(_) => {
                Ok((self.forwarder(inside, name, found, endpoint)?, false))
            }
            Kind::External(external) if steps.is_empty() => {
                let ops = vec![
                    Op::Work(Station::Workers, time(&external.latency)?),
                    Op::Fail(1.0 - external.availability.0),
                ];
                Ok((ops, false))
            }
            Kind::Database(_) => {
                inside.holds = true;
                let mut ops = self.steps(inside, &steps)?;
                let mut touches = false;
                crate::design::resolve::each_step(&steps, &mut |step| {
                    touches |= matches!(step, Step::Read { .. } | Step::Write);
                });
                if !touches {
                    ops.push(self.read(node, 1.0));
                }
                Ok((ops, true))
            }
            Kind::Cache(_) => Ok((self.steps(inside, &steps)?, false)),
            Kind::Service(service) => {
                let holds = service.mode == Mode::Blocking && !processor && !only_work;
                inside.holds = holds;
                Ok((self.steps(inside, &steps)?, holds))
            }
            Kind::Worker(_) | Kind::External(_) => {
                let holds = !processor && !only_work;
                inside.holds = holds;
                let mut ops = self.steps(inside, &steps)?;
                if let Kind::External(external) = &found.kind {
                    ops.push(Op::Fail(1.0 - external.availability.0));
                }
                Ok((ops, holds))
            }
        }
    }

    /// The steps of an endpoint, or those that are implied.
    fn steps_of(&self, name: &str, node: &'d Node, endpoint: &str) -> Vec<Step> {
        if let Kind::Worker(worker) = &node.kind
            && !worker.steps.is_empty()
        {
            return worker.steps.clone();
        }
        let Some(serving) = node.serving() else {
            return Vec::new();
        };
        if let Some(steps) = serving.endpoints.get(endpoint) {
            return steps.clone();
        }
        let work = serving.work.iter();
        let mut steps: Vec<Step> = work.map(|time| Step::Work { time: time.clone() }).collect();
        let targets = self.resolver.implied_calls(name);
        let calls = |target: &str| match self.design.node(target).map(|node| &node.kind) {
            Some(Kind::Queue(_)) => Some(Step::Publish {
                queue: target.to_owned(),
            }),
            Some(Kind::Client(_) | Kind::Worker(_)) | None => None,
            Some(_) => Some(Step::Call {
                node: target.to_owned(),
                endpoint: None,
                fallback: None,
            }),
        };
        let is_cache = |target: &&str| {
            let node = self.design.node(target);
            node.is_some_and(|node| matches!(node.kind, Kind::Cache(_)))
        };
        let cache = targets.iter().position(is_cache);
        match cache.filter(|at| at + 1 < targets.len()) {
            None => steps.extend(targets.into_iter().filter_map(calls)),
            Some(at) => {
                steps.extend(targets[..at].iter().copied().filter_map(calls));
                steps.push(Step::Cached {
                    cache: targets[at].to_owned(),
                    key: String::new(),
                    miss: targets[at + 1..]
                        .iter()
                        .copied()
                        .filter_map(calls)
                        .collect(),
                });
            }
        }
        steps
    }

    /// A balancer or gateway: its own work, then the call under the same name.
    fn forwarder(
        &mut self,
        inside: Inside,
        name: &'d str,
        node: &'d Node,
        endpoint: &str,
    ) -> Result<Vec<Op>, EstimateError> {
        let mut ops = Vec::new();
        let auth = match &node.kind {
            Kind::Gateway(gateway) => gateway.auth.as_ref(),
            _ => None,
        };
        let work = node.serving().and_then(|serving| serving.work.as_ref());
        for written in auth.into_iter().chain(work) {
            ops.push(Op::Work(Station::Workers, time(written)?));
        }
        let own = node
            .serving()
            .and_then(|serving| serving.endpoints.get(endpoint));
        if let Some(steps) = own {
            ops.extend(self.steps(inside, steps)?);
            return Ok(ops);
        }
        let named = (endpoint != IMPLIED_ENDPOINT).then_some(endpoint);
        let routed = match (&node.kind, named) {
            (Kind::Gateway(gateway), Some(named)) => gateway.routes.get(named),
            _ => None,
        };
        let targets: Vec<usize> = if let Some(target) = routed {
            vec![self.node(target)?]
        } else {
            let calls = self.resolver.implied_calls(name);
            let serving = calls
                .into_iter()
                .filter(|target| self.resolver.endpoint(target, named).is_ok());
            let limit = if matches!(node.kind, Kind::Gateway(_)) {
                1
            } else {
                usize::MAX
            };
            let found: Result<Vec<usize>, _> = serving
                .take(limit)
                .map(|target| self.node(target))
                .collect();
            found?
        };
        if !targets.is_empty() {
            let site = self.site(inside.node, &targets, named, None)?;
            ops.push(Op::Call(site, None));
        }
        Ok(ops)
    }

    fn read(&self, node: usize, pages: f64) -> Op {
        let hit = match &self.at(node).1.kind {
            Kind::Database(db) => db.buffer_hit.0,
            _ => 1.0,
        };
        Op::Read(pages * (1.0 - hit), self.plan.places[node].disk[0])
    }

    fn steps(&mut self, inside: Inside, steps: &[Step]) -> Result<Vec<Op>, EstimateError> {
        let mut inside = inside;
        let mut ops = Vec::with_capacity(steps.len());
        for step in steps {
            let op = match step {
                Step::Work { time: written } => {
                    let time = time(written)?;
                    let servers = self.plan.places[inside.node].servers;
                    if servers[Station::Cores as usize].is_finite() {
                        Op::Work(Station::Cores, time)
                    } else if inside.holds {
                        Op::Delay(time)
                    } else {
                        Op::Work(Station::Workers, time)
                    }
                }
                Step::Wait { time: written } => Op::Delay(time(written)?),
                Step::Call {
                    node,
                    endpoint,
                    fallback,
                } => {
                    let target = self.node(node)?;
                    let site = self.site(inside.node, &[target], endpoint.as_deref(), inside.tx)?;
                    let fallback = fallback.as_ref().map(|steps| self.steps(inside, steps));
                    Op::Call(site, fallback.transpose()?)
                }
                Step::Publish { queue } => {
                    let target = self.node(queue)?;
                    Op::Call(self.site(inside.node, &[target], None, None)?, None)
                }
                Step::Parallel { branches, need } => self.fork(inside, branches, need)?,
                Step::Choose { branches } => self.choice(inside, branches)?,
                Step::Repeat { times, steps } => {
                    let dist = distribution(&times.0)?;
                    let (mean, variance) = (dist.mean(), dist.variance());
                    Op::Repeat(mean, variance, self.steps(inside, steps)?)
                }
                Step::Cached { cache, key, miss } => self.cached(inside, cache, key, miss)?,
                Step::Transaction { db, steps } => {
                    let target = self.node(db)?;
                    let wire = self.line(inside.node, target)?;
                    let held = Inside {
                        tx: Some(target),
                        ..inside
                    };
                    let mut ops = self.steps(held, steps)?;
                    ops.push(self.commit(inside.node, target)?);
                    Op::Hold(wire, ops)
                }
                Step::Read { pages } => {
                    let mean = distribution(&pages.0)?.mean();
                    self.read(inside.node, mean)
                }
                Step::Write if inside.within => continue,
                Step::Write => Op::Flush,
                Step::Reply => {
                    inside.holds = false;
                    Op::Reply
                }
                Step::Fail { probability } => Op::Fail(probability.0),
            };
            ops.push(op);
        }
        Ok(ops)
    }

    fn fork(
        &mut self,
        inside: Inside,
        branches: &[Steps],
        need: &Need,
    ) -> Result<Op, EstimateError> {
        let lists: Result<Vec<Vec<Op>>, _> = branches
            .iter()
            .map(|branch| self.steps(inside, &branch.0))
            .collect();
        let lists = lists?;
        let need = match need {
            Need::All => lists.len(),
            Need::Any => 1,
            Need::AtLeast { k } => *k as usize,
        };
        Ok(Op::Parallel(lists, need))
    }

    fn choice(&mut self, inside: Inside, branches: &[(f64, Steps)]) -> Result<Op, EstimateError> {
        let total: f64 = branches.iter().map(|branch| branch.0).sum();
        let mut lists = Vec::with_capacity(branches.len());
        for (weight, branch) in branches {
            lists.push((weight / total, self.steps(inside, &branch.0)?));
        }
        Ok(Op::Choose(lists))
    }

    /// An endpoint that nobody names: a look-up, a commit.
    fn internal(&mut self, key: (usize, String, bool), ops: Vec<Op>, holds: bool) -> usize {
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let unit = self.plan.units.len();
        self.plan.units.push(Unit {
            node: key.0,
            ops,
            holds,
        });
        self.known.insert(key, unit);
        self.plan.order.push(unit);
        unit
    }

    /// The call that ends a transaction.
    fn commit(&mut self, from: usize, db: usize) -> Result<Op, EstimateError> {
        let wire = self.line(from, db)?;
        let key = (db, "\u{1}commit".to_owned(), true);
        let unit = self.internal(key, vec![Op::Flush], true);
        self.plan.sites.push(Site {
            wire,
            targets: vec![(1.0, unit)],
            pooled: false,
        });
        Ok(Op::Call(self.plan.sites.len() - 1, None))
    }

    fn cached(
        &mut self,
        inside: Inside,
        cache: &str,
        salt: &str,
        miss: &[Step],
    ) -> Result<Op, EstimateError> {
        let node = self.node(cache)?;
        let key = (node, "\u{1}get".to_owned(), false);
        let serving = self.at(node).1.serving();
        let work = serving.and_then(|serving| serving.work.as_ref());
        let ops = work.map(|work| time(work).map(|time| Op::Work(Station::Workers, time)));
        let ops: Result<Vec<Op>, _> = ops.into_iter().collect();
        let unit = self.internal(key, ops?, false);
        let wire = self.line(inside.node, node)?;
        self.plan.sites.push(Site {
            wire,
            targets: vec![(1.0, unit)],
            pooled: true,
        });
        let site = self.plan.sites.len() - 1;
        let same = |lookup: &Lookup| lookup.node == node && lookup.salt == salt;
        let known = self.plan.lookups.iter().position(same);
        let lookup = known.unwrap_or_else(|| {
            self.plan.lookups.push(Lookup {
                node,
                salt: salt.to_owned(),
            });
            self.plan.lookups.len() - 1
        });
        let mut ops = self.steps(inside, miss)?;
        ops.push(Op::Send(site));
        Ok(Op::Cached(lookup, site, ops))
    }

    fn line(&mut self, from: usize, to: usize) -> Result<usize, EstimateError> {
        if let Some(&known) = self.lines.get(&(from, to)) {
            return Ok(known);
        }
        let ((name, caller), (target, callee)) = (self.at(from), self.at(to));
        let wire = self.resolver.wire(name, target);
        let wire = wire.unwrap_or(&self.default_wire);
        let line = line(&self.design.network, caller, callee, wire)?;
        self.plan.lines.push(line);
        let index = self.plan.lines.len() - 1;
        self.plan
            .line_names
            .push((format!("{name} -> {target}"), index));
        self.lines.insert((from, to), index);
        Ok(index)
    }
}
