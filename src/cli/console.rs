//! The terminal as commands see it: the answer goes to stdout, all else to stderr. What stdout and
//! stderr can show is found out once.

use super::exit::{Exit, Failure, reason, statement};
use super::text::{Look, Role};
use clap::ValueEnum;
use std::env;
use std::io::{self, BufWriter, IsTerminal, Write};

/// Columns where the terminal does not say how many it has.
const WIDTH_DEFAULT: usize = 80;
/// Wider lines are hard to read.
const WIDTH_MAX: usize = 160;

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set or the terminal is dumb.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where a command writes.
#[derive(Debug)]
pub(crate) struct Console {
    out: BufWriter<io::Stdout>,
    /// The first failure to write the answer; nothing is written after it.
    failed: Option<io::Error>,
    look: Look,
    error_look: Look,
    error_is_terminal: bool,
    quiet: bool,
}

impl Console {
    /// The console of this process.
    pub(crate) fn of_process(color: ColorChoice) -> Console {
        let unicode = is_utf8_locale(|name| env::var(name).ok());
        let may_color = |is_terminal: bool| match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                is_terminal
                    && !is_set("NO_COLOR")
                    && env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        };
        let error_is_terminal = io::stderr().is_terminal();
        let width = columns();
        Console {
            out: BufWriter::new(io::stdout()),
            failed: None,
            look: Look {
                width,
                color: may_color(io::stdout().is_terminal()),
                unicode,
            },
            error_look: Look {
                width,
                color: may_color(error_is_terminal),
                unicode,
            },
            error_is_terminal,
            quiet: false,
        }
    }

    /// What stdout can show.
    pub(crate) fn look(&self) -> Look {
        self.look
    }

    /// What stderr can show.
    pub(crate) fn error_look(&self) -> Look {
        self.error_look
    }

    /// From now on only the answer and errors are written.
    pub(crate) fn be_quiet(&mut self) {
        self.quiet = true;
    }

    /// Whether progress may be shown.
    pub(crate) fn shows_progress(&self) -> bool {
        self.error_is_terminal && !self.quiet
    }

    /// Writes a part of the answer. A failure is kept and told at the end, so that what else a
    /// command has to do, such as saving a run, is done all the same.
    pub(crate) fn print(&mut self, text: &str) {
        if self.failed.is_none()
            && let Err(error) = self.out.write_all(text.as_bytes())
        {
            self.failed = Some(error);
        }
    }

    /// Makes what was printed so far visible.
    pub(crate) fn flush(&mut self) {
        if self.failed.is_none()
            && let Err(error) = self.out.flush()
        {
            self.failed = Some(error);
        }
    }

    /// A remark for a person at a terminal.
    pub(crate) fn note(&self, text: &str) {
        if self.shows_progress() {
            self.write_error(&(self.error_look.paint(Role::Dim, text) + "\n"));
        }
    }

    /// Something that the user should know although the work is done.
    pub(crate) fn warn(&self, message: &str, advice: &str) {
        if !self.quiet {
            self.write_error(&statement(
                Role::Warn,
                "warning",
                message,
                advice,
                self.error_look,
            ));
        }
    }

    /// A text for stderr that is already laid out, such as the warnings of a design.
    pub(crate) fn warn_verbatim(&self, text: &str) {
        if !self.quiet {
            self.write_error(text);
        }
    }

    /// A text for stderr that is wanted even in quiet.
    pub(crate) fn tell(&self, text: &str) {
        self.write_error(text);
    }

    /// A failure.
    pub(crate) fn error(&self, failure: &Failure) {
        self.write_error(&failure.render(self.error_look));
    }

    /// Nobody is left to tell when stderr fails.
    fn write_error(&self, text: &str) {
        let mut stderr = io::stderr().lock();
        let _ = stderr
            .write_all(text.as_bytes())
            .and_then(|()| stderr.flush());
    }

    /// Ends the answer. A reader that has gone away (`buttress … | head`) is no failure.
    pub(crate) fn finish(mut self) -> Exit {
        self.flush();
        match self.failed.take() {
            None => Exit::Done,
            Some(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                // What is left in the buffer cannot be written, and dropping it would try to.
                let _ = self.out.into_parts();
                Exit::Done
            }
            Some(error) => {
                let message = format!("cannot write the answer: {}", reason(&error));
                self.error(&Failure::new(Exit::Unreadable, message, ""));
                let _ = self.out.into_parts();
                Exit::Unreadable
            }
        }
    }
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Columns of the terminal, or of the variable that stands for it.
fn columns() -> usize {
    let told = env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let asked = || {
        let size = terminal_size::terminal_size_of(io::stdout());
        size.map(|(width, _)| usize::from(width.0))
    };
    told.or_else(asked)
        .filter(|columns| *columns > 0)
        .unwrap_or(WIDTH_DEFAULT)
        .min(WIDTH_MAX)
}

/// Whether the locale's characters are UTF-8: the first of the three variables that is set decides,
/// as in POSIX. Without any, only ASCII is certain. Windows has no such variables and shows UTF-8.
fn is_utf8_locale(variable: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()));
    match locale {
        Some(locale) => {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        }
        None => cfg!(windows),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_decides_the_locale() {
        let locale = |set: &[(&str, &str)]| {
            is_utf8_locale(|name| {
                set.iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(locale(&[("LANG", "en_GB.UTF-8")]));
        assert!(locale(&[("LC_ALL", ""), ("LANG", "C.utf8")]));
        assert!(!locale(&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")]));
        assert!(!locale(&[("LC_CTYPE", "de_DE.ISO-8859-1")]));
        assert_eq!(locale(&[]), cfg!(windows));
    }
}
