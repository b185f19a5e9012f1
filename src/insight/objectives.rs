//! Whether a run meets the objectives of its design.
//!
//! The point estimate decides. What makes a verdict doubtful stands beside it: an interval that reaches over
//! the limit, a run too short for the figure. A figure that the run does not have meets nothing.
//!
//! Counts, such as dead letters, are per replication: a verdict must not depend on how often the run was
//! repeated. In a qualified objective (`during FAULT`) the worst counts where the fault happened several times.

mod figure;
#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::design::model::Objective;
use crate::design::objective::{
    Bound, BoundKind, Comparison, Measure, Parsed, Subject, When, parse,
};
use crate::insight::words;
use crate::sim::result::{ObjectiveResult, RunResult};
use crate::sim::summary::{self, Collected};
use figure::Figure;

/// Judges every objective, in the order of the design. `result` is what `collected` says.
pub fn evaluate(
    objectives: &[Objective],
    collected: &Collected,
    result: &RunResult,
) -> Vec<ObjectiveResult> {
    objectives
        .iter()
        .map(|objective| judge(&objective.text, collected, result))
        .collect()
}

fn judge(text: &str, collected: &Collected, result: &RunResult) -> ObjectiveResult {
    let verdict = match parse(text) {
        Ok(objective) => observe(&objective, collected, result),
        Err(error) => Err(format!("This is no objective: {}.", error.message)),
    };
    let text = text.to_owned();
    match verdict {
        Ok(Verdict { met, figure, note }) => ObjectiveResult {
            text,
            met,
            observed: Some(figure.value),
            ci95: figure.ci95,
            note,
        },
        Err(note) => ObjectiveResult {
            text,
            met: false,
            observed: None,
            ci95: None,
            note,
        },
    }
}

struct Verdict {
    met: bool,
    figure: Figure,
    note: String,
}

/// The figure and what is to be said about it; else why there is none.
fn observe(
    objective: &Parsed,
    collected: &Collected,
    result: &RunResult,
) -> Result<Verdict, String> {
    let comparison = objective.comparison;
    let bound = objective.bound.value();
    let (figure, mut notes) = if objective.measure == Measure::Recovery {
        recovery(objective, collected)?
    } else {
        worst(objective, collected, result)?
    };
    let met = comparison.holds(figure.value, bound);
    if let Some([low, high]) = figure.ci95
        && comparison != Comparison::Equal
        && (comparison.holds(low, bound) != met || comparison.holds(high, bound) != met)
    {
        let unit = |value| in_unit(objective.bound, value);
        notes.push(format!(
            "The 95% confidence interval reaches over the limit: {} to {}.",
            unit(low),
            unit(high)
        ));
    }
    notes.extend(figure.note.clone());
    Ok(Verdict {
        met,
        figure,
        note: notes.join(" "),
    })
}

/// The figure over the windows that count: of several, the one that is hardest to meet.
fn worst(
    objective: &Parsed,
    collected: &Collected,
    result: &RunResult,
) -> Result<(Figure, Vec<String>), String> {
    let windows = windows(&objective.when, collected)?;
    let figures: Result<Vec<Figure>, String> = windows
        .iter()
        .map(|windows| figure::take(objective, collected, result, windows))
        .collect();
    let times = windows.len();
    let bound = objective.bound.value();
    let worst = figures?.into_iter().reduce(|worst, other| {
        let harder = match objective.comparison {
            Comparison::Below | Comparison::AtMost => other.value > worst.value,
            Comparison::Above | Comparison::AtLeast => other.value < worst.value,
            Comparison::Equal => (other.value - bound).abs() > (worst.value - bound).abs(),
        };
        if harder { other } else { worst }
    });
    let notes = if times > 1 {
        vec![format!("The worst of {times} times.")]
    } else {
        Vec::new()
    };
    worst
        .map(|worst| (worst, notes))
        .ok_or_else(|| "There is no such time in this run.".to_owned())
}

fn windows(when: &When, collected: &Collected) -> Result<Vec<Range<usize>>, String> {
    let (relation, word, fault) = match when {
        When::Always => return Ok(vec![collected.measured()]),
        When::Before(fault) => (summary::When::Before, "before", fault),
        When::During(fault) => (summary::When::During, "during", fault),
        When::After(fault) => (summary::When::After, "after", fault),
    };
    let windows = collected.phase(relation, fault);
    if !windows.is_empty() {
        return Ok(windows);
    }
    Err(
        if collected.faults().iter().any(|known| known.name == *fault) {
            format!("The run has no time {word} {fault} that was measured.")
        } else {
            did_not_happen(fault)
        },
    )
}

fn did_not_happen(fault: &str) -> String {
    format!(
        "{fault} did not happen at the same time in every replication, so that nothing is before or after it."
    )
}

fn recovery(objective: &Parsed, collected: &Collected) -> Result<(Figure, Vec<String>), String> {
    let Subject::Fault(fault) = &objective.subject else {
        return Err("A time to recover is that of a fault.".to_owned());
    };
    let recoveries = collected.recoveries(fault);
    if recoveries.is_empty() {
        return Err(did_not_happen(fault));
    }
    let mut slowest = 0.0_f64;
    for recovery_s in &recoveries {
        match recovery_s {
            Some(recovery_s) => slowest = slowest.max(*recovery_s),
            None => {
                return Err(format!(
                    "The figures were not back at their level before {fault} by the end, or there is no such level."
                ));
            }
        }
    }
    let times = recoveries.len();
    let notes = if times > 1 {
        vec![format!("The worst of {times} times.")]
    } else {
        Vec::new()
    };
    Ok((Figure::of(slowest), notes))
}

/// A value in the unit of the bound.
fn in_unit(bound: Bound, value: f64) -> String {
    match bound {
        Bound::Seconds(_) => words::time(value),
        Bound::Share(_) | Bound::ShareOfOffered(_) => words::share(value),
        Bound::PerSecond(_) => words::rate(value),
        Bound::Number(_) => words::number(value),
        Bound::Dollars(_) => words::dollars(value),
    }
}

/// The observed figure of an objective as people write it: `212 ms`, `99.4%`.
pub fn observed_words(result: &ObjectiveResult) -> Option<String> {
    let value = result.observed?;
    let objective = parse(&result.text).ok()?;
    Some(match (objective.measure.info().bound, objective.bound) {
        (BoundKind::RateOrShare, Bound::ShareOfOffered(_)) => {
            format!("{} of offered", words::share(value))
        }
        (_, bound) => in_unit(bound, value),
    })
}
