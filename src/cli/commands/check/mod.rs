//! `check`: the objectives, what became worse than a baseline, and the verdict, for scripts.

mod against;
mod hand_over;

use crate::cli::answer::objectives::{objectives, summary};
use crate::cli::answer::regressions;
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{DesignOptions, KeepOptions, OutputOptions, SimulationOptions};
use crate::cli::signals::Signals;
use crate::cli::studies::RunSettings;
use crate::cli::text::table::{Cell, Table, figures, words as text_column};
use crate::cli::text::{Look, Role};
use crate::cli::{csv, json, session, source};
use crate::insight::regression::{Allowances, Judged, Outcome};
use crate::report::{Outcome as Came, Suite, verdict};
use crate::sim::result::{DesignRef, ObjectiveResult, RunResult};
use crate::store::{Baseline, Baselines};
use against::Against;
use clap::Args;
use hand_over::HandOver;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Check designs against their objectives and against a baseline
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 if all objectives are met and nothing is worse than the baseline, \
                  1 if not. A run that is held against a baseline has the baseline's seed, length \
                  and replications unless they are given, and is not kept."
)]
pub(crate) struct Check {
    /// The designs; - reads one from stdin
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    design: DesignOptions,
    #[command(flatten)]
    simulation: SimulationOptions,
    /// Compare with this: a saved baseline (.json), a design (.ron) or a kept run
    #[arg(long, value_name = "BASELINE", help_heading = "Baseline")]
    baseline: Option<String>,
    /// Allow a figure to become worse by so much, such as p99=5% or p99=20ms; may be repeated
    #[arg(long, value_name = "FIGURE=CHANGE", value_parser = allowance, help_heading = "Baseline")]
    allow: Vec<(String, String)>,
    /// Save what was checked as the baseline for later
    #[arg(
        long,
        value_name = "FILE.json",
        conflicts_with = "baseline",
        help_heading = "Baseline"
    )]
    save_baseline: Option<PathBuf>,
    #[command(flatten)]
    output: OutputOptions,
    #[command(flatten)]
    hand_over: HandOver,
    #[command(flatten)]
    keep: KeepOptions,
}

/// `FIGURE=CHANGE`.
fn allowance(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=');
    let (figure, change) = parts.ok_or("write it as FIGURE=CHANGE, such as p99=5%")?;
    Allowances::default().allow(figure, change)?;
    Ok((figure.to_owned(), change.to_owned()))
}

/// What all files of one call have in common.
struct Ask<'a> {
    settings: RunSettings,
    against: Option<Against>,
    allowances: Allowances,
    signals: &'a Signals,
}

/// What was found for one file: of a design that says everything by itself in `text`.
struct Found {
    result: RunResult,
    judged: Option<Vec<Judged>>,
    suite: Suite,
    text: String,
    exit: Exit,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<Compared<'a>>,
}

/// The part of the object about the baseline.
#[derive(Debug, Serialize)]
struct Compared<'a> {
    name: &'a str,
    regressions: usize,
    figures: &'a [Judged],
}

