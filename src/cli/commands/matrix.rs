//! `matrix`: everything fails in turn.

use crate::cli::answer::matrix as answer;
use crate::cli::asking::{self, StudyOptions};
use crate::cli::console::Console;
use crate::cli::csv;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::time;
use crate::cli::studies::{self, MatrixAsk, MatrixFound};
use crate::units::Nanos;
use clap::Args;

/// Let every node, replica, wire and zone fail in turn
#[derive(Debug, Args)]
#[command(
    after_help = "Each fails for a sixth of the run, after a third of it. Exit status: 0 if all \
                  objectives hold in every case and everything comes back by itself, 1 if not."
)]
pub(crate) struct Matrix {
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
    study: StudyOptions,
}

impl Matrix {
    /// Lets them fail.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        let ask = MatrixAsk {
            pairs: self.pairs,
            triggers: self.triggers,
            repair: self.repair()?,
        };
        let asked = self.study.open_repeated("matrix", console)?;
        let units = self.study.units(&asked, &format!("matrix {ask:?}"));
        let (outcome, stopped) = asking::pursue("matrix", console, |watch| {
            studies::matrix(&asked.loaded, &asked.settings, &ask, watch, &units)
        })?;
        let stopped = units.end(stopped, console);
        let found = outcome.map_err(|error| asked.refusal(&error, stopped))?;
        let given = ("buttress.matrix/1", &asked, &found);
        self.study.give(given, rows, answer::matrix, console);
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
