//! From an argument to a design: a file, or `-` for stdin.

use super::exit::{Exit, Failure};
use crate::design::syntax::BYTES_MAX;
use crate::design::{self, LoadOptions, Loaded};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The argument that stands for stdin.
pub(crate) const STDIN: &str = "-";

/// What messages call the text of stdin.
pub(crate) const STDIN_NAME: &str = "<stdin>";

/// Loads the design that an argument names.
pub(crate) fn load(file: &Path, options: &LoadOptions) -> Result<Loaded, Failure> {
    if is_stdin(file) {
        let text = read_stdin()?;
        return Ok(design::load_str(&text, STDIN_NAME, Path::new(""), options)?);
    }
    // A file that cannot be read is another failure than one that is wrong.
    readable(file)?;
    Ok(design::load(file, options)?)
}

/// Whether an argument stands for stdin.
pub(crate) fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == STDIN
}

/// Whether a name is that of a design, and not that of a kept run.
pub(crate) fn names_design(name: &str) -> bool {
    let file = Path::new(name);
    is_stdin(file) || file.exists() || file.extension().is_some_and(|ending| ending == "ron")
}

/// The directory in which a design's other files are looked for.
pub(crate) fn base_dir(file: &Path) -> &Path {
    if is_stdin(file) {
        Path::new("")
    } else {
        file.parent().unwrap_or(Path::new(""))
    }
}

/// The design's file, if it is one.
pub(crate) fn path(file: &Path) -> Option<&Path> {
    (!is_stdin(file)).then_some(file)
}

/// What a message calls it.
pub(crate) fn name(file: &Path) -> String {
    if is_stdin(file) {
        STDIN_NAME.to_owned()
    } else {
        file.display().to_string()
    }
}

fn readable(file: &Path) -> Result<(), Failure> {
    let check = || {
        if File::open(file)?.metadata()?.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        Ok(())
    };
    check().map_err(|error| Failure::file("read", &file.display().to_string(), &error))
}

/// All of stdin as text, up to the size that a design may have.
pub(crate) fn read_stdin() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let limit = BYTES_MAX as u64;
    io::stdin()
        .lock()
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::file("read", STDIN_NAME, &error))?;
    if bytes.len() as u64 > limit {
        let message = format!("{STDIN_NAME} has more than {} MiB", limit >> 20);
        return Err(Failure::new(
            Exit::Invalid,
            message,
            "A design can have no more.",
        ));
    }
    String::from_utf8(bytes).map_err(|_| {
        let message = format!("{STDIN_NAME} is not valid UTF-8, but a design is text in RON");
        Failure::new(Exit::Invalid, message, "")
    })
}
