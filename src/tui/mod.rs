//! The interactive program: a canvas to draw a design on, a simulation beside it, and what it says.
//!
//! State is a plain value, `update` decides, `view` draws, a shell does. None of the first three
//! sees a clock, a disk or a terminal.

pub mod caps;
pub mod document;
pub mod glyphs;
pub mod theme;
