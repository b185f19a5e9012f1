//! What the commands that ask a question of a design share: their options, how a study is watched,
//! and the forms in which its answer is given.

use super::console::Console;
use super::exit::{Exit, Failure};
use super::options::{DesignOptions, OutputOptions, SimulationOptions};
use super::progress::Progress;
use super::resuming::KeptUnits;
use super::studies::{self, RunError, RunSettings};
use super::text::Look;
use super::{json, session, source};
use crate::design::{LoadOptions, Loaded};
use crate::store::Store;
use clap::Args;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The options of a study of one design.
#[derive(Debug, Args)]
pub(crate) struct StudyOptions {
    /// The design; - reads it from stdin
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) design: DesignOptions,
    #[command(flatten)]
    simulation: SimulationOptions,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
    /// The results file: what an interrupted study has done is kept in it, and kept runs are found
    /// there [default: .buttress/results.db beside the design]
    #[arg(long, value_name = "FILE", help_heading = "Results")]
    pub(crate) results: Option<PathBuf>,
    /// Keep nothing: an interrupted study begins again
    #[arg(long, help_heading = "Results")]
    no_save: bool,
}

/// A design that is asked about, and how it is simulated.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The design.
    pub(crate) loaded: Loaded,
    /// What messages call it.
    pub(crate) name: String,
    /// How it is simulated.
    pub(crate) settings: RunSettings,
}

/// The object of a study's `--json`.
#[derive(Debug, Serialize)]
pub(crate) struct Object<'a, T> {
    /// Its version.
    pub(crate) format: &'static str,
    /// The design.
    pub(crate) file: &'a str,
    /// Its variant, if one was chosen.
    pub(crate) variant: Option<&'a str>,
    /// What was found.
    #[serde(flatten)]
    pub(crate) answer: &'a T,
}

impl StudyOptions {
    /// Reads the design.
    pub(crate) fn open(&self, console: &mut Console) -> Result<Asked, Failure> {
        if self.output.quiet {
            console.be_quiet();
        }
        let settings = self.simulation.run_settings()?;
        Ok(Asked {
            loaded: source::load(&self.file, &self.design.load_options())?,
            name: source::name(&self.file),
            settings,
        })
    }

    /// Reads the design for a study that has no use for `--precision`.
    pub(crate) fn open_repeated(
        &self,
        study: &str,
        console: &mut Console,
    ) -> Result<Asked, Failure> {
        without_precision(study, &self.simulation.run_settings()?)?;
        self.open(console)
    }

    /// Reads the design, or that of a kept run with the settings of the run.
    pub(crate) fn open_any(&self, study: &str, console: &mut Console) -> Result<Asked, Failure> {
        if self.output.quiet {
            console.be_quiet();
        }
        let settings = self.simulation.run_settings()?;
        without_precision(study, &settings)?;
        let name = self.file.to_string_lossy();
        let (loaded, kept) =
            design_or_run(&name, &self.design.load_options(), self.results.as_ref())?;
        let settings = match kept {
            Some(kept) => RunSettings {
                precision: None,
                threads: settings.threads,
                ..kept
            },
            None => settings,
        };
        Ok(Asked {
            loaded,
            name: source::name(&self.file),
            settings,
        })
    }

    /// What is known already of this study of this design.
    pub(crate) fn units(&self, asked: &Asked, question: &str) -> KeptUnits {
        let path = session::results_path(self.results.as_ref(), &self.file);
        let study = studies::study_id(&asked.loaded, &asked.settings, question);
        KeptUnits::new((!self.no_save).then_some(path), study)
    }

    /// Prints what was found, in the form that was asked for.
    pub(crate) fn give<T: Serialize>(
        &self,
        (format, asked, answer): (&'static str, &Asked, &T),
        rows: impl FnOnce(&T) -> String,
        words: impl FnOnce(&str, &T, Look) -> String,
        console: &mut Console,
    ) {
        let object = Object {
            format,
            file: &asked.name,
            variant: self.design.variant.as_deref(),
            answer,
        };
        let words = |look: Look| words(&asked.name, answer, look);
        give(self.output, &object, || rows(answer), words, console);
    }
}

impl Asked {
    /// Why a study has no answer: the design asks for what cannot be, or nothing was simulated yet
    /// when it was stopped.
    pub(crate) fn refusal(&self, error: &RunError, stopped: Option<Exit>) -> Failure {
        match (error, stopped) {
            (RunError::Nothing, Some(exit)) => {
                Failure::new(exit, "stopped before anything was simulated", "")
            }
            (error, _) => Failure::new(Exit::Invalid, format!("{}: {error}", self.name), ""),
        }
    }
}

/// A file; or, where there is none of that name, a kept run with the settings that it was simulated
/// with, which are part of the design, too.
pub(crate) fn design_or_run(
    name: &str,
    options: &LoadOptions,
    results: Option<&PathBuf>,
) -> Result<(Loaded, Option<RunSettings>), Failure> {
    if source::names_design(name) {
        return Ok((source::load(Path::new(name), options)?, None));
    }
    let path = results.cloned();
    let path = path.unwrap_or_else(|| Store::default_path(None));
    let run = Store::open(&path)?.load(name)?;
    let text = (
        run.text.as_str(),
        run.summary.file.as_str(),
        run.base_dir.as_path(),
    );
    let loaded = session::as_it_was_run(text, &run.settings, options)?;
    let settings = SimulationOptions::of_kept(&run.settings, None).run_settings()?;
    Ok((loaded, Some(settings)))
}

/// Refuses `--precision` where all that is simulated must be repeated equally often.
pub(crate) fn without_precision(study: &str, settings: &RunSettings) -> Result<(), Failure> {
    match settings.precision {
        None => Ok(()),
        Some(_) => Err(Failure::usage(
            format!("{study} takes no --precision"),
            "Say with --reps how often each design is repeated.",
        )),
    }
}

/// Prints an answer as JSON, as comma-separated values, for people, or not at all.
pub(crate) fn give(
    output: OutputOptions,
    object: &impl Serialize,
    rows: impl FnOnce() -> String,
    words: impl FnOnce(Look) -> String,
    console: &mut Console,
) {
    if output.json {
        console.print(&(json::encode(object) + "\n"));
    } else if output.csv {
        console.print(&rows());
    } else if !output.quiet {
        console.print(&words(console.look()));
    }
}

/// Pursues a study that shows its progress and ends when a signal comes. The second part says how
/// the program shall end, if one came.
pub(crate) fn pursue<T>(
    name: &str,
    console: &Console,
    study: impl FnOnce(&dyn Fn(studies::Progress) -> bool) -> T,
) -> Result<(T, Option<Exit>), Failure> {
    let signals = session::catch_signals()?;
    let progress = Progress::new(name, console.shows_progress(), console.error_look());
    let found = study(&|done: studies::Progress| {
        progress.tell(done.simulated_share);
        signals.received().is_none()
    });
    drop(progress);
    Ok((found, signals.received()))
}
