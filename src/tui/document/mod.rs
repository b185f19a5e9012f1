//! The document under the canvas: its text, what the text means, and every edit since it was opened.
//! Edits change the text only where they must; the meaning is read from the text again after each,
//! so that what is on screen is always what the file says.

pub mod faults;
pub mod form;
pub mod history;
pub mod parts;
pub mod wiring;

#[cfg(test)]
mod tests;

use crate::design::describe::Type;
use crate::design::edit::{Edited, Splice};
use crate::design::path::{nearest_value, split};
use crate::design::syntax::Value;
use crate::design::tree::PathError;
use crate::design::{Design, Diagnostic, LoadOptions, Severity, read_str};
use history::{Entry, History, difference};
use std::path::{Path, PathBuf};

/// A text without anything in it, for a blank canvas.
pub const BLANK: &str = "(\n    format: 1,\n    name: \"\",\n\n    nodes: {\n    },\n)\n";

/// What is wrong or doubtful about the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whether it keeps the design from being run.
    pub is_error: bool,
    /// What, as a sentence without a full stop.
    pub message: String,
    /// What helps; empty if nothing is known to.
    pub help: String,
    /// The path of the value that it is about; empty if it is about the text as such.
    pub path: String,
    /// The line in the text, from 1.
    pub line: usize,
}

/// A document that is being edited.
#[derive(Debug, Clone)]
pub struct Document {
    /// Where it lies; `None` as long as it has never been saved.
    pub path: Option<PathBuf>,
    text: String,
    /// The text as it is on disk, as far as is known; `None` if there is no file yet.
    saved: Option<String>,
    history: History,
    design: Design,
    tree: Option<Value>,
    problems: Vec<Problem>,
    /// Whether the design is that of the text, not of an earlier one that could be read.
    current: bool,
    /// Grows with each change of the text.
    revision: u64,
}

/// A design without nodes: what there is before anything could be read.
fn nothing() -> Design {
    let reading = read_str(BLANK, "", Path::new(""), &LoadOptions::default());
    reading.design.expect("the blank document can be read")
}

impl Document {
    /// A new document that is not in a file yet.
    pub fn new(text: impl Into<String>) -> Document {
        Document::with(None, text.into(), None)
    }

    /// A document that was read from a file.
    pub fn opened(path: PathBuf, text: String) -> Document {
        Document::with(Some(path), text.clone(), Some(text))
    }

    fn with(path: Option<PathBuf>, text: String, saved: Option<String>) -> Document {
        let mut document = Document {
            path,
            text,
            saved,
            history: History::default(),
            design: nothing(),
            tree: None,
            problems: Vec::new(),
            current: false,
            revision: 0,
        };
        document.read();
        document
    }

    /// The text as it would be saved.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text on disk, as far as is known.
    pub fn saved_text(&self) -> Option<&str> {
        self.saved.as_deref()
    }

    /// What the text means; what it meant last if it cannot be read at all.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// Whether [`Document::design`] is that of the text.
    pub fn is_current(&self) -> bool {
        self.current
    }

    /// The text as a tree.
    pub fn tree(&self) -> Option<&Value> {
        self.tree.as_ref()
    }

    /// What is wrong or doubtful, errors first.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether the design can be run.
    pub fn is_sound(&self) -> bool {
        self.current
            && !self.design.nodes.is_empty()
            && !self.problems.iter().any(|problem| problem.is_error)
    }

    /// A number that grows with each change of the text.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether the text differs from the one on disk. A blank document that nobody has touched is
    /// not worth keeping.
    pub fn is_unsaved(&self) -> bool {
        match &self.saved {
            Some(saved) => *saved != self.text,
            None => self.history.can_undo(),
        }
    }

    /// The text of this is on disk now.
    pub fn mark_saved(&mut self, path: PathBuf, text: String) {
        self.path = Some(path);
        self.saved = Some(text);
    }

    /// The file on disk has gone, or says something else that was not taken over.
    pub fn mark_disk(&mut self, text: Option<String>) {
        self.saved = text;
    }

    /// The edits so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The name to show: that of the file, of the design, or "untitled".
    pub fn title(&self) -> String {
        let of_file = self.path.as_deref().and_then(Path::file_name);
        match of_file {
            Some(name) => name.to_string_lossy().into_owned(),
            None if self.design.name.is_empty() => "untitled".to_owned(),
            None => self.design.name.clone(),
        }
    }

    /// The directory in which files that the document names are looked for.
    fn base(&self) -> &Path {
        self.path
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(Path::new(""))
    }

    /// Makes an edit, which gets a title for undo. An edit that changes nothing is not remembered.
    ///
    /// # Errors
    /// If the edit does not fit the document; nothing is changed then.
    pub fn edit(
        &mut self,
        title: impl Into<String>,
        edit: impl FnOnce(&str) -> Result<Edited, PathError>,
    ) -> Result<(), PathError> {
        let edited = edit(&self.text)?;
        if edited.text != self.text {
            self.history.push(title, edited.splices);
            self.text = edited.text;
            self.read();
        }
        Ok(())
    }

