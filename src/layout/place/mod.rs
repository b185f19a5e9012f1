//! Where boxes lie that have no place of their own: a layered placement from left to right.
//!
//! Wires that close a cycle are left out of account; the others give each box a layer (`layers`).
//! Sweeps by barycentre bring the boxes of each layer into an order with few crossings (`order`),
//! in which the boxes of a group stay together. Then rows are chosen so that neighbours are level
//! (`rows`), and columns so that the wires between two layers have room (`columns`). Parts that no
//! wire joins are placed one below the other. Boxes whose place is given stay there, and the others
//! are placed near their neighbours where there is room (`around`).

mod around;
mod columns;
mod frames;
mod layers;
mod order;
mod parts;
mod rows;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(in crate::layout) use tests::large;

use super::geometry::{Point, Rect, Size};

/// A box that is to be placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceBox {
    /// Its width and height.
    pub size: Size,
    /// Where it lies already, if the document says so; it stays there.
    pub fixed: Option<Point>,
}

/// Boxes that are drawn in one frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceGroup {
    /// Their indices.
    pub members: Vec<usize>,
    /// Columns of the title in the frame.
    pub title_width: i32,
}

/// How much is left free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spacing {
    /// Rows between boxes that lie one above the other.
    pub rows: i32,
    /// Columns between boxes side by side, where no wire turns.
    pub columns: i32,
    /// Columns more for each wire that turns there.
    pub track: i32,
    /// Rows between a frame and what it holds, the border not counted.
    pub frame_rows: i32,
    /// Columns between a frame and what it holds, the border not counted.
    pub frame_columns: i32,
}

/// What is to be placed.
#[derive(Debug, Clone, Copy)]
pub struct PlaceInput<'a> {
    /// The boxes.
    pub boxes: &'a [PlaceBox],
    /// Pairs of boxes, from and to. A pair that names no box counts for nothing.
    pub wires: &'a [(usize, usize)],
    /// Columns that a text at each wire needs, in the order of the wires; those that are missing need none.
    pub wire_room: &'a [i32],
    /// Groups, outer ones before those inside them. One that shares some boxes with an earlier one, and
    /// is not inside it, gets a frame but is not kept together.
    pub groups: &'a [PlaceGroup],
    /// How much is left free.
    pub spacing: Spacing,
}

/// Where everything lies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Placement {
    /// The boxes, in the order of the input.
    pub boxes: Vec<Rect>,
    /// The frames of the groups, in the order of the input; empty for a group without boxes.
    pub frames: Vec<Rect>,
}

/// Places boxes.
pub fn place(input: &PlaceInput<'_>) -> Placement {
    let groups = frames::Groups::of(input);
    let free = parts::place(input, &groups);
    let boxes = around::place(input, &groups, free);
    let frames = groups.frames(input, &boxes);
    Placement { boxes, frames }
}
