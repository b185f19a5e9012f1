//! What is handed on to others: a report of a run as one HTML file, Markdown or SVG, and the
//! verdicts of a check for machines that build software. Pure functions to text; nothing here
//! simulates, reads or writes.

pub mod document;
mod escape;
pub mod github;
pub mod junit;
pub mod markdown;
#[cfg(test)]
mod tests;
pub mod verdict;

pub use verdict::{Case, Class, Outcome, Suite};
