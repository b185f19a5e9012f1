//! The promises of the routes, for random drawings.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::layout::geometry::{Point, Size};
use crate::layout::grid::Direction;
use crate::layout::place::{PlaceBox, PlaceInput, Spacing, place};

const SPACING: Spacing = Spacing {
    rows: 2,
    columns: 4,
    track: 2,
    frame_rows: 1,
    frame_columns: 1,
};

/// Boxes that were placed automatically or anyhow, and wires between them.
#[derive(Debug, Clone)]
struct Drawing {
    boxes: Vec<Rect>,
    wires: Vec<(usize, usize)>,
}

impl Drawing {
    fn input(&self) -> RouteInput<'_> {
        RouteInput {
            boxes: &self.boxes,
            wires: &self.wires,
            frames: &[],
        }
    }
}

fn drawing() -> impl Strategy<Value = Drawing> {
    (1..14_usize, any::<bool>()).prop_flat_map(|(count, automatic)| {
        let size = (7..18_i32, 1..6_i32).prop_map(|(width, height)| Size::new(width, height));
        let sizes = prop::collection::vec(size, count);
        let wires = prop::collection::vec((0..count, 0..count), 0..count * 2);
        let shifts = prop::collection::vec((0..8_i32, 0..5_i32), count);
        (sizes, wires, shifts).prop_map(move |(sizes, wires, shifts)| {
            let boxes = if automatic {
                placed(&sizes, &wires)
            } else {
                // A rough grid, as of a user who does not mind the direction of wires.
                let at = |(index, size): (usize, &Size)| {
                    let (x, y) = ((index % 4) as i32 * 32, (index / 4) as i32 * 14);
                    Rect::at(Point::new(x + shifts[index].0, y + shifts[index].1), *size)
                };
                sizes.iter().enumerate().map(at).collect()
            };
            Drawing { boxes, wires }
        })
    })
}

fn placed(sizes: &[Size], wires: &[(usize, usize)]) -> Vec<Rect> {
    let boxes: Vec<PlaceBox> = sizes
        .iter()
        .map(|size| PlaceBox {
            size: *size,
            fixed: None,
        })
        .collect();
    let input = PlaceInput {
        boxes: &boxes,
        wires,
        wire_room: &[],
        groups: &[],
        spacing: SPACING,
    };
    place(&input).boxes
}

/// The directions of the arms that a path has in each of its cells.
fn arms(path: &Path) -> Vec<(Point, BTreeSet<Direction>)> {
    let cells: Vec<Point> = path.cells().collect();
    let arms_of = |(index, cell): (usize, &Point)| {
        let back = match index.checked_sub(1) {
            Some(before) => Direction::between(*cell, cells[before]),
            None => Some(Direction::West),
        };
        let on = match cells.get(index + 1) {
            Some(after) => Direction::between(*cell, *after),
            None => Some(Direction::East),
        };
        (*cell, [back, on].into_iter().flatten().collect())
    };
    cells.iter().enumerate().map(arms_of).collect()
}

/// What is wrong with some routes; empty if nothing is.
fn faults(drawing: &Drawing, routes: &Routes) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut cells: BTreeMap<Point, Vec<(usize, BTreeSet<Direction>)>> = BTreeMap::new();
    for (index, (path, (from, to))) in routes.paths.iter().zip(&drawing.wires).enumerate() {
        let (source, target) = (drawing.boxes[*from], drawing.boxes[*to]);
        let start = path.start().expect("every wire has a path");
        let end = path.end().expect("every wire has a path");
        if start != Point::new(source.right(), source.middle_row()) {
            wrong.push(format!("wire {index} leaves at {start:?}"));
        }
        if end.x != target.x - 1 || end.y < target.y || end.y >= target.bottom() {
            wrong.push(format!("wire {index} arrives at {end:?}"));
        }
        if path.is_fallback() {
            continue;
        }
        for (cell, arms) in arms(path) {
            if drawing.boxes.iter().any(|rect| rect.contains(cell)) {
                wrong.push(format!("wire {index} crosses a box at {cell:?}"));
            }
            if arms.len() != 2 {
                wrong.push(format!("wire {index} turns back at {cell:?}"));
            }
            cells.entry(cell).or_default().push((index, arms));
        }
        let last = arms(path).pop();
        if last.is_some_and(|(_, arms)| !arms.contains(&Direction::West)) {
            wrong.push(format!(
                "the arrow of wire {index} does not come from the left"
            ));
        }
    }
    for (cell, present) in &cells {
        wrong.extend(fault_at(drawing, routes, *cell, present));
    }
    wrong
}

