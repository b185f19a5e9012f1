//! Claims on keys: one holder of each, and others that wait in line. Fetches in flight and row
//! locks are both of this kind.

use super::fifos::{Fifo, Fifos};
use super::table::Table;

/// The holder of a key and the line behind it.
#[derive(Debug, Clone, Copy)]
struct Claim {
    holder: u32,
    waiting: Fifo,
}

/// One holder for each key that is claimed, and a line of others. Memory grows with keys claimed at
/// once.
#[derive(Debug, Clone, Default)]
pub(super) struct Claims {
    claims: Table<Claim>,
    waiting: Fifos<u32>,
}

impl Claims {
    /// Number of keys that are claimed.
    pub(super) fn len(&self) -> usize {
        self.claims.len()
    }

    /// The holder of a key.
    pub(super) fn holder(&self, key: u64) -> Option<u32> {
        self.claims.get(key).map(|claim| claim.holder)
    }

    /// How many wait for a key.
    pub(super) fn waiting(&self, key: u64) -> u32 {
        self.claims.get(key).map_or(0, |claim| claim.waiting.len())
    }

    /// Makes `who` the holder of a free key, or lets `decide` say, of a key that is held, whether
    /// to wait. Returns the holder that was there.
    pub(super) fn claim(
        &mut self,
        key: u64,
        who: u32,
        wait: impl FnOnce(u32) -> bool,
    ) -> Option<u32> {
        if let Some(claim) = self.claims.get_mut(key) {
            if wait(claim.holder) {
                self.waiting.push_back(&mut claim.waiting, who);
            }
            return Some(claim.holder);
        }
        self.claims.insert(
            key,
            Claim {
                holder: who,
                waiting: Fifo::EMPTY,
            },
        );
        None
    }

    /// Makes the next in line the holder and returns it; with none in line, the key is free.
    pub(super) fn pass_on(&mut self, key: u64) -> Option<u32> {
        let claim = self.claims.get_mut(key)?;
        if let Some(next) = self.waiting.pop_front(&mut claim.waiting) {
            claim.holder = next;
            return Some(next);
        }
        self.claims.remove(key);
        None
    }

    /// Takes one out of the line.
    pub(super) fn leave(&mut self, key: u64, who: u32) -> bool {
        let Some(claim) = self.claims.get_mut(key) else {
            return false;
        };
        self.waiting
            .remove_first(&mut claim.waiting, |waiting| waiting == who)
            .is_some()
    }

    /// Frees a key, and names each in line, in order.
    pub(super) fn end(&mut self, key: u64, mut each: impl FnMut(u32)) {
        let Some(mut claim) = self.claims.remove(key) else {
            return;
        };
        while let Some(next) = self.waiting.pop_front(&mut claim.waiting) {
            each(next);
        }
    }

    /// Frees all keys, and forgets who waited.
    pub(super) fn clear(&mut self) {
        self.claims.clear();
        self.waiting.clear();
    }
}
