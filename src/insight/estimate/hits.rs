//! Hit ratios of caches: Che's approximation over groups of equally popular keys.
//!
//! A key that is asked for `r` times a second is found with the chance `1 − e^(−rT)`, T being the
//! time that an unread entry survives; T follows from the capacity (Che, Tung and Wang 2002). With a
//! time to live from the write, it is found in `rD / (1 + rD)` of the cases at most (Jung, Berger
//! and Balakrishnan 2003). A cache that starts cold misses every key once.

use crate::design::model::{Cache, Eviction, Keys, Scope, Start};

/// Groups into which the keys of a Zipf law are put, of exponentially growing size.
const GROUPS: usize = 40;

/// Equally popular keys: how many, and what share of requests is about each.
type Group = (f64, f64);

/// The popularity of keys.
pub(super) fn groups(keys: &Keys) -> Vec<Group> {
    match keys {
        Keys::Single => vec![(1.0, 1.0)],
        Keys::Uniform { n } => vec![(*n as f64, 1.0 / (*n as f64).max(1.0))],
        Keys::HotSet { n, hot, share } => {
            let (hot, cold) = (*hot as f64, (*n as f64 - *hot as f64).max(1.0));
            vec![
                (hot, share.0 / hot.max(1.0)),
                (cold, (1.0 - share.0) / cold),
            ]
        }
        Keys::Zipf { n, s } => zipf(*n as f64, *s),
    }
}

/// Keys of similar rank share the mean weight of their group.
fn zipf(n: f64, s: f64) -> Vec<Group> {
    // The sum of k^−s from a to b, by the integral from half before to half after.
    let sum = |a: f64, b: f64| {
        let (a, b) = (a - 0.5, b + 0.5);
        if (s - 1.0).abs() < 1e-9 {
            libm::log(b / a)
        } else {
            (libm::pow(b, 1.0 - s) - libm::pow(a, 1.0 - s)) / (1.0 - s)
        }
    };
    let mut list = Vec::with_capacity(GROUPS + 8);
    let ratio = libm::exp(libm::log(n.max(2.0)) / GROUPS as f64).max(1.05);
    let mut first = 1.0;
    while first <= n {
        let last = if first < 8.0 {
            first
        } else {
            (first * ratio).floor().clamp(first, n)
        };
        let count = last - first + 1.0;
        let weight = if first < 8.0 {
            libm::pow(first, -s)
        } else {
            sum(first, last)
        };
        list.push((count, weight / count));
        first = last + 1.0;
    }
    let total: f64 = list.iter().map(|(count, weight)| count * weight).sum();
    for group in &mut list {
        group.1 /= total;
    }
    list
}

/// Rates at which one cache is asked, each with the popularity of its keys.
pub(super) struct Asked<'a> {
    /// Look-ups per second of each stream.
    pub streams: &'a [(f64, &'a [Group])],
    /// Replicas that keep contents of their own.
    pub replicas: f64,
    /// When measuring begins and ends, in seconds.
    pub measured: (f64, f64),
}

/// The hit ratio of each stream.
pub(super) fn ratios(cache: &Cache, asked: &Asked<'_>) -> Vec<f64> {
    if let Some(fixed) = &cache.hit_ratio {
        return vec![fixed.0; asked.streams.len()];
    }
    let copies = match cache.scope {
        Scope::Shared => 1.0,
        Scope::PerReplica => asked.replicas,
    };
    let capacity = cache.capacity as f64;
    let ttl = cache.ttl.map(|time| time.0 as f64 / 1e9);
    let chance = |rate: f64, survives: f64| found(cache, rate, survives, ttl);
    let kept = |survives: f64| -> f64 {
        let each = asked.streams.iter().flat_map(|(rate, groups)| {
            groups
                .iter()
                .map(move |(count, share)| (count, share * rate / copies))
        });
        each.map(|(count, rate)| count * chance(rate, survives))
            .sum()
    };
    // Beyond a year nothing differs any more.
    let (mut low, mut high) = (1e-9_f64, 3e7_f64);
    if kept(high) > capacity {
        for _ in 0..40 {
            let middle = (low * high).sqrt();
            if kept(middle) > capacity {
                high = middle;
            } else {
                low = middle;
            }
        }
    }
    let of_stream = |(rate, groups): &(f64, &[Group])| {
        let each = groups.iter().map(|(count, share)| {
            let rate = share * rate / copies;
            let hit = chance(rate, high).min(1.0 - unseen(cache, rate, asked.measured, high));
            count * share * hit
        });
        each.sum::<f64>().clamp(0.0, 1.0)
    };
    asked.streams.iter().map(of_stream).collect()
}

/// The chance that a key is there.
fn found(cache: &Cache, rate: f64, survives: f64, ttl: Option<f64>) -> f64 {
    let by_age = |age: f64| rate * age / (1.0 + rate * age);
    let kept = match cache.eviction {
        Eviction::Fifo => by_age(survives),
        _ => -libm::expm1(-rate * survives),
    };
    match ttl {
        None => kept,
        Some(ttl) if cache.renew => kept.min(-libm::expm1(-rate * ttl)),
        Some(ttl) => kept.min(by_age(ttl)),
    }
}

/// The chance that a key was not asked for yet since the start, over the measured time.
fn unseen(cache: &Cache, rate: f64, (from, to): (f64, f64), survives: f64) -> f64 {
    if cache.start == Start::Warm || survives < from || rate <= 0.0 || to <= from {
        return 0.0;
    }
    (libm::exp(-rate * from) - libm::exp(-rate * to)) / (rate * (to - from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::cache::{lru_che, zipf as exact_zipf};

    #[test]
    fn groups_stand_for_all_keys() {
        for (keys, skew, capacity) in [(1_000, 0.99, 100), (20_000, 0.8, 500), (5_000, 1.2, 50)] {
            let cache: Cache =
                crate::design::decode_text(&format!("(capacity: {capacity}, start: Warm)"))
                    .unwrap();
            let groups = groups(&Keys::Zipf {
                n: u64::from(keys),
                s: skew,
            });
            let streams = [(1_000.0, groups.as_slice())];
            let asked = Asked {
                streams: &streams,
                replicas: 1.0,
                measured: (0.0, 60.0),
            };
            let found = ratios(&cache, &asked)[0];
            let exact = lru_che(&exact_zipf(keys, skew).unwrap(), capacity).unwrap();
            assert!((found - exact).abs() < 0.01, "{found} {exact}");
        }
    }
}
