//! What is in each cell while wires are routed: boxes, frames, and the arms of the wires so far.

use super::ports::Ends;
use super::{Path, RouteInput};
use crate::layout::geometry::{Point, Rect};
use crate::layout::grid::Direction;

/// Most cells of a drawing whose wires are searched for; in a larger one all wires are straight parts.
const CELLS_MAX: u64 = 4_000_000;
/// Cells around everything, in which wires may run.
const MARGIN: i32 = 12;

/// No net.
const NOBODY: u32 = 0;

/// One cell.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spot {
    /// The net whose wire runs to the left or right here.
    pub(super) horizontal: u32,
    /// The net whose wire runs up or down here.
    pub(super) vertical: u32,
    /// The net for which the cell is kept: a first cell after a source, or an arrow head.
    reserved: u32,
    /// The net that needs the cell soon: the one beside a first cell or an arrow head.
    approach: u32,
    /// A bit for each arm.
    pub(super) arms: u8,
    /// A box lies here.
    blocked: bool,
    /// A box lies next to it.
    near: bool,
    /// A vertical border of a frame: no wire runs along it.
    vertical_border: bool,
    /// A horizontal border of a frame.
    horizontal_border: bool,
    /// An arrow head, or a stretch that several sources share: nothing branches off here.
    pub(super) locked: bool,
}

/// The bit of an arm.
pub(super) const fn bit(direction: Direction) -> u8 {
    1 << direction.index()
}

/// A straight wire up and down.
pub(super) const UPRIGHT: u8 = bit(Direction::North) | bit(Direction::South);
/// A straight wire left and right.
pub(super) const LEVEL: u8 = bit(Direction::East) | bit(Direction::West);

/// The name of a net: its source, counted from 1.
pub(super) fn net_of(ends: Ends) -> u32 {
    u32::try_from(ends.source).map_or(u32::MAX, |source| source.saturating_add(1))
}

/// What a step into a cell means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing may pass in this direction.
    Closed,
    /// The cell is free.
    Free,
    /// A wire of another source is crossed.
    Crossing,
    /// A wire of the same source, which can be joined here.
    Join,
}

/// All cells.
pub(super) struct Field {
    pub(super) area: Rect,
    spots: Vec<Spot>,
}

impl Field {
    pub(super) fn new(input: &RouteInput<'_>, ends: &[Option<Ends>]) -> Field {
        let all = input.boxes.iter().chain(input.frames).copied();
        let area = Rect::around(all).grown(MARGIN, MARGIN);
        let area = if area.area() > CELLS_MAX {
            Rect::default()
        } else {
            area
        };
        let count = usize::try_from(area.area()).unwrap_or(0);
        let mut field = Field {
            area,
            spots: vec![Spot::default(); count],
        };
        for rect in input.boxes {
            field.each(rect.grown(1, 1), |spot| spot.near = true);
            field.each(*rect, |spot| spot.blocked = true);
        }
        for frame in input.frames.iter().filter(|frame| !frame.is_empty()) {
            let (right, bottom) = (frame.right() - 1, frame.bottom() - 1);
            for x in [frame.x, right] {
                let border = Rect::new(x, frame.y, 1, frame.height);
                field.each(border, |spot| spot.vertical_border = true);
            }
            for y in [frame.y, bottom] {
                let border = Rect::new(frame.x, y, frame.width, 1);
                field.each(border, |spot| spot.horizontal_border = true);
            }
        }
        for own in ends.iter().flatten() {
            for cell in [own.start.moved(1, 0), own.end.moved(-1, 0)] {
                if let Some(spot) = field.spot_mut(cell) {
                    spot.approach = net_of(*own);
                }
            }
            for cell in [own.start, own.end] {
                if let Some(spot) = field.spot_mut(cell) {
                    // Where two nets meet at one end the first keeps the cell; the others join it.
                    if spot.reserved == NOBODY {
                        spot.reserved = net_of(*own);
                    }
                }
            }
            if let Some(spot) = field.spot_mut(own.end) {
                spot.locked = true;
            }
        }
        field
    }

    fn each(&mut self, rect: Rect, change: impl Fn(&mut Spot)) {
        let seen = rect.clipped(self.area);
        for y in seen.y..seen.bottom() {
            for x in seen.x..seen.right() {
                if let Some(spot) = self.spot_mut(Point::new(x, y)) {
                    change(spot);
                }
            }
        }
    }