/// What is wrong where several wires share a cell.
fn fault_at(
    drawing: &Drawing,
    routes: &Routes,
    cell: Point,
    present: &[(usize, BTreeSet<Direction>)],
) -> Option<String> {
    let all: BTreeSet<Direction> = present
        .iter()
        .flat_map(|(_, arms)| arms.iter().copied())
        .collect();
    let straight = |arms: &BTreeSet<Direction>, level: bool| {
        arms.len() == 2 && arms.iter().all(|arm| arm.is_horizontal() == level)
    };
    let crossing = present
        .iter()
        .all(|(_, arms)| straight(arms, true) || straight(arms, false));
    if all.len() == 4 {
        return (!crossing).then(|| format!("four arms at {cell:?} are no crossing"));
    }
    for (index, arms) in present {
        for (other, others) in present {
            let foreign = drawing.wires[*index].0 != drawing.wires[*other].0;
            let ends = (routes.paths[*index].end(), routes.paths[*other].end());
            if foreign && ends.0 != ends.1 && !arms.is_disjoint(others) {
                return Some(format!("wires {index} and {other} share {cell:?}"));
            }
            if foreign && ends.0 != ends.1 && all.len() < 4 {
                return Some(format!("wires {index} and {other} touch at {cell:?}"));
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(crate::layout::testing::cases(200))]

    #[test]
    fn wires_keep_off_boxes_and_cross_at_right_angles(drawing in drawing()) {
        let routes = Routes::new(&drawing.input());
        prop_assert_eq!(faults(&drawing, &routes), Vec::<String>::new());
        prop_assert_eq!(&routes, &Routes::new(&drawing.input()));
    }

    #[test]
    fn a_move_changes_only_the_wires_that_it_concerns(
        drawing in drawing(),
        which in any::<prop::sample::Index>(),
        shift in (-6..7_i32, -4..5_i32),
    ) {
        let before = Routes::new(&drawing.input());
        let mut after = drawing.clone();
        let moved = which.index(drawing.boxes.len());
        after.boxes[moved] = after.boxes[moved].moved(shift.0, shift.1);
        let again = before.again(&after.input());
        let wires = drawing.wires.iter().zip(before.paths.iter().zip(&again.paths));
        for (index, ((from, to), (old, new))) in wires.enumerate() {
            let covered = |end: Option<Point>| {
                old.end() != end && old.cells().any(|cell| Some(cell) == end)
            };
            let concerned = *from == moved || *to == moved
                || old.cells().any(|cell| after.boxes[moved].contains(cell))
                || new.end() != old.end()
                || again.paths.iter().any(|other| covered(other.end()));
            prop_assert!(concerned || old == new, "wire {}", index);
        }
        let overlaps = after.boxes.iter().enumerate().any(|(index, rect)| {
            index != moved && rect.grown(1, 1).overlaps(after.boxes[moved])
        });
        if !overlaps {
            prop_assert_eq!(faults(&after, &again), Vec::<String>::new());
        }
    }

    #[test]
    fn ports_are_in_the_order_of_heights(drawing in drawing()) {
        let routes = Routes::new(&drawing.input());
        let ends = drawing.wires.iter().zip(&routes.paths);
        let ends: Vec<_> = ends.map(|((from, to), path)| (*from, *to, path.end())).collect();
        for (from, to, end) in &ends {
            for (other, to_other, end_other) in &ends {
                let column = drawing.boxes[*to].x - 1;
                let forward = |source: usize| drawing.boxes[source].right() <= column;
                let above = drawing.boxes[*from].middle_row() < drawing.boxes[*other].middle_row();
                if to == to_other && forward(*from) && forward(*other) && above {
                    let rows = (end.map(|end| end.y), end_other.map(|end| end.y));
                    prop_assert!(rows.0 <= rows.1);
                }
            }
        }
    }
}

#[test]
fn hostile_drawings_are_routed_somehow() {
    assert_eq!(
        Routes::new(&RouteInput {
            boxes: &[],
            wires: &[(0, 1)],
            frames: &[]
        })
        .paths
        .len(),
        1
    );
    // Boxes upon each other, of no size, and further apart than is searched.
    let boxes = [
        Rect::new(0, 0, 4, 3),
        Rect::new(1, 1, 4, 3),
        Rect::new(2, 2, 0, 0),
        Rect::new(900_000, -900_000, 10, 5),
    ];
    let wires = [(0, 1), (1, 0), (0, 0), (2, 3), (3, 2), (0, 9)];
    let routes = Routes::new(&RouteInput {
        boxes: &boxes,
        wires: &wires,
        frames: &boxes,
    });
    assert_eq!(routes.paths.len(), wires.len());
    assert!(routes.paths[5].is_empty());
    assert!(routes.paths[3].is_fallback());
    assert!(routes.paths[3].len() > 1_000_000);
}

/// Prints how long the routing of 200 boxes and 300 wires takes.
#[test]
#[ignore = "measures time"]
#[expect(clippy::disallowed_methods, reason = "measuring is what it is for")]
#[expect(clippy::print_stderr, reason = "measuring is what it is for")]
fn how_long_a_large_routing_takes() {
    let (boxes, wires) = crate::layout::place::large(200, 300);
    let sizes: Vec<Size> = boxes.iter().map(|item| item.size).collect();
    let drawing = Drawing {
        boxes: placed(&sizes, &wires),
        wires,
    };
    let began = std::time::Instant::now();
    let routes = Routes::new(&drawing.input());
    let took = began.elapsed();
    let without = routes
        .paths
        .iter()
        .filter(|path| path.is_fallback())
        .count();
    eprintln!("200 boxes, 300 wires: routed in {took:?}, {without} by the fallback");
    let mut moved = drawing.clone();
    moved.boxes[100] = moved.boxes[100].moved(0, 1);
    let began = std::time::Instant::now();
    let again = routes.again(&moved.input());
    eprintln!("one box moved: {:?}", began.elapsed());
    assert_eq!(again.paths.len(), 300);
}
