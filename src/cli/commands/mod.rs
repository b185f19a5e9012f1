//! The subcommands. Each file describes its own arguments and does its own work; this list is the
//! only place that names them all.

mod capacity;
mod check;
mod compare;
mod completions;
mod estimate;
mod fmt;
mod history;
mod man;
mod matrix;
mod new;
mod plan;
mod replay;
mod report;
mod run;
mod schema;
mod show;
mod sweep;
mod verify;

use super::console::Console;
use super::exit::{Exit, Failure};

macro_rules! commands {
    ($($variant:ident($module:ident)),* $(,)?) => {
        /// What the program is asked to do.
        #[derive(Debug, clap::Subcommand)]
        pub(crate) enum Command {
            $(#[command(verbatim_doc_comment)] $variant($module::$variant)),*
        }

        impl Command {
            /// Does it.
            pub(crate) fn run(self, console: &mut Console) -> Result<Exit, Failure> {
                match self {
                    $(Command::$variant(command) => command.run(console)),*
                }
            }
        }
    };
}

commands! {
    New(new),
    Run(run),
    Compare(compare),
    Sweep(sweep),
    Capacity(capacity),
    Matrix(matrix),
    Plan(plan),
    Check(check),
    Report(report),
    Estimate(estimate),
    Verify(verify),
    Fmt(fmt),
    Schema(schema),
    History(history),
    Show(show),
    Replay(replay),
    Completions(completions),
    Man(man),
}
