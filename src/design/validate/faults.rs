//! Faults: what they touch must exist.

use super::Checker;
use crate::design::diagnostic::suggest;
use crate::design::model::{Fault, Which};
use crate::design::resolve::wire_ends;

pub(super) fn check(checker: &mut Checker<'_>) {
    let design = checker.design;
    for (index, entry) in design.faults.iter().enumerate() {
        let path = format!("faults/{index}/fault");
        match &entry.fault {
            Fault::Crash { node, replicas }
            | Fault::Slow { node, replicas, .. }
            | Fault::Grey { node, replicas, .. }
            | Fault::Errors { node, replicas, .. }
            | Fault::Pause { node, replicas } => self::node(checker, &path, node, replicas),
            Fault::Latency { wire, .. } | Fault::Loss { wire, .. } => {
                self::wire(checker, &format!("{path}/wire"), wire);
            }
            Fault::Partition { a, b } => {
                side(checker, &format!("{path}/a"), a);
                side(checker, &format!("{path}/b"), b);
            }
            Fault::Flush { cache } => {
                checker.node_of_kind(&format!("{path}/cache"), cache, "Cache");
            }
            Fault::Traffic { client, .. } | Fault::HotKey { client, .. } => {
                checker.node_of_kind(&format!("{path}/client"), client, "Client");
            }
            Fault::Zone { zone } => {
                if !checker.zones.contains(zone) {
                    unknown_zone(checker, &format!("{path}/zone"), zone);
                }
            }
        }
        if entry.at.is_some_and(|at| at >= design.run.duration) {
            let report = checker.warning(
                &format!("faults/{index}/at"),
                "this fault begins after the end of the run",
            );
            report.label = format!("the run lasts {}", design.run.duration);
        }
    }
    let titles: Vec<String> = design
        .faults
        .iter()
        .map(crate::design::model::FaultEntry::title)
        .collect();
    let counts = Checker::count(titles.iter().map(String::as_str));
    for (index, title) in titles.iter().enumerate() {
        if counts[title.as_str()] > 1 && titles[..index].contains(title) {
            let report = checker.warning(
                &format!("faults/{index}"),
                format!("two faults are called \"{title}\""),
            );
            report.help = Some(
                "give one of them another `name`, so that objectives can tell them apart"
                    .to_owned(),
            );
        }
    }
}

fn node(checker: &mut Checker<'_>, path: &str, name: &str, replicas: &Which) {
    let Some(node) = checker.node(&format!("{path}/node"), name) else {
        return;
    };
    let has = node.common.replicas;
    let wanted = match replicas {
        Which::All => return,
        Which::Count { n } => *n,
        Which::Replica { index } => index.saturating_add(1),
    };
    if wanted > has {
        let message = format!("\"{name}\" has only {has} replicas");
        let report = checker.error(&format!("{path}/replicas"), message);
        report.label = match replicas {
            Which::Replica { .. } => format!(
                "expected 0 to {}; replicas count from 0",
                has.saturating_sub(1)
            ),
            _ => format!("expected at most {has}"),
        };
    }
}

fn wire(checker: &mut Checker<'_>, path: &str, name: &str) {
    let Some((from, to)) = wire_ends(name) else {
        checker
            .error(path, format!("\"{name}\" is no name of a wire"))
            .label = "expected \"caller -> callee\"".into();
        return;
    };
    let wires = checker.wires();
    if !wires.contains(&(from.to_owned(), to.to_owned())) && checker.broken.is_empty() {
        let names: Vec<String> = wires
            .iter()
            .map(|(from, to)| format!("{from} -> {to}"))
            .collect();
        let help = suggest(name, names.iter().map(String::as_str));
        let report = checker.error(path, format!("there is no wire \"{from} -> {to}\""));
        report.label = "no call passes here".into();
        report.help = help;
    }
}

fn side(checker: &mut Checker<'_>, path: &str, members: &[String]) {
    for (index, member) in members.iter().enumerate() {
        let known = checker.zones.contains(member) || checker.resolver.node(member).is_some();
        if !known && !checker.is_broken("nodes", member) {
            let names = checker
                .design
                .nodes
                .names()
                .chain(checker.zones.iter().map(String::as_str));
            let help = suggest(member, names);
            let report = checker.error(
                &format!("{path}/{index}"),
                format!("there is no node or zone \"{member}\""),
            );
            report.label = "expected a node or a zone".into();
            report.help = help;
        }
    }
}

fn unknown_zone(checker: &mut Checker<'_>, path: &str, zone: &str) {
    let help = suggest(zone, checker.zones.iter().map(String::as_str));
    let report = checker.error(path, format!("no node lies in the zone \"{zone}\""));
    report.label = "expected a zone or region of a node".into();
    report.help = help;
}
