//! How a design is drawn: where boxes lie, how wires run between them, which character stands in
//! which cell. Pure geometry in whole cells, without a terminal; the canvas, the pictures of the
//! gallery, the exports and the README share it.
//!
//! ```text
//! design ─► boxes (contents, sizes) ─► place ─► route ─► grid (arms) ─► cells: character, role, owner
//! ```
//!
//! Everything here is a function of the design and the options: the same document gives the same
//! picture.

#![deny(clippy::indexing_slicing)]

pub mod boxes;
pub mod geometry;
pub mod grid;
pub mod picture;
#[expect(
    clippy::indexing_slicing,
    reason = "graphs by index: every index was counted out here, and nothing from outside is one"
)]
pub mod place;
pub mod role;
#[expect(
    clippy::indexing_slicing,
    reason = "the inner loop of the search: states lie in the window for which there is memory"
)]
pub mod route;
pub mod scene;
#[cfg(test)]
mod testing;

pub use boxes::{BoxFigures, Zoom};
pub use geometry::{Point, Rect, Size};
pub use grid::Charset;
pub use role::{Owner, Role, Run};
pub use scene::{Scene, SceneOptions};
