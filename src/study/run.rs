//! One run: replications on all cores, merged in their order, summarised and explained.
//!
//! The number of threads never shows in a result: each replication depends on its index alone, and
//! whichever finishes first, they are added up in the order of their indices.

mod memory;
mod pool;
mod precision;
mod settings;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use crate::design::Loaded;
use crate::design::model::Design;
use crate::insight::{findings, objectives};
use crate::sim::measure::{Meta, Replication};
use crate::sim::result::{DesignRef, RunResult};
use crate::sim::summary::{Collected, Collecting};
use crate::sim::{CompileError, Engine, compile};

pub use memory::peak_bytes;
pub use settings::RunSettings;

pub use crate::stats::histogram::{Bucket, Sparse};

/// Most replications that a precision leads to.
pub const PRECISE_REPLICATIONS_MAX: u32 = 1_000;

/// A replication that can be run in steps: the engine, or what stands for it in tests.
pub trait Simulation {
    /// Goes on until a moment of simulated time, or until it stops at a limit.
    fn run_until(&mut self, t_ns: u64);
    /// Why it stopped before its time, if it did.
    fn stopped(&self) -> Option<&str>;
    /// Events so far.
    fn events(&self) -> u64;
    /// What it recorded.
    fn finish(self) -> Replication;
}

impl Simulation for Engine {
    fn run_until(&mut self, t_ns: u64) {
        Self::run_until(self, t_ns);
    }

    fn stopped(&self) -> Option<&str> {
        Self::stopped(self)
    }

    fn events(&self) -> u64 {
        Self::events(self)
    }

    fn finish(self) -> Replication {
        Self::finish(self)
    }
}

/// How many replications of what length, on how many threads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Simulated time of each, in ns.
    pub duration_ns: u64,
    /// Replications, at least 1.
    pub replications: u32,
    /// More are added until the half-width of the 95% interval of mean latency, p99 and goodput of
    /// every endpoint is within this share of the value.
    pub precision: Option<f64>,
    /// Threads; as many as the machine has cores if left out.
    pub threads: Option<usize>,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Replications that are done.
    pub done_units: u32,
    /// Replications in all, as far as it is known: a precision may add more.
    pub total_units: u32,
    /// Simulated time that is done, of all replications, from 0 to 1.
    pub simulated_share: f64,
}

/// What a run gives.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOutput {
    /// The result, with objectives and findings.
    pub result: RunResult,
    /// Latencies by name: the endpoint's identifier for completed requests, with ` failed` after it
    /// for failed ones.
    pub histograms: Vec<(String, Sparse)>,
    /// How long it took.
    pub timing: Timing,
}

/// How long a run took. The only figures that differ from one time to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Time of the simulation, in seconds.
    pub simulate_s: f64,
    /// Events of all replications in that time.
    pub events_per_s: f64,
    /// The most memory that the process had resident; 0 where the system does not say.
    pub peak_bytes: u64,
}

/// Why a run has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunError {
    /// The settings leave nothing to simulate or to measure.
    Settings(String),
    /// The design cannot be simulated.
    Compile(CompileError),
    /// It was stopped before anything was simulated.
    Nothing,
    /// The engine met a state that cannot be: a defect of the program.
    Defect {
        /// The replication in which it happened.
        replication: u32,
        /// What the engine said.
        message: String,
    },
}

impl std::fmt::Display for RunError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Settings(message) => formatter.write_str(message),
            Self::Compile(error) => error.fmt(formatter),
            Self::Nothing => {
                formatter.write_str("The run was stopped before anything was simulated.")
            }
            Self::Defect {
                replication,
                message,
            } => write!(
                formatter,
                "the simulator failed in replication {replication}: {message}; this is a defect \
                 of the program"
            ),
        }
    }
}

impl std::error::Error for RunError {}

