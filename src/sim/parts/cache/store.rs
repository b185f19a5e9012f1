//! Where entries live: one slab, found by key, and lists through it.

use crate::sim::parts::slab::{NONE, Slab};

/// One entry of a cache.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) key: u64,
    pub(super) written_at: u64,
    pub(super) expires_at: u64,
    /// The neighbours in the list that it is in.
    newer: u32,
    older: u32,
    /// What the policy notes about it.
    pub(super) mark: u32,
}

impl Entry {
    pub(super) fn new(key: u64, written_at: u64, expires_at: u64) -> Self {
        Self {
            key,
            written_at,
            expires_at,
            newer: NONE,
            older: NONE,
            mark: 0,
        }
    }
}

/// The entries of a cache, by their places.
pub(super) type Entries = Slab<Entry>;

/// A doubly linked list through the entries, the newest first.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    newest: u32,
    oldest: u32,
    len: usize,
}

impl List {
    pub(super) const EMPTY: Self = Self {
        newest: NONE,
        oldest: NONE,
        len: 0,
    };

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.newest == NONE
    }

    /// The place of the oldest entry.
    pub(super) fn oldest(&self) -> Option<u32> {
        (self.oldest != NONE).then_some(self.oldest)
    }

    /// Adds an entry as the newest.
    #[inline]
    pub(super) fn push(&mut self, entries: &mut Entries, place: u32) {
        let entry = &mut entries[place];
        entry.newer = NONE;
        entry.older = self.newest;
        if self.newest == NONE {
            self.oldest = place;
        } else {
            entries[self.newest].newer = place;
        }
        self.newest = place;
        self.len += 1;
    }

    /// Takes an entry out of the list that it is in.
    #[inline]
    pub(super) fn unlink(&mut self, entries: &mut Entries, place: u32) {
        let Entry { newer, older, .. } = entries[place];
        if newer == NONE {
            self.newest = older;
        } else {
            entries[newer].older = older;
        }
        if older == NONE {
            self.oldest = newer;
        } else {
            entries[older].newer = newer;
        }
        self.len -= 1;
    }

    /// Makes an entry of the list the newest.
    #[inline]
    pub(super) fn renew(&mut self, entries: &mut Entries, place: u32) {
        if self.newest != place {
            self.unlink(entries, place);
            self.push(entries, place);
        }
    }

    /// The keys of the list, the newest first.
    #[cfg(test)]
    pub(super) fn keys(&self, entries: &Entries) -> Vec<u64> {
        let mut keys = Vec::new();
        let mut at = self.newest;
        while at != NONE {
            keys.push(entries[at].key);
            at = entries[at].older;
        }
        keys
    }
}
