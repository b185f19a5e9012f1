//! Distribution functions, densities and quantiles.

use super::Dist;
use crate::stats::math::{exp, exp_m1, ln, ln_1p, pow};
use crate::stats::special::{
    gamma_kernel, gamma_quantile, gamma_shares, normal_cdf, normal_density, normal_quantile,
};

impl Dist {
    /// The chance of a value of at most `x`.
    pub fn cdf(&self, x: f64) -> f64 {
        if x < self.lowest() || x.is_nan() {
            return 0.0;
        }
        match self {
            Self::Constant(_) => 1.0,
            Self::Uniform { from, to } => {
                if x < *to {
                    (x - from) / (to - from)
                } else {
                    1.0
                }
            }
            Self::Exponential { mean } => exponential_cdf(x, *mean),
            Self::Normal { mean, sd } => {
                if *sd > 0.0 {
                    1.0 - normal_cdf((mean - x) / sd) / normal_cdf(mean / sd)
                } else {
                    f64::from(x >= *mean)
                }
            }
            Self::LogNormal { mu, sigma } => {
                if *sigma > 0.0 {
                    normal_cdf((ln(x) - mu) / sigma)
                } else {
                    f64::from(x >= exp(*mu))
                }
            }
            Self::Gamma { shape, scale } => gamma_shares(*shape, x / scale).0,
            Self::Weibull { scale, shape } => -exp_m1(-pow(x / scale, *shape)),
            Self::Pareto { min, alpha } => -exp_m1(-alpha * ln_1p((x - min) / min)),
            Self::Lomax { scale, alpha } => -exp_m1(-alpha * ln_1p(x / scale)),
            Self::BoundedPareto { min, max, alpha } => {
                let whole = exp_m1(-alpha * ln_1p((max - min) / min));
                (exp_m1(-alpha * ln_1p((x - min) / min)) / whole).min(1.0)
            }
            Self::HyperExponential(branches) => branches
                .iter()
                .map(|(p, mean)| p * exponential_cdf(x, *mean))
                .sum(),
            Self::Mixture(parts) => parts.iter().map(|(p, part)| p * part.cdf(x)).sum(),
            Self::Shifted { by, dist } => dist.cdf(x - by),
            Self::Quantiles(table) => {
                let above = table.partition_point(|&(_, value)| value <= x);
                match (table.get(above.wrapping_sub(1)), table.get(above)) {
                    (Some((p, low)), Some((q, high))) => p + (q - p) * ((x - low) / (high - low)),
                    (Some(_), None) => 1.0,
                    (None, _) => 0.0,
                }
            }
            Self::Samples(values) => {
                values.partition_point(|&value| value <= x) as f64 / values.len().max(1) as f64
            }
        }
    }

    /// The density at `x`; infinite at a value that has a chance of its own.
    pub fn density(&self, x: f64) -> f64 {
        if x < self.lowest() || x.is_nan() || x.is_infinite() {
            return 0.0;
        }
        match self {
            Self::Constant(value) => atom(x, *value),
            Self::Uniform { from, to } => {
                if x <= *to {
                    1.0 / (to - from)
                } else {
                    0.0
                }
            }
            Self::Exponential { mean } => exponential_density(x, *mean),
            Self::Normal { mean, sd } if *sd > 0.0 => {
                normal_density((x - mean) / sd) / (sd * normal_cdf(mean / sd))
            }
            Self::Normal { mean, .. } => atom(x, *mean),
            Self::LogNormal { mu, sigma } if *sigma > 0.0 => {
                if x > 0.0 {
                    normal_density((ln(x) - mu) / sigma) / (sigma * x)
                } else {
                    0.0
                }
            }
            Self::LogNormal { mu, .. } => atom(x, exp(*mu)),
            Self::Gamma { shape, scale } if x > 0.0 => gamma_kernel(*shape, x / scale) / x,
            Self::Weibull { scale, shape } if x > 0.0 => {
                let power = pow(x / scale, *shape);
                shape * power * exp(-power) / x
            }
            Self::Gamma { shape, scale } | Self::Weibull { scale, shape } => {
                density_at_zero(*shape, *scale)
            }
            Self::Pareto { min, alpha } => alpha / x * exp(-alpha * ln_1p((x - min) / min)),
            Self::Lomax { scale, alpha } => alpha / (scale + x) * exp(-alpha * ln_1p(x / scale)),
            Self::BoundedPareto { max, .. } if x > *max => 0.0,
            Self::BoundedPareto { min, max, alpha } => {
                let kept = -exp_m1(-alpha * ln_1p((max - min) / min));
                alpha / x * exp(-alpha * ln_1p((x - min) / min)) / kept
            }
            Self::HyperExponential(branches) => {
                let parts = branches
                    .iter()
                    .map(|(p, mean)| (*p, exponential_density(x, *mean)));
                weighted_density(parts)
            }
            Self::Mixture(parts) => {
                weighted_density(parts.iter().map(|(p, part)| (*p, part.density(x))))
            }
            Self::Shifted { by, dist } => dist.density(x - by),
            Self::Quantiles(table) => table_density(table, x),
            Self::Samples(values) => {
                let found = values.binary_search_by(|value| value.total_cmp(&x)).is_ok();
                if found { f64::INFINITY } else { 0.0 }
            }
        }
    }

