//! Moments and tails of the service-time distributions that appear in the closed forms.

use super::Theory;
use super::numeric::{at_least_one, not_negative, positive, power, sum, weighted};

/// The first three moments about 0 of a time that is never negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// E\[S\].
    pub mean: f64,
    /// E\[S²\].
    pub second: f64,
    /// E\[S³\].
    pub third: f64,
}

impl Moments {
    /// Always the same time.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] for a negative or infinite time.
    pub fn constant(value: f64) -> Theory<Self> {
        let value = not_negative(value, "a time is not negative")?;
        Ok(Self {
            mean: value,
            second: value * value,
            third: power(value, 3),
        })
    }

    /// Exponential.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] for a mean that is not above 0.
    pub fn exponential(mean: f64) -> Theory<Self> {
        Self::erlang(mean, 1)
    }

    /// The sum of `phases` exponential phases, by the mean of the sum.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] for a mean that is not above 0, or no phase.
    pub fn erlang(mean: f64, phases: u32) -> Theory<Self> {
        let mean = positive(mean, "a mean is above 0")?;
        let k = f64::from(at_least_one(phases, "an Erlang time has a phase")?);
        let second = mean * mean * (1.0 + 1.0 / k);
        Ok(Self {
            mean,
            second,
            third: second * mean * (1.0 + 2.0 / k),
        })
    }

    /// A choice between exponentials: pairs of weight and mean.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] for weights or means that make no distribution.
    pub fn hyperexponential(branches: &[(f64, f64)]) -> Theory<Self> {
        let mut parts = Vec::with_capacity(branches.len());
        for (weight, mean) in branches {
            parts.push((*weight, Self::exponential(*mean)?));
        }
        Self::mixture(&parts)
    }

    /// Log-normal, by mean and coefficient of variation (standard deviation over mean).
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] for a mean that is not above 0, or a negative coefficient.
    pub fn log_normal(mean: f64, cv: f64) -> Theory<Self> {
        let mean = positive(mean, "a mean is above 0")?;
        let cv = not_negative(cv, "a coefficient of variation is not negative")?;
        let spread = 1.0 + cv * cv;
        Ok(Self {
            mean,
            second: mean * mean * spread,
            third: power(mean * spread, 3),
        })
    }

    /// Any time between two bounds, equally likely.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] unless 0 ≤ from < to.
    pub fn uniform(from: f64, to: f64) -> Theory<Self> {
        let from = not_negative(from, "a time is not negative")?;
        let width = positive(to - from, "the upper bound is above the lower")?;
        let moment = |n: u32| (power(to, n + 1) - power(from, n + 1)) / (f64::from(n + 1) * width);
        Ok(Self {
            mean: moment(1),
            second: moment(2),
            third: moment(3),
        })
    }

    /// A choice between times, by weight.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] for weights that are negative, or all 0.
    pub fn mixture(parts: &[(f64, Self)]) -> Theory<Self> {
        let of = |pick: fn(&Self) -> f64| -> Theory<f64> {
            let pairs: Vec<(f64, f64)> = parts.iter().map(|(w, m)| (*w, pick(m))).collect();
            weighted(&pairs)
        };
        Ok(Self {
            mean: of(|m| m.mean)?,
            second: of(|m| m.second)?,
            third: of(|m| m.third)?,
        })
    }

    /// The sum of this time and an independent other.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            mean: self.mean + other.mean,
            second: self.second + 2.0 * self.mean * other.mean + other.second,
            third: self.third
                + 3.0 * (self.second * other.mean + self.mean * other.second)
                + other.third,
        }
    }

    /// The variance.
    pub fn variance(&self) -> f64 {
        self.second - self.mean * self.mean
    }
}

/// Probability that a log-normal time of this mean and coefficient of variation exceeds `t`.
///
/// # Errors
/// [`super::TheoryError::Domain`] unless mean and coefficient are above 0.
pub fn log_normal_tail(mean: f64, cv: f64, t: f64) -> Theory<f64> {
    let (location, sigma) = log_normal_parameters(mean, cv)?;
    if t <= 0.0 {
        return Ok(1.0);
    }
    Ok(0.5 * libm::erfc((libm::log(t) - location) / (sigma * std::f64::consts::SQRT_2)))
}

