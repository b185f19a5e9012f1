//! Every policy against a naive twin: vectors that are searched, driven by the same operations.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// An entry of a twin.
#[derive(Debug, Clone, PartialEq)]
struct Item {
    key: u64,
    written_at: u64,
    expires_at: u64,
    uses: u32,
}

/// The slow twin of all policies. `items` are in the order of the policy, the newest first; for
/// S3-FIFO they are the small queue.
struct Twin {
    policy: EvictionPolicy,
    capacity: usize,
    stale_ns: u64,
    items: Vec<Item>,
    main: Vec<Item>,
    /// The keys that entered the ghost queue, the newest first; taken ones are none.
    ghosts: Vec<Option<u64>>,
    evicted: u64,
    reclaimed: u64,
    refused: u64,
}

impl Twin {
    fn new(policy: EvictionPolicy, capacity: usize, stale_ns: u64) -> Self {
        Self {
            policy,
            capacity,
            stale_ns,
            items: Vec::new(),
            main: Vec::new(),
            ghosts: Vec::new(),
            evicted: 0,
            reclaimed: 0,
            refused: 0,
        }
    }

    fn gone(&self, item: &Item, now: u64) -> bool {
        item.expires_at.saturating_add(self.stale_ns) <= now
    }

    fn small_len(&self) -> usize {
        (self.capacity / 10).max(1)
    }

    fn find(&mut self, key: u64) -> Option<&mut Item> {
        self.items
            .iter_mut()
            .chain(&mut self.main)
            .find(|item| item.key == key)
    }

    fn remove(&mut self, key: u64) -> bool {
        let before = self.len();
        self.items.retain(|item| item.key != key);
        self.main.retain(|item| item.key != key);
        self.len() < before
    }

    fn len(&self) -> usize {
        self.items.len() + self.main.len()
    }

    /// Removes a key whose time is up.
    fn reclaim_if_gone(&mut self, key: u64, now: u64) {
        let item = self.find(key).cloned();
        if item.is_some_and(|item| self.gone(&item, now)) {
            self.remove(key);
            self.reclaimed += 1;
        }
    }

    /// Counts a use, which moves an item in LRU and LFU to the front of its equals.
    fn touch(&mut self, key: u64) {
        let policy = self.policy;
        let Some(item) = self.find(key) else { return };
        item.uses += 1;
        if policy == EvictionPolicy::S3Fifo {
            item.uses = item.uses.min(3);
        }
        if policy == EvictionPolicy::Lru || policy == EvictionPolicy::Lfu {
            let at = self.items.iter().position(|item| item.key == key).unwrap();
            let item = self.items.remove(at);
            self.items.insert(0, item);
        }
        self.sort();
    }

    /// LFU: by uses, the order among equals unchanged. TTL only: by the end of their time.
    fn sort(&mut self) {
        let stale_ns = self.stale_ns;
        match self.policy {
            EvictionPolicy::Lfu => self.items.sort_by_key(|item| Reverse(item.uses)),
            EvictionPolicy::TtlOnly => self.items.sort_by_key(|item| {
                Reverse((item.expires_at.saturating_add(stale_ns), item.key as u32))
            }),
            EvictionPolicy::Lru | EvictionPolicy::Fifo | EvictionPolicy::S3Fifo => {}
        }
    }

    fn get(&mut self, key: u64, now: u64) -> Lookup {
        self.reclaim_if_gone(key, now);
        let Some(item) = self.find(key).cloned() else {
            return Lookup::Miss;
        };
        self.touch(key);
        let age_ns = now - item.written_at;
        if item.expires_at > now {
            Lookup::Hit { age_ns }
        } else {
            Lookup::Stale {
                age_ns,
                overdue_ns: now - item.expires_at,
            }
        }
    }

    fn put(&mut self, key: u64, now: u64, expires_at: u64) -> u64 {
        self.reclaim_if_gone(key, now);
        if let Some(item) = self.find(key) {
            (item.written_at, item.expires_at) = (now, expires_at);
            self.touch(key);
            return 0;
        }
        let evicted_before = self.evicted;
        while self.len() >= self.capacity {
            let Some(victim) = self.victim(now) else {
                self.refused += 1;
                return 0;
            };
            if self.gone(&victim, now) {
                self.reclaimed += 1;
            } else {
                self.evicted += 1;
            }
        }
        let item = Item {
            key,
            written_at: now,
            expires_at,
            uses: 1,
        };
        if self.policy != EvictionPolicy::S3Fifo {
            self.items.insert(0, item);
        } else if let Some(ghost) = self.ghosts.iter_mut().find(|ghost| **ghost == Some(key)) {
            *ghost = None;
            self.main.insert(0, Item { uses: 0, ..item });
        } else {
            self.items.insert(0, Item { uses: 0, ..item });
        }
        self.sort();
        self.evicted - evicted_before
    }

