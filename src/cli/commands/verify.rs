//! `verify`: the simulator against theory, in front of the user.

use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::progress::Progress;
use crate::cli::studies::{self, CaseResult, Unit, VerifyError};
use crate::cli::text::table::{Cell, Table, figures, words};
use crate::cli::text::{Look, Role, number};
use crate::cli::{json, session};
use clap::Args;
use serde::Serialize;

/// Run the simulator against queueing theory
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 if all cases agree with theory, 1 if one does not.")]
pub(crate) struct Verify {
    /// Only cases with this in their name or family
    #[arg(value_name = "FILTER")]
    filter: Option<String>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    /// Print only the cases that do not agree, and no progress
    #[arg(long, short)]
    quiet: bool,
}

/// The object of `verify --json`.
#[derive(Debug, Serialize)]
struct Verification<'a> {
    format: &'static str,
    passed: usize,
    failed: usize,
    cases: &'a [CaseResult],
}

impl Verify {
    /// Runs the cases.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        if self.quiet {
            console.be_quiet();
        }
        let signals = session::catch_signals()?;
        let progress = Progress::new("verify", console.shows_progress(), console.error_look());
        let watch = |done: usize, all: usize, _: &str| {
            progress.tell(done as f64 / all.max(1) as f64);
            signals.received().is_none()
        };
        let outcome = studies::verify(self.filter.as_deref(), &watch);
        drop(progress);
        let results = outcome.map_err(|error| failure(&error, signals.received()))?;
        let failed = results.iter().filter(|result| !result.pass).count();
        if self.json {
            let passed = results.len() - failed;
            let object = Verification {
                format: "buttress.verify/1",
                passed,
                failed,
                cases: &results,
            };
            console.print(&(json::encode(&object) + "\n"));
        } else {
            console.print(&table(&results, self.quiet, console.look()));
            if !self.quiet {
                console.print(&summary(&results, console.look()));
            }
        }
        Ok(Exit::verdict(failed == 0))
    }
}

fn failure(error: &VerifyError, stopped: Option<Exit>) -> Failure {
    let text = error.to_string();
    let message = text.trim_end_matches('.');
    match error {
        VerifyError::Interrupted => Failure::new(stopped.unwrap_or(Exit::Interrupted), message, ""),
        VerifyError::NoSuchCase { .. } => Failure::usage(
            message,
            "`buttress verify` without a filter runs and lists all cases.",
        ),
        // A case is part of the program: that it cannot be run is a disagreement with theory too.
        _ => Failure::new(Exit::Unmet, message, ""),
    }
}

/// A row for each figure of each case; a note below where there is one.
fn table(results: &[CaseResult], only_failures: bool, look: Look) -> String {
    let mut table = Table::new(vec![
        words("cases"),
        words("figure"),
        figures("theory"),
        figures("simulated"),
        figures("95% interval").leaving(1),
        words(""),
    ])
    .giving(1);
    let mut case = "";
    for result in results
        .iter()
        .filter(|result| !(only_failures && result.pass))
    {
        let name = if result.name == case {
            ""
        } else {
            result.name.as_str()
        };
        case = result.name.as_str();
        table.row(row(name, result, look));
        if !result.pass {
            let [low, high] = result.accepted.map(|end| write(result.unit, end, look));
            let why = format!(
                "    {}: accepted {low}{}{high}; {}",
                result.figure,
                look.to(),
                look.name(&result.source)
            );
            table.across(Cell::new(Role::Bad, why));
        }
    }
    table.render(look)
}

