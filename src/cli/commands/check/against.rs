//! What a design is held against: a baseline that was saved, another design, or a kept run.

use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::progress::Progress;
use crate::cli::signals::Signals;
use crate::cli::studies::{self, Alternative, Comparison, RunSettings};
use crate::cli::{session, source};
use crate::design::{LoadOptions, Loaded};
use crate::insight::regression::{Allowances, Judged, judge};
use crate::sim::result::RunResult;
use crate::store::{BaselineError, Baselines, Store};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A baseline.
#[derive(Debug)]
pub(super) struct Against {
    name: String,
    what: What,
    catalogue: Option<PathBuf>,
}

#[derive(Debug)]
enum What {
    Design(Box<Loaded>),
    Saved(Baselines),
}

/// A design beside its baseline.
pub(super) struct Compared {
    /// The differences.
    pub(super) comparison: Comparison,
    /// What was measured of the design.
    pub(super) result: RunResult,
    /// How the program shall end, if a signal stopped it.
    pub(super) stopped: Option<Exit>,
}

impl From<BaselineError> for Failure {
    fn from(error: BaselineError) -> Failure {
        let exit = if error.is_content() {
            Exit::Invalid
        } else {
            Exit::Unreadable
        };
        Failure::new(exit, error.to_string(), error.advice())
    }
}

impl Against {
    /// The baseline that a name means: a file, or a run in the file of results.
    pub(super) fn find(
        name: &str,
        catalogue: Option<&PathBuf>,
        results: &Path,
    ) -> Result<Against, Failure> {
        let file = Path::new(name);
        let what = if file.extension().is_some_and(|ending| ending == "json") {
            What::Saved(Baselines::read(file)?)
        } else {
            // The baseline is taken as it is written: variant and changes are those of the design.
            let options = options(catalogue);
            What::Design(Box::new(if source::names_design(name) {
                source::load(file, &options)?
            } else {
                let run = Store::open(results)?.load(name)?;
                let base = run.base_dir.as_path();
                let text = (run.text.as_str(), run.summary.file.as_str(), base);
                session::as_it_was_run(text, &run.settings, &options)?
            }))
        };
        Ok(Against {
            name: name.to_owned(),
            what,
            catalogue: catalogue.cloned(),
        })
    }

    /// What it is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is a file that may hold several designs.
    pub(super) fn is_file_of_baselines(&self) -> bool {
        matches!(self.what, What::Saved(_))
    }

    /// How much worse figures may become according to the file.
    pub(super) fn allowed(&self) -> BTreeMap<String, String> {
        match &self.what {
            What::Saved(baselines) => baselines.allow.clone(),
            What::Design(_) => BTreeMap::new(),
        }
    }

    /// Simulates baseline and design under the same requests.
    pub(super) fn compare(
        &self,
        design: &Loaded,
        (file, variant): (&str, Option<&str>),
        settings: &RunSettings,
        signals: &Signals,
        console: &Console,
    ) -> Result<Compared, Failure> {
        session::warn_of(design, console);
        let side = |name: &str, loaded| Alternative {
            name: name.to_owned(),
            loaded,
        };
        let sides = [
            side(&self.name, self.of_design(file, variant)?),
            side(file, design.clone()),
        ];
        let progress = Progress::new(file, console.shows_progress(), console.error_look());
        let watch = |done: studies::Progress| {
            progress.tell(done.simulated_share);
            signals.received().is_none()
        };
        let outcome = studies::compare(&sides, settings, &watch);
        drop(progress);
        let stopped = signals.received();
        let refusal = |(at, error): (usize, studies::RunError)| {
            session::refusal(&sides[at].name, &error, stopped)
        };
        let comparison = outcome.map_err(refusal)?;
        if comparison.replications < 2 && stopped.is_none() {
            return Err(Failure::usage(
                "a comparison with a baseline needs at least two replications",
                "Say with --reps how often both are repeated.",
            ));
        }
        let mut result = comparison.sides[1].result.clone();
        file.clone_into(&mut result.design.file);
        result.design.variant = variant.map(str::to_owned);
        Ok(Compared {
            comparison,
            result,
            stopped,
        })
    }

    /// The baseline of a design.
    fn of_design(&self, file: &str, variant: Option<&str>) -> Result<Loaded, Failure> {
        let baselines = match &self.what {
            What::Design(loaded) => return Ok((**loaded).clone()),
            What::Saved(baselines) => baselines,
        };
        let Some(baseline) = baselines.of_design(file, variant) else {
            let of = variant.map_or(String::new(), |variant| format!(" ({variant})"));
            return Err(Failure::new(
                Exit::Invalid,
                format!("{} has no baseline of {file}{of}", self.name),
                "Check all designs together with --save-baseline to make it again.",
            ));
        };
        let directory = Path::new(&self.name).parent().unwrap_or(Path::new(""));
        let (text, name) = (baseline.whole_text(), format!("{} ({file})", self.name));
        let text = (text.as_str(), name.as_str(), directory);
        session::as_it_was_run(text, &baseline.settings, &options(self.catalogue.as_ref()))
    }
}

fn options(catalogue: Option<&PathBuf>) -> LoadOptions {
    LoadOptions {
        catalogue: catalogue.cloned(),
        ..LoadOptions::default()
    }
}

/// What can be said of each figure that is judged.
pub(super) fn judged(comparison: &Comparison, allowances: &Allowances) -> Vec<Judged> {
    let mut judged = Vec::new();
    for pair in &comparison.pairs {
        for at in &pair.endpoints {
            let figures = at.figures.iter();
            judged.extend(figures.filter_map(|figure| judge(&at.id, figure, allowances)));
        }
        let whole = pair.whole.iter();
        judged.extend(whole.filter_map(|figure| judge("", figure, allowances)));
    }
    judged
}
