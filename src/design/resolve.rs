//! What a design implies: which wires there are, which endpoint a call means. Used by the
//! validation, the compiler of the simulator, the layout and the review alike.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Balancing, Design, Fault, FaultEntry, Kind, Limit, Serving, Step, Wire};
use super::{Named, Node};

/// The name of the endpoint of a node that declares none: its work, then its calls in order.
pub const IMPLIED_ENDPOINT: &str = "";

/// Why a call cannot be resolved to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndpointError {
    /// There is no node of this name.
    UnknownNode,
    /// The node offers nothing to call: a client, a queue or a worker.
    NotCallable,
    /// The node has several endpoints, and none was named.
    Ambiguous,
    /// The node has no endpoint of this name.
    UnknownEndpoint,
}

impl Node {
    /// Workers, queue and endpoints, for the kinds that have them.
    pub fn serving(&self) -> Option<&Serving> {
        match &self.kind {
            Kind::Balancer(kind) => Some(&kind.serving),
            Kind::Gateway(kind) => Some(&kind.serving),
            Kind::Service(kind) => Some(&kind.serving),
            Kind::Cache(kind) => Some(&kind.serving),
            Kind::Database(kind) => Some(&kind.serving),
            Kind::Worker(kind) => Some(&kind.serving),
            Kind::External(kind) => Some(&kind.serving),
            Kind::Client(_) | Kind::Queue(_) => None,
        }
    }

    /// Whether it passes endpoints of its targets through under their own names.
    pub fn passes_through(&self) -> bool {
        matches!(self.kind, Kind::Balancer(_) | Kind::Gateway(_))
    }

    /// How it spreads calls over replicas, for the kinds that say so for all their calls.
    pub fn balancing(&self) -> Option<&Balancing> {
        match &self.kind {
            Kind::Balancer(kind) => Some(&kind.balancing),
            Kind::Gateway(kind) => Some(&kind.balancing),
            _ => None,
        }
    }
}

/// Connections of one caller replica towards a database where the wire does not say.
const DATABASE_POOL: u32 = 10;

/// Connections that each replica of a caller keeps towards a callee; `None` if there is no pool.
/// Towards a database a pool is implied, unless a client calls it itself.
pub fn pool_size(caller: &Node, callee: &Node, wire: Option<&Wire>) -> Option<u32> {
    match wire.and_then(|wire| wire.pool.as_ref()) {
        Some(pool) => pool.get(),
        None if matches!(caller.kind, Kind::Client(_)) => None,
        None => matches!(callee.kind, Kind::Database(_)).then_some(DATABASE_POOL),
    }
}

impl Limit {
    /// The number, or `None` if there is no limit.
    pub fn get(&self) -> Option<u32> {
        match self {
            Limit::Unlimited => None,
            Limit::AtMost { n } => Some(*n),
        }
    }
}

/// The caller and the callee in the name of a wire: `"api -> orders-db"`.
pub fn wire_ends(name: &str) -> Option<(&str, &str)> {
    let (from, to) = name.split_once("->")?;
    let (from, to) = (from.trim(), to.trim());
    (!from.is_empty() && !to.is_empty()).then_some((from, to))
}

/// Calls `act` with each step of a program, those inside others included, in order.
pub fn each_step<'d>(steps: &'d [Step], act: &mut dyn FnMut(&'d Step)) {
    for step in steps {
        act(step);
        match step {
            Step::Call {
                fallback: Some(inner),
                ..
            }
            | Step::Repeat { steps: inner, .. }
            | Step::Cached { miss: inner, .. }
            | Step::Transaction { steps: inner, .. } => each_step(inner, act),
            Step::Parallel { branches, .. } => {
                for branch in branches {
                    each_step(&branch.0, act);
                }
            }
            Step::Choose { branches } => {
                for (_, branch) in branches {
                    each_step(&branch.0, act);
                }
            }
            _ => {}
        }
    }
}

/// The node that a step turns to.
pub fn target_of(step: &Step) -> Option<&str> {
    match step {
        Step::Call { node, .. } => Some(node),
        Step::Cached { cache, .. } => Some(cache),
        Step::Publish { queue } => Some(queue),
        Step::Transaction { db, .. } => Some(db),
        _ => None,
    }
}

