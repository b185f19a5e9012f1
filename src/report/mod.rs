//! What is handed on to others: a report of a run as one HTML file, Markdown or SVG, and the
//! verdicts of a check for machines that build software. Pure functions to text; nothing here
//! simulates, reads or writes.

mod chart;
mod content;
pub mod document;
mod escape;
pub mod github;
mod html;
pub mod junit;
pub mod markdown;
#[cfg(test)]
mod tests;
pub mod verdict;

pub use content::Subject;
pub use verdict::{Case, Class, Outcome, Suite};

/// A report as one HTML file.
pub fn html(subject: &Subject<'_>) -> String {
    html::page(&content::document(subject))
}

/// The same as Markdown; charts are left out, the design is drawn with characters.
pub fn markdown(subject: &Subject<'_>) -> String {
    markdown::document(&content::document(subject))
}

/// The drawn design with the figures of the run in its boxes, as an SVG file.
pub fn svg(subject: &Subject<'_>) -> String {
    content::drawing::file(subject)
}
