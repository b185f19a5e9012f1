//! The answer of a run in words, tables and plots. One file per section; each returns its text, or
//! nothing if the run has nothing to say about it.

mod attribution;
pub(crate) mod capacity;
mod closing;
pub(crate) mod comparison;
mod course;
mod endpoints;
pub(crate) mod estimated;
pub(crate) mod explained;
mod header;
pub(crate) mod matrix;
mod nodes;
pub(crate) mod objectives;
mod phases;
pub(crate) mod regressions;
mod shape;
#[cfg(test)]
mod study_tests;
pub(crate) mod swept;
#[cfg(test)]
mod tests;
pub(crate) mod tuned;
mod wires;

use super::text::Look;
use super::text::density::Bin;
use crate::sim::result::{EndpointFigures, RunResult};
use std::collections::BTreeMap;

/// The whole answer: what was run, what clients saw, what happened inside, and the verdict last,
/// where the eye rests when the text has scrolled by.
pub(crate) fn answer(result: &RunResult, shapes: &[(String, Vec<Bin>)], look: Look) -> String {
    let sections = [
        header::header(result, look),
        endpoints::endpoints(result, look),
        shape::shape(result, shapes, look),
        phases::phases(result, look),
        course::course(result, look),
        nodes::nodes(result, look),
        nodes::caches(result, look),
        nodes::queues(result, look),
        wires::wires(result, look),
        attribution::attribution(result, look),
        closing::correctness(result, look),
        closing::cost(result, look),
        closing::findings(result, look),
        objectives::objectives(&result.objectives, look),
        closing::broken_laws(result, look),
    ];
    let said: Vec<String> = sections
        .into_iter()
        .filter(|section| !section.is_empty())
        .collect();
    said.join("\n")
}

/// The endpoint that plots are about: the one with most requests that is no attack.
fn busiest(result: &RunResult) -> Option<&EndpointFigures> {
    let calm = result
        .endpoints
        .iter()
        .filter(|endpoint| !endpoint.attack && endpoint.completed > 0);
    // The first of equals: `max_by_key` would take the last.
    calm.rev().max_by_key(|endpoint| endpoint.offered)
}

/// The endpoint that is asked for, by its whole identifier or its end; the busiest if none is. Nothing
/// if there is no such endpoint.
pub(crate) fn endpoint_named(result: &RunResult, asked: Option<&str>) -> Option<String> {
    let ids = || result.endpoints.iter().map(|of| &of.id);
    let found = match asked {
        Some(asked) => ids()
            .find(|id| *id == asked)
            .or_else(|| ids().find(|id| id.ends_with(asked))),
        None => busiest(result)
            .or(result.endpoints.first())
            .map(|of| &of.id),
    };
    found.cloned()
}

/// How many requests failed, whatever the cause.
fn failed(endpoint: &EndpointFigures) -> u64 {
    endpoint.failed.values().sum()
}

/// A part of a whole, 0 of nothing.
fn part(count: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        count as f64 / whole as f64
    }
}

/// Causes of failure in words (`breaker_open` is `breaker open`), the most frequent first.
fn causes(failed: &BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut causes: Vec<(String, u64)> = failed
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(name, count)| (name.replace('_', " "), *count))
        .collect();
    causes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    causes
}
