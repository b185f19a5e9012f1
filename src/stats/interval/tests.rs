//! The honesty of the intervals, on queues whose truth is known, and their behaviour at the edges.

use super::*;
use crate::stats::histogram::{Histogram, Sparse};
use crate::stats::math::ln;
use crate::stats::rng::{Bits, Xoshiro, hash_name, mix64};
use crate::stats::special::binomial_bounds;
use crate::stats::warmup::warm_up;
use crate::stats::ziggurat::{exponential, normal};

const LEVEL: f64 = 0.95;
const SERVICE_S: f64 = 0.01;
const ARRIVALS_PER_S: f64 = 80.0;
/// Windows of a run: a multiple of 32.
const WINDOWS: usize = 320;

/// One run, cut into windows by time of arrival.
struct Run {
    windows: Vec<Sparse>,
}

/// M/M/1 from empty, by Lindley's recurrence; times in nanoseconds. With the same seed the same customers come with the
/// same demands, times `speed`.
fn mm1(seed: u64, length_s: f64, service_s: f64) -> Run {
    let mut bits = Xoshiro::new(mix64(seed ^ hash_name(&["M/M/1"])));
    let (mut now, mut free) = (0.0, 0.0_f64);
    let mut histogram = Histogram::<7>::new();
    let mut windows = Vec::with_capacity(WINDOWS);
    loop {
        now += exponential(&mut bits) / ARRIVALS_PER_S;
        while now >= (windows.len() + 1) as f64 * length_s / WINDOWS as f64 {
            windows.push(histogram.drain());
            if windows.len() == WINDOWS {
                return Run { windows };
            }
        }
        free = free.max(now) + service_s * exponential(&mut bits);
        histogram.record(((free - now) * 1e9) as u64);
    }
}

impl Run {
    /// What is left after the warm-up, as consecutive batches.
    fn batches(&self, warm_up: usize, k: usize) -> Vec<Sparse> {
        let rest = &self.windows[warm_up..];
        let edge = |batch: usize| batch * rest.len() / k;
        (0..k)
            .map(|batch| merged(&rest[edge(batch)..edge(batch + 1)]))
            .collect()
    }
}

fn merged(sets: &[Sparse]) -> Sparse {
    let mut all = Sparse::default();
    for set in sets {
        all.merge(set);
    }
    all
}

fn warm_up_of(runs: &[Run]) -> usize {
    let mut last = 1.0;
    let level = |at: usize| {
        let all = merged(
            &runs
                .iter()
                .map(|run| run.windows[at].clone())
                .collect::<Vec<_>>(),
        );
        if !all.is_empty() {
            last = all.mean();
        }
        last
    };
    warm_up(&(0..WINDOWS).map(level).collect::<Vec<f64>>()).len
}

fn pairs(groups: &[Sparse]) -> Vec<(f64, f64)> {
    groups
        .iter()
        .map(|group| (group.sum() as f64, group.len() as f64))
        .collect()
}

/// How often the intervals of mean, p50 and p99 hold the truth, and how often p99 has both ends.
#[derive(Debug, Default)]
struct Coverage {
    mean: u64,
    p50: u64,
    p99: u64,
    p99_whole: u64,
    relative_half_width: f64,
}

/// Sojourn times are exponential.
const TRUE_MEAN_NS: f64 = 1e9 * SERVICE_S / (1.0 - SERVICE_S * ARRIVALS_PER_S);

fn coverage(seeds: u64, intervals: impl Fn(u64) -> (Interval, Bounds, Bounds)) -> Coverage {
    let mut coverage = Coverage::default();
    for seed in 0..seeds {
        let (mean, p50, p99) = intervals(seed);
        coverage.mean += u64::from(mean.contains(TRUE_MEAN_NS));
        coverage.p50 += u64::from(p50.contains(TRUE_MEAN_NS * -ln(0.5)));
        coverage.p99 += u64::from(p99.contains(TRUE_MEAN_NS * -ln(0.01)));
        coverage.p99_whole += u64::from(p99.both().is_some());
        coverage.relative_half_width += mean.relative_half_width() / seeds as f64;
    }
    coverage
}

