//! `estimate`: the answer by formulas, without simulating.

use crate::cli::answer::estimated;
use crate::cli::asking::{self, Object};
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{DesignOptions, OutputOptions};
use crate::cli::{csv, source};
use crate::insight::estimate::{Estimate as Estimated, estimate};
use clap::Args;
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
        let object = Object {
            format: "buttress.estimate/1",
            file: &file,
            variant: self.design.variant.as_deref(),
            answer: &found,
        };
        let words = |look| estimated::estimate(&file, &found, look);
        asking::give(self.output, &object, || rows(&found), words, console);
        Ok(Exit::Done)
    }
}

/// A row for each figure of each endpoint.
fn rows(found: &Estimated) -> String {
    let mut text = String::from("endpoint,figure,value\n");
    for endpoint in &found.endpoints {
        for (figure, value) in estimated::rows(endpoint) {
            let value = value.map_or(String::new(), |value| value.to_string());
            text.push_str(&csv::row(&[&endpoint.id, figure, &value]));
        }
    }
    text
}
