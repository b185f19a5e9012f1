//! What `update` wants done in the world, as data. Only the shell does it, and tells the outcome.

use super::live::Command;
use crate::design::Design;
use std::path::PathBuf;

/// Something to do.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Write the design to a file.
    Save {
        /// The file.
        path: PathBuf,
        /// The text.
        text: String,
        /// Whether the file must not exist yet.
        is_new: bool,
    },
    /// Read a design.
    Open(PathBuf),
    /// Keep the text so that a crash does not lose it; `path` is the file that it belongs to.
    Journal {
        /// The file; `None` for a design that has none yet.
        path: Option<PathBuf>,
        /// The text.
        text: String,
    },
    /// What was kept is not needed any more.
    ForgetJournal(Option<PathBuf>),
    /// Open a text in the user's editor.
    Edit(String),
    /// Put a text on the clipboard of the terminal.
    Clipboard(String),
    /// Write a picture of the screen beside a file.
    Picture(Option<PathBuf>),
    /// Look for paths that begin so.
    Complete(String),
    /// Start a run of a design; one that goes on is ended.
    Start(Box<Design>),
    /// Ask the run for something.
    Live(Command),
    /// End the run.
    Stop,
    /// Simulate a text in the background.
    Simulate {
        /// Its revision.
        revision: u64,
        /// The text.
        text: String,
        /// The file that it belongs to, for what it names.
        path: Option<PathBuf>,
    },
    /// The answer is of no use any more.
    CancelSimulation,
    /// Read the recent files again.
    Recent,
    /// Give the terminal back to the shell until it returns.
    Suspend,
    /// End the program.
    Quit,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The design is on disk.
    Saved {
        /// The file.
        path: PathBuf,
        /// The text that it has now.
        text: String,
    },
    /// It is not: why, as a sentence.
    NotSaved(String),
    /// A design was read, and what an earlier session never saved of it.
    Opened {
        /// The file.
        path: PathBuf,
        /// Its text.
        text: String,
        /// Text of an earlier session, if it differs.
        journal: Option<String>,
    },
    /// The text of a design that was never saved, from an earlier session.
    Untitled(String),
    /// There is no such file yet; it will be made by the first save.
    Absent(PathBuf),
    /// What was opened is open in another program, too.
    Elsewhere(PathBuf),
    /// It could not be read: why, as a sentence.
    NotOpened(String),
    /// The text that came back from the editor.
    Edited(String),
    /// Something did not work: a sentence.
    Failed(String),
    /// Something was done: a sentence.
    Done(String),
    /// Paths to complete a prompt with.
    Completions(Vec<String>),
    /// The recent files, the newest first, each with when.
    Recent(Vec<(PathBuf, String)>),
    /// What the file on disk says now; `None` if it has gone.
    Disk(Option<String>),
}
