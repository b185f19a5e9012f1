//! Order statistics: the slowest, the fastest and the k-th of several independent answers.

use super::numeric::{ln_choose, percentile, positive, share, sum};
use super::{Theory, TheoryError};

/// Most answers.
pub const MAX_ANSWERS: u32 = 1_000_000;

/// Mean time until `k` of `n` independent exponential answers are there, each with the given mean:
/// the mean times 1/n + 1/(n−1) + … + 1/(n−k+1) (David and Nagaraja, Order Statistics, 3rd edition,
/// 2003, 2.5). `k = n` is the maximum, whose factor is the harmonic number; `k = 1` the minimum.
///
/// # Errors
/// [`TheoryError::Domain`] unless 1 ≤ k ≤ n and the mean is above 0.
pub fn exponential_mean(n: u32, k: u32, mean: f64) -> Theory<f64> {
    let mean = positive(mean, "a mean is above 0")?;
    check(n, k)?;
    Ok(mean * sum((n - k + 1..=n).map(|i| 1.0 / f64::from(i))))
}

/// Probability that fewer than `k` of `n` independent answers are there, each with probability
/// `each` (David and Nagaraja, 2.1).
///
/// # Errors
/// [`TheoryError::Domain`] unless 1 ≤ k ≤ n and 0 ≤ each ≤ 1.
pub fn fewer_than(n: u32, k: u32, each: f64) -> Theory<f64> {
    let each = share(each, "a probability lies from 0 to 1")?;
    check(n, k)?;
    Ok(binomial_below(n, k, each))
}

fn binomial_below(n: u32, k: u32, each: f64) -> f64 {
    if each <= 0.0 {
        return 1.0;
    }
    if each >= 1.0 {
        return 0.0;
    }
    let (log, log_not) = (libm::log(each), libm::log1p(-each));
    let terms = (0..k)
        .map(|i| libm::exp(ln_choose(n, i) + f64::from(i) * log + f64::from(n - i) * log_not));
    sum(terms).min(1.0)
}

/// Time by which, with probability `p`, `k` of `n` independent exponential answers are there.
///
/// # Errors
/// [`TheoryError::Domain`] unless 1 ≤ k ≤ n, the mean is above 0 and 0 < p < 1.
pub fn exponential_percentile(n: u32, k: u32, mean: f64, p: f64) -> Theory<f64> {
    let mean = positive(mean, "a mean is above 0")?;
    check(n, k)?;
    percentile(|t| binomial_below(n, k, -libm::expm1(-t / mean)), p, mean)
}

fn check(n: u32, k: u32) -> Theory<()> {
    if k == 0 || k > n || n > MAX_ANSWERS {
        return Err(TheoryError::Domain {
            must: "at least one of at most a million answers is waited for",
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::numeric::integral;

    #[test]
    fn the_slowest_and_the_fastest() {
        assert!((exponential_mean(10, 10, 1.0).unwrap() - 2.928_968_253_968_254).abs() < 1e-14);
        assert!((exponential_mean(4, 1, 1.0).unwrap() - 0.25).abs() < 1e-15);
        let p99 = exponential_percentile(10, 10, 1.0, 0.99).unwrap();
        let closed = -libm::log1p(-libm::pow(0.99, 0.1));
        assert!((p99 - closed).abs() < 1e-11);
        assert!(exponential_mean(3, 0, 1.0).is_err() && exponential_mean(3, 4, 1.0).is_err());
    }

    #[test]
    fn the_mean_is_the_area_under_the_tail() {
        for (n, k) in [(5, 3), (3, 2), (7, 7), (9, 1)] {
            let tail = |t: f64| fewer_than(n, k, -libm::expm1(-t)).unwrap();
            let area = integral(tail, 0.0, 60.0, 600);
            assert!((area - exponential_mean(n, k, 1.0).unwrap()).abs() < 1e-10);
        }
    }

    #[test]
    fn majorities() {
        // Two of three, each up 90 % of the time: 1 − (3·0.9·0.01 + 0.001).
        assert!((fewer_than(3, 2, 0.9).unwrap() - 0.028).abs() < 1e-14);
        assert!((fewer_than(3, 2, 0.0).unwrap() - 1.0).abs() < 1e-15);
        assert!(fewer_than(3, 2, 1.0).unwrap().abs() < 1e-300);
        assert!(fewer_than(3, 2, 1.1).is_err());
    }
}
