//! The rows of boxes: as level with their neighbours as the order allows.
//!
//! The order says only which box lies below which, so every solution obeys inequalities of the form
//! "this top is at least so far below that one". Two solutions come nearest to what is wished: one that
//! moves boxes only down from there, one that moves them only up. Their mean obeys all inequalities too,
//! and boxes that compete for a row end up evenly around it.

use super::Spacing;
use super::frames::Groups;
use super::order::Layered;

/// There and back so many times.
const ROUNDS: usize = 6;
/// Up to this many items × layers each layer is settled by itself; beyond, all at once.
const EXACT_MAX: usize = 200_000;

/// What stands in the sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Enter(usize),
    Item(usize),
    Leave(usize),
}

/// The top row of each item.
pub(super) fn rows(
    layered: &Layered,
    groups: &Groups,
    sequence: &[usize],
    spacing: Spacing,
) -> Vec<i32> {
    let solver = Solver::new(layered, groups, sequence, spacing);
    let mut tops = solver.relaxed(&vec![0; layered.items.len()]);
    let count = layered.layers.len();
    let exact = layered.items.len().saturating_mul(count) <= EXACT_MAX;
    for round in 0..ROUNDS * 2 {
        let by_left = round % 2 == 0;
        let links = if by_left {
            &layered.before
        } else {
            &layered.after
        };
        let order: Vec<usize> = if by_left {
            (1..count).collect()
        } else {
            (0..count).rev().collect()
        };
        let mut wished = tops.clone();
        for layer in order {
            for item in &layered.layers[layer] {
                wished[*item] = level(layered, &tops, *item, &links[*item]);
            }
            if exact {
                tops = solver.relaxed(&wished);
                wished.copy_from_slice(&tops);
            }
        }
        if !exact {
            tops = solver.relaxed(&wished);
        }
    }
    let highest = tops.iter().copied().min().unwrap_or(0);
    tops.iter().map(|top| top - highest).collect()
}

/// The top at which an item is level with the median of its neighbours.
fn level(layered: &Layered, tops: &[i32], item: usize, linked: &[usize]) -> i32 {
    if linked.is_empty() {
        return tops[item];
    }
    let middle = |item: usize| (layered.items[item].height - 1) / 2;
    let mut rows: Vec<i32> = linked
        .iter()
        .map(|other| tops[*other] + middle(*other))
        .collect();
    rows.sort_unstable();
    let (low, high) = (rows[(rows.len() - 1) / 2], rows[rows.len() / 2]);
    (low + high).div_euclid(2) - middle(item)
}

struct Solver<'a> {
    layered: &'a Layered,
    spacing: Spacing,
    tokens: Vec<Token>,
    /// First and last layer of each group.
    spans: Vec<(usize, usize)>,
}

/// The lowest thing in a layer so far.
#[derive(Debug, Clone, Copy)]
struct Edge {
    /// The first free row below it.
    free: i32,
    /// What it is, for the distance to the next.
    kind: EdgeKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EdgeKind {
    /// The inner side of a frame, or nothing: no distance.
    Start,
    /// A wire that passes.
    Bend,
    /// A box or a frame.
    Solid,
}

impl<'a> Solver<'a> {
    fn new(
        layered: &'a Layered,
        groups: &Groups,
        sequence: &[usize],
        spacing: Spacing,
    ) -> Solver<'a> {
        let mut spans = vec![(usize::MAX, 0); groups.members.len()];
        let mut tokens = Vec::with_capacity(sequence.len());
        let mut open: Vec<usize> = Vec::new();
        for item in sequence {
            let path = groups.path(layered.items[*item].group);
            let shared = open.iter().zip(&path).take_while(|(a, b)| a == b).count();
            tokens.extend(open.drain(shared..).rev().map(Token::Leave));
            for group in path.iter().skip(shared) {
                tokens.push(Token::Enter(*group));
                open.push(*group);
            }
            tokens.push(Token::Item(*item));
            let layer = layered.items[*item].layer;
            for group in path {
                let span = &mut spans[group];
                *span = (span.0.min(layer), span.1.max(layer));
            }
        }
        tokens.extend(open.drain(..).rev().map(Token::Leave));
        Solver {
            layered,
            spacing,
            tokens,
            spans,
        }
    }

    /// The feasible tops between the two solutions nearest to what is wished.
    fn relaxed(&self, wished: &[i32]) -> Vec<i32> {
        let down = self.pushed(wished, false);
        let up = self.pushed(wished, true);
        down.iter()
            .zip(up)
            .map(|(down, up)| (down + up).div_euclid(2))
            .collect()
    }

    /// The feasible solution that is nowhere above what is wished; upside down, nowhere below.
    fn pushed(&self, wished: &[i32], upside_down: bool) -> Vec<i32> {
        let start = Edge {
            free: i32::MIN / 4,
            kind: EdgeKind::Start,
        };
        let mut edges = vec![start; self.layered.layers.len()];
        let mut tops = vec![0; wished.len()];
        let pad = self.spacing.frame_rows + 1;
        for place in 0..self.tokens.len() {
            let token = if upside_down {
                self.tokens[self.tokens.len() - 1 - place]
            } else {
                self.tokens[place]
            };
            match (token, upside_down) {
                (Token::Item(item), _) => {
                    let Item {
                        layer,
                        height,
                        bend,
                    } = self.item(item);
                    let kind = if bend {
                        EdgeKind::Bend
                    } else {
                        EdgeKind::Solid
                    };
                    // Upside down, a row r becomes -r, so the top of a box is where its bottom was.
                    let wish = if upside_down {
                        -(wished[item] + height)
                    } else {
                        wished[item]
                    };
                    let top = wish.max(self.below(edges[layer], kind));
                    edges[layer] = Edge {
                        free: top + height,
                        kind,
                    };
                    tops[item] = if upside_down { -(top + height) } else { top };
                }
                (Token::Enter(group), false) | (Token::Leave(group), true) => {
                    let (first, last) = self.spans[group];
                    let span = &mut edges[first..=last];
                    let top = span
                        .iter()
                        .map(|edge| self.below(*edge, EdgeKind::Solid))
                        .max();
                    span.fill(Edge {
                        free: top.unwrap_or(0) + pad,
                        kind: EdgeKind::Start,
                    });
                }
                (Token::Enter(group), true) | (Token::Leave(group), false) => {
                    let (first, last) = self.spans[group];
                    let span = &mut edges[first..=last];
                    let bottom = span.iter().map(|edge| edge.free).max().unwrap_or(0);
                    span.fill(Edge {
                        free: bottom + pad,
                        kind: EdgeKind::Solid,
                    });
                }
            }
        }
        tops
    }

    fn item(&self, item: usize) -> Item {
        let item = self.layered.items[item];
        Item {
            layer: item.layer,
            height: item.height,
            bend: item.bend,
        }
    }

    /// The first row at which something may begin below an edge.
    fn below(&self, edge: Edge, next: EdgeKind) -> i32 {
        edge.free
            + match (edge.kind, next) {
                (EdgeKind::Start, _) => 0,
                (EdgeKind::Solid, EdgeKind::Solid) => self.spacing.rows,
                _ => 1,
            }
    }
}

struct Item {
    layer: usize,
    height: i32,
    bend: bool,
}
