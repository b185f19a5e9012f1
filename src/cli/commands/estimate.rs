//! `estimate`: the answer by formulas, without simulating.

use crate::cli::answer::estimated;
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{DesignOptions, OutputOptions};
use crate::cli::{csv, json, source};
use crate::insight::estimate::{Estimate as Estimated, estimate};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Work a design out by formulas, without simulating
#[derive(Debug, Args)]
pub(crate) struct Estimate {
    /// The design; - reads it from stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    design: DesignOptions,
    #[command(flatten)]
    output: OutputOptions,
}

/// The object of `estimate --json`.
#[derive(Debug, Serialize)]
struct Object<'a> {
    format: &'static str,
    file: String,
    variant: Option<&'a str>,
    #[serde(flatten)]
    estimate: &'a Estimated,
}

impl Estimate {
    /// Estimates it.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        if self.output.quiet {
            console.be_quiet();
        }
        let loaded = source::load(&self.file, &self.design.load_options())?;
        let file = source::name(&self.file);
        let found = estimate(&loaded.design)
            .map_err(|error| Failure::new(Exit::Invalid, format!("{file}: {error}"), ""))?;
        if self.output.json {
            let object = Object {
                format: "buttress.estimate/1",
                file,
                variant: self.design.variant.as_deref(),
                estimate: &found,
            };
            console.print(&(json::encode(&object) + "\n"));
        } else if self.output.csv {
            console.print("endpoint,figure,value\n");
            for endpoint in &found.endpoints {
                for (figure, value) in estimated::rows(endpoint) {
                    let value = value.map_or(String::new(), |value| value.to_string());
                    console.print(&csv::row(&[&endpoint.id, figure, &value]));
                }
            }
        } else if !self.output.quiet {
            console.print(&estimated::estimate(&file, &found, console.look()));
        }
        Ok(Exit::Done)
    }
}
