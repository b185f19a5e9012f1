//! What a study would simulate, and about how long that would take: a part of one replication is
//! simulated to see how fast the design is.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::run::{RunError, RunSettings, now};
use crate::design::Loaded;
use crate::sim::{Engine, compile};

/// How long the design is simulated to see how fast it is.
const TRIAL: Duration = Duration::from_millis(200);
/// Parts of a replication after which the clock is looked at.
const SLICES: u64 = 200;

/// What a study would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StudyPlan {
    /// Designs that would be simulated: variants, points, cases.
    pub runs: u64,
    /// Replications of each.
    pub replications: u32,
    /// Length of each replication.
    pub duration_s: f64,
    /// Simulated time in all.
    pub simulated_s: f64,
    /// Threads.
    pub threads: usize,
    /// About how long it would take, in seconds, if all designs are as fast as the one in the file.
    pub takes_s: f64,
}

/// Plans a study of so many designs like this one.
///
/// # Errors
/// If the design cannot be simulated.
pub fn plan(loaded: &Loaded, settings: &RunSettings, runs: u64) -> Result<StudyPlan, RunError> {
    let design = settings.applied(&loaded.design)?;
    let model = Arc::new(compile(&design).map_err(RunError::Compile)?);
    let duration_ns = design.run.duration.0;
    let clock = now();
    let mut engine = Engine::new(model, design.run.seed, 0);
    let mut simulated_ns = 0;
    for slice in 1..=SLICES {
        simulated_ns = duration_ns / SLICES * slice;
        engine.run_until(simulated_ns);
        if clock.elapsed() >= TRIAL || engine.stopped().is_some() {
            break;
        }
    }
    let simulated_s = simulated_ns as f64 / 1e9;
    let speed = simulated_s.max(1e-9) / clock.elapsed().as_secs_f64().max(1e-9);
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = settings.threads.unwrap_or_else(cores).max(1);
    let replications = design.run.replications;
    let duration_s = duration_ns as f64 / 1e9;
    // Replications of one design share the threads; designs come one after another.
    let rounds = f64::from(replications) / threads.min(replications as usize).max(1) as f64;
    Ok(StudyPlan {
        runs,
        replications,
        duration_s,
        simulated_s: runs as f64 * f64::from(replications) * duration_s,
        threads,
        takes_s: runs as f64 * rounds.ceil() * duration_s / speed,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::design::{LoadOptions, load_str};

    #[test]
    fn a_plan_adds_up_and_takes_time() {
        let text = r#"(
            format: 1,
            nodes: {
                "users": Client(traffic: [(to: "server", rate: "100/s")]),
                "server": Service(),
            },
            run: (duration: "60s", replications: 5),
        )"#;
        let loaded = load_str(text, "a.ron", Path::new(""), &LoadOptions::default()).unwrap();
        let settings = RunSettings {
            threads: Some(2),
            ..RunSettings::default()
        };
        let found = plan(&loaded, &settings, 8).unwrap();
        assert_eq!((found.runs, found.replications, found.threads), (8, 5, 2));
        assert!((found.simulated_s - 2_400.0).abs() < 1e-9);
        assert!(found.takes_s > 0.0 && found.takes_s < 600.0);
    }
}
