//! What caches answer, and what their misses cost.

use super::{Context, Said};
use crate::design::model::{Design, Kind, Step};
use crate::insight::words::{list, rate, share, time};
use crate::sim::result::{CacheFigures, NodeFigures};

/// Look-ups that waited for another's fetch are worth a sentence from this share on.
const COALESCED_MIN: f64 = 0.01;

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let caches = context
        .result
        .nodes
        .iter()
        .filter_map(|node| Some((node, node.cache.as_ref()?)));
    caches
        .filter(|(_, cache)| cache.lookups > 0)
        .map(|(node, cache)| of_cache(context, node, cache))
        .collect()
}

fn of_cache(context: &Context<'_>, node: &NodeFigures, cache: &CacheFigures) -> Said {
    let id = &node.id;
    let hit = share(cache.hit_ratio);
    let mut text = if cache.fixed {
        format!(
            "{id} answers {hit} of its look-ups because the design says so: this is given, not simulated."
        )
    } else {
        format!("{id} answers {hit} of its look-ups")
    };
    if !cache.fixed {
        let missed = cache.lookups - cache.hits.min(cache.lookups);
        match context.measured_s().filter(|_| missed > 0) {
            Some(measured_s) => {
                let behind = behind(context, id);
                text += &format!(
                    "; the other {} go on{behind}.",
                    rate(missed as f64 / measured_s)
                );
            }
            None => text.push('.'),
        }
    }
    let coalesced = cache.coalesced as f64 / cache.lookups as f64;
    if coalesced >= COALESCED_MIN {
        text += &format!(
            " {} of the look-ups waited for another's fetch of the same key.",
            share(coalesced)
        );
    }
    Said::new(
        if cache.hit_ratio < 0.5 { 540 } else { 460 },
        "cache",
        id,
        text,
    )
}

/// Where misses go and what one costs there, if the design says it.
fn behind(context: &Context<'_>, cache: &str) -> String {
    let targets = context
        .design
        .map(|design| miss_targets(design, cache))
        .unwrap_or_default();
    let words: Vec<String> = targets
        .iter()
        .filter_map(|target| context.result.nodes.iter().find(|node| node.id == *target))
        .map(|node| format!("{} ({} each)", node.id, time(node.latency_s.mean)))
        .collect();
    if words.is_empty() {
        String::new()
    } else {
        format!(" to {}", list(&words))
    }
}

/// The nodes that are called when a look-up misses.
fn miss_targets(design: &Design, cache: &str) -> Vec<String> {
    let mut targets = Vec::new();
    for (_, node) in &design.nodes.0 {
        let serving = match &node.kind {
            Kind::Balancer(of) => &of.serving,
            Kind::Gateway(of) => &of.serving,
            Kind::Service(of) => &of.serving,
            Kind::Cache(of) => &of.serving,
            Kind::Database(of) => &of.serving,
            Kind::External(of) => &of.serving,
            Kind::Worker(of) => {
                collect(&of.steps, cache, false, &mut targets);
                &of.serving
            }
            Kind::Client(_) | Kind::Queue(_) => continue,
        };
        for (_, steps) in &serving.endpoints.0 {
            collect(steps, cache, false, &mut targets);
        }
    }
    targets
}

fn collect(steps: &[Step], cache: &str, missed: bool, targets: &mut Vec<String>) {
    for step in steps {
        match step {
            Step::Call { node, .. } | Step::Transaction { db: node, .. }
                if missed && !targets.contains(node) =>
            {
                targets.push(node.clone());
            }
            Step::Cached {
                cache: looked_up,
                miss,
                ..
            } => {
                collect(miss, cache, missed || looked_up == cache, targets);
            }
            Step::Parallel { branches, .. } => {
                for branch in branches {
                    collect(&branch.0, cache, missed, targets);
                }
            }
            Step::Choose { branches } => {
                for (_, branch) in branches {
                    collect(&branch.0, cache, missed, targets);
                }
            }
            Step::Repeat { steps, .. } | Step::Transaction { steps, .. } => {
                collect(steps, cache, missed, targets);
            }
            _ => {}
        }
    }
}
