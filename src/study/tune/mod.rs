//! The cheapest settings within bounds that meet the objectives, also under given faults.
//!
//! Costs are known before anything is simulated, and most settings help the more there is of them:
//! if a candidate fails, so do all that have less of every such setting and the same of the others.
//! The search therefore halves, again and again, the candidates that are cheaper than the best so far
//! and not ruled out, the largest of each half first. It ends when there are none: then nothing
//! cheaper is left. A formula leaves out what would be full. The winner is simulated again with other
//! random numbers.
//!
//! More can harm after all: more replicas may overload what they share. So where nothing is left and
//! nothing was met, some of those that were ruled out are tried, too; how many were not is said.

mod bounds;
mod scenarios;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::capacity::{self, DEFAULT_OBJECTIVE};
use super::run::{self, Progress, RunError, RunSettings};
use super::sweep::{Axis, Base};
use super::units::{Units, once};
use crate::design::model::{Design, Objective};
use crate::design::{Diagnostics, Loaded};
use crate::insight::estimate::estimate;
use crate::sim::result::{DesignRef, ObjectiveResult};
pub use bounds::automatic;
use scenarios::Scenario;

/// Most candidates.
pub const CANDIDATES_MAX: usize = 2_000;
/// Most axes.
pub const AXES_MAX: usize = 6;
/// Ruled-out candidates that are simulated after all if nothing else meets the objectives.
const SECOND_CHANCES: usize = 16;
/// Simulations that a search is expected to need, for its progress.
pub const EXPECTED: usize = 16;

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ask {
    /// Settings and their values, from less to more; found by itself if there are none.
    pub vary: Vec<Axis>,
    /// Faults under which the objectives must hold, too: by name, of the design or of the failures
    /// that a matrix tries.
    pub under: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, Serialize)]
pub struct Tuned {
    /// The objectives.
    pub objectives: Vec<String>,
    /// They were assumed, since the design has none.
    pub assumed: bool,
    /// What was varied.
    pub axes: Vec<Axis>,
    /// The bounds were found by itself.
    pub automatic: bool,
    /// What every candidate must stand: the design as it is, and with each fault.
    pub scenarios: Vec<String>,
    /// Combinations of values.
    pub candidates: usize,
    /// Of these, left out since a formula says that a queue would grow without end.
    pub full: usize,
    /// Better than the best, neither simulated nor full: one with more of everything had failed.
    pub ruled_out: usize,
    /// What was simulated, in this order.
    pub tried: Vec<Tried>,
    /// The design as it is, if its values are among the candidates and it was simulated.
    pub as_drawn: Option<Tried>,
    /// The cheapest that meets all.
    pub best: Option<Best>,
    /// If none does: the one that comes nearest.
    pub nearest: Option<Tried>,
    /// It was stopped before its end.
    pub partial: bool,
}

/// A candidate that was simulated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// The value on each axis.
    pub values: Vec<String>,
    /// Dollars per hour: of the parts, and of what is billed by use at the traffic of the design.
    pub cost_per_hour: f64,
    /// All objectives hold in all scenarios, with their intervals.
    pub met: bool,
    /// The scenario in which one is missed.
    pub scenario: Option<String>,
    /// The objective that is missed, or not met surely.
    pub missed: Option<ObjectiveResult>,
    /// The fullest place there, and how full it is.
    pub busiest: Option<(String, f64)>,
    /// It was simulated to confirm another with fresh random numbers.
    pub confirms: bool,
}

/// The cheapest candidate.
#[derive(Debug, Clone, Serialize)]
pub struct Best {
    /// What it is.
    pub candidate: Tried,
    /// The seed with which it was confirmed.
    pub confirmed_with_seed: u64,
    /// What it changes in the file: path and value.
    pub set: Vec<(String, String)>,
    /// One step less on each axis, and why it is not better.
    pub neighbours: Vec<Neighbour>,
}

