//! `sweep`: one or two values of the design over lists and ranges.

use crate::cli::answer::swept;
use crate::cli::asking::{self, StudyOptions};
use crate::cli::console::Console;
use crate::cli::csv;
use crate::cli::exit::{Exit, Failure};
use crate::cli::studies::{self, Axis, Base, RunError, SweepError, Swept};
use clap::Args;

/// Simulate a design over a range of one or two of its values
#[derive(Debug, Args)]
#[command(after_help = "\
Values are a list (1,2,4), a range (1..8, or 100/s..500/s step 50/s) or grow by a factor \
(1..1000 log 7). With --over twice, every combination is simulated.")]
pub(crate) struct Sweep {
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
    study: StudyOptions,
}

impl Sweep {
    /// Sweeps.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        studies::sweep_count(&self.over).map_err(failure)?;
        let asked = self.study.open(console)?;
        let base = Base {
            loaded: &asked.loaded,
            name: &asked.name,
            catalogue: self.study.design.catalogue.as_deref(),
        };
        let units = self.study.units(&asked, &format!("sweep {:?}", self.over));
        let (outcome, stopped) = asking::pursue("sweep", console, |watch| {
            studies::sweep(&base, self.over.clone(), &asked.settings, watch, &units)
        })?;
        let stopped = units.end(stopped, console);
        let found = outcome.map_err(|error| match (error, stopped) {
            (SweepError::Run(_, RunError::Nothing), Some(_)) => {
                asked.refusal(&RunError::Nothing, stopped)
            }
            (error, _) => failure(error),
        })?;
        let plot = (self.endpoint.as_deref(), self.figure);
        let words = |name: &str, found: &Swept, look| swept::sweep(name, found, plot, look);
        let given = ("buttress.sweep/1", &asked, &found);
        self.study.give(given, rows, words, console);
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
