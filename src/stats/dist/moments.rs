//! Means and variances.

use super::Dist;
use crate::stats::math::{exp, exp_m1, ln, ln_1p};
use crate::stats::special::{ln_gamma, normal_cdf, normal_density};

impl Dist {
    /// The mean; infinite where the tail is so heavy.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Uniform { from, to } => from + 0.5 * (to - from),
            Self::Exponential { mean } => *mean,
            Self::Normal { mean, sd } => mean + sd * hazard_at_zero(*mean, *sd),
            Self::LogNormal { mu, sigma } => exp(mu + 0.5 * sigma * sigma),
            Self::Gamma { shape, scale } => shape * scale,
            Self::Weibull { scale, shape } => scale * exp(ln_gamma(1.0 + 1.0 / shape)),
            Self::Pareto { alpha, .. } | Self::Lomax { alpha, .. } if *alpha <= 1.0 => {
                f64::INFINITY
            }
            Self::Pareto { min, alpha } => min * (alpha / (alpha - 1.0)),
            Self::Lomax { scale, alpha } => scale / (alpha - 1.0),
            Self::BoundedPareto { min, max, alpha } => bounded_moment(*min, *max, *alpha, 1.0),
            Self::HyperExponential(branches) => weighted(branches.iter().copied()),
            Self::Mixture(parts) => weighted(parts.iter().map(|(p, part)| (*p, part.mean()))),
            Self::Shifted { by, dist } => by + dist.mean(),
            Self::Quantiles(table) => {
                weighted(pieces(table).map(|(p, low, high)| (p, low + 0.5 * (high - low))))
            }
            Self::Samples(values) => values.iter().sum::<f64>() / values.len().max(1) as f64,
        }
    }

    /// The variance; infinite where the tail is so heavy.
    pub fn variance(&self) -> f64 {
        match self {
            Self::Constant(_) => 0.0,
            Self::Uniform { from, to } => (to - from) * (to - from) / 12.0,
            Self::Exponential { mean } => mean * mean,
            Self::Normal { mean, sd } => {
                let hazard = hazard_at_zero(*mean, *sd);
                sd * (sd - hazard * (mean + sd * hazard))
            }
            Self::LogNormal { mu, sigma } => {
                let square = sigma * sigma;
                exp_m1(square) * exp(2.0 * mu + square)
            }
            Self::Gamma { shape, scale } => shape * scale * scale,
            Self::Weibull { shape, .. } => {
                let mean = self.mean();
                exp_m1(weibull_log_ratio(1.0 / shape)) * mean * mean
            }
            Self::Pareto { alpha, .. } | Self::Lomax { alpha, .. } if *alpha <= 2.0 => {
                f64::INFINITY
            }
            Self::Pareto { min: scale, alpha } | Self::Lomax { scale, alpha } => {
                let unit = scale / (alpha - 1.0);
                unit * unit * (alpha / (alpha - 2.0))
            }
            Self::BoundedPareto { min, max, alpha } => bounded_variance(*min, *max, *alpha),
            Self::HyperExponential(branches) => {
                let spread = branches.iter().map(|&(p, mean)| (p, mean, mean * mean));
                spread_of(spread, self.mean())
            }
            Self::Mixture(parts) => {
                let spread = parts
                    .iter()
                    .map(|(p, part)| (*p, part.mean(), part.variance()));
                spread_of(spread, self.mean())
            }
            Self::Shifted { dist, .. } => dist.variance(),
            Self::Quantiles(table) => {
                let spread = pieces(table).map(|(p, low, high)| {
                    let width = high - low;
                    (p, low + 0.5 * width, width * width / 12.0)
                });
                spread_of(spread, self.mean())
            }
            Self::Samples(values) => {
                let share = 1.0 / values.len().max(1) as f64;
                spread_of(values.iter().map(|&value| (share, value, 0.0)), self.mean())
            }
        }
    }

    /// The squared coefficient of variation: variance over squared mean; 0 if the mean is 0, infinite if
    /// a moment is.
    pub fn cv2(&self) -> f64 {
        let (mean, variance) = (self.mean(), self.variance());
        if variance <= 0.0 || mean <= 0.0 {
            0.0
        } else if mean.is_infinite() || variance.is_infinite() {
            f64::INFINITY
        } else {
            variance / mean / mean
        }
    }
}

