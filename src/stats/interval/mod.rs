//! Confidence intervals that hold what they promise, from independent replications or from
//! consecutive batches of one run.
//!
//! - **Means and rates** are ratios of sums (time over requests, requests over time); their error comes from the
//!   residuals of the groups, with Student's t. The interval is one of the logarithm, since the estimates are skewed: a run that
//!   happened to see little load sees little variance, too.
//! - **Batches of one run** are correlated. Their error is estimated from 8, 16 and 32 batches, each with
//!   a correction for what correlation is left (as a first-order autoregression, like Skart: Tafazzoli and Wilson 2011), and the
//!   largest counts.
//! - **Shares and quantiles** use the effective number of independent observations, after Korn and Graubard (1998);
//!   see [`quantile_interval`].
//!
//! All of it was chosen by its coverage on M/M/1 queues of short and long runs; the tests repeat a part of that.

mod quantile;
mod spread;
#[cfg(test)]
mod tests;

pub use quantile::{
    Bounds, paired_quantiles, quantile_interval, quantile_interval_of_batches, share_of,
    share_of_batches,
};

use super::math::exp;
use super::special::student_quantile;
use spread::{Groups, Spread};

/// An estimate and the interval that holds the truth with the level that was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Whether a value is inside, the ends included.
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Half the width over the size of the estimate: what a wanted precision is compared with; infinite if the
    /// estimate is 0 and the interval is not a point.
    pub fn relative_half_width(&self) -> f64 {
        let half = 0.5 * (self.high - self.low);
        if half <= 0.0 {
            0.0
        } else {
            half / self.estimate.abs()
        }
    }
}

/// The mean of independent values, such as one figure of each replication or its difference between two
/// variants. Nothing if there are fewer than two.
pub fn mean_of(values: &[f64], level: f64) -> Option<Interval> {
    let n = values.len() as f64;
    let estimate = values.iter().sum::<f64>() / n;
    let residuals: Vec<f64> = values.iter().map(|value| value - estimate).collect();
    let spread = Spread::of(&residuals, Groups::Independent)?;
    Some(linear(
        estimate,
        spread.variance.sqrt() / n,
        spread.quantile(level),
    ))
}

/// The mean difference `a - b` of values that belong together, such as one figure of two variants in each
/// replication with common random numbers. Nothing if there are fewer than two pairs.
pub fn paired(a: &[f64], b: &[f64], level: f64) -> Option<Interval> {
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    mean_of(&differences, level)
}

/// A ratio of sums over independent replications: of each, numerator and denominator (sum of latencies and requests;
/// requests and seconds). Nothing if there are fewer than two, or the denominators add up to nothing.
pub fn ratio_of(pairs: &[(f64, f64)], level: f64) -> Option<Interval> {
    ratio(pairs, level, Groups::Independent)
}

/// A ratio of sums over consecutive batches of one run, in order of time: best 32 of them or a multiple of 32, all equally
/// long. Nothing if there are fewer than 4, or the denominators add up to nothing.
pub fn ratio_of_batches(pairs: &[(f64, f64)], level: f64) -> Option<Interval> {
    ratio(pairs, level, Groups::Serial)
}

/// The difference `a - b` of two ratios whose groups belong together, replication by replication. Nothing if
/// there are fewer than two, not equally many, or a sum of denominators is nothing.
pub fn paired_ratios(a: &[(f64, f64)], b: &[(f64, f64)], level: f64) -> Option<Interval> {
    if a.len() != b.len() {
        return None;
    }
    let (one, other) = (Ratio::of(a)?, Ratio::of(b)?);
    let residuals: Vec<f64> = one
        .influence(a)
        .zip(other.influence(b))
        .map(|(x, y)| x - y)
        .collect();
    let spread = Spread::of(&residuals, Groups::Independent)?;
    Some(linear(
        one.value - other.value,
        spread.variance.sqrt(),
        spread.quantile(level),
    ))
}

/// The means of `k` consecutive groups of values, as equally large as they can be; fewer if there are fewer
/// values.
pub fn batch(values: &[f64], k: usize) -> Vec<f64> {
    let k = k.min(values.len());
    let edge = |group: usize| group * values.len() / k;
    (0..k)
        .map(|group| {
            let group = &values[edge(group)..edge(group + 1)];
            group.iter().sum::<f64>() / group.len() as f64
        })
        .collect()
}

/// A ratio of sums.
struct Ratio {
    value: f64,
    denominator: f64,
}

impl Ratio {
    fn of(pairs: &[(f64, f64)]) -> Option<Self> {
        let numerator: f64 = pairs.iter().map(|pair| pair.0).sum();
        let denominator: f64 = pairs.iter().map(|pair| pair.1).sum();
        (denominator > 0.0).then(|| Self {
            value: numerator / denominator,
            denominator,
        })
    }

    /// What each group adds to the error of the ratio.
    fn influence<'a>(&'a self, pairs: &'a [(f64, f64)]) -> impl Iterator<Item = f64> + 'a {
        pairs.iter().map(|(numerator, denominator)| {
            (numerator - self.value * denominator) / self.denominator
        })
    }
}

fn ratio(pairs: &[(f64, f64)], level: f64, groups: Groups) -> Option<Interval> {
    let ratio = Ratio::of(pairs)?;
    let influence: Vec<f64> = ratio.influence(pairs).collect();
    let spread = Spread::of(&influence, groups)?;
    let (error, t) = (spread.variance.sqrt(), spread.quantile(level));
    let positive = ratio.value > 0.0 && pairs.iter().all(|pair| pair.0 >= 0.0);
    if !positive {
        return Some(linear(ratio.value, error, t));
    }
    let factor = exp(t * error / ratio.value);
    Some(Interval {
        estimate: ratio.value,
        low: ratio.value / factor,
        high: ratio.value * factor,
    })
}

fn linear(estimate: f64, error: f64, t: f64) -> Interval {
    Interval {
        estimate,
        low: estimate - t * error,
        high: estimate + t * error,
    }
}

/// The two-sided quantile of Student's t for a level.
fn two_sided(degrees: f64, level: f64) -> f64 {
    student_quantile(degrees, 0.5 + 0.5 * level.clamp(0.0, 1.0))
}
