//! `cargo bench`: how fast the engine is, as ratios to hand-written loops for the same models,
//! measured in turns in one process, so that they do not depend on the machine. Besides: memory on
//! a run and on one ten times as long, two runs on two cores, the time to start, and frames of the
//! interactive program.
//!
//! `cargo bench -- w3` runs only what has `w3` in its name. Every mean is checked against theory: a
//! wrong model ends the program with status 1. A bar that is not met does not: it may be the machine.

mod harness;
mod loops;

use std::io::Write;
use std::process::ExitCode;

use harness::{Outcome, compare, cores, memory, startup, workloads};

fn main() -> ExitCode {
    match run(&mut std::io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // Nothing is left to tell if standard error is gone, too.
            let _ = writeln!(std::io::stderr(), "error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(out: &mut impl Write) -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, seconds] = arguments.as_slice()
        && command == memory::CHILD
    {
        return memory::child(seconds, out);
    }
    // Cargo itself passes `--bench`.
    let names: Vec<&String> = arguments
        .iter()
        .filter(|word| !word.starts_with('-'))
        .collect();
    let wanted = |name: &str| names.is_empty() || names.iter().any(|word| name.contains(*word));
    let chosen: Vec<_> = workloads::ALL
        .iter()
        .filter(|one| wanted(one.name))
        .collect();
    if !chosen.is_empty() {
        compare::all(&chosen, out)?;
    }
    if wanted("memory") {
        memory::measure(out)?;
    }
    if wanted("cores") {
        cores::measure(out)?;
    }
    if wanted("startup") {
        startup::measure(out)?;
    }
    #[cfg(feature = "tui")]
    if wanted("frame") {
        harness::frames::measure(out)?;
    }
    Ok(())
}
