//! Layers: each box one further right than every box that has a wire to it.

/// For each wire, whether it closes a cycle and so runs backwards. A box is visited before what it calls,
/// first those that nobody calls, in the order of their indices.
pub(super) fn backward(count: usize, wires: &[(usize, usize)]) -> Vec<bool> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut called = vec![false; count];
    for (index, (from, to)) in wires.iter().enumerate() {
        out[*from].push(index);
        called[*to] |= from != to;
    }
    let mut back = vec![false; wires.len()];
    let (mut entered, mut left) = (vec![false; count], vec![false; count]);
    let roots = (0..count).filter(|node| !called[*node]);
    for root in roots.chain(0..count) {
        if entered[root] {
            continue;
        }
        entered[root] = true;
        let mut stack = vec![(root, 0)];
        while let Some((node, next)) = stack.pop() {
            let Some(wire) = out[node].get(next).copied() else {
                left[node] = true;
                continue;
            };
            stack.push((node, next + 1));
            let target = wires[wire].1;
            if !entered[target] {
                entered[target] = true;
                stack.push((target, 0));
            } else if !left[target] {
                // Still on the stack: the wire leads back to where this walk came from.
                back[wire] = true;
            }
        }
    }
    back
}

/// The layer of each box, from 0 on. Backward wires count for nothing.
pub(super) fn layers(count: usize, wires: &[(usize, usize)], back: &[bool]) -> Vec<usize> {
    let forward = || {
        wires
            .iter()
            .zip(back)
            .filter(|(_, back)| !**back)
            .map(|(wire, _)| *wire)
    };
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (from, to) in forward() {
        after[from].push(to);
        before[to].push(from);
    }
    let mut waiting: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut order: Vec<usize> = (0..count).filter(|node| waiting[*node] == 0).collect();
    let mut layer = vec![0; count];
    let mut next = 0;
    while let Some(node) = order.get(next).copied() {
        next += 1;
        for target in &after[node] {
            layer[*target] = layer[*target].max(layer[node] + 1);
            waiting[*target] -= 1;
            if waiting[*target] == 0 {
                order.push(*target);
            }
        }
    }
    tighten(&order, &before, &after, &mut layer);
    layer
}

/// Moves boxes that have more wires to the right than to the left as far right as they can go: wires
/// become shorter. Two rounds are enough for what depends on what moved first.
fn tighten(order: &[usize], before: &[Vec<usize>], after: &[Vec<usize>], layer: &mut [usize]) {
    for _ in 0..2 {
        for node in order.iter().rev() {
            let nearest = after[*node].iter().map(|target| layer[*target]).min();
            let Some(nearest) = nearest else { continue };
            if after[*node].len() > before[*node].len() {
                layer[*node] = nearest - 1;
            }
        }
    }
    let lowest = layer.iter().copied().min().unwrap_or(0);
    for layer in layer.iter_mut() {
        *layer -= lowest;
    }
}
