//! The engine on a design of `scenarios/bench`, as `run` would simulate it.

use std::path::Path;
use std::sync::Arc;

use buttress::design::{LoadOptions, load};
use buttress::sim::measure::{EndpointWindow, Replication};
use buttress::sim::{Engine, Model, compile};
use buttress::units::Nanos;

use super::Outcome;
use crate::loops::{Batch, Observed};

/// Nanoseconds in a second.
const NS_PER_S: u64 = 1_000_000_000;

/// Loads and compiles a design for a simulated time.
pub(super) fn prepare(file: &str, duration_s: u64) -> Outcome<Arc<Model>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("scenarios/bench")
        .join(file);
    let mut design = load(&path, &LoadOptions::default())
        .map_err(|found| found.to_string())?
        .design;
    design.run.duration = Nanos(duration_s * NS_PER_S);
    let model = compile(&design).map_err(|error| error.to_string())?;
    Ok(Arc::new(model))
}

/// One replication.
pub(super) fn simulate(model: &Arc<Model>, seed: u64) -> Replication {
    let mut engine = Engine::new(Arc::clone(model), seed, 0);
    engine.run_until(model.duration_ns());
    engine.finish()
}

/// What a replication recorded of its root requests.
pub(super) fn observed(replication: &Replication) -> Outcome<Observed> {
    if let Some(reason) = &replication.stopped {
        return Err(format!("the engine stopped: {reason}"));
    }
    let windows = replication.edges_ns.len().saturating_sub(1);
    let mut batches: Vec<Batch> = vec![(0, 0); windows];
    let mut roots = 0;
    for endpoint in &replication.endpoints {
        for (batch, window) in batches.iter_mut().zip(endpoint) {
            batch.0 += window.latency.len();
            batch.1 += window.latency.sum();
            roots += finished(window);
        }
    }
    Ok(Observed {
        roots,
        events: replication.events,
        batches,
    })
}

/// Root requests answered or given up.
fn finished(window: &EndpointWindow) -> u64 {
    window.latency.len() + window.failed.iter().sum::<u64>()
}
