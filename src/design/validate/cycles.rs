//! Call cycles: legal only where something ends them: a `max_depth`, or the time that a deadline or
//! timeout leaves.

use std::collections::BTreeMap;

use super::Checker;
use crate::design::model::{Kind, Step};
use crate::design::path::escape_key;
use crate::design::resolve::each_step;

/// A node and one of its endpoints.
type Vertex<'d> = (&'d str, &'d str);

/// Whether the calls of a vertex have been followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// They are being followed.
    Open,
    /// They have been, and none led back.
    Done,
}

pub(super) fn check(checker: &mut Checker<'_>) {
    let design = checker.design;
    let mut marks: BTreeMap<Vertex<'_>, Mark> = BTreeMap::new();
    let mut reported = std::collections::BTreeSet::new();
    for (name, node) in design.nodes.iter() {
        let endpoints = node
            .serving()
            .map(|serving| serving.endpoints.names().collect::<Vec<_>>());
        let mut starts = endpoints.unwrap_or_default();
        starts.push("");
        for endpoint in starts {
            for cycle in follow(checker, (name, endpoint), &mut marks) {
                let mut members: Vec<&str> = cycle.iter().map(|(node, _)| *node).collect();
                members.sort_unstable();
                if reported.insert(members) {
                    report(checker, &cycle);
                }
            }
        }
    }
}

/// Follows calls from a vertex, without recursion; every cycle found is given as its vertices.
fn follow<'d>(
    checker: &Checker<'d>,
    start: Vertex<'d>,
    marks: &mut BTreeMap<Vertex<'d>, Mark>,
) -> Vec<Vec<Vertex<'d>>> {
    let mut cycles = Vec::new();
    if marks.contains_key(&start) {
        return cycles;
    }
    marks.insert(start, Mark::Open);
    let mut trail = vec![(start, calls(checker, start))];
    while let Some((vertex, ahead)) = trail.last_mut() {
        let Some(next) = ahead.pop() else {
            marks.insert(*vertex, Mark::Done);
            trail.pop();
            continue;
        };
        match marks.get(&next) {
            Some(Mark::Done) => {}
            Some(Mark::Open) => {
                let from = trail
                    .iter()
                    .position(|(vertex, _)| *vertex == next)
                    .unwrap_or(0);
                cycles.push(trail[from..].iter().map(|(vertex, _)| *vertex).collect());
            }
            None => {
                marks.insert(next, Mark::Open);
                trail.push((next, calls(checker, next)));
            }
        }
    }
    cycles
}

/// The endpoints that one calls along wires without a bound, the last first.
fn calls<'d>(checker: &Checker<'d>, (name, endpoint): Vertex<'d>) -> Vec<Vertex<'d>> {
    let Some(node) = checker.resolver.node(name) else {
        return Vec::new();
    };
    let mut targets: Vec<(&'d str, Option<&'d str>)> = Vec::new();
    let own = node
        .serving()
        .and_then(|serving| serving.endpoints.get(endpoint));
    if let Some(steps) = own {
        collect(steps, &mut targets);
    } else if node.passes_through() {
        let wanted = (!endpoint.is_empty()).then_some(endpoint);
        let route = match &node.kind {
            Kind::Gateway(gateway) => gateway.routes.get(endpoint).map(String::as_str),
            _ => None,
        };
        match route {
            Some(target) => targets.push((target, wanted)),
            None => targets.extend(
                checker
                    .resolver
                    .implied_calls(name)
                    .into_iter()
                    .map(|target| (target, wanted)),
            ),
        }
    } else if let Kind::Worker(worker) = &node.kind
        && !worker.steps.is_empty()
    {
        collect(&worker.steps, &mut targets);
    } else {
        targets.extend(
            checker
                .resolver
                .implied_calls(name)
                .into_iter()
                .map(|target| (target, None)),
        );
    }
    let unbounded = targets
        .into_iter()
        .filter(|(target, _)| !bounded(checker, name, target));
    let mut vertices: Vec<Vertex<'d>> = unbounded
        .filter_map(|(target, endpoint)| vertex(checker, target, endpoint))
        .collect();
    vertices.reverse();
    vertices
}

fn collect<'d>(steps: &'d [Step], targets: &mut Vec<(&'d str, Option<&'d str>)>) {
    each_step(steps, &mut |step| {
        if let Step::Call { node, endpoint, .. } = step {
            targets.push((node, endpoint.as_deref()));
        }
    });
}

/// The vertex that a call of a node leads to: the node itself, since what lies behind a balancer
/// is the balancer's own call.
fn vertex<'d>(
    checker: &Checker<'d>,
    target: &'d str,
    endpoint: Option<&'d str>,
) -> Option<Vertex<'d>> {
    let node = checker.resolver.node(target)?;
    if node.passes_through() {
        return Some((target, endpoint.unwrap_or("")));
    }
    checker.resolver.endpoint(target, endpoint).ok()
}

/// Whether calls along a wire end by themselves however deep they recurse.
fn bounded(checker: &Checker<'_>, from: &str, to: &str) -> bool {
    let wire = checker.resolver.wire(from, to);
    wire.is_some_and(|wire| {
        wire.max_depth.is_some() || wire.deadline.is_some() || wire.timeout.is_some()
    })
}

fn report(checker: &mut Checker<'_>, cycle: &[Vertex<'_>]) {
    let Some((first, endpoint)) = cycle.first() else {
        return;
    };
    let names = cycle.iter().map(|(node, _)| *node).chain([*first]);
    let shown = names.collect::<Vec<_>>().join(" → ");
    let mut path = format!("nodes/{}", escape_key(first));
    if !endpoint.is_empty() {
        path = format!("{path}/endpoints/{}", escape_key(endpoint));
    }
    let (from, to) = (cycle[cycle.len() - 1].0, *first);
    let report = checker.error(&path, format!("calls go round in a circle: {shown}"));
    report.label = "begins here".into();
    report.help = Some(format!(
        "end it: give the wire \"{from} -> {to}\" a `max_depth`, a `deadline` or a `timeout`"
    ));
}
