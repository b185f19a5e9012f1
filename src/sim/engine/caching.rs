//! Caches: look-ups in real contents, fetches on a miss, and one fetch at a time where asked for.

use super::answer::status;
use super::state::{Waits, flag};
use super::{GOLDEN, Next, State};
use crate::sim::live::CacheLevel;
use crate::sim::measure::{Cause, Spent};
use crate::sim::model::{CacheSpec, KeySpec, Model, NONE, Op};
use crate::sim::parts::cache::{Contents, Lookup};
use crate::sim::parts::flights::{Flight, Flights};
use crate::stats::rng::{mix64, unit_f64};

const JITTER: u64 = 0x6a69_7474_6572;

/// The contents of all caches, and the fetches under way for each.
#[derive(Debug, Clone)]
pub(super) struct Caching {
    contents: Vec<Contents>,
    /// First contents of each cache: one, or one a replica.
    first: Vec<u32>,
    flights: Vec<Flights>,
    /// Frames woken by a fetch; kept to be reused.
    woken: Vec<u32>,
}

impl Caching {
    pub(super) fn new(m: &Model) -> Self {
        let mut contents = Vec::new();
        let mut first = Vec::new();
        for spec in &m.caches {
            first.push(contents.len() as u32);
            let instances = if spec.per_replica {
                m.nodes[spec.node as usize].replicas
            } else {
                1
            };
            for _ in 0..instances {
                contents.push(Contents::new(spec.policy, spec.capacity).with_stale(spec.grace_ns));
            }
        }
        let flights = m.caches.iter().map(|_| Flights::new()).collect();
        Self {
            contents,
            first,
            flights,
            woken: Vec::new(),
        }
    }
}

/// Bytes of one entry of a cache, about.
const BYTES_PER_ENTRY: u64 = 64;

impl Caching {
    /// How full each cache is.
    pub(super) fn levels(&self, m: &Model) -> Vec<CacheLevel> {
        let level = |(cache, spec): (usize, &CacheSpec)| {
            let contents = self.contents_in(cache);
            CacheLevel {
                entries: contents.iter().map(Contents::len).sum(),
                capacity: spec.capacity.saturating_mul(contents.len() as u64),
            }
        };
        m.caches.iter().enumerate().map(level).collect()
    }

    /// About how many bytes all contents take.
    pub(super) fn bytes(&self) -> u64 {
        let entries: u64 = self.contents.iter().map(Contents::len).sum();
        entries * BYTES_PER_ENTRY
    }

    /// The contents of a cache: one, or one a replica.
    fn contents_in(&self, cache: usize) -> &[Contents] {
        let first = self.first[cache] as usize;
        let end = self.first.get(cache + 1);
        &self.contents[first..end.map_or(self.contents.len(), |&end| end as usize)]
    }

    /// Takes other limits over. A cache of another size or policy starts empty.
    pub(super) fn adopt(&mut self, m: &Model, old: &Model) {
        for (cache, (was, is)) in old.caches.iter().zip(&m.caches).enumerate() {
            if (was.policy, was.capacity, was.grace_ns) == (is.policy, is.capacity, is.grace_ns) {
                continue;
            }
            let (first, n) = (self.first[cache] as usize, self.contents_in(cache).len());
            for contents in &mut self.contents[first..first + n] {
                *contents = Contents::new(is.policy, is.capacity).with_stale(is.grace_ns);
            }
        }
    }
}

/// When an entry written now expires.
fn expiry(spec: &CacheSpec, now: u64, key: u64) -> u64 {
    if spec.ttl_ns == u64::MAX {
        return u64::MAX;
    }
    let u = 2.0 * unit_f64(mix64(key ^ JITTER ^ now)) - 1.0;
    let ttl = spec.ttl_ns as f64 * (1.0 + spec.jitter * u);
    now.saturating_add(ttl as u64)
}

impl State {
    /// The contents that a frame at a cache looks into.
    fn contents_of(&self, m: &Model, f: u32, cache: u32) -> usize {
        let first = self.caching.first[cache as usize];
        let local = if m.caches[cache as usize].per_replica {
            m.replicas[self.frames[f as usize].replica as usize].local
        } else {
            0
        };
        (first + local) as usize
    }

