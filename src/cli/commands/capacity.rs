//! `capacity`: the highest traffic that meets the objectives.

use crate::cli::answer::capacity as answer;
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{DesignOptions, OutputOptions, SimulationOptions};
use crate::cli::progress::Progress;
use crate::cli::studies::{self, CapacityFound, Ramp, RunError};
use crate::cli::{csv, json, session, source};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Find the highest traffic under which a design meets its objectives
#[derive(Debug, Args)]
#[command(
    after_help = "All traffic of the file is multiplied by a factor. Exit status: 0 if the traffic \
                  of the file is within the capacity, 1 if not."
)]
pub(crate) struct Capacity {
    /// The design; - reads it from stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Let the traffic grow from nothing until it breaks, in one run
    #[arg(long, conflicts_with = "csv")]
    ramp: bool,
    #[command(flatten)]
    design: DesignOptions,
    #[command(flatten)]
    simulation: SimulationOptions,
    #[command(flatten)]
    output: OutputOptions,
}

/// The object of `capacity --ramp --json`.
#[derive(Debug, Serialize)]
struct RampObject<'a> {
    format: &'static str,
    file: &'a str,
    variant: Option<&'a str>,
    #[serde(flatten)]
    ramp: &'a Ramp,
}

/// The object of `capacity --json`.
#[derive(Debug, Serialize)]
struct Object<'a> {
    format: &'static str,
    file: &'a str,
    variant: Option<&'a str>,
    #[serde(flatten)]
    capacity: &'a CapacityFound,
}

impl Capacity {
    /// Looks for it.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        if self.output.quiet {
            console.be_quiet();
        }
        let mut settings = self.simulation.run_settings()?;
        if settings.precision.take().is_some() {
            return Err(Failure::usage(
                "capacity takes no --precision",
                "Say with --reps how often each traffic is repeated.",
            ));
        }
        let loaded = source::load(&self.file, &self.design.load_options())?;
        let name = source::name(&self.file);
        let signals = session::catch_signals()?;
        let progress = Progress::new("capacity", console.shows_progress(), console.error_look());
        let watch = |done: studies::Progress| {
            progress.tell(done.simulated_share);
            signals.received().is_none()
        };
        if self.ramp {
            let outcome = studies::ramp(&loaded, &settings, &watch);
            drop(progress);
            let stopped = signals.received();
            let found = outcome.map_err(|error| refusal(&name, &error, stopped))?;
            return Ok(stopped.unwrap_or_else(|| self.print_ramp(&name, &found, console)));
        }
        let outcome = studies::capacity(&loaded, &settings, &watch);
        drop(progress);
        let stopped = signals.received();
        let found = outcome.map_err(|error| refusal(&name, &error, stopped))?;
        if self.output.json {
            let object = Object {
                format: "buttress.capacity/1",
                file: &name,
                variant: self.design.variant.as_deref(),
                capacity: &found,
            };
            console.print(&(json::encode(&object) + "\n"));
        } else if self.output.csv {
            console.print(&rows(&found));
        } else if !self.output.quiet {
            console.print(&answer::capacity(&name, &found, console.look()));
        }
        let enough = found.factor.is_none_or(|factor| factor >= 1.0)
            && found.unbounded != Some(studies::Unbounded::NeverMet);
        Ok(stopped.unwrap_or(Exit::verdict(enough)))
    }

    fn print_ramp(&self, name: &str, found: &Ramp, console: &mut Console) -> Exit {
        if self.output.json {
            let object = RampObject {
                format: "buttress.ramp/1",
                file: name,
                variant: self.design.variant.as_deref(),
                ramp: found,
            };
            console.print(&(json::encode(&object) + "\n"));
        } else if !self.output.quiet {
            console.print(&answer::ramp(name, found, console.look()));
        }
        Exit::verdict(found.broke_factor.is_none_or(|factor| factor >= 1.0))
    }
}

fn refusal(name: &str, error: &RunError, stopped: Option<Exit>) -> Failure {
    match (error, stopped) {
        (RunError::Nothing, Some(exit)) => {
            Failure::new(exit, "stopped before anything was simulated", "")
        }
        (error, _) => Failure::new(Exit::Invalid, format!("{name}: {error}"), ""),
    }
}

fn rows(found: &CapacityFound) -> String {
    let mut text = String::from("factor,offered_per_s,goodput_per_s,met,busiest,utilization\n");
    for point in &found.points {
        let (name, busy) = point
            .busiest
            .as_ref()
            .map_or((String::new(), String::new()), |(name, busy)| {
                (name.clone(), busy.to_string())
            });
        text.push_str(&csv::row(&[
            &point.factor.to_string(),
            &point.offered_per_s.to_string(),
            &point.goodput_per_s.to_string(),
            if point.met { "1" } else { "0" },
            &name,
            &busy,
        ]));
    }
    text
}
