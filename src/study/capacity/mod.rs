//! The highest traffic under which a design meets its objectives.
//!
//! All traffic is multiplied by a factor, and the largest factor at which every objective is met is
//! found by bisection. Every factor meets the same random numbers, so that what is observed is a
//! smooth function of it. The error bar comes from the intervals of the objectives: below its lower
//! end they lie wholly on the good side of their bounds, above its upper end wholly on the bad side.

mod ramp;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::run::{self, Progress, RunError, RunSettings};
use super::scale;
use super::units::{Units, once};
use crate::design::Loaded;
use crate::design::model::{Design, Objective};
use crate::design::objective;
use crate::insight::estimate::estimate;
use crate::insight::headroom;
use crate::sim::result::{DesignRef, ObjectiveResult, RunResult};
pub use ramp::{Ramp, ramp};

/// What must hold where a design has no objectives: nearly all that is asked for is answered.
pub const DEFAULT_OBJECTIVE: &str = "goodput(*) > 99% of offered";
/// Traffic is not looked for beyond this factor, up or down.
pub const FACTOR_MAX: f64 = 1_024.0;
/// The factor is known when the bracket is this narrow, relative to it.
const NARROW: f64 = 0.005;
/// Parts of the capacity at which figures are taken for the plot.
const SHOWN: [f64; 5] = [0.2, 0.4, 0.6, 0.8, 0.9];

/// What a capacity study says.
#[derive(Debug, Clone, Serialize)]
pub struct Capacity {
    /// The highest factor on the traffic of the file at which the objectives are met; nothing if it
    /// was not found within [`FACTOR_MAX`].
    pub factor: Option<f64>,
    /// Its error bar.
    pub factor_ci95: Option<[f64; 2]>,
    /// The same in requests per second, of all clients that are no attackers.
    pub offered_per_s: Option<f64>,
    /// Its error bar.
    pub offered_ci95: Option<[f64; 2]>,
    /// The objective that is missed first as traffic grows.
    pub binding: Option<String>,
    /// The place that is busiest where it is missed, and how busy it is.
    pub limit: Option<(String, f64)>,
    /// Objectives that were assumed, since the design has none.
    pub assumed: bool,
    /// Met however much, or however little, traffic there is.
    pub unbounded: Option<Unbounded>,
    /// It was stopped before its end.
    pub partial: bool,
    /// What was simulated, by growing traffic.
    pub points: Vec<Point>,
}

/// Why there is no capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unbounded {
    /// The objectives are met at every traffic that was tried.
    AlwaysMet,
    /// They are met at none.
    NeverMet,
}

/// One traffic that was simulated.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Point {
    /// Times the traffic of the file.
    pub factor: f64,
    /// Requests per second.
    pub offered_per_s: f64,
    /// Of these, completed.
    pub goodput_per_s: f64,
    /// The busiest node and how busy it is.
    pub busiest: Option<(String, f64)>,
    /// The verdicts.
    pub objectives: Vec<ObjectiveResult>,
    /// Whether all are met.
    pub met: bool,
    /// Whether the intervals lie wholly on the good side.
    pub surely_met: bool,
    /// Whether the interval of one lies wholly on the bad side.
    pub surely_missed: bool,
}

/// Simulates at one factor after another.
struct Search<'a> {
    design: Design,
    threads: Option<usize>,
    watch: &'a dyn Fn(Progress) -> bool,
    units: &'a dyn Units,
    /// By growing factor.
    points: Vec<Point>,
    /// Simulations that are expected.
    expected: usize,
}

/// A yes or no that changes once as traffic grows.
type Question = fn(&Point) -> bool;

/// Looks for the capacity. `watch` ends the search by answering `false`; what is known until then
/// is kept, and what `units` knows is not simulated again.
///
/// # Errors
/// If the design cannot be simulated, or nothing was.
pub fn capacity(
    loaded: &Loaded,
    settings: &RunSettings,
    watch: &dyn Fn(Progress) -> bool,
    units: &dyn Units,
) -> Result<Capacity, RunError> {
    let mut design = settings.applied(&loaded.design)?;
    let assumed = design.objectives.is_empty();
    if assumed {
        design.objectives.push(Objective {
            text: DEFAULT_OBJECTIVE.to_owned(),
        });
    }
    let mut search = Search {
        design,
        threads: settings.threads,
        watch,
        units,
        points: Vec::new(),
        expected: 24,
    };
    let mut found = Capacity {
        factor: None,
        factor_ci95: None,
        offered_per_s: None,
        offered_ci95: None,
        binding: None,
        limit: None,
        assumed,
        unbounded: None,
        partial: false,
        points: Vec::new(),
    };
    match search.find(&mut found) {
        Err(RunError::Nothing) if !search.points.is_empty() => found.partial = true,
        Err(error) => return Err(error),
        Ok(()) => {}
    }
    found.points = search.points;
    Ok(found)
}

