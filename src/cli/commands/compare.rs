//! `compare`: variants, files or kept runs held against each other.

use crate::cli::answer::comparison;
use crate::cli::asking;
use crate::cli::console::Console;
use crate::cli::csv;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{OutputOptions, SimulationOptions};
use crate::cli::studies::{self, Alternative, Comparison, RunError};
use crate::design::LoadOptions;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Compare variants, designs or kept runs under the same requests
#[derive(Debug, Args)]
#[command(
    after_help = "With one DESIGN, it is compared as drawn with its variants. The first is the \
                  baseline. Exit status: 0 if all that are compared meet their objectives, 1 if not."
)]
pub(crate) struct Compare {
    /// Files, or kept runs by their id; - reads a design from stdin
    #[arg(value_name = "DESIGN", required = true)]
    designs: Vec<String>,
    /// Compare only this variant with the design as drawn; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "Design")]
    variant: Vec<String>,
    /// Take this variant as the baseline
    #[arg(long, value_name = "NAME", help_heading = "Design")]
    baseline: Option<String>,
    /// Change a value of all designs, such as nodes/api/replicas=8; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = crate::cli::options::change, help_heading = "Design")]
    set: Vec<(String, String)>,
    /// A directory with presets of your own
    #[arg(long, value_name = "DIR", help_heading = "Design")]
    catalogue: Option<PathBuf>,
    #[command(flatten)]
    simulation: SimulationOptions,
    #[command(flatten)]
    output: OutputOptions,
    /// The results file in which runs are looked for [default: .buttress/results.db]
    #[arg(long, value_name = "FILE", help_heading = "Results")]
    results: Option<PathBuf>,
}

/// The object of `compare --json`.
#[derive(Debug, Serialize)]
struct Object<'a> {
    format: &'static str,
    #[serde(flatten)]
    comparison: &'a Comparison,
}

impl Compare {
    /// Compares them.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        if self.output.quiet {
            console.be_quiet();
        }
        let settings = self.simulation.run_settings()?;
        asking::without_precision("compare", &settings)?;
        let sides = self.sides()?;
        let (outcome, stopped) = asking::pursue("compare", console, |watch| {
            studies::compare(&sides, &settings, watch)
        })?;
        let mut comparison = outcome.map_err(|(at, error)| refusal(&sides, at, &error, stopped))?;
        for (side, alternative) in comparison.sides.iter_mut().zip(&sides) {
            alternative.name.clone_into(&mut side.result.design.file);
        }
        let object = Object {
            format: "buttress.compare/1",
            comparison: &comparison,
        };
        let words = |look| comparison::comparison(&comparison, look);
        asking::give(self.output, &object, || rows(&comparison), words, console);
        let mut sides = comparison.sides.iter();
        let met = sides.all(|side| side.result.objectives.iter().all(|objective| objective.met));
        Ok(stopped.unwrap_or(Exit::verdict(met)))
    }

    /// The designs, the baseline first.
    fn sides(&self) -> Result<Vec<Alternative>, Failure> {
        let [only] = self.designs.as_slice() else {
            if !self.variant.is_empty() || self.baseline.is_some() {
                return Err(Failure::usage(
                    "--variant and --baseline take one DESIGN",
                    "Name one file to compare its variants, or several files.",
                ));
            }
            let load = |name: &String| self.alternative(name, None);
            return self.designs.iter().map(load).collect();
        };
        let drawn = self.alternative(only, None)?;
        let mut names: Vec<Option<String>> = vec![None];
        if self.variant.is_empty() {
            names.extend(drawn.loaded.variants.iter().cloned().map(Some));
        } else {
            names.extend(self.variant.iter().cloned().map(Some));
        }
        if let Some(baseline) = &self.baseline {
            names.retain(|name| name.as_ref() != Some(baseline));
            names.insert(0, Some(baseline.clone()));
        }
        if names.len() < 2 {
            return Err(Failure::usage(
                format!("{only} has no variants to compare it with"),
                "Give it `variants`, or name another file.",
            ));
        }
        let load = |name: Option<String>| match name {
            Some(name) => self.alternative(only, Some(name)),
            None => Ok(Alternative {
                name: "as drawn".to_owned(),
                loaded: drawn.loaded.clone(),
            }),
        };
        names.into_iter().map(load).collect()
    }

    /// A file or a kept run.
    fn alternative(&self, name: &str, variant: Option<String>) -> Result<Alternative, Failure> {
        let options = LoadOptions {
            variant: variant.clone(),
            set: self.set.clone(),
            catalogue: self.catalogue.clone(),
        };
        let (loaded, _) = asking::design_or_run(name, &options, self.results.as_ref())?;
        Ok(Alternative {
            name: variant.unwrap_or_else(|| name.to_owned()),
            loaded,
        })
    }
}

fn refusal(sides: &[Alternative], at: usize, error: &RunError, stopped: Option<Exit>) -> Failure {
    if let Some(exit) = stopped {
        return Failure::new(exit, "stopped before there was anything to compare", "");
    }
    let name = sides.get(at).map_or("", |side| side.name.as_str());
    Failure::new(Exit::Invalid, format!("{name}: {error}"), "")
}

/// `side,id,figure,baseline,value,difference,low,high,verdict`.
fn rows(comparison: &Comparison) -> String {
    let mut text = String::from("side,id,figure,baseline,value,difference,low,high,verdict\n");
    let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    for pair in &comparison.pairs {
        let name = &comparison.sides[pair.side].name;
        let placed = pair.endpoints.iter().chain(&pair.nodes);
        let placed = placed.flat_map(|at| at.figures.iter().map(|figure| (at.id.as_str(), figure)));
        for (id, figure) in placed.chain(pair.whole.iter().map(|figure| ("", figure))) {
            let [low, high] = [0, 1].map(|end| number(figure.ci95.map(|ends| ends[end])));
            text.push_str(&csv::row(&[
                name,
                id,
                &figure.figure,
                &number(figure.baseline),
                &number(figure.value),
                &number(figure.difference),
                &low,
                &high,
                comparison::verdict_word(figure.verdict),
            ]));
        }
    }
    text
}
