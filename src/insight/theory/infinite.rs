//! M/G/∞: as many workers as requests, so that nothing waits.

use super::Theory;
use super::numeric::{not_negative, poisson, positive};

/// Mean busy workers: arrival rate × mean service time, whatever the distribution.
///
/// # Errors
/// [`super::TheoryError::Domain`] for a negative rate or time.
pub fn mean_busy(arrival: f64, mean_service: f64) -> Theory<f64> {
    let arrival = not_negative(arrival, "an arrival rate is not negative")?;
    Ok(arrival * not_negative(mean_service, "a time is not negative")?)
}

/// Probability of exactly `n` busy workers: Poisson (Gross and Harris, 2.62).
///
/// # Errors
/// [`super::TheoryError::Domain`] for a negative rate or time.
pub fn busy_probability(arrival: f64, mean_service: f64, n: u32) -> Theory<f64> {
    Ok(poisson(n, mean_busy(arrival, mean_service)?))
}

/// Mean busy workers `t` after a start with none, for exponential service (Gross and Harris,
/// 2.71): how long a start is felt.
///
/// # Errors
/// [`super::TheoryError::Domain`] for a negative rate or moment, or a mean not above 0.
pub fn mean_busy_after(arrival: f64, mean_service: f64, t: f64) -> Theory<f64> {
    let mean_service = positive(mean_service, "a mean service time is above 0")?;
    let t = not_negative(t, "a moment is not negative")?;
    Ok(mean_busy(arrival, mean_service)? * -libm::expm1(-t / mean_service))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_workers_are_poisson() {
        let total: f64 = (0..200)
            .map(|n| busy_probability(40.0, 0.5, n).unwrap())
            .sum();
        let mean: f64 = (0..200)
            .map(|n| f64::from(n) * busy_probability(40.0, 0.5, n).unwrap())
            .sum();
        assert!((total - 1.0).abs() < 1e-12);
        assert!((mean - mean_busy(40.0, 0.5).unwrap()).abs() < 1e-10);
    }

    #[test]
    fn a_start_is_forgotten() {
        assert!(mean_busy_after(40.0, 0.5, 0.0).unwrap().abs() < 1e-15);
        assert!((mean_busy_after(40.0, 0.5, 50.0).unwrap() - 20.0).abs() < 1e-12);
        let half = mean_busy_after(40.0, 0.5, 0.5 * std::f64::consts::LN_2).unwrap();
        assert!((half - 10.0).abs() < 1e-12);
        assert!(mean_busy(-1.0, 1.0).is_err());
    }
}
