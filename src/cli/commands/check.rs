//! `check`: only the objectives and the verdict, for scripts.

use crate::cli::answer::objectives::{objectives, summary};
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{DesignOptions, KeepOptions, OutputOptions, SimulationOptions};
use crate::cli::signals::Signals;
use crate::cli::studies::RunSettings;
use crate::cli::text::{Look, Role};
use crate::cli::{csv, json, session, source};
use crate::sim::result::{DesignRef, ObjectiveResult, RunResult};
use clap::Args;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Simulate designs and say whether their objectives are met
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 if all objectives are met, 1 if not.")]
pub(crate) struct Check {
    /// The designs; - reads one from stdin
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    design: DesignOptions,
    #[command(flatten)]
    simulation: SimulationOptions,
    #[command(flatten)]
    output: OutputOptions,
    #[command(flatten)]
    keep: KeepOptions,
}

/// The object of `check --json`.
#[derive(Debug, Serialize)]
struct Verdict<'a> {
    format: &'static str,
    design: &'a DesignRef,
    seed: u64,
    replications: u32,
    partial: bool,
    met: bool,
    objectives: &'a [ObjectiveResult],
}

impl Check {
    /// Checks each file in turn. One that fails does not keep the others from being checked.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        if self.output.quiet {
            console.be_quiet();
        }
        let settings = self.simulation.run_settings()?;
        let signals = session::catch_signals()?;
        if self.output.csv {
            console.print("file,objective,met,observed,low,high\n");
        }
        let check_one = |_: usize, file: &Path, console: &mut Console| {
            self.check_one(file, &settings, &signals, console)
        };
        Ok(session::each_file(
            &self.files,
            &signals,
            console,
            check_one,
        ))
    }

    fn check_one(
        &self,
        file: &Path,
        settings: &RunSettings,
        signals: &Signals,
        console: &mut Console,
    ) -> Result<Exit, Failure> {
        let design = source::load(file, &self.design.load_options())?;
        let name = file.display().to_string();
        let origin = (name.as_str(), self.design.variant.as_deref());
        let run = session::simulate(&design, settings, origin, console, signals)?;
        let result = &run.output.result;
        console.print(&self.answer(result, console.look()));
        console.flush();
        let mut exit = session::verdict(result);
        if !self.keep.no_save {
            let path = session::results_path(self.keep.results.as_ref(), file);
            let kept = session::keep(
                &path,
                file,
                &design,
                &self.simulation.kept(),
                &run.output,
                console,
            );
            // The verdict is what is asked for; a place that nobody named may well be read-only.
            if self.keep.results.is_some() {
                exit = exit.max(kept);
            }
        }
        Ok(run.stopped.unwrap_or(exit))
    }

    fn answer(&self, result: &RunResult, look: Look) -> String {
        if self.output.json {
            let verdict = Verdict {
                format: "buttress.check/1",
                design: &result.design,
                seed: result.seed,
                replications: result.replications,
                partial: result.partial,
                met: result.objectives.iter().all(|objective| objective.met),
                objectives: &result.objectives,
            };
            return json::encode(&verdict) + "\n";
        }
        if self.output.csv {
            return result
                .objectives
                .iter()
                .map(|one| csv_row(&result.design.file, one))
                .collect();
        }
        if self.output.quiet {
            String::new()
        } else {
            words(result, look)
        }
    }
}

fn csv_row(file: &str, objective: &ObjectiveResult) -> String {
    let text = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    let met = if objective.met { "1" } else { "0" };
    let [low, high] = [0, 1].map(|end| text(objective.ci95.map(|interval| interval[end])));
    csv::row(&[
        file,
        &objective.text,
        met,
        &text(objective.observed),
        &low,
        &high,
    ])
}

fn words(result: &RunResult, look: Look) -> String {
    let mut text = look.paint(Role::Strong, &look.name(&result.design.file));
    if let Some(variant) = &result.design.variant {
        text.push_str(&format!(" {} {}", look.dot(), look.name(variant)));
    }
    text.push('\n');
    text.push_str(&objectives(&result.objectives, look));
    let met = result.objectives.iter().all(|objective| objective.met);
    let sum = summary(&result.objectives);
    text.push_str(&look.paint(if met { Role::Good } else { Role::Bad }, &sum));
    text.push('\n');
    if result.partial {
        text.push_str(&look.paint(Role::Warn, "The run was stopped before its end."));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{checkout, single};

    #[test]
    fn the_verdict_in_words() {
        insta::assert_snapshot!(words(&checkout(), Look::PLAIN), @"
        shop/checkout.ron · pool of 60
        objectives                                  observed  95% interval
          ✗ p99(POST /orders) < 250ms                 271 ms       249–297  not met
              the interval reaches over the limit
          ✗ goodput(POST /orders) > 99% of offered     95.0%                not met
          ✓ recovery(orders-db slow) < 60s            41.0 s                met
        2 of 3 objectives are not met.
        ");
        insta::assert_snapshot!(words(&single(), Look::PLAIN), @"
        one.ron
        It has no objectives.
        ");
    }

    #[test]
    fn an_objective_is_a_row() {
        let rows: String = checkout()
            .objectives
            .iter()
            .map(|one| csv_row("a.ron", one))
            .collect();
        insta::assert_snapshot!(rows, @"
        a.ron,p99(POST /orders) < 250ms,0,0.271,0.249,0.297
        a.ron,goodput(POST /orders) > 99% of offered,0,0.9499,,
        a.ron,recovery(orders-db slow) < 60s,1,41,,
        ");
    }
}
