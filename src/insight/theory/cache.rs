//! Hit ratios of caches whose requests are independent draws of keys (the independent reference
//! model): Zipf popularities, LRU exactly and by Che's approximation, FIFO and random replacement
//! exactly, and the best that any contents can do.

use super::numeric::{at_least_one, not_negative, root, sum, weighted};
use super::{Theory, TheoryError};

/// Most keys of a catalogue.
pub const MAX_KEYS: u32 = 10_000_000;

/// Most keys for which LRU is solved exactly: there is a state for each subset.
pub const MAX_EXACT_KEYS: usize = 20;

/// Shares of requests of `keys` keys, most popular first, where the k-th is in proportion to 1/kˢ.
///
/// # Errors
/// [`TheoryError::Domain`] without a key, with more than [`MAX_KEYS`], or for a negative skew.
pub fn zipf(keys: u32, skew: f64) -> Theory<Vec<f64>> {
    at_least_one(keys, "there is a key")?;
    let skew = not_negative(skew, "a skew is not negative")?;
    if keys > MAX_KEYS {
        return Err(TheoryError::Domain {
            must: "there are at most ten million keys",
        });
    }
    let weights: Vec<f64> = (1..=keys)
        .map(|k| libm::exp(-skew * libm::log(f64::from(k))))
        .collect();
    let total = sum(weights.iter().copied());
    Ok(weights.into_iter().map(|weight| weight / total).collect())
}

/// Shares that sum to 1, and a cache smaller than the catalogue.
fn check(shares: &[f64], capacity: usize) -> Theory<()> {
    for share in shares {
        not_negative(*share, "popularities are not negative")?;
    }
    let pairs: Vec<(f64, f64)> = shares.iter().map(|share| (*share, 1.0)).collect();
    weighted(&pairs)?;
    if (sum(shares.iter().copied()) - 1.0).abs() > 1e-9 {
        return Err(TheoryError::Domain {
            must: "popularities sum to 1",
        });
    }
    let asked_for = shares.iter().filter(|share| **share > 0.0).count();
    if capacity == 0 || capacity >= asked_for {
        return Err(TheoryError::Domain {
            must: "the cache holds some of the keys that are asked for, but not all",
        });
    }
    Ok(())
}

/// Hit ratio of LRU by Che's approximation: each key stays for one common, fixed time after its
/// last request, chosen so that the cache is full on average (Che, Tung and Wang, 2002; why it is
/// so good: Fricker, Robert and Roberts, 2012).
///
/// # Errors
/// [`TheoryError::Domain`] unless shares are popularities and 0 < capacity < keys.
pub fn lru_che(shares: &[f64], capacity: usize) -> Theory<f64> {
    check(shares, capacity)?;
    let there = |share: f64, time: f64| -libm::expm1(-share * time);
    let filled = |time: f64| sum(shares.iter().map(|share| there(*share, time)));
    let mut high = capacity as f64;
    for _ in 0..1_000 {
        if filled(high) > capacity as f64 {
            break;
        }
        high *= 2.0;
    }
    let time = root(|time| filled(time) - capacity as f64, 0.0, high)?;
    Ok(sum(shares.iter().map(|share| share * there(*share, time))))
}

/// Hit ratio of LRU exactly, by the probabilities of the contents (King, Analysis of demand paging
/// algorithms, 1971). Most recent first, the contents are keys drawn without replacement; a
/// recursion over subsets sums over their orders.
///
/// # Errors
/// [`TheoryError::Domain`] unless shares are popularities, 0 < capacity < keys, and there are at
/// most [`MAX_EXACT_KEYS`].
pub fn lru_exact(shares: &[f64], capacity: usize) -> Theory<f64> {
    check(shares, capacity)?;
    if shares.len() > MAX_EXACT_KEYS {
        return Err(TheoryError::Domain {
            must: "there are at most 20 keys",
        });
    }
    let subsets = 1_usize << shares.len();
    let (mut reached, mut within) = (vec![0.0; subsets], vec![0.0; subsets]);
    reached[0] = 1.0;
    let mut hits = Vec::new();
    for set in 0..subsets {
        if set > 0 {
            let lowest = set & set.wrapping_neg();
            within[set] = within[set ^ lowest] + shares[lowest.trailing_zeros() as usize];
        }
        let size = set.count_ones() as usize;
        if size == capacity {
            hits.push(reached[set] * within[set]);
        }
        if size >= capacity {
            continue;
        }
        let rest = 1.0 - within[set];
        for (key, share) in shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            if set & (1 << key) == 0 {
                reached[set | (1 << key)] += reached[set] * share / rest;
            }
        }
    }
    Ok(sum(hits))
}

