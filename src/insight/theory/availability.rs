//! Breakdown and repair: how often a thing is there, and how often enough of several are.

use super::Theory;
use super::numeric::{not_negative, positive, share};
use super::order::fewer_than;

/// Long-run share of time that a thing is up: MTBF/(MTBF + MTTR), whatever the distributions
/// (the renewal theorem; Ross, Stochastic Processes, 2nd edition, 3.4.4).
///
/// # Errors
/// [`super::TheoryError::Domain`] unless the time between failures is above 0 and that to repair
/// not negative.
pub fn availability(between_failures: f64, to_repair: f64) -> Theory<f64> {
    let up = positive(between_failures, "a time between failures is above 0")?;
    let down = not_negative(to_repair, "a time to repair is not negative")?;
    Ok(up / (up + down))
}

/// Share of requests that succeed if a crash loses what is under way: the thing is up at arrival,
/// and its exponential time to the next failure outlasts the `service` time.
///
/// # Errors
/// As [`availability`], or for a negative service time.
pub fn survives(between_failures: f64, to_repair: f64, service: f64) -> Theory<f64> {
    let service = not_negative(service, "a time is not negative")?;
    let up = availability(between_failures, to_repair)?;
    Ok(up * libm::exp(-service / between_failures))
}

/// Probability that at least `k` of `n` independent things are up, each with probability `each`.
///
/// # Errors
/// [`super::TheoryError::Domain`] unless 1 ≤ k ≤ n and 0 ≤ each ≤ 1.
pub fn at_least(n: u32, k: u32, each: f64) -> Theory<f64> {
    Ok(1.0 - fewer_than(n, k, each)?)
}

/// Probability that at least `k` of several independent things are up, each with its own
/// probability.
///
/// # Errors
/// [`super::TheoryError::Domain`] for a probability outside 0 to 1.
pub fn at_least_of(k: usize, each: &[f64]) -> Theory<f64> {
    let mut up = vec![1.0];
    for probability in each {
        let p = share(*probability, "a probability lies from 0 to 1")?;
        up.push(0.0);
        for n in (0..up.len()).rev() {
            let one_less = if n > 0 { up[n - 1] } else { 0.0 };
            up[n] = up[n] * (1.0 - p) + one_less * p;
        }
    }
    Ok(up.iter().skip(k).sum::<f64>().min(1.0))
}

/// Probability that a chain of calls succeeds, each part with its own probability.
///
/// # Errors
/// [`super::TheoryError::Domain`] for a probability outside 0 to 1.
pub fn in_series(each: &[f64]) -> Theory<f64> {
    at_least_of(each.len(), each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewal() {
        assert!((availability(9.0, 1.0).unwrap() - 0.9).abs() < 1e-15);
        assert!((availability(9.0, 0.0).unwrap() - 1.0).abs() < 1e-15);
        let lost = survives(9.0, 1.0, 0.09).unwrap();
        assert!((lost - 0.9 * libm::exp(-0.01)).abs() < 1e-15);
        assert!(availability(0.0, 1.0).is_err() && survives(1.0, 1.0, -1.0).is_err());
    }

    #[test]
    fn majorities_and_series() {
        assert!((at_least(3, 2, 0.9).unwrap() - 0.972).abs() < 1e-14);
        assert!((at_least_of(2, &[0.9; 3]).unwrap() - 0.972).abs() < 1e-14);
        let mixed = at_least_of(1, &[0.5, 0.2]).unwrap();
        assert!((mixed - 0.6).abs() < 1e-15);
        assert!((in_series(&[0.9, 0.8]).unwrap() - 0.72).abs() < 1e-15);
        assert!((at_least_of(0, &[]).unwrap() - 1.0).abs() < 1e-15);
        assert!(at_least_of(1, &[1.5]).is_err());
    }
}
