//! Recorders and sets against sorted values.

use super::*;
use proptest::prelude::*;

fn filled<const BITS: u32>(values: &[u64]) -> Histogram<BITS> {
    let mut histogram = Histogram::new();
    for &value in values {
        histogram.record(value);
    }
    histogram
}

/// Values over many powers of two, as times in nanoseconds are.
fn value() -> impl Strategy<Value = u64> {
    (0..57_u32, any::<u64>()).prop_map(|(bits, word)| word & ((1_u64 << bits) - 1))
}

fn values() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(value(), 1..400)
}

#[test]
fn buckets_tile_the_whole_range() {
    for bits in 1..=BITS_MAX {
        let last = bucket_of(bits, VALUE_MAX);
        assert!(u16::try_from(last).is_ok());
        let mut next = 0;
        for index in 0..=last {
            let (low, width) = bucket_span(bits, index);
            assert_eq!(low, next);
            assert_eq!(
                (bucket_of(bits, low), bucket_of(bits, low + width - 1)),
                (index, index)
            );
            assert!(width == 1 || width << bits <= low);
            next = low + width;
        }
        assert_eq!(next, VALUE_MAX + 1);
    }
}

#[test]
fn values_at_the_ends_are_kept() {
    let mut histogram = filled::<7>(&[0, u64::MAX, VALUE_MAX, 1]);
    assert_eq!((histogram.len(), histogram.max()), (4, VALUE_MAX));
    let set = histogram.drain();
    assert_eq!((set.len(), set.min(), set.max()), (4, 0, VALUE_MAX));
    assert_eq!(set.sum(), 1 + 2 * u128::from(VALUE_MAX));
    assert!(histogram.is_empty());
    assert_eq!(histogram.drain(), Sparse::default());
}

#[test]
fn what_is_read_from_nothing_is_nothing() {
    let empty = Sparse::default();
    assert_eq!(empty.quantile(0.5), None);
    assert!(empty.mean().abs() <= 0.0);
    assert!(empty.count_at_or_below(1e9).abs() <= 0.0);
    assert_eq!(Sparse::from_bytes(&empty.to_bytes()), Ok(empty));
}

#[test]
fn small_values_are_exact() {
    let set = filled::<5>(&[3, 3, 7, 20, 31]).drain();
    assert_eq!(set.quantile(0.0), Some(3.0));
    assert_eq!(set.quantile(0.4), Some(3.0));
    assert_eq!(set.quantile(0.5), Some(7.0));
    assert_eq!(set.quantile(1.0), Some(31.0));
    assert!((set.count_at_or_below(3.0) - 2.0).abs() <= 0.0);
    assert!((set.count_at_or_below(6.9) - 2.0).abs() <= 0.0);
    assert!((set.mean() - 12.8).abs() < 1e-12);
}

#[test]
fn smooth_data_is_read_far_more_finely_than_a_bucket() {
    // Exponential of mean 10 ms by its quantiles: no noise of sampling.
    let n = 200_000_u32;
    let value = |p: f64| -libm::log1p(-p) * 1e7;
    let values: Vec<u64> = (0..n)
        .map(|i| value((f64::from(i) + 0.5) / f64::from(n)) as u64)
        .collect();
    for (set, bound) in [
        (filled::<7>(&values).drain(), 5e-5),
        (filled::<5>(&values).drain(), 5e-4),
    ] {
        for p in [0.1, 0.5, 0.9, 0.95, 0.99] {
            let error = set.quantile(p).unwrap() / value(p) - 1.0;
            assert!(error.abs() < bound, "{p}: {error}");
        }
    }
}

#[test]
fn a_full_bucket_loses_nothing() {
    let mut histogram = filled::<5>(&[1000, 2000]);
    let at = bucket_of(5, 1000) - histogram.first;
    histogram.counts[at] = u32::MAX;
    histogram.n += u64::from(u32::MAX) - 1;
    for _ in 0..5 {
        histogram.record(1000);
    }
    let set = histogram.drain();
    let counts: Vec<u64> = set.buckets().map(|bucket| bucket.count).collect();
    assert_eq!(counts, [u64::from(u32::MAX) + 5, 1]);
}

#[test]
fn memory_follows_the_range_that_occurs() {
    // A microsecond to a second.
    let histogram = filled::<5>(&[1_000, 1_000_000_000]);
    assert!(histogram.counts.capacity() * size_of::<u32>() <= 3_000);
    assert!(size_of::<Histogram<5>>() <= 128);
}

#[test]
fn hostile_bytes_are_refused() {
    let good = filled::<5>(&[1, 100, 100, 10_000]).drain().to_bytes();
    assert_eq!(Sparse::from_bytes(&[]), Err(DecodeError::Length));
    assert_eq!(Sparse::from_bytes(&[9]), Err(DecodeError::Version(9)));
    for cut in 1..good.len() {
        assert!(Sparse::from_bytes(&good[..cut]).is_err(), "cut at {cut}");
    }
    let mut longer = good.clone();
    longer.push(0);
    assert_eq!(Sparse::from_bytes(&longer), Err(DecodeError::Length));
    // A length that would need more memory than there are bytes.
    let huge = [1, 5, 1, 1, 1, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F];
    assert_eq!(Sparse::from_bytes(&huge), Err(DecodeError::Length));
    let endless = [[1].as_slice(), [0xFF; 40].as_slice()].concat();
    assert_eq!(Sparse::from_bytes(&endless), Err(DecodeError::Number));
}

