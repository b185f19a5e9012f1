//! `completions`: what a shell needs to complete commands and options.

use crate::cli::console::Console;
use crate::cli::definition;
use crate::cli::exit::{Exit, Failure};
use clap::Args;
use clap_complete::{Shell, generate};

/// Print the completions for a shell
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    /// Prints them.
    #[expect(clippy::unnecessary_wraps, reason = "all commands answer alike")]
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut definition(), "buttress", &mut script);
        console.print(&String::from_utf8_lossy(&script));
        Ok(Exit::Done)
    }
}
