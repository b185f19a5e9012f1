//! A design run as it says, or as it is told: the call behind `run`, `check` and `replay`.

use std::sync::Arc;

use super::{Plan, Progress, RunError, Simulation, peak_bytes, simulate};
use crate::design::Loaded;
use crate::design::model::Warmup;
use crate::insight::{findings, objectives};
use crate::sim::measure::Replication;
use crate::sim::result::{DesignRef, RunResult};
use crate::sim::{Engine, compile};
use crate::stats::histogram::Sparse;
use crate::units::Nanos;

/// What a run is asked for beyond what its design says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunSettings {
    /// Seed of all randomness.
    pub seed: Option<u64>,
    /// Simulated time of each replication.
    pub duration: Option<Nanos>,
    /// Time at the start that is left out of the figures.
    pub warmup: Option<Warmup>,
    /// Replications, at least 1.
    pub replications: Option<u32>,
    /// Share of the value within which the interval of every headline figure shall lie.
    pub precision: Option<f64>,
    /// Threads; as many as the machine has cores if left out. It never shows in a result.
    pub threads: Option<usize>,
}

/// How long a run took, by the wall clock: the only figures that differ from one run to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Seconds of simulating, summarising included.
    pub simulate_s: f64,
    /// Events per second of that.
    pub events_per_s: f64,
    /// Most memory that the process had resident so far, in bytes; 0 where the system does not say.
    pub peak_bytes: u64,
}

/// What a run says.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOutput {
    /// The figures, objectives and findings.
    pub result: RunResult,
    /// Latency histograms by endpoint, in ns.
    pub histograms: Vec<(String, Sparse)>,
    /// How long it took.
    pub timing: Timing,
}

impl Simulation for Engine {
    fn run_until(&mut self, t_ns: u64) {
        Engine::run_until(self, t_ns);
    }

    fn stopped(&self) -> Option<&str> {
        Engine::stopped(self)
    }

    fn events(&self) -> u64 {
        Engine::events(self)
    }

    fn finish(self) -> Replication {
        Engine::finish(self)
    }
}

/// Simulates a design; `file` is what it is called in the result. It ends early when `watch`
/// answers `false`, and its result is then marked partial.
///
/// # Errors
/// If the design cannot be simulated, or the engine fails, which is a defect.
pub fn run(
    loaded: &Loaded,
    file: &str,
    variant: Option<&str>,
    settings: &RunSettings,
    watch: &dyn Fn(Progress) -> bool,
) -> Result<RunOutput, RunError> {
    let mut design = loaded.design.clone();
    if let Some(duration) = settings.duration {
        design.run.duration = duration;
    }
    if let Some(warmup) = &settings.warmup {
        design.run.warmup = warmup.clone();
    }
    let seed = settings.seed.unwrap_or(design.run.seed);
    let plan = Plan {
        duration_ns: design.run.duration.0,
        replications: settings.replications.unwrap_or(design.run.replications),
        precision: settings.precision,
        threads: settings.threads,
    };
    let model = compile(&design).map_err(|error| RunError::Design { message: error.to_string() })?;
    let model = Arc::new(model);
    let began = now();
    let start = |index| Engine::new(Arc::clone(&model), seed, index);
    let collected = simulate(model.meta(), &plan, &start, watch)?;
    let name = DesignRef {
        name: design.name.clone(),
        file: file.to_owned(),
        hash: loaded.hash.clone(),
        variant: variant.map(str::to_owned),
    };
    let mut result = collected.result(seed, name);
    result.objectives = objectives::evaluate(&design.objectives, &collected, &result);
    result.findings = findings::explain(&result, Some(&design));
    let simulate_s = began.elapsed().as_secs_f64();
    let timing = Timing {
        simulate_s,
        events_per_s: result.events as f64 / simulate_s.max(1e-9),
        peak_bytes: peak_bytes(),
    };
    Ok(RunOutput { histograms: collected.histograms(), result, timing })
}

#[expect(clippy::disallowed_methods, reason = "only for the timing that --timings prints; no figure depends on it")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}
