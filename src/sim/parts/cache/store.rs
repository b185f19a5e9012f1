//! Where entries live: one slab, found by key, and lists through it.

use crate::sim::parts::slab::{NONE, Slab};

/// One entry of a cache, aligned so that none lies across two lines of the processor's cache.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(super) struct Entry {
    pub(super) key: u64,
    pub(super) written_at: u64,
    pub(super) expires_at: u64,
    /// What the policy notes about it.
    pub(super) mark: u32,
}

/// The neighbours of an entry in the list that it is in.
#[derive(Debug, Clone, Copy)]
struct Link {
    newer: u32,
    older: u32,
}

/// The entries of a cache, by their places. The links stand apart: a hit moves three of them, and
/// they are a fifth of the size.
#[derive(Debug, Clone, Default)]
pub(super) struct Entries {
    entries: Slab<Entry>,
    links: Vec<Link>,
}

impl Entries {
    /// Stores an entry, in no list, and returns its place.
    #[inline]
    pub(super) fn insert(&mut self, entry: Entry) -> u32 {
        let place = self.entries.insert(entry);
        if place as usize == self.links.len() {
            self.links.push(Link {
                newer: NONE,
                older: NONE,
            });
        }
        place
    }

    /// Takes an entry out that is in no list.
    #[inline]
    pub(super) fn remove(&mut self, place: u32) -> Entry {
        self.entries.remove(place)
    }

    /// Takes all out and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.links.clear();
    }
}

impl std::ops::Index<u32> for Entries {
    type Output = Entry;

    #[inline]
    fn index(&self, place: u32) -> &Entry {
        &self.entries[place]
    }
}

impl std::ops::IndexMut<u32> for Entries {
    #[inline]
    fn index_mut(&mut self, place: u32) -> &mut Entry {
        &mut self.entries[place]
    }
}

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
        entries.links[place as usize] = Link {
            newer: NONE,
            older: self.newest,
        };
        if self.newest == NONE {
            self.oldest = place;
        } else {
            entries.links[self.newest as usize].newer = place;
        }
        self.newest = place;
        self.len += 1;
    }

    /// Takes an entry out of the list that it is in.
    #[inline]
    pub(super) fn unlink(&mut self, entries: &mut Entries, place: u32) {
        let Link { newer, older } = entries.links[place as usize];
        if newer == NONE {
            self.newest = older;
        } else {
            entries.links[newer as usize].older = older;
        }
        if older == NONE {
            self.oldest = newer;
        } else {
            entries.links[older as usize].newer = newer;
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
            at = entries.links[at as usize].older;
        }
        keys
    }
}
