//! The order of boxes in each layer, by sweeps over the layers: each box goes to the mean of its
//! neighbours in the layer before. A wire over several layers is a chain of bends, one in each. The
//! order is one sequence for all layers, in which the boxes of a group stand together, so a group has
//! the same neighbours in each layer that it spans.

use std::cmp::Ordering;

use super::Spacing;
use super::frames::Groups;

/// A box, or a place in a layer through which a long wire passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) layer: usize,
    pub(super) height: i32,
    /// The innermost group.
    pub(super) group: Option<usize>,
    /// Whether it is no box but a wire that passes.
    pub(super) bend: bool,
}

/// Items in layers, with links only between neighbouring layers.
#[derive(Debug, Clone)]
pub(super) struct Layered {
    pub(super) items: Vec<Item>,
    /// Linked items one layer to the left.
    pub(super) before: Vec<Vec<usize>>,
    /// Linked items one layer to the right.
    pub(super) after: Vec<Vec<usize>>,
    /// The items of each layer.
    pub(super) layers: Vec<Vec<usize>>,
}

/// Most bends in a part; further long wires are not reserved a place.
const BENDS_MAX: usize = 20_000;
/// Sweeps over all layers, there and back counted apart.
const SWEEPS: usize = 12;

impl Layered {
    /// Divides long wires. Wires of one box share their bends as far as they go together.
    pub(super) fn new(
        mut items: Vec<Item>,
        wires: &[(usize, usize)],
        back: &[bool],
        groups: &Groups,
    ) -> Layered {
        let boxes = items.len();
        let mut chains: Vec<Vec<usize>> = vec![Vec::new(); boxes];
        let mut links = Vec::new();
        for ((from, to), back) in wires.iter().zip(back) {
            if *back {
                continue;
            }
            let (first, last) = (items[*from].layer, items[*to].layer);
            if last - first > 1 && items.len() + (last - first) > boxes + BENDS_MAX {
                continue;
            }
            let mut previous = *from;
            for layer in first + 1..last {
                let known = chains[*from].get(layer - first - 1).copied();
                let bend = known.unwrap_or_else(|| {
                    let group = common(groups, items[*from].group, items[*to].group);
                    items.push(Item {
                        layer,
                        height: 1,
                        group,
                        bend: true,
                    });
                    chains[*from].push(items.len() - 1);
                    items.len() - 1
                });
                links.push((previous, bend));
                previous = bend;
            }
            links.push((previous, *to));
        }
        links.sort_unstable();
        links.dedup();
        let mut layered = Layered {
            before: vec![Vec::new(); items.len()],
            after: vec![Vec::new(); items.len()],
            layers: vec![Vec::new(); items.iter().map(|item| item.layer + 1).max().unwrap_or(0)],
            items,
        };
        for (left, right) in links {
            layered.after[left].push(right);
            layered.before[right].push(left);
        }
        for (index, item) in layered.items.iter().enumerate() {
            layered.layers[item.layer].push(index);
        }
        layered
    }
}

/// The innermost group around both.
fn common(groups: &Groups, a: Option<usize>, b: Option<usize>) -> Option<usize> {
    let (a, b) = (groups.path(a), groups.path(b));
    let shared = a.iter().zip(&b).take_while(|(a, b)| a == b);
    shared.last().map(|(group, _)| *group)
}

/// All items in one sequence from the top, the members of each group together.
pub(super) fn order(layered: &Layered, groups: &Groups, spacing: Spacing) -> Vec<usize> {
    let mut sweep = Sweep::new(layered, groups, spacing);
    let mut best = sweep.sequence();
    let mut fewest = crossings(layered, &best);
    let count = layered.layers.len();
    for round in 0..SWEEPS {
        if fewest == 0 && round > 1 {
            break;
        }
        let forward = round % 2 == 0;
        for step in 1..count {
            let layer = if forward { step } else { count - 1 - step };
            sweep.layer(layer, forward);
        }
        let sequence = sweep.sequence();
        let crossed = crossings(layered, &sequence);
        if crossed < fewest || round == 0 && crossed == fewest {
            (best, fewest) = (sequence, crossed);
        }
    }
    best
}

/// The state of the sweeps: where the middle of each item would be if layers were packed.
struct Sweep<'a> {
    layered: &'a Layered,
    /// The groups around each item, from the outermost.
    paths: Vec<Vec<usize>>,
    /// The items of each group.
    inside: Vec<Vec<usize>>,
    spacing: Spacing,
    middle: Vec<f64>,
    layers: Vec<Vec<usize>>,
}

