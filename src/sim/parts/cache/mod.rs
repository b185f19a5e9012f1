//! What a cache holds: real contents by key, with the policies that decide what a full cache gives
//! up.
//!
//! Values do not matter to a simulation, so an entry is a key, when it was written and when its
//! time is up. Entries whose time is up count as missing, and their place is used again when they
//! are touched or when they come to the end at which the policy gives up entries, as in caches that
//! do not search for them.

mod lfu;
mod s3fifo;
mod store;
#[cfg(test)]
mod tests;

use self::lfu::Frequencies;
use self::s3fifo::Queues;
use self::store::{Entries, Entry, List};
use super::heap::IndexedHeap;
use super::table::Table;

/// An `expires_at` for an entry whose time is never up.
pub const NEVER: u64 = u64::MAX;

/// Which entry a full cache gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvictionPolicy {
    /// The least recently used. Reading and writing count as use.
    Lru,
    /// The least frequently used; the least recently used among equals. Reading and writing count
    /// as use, while the entry is in the cache.
    Lfu,
    /// The one that entered first. Writing it again does not move it.
    Fifo,
    /// S3-FIFO: small, main and ghost queue. Reading and writing count as use.
    S3Fifo,
    /// None whose time is not up: then a new entry is refused.
    TtlOnly,
}

/// What a look-up found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// An entry whose time is not up.
    Hit {
        /// Time since it was written, in ns.
        age_ns: u64,
    },
    /// An entry whose time is up, but not for longer than stale entries are given out.
    Stale {
        /// Time since it was written, in ns.
        age_ns: u64,
        /// Time since its time was up, in ns.
        overdue_ns: u64,
    },
    /// Nothing that may be given out.
    Miss,
}

/// What each policy keeps.
#[derive(Debug, Clone)]
enum Order {
    Lru(List),
    Lfu(Frequencies),
    Fifo(List),
    S3Fifo(Queues),
    /// By [`time_order`].
    TtlOnly(IndexedHeap),
}

/// The contents of a cache. Times are in ns and never go back.
///
/// Memory grows with the entries that are stored, not with the capacity: about 75 bytes each, and
/// nearly as much for each key that S3-FIFO remembers.
#[derive(Debug, Clone)]
pub struct Contents {
    policy: EvictionPolicy,
    capacity: u64,
    stale_ns: u64,
    places: Table<u32>,
    entries: Entries,
    order: Order,
    evicted: u64,
    reclaimed: u64,
    refused: u64,
}

impl Contents {
    /// An empty cache for `capacity` entries. With a capacity of 0 it stores nothing.
    pub fn new(policy: EvictionPolicy, capacity: u64) -> Self {
        Self {
            policy,
            capacity,
            stale_ns: 0,
            places: Table::new(),
            entries: Entries::default(),
            order: Order::new(policy, capacity),
            evicted: 0,
            reclaimed: 0,
            refused: 0,
        }
    }

    /// The same, giving out stale entries for `stale_ns` after their time is up.
    #[must_use]
    pub fn with_stale(mut self, stale_ns: u64) -> Self {
        self.stale_ns = stale_ns;
        self
    }

    /// Looks a key up at `now`. Finding it is a use, for the policies that count them.
    #[inline]
    pub fn get(&mut self, key: u64, now: u64) -> Lookup {
        let Some(place) = self.places.get(key) else {
            return Lookup::Miss;
        };
        let entry = self.entries[place];
        if is_gone(&entry, self.stale_ns, now) {
            self.reclaim(place);
            return Lookup::Miss;
        }
        self.order.on_use(&mut self.entries, place);
        lookup(&entry, now)
    }

    /// What [`Self::get`] would find, without using it.
    pub fn peek(&self, key: u64, now: u64) -> Lookup {
        match self.places.get(key).map(|place| self.entries[place]) {
            Some(entry) if !is_gone(&entry, self.stale_ns, now) => lookup(&entry, now),
            _ => Lookup::Miss,
        }
    }

    /// Stores a key at `now`, whose time is up at `expires_at` ([`NEVER`] for none), and returns
    /// how many entries it displaced whose time was not up.
    pub fn put(&mut self, key: u64, now: u64, expires_at: u64) -> u64 {
        if let Some(place) = self.places.get(key) {
            let entry = &mut self.entries[place];
            if is_gone(entry, self.stale_ns, now) {
                self.reclaim(place);
            } else {
                (entry.written_at, entry.expires_at) = (now, expires_at);
                self.order
                    .on_rewrite(&mut self.entries, place, self.stale_ns);
                return 0;
            }
        }
        let evicted_before = self.evicted;
        while self.len() >= self.capacity {
            if !self.make_room(now) {
                self.refused += 1;
                return 0;
            }
        }
        let place = self.entries.insert(Entry {
            key,
            written_at: now,
            expires_at,
            mark: 0,
        });
        self.places.insert(key, place);
        self.order.insert(&mut self.entries, place, self.stale_ns);
        self.evicted - evicted_before
    }

    /// Sets anew, at `now`, when the time of a key is up, without using or writing it; false if it
    /// is missing.
    pub fn renew(&mut self, key: u64, now: u64, expires_at: u64) -> bool {
        let Some(place) = self.places.get(key) else {
            return false;
        };
        if is_gone(&self.entries[place], self.stale_ns, now) {
            self.reclaim(place);
            return false;
        }
        self.entries[place].expires_at = expires_at;
        self.order.on_renew(&self.entries, place, self.stale_ns);
        true
    }

    /// Takes a key out; false if it is not stored.
    pub fn remove(&mut self, key: u64) -> bool {
        let Some(place) = self.places.get(key) else {
            return false;
        };
        self.take_out(place);
        true
    }

