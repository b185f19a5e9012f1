//! Which of several designs is better, and in what: the same replications of each under common
//! random numbers, so that all of them meet the same requests, and the difference of every figure
//! with its interval.
//!
//! Differences are paired, replication by replication: what a replication has of good or bad luck
//! is the same on both sides and falls out. Seed, length, number of replications and the time that
//! is left out at the start are therefore those of the first design for all of them.

mod figures;
mod front;
mod simplicity;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::run::{self, Progress, RunError, RunSettings};
use crate::design::Loaded;
use crate::design::model::{Design, Warmup};
use crate::insight::difference::Difference;
use crate::sim::result::{DesignRef, RunResult};
use crate::sim::summary::{Collected, Collecting};
pub use simplicity::Simplicity;

/// Most designs that are compared at once.
pub const SIDES_MAX: usize = 26;

/// A design to compare, and what it is called.
#[derive(Debug, Clone)]
pub struct Alternative {
    /// Its name in the answer.
    pub name: String,
    /// The design.
    pub loaded: Loaded,
}

/// What a comparison says. The first side is the baseline.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The seed of all sides.
    pub seed: u64,
    /// Replications that all sides have.
    pub replications: u32,
    /// Length of each replication.
    pub simulated_s: f64,
    /// Time left out at the start of each.
    pub warmup_s: f64,
    /// It was stopped before its end.
    pub partial: bool,
    /// The designs.
    pub sides: Vec<Side>,
    /// Each other side against the baseline.
    pub pairs: Vec<Pair>,
}

/// One of the designs.
#[derive(Debug, Clone, Serialize)]
pub struct Side {
    /// Its name.
    pub name: String,
    /// How many parts it has.
    pub simplicity: Simplicity,
    /// No other side is better in something and worse in nothing.
    pub pareto: bool,
    /// By which side it is beaten, if it is by one.
    pub beaten_by: Option<usize>,
    /// What was simulated of it.
    pub result: RunResult,
}

/// A side against the baseline.
#[derive(Debug, Clone, Serialize)]
pub struct Pair {
    /// Index of the side.
    pub side: usize,
    /// Difference by endpoint; `*` is all of them together.
    pub endpoints: Vec<Differences>,
    /// Difference by node, of nodes that both have.
    pub nodes: Vec<Differences>,
    /// Cost, and what went wrong with the data.
    pub whole: Vec<Difference>,
    /// Nodes that only the baseline has.
    pub gone: Vec<String>,
    /// Nodes that only this side has.
    pub added: Vec<String>,
}

/// The differences at one place.
#[derive(Debug, Clone, Serialize)]
pub struct Differences {
    /// The endpoint or node.
    pub id: String,
    /// Its figures.
    pub figures: Vec<Difference>,
}

/// A side while it is being compared.
struct Simulated {
    design: Design,
    collected: Collected,
    result: RunResult,
}

/// Compares designs, the first being the baseline. `watch` is asked about every 20 ms and ends the
/// comparison by answering `false`; it then says what it can from the replications that all sides
/// have.
///
/// # Errors
/// If there are fewer than two or too many, if one cannot be simulated, or if it was stopped before
/// all sides had something to compare. The index says which of them it was.
pub fn compare(
    alternatives: &[Alternative],
    settings: &RunSettings,
    watch: &dyn Fn(Progress) -> bool,
) -> Result<Comparison, (usize, RunError)> {
    let count = alternatives.len();
    if !(2..=SIDES_MAX).contains(&count) {
        let message = format!("There must be 2 to {SIDES_MAX} designs to compare.");
        return Err((0, RunError::Settings(message)));
    }
    let designs = matched(alternatives, settings)?;
    let mut gathered = Vec::with_capacity(count);
    let mut partial = false;
    for (at, design) in designs.iter().enumerate() {
        let overall = |progress: Progress| {
            watch(Progress {
                done_units: at as u32 * design.run.replications + progress.done_units,
                total_units: count as u32 * design.run.replications,
                simulated_share: (at as f64 + progress.simulated_share) / count as f64,
            })
        };
        if partial {
            return Err((at, RunError::Nothing));
        }
        let replications = 0..design.run.replications;
        let (collecting, stopped) = run::gather(design, replications, settings.threads, &overall)
            .map_err(|error| (at, error))?;
        partial |= stopped;
        gathered.push(collecting);
    }
    // What is left out must be the same for all, else they would not meet the same requests.
    let warmup_ns = gathered
        .iter()
        .map(Collecting::warmup_ns)
        .max()
        .unwrap_or(0);
    let mut sides = Vec::with_capacity(count);
    for (at, (design, collecting)) in designs.into_iter().zip(gathered).enumerate() {
        let mut collected = collecting.settle_after(warmup_ns);
        if partial {
            collected.mark_partial();
        }
        let name = DesignRef {
            name: design.name.clone(),
            hash: settings.hash(&alternatives[at].loaded),
            ..DesignRef::default()
        };
        let result = run::conclude(&collected, &design, name).map_err(|error| (at, error))?;
        sides.push(Simulated {
            design,
            collected,
            result,
        });
    }
    Ok(conclude(alternatives, sides))
}

/// The designs with the same seed, length and number of replications.
fn matched(
    alternatives: &[Alternative],
    settings: &RunSettings,
) -> Result<Vec<Design>, (usize, RunError)> {
    let first = &alternatives[0].loaded.design.run;
    let settings = RunSettings {
        seed: settings.seed.or(Some(first.seed)),
        duration: settings.duration.or(Some(first.duration)),
        warmup: settings.warmup.clone().or_else(|| match &first.warmup {
            Warmup::Auto => None,
            given => Some(given.clone()),
        }),
        replications: settings.replications.or(Some(first.replications)),
        precision: None,
        threads: settings.threads,
    };
    let apply = |(at, side): (usize, &Alternative)| {
        let applied = settings.applied(&side.loaded.design);
        applied.map_err(|error| (at, error))
    };
    alternatives.iter().enumerate().map(apply).collect()
}

fn conclude(alternatives: &[Alternative], simulated: Vec<Simulated>) -> Comparison {
    let common: Vec<&Collected> = simulated.iter().map(|side| &side.collected).collect();
    let pairs: Vec<Pair> = (1..simulated.len())
        .map(|side| figures::pair(side, &simulated[0], &simulated[side]))
        .collect();
    let simple: Vec<Simplicity> = simulated
        .iter()
        .map(|side| Simplicity::of(&side.design))
        .collect();
    let beaten = front::beaten(&simulated, &simple);
    let first = &simulated[0].result;
    let (seed, simulated_s, warmup_s) = (first.seed, first.simulated_s, first.warmup_s);
    let replications = figures::common(&common).len() as u32;
    let partial = simulated.iter().any(|side| side.result.partial);
    let named = alternatives.iter().zip(simulated).zip(simple).zip(beaten);
    let sides = named.map(|(((alternative, side), simplicity), beaten_by)| Side {
        name: alternative.name.clone(),
        simplicity,
        pareto: beaten_by.is_none(),
        beaten_by,
        result: side.result,
    });
    Comparison {
        seed,
        replications,
        simulated_s,
        warmup_s,
        partial,
        sides: sides.collect(),
        pairs,
    }
}
