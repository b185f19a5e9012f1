//! What happens if something fails: every node, one of its replicas, every wire and every zone in
//! turn, and in pairs where that is asked for.
//!
//! Each case is the design without its own faults, healthy for the first third of the run, with one
//! thing failing for the next sixth, and then left alone: if it is not back at the end, it does not
//! come back by itself. For such a case the shortest failure that tips it can be looked for.

mod cases;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::run::{self, Progress, RunError, RunSettings};
use super::units::{Units, once};
use crate::design::Loaded;
use crate::design::model::{Design, FaultEntry, Objective};
use crate::design::objective::{self, Measure, Subject, When};
use crate::sim::result::{DesignRef, ObjectiveResult, RunResult};
use crate::units::Nanos;
pub use cases::How;
use cases::Part;

/// The name of the failure in phases.
const FAULT: &str = "the failure";
/// A stretch in which less than this share of what was completed before is completed is part of the
/// dip, unless it is too short to tell.
const DIP: f64 = 0.95;
/// Requests in a stretch of time below which its rate says little.
const BLOCK: f64 = 400.0;
/// Halvings of the length of a failure while the shortest that tips is looked for.
const HALVINGS: u32 = 7;
/// Most cases: pairs grow with the square of a design.
pub const CASES_MAX: usize = 5_000;

/// What is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ask {
    /// Two things at once, too.
    pub pairs: bool,
    /// How long the shortest failure is from which the system does not come back by itself.
    pub triggers: bool,
    /// Mean time between failures of each thing, and mean time to repair, in seconds: they make an
    /// availability.
    pub repair: Option<(f64, f64)>,
}

/// What the failures do.
#[derive(Debug, Clone, Serialize)]
pub struct Matrix {
    /// When the failure begins.
    pub at_s: f64,
    /// How long it lasts.
    pub lasts_s: f64,
    /// End of the run.
    pub end_s: f64,
    /// The cases, in the order of the file.
    pub cases: Vec<Case>,
    /// What the failures leave of the requests, if times between failures were given.
    pub availability: Option<Availability>,
    /// It was stopped before its end: later cases are missing.
    pub partial: bool,
}

/// One failure.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Case {
    /// What fails: one thing, or two.
    pub failing: Vec<Failing>,
    /// The objectives that speak of the whole run.
    pub objectives: Vec<ObjectiveResult>,
    /// Requests answered per second before.
    pub before_per_s: f64,
    /// Requests that were not answered while it lasted, as a share of those before.
    pub lost_share: f64,
    /// The same in the worst moment of the run.
    pub depth: f64,
    /// For how long less than 95% of the requests before were answered, in seconds.
    pub dip_s: f64,
    /// Time from the end of the failure until all is as before; nothing if that did not happen.
    pub recovery_s: Option<f64>,
    /// Requests answered less than before, from the start of the failure to the end of the run, in
    /// seconds of traffic.
    pub lost_s: f64,
    /// The shortest failure from which it does not come back, in seconds, if that was looked for.
    pub trigger_s: Option<f64>,
}

/// Something that fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// `node api`, `a replica of api`, `wire api -> db`, `zone a`.
    pub place: String,
    /// How.
    pub how: How,
}

/// The share of requests that is answered in the long run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Availability {
    /// Mean time between failures of each thing.
    pub mtbf_s: f64,
    /// Mean time to repair.
    pub mttr_s: f64,
    /// The share that is answered; failures come one at a time.
    pub share: f64,
    /// Time without answers in 30 days.
    pub budget_s: f64,
}

/// Lets everything fail. `watch` ends it by answering `false`; the cases until then are kept,
/// and those that `units` knows are not simulated again.
///
/// # Errors
/// If the design cannot be simulated, there is too much to fail, or nothing was simulated.
pub fn matrix(
    loaded: &Loaded,
    settings: &RunSettings,
    ask: &Ask,
    watch: &dyn Fn(Progress) -> bool,
    units: &dyn Units,
) -> Result<Matrix, RunError> {
    let mut design = settings.applied(&loaded.design)?;
    design.faults.clear();
    design.objectives.retain(is_of_the_whole);
    let (third, lasts) = times(design.run.duration);
    let cases = combinations(&design, ask.pairs);
    if cases.len() > CASES_MAX {
        let message = format!(
            "These are {} cases; at most {CASES_MAX} are run.",
            cases.len()
        );
        return Err(RunError::Settings(message));
    }
    let mut study = Study {
        design,
        at: third,
        threads: settings.threads,
        watch,
        done: 0,
        total: cases.len() as u32,
    };
    let mut found = Vec::with_capacity(cases.len());
    let mut partial = false;
    for parts in &cases {
        let names = parts
            .iter()
            .map(|part| format!("{} {}", part.place, part.how.words()));
        let unit = names.collect::<Vec<_>>().join(" | ");
        let case = once(units, &unit, || study.case(parts, lasts, ask.triggers));
        study.done += 1;
        match case {
            Ok(case) => found.push(case),
            Err(RunError::Nothing) if !found.is_empty() => {
                partial = true;
                break;
            }
            Err(error) => return Err(error),
        }
    }
    let seconds = |time: Nanos| time.0 as f64 / 1e9;
    Ok(Matrix {
        at_s: seconds(third),
        lasts_s: seconds(lasts),
        end_s: seconds(study.design.run.duration),
        availability: ask
            .repair
            .map(|times| availability(&found, seconds(lasts), times)),
        cases: found,
        partial,
    })
}