    /// Takes everything out, and forgets all that was learned; counts remain.
    pub fn flush(&mut self) {
        self.places.clear();
        self.entries.clear();
        self.order = Order::new(self.policy, self.capacity);
    }

    /// Number of entries, those included whose time is up but whose place has not been used again.
    pub fn len(&self) -> u64 {
        self.places.len() as u64
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Entries in all that were displaced before their time was up.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Entries in all that were given up after their time was up.
    pub fn reclaimed(&self) -> u64 {
        self.reclaimed
    }

    /// Entries in all that were not stored for want of room.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// Gives up one entry; false if there is none that may be given up.
    fn make_room(&mut self, now: u64) -> bool {
        let stale_ns = self.stale_ns;
        let victim = match &mut self.order {
            Order::Lru(list) | Order::Fifo(list) => list.oldest(),
            Order::Lfu(frequencies) => frequencies.least(),
            Order::S3Fifo(queues) => {
                let gone = |entries: &Entries, place| is_gone(&entries[place], stale_ns, now);
                queues.victim(&mut self.entries, gone)
            }
            Order::TtlOnly(times) => {
                let first = times.peek().map(|(_, place)| place);
                first.filter(|&place| is_gone(&self.entries[place], stale_ns, now))
            }
        };
        let Some(place) = victim else { return false };
        if is_gone(&self.entries[place], stale_ns, now) {
            self.reclaim(place);
        } else {
            self.take_out(place);
            self.evicted += 1;
        }
        true
    }

    #[cold]
    fn reclaim(&mut self, place: u32) {
        self.take_out(place);
        self.reclaimed += 1;
    }

    fn take_out(&mut self, place: u32) {
        self.order.remove(&mut self.entries, place);
        let entry = self.entries.remove(place);
        self.places.remove(entry.key);
    }

    /// The keys in the order of the policy, the last to be given up first.
    #[cfg(test)]
    fn keys(&self) -> Vec<u64> {
        match &self.order {
            Order::Lru(list) | Order::Fifo(list) => list.keys(&self.entries),
            Order::Lfu(frequencies) => frequencies.keys(&self.entries),
            Order::S3Fifo(queues) => queues.keys(&self.entries),
            Order::TtlOnly(times) => {
                let mut times = times.clone();
                let pop = || times.pop().map(|(_, place)| self.entries[place].key);
                let mut keys: Vec<u64> = std::iter::from_fn(pop).collect();
                keys.reverse();
                keys
            }
        }
    }
}

impl Order {
    fn new(policy: EvictionPolicy, capacity: u64) -> Self {
        match policy {
            EvictionPolicy::Lru => Self::Lru(List::EMPTY),
            EvictionPolicy::Lfu => Self::Lfu(Frequencies::new()),
            EvictionPolicy::Fifo => Self::Fifo(List::EMPTY),
            EvictionPolicy::S3Fifo => {
                Self::S3Fifo(Queues::new(u32::try_from(capacity).unwrap_or(u32::MAX)))
            }
            EvictionPolicy::TtlOnly => Self::TtlOnly(IndexedHeap::new()),
        }
    }

    fn insert(&mut self, entries: &mut Entries, place: u32, stale_ns: u64) {
        match self {
            Self::Lru(list) | Self::Fifo(list) => list.push(entries, place),
            Self::Lfu(frequencies) => frequencies.insert(entries, place),
            Self::S3Fifo(queues) => queues.insert(entries, place),
            Self::TtlOnly(times) => times.set(place, time_order(&entries[place], stale_ns)),
        }
    }

    #[inline]
    fn on_use(&mut self, entries: &mut Entries, place: u32) {
        match self {
            Self::Lru(list) => list.renew(entries, place),
            Self::Lfu(frequencies) => frequencies.on_use(entries, place),
            Self::S3Fifo(_) => Queues::on_use(entries, place),
            Self::Fifo(_) | Self::TtlOnly(_) => {}
        }
    }

    fn on_rewrite(&mut self, entries: &mut Entries, place: u32, stale_ns: u64) {
        self.on_use(entries, place);
        self.on_renew(entries, place, stale_ns);
    }

    fn on_renew(&mut self, entries: &Entries, place: u32, stale_ns: u64) {
        if let Self::TtlOnly(times) = self {
            times.set(place, time_order(&entries[place], stale_ns));
        }
    }

    fn remove(&mut self, entries: &mut Entries, place: u32) {
        match self {
            Self::Lru(list) | Self::Fifo(list) => list.unlink(entries, place),
            Self::Lfu(frequencies) => frequencies.remove(entries, place),
            Self::S3Fifo(queues) => queues.remove(entries, place),
            Self::TtlOnly(times) => {
                times.remove(place);
            }
        }
    }
}

/// The order in which entries are given up when only their time counts: as they are gone, and among
/// equals by the low bits of the key.
fn time_order(entry: &Entry, stale_ns: u64) -> u128 {
    u128::from(gone_from(entry, stale_ns)) << 32 | u128::from(entry.key as u32)
}

/// From when on an entry is not even given out as stale.
#[inline]
fn gone_from(entry: &Entry, stale_ns: u64) -> u64 {
    entry.expires_at.saturating_add(stale_ns)
}

#[inline]
fn is_gone(entry: &Entry, stale_ns: u64, now: u64) -> bool {
    gone_from(entry, stale_ns) <= now
}

/// What is found with an entry that is not gone.
#[inline]
fn lookup(entry: &Entry, now: u64) -> Lookup {
    let age_ns = now - entry.written_at;
    if now < entry.expires_at {
        Lookup::Hit { age_ns }
    } else {
        Lookup::Stale {
            age_ns,
            overdue_ns: now - entry.expires_at,
        }
    }
}
