//! Traffic that grows from nothing until the design breaks: one run, for the picture of how it
//! breaks and what gives way first.

use serde::Serialize;

use crate::design::Loaded;
use crate::design::model::{Curve, Design, Kind, Warmup};
use crate::insight::estimate::{estimate, mean_rate};
use crate::sim::result::{DesignRef, RunResult};
use crate::study::run::{self, Progress, RunError, RunSettings};
use crate::units::{Nanos, Rate};

/// It is broken when less than this share of what is asked for is answered, to the end of the run.
const ANSWERED: f64 = 0.95;
/// Buckets over which that is judged: one by itself varies.
const BUCKETS: usize = 3;
/// The ramp is made twice as high this often if nothing breaks.
const TRIES: u32 = 6;

/// What a ramp says.
#[derive(Debug, Clone, Serialize)]
pub struct Ramp {
    /// The highest factor on the traffic of the file, reached at the end.
    pub top: f64,
    /// When it broke; nothing if it did not at the highest traffic that was tried.
    pub broke_at_s: Option<f64>,
    /// Requests per second at that moment.
    pub broke_per_s: Option<f64>,
    /// Times the traffic of the file at that moment.
    pub broke_factor: Option<f64>,
    /// The node that was busiest then, and how busy it was.
    pub busiest: Option<(String, f64)>,
    /// It was stopped before its end.
    pub partial: bool,
    /// The run with its course over time.
    pub result: RunResult,
}

/// Lets the traffic grow in a straight line over the run, twice as steep each time until something
/// breaks.
///
/// # Errors
/// If there is no open traffic, the design cannot be simulated, or nothing was.
pub fn ramp(
    loaded: &Loaded,
    settings: &RunSettings,
    watch: &dyn Fn(Progress) -> bool,
) -> Result<Ramp, RunError> {
    let mut design = settings.applied(&loaded.design)?;
    design.objectives.clear();
    design.run.warmup = Warmup::Nothing;
    let load = estimate(&design).ok().and_then(|found| {
        let loads = found.nodes.iter().map(|node| node.utilization);
        loads.max_by(f64::total_cmp)
    });
    let mut top = load.map_or(2.0, |load| (1.5 / load.max(0.01)).clamp(0.1, 100.0));
    let mut last = None;
    for attempt in 0..TRIES {
        let overall = |progress: Progress| {
            watch(Progress {
                simulated_share: (f64::from(attempt) + progress.simulated_share) / f64::from(TRIES),
                ..progress
            })
        };
        let ramped = ramped(&design, top)?;
        let replications = 0..ramped.run.replications;
        let (collecting, stopped) = run::gather(&ramped, replications, settings.threads, &overall)?;
        let mut collected = collecting.settle();
        if stopped {
            collected.mark_partial();
        }
        let result = run::conclude(&collected, &ramped, DesignRef::default())?;
        let found = describe(top, stopped, result);
        let done = stopped || found.broke_at_s.is_some();
        last = Some(found);
        if done {
            break;
        }
        top *= 2.0;
    }
    last.ok_or(RunError::Nothing)
}

/// The design with every open flow growing from nothing.
fn ramped(design: &Design, top: f64) -> Result<Design, RunError> {
    let mut ramped = design.clone();
    let over = ramped.run.duration;
    let mut open = 0;
    for (_, node) in &mut ramped.nodes.0 {
        let Kind::Client(client) = &mut node.kind else {
            continue;
        };
        for flow in client.traffic.iter_mut().filter(|flow| !flow.attack) {
            if flow.users.is_some() {
                continue;
            }
            let rate = mean_rate(flow, over.0 as f64 / 1e9);
            flow.people = None;
            flow.rate = Some(Curve::Ramp {
                from: Rate(0.0),
                to: Rate(rate * top),
                over,
                at: Nanos(0),
            });
            open += 1;
        }
    }
    if open == 0 {
        let message = "There is no open traffic (`rate`, `people`) that could grow.".to_owned();
        return Err(RunError::Settings(message));
    }
    Ok(ramped)
}

fn describe(top: f64, partial: bool, result: RunResult) -> Ramp {
    let series = &result.series;
    let calm = series.endpoints.iter().filter(|of| {
        let seen = result.endpoints.iter().find(|seen| seen.id == of.id);
        seen.is_some_and(|seen| !seen.attack)
    });
    let buckets = series.edges_s.len().saturating_sub(1);
    let (mut offered, mut completed) = (vec![0.0; buckets], vec![0.0; buckets]);
    for of in calm {
        for at in 0..buckets {
            offered[at] += of.offered_per_s.get(at).copied().unwrap_or(0.0);
            completed[at] += of.completed_per_s.get(at).copied().unwrap_or(0.0);
        }
    }
    let healthy = |end: usize| {
        let window = end.saturating_sub(BUCKETS)..end;
        let asked: f64 = offered[window.clone()].iter().sum();
        completed[window].iter().sum::<f64>() >= ANSWERED * asked
    };
    let last_good = (1..=buckets).rev().find(|end| healthy(*end)).unwrap_or(0);
    let broke = (last_good < buckets).then_some(last_good);
    let busiest = broke.and_then(|at| {
        let nodes = series.nodes.iter();
        let busy = nodes.filter_map(|node| Some((node.id.clone(), *node.utilization.get(at)?)));
        busy.reduce(|best, next| if next.1 > best.1 { next } else { best })
    });
    let at_s = broke.map(|at| series.edges_s[at]);
    let end_s = series.edges_s.last().copied().unwrap_or(0.0);
    let factor = at_s.map(|at| top * at / end_s.max(f64::MIN_POSITIVE));
    Ramp {
        top,
        broke_at_s: at_s,
        broke_per_s: broke.map(|at| offered[at]),
        broke_factor: factor,
        busiest,
        partial,
        result,
    }
}
