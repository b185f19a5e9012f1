//! `verify`: the simulator against theory, in front of the user. Each case is a design, embedded as
//! RON text, and the figures that theory gives for it; a figure passes if theory lies within the
//! interval of the simulation. [`cases`] is the list, one file per family.

mod cases;
mod engine;
#[cfg(test)]
mod estimates;
mod expected;
mod interval;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::insight::theory::{Theory, TheoryError};
pub use cases::cases;
use engine::Samples;
use expected::Expected;
pub use expected::Unit;
use interval::Interval;

/// A design, and what theory says of it.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// A short name in lower case, which is also that of its file in `assets/verify`.
    pub name: &'static str,
    /// What it belongs to, such as `priorities`.
    pub family: &'static str,
    /// Where the theory is from.
    pub source: &'static str,
    /// The design as RON text.
    pub design: &'static str,
    /// The figures to compare.
    expected: fn() -> Theory<Vec<Expected>>,
}

/// One figure of one case, compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// The name of the case.
    pub name: String,
    /// Its family.
    pub family: String,
    /// The figure, such as `p99` or `utilization of server`.
    pub figure: String,
    /// What theory says.
    pub theory: f64,
    /// What was simulated.
    pub simulated: f64,
    /// 95% confidence interval of what was simulated, from independent replications.
    pub ci95: [f64; 2],
    /// The interval in which theory must lie: the confidence interval at the level of the whole
    /// suite, and the error of the theory itself where it is an approximation.
    pub accepted: [f64; 2],
    /// The unit of all of these.
    pub unit: Unit,
    /// Whether theory lies in the accepted interval.
    pub pass: bool,
    /// What should be known beside the verdict; `exact` if theory has no error of its own.
    pub note: String,
    /// Where the theory is from.
    pub source: String,
}

/// Why the simulator could not be compared with theory.
#[derive(Debug, Clone, PartialEq)]
pub enum VerifyError {
    /// No case has the text in its name or family.
    NoSuchCase {
        /// The text.
        filter: String,
    },
    /// The design of a case could not be read.
    Design {
        /// The case.
        case: &'static str,
        /// What is wrong with it, with lines and columns.
        message: String,
    },
    /// The design of a case could not be simulated.
    Run {
        /// The case.
        case: &'static str,
        /// Why.
        message: String,
    },
    /// The theory of a case has no answer.
    Theory {
        /// The case.
        case: &'static str,
        /// Why.
        error: TheoryError,
    },
    /// The result lacks a figure that theory speaks of.
    Figure {
        /// The case.
        case: &'static str,
        /// The figure.
        figure: &'static str,
    },
    /// It was told to stop.
    Interrupted,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchCase { filter } => {
                write!(f, "No case has \"{filter}\" in its name or family.")
            }
            Self::Design { case, message } => {
                write!(f, "The design of the case {case} cannot be read. {message}")
            }
            Self::Run { case, message } => {
                write!(f, "The case {case} could not be simulated: {message}")
            }
            Self::Theory { case, error } => write!(f, "The theory of the case {case}: {error}"),
            Self::Figure { case, figure } => {
                write!(
                    f,
                    "The result of the case {case} has no figure \"{figure}\"."
                )
            }
            Self::Interrupted => write!(f, "The verification was stopped."),
        }
    }
}

impl std::error::Error for VerifyError {}

/// The cases whose name or family contains the text, in the order of the list. All without one.
///
/// # Errors
/// [`VerifyError::NoSuchCase`] if there is none.
pub fn matching(filter: Option<&str>) -> Result<Vec<&'static Case>, VerifyError> {
    let wanted = filter.unwrap_or_default().to_lowercase();
    let found: Vec<&Case> = cases()
        .iter()
        .filter(|case| case.name.contains(&wanted) || case.family.to_lowercase().contains(&wanted))
        .collect();
    if found.is_empty() {
        return Err(VerifyError::NoSuchCase { filter: wanted });
    }
    Ok(found)
}

/// Simulates each case whose name or family contains `filter` (all without one) and compares it
/// with theory. `watch` is told how many cases are done, how many there are, and the name of the one
/// that is under way; it stops the verification by answering `false`.
///
/// # Errors
/// A [`VerifyError`] if a case cannot be simulated or compared. A figure that disagrees with theory
/// is no error but a result that does not pass.
pub fn verify(
    filter: Option<&str>,
    watch: &dyn Fn(usize, usize, &str) -> bool,
) -> Result<Vec<CaseResult>, VerifyError> {
    let chosen = matching(filter)?;
    let mut results = Vec::new();
    for (done, case) in chosen.iter().enumerate() {
        let go_on = || watch(done, chosen.len(), case.name);
        if !go_on() {
            return Err(VerifyError::Interrupted);
        }
        let samples = engine::samples(case, &go_on)?;
        results.extend(compare(case, &samples)?);
    }
    Ok(results)
}

/// Every figure of one case, compared; at last the laws that each run checks on itself.
fn compare(case: &Case, samples: &Samples) -> Result<Vec<CaseResult>, VerifyError> {
    let mut expected = (case.expected)().map_err(|error| VerifyError::Theory {
        case: case.name,
        error,
    })?;
    expected.push(expected::laws());
    let mut results = Vec::with_capacity(expected.len());
    for figure in &expected {
        let read = |result| {
            let missing = VerifyError::Figure {
                case: case.name,
                figure: figure.name,
            };
            figure.reading.of(result).ok_or(missing)
        };
        let simulated = read(&samples.whole)?;
        let mut parts = Vec::with_capacity(samples.parts.len());
        for part in &samples.parts {
            parts.push(read(part)?);
        }
        let interval = Interval::new(simulated, parts);
        let accepted = interval.accepted(figure.theory, figure.error);
        results.push(CaseResult {
            name: case.name.to_owned(),
            family: case.family.to_owned(),
            figure: figure.name.to_owned(),
            theory: figure.theory,
            simulated,
            ci95: interval.ci95(),
            accepted,
            unit: figure.unit,
            pass: accepted[0] <= figure.theory && figure.theory <= accepted[1],
            note: figure.note(),
            source: case.source.to_owned(),
        });
    }
    Ok(results)
}