/// One step from the best.
#[derive(Debug, Clone, Serialize)]
pub struct Neighbour {
    /// What is less.
    pub path: String,
    /// Its value.
    pub value: String,
    /// What it costs.
    pub cost_per_hour: f64,
    /// The objective that it misses; nothing if it only costs no less.
    pub misses: Option<ObjectiveResult>,
    /// A formula says that a queue would grow without end.
    pub full: bool,
}

/// Why nothing was tuned.
#[derive(Debug, Clone)]
pub enum TuneError {
    /// The bounds or faults make no sense.
    Shape(String),
    /// A value does not fit in its place.
    Design(Vec<String>, Box<Diagnostics>),
    /// The design cannot be simulated.
    Run(RunError),
}

impl From<RunError> for TuneError {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}

/// A combination of values.
struct Candidate {
    /// Position on each axis.
    at: Vec<usize>,
    loaded: Loaded,
    cost_per_hour: f64,
    /// Values that differ from those of the file.
    changes: usize,
    full: bool,
    /// Once it was simulated, or ruled out.
    verdict: Option<bool>,
}

/// Looks for the cheapest candidate. `watch` ends the search by answering `false`; the best until
/// then is kept.
///
/// # Errors
/// If the bounds make no sense, a value does not fit, or nothing was simulated.
pub fn tune(
    base: &Base<'_>,
    settings: &RunSettings,
    ask: &Ask,
    watch: &dyn Fn(Progress) -> bool,
    units: &dyn Units,
) -> Result<Tuned, TuneError> {
    let automatic = ask.vary.is_empty();
    let mut axes = if automatic {
        bounds::automatic(&base.loaded.design)
    } else {
        ask.vary.clone()
    };
    axes.iter_mut().for_each(bounds::order);
    check(&axes)?;
    let scenarios = scenarios::of(&base.loaded.design, settings, &ask.under)?;
    let mut search = Search {
        candidates: candidates(base, &axes)?,
        helps: axes.iter().map(|axis| bounds::helps(&axis.path)).collect(),
        axes,
        scenarios,
        settings: settings.clone(),
        watch,
        units,
        second_chances: SECOND_CHANCES,
        tried: Vec::new(),
    };
    let outcome = search.find();
    let (best, partial) = match outcome {
        Ok(best) => (best, false),
        Err(RunError::Nothing) if !search.tried.is_empty() => (search.cheapest_met(), true),
        Err(error) => return Err(error.into()),
    };
    let (best, partial) = match best.map(|at| search.describe(at, base)).transpose() {
        Ok(best) => (best, partial),
        Err(RunError::Nothing) => (None, true),
        Err(error) => return Err(error.into()),
    };
    Ok(search.conclude(base, best, partial, automatic))
}

fn check(axes: &[Axis]) -> Result<(), TuneError> {
    let wrong = |message: String| Err(TuneError::Shape(message));
    if axes.is_empty() {
        return wrong("There is nothing to vary: no part has a number that costs.".to_owned());
    }
    if axes.len() > AXES_MAX {
        return wrong(format!("At most {AXES_MAX} settings are varied at once."));
    }
    for (at, axis) in axes.iter().enumerate() {
        if axis.values.is_empty() {
            return wrong(format!("{} has no values.", axis.path));
        }
        if axes[..at].iter().any(|other| other.path == axis.path) {
            return wrong(format!("{} is varied twice.", axis.path));
        }
    }
    let count = axes
        .iter()
        .try_fold(1_usize, |count, axis| count.checked_mul(axis.values.len()));
    match count {
        Some(count) if count <= CANDIDATES_MAX => Ok(()),
        _ => wrong(format!(
            "These are more than {CANDIDATES_MAX} combinations; give fewer values."
        )),
    }
}

