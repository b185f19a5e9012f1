//! The grid of arms: in each cell, up to four arms towards its neighbours, each with a weight. Lines
//! that meet are merged as arms and become characters only at the end, so that a join (a T) and a
//! crossing (four arms) stay what they are, and so does the owner of a cell.

use super::geometry::{Point, Rect};
use super::role::{Owner, Role};

/// Which characters a picture may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Charset {
    /// Box drawing, block elements and the plain arrow heads.
    #[default]
    Unicode,
    /// `+ - | > < ^ v` and letters.
    Ascii,
}

/// A direction on the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Up.
    North,
    /// Right.
    East,
    /// Down.
    South,
    /// Left.
    West,
}

/// All four directions, clockwise from the top.
pub const DIRECTIONS: [Direction; 4] = [
    Direction::North,
    Direction::East,
    Direction::South,
    Direction::West,
];

impl Direction {
    /// The direction back.
    #[must_use]
    pub const fn opposite(self) -> Direction {
        match self {
            Direction::North => Direction::South,
            Direction::East => Direction::West,
            Direction::South => Direction::North,
            Direction::West => Direction::East,
        }
    }

    /// Its number, clockwise from 0 at the top.
    pub const fn index(self) -> usize {
        match self {
            Direction::North => 0,
            Direction::East => 1,
            Direction::South => 2,
            Direction::West => 3,
        }
    }

    /// Whether it is left or right.
    pub const fn is_horizontal(self) -> bool {
        matches!(self, Direction::East | Direction::West)
    }

    /// Columns and rows of one step.
    pub const fn step(self) -> (i32, i32) {
        match self {
            Direction::North => (0, -1),
            Direction::East => (1, 0),
            Direction::South => (0, 1),
            Direction::West => (-1, 0),
        }
    }

    /// The direction from one point to another on the same row or column; `None` if they are the
    /// same, or on neither.
    pub fn between(from: Point, to: Point) -> Option<Direction> {
        match (to.x - from.x, to.y - from.y) {
            (0, rows) if rows < 0 => Some(Direction::North),
            (0, rows) if rows > 0 => Some(Direction::South),
            (columns, 0) if columns < 0 => Some(Direction::West),
            (columns, 0) if columns > 0 => Some(Direction::East),
            _ => None,
        }
    }
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Weight {
    /// No line.
    #[default]
    None,
    /// Broken: asynchronous.
    Dashed,
    /// Plain.
    Light,
    /// Thick: selected.
    Heavy,
}

/// One cell: its arms, clockwise from the top, and to whom it belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Arms {
    /// The weight of the arm in each direction.
    pub weights: [Weight; 4],
    /// An arrow head in place of the line.
    pub head: Option<Direction>,
    /// What the line is.
    pub role: Role,
    /// To whom it belongs.
    pub owner: Owner,
}

impl Arms {
    /// Whether there is no arm and no head.
    pub fn is_empty(&self) -> bool {
        self.head.is_none() && self.weights == [Weight::None; 4]
    }

    /// The number of arms.
    pub fn count(&self) -> usize {
        self.weights
            .iter()
            .filter(|weight| **weight != Weight::None)
            .count()
    }

    /// The character of the cell; a space if it is empty.
    pub fn glyph(&self, charset: Charset) -> char {
        if let Some(head) = self.head {
            return arrow(head, charset);
        }
        match charset {
            Charset::Unicode => self.unicode(),
            Charset::Ascii => self.ascii(),
        }
    }

    fn ascii(&self) -> char {
        let [north, east, south, west] = self.weights.map(|weight| weight != Weight::None);
        let dashed = self.weights.contains(&Weight::Dashed);
        match (north || south, east || west) {
            (false, false) => ' ',
            (true, false) if dashed => ':',
            (true, false) => '|',
            // A dash is a solid line already, so an asynchronous one is dotted.
            (false, true) if dashed => '.',
            (false, true) => '-',
            (true, true) => '+',
        }
    }

