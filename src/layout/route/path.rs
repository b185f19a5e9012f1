//! The path of a wire: its corners, from the first free cell right of the source's border to the
//! last free cell left of the target's border, where the arrow head stands.

use crate::layout::geometry::{Point, Rect};
use crate::layout::grid::Direction;

/// The corners of a wire. Consecutive ones share a row or a column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Path {
    points: Vec<Point>,
    fallback: bool,
}

impl Path {
    /// A path through corners; those that say nothing (repeated, or on a straight line) are left out.
    pub fn new(corners: Vec<Point>) -> Path {
        let mut points: Vec<Point> = Vec::with_capacity(corners.len());
        for corner in corners {
            let straight = match points.as_slice() {
                [.., last] if *last == corner => continue,
                [.., before, last] => {
                    Direction::between(*before, *last) == Direction::between(*last, corner)
                }
                _ => false,
            };
            if straight {
                points.pop();
            }
            points.push(corner);
        }
        Path {
            points,
            fallback: false,
        }
    }

    /// The same path, marked as one that was not searched for: it may run under boxes and along others.
    #[must_use]
    pub(super) fn into_fallback(mut self) -> Path {
        self.fallback = true;
        self
    }

    /// Whether no way was found within the bound, so that it may run under boxes and along other wires.
    pub fn is_fallback(&self) -> bool {
        self.fallback
    }

    /// The corners, both ends included; empty for a wire that is not drawn.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Whether the wire is not drawn.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// The cell of the arrow head.
    pub fn end(&self) -> Option<Point> {
        self.points.last().copied()
    }

    /// The first cell after the source.
    pub fn start(&self) -> Option<Point> {
        self.points.first().copied()
    }

    /// The number of its cells.
    pub fn len(&self) -> usize {
        let steps: u64 = self.segments().map(|(a, b)| steps(a, b)).sum();
        usize::from(!self.is_empty()) + steps as usize
    }

    /// The number of its bends.
    pub fn bends(&self) -> usize {
        self.points.len().saturating_sub(2)
    }

    /// Its straight parts, each from corner to corner.
    pub fn segments(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        self.points.windows(2).filter_map(|pair| match pair {
            [a, b] => Some((*a, *b)),
            _ => None,
        })
    }

    /// Its cells in order, from the source on.
    pub fn cells(&self) -> impl Iterator<Item = Point> + '_ {
        let first = self.start();
        let rest = self.segments().flat_map(|(a, b)| {
            let (columns, rows) = ((b.x - a.x).signum(), (b.y - a.y).signum());
            (1..=steps(a, b) as i32).map(move |step| a.moved(columns * step, rows * step))
        });
        first.into_iter().chain(rest)
    }

    /// The cell at a distance from its first one; `None` beyond its end.
    pub fn at(&self, distance: usize) -> Option<Point> {
        let mut left = distance as u64;
        for (a, b) in self.segments() {
            let length = steps(a, b);
            if left < length {
                let (columns, rows) = ((b.x - a.x).signum(), (b.y - a.y).signum());
                return Some(a.moved(columns * left as i32, rows * left as i32));
            }
            left -= length;
        }
        self.end().filter(|_| left == 0)
    }

    /// The smallest rectangle that holds it.
    pub fn bounds(&self) -> Rect {
        Rect::around(
            self.points
                .iter()
                .map(|point| Rect::new(point.x, point.y, 1, 1)),
        )
    }
}

fn steps(a: Point, b: Point) -> u64 {
    u64::from(a.x.abs_diff(b.x)) + u64::from(a.y.abs_diff(b.y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_knows_its_cells_and_bends() {
        let point = Point::new;
        let path = Path::new(vec![
            point(0, 0),
            point(2, 0),
            point(2, 0),
            point(3, 0),
            point(3, 2),
        ]);
        assert_eq!(path.points(), [point(0, 0), point(3, 0), point(3, 2)]);
        assert_eq!((path.len(), path.bends()), (6, 1));
        let cells: Vec<Point> = path.cells().collect();
        assert_eq!(cells.len(), 6);
        for (distance, cell) in cells.iter().enumerate() {
            assert_eq!(path.at(distance), Some(*cell));
        }
        assert_eq!(path.at(6), None);
        assert_eq!(path.bounds(), Rect::new(0, 0, 4, 3));
        assert!(Path::default().is_empty());
        assert_eq!(Path::default().at(0), None);
        assert_eq!(Path::new(vec![point(4, 4)]).len(), 1);
    }
}
