//! Exit statuses, and failures that carry one: what went wrong, where, and what to do.

use super::text::{Look, Role};
use crate::design::Diagnostics;
use crate::store::StoreError;
use std::process::ExitCode;

/// How the program ends. Ordered by what matters more when several files are worked on: what was
/// interrupted, what could not be done at all, what was found, what was only not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Exit {
    /// All is done, and well.
    #[default]
    Done,
    /// The answer was given, but could not be saved.
    NotSaved,
    /// Objectives are not met, a case of `verify` fails, a replay differs, a file is not formatted.
    Unmet,
    /// Something could not be read or written.
    Unreadable,
    /// The input is invalid.
    Invalid,
    /// Wrong usage.
    Usage,
    /// Stopped by SIGTERM.
    Stopped,
    /// Interrupted by Ctrl-C.
    Interrupted,
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) fn status(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Unmet => 1,
            Exit::Usage => 2,
            Exit::Invalid => 3,
            Exit::Unreadable | Exit::NotSaved => 4,
            Exit::Stopped => 75,
            Exit::Interrupted => 130,
        }
    }

    /// [`Exit::Done`] if all is well, else [`Exit::Unmet`].
    pub(crate) fn verdict(well: bool) -> Exit {
        if well { Exit::Done } else { Exit::Unmet }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.status())
    }
}

/// Why a command could not do its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// How the program ends.
    pub(crate) exit: Exit,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// A sentence without a full stop, and what to do (whole sentences, or empty).
    Words { message: String, advice: String },
    /// What is wrong with a design, which words and draws itself.
    Design(Box<Diagnostics>),
}

impl Failure {
    /// A failure in words.
    pub(crate) fn new(
        exit: Exit,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) -> Failure {
        Failure {
            exit,
            what: What::Words {
                message: message.into(),
                advice: advice.into(),
            },
        }
    }

    /// Wrong usage that the parser of arguments cannot see.
    pub(crate) fn usage(message: impl Into<String>, advice: impl Into<String>) -> Failure {
        Failure::new(Exit::Usage, message, advice)
    }

    /// Something that could not be read or written.
    pub(crate) fn file(doing: &str, name: &str, error: &std::io::Error) -> Failure {
        Failure::new(
            Exit::Unreadable,
            format!("cannot {doing} {name}: {}", reason(error)),
            "",
        )
    }

    /// What is wrong with a design, if that is the failure.
    pub(crate) fn diagnostics(&self) -> Option<&Diagnostics> {
        match &self.what {
            What::Design(diagnostics) => Some(diagnostics),
            What::Words { .. } => None,
        }
    }

    /// The failure in one line.
    pub(crate) fn message(&self) -> String {
        match &self.what {
            What::Words { message, .. } => message.clone(),
            What::Design(diagnostics) => {
                let first = diagnostics.items.first();
                first.map_or(String::new(), |error| error.message.clone())
            }
        }
    }

    /// The text for stderr.
    pub(crate) fn render(&self, look: Look) -> String {
        match &self.what {
            What::Words { message, advice } => statement(Role::Bad, "error", message, advice, look),
            What::Design(diagnostics) => diagnostics.render(look.color) + "\n",
        }
    }
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Failure {
        Failure {
            exit: Exit::Invalid,
            what: What::Design(Box::new(diagnostics)),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::new(Exit::Unreadable, error.to_string(), error.advice())
    }
}

/// A labelled sentence, with advice on a line of its own.
pub(crate) fn statement(
    role: Role,
    label: &str,
    message: &str,
    advice: &str,
    look: Look,
) -> String {
    let mut text = format!("{}: {message}\n", look.paint(role, label));
    if !advice.is_empty() {
        text.push_str(&format!("  {} {advice}\n", look.paint(Role::Dim, "help:")));
    }
    text
}

/// What the system says, without the number of the error.
pub(crate) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().collect::<String>() + letters.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_those_of_the_contract() {
        let all = [
            Exit::Done,
            Exit::NotSaved,
            Exit::Unmet,
            Exit::Unreadable,
            Exit::Invalid,
            Exit::Usage,
            Exit::Stopped,
            Exit::Interrupted,
        ];
        assert_eq!(all.map(Exit::status), [0, 4, 1, 4, 3, 2, 75, 130]);
        assert_eq!(all.iter().max(), Some(&Exit::Interrupted));
    }

    #[test]
    fn failures_say_what_and_what_to_do() {
        let failure = Failure::usage("--csv takes one FILE", "Use --json for several.");
        insta::assert_snapshot!(failure.render(Look::PLAIN), @"
        error: --csv takes one FILE
          help: Use --json for several.
        ");
        let missing = std::fs::read("/absent/file").unwrap_err();
        let failure = Failure::file("read", "/absent/file", &missing);
        insta::assert_snapshot!(failure.render(Look::PLAIN), @"error: cannot read /absent/file: no such file or directory");
    }
}
