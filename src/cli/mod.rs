//! The command line: reads arguments, calls the rooms below, prints what they say. One file per
//! subcommand in `commands`, and one list of them there.

mod answer;
mod atomic;
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

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};
use commands::Command;
use console::{ColorChoice, Console};
use exit::{Exit, Failure};
use std::path::Path;
use std::process::ExitCode;

/// Draw a backend in your terminal, load it until it breaks, and know why.
#[derive(Debug, Parser)]
#[command(
    name = "buttress",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "Begin with `buttress new shop.ron` and `buttress run shop.ron`."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
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
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error).into(),
    };
    let mut console = Console::of_process(cli.color);
    let exit = cli.command.run(&mut console).unwrap_or_else(|failure| {
        console.flush();
        console.error(&failure);
        failure.exit
    });
    exit.max(console.finish()).into()
}

/// Answers what the parser of arguments could not accept, and requests for help.
fn refuse(error: &clap::Error) -> Exit {
    if let Some(file) = named_file(error) {
        let console = Console::of_process(ColorChoice::Auto);
        let message = format!("there is no canvas to open {file} on in this version");
        console.error(&Failure::usage(
            message,
            format!("`buttress run {file}` simulates it."),
        ));
        return Exit::Usage;
    }
    // A reader of the help that has gone away is no failure.
    let _ = error.print();
    if error.exit_code() == 0 {
        Exit::Done
    } else {
        Exit::Usage
    }
}

/// The file that stands where a subcommand should, if it is one.
fn named_file(error: &clap::Error) -> Option<&str> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(name))
            if Path::new(name)
                .extension()
                .is_some_and(|ending| ending == "ron")
                || Path::new(name).is_file() =>
        {
            Some(name)
        }
        _ => None,
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