    /// Looks the request's key up.
    pub(super) fn cache_get(&mut self, m: &Model, f: u32, cached: u32) -> Next {
        let step = &m.cached[cached as usize];
        let spec = &m.caches[step.cache as usize];
        let key = mix64(self.extras[f as usize].rkey ^ step.salt);
        let found = if spec.hit_ratio >= 0.0 {
            let hit = unit_f64(mix64(self.frames[f as usize].key ^ spec.stream)) < spec.hit_ratio;
            if hit { status::HIT } else { status::MISS }
        } else {
            let contents = self.contents_of(m, f, step.cache);
            match self.caching.contents[contents].get(key, self.now) {
                Lookup::Hit { .. } => {
                    if spec.renew && spec.ttl_ns != u64::MAX {
                        let expires = expiry(spec, self.now, key);
                        self.caching.contents[contents].renew(key, self.now, expires);
                    }
                    status::HIT
                }
                Lookup::Stale { .. } => status::STALE,
                Lookup::Miss => status::MISS,
            }
        };
        let window = &mut self.record.caches[step.cache as usize];
        window.lookups += 1;
        match found {
            status::HIT => window.hits += 1,
            status::STALE => window.stale += 1,
            _ => {}
        }
        self.frames[f as usize].pc += 1;
        self.answer(m, f, found)
    }

    /// Puts the request's key in.
    pub(super) fn cache_put(&mut self, m: &Model, f: u32, cached: u32) -> Next {
        let step = &m.cached[cached as usize];
        let spec = &m.caches[step.cache as usize];
        self.frames[f as usize].pc += 1;
        if spec.hit_ratio >= 0.0 {
            return f;
        }
        let key = mix64(self.extras[f as usize].rkey ^ step.salt);
        let contents = self.contents_of(m, f, step.cache);
        let expires = expiry(spec, self.now, key);
        let evicted = self.caching.contents[contents].put(key, self.now, expires);
        self.record.caches[step.cache as usize].evictions += evicted;
        f
    }

    /// After the look-up of a `Cached` step: done, or fetch, or wait for another's fetch.
    pub(super) fn cached(&mut self, m: &Model, f: u32, cached: u32) -> Next {
        let step = &m.cached[cached as usize];
        let spec = &m.caches[step.cache as usize];
        let found = self.frames[f as usize].status;
        self.frames[f as usize].status = status::OK;
        let key = mix64(self.extras[f as usize].rkey ^ step.salt);
        match found {
            status::HIT => self.frames[f as usize].pc = step.end,
            status::STALE => {
                self.frames[f as usize].pc = step.end;
                self.refresh(m, f, cached, key);
            }
            _ if !spec.coalesce => self.frames[f as usize].pc = step.miss,
            _ => match self.caching.flights[step.cache as usize].begin(key, f) {
                Flight::Started => {
                    let frame = &mut self.frames[f as usize];
                    frame.flags |= flag::FETCHES;
                    frame.pc = step.miss;
                    self.extras[f as usize].fetch = cached;
                }
                Flight::Joined(_) => {
                    let frame = &mut self.frames[f as usize];
                    frame.waits = Waits::Fetch;
                    frame.mark = self.now;
                    self.record.caches[step.cache as usize].coalesced += 1;
                    return NONE;
                }
            },
        }
        f
    }

    /// Fetches a stale entry anew in the background, unless somebody does so already.
    fn refresh(&mut self, m: &Model, f: u32, cached: u32, key: u64) {
        let step = &m.cached[cached as usize];
        let flights = &mut self.caching.flights[step.cache as usize];
        if flights.leader(key).is_some() {
            return;
        }
        let sibling = self.frames[f as usize].child;
        let traced = self.frames[f as usize].flags & flag::TRACED;
        self.frames[f as usize].flags &= !flag::TRACED;
        let b = self.branch(f, step.refresh, step.stream);
        self.frames[f as usize].flags |= traced;
        self.frames[f as usize].child = sibling;
        let frame = &mut self.frames[b as usize];
        frame.parent = NONE;
        frame.sibling = NONE;
        frame.flags = flag::BRANCH | flag::FETCHES | frame.flags & flag::INHERITED;
        self.extras[b as usize].fetch = cached;
        self.extras[b as usize].tx = NONE;
        self.caching.flights[step.cache as usize].begin(key, b);
        self.go_on(b);
    }