/// All combinations, each read as the design that it is.
fn candidates(base: &Base<'_>, axes: &[Axis]) -> Result<Vec<Candidate>, TuneError> {
    let count = axes.iter().map(|axis| axis.values.len()).product();
    let unchanged: Vec<Vec<bool>> = axes.iter().map(|axis| same(base, axis)).collect();
    let mut list = Vec::with_capacity(count);
    for index in 0..count {
        let mut rest: usize = index;
        let at: Vec<usize> = axes
            .iter()
            .map(|axis| {
                let at = rest % axis.values.len();
                rest /= axis.values.len();
                at
            })
            .collect();
        let values = values(axes, &at);
        let paths = axes.iter().map(|axis| axis.path.clone());
        let loaded = base
            .with(paths.zip(values.iter().cloned()).collect())
            .map_err(|errors| TuneError::Design(values, Box::new(errors)))?;
        let found = estimate(&loaded.design).ok();
        let kept = at.iter().zip(&unchanged).filter(|(at, same)| same[**at]);
        list.push(Candidate {
            cost_per_hour: found.as_ref().map_or(0.0, |of| of.cost_per_hour),
            full: found.is_some_and(|of| !of.full.is_empty()),
            changes: axes.len() - kept.count(),
            at,
            loaded,
            verdict: None,
        });
    }
    Ok(list)
}

/// Which values of an axis are those of the file.
fn same(base: &Base<'_>, axis: &Axis) -> Vec<bool> {
    let is_same = |value: &String| {
        let with = base.with(vec![(axis.path.clone(), value.clone())]);
        with.is_ok_and(|loaded| loaded.design == base.loaded.design)
    };
    axis.values.iter().map(is_same).collect()
}

fn values(axes: &[Axis], at: &[usize]) -> Vec<String> {
    let pairs = axes.iter().zip(at);
    pairs.map(|(axis, at)| axis.values[*at].clone()).collect()
}

struct Search<'a> {
    axes: Vec<Axis>,
    /// By axis: more of it never harms.
    helps: Vec<bool>,
    scenarios: Vec<Scenario>,
    settings: RunSettings,
    watch: &'a dyn Fn(Progress) -> bool,
    units: &'a dyn Units,
    second_chances: usize,
    candidates: Vec<Candidate>,
    tried: Vec<Tried>,
}

