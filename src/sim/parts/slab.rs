//! A slab: values in one array, found by index, with places that are used again.

/// No index: the end of a list.
pub const NONE: u32 = u32::MAX;

/// Values that are found by the index which [`Slab::insert`] gave them. The place freed last is
/// used first. Memory grows to the highest number of values at once.
#[derive(Debug, Clone)]
pub struct Slab<T> {
    values: Vec<T>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<T: Copy> Slab<T> {
    /// An empty slab.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.values.len() - self.free.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Stores a value and returns its index, which is never [`NONE`].
    #[inline]
    pub fn insert(&mut self, value: T) -> u32 {
        if let Some(index) = self.free.pop() {
            self.values[index as usize] = value;
            return index;
        }
        let index = self.values.len();
        debug_assert!(
            index < NONE as usize,
            "fewer than 2^32 values fit in memory"
        );
        self.values.push(value);
        index as u32
    }

    /// Frees the place of a value that is stored, and returns the value.
    #[inline]
    pub fn remove(&mut self, index: u32) -> T {
        debug_assert!(
            self.free.len() < self.values.len(),
            "a value is removed once"
        );
        self.free.push(index);
        self.values[index as usize]
    }

    /// Forgets all values and keeps the memory.
    pub fn clear(&mut self) {
        self.values.clear();
        self.free.clear();
    }
}

impl<T> std::ops::Index<u32> for Slab<T> {
    type Output = T;

    #[inline]
    fn index(&self, index: u32) -> &T {
        &self.values[index as usize]
    }
}

impl<T> std::ops::IndexMut<u32> for Slab<T> {
    #[inline]
    fn index_mut(&mut self, index: u32) -> &mut T {
        &mut self.values[index as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(200))]

        #[test]
        fn agrees_with_a_map(
            steps in prop::collection::vec((any::<bool>(), any::<u32>()), 0..200),
        ) {
            let mut slab = Slab::new();
            let mut map = BTreeMap::new();
            let mut most = 0;
            for (add, number) in steps {
                if add || map.is_empty() {
                    let index = slab.insert(number);
                    prop_assert_eq!(map.insert(index, number), None);
                    most = most.max(map.len());
                    prop_assert!((index as usize) < most, "freed places are used again");
                } else {
                    let index = *map.keys().nth(number as usize % map.len()).unwrap();
                    prop_assert_eq!(Some(slab.remove(index)), map.remove(&index));
                }
                prop_assert_eq!(slab.len(), map.len());
                prop_assert_eq!(slab.is_empty(), map.is_empty());
                for (&index, &number) in &map {
                    prop_assert_eq!(slab[index], number);
                }
            }
            slab.clear();
            prop_assert!(slab.is_empty());
        }
    }
}
