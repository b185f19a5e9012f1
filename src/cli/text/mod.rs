//! Text for a terminal: how wide and how rich it may be, figures with human units, tables, bars and
//! plots. Everything here is a function from values to text; nothing asks the terminal.

pub(crate) mod bar;
pub(crate) mod curve;
pub(crate) mod density;
pub(crate) mod lines;
mod look;
pub(crate) mod number;
pub(crate) mod table;
pub(crate) mod wrap;

pub(crate) use look::width;
pub(crate) use look::{Look, Role};