impl Check {
    /// Checks each file in turn. One that fails does not keep the others from being checked.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        if self.output.quiet {
            console.be_quiet();
        }
        self.hand_over.refuse_nonsense(self.output)?;
        let against = self.against()?;
        let signals = session::catch_signals()?;
        let ask = Ask {
            settings: self.simulation.run_settings()?,
            allowances: self.allowances(against.as_ref())?,
            against,
            signals: &signals,
        };
        if self.output.csv {
            console.print("file,objective,met,observed,low,high\n");
        }
        let (mut suites, mut all) = (Vec::new(), Vec::new());
        let check_one = |_: usize, file: &Path, console: &mut Console| {
            let clock = session::Clock::start();
            let mut found = self.check_one(file, &ask, console).inspect_err(|failure| {
                suites.push(self.broken(file, failure, clock.seconds()));
                self.hand_over.annotate(suites.last(), console);
            })?;
            found.suite.seconds = clock.seconds();
            if !self.hand_over.takes_stdout() {
                console.print(&self.answer(&found, ask.against.as_ref(), console.look()));
                console.flush();
            }
            self.hand_over.annotate(Some(&found.suite), console);
            suites.push(found.suite.clone());
            let exit = found.exit;
            all.push(found);
            Ok(exit)
        };
        let worst = session::each_file(&self.files, &signals, console, check_one);
        let speaks = !(self.output.json || self.output.csv || self.output.quiet);
        if suites.len() > 1 && speaks && !self.hand_over.takes_stdout() {
            console.print(&closing(&suites, console.look()));
        }
        self.hand_over.deliver(&suites, console)?;
        if let Some(path) = &self.save_baseline {
            self.save(path, &all, console)?;
        }
        Ok(worst)
    }

    /// What the designs are held against.
    fn against(&self) -> Result<Option<Against>, Failure> {
        let Some(name) = &self.baseline else {
            if self.allow.is_empty() || self.save_baseline.is_some() {
                return Ok(None);
            }
            return Err(Failure::usage(
                "--allow needs a baseline",
                "Name one with --baseline, or make one with --save-baseline.",
            ));
        };
        if self.simulation.run_settings()?.precision.is_some() {
            return Err(Failure::usage(
                "--baseline takes no --precision",
                "Say with --reps how often both are repeated.",
            ));
        }
        let results = session::results_path(self.keep.results.as_ref(), &self.files[0]);
        let against = Against::find(name, self.design.catalogue.as_ref(), &results)?;
        if self.files.len() > 1 && !against.is_file_of_baselines() {
            return Err(Failure::usage(
                format!("{name} is one design, but there are several to hold against it"),
                "A baseline of several designs is made by --save-baseline.",
            ));
        }
        Ok(Some(against))
    }

    /// What the baseline's file allows, and over it what the options allow.
    fn allowances(&self, against: Option<&Against>) -> Result<Allowances, Failure> {
        let mut allowances = Allowances::default();
        let of_file = against.map(Against::allowed).unwrap_or_default();
        for (figure, change) in &of_file {
            allowances.allow(figure, change).map_err(|error| {
                let name = self.baseline.as_deref().unwrap_or_default();
                Failure::new(Exit::Invalid, format!("{name}: allow: {error}"), "")
            })?;
        }
        for (figure, change) in &self.allow {
            allowances
                .allow(figure, change)
                .map_err(|error| Failure::usage(error, ""))?;
        }
        Ok(allowances)
    }

    fn check_one(&self, file: &Path, ask: &Ask, console: &Console) -> Result<Found, Failure> {
        let design = source::load(file, &self.design.load_options())?;
        let name = source::name(file);
        let origin = (name.as_str(), self.design.variant.as_deref());
        let mut exit = Exit::Done;
        let (result, judged, stopped) = if let Some(against) = &ask.against {
            let (settings, signals) = (&ask.settings, ask.signals);
            let pair = against.compare(&design, origin, settings, signals, console)?;
            let judged = against::judged(&pair.comparison, &ask.allowances);
            (pair.result, Some(judged), pair.stopped)
        } else {
            let run = session::simulate(&design, &ask.settings, origin, console, ask.signals)?;
            if !self.keep.no_save {
                let path = session::results_path(self.keep.results.as_ref(), file);
                let settings = self.simulation.kept();
                let kept = session::keep(&path, file, &design, &settings, &run.output, console);
                // The verdict is what is asked for; a place that nobody named may well be
                // read-only.
                if self.keep.results.is_some() {
                    exit = kept;
                }
            }
            (run.output.result, None, run.stopped)
        };
        let worse = judged
            .iter()
            .flatten()
            .any(|one| one.outcome == Outcome::Regression);
        exit = exit
            .max(session::verdict(&result))
            .max(Exit::verdict(!worse));
        let mut suite = suite_of(&result);
        suite.cases = verdict::objectives(&design, &result.objectives);
        suite
            .cases
            .extend(verdict::baseline(judged.as_deref().unwrap_or_default()));
        Ok(Found {
            text: design.text,
            exit: stopped.unwrap_or(exit),
            result,
            judged,
            suite,
        })
    }

    /// The verdict on a file that could not be checked.
    fn broken(&self, file: &Path, failure: &Failure, seconds: f64) -> Suite {
        let cases = match failure.diagnostics() {
            Some(diagnostics) => verdict::mistakes(diagnostics),
            None => vec![verdict::broken(failure.message())],
        };
        Suite {
            file: source::name(file),
            variant: self.design.variant.clone(),
            seconds,
            cases,
            ..Suite::default()
        }
    }

    /// Saves what was checked as a baseline. What an older one in its place allows stays allowed.
    fn save(&self, path: &Path, found: &[Found], console: &Console) -> Result<(), Failure> {
        let name = path.display();
        let whole = found.len() == self.files.len() && found.iter().all(|one| !one.result.partial);
        if !whole {
            let message = format!("{name} is not saved: not every design was checked");
            return Err(Failure::new(Exit::NotSaved, message, ""));
        }
        let mut allow: BTreeMap<String, String> = match Baselines::read(path) {
            Ok(older) => older.allow,
            Err(error) if error.is_content() => {
                let advice = "Name another file, or remove it first.";
                return Err(Failure::new(Exit::NotSaved, error.to_string(), advice));
            }
            Err(_) => BTreeMap::new(),
        };
        allow.extend(self.allow.iter().cloned());
        let settings = self.simulation.kept();
        let of = |one: &Found| Baseline::of(&one.result, &one.text, &settings);
        let baselines = Baselines::new(allow, found.iter().map(of).collect());
        baselines
            .write(path)
            .map_err(|error| Failure::file("write", &name.to_string(), &error))?;
        console.note(&format!(
            "Saved as {name}; `buttress check FILE --baseline {name}` compares with it."
        ));
        Ok(())
    }

    fn answer(&self, found: &Found, against: Option<&Against>, look: Look) -> String {
        let result = &found.result;
        if self.output.json {
            let compared = found.judged.as_deref().zip(against);
            let verdict = Verdict {
                format: "buttress.check/1",
                design: &result.design,
                seed: result.seed,
                replications: result.replications,
                partial: result.partial,
                met: result.objectives.iter().all(|objective| objective.met),
                objectives: &result.objectives,
                baseline: compared.map(|(figures, against)| Compared {
                    name: against.name(),
                    regressions: figures.iter().filter(|one| is_worse(one)).count(),
                    figures,
                }),
            };
            return json::encode(&verdict) + "\n";
        }
        if self.output.csv {
            let file = &result.design.file;
            let objectives = result.objectives.iter().map(|one| csv_row(file, one));
            let judged = found.judged.iter().flatten();
            let judged = judged.map(|one| csv_row_of_figure(file, one));
            return objectives.chain(judged).collect();
        }
        if self.output.quiet {
            return String::new();
        }
        let mut text = words(result, look);
        if let Some(judged) = &found.judged {
            text.push_str(&regressions::regressions(judged, look));
            let worse = judged.iter().any(is_worse);
            let role = if worse { Role::Bad } else { Role::Good };
            text.push_str(&look.paint(role, &regressions::summary(judged)));
            text.push('\n');
        }
        text
    }
}