fn row(name: &str, result: &CaseResult, look: Look) -> Vec<Cell> {
    let (role, sign, word) = if result.pass {
        (Role::Good, look.tick(), "agrees")
    } else {
        (Role::Bad, look.cross(), "DISAGREES")
    };
    let [low, high] = result.ci95;
    let interval = match result.unit {
        Unit::Seconds => number::time_interval([low, high], result.simulated, look),
        Unit::PerSecond => number::rate_interval([low, high], result.simulated, look),
        unit => format!(
            "{}{}{}",
            write(unit, low, look),
            look.to(),
            write(unit, high, look)
        ),
    };
    vec![
        Cell::new(Role::Strong, name),
        Cell::new(Role::Plain, look.name(&result.figure)),
        write(result.unit, result.theory, look).into(),
        write(result.unit, result.simulated, look).into(),
        Cell::new(Role::Dim, interval),
        Cell::new(role, format!("{sign} {word}")),
    ]
}

fn write(unit: Unit, value: f64, look: Look) -> String {
    match unit {
        Unit::Seconds => number::time(value, look),
        Unit::PerSecond => number::rate(value, look),
        Unit::Share => number::share(value, look),
        Unit::Number => number::mean(value, look),
    }
}

fn summary(results: &[CaseResult], look: Look) -> String {
    let mut names: Vec<&str> = results.iter().map(|result| result.name.as_str()).collect();
    names.dedup();
    let failed = results.iter().filter(|result| !result.pass).count();
    let (role, verdict) = match failed {
        0 => (Role::Good, "All agree with theory.".to_owned()),
        1 => (Role::Bad, "One does not agree with theory.".to_owned()),
        _ => (Role::Bad, format!("{failed} do not agree with theory.")),
    };
    format!(
        "{} figures of {} cases. {}\n",
        results.len(),
        names.len(),
        look.paint(role, &verdict)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(name: &str, figure: &str, unit: Unit, theory: f64, simulated: f64) -> CaseResult {
        CaseResult {
            name: name.to_owned(),
            family: "single queues".to_owned(),
            figure: figure.to_owned(),
            theory,
            simulated,
            ci95: [simulated * 0.98, simulated * 1.02],
            accepted: [simulated * 0.97, simulated * 1.03],
            unit,
            pass: (theory / simulated - 1.0).abs() < 0.03,
            note: "exact".to_owned(),
            source: "Kleinrock (1975), 3.2".to_owned(),
        }
    }

    fn results() -> Vec<CaseResult> {
        vec![
            result("mm1", "mean", Unit::Seconds, 0.05, 0.0502),
            result("mm1", "p99", Unit::Seconds, 0.23, 0.2291),
            result("mm1", "utilization of server", Unit::Share, 0.8, 0.7996),
            result("mm1", "number waiting", Unit::Number, 3.2, 4.1),
            result("erlang-b", "carried", Unit::PerSecond, 95.2, 95.4),
        ]
    }

    #[test]
    fn figures_stand_beside_their_theory() {
        let text = table(&results(), false, Look::PLAIN) + &summary(&results(), Look::PLAIN);
        insta::assert_snapshot!(text, @"
        cases       figure                  theory  simulated  95% interval
          mm1       mean                   50.0 ms    50.2 ms     49.2–51.2  ✓ agrees
                    p99                     230 ms     229 ms       225–234  ✓ agrees
                    utilization of server    80.0%      80.0%   78.4%–81.6%  ✓ agrees
                    number waiting            3.20       4.10     4.02–4.18  ✗ DISAGREES
              number waiting: accepted 3.98–4.22; Kleinrock (1975), 3.2
          erlang-b  carried                 95.2/s     95.4/s     93.5–97.3  ✓ agrees
        5 figures of 2 cases. One does not agree with theory.
        ");
    }

    #[test]
    fn quiet_shows_what_disagrees() {
        insta::assert_snapshot!(table(&results(), true, Look { unicode: false, ..Look::PLAIN }), @"
        cases  figure          theory  simulated  95% interval
          mm1  number waiting    3.20       4.10     4.02-4.18  x DISAGREES
              number waiting: accepted 3.98-4.22; Kleinrock (1975), 3.2
        ");
        assert_eq!(table(&results()[..3], true, Look::PLAIN), "");
    }
}
