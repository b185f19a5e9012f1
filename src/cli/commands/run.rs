//! `run`: simulates designs and prints what was measured.

use crate::cli::answer::estimated;
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{DesignOptions, KeepOptions, OutputOptions, SimulationOptions};
use crate::cli::signals::Signals;
use crate::cli::studies::{RunOutput, RunSettings, Timing};
use crate::cli::text::{Look, Role, number};
use crate::cli::{answer, csv, json, session, source};
use clap::Args;
use std::path::{Path, PathBuf};

/// Simulate a design and print what was measured
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The design; - reads it from stdin
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    design: DesignOptions,
    #[command(flatten)]
    simulation: SimulationOptions,
    #[command(flatten)]
    output: OutputOptions,
    /// Say also how long the run took
    #[arg(long, help_heading = "Output")]
    timings: bool,
    #[command(flatten)]
    keep: KeepOptions,
}

impl Run {
    /// Runs each file in turn. One that fails does not keep the others from running.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        if self.output.csv && self.files.len() > 1 {
            return Err(Failure::usage(
                "--csv takes one FILE",
                "Use --json for several.",
            ));
        }
        if self.output.quiet {
            console.be_quiet();
        }
        let settings = self.simulation.run_settings()?;
        let signals = session::catch_signals()?;
        let run_one = |index: usize, file: &Path, console: &mut Console| {
            if index > 0 && self.speaks() {
                console.print("\n");
            }
            self.run_one(file, &settings, &signals, console)
        };
        Ok(session::each_file(&self.files, &signals, console, run_one))
    }

    /// Whether the answer is for people.
    fn speaks(&self) -> bool {
        !(self.output.json || self.output.csv || self.output.quiet)
    }

    fn run_one(
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
        console.print(&self.answer(&run.output, console.look()));
        if self.speaks() {
            let result = &run.output.result;
            console.print(&estimated::below(&design.design, result, console.look()));
        }
        console.flush();
        let mut exit = session::verdict(&run.output.result);
        if !self.keep.no_save {
            let path = session::results_path(self.keep.results.as_ref(), file);
            exit = exit.max(session::keep(
                &path,
                file,
                &design,
                &self.simulation.kept(),
                &run.output,
                console,
            ));
        }
        Ok(run.stopped.unwrap_or(exit))
    }

    fn answer(&self, output: &RunOutput, look: Look) -> String {
        let result = &output.result;
        if self.output.json {
            let object = if self.timings {
                json::run_with_timing(result, &output.timing)
            } else {
                json::run(result)
            };
            return object + "\n";
        }
        if self.output.csv {
            let mut table = csv::run(result);
            if self.timings {
                table.push_str(&timing_rows(&output.timing));
            }
            return table;
        }
        if self.output.quiet {
            return String::new();
        }
        let mut text = answer::answer(result, &session::shapes(&output.histograms), look);
        if self.timings {
            text.push_str(&timing_line(&output.timing, look));
        }
        text
    }
}

fn timing_rows(timing: &Timing) -> String {
    let rows = [
        ("simulate_s", timing.simulate_s.to_string()),
        ("events_per_s", timing.events_per_s.to_string()),
        ("peak_bytes", timing.peak_bytes.to_string()),
    ];
    rows.iter()
        .map(|(name, value)| csv::row(&["timing", "", name, value, "", ""]))
        .collect()
}

fn timing_line(timing: &Timing, look: Look) -> String {
    let line = format!(
        "simulated in {} {dot} {} events/s {dot} {} of memory at most",
        number::time(timing.simulate_s, look),
        number::count(timing.events_per_s as u64, look),
        number::bytes(timing.peak_bytes, look),
        dot = look.dot(),
    );
    format!("\n{}\n", look.paint(Role::Dim, &line))
}
