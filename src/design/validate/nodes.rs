//! Nodes: how many there are, what they refer to.

use super::{Checker, NODES_MAX, REPLICAS_TOTAL_MAX};
use crate::design::Node;
use crate::design::model::{Flow, Kind, Policy};
use crate::design::path::escape_key;

pub(super) fn check(checker: &mut Checker<'_>) {
    let design = checker.design;
    if design.format != 1 {
        let report = checker.error("format", format!("format {} is not known", design.format));
        report.label = "expected 1".into();
    }
    if design.nodes.is_empty() && checker.broken.is_empty() {
        checker.error("nodes", "a design needs at least one node");
    }
    if design.nodes.len() > NODES_MAX {
        let count = design.nodes.len();
        checker
            .error("nodes", format!("{count} nodes are too many"))
            .label = format!("expected at most {NODES_MAX}");
    }
    let replicas: u64 = design
        .nodes
        .iter()
        .map(|(_, node)| u64::from(node.common.replicas))
        .sum();
    if replicas > REPLICAS_TOTAL_MAX {
        checker
            .error("nodes", format!("{replicas} replicas in all are too many"))
            .label = format!("expected at most {REPLICAS_TOTAL_MAX}");
    }
    for (name, node) in design.nodes.iter() {
        let path = format!("nodes/{}", escape_key(name));
        self::name(checker, &path, name);
        self::node(checker, &path, name, node);
    }
    if !design
        .nodes
        .iter()
        .any(|(_, node)| matches!(&node.kind, Kind::Client(client) if !client.traffic.is_empty()))
        && checker.broken.is_empty()
        && !design.nodes.is_empty()
    {
        let report = checker.warning("nodes", "nothing sends traffic");
        report.help =
            Some("add a client: Client(traffic: [(to: \"api\", rate: \"100/s\")])".to_owned());
    }
}

/// A name must be usable in the names of wires and in objectives.
fn name(checker: &mut Checker<'_>, path: &str, name: &str) {
    let problem = if name.trim().is_empty() {
        "a node needs a name"
    } else if name.trim() != name {
        "the name begins or ends with a blank"
    } else if name.contains("->") || name.contains('/') {
        "a name cannot hold `->` or `/`: wires and paths use them"
    } else if name.chars().count() > 200 {
        "the name is longer than 200 characters"
    } else if name.chars().any(char::is_control) {
        "the name holds a control character"
    } else {
        return;
    };
    checker.error(path, problem).label = "expected a name such as \"orders-db\"".into();
}

fn node(checker: &mut Checker<'_>, path: &str, name: &str, node: &Node) {
    for (index, target) in node.common.to.iter().enumerate() {
        self::target(checker, &format!("{path}/to/{index}"), name, target);
    }
    let has_programs = node
        .serving()
        .is_some_and(|serving| !serving.endpoints.is_empty());
    if has_programs && !node.common.to.is_empty() {
        let report = checker.warning(&format!("{path}/to"), "`to` has no effect here");
        report.label = "the endpoints say what is called".into();
    }
    match &node.kind {
        Kind::Client(client) => {
            for (index, flow) in client.traffic.iter().enumerate() {
                self::flow(checker, &format!("{path}/traffic/{index}"), flow);
            }
        }
        Kind::Gateway(gateway) => {
            for (endpoint, target) in gateway.routes.iter() {
                let place = format!("{path}/routes/{}", escape_key(endpoint));
                checker.callable((&place, target), (&place, Some(endpoint)));
            }
        }
        Kind::Worker(worker) => {
            checker.node_of_kind(&format!("{path}/from"), &worker.from, "Queue");
        }
        _ => {}
    }
    if let Some(balancing) = node.balancing()
        && let Policy::Weighted { weights } = &balancing.policy
    {
        let targets = checker.resolver.implied_calls(name);
        let replicas = match targets.as_slice() {
            [target] => checker
                .resolver
                .node(target)
                .map(|node| node.common.replicas as usize),
            many => Some(many.len()),
        };
        if let Some(count) = replicas.filter(|count| *count != weights.len() && *count > 0) {
            let message = format!("{} weights for {count} targets", weights.len());
            checker.error(&format!("{path}/policy"), message).label =
                format!("expected {count} weights");
        }
    }
    limits(checker, path, node);
}

/// What an arrow may lead to: a node that answers, or a queue.
fn target(checker: &mut Checker<'_>, path: &str, from: &str, target: &str) {
    if target == from {
        checker
            .error(path, format!("\"{from}\" leads to itself"))
            .label = "expected another node".into();
        return;
    }
    let Some(node) = checker.node(path, target) else {
        return;
    };
    let passes = checker
        .resolver
        .node(from)
        .is_some_and(Node::passes_through);
    match &node.kind {
        Kind::Queue(_) if !passes => {}
        Kind::Queue(_) | Kind::Client(_) | Kind::Worker(_) => {
            let message = format!("a {} cannot be called", node.kind.name());
            checker.error(path, message).label = "expected a node that answers calls".into();
        }
        // Whether a balancer's targets have the endpoints is known where it is called.
        _ if passes => {}
        _ => {
            let programs = checker.resolver.node(from).and_then(Node::serving);
            if programs.is_some_and(|serving| serving.endpoints.is_empty()) {
                checker.callable((path, target), (path, None));
            }
        }
    }
}

fn flow(checker: &mut Checker<'_>, path: &str, flow: &Flow) {
    let to = format!("{path}/to");
    if flow.mix.is_empty() {
        checker.callable(
            (&to, &flow.to),
            (&format!("{path}/endpoint"), flow.endpoint.as_deref()),
        );
        return;
    }
    for (index, (_, endpoint)) in flow.mix.iter().enumerate() {
        let place = format!("{path}/mix/{index}/1");
        checker.callable((&to, &flow.to), (&place, Some(endpoint)));
    }
}

/// Endpoints that a rate limit names.
fn limits(checker: &mut Checker<'_>, path: &str, node: &Node) {
    let Some(serving) = node.serving() else {
        return;
    };
    for (index, limit) in serving.limits.iter().enumerate() {
        for (position, endpoint) in limit.endpoints.iter().enumerate() {
            let own: Vec<&str> = if node.passes_through() {
                let name = checker
                    .design
                    .nodes
                    .iter()
                    .find(|(_, other)| std::ptr::eq(*other, node));
                name.map(|(name, _)| checker.resolver.endpoints(name))
                    .unwrap_or_default()
            } else {
                serving.endpoints.names().collect()
            };
            if !own.contains(&endpoint.as_str()) {
                let help = crate::design::diagnostic::suggest(endpoint, own.iter().copied());
                let place = format!("{path}/limits/{index}/endpoints/{position}");
                let report =
                    checker.error(&place, format!("there is no endpoint \"{endpoint}\" here"));
                report.label = "unknown endpoint".into();
                report.help = help;
            }
        }
    }
}