/// The density of a truncated normal at its cut, in units of the deviation: the inverse Mills ratio.
fn hazard_at_zero(mean: f64, sd: f64) -> f64 {
    if sd <= 0.0 {
        return 0.0;
    }
    let cut = mean / sd;
    normal_density(cut) / normal_cdf(cut)
}

/// ln Γ(1 + 2x) - 2 ln Γ(1 + x), without cancellation near 0.
fn weibull_log_ratio(x: f64) -> f64 {
    /// ζ(2) to ζ(5).
    const ZETA: [f64; 4] = [
        1.644_934_066_848_226_4,
        1.202_056_903_159_594_2,
        1.082_323_233_711_138_2,
        1.036_927_755_143_37,
    ];
    if x > 2e-3 {
        return ln_gamma(1.0 + 2.0 * x) - 2.0 * ln_gamma(1.0 + x);
    }
    let [two, three, four, five] = ZETA;
    x * x * (two + x * (-2.0 * three + x * (3.5 * four - x * (6.0 * five))))
}

/// A moment of the bounded Pareto law: `α ln(H/L)` times the mean of `L^r (H/L)^((r-α)u)` over u from 0
/// to 1, over the mass that was not cut off.
fn bounded_moment(min: f64, max: f64, alpha: f64, order: f64) -> f64 {
    let range = ln_1p((max - min) / min);
    let t = (order - alpha) * range;
    let kept = -exp_m1(-alpha * range);
    // From the end where the integrand is higher, so that nothing overflows.
    let (log_top, t) = if t > 0.0 {
        (order * ln(max) - alpha * range, -t)
    } else {
        (order * ln(min), t)
    };
    let average = if t < -1e-300 { exp_m1(t) / t } else { 1.0 };
    exp(log_top) * (alpha * range) * average / kept
}

/// Steps of Simpson's rule.
const STEPS: u32 = 64;

fn bounded_variance(min: f64, max: f64, alpha: f64) -> f64 {
    let range = ln_1p((max - min) / min);
    if range > 0.1 || alpha * range > 1.0 {
        let mean = bounded_moment(min, max, alpha, 1.0);
        return (bounded_moment(min, max, alpha, 2.0) - mean * mean).max(0.0);
    }
    // So narrow that the difference of moments would cancel: by Simpson's rule over the quantile function,
    // which is smooth there.
    let cut = exp_m1(-alpha * range);
    let above_min = |i: u32| {
        let p = f64::from(i) / f64::from(STEPS);
        min * exp_m1(-ln_1p(p * cut) / alpha)
    };
    let integral = |f: &dyn Fn(f64) -> f64| {
        let weight = |i: u32| {
            if i == 0 || i == STEPS {
                1.0
            } else {
                2.0 + 2.0 * f64::from(i % 2)
            }
        };
        let sum: f64 = (0..=STEPS).map(|i| weight(i) * f(above_min(i))).sum();
        sum / (3.0 * f64::from(STEPS))
    };
    let mean = integral(&|x| x);
    integral(&|x| (x - mean) * (x - mean))
}

/// The pieces of a table of quantiles: probability, lowest and highest value.
fn pieces(table: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
    table
        .windows(2)
        .map(|pair| (pair[1].0 - pair[0].0, pair[0].1, pair[1].1))
}

/// The weighted sum; what has no weight does not count, even if it is infinite.
fn weighted(parts: impl Iterator<Item = (f64, f64)>) -> f64 {
    parts
        .filter(|(p, _)| *p > 0.0)
        .map(|(p, value)| p * value)
        .sum()
}

/// The variance of a mixture, from weight, mean and variance of each part: inside the parts and between
/// them.
fn spread_of(parts: impl Iterator<Item = (f64, f64, f64)>, mean: f64) -> f64 {
    if mean.is_infinite() {
        return f64::INFINITY;
    }
    weighted(parts.map(|(p, part_mean, variance)| {
        let off = part_mean - mean;
        (p, variance + off * off)
    }))
}