    /// Takes out the item that is given up.
    fn victim(&mut self, now: u64) -> Option<Item> {
        match self.policy {
            EvictionPolicy::TtlOnly => {
                let last = self.items.last()?;
                if self.gone(last, now) {
                    self.items.pop()
                } else {
                    None
                }
            }
            EvictionPolicy::S3Fifo => loop {
                if self.items.len() >= self.small_len() || self.main.is_empty() {
                    let item = self.items.pop()?;
                    if self.gone(&item, now) {
                        return Some(item);
                    }
                    if item.uses > 1 {
                        self.main.insert(0, Item { uses: 0, ..item });
                        continue;
                    }
                    self.ghosts.insert(0, Some(item.key));
                    self.ghosts.truncate(self.capacity - self.small_len());
                    return Some(item);
                }
                let item = self.main.pop()?;
                if self.gone(&item, now) || item.uses == 0 {
                    return Some(item);
                }
                self.main.insert(
                    0,
                    Item {
                        uses: item.uses - 1,
                        ..item
                    },
                );
            },
            _ => self.items.pop(),
        }
    }

    fn keys(&self) -> Vec<u64> {
        self.items
            .iter()
            .chain(&self.main)
            .map(|item| item.key)
            .collect()
    }
}

#[derive(Debug, Clone)]
enum Operation {
    Get(u64),
    /// Looks up and stores what is missing, as callers of a cache mostly do.
    Fetch(u64, u64),
    Put(u64, u64),
    Renew(u64, u64),
    Remove(u64),
    Flush,
    Wait(u64),
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    // Few keys are used often and many seldom, so that hits, evictions and returns are all common.
    let key = prop_oneof![3 => 0..6_u64, 3 => 0..30_u64, 1 => any::<u64>()];
    let life = prop_oneof![4 => Just(NEVER), 3 => 0..60_u64, 2 => 0..400_u64];
    prop::collection::vec(
        prop_oneof![
            20 => key.clone().prop_map(Operation::Get),
            40 => (key.clone(), life.clone()).prop_map(|(key, life)| Operation::Fetch(key, life)),
            10 => (key.clone(), life.clone()).prop_map(|(key, life)| Operation::Put(key, life)),
            4 => (key.clone(), life).prop_map(|(key, life)| Operation::Renew(key, life)),
            4 => key.prop_map(Operation::Remove),
            1 => Just(Operation::Flush),
            20 => (0..8_u64).prop_map(Operation::Wait),
        ],
        0..500,
    )
}

fn agree(
    policy: EvictionPolicy,
    capacity: usize,
    stale_ns: u64,
    operations: &[Operation],
) -> Result<(), TestCaseError> {
    let mut cache = Contents::new(policy, capacity as u64).with_stale(stale_ns);
    let mut twin = Twin::new(policy, capacity, stale_ns);
    let mut now = 0_u64;
    for operation in operations {
        match *operation {
            Operation::Get(key) => {
                let peeked = cache.peek(key, now);
                let found = cache.get(key, now);
                prop_assert_eq!(peeked, found);
                prop_assert_eq!(found, twin.get(key, now));
            }
            Operation::Fetch(key, life) => {
                let found = cache.get(key, now);
                prop_assert_eq!(found, twin.get(key, now));
                if !matches!(found, Lookup::Hit { .. }) {
                    let expires_at = now.saturating_add(life);
                    let evicted = cache.put(key, now, expires_at);
                    prop_assert_eq!(evicted, twin.put(key, now, expires_at));
                }
            }
            Operation::Put(key, life) => {
                let expires_at = now.saturating_add(life);
                let evicted = cache.put(key, now, expires_at);
                prop_assert_eq!(evicted, twin.put(key, now, expires_at));
            }
            Operation::Renew(key, life) => {
                let expires_at = now.saturating_add(life);
                twin.reclaim_if_gone(key, now);
                let found = twin
                    .find(key)
                    .map(|item| item.expires_at = expires_at)
                    .is_some();
                twin.sort();
                prop_assert_eq!(cache.renew(key, now, expires_at), found);
            }
            Operation::Remove(key) => prop_assert_eq!(cache.remove(key), twin.remove(key)),
            Operation::Flush => {
                cache.flush();
                twin.items.clear();
                twin.main.clear();
                twin.ghosts.clear();
            }
            Operation::Wait(time) => now += time,
        }
        prop_assert_eq!(cache.keys(), twin.keys());
        prop_assert_eq!(cache.len(), twin.len() as u64);
        prop_assert_eq!(cache.is_empty(), twin.len() == 0);
        prop_assert!(cache.len() <= capacity as u64);
        let counts = (cache.evicted(), cache.reclaimed(), cache.refused());
        prop_assert_eq!(counts, (twin.evicted, twin.reclaimed, twin.refused));
    }
    Ok(())
}

