//! The whole scene in a few cells: where boxes are, and which part of it is in view.

use super::Scene;
use crate::layout::geometry::{Point, Rect, Size};
use crate::layout::role::Owner;

/// One cell of a minimap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MinimapCell {
    /// Whether there is a box in the upper half of the cell.
    pub upper: bool,
    /// Whether there is a box in its lower half.
    pub lower: bool,
    /// The node whose box it shows; the first of several.
    pub owner: Owner,
    /// Whether it lies in the part that is in view.
    pub in_view: bool,
}

/// The whole scene, smaller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minimap {
    size: Size,
    world: Rect,
    cells: Vec<MinimapCell>,
}

/// Largest width and height of a minimap.
const SIDE_MAX: i32 = 500;

impl Scene {
    /// The whole scene in a size, with the part of the world that is in view marked.
    pub fn minimap(&self, size: Size, view: Rect) -> Minimap {
        let size = Size::new(
            size.width.clamp(0, SIDE_MAX),
            size.height.clamp(0, SIDE_MAX),
        );
        let count = size.width as usize * size.height as usize;
        let mut map = Minimap {
            size,
            world: self
                .bounds
                .united(Rect::new(self.bounds.x, self.bounds.y, 1, 1)),
            cells: vec![MinimapCell::default(); count],
        };
        for (index, node) in self.nodes.iter().enumerate() {
            let owner = match node.folded_into {
                Some(group) => Owner::Group(group),
                None => Owner::Node(index),
            };
            map.each_half(node.rect, |cell, lower| {
                cell.upper |= !lower;
                cell.lower |= lower;
                if cell.owner == Owner::Nothing {
                    cell.owner = owner;
                }
            });
        }
        map.each_half(view.clipped(map.world), |cell, _| cell.in_view = true);
        map
    }
}

impl Minimap {
    /// Its width and height.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Its rows from the top.
    pub fn rows(&self) -> impl Iterator<Item = &[MinimapCell]> {
        self.cells.chunks(self.size.width.max(1) as usize)
    }

    /// The place of the world that a cell of the minimap stands for: its middle.
    pub fn world_at(&self, column: i32, row: i32) -> Point {
        let scaled = |at: i32, from: i32, cells: i32, origin: i32| {
            let middle = (i64::from(at) * 2 + 1) * i64::from(from) / (i64::from(cells.max(1)) * 2);
            origin.saturating_add(middle.clamp(0, i64::from(i32::MAX / 2)) as i32)
        };
        Point::new(
            scaled(column, self.world.width, self.size.width, self.world.x),
            scaled(row, self.world.height, self.size.height, self.world.y),
        )
    }

    /// Calls `act` with each half cell that a rectangle of the world touches.
    fn each_half(&mut self, rect: Rect, mut act: impl FnMut(&mut MinimapCell, bool)) {
        if rect.is_empty() {
            return;
        }
        let scaled = |at: i32, to: i32, from: i32| {
            (i64::from(at) * i64::from(to) / i64::from(from.max(1))) as i32
        };
        let (columns, halves) = (self.size.width, self.size.height * 2);
        let (x, y) = (rect.x - self.world.x, rect.y - self.world.y);
        let left = scaled(x, columns, self.world.width);
        let right = scaled(x + rect.width - 1, columns, self.world.width);
        let top = scaled(y, halves, self.world.height);
        let bottom = scaled(y + rect.height - 1, halves, self.world.height);
        for half in top.max(0)..=bottom.min(halves - 1) {
            for column in left.max(0)..=right.min(columns - 1) {
                let index = (half / 2) as usize * columns as usize + column as usize;
                if let Some(cell) = self.cells.get_mut(index) {
                    act(cell, half % 2 == 1);
                }
            }
        }
    }
}
