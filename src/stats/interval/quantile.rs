//! Intervals of shares and of quantiles.

use super::spread::{Groups, Spread};
use super::{Interval, linear};
use crate::stats::histogram::Sparse;
use crate::stats::special::{beta_quantile, normal_quantile};

/// A quantile and its interval; an end is missing where the run is too short for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The quantile of all groups together.
    pub estimate: f64,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end: missing if it may lie beyond the highest value seen.
    pub high: Option<f64>,
}

impl Bounds {
    /// Both ends, if there are both.
    pub fn both(&self) -> Option<[f64; 2]> {
        Some([self.low?, self.high?])
    }

    /// Whether a value is inside, the ends included; a missing end bounds nothing.
    pub fn contains(&self, value: f64) -> bool {
        self.low.is_none_or(|low| low <= value) && self.high.is_none_or(|high| value <= high)
    }
}

/// How far down the tail the effect of correlation is looked at, in multiples of the share above the
/// quantile.
const TAIL_MULTIPLES: [f64; 6] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0];
/// The lowest probability that belongs to that tail.
const TAIL_PROBABILITY_MIN: f64 = 0.05;

/// The quantile `p` of all values of independent replications together. Nothing if there are fewer than two
/// replications or no values.
///
/// The share of values below the quantile has a variance, known from how that share differs between replications; against that of
/// independent values it gives the *effective* number of values. With so many, the exact interval of a share (Clopper and Pearson) is
/// formed around `p`, widened for the few degrees of freedom (Korn and Graubard 1998), and read through the distribution of all values
/// (Woodruff 1952). Far in the tail few bursts decide, and if there were few by chance, the variance looks small, too; so the effective number is
/// never taken to be better than it is at less extreme quantiles, where it is known better.
pub fn quantile_interval(replications: &[Sparse], p: f64, level: f64) -> Option<Bounds> {
    quantile(replications, p, level, Groups::Independent)
}

/// The quantile `p` of all values of one run, given as consecutive batches in order of time: best 32 of them or a
/// multiple of 32, all equally long. Nothing if there are fewer than 4 or no values.
pub fn quantile_interval_of_batches(batches: &[Sparse], p: f64, level: f64) -> Option<Bounds> {
    quantile(batches, p, level, Groups::Serial)
}

/// The share of successes in independent replications: of each, successes and trials. It never leaves 0 to 1, and without
/// a single success (or failure) still bounds the share. Nothing if there are fewer than two replications or no trials.
pub fn share_of(pairs: &[(f64, f64)], level: f64) -> Option<Interval> {
    share(pairs, level, Groups::Independent)
}

/// The share of successes in consecutive batches of one run, in order of time. Nothing if there are fewer than
/// 4 or no trials.
pub fn share_of_batches(pairs: &[(f64, f64)], level: f64) -> Option<Interval> {
    share(pairs, level, Groups::Serial)
}

/// The difference `a - b` of a quantile of two variants whose replications belong together (common random numbers), by
/// the jackknife over replications. Nothing if there are fewer than two, not equally many, or one is empty.
pub fn paired_quantiles(a: &[Sparse], b: &[Sparse], p: f64, level: f64) -> Option<Interval> {
    let n = a.len() as f64;
    if a.len() != b.len() {
        return None;
    }
    let difference = |left_out: Option<usize>| {
        Some(pooled(a, left_out).quantile(p)? - pooled(b, left_out).quantile(p)?)
    };
    let estimate = difference(None)?;
    let without: Vec<f64> = (0..a.len())
        .map(|at| difference(Some(at)))
        .collect::<Option<_>>()?;
    let mean = without.iter().sum::<f64>() / n;
    // Leaving one of n out moves the estimate by 1/(n - 1) of what the one weighs.
    let influence: Vec<f64> = without
        .iter()
        .map(|one| (n - 1.0) * (mean - one) / n)
        .collect();
    let spread = Spread::of(&influence, Groups::Independent)?;
    Some(linear(
        estimate,
        spread.variance.sqrt(),
        spread.quantile(level),
    ))
}

