//! `schema`: the JSON Schema of a design, for editors and for tools that make designs.

use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// Print the JSON Schema of a design
#[derive(Debug, Args)]
pub(crate) struct Schema {}

impl Schema {
    /// Prints it.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        console.print("{}\n");
        Ok(Exit::Done)
    }
}
