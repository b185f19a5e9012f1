//! Programs: endpoints and their steps lowered to runs of micro-operations.

use super::{Builder, CompileError};
use crate::design::model::{Dist as Written, Kind, Mode, Need, Step, TimeDist};
use crate::design::resolve::{IMPLIED_ENDPOINT, each_step};
use crate::sim::model::{CachedSpec, ChoiceSpec, ForkSpec, NONE, Op, TxSpec, feature};
use crate::stats::dist::Dist;
use crate::stats::rng::hash_name;
use std::collections::BTreeMap;

/// First character of the names of endpoints that only the engine calls.
pub(super) const INTERNAL: char = '\u{1}';
const GET: &str = "\u{1}get ";
const PUT: &str = "\u{1}put ";
const COMMIT: &str = "\u{1}commit";

/// What the lowering of a program knows of where it is.
struct Context {
    node: u32,
    endpoint: String,
    /// Work is done on a worker that is kept from the start.
    holds_worker: bool,
    /// Inside a loop, a fetch, a transaction: another of the same kind gets a frame of its own.
    loops: bool,
    fetches: bool,
    tx: Option<u32>,
    /// How many steps of a kind there were, for their stable names.
    ordinals: BTreeMap<String, u32>,
}

impl Context {
    /// The stable name of a step: its kind and target, and its number among those.
    fn stream(&mut self, builder: &Builder<'_>, what: &str) -> [String; 3] {
        let ordinal = self.ordinals.entry(what.to_owned()).or_insert(0);
        *ordinal += 1;
        [
            builder.name(self.node).to_owned(),
            self.endpoint.clone(),
            format!("{what} {ordinal}"),
        ]
    }
}

fn names(stream: &[String; 3]) -> [&str; 3] {
    [&stream[0], &stream[1], &stream[2]]
}