impl Search<'_> {
    fn find(&mut self, found: &mut Capacity) -> Result<(), RunError> {
        let Some((low, high)) = self.bracket()? else {
            let met = self.points.iter().any(|point| point.met);
            found.unbounded = Some(if met {
                Unbounded::AlwaysMet
            } else {
                Unbounded::NeverMet
            });
            return Ok(());
        };
        let met: Question = |point| point.met;
        let factor = self.border(met, low, high)?;
        self.name_limit(found, factor);
        found.factor = Some(factor);
        found.offered_per_s = self.offered(factor);
        let surely: Question = |point| point.surely_met;
        let possibly: Question = |point| !point.surely_missed;
        let lowest = self.lower(surely, factor)?;
        let highest = self.upper(possibly, factor)?;
        found.factor_ci95 = Some([lowest, highest]);
        found.offered_ci95 = self
            .offered(lowest)
            .zip(self.offered(highest))
            .map(<[f64; 2]>::from);
        for share in SHOWN {
            self.at(share * factor)?;
        }
        Ok(())
    }

    /// Two factors between which the objectives begin to be missed.
    fn bracket(&mut self) -> Result<Option<(f64, f64)>, RunError> {
        let start = self.guess();
        let (mut low, mut high) = (None, None);
        let mut factor = start;
        let mut step = 1.3;
        while (1.0 / FACTOR_MAX..=FACTOR_MAX).contains(&factor) {
            if self.at(factor)?.met {
                low = Some(factor);
                if high.is_some() {
                    break;
                }
                factor *= step;
            } else {
                high = Some(factor);
                if low.is_some() {
                    break;
                }
                factor /= step;
            }
            step = (step * step).min(4.0);
        }
        Ok(low.zip(high))
    }

    /// Where a formula says that the first station is nearly full.
    fn guess(&self) -> f64 {
        let busiest = estimate(&self.design).ok().and_then(|found| {
            let loads = found.nodes.iter().map(|node| node.utilization);
            loads.max_by(f64::total_cmp)
        });
        match busiest {
            Some(load) if load > 0.01 => (0.8 / load).clamp(1.0 / 64.0, 64.0),
            _ => 1.0,
        }
    }

    /// The border between yes and no, from a factor at which it is yes to one at which it is no.
    fn border(&mut self, question: Question, low: f64, high: f64) -> Result<f64, RunError> {
        let (mut low, mut high) = (low, high);
        while high / low > 1.0 + NARROW {
            let middle = (low * high).sqrt();
            if question(self.at(middle)?) {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok((low * high).sqrt())
    }

    /// The border of a question that is answered with yes sooner than at the capacity.
    fn lower(&mut self, question: Question, factor: f64) -> Result<f64, RunError> {
        let mut step = 1.05;
        let mut high = factor;
        for _ in 0..12 {
            let low = factor / step;
            if question(self.at(low)?) {
                return self.border(question, low, high);
            }
            high = low;
            step = step * step.min(1.5);
        }
        Ok(high)
    }

    /// The border of a question that is answered with yes for longer.
    fn upper(&mut self, question: Question, factor: f64) -> Result<f64, RunError> {
        let mut step = 1.05;
        let mut low = factor;
        for _ in 0..12 {
            let high = factor * step;
            if !question(self.at(high)?) {
                return self.border(question, low, high);
            }
            low = high;
            step = step * step.min(1.5);
        }
        Ok(low)
    }

    /// What is missed first above the capacity, and where it is full.
    fn name_limit(&self, found: &mut Capacity, factor: f64) {
        let above = self
            .points
            .iter()
            .find(|point| point.factor >= factor && !point.met);
        let Some(above) = above else { return };
        let missed = above.objectives.iter().find(|objective| !objective.met);
        found.binding = missed.map(|objective| objective.text.clone());
        found.limit.clone_from(&above.busiest);
    }

    /// Requests per second at a factor, between those that were simulated.
    fn offered(&self, factor: f64) -> Option<f64> {
        let nearest = self.points.iter().min_by(|a, b| {
            let far = |point: &Point| (point.factor - factor).abs();
            far(a).total_cmp(&far(b))
        })?;
        Some(nearest.offered_per_s * factor / nearest.factor)
    }

    /// The figures at a factor.
    fn at(&mut self, factor: f64) -> Result<&Point, RunError> {
        let place = self.points.partition_point(|point| point.factor < factor);
        let known = self.points.get(place);
        if known.is_none_or(|point| point.factor > factor) {
            let unit = format!("{:016x}", factor.to_bits());
            let point = once(self.units, &unit, || self.simulate(factor))?;
            self.points.insert(place, point);
        }
        Ok(&self.points[place])
    }

    fn simulate(&self, factor: f64) -> Result<Point, RunError> {
        let mut design = self.design.clone();
        scale::traffic(&mut design, factor);
        let (done, expected) = (self.points.len(), self.expected.max(self.points.len() + 1));
        let overall = |progress: Progress| {
            (self.watch)(Progress {
                simulated_share: (done as f64 + progress.simulated_share) / expected as f64,
                ..progress
            })
        };
        let replications = 0..design.run.replications;
        let (collecting, stopped) = run::gather(&design, replications, self.threads, &overall)?;
        if stopped {
            return Err(RunError::Nothing);
        }
        let collected = collecting.settle();
        let result = run::conclude(&collected, &design, DesignRef::default())?;
        Ok(point(factor, result))
    }
}

fn point(factor: f64, result: RunResult) -> Point {
    let seconds = (result.simulated_s - result.warmup_s) * f64::from(result.replications.max(1));
    let calm = || result.endpoints.iter().filter(|endpoint| !endpoint.attack);
    let offered: u64 = calm().map(|endpoint| endpoint.offered).sum();
    let goodput = calm().map(|endpoint| endpoint.goodput_per_s).sum();
    let busiest = busiest(&result);
    // A run that hit a limit of memory was overwhelmed.
    let met = !result.partial && result.objectives.iter().all(|objective| objective.met);
    let sides: Vec<[bool; 2]> = result.objectives.iter().map(sides).collect();
    Point {
        factor,
        offered_per_s: if seconds > 0.0 {
            offered as f64 / seconds
        } else {
            0.0
        },
        goodput_per_s: goodput,
        busiest,
        met,
        surely_met: met && sides.iter().all(|[surely, _]| *surely),
        surely_missed: result.partial || sides.iter().any(|[_, possibly]| !possibly),
        objectives: result.objectives,
    }
}

/// The fullest place of a run, and how full it is.
pub(in crate::study) fn busiest(result: &RunResult) -> Option<(String, f64)> {
    let limits = headroom::limits(result).into_iter();
    // The first of equals: `max_by` would take the last.
    let fullest = limits.reduce(|best, next| if next.used > best.used { next } else { best });
    let busy = fullest.filter(|limit| limit.used > 0.0);
    busy.map(|limit| (limit.words(), limit.used))
}

/// Whether an objective is met, wherever in its interval the figure lies.
pub(in crate::study) fn is_surely_met(objective: &ObjectiveResult) -> bool {
    objective.met && sides(objective)[0]
}

/// How far an observed figure is beyond its bound, relative to it; infinite if there is none.
pub(in crate::study) fn excess(objective: &ObjectiveResult) -> f64 {
    let parsed = objective::parse(&objective.text).ok();
    let (Some(parsed), Some(observed)) = (parsed, objective.observed) else {
        return f64::INFINITY;
    };
    let bound = parsed.bound.value();
    (observed - bound).abs() / bound.abs().max(f64::MIN_POSITIVE)
}

/// Whether an objective is met at both ends of its interval, and at one of them.
fn sides(objective: &ObjectiveResult) -> [bool; 2] {
    let Ok(parsed) = objective::parse(&objective.text) else {
        return [objective.met; 2];
    };
    let Some([low, high]) = objective.ci95 else {
        return [objective.met; 2];
    };
    let holds = |value: f64| parsed.comparison.holds(value, parsed.bound.value());
    [holds(low) && holds(high), holds(low) || holds(high)]
}
