//! `show`: a run that was kept, as `run` printed it.

use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{OutputOptions, ResultsOptions};
use crate::cli::text::Role;
use crate::cli::{answer, csv, session};
use crate::design::{self, LoadOptions};
use crate::store::Store;
use clap::Args;

/// Show a run that was kept
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The run: its id, the beginning of it, or last
    #[arg(value_name = "RUN", default_value = "last")]
    run: String,
    #[command(flatten)]
    output: OutputOptions,
    #[command(flatten)]
    results: ResultsOptions,
}

impl Show {
    /// Shows it.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        let path = self
            .results
            .results
            .clone()
            .unwrap_or_else(|| Store::default_path(None));
        let run = Store::open(&path)?.load(&self.run)?;
        if self.output.json {
            console.print(&(run.json + "\n"));
        } else if self.output.csv {
            console.print(&csv::run(&run.result));
        } else if !self.output.quiet {
            let look = console.look();
            let of = &run.summary;
            let dot = look.dot();
            let line = format!(
                "run {} {dot} {} {dot} buttress {}",
                of.id, of.local_time, of.version
            );
            console.print(&(look.paint(Role::Dim, &line) + "\n"));
            let shapes = session::kept_shapes(&run.histograms);
            console.print(&answer::answer(&run.result, &shapes, look));
            let options = LoadOptions::default();
            // What was kept can be shown even if its presets cannot be found any more.
            if let Ok(design) = design::load_str(&run.text, &of.file, &run.base_dir, &options) {
                console.print(&answer::estimated::below(&design.design, &run.result, look));
            }
        }
        Ok(Exit::Done)
    }
}