fn of_replications(seed: u64, replications: u64, length_s: f64) -> (Interval, Bounds, Bounds) {
    let run = |k: u64| mm1(seed << 16 | k, length_s, SERVICE_S);
    let runs: Vec<Run> = (0..replications).map(run).collect();
    let warm_up = warm_up_of(&runs);
    let groups: Vec<Sparse> = runs
        .iter()
        .map(|run| merged(&run.windows[warm_up..]))
        .collect();
    (
        ratio_of(&pairs(&groups), LEVEL).unwrap(),
        quantile_interval(&groups, 0.5, LEVEL).unwrap(),
        quantile_interval(&groups, 0.99, LEVEL).unwrap(),
    )
}

fn of_one_run(seed: u64, length_s: f64) -> (Interval, Bounds, Bounds) {
    let run = mm1(seed << 16 | 0xFFFF, length_s, SERVICE_S);
    let warm_up = warm_up_of(std::slice::from_ref(&run));
    let groups = run.batches(warm_up, 96);
    (
        ratio_of_batches(&pairs(&groups), LEVEL).unwrap(),
        quantile_interval_of_batches(&groups, 0.5, LEVEL).unwrap(),
        quantile_interval_of_batches(&groups, 0.99, LEVEL).unwrap(),
    )
}

#[test]
fn replications_of_30_seconds_hold_the_truth_as_promised() {
    let seen = coverage(200, |seed| of_replications(seed, 10, 30.0));
    for held in [seen.mean, seen.p50, seen.p99] {
        assert!((181..=199).contains(&held), "{seen:?}");
    }
    assert!(
        seen.p99_whole > 180 && seen.relative_half_width < 0.16,
        "{seen:?}"
    );
}

#[test]
fn long_runs_in_batches_hold_the_truth_as_promised() {
    let seen = coverage(200, |seed| of_one_run(seed, 300.0));
    for held in [seen.mean, seen.p50, seen.p99] {
        assert!((181..=199).contains(&held), "{seen:?}");
    }
    assert!(
        seen.p99_whole > 100 && seen.relative_half_width < 0.19,
        "{seen:?}"
    );
}

#[test]
fn one_run_of_30_seconds_is_nearly_as_honest() {
    // Thirty relaxation times. The 99th percentile mostly has no upper end: three bursts decide it.
    let seen = coverage(200, |seed| of_one_run(seed, 30.0));
    for held in [seen.mean, seen.p50, seen.p99] {
        assert!(held >= 176, "{seen:?}");
    }
    let seen = coverage(20, |seed| of_one_run(seed + 1000, 30.0));
    let least = binomial_bounds(20, 0.95, 0.01).0;
    for held in [seen.mean, seen.p50, seen.p99] {
        assert!(held >= least, "{seen:?}");
    }
}

#[test]
fn very_long_runs_are_not_wider_than_they_must_be() {
    let seen = coverage(40, |seed| of_one_run(seed, 3000.0));
    let (low, high) = binomial_bounds(40, 0.965, 0.001);
    for held in [seen.mean, seen.p50, seen.p99] {
        assert!((low..=high).contains(&held), "{seen:?}");
    }
    assert_eq!(seen.p99_whole, 40);
    // The asymptotic half-width is 3.85%.
    assert!(seen.relative_half_width < 0.058, "{seen:?}");
}

#[test]
fn independent_values_are_not_punished() {
    let (mut held, mut held_p99, mut width) = (0, 0, 0.0);
    let seeds = 400;
    for seed in 0..seeds {
        let mut bits = Xoshiro::new(seed);
        let mut batch = || {
            let values: Vec<u64> = (0..100)
                .map(|_| (exponential(&mut bits) * 1e6) as u64)
                .collect();
            Sparse::of_values(7, &values)
        };
        let batches: Vec<Sparse> = (0..32).map(|_| batch()).collect();
        let mean = ratio_of_batches(&pairs(&batches), LEVEL).unwrap();
        held += u64::from(mean.contains(1e6));
        width += mean.relative_half_width() / seeds as f64;
        let p99 = quantile_interval_of_batches(&batches, 0.99, LEVEL).unwrap();
        held_p99 += u64::from(p99.contains(-ln(0.01) * 1e6));
    }
    let (low, high) = binomial_bounds(seeds, 0.975, 0.001);
    assert!((low..=high).contains(&held), "{held}");
    assert!(held_p99 >= low, "{held_p99}");
    // 1.96 / sqrt(3200) is 3.5%.
    assert!(width < 0.048, "{width}");
}

