//! Loop and engine in turns on each workload, and the table of both.

use std::io::Write;
use std::sync::Arc;

use buttress::sim::Model;

use super::workloads::{Twin, Workload};
use super::{Outcome, engine, lowest_and_median, timed, unprinted, verdict};
use crate::loops::{Batch, Observed};

/// Turns of loop and engine.
const TURNS: u64 = 5;

/// A mean may be this many standard errors off: once in 150,000 runs of a right model.
const ERRORS_MAX: f64 = 4.5;

/// All runs of a loop or of the engine on one workload.
#[derive(Default)]
struct Runs {
    ns_per_root: Vec<f64>,
    events_per_s: Vec<f64>,
    events: u64,
    roots: u64,
    batches: Vec<Batch>,
}

impl Runs {
    fn add(&mut self, observed: Observed, seconds: f64) -> Outcome<()> {
        if observed.roots == 0 {
            return Err("no request was answered".to_owned());
        }
        self.ns_per_root.push(seconds * 1e9 / observed.roots as f64);
        self.events_per_s.push(observed.events as f64 / seconds);
        self.events += observed.events;
        self.roots += observed.roots;
        self.batches.extend(observed.batches);
        Ok(())
    }

    /// The mean latency and its standard error by the means of batches, in seconds.
    fn mean(&self) -> (f64, f64) {
        let n: u64 = self.batches.iter().map(|batch| batch.0).sum();
        let sum: u128 = self.batches.iter().map(|batch| batch.1).sum();
        let (n, count) = (n as f64, self.batches.len() as f64);
        let mean = sum as f64 / n;
        let squares: f64 = self
            .batches
            .iter()
            .map(|&(of, sum)| (sum as f64 - mean * of as f64).powi(2))
            .sum();
        let error = (squares * count / (count - 1.0)).sqrt() / n;
        (mean / 1e9, error / 1e9)
    }

    fn check(&self, who: &str, exact_s: f64, out: &mut impl Write) -> Outcome<()> {
        let (mean, error) = self.mean();
        let off = (mean - exact_s) / error;
        writeln!(
            out,
            "     {who}: mean {mean:.7} s, exact {exact_s} s, {off:+.1} standard errors"
        )
        .map_err(unprinted)?;
        if off.abs() <= ERRORS_MAX {
            Ok(())
        } else {
            Err(format!(
                "{who} gives a mean of {mean} s instead of {exact_s} s"
            ))
        }
    }
}

/// Measures the workloads and prints a line for each.
pub(crate) fn all(workloads: &[&Workload], out: &mut impl Write) -> Outcome<()> {
    writeln!(out, "ns a root request, lowest and median of {TURNS} turns").map_err(unprinted)?;
    let heading = format!(
        "{:<5} {:>8} {:>8} {:>9} {:>9} {:>7} {:>7} {:>5} {:<8} {:>7} {:>9}",
        "",
        "loop",
        "median",
        "engine",
        "median",
        "ratio",
        "lowest",
        "bar",
        "",
        "events",
        "M events"
    );
    let units = format!(
        "{:<5} {:>8} {:>8} {:>9} {:>9} {:>7} {:>7} {:>5} {:<8} {:>7} {:>9}",
        "", "lowest", "", "lowest", "", "medians", "both", "", "", "a root", "a second"
    );
    writeln!(out, "{heading}\n{units}").map_err(unprinted)?;
    for workload in workloads {
        one(workload, out).map_err(|message| format!("{}: {message}", workload.name))?;
    }
    Ok(())
}

fn one(workload: &Workload, out: &mut impl Write) -> Outcome<()> {
    let model = engine::prepare(workload.file, workload.duration_s)?;
    let (mut special, mut general) = (Runs::default(), Runs::default());
    for seed in 1..=TURNS {
        if let Some(twin) = &workload.twin {
            let (observed, seconds) = timed(|| (twin.run)(seed, model.duration_ns()));
            special.add(observed, seconds)?;
        }
        turn(&model, seed, &mut general)?;
    }
    let (engine_lowest, engine_median) = lowest_and_median(general.ns_per_root.clone());
    let compared = match &workload.twin {
        Some(twin) => against(twin, &special, engine_lowest, engine_median),
        None => format!(
            "{:>8} {:>8} {engine_lowest:>9.1} {engine_median:>9.1} {:>7} {:>7} {:>5} {:<8}",
            "", "", "", "", "", ""
        ),
    };
    let (_, events_per_s) = lowest_and_median(general.events_per_s.clone());
    let (name, per_root) = (workload.name, general.events as f64 / general.roots as f64);
    writeln!(
        out,
        "{name:<5} {compared} {per_root:>7.2} {:>9.2}",
        events_per_s / 1e6
    )
    .map_err(unprinted)?;
    if let Some(twin) = &workload.twin {
        special.check("loop", twin.mean_s, out)?;
        general.check("engine", twin.mean_s, out)?;
    }
    Ok(())
}

/// One run of the engine. What it recorded is read, and dropped, outside of the time.
fn turn(model: &Arc<Model>, seed: u64, runs: &mut Runs) -> Outcome<()> {
    let (replication, seconds) = timed(|| engine::simulate(model, seed));
    runs.add(engine::observed(&replication)?, seconds)
}

/// The columns of a workload that has a loop.
fn against(twin: &Twin, special: &Runs, engine_lowest: f64, engine_median: f64) -> String {
    let (lowest, median) = lowest_and_median(special.ns_per_root.clone());
    let ratio = engine_median / median;
    let (bar, met) = match twin.bar {
        Some(bar) => (format!("{bar:.1}"), verdict(ratio, bar)),
        None => (String::new(), ""),
    };
    format!(
        "{lowest:>8.1} {median:>8.1} {engine_lowest:>9.1} {engine_median:>9.1} {ratio:>7.2} {:>7.2} {bar:>5} {met:<8}",
        engine_lowest / lowest
    )
}
