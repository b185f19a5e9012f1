//! `schema`: the JSON Schema of a design, for editors and for tools that make designs.

use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::design::schema::json_schema;
use clap::Args;

/// Print the JSON Schema of a design
#[derive(Debug, Args)]
pub(crate) struct Schema {}

impl Schema {
    /// Prints it.
    #[expect(clippy::unnecessary_wraps, reason = "all commands answer alike")]
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        console.print(&format!("{:#}\n", json_schema()));
        Ok(Exit::Done)
    }
}
