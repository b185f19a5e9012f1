//! A heap whose entries can be found again: to take one out, or to move it.

use super::events::least_of;

/// No position: the entry is not in the heap.
const ABSENT: u32 = u32::MAX;

/// Children of a node.
const ARITY: usize = 4;

/// Bits of an id, the lowest part of an entry.
const ID_BITS: u32 = 32;

/// A 4-ary heap of ids, each with a key; the least key is on top, and among equal keys the least
/// id. Ids are small numbers, such as the indices of a slab: memory grows with the highest.
#[derive(Debug, Clone, Default)]
pub struct IndexedHeap {
    /// A key and an id each.
    entries: Vec<u128>,
    /// Position in `entries` for each id.
    positions: Vec<u32>,
}

impl IndexedHeap {
    /// The greatest key: 96 bits.
    pub const KEY_MAX: u128 = u128::MAX >> ID_BITS;

    /// An empty heap.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The least key and its id.
    #[inline]
    pub fn peek(&self) -> Option<(u128, u32)> {
        self.entries
            .first()
            .map(|&entry| (entry >> ID_BITS, entry as u32))
    }

    /// Gives `id` a key (at most [`Self::KEY_MAX`]), whether it is in the heap or not.
    pub fn set(&mut self, id: u32, key: u128) {
        debug_assert!(key <= Self::KEY_MAX, "a key has 96 bits");
        if self.positions.len() <= id as usize {
            self.positions.resize(id as usize + 1, ABSENT);
        }
        let entry = key << ID_BITS | u128::from(id);
        let position = self.positions[id as usize];
        if position == ABSENT {
            self.entries.push(entry);
            self.rise(self.entries.len() - 1, entry);
        } else {
            self.place(position as usize, entry);
        }
    }

    /// Removes the least key and returns it and its id.
    pub fn pop(&mut self) -> Option<(u128, u32)> {
        let (key, id) = self.peek()?;
        self.remove(id);
        Some((key, id))
    }

    /// Removes `id` and returns its key, if it is in the heap.
    pub fn remove(&mut self, id: u32) -> Option<u128> {
        let position = *self.positions.get(id as usize)?;
        if position == ABSENT {
            return None;
        }
        self.positions[id as usize] = ABSENT;
        let key = self.entries[position as usize] >> ID_BITS;
        let last = self.entries.pop()?;
        if (position as usize) < self.entries.len() {
            self.place(position as usize, last);
        }
        Some(key)
    }

    /// Forgets all entries and keeps the memory.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.positions.clear();
    }

    /// Puts an entry at a position that has become free, and restores the order around it.
    fn place(&mut self, position: usize, entry: u128) {
        if position > 0 && entry < self.entries[(position - 1) / ARITY] {
            self.rise(position, entry);
        } else {
            self.sink(position, entry);
        }
    }

    fn rise(&mut self, mut position: usize, entry: u128) {
        while position > 0 {
            let parent = (position - 1) / ARITY;
            let above = self.entries[parent];
            if above <= entry {
                break;
            }
            self.put(position, above);
            position = parent;
        }
        self.put(position, entry);
    }

    fn sink(&mut self, mut position: usize, entry: u128) {
        loop {
            let first = position * ARITY + 1;
            let Some(children) = self.entries.get(first..) else {
                break;
            };
            let (least, below) = match children.first_chunk() {
                Some(whole) => least_of(whole),
                None => match children
                    .iter()
                    .copied()
                    .enumerate()
                    .min_by_key(|child| child.1)
                {
                    Some(child) => child,
                    None => break,
                },
            };
            if entry <= below {
                break;
            }
            self.put(position, below);
            position = first + least;
        }
        self.put(position, entry);
    }

    #[inline]
    fn put(&mut self, position: usize, entry: u128) {
        self.entries[position] = entry;
        self.positions[entry as u32 as usize] = position as u32;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(400))]

        #[test]
        fn agrees_with_a_map(
            steps in prop::collection::vec((0..4_u8, 0..40_u32, 0..20_u128), 0..300),
        ) {
            let mut heap = IndexedHeap::new();
            let mut map: BTreeMap<u32, u128> = BTreeMap::new();
            let least = |map: &BTreeMap<u32, u128>| map.iter().map(|(&id, &key)| (key, id)).min();
            for (action, id, key) in steps {
                match action {
                    0 | 1 => {
                        heap.set(id, key);
                        map.insert(id, key);
                    }
                    2 => prop_assert_eq!(heap.remove(id), map.remove(&id)),
                    _ => {
                        let expected = least(&map);
                        prop_assert_eq!(heap.pop(), expected);
                        expected.inspect(|(_, id)| {
                            map.remove(id);
                        });
                    }
                }
                prop_assert_eq!(heap.peek(), least(&map));
                prop_assert_eq!(heap.len(), map.len());
            }
            heap.clear();
            prop_assert!(heap.is_empty());
            heap.set(3, 1);
            prop_assert_eq!(heap.pop(), Some((1, 3)));
        }
    }
}
