//! The search for one path: A* from the arrow head back to the source, over cells and directions.

use super::Path;
use super::field::{Field, Step, bit, net_of};
use super::ports::Ends;
use crate::layout::geometry::{Point, Rect};
use crate::layout::grid::{DIRECTIONS, Direction};

/// One cell further.
const STEP: u32 = 4;
/// Beside a box, where a wire looks like a part of its border.
const NEAR: u32 = 6;
/// Up or down through a cell that another net needs, and a bend there, which would close it.
const NEEDED: u32 = 6;
/// See [`NEEDED`].
const NEEDED_BEND: u32 = 60;
/// Beside a wire of another source in the same direction.
const BESIDE: u32 = 4;
/// Up or down away from the preferred column, for each column up to three.
const ASIDE: u32 = 1;
/// Above both boxes on the way back: backward wires go below.
const ABOVE: u32 = 12;
/// A bend.
const BEND: u32 = 24;
/// A branch out of a corner: the corner is a bend already.
const BEND_AT_CORNER: u32 = 8;
/// A crossing.
const CROSS: u32 = 72;
/// A crossing right beside a box, where it is hard to see.
const CROSS_NEAR: u32 = 12;

/// Most states that are looked at for one wire in the room around its ends; and where there are many wires.
const STATES_NEAR_MAX: [usize; 2] = [4_000, 2_000];
/// Most states that are looked at after that, everywhere and in haste.
const STATES_FAR_MAX: usize = 8_000;
/// Most states for all wires together; then the rest takes the fallback.
const STATES_TOTAL_MAX: usize = 4_000_000;
/// From so many wires on the rest counts for half as much again as it costs at least: the search is several
/// times quicker, and a path costs at most half more than the cheapest.
const HASTE_FROM: usize = 100;
/// A wire for which nothing was found nearby makes for its source: the rest counts so many times.
const HASTE_FAR: u32 = 8;
/// Cells around the ends of a wire that are searched first.
const REACH: i32 = 12;
/// Most cells of a window.
const WINDOW_MAX: u64 = 1_000_000;

/// How a state was reached.
#[derive(Debug, Clone, Copy, Default)]
struct Visit {
    /// Twice the round, and one more once it is done.
    round: u32,
    /// Eight times the cost, and the direction before: small, since there are millions of these.
    cost: u32,
}

/// No direction before: a first state.
const FIRST: u32 = 7;

/// States by their estimate, least first; of equals the last that came, which is the furthest. Estimates
/// are small whole numbers, so there is a list for each.
#[derive(Default)]
struct Queue {
    lists: Vec<Vec<u32>>,
    /// No list before this one holds anything.
    least: usize,
}

impl Queue {
    fn clear(&mut self) {
        self.lists.iter_mut().for_each(Vec::clear);
        self.least = usize::MAX;
    }

    fn push(&mut self, estimate: u32, state: u32) {
        let index = estimate as usize;
        if self.lists.len() <= index {
            self.lists.resize_with(index + 1, Vec::new);
        }
        self.lists[index].push(state);
        self.least = self.least.min(index);
    }

    fn pop(&mut self) -> Option<u32> {
        while let Some(list) = self.lists.get_mut(self.least) {
            if let Some(state) = list.pop() {
                return Some(state);
            }
            self.least += 1;
        }
        None
    }
}

/// The memory of the search, used for one wire after the other.
pub(super) struct Search {
    visits: Vec<Visit>,
    round: u32,
    queue: Queue,
    states_left: usize,
    in_haste: bool,
    /// Nothing was found nearby.
    is_far: bool,
}

/// What is searched for.
struct Goal {
    ends: Ends,
    net: u32,
    /// The straight parts of what is there of the net already.
    tree: Vec<Rect>,
    window: Rect,
    /// The cells where other wires into the same arrow head can be joined, in order: no place to cross them.
    shared: Vec<Point>,
    /// The column in which a wire should turn.
    column: i32,
}

