//! How figures move with a value of the design: one or two paths of the file, each over a list or a
//! range, every point under the same requests.

mod axis;
#[cfg(test)]
mod tests;

use std::path::Path;

use serde::Serialize;

use super::run::{self, Progress, RunError, RunSettings};
use super::units::{Units, once};
use crate::design::{Diagnostics, LoadOptions, Loaded, load_str};
use crate::sim::result::RunResult;
pub(in crate::study) use axis::written;
pub use axis::{Axis, AxisError};

/// Most points of a sweep.
pub const POINTS_MAX: usize = 2_000;

/// What a sweep says.
#[derive(Debug, Clone, Serialize)]
pub struct Sweep {
    /// The axes: one, or two.
    pub axes: Vec<Axis>,
    /// A point for each combination; the last axis changes fastest.
    pub points: Vec<Point>,
    /// It was stopped before its end: later points are missing.
    pub partial: bool,
}

/// One combination of values.
#[derive(Debug, Clone, Serialize)]
pub struct Point {
    /// The value on each axis, as it was set.
    pub values: Vec<String>,
    /// What was simulated there.
    pub result: RunResult,
}

/// Why there is no sweep.
#[derive(Debug, Clone)]
pub enum SweepError {
    /// No axis, more than two, or too many points.
    Shape(String),
    /// A value does not fit in its place.
    Design(Vec<String>, Box<Diagnostics>),
    /// A point cannot be simulated.
    Run(Vec<String>, RunError),
}

/// A design that a study changes: the text that stands for itself, and where what it names is.
#[derive(Debug, Clone, Copy)]
pub struct Base<'a> {
    /// The design as it was loaded, its variant and changes applied.
    pub loaded: &'a Loaded,
    /// What messages call it.
    pub name: &'a str,
    /// The directory of the user's own presets.
    pub catalogue: Option<&'a Path>,
}

impl Base<'_> {
    /// The design with values set at some paths.
    ///
    /// # Errors
    /// Whatever is wrong with it then.
    pub fn with(&self, set: Vec<(String, String)>) -> Result<Loaded, Diagnostics> {
        let options = LoadOptions {
            variant: None,
            set,
            catalogue: self.catalogue.map(Path::to_path_buf),
        };
        load_str(&self.loaded.text, self.name, Path::new(""), &options)
    }
}

/// How many points there are.
///
/// # Errors
/// If there is no axis, more than two, or too many points.
pub fn count(axes: &[Axis]) -> Result<usize, SweepError> {
    let points: usize = axes.iter().map(|axis| axis.values.len()).product();
    if !(1..=2).contains(&axes.len()) {
        let message = "A sweep has one or two axes.".to_owned();
        return Err(SweepError::Shape(message));
    }
    if points > POINTS_MAX {
        let message = format!("These are {points} points; a sweep has at most {POINTS_MAX}.");
        return Err(SweepError::Shape(message));
    }
    Ok(points)
}

/// Simulates every point. All designs are read before the first is run, so that a wrong value is
/// told at once. `watch` ends the sweep by answering `false`; the points until then are kept, and those
/// that `units` knows are not simulated again.
///
/// # Errors
/// If the axes make no sweep, a value does not fit, or a point cannot be simulated.
pub fn sweep(
    base: &Base<'_>,
    axes: Vec<Axis>,
    settings: &RunSettings,
    watch: &dyn Fn(Progress) -> bool,
    units: &dyn Units,
) -> Result<Sweep, SweepError> {
    let count = count(&axes)?;
    let mut designs = Vec::with_capacity(count);
    for at in 0..count {
        let values = values(&axes, at);
        let paths = axes.iter().map(|axis| axis.path.clone());
        let set = paths.zip(values.iter().cloned()).collect();
        match base.with(set) {
            Ok(loaded) => designs.push((values, loaded)),
            Err(errors) => return Err(SweepError::Design(values, Box::new(errors))),
        }
    }
    let mut points = Vec::with_capacity(count);
    let mut partial = false;
    for (at, (values, loaded)) in designs.into_iter().enumerate() {
        let overall = |progress: Progress| {
            watch(Progress {
                simulated_share: (at as f64 + progress.simulated_share) / count as f64,
                ..progress
            })
        };
        let point = once(units, &values.join(" | "), || {
            let result = run::run(&loaded, settings, &overall)?.result;
            // One that hit a limit is a point; one that was stopped is none.
            if result.partial && !watch(finished(at, count)) {
                return Err(RunError::Nothing);
            }
            Ok(result)
        });
        match point {
            Ok(result) => points.push(Point { values, result }),
            Err(RunError::Nothing) => {
                partial = true;
                break;
            }
            Err(error) => return Err(SweepError::Run(values, error)),
        }
    }
    if points.is_empty() {
        return Err(SweepError::Run(Vec::new(), RunError::Nothing));
    }
    Ok(Sweep {
        axes,
        points,
        partial,
    })
}

fn finished(at: usize, count: usize) -> Progress {
    Progress {
        done_units: at as u32,
        total_units: count as u32,
        simulated_share: at as f64 / count as f64,
    }
}

/// The values at a point.
fn values(axes: &[Axis], at: usize) -> Vec<String> {
    let mut rest = at;
    let mut values: Vec<String> = axes
        .iter()
        .rev()
        .map(|axis| {
            let value = axis.values[rest % axis.values.len()].clone();
            rest /= axis.values.len();
            value
        })
        .collect();
    values.reverse();
    values
}
