//! Hedging: a second attempt is sent when the first is slow, and the faster answer counts.

use super::Theory;
use super::numeric::{not_negative, percentile, positive};

/// A hedged call whose attempts take independent exponential times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hedged {
    mean: f64,
    after: f64,
}

impl Hedged {
    /// A call by the mean time of an attempt, and how long the first is waited for alone.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] for a mean not above 0, or a negative delay.
    pub fn new(mean: f64, after: f64) -> Theory<Self> {
        let mean = positive(mean, "a mean is above 0")?;
        Ok(Self {
            mean,
            after: not_negative(after, "a delay is not negative")?,
        })
    }

    /// Share of calls that send a second attempt.
    pub fn hedged(&self) -> f64 {
        libm::exp(-self.after / self.mean)
    }

    /// Mean time to the first answer: until the delay one attempt runs, after it two (the minimum
    /// of S and d + S′; Harchol-Balter, 11.3 for the minimum of exponentials).
    pub fn mean(&self) -> f64 {
        self.mean * (1.0 - self.hedged() / 2.0)
    }

    /// Probability that neither answer is there by `t`.
    pub fn tail(&self, t: f64) -> f64 {
        let second = (t - self.after).max(0.0);
        libm::exp(-(t + second) / self.mean)
    }

    /// Time by which, with probability `p`, there is an answer.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] unless 0 < p < 1.
    pub fn percentile(&self, p: f64) -> Theory<f64> {
        percentile(|t| self.tail(t), p, self.mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::numeric::integral;

    #[test]
    fn the_mean_is_the_area_under_the_tail() {
        for after in [0.0, 0.5, 2.0] {
            let call = Hedged::new(1.0, after).unwrap();
            let before = integral(|t| call.tail(t), 0.0, after.max(1e-9), 50);
            let behind = integral(|t| call.tail(t), after.max(1e-9), 60.0, 500);
            assert!((before + behind - call.mean()).abs() < 1e-8, "{after}");
        }
        assert!((Hedged::new(1.0, 0.0).unwrap().mean() - 0.5).abs() < 1e-15);
    }

    #[test]
    fn percentiles_before_and_after_the_hedge() {
        let call = Hedged::new(10.0, 20.0).unwrap();
        assert!((call.percentile(0.5).unwrap() - 10.0 * std::f64::consts::LN_2).abs() < 1e-12);
        let p99 = 10.0 + 5.0 * libm::log(100.0);
        assert!((call.percentile(0.99).unwrap() - p99).abs() < 1e-10);
        assert!((call.hedged() - libm::exp(-2.0)).abs() < 1e-15);
        assert!(Hedged::new(0.0, 1.0).is_err() && Hedged::new(1.0, -1.0).is_err());
    }
}
