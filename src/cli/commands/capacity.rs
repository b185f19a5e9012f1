//! `capacity`: the highest traffic that meets the objectives.

use crate::cli::answer::capacity as answer;
use crate::cli::asking::{self, Asked, StudyOptions};
use crate::cli::console::Console;
use crate::cli::csv;
use crate::cli::exit::{Exit, Failure};
use crate::cli::studies::{self, CapacityFound};
use clap::Args;

/// Find the highest traffic under which a design meets its objectives
#[derive(Debug, Args)]
#[command(
    after_help = "All traffic of the file is multiplied by a factor. Exit status: 0 if the traffic \
                  of the file is within the capacity, 1 if not."
)]
pub(crate) struct Capacity {
    /// Let the traffic grow from nothing until it breaks, in one run
    #[arg(long, conflicts_with = "csv")]
    ramp: bool,
    #[command(flatten)]
    study: StudyOptions,
}

impl Capacity {
    /// Looks for it.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        let asked = self.study.open_repeated("capacity", console)?;
        if self.ramp {
            return self.run_ramp(&asked, console);
        }
        let units = self.study.units(&asked, "capacity");
        let (outcome, stopped) = asking::pursue("capacity", console, |watch| {
            studies::capacity(&asked.loaded, &asked.settings, watch, &units)
        })?;
        let stopped = units.end(stopped, console);
        let found = outcome.map_err(|error| asked.refusal(&error, stopped))?;
        let given = ("buttress.capacity/1", &asked, &found);
        self.study.give(given, rows, answer::capacity, console);
        let enough = found.factor.is_none_or(|factor| factor >= 1.0)
            && found.unbounded != Some(studies::Unbounded::NeverMet);
        Ok(stopped.unwrap_or(Exit::verdict(enough)))
    }

    fn run_ramp(&self, asked: &Asked, console: &mut Console) -> Result<Exit, Failure> {
        let (outcome, stopped) = asking::pursue("capacity", console, |watch| {
            studies::ramp(&asked.loaded, &asked.settings, watch)
        })?;
        let found = outcome.map_err(|error| asked.refusal(&error, stopped))?;
        // Rows are for points, and a ramp has none: the options exclude them.
        let none = |_: &studies::Ramp| String::new();
        let given = ("buttress.ramp/1", asked, &found);
        self.study.give(given, none, answer::ramp, console);
        let enough = found.broke_factor.is_none_or(|factor| factor >= 1.0);
        Ok(stopped.unwrap_or(Exit::verdict(enough)))
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
