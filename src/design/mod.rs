//! The document: RON text with spans, typed values, edits that keep every other byte, validation.

mod macros;
pub mod model;

/// A map in the order of the file, from a unique name to a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Named<T>(pub Vec<(String, T)>);

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

/// A value as it was written, kept as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw(pub String);