impl Design {
    /// The node of a name.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.get(name)
    }

    /// What the design says about the wire from one node to another; `None` if it is all default.
    pub fn wire(&self, from: &str, to: &str) -> Option<&Wire> {
        self.wires
            .iter()
            .find(|(name, _)| wire_ends(name) == Some((from, to)))
            .map(|(_, wire)| wire)
    }

    /// The programs of a node: of each of its endpoints, or what a worker does with a message.
    pub fn programs<'d>(&'d self, node: &'d Node) -> impl Iterator<Item = (&'d str, &'d [Step])> {
        let endpoints = node.serving().map(|serving| &serving.endpoints);
        let own = endpoints
            .into_iter()
            .flat_map(Named::iter)
            .map(|(name, steps)| (name, steps.as_slice()));
        let of_worker = match &node.kind {
            Kind::Worker(worker) => Some((IMPLIED_ENDPOINT, worker.steps.as_slice())),
            _ => None,
        };
        own.chain(of_worker)
    }

    /// Every pair of caller and callee between which calls or messages can pass, each once, in a
    /// stable order: by caller in the order of the file; for each caller its traffic, its steps, its
    /// routes, `to`, `from`, then what only `wires` names.
    pub fn implied_wires(&self) -> Vec<(String, String)> {
        let mut named: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (from, to) in self.wires.names().filter_map(wire_ends) {
            named.entry(from).or_default().push(to);
        }
        let mut all = Vec::new();
        for (name, node) in self.nodes.iter() {
            let mut targets = self.targets(node);
            targets.extend(named.get(name).into_iter().flatten());
            let mut seen = BTreeSet::new();
            let fresh = targets.into_iter().filter(|target| seen.insert(*target));
            all.extend(fresh.map(|target| (name.to_owned(), target.to_owned())));
        }
        all
    }

    /// The nodes that a node turns to, in order, with repetitions.
    fn targets<'d>(&'d self, node: &'d Node) -> Vec<&'d str> {
        let mut targets = Vec::new();
        if let Kind::Client(client) = &node.kind {
            targets.extend(client.traffic.iter().map(|flow| flow.to.as_str()));
        }
        for (_, steps) in self.programs(node) {
            each_step(steps, &mut |step| targets.extend(target_of(step)));
        }
        if let Kind::Gateway(gateway) = &node.kind {
            targets.extend(gateway.routes.iter().map(|(_, target)| target.as_str()));
        }
        targets.extend(node.common.to.iter().map(String::as_str));
        if let Kind::Worker(worker) = &node.kind {
            targets.push(&worker.from);
        }
        targets
    }

    /// The endpoint of a node that a call means: see [`Resolver::endpoint`].
    ///
    /// # Errors
    /// If there is no such endpoint, or it is not clear which is meant.
    pub fn resolve_endpoint<'d>(
        &'d self,
        node: &'d str,
        endpoint: Option<&str>,
    ) -> Result<(&'d str, &'d str), EndpointError> {
        Resolver::new(self).endpoint(node, endpoint)
    }

    /// The nodes that a node calls where it declares no endpoints: see [`Resolver::implied_calls`].
    pub fn implied_calls(&self, name: &str) -> Vec<&str> {
        Resolver::new(self).implied_calls(name)
    }
}

impl FaultEntry {
    /// The name by which objectives and reports speak of the fault: its own, or one made from what
    /// happens: `"orders-db slow"`, `"api crash"`, `"zone a"`.
    pub fn title(&self) -> String {
        if !self.name.is_empty() {
            return self.name.clone();
        }
        match &self.fault {
            Fault::Crash { node, .. } => format!("{node} crash"),
            Fault::Slow { node, .. } => format!("{node} slow"),
            Fault::Grey { node, .. } => format!("{node} grey"),
            Fault::Errors { node, .. } => format!("{node} errors"),
            Fault::Latency { wire, .. } => format!("{wire} latency"),
            Fault::Loss { wire, .. } => format!("{wire} loss"),
            Fault::Partition { a, .. } => format!("partition of {}", a.join(", ")),
            Fault::Pause { node, .. } => format!("{node} pause"),
            Fault::Flush { cache } => format!("{cache} flush"),
            Fault::Traffic { client, .. } => format!("{client} traffic"),
            Fault::HotKey { client, .. } => format!("{client} hot key"),
            Fault::Zone { zone } => format!("zone {zone}"),
        }
    }
}

/// Most balancers and gateways that a call passes through on its way.
const PASSED_MAX: usize = 64;

/// Looks nodes and endpoints up; made once where many are looked up.
#[derive(Debug)]
pub struct Resolver<'d> {
    nodes: BTreeMap<&'d str, &'d Node>,
    /// The callees that `wires` names, by caller.
    wired: BTreeMap<&'d str, Vec<&'d str>>,
    /// What `wires` says, by caller and callee.
    wires: BTreeMap<(&'d str, &'d str), &'d Wire>,
}

impl<'d> Resolver<'d> {
    /// A resolver for a design.
    pub fn new(design: &'d Design) -> Resolver<'d> {
        let mut wired: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut policies = BTreeMap::new();
        for (name, wire) in design.wires.iter() {
            let Some((from, to)) = wire_ends(name) else {
                continue;
            };
            wired.entry(from).or_default().push(to);
            policies.entry((from, to)).or_insert(wire);
        }
        Resolver {
            nodes: design.nodes.iter().collect(),
            wired,
            wires: policies,
        }
    }

    /// What the design says about the wire from one node to another; `None` if it is all default.
    pub fn wire(&self, from: &str, to: &str) -> Option<&'d Wire> {
        self.wires.get(&(from, to)).copied()
    }

