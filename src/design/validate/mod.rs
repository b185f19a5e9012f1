//! Whether a design makes sense: names that exist, numbers that can be simulated, calls that end.
//! Each subject has a file of its own; all of them report everything they find.

use super::decode::Decode;
use super::diagnostic::Diagnostic;
use super::model::Design;
use super::path::nearest_value;
use super::syntax::Value;

/// What a check may look at, and what it reports.
pub(crate) struct Checker<'d> {
    pub(crate) design: &'d Design,
    root: &'d Value,
    /// Paths of entries that could not be read; what refers to them is not at fault.
    broken: &'d [String],
    reports: Vec<Diagnostic>,
}

/// Everything that is wrong or doubtful about a design. `root` is the tree that it was read from,
/// `broken` the paths of entries that could not be read.
pub fn validate(design: &Design, root: &Value, broken: &[String]) -> Vec<Diagnostic> {
    let checker = Checker {
        design,
        root,
        broken,
        reports: Vec::new(),
    };
    checker.reports
}

impl Checker<'_> {
    /// Reports an error about the value at a path.
    pub(crate) fn error(&mut self, path: &str, message: impl Into<String>) -> &mut Diagnostic {
        let (value, _) = nearest_value(self.root, Design::describe(), path);
        let error = Diagnostic::error(value.span, message).at(path);
        self.reports.push(error);
        self.reports.last_mut().expect("just added")
    }
}
