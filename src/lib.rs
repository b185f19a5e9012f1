//! buttress: draw a backend, load it until it breaks, and know why.

pub mod design;
pub mod insight;
pub mod sim;
pub mod stats;
pub mod study;
pub mod units;