fn is_worse(judged: &Judged) -> bool {
    judged.outcome == Outcome::Regression
}

/// The suite of a result, without its cases.
fn suite_of(result: &RunResult) -> Suite {
    Suite {
        file: result.design.file.clone(),
        variant: result.design.variant.clone(),
        properties: vec![
            ("seed", result.seed.to_string()),
            ("replications", result.replications.to_string()),
            ("hash", result.design.hash.clone()),
        ],
        ..Suite::default()
    }
}

/// The verdicts on several designs, one below the other.
fn closing(suites: &[Suite], look: Look) -> String {
    let mut table = Table::new(vec![
        text_column("designs"),
        figures("passed"),
        figures("failed"),
        text_column(""),
    ]);
    for suite in suites {
        let failed = suite.count(Came::Failed) + suite.count(Came::Broken);
        let (role, sign, word) = if suite.is_passed() {
            (Role::Good, look.tick(), "passed")
        } else {
            (Role::Bad, look.cross(), "failed")
        };
        table.row(vec![
            Cell::new(role, format!("{sign} {}", look.name(&suite.name()))),
            suite.count(Came::Passed).to_string().into(),
            failed.to_string().into(),
            Cell::new(role, word),
        ]);
    }
    format!("\n{}", table.render(look))
}

fn csv_row_of_figure(file: &str, judged: &Judged) -> String {
    let of = &judged.difference;
    let compared = ObjectiveResult {
        text: format!("{} against the baseline", judged.name()),
        met: !is_worse(judged),
        observed: of.difference,
        ci95: of.ci95,
        note: String::new(),
    };
    csv_row(file, &compared)
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