    /// A fetch is done: those who waited for it have their answer.
    pub(super) fn filled(&mut self, m: &Model, f: u32, cached: u32) -> Next {
        self.frames[f as usize].pc += 1;
        if self.frames[f as usize].flags & flag::FETCHES != 0 {
            self.end_fetch(m, f, cached, false);
        }
        f
    }

    pub(super) fn fetch_failed(&mut self, m: &Model, f: u32) {
        let cached = self.extras[f as usize].fetch;
        self.end_fetch(m, f, cached, true);
    }

    fn end_fetch(&mut self, m: &Model, f: u32, cached: u32, failed: bool) {
        let step = &m.cached[cached as usize];
        let key = mix64(self.extras[f as usize].rkey ^ step.salt);
        self.frames[f as usize].flags &= !flag::FETCHES;
        let mut woken = std::mem::take(&mut self.caching.woken);
        woken.clear();
        self.caching.flights[step.cache as usize].finish(key, |waiting| woken.push(waiting));
        for &w in &woken {
            self.frames[w as usize].waits = Waits::Event;
            if self.frames[w as usize].flags & flag::TRACED != 0 {
                self.note_node(w, Spent::Coalesce);
            }
            if failed {
                self.fail_later(w, Cause::Error);
            } else if let Op::Cached { cached } = m.ops[self.frames[w as usize].pc as usize] {
                self.frames[w as usize].pc = m.cached[cached as usize].end;
                self.go_on(w);
            }
        }
        self.caching.woken = woken;
    }

    /// A frame stops waiting for another's fetch.
    pub(super) fn leave_fetch(&mut self, m: &Model, f: u32) {
        let Op::Cached { cached } = m.ops[self.frames[f as usize].pc as usize] else {
            return;
        };
        let step = &m.cached[cached as usize];
        let key = mix64(self.extras[f as usize].rkey ^ step.salt);
        self.caching.flights[step.cache as usize].leave(key, f);
    }

    /// Forgets the contents of a cache (of one replica, if it has contents of its own).
    pub(super) fn flush_cache(&mut self, m: &Model, cache: u32, local: Option<u32>) {
        let first = self.caching.first[cache as usize];
        let spec = &m.caches[cache as usize];
        let instances = if spec.per_replica {
            m.nodes[spec.node as usize].replicas
        } else {
            1
        };
        for i in 0..instances {
            if !spec.per_replica || local.is_none_or(|local| local == i) {
                self.caching.contents[(first + i) as usize].flush();
            }
        }
    }

    /// Fills caches that start warm with the most popular keys of the flows that reach them.
    pub(super) fn warm_caches(&mut self, m: &Model) {
        for (cache, spec) in m.caches.iter().enumerate() {
            if !spec.warm || spec.hit_ratio >= 0.0 {
                continue;
            }
            let salts: Vec<u64> = m
                .cached
                .iter()
                .filter(|step| step.cache == cache as u32)
                .map(|step| step.salt)
                .collect();
            let mut distinct = salts.clone();
            distinct.sort_unstable();
            distinct.dedup();
            let each = spec.capacity / (distinct.len() as u64 * m.flows.len() as u64).max(1);
            let first = self.caching.first[cache];
            let instances = if spec.per_replica {
                m.nodes[spec.node as usize].replicas
            } else {
                1
            };
            for flow in &m.flows {
                for salt in &distinct {
                    for rank in (0..each.min(flow.keys.count())).rev() {
                        let key = mix64(flow.keys.key(rank) ^ salt);
                        let expires = expiry(spec, 0, key ^ GOLDEN);
                        for i in 0..instances {
                            self.caching.contents[(first + i) as usize].put(key, 0, expires);
                        }
                    }
                }
            }
        }
    }
}

impl KeySpec {
    /// Number of keys.
    pub(super) fn count(&self) -> u64 {
        match self {
            KeySpec::Single => 1,
            KeySpec::Uniform(n) | KeySpec::HotSet { n, .. } | KeySpec::Zipf { n, .. } => *n,
        }
    }

    /// The key of a rank of popularity. Flows with equal ranks mean the same key.
    #[expect(
        clippy::unused_self,
        reason = "all kinds number their keys alike today"
    )]
    pub(super) fn key(&self, rank: u64) -> u64 {
        rank + 1
    }
}