/// Mean and standard deviation of the logarithm of a log-normal time.
///
/// # Errors
/// [`super::TheoryError::Domain`] unless mean and coefficient are above 0.
pub fn log_normal_parameters(mean: f64, cv: f64) -> Theory<(f64, f64)> {
    let mean = positive(mean, "a mean is above 0")?;
    let cv = positive(cv, "a coefficient of variation is above 0")?;
    let variance = libm::log1p(cv * cv);
    Ok((libm::log(mean) - variance / 2.0, variance.sqrt()))
}

/// Probability that the sum of `phases` exponential phases exceeds `t`.
///
/// # Errors
/// [`super::TheoryError::Domain`] for a mean that is not above 0, or no phase.
pub fn erlang_tail(mean: f64, phases: u32, t: f64) -> Theory<f64> {
    let mean = positive(mean, "a mean is above 0")?;
    let phases = at_least_one(phases, "an Erlang time has a phase")?;
    if t <= 0.0 {
        return Ok(1.0);
    }
    let x = f64::from(phases) * t / mean;
    let mut term = libm::exp(-x);
    let terms = (0..phases).map(|k| {
        let this = term;
        term *= x / f64::from(k + 1);
        this
    });
    Ok(sum(terms).min(1.0))
}

/// Probability that a choice between exponentials (pairs of weight and mean) exceeds `t`.
///
/// # Errors
/// [`super::TheoryError::Domain`] for weights or means that make no distribution.
pub fn hyperexponential_tail(branches: &[(f64, f64)], t: f64) -> Theory<f64> {
    let mut parts = Vec::with_capacity(branches.len());
    for (weight, mean) in branches {
        let mean = positive(*mean, "a mean is above 0")?;
        parts.push((*weight, libm::exp(-t.max(0.0) / mean)));
    }
    weighted(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::numeric::integral;

    /// E\[Sⁿ\] = n ∫ tⁿ⁻¹ P(S > t) dt.
    fn check(moments: Moments, tail: impl Fn(f64) -> f64, end: f64) {
        let found = |n: u32| {
            integral(
                |t| f64::from(n) * power(t, n - 1) * tail(t),
                0.0,
                end,
                4_000,
            )
        };
        for (n, moment) in [(1, moments.mean), (2, moments.second), (3, moments.third)] {
            assert!(
                (found(n) / moment - 1.0).abs() < 1e-8,
                "{n}: {} {moment}",
                found(n)
            );
        }
    }

    #[test]
    fn moments_are_those_of_the_tails() {
        check(
            Moments::log_normal(2.0, 0.5).unwrap(),
            |t| log_normal_tail(2.0, 0.5, t).unwrap(),
            400.0,
        );
        check(
            Moments::erlang(3.0, 4).unwrap(),
            |t| erlang_tail(3.0, 4, t).unwrap(),
            100.0,
        );
        let branches = [(0.9, 0.5), (0.1, 5.5)];
        check(
            Moments::hyperexponential(&branches).unwrap(),
            |t| hyperexponential_tail(&branches, t).unwrap(),
            400.0,
        );
        let uniform = |t: f64| ((3.0 - t) / 2.0).clamp(0.0, 1.0);
        check(Moments::uniform(1.0, 3.0).unwrap(), uniform, 4.0);
    }

    #[test]
    fn sums_have_the_moments_of_convolutions() {
        let one = Moments::exponential(1.0).unwrap();
        let both = one.plus(&one);
        let erlang = Moments::erlang(2.0, 2).unwrap();
        assert!((both.second - erlang.second).abs() < 1e-12);
        assert!((both.third - erlang.third).abs() < 1e-12);
        assert!((both.variance() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(Moments::exponential(0.0).is_err());
        assert!(Moments::erlang(1.0, 0).is_err());
        assert!(Moments::hyperexponential(&[]).is_err());
        assert!(Moments::hyperexponential(&[(-1.0, 1.0), (2.0, 1.0)]).is_err());
        assert!(Moments::log_normal(1.0, f64::NAN).is_err());
        assert!(Moments::uniform(2.0, 2.0).is_err());
        assert!(Moments::constant(-1.0).is_err());
    }
}
