//! What there is to say about a run, in whole sentences with their numbers, most important first.
//!
//! Each rule has a file of its own and a line in `RULES`. A rule reads the result, and the design
//! where the words depend on it; it says nothing rather than something vague.

mod attribution;
mod backlog;
mod bottleneck;
mod breaker;
mod cache;
mod correctness;
mod cost;
mod failures;
mod faults;
mod laws;
mod names;
mod overload;
mod partial;
mod pool;
mod rejected;
mod retries;
mod settling;
mod short;
#[cfg(test)]
mod tests;
mod waste;

use crate::design::model::Design;
use crate::sim::result::{Finding, RunResult};

/// A finding with its importance: the higher, the earlier it is said.
struct Said {
    weight: u32,
    finding: Finding,
}

impl Said {
    fn new(weight: u32, id: &str, about: &str, text: String) -> Self {
        let finding = Finding {
            id: id.to_owned(),
            about: about.to_owned(),
            text,
        };
        Self { weight, finding }
    }
}

/// What rules see.
struct Context<'a> {
    result: &'a RunResult,
    design: Option<&'a Design>,
    /// By endpoint: how sentences call it.
    names: Vec<String>,
}

impl Context<'_> {
    /// How sentences call an endpoint, by its identifier.
    fn name<'a>(&'a self, id: &'a str) -> &'a str {
        let at = self
            .result
            .endpoints
            .iter()
            .position(|endpoint| endpoint.id == id);
        at.map_or(id, |at| &self.names[at])
    }

    /// The measured time of all replications together, as the rates of the result have it.
    fn measured_s(&self) -> Option<f64> {
        let mut endpoints = self
            .result
            .endpoints
            .iter()
            .filter(|endpoint| endpoint.completed > 0);
        endpoints
            .next()
            .map(|endpoint| endpoint.completed as f64 / endpoint.goodput_per_s)
    }

    /// What counts in sentences are counts of: nothing where there is one replication.
    fn over(&self) -> String {
        match self.result.replications {
            0 | 1 => String::new(),
            n => format!(" in {n} replications"),
        }
    }
}

/// By endpoint of a result: how sentences call it.
pub(in crate::insight) fn endpoint_names(result: &RunResult) -> Vec<String> {
    names::of_endpoints(result)
}

type Rule = fn(&Context<'_>) -> Vec<Said>;

/// All rules. Of findings of the same importance, those of the earlier rule come first.
const RULES: [Rule; 18] = [
    laws::find,
    partial::find,
    faults::find,
    overload::find,
    correctness::find,
    failures::find,
    bottleneck::find,
    pool::find,
    attribution::find,
    retries::find,
    waste::find,
    rejected::find,
    breaker::find,
    backlog::find,
    cache::find,
    settling::find,
    cost::find,
    short::find,
];

/// Everything there is to say about a run, most important first. The design, where it is at hand,
/// lets a finding name the setting that is behind it.
pub fn explain(result: &RunResult, design: Option<&Design>) -> Vec<Finding> {
    let context = Context {
        result,
        design,
        names: names::of_endpoints(result),
    };
    let mut said: Vec<Said> = RULES.iter().flat_map(|rule| rule(&context)).collect();
    said.sort_by_key(|said| std::cmp::Reverse(said.weight));
    said.into_iter().map(|said| said.finding).collect()
}
