//! Programs: what the endpoints of each kind of node consist of, besides the steps that a design
//! writes down.

use super::{Builder, CompileError};
use crate::design::model::{Dist as Written, Kind, Mode, Step, TimeDist};
use crate::design::resolve::{IMPLIED_ENDPOINT, each_step};
use crate::sim::model::Op;
use crate::stats::dist::Dist;
use crate::stats::rng::hash_name;
use std::collections::BTreeMap;

/// First character of the names of endpoints that only the engine calls.
pub(super) const INTERNAL: char = '\u{1}';

/// What the lowering of a program knows of where it is.
pub(super) struct Context {
    pub node: u32,
    pub endpoint: String,
    /// Work is done on a worker that is kept from the start.
    pub holds_worker: bool,
    /// Inside a loop, a fetch, a transaction: another of the same kind gets a frame of its own.
    pub loops: bool,
    pub fetches: bool,
    pub tx: Option<u32>,
    /// How many steps of a kind there were, for their stable names.
    pub ordinals: BTreeMap<String, u32>,
}

impl Context {
    /// The stable name of a step: its kind and target, and its number among those.
    pub(super) fn stream(&mut self, builder: &Builder<'_>, what: &str) -> [String; 3] {
        let ordinal = self.ordinals.entry(what.to_owned()).or_insert(0);
        *ordinal += 1;
        [
            builder.name(self.node).to_owned(),
            self.endpoint.clone(),
            format!("{what} {ordinal}"),
        ]
    }
}

pub(super) fn names(stream: &[String; 3]) -> [&str; 3] {
    [&stream[0], &stream[1], &stream[2]]
}

impl Builder<'_> {
    pub(super) fn emit(&mut self, op: Op) -> usize {
        self.model.ops.push(op);
        self.model.ops.len() - 1
    }

    pub(super) fn here(&self) -> u32 {
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

    pub(super) fn lower_visit(
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
}