    /// Replaces the whole text, as one edit: after an editor or a change on disk.
    pub fn replace(&mut self, title: impl Into<String>, text: String) {
        if let Some(splice) = difference(&self.text, &text) {
            self.history.push(title, vec![splice]);
            self.text = text;
            self.read();
        }
    }

    /// What would be wrong after an edit and is not wrong now; the document stays as it is.
    pub fn problems_after(
        &self,
        edit: impl FnOnce(&str) -> Result<Edited, PathError>,
    ) -> Vec<Problem> {
        match edit(&self.text) {
            Err(error) => vec![Problem {
                is_error: true,
                message: error.message,
                help: error.help.unwrap_or_default(),
                path: String::new(),
                line: 0,
            }],
            Ok(edited) => {
                let (_, _, problems) = read(&edited.text, self.base());
                let known = |problem: &Problem| {
                    self.problems
                        .iter()
                        .any(|old| old.message == problem.message && old.path == problem.path)
                };
                problems
                    .into_iter()
                    .filter(|problem| problem.is_error && !known(problem))
                    .collect()
            }
        }
    }

    /// Takes the last edit back.
    pub fn undo(&mut self) -> Option<Entry> {
        let (text, entry) = self.history.undo(&self.text)?;
        self.text = text;
        self.read();
        Some(entry)
    }

    /// Makes the edit again that was undone last.
    pub fn redo(&mut self) -> Option<Entry> {
        let (text, entry) = self.history.redo(&self.text)?;
        self.text = text;
        self.read();
        Some(entry)
    }

    /// The value at a path, as it is written; `None` if it is left out.
    pub fn written(&self, path: &str) -> Option<&str> {
        let (value, found) = nearest_value(self.tree.as_ref()?, document_type(), path);
        if found {
            self.text.get(value.span.range())
        } else {
            None
        }
    }

    /// Whether something stands at a path.
    pub fn has(&self, path: &str) -> bool {
        self.written(path).is_some()
    }

    /// The line on which the value at a path stands, or the nearest one around it; from 1.
    pub fn line_of(&self, path: &str) -> usize {
        let Some(tree) = &self.tree else { return 1 };
        let parts = if path.is_empty() {
            Vec::new()
        } else {
            split(path)
        };
        let (value, _) = if parts.is_empty() {
            (tree, true)
        } else {
            nearest_value(tree, document_type(), path)
        };
        let before = self.text.get(..value.span.range().start).unwrap_or("");
        before.matches('\n').count() + 1
    }

    fn read(&mut self) {
        let (design, tree, problems) = read(&self.text, self.base());
        self.revision += 1;
        self.problems = problems;
        self.current = design.is_some();
        if let Some(design) = design {
            self.design = design;
        }
        // A tree with broken brackets would answer about the wrong places.
        self.tree = tree;
    }
}

/// The type of a whole document.
pub(crate) fn document_type() -> Type {
    <Design as crate::design::decode::Decode>::describe()
}

fn read(text: &str, base: &Path) -> (Option<Design>, Option<Value>, Vec<Problem>) {
    let reading = read_str(text, "", base, &LoadOptions::default());
    let line = |diagnostic: &Diagnostic| reading.diagnostics.sources.locate(diagnostic.span).line;
    let mut problems: Vec<Problem> = reading
        .diagnostics
        .items
        .iter()
        .map(|diagnostic| Problem {
            is_error: diagnostic.severity == Severity::Error,
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone().unwrap_or_default(),
            path: diagnostic.path.clone(),
            line: line(diagnostic),
        })
        .collect();
    problems.sort_by_key(|problem| !problem.is_error);
    // An empty canvas is a beginning, not a mistake.
    let is_empty = reading
        .design
        .as_ref()
        .is_some_and(|design| design.nodes.is_empty());
    if is_empty && reading.tree.is_some() {
        problems.retain(|problem| problem.path != "nodes");
    }
    (reading.design, reading.tree, problems)
}

/// Several edits of a text, one after the other, as one.
#[derive(Debug, Clone)]
pub struct Chain {
    text: String,
    splices: Vec<Splice>,
}

impl Chain {
    /// No edit yet.
    pub fn start(text: &str) -> Chain {
        Chain {
            text: text.to_owned(),
            splices: Vec::new(),
        }
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Makes another edit.
    ///
    /// # Errors
    /// That of the edit.
    pub fn then(
        mut self,
        edit: impl FnOnce(&str) -> Result<Edited, PathError>,
    ) -> Result<Chain, PathError> {
        let next = edit(&self.text)?;
        self.text = next.text;
        self.splices.extend(next.splices);
        Ok(self)
    }

    /// All of them as one edit.
    pub fn finish(self) -> Edited {
        Edited {
            text: self.text,
            splices: self.splices,
        }
    }
}