    /// The lowest value whose distribution function reaches `p`, which is brought into 0 to 1; the ends of the
    /// support at 0 and 1, the upper one of which may be infinite.
    pub fn quantile(&self, p: f64) -> f64 {
        let p = p.clamp(0.0, 1.0);
        match self {
            Self::Constant(value) => *value,
            Self::Uniform { from, to } => from + p * (to - from),
            Self::Exponential { mean } => exponential_quantile(p, *mean),
            Self::Normal { mean, sd } if *sd > 0.0 => {
                (mean - sd * normal_quantile((1.0 - p) * normal_cdf(mean / sd))).max(0.0)
            }
            Self::Normal { mean, .. } => *mean,
            Self::LogNormal { mu, sigma } if *sigma > 0.0 => exp(mu + sigma * normal_quantile(p)),
            Self::LogNormal { mu, .. } => exp(*mu),
            Self::Gamma { shape, scale } => scale * gamma_quantile(*shape, p),
            Self::Weibull { scale, shape } => scale * pow(-ln_1p(-p), 1.0 / shape),
            Self::Pareto { min, alpha } => min * exp(-ln_1p(-p) / alpha),
            Self::Lomax { scale, alpha } => scale * exp_m1(-ln_1p(-p) / alpha),
            Self::BoundedPareto { max, .. } if p >= 1.0 => *max,
            Self::BoundedPareto { min, max, alpha } => {
                let cut = exp_m1(-alpha * ln_1p((max - min) / min));
                (min * exp(-ln_1p(p * cut) / alpha)).min(*max)
            }
            Self::HyperExponential(branches) => {
                let ends = branches
                    .iter()
                    .map(|(w, mean)| (*w, exponential_quantile(p, *mean)));
                self.quantile_between(p, ends)
            }
            Self::Mixture(parts) => {
                self.quantile_between(p, parts.iter().map(|(w, part)| (*w, part.quantile(p))))
            }
            Self::Shifted { by, dist } => by + dist.quantile(p),
            Self::Quantiles(table) => {
                let after = table
                    .partition_point(|&(probability, _)| probability < p)
                    .max(1);
                match (table.get(after - 1), table.get(after)) {
                    (Some((p0, low)), Some((p1, high))) => {
                        low + (high - low) * ((p - p0) / (p1 - p0))
                    }
                    _ => table.last().map_or(0.0, |last| last.1),
                }
            }
            Self::Samples(values) => {
                let rank = (p * values.len() as f64).ceil() as usize;
                let at = rank.saturating_sub(1).min(values.len().saturating_sub(1));
                values.get(at).copied().unwrap_or(0.0)
            }
        }
    }

    /// The quantile of a mixture lies between those of its parts (weight and quantile of each): by bisection,
    /// which finds the lowest value also where the distribution function jumps.
    fn quantile_between(&self, p: f64, parts: impl Iterator<Item = (f64, f64)>) -> f64 {
        let mut low = f64::INFINITY;
        let mut high = 0.0_f64;
        for (_, end) in parts.filter(|(weight, _)| *weight > 0.0) {
            low = low.min(end);
            high = high.max(end);
        }
        if p <= 0.0 {
            return low;
        }
        if p >= 1.0 || self.cdf(low) >= p {
            return if p >= 1.0 { high } else { low };
        }
        // Rounding of the weights may leave the upper end a little short; it is the answer then.
        while high - low > 1e-15 * high {
            let middle = low + 0.5 * (high - low);
            if middle <= low || middle >= high {
                break;
            }
            if self.cdf(middle) >= p {
                high = middle;
            } else {
                low = middle;
            }
        }
        high
    }

