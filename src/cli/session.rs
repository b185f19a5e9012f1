//! Simulating one design for a person: progress, interruption, warnings, and keeping the run.

use super::console::Console;
use super::exit::{Exit, Failure};
use super::options::SimulationOptions;
use super::progress::Progress;
use super::signals::Signals;
use super::studies::{self, Bucket, RunOutput, RunSettings, Sparse};
use super::text::density::Bin;
use super::{json, source};
use crate::design::{self, LoadOptions, Loaded};
use crate::sim::result::RunResult;
use crate::store::{NewRun, Settings, Store};
use std::path::{Path, PathBuf};

/// A run that was made.
#[derive(Debug)]
pub(crate) struct Session {
    /// What it says.
    pub(crate) output: RunOutput,
    /// How the program shall end, if a signal stopped it.
    pub(crate) stopped: Option<Exit>,
}

/// Catches signals for the rest of the process.
pub(crate) fn catch_signals() -> Result<Signals, Failure> {
    Signals::catch().map_err(|error| Failure::file("catch", "signals", &error))
}

/// Works on each file in turn and says how the worst ended. One that fails does not keep the others
/// from being worked on; a signal does.
pub(crate) fn each_file(
    files: &[PathBuf],
    signals: &Signals,
    console: &mut Console,
    mut work: impl FnMut(usize, &Path, &mut Console) -> Result<Exit, Failure>,
) -> Exit {
    let mut worst = Exit::Done;
    for (index, file) in files.iter().enumerate() {
        let exit = work(index, file, console).unwrap_or_else(|failure| {
            console.flush();
            console.error(&failure);
            failure.exit
        });
        worst = worst.max(exit);
        if signals.received().is_some() {
            break;
        }
    }
    worst
}

/// Whether all objectives of a run are met, as the program's exit status.
pub(crate) fn verdict(result: &RunResult) -> Exit {
    Exit::verdict(result.objectives.iter().all(|objective| objective.met))
}

/// Says what is probably not meant in a design.
pub(crate) fn warn_of(design: &Loaded, console: &Console) {
    if !design.warnings.items.is_empty() {
        console.warn_verbatim(&(design.warnings.render(console.error_look().color) + "\n"));
    }
}

/// A design from a text that was kept with the settings of its run, which become part of it: the
/// text, its name in messages, and where files that it names are looked for.
pub(crate) fn as_it_was_run(
    (text, name, base): (&str, &str, &Path),
    settings: &Settings,
    options: &LoadOptions,
) -> Result<Loaded, Failure> {
    let mut loaded = design::load_str(text, name, base, options)?;
    let settings = SimulationOptions::of_kept(settings, None).run_settings()?;
    if let Ok(design) = settings.applied(&loaded.design) {
        loaded.design = design;
    }
    Ok(loaded)
}

/// How long something takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock(std::time::Instant);

impl Clock {
    /// A clock that starts now.
    #[expect(
        clippy::disallowed_methods,
        reason = "the time that a check takes stands beside its verdicts, never in a result"
    )]
    pub(crate) fn start() -> Clock {
        Clock(std::time::Instant::now())
    }

    /// Seconds since it was started.
    pub(crate) fn seconds(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// Simulates a design. `file` and `variant` are what the result says it came from.
pub(crate) fn simulate(
    design: &Loaded,
    settings: &RunSettings,
    (file, variant): (&str, Option<&str>),
    console: &Console,
    signals: &Signals,
) -> Result<Session, Failure> {
    warn_of(design, console);
    let progress = Progress::new(file, console.shows_progress(), console.error_look());
    let watch = |done: studies::Progress| {
        progress.tell(done.simulated_share);
        signals.received().is_none()
    };
    let outcome = studies::run(design, settings, &watch);
    drop(progress);
    let stopped = signals.received();
    let mut output = outcome.map_err(|error| refusal(file, &error, stopped))?;
    file.clone_into(&mut output.result.design.file);
    output.result.design.variant = variant.map(str::to_owned);
    if stopped.is_some() {
        console.note("Stopped. These are the figures of what was simulated until then.");
    }
    Ok(Session { output, stopped })
}

/// A run without a result: the design asks for what cannot be, or nothing was simulated yet when it
/// was stopped.
pub(crate) fn refusal(file: &str, error: &studies::RunError, stopped: Option<Exit>) -> Failure {
    match stopped {
        Some(exit) => Failure::new(
            exit,
            format!("{file}: stopped before anything was simulated"),
            "",
        ),
        None => Failure::new(Exit::Invalid, format!("{file}: {error}"), ""),
    }
}

/// The results file of a design: the one that was asked for, or the one beside it.
pub(crate) fn results_path(asked: Option<&PathBuf>, file: &Path) -> PathBuf {
    asked
        .cloned()
        .unwrap_or_else(|| Store::default_path(source::path(file)))
}

/// Keeps a run, and says so to a person.
pub(crate) fn keep(
    path: &Path,
    file: &Path,
    design: &Loaded,
    settings: &Settings,
    output: &RunOutput,
    console: &Console,
) -> Exit {
    let histograms: Vec<(String, Vec<u8>)> = output
        .histograms
        .iter()
        .map(|(name, values)| (name.clone(), values.to_bytes()))
        .collect();
    let run = NewRun {
        result: &output.result,
        json: &json::run(&output.result),
        text: &design.text,
        base_dir: source::base_dir(file),
        settings,
        histograms: &histograms,
    };
    match Store::create(path).and_then(|mut store| store.save(&run)) {
        Ok(id) => {
            console.note(&format!(
                "Kept as run {}; `buttress show {}` shows it again.",
                &id[..8],
                &id[..8]
            ));
            Exit::Done
        }
        Err(error) => {
            console.warn(&format!("the run was not saved: {error}"), &error.advice());
            Exit::NotSaved
        }
    }
}

/// The histograms of a run as bins to draw.
pub(crate) fn shapes(histograms: &[(String, Sparse)]) -> Vec<(String, Vec<Bin>)> {
    histograms
        .iter()
        .map(|(id, values)| (id.clone(), bins(values)))
        .collect()
}

/// The same of a run that was kept. A histogram that cannot be read is left out: it is only a
/// picture.
pub(crate) fn kept_shapes(histograms: &[(String, Vec<u8>)]) -> Vec<(String, Vec<Bin>)> {
    let read = |(id, bytes): &(String, Vec<u8>)| {
        Some((id.clone(), bins(&Sparse::from_bytes(bytes).ok()?)))
    };
    histograms.iter().filter_map(read).collect()
}

/// Histograms count nanoseconds.
fn bins(values: &Sparse) -> Vec<Bin> {
    let seconds = |ns: u64| ns as f64 / 1e9;
    let bin = |bucket: Bucket| Bin {
        low_s: seconds(bucket.low),
        high_s: seconds(bucket.high + 1),
        count: bucket.count as f64,
    };
    values.buckets().map(bin).collect()
}
