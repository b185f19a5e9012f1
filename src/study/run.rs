//! One run: replications on all cores, merged in their order, summarised and explained.
//!
//! The number of threads never shows in a result: each replication depends on its index alone, and whichever
//! finishes first, they are added up in the order of their indices.

mod design;
mod memory;
mod pool;
mod precision;

#[cfg(test)]
mod tests;

use crate::sim::measure::{Meta, Replication};
use crate::sim::summary::{Collected, Collecting};

pub use design::{RunOutput, RunSettings, Timing, run};
pub use crate::stats::histogram::{Bucket, Sparse};
pub use memory::peak_bytes;

/// Most replications that `precision` leads to.
pub const REPLICATIONS_MAX: u32 = 1_000;

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

/// How many replications of what length, on how many threads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Simulated time of each, in ns.
    pub duration_ns: u64,
    /// Replications, at least 1.
    pub replications: u32,
    /// More are added until the half-width of the 95% interval of mean latency, p99 and goodput of every endpoint is
    /// within this share of the value.
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

/// Why a run has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunError {
    /// The design is valid, but cannot be simulated.
    Design {
        /// Why, and what to do.
        message: String,
    },
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
            Self::Design { message } => formatter.write_str(message),
            Self::Defect { replication, message } => write!(
                formatter,
                "the simulator failed in replication {replication}: {message}; this is a defect of the program"
            ),
        }
    }
}

impl std::error::Error for RunError {}

/// Runs replications until the plan is met, or until `watch` answers `false`. It is asked about every 20 ms, on the
/// calling thread. Of a run that was stopped the finished replications count; if none is finished, those under way.
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
    Ok(collected)
}