    /// The node of a name.
    pub fn node(&self, name: &str) -> Option<&'d Node> {
        self.nodes.get(name).copied()
    }

    /// The nodes that a node calls where it declares no endpoints: its `to`, then those that only
    /// `wires` names, each once.
    pub fn implied_calls(&self, name: &str) -> Vec<&'d str> {
        let Some(node) = self.node(name) else {
            return Vec::new();
        };
        let source = match &node.kind {
            Kind::Worker(worker) => Some(worker.from.as_str()),
            _ => None,
        };
        let own = node.common.to.iter().map(String::as_str);
        let wired = self.wired.get(name).into_iter().flatten().copied();
        let mut seen = BTreeSet::new();
        // The queue that a worker takes from may have a wire of its own, but is not called.
        let others = own.chain(wired).filter(|target| Some(*target) != source);
        others.filter(|target| seen.insert(*target)).collect()
    }

    /// The endpoint of a node that a call means, and the node that has it: for a balancer or gateway
    /// the target that serves it in the end. The endpoint is [`IMPLIED_ENDPOINT`] for a node that
    /// declares none.
    ///
    /// # Errors
    /// If there is no such endpoint, or it is not clear which is meant.
    pub fn endpoint(
        &self,
        name: &str,
        endpoint: Option<&str>,
    ) -> Result<(&'d str, &'d str), EndpointError> {
        self.endpoint_within(name, endpoint, &mut BTreeSet::new())
    }

    fn endpoint_within(
        &self,
        name: &str,
        endpoint: Option<&str>,
        seen: &mut BTreeSet<&'d str>,
    ) -> Result<(&'d str, &'d str), EndpointError> {
        let known = self
            .nodes
            .get_key_value(name)
            .ok_or(EndpointError::UnknownNode)?;
        let (name, node) = (*known.0, *known.1);
        let serving = match node.kind {
            Kind::Worker(_) => None,
            _ => node.serving(),
        };
        let own = &serving.ok_or(EndpointError::NotCallable)?.endpoints;
        let found = endpoint.and_then(|endpoint| own.names().find(|known| *known == endpoint));
        if let Some(found) = found {
            return Ok((name, found));
        }
        if node.passes_through() && own.is_empty() {
            return self.behind(name, node, endpoint, seen);
        }
        match (endpoint, own.len()) {
            (None | Some(IMPLIED_ENDPOINT), 0) => Ok((name, IMPLIED_ENDPOINT)),
            (None, 1) => Ok((name, own.0[0].0.as_str())),
            (None, _) => Err(EndpointError::Ambiguous),
            (Some(_), _) => Err(EndpointError::UnknownEndpoint),
        }
    }

    /// Looks for an endpoint among the targets of a balancer or gateway.
    fn behind(
        &self,
        name: &'d str,
        node: &'d Node,
        endpoint: Option<&str>,
        seen: &mut BTreeSet<&'d str>,
    ) -> Result<(&'d str, &'d str), EndpointError> {
        if !seen.insert(name) || seen.len() > PASSED_MAX {
            return Err(EndpointError::UnknownEndpoint);
        }
        if let (Kind::Gateway(gateway), Some(endpoint)) = (&node.kind, endpoint)
            && let Some(target) = gateway.routes.get(endpoint)
        {
            return self.endpoint_within(target, Some(endpoint), seen);
        }
        let mut first = None;
        for target in self.implied_calls(name) {
            match self.endpoint_within(target, endpoint, seen) {
                Ok(found) => return Ok(found),
                Err(error) => first = first.or(Some(error)),
            }
        }
        match first {
            Some(error) => Err(error),
            // A balancer without targets answers by itself.
            None if endpoint.is_none() => Ok((name, IMPLIED_ENDPOINT)),
            None => Err(EndpointError::UnknownEndpoint),
        }
    }

    /// The names of the endpoints that a call of a node can mean, in order, those behind a balancer
    /// or gateway included.
    pub fn endpoints(&self, name: &str) -> Vec<&'d str> {
        let mut all = Vec::new();
        let mut ahead = vec![name];
        let mut seen = BTreeSet::new();
        while let Some(name) = ahead.pop() {
            let Some((name, node)) = self.nodes.get_key_value(name) else {
                continue;
            };
            if !seen.insert(*name) || seen.len() > PASSED_MAX * PASSED_MAX {
                continue;
            }
            let own = node.serving().map(|serving| serving.endpoints.names());
            all.extend(own.into_iter().flatten());
            if node.passes_through() {
                if let Kind::Gateway(gateway) = &node.kind {
                    all.extend(gateway.routes.names());
                }
                ahead.extend(self.implied_calls(name).into_iter().rev());
            }
        }
        let mut once = BTreeSet::new();
        all.retain(|endpoint| once.insert(*endpoint));
        all
    }
}