    fn index(&self, at: Point) -> Option<usize> {
        self.area.contains(at).then(|| {
            (at.y - self.area.y) as usize * self.area.width as usize + (at.x - self.area.x) as usize
        })
    }

    pub(super) fn spot(&self, at: Point) -> Option<&Spot> {
        self.spots.get(self.index(at)?)
    }

    fn spot_mut(&mut self, at: Point) -> Option<&mut Spot> {
        let index = self.index(at)?;
        self.spots.get_mut(index)
    }

    /// Whether a box lies next to a cell.
    pub(super) fn is_near(&self, at: Point) -> bool {
        self.spot(at).is_some_and(|spot| spot.near)
    }

    /// Whether another net needs a cell to leave its source or to reach its target.
    pub(super) fn is_needed(&self, at: Point, net: u32) -> bool {
        self.spot(at)
            .is_some_and(|spot| spot.approach != NOBODY && spot.approach != net)
    }

    /// What a step in a direction into a cell means for a net.
    pub(super) fn step(&self, at: Point, towards: Direction, net: u32) -> Step {
        let Some(spot) = self.spot(at) else {
            return Step::Closed;
        };
        let along = if towards.is_horizontal() {
            spot.horizontal_border
        } else {
            spot.vertical_border
        };
        if spot.blocked || along {
            return Step::Closed;
        }
        if spot.arms == 0 {
            let taken = spot.reserved != NOBODY && (spot.reserved != net || spot.locked);
            return if taken { Step::Closed } else { Step::Free };
        }
        let own = |other: u32| other == NOBODY || other == net;
        if own(spot.horizontal) && own(spot.vertical) {
            let arm = bit(towards.opposite());
            let room = spot.arms.count_ones() < 3 && spot.arms & arm == 0;
            return if room && !spot.locked {
                Step::Join
            } else {
                Step::Closed
            };
        }
        // A crossing needs a straight wire at right angles; a second wire along it has no room. A
        // corner of a frame is closed in both directions already.
        let across = if towards.is_horizontal() {
            UPRIGHT
        } else {
            LEVEL
        };
        if spot.arms == across && spot.reserved == NOBODY {
            Step::Crossing
        } else {
            Step::Closed
        }
    }

    /// Whether a wire may turn in a cell.
    pub(super) fn can_turn(&self, at: Point) -> bool {
        self.spot(at).is_some_and(|spot| {
            spot.arms == 0 && !spot.locked && !spot.vertical_border && !spot.horizontal_border
        })
    }

    /// Whether a path found earlier is free of boxes, and runs along no frame.
    pub(super) fn is_clear(&self, path: &Path) -> bool {
        let mut cells = path.cells();
        let Some(mut previous) = cells.next() else {
            return false;
        };
        let free = |at: Point, towards: Direction| {
            self.spot(at).is_some_and(|spot| {
                let along = if towards.is_horizontal() {
                    spot.horizontal_border
                } else {
                    spot.vertical_border
                };
                !spot.blocked && !along
            })
        };
        let mut clear = free(previous, Direction::East);
        for cell in cells {
            let towards = Direction::between(previous, cell).unwrap_or(Direction::East);
            clear &= free(cell, towards) && free(previous, towards);
            previous = cell;
        }
        let foreign = |point: Point| {
            // The ends of other wires are theirs.
            self.spot(point)
                .is_none_or(|spot| spot.locked && Some(point) != path.end())
        };
        clear && !path.cells().any(foreign)
    }

    /// Enters a path into the cells.
    pub(super) fn mark(&mut self, path: &Path, ends: Ends) {
        let net = net_of(ends);
        let cells: Vec<Point> = path.cells().collect();
        for (index, cell) in cells.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|before| cells.get(before));
            let back = before.map_or(Some(Direction::West), |before| {
                Direction::between(*cell, *before)
            });
            let after = cells.get(index + 1);
            let on = after.map_or(Some(Direction::East), |after| {
                Direction::between(*cell, *after)
            });
            let Some(spot) = self.spot_mut(*cell) else {
                continue;
            };
            let mut foreign = false;
            for arm in [back, on].into_iter().flatten() {
                let net_here = if arm.is_horizontal() {
                    &mut spot.horizontal
                } else {
                    &mut spot.vertical
                };
                if spot.arms & bit(arm) != 0 && *net_here != net {
                    foreign = true;
                } else if *net_here == NOBODY {
                    *net_here = net;
                }
                spot.arms |= bit(arm);
            }
            // A stretch that another source uses too leads only to their common target.
            spot.locked |= foreign;
        }
    }
}