impl<'a> Sweep<'a> {
    fn new(layered: &'a Layered, groups: &Groups, spacing: Spacing) -> Sweep<'a> {
        let paths: Vec<Vec<usize>> = layered
            .items
            .iter()
            .map(|item| groups.path(item.group))
            .collect();
        let mut inside: Vec<Vec<usize>> = vec![Vec::new(); groups.members.len()];
        for (item, path) in paths.iter().enumerate() {
            for group in path {
                inside[*group].push(item);
            }
        }
        let mut sweep = Sweep {
            layered,
            paths,
            inside,
            spacing,
            middle: vec![0.0; layered.items.len()],
            layers: layered.layers.clone(),
        };
        for layer in 0..sweep.layers.len() {
            sweep.pack(layer);
        }
        sweep
    }

    /// Gives the items of a layer their places, one below the other, around row 0.
    fn pack(&mut self, layer: usize) {
        let mut top = 0;
        for item in &self.layers[layer] {
            let height = self.layered.items[*item].height;
            self.middle[*item] = f64::from(2 * top + height) / 2.0;
            top += height + self.spacing.rows;
        }
        let half = f64::from(top - self.spacing.rows) / 2.0;
        for item in &self.layers[layer] {
            self.middle[*item] -= half;
        }
    }

    /// Sorts a layer by the means of the neighbours on one side.
    fn layer(&mut self, layer: usize, by_left: bool) {
        let links = if by_left {
            &self.layered.before
        } else {
            &self.layered.after
        };
        let mut keys = self.middle.clone();
        for item in &self.layers[layer] {
            let linked = &links[*item];
            if !linked.is_empty() {
                let sum: f64 = linked.iter().map(|other| self.middle[*other]).sum();
                keys[*item] = sum / linked.len() as f64;
            }
        }
        let of_groups = self.of_groups(&keys);
        let mut items = std::mem::take(&mut self.layers[layer]);
        items.sort_by(|a, b| self.compare(*a, *b, &keys, &of_groups));
        self.layers[layer] = items;
        self.pack(layer);
    }

    /// The mean of the keys of all items in each group.
    fn of_groups(&self, keys: &[f64]) -> Vec<f64> {
        let mean = |items: &Vec<usize>| {
            let sum: f64 = items.iter().map(|item| keys[*item]).sum();
            sum / items.len().max(1) as f64
        };
        self.inside.iter().map(mean).collect()
    }

    /// Compares two items by the outermost groups in which they differ, or by themselves.
    fn compare(&self, a: usize, b: usize, keys: &[f64], of_groups: &[f64]) -> Ordering {
        let (path_a, path_b) = (&self.paths[a], &self.paths[b]);
        let shared = path_a
            .iter()
            .zip(path_b)
            .take_while(|(a, b)| a == b)
            .count();
        let place = |item: usize, path: &[usize]| match path.get(shared) {
            Some(group) => (of_groups[*group], 1, *group),
            None => (keys[item], 0, item),
        };
        let (a, b) = (place(a, path_a), place(b, path_b));
        a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2)))
    }

    /// All items in one sequence.
    fn sequence(&self) -> Vec<usize> {
        let of_groups = self.of_groups(&self.middle);
        let mut all: Vec<usize> = (0..self.layered.items.len()).collect();
        all.sort_by(|a, b| self.compare(*a, *b, &self.middle, &of_groups));
        all
    }
}

/// The number of crossings between neighbouring layers, if each layer is in the order of the sequence.
pub(super) fn crossings(layered: &Layered, sequence: &[usize]) -> u64 {
    let mut rank = vec![0; layered.items.len()];
    let mut filled = vec![0; layered.layers.len()];
    let mut ordered: Vec<Vec<usize>> = vec![Vec::new(); layered.layers.len()];
    for item in sequence {
        let layer = layered.items[*item].layer;
        rank[*item] = filled[layer];
        filled[layer] += 1;
        ordered[layer].push(*item);
    }
    let mut total = 0;
    for (layer, items) in ordered.iter().enumerate() {
        let width = filled.get(layer + 1).copied().unwrap_or(0);
        // A Fenwick tree over the next layer: how many links so far end above or at a place.
        let mut tree = vec![0_u64; width + 1];
        let mut links = 0;
        for item in items {
            let mut ends: Vec<usize> = layered.after[*item].iter().map(|end| rank[*end]).collect();
            ends.sort_unstable();
            for end in &ends {
                let mut at = end + 1;
                let mut above = 0;
                while at > 0 {
                    above += tree[at];
                    at &= at - 1;
                }
                total += links - above;
            }
            for end in &ends {
                let mut at = end + 1;
                while at <= width {
                    tree[at] += 1;
                    at += at & at.wrapping_neg();
                }
            }
            links += ends.len() as u64;
        }
    }
    total
}