fn pooled(groups: &[Sparse], left_out: Option<usize>) -> Sparse {
    let mut all = Sparse::default();
    for (at, group) in groups.iter().enumerate() {
        if Some(at) != left_out {
            all.merge(group);
        }
    }
    all
}

fn quantile(groups: &[Sparse], p: f64, level: f64, dependence: Groups) -> Option<Bounds> {
    let p = p.clamp(0.0, 1.0);
    let all = pooled(groups, None);
    let estimate = all.quantile(p)?;
    let n = all.len() as f64;
    let mut effect = Effect::default();
    for multiple in TAIL_MULTIPLES {
        let probability = 1.0 - (1.0 - p) * multiple;
        if multiple > 1.0 && probability < TAIL_PROBABILITY_MIN {
            break;
        }
        let x = all.quantile(probability)?;
        let counts = groups
            .iter()
            .map(|group| (group.count_at_or_below(x), group.len() as f64));
        let counts: Vec<(f64, f64)> = counts.collect();
        effect = effect.worse(Effect::of(&counts, dependence)?);
    }
    let (low, high) = effect.interval(p, n, level);
    Some(Bounds {
        estimate,
        low: (low * n >= 1.0).then(|| all.quantile(low).map_or(estimate, |low| low.min(estimate))),
        high: ((1.0 - high) * n >= 1.0).then(|| {
            all.quantile(high)
                .map_or(estimate, |high| high.max(estimate))
        }),
    })
}

fn share(pairs: &[(f64, f64)], level: f64, dependence: Groups) -> Option<Interval> {
    let n: f64 = pairs.iter().map(|pair| pair.1).sum();
    if !n.is_normal() {
        return None;
    }
    let estimate = (pairs.iter().map(|pair| pair.0).sum::<f64>() / n).clamp(0.0, 1.0);
    let (low, high) = Effect::of(pairs, dependence)?.interval(estimate, n, level);
    Some(Interval {
        estimate,
        low: low.min(estimate),
        high: high.max(estimate),
    })
}

/// How much more a share varies than that of independent trials, and how well that is known.
#[derive(Debug, Clone, Copy, Default)]
struct Effect {
    factor: f64,
    degrees: f64,
}

impl Effect {
    /// Of successes and trials in each group. Nothing if there are too few groups.
    fn of(pairs: &[(f64, f64)], dependence: Groups) -> Option<Self> {
        let successes: f64 = pairs.iter().map(|pair| pair.0).sum();
        let n: f64 = pairs.iter().map(|pair| pair.1).sum();
        let share = successes / n;
        let residuals: Vec<f64> = pairs.iter().map(|(s, trials)| s - share * trials).collect();
        let spread = Spread::of(&residuals, dependence)?;
        let binomial = n * share * (1.0 - share);
        Some(if binomial > 0.0 {
            Self {
                factor: spread.variance / binomial,
                degrees: spread.degrees,
            }
        } else {
            // Where all trials end alike, they tell nothing of how they depend on each other.
            Self {
                factor: 1.0,
                degrees: f64::INFINITY,
            }
        })
    }

    fn worse(self, other: Self) -> Self {
        Self {
            factor: self.factor.max(other.factor),
            degrees: other.degrees,
        }
    }

    /// The exact interval of a share that was seen in `n` trials, as if there had been as many independent ones as
    /// they are worth, but never more than there were.
    fn interval(self, share: f64, n: f64, level: f64) -> (f64, f64) {
        let tail = 0.5 - 0.5 * level.clamp(0.0, 1.0);
        let widening = if self.degrees.is_finite() {
            super::two_sided(self.degrees, level) / -normal_quantile(tail)
        } else {
            1.0
        };
        let trials = n / (self.factor * widening * widening).max(1.0);
        let (successes, failures) = (share * trials, (1.0 - share) * trials);
        let low = if successes > 0.0 {
            beta_quantile(successes, failures + 1.0, tail)
        } else {
            0.0
        };
        let high = if failures > 0.0 {
            beta_quantile(successes + 1.0, failures, 1.0 - tail)
        } else {
            1.0
        };
        (low, high)
    }
}
