//! `report`: a run as a document to hand on.

use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{DesignOptions, SimulationOptions};
use crate::cli::progress::Progress;
use crate::cli::signals::Signals;
use crate::cli::studies::{self, Alternative, Comparison, RunSettings, Sparse};
use crate::cli::{session, source};
use crate::design::{LoadOptions, Loaded};
use crate::report::{self, Subject};
use crate::sim::result::RunResult;
use crate::store::{Store, StoredRun, atomic};
use clap::{Args, ValueEnum};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

/// Write a report of a run as HTML, Markdown or SVG
#[derive(Debug, Args)]
#[command(
    after_help = "The HTML is one file that needs nothing else. Exit status: 0 if the report was \
                  written, whether or not objectives are met; `check` judges."
)]
pub(crate) struct Report {
    /// The design; - reads it from stdin
    #[arg(value_name = "FILE", required_unless_present = "run")]
    file: Option<PathBuf>,
    /// Report on a run that was kept: its id, the beginning of it, or last
    #[arg(
        long,
        value_name = "RUN",
        conflicts_with_all = ["file", "variant", "set", "seed", "duration", "warmup", "reps", "precision"]
    )]
    run: Option<String>,
    /// Compare with a variant, another design or a kept run; may be repeated
    #[arg(long, value_name = "OTHER")]
    compare: Vec<String>,
    /// Write the report to this file; - for stdout
    #[arg(long, short, value_name = "OUT", default_value = "-")]
    out: PathBuf,
    /// Its form, if the ending of OUT does not tell: html, markdown or svg
    #[arg(long, value_enum, hide_possible_values = true)]
    format: Option<Format>,
    /// Print no progress and no warnings
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    design: DesignOptions,
    #[command(flatten)]
    simulation: SimulationOptions,
    /// The results file in which runs are looked for [default: .buttress/results.db]
    #[arg(long, value_name = "FILE", help_heading = "Results")]
    results: Option<PathBuf>,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One HTML file.
    Html,
    /// Markdown.
    #[value(alias = "md")]
    Markdown,
    /// The drawn design.
    Svg,
}

/// A run that is reported on.
struct Subjected {
    design: Loaded,
    result: RunResult,
    histograms: Vec<(String, Sparse)>,
    made: Option<String>,
    version: String,
    commands: Vec<String>,
    stopped: Option<Exit>,
}

