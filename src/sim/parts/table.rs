//! The hash table under everything that is found by key.
//!
//! Open addressing with linear probing, and deletion that shifts the following entries back instead
//! of leaving marks (Knuth, "The Art of Computer Programming", volume 3, section 6.4, algorithm R),
//! so that a table in which keys come and go for ever stays as fast as a fresh one. Nothing is ever
//! iterated over, since the order would mean nothing.

use super::mix64;

/// Places of the smallest table.
const PLACES_MIN: usize = 16;

#[derive(Debug, Clone, Copy)]
struct Place<V> {
    key: u64,
    /// What is stored, or nothing in a free place.
    value: Option<V>,
}

/// A map from `u64` keys to small values. At most three quarters of its places are used; memory
/// grows by doubling to the highest number of keys at once.
#[derive(Debug, Clone)]
pub struct Table<V> {
    /// As many as a power of two, or none before the first key.
    places: Vec<Place<V>>,
    len: usize,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self {
            places: Vec::new(),
            len: 0,
        }
    }
}

impl<V: Copy> Table<V> {
    /// An empty table, which has allocated nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The value of a key.
    #[inline]
    pub fn get(&self, key: u64) -> Option<V> {
        self.find(key).ok().and_then(|at| self.places[at].value)
    }

    /// The value of a key, to be changed.
    #[inline]
    pub fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        let at = self.find(key).ok()?;
        self.places[at].value.as_mut()
    }

    /// Gives a key a value and returns the value it had.
    #[inline]
    pub fn insert(&mut self, key: u64, value: V) -> Option<V> {
        match self.find(key) {
            Ok(at) => self.places[at].value.replace(value),
            Err(at) => {
                self.fill(at, key, value);
                None
            }
        }
    }

    /// Removes a key and returns its value.
    #[inline]
    pub fn remove(&mut self, key: u64) -> Option<V> {
        let mut hole = self.find(key).ok()?;
        let removed = self.places[hole].value;
        let mask = self.places.len() - 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let place = self.places[at];
            if place.value.is_none() {
                break;
            }
            // An entry may move back to the hole if the hole lies between its home and its place.
            let displacement = at.wrapping_sub(self.home(place.key)) & mask;
            let to_hole = at.wrapping_sub(hole) & mask;
            if displacement >= to_hole {
                self.places[hole] = place;
                hole = at;
            }
        }
        self.places[hole].value = None;
        self.len -= 1;
        removed
    }

    /// Forgets all keys and keeps the memory.
    pub fn clear(&mut self) {
        self.places.iter_mut().for_each(|place| place.value = None);
        self.len = 0;
    }

    /// Where a key is, or else the free place at which its search ended.
    #[inline]
    fn find(&self, key: u64) -> Result<usize, usize> {
        if self.places.is_empty() {
            return Err(0);
        }
        let mask = self.places.len() - 1;
        let mut at = self.home(key);
        loop {
            let place = &self.places[at];
            if place.value.is_none() {
                return Err(at);
            }
            if place.key == key {
                return Ok(at);
            }
            at = (at + 1) & mask;
        }
    }

    /// The place at which the search for a key begins.
    #[inline]
    fn home(&self, key: u64) -> usize {
        mix64(key) as usize & (self.places.len() - 1)
    }

    /// Adds a new key at the place that [`Self::find`] returned.
    #[inline]
    fn fill(&mut self, mut at: usize, key: u64, value: V) {
        if (self.len + 1) * 4 > self.places.len() * 3 {
            self.grow();
            at = self.find(key).expect_err("a new key is not in the table");
        }
        self.places[at] = Place {
            key,
            value: Some(value),
        };
        self.len += 1;
    }

    #[cold]
    fn grow(&mut self) {
        let free = Place {
            key: 0,
            value: None,
        };
        let bigger = vec![free; (self.places.len() * 2).max(PLACES_MIN)];
        for place in std::mem::replace(&mut self.places, bigger) {
            if place.value.is_some() {
                let at = self
                    .find(place.key)
                    .expect_err("a key is in the table once");
                self.places[at] = place;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Keys of which many share a home in a table of 16 places, and the extreme ones.
    fn key() -> impl Strategy<Value = u64> {
        let crowded: Vec<u64> = (0..4000)
            .filter(|&key| mix64(key) % 16 >= 14)
            .take(20)
            .collect();
        prop_oneof![
            6 => prop::sample::select(crowded),
            3 => 0..30_u64,
            1 => prop::sample::select(vec![u64::MAX, u64::MAX - 1, 1 << 63]),
        ]
    }

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(500))]

        #[test]
        fn agrees_with_a_map(steps in prop::collection::vec((0..8_u8, key()), 0..300)) {
            let mut table = Table::new();
            let mut map = BTreeMap::new();
            for (number, (action, key)) in (0_u32..).zip(steps) {
                match action {
                    0..=2 => prop_assert_eq!(table.insert(key, number), map.insert(key, number)),
                    3..=5 => prop_assert_eq!(table.remove(key), map.remove(&key)),
                    6 => {
                        let found = table.get_mut(key).map(|value| {
                            *value += 1;
                            *value
                        });
                        let expected = map.get_mut(&key).map(|value| {
                            *value += 1;
                            *value
                        });
                        prop_assert_eq!(found, expected);
                    }
                    _ if number % 16 == 0 => {
                        table.clear();
                        map.clear();
                    }
                    _ => {}
                }
                prop_assert_eq!(table.get(key), map.get(&key).copied());
                prop_assert_eq!(table.len(), map.len());
                prop_assert_eq!(table.is_empty(), map.is_empty());
                for (&key, &value) in &map {
                    prop_assert_eq!(table.get(key), Some(value));
                }
            }
        }
    }

    #[test]
    fn keys_that_come_and_go_need_no_more_memory() {
        let mut table = Table::new();
        for key in 0..1_000_000_u64 {
            table.insert(key, ());
            if key >= 12 {
                assert_eq!(table.remove(key - 12), Some(()));
            }
        }
        assert_eq!((table.len(), table.places.len()), (12, 32));
    }
}