/// When a failure begins, and how long it lasts.
fn times(duration: Nanos) -> (Nanos, Nanos) {
    (Nanos(duration.0 / 3), Nanos(duration.0 / 6))
}

/// Each thing that fails in a case of its own, by the words of the case, and how it fails in a run
/// of some length.
pub(in crate::study) fn failures(design: &Design, duration: Nanos) -> Vec<(String, FaultEntry)> {
    let (at, lasts) = times(duration);
    let parts = cases::parts(design).into_iter();
    let named = parts.map(|part| {
        let name = format!("{} {}", part.place, part.how.words());
        (name, entry(&part, at, lasts))
    });
    named.collect()
}

fn entry(part: &Part, at: Nanos, lasts: Nanos) -> FaultEntry {
    FaultEntry {
        at: Some(at),
        every: None,
        lasts: Some(constant(lasts)),
        fault: part.fault.clone(),
        name: FAULT.to_owned(),
    }
}

/// How many cases there are.
pub fn count(design: &Design, pairs: bool) -> usize {
    combinations(design, pairs).len()
}

/// Each thing, and each pair of different things.
fn combinations(design: &Design, pairs: bool) -> Vec<Vec<Part>> {
    let parts = cases::parts(design);
    let mut list: Vec<Vec<Part>> = parts.iter().map(|part| vec![part.clone()]).collect();
    if pairs {
        for (at, one) in parts.iter().enumerate() {
            let others = parts[at + 1..]
                .iter()
                .filter(|other| other.place != one.place);
            list.extend(others.map(|other| vec![one.clone(), other.clone()]));
        }
    }
    list
}

/// Objectives about a part of the run, or about a fault, speak of the design's own faults.
pub(in crate::study) fn is_of_the_whole(objective: &Objective) -> bool {
    objective::parse(&objective.text).is_ok_and(|parsed| {
        parsed.when == When::Always
            && parsed.measure != Measure::Recovery
            && !matches!(parsed.subject, Subject::Fault(_))
    })
}

struct Study<'a> {
    design: Design,
    at: Nanos,
    threads: Option<usize>,
    watch: &'a dyn Fn(Progress) -> bool,
    done: u32,
    total: u32,
}

impl Study<'_> {
    fn case(&self, parts: &[Part], lasts: Nanos, triggers: bool) -> Result<Case, RunError> {
        let result = self.simulate(parts, lasts)?;
        let mut case = self.describe(parts, lasts, result);
        if triggers && case.recovery_s.is_none() {
            case.trigger_s = Some(self.trigger(parts, lasts)?);
        }
        Ok(case)
    }

    /// The shortest failure from which it does not come back, within 1% of the longest.
    fn trigger(&self, parts: &[Part], lasts: Nanos) -> Result<f64, RunError> {
        let (mut low, mut high) = (0_u64, lasts.0);
        for _ in 0..HALVINGS {
            let middle = low.midpoint(high);
            let result = self.simulate(parts, Nanos(middle.max(1)))?;
            if recovery(&result).is_some() {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(high as f64 / 1e9)
    }

    fn simulate(&self, parts: &[Part], lasts: Nanos) -> Result<RunResult, RunError> {
        let mut design = self.design.clone();
        let entries = parts.iter().map(|part| entry(part, self.at, lasts));
        design.faults = entries.collect();
        let overall = |progress: Progress| {
            (self.watch)(Progress {
                done_units: self.done,
                total_units: self.total,
                simulated_share: (f64::from(self.done) + progress.simulated_share)
                    / f64::from(self.total.max(1)),
            })
        };
        let replications = 0..design.run.replications;
        let (collecting, stopped) = run::gather(&design, replications, self.threads, &overall)?;
        if stopped {
            return Err(RunError::Nothing);
        }
        run::conclude(&collecting.settle(), &design, DesignRef::default())
    }

    fn describe(&self, parts: &[Part], lasts: Nanos, result: RunResult) -> Case {
        let start_s = self.at.0 as f64 / 1e9;
        let lasts_s = lasts.0 as f64 / 1e9;
        let end_s = start_s + lasts_s;
        let replications = f64::from(result.replications);
        let course = Course::of(&result);
        let before = course.mean(0.0, start_s);
        let share = |rate: f64| {
            if before > 0.0 {
                (1.0 - rate / before).clamp(0.0, 1.0)
            } else {
                0.0
            }
        };
        let (blocks, noise) = course.blocks(start_s, lasts_s, before * replications);
        let depth = blocks
            .iter()
            .map(|(_, rate)| share(*rate))
            .fold(0.0, f64::max);
        let low = DIP.min(1.0 - 3.0 * noise) * before;
        let dips = blocks.iter().filter(|(_, rate)| *rate < low);
        let dip_s = dips.map(|(length, _)| length).sum();
        let after = course.buckets(start_s, f64::INFINITY);
        let missing: f64 = after.map(|(length, rate)| length * (before - rate)).sum();
        Case {
            failing: parts
                .iter()
                .map(|part| Failing {
                    place: part.place.clone(),
                    how: part.how,
                })
                .collect(),
            before_per_s: before,
            lost_share: share(course.mean(start_s, end_s)),
            depth,
            dip_s,
            recovery_s: recovery(&result),
            lost_s: if before > 0.0 {
                (missing / before).max(0.0)
            } else {
                0.0
            },
            trigger_s: None,
            objectives: result.objectives,
        }
    }
}

fn constant(time: Nanos) -> crate::design::model::TimeDist {
    use crate::design::model::{Dist, TimeDist};
    TimeDist(Dist::Constant {
        value: crate::design::Quantity(time.0 as f64 / 1e9),
    })
}

/// The time until all was as before, of the last failure in the run.
fn recovery(result: &RunResult) -> Option<f64> {
    let last = result
        .phases
        .iter()
        .rev()
        .find(|phase| phase.name.starts_with("after "));
    last.and_then(|phase| phase.recovery_s)
}

/// Requests answered over time, of all that are no attack.
struct Course<'r> {
    edges_s: &'r [f64],
    rates: Vec<f64>,
}

