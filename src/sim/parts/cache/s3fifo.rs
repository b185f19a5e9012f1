//! S3-FIFO: three queues, first in first out.
//!
//! Yang, Zhang, Qiu, Yue and Rashmi, "FIFO queues are all you need for cache eviction", SOSP 2023.
//! New entries enter a *small* queue of a tenth of the capacity. From its end, those used more than
//! once move to the *main* queue and the others leave, but their keys are remembered in a *ghost*
//! queue, as long as the main one: a key that comes back while it is remembered enters the main
//! queue at once. From the end of the main queue, entries go round again once for each use, of
//! which up to three are counted.
//!
//! As in the authors' notes on the implementation, a key is in the ghost queue if it is among the
//! last so many that entered it.

use std::collections::VecDeque;

use super::store::{Entries, List};
use crate::sim::parts::table::Table;

/// One in this many entries is in the small queue.
const SMALL_ONE_IN: u32 = 10;

/// Uses that are counted: two bits.
const USES_MAX: u32 = 3;

/// Uses from which an entry at the end of the small queue moves to the main one.
const USES_TO_MOVE: u32 = 2;

/// In the mark of an entry: the number of its uses, and above them whether it is in the main queue.
const USES: u32 = USES_MAX;
const IN_MAIN: u32 = USES_MAX + 1;

/// The queues.
#[derive(Debug, Clone)]
pub(super) struct Queues {
    small: List,
    main: List,
    small_len: u32,
    ghosts: Ghosts,
}

impl Queues {
    pub(super) fn new(capacity: u32) -> Self {
        let small_len = (capacity / SMALL_ONE_IN).max(1);
        let ghosts = Ghosts::new(capacity.saturating_sub(small_len));
        Self {
            small: List::EMPTY,
            main: List::EMPTY,
            small_len,
            ghosts,
        }
    }

    /// A new entry.
    pub(super) fn insert(&mut self, entries: &mut Entries, place: u32) {
        if self.ghosts.take(entries[place].key) {
            entries[place].mark = IN_MAIN;
            self.main.push(entries, place);
        } else {
            entries[place].mark = 0;
            self.small.push(entries, place);
        }
    }

    /// One more use of an entry.
    #[inline]
    pub(super) fn on_use(entries: &mut Entries, place: u32) {
        let mark = &mut entries[place].mark;
        *mark += u32::from(*mark & USES < USES_MAX);
    }

    /// Takes an entry out.
    pub(super) fn remove(&mut self, entries: &mut Entries, place: u32) {
        if entries[place].mark & IN_MAIN == 0 {
            self.small.unlink(entries, place);
        } else {
            self.main.unlink(entries, place);
        }
    }

    /// The entry to give up, which is still in its queue. Entries at the ends of the queues whose
    /// turn it is not move on. `gone` tells whether the time of an entry is up: then it goes
    /// without any chance.
    pub(super) fn victim(
        &mut self,
        entries: &mut Entries,
        gone: impl Fn(&Entries, u32) -> bool,
    ) -> Option<u32> {
        loop {
            let from_small = self.small.len() >= self.small_len as usize || self.main.is_empty();
            let place = if from_small {
                self.small.oldest()
            } else {
                self.main.oldest()
            }?;
            if gone(entries, place) {
                return Some(place);
            }
            let uses = entries[place].mark & USES;
            if from_small && uses >= USES_TO_MOVE {
                self.small.unlink(entries, place);
                entries[place].mark = IN_MAIN;
                self.main.push(entries, place);
            } else if from_small {
                self.ghosts.add(entries[place].key);
                return Some(place);
            } else if uses > 0 {
                entries[place].mark -= 1;
                self.main.renew(entries, place);
            } else {
                return Some(place);
            }
        }
    }

    /// The keys of the small queue and then those of the main one, the newest first.
    #[cfg(test)]
    pub(super) fn keys(&self, entries: &Entries) -> Vec<u64> {
        [self.small.keys(entries), self.main.keys(entries)].concat()
    }
}

/// Keys that left the small queue not long ago.
#[derive(Debug, Clone)]
struct Ghosts {
    capacity: u32,
    /// The last keys to enter, those included that have been taken since.
    keys: VecDeque<u64>,
    /// How many have ever entered (modulo 2³²), and for each key that is in, its number among them.
    entered: u32,
    numbers: Table<u32>,
}

impl Ghosts {
    fn new(capacity: u32) -> Self {
        Self {
            capacity,
            keys: VecDeque::new(),
            entered: 0,
            numbers: Table::new(),
        }
    }

    fn add(&mut self, key: u64) {
        if self.capacity == 0 {
            return;
        }
        if self.keys.len() == self.capacity as usize
            && let Some(oldest) = self.keys.pop_front()
            && self.numbers.get(oldest) == Some(self.entered.wrapping_sub(self.capacity))
        {
            self.numbers.remove(oldest);
        }
        self.keys.push_back(key);
        self.numbers.insert(key, self.entered);
        self.entered = self.entered.wrapping_add(1);
    }

    /// Takes a key out; false if it was not in.
    fn take(&mut self, key: u64) -> bool {
        self.numbers.remove(key).is_some()
    }
}
