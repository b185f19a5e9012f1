//! The interactive program: a canvas to draw a design on, a simulation beside it, and what it says.
//!
//! State is a plain value, `update` decides, `view` draws, a shell does. None of the first three
//! sees a clock, a disk or a terminal.

pub mod action;
pub mod app;
pub mod background;
pub mod canvas;
pub mod caps;
pub mod charts;
mod disk;
pub mod document;
pub mod effect;
pub mod explain;
pub mod gallery;
pub mod glyphs;
mod journal;
pub mod keymap;
pub mod live;
pub mod loads;
mod lost;
pub mod paint;
#[cfg(test)]
mod pictures;
mod shell;
pub mod svg;
mod term;
pub mod theme;
pub mod update;
pub mod view;
pub mod widget;

pub use shell::{Ended, run};
