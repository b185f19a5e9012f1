//! Wires: their names, and pools against what a database accepts.

use std::collections::BTreeMap;

use super::Checker;
use crate::design::diagnostic::suggest;
use crate::design::model::{Kind, Policy};
use crate::design::path::escape_key;
use crate::design::resolve::pool_size;
use crate::design::resolve::wire_ends;

pub(super) fn check(checker: &mut Checker<'_>) {
    let design = checker.design;
    let mut ends_seen = std::collections::BTreeSet::new();
    for (name, wire) in design.wires.iter() {
        let path = format!("wires/{}", escape_key(name));
        let Some((from, to)) = wire_ends(name) else {
            let report = checker.error(&path, format!("\"{name}\" is no name of a wire"));
            report.label = "expected \"caller -> callee\"".into();
            continue;
        };
        if !ends_seen.insert((from, to)) {
            checker.error(&path, format!("the wire \"{from} -> {to}\" is given twice"));
        }
        if from == to {
            checker
                .error(&path, format!("the wire leads from \"{from}\" to itself"))
                .label = "expected two different nodes".into();
            continue;
        }
        let ends = (checker.node(&path, from), checker.node(&path, to));
        let (Some(caller), Some(target)) = ends else {
            continue;
        };
        if matches!(target.kind, Kind::Client(_)) {
            checker.error(
                &path,
                format!("\"{to}\" is a Client, which cannot be called"),
            );
        }
        if matches!(caller.kind, Kind::Queue(_)) {
            let report = checker.error(&path, format!("\"{from}\" is a Queue, which calls nobody"));
            report.help = Some(format!(
                "a worker names the queue it takes from: write \"{to} -> {from}\""
            ));
        }
        if let Policy::Weighted { weights } = &wire.balancing.policy
            && weights.len() != target.common.replicas as usize
        {
            let message = format!(
                "{} weights for {} replicas",
                weights.len(),
                target.common.replicas
            );
            checker.error(&format!("{path}/policy"), message);
        }
        for (index, limit) in wire.limits.iter().enumerate() {
            let known = checker.resolver.endpoints(to);
            for endpoint in limit
                .endpoints
                .iter()
                .filter(|name| !known.contains(&name.as_str()))
            {
                let help = suggest(endpoint, known.iter().copied());
                let place = format!("{path}/limits/{index}/endpoints");
                checker
                    .error(&place, format!("\"{to}\" has no endpoint \"{endpoint}\""))
                    .help = help;
            }
        }
    }
    pools(checker);
    network(checker);
}

/// Connections that all callers of a database may open, against what it accepts.
fn pools(checker: &mut Checker<'_>) {
    let design = checker.design;
    let wires = design.implied_wires();
    let mut callers_of: BTreeMap<&str, Vec<&str>> = BTreeMap::default();
    for (from, to) in &wires {
        callers_of.entry(to).or_default().push(from);
    }
    for (name, node) in design.nodes.iter() {
        let Kind::Database(database) = &node.kind else {
            continue;
        };
        let callers = callers_of.get(name).into_iter().flatten();
        let mut total: u64 = 0;
        let mut widest: Option<(u64, &str)> = None;
        for from in callers {
            let Some(caller) = checker.resolver.node(from) else {
                continue;
            };
            let Some(pool) = pool_size(caller, node, checker.resolver.wire(from, name)) else {
                continue;
            };
            let connections = u64::from(pool) * u64::from(caller.common.replicas);
            total += connections;
            if widest.is_none_or(|(most, _)| connections > most) {
                widest = Some((connections, from));
            }
        }
        let accepted = u64::from(database.connections) * u64::from(node.common.replicas);
        if let Some((most, from)) = widest.filter(|_| total > accepted) {
            let path = format!("nodes/{}/connections", escape_key(name));
            let message =
                format!("pools of {total} connections in all, but \"{name}\" accepts {accepted}");
            let report = checker.warning(&path, message);
            report.label = "connections beyond these are refused or wait".into();
            report.help = Some(format!("the largest part: {most} from \"{from}\""));
        }
    }
}

fn network(checker: &mut Checker<'_>) {
    let design = checker.design;
    for (index, (a, b, _)) in design.network.pairs.iter().enumerate() {
        for (position, zone) in [a, b].into_iter().enumerate() {
            if !checker.zones.contains(zone) {
                let help = suggest(zone, checker.zones.iter().map(String::as_str));
                let place = format!("network/pairs/{index}/{position}");
                let report = checker.warning(&place, format!("no node lies in \"{zone}\""));
                report.help = help;
            }
        }
    }
}
