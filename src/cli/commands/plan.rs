//! `plan`: what a study would simulate, and about how long that would take.

use crate::cli::asking::Object;
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{DesignOptions, SimulationOptions};
use crate::cli::studies::{self, Axis, Base};
use crate::cli::text::number;
use crate::cli::{json, source};
use crate::design::Loaded;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Traffics that a search for the capacity usually simulates.
const CAPACITY_RUNS: u64 = 30;

/// Say what a study would simulate, and about how long it would take
#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// The study
    #[arg(value_name = "STUDY", value_enum)]
    study: Study,
    /// The design; - reads it from stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// For a sweep: a path of the file and its values; may be given twice
    #[arg(long, value_name = "PATH=VALUES")]
    over: Vec<Axis>,
    /// For a matrix: two things at once, too
    #[arg(long)]
    pairs: bool,
    #[command(flatten)]
    design: DesignOptions,
    #[command(flatten)]
    simulation: SimulationOptions,
    /// Print the plan as JSON
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// A study.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Study {
    /// One run
    Run,
    /// The design as drawn and all its variants
    Compare,
    /// A sweep over values
    Sweep,
    /// A search for the capacity
    Capacity,
    /// Everything fails in turn
    Matrix,
    /// A search for the cheapest settings
    Tune,
    /// An explanation with what changes would do
    Explain,
}

impl Plan {
    /// Plans.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        let loaded = source::load(&self.file, &self.design.load_options())?;
        let name = source::name(&self.file);
        let runs = self.runs(&loaded, &name)?;
        let settings = self.simulation.run_settings()?;
        let found = studies::plan(&loaded, &settings, runs)
            .map_err(|error| Failure::new(Exit::Invalid, format!("{name}: {error}"), ""))?;
        if self.json {
            let object = Object {
                format: "buttress.plan/1",
                file: &name,
                variant: self.design.variant.as_deref(),
                answer: &found,
            };
            console.print(&(json::encode(&object) + "\n"));
        } else {
            let look = console.look();
            let about = if matches!(self.study, Study::Capacity | Study::Tune) {
                "about "
            } else {
                ""
            };
            let designs = if runs == 1 { "design" } else { "designs" };
            console.print(&format!(
                "{about}{} {designs} {times} {} replications {times} {}: about {} on {}\n",
                number::count(runs, look),
                found.replications,
                number::duration(found.duration_s, look),
                number::time(found.takes_s, look),
                if found.threads == 1 {
                    "1 thread".to_owned()
                } else {
                    format!("{} threads", found.threads)
                },
                times = look.times(),
            ));
        }
        Ok(Exit::Done)
    }

    /// How many designs would be simulated.
    fn runs(&self, loaded: &Loaded, name: &str) -> Result<u64, Failure> {
        if self.over.is_empty() != (self.study != Study::Sweep) {
            return Err(Failure::usage(
                "--over belongs to a sweep, and a sweep needs it",
                "Write `buttress plan sweep FILE --over nodes/api/replicas=1..8`.",
            ));
        }
        Ok(match self.study {
            Study::Run => 1,
            Study::Compare => 1 + loaded.variants.len() as u64,
            Study::Sweep => {
                let count = studies::sweep_count(&self.over);
                count.map_err(super::sweep::failure)? as u64
            }
            Study::Capacity => CAPACITY_RUNS,
            Study::Matrix => studies::matrix_count(&loaded.design, self.pairs) as u64,
            Study::Tune => studies::TUNE_RUNS as u64,
            Study::Explain => {
                let base = Base {
                    loaded,
                    name,
                    catalogue: self.design.catalogue.as_deref(),
                };
                1 + studies::sensitivity_count(&base) as u64
            }
        })
    }
}
