//! From a case to results: reads its design and runs its replications, summarised all together and
//! each alone.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Case, VerifyError};
use crate::design::{LoadOptions, load_str};
use crate::sim::measure::{Meta, Replication};
use crate::sim::result::{DesignRef, RunResult};
use crate::sim::summary::summarise;
use crate::sim::{Engine, compile};
use crate::study::run::{Plan, Simulation, simulate};

/// The result of all replications of a design together, and that of each alone.
#[derive(Debug, Clone)]
pub(super) struct Samples {
    /// All together.
    pub whole: RunResult,
    /// Each alone, in the order of the replications.
    pub parts: Vec<RunResult>,
}

/// Simulates a case as its design says, until `go_on` answers `false`.
pub(super) fn samples(case: &Case, go_on: &dyn Fn() -> bool) -> Result<Samples, VerifyError> {
    let failed = |message: String| VerifyError::Run {
        case: case.name,
        message,
    };
    let file = format!("verify/{}.ron", case.name);
    let loaded =
        load_str(case.design, &file, Path::new(""), &LoadOptions::default()).map_err(|found| {
            VerifyError::Design {
                case: case.name,
                message: found.to_string(),
            }
        })?;
    let model = compile(&loaded.design).map_err(|error| failed(error.to_string()))?;
    let (model, run) = (Arc::new(model), &loaded.design.run);
    let plan = Plan {
        duration_ns: run.duration.0,
        replications: run.replications,
        precision: None,
        threads: None,
    };
    let parts = Mutex::new(BTreeMap::new());
    let start = |index| Apart {
        engine: Engine::new(Arc::clone(&model), run.seed, index),
        meta: model.meta(),
        seed: run.seed,
        parts: &parts,
    };
    let collected = simulate(model.meta(), &plan, &start, &|_| go_on())
        .map_err(|error| failed(error.to_string()))?;
    let whole = collected.result(run.seed, DesignRef::default());
    if whole.partial {
        return Err(VerifyError::Interrupted);
    }
    let parts = parts.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Samples {
        whole,
        parts: parts.into_values().collect(),
    })
}

/// A replication that is also summarised alone when it ends.
struct Apart<'a> {
    engine: Engine,
    meta: &'a Meta,
    seed: u64,
    parts: &'a Mutex<BTreeMap<u32, RunResult>>,
}

impl Simulation for Apart<'_> {
    fn run_until(&mut self, t_ns: u64) {
        self.engine.run_until(t_ns);
    }

    fn stopped(&self) -> Option<&str> {
        self.engine.stopped()
    }

    fn events(&self) -> u64 {
        self.engine.events()
    }

    fn finish(self) -> Replication {
        let mut replication = self.engine.finish();
        // Traces are no part of a comparison.
        replication.followed.clear();
        let alone = std::slice::from_ref(&replication);
        let part = summarise(self.meta, alone, self.seed, DesignRef::default());
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.insert(replication.index, part);
        drop(parts);
        replication
    }
}
