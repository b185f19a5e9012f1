//! Where the warm-up of a run ends.
//!
//! MSER-5 (White 1997; Spratt 1998) averages a series in fives and cuts where the standard error of the mean of what remains
//! is smallest, never beyond half. Taken alone it does harm in short runs: it likes to cut off a burst that happens to come early, and the mean of what remains
//! is then too low (on M/M/1 at 80% load by 5 to 7% in a run of 30 relaxation times). So [`warm_up`] looks at the logarithm, in which a burst
//! weighs little and a wrong level as much; leaves out a tenth of the run in any case; and more only if that lowers the standard error
//! clearly.
//!
//! It sees what is in the series: a transient that lasts beyond half of the run, or one hidden in the noise of
//! a short run, it cannot see.

use super::math::ln;

/// Values that are averaged before anything else.
const BATCH: usize = 5;

/// The share of a run that is left out in any case.
const LEAST_SHARE: f64 = 0.1;

/// Averages that must remain: the error of fewer says nothing.
const REMAINING_MIN: usize = 5;

/// More than that is left out if it lowers the squared standard error to less than this part.
const CLEARLY: f64 = 0.7;

/// What is to be left out at the start of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WarmUp {
    /// The number of values to leave out.
    pub len: usize,
    /// The series shows a transient that lasts longer than a tenth of it.
    pub seen: bool,
    /// The best cut is at the last place that was looked at, half of the series: the transient may last longer, the
    /// run is too short.
    pub at_limit: bool,
}

/// MSER-5: the number of values to leave out at the start of the series, a multiple of 5 up to half of it; 0 for a series of
/// fewer than 10.
pub fn mser5(series: &[f64]) -> usize {
    let means = averaged(series);
    let errors = squared_errors(&means);
    best(&errors) * BATCH
}

/// The warm-up of a run, from its course over time: equally long windows (a few hundred), of each the mean latency or another level
/// of all replications together. Windows with nothing in them should repeat the one before.
pub fn warm_up(series: &[f64]) -> WarmUp {
    let logs: Vec<f64> = if series.iter().all(|&value| value > 0.0) {
        series.iter().map(|&value| ln(value)).collect()
    } else {
        series.to_vec()
    };
    let errors = squared_errors(&averaged(&logs));
    let least_len = (series.len() as f64 * LEAST_SHARE).ceil() as usize;
    let least = (least_len.div_ceil(BATCH)).min(errors.len().saturating_sub(1));
    let cut = best(&errors);
    let seen = cut > least && errors[cut] < CLEARLY * errors[least];
    WarmUp {
        len: if seen { cut * BATCH } else { least_len },
        seen,
        at_limit: seen && cut + 1 == errors.len(),
    }
}

fn averaged(series: &[f64]) -> Vec<f64> {
    series
        .chunks_exact(BATCH)
        .map(|five| five.iter().sum::<f64>() / BATCH as f64)
        .collect()
}

/// The squared standard error of the mean of what remains, for each number of values left out, up to
/// half of them.
fn squared_errors(values: &[f64]) -> Vec<f64> {
    let mut errors = Vec::with_capacity(values.len() / 2 + 1);
    // From the end, by Welford's recurrence, so that nothing cancels.
    let (mut n, mut mean, mut squares) = (0.0, 0.0, 0.0);
    for (at, &value) in values.iter().enumerate().rev() {
        n += 1.0;
        let off = value - mean;
        mean += off / n;
        squares += off * (value - mean);
        if at <= values.len() / 2 && values.len() - at >= REMAINING_MIN.min(values.len()) {
            errors.push(squares / (n * n));
        }
    }
    errors.reverse();
    errors
}

/// The place of the smallest, the first of equal ones; 0 of none.
fn best(errors: &[f64]) -> usize {
    let mut best = 0;
    for (at, error) in errors.iter().enumerate() {
        if error < &errors[best] {
            best = at;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::math::exp;
    use crate::stats::rng::Xoshiro;
    use crate::stats::ziggurat::{exponential, normal};
    use proptest::prelude::*;

    fn noise(seed: u64, len: usize) -> Vec<f64> {
        let mut bits = Xoshiro::new(seed);
        (0..len).map(|_| 10.0 + normal(&mut bits)).collect()
    }

    #[test]
    fn a_step_is_cut_where_it_is() {
        for seed in 0..20 {
            let mut series = noise(seed, 400);
            for value in &mut series[..100] {
                *value += 30.0;
            }
            let cut = mser5(&series);
            // Beyond the step all cuts are about as good.
            assert!((100..=200).contains(&cut), "{cut}");
            let warm_up = warm_up(&series);
            assert!((100..=200).contains(&warm_up.len) && warm_up.seen);
        }
    }

    #[test]
    fn a_decay_is_cut_where_it_drowns() {
        let mut series = noise(1, 400);
        for (i, value) in series.iter_mut().enumerate() {
            *value += 100.0 * exp(-(i as f64) / 20.0);
        }
        let warm_up = warm_up(&series);
        assert!(
            warm_up.seen && (60..140).contains(&warm_up.len),
            "{warm_up:?}"
        );
    }

    #[test]
    fn a_transient_beyond_half_is_reported() {
        let mut series = noise(2, 400);
        for value in &mut series[..300] {
            *value += 300.0;
        }
        let warm_up = warm_up(&series);
        assert!(warm_up.len <= 200);
        let rising: Vec<f64> = (1..400).map(|i| f64::from(i) * f64::from(i)).collect();
        assert!(super::warm_up(&rising).at_limit);
    }

    #[test]
    fn without_a_transient_a_tenth_is_left_out() {
        let seen = (0..200)
            .filter(|&seed| warm_up(&noise(seed, 300)).seen)
            .count();
        assert!(seen <= 2, "{seen}");
        assert_eq!(warm_up(&noise(1, 300)).len, 30);
        // Bursts, as in a busy queue: an early one must not be taken for a transient.
        let bursty = |seed| {
            let mut bits = Xoshiro::new(seed);
            let mut level: f64 = 1.0;
            (0..300)
                .map(|_| {
                    level = (0.9 * level + 0.1 * exponential(&mut bits) + 0.2 * normal(&mut bits))
                        .max(0.1);
                    level
                })
                .collect::<Vec<f64>>()
        };
        let seen = (0..200).filter(|&seed| warm_up(&bursty(seed)).seen).count();
        assert!(seen <= 20, "{seen}");
    }

    proptest! {
        #[test]
        fn never_more_than_half(series in prop::collection::vec(-1e3..1e6_f64, 0..300)) {
            prop_assert!(mser5(&series) * 2 <= series.len().max(10));
            prop_assert!(warm_up(&series).len <= series.len() / 2 + 5);
        }

        #[test]
        fn no_values_panic(series: Vec<f64>) {
            let _ = (mser5(&series), warm_up(&series));
        }

        #[test]
        fn mser_is_its_definition(series in prop::collection::vec(0.0..100.0_f64, 50..200)) {
            let means = averaged(&series);
            let slow: Vec<f64> = (0..=means.len() / 2)
                .map(|cut| {
                    let rest = &means[cut..];
                    let n = rest.len() as f64;
                    let mean = rest.iter().sum::<f64>() / n;
                    rest.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n * n)
                })
                .collect();
            for (fast, slow) in squared_errors(&means).iter().zip(&slow) {
                prop_assert!((fast - slow).abs() <= 1e-9 * slow.max(1e-9));
            }
        }
    }
}
