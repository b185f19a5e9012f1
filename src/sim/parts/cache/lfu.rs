//! Least frequently used, in constant time: a list of entries for each number of uses that occurs.
//!
//! Shah, Mitra and Matani, "An O(1) algorithm for implementing the LFU cache eviction scheme",
//! 2010. Uses are counted while an entry is in the cache; among equals the least recently used goes
//! first.

use super::store::{Entries, List};
use crate::sim::parts::slab::{NONE, Slab};

/// The entries that were used equally often.
#[derive(Debug, Clone, Copy)]
struct Group {
    uses: u64,
    entries: List,
    /// The groups used next less and next more often.
    fewer: u32,
    more: u32,
}

/// The groups in the order of use. An entry's mark is its group.
#[derive(Debug, Clone)]
pub(super) struct Frequencies {
    groups: Slab<Group>,
    fewest: u32,
}

impl Frequencies {
    pub(super) fn new() -> Self {
        Self {
            groups: Slab::new(),
            fewest: NONE,
        }
    }

    /// A new entry: one use.
    pub(super) fn insert(&mut self, entries: &mut Entries, place: u32) {
        if self.fewest == NONE || self.groups[self.fewest].uses != 1 {
            self.fewest = self.add_group(1, NONE, self.fewest);
        }
        self.put(entries, place, self.fewest);
    }

    /// One more use of an entry.
    pub(super) fn on_use(&mut self, entries: &mut Entries, place: u32) {
        let at = entries[place].mark;
        let Group {
            uses,
            more,
            entries: list,
            ..
        } = self.groups[at];
        let uses = uses + 1;
        let next_is_free = more == NONE || self.groups[more].uses != uses;
        if list.len() == 1 && next_is_free {
            self.groups[at].uses = uses;
            return;
        }
        let next = if next_is_free {
            self.add_group(uses, at, more)
        } else {
            more
        };
        self.groups[at].entries.unlink(entries, place);
        self.put(entries, place, next);
        self.drop_if_empty(at);
    }

    /// Takes an entry out.
    pub(super) fn remove(&mut self, entries: &mut Entries, place: u32) {
        let at = entries[place].mark;
        self.groups[at].entries.unlink(entries, place);
        self.drop_if_empty(at);
    }

    /// The entry to give up: of those used least often, the one whose last use is longest ago.
    pub(super) fn least(&self) -> Option<u32> {
        if self.fewest == NONE {
            None
        } else {
            self.groups[self.fewest].entries.oldest()
        }
    }

    fn put(&mut self, entries: &mut Entries, place: u32, group: u32) {
        entries[place].mark = group;
        self.groups[group].entries.push(entries, place);
    }

    /// Adds a group between two others.
    fn add_group(&mut self, uses: u64, fewer: u32, more: u32) -> u32 {
        let group = self.groups.insert(Group {
            uses,
            entries: List::EMPTY,
            fewer,
            more,
        });
        if fewer != NONE {
            self.groups[fewer].more = group;
        }
        if more != NONE {
            self.groups[more].fewer = group;
        }
        group
    }

    fn drop_if_empty(&mut self, group: u32) {
        if !self.groups[group].entries.is_empty() {
            return;
        }
        let Group { fewer, more, .. } = self.groups.remove(group);
        if fewer == NONE {
            self.fewest = more;
        } else {
            self.groups[fewer].more = more;
        }
        if more != NONE {
            self.groups[more].fewer = fewer;
        }
    }

    /// The keys and their uses, the last to be given up first.
    #[cfg(test)]
    pub(super) fn keys(&self, entries: &Entries) -> Vec<u64> {
        let mut keys = Vec::new();
        let mut at = self.fewest;
        while at != NONE {
            keys.splice(0..0, self.groups[at].entries.keys(entries));
            at = self.groups[at].more;
        }
        keys
    }
}
