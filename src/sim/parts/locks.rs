//! Exclusive locks on rows: one owner for each key, and others wait in line, first come first
//! served.

use super::claims::Claims;

/// What [`Locks::acquire`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acquire {
    /// The lock was free and is now the asker's.
    Granted,
    /// The asker holds it already, and must release it only once.
    Held,
    /// Another holds it; the asker waits in line.
    Queued,
}

/// The locks that are held, and who waits for them.
#[derive(Debug, Clone, Default)]
pub struct Locks {
    claims: Claims,
}

impl Locks {
    /// No locks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of keys that are locked.
    pub fn len(&self) -> usize {
        self.claims.len()
    }

    /// Whether nothing is locked.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The owner of the lock on a key.
    pub fn owner(&self, key: u64) -> Option<u32> {
        self.claims.holder(key)
    }

    /// How many wait for the lock on a key.
    pub fn waiting(&self, key: u64) -> u32 {
        self.claims.waiting(key)
    }

    /// Locks a key for `owner`, or puts it in line. An owner waits for one key at a time.
    pub fn acquire(&mut self, key: u64, owner: u32) -> Acquire {
        match self.claims.claim(key, owner, |holder| holder != owner) {
            None => Acquire::Granted,
            Some(holder) if holder == owner => Acquire::Held,
            Some(_) => Acquire::Queued,
        }
    }

    /// Locks a key for an owner that goes by another name while it holds it: a statement waits, its
    /// transaction holds. Whoever holds the key now, the asker waits.
    pub fn acquire_or_wait(&mut self, key: u64, waiter: u32) -> Acquire {
        match self.claims.claim(key, waiter, |_| true) {
            None => Acquire::Granted,
            Some(_) => Acquire::Queued,
        }
    }

    /// Gives up the lock on a key, and returns its next owner if any waited.
    pub fn release(&mut self, key: u64) -> Option<u32> {
        self.claims.pass_on(key)
    }

    /// A waiter gives up; false if it did not wait. Takes time in proportion to its place in line:
    /// waiters that give up after equal times are at its head.
    pub fn cancel(&mut self, key: u64, waiter: u32) -> bool {
        self.claims.leave(key, waiter)
    }

    /// Whether `owner` would wait for itself if it waited for `key`: a deadlock. `waits_for` gives
    /// the key that an owner waits for, if any. Takes time in proportion to the length of the
    /// chain.
    pub fn would_deadlock(
        &self,
        key: u64,
        owner: u32,
        waits_for: impl Fn(u32) -> Option<u64>,
    ) -> bool {
        let mut next = Some(key);
        // A chain without a cycle passes each lock once; one with a cycle elsewhere has no end.
        for _ in 0..self.len() {
            let Some(holder) = next.and_then(|key| self.owner(key)) else {
                return false;
            };
            if holder == owner {
                return true;
            }
            next = waits_for(holder);
        }
        false
    }

    /// Frees all locks, and forgets who waited.
    pub fn clear(&mut self) {
        self.claims.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(300))]

        /// The twin keeps, for each key, a list of owners, the present one first.
        #[test]
        fn agrees_with_lists(
            steps in prop::collection::vec((0..6_u8, 0..5_u64, 0..8_u32), 0..200),
        ) {
            let mut locks = Locks::new();
            let mut twin: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
            for (action, key, owner) in steps {
                let line = twin.entry(key).or_default();
                match action {
                    0..=2 => {
                        let expected = match line.first() {
                            None => Acquire::Granted,
                            Some(&first) if first == owner => Acquire::Held,
                            Some(_) => Acquire::Queued,
                        };
                        if expected != Acquire::Held {
                            line.push(owner);
                        }
                        prop_assert_eq!(locks.acquire(key, owner), expected);
                    }
                    3 | 4 => {
                        line.drain(..line.len().min(1));
                        prop_assert_eq!(locks.release(key), line.first().copied());
                    }
                    _ => {
                        let at = line.iter().skip(1).position(|&waiting| waiting == owner);
                        prop_assert_eq!(locks.cancel(key, owner), at.is_some());
                        at.map(|at| line.remove(at + 1));
                    }
                }
                prop_assert_eq!(locks.owner(key), line.first().copied());
                prop_assert_eq!(locks.waiting(key) as usize, line.len().saturating_sub(1));
                twin.retain(|_, line| !line.is_empty());
                prop_assert_eq!(locks.len(), twin.len());
            }
            locks.clear();
            prop_assert!(locks.is_empty());
        }
    }

    #[test]
    fn a_cycle_of_waits_is_a_deadlock() {
        let mut locks = Locks::new();
        for owner in 1..=3 {
            locks.acquire(u64::from(owner) * 10, owner);
        }
        locks.acquire(20, 1);
        locks.acquire(30, 2);
        let waits_for = |owner| match owner {
            1 => Some(20),
            2 => Some(30),
            _ => None,
        };
        assert!(
            locks.would_deadlock(10, 3, waits_for),
            "3 waits for 1, which waits for 2, for 3"
        );
        assert!(
            !locks.would_deadlock(10, 4, waits_for),
            "4 holds nothing that others wait for"
        );
        assert!(
            !locks.would_deadlock(99, 3, waits_for),
            "a free key makes nobody wait"
        );
        let knot = |_| Some(20);
        assert!(
            !locks.would_deadlock(20, 9, knot),
            "a cycle of others is not one of 9"
        );
    }
}