    fn unicode(&self) -> char {
        let heavy = self.weights.contains(&Weight::Heavy);
        let dashed = self
            .weights
            .iter()
            .all(|weight| matches!(weight, Weight::None | Weight::Dashed));
        let [north, east, south, west] = self.weights.map(|weight| weight != Weight::None);
        let shape = (north, east, south, west);
        if heavy {
            return self.heavy();
        }
        if dashed && let Some(broken) = dashes(shape) {
            return broken;
        }
        match shape {
            (false, false, false, false) => ' ',
            (true | false, false, true | false, false) => '│',
            (false, true | false, false, true | false) => '─',
            (false, true, true, false) => '╭',
            (false, false, true, true) => '╮',
            (true, true, false, false) => '╰',
            (true, false, false, true) => '╯',
            (true, true, true, false) => '├',
            (true, false, true, true) => '┤',
            (false, true, true, true) => '┬',
            (true, true, false, true) => '┴',
            (true, true, true, true) => '┼',
        }
    }

    /// The character of a cell with a heavy arm; light arms that meet it stay light where there is
    /// such a character for straight crossings and joins.
    fn heavy(&self) -> char {
        use Weight::{Heavy, None};
        let light = |weight: Weight| !matches!(weight, None | Heavy);
        let [north, east, south, west] = self.weights;
        let shape = self.weights.map(|weight| weight != None);
        match shape {
            [_, false, _, false] => '┃',
            [false, _, false, _] => '━',
            [false, true, true, false] => '┏',
            [false, false, true, true] => '┓',
            [true, true, false, false] => '┗',
            [true, false, false, true] => '┛',
            [true, true, true, false] if light(east) => '┠',
            [true, true, true, false] if light(north) => '┢',
            [true, true, true, false] if light(south) => '┡',
            [true, true, true, false] => '┣',
            [true, false, true, true] if light(west) => '┨',
            [true, false, true, true] if light(north) => '┪',
            [true, false, true, true] if light(south) => '┩',
            [true, false, true, true] => '┫',
            [false, true, true, true] if light(south) => '┯',
            [false, true, true, true] if light(west) => '┲',
            [false, true, true, true] if light(east) => '┱',
            [false, true, true, true] => '┳',
            [true, true, false, true] if light(north) => '┷',
            [true, true, false, true] if light(west) => '┺',
            [true, true, false, true] if light(east) => '┹',
            [true, true, false, true] => '┻',
            [true, true, true, true] if light(north) && light(south) => '┿',
            [true, true, true, true] if light(east) && light(west) => '╂',
            [true, true, true, true] => '╋',
        }
    }
}

/// The character of a straight dashed line; corners and joins have none of their own.
fn dashes(shape: (bool, bool, bool, bool)) -> Option<char> {
    match shape {
        (false, true, false, _) | (false, false, false, true) => Some('╌'),
        (true, false, _, false) | (false, false, true, false) => Some('┆'),
        _ => None,
    }
}

/// The head of an arrow.
pub const fn arrow(towards: Direction, charset: Charset) -> char {
    match (charset, towards) {
        (Charset::Unicode, Direction::North) => '▲',
        (Charset::Unicode, Direction::East) => '►',
        (Charset::Unicode, Direction::South) => '▼',
        (Charset::Unicode, Direction::West) => '◄',
        (Charset::Ascii, Direction::North) => '^',
        (Charset::Ascii, Direction::East) => '>',
        (Charset::Ascii, Direction::South) => 'v',
        (Charset::Ascii, Direction::West) => '<',
    }
}

/// The arms of every cell of a rectangle. What lies outside is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArmGrid {
    area: Rect,
    cells: Vec<Arms>,
}

impl ArmGrid {
    /// A grid without any arm.
    pub fn new(area: Rect) -> ArmGrid {
        let count = usize::try_from(area.area()).unwrap_or(0);
        ArmGrid {
            area,
            cells: vec![Arms::default(); count],
        }
    }

    /// The rectangle that it covers.
    pub fn area(&self) -> Rect {
        self.area
    }

    fn index(&self, at: Point) -> Option<usize> {
        let inside = self.area.contains(at);
        inside.then(|| {
            (at.y - self.area.y) as usize * self.area.width as usize + (at.x - self.area.x) as usize
        })
    }

    /// The arms of a cell; none outside.
    pub fn get(&self, at: Point) -> Option<&Arms> {
        self.cells.get(self.index(at)?)
    }

    /// The arms of a cell, to change them.
    pub fn get_mut(&mut self, at: Point) -> Option<&mut Arms> {
        let index = self.index(at)?;
        self.cells.get_mut(index)
    }

