//! `tune`: the cheapest settings that meet the objectives.

use crate::cli::answer::tuned as answer;
use crate::cli::asking::{self, Asked, StudyOptions};
use crate::cli::console::Console;
use crate::cli::csv;
use crate::cli::exit::{Exit, Failure};
use crate::cli::source;
use crate::cli::studies::{self, Axis, Base, RunError, TuneAsk, TuneError, Tuned};
use crate::design::edit;
use crate::design::path::join;
use crate::store::atomic;
use clap::Args;
use std::path::Path;

/// Find the cheapest settings that meet the objectives
#[derive(Debug, Args)]
#[command(after_help = "\
Values are those of a sweep: a list (1,2,4), a range (1..8) or a growing one (1..1000 log 7). \
Without --vary, the replicas of the parts that cost most or are fullest are varied. Objectives must \
hold with their intervals, and once more with another seed. Exit status: 0 if settings were found, \
1 if none within the bounds meet the objectives.")]
pub(crate) struct Tune {
    /// A setting and its values, such as nodes/api/replicas=1..8; may be repeated
    #[arg(long, value_name = "PATH=VALUES")]
    vary: Vec<Axis>,
    /// A fault under which the objectives must hold, too: one of the design by its name, or a failure
    /// as `matrix` calls it, such as "a replica of api crashes"; may be repeated
    #[arg(long, value_name = "FAULT")]
    under: Vec<String>,
    /// Write what was found into the file, as a variant of this name
    #[arg(long, value_name = "NAME")]
    save: Option<String>,
    #[command(flatten)]
    study: StudyOptions,
}

impl Tune {
    /// Tunes it.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        let asked = self.study.open_repeated("tune", console)?;
        self.check_save(&asked)?;
        let base = Base {
            loaded: &asked.loaded,
            name: &asked.name,
            catalogue: self.study.design.catalogue.as_deref(),
        };
        let ask = TuneAsk {
            vary: self.vary.clone(),
            under: self.under.clone(),
        };
        let question = format!("tune {ask:?}");
        let units = self.study.units(&asked, &question);
        let (outcome, stopped) = asking::pursue("tune", console, |watch| {
            studies::tune(&base, &asked.settings, &ask, watch, &units)
        })?;
        let stopped = units.end(stopped, console);
        let found = outcome.map_err(|error| failure(&asked, error, stopped))?;
        let given = ("buttress.tune/1", &asked, &found);
        self.study.give(given, rows, answer::tuned, console);
        if let (Some(name), Some(best)) = (&self.save, &found.best) {
            self.write(name, &best.set)?;
            let file = &asked.name;
            console.note(&format!(
                "Written to {file} as a variant; `buttress run {file} --variant \"{name}\"` simulates it."
            ));
        }
        Ok(stopped.unwrap_or(Exit::verdict(found.best.is_some())))
    }

    /// That the variant can be written, before anything is simulated.
    fn check_save(&self, asked: &Asked) -> Result<(), Failure> {
        let Some(name) = &self.save else {
            return Ok(());
        };
        let design = &self.study.design;
        if design.variant.is_some() || !design.set.is_empty() {
            return Err(Failure::usage(
                "--save takes neither --variant nor --set",
                "A variant changes the design as it is written; make the changes there first.",
            ));
        }
        if source::is_stdin(&self.study.file) {
            return Err(Failure::usage("--save needs a file to write to", ""));
        }
        if name.trim().is_empty() || asked.loaded.variants.contains(name) {
            return Err(Failure::usage(
                format!("there is a variant {name:?} already, or it is no name"),
                "Choose another name.",
            ));
        }
        Ok(())
    }

    fn write(&self, name: &str, set: &[(String, String)]) -> Result<(), Failure> {
        let file: &Path = &self.study.file;
        let shown = source::name(file);
        let text =
            std::fs::read_to_string(file).map_err(|error| Failure::file("read", &shown, &error))?;
        let path = join(&["variants", name]);
        let edited = edit::set(&text, &path, &answer::changes(set)).map_err(|error| {
            let message = format!("{shown}: the variant cannot be written: {}", error.message);
            Failure::new(Exit::Invalid, message, "")
        })?;
        atomic::replace(file, edited.text.as_bytes())
            .map_err(|error| Failure::file("write", &shown, &error))
    }
}

fn failure(asked: &Asked, error: TuneError, stopped: Option<Exit>) -> Failure {
    match error {
        TuneError::Shape(message) => {
            Failure::usage(message.trim_end_matches('.'), "See `buttress tune --help`.")
        }
        TuneError::Design(_, diagnostics) => Failure::from(*diagnostics),
        TuneError::Run(error) => {
            asked.refusal(&error, stopped.filter(|_| error == RunError::Nothing))
        }
    }
}

/// A row for each candidate that was simulated: its values, cost and verdict.
fn rows(found: &Tuned) -> String {
    let mut head: Vec<&str> = found.axes.iter().map(|axis| axis.path.as_str()).collect();
    head.extend([
        "cost_per_hour",
        "met",
        "scenario",
        "missed",
        "observed",
        "confirms",
    ]);
    let mut text = csv::row(&head);
    for one in &found.tried {
        let cost = one.cost_per_hour.to_string();
        let missed = one.missed.as_ref();
        let observed = missed.and_then(|missed| missed.observed);
        let observed = observed.map_or(String::new(), |value| value.to_string());
        let mut row: Vec<&str> = one.values.iter().map(String::as_str).collect();
        row.extend([
            cost.as_str(),
            if one.met { "1" } else { "0" },
            one.scenario.as_deref().unwrap_or_default(),
            missed.map_or("", |missed| missed.text.as_str()),
            &observed,
            if one.confirms { "1" } else { "0" },
        ]);
        text.push_str(&csv::row(&row));
    }
    text
}
