//! The columns of layers: as wide as their widest box, and as far apart as the wires that turn
//! between them need.

use std::collections::BTreeMap;

use super::PlaceInput;
use super::frames::{Groups, title_room};
use super::order::Layered;

/// Most tracks for which room is made between two layers.
const TRACKS_MAX: i32 = 16;

/// The left column of each layer.
pub(super) fn columns(
    input: &PlaceInput<'_>,
    groups: &Groups,
    members: &[usize],
    layered: &Layered,
    tops: &[i32],
    (wires, back): (&[(usize, usize)], &[bool]),
) -> Vec<i32> {
    let count = layered.layers.len();
    let mut widths = vec![0; count];
    for (index, node) in members.iter().enumerate() {
        let width = &mut widths[layered.items[index].layer];
        *width = input.boxes[*node].size.width.max(*width);
    }
    let side = input.spacing.frame_columns + 1;
    let mut opened = vec![0; count];
    let mut closed = vec![0; count];
    for (layer, items) in layered.layers.iter().enumerate() {
        for item in items {
            let path = groups.path(layered.items[*item].group);
            let spans: Vec<_> = path
                .iter()
                .map(|group| span(groups, *group, members, layered))
                .collect();
            let begins = spans.iter().filter(|span| span.0 == layer).count() as i32;
            let ends = spans.iter().filter(|span| span.1 == layer).count() as i32;
            opened[layer] = begins.max(opened[layer]);
            closed[layer] = ends.max(closed[layer]);
            for group in path
                .iter()
                .zip(&spans)
                .filter(|(_, span)| **span == (layer, layer))
            {
                widths[layer] = widths[layer].max(title_room(input, *group.0) - 2 * side);
            }
        }
    }
    let tracks = tracks(layered, tops, wires, back);
    let texts = texts(input, members, layered, tops, wires);
    let mut lefts = Vec::with_capacity(count);
    let mut x = opened.first().copied().unwrap_or(0) * side;
    for layer in 0..count {
        lefts.push(x);
        let frames = closed[layer] + opened.get(layer + 1).copied().unwrap_or(0);
        let wires = input.spacing.track * tracks[layer].min(TRACKS_MAX);
        x += widths[layer] + (input.spacing.columns + wires + frames * side).max(texts[layer]);
    }
    lefts
}

/// First and last layer of a group.
fn span(groups: &Groups, group: usize, members: &[usize], layered: &Layered) -> (usize, usize) {
    let inside = groups.members[group]
        .iter()
        .filter_map(|node| members.binary_search(node).ok());
    inside.fold((usize::MAX, 0), |span, index| {
        let layer = layered.items[index].layer;
        (span.0.min(layer), span.1.max(layer))
    })
}

/// For the room right of each layer, the columns that the texts at level wires need there.
fn texts(
    input: &PlaceInput<'_>,
    members: &[usize],
    layered: &Layered,
    tops: &[i32],
    wires: &[(usize, usize)],
) -> Vec<i32> {
    let row = |item: usize| tops[item] + (layered.items[item].height - 1) / 2;
    let mut texts = vec![0; layered.layers.len()];
    if input.wire_room.iter().all(|room| *room == 0) {
        return texts;
    }
    let rooms: BTreeMap<&(usize, usize), &i32> = input.wires.iter().zip(input.wire_room).collect();
    for (from, to) in wires {
        let layer = layered.items[*from].layer;
        if layered.items[*to].layer == layer + 1 && row(*from) == row(*to) {
            let room = rooms.get(&(members[*from], members[*to]));
            texts[layer] = texts[layer].max(room.map_or(0, |room| **room));
        }
    }
    texts
}

/// For the room right of each layer, how many wires turn side by side there: the most vertical stretches
/// that share a row, and one for each backward wire.
fn tracks(layered: &Layered, tops: &[i32], wires: &[(usize, usize)], back: &[bool]) -> Vec<i32> {
    let row = |item: usize| tops[item] + (layered.items[item].height - 1) / 2;
    let mut tracks = Vec::with_capacity(layered.layers.len());
    for items in &layered.layers {
        let mut ends: Vec<(i32, i32)> = Vec::new();
        for item in items {
            let rows = layered.after[*item]
                .iter()
                .map(|end| row(*end))
                .chain([row(*item)]);
            let (low, high) = rows.fold((i32::MAX, i32::MIN), |span, row| {
                (span.0.min(row), span.1.max(row))
            });
            if low < high {
                ends.extend([(low, -1), (high, 1)]);
            }
        }
        // Stretches that only touch at an end count as side by side: corners need their own cells.
        ends.sort_unstable();
        let turning = ends.len() as i32 / 2;
        let (mut open, mut most) = (0, 0);
        for (_, end) in ends {
            open -= end;
            most = most.max(open);
        }
        // Where several turn, the order of their rows may ask for more columns than lie side by side.
        let spare = if most > 1 {
            (turning - most + 1) / 2
        } else {
            0
        };
        tracks.push(most + spare);
    }
    for ((from, to), back) in wires.iter().zip(back) {
        if *back {
            tracks[layered.items[*from].layer] += 1;
            if let Some(left) = layered.items[*to].layer.checked_sub(1) {
                tracks[left] += 1;
            }
        }
    }
    tracks
}