impl<'r> Course<'r> {
    fn of(result: &'r RunResult) -> Self {
        let series = &result.series;
        let mut rates = vec![0.0; series.edges_s.len().saturating_sub(1)];
        for of in &series.endpoints {
            let seen = result.endpoints.iter().find(|seen| seen.id == of.id);
            if seen.is_some_and(|seen| !seen.attack) {
                for (sum, rate) in rates.iter_mut().zip(&of.completed_per_s) {
                    *sum += rate;
                }
            }
        }
        Self {
            edges_s: &series.edges_s,
            rates,
        }
    }

    /// Length and rate of the buckets that lie between two moments.
    fn buckets(&self, from: f64, to: f64) -> impl Iterator<Item = (f64, f64)> {
        let edges = self.edges_s.windows(2).zip(&self.rates);
        edges
            .filter(move |(edges, _)| edges[0] >= from - 1e-9 && edges[1] <= to + 1e-9)
            .map(|(edges, rate)| (edges[1] - edges[0], *rate))
    }

    /// Length and rate of stretches from a moment to the end that are long enough to hold
    /// [`BLOCK`] requests, up to a quarter of the failure; and how much they vary by chance. The
    /// buckets of a series hold few.
    fn blocks(&self, from: f64, lasts_s: f64, per_s: f64) -> (Vec<(f64, f64)>, f64) {
        let wanted = (BLOCK / per_s.max(f64::MIN_POSITIVE)).min(0.25 * lasts_s);
        let mut blocks = Vec::new();
        let (mut length, mut area) = (0.0, 0.0);
        for (bucket, rate) in self.buckets(from, f64::INFINITY) {
            length += bucket;
            area += bucket * rate;
            if length >= wanted - 1e-9 {
                blocks.push((length, area / length));
                (length, area) = (0.0, 0.0);
            }
        }
        let held = (wanted * per_s).max(1.0);
        (blocks, (1.0 / held.sqrt()).min(0.3))
    }

    fn mean(&self, from: f64, to: f64) -> f64 {
        let (area, length) = self
            .buckets(from, to)
            .fold((0.0, 0.0), |sum, (length, rate)| {
                (sum.0 + length * rate, sum.1 + length)
            });
        if length > 0.0 { area / length } else { 0.0 }
    }
}

/// Of each thing that fails, what is lost while it is being repaired and until it has recovered. One
/// that does not come back by itself is lost for twice the time to repair: somebody has to see to
/// it.
fn availability(cases: &[Case], lasts_s: f64, (mtbf_s, mttr_s): (f64, f64)) -> Availability {
    let lost = |case: &Case| {
        let during = case.lost_share * mttr_s;
        match case.recovery_s {
            Some(_) => during + (case.lost_s - case.lost_share * lasts_s).max(0.0),
            None => 2.0 * mttr_s,
        }
    };
    // Of several failures of the same thing the first is its outage.
    let mut seen = BTreeSet::new();
    let single = cases
        .iter()
        .filter(|case| case.failing.len() == 1 && seen.insert(&case.failing[0].place));
    let share: f64 = single
        .map(|case| 1.0 - (lost(case) / (mtbf_s + mttr_s)).min(1.0))
        .product();
    Availability {
        mtbf_s,
        mttr_s,
        share,
        budget_s: (1.0 - share) * 30.0 * 86_400.0,
    }
}
