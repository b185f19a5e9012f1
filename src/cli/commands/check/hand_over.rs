//! In which forms the verdicts are handed over to the machine that builds: `JUnit` XML, annotations
//! of GitHub, Markdown.

use crate::cli::console::Console;
use crate::cli::exit::Failure;
use crate::cli::options::OutputOptions;
use crate::cli::source;
use crate::report::document::{Block, Text};
use crate::report::{Suite, github, junit, markdown, verdict};
use crate::store::atomic;
use clap::Args;
use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What else is written.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Continuous integration")]
pub(super) struct HandOver {
    /// Write the verdicts as `JUnit` XML; - for stdout
    #[arg(long, value_name = "FILE.xml")]
    junit: Option<PathBuf>,
    /// Write the verdicts as Markdown; - for stdout
    #[arg(long, value_name = "FILE.md")]
    markdown: Option<PathBuf>,
    /// Annotate the files in a pull request on GitHub, and add to the summary of the step [default: on GitHub Actions]
    #[arg(long)]
    github: bool,
}

impl HandOver {
    /// That stdout is asked for one thing only.
    pub(super) fn refuse_nonsense(&self, output: OutputOptions) -> Result<(), Failure> {
        let to_stdout = [&self.junit, &self.markdown].into_iter().flatten();
        let wishes = to_stdout.filter(|path| source::is_stdin(path)).count()
            + usize::from(output.json)
            + usize::from(output.csv);
        if wishes > 1 {
            return Err(Failure::usage(
                "stdout can hold one of JSON, CSV, JUnit XML and Markdown",
                "Name a file instead of - for the others.",
            ));
        }
        Ok(())
    }

    /// Whether one of the forms is the answer itself.
    pub(super) fn takes_stdout(&self) -> bool {
        let mut paths = [&self.junit, &self.markdown].into_iter().flatten();
        paths.any(|path| source::is_stdin(path))
    }

    fn is_on_github(&self) -> bool {
        self.github || env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
    }

    /// Annotates the places of what failed. GitHub reads both streams; the answer has stdout for
    /// itself.
    pub(super) fn annotate(&self, suite: Option<&Suite>, console: &Console) {
        if let Some(suite) = suite.filter(|_| self.is_on_github()) {
            console.tell(&github::annotations(suite));
        }
    }

    /// Writes the other forms.
    pub(super) fn deliver(&self, suites: &[Suite], console: &mut Console) -> Result<(), Failure> {
        if let Some(path) = &self.junit {
            put(path, &junit::junit(suites), console)?;
        }
        if let Some(path) = &self.markdown {
            put(path, &summary(suites), console)?;
        }
        let summary_file = env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from);
        if let Some(path) = summary_file.filter(|_| self.is_on_github()) {
            let mut options = OpenOptions::new();
            let file = options.append(true).create(true).open(&path);
            let written = file.and_then(|mut file| file.write_all(summary(suites).as_bytes()));
            written.map_err(|error| unwritable(&path, &error))?;
        }
        Ok(())
    }
}

fn summary(suites: &[Suite]) -> String {
    let mut blocks = vec![Block::Heading(Text::from("buttress check"))];
    blocks.extend(verdict::blocks(suites));
    markdown::blocks(&blocks)
}

fn put(path: &Path, text: &str, console: &mut Console) -> Result<(), Failure> {
    if source::is_stdin(path) {
        console.print(text);
        return Ok(());
    }
    atomic::put(path, text.as_bytes()).map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::file("write", &path.display().to_string(), error)
}