impl Search {
    /// A search for so many wires.
    pub(super) fn new(wires: usize) -> Search {
        Search {
            visits: Vec::new(),
            round: 0,
            queue: Queue::default(),
            states_left: STATES_TOTAL_MAX,
            in_haste: wires >= HASTE_FROM,
            is_far: false,
        }
    }

    /// The path of a wire, or none if there is none within the bound.
    pub(super) fn path(
        &mut self,
        field: &Field,
        ends: Ends,
        paths: &[Path],
        all: &[Option<Ends>],
    ) -> Option<Path> {
        let same = |wanted: &dyn Fn(&Ends) -> bool| -> Vec<&Path> {
            let known = paths.iter().zip(all);
            let alike = known.filter(|(path, other)| {
                !path.is_empty() && !path.is_fallback() && other.as_ref().is_some_and(wanted)
            });
            alike.map(|(path, _)| path).collect()
        };
        let of_net = same(&|other| other.source == ends.source);
        let into = same(&|other| other.end == ends.end);
        let part = |(a, b): (Point, Point)| Rect::around([cell(a), cell(b)]);
        let parts = of_net
            .iter()
            .flat_map(|path| path.segments().map(part).chain(path.start().map(cell)));
        let mut tree: Vec<Rect> = parts.collect();
        tree.sort_unstable();
        tree.dedup();
        let ends_of = [cell(ends.start), cell(ends.end)];
        let both = Rect::around(tree.iter().copied().chain(ends_of));
        let mut goal = Goal {
            net: net_of(ends),
            column: (ends.end.x - 3).max(ends.start.x + 1),
            tree,
            shared: Vec::new(),
            window: both.grown(REACH, REACH).clipped(field.area),
            ends,
        };
        goal.shared = self
            .seeds(field, &goal, &into)
            .into_iter()
            .map(|(at, ..)| at)
            .collect();
        goal.shared.sort_unstable();
        self.is_far = false;
        let found = self.run(field, &goal, &into).or_else(|| {
            goal.window = field.area;
            self.is_far = true;
            self.run(field, &goal, &into)
        })?;
        Some(joined(&found, &of_net, &into))
    }

    /// The cells from the source or a join to the arrow head or a join before it.
    fn run(&mut self, field: &Field, goal: &Goal, into: &[&Path]) -> Option<Vec<Point>> {
        if goal.window.area() > WINDOW_MAX || goal.window.is_empty() {
            return None;
        }
        self.round += 1;
        self.queue.clear();
        let needed = goal.window.area() as usize * DIRECTIONS.len();
        if self.visits.len() < needed {
            self.visits.resize(needed, Visit::default());
        }
        for (at, towards, cost) in self.seeds(field, goal, into) {
            self.offer(goal, at, towards, cost, None);
        }
        let states_max = if self.is_far {
            STATES_FAR_MAX
        } else {
            STATES_NEAR_MAX[usize::from(self.in_haste)]
        };
        let mut looked = 0;
        while let Some(state) = self.queue.pop() {
            let visit = &mut self.visits[state as usize];
            if visit.round & 1 == 1 {
                continue;
            }
            visit.round |= 1;
            let cost = visit.cost >> 3;
            let (at, towards) = goal.unpacked(state);
            if at == goal.ends.start && goal.is_met(field, at) {
                return Some(self.walked(goal, state));
            }
            if goal.joins(field, at, towards) {
                return Some(self.walked(goal, state));
            }
            looked += 1;
            self.states_left = self.states_left.saturating_sub(1);
            if looked > states_max || self.states_left == 0 {
                return None;
            }
            self.expand(field, goal, (at, towards, cost, state));
        }
        None
    }

