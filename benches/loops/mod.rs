//! Hand-written loops, each for one model only: what the engine is compared with.

pub(crate) mod w1;
pub(crate) mod w2;
pub(crate) mod w3;

use buttress::stats::histogram::Histogram;

/// Batches that a run is cut into, for the standard error of its mean.
const BATCHES: u64 = 100;

/// Count and sum (ns) of the latencies recorded in a part of a run.
pub(crate) type Batch = (u64, u128);

/// What a run recorded.
#[derive(Debug, Clone, Default)]
pub(crate) struct Observed {
    /// Root requests answered or given up.
    pub roots: u64,
    /// Model events: arrivals, ends of service, timeouts that fire, retries that start.
    pub events: u64,
    /// Latencies, by part of the run.
    pub batches: Vec<Batch>,
}

/// A loop that stands between two events.
trait Special {
    /// Goes on until a moment, in ns.
    fn run_until(&mut self, end_ns: u64);
    /// The latencies so far.
    fn latency(&self) -> &Histogram<7>;
    /// Model events so far.
    fn events(&self) -> u64;
    /// Root requests given up so far.
    fn given_up(&self) -> u64 {
        0
    }
}

/// Runs a loop to its end.
fn observe(mut special: impl Special, duration_ns: u64) -> Observed {
    let mut batches = Vec::with_capacity(BATCHES as usize);
    let mut before = (0, 0);
    for batch in 1..=BATCHES {
        special.run_until(duration_ns / BATCHES * batch);
        let (n, sum) = (special.latency().len(), special.latency().sum());
        batches.push((n - before.0, sum - before.1));
        before = (n, sum);
    }
    Observed {
        roots: before.0 + special.given_up(),
        events: special.events(),
        batches,
    }
}
