//! Where wires leave and arrive: the middle of the right border, and rows of the left border in the
//! order of the heights from which the wires come.

use super::{Path, RouteInput};
use crate::layout::geometry::{Point, Rect};

/// The ends of a wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends {
    /// The source, which is also the name of the net: its wires may share cells.
    pub(super) source: usize,
    /// The first cell right of the source.
    pub(super) start: Point,
    /// The last cell left of the target: the arrow head.
    pub(super) end: Point,
    /// The highest row of the two boxes.
    pub(super) top: i32,
}

impl Ends {
    /// Whether it leads back to the left.
    pub(super) fn is_backward(&self) -> bool {
        self.end.x < self.start.x
    }

    /// Three straight parts, whatever lies on them.
    pub(super) fn fallback(&self) -> Path {
        let turn = self.end.x - 1;
        let corners = vec![
            self.start,
            Point::new(turn, self.start.y),
            Point::new(turn, self.end.y),
            self.end,
        ];
        Path::new(corners).into_fallback()
    }
}

/// The ends of each wire; none if it names a box that does not exist.
pub(super) fn ends(input: &RouteInput<'_>) -> Vec<Option<Ends>> {
    let count = input.boxes.len();
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (from, to) in input.wires {
        if *from < count && *to < count {
            callers[*to].push(*from);
        }
    }
    let mut rows: Vec<Vec<(usize, i32)>> = Vec::with_capacity(count);
    for (target, callers) in callers.iter_mut().enumerate() {
        let to = input.boxes[target];
        callers.sort_unstable();
        callers.dedup();
        // Backward wires come from below, whatever the height of their source.
        let place = |from: &usize| {
            let from_box = input.boxes[*from];
            (from_box.right() > to.x - 1, from_box.middle_row(), *from)
        };
        callers.sort_by_key(place);
        let sources: Vec<(bool, i32)> = callers
            .iter()
            .map(place)
            .map(|(b, row, _)| (b, row))
            .collect();
        let assigned = assign(to, &sources);
        let mut pairs: Vec<(usize, i32)> = callers.iter().copied().zip(assigned).collect();
        pairs.sort_unstable();
        rows.push(pairs);
    }
    let end_of = |(from, to): &(usize, usize)| {
        let (source, target) = (input.boxes.get(*from)?, input.boxes.get(*to)?);
        let at = rows[*to]
            .binary_search_by_key(from, |(caller, _)| *caller)
            .ok()?;
        Some(Ends {
            source: *from,
            start: Point::new(source.right(), source.middle_row()),
            end: Point::new(target.x - 1, rows[*to][at].1),
            top: source.y.min(target.y),
        })
    };
    input.wires.iter().map(end_of).collect()
}

/// The row at which each caller arrives, for callers from the top (those from the right last): level
/// with the caller where the order allows it, not side by side where there is room.
fn assign(target: Rect, callers: &[(bool, i32)]) -> Vec<i32> {
    let first = if target.height > 2 {
        target.y + 1
    } else {
        target.y
    };
    let count = if target.height > 2 {
        target.height - 2
    } else {
        target.height.max(1)
    };
    let rows = count as usize;
    if callers.len() <= 1 {
        return vec![target.middle_row(); callers.len()];
    }
    if callers.len() >= rows {
        // More callers than rows share them in order.
        let share = |index: usize| first + (index * rows / callers.len()) as i32;
        return (0..callers.len()).map(share).collect();
    }
    // best[row] after some callers: the least cost with the last of them at that row, and its choice.
    let cost = |(backward, from): (bool, i32), row: usize| {
        let at = first + row as i32;
        let wished = if backward {
            first + count - 1
        } else {
            from.clamp(first, first + count - 1)
        };
        let bends = if !backward && from == at { 0 } else { 6 };
        bends + (wished - at).abs()
    };
    let mut tables: Vec<Vec<Option<(i32, usize)>>> = Vec::with_capacity(callers.len());
    for (index, caller) in callers.iter().enumerate() {
        let table = (0..rows).map(|row| {
            if index == 0 {
                return Some((cost(*caller, row), row));
            }
            let before = (0..row).filter_map(|last| {
                let (sum, _) = tables[index - 1][last]?;
                let close = if last + 1 == row { 2 } else { 0 };
                Some((sum + close + cost(*caller, row), last))
            });
            before.min()
        });
        let table = table.collect();
        tables.push(table);
    }
    let ends = tables[callers.len() - 1].iter().enumerate();
    let best = ends
        .filter_map(|(row, cost)| cost.map(|(sum, _)| (sum, row)))
        .min();
    let mut row = best.map_or(0, |(_, row)| row);
    let mut assigned = vec![0; callers.len()];
    for index in (0..callers.len()).rev() {
        assigned[index] = first + row as i32;
        row = tables[index][row].map_or(0, |(_, last)| last);
    }
    assigned
}