proptest! {
    #![proptest_config(crate::stats::testing::cases(256))]

    #[test]
    fn all_figures_are_those_of_the_sorted_values(values in values()) {
        let set = filled::<7>(&values).drain();
        let n = values.len() as u64;
        prop_assert_eq!(set.len(), n);
        prop_assert_eq!(set.sum(), values.iter().map(|&x| u128::from(x)).sum::<u128>());
        prop_assert_eq!(set.min(), *values.iter().min().unwrap());
        prop_assert_eq!(set.max(), *values.iter().max().unwrap());
        prop_assert_eq!(set.buckets().map(|bucket| bucket.count).sum::<u64>(), n);
        prop_assert_eq!(&set, &Sparse::of_values(7, &values));
        let mean = values.iter().map(|&x| x as f64).sum::<f64>() / n as f64;
        prop_assert!((set.mean() - mean).abs() <= 1e-12 * mean);
    }

    #[test]
    fn quantiles_are_within_a_bucket_of_the_sorted_values(values in values(), p in 0.0..=1.0_f64) {
        let mut sorted = values.clone();
        sorted.sort_unstable();
        let rank = ((p * sorted.len() as f64).ceil() as usize).clamp(1, sorted.len());
        let exact = sorted[rank - 1] as f64;
        let seven = filled::<7>(&values).drain().quantile(p).unwrap();
        let five = filled::<5>(&values).drain().quantile(p).unwrap();
        prop_assert!((seven - exact).abs() <= exact / 128.0, "{} for {}", seven, exact);
        prop_assert!((five - exact).abs() <= exact / 32.0, "{} for {}", five, exact);
        prop_assert!(five >= sorted[0] as f64 && five <= sorted[sorted.len() - 1] as f64);
    }

    #[test]
    fn counts_invert_quantiles(values in values(), p in 0.0..=1.0_f64) {
        let set = filled::<7>(&values).drain();
        let x = set.quantile(p).unwrap();
        // A bucket of one value jumps; elsewhere it is the inverse.
        let below = set.count_at_or_below(x);
        prop_assert!(below + 1e-6 * below >= p * values.len() as f64 - 1e-6);
        prop_assert!(set.count_at_or_below(x - 1.0 - 1e-9 * x) <= p * values.len() as f64 + 1e-6);
        prop_assert!((set.count_at_or_below(1e18) - values.len() as f64).abs() < 1e-9);
        let exact = values.iter().filter(|&&value| value as f64 <= x).count() as f64;
        let bucket = set.buckets().map(|bucket| bucket.count).max().unwrap() as f64;
        prop_assert!((below - exact).abs() <= bucket);
    }

    #[test]
    fn merging_is_exact_in_any_order(
        parts in prop::collection::vec((values(), 3..8_u32), 1..6),
        seed: usize,
    ) {
        let all: Vec<u64> = parts.iter().flat_map(|(values, _)| values.clone()).collect();
        let coarsest = parts.iter().map(|&(_, bits)| bits).min().unwrap();
        let sets: Vec<Sparse> =
            parts.iter().map(|(values, bits)| Sparse::of_values(*bits, values)).collect();
        let mut forward = Sparse::default();
        for set in &sets {
            forward.merge(set);
        }
        let mut turned = Sparse::default();
        for at in 0..sets.len() {
            turned.merge(&sets[(at + seed % sets.len()) % sets.len()]);
            turned.merge(&Sparse::default());
        }
        prop_assert_eq!(&forward, &turned);
        prop_assert_eq!(&forward, &Sparse::of_values(coarsest, &all));
    }

    #[test]
    fn zeros_counted_apart_are_zeros(values in values(), zeros in 0..5_usize) {
        let mut histogram = filled::<5>(&values);
        for _ in 0..zeros {
            histogram.record_zero();
        }
        let all = [values.as_slice(), &vec![0; zeros]].concat();
        prop_assert_eq!(histogram.len(), all.len() as u64);
        prop_assert_eq!(histogram.drain(), Sparse::of_values(5, &all));
        prop_assert!(histogram.is_empty());
    }

    #[test]
    fn draining_forgets_and_keeps_nothing_back(first in values(), second in values()) {
        let mut histogram = filled::<5>(&first);
        let _ = histogram.drain();
        for &value in &second {
            histogram.record(value);
        }
        prop_assert_eq!(histogram.snapshot(), Sparse::of_values(5, &second));
        prop_assert_eq!(histogram.drain(), Sparse::of_values(5, &second));
        prop_assert!(histogram.counts.iter().all(|&count| count == 0));
    }

    #[test]
    fn bytes_and_serde_give_back_the_same(values in values(), bits in 1..=BITS_MAX) {
        let set = Sparse::of_values(bits, &values);
        prop_assert_eq!(Sparse::from_bytes(&set.to_bytes()), Ok(set.clone()));
        let text = serde_json::to_string(&set).unwrap();
        prop_assert_eq!(serde_json::from_str::<Sparse>(&text).unwrap(), set);
    }

    #[test]
    fn changed_bytes_never_panic(values in values(), at: usize, byte: u8, noise: Vec<u8>) {
        let mut bytes = Sparse::of_values(5, &values).to_bytes();
        let len = bytes.len();
        bytes[at % len] = byte;
        if let Ok(mut set) = Sparse::from_bytes(&bytes) {
            let other = set.clone();
            set.merge(&other);
            let _ = (set.quantile(0.99), set.to_bytes());
            let _ = set.count_at_or_below(5.0);
        }
        let _ = Sparse::from_bytes(&noise);
        let _ = Sparse::from_bytes(&[&[1, 5], noise.as_slice()].concat());
    }
}
