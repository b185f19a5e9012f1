//! `fmt`: brings designs into their canonical layout.

use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::source;
use crate::design::diagnostic::Sources;
use crate::design::syntax::{BYTES_MAX, check_bytes};
use crate::design::{Diagnostics, fmt};
use crate::store::atomic;
use clap::Args;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Bring designs into their canonical layout
#[derive(Debug, Args)]
#[command(
    after_help = "Comments and meaning stay as they are. Exit status with --check: 1 if a file is not in that layout."
)]
pub(crate) struct Fmt {
    /// The designs; - reads one from stdin and writes it to stdout
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Change nothing; name the files that are not in canonical layout
    #[arg(long)]
    check: bool,
}

impl Fmt {
    /// Formats each file in turn. One that fails does not keep the others from being formatted.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        let mut worst = Exit::Done;
        for file in &self.files {
            let exit = self.format_one(file, console).unwrap_or_else(|failure| {
                console.error(&failure);
                failure.exit
            });
            worst = worst.max(exit);
        }
        Ok(worst)
    }

    fn format_one(&self, file: &Path, console: &mut Console) -> Result<Exit, Failure> {
        let before = read(file)?;
        let name = source::name(file);
        let after = fmt::format(&before).map_err(|items| {
            let mut sources = Sources::default();
            sources.add(name.as_str(), before.as_str());
            Diagnostics { items, sources }
        })?;
        if self.check {
            if before == after {
                return Ok(Exit::Done);
            }
            console.print(&format!("{name}\n"));
            return Ok(Exit::Unmet);
        }
        if source::is_stdin(file) {
            console.print(&after);
        } else if before != after {
            atomic::replace(file, after.as_bytes())
                .map_err(|error| Failure::file("write", &name, &error))?;
        }
        Ok(Exit::Done)
    }
}

/// A design's text as it is, a mark at its beginning included.
fn read(file: &Path) -> Result<String, Failure> {
    if source::is_stdin(file) {
        return source::read_stdin();
    }
    let name = file.display().to_string();
    let unreadable = |error: io::Error| Failure::file("read", &name, &error);
    let size = fs::metadata(file).map_err(unreadable)?.len();
    if size > BYTES_MAX as u64 {
        let message = format!(
            "{name} has {} MiB; a design can have at most {} MiB",
            size >> 20,
            BYTES_MAX >> 20
        );
        return Err(Failure::new(Exit::Invalid, message, ""));
    }
    let bytes = fs::read(file).map_err(unreadable)?;
    match check_bytes(&bytes) {
        Ok(_) => Ok(String::from_utf8(bytes).expect("it was found to be text")),
        Err(message) => Err(Failure::new(
            Exit::Invalid,
            format!("{name}: {message}"),
            "",
        )),
    }
}
