//! `man`: the manual pages, made from the definition of the command line.

use crate::cli::console::Console;
use crate::cli::definition;
use crate::cli::exit::{Exit, Failure};
use clap::Args;
use clap_mangen::Man as Page;
use std::path::PathBuf;

/// Print the manual page, or write all of them into a directory
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Write the page of the program and of each subcommand into this directory
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Man {
    /// Prints or writes.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        if let Some(dir) = &self.dir {
            clap_mangen::generate_to(definition(), dir).map_err(|error| {
                Failure::file("write manual pages to", &dir.display().to_string(), &error)
            })?;
            return Ok(Exit::Done);
        }
        let mut page = Vec::new();
        Page::new(definition())
            .render(&mut page)
            .map_err(|error| Failure::file("make", "the manual page", &error))?;
        console.print(&String::from_utf8_lossy(&page));
        Ok(Exit::Done)
    }
}