/// Runs a design: compiles it, simulates it, and says what there is to say. `watch` is asked about
/// every 20 ms, on the calling thread, and ends the run by answering `false`; the result is then
/// marked partial.
///
/// The caller fills in which file and variant the design came from.
///
/// # Errors
/// If the design cannot be simulated, or nothing was.
pub fn run(
    loaded: &Loaded,
    settings: &RunSettings,
    watch: &dyn Fn(Progress) -> bool,
) -> Result<RunOutput, RunError> {
    let design = settings.applied(&loaded.design)?;
    let model = Arc::new(compile(&design).map_err(RunError::Compile)?);
    let plan = Plan {
        duration_ns: design.run.duration.0,
        replications: design.run.replications,
        precision: settings.precision,
        threads: settings.threads,
    };
    let seed = design.run.seed;
    let start = |index| Engine::new(Arc::clone(&model), seed, index);
    let clock = now();
    let collected = simulate(model.meta(), &plan, &start, watch)?;
    let simulate_s = clock.elapsed().as_secs_f64();
    let name = DesignRef {
        name: design.name.clone(),
        hash: settings.hash(loaded),
        ..DesignRef::default()
    };
    let result = conclude(&collected, &design, name)?;
    let events_per_s = if simulate_s > 0.0 {
        result.events as f64 / simulate_s
    } else {
        0.0
    };
    let timing = Timing {
        simulate_s,
        events_per_s,
        peak_bytes: peak_bytes(),
    };
    Ok(RunOutput {
        histograms: collected.histograms(),
        result,
        timing,
    })
}

/// The result of replications, with verdicts and findings.
///
/// # Errors
/// If nothing was simulated.
pub(in crate::study) fn conclude(
    collected: &Collected,
    design: &Design,
    name: DesignRef,
) -> Result<RunResult, RunError> {
    let mut result = collected.result(design.run.seed, name);
    if result.simulated_s <= 0.0 {
        return Err(RunError::Nothing);
    }
    result.objectives = objectives::evaluate(&design.objectives, collected, &result);
    result.findings = findings::explain(&result, Some(design));
    Ok(result)
}

/// Replications of a design whose warm-up is not chosen yet, and whether the watcher stopped them.
///
/// # Errors
/// If the design cannot be simulated, or the engine fails.
pub(in crate::study) fn gather(
    design: &Design,
    replications: Range<u32>,
    threads: Option<usize>,
    watch: &dyn Fn(Progress) -> bool,
) -> Result<(Collecting, bool), RunError> {
    let model = Arc::new(compile(design).map_err(RunError::Compile)?);
    let plan = Plan {
        duration_ns: design.run.duration.0,
        replications: replications.end,
        precision: None,
        threads,
    };
    let start = |index| Engine::new(Arc::clone(&model), design.run.seed, index);
    let mut pool = pool::Pool::new(&plan, &start, watch);
    let mut collecting = Collecting::new(model.meta().clone());
    pool.run(replications, &mut |replication| collecting.add(replication))?;
    Ok((collecting, pool.is_stopped()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time that a run takes stands beside its result, never in it"
)]
pub(in crate::study) fn now() -> std::time::Instant {
    std::time::Instant::now()
}

/// Runs replications until the plan is met, or until `watch` answers `false`. It is asked about
/// every 20 ms, on the calling thread. Of a run that was stopped the finished replications count;
/// if none is finished, those under way.
///
/// # Errors
/// If the engine fails, which is a defect.
pub fn simulate<S: Simulation>(
    meta: &Meta,
    plan: &Plan,
    start: &(dyn Fn(u32) -> S + Sync),
    watch: &dyn Fn(Progress) -> bool,
) -> Result<Collected, RunError> {
    let mut pool = pool::Pool::new(plan, start, watch);
    let first = plan.replications.max(1);
    let mut collecting = Collecting::new(meta.clone());
    pool.run(0..first, &mut |replication| collecting.add(replication))?;
    let mut collected = collecting.settle();
    let mut count = first;
    while let Some(precision) = plan.precision.filter(|_| !pool.is_stopped()) {
        let Some(next) = precision::next_count(&collected, count, precision) else {
            break;
        };
        pool.run(count..next, &mut |replication| collected.add(replication))?;
        count = next;
    }
    if pool.is_stopped() && (pool.done() < count || plan.precision.is_some()) {
        collected.mark_partial();
    }
    Ok(collected)
}
