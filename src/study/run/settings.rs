//! What a run is asked for beyond what its design says.

use super::RunError;
use crate::design::Loaded;
use crate::design::model::{Design, Run, Warmup};
use crate::stats::rng::hash_name;
use crate::units::Nanos;

/// Settings that win over those of the design.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunSettings {
    /// Seed of all randomness.
    pub seed: Option<u64>,
    /// Simulated time of each replication.
    pub duration: Option<Nanos>,
    /// What is left out at the start.
    pub warmup: Option<Warmup>,
    /// Replications.
    pub replications: Option<u32>,
    /// Replications are added until the half-width of the 95% interval of mean latency, p99 and goodput of every endpoint is
    /// within this share of the value, up to [`super::PRECISE_REPLICATIONS_MAX`].
    pub precision: Option<f64>,
    /// Threads; as many as the machine has cores if left out. Changes no result.
    pub threads: Option<usize>,
}

impl RunSettings {
    /// The design with these settings in it.
    ///
    /// # Errors
    /// If nothing could be simulated or measured so.
    pub fn applied(&self, design: &Design) -> Result<Design, RunError> {
        let mut design = design.clone();
        let run = &mut design.run;
        run.seed = self.seed.unwrap_or(run.seed);
        run.duration = self.duration.unwrap_or(run.duration);
        run.replications = self.replications.unwrap_or(run.replications);
        if let Some(warmup) = &self.warmup {
            run.warmup = warmup.clone();
        }
        check(run)?;
        match self.precision {
            Some(precision) if precision.is_nan() || precision <= 0.0 => Err(RunError::Settings(
                "The precision must be above 0%.".to_owned(),
            )),
            _ => Ok(design),
        }
    }

    /// The hash of what is simulated: that of the design, and another one where settings make it another run.
    /// The seed, the number of replications and threads do not: they are repetitions of the same.
    pub fn hash(&self, design: &Loaded) -> String {
        let written = &design.design.run;
        let duration = self
            .duration
            .filter(|duration| *duration != written.duration);
        let warmup = self
            .warmup
            .as_ref()
            .filter(|warmup| **warmup != written.warmup);
        if duration.is_none() && warmup.is_none() {
            return design.hash.clone();
        }
        let settings = format!("{duration:?} {warmup:?}");
        format!("{:016x}", hash_name(&[&design.hash, &settings]))
    }
}

fn check(run: &Run) -> Result<(), RunError> {
    let wrong = |message: String| Err(RunError::Settings(message));
    if run.duration.0 == 0 {
        return wrong("The run must last some time.".to_owned());
    }
    if run.replications == 0 {
        return wrong("There must be at least one replication.".to_owned());
    }
    match &run.warmup {
        Warmup::For { time } if *time >= run.duration => wrong(format!(
            "A warm-up of {time} leaves nothing of a run of {}.",
            run.duration
        )),
        _ => Ok(()),
    }
}
