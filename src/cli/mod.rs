//! The command line: reads arguments, calls the rooms below, prints what they say. One file per
//! subcommand in `commands`, and one list of them there.

mod answer;
mod asking;
mod commands;
mod console;
mod csv;
mod exit;
mod json;
mod options;
mod progress;
mod session;
mod signals;
mod source;
mod studies;
mod text;

use crate::design::diagnostic::nearest;
use clap::{CommandFactory, Parser};
use commands::Command;
use console::{ColorChoice, Console};
use exit::{Exit, Failure};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Draw a backend in your terminal, load it until it breaks, and know why.
#[derive(Debug, Parser)]
#[command(
    name = "buttress",
    version,
    propagate_version = true,
    args_conflicts_with_subcommands = true,
    max_term_width = 100,
    after_help = "Begin with `buttress` alone: it opens the canvas. Without a terminal, `buttress run shop.ron` simulates."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// The design to open on the canvas; the gallery without one
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// When to use colours
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        hide_possible_values = true
    )]
    color: ColorChoice,
}

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    let first = std::env::args().nth(1).unwrap_or_default();
    let parsed = Cli::try_parse();
    let color = parsed
        .as_ref()
        .map_or_else(|_| ColorChoice::default(), |cli| cli.color);
    let mut console = Console::of_process(color);
    let done = match (misspelt(&first), parsed) {
        (Some(failure), _) => Err(failure),
        (None, Err(error)) => return refuse(&error).into(),
        (None, Ok(cli)) => match cli.command {
            Some(command) => command.run(&mut console),
            None => open(cli.file.as_deref()),
        },
    };
    let exit = done.unwrap_or_else(|failure| {
        console.flush();
        console.error(&failure);
        failure.exit
    });
    exit.max(console.finish()).into()
}

/// What is wrong with a first word that is neither a command nor looks like a file.
fn misspelt(word: &str) -> Option<Failure> {
    let looks_like_a_file = word.contains(['.', '/', '\\']) || Path::new(word).exists();
    let definition = definition();
    let is_command = word == "help" || definition.find_subcommand(word).is_some();
    if word.is_empty() || word.starts_with('-') || looks_like_a_file || is_command {
        return None;
    }
    let known = definition.get_subcommands().map(clap::Command::get_name);
    let advice = match nearest(word, known) {
        Some(command) => format!("Did you mean '{command}'?"),
        None => "`buttress --help` lists the commands.".to_owned(),
    };
    let message = format!("there is no command '{word}', and no file of this name");
    Some(Failure::usage(message, advice))
}

/// Opens the canvas.
fn open(file: Option<&Path>) -> Result<Exit, Failure> {
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        let message = "the canvas needs a terminal for its input and its output";
        let name = file.map_or("FILE".to_owned(), |file| file.display().to_string());
        let advice = format!(
            "`buttress run {name}` simulates without one; `buttress --help` lists the commands."
        );
        return Err(Failure::usage(message, advice));
    }
    on_terminal(file)
}

#[cfg(feature = "tui")]
fn on_terminal(file: Option<&Path>) -> Result<Exit, Failure> {
    use crate::tui::Ended;
    match crate::tui::run(file) {
        Ok(Ended::Left) => Ok(Exit::Done),
        Ok(Ended::Stopped) => Ok(Exit::Stopped),
        Err(error) => Err(Failure::file("use", "the terminal", &error)),
    }
}

#[cfg(not(feature = "tui"))]
fn on_terminal(file: Option<&Path>) -> Result<Exit, Failure> {
    let name = file.map_or("FILE".to_owned(), |file| file.display().to_string());
    let message = "this buttress was built without its canvas";
    Err(Failure::usage(
        message,
        format!("`buttress run {name}` simulates a design."),
    ))
}

/// Answers what the parser of arguments could not accept, and requests for help.
fn refuse(error: &clap::Error) -> Exit {
    // A reader of the help that has gone away is no failure.
    let _ = error.print();
    if error.exit_code() == 0 {
        Exit::Done
    } else {
        Exit::Usage
    }
}

/// The command line as data: for manual pages and completions.
fn definition() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        definition().debug_assert();
    }

    #[test]
    fn the_commands_are_those_of_the_contract() {
        let names: Vec<String> = definition()
            .get_subcommands()
            .map(|command| command.get_name().to_owned())
            .collect();
        assert_eq!(
            names,
            [
                "new",
                "run",
                "compare",
                "sweep",
                "capacity",
                "matrix",
                "plan",
                "check",
                "report",
                "estimate",
                "verify",
                "fmt",
                "schema",
                "history",
                "show",
                "replay",
                "completions",
                "man"
            ]
        );
    }

    #[test]
    fn everything_has_help() {
        let mut commands = vec![definition()];
        commands.extend(definition().get_subcommands().cloned());
        for command in commands {
            assert!(
                command.get_about().is_some(),
                "{} says what it does",
                command.get_name()
            );
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some(),
                    "{} {}",
                    command.get_name(),
                    argument.get_id()
                );
            }
        }
    }
}