impl Builder<'_> {
    fn emit(&mut self, op: Op) -> usize {
        self.model.ops.push(op);
        self.model.ops.len() - 1
    }

    fn here(&self) -> u32 {
        self.model.ops.len() as u32
    }

    /// Lowers an endpoint of a node.
    pub(super) fn lower(&mut self, endpoint: u32) -> Result<(), CompileError> {
        let (node, name) = {
            let spec = &self.model.endpoints[endpoint as usize];
            (spec.node, spec.name.clone())
        };
        self.model.endpoints[endpoint as usize].entry = self.here();
        let mut cx = Context {
            node,
            endpoint: name.clone(),
            holds_worker: false,
            loops: false,
            fetches: false,
            tx: None,
            ordinals: BTreeMap::new(),
        };
        if name.starts_with(INTERNAL) {
            return self.lower_internal(&mut cx, &name);
        }
        self.lower_limits(&cx);
        let design_node = self.design.nodes.0[node as usize].1.clone();
        let layout = self.layouts[node as usize];
        match &design_node.kind {
            Kind::Client(_) => {}
            Kind::Balancer(balancer) => {
                self.lower_forwarder(&mut cx, None, balancer.serving.work.as_ref())?;
            }
            Kind::Gateway(gateway) => {
                self.lower_forwarder(
                    &mut cx,
                    gateway.auth.as_ref(),
                    gateway.serving.work.as_ref(),
                )?;
            }
            Kind::Service(service) => {
                let blocking = service.mode == Mode::Blocking && !layout.processor;
                self.lower_server(&mut cx, blocking)?;
            }
            Kind::Cache(_) => self.lower_server(&mut cx, false)?,
            Kind::External(external) => {
                self.lower_external(&mut cx, &external.latency, external.availability.0)?;
            }
            Kind::Database(_) => self.lower_database(&mut cx)?,
            Kind::Queue(queue) => {
                let stream = cx.stream(self, "accept");
                self.lower_visit(0, &queue.accept.0, &names(&stream))?;
                let queue = self.model.nodes[node as usize].queue;
                self.emit(Op::Enqueue { queue });
            }
            Kind::Worker(_) => {
                self.lower_server(&mut cx, !layout.processor)?;
                let queue = self.model.nodes[node as usize].consumes;
                self.emit(Op::Acknowledge { queue });
            }
        }
        self.emit(Op::Return);
        Ok(())
    }

    /// The node's rate limits that concern an endpoint, all at once if none is left out.
    fn lower_limits(&mut self, cx: &Context) {
        let (first, n) = self.layouts[cx.node as usize].limits;
        for i in first..first + u32::from(n) {
            let only = &self.model.node_limits[i as usize].endpoints;
            if only.is_empty() || only.contains(&cx.endpoint) {
                self.emit(Op::Limit { first: i, n: 1 });
            }
        }
    }

    fn lower_visit(
        &mut self,
        st: u16,
        time: &Written,
        stream: &[&str],
    ) -> Result<(), CompileError> {
        let draw = self.draw(time, stream)?;
        self.emit(Op::Visit { st, draw });
        self.emit(Op::VisitEnd { st });
        Ok(())
    }

    /// The steps of an endpoint, or what is implied where the node has none: its work, then its calls.
    fn program(&self, cx: &Context) -> Vec<Step> {
        let node = &self.design.nodes.0[cx.node as usize].1;
        if let Kind::Worker(worker) = &node.kind
            && !worker.steps.is_empty()
        {
            return worker.steps.clone();
        }
        let Some(serving) = node.serving() else {
            return Vec::new();
        };
        if let Some(steps) = serving.endpoints.get(&cx.endpoint) {
            return steps.clone();
        }
        let mut steps: Vec<Step> = serving
            .work
            .iter()
            .map(|time| Step::Work { time: time.clone() })
            .collect();
        for target in self.design.implied_calls(self.name(cx.node)) {
            let kind = self.design.node(target).map(|node| &node.kind);
            match kind {
                Some(Kind::Queue(_)) => steps.push(Step::Publish {
                    queue: target.to_owned(),
                }),
                Some(Kind::Cache(_)) if self.caches_nothing(cx, target) => {}
                Some(Kind::Client(_) | Kind::Worker(_)) | None => {}
                Some(_) => steps.push(Step::Call {
                    node: target.to_owned(),
                    endpoint: None,
                    fallback: None,
                }),
            }
        }
        self.with_cache(cx, steps)
    }

    /// Whether a cache among the arrows of a sketch has something behind it to cache.
    fn caches_nothing(&self, cx: &Context, cache: &str) -> bool {
        let targets = self.design.implied_calls(self.name(cx.node));
        let after = targets.iter().skip_while(|target| **target != cache).nth(1);
        after.is_some()
    }

    /// In a sketch, an arrow to a cache means that the calls after it are looked up there first.
    fn with_cache(&self, cx: &Context, steps: Vec<Step>) -> Vec<Step> {
        let targets = self.design.implied_calls(self.name(cx.node));
        let is_cache = |name: &&str| {
            self.design
                .node(name)
                .is_some_and(|node| matches!(node.kind, Kind::Cache(_)))
        };
        let Some(at) = targets.iter().position(is_cache) else {
            return steps;
        };
        if at + 1 == targets.len() {
            return steps;
        }
        let before = steps.len() - (targets.len() - at - 1).min(steps.len());
        let mut steps = steps;
        let miss = steps.split_off(before);
        steps.push(Step::Cached {
            cache: targets[at].to_owned(),
            key: String::new(),
            miss,
        });
        steps
    }

    /// A service, worker or cache: its program on its workers.
    fn lower_server(&mut self, cx: &mut Context, blocking: bool) -> Result<(), CompileError> {
        let steps = self.program(cx);
        let layout = self.layouts[cx.node as usize];
        if let Some(st) = layout.in_flight {
            self.emit(Op::Acquire { st });
        }
        // Work and nothing else is a visit: the worker is held just as long.
        let only_work =
            matches!(steps.as_slice(), [] | [Step::Work { .. }]) && layout.cores.is_none();
        if blocking && !only_work {
            self.emit(Op::Acquire { st: 0 });
            cx.holds_worker = true;
        }
        self.lower_steps(cx, &steps)
    }

    fn lower_external(
        &mut self,
        cx: &mut Context,
        latency: &TimeDist,
        availability: f64,
    ) -> Result<(), CompileError> {
        let steps = self.program(cx);
        if steps.is_empty() {
            let stream = cx.stream(self, "latency");
            self.lower_visit(0, &latency.0, &names(&stream))?;
        } else {
            self.emit(Op::Acquire { st: 0 });
            cx.holds_worker = true;
            self.lower_steps(cx, &steps)?;
        }
        if availability < 1.0 {
            let stream = cx.stream(self, "unavailable");
            let draw = self.draw_of(&Dist::Constant(1.0 - availability), &names(&stream));
            self.emit(Op::Fail { draw });
        }
        Ok(())
    }

    fn lower_database(&mut self, cx: &mut Context) -> Result<(), CompileError> {
        self.emit(Op::Session);
        let steps = self.program(cx);
        self.lower_steps(cx, &steps)?;
        let mut touches = false;
        each_step(&steps, &mut |step| {
            touches |= matches!(step, Step::Read { .. } | Step::Write);
        });
        if !touches {
            // Whatever a query does, it looks at a page at least.
            self.lower_read(
                cx,
                &Written::Constant {
                    value: crate::design::Quantity(1.0),
                },
            )?;
        }
        self.emit(Op::SessionEnd);
        Ok(())
    }

    /// A balancer or gateway: its own work, then the call under the same name.
    fn lower_forwarder(
        &mut self,
        cx: &mut Context,
        auth: Option<&TimeDist>,
        work: Option<&TimeDist>,
    ) -> Result<(), CompileError> {
        let design = self.design;
        let node = &design.nodes.0[cx.node as usize].1;
        let own = node
            .serving()
            .and_then(|serving| serving.endpoints.get(&cx.endpoint));
        for (what, time) in [("auth", auth), ("work", work)] {
            if let Some(time) = time {
                let stream = cx.stream(self, what);
                self.lower_visit(0, &time.0, &names(&stream))?;
            }
        }
        if let Some(steps) = own {
            return self.lower_steps(cx, &steps.clone());
        }
        let name = (cx.endpoint != IMPLIED_ENDPOINT).then(|| cx.endpoint.clone());
        let mut targets: Vec<&str> = Vec::new();
        if let (Kind::Gateway(gateway), Some(name)) = (&node.kind, &name)
            && let Some(target) = gateway.routes.get(name)
        {
            targets.push(target);
        } else {
            let calls = design.implied_calls(self.name(cx.node));
            let serves = |target: &&str| design.resolve_endpoint(target, name.as_deref()).is_ok();
            targets.extend(calls.into_iter().filter(serves));
            if matches!(node.kind, Kind::Gateway(_)) {
                // A gateway routes: the first that has the endpoint serves it.
                targets.truncate(1);
            }
        }
        if targets.is_empty() {
            return Ok(());
        }
        let path = format!("nodes/{}", self.name(cx.node));
        let targets: Result<Vec<u32>, _> = targets
            .iter()
            .map(|target| self.node(target, &path))
            .collect();
        let stream = cx.stream(self, "forward");
        let site = self.site(
            cx.node,
            &targets?,
            name.as_deref(),
            hash_name(&names(&stream)),
        )?;
        self.emit(Op::Call { site });
        Ok(())
    }

    /// Endpoints that only the engine calls: look-ups, fills, commits.
    fn lower_internal(&mut self, cx: &mut Context, name: &str) -> Result<(), CompileError> {
        if name == COMMIT {
            let db = self.model.nodes[cx.node as usize].db;
            for op in [
                Op::Session,
                Op::Committed,
                Op::Flush { db },
                Op::Unlock { db },
                Op::SessionEnd,
                Op::Return,
            ] {
                self.emit(op);
            }
            return Ok(());
        }
        let cached = name[GET.len()..].parse().unwrap_or(NONE);
        let node = &self.design.nodes.0[cx.node as usize].1;
        if let Some(work) = node.serving().and_then(|serving| serving.work.clone()) {
            cx.endpoint = String::new();
            let stream = cx.stream(self, if name.starts_with(GET) { "get" } else { "put" });
            self.lower_visit(0, &work.0, &names(&stream))?;
        }
        self.emit(if name.starts_with(GET) {
            Op::CacheGet { cached }
        } else {
            Op::CachePut { cached }
        });
        self.emit(Op::Return);
        Ok(())
    }

    fn lower_steps(&mut self, cx: &mut Context, steps: &[Step]) -> Result<(), CompileError> {
        steps.iter().try_for_each(|step| self.lower_step(cx, step))
    }

    fn lower_step(&mut self, cx: &mut Context, step: &Step) -> Result<(), CompileError> {
        match step {
            Step::Work { time } => self.lower_work(cx, time),
            Step::Wait { time } => {
                let stream = cx.stream(self, "wait");
                let draw = self.draw(&time.0, &names(&stream))?;
                self.emit(Op::Delay { draw });
                self.emit(Op::DelayEnd);
                Ok(())
            }
            Step::Call {
                node,
                endpoint,
                fallback,
            } => self.lower_call(cx, node, endpoint.as_deref(), fallback.as_deref()),
            Step::Parallel { branches, need } => {
                let branches: Vec<&[Step]> =
                    branches.iter().map(|branch| branch.0.as_slice()).collect();
                let need = match need {
                    Need::All => branches.len() as u32,
                    Need::Any => 1,
                    Need::AtLeast { k } => *k,
                };
                self.lower_fork(cx, &branches, need)
            }
            Step::Choose { branches } => self.lower_choose(cx, branches),
            Step::Repeat { times, steps } => self.lower_repeat(cx, &times.0, steps, step),
            Step::Cached { cache, key, miss } => self.lower_cached(cx, cache, key, miss, step),
            Step::Publish { queue } => self.lower_call(cx, queue, None, None),
            Step::Transaction { db, steps } => self.lower_transaction(cx, db, steps, step),
            Step::Read { pages } => self.lower_read(cx, &pages.0),
            Step::Write => {
                let db = self.model.nodes[cx.node as usize].db;
                for op in [
                    Op::Lock { db },
                    Op::Written { db },
                    Op::Flush { db },
                    Op::Unlock { db },
                ] {
                    self.emit(op);
                }
                Ok(())
            }
            Step::Reply => {
                self.emit(Op::Reply);
                // The worker goes with the answer; work after it needs one anew.
                cx.holds_worker = false;
                Ok(())
            }
            Step::Fail { probability } => {
                let stream = cx.stream(self, "fail");
                let draw = self.draw_of(&Dist::Constant(probability.0), &names(&stream));
                self.emit(Op::Fail { draw });
                Ok(())
            }
        }
    }

    fn lower_work(&mut self, cx: &mut Context, time: &TimeDist) -> Result<(), CompileError> {
        let stream = cx.stream(self, "work");
        let draw = self.draw(&time.0, &names(&stream))?;
        let layout = self.layouts[cx.node as usize];
        let is_database = self.model.nodes[cx.node as usize].db != NONE;
        match layout.cores {
            Some(st) => {
                let takes_worker = !cx.holds_worker && !is_database;
                if takes_worker {
                    self.emit(Op::Acquire { st: 0 });
                }
                self.emit(Op::Visit { st, draw });
                self.emit(Op::VisitEnd { st });
                if takes_worker {
                    self.emit(Op::Release { st: 0 });
                }
            }
            None if cx.holds_worker || is_database => {
                self.emit(Op::Hold { draw });
                self.emit(Op::HoldEnd);
            }
            None => {
                self.emit(Op::Visit { st: 0, draw });
                self.emit(Op::VisitEnd { st: 0 });
            }
        }
        Ok(())
    }

    fn lower_call(
        &mut self,
        cx: &mut Context,
        node: &str,
        endpoint: Option<&str>,
        fallback: Option<&[Step]>,
    ) -> Result<(), CompileError> {
        let site = self.step_site(cx, node, endpoint)?;
        self.emit(Op::Call { site });
        let Some(fallback) = fallback else {
            return Ok(());
        };
        let over = self.emit(Op::Jump { to: NONE });
        self.model.sites[site as usize].on_fail = self.here();
        self.lower_steps(cx, fallback)?;
        self.model.ops[over] = Op::Jump { to: self.here() };
        Ok(())
    }

    /// The site of a step that calls a node.
    fn step_site(
        &mut self,
        cx: &mut Context,
        node: &str,
        endpoint: Option<&str>,
    ) -> Result<u32, CompileError> {
        let path = format!("nodes/{}/endpoints/{}", self.name(cx.node), cx.endpoint);
        let target = self.node(node, &path)?;
        let stream = cx.stream(self, &format!("call {node} {}", endpoint.unwrap_or("")));
        let site = self.site(cx.node, &[target], endpoint, hash_name(&names(&stream)))?;
        if let Some(tx) = cx.tx
            && self.model.dbs[self.model.txs[tx as usize].db as usize].node == target
        {
            // It goes over the connection that the transaction holds.
            self.model.sites[site as usize].features &= !(feature::POOL | feature::CONNECT);
        }
        Ok(site)
    }

    /// Steps in frames of their own, at the same time.
    fn lower_fork(
        &mut self,
        cx: &mut Context,
        branches: &[&[Step]],
        need: u32,
    ) -> Result<(), CompileError> {
        if branches.is_empty() || need == 0 {
            return Ok(());
        }
        let fork = self.model.forks.len() as u32;
        let stream = cx.stream(self, "fork");
        self.model.forks.push(ForkSpec {
            branches: Vec::new(),
            need: need.min(branches.len() as u32),
            stream: hash_name(&names(&stream)),
        });
        self.emit(Op::Fork { fork });
        let over = self.emit(Op::Jump { to: NONE });
        let (loops, fetches, tx) = (cx.loops, cx.fetches, cx.tx);
        let holds_worker = cx.holds_worker;
        for branch in branches {
            (cx.loops, cx.fetches) = (false, false);
            let entry = self.here();
            self.model.forks[fork as usize].branches.push(entry);
            self.lower_steps(cx, branch)?;
            self.emit(Op::BranchEnd);
        }
        (cx.loops, cx.fetches, cx.tx) = (loops, fetches, tx);
        cx.holds_worker = holds_worker;
        self.model.ops[over] = Op::Jump { to: self.here() };
        Ok(())
    }

    fn lower_choose(
        &mut self,
        cx: &mut Context,
        branches: &[(f64, crate::design::model::Steps)],
    ) -> Result<(), CompileError> {
        if branches.is_empty() {
            return Ok(());
        }
        let total: f64 = branches.iter().map(|branch| branch.0).sum();
        let mut sum = 0.0;
        let upto = branches
            .iter()
            .map(|branch| {
                sum += branch.0 / total;
                sum
            })
            .collect();
        let choice = self.model.choices.len() as u32;
        let stream = cx.stream(self, "choose");
        self.model.choices.push(ChoiceSpec {
            upto,
            to: Vec::new(),
            stream: hash_name(&names(&stream)),
        });
        self.emit(Op::Choose { choice });
        let mut ends = Vec::new();
        for (_, branch) in branches {
            let entry = self.here();
            self.model.choices[choice as usize].to.push(entry);
            self.lower_steps(cx, &branch.0)?;
            ends.push(self.emit(Op::Jump { to: NONE }));
        }
        let after = self.here();
        for end in ends {
            self.model.ops[end] = Op::Jump { to: after };
        }
        Ok(())
    }

    fn lower_repeat(
        &mut self,
        cx: &mut Context,
        times: &Written,
        steps: &[Step],
        whole: &Step,
    ) -> Result<(), CompileError> {
        if cx.loops {
            // A frame counts one loop; an inner one gets a frame of its own.
            return self.lower_fork(cx, &[std::slice::from_ref(whole)], 1);
        }
        let stream = cx.stream(self, "repeat");
        let draw = self.draw(times, &names(&stream))?;
        let begin = self.emit(Op::Loop { draw, exit: NONE });
        let body = self.here();
        cx.loops = true;
        self.lower_steps(cx, steps)?;
        cx.loops = false;
        self.emit(Op::Again { body });
        self.model.ops[begin] = Op::Loop {
            draw,
            exit: self.here(),
        };
        Ok(())
    }

    fn lower_cached(
        &mut self,
        cx: &mut Context,
        cache: &str,
        key: &str,
        miss: &[Step],
        whole: &Step,
    ) -> Result<(), CompileError> {
        if cx.fetches {
            return self.lower_fork(cx, &[std::slice::from_ref(whole)], 1);
        }
        let path = format!("nodes/{}", self.name(cx.node));
        let target = self.node(cache, &path)?;
        let cached = self.model.cached.len() as u32;
        let stream = cx.stream(self, &format!("refresh {cache}"));
        self.model.cached.push(CachedSpec {
            cache: self.model.nodes[target as usize].cache,
            miss: NONE,
            end: NONE,
            refresh: NONE,
            stream: hash_name(&names(&stream)),
            salt: hash_name(&["key", key]),
        });
        let get = self.step_site(cx, cache, Some(&format!("{GET}{cached}")))?;
        let put = self.step_site(cx, cache, Some(&format!("{PUT}{cached}")))?;
        self.emit(Op::Call { site: get });
        self.model.sites[get as usize].on_fail = self.here();
        self.emit(Op::Cached { cached });
        self.model.cached[cached as usize].miss = self.here();
        let ordinals = cx.ordinals.clone();
        cx.fetches = true;
        self.lower_steps(cx, miss)?;
        self.emit(Op::Filled { cached });
        self.emit(Op::Send { site: put });
        let over = self.emit(Op::Jump { to: NONE });
        let refreshes = match &self.design.nodes.0[target as usize].1.kind {
            Kind::Cache(cache) => cache.stale_while_revalidate.is_some(),
            _ => false,
        };
        if refreshes {
            self.model.cached[cached as usize].refresh = self.here();
            // The same steps under the same names: a refresh meets the demands that a fetch would.
            let after = std::mem::replace(&mut cx.ordinals, ordinals);
            let (loops, holds_worker, tx) = (cx.loops, cx.holds_worker, cx.tx.take());
            (cx.loops, cx.holds_worker) = (false, false);
            self.lower_steps(cx, miss)?;
            (cx.loops, cx.holds_worker, cx.tx, cx.ordinals) = (loops, holds_worker, tx, after);
            self.emit(Op::Filled { cached });
            self.emit(Op::Send { site: put });
            self.emit(Op::BranchEnd);
        }
        cx.fetches = false;
        let end = self.here();
        self.model.ops[over] = Op::Jump { to: end };
        self.model.cached[cached as usize].end = end;
        Ok(())
    }

    fn lower_transaction(
        &mut self,
        cx: &mut Context,
        db: &str,
        steps: &[Step],
        whole: &Step,
    ) -> Result<(), CompileError> {
        if cx.tx.is_some() {
            return self.lower_fork(cx, &[std::slice::from_ref(whole)], 1);
        }
        let path = format!("nodes/{}", self.name(cx.node));
        let target = self.node(db, &path)?;
        let wire = self.wire(cx.node, target)?;
        let tx = self.model.txs.len() as u32;
        let id = self.model.nodes[target as usize].db;
        self.model.txs.push(TxSpec {
            wire,
            db: id,
            commit: NONE,
        });
        self.emit(Op::Begin { tx });
        cx.tx = Some(tx);
        self.lower_steps(cx, steps)?;
        let commit = self.step_site(cx, db, Some(COMMIT))?;
        cx.tx = None;
        self.model.txs[tx as usize].commit = commit;
        self.emit(Op::Commit { tx });
        self.emit(Op::End { tx });
        Ok(())
    }

    fn lower_read(&mut self, cx: &mut Context, pages: &Written) -> Result<(), CompileError> {
        let db = self.model.nodes[cx.node as usize].db;
        let spec = self.model.dbs[db as usize].clone();
        if spec.buffer_hit >= 1.0 {
            return Ok(());
        }
        let stream = cx.stream(self, "read");
        let draw = self.draw(pages, &names(&stream))?;
        self.emit(Op::Pages { draw, db });
        self.emit(Op::Visit {
            st: spec.disk,
            draw: spec.read_draw,
        });
        self.emit(Op::VisitEnd { st: spec.disk });
        self.emit(Op::PageEnd);
        Ok(())
    }
}
