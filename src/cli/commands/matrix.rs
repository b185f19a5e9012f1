//! `matrix`: everything fails in turn.

use crate::cli::answer::matrix as answer;
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{DesignOptions, OutputOptions, SimulationOptions, time};
use crate::cli::progress::Progress;
use crate::cli::studies::{self, MatrixAsk, MatrixFound, RunError};
use crate::cli::{csv, json, session, source};
use crate::units::Nanos;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Let every node, replica, wire and zone fail in turn
#[derive(Debug, Args)]
#[command(
    after_help = "Each fails for a sixth of the run, after a third of it. Exit status: 0 if all \
                  objectives hold in every case and everything comes back by itself, 1 if not."
)]
pub(crate) struct Matrix {
    /// The design; - reads it from stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Let two things fail at once, too
    #[arg(long)]
    pairs: bool,
    /// Look for the shortest failure from which it does not come back by itself
    #[arg(long)]
    triggers: bool,
    /// Mean time between failures of each thing, such as 720h: gives an availability
    #[arg(long, value_name = "TIME", requires = "mttr")]
    mtbf: Option<String>,
    /// Mean time to repair, such as 10m
    #[arg(long, value_name = "TIME", requires = "mtbf")]
    mttr: Option<String>,
    #[command(flatten)]
    design: DesignOptions,
    #[command(flatten)]
    simulation: SimulationOptions,
    #[command(flatten)]
    output: OutputOptions,
}

/// The object of `matrix --json`.
#[derive(Debug, Serialize)]
struct Object<'a> {
    format: &'static str,
    file: &'a str,
    variant: Option<&'a str>,
    #[serde(flatten)]
    matrix: &'a MatrixFound,
}

impl Matrix {
    /// Lets them fail.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        if self.output.quiet {
            console.be_quiet();
        }
        let mut settings = self.simulation.run_settings()?;
        if settings.precision.take().is_some() {
            return Err(Failure::usage(
                "matrix takes no --precision",
                "Say with --reps how often each case is repeated.",
            ));
        }
        let ask = MatrixAsk {
            pairs: self.pairs,
            triggers: self.triggers,
            repair: self.repair()?,
        };
        let loaded = source::load(&self.file, &self.design.load_options())?;
        let name = source::name(&self.file);
        let signals = session::catch_signals()?;
        let progress = Progress::new("matrix", console.shows_progress(), console.error_look());
        let watch = |done: studies::Progress| {
            progress.tell(done.simulated_share);
            signals.received().is_none()
        };
        let outcome = studies::matrix(&loaded, &settings, &ask, &watch);
        drop(progress);
        let stopped = signals.received();
        let found = outcome.map_err(|error| match (error, stopped) {
            (RunError::Nothing, Some(exit)) => {
                Failure::new(exit, "stopped before a case was simulated", "")
            }
            (error, _) => Failure::new(Exit::Invalid, format!("{name}: {error}"), ""),
        })?;
        if self.output.json {
            let object = Object {
                format: "buttress.matrix/1",
                file: &name,
                variant: self.design.variant.as_deref(),
                matrix: &found,
            };
            console.print(&(json::encode(&object) + "\n"));
        } else if self.output.csv {
            console.print(&rows(&found));
        } else if !self.output.quiet {
            console.print(&answer::matrix(&name, &found, console.look()));
        }
        let well = found.cases.iter().all(|case| {
            case.recovery_s.is_some() && case.objectives.iter().all(|objective| objective.met)
        });
        Ok(stopped.unwrap_or(Exit::verdict(well)))
    }

    fn repair(&self) -> Result<Option<(f64, f64)>, Failure> {
        let (Some(mtbf), Some(mttr)) = (&self.mtbf, &self.mttr) else {
            return Ok(None);
        };
        let seconds = |option: &str, text: &str| {
            let found: Nanos = time(option, text)?;
            if found.0 == 0 {
                let message = format!("--{option} must be above 0");
                return Err(Failure::usage(message, ""));
            }
            Ok(found.0 as f64 / 1e9)
        };
        Ok(Some((seconds("mtbf", mtbf)?, seconds("mttr", mttr)?)))
    }
}

fn rows(found: &MatrixFound) -> String {
    let mut text =
        String::from("failing,lost_share,depth,dip_s,recovery_s,lost_s,trigger_s,objectives_met\n");
    let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    for case in &found.cases {
        let met = case
            .objectives
            .iter()
            .filter(|objective| objective.met)
            .count();
        text.push_str(&csv::row(&[
            &answer::name(&case.failing),
            &case.lost_share.to_string(),
            &case.depth.to_string(),
            &case.dip_s.to_string(),
            &number(case.recovery_s),
            &case.lost_s.to_string(),
            &number(case.trigger_s),
            &format!("{met}/{}", case.objectives.len()),
        ]));
    }
    text
}