#[test]
fn differences_with_common_random_numbers_are_honest_and_narrow() {
    let seeds = 200;
    let faster_s = 0.009;
    let faster_mean = 1e9 * faster_s / (1.0 - faster_s * ARRIVALS_PER_S);
    let (mut held, mut held_p99, mut paired_width, mut separate_width) = (0, 0, 0.0, 0.0);
    for seed in 0..seeds {
        let groups = |service_s: f64| -> Vec<Sparse> {
            let run = |k: u64| mm1(seed << 16 | k, 30.0, service_s);
            (0..10)
                .map(|k| merged(&run(k).windows[WINDOWS / 10..]))
                .collect()
        };
        let (slow, fast) = (groups(SERVICE_S), groups(faster_s));
        let mean = paired_ratios(&pairs(&slow), &pairs(&fast), LEVEL).unwrap();
        held += u64::from(mean.contains(TRUE_MEAN_NS - faster_mean));
        paired_width += mean.high - mean.low;
        let separate = |groups: &[Sparse]| ratio_of(&pairs(groups), LEVEL).unwrap();
        let half = |interval: Interval| 0.5 * (interval.high - interval.low);
        separate_width += 2.0 * f64::hypot(half(separate(&slow)), half(separate(&fast)));
        let p99 = paired_quantiles(&slow, &fast, 0.99, LEVEL).unwrap();
        held_p99 += u64::from(p99.contains(-ln(0.01) * (TRUE_MEAN_NS - faster_mean)));
        assert!(p99.low < p99.estimate && p99.estimate < p99.high);
    }
    // Differences are skewed like the rest, and have no logarithm.
    assert!(
        (174..=199).contains(&held) && (160..=199).contains(&held_p99),
        "{held} {held_p99}"
    );
    assert!(
        paired_width < 0.7 * separate_width,
        "{paired_width} {separate_width}"
    );
}

#[test]
fn shares_hold_the_truth_even_if_nothing_was_seen() {
    let mut held = [0_u64; 3];
    for seed in 0..400 {
        let mut bits = Xoshiro::new(seed);
        for (at, chance) in [0.0005, 0.02, 0.5].into_iter().enumerate() {
            let mut group = || {
                let hits = (0..200)
                    .filter(|_| bits.next_u64() < (chance * 1.8e19) as u64)
                    .count();
                (hits as f64, 200.0)
            };
            let groups: Vec<(f64, f64)> = (0..5).map(|_| group()).collect();
            let interval = share_of(&groups, LEVEL).unwrap();
            held[at] +=
                u64::from(interval.contains(chance * 1.8e19 / 18_446_744_073_709_551_616.0));
            assert!(interval.low >= 0.0 && interval.high <= 1.0 && interval.low <= interval.high);
        }
    }
    assert!(held.iter().all(|&held| held >= 372), "{held:?}");
    let none = share_of(&[(0.0, 100.0), (0.0, 200.0)], LEVEL).unwrap();
    assert!(
        none.low.abs() <= 0.0 && (0.01..0.02).contains(&none.high),
        "{none:?}"
    );
}

#[test]
fn means_of_few_values_use_student() {
    let interval = mean_of(&[1.0, 2.0, 3.0, 4.0, 5.0], LEVEL).unwrap();
    assert!((interval.estimate - 3.0).abs() < 1e-15);
    // 2.776445 · sqrt(2.5 / 5).
    assert!((interval.high - 3.0 - 1.963_243).abs() < 1e-6);
    let narrower = mean_of(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.5).unwrap();
    assert!(narrower.high < interval.high);
    let paired = paired(&[3.0, 5.0, 7.0], &[2.0, 4.0, 6.0], LEVEL).unwrap();
    assert!((paired.low - 1.0).abs() < 1e-12 && (paired.high - 1.0).abs() < 1e-12);
}