    /// Where the search begins: at the arrow head, or where other wires lead to it already.
    fn seeds(&self, field: &Field, goal: &Goal, into: &[&Path]) -> Vec<(Point, Direction, u32)> {
        if into.is_empty() {
            return vec![(goal.ends.end, Direction::West, 0)];
        }
        let mut seeds = Vec::new();
        for path in into {
            let cells: Vec<Point> = path.cells().collect();
            // Back from the arrow head as long as nothing leads anywhere else.
            for (distance, at) in cells.iter().rev().enumerate().skip(1) {
                let Some(spot) = field.spot(*at) else { break };
                let branches = spot.arms.count_ones() == 3 && !spot.locked;
                if branches || Some(*at) == path.start() {
                    break;
                }
                if spot.arms.count_ones() != 2 || !goal.window.contains(*at) {
                    continue;
                }
                let cost = BEND + distance as u32;
                let free = DIRECTIONS
                    .into_iter()
                    .filter(|towards| spot.arms & bit(*towards) == 0);
                seeds.extend(free.map(|towards| (*at, towards, cost)));
            }
        }
        seeds
    }

    /// Puts a state into the queue if it is reached more cheaply than before.
    fn offer(
        &mut self,
        goal: &Goal,
        at: Point,
        towards: Direction,
        cost: u32,
        from: Option<Direction>,
    ) {
        let state = goal.packed(at, towards);
        let Some(visit) = self.visits.get_mut(state as usize) else {
            return;
        };
        if visit.round >> 1 == self.round && visit.cost >> 3 <= cost {
            return;
        }
        *visit = Visit {
            round: self.round << 1,
            cost: cost << 3 | from.map_or(FIRST, |from| from.index() as u32),
        };
        let rest = goal.rest(at, towards);
        let rest = match (self.is_far, self.in_haste) {
            (true, _) => rest * HASTE_FAR,
            (false, true) => rest + rest / 2,
            (false, false) => rest,
        };
        self.queue.push(cost + rest, state);
    }

    fn expand(
        &mut self,
        field: &Field,
        goal: &Goal,
        (at, towards, cost, state): (Point, Direction, u32, u32),
    ) {
        let is_first = self.visits[state as usize].cost & FIRST == FIRST;
        for next in DIRECTIONS {
            if next == towards.opposite() {
                continue;
            }
            let turns = next != towards;
            if turns && (is_first || !field.can_turn(at)) {
                continue;
            }
            let (columns, rows) = next.step();
            let to = at.moved(columns, rows);
            if !goal.window.contains(to) {
                continue;
            }
            let step = field.step(to, next, goal.net);
            if step == Step::Closed {
                continue;
            }
            if step == Step::Crossing && goal.shared.binary_search(&to).is_ok() {
                continue;
            }
            let mut more = STEP + if turns { BEND } else { 0 };
            more += match step {
                Step::Crossing if field.is_near(to) => CROSS + CROSS_NEAR,
                Step::Crossing => CROSS,
                Step::Join => goal.join_cost(field, to),
                _ => 0,
            };
            if to == goal.ends.start && step == Step::Free && next != Direction::West {
                more += BEND;
            }
            more += goal.discomfort(field, to, next);
            if turns && field.is_needed(at, goal.net) {
                more += NEEDED_BEND;
            }
            self.offer(goal, to, next, cost + more, Some(towards));
        }
    }

    /// The cells from a state back to the first one: from the source to the arrow head.
    fn walked(&self, goal: &Goal, mut state: u32) -> Vec<Point> {
        let mut cells = Vec::new();
        loop {
            let (at, towards) = goal.unpacked(state);
            cells.push(at);
            let before = self.visits[state as usize].cost & FIRST;
            let Some(before) = DIRECTIONS.get(before as usize) else {
                return cells;
            };
            let (columns, rows) = towards.step();
            state = goal.packed(at.moved(-columns, -rows), *before);
        }
    }
}

impl Goal {
    fn packed(&self, at: Point, towards: Direction) -> u32 {
        let (x, y) = ((at.x - self.window.x) as u32, (at.y - self.window.y) as u32);
        (y * self.window.width as u32 + x) * 4 + towards.index() as u32
    }