    /// Adds an arm. The heavier of two weights stays, and so does the first owner, unless the new
    /// line is heavier than everything that was there.
    pub fn add(&mut self, at: Point, arm: Direction, weight: Weight, role: Role, owner: Owner) {
        let Some(cell) = self.get_mut(at) else {
            return;
        };
        let heaviest = cell.weights.iter().copied().max().unwrap_or_default();
        if weight > heaviest {
            (cell.role, cell.owner) = (role, owner);
        }
        if let Some(present) = cell.weights.get_mut(arm.index()) {
            *present = weight.max(*present);
        }
    }

    /// Adds a straight line from one cell to another of the same row or column: an arm out of each
    /// end, and both in every cell between. Only what lies inside costs time.
    pub fn line(&mut self, from: Point, to: Point, weight: Weight, role: Role, owner: Owner) {
        let Some(towards) = Direction::between(from, to) else {
            return;
        };
        let (low, high) = (from.min(to), from.max(to));
        let span = Rect::new(low.x, low.y, high.x - low.x + 1, high.y - low.y + 1);
        let seen = span.clipped(self.area);
        for y in seen.y..seen.bottom() {
            for x in seen.x..seen.right() {
                let at = Point::new(x, y);
                if at != to {
                    self.add(at, towards, weight, role, owner);
                }
                if at != from {
                    self.add(at, towards.opposite(), weight, role, owner);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(grid: &ArmGrid, charset: Charset) -> String {
        let area = grid.area();
        let row = |y| {
            (area.x..area.right())
                .filter_map(|x| grid.get(Point::new(x, y)))
                .map(|arms| arms.glyph(charset))
                .collect::<String>()
        };
        let rows: Vec<String> = (area.y..area.bottom()).map(row).collect();
        rows.join("\n")
    }

    fn cross(weight: Weight) -> ArmGrid {
        let mut grid = ArmGrid::new(Rect::new(0, 0, 7, 5));
        let wire = |index| (Role::Wire, Owner::Wire(index));
        let (role, owner) = wire(0);
        grid.line(
            Point::new(0, 2),
            Point::new(6, 2),
            Weight::Light,
            role,
            owner,
        );
        let (role, owner) = wire(1);
        grid.line(Point::new(3, 0), Point::new(3, 4), weight, role, owner);
        grid.line(Point::new(3, 0), Point::new(6, 0), weight, role, owner);
        grid.line(Point::new(3, 4), Point::new(0, 4), weight, role, owner);
        grid
    }

    #[test]
    fn arms_merge_to_crossings_and_corners_are_round() {
        insta::assert_snapshot!(drawn(&cross(Weight::Light), Charset::Unicode), @r"
           ╭───
           │   
        ───┼───
           │   
        ───╯   
        ");
        insta::assert_snapshot!(drawn(&cross(Weight::Heavy), Charset::Unicode), @r"
           ┏━━━
           ┃   
        ───╂───
           ┃   
        ━━━┛   
        ");
        insta::assert_snapshot!(drawn(&cross(Weight::Dashed), Charset::Ascii), @r"
           +...
           :   
        ---+---
           :   
        ...+   
        ");
    }

    #[test]
    fn the_first_owner_stays_unless_a_heavier_line_comes() {
        let middle = Point::new(3, 2);
        let owner = |weight| cross(weight).get(middle).map(|arms| arms.owner);
        assert_eq!(owner(Weight::Light), Some(Owner::Wire(0)));
        assert_eq!(owner(Weight::Heavy), Some(Owner::Wire(1)));
        assert_eq!(cross(Weight::Light).get(middle).map(Arms::count), Some(4));
    }

    #[test]
    fn what_lies_outside_is_left_out() {
        let mut grid = ArmGrid::new(Rect::new(10, 10, 2, 1));
        let far = (Point::new(-1_000_000, 10), Point::new(1_000_000, 10));
        grid.line(far.0, far.1, Weight::Light, Role::Wire, Owner::Wire(0));
        assert_eq!(drawn(&grid, Charset::Unicode), "──");
        assert_eq!(grid.get(Point::new(0, 0)), None);
        let empty = ArmGrid::new(Rect::new(0, 0, -4, 3));
        assert_eq!(drawn(&empty, Charset::Unicode), "\n\n");
    }
}
