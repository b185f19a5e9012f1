//! `sweep`: one or two values of the design over lists and ranges.

use crate::cli::answer::swept;
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{DesignOptions, OutputOptions, SimulationOptions};
use crate::cli::progress::Progress;
use crate::cli::studies::{self, Axis, Base, SweepError, Swept};
use crate::cli::{csv, json, session, source};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Simulate a design over a range of one or two of its values
#[derive(Debug, Args)]
#[command(after_help = "\
Values are a list (1,2,4), a range (1..8, or 100/s..500/s step 50/s) or grow by a factor \
(1..1000 log 7). With --over twice, every combination is simulated.")]
pub(crate) struct Sweep {
    /// The design; - reads it from stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A path of the file and its values, such as nodes/api/replicas=1..8; may be given twice
    #[arg(long, value_name = "PATH=VALUES", required = true)]
    over: Vec<Axis>,
    /// The endpoint to plot; the one with most requests if left out
    #[arg(long, value_name = "ENDPOINT", help_heading = "Output")]
    endpoint: Option<String>,
    /// The figure to plot
    #[arg(
        long,
        value_name = "FIGURE",
        value_enum,
        default_value_t,
        help_heading = "Output"
    )]
    figure: swept::Figure,
    #[command(flatten)]
    design: DesignOptions,
    #[command(flatten)]
    simulation: SimulationOptions,
    #[command(flatten)]
    output: OutputOptions,
}

/// The object of `sweep --json`.
#[derive(Debug, Serialize)]
struct Object<'a> {
    format: &'static str,
    file: &'a str,
    variant: Option<&'a str>,
    #[serde(flatten)]
    sweep: &'a Swept,
}

impl Sweep {
    /// Sweeps.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        if self.output.quiet {
            console.be_quiet();
        }
        let settings = self.simulation.run_settings()?;
        let loaded = source::load(&self.file, &self.design.load_options())?;
        let name = source::name(&self.file);
        let base = Base {
            loaded: &loaded,
            name: &name,
            catalogue: self.design.catalogue.as_deref(),
        };
        studies::sweep_count(&self.over).map_err(failure)?;
        let signals = session::catch_signals()?;
        let progress = Progress::new("sweep", console.shows_progress(), console.error_look());
        let watch = |done: studies::Progress| {
            progress.tell(done.simulated_share);
            signals.received().is_none()
        };
        let outcome = studies::sweep(&base, self.over.clone(), &settings, &watch);
        drop(progress);
        let stopped = signals.received();
        let found = match (outcome, stopped) {
            (Ok(found), _) => found,
            (Err(_), Some(exit)) => {
                return Err(Failure::new(
                    exit,
                    "stopped before a point was simulated",
                    "",
                ));
            }
            (Err(error), None) => return Err(failure(error)),
        };
        if self.output.json {
            let object = Object {
                format: "buttress.sweep/1",
                file: &name,
                variant: self.design.variant.as_deref(),
                sweep: &found,
            };
            console.print(&(json::encode(&object) + "\n"));
        } else if self.output.csv {
            console.print(&rows(&found));
        } else if !self.output.quiet {
            let plot = (self.endpoint.as_deref(), self.figure);
            console.print(&swept::sweep(&name, &found, plot, console.look()));
        }
        Ok(stopped.unwrap_or(Exit::Done))
    }
}

/// What is wrong with a sweep.
pub(super) fn failure(error: SweepError) -> Failure {
    match error {
        SweepError::Shape(message) => Failure::usage(
            message.trim_end_matches('.'),
            "See `buttress sweep --help`.",
        ),
        SweepError::Design(_, diagnostics) => Failure::from(*diagnostics),
        SweepError::Run(values, error) => {
            let message = format!("at {}: {error}", values.join(", "));
            Failure::new(Exit::Invalid, message, "")
        }
    }
}

/// A row for each point and endpoint: the values, then the figures with their intervals.
fn rows(sweep: &Swept) -> String {
    let mut head: Vec<&str> = sweep.axes.iter().map(|axis| axis.path.as_str()).collect();
    head.extend(["endpoint", "figure", "value", "low", "high"]);
    let mut text = csv::row(&head);
    for point in &sweep.points {
        for endpoint in &point.result.endpoints {
            for figure in swept::FIGURES {
                let (value, band) = figure.of(endpoint, &point.result);
                let number =
                    |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
                let [low, high] = [0, 1].map(|end| number(band.map(|band| band[end])));
                let value = number(value);
                let mut row: Vec<&str> = point.values.iter().map(String::as_str).collect();
                row.extend([&endpoint.id, figure.name(), &value, &low, &high]);
                text.push_str(&csv::row(&row));
            }
        }
    }
    text
}