    fn unpacked(&self, state: u32) -> (Point, Direction) {
        let width = self.window.width as u32;
        let cell = state / 4;
        let at = Point::new(
            self.window.x + (cell % width) as i32,
            self.window.y + (cell / width) as i32,
        );
        (at, DIRECTIONS[(state % 4) as usize])
    }

    /// Whether the source is reached at its first cell, where nothing of its net is yet.
    fn is_met(&self, field: &Field, at: Point) -> bool {
        field.spot(at).is_some_and(|spot| spot.arms == 0)
    }

    /// Whether the cell belongs to the net already.
    fn joins(&self, field: &Field, at: Point, towards: Direction) -> bool {
        !self.tree.is_empty() && field.step(at, towards, self.net) == Step::Join
    }

    fn join_cost(&self, field: &Field, at: Point) -> u32 {
        let corner = field
            .spot(at)
            .is_some_and(|spot| spot.horizontal != 0 && spot.vertical != 0);
        if corner { BEND_AT_CORNER } else { BEND }
    }

    /// The least that the rest can cost.
    fn rest(&self, at: Point, towards: Direction) -> u32 {
        if !self.tree.is_empty() {
            let away = |part: &Rect| {
                let columns = (part.x - at.x).max(at.x - part.right() + 1).max(0);
                let rows = (part.y - at.y).max(at.y - part.bottom() + 1).max(0);
                (columns + rows) as u32
            };
            return self.tree.iter().map(away).min().unwrap_or(0) * STEP;
        }
        let start = self.ends.start;
        let steps = at.x.abs_diff(start.x) + at.y.abs_diff(start.y);
        let bends = match (towards, at.y == start.y) {
            (Direction::West, true) if at.x >= start.x => 0,
            (Direction::North | Direction::South, _) => 1,
            _ if at == start => 0,
            _ => 2,
        };
        steps * STEP + if at == start { 0 } else { bends * BEND }
    }

    /// What a step into a cell costs because of what is near it.
    fn discomfort(&self, field: &Field, at: Point, towards: Direction) -> u32 {
        let mut cost = 0;
        if field.is_near(at) && at != self.ends.start {
            cost += NEAR;
        }
        let (columns, rows) = if towards.is_horizontal() {
            (0, 1)
        } else {
            (1, 0)
        };
        for side in [-1, 1] {
            let beside = field.spot(at.moved(columns * side, rows * side));
            let along = beside.map_or(0, |spot| {
                if towards.is_horizontal() {
                    spot.horizontal
                } else {
                    spot.vertical
                }
            });
            if along != 0 && along != self.net {
                cost += BESIDE;
            }
        }
        if !towards.is_horizontal() {
            cost += if field.is_needed(at, self.net) {
                NEEDED
            } else {
                0
            };
            cost += at.x.abs_diff(self.column).min(3) * ASIDE;
        }
        if self.ends.is_backward() && at.y < self.ends.top {
            cost += ABOVE;
        }
        cost
    }
}

fn cell(at: Point) -> Rect {
    Rect::new(at.x, at.y, 1, 1)
}

/// The whole path: what it shares with its net at the beginning, what was found, and what it shares with
/// another wire into the same arrow head.
fn joined(found: &[Point], of_net: &[&Path], into: &[&Path]) -> Path {
    let (first, last) = (found.first().copied(), found.last().copied());
    let place =
        |path: &Path, wanted: Option<Point>| path.cells().position(|cell| Some(cell) == wanted);
    let mut cells: Vec<Point> = Vec::new();
    let trunk = of_net
        .iter()
        .find_map(|path| Some((path, place(path, first)?)));
    if let Some((path, until)) = trunk {
        cells.extend(path.cells().take(until));
    }
    cells.extend(found);
    let rest = into
        .iter()
        .find_map(|path| Some((path, place(path, last)?)));
    if let Some((path, from)) = rest {
        cells.extend(path.cells().skip(from + 1));
    }
    Path::new(cells)
}