proptest! {
    #![proptest_config(crate::sim::parts::testing::cases(400))]

    #[test]
    fn lru_agrees(capacity in 0..20_usize, stale in 0..30_u64, steps in operations()) {
        agree(EvictionPolicy::Lru, capacity, stale, &steps)?;
    }

    #[test]
    fn lfu_agrees(capacity in 0..20_usize, stale in 0..30_u64, steps in operations()) {
        agree(EvictionPolicy::Lfu, capacity, stale, &steps)?;
    }

    #[test]
    fn fifo_agrees(capacity in 0..20_usize, stale in 0..30_u64, steps in operations()) {
        agree(EvictionPolicy::Fifo, capacity, stale, &steps)?;
    }

    #[test]
    fn s3_fifo_agrees(capacity in 0..40_usize, stale in 0..30_u64, steps in operations()) {
        agree(EvictionPolicy::S3Fifo, capacity, stale, &steps)?;
    }

    #[test]
    fn ttl_only_agrees(capacity in 0..20_usize, stale in 0..30_u64, steps in operations()) {
        agree(EvictionPolicy::TtlOnly, capacity, stale, &steps)?;
    }
}

/// Hit ratio of a policy on keys with popularity in proportion to 1/rank.
fn hit_ratio(policy: EvictionPolicy, scan: bool) -> f64 {
    let mut cache = Contents::new(policy, 100);
    let mut state = 1_u64;
    let (mut hits, mut asked) = (0, 0);
    for number in 0..200_000_u64 {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let uniform = (crate::sim::parts::mix64(state) >> 11) as f64 / (1_u64 << 53) as f64;
        // The inverse of a distribution that is near enough to Zipf's with exponent 1 on 10,000
        // keys.
        let key = 10_000_f64.powf(uniform) as u64;
        let key = if scan && number % 2 == 0 {
            1_000_000 + number
        } else {
            key
        };
        let hit = cache.get(key, number) != Lookup::Miss;
        if !hit {
            cache.put(key, number, NEVER);
        }
        if key < 1_000_000 {
            asked += 1;
            hits += u32::from(hit);
        }
    }
    f64::from(hits) / f64::from(asked)
}

#[test]
fn policies_rank_as_they_should() {
    use EvictionPolicy::{Fifo, Lfu, Lru, S3Fifo};
    let ratios: BTreeMap<&str, f64> = [("lru", Lru), ("lfu", Lfu), ("fifo", Fifo), ("s3", S3Fifo)]
        .map(|(name, policy)| (name, hit_ratio(policy, false)))
        .into();
    // With fixed popularity, counting uses is best, and a perfect cache of 100 would hit half of
    // all.
    assert!(ratios["fifo"] < ratios["lru"], "{ratios:?}");
    assert!(
        ratios["lru"] < ratios["s3"] && ratios["lru"] < ratios["lfu"],
        "{ratios:?}"
    );
    assert!(ratios["lfu"] < 0.51 && ratios["fifo"] > 0.3, "{ratios:?}");
    // Keys that come only once push out what LRU holds, and hardly what S3-FIFO holds.
    assert!(hit_ratio(Lru, true) + 0.1 < hit_ratio(S3Fifo, true));
}

#[test]
fn memory_follows_what_is_stored() {
    let mut cache = Contents::new(EvictionPolicy::S3Fifo, u64::MAX);
    cache.put(1, 0, NEVER);
    assert_eq!(
        (cache.len(), cache.get(1, 5)),
        (1, Lookup::Hit { age_ns: 5 })
    );
}