/// Hit ratio of FIFO, and of random replacement, which is the same: contents S have a probability
/// in proportion to the product of their popularities (King, 1971; Gelenbe, A unified approach to
/// the evaluation of a class of replacement algorithms, 1973). Exact for any catalogue, since the
/// ratio of sums over all contents is that of two probabilities of a number of successes.
///
/// # Errors
/// [`TheoryError::Domain`] unless shares are popularities and 0 < capacity < keys.
pub fn fifo(shares: &[f64], capacity: usize) -> Theory<f64> {
    check(shares, capacity)?;
    // With success probabilities pz/(1 + pz), n successes have a probability in proportion to zⁿ
    // times the sum of products over all sets of n keys. The z that makes `capacity` the mean keeps
    // both probabilities far from underflow.
    let odds = |share: f64, z: f64| share * z / (1.0 + share * z);
    let filled = |z: f64| sum(shares.iter().map(|share| odds(*share, z)));
    let target = capacity as f64;
    let mut high = target;
    for _ in 0..1_000 {
        if filled(high) > target {
            break;
        }
        high *= 2.0;
    }
    let z = root(|z| filled(z) - target, 0.0, high)?;
    let mut successes = vec![0.0; capacity + 2];
    successes[0] = 1.0;
    for (seen, share) in shares.iter().enumerate() {
        let p = odds(*share, z);
        for n in (0..=(seen + 1).min(capacity + 1)).rev() {
            let one_less = if n > 0 { successes[n - 1] } else { 0.0 };
            successes[n] = successes[n] * (1.0 - p) + one_less * p;
        }
    }
    // A miss: contents of `capacity` keys and one other key, each of which could be the other.
    let misses = (target + 1.0) * successes[capacity + 1] / (z * successes[capacity]);
    Ok(1.0 - misses)
}