impl Search<'_> {
    /// The cheapest that meets all, confirmed; nothing if none does.
    fn find(&mut self) -> Result<Option<usize>, RunError> {
        loop {
            let mut best = self.cheapest_met();
            while let Some(next) = self.next(best) {
                self.try_one(next)?;
                best = self.cheapest_met();
            }
            let Some(best) = best else {
                let Some(next) = self.second_chance() else {
                    return Ok(None);
                };
                self.try_one(next)?;
                continue;
            };
            if self.simulate(best, true)?.met {
                return Ok(Some(best));
            }
            // It was met by luck.
            self.candidates[best].verdict = Some(false);
        }
    }

    /// What to try next, of those that would be better than the best and are not ruled out. Without a
    /// best: the design as it is, then the largest. With one: the largest of the better half, so that
    /// either answer leaves about half of them.
    fn next(&self, best: Option<usize>) -> Option<usize> {
        let is_open = |at: &usize| {
            let better = best.is_none_or(|best| self.is_better(*at, best));
            self.is_left(*at) && better && !self.is_ruled_out(*at)
        };
        let mut open: Vec<usize> = (0..self.candidates.len()).filter(is_open).collect();
        let drawn = open.iter().find(|at| self.candidates[**at].changes == 0);
        if let (true, Some(drawn)) = (self.tried.is_empty(), drawn) {
            return Some(*drawn);
        }
        open.sort_by(|one, other| self.order(*one, *other));
        if best.is_some() {
            open.truncate(open.len().div_ceil(2));
        }
        let is_largest = |at: &&usize| {
            let mut others = open.iter().filter(|other| other != at);
            !others.any(|other| self.covers(*other, **at))
        };
        let mut largest = open.iter().filter(is_largest);
        match best {
            Some(_) => largest.next_back().copied(),
            None => largest.next().copied(),
        }
    }

    /// The cheapest that was ruled out, as long as there are chances.
    fn second_chance(&mut self) -> Option<usize> {
        self.second_chances = self.second_chances.checked_sub(1)?;
        let left = (0..self.candidates.len()).filter(|at| self.is_left(*at));
        left.min_by(|one, other| self.order(*one, *other))
    }

    /// Neither simulated nor full.
    fn is_left(&self, at: usize) -> bool {
        let one = &self.candidates[at];
        one.verdict.is_none() && !one.full
    }

    fn is_better(&self, one: usize, other: usize) -> bool {
        self.order(one, other).is_lt()
    }

    /// The better first: cheaper; or as cheap, with fewer changes and less of everything.
    fn order(&self, one: usize, other: usize) -> Ordering {
        let key = |at: usize| {
            let of = &self.candidates[at];
            (of.changes, of.at.iter().sum::<usize>(), at)
        };
        let cost = |at: usize| self.candidates[at].cost_per_hour;
        let cheaper = cost(one).total_cmp(&cost(other));
        cheaper.then_with(|| key(one).cmp(&key(other)))
    }

    /// One has as much or more of all that helps, and the same of the rest.
    fn covers(&self, one: usize, other: usize) -> bool {
        let pairs = self.candidates[one]
            .at
            .iter()
            .zip(&self.candidates[other].at);
        pairs.zip(&self.helps).all(
            |((one, other), helps)| {
                if *helps { one >= other } else { one == other }
            },
        )
    }

    /// A larger one failed.
    fn is_ruled_out(&self, at: usize) -> bool {
        let mut failed = (0..self.candidates.len())
            .filter(|other| self.candidates[*other].verdict == Some(false));
        failed.any(|failed| self.covers(failed, at))
    }

    fn cheapest_met(&self) -> Option<usize> {
        let met =
            (0..self.candidates.len()).filter(|at| self.candidates[*at].verdict == Some(true));
        met.reduce(|one, other| {
            if self.is_better(other, one) {
                other
            } else {
                one
            }
        })
    }

    fn try_one(&mut self, at: usize) -> Result<(), RunError> {
        let met = self.simulate(at, false)?.met;
        self.candidates[at].verdict = Some(met);
        Ok(())
    }

    /// Simulates a candidate in all scenarios until one fails; for a confirmation with other random
    /// numbers.
    fn simulate(&mut self, at: usize, confirms: bool) -> Result<Tried, RunError> {
        let candidate = &self.candidates[at];
        let values = values(&self.axes, &candidate.at);
        let unit = format!("{} {confirms}", values.join(" | "));
        let (done, all) = (self.tried.len(), EXPECTED.max(self.tried.len() + 1));
        let parts = self.scenarios.len() as f64;
        let make = || -> Result<Tried, RunError> {
            let mut tried = Tried {
                values,
                cost_per_hour: candidate.cost_per_hour,
                met: true,
                scenario: None,
                missed: None,
                busiest: None,
                confirms,
            };
            for (part, scenario) in self.scenarios.iter().enumerate() {
                let overall = |progress: Progress| {
                    let share = (part as f64 + progress.simulated_share) / parts;
                    (self.watch)(Progress {
                        simulated_share: (done as f64 + share) / all as f64,
                        ..progress
                    })
                };
                let mut design = self.settings.applied(&candidate.loaded.design)?;
                scenario.prepare(&mut design);
                design.run.seed = design.run.seed.wrapping_add(u64::from(confirms));
                judge(
                    &design,
                    self.settings.threads,
                    &overall,
                    &scenario.name,
                    &mut tried,
                )?;
                if !tried.met {
                    break;
                }
            }
            Ok(tried)
        };
        let tried = once(self.units, &unit, make)?;
        self.tried.push(tried.clone());
        Ok(tried)
    }

    /// The best, what it changes, and what one step less of each setting does.
    fn describe(&mut self, best: usize, base: &Base<'_>) -> Result<Best, RunError> {
        let at = self.candidates[best].at.clone();
        let mut neighbours = Vec::new();
        for axis in 0..self.axes.len() {
            let Some(less) = at[axis].checked_sub(1) else {
                continue;
            };
            let mut step = at.clone();
            step[axis] = less;
            let position = self.candidates.iter().position(|one| one.at == step);
            let index = position.expect("all combinations are candidates");
            let full = self.candidates[index].full;
            let cheaper = self.is_better(index, best);
            let values = values(&self.axes, &step);
            let known = self.tried.iter().find(|one| one.values == values);
            let misses = match known {
                Some(known) => known.missed.clone(),
                None if full || !cheaper => None,
                None => self.simulate(index, false)?.missed,
            };
            neighbours.push(Neighbour {
                path: self.axes[axis].path.clone(),
                value: self.axes[axis].values[less].clone(),
                cost_per_hour: self.candidates[index].cost_per_hour,
                misses,
                full,
            });
        }
        let pairs = self.axes.iter().zip(&at);
        let changed = pairs.filter(|(axis, at)| !same(base, axis)[**at]);
        let set = changed.map(|(axis, at)| (axis.path.clone(), axis.values[*at].clone()));
        let set = set.collect();
        let candidate = values(&self.axes, &at);
        let mut known = self.tried.iter().filter(|one| one.values == candidate);
        Ok(Best {
            candidate: known.next().cloned().expect("the best was simulated"),
            confirmed_with_seed: self.seed(base).wrapping_add(1),
            set,
            neighbours,
        })
    }

    fn seed(&self, base: &Base<'_>) -> u64 {
        self.settings.seed.unwrap_or(base.loaded.design.run.seed)
    }

    fn conclude(
        self,
        base: &Base<'_>,
        best: Option<Best>,
        partial: bool,
        automatic: bool,
    ) -> Tuned {
        let drawn = self.candidates.iter().find(|one| one.changes == 0);
        let drawn = drawn.map(|one| values(&self.axes, &one.at));
        let as_drawn = drawn.and_then(|values| {
            let mut known = self.tried.iter().filter(|one| !one.confirms);
            known.find(|one| one.values == values).cloned()
        });
        let winner = best.as_ref().and_then(|_| self.cheapest_met());
        let left = (0..self.candidates.len()).filter(|at| self.is_left(*at));
        let ruled_out = left.filter(|at| winner.is_none_or(|best| self.is_better(*at, best)));
        let ruled_out = ruled_out.count();
        let written = &base.loaded.design.objectives;
        let nearest = if best.is_some() {
            None
        } else {
            let near = |one: &Tried| one.missed.as_ref().map_or(0.0, capacity::excess);
            let least = |a: &&Tried, b: &&Tried| near(a).total_cmp(&near(b));
            self.tried.iter().min_by(least).cloned()
        };
        Tuned {
            objectives: match written.as_slice() {
                [] => vec![DEFAULT_OBJECTIVE.to_owned()],
                some => some.iter().map(|one| one.text.clone()).collect(),
            },
            assumed: written.is_empty(),
            automatic,
            scenarios: self.scenarios.into_iter().map(|of| of.name).collect(),
            candidates: self.candidates.len(),
            full: self.candidates.iter().filter(|one| one.full).count(),
            ruled_out,
            axes: self.axes,
            tried: self.tried,
            as_drawn,
            best,
            nearest,
            partial,
        }
    }
}

/// Simulates one design, and writes down whether its objectives hold with their intervals.
fn judge(
    design: &Design,
    threads: Option<usize>,
    watch: &dyn Fn(Progress) -> bool,
    scenario: &str,
    tried: &mut Tried,
) -> Result<(), RunError> {
    let mut design = design.clone();
    if design.objectives.is_empty() {
        design.objectives.push(Objective {
            text: DEFAULT_OBJECTIVE.to_owned(),
        });
    }
    let replications = 0..design.run.replications;
    let (collecting, stopped) = run::gather(&design, replications, threads, watch)?;
    if stopped {
        return Err(RunError::Nothing);
    }
    let result = run::conclude(&collecting.settle(), &design, DesignRef::default())?;
    tried.busiest = capacity::busiest(&result);
    let unsure = |one: &&ObjectiveResult| !capacity::is_surely_met(one);
    let missed = result.objectives.iter().find(unsure);
    if missed.is_some() || result.partial {
        tried.met = false;
        tried.scenario = Some(scenario.to_owned());
        tried.missed = missed.cloned();
    }
    Ok(())
}
