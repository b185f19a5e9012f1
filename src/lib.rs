//! buttress: draw a backend, load it until it breaks, and know why.

pub mod cli;
pub mod design;
pub mod insight;
pub mod layout;
pub mod report;
pub mod sim;
pub mod stats;
pub mod store;
pub mod study;
#[cfg(feature = "tui")]
pub mod tui;
pub mod units;
