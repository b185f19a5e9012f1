//! The document: RON text with spans, typed values, edits that keep every other byte, validation.

pub mod catalogue;
pub mod decode;
pub mod describe;
pub mod diagnostic;
pub mod edit;
pub mod fmt;
pub mod help;
mod load;
mod macros;
pub mod model;
pub mod objective;
pub mod path;
pub mod reference;
pub mod resolve;
pub mod schema;
pub mod syntax;
pub mod tree;
pub mod validate;

pub use decode::{Certainty, Provenance, decode_text};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use load::{LoadOptions, Loaded, Reading, load, load_str, read_str};
pub use model::Design;

/// A map in the order of the file, from a unique name to a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Named<T>(pub Vec<(String, T)>);

impl<T> Named<T> {
    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// The position of a name in the order of the file.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(known, _)| known == name)
    }

    /// The names, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Names and values, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> + Clone {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Named(Vec::new())
    }
}

/// One component: what every node has, and what its kind adds.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What every node has.
    pub common: model::Common,
    /// What it is.
    pub kind: model::Kind,
}

/// A number in the base unit of the field it stands in: seconds, bytes or a plain count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity(pub f64);

/// A value as it was written, kept as text on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw(pub String);

/// A value kept as it was read, for parts whose type is decided later.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree(pub syntax::Value);
