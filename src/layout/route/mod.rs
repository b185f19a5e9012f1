//! How wires run between boxes: orthogonal, on whole cells, never through a box.
//!
//! A wire leaves its source in the middle of the right border and arrives at the left border of its
//! target, where each source has a row of its own as long as there are rows (`ports`). The search
//! (`search`) is A* over cells and directions, from the arrow head back to the source or to what is
//! already there of the source's wires, which it then joins: so wires of one source share a trunk and
//! split. Wires of different sources only cross at right angles, except where a box has more callers
//! than rows: their last stretch before a shared arrow head joins.
//!
//! It costs most to cross, then to bend, then to be long. The search is bounded; a wire for which no
//! way is found within the bound is drawn in three straight parts, under the boxes that it meets.

mod field;
mod path;
mod ports;
mod search;
#[cfg(test)]
mod tests;

pub use path::Path;

use std::collections::BTreeMap;

use super::geometry::Rect;
use field::Field;
use ports::{Ends, ends};
use search::Search;

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
    wires: Vec<(usize, usize)>,
    ends: Vec<Option<Ends>>,
}

impl Routes {
    /// Routes all wires.
    pub fn new(input: &RouteInput<'_>) -> Routes {
        Routes::default().again(input)
    }

    /// Routes anew only the wires that a change concerns: those whose ends moved, and those that something
    /// now lies on. All others keep their cells, those that took the fallback among them.
    #[must_use]
    pub fn again(&self, input: &RouteInput<'_>) -> Routes {
        let ends = ends(input);
        let mut field = Field::new(input, &ends);
        let earlier: BTreeMap<(usize, usize), usize> =
            self.wires.iter().copied().zip(0..).collect();
        let mut paths: Vec<Path> = vec![Path::default(); input.wires.len()];
        let mut open: Vec<usize> = Vec::new();
        for (index, wire) in input.wires.iter().enumerate() {
            let Some(own) = ends[index] else { continue };
            let before = earlier.get(wire).copied();
            let same = before.filter(|before| self.ends.get(*before) == Some(&Some(own)));
            let kept = same.and_then(|before| self.paths.get(before));
            match kept.filter(|path| path.is_fallback() || field.is_clear(path)) {
                Some(path) => paths[index].clone_from(path),
                None => open.push(index),
            }
        }
        for (path, own) in paths.iter().zip(&ends) {
            if let Some(own) = own.filter(|_| !path.is_empty() && !path.is_fallback()) {
                field.mark(path, own);
            }
        }
        // What can be straight comes first, then what is short: the rest goes around it.
        open.sort_by_key(|index| {
            let own = ends.get(*index).copied().flatten();
            own.map(|own| {
                (
                    own.is_backward(),
                    own.start.y.abs_diff(own.end.y),
                    own.start.x.abs_diff(own.end.x),
                )
            })
        });
        let mut search = Search::new(input.wires.len());
        let mut found: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for index in open {
            let Some(own) = ends[index] else { continue };
            // Parallel wires are one line.
            let twin = found.get(&input.wires[index]).copied();
            let path = match twin {
                Some(twin) => paths[twin].clone(),
                None => search
                    .path(&field, own, &paths, &ends)
                    .unwrap_or_else(|| own.fallback()),
            };
            if !path.is_fallback() && twin.is_none() {
                field.mark(&path, own);
            }
            paths[index] = path;
            found.insert(input.wires[index], index);
        }
        Routes {
            paths,
            wires: input.wires.to_vec(),
            ends,
        }
    }
}
