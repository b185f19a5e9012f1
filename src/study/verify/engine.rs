//! From a case to results: reads its design and runs its replications, each of them also alone.

use std::path::Path;

use super::contract::run_apart;
use super::{Case, VerifyError};
use crate::design::{LoadOptions, load_str};
use crate::sim::result::RunResult;

/// The result of all replications of a design together, and that of each alone.
#[derive(Debug, Clone)]
pub(super) struct Samples {
    /// All together.
    pub whole: RunResult,
    /// Each alone, in the order of the replications.
    pub parts: Vec<RunResult>,
}

/// Simulates a case as its design says, until `go_on` answers `false`.
pub(super) fn simulate(case: &Case, go_on: &dyn Fn() -> bool) -> Result<Samples, VerifyError> {
    let file = format!("verify/{}.ron", case.name);
    let loaded =
        load_str(case.design, &file, Path::new(""), &LoadOptions::default()).map_err(|found| {
            VerifyError::Design {
                case: case.name,
                message: found.to_string(),
            }
        })?;
    let samples = run_apart(&loaded, go_on).map_err(|error| VerifyError::Run {
        case: case.name,
        message: error.to_string(),
    })?;
    if samples.whole.partial {
        Err(VerifyError::Interrupted)
    } else {
        Ok(samples)
    }
}