/// Hit ratio of a cache that always holds the most popular keys: the best that contents can do
/// without knowing the next request, and the limit of a perfect LFU.
///
/// # Errors
/// [`TheoryError::Domain`] unless shares are popularities and 0 < capacity < keys.
pub fn most_popular(shares: &[f64], capacity: usize) -> Theory<f64> {
    check(shares, capacity)?;
    let mut sorted = shares.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    Ok(sum(sorted.into_iter().take(capacity)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::numeric::integral;

    /// All ordered contents, by enumeration.
    fn lru_by_enumeration(shares: &[f64], capacity: usize) -> f64 {
        fn go(shares: &[f64], left: usize, used: &mut Vec<usize>, reached: f64) -> f64 {
            let within: f64 = used.iter().map(|key| shares[*key]).sum();
            if left == 0 {
                return reached * within;
            }
            let mut total = 0.0;
            for key in 0..shares.len() {
                if !used.contains(&key) {
                    used.push(key);
                    total += go(
                        shares,
                        left - 1,
                        used,
                        reached * shares[key] / (1.0 - within),
                    );
                    used.pop();
                }
            }
            total
        }
        go(shares, capacity, &mut Vec::new(), 1.0)
    }

    /// LRU exactly in time that grows with the square of the catalogue: a key is found if fewer
    /// than `capacity` others were asked for since its last request (Flajolet, Gardy and
    /// Thimonier, 1992).
    fn lru_by_integral(shares: &[f64], capacity: usize, end: f64) -> f64 {
        let at = |time: f64| -> f64 {
            let each = |key: usize| -> f64 {
                let mut asked = vec![0.0; capacity];
                asked[0] = 1.0;
                for (other, share) in shares.iter().enumerate() {
                    if other != key {
                        let p = -libm::expm1(-share * time);
                        for n in (0..capacity).rev() {
                            let one_less = if n > 0 { asked[n - 1] } else { 0.0 };
                            asked[n] = asked[n] * (1.0 - p) + one_less * p;
                        }
                    }
                }
                let share = shares[key];
                share * share * libm::exp(-share * time) * asked.iter().sum::<f64>()
            };
            (0..shares.len()).map(each).sum()
        };
        let in_logs = |log: f64| libm::exp(log) * at(libm::exp(log));
        integral(in_logs, -18.0, libm::log(end), 40)
    }

    #[test]
    fn exact_lru_is_what_enumeration_gives() {
        for (keys, capacity, skew) in [(6, 2, 0.8), (7, 4, 1.2), (5, 1, 0.0)] {
            let shares = zipf(keys, skew).unwrap();
            let found = lru_exact(&shares, capacity).unwrap();
            let slow = lru_by_enumeration(&shares, capacity);
            assert!((found - slow).abs() < 1e-13, "{found} {slow}");
        }
        // One place: hit if the same key comes twice in a row.
        let shares = zipf(9, 1.0).unwrap();
        let squares: f64 = shares.iter().map(|share| share * share).sum();
        assert!((lru_exact(&shares, 1).unwrap() - squares).abs() < 1e-14);
        assert!((fifo(&shares, 1).unwrap() - squares).abs() < 1e-12);
    }

    #[test]
    fn ches_error_is_small_and_falls_with_the_size() {
        let miss = |keys: u32, capacity: usize| {
            let shares = zipf(keys, 0.9).unwrap();
            let exact = if keys as usize <= MAX_EXACT_KEYS {
                lru_exact(&shares, capacity).unwrap()
            } else {
                lru_by_integral(&shares, capacity, 60.0 * f64::from(keys))
            };
            (lru_che(&shares, capacity).unwrap() - exact).abs()
        };
        let (tiny, small) = (miss(20, 4), miss(120, 12));
        assert!(tiny < 0.02 && small < 0.003, "{tiny} {small}");
        assert!(small < tiny);
        let shares = zipf(20, 0.9).unwrap();
        let (slow, fast) = (
            lru_by_integral(&shares, 4, 600.0),
            lru_exact(&shares, 4).unwrap(),
        );
        assert!((slow - fast).abs() < 1e-6, "{slow} {fast}");
    }

    #[test]
    fn exact_fifo_is_what_enumeration_gives() {
        let shares = zipf(9, 1.1).unwrap();
        let capacity = 3;
        let (mut all, mut hits) = (0.0, 0.0);
        for set in 0..1_usize << 9 {
            if set.count_ones() as usize == capacity {
                let keys = || (0..9).filter(|key| set & (1 << key) != 0);
                let product: f64 = keys().map(|key| shares[key]).product();
                all += product;
                hits += product * keys().map(|key| shares[key]).sum::<f64>();
            }
        }
        assert!((fifo(&shares, capacity).unwrap() - hits / all).abs() < 1e-12);
    }

    #[test]
    fn better_rules_hit_more_often() {
        let shares = zipf(10_000, 0.8).unwrap();
        let (first_in, recent, best) = (
            fifo(&shares, 1_000).unwrap(),
            lru_che(&shares, 1_000).unwrap(),
            most_popular(&shares, 1_000).unwrap(),
        );
        assert!(
            first_in < recent && recent < best,
            "{first_in} {recent} {best}"
        );
        let even = zipf(100, 0.0).unwrap();
        for hit in [
            fifo(&even, 25).unwrap(),
            lru_che(&even, 25).unwrap(),
            most_popular(&even, 25).unwrap(),
        ] {
            assert!((hit - 0.25).abs() < 1e-10, "{hit}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let shares = zipf(30, 0.9).unwrap();
        assert!(lru_exact(&shares, 3).is_err());
        assert!(lru_che(&shares, 0).is_err() && fifo(&shares, 30).is_err());
        assert!(lru_che(&[0.5, 0.4], 1).is_err() && most_popular(&[], 1).is_err());
        assert!(lru_exact(&[0.5, 0.5, 0.0], 2).is_err() && fifo(&[0.5, 0.5, 0.0], 2).is_err());
        assert!(zipf(0, 1.0).is_err() && zipf(10, -1.0).is_err());
    }
}