    /// The law of the quantity times `factor`, which must not be negative; 0 gives the constant 0.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        if !(factor > 0.0) {
            return Self::Constant(0.0);
        }
        match self {
            Self::Constant(value) => Self::Constant(value * factor),
            Self::Uniform { from, to } => Self::Uniform {
                from: from * factor,
                to: to * factor,
            },
            Self::Exponential { mean } => Self::Exponential {
                mean: mean * factor,
            },
            Self::Normal { mean, sd } => Self::Normal {
                mean: mean * factor,
                sd: sd * factor,
            },
            Self::LogNormal { mu, sigma } => Self::LogNormal {
                mu: mu + ln(factor),
                sigma: *sigma,
            },
            Self::Gamma { shape, scale } => Self::Gamma {
                shape: *shape,
                scale: scale * factor,
            },
            Self::Weibull { scale, shape } => Self::Weibull {
                scale: scale * factor,
                shape: *shape,
            },
            Self::Pareto { min, alpha } => Self::Pareto {
                min: min * factor,
                alpha: *alpha,
            },
            Self::Lomax { scale, alpha } => Self::Lomax {
                scale: scale * factor,
                alpha: *alpha,
            },
            Self::BoundedPareto { min, max, alpha } => Self::BoundedPareto {
                min: min * factor,
                max: max * factor,
                alpha: *alpha,
            },
            Self::HyperExponential(branches) => Self::HyperExponential(
                branches
                    .iter()
                    .map(|(p, mean)| (*p, mean * factor))
                    .collect(),
            ),
            Self::Mixture(parts) => Self::Mixture(
                parts
                    .iter()
                    .map(|(p, part)| (*p, part.scaled(factor)))
                    .collect(),
            ),
            Self::Shifted { by, dist } => Self::Shifted {
                by: by * factor,
                dist: Box::new(dist.scaled(factor)),
            },
            Self::Quantiles(table) => Self::Quantiles(
                table
                    .iter()
                    .map(|(p, value)| (*p, value * factor))
                    .collect(),
            ),
            Self::Samples(values) => {
                Self::Samples(values.iter().map(|value| value * factor).collect())
            }
        }
    }

    /// The lower end of the support.
    fn lowest(&self) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Uniform { from, .. } => *from,
            Self::Pareto { min, .. } | Self::BoundedPareto { min, .. } => *min,
            Self::Shifted { by, dist } => by + dist.lowest(),
            _ => 0.0,
        }
    }
}

/// A mean of 0 is the constant 0.
fn exponential_cdf(x: f64, mean: f64) -> f64 {
    if mean > 0.0 { -exp_m1(-x / mean) } else { 1.0 }
}

fn exponential_density(x: f64, mean: f64) -> f64 {
    if mean > 0.0 {
        exp(-x / mean) / mean
    } else {
        atom(x, 0.0)
    }
}

fn exponential_quantile(p: f64, mean: f64) -> f64 {
    if mean > 0.0 { -mean * ln_1p(-p) } else { 0.0 }
}

/// The density of a constant.
fn atom(x: f64, value: f64) -> f64 {
    if (x - value).abs() > 0.0 {
        0.0
    } else {
        f64::INFINITY
    }
}

/// The density of a gamma or Weibull law at 0.
fn density_at_zero(shape: f64, scale: f64) -> f64 {
    if shape < 1.0 {
        f64::INFINITY
    } else if shape > 1.0 {
        0.0
    } else {
        1.0 / scale
    }
}

fn weighted_density(parts: impl Iterator<Item = (f64, f64)>) -> f64 {
    parts
        .filter(|(p, _)| *p > 0.0)
        .map(|(p, density)| p * density)
        .sum()
}

fn table_density(table: &[(f64, f64)], x: f64) -> f64 {
    let above = table.partition_point(|&(_, value)| value < x);
    match (table.get(above.wrapping_sub(1)), table.get(above)) {
        (Some((p, low)), Some((q, high))) => {
            let next_is_flat = table.get(above + 1).is_some_and(|&(_, next)| next <= x);
            if next_is_flat {
                f64::INFINITY
            } else {
                (q - p) / (high - low)
            }
        }
        // At the lowest value, or outside.
        (None, Some((p, low))) if *low <= x => match table.get(1) {
            Some((q, high)) if high > low => (q - p) / (high - low),
            _ => f64::INFINITY,
        },
        _ => 0.0,
    }
}