impl Report {
    /// Writes it.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        if self.quiet {
            console.be_quiet();
        }
        let format = self.form()?;
        let signals = session::catch_signals()?;
        let mut of = match (&self.file, &self.run) {
            (Some(file), None) => self.simulated(file, console, &signals)?,
            (_, run) => self.kept(run.as_deref().unwrap_or("last"))?,
        };
        let comparison = if self.compare.is_empty() || of.stopped.is_some() {
            None
        } else {
            Some(self.compared(&of, console, &signals)?)
        };
        of.stopped = signals.received();
        let command = of.commands.join("\n");
        let subject = Subject {
            design: &of.design.design,
            text: &of.design.text,
            provenance: &of.design.provenance,
            result: &of.result,
            histograms: &of.histograms,
            comparison: comparison.as_ref(),
            command: &command,
            made: of.made.as_deref(),
            version: &of.version,
        };
        let text = match format {
            Format::Html => report::html(&subject),
            Format::Markdown => report::markdown(&subject),
            Format::Svg => report::svg(&subject),
        };
        self.deliver(&text, console)?;
        Ok(of.stopped.unwrap_or_default())
    }

    fn form(&self) -> Result<Format, Failure> {
        let ending = self.out.extension().and_then(|ending| ending.to_str());
        let format = self.format.unwrap_or(match ending {
            Some("md" | "markdown") => Format::Markdown,
            Some("svg") => Format::Svg,
            _ => Format::Html,
        });
        let shown = source::is_stdin(&self.out) && io::stdout().is_terminal();
        if shown && format != Format::Markdown {
            return Err(Failure::usage(
                "a terminal cannot show this report",
                "Name a file: --out report.html. `--format markdown` can be read here.",
            ));
        }
        Ok(format)
    }

    fn deliver(&self, text: &str, console: &mut Console) -> Result<(), Failure> {
        if source::is_stdin(&self.out) {
            console.print(text);
            return Ok(());
        }
        let name = self.out.display().to_string();
        atomic::put(&self.out, text.as_bytes())
            .map_err(|error| Failure::file("write", &name, &error))?;
        console.note(&format!("Written to {name}."));
        Ok(())
    }

    fn simulated(
        &self,
        file: &Path,
        console: &Console,
        signals: &Signals,
    ) -> Result<Subjected, Failure> {
        let settings = self.simulation.run_settings()?;
        let design = source::load(file, &self.design.load_options())?;
        let name = source::name(file);
        let origin = (name.as_str(), self.design.variant.as_deref());
        let run = session::simulate(&design, &settings, origin, console, signals)?;
        let applied = settings.applied(&design.design);
        let design = Loaded {
            design: applied.unwrap_or_else(|_| design.design.clone()),
            ..design
        };
        let seed = run.output.result.seed;
        let mut commands = vec![format!("buttress run {}", self.arguments(file, seed))];
        if !self.compare.is_empty() {
            let others: String = self
                .compare
                .iter()
                .flat_map(|other| [" --compare ".to_owned(), quoted(other)])
                .collect();
            let arguments = self.arguments(file, seed);
            commands.push(format!(
                "buttress report {arguments}{others} --out report.html"
            ));
        }
        Ok(Subjected {
            design,
            result: run.output.result,
            histograms: run.output.histograms,
            made: None,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commands,
            stopped: run.stopped,
        })
    }

    /// The arguments that mean the same design and the same run.
    fn arguments(&self, file: &Path, seed: u64) -> String {
        let mut words = vec![quoted(&file.display().to_string())];
        let mut add =
            |option: &str, value: &str| words.push(format!("--{option} {}", quoted(value)));
        if let Some(variant) = &self.design.variant {
            add("variant", variant);
        }
        for (path, value) in &self.design.set {
            add("set", &format!("{path}={value}"));
        }
        if let Some(catalogue) = &self.design.catalogue {
            add("catalogue", &catalogue.display().to_string());
        }
        add("seed", &seed.to_string());
        let kept = self.simulation.kept();
        let replications = kept.replications.map(|count| count.to_string());
        for (option, value) in [
            ("duration", kept.duration),
            ("warmup", kept.warmup),
            ("reps", replications),
            ("precision", kept.precision),
        ] {
            if let Some(value) = value {
                add(option, &value);
            }
        }
        words.join(" ")
    }

    fn store(&self) -> Result<Store, Failure> {
        let path = self
            .results
            .clone()
            .unwrap_or_else(|| Store::default_path(None));
        Ok(Store::open(&path)?)
    }

    fn kept(&self, run: &str) -> Result<Subjected, Failure> {
        let run = self.store()?.load(run)?;
        let design = self.as_it_was_run(&run, LoadOptions::default())?;
        let read =
            |(id, bytes): &(String, Vec<u8>)| Some((id.clone(), Sparse::from_bytes(bytes).ok()?));
        let of = &run.summary;
        Ok(Subjected {
            design,
            histograms: run.histograms.iter().filter_map(read).collect(),
            made: Some(format!("run {} of {}", of.id, of.local_time)),
            version: of.version.clone(),
            commands: vec![format!("buttress replay {}", of.id)],
            stopped: None,
            result: run.result,
        })
    }

    fn as_it_was_run(&self, run: &StoredRun, options: LoadOptions) -> Result<Loaded, Failure> {
        let text = (
            run.text.as_str(),
            run.summary.file.as_str(),
            run.base_dir.as_path(),
        );
        let options = LoadOptions {
            catalogue: self.design.catalogue.clone(),
            ..options
        };
        session::as_it_was_run(text, &run.settings, &options)
    }

    /// The design and what it is to be compared with, under the same requests.
    fn compared(
        &self,
        of: &Subjected,
        console: &Console,
        signals: &Signals,
    ) -> Result<Comparison, Failure> {
        let name = of.result.design.variant.as_deref().unwrap_or("as drawn");
        let mut sides = vec![Alternative {
            name: name.to_owned(),
            loaded: of.design.clone(),
        }];
        for other in &self.compare {
            sides.push(Alternative {
                name: other.clone(),
                loaded: self.other(other, &of.design)?,
            });
        }
        let settings = RunSettings {
            precision: None,
            replications: Some(of.result.replications),
            ..self.simulation.run_settings()?
        };
        let progress = Progress::new("compare", console.shows_progress(), console.error_look());
        let watch = |done: studies::Progress| {
            progress.tell(done.simulated_share);
            signals.received().is_none()
        };
        let outcome = studies::compare(&sides, &settings, &watch);
        drop(progress);
        let stopped = signals.received();
        let refusal = |(at, error): (usize, studies::RunError)| {
            let name = sides.get(at).map_or("", |side| side.name.as_str());
            session::refusal(name, &error, stopped)
        };
        outcome.map_err(refusal)
    }

    /// A variant of the design, another design, or a kept run.
    fn other(&self, name: &str, design: &Loaded) -> Result<Loaded, Failure> {
        let plain = self.design.load_options();
        let options = LoadOptions {
            variant: None,
            ..plain.clone()
        };
        if design.variants.iter().any(|variant| variant == name) {
            let options = LoadOptions {
                variant: Some(name.to_owned()),
                ..plain
            };
            return match (&self.file, &self.run) {
                (Some(file), None) => source::load(file, &options),
                (_, run) => {
                    let run = self.store()?.load(run.as_deref().unwrap_or("last"))?;
                    self.as_it_was_run(&run, options)
                }
            };
        }
        if source::names_design(name) {
            return source::load(Path::new(name), &options);
        }
        self.as_it_was_run(&self.store()?.load(name)?, options)
    }
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./:=@%+,".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(quoted("shop/a.ron"), "shop/a.ron");
        assert_eq!(quoted("pool of 80"), "'pool of 80'");
        assert_eq!(quoted("it's; rm -rf"), "'it'\\''s; rm -rf'");
        assert_eq!(quoted(""), "''");
    }
}