#[test]
fn too_little_gives_nothing() {
    assert_eq!(mean_of(&[], LEVEL), None);
    assert_eq!(mean_of(&[1.0], LEVEL), None);
    assert_eq!(ratio_of(&[(1.0, 1.0)], LEVEL), None);
    assert_eq!(ratio_of(&[(1.0, 0.0), (2.0, 0.0)], LEVEL), None);
    assert_eq!(ratio_of_batches(&[(1.0, 1.0); 3], LEVEL), None);
    assert_eq!(share_of(&[(0.0, 0.0), (0.0, 0.0)], LEVEL), None);
    assert_eq!(quantile_interval(&[], 0.5, LEVEL), None);
    let empty = vec![Sparse::default(); 5];
    assert_eq!(quantile_interval(&empty, 0.5, LEVEL), None);
    let one = [Sparse::of_values(7, &[1, 2, 3])];
    assert_eq!(quantile_interval(&one, 0.5, LEVEL), None);
    assert_eq!(paired_quantiles(&one, &empty, 0.5, LEVEL), None);
    assert_eq!(
        paired_ratios(&[(1.0, 1.0); 2], &[(1.0, 1.0); 3], LEVEL),
        None
    );
    // Twelve values do not bound a 99th percentile from above.
    let few = vec![Sparse::of_values(7, &[100, 200, 300, 400]); 3];
    let bounds = quantile_interval(&few, 0.99, LEVEL).unwrap();
    assert_eq!(bounds.high, None);
    assert!(bounds.contains(1e18) && bounds.both().is_none());
}

#[test]
fn what_never_varies_has_a_point() {
    let interval = ratio_of(&[(10.0, 2.0), (5.0, 1.0), (20.0, 4.0)], LEVEL).unwrap();
    assert!((interval.low - 5.0).abs() < 1e-12 && (interval.high - 5.0).abs() < 1e-12);
    assert!(interval.relative_half_width().abs() < 1e-12);
    let zero = ratio_of(&[(0.0, 2.0), (0.0, 1.0)], LEVEL).unwrap();
    assert!(zero.low.abs() <= 0.0 && zero.high.abs() <= 0.0);
    let same = vec![Sparse::of_values(7, &[5_000_000; 1000]); 4];
    let bounds = quantile_interval(&same, 0.99, LEVEL).unwrap();
    assert_eq!(bounds.both(), Some([5e6, 5e6]));
}

#[test]
fn negative_numerators_have_plain_intervals() {
    let interval = ratio_of(&[(-1.0, 1.0), (3.0, 1.0), (1.0, 1.0)], LEVEL).unwrap();
    assert!(interval.low < 0.0 && interval.high > 2.0);
    assert!((interval.high + interval.low - 2.0).abs() < 1e-12);
}

#[test]
fn correlation_widens_the_interval() {
    let width = |correlation: f64| {
        let mut total = 0.0;
        for seed in 0..50 {
            let mut bits = Xoshiro::new(seed);
            let mut level = 0.0;
            let mut pair = || {
                level = correlation * level + normal(&mut bits);
                (
                    100.0 + level * (1.0 - correlation * correlation).sqrt(),
                    1.0,
                )
            };
            let pairs: Vec<(f64, f64)> = (0..640).map(|_| pair()).collect();
            total += ratio_of_batches(&pairs, LEVEL)
                .unwrap()
                .relative_half_width();
        }
        total
    };
    // The variance of the mean is (1 + 0.8) / (1 - 0.8) = 9 times as large, or a third.
    let widening = width(0.8) / width(0.0);
    assert!((2.6..3.3).contains(&widening), "{widening}");
    let narrowing = width(-0.5) / width(0.0);
    assert!((0.5..0.7).contains(&narrowing), "{narrowing}");
}

#[test]
fn batches_are_means_of_equal_parts() {
    assert_eq!(batch(&[1.0, 3.0, 5.0, 7.0], 2), [2.0, 6.0]);
    assert_eq!(batch(&[1.0, 3.0, 5.0], 2), [1.0, 4.0]);
    assert_eq!(batch(&[1.0, 3.0], 8), [1.0, 3.0]);
    assert!(batch(&[], 4).is_empty() && batch(&[1.0], 0).is_empty());
}

#[test]
fn no_numbers_panic() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e308] {
        let pairs = [(bad, 1.0), (1.0, bad), (2.0, 3.0), (4.0, 5.0), (bad, bad)];
        let values = [bad, 1.0, 2.0];
        for level in [bad, 0.0, 1.0, 0.95] {
            let _ = (ratio_of(&pairs, level), ratio_of_batches(&pairs, level));
            let _ = (share_of(&pairs, level), share_of_batches(&pairs, level));
            let _ = (
                mean_of(&values, level),
                paired_ratios(&pairs, &pairs, level),
            );
            let groups = [
                Sparse::of_values(7, &[1, 2]),
                Sparse::of_values(5, &[3, 1000]),
            ];
            let _ = quantile_interval(&groups, bad, level);
        }
    }
}
