//! Boxes without a place around boxes that have one: each as far from its neighbours as in the
//! automatic placement, moved up or down until it is free.

use super::PlaceInput;
use super::frames::Groups;
use crate::layout::geometry::{Point, Rect};

/// Up to this many free boxes are placed one by one; more stand together below the others.
const FREE_MAX: usize = 500;

/// The automatic placement, corrected by the places that are given.
pub(super) fn place(input: &PlaceInput<'_>, groups: &Groups, free: Vec<Rect>) -> Vec<Rect> {
    let fixed = |index: usize| input.boxes[index].fixed.map(Point::limited);
    let (given, mut open): (Vec<usize>, Vec<usize>) =
        (0..input.boxes.len()).partition(|index| fixed(*index).is_some());
    if given.is_empty() || open.is_empty() {
        let place = |(index, rect): (usize, Rect)| {
            fixed(index).map_or(rect, |place| Rect::at(place, rect.size()))
        };
        return free.into_iter().enumerate().map(place).collect();
    }
    let mut search = Search {
        input,
        neighbours: neighbours(input, groups),
        placed: vec![None; free.len()],
        free,
    };
    for index in given {
        let place = fixed(index).unwrap_or_default();
        search.placed[index] = Some(Rect::at(place, search.free[index].size()));
    }
    if open.len() > FREE_MAX {
        search.below(&open);
    } else {
        open.sort_by_key(|index| (search.free[*index].x, search.free[*index].y, *index));
        while !open.is_empty() {
            let anchored = |index: &usize| search.anchored(*index);
            let next = open.iter().position(anchored).unwrap_or(0);
            search.put(open.remove(next));
        }
    }
    let placed = search.placed.iter().zip(&search.free);
    placed
        .map(|(placed, free)| placed.unwrap_or(*free))
        .collect()
}

/// The boxes that each box is placed by: those with a wire between them, else those of its group.
fn neighbours(input: &PlaceInput<'_>, groups: &Groups) -> Vec<Vec<usize>> {
    let count = input.boxes.len();
    let mut all = vec![Vec::new(); count];
    for (from, to) in input.wires {
        if *from < count && *to < count && from != to {
            all[*from].push(*to);
            all[*to].push(*from);
        }
    }
    for (index, near) in all.iter_mut().enumerate() {
        if let (true, Some(group)) = (near.is_empty(), groups.of_box[index]) {
            near.extend(
                groups.members[group]
                    .iter()
                    .copied()
                    .filter(|mate| *mate != index),
            );
        }
    }
    all
}

struct Search<'a> {
    input: &'a PlaceInput<'a>,
    neighbours: Vec<Vec<usize>>,
    /// The automatic placement.
    free: Vec<Rect>,
    placed: Vec<Option<Rect>>,
}

impl Search<'_> {
    fn anchored(&self, index: usize) -> bool {
        self.neighbours[index]
            .iter()
            .any(|other| self.placed[*other].is_some())
    }

    /// Places a box near its neighbours, or below everything if it has none.
    fn put(&mut self, index: usize) {
        let own = self.free[index];
        let wishes: Vec<Point> = self.neighbours[index]
            .iter()
            .filter_map(|other| {
                let (placed, free) = (self.placed[*other]?, self.free[*other]);
                Some(Point::new(
                    placed.x + own.x - free.x,
                    placed.y + own.y - free.y,
                ))
            })
            .collect();
        let median = |mut values: Vec<i32>| {
            values.sort_unstable();
            values[(values.len() - 1) / 2]
        };
        let wish = if wishes.is_empty() {
            let bounds = Rect::around(self.placed.iter().flatten().copied());
            Point::new(bounds.x, bounds.bottom() + self.input.spacing.rows)
        } else {
            Point::new(
                median(wishes.iter().map(|wish| wish.x).collect()),
                median(wishes.iter().map(|wish| wish.y).collect()),
            )
        };
        self.placed[index] = Some(self.nearest(Rect::at(wish.limited(), own.size())));
    }

    /// The place in the same column nearest to a wish at which a box overlaps nothing.
    fn nearest(&self, wish: Rect) -> Rect {
        let spacing = self.input.spacing;
        let reach = wish.grown(spacing.columns.max(1), 0);
        let beside = |other: &&Rect| other.x < reach.right() && reach.x < other.right();
        let blocked: Vec<Rect> = self
            .placed
            .iter()
            .flatten()
            .filter(beside)
            .copied()
            .collect();
        let rows = blocked.iter().flat_map(|other| {
            [
                other.y - spacing.rows - wish.height,
                other.bottom() + spacing.rows,
            ]
        });
        let mut rows: Vec<i32> = rows.chain([wish.y]).collect();
        rows.sort_by_key(|row| ((row - wish.y).abs(), *row < wish.y));
        let fits = |row: &i32| {
            let needed = Rect::new(wish.x, *row, wish.width, wish.height).grown(0, spacing.rows);
            !blocked
                .iter()
                .any(|other| other.y < needed.bottom() && needed.y < other.bottom())
        };
        let lowest = blocked
            .iter()
            .map(|other| other.bottom() + spacing.rows)
            .max();
        let row = rows.into_iter().find(fits).or(lowest).unwrap_or(wish.y);
        Rect::new(wish.x, row, wish.width, wish.height)
    }

    /// Puts boxes as they lie in the automatic placement below all others.
    fn below(&mut self, open: &[usize]) {
        let bounds = Rect::around(self.placed.iter().flatten().copied());
        let own = Rect::around(open.iter().map(|index| self.free[*index]));
        let down = bounds.bottom() + self.input.spacing.rows + 1 - own.y;
        for index in open {
            self.placed[*index] = Some(self.free[*index].moved(bounds.x - own.x, down));
        }
    }
}
