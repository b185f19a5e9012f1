//! Objectives: what they are about must exist.

use std::collections::BTreeSet;

use super::Checker;
use crate::design::diagnostic::suggest;
use crate::design::model::{FaultEntry, Kind};
use crate::design::objective::{Subject, SubjectKind, When};

pub(super) fn check(checker: &mut Checker<'_>) {
    let design = checker.design;
    // A variant may bring faults of its own, which objectives then name.
    let more_faults = design
        .variants
        .iter()
        .flat_map(|(_, changes)| changes)
        .any(|change| {
            use crate::design::model::Change;
            let (Change::Set { path, .. } | Change::Remove { path }) = change;
            path.starts_with("faults")
        });
    let faults: Vec<String> = design.faults.iter().map(FaultEntry::title).collect();
    for (index, objective) in design.objectives.iter().enumerate() {
        let path = format!("objectives/{index}");
        let Some(parsed) = objective.parsed() else {
            continue;
        };
        let kind = parsed.measure.info().subject;
        match &parsed.subject {
            Subject::Endpoint(name) => endpoint(checker, &path, name),
            Subject::Path {
                client,
                node,
                endpoint,
            } => {
                checker.node_of_kind(&path, client, "Client");
                let endpoint = (!endpoint.is_empty()).then_some(endpoint.as_str());
                checker.callable((&path, node), (&path, endpoint));
            }
            Subject::Node(name) => match kind {
                SubjectKind::Cache => drop(checker.node_of_kind(&path, name, "Cache")),
                SubjectKind::Queue => drop(checker.node_of_kind(&path, name, "Queue")),
                _ => drop(checker.node(&path, name)),
            },
            Subject::Fault(name) if !more_faults => fault(checker, &path, name, &faults),
            Subject::Fault(_) | Subject::Run | Subject::All => {}
        }
        if let When::Before(name) | When::During(name) | When::After(name) = &parsed.when
            && !more_faults
        {
            fault(checker, &path, name, &faults);
        }
    }
}

fn fault(checker: &mut Checker<'_>, path: &str, name: &str, known: &[String]) {
    if known.iter().any(|known| known == name) || !checker.broken.is_empty() {
        return;
    }
    let report = checker.error(path, format!("there is no fault \"{name}\""));
    report.label = "unknown fault".into();
    report.help = suggest(name, known.iter().map(String::as_str));
}

/// An endpoint that some client calls, or a node whose implied endpoint is called.
fn endpoint(checker: &mut Checker<'_>, path: &str, name: &str) {
    let mut called = BTreeSet::new();
    for (_, node) in checker.design.nodes.iter() {
        let Kind::Client(client) = &node.kind else {
            continue;
        };
        for flow in &client.traffic {
            let mixed = flow.mix.iter().map(|(_, endpoint)| Some(endpoint.as_str()));
            let single = flow.mix.is_empty().then_some(flow.endpoint.as_deref());
            for endpoint in mixed.chain(single) {
                called.insert(endpoint.unwrap_or(flow.to.as_str()));
                if let Ok((_, resolved)) = checker.resolver.endpoint(&flow.to, endpoint)
                    && !resolved.is_empty()
                {
                    called.insert(resolved);
                }
            }
        }
    }
    if called.contains(name) || !checker.broken.is_empty() {
        return;
    }
    let help = suggest(name, called.iter().copied());
    let exists = checker
        .design
        .nodes
        .names()
        .any(|node| checker.resolver.endpoints(node).contains(&name));
    let message = if exists {
        format!("no client calls the endpoint \"{name}\" itself")
    } else {
        format!("there is no endpoint \"{name}\"")
    };
    let report = checker.error(path, message);
    report.label = "expected an endpoint that a client calls".into();
    report.help = help;
}
