//! Points, sizes and rectangles of the drawing, in whole cells of a world without edges: columns
//! grow to the right, rows grow downwards. The screen's own coordinates begin only after clipping.

/// The largest distance from the origin at which anything is placed, in cells. Positions beyond it
/// are drawn at it, so that sums of coordinates never overflow.
pub const COORDINATE_MAX: i32 = 1_000_000;

/// One cell of the drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Point {
    /// The column.
    pub x: i32,
    /// The row.
    pub y: i32,
}

/// A width and a height in cells; never negative where this room makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Size {
    /// Columns.
    pub width: i32,
    /// Rows.
    pub height: i32,
}

/// A rectangle of cells: from its upper left corner on, `right` and `bottom` excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rect {
    /// The leftmost column.
    pub x: i32,
    /// The topmost row.
    pub y: i32,
    /// Columns.
    pub width: i32,
    /// Rows.
    pub height: i32,
}

impl Point {
    /// A point of a column and a row.
    pub const fn new(x: i32, y: i32) -> Point {
        Point { x, y }
    }

    /// The point so many columns to the right and rows down.
    #[must_use]
    pub const fn moved(self, columns: i32, rows: i32) -> Point {
        Point::new(self.x.saturating_add(columns), self.y.saturating_add(rows))
    }

    /// The nearest point that is not further from the origin than [`COORDINATE_MAX`].
    #[must_use]
    pub fn limited(self) -> Point {
        Point::new(
            self.x.clamp(-COORDINATE_MAX, COORDINATE_MAX),
            self.y.clamp(-COORDINATE_MAX, COORDINATE_MAX),
        )
    }
}

impl Size {
    /// A size of a width and a height.
    pub const fn new(width: i32, height: i32) -> Size {
        Size { width, height }
    }
}

impl Rect {
    /// A rectangle of its upper left corner, width and height.
    pub const fn new(x: i32, y: i32, width: i32, height: i32) -> Rect {
        Rect {
            x,
            y,
            width,
            height,
        }
    }

    /// The rectangle of a size at a place.
    pub const fn at(place: Point, size: Size) -> Rect {
        Rect::new(place.x, place.y, size.width, size.height)
    }

    /// The first column to the right of it.
    pub const fn right(self) -> i32 {
        self.x.saturating_add(self.width)
    }

    /// The first row below it.
    pub const fn bottom(self) -> i32 {
        self.y.saturating_add(self.height)
    }

    /// Its upper left corner.
    pub const fn origin(self) -> Point {
        Point::new(self.x, self.y)
    }

    /// Its width and height.
    pub const fn size(self) -> Size {
        Size::new(self.width, self.height)
    }

    /// The row in its middle; the upper of two.
    pub const fn middle_row(self) -> i32 {
        self.y + (self.height - 1) / 2
    }

    /// Whether it has no cell.
    pub const fn is_empty(self) -> bool {
        self.width <= 0 || self.height <= 0
    }

    /// Whether a cell lies in it.
    pub const fn contains(self, point: Point) -> bool {
        point.x >= self.x && point.x < self.right() && point.y >= self.y && point.y < self.bottom()
    }

    /// Whether all of another rectangle lies in it.
    pub const fn encloses(self, other: Rect) -> bool {
        other.x >= self.x
            && other.right() <= self.right()
            && other.y >= self.y
            && other.bottom() <= self.bottom()
    }

    /// Whether the two share a cell.
    pub fn overlaps(self, other: Rect) -> bool {
        !self.clipped(other).is_empty()
    }

    /// The part that lies in another rectangle; empty if there is none.
    #[must_use]
    pub fn clipped(self, to: Rect) -> Rect {
        let (x, y) = (self.x.max(to.x), self.y.max(to.y));
        let right = self.right().min(to.right());
        let bottom = self.bottom().min(to.bottom());
        Rect::new(x, y, (right - x).max(0), (bottom - y).max(0))
    }

    /// The smallest rectangle that holds both; an empty one counts for nothing.
    #[must_use]
    pub fn united(self, other: Rect) -> Rect {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = self.right().max(other.right());
        let bottom = self.bottom().max(other.bottom());
        Rect::new(x, y, right - x, bottom - y)
    }

    /// The rectangle with so many columns more on the left and on the right, and rows above and below.
    #[must_use]
    pub const fn grown(self, columns: i32, rows: i32) -> Rect {
        Rect::new(
            self.x - columns,
            self.y - rows,
            self.width + 2 * columns,
            self.height + 2 * rows,
        )
    }

    /// The rectangle so many columns to the right and rows down.
    #[must_use]
    pub const fn moved(self, columns: i32, rows: i32) -> Rect {
        Rect::at(self.origin().moved(columns, rows), self.size())
    }

    /// The smallest rectangle that holds all of some; empty without any.
    pub fn around(all: impl IntoIterator<Item = Rect>) -> Rect {
        all.into_iter().fold(Rect::default(), Rect::united)
    }

    /// The number of its cells.
    pub fn area(self) -> u64 {
        u64::try_from(self.width).unwrap_or(0) * u64::try_from(self.height).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles_clip_unite_and_grow() {
        let a = Rect::new(0, 0, 4, 3);
        let b = Rect::new(2, 1, 5, 5);
        assert_eq!(a.clipped(b), Rect::new(2, 1, 2, 2));
        assert_eq!(a.united(b), Rect::new(0, 0, 7, 6));
        assert_eq!(a.grown(1, 2), Rect::new(-1, -2, 6, 7));
        assert!(a.overlaps(b));
        assert!(!a.overlaps(Rect::new(4, 0, 2, 2)));
        assert!(a.contains(Point::new(3, 2)));
        assert!(!a.contains(Point::new(4, 2)));
        assert_eq!(Rect::around([]), Rect::default());
        assert_eq!(Rect::default().united(b), b);
        assert_eq!(b.area(), 25);
        assert_eq!(Rect::new(0, 0, 3, 5).middle_row(), 2);
    }

    #[test]
    fn extreme_points_are_limited() {
        let far = Point::new(i32::MAX, i32::MIN).limited();
        assert_eq!(far, Point::new(COORDINATE_MAX, -COORDINATE_MAX));
        assert_eq!(Point::new(i32::MAX, 0).moved(1, 0).x, i32::MAX);
    }
}
