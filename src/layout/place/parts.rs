//! The parts of a drawing that no wire and no group joins: each is placed by itself, one below the
//! other, and boxes that stand alone in rows at the end.

use super::frames::Groups;
use super::layers::{backward, layers};
use super::order::{Item, Layered, order};
use super::{PlaceInput, columns, rows};
use crate::layout::geometry::{Point, Rect};

/// Places every box as if none had a place.
pub(super) fn place(input: &PlaceInput<'_>, groups: &Groups) -> Vec<Rect> {
    let count = input.boxes.len();
    let wires: Vec<(usize, usize)> = input
        .wires
        .iter()
        .copied()
        .filter(|(from, to)| *from < count && *to < count && from != to)
        .collect();
    let part_of = join(count, &wires, groups);
    let mut placed: Vec<Rect> = input
        .boxes
        .iter()
        .map(|item| Rect::at(Point::default(), item.size))
        .collect();
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut wires_of: Vec<Vec<(usize, usize)>> = vec![Vec::new(); count];
    for (node, part) in part_of.iter().enumerate() {
        parts[*part].push(node);
    }
    for wire in wires {
        wires_of[part_of[wire.0]].push(wire);
    }
    let mut top = 0;
    let mut widest = 0;
    let mut alone = Vec::new();
    for (members, wires) in parts.iter().zip(&wires_of) {
        if let [node] = members.as_slice()
            && groups.of_box[*node].is_none()
        {
            alone.push(*node);
        } else if !members.is_empty() {
            let rects = part(input, groups, members, wires);
            for (node, rect) in members.iter().zip(rects) {
                placed[*node] = rect.moved(0, top);
            }
            let bounds = framed(input, groups, members, &placed);
            for node in members {
                placed[*node] = placed[*node].moved(0, top - bounds.y);
            }
            widest = widest.max(bounds.right());
            top += bounds.height + input.spacing.rows + 1;
        }
    }
    stand_alone(input, &alone, Point::new(widest, top), &mut placed);
    placed
}

/// The space that a part takes, its frames included.
fn framed(input: &PlaceInput<'_>, groups: &Groups, members: &[usize], placed: &[Rect]) -> Rect {
    let frames = groups.frames(input, placed);
    let outermost = members.iter().filter_map(|node| {
        let first = *groups.path(groups.of_box[*node]).first()?;
        Some(frames[first])
    });
    Rect::around(members.iter().map(|node| placed[*node]).chain(outermost))
}

/// For each box the smallest box of its part.
fn join(count: usize, wires: &[(usize, usize)], groups: &Groups) -> Vec<usize> {
    fn root(of: &mut [usize], mut node: usize) -> usize {
        while of[node] != node {
            of[node] = of[of[node]];
            node = of[node];
        }
        node
    }
    let mut of: Vec<usize> = (0..count).collect();
    let kept = groups
        .members
        .iter()
        .zip(&groups.kept)
        .filter(|(_, kept)| **kept);
    let mates = kept.flat_map(|(members, _)| members.windows(2).map(|pair| (pair[0], pair[1])));
    for (a, b) in wires.iter().copied().chain(mates) {
        let (a, b) = (root(&mut of, a), root(&mut of, b));
        of[a.max(b)] = a.min(b);
    }
    (0..count).map(|node| root(&mut of, node)).collect()
}

/// Places one part, from the origin on.
fn part(
    input: &PlaceInput<'_>,
    groups: &Groups,
    members: &[usize],
    wires: &[(usize, usize)],
) -> Vec<Rect> {
    let mut local = vec![usize::MAX; input.boxes.len()];
    for (index, node) in members.iter().enumerate() {
        local[*node] = index;
    }
    let wires: Vec<(usize, usize)> = wires
        .iter()
        .map(|(from, to)| (local[*from], local[*to]))
        .collect();
    let back = backward(members.len(), &wires);
    let layer = layers(members.len(), &wires, &back);
    let items = members.iter().zip(&layer).map(|(node, layer)| Item {
        layer: *layer,
        height: input.boxes[*node].size.height,
        group: groups.of_box[*node],
        bend: false,
    });
    let layered = Layered::new(items.collect(), &wires, &back, groups);
    let sequence = order(&layered, groups, input.spacing);
    let tops = rows::rows(&layered, groups, &sequence, input.spacing);
    let lefts = columns::columns(input, groups, members, &layered, &tops, (&wires, &back));
    let rect = |(index, node): (usize, &usize)| {
        let place = Point::new(lefts[layer[index]], tops[index]);
        Rect::at(place, input.boxes[*node].size)
    };
    members.iter().enumerate().map(rect).collect()
}

/// Boxes without wires, in rows as wide as the rest.
fn stand_alone(input: &PlaceInput<'_>, alone: &[usize], corner: Point, placed: &mut [Rect]) {
    let spacing = input.spacing;
    let four: i32 = alone
        .iter()
        .take(4)
        .map(|node| placed[*node].width + spacing.columns)
        .sum();
    let limit = corner.x.max(four);
    let (mut x, mut y, mut height) = (0, corner.y, 0);
    for node in alone {
        let size = placed[*node].size();
        if x > 0 && x + size.width > limit {
            (x, y, height) = (0, y + height + spacing.rows, 0);
        }
        placed[*node] = Rect::at(Point::new(x, y), size);
        x += size.width + spacing.columns;
        height = height.max(size.height);
    }
}
