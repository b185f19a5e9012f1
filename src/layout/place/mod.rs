//! Where boxes lie that have no place of their own: a layered placement from left to right.

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
    let mut x = 0;
    let mut boxes = Vec::new();
    for item in input.boxes {
        let at = item.fixed.map_or(Point::new(x, 0), Point::limited);
        boxes.push(Rect::at(at, item.size));
        x += item.size.width + input.spacing.columns;
    }
    let frame = |group: &PlaceGroup| {
        let members = group.members.iter().filter_map(|index| boxes.get(*index));
        let inner = Rect::around(members.copied());
        if inner.is_empty() {
            return inner;
        }
        inner.grown(
            input.spacing.frame_columns + 1,
            input.spacing.frame_rows + 1,
        )
    };
    let frames = input.groups.iter().map(frame).collect();
    Placement { boxes, frames }
}
