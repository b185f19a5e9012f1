//! Draws from a distribution: the hot path of the simulator. The common laws are inline; the others
//! go through one call. All are exact, not approximations.

use super::discrete::Alias;
use super::dist::Dist;
use super::math;
use super::rng::{Bits, Keyed, below, unit_f64};
use super::ziggurat::{exponential, normal};
use std::sync::Arc;

/// Nanoseconds in a second.
const NS_PER_S: f64 = 1e9;

/// A distribution made ready for drawing: 24 bytes, cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampler {
    law: Law,
}

#[derive(Debug, Clone, PartialEq)]
enum Law {
    Constant(f64),
    Exponential { mean: f64 },
    LogNormal { mu: f64, sigma: f64 },
    Uniform { from: f64, width: f64 },
    Rare(Arc<Rare>),
}

/// Laws that are drawn out of line.
#[derive(Debug, PartialEq)]
enum Rare {
    Normal {
        mean: f64,
        sd: f64,
    },
    Gamma(Gamma),
    Weibull {
        scale: f64,
        shape_inverse: f64,
    },
    Pareto {
        min: f64,
        alpha_inverse: f64,
    },
    Lomax {
        scale: f64,
        alpha_inverse: f64,
    },
    BoundedPareto {
        min: f64,
        max: f64,
        alpha_inverse: f64,
        cut: f64,
    },
    HyperExponential {
        branch: Alias,
        means: Vec<f64>,
    },
    Mixture {
        part: Alias,
        samplers: Vec<Sampler>,
    },
    Shifted {
        by: f64,
        sampler: Sampler,
    },
    Quantiles(Table),
    Samples(Vec<f64>),
}

impl Sampler {
    /// Prepares a distribution. One that does not pass [`Dist::check`] may give any values, but no
    /// panic.
    pub fn new(dist: &Dist) -> Self {
        let law = match *dist {
            Dist::Constant(value) => Law::Constant(value),
            Dist::Exponential { mean } => Law::Exponential { mean },
            Dist::LogNormal { mu, sigma } => Law::LogNormal { mu, sigma },
            Dist::Uniform { from, to } => Law::Uniform {
                from,
                width: to - from,
            },
            _ => rare(dist).map_or(Law::Constant(0.0), |rare| Law::Rare(Arc::new(rare))),
        };
        Self { law }
    }

    /// The value, if it is always the same.
    pub const fn constant(&self) -> Option<f64> {
        if let Law::Constant(value) = self.law {
            Some(value)
        } else {
            None
        }
    }

    /// Draws a value.
    #[inline]
    pub fn sample<B: Bits>(&self, bits: &mut B) -> f64 {
        match &self.law {
            Law::Constant(value) => *value,
            Law::Exponential { mean } => mean * exponential(bits),
            Law::LogNormal { mu, sigma } => math::exp(mu + sigma * normal(bits)),
            law => law.sample_other(bits),
        }
    }

    /// Draws a time in nanoseconds by a key, if the distribution is in seconds: the same key gives
    /// the same time. Rounded to the nearest; 2^63 - 1 (292 years) if it is longer.
    #[inline]
    pub fn sample_ns(&self, key: u64) -> u64 {
        self.sample_ns_from(&mut Keyed::new(key))
    }

    /// Draws a time in nanoseconds as [`Self::sample_ns`] does, from any generator.
    #[inline]
    pub fn sample_ns_from<B: Bits>(&self, bits: &mut B) -> u64 {
        // Signed conversion saturates in two instructions less; no valid draw is negative.
        ((self.sample(bits) * NS_PER_S + 0.5) as i64).max(0) as u64
    }
}

impl Law {
    /// Out of line, so that the common laws are small enough to be inlined.
    #[inline(never)]
    fn sample_other<B: Bits>(&self, bits: &mut B) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Exponential { mean } => mean * exponential(bits),
            Self::LogNormal { mu, sigma } => math::exp(mu + sigma * normal(bits)),
            Self::Uniform { from, width } => from + width * unit_f64(bits.next_u64()),
            Self::Rare(rare) => rare.sample(bits),
        }
    }
}

/// Nothing if the distribution is no valid one, or is a common one.
fn rare(dist: &Dist) -> Option<Rare> {
    Some(match dist {
        Dist::Constant(_)
        | Dist::Exponential { .. }
        | Dist::LogNormal { .. }
        | Dist::Uniform { .. } => return None,
        Dist::Normal { mean, sd } => Rare::Normal {
            mean: mean.max(0.0),
            sd: *sd,
        },
        Dist::Gamma { shape, scale } => Rare::Gamma(Gamma::new(*shape, *scale)?),
        Dist::Weibull { scale, shape } => Rare::Weibull {
            scale: *scale,
            shape_inverse: 1.0 / shape,
        },
        Dist::Pareto { min, alpha } => Rare::Pareto {
            min: *min,
            alpha_inverse: 1.0 / alpha,
        },
        Dist::Lomax { scale, alpha } => Rare::Lomax {
            scale: *scale,
            alpha_inverse: 1.0 / alpha,
        },
        Dist::BoundedPareto { min, max, alpha } => Rare::BoundedPareto {
            min: *min,
            max: *max,
            alpha_inverse: 1.0 / alpha,
            cut: math::exp_m1(-alpha * math::ln(max / min)),
        },
        Dist::HyperExponential(branches) => Rare::HyperExponential {
            branch: Alias::new(&branches.iter().map(|branch| branch.0).collect::<Vec<_>>())?,
            means: branches.iter().map(|branch| branch.1).collect(),
        },
        Dist::Mixture(parts) => Rare::Mixture {
            part: Alias::new(&parts.iter().map(|part| part.0).collect::<Vec<_>>())?,
            samplers: parts.iter().map(|part| Sampler::new(&part.1)).collect(),
        },
        Dist::Shifted { by, dist } => Rare::Shifted {
            by: *by,
            sampler: Sampler::new(dist),
        },
        Dist::Quantiles(table) => Rare::Quantiles(Table::new(table)?),
        Dist::Samples(values) if values.is_empty() => return None,
        Dist::Samples(values) => Rare::Samples(values.clone()),
    })
}

impl Rare {
    fn sample<B: Bits>(&self, bits: &mut B) -> f64 {
        match self {
            // The mean is not negative, so that at least every second draw is taken.
            Self::Normal { mean, sd } => loop {
                let value = mean + sd * normal(bits);
                if value >= 0.0 || value.is_nan() {
                    return value;
                }
            },
            Self::Gamma(gamma) => gamma.sample(bits),
            Self::Weibull {
                scale,
                shape_inverse,
            } => scale * math::exp(math::ln(exponential(bits)) * shape_inverse),
            // The logarithm of a Pareto variate is exponential.
            Self::Pareto { min, alpha_inverse } => {
                min * math::exp(exponential(bits) * alpha_inverse)
            }
            Self::Lomax {
                scale,
                alpha_inverse,
            } => scale * math::exp_m1(exponential(bits) * alpha_inverse),
            Self::BoundedPareto {
                min,
                max,
                alpha_inverse,
                cut,
            } => {
                let log = math::ln_1p(unit_f64(bits.next_u64()) * cut);
                (min * math::exp(-log * alpha_inverse)).min(*max)
            }
            Self::HyperExponential { branch, means } => {
                means[branch.sample(bits)] * exponential(bits)
            }
            Self::Mixture { part, samplers } => samplers[part.sample(bits)].sample(bits),
            Self::Shifted { by, sampler } => by + sampler.sample(bits),
            Self::Quantiles(table) => table.at(unit_f64(bits.next_u64())),
            Self::Samples(values) => values[below(bits.next_u64(), values.len() as u64) as usize],
        }
    }
}

/// The gamma variate by Marsaglia and Tsang (2000).
#[derive(Debug, Clone, Copy, PartialEq)]
struct Gamma {
    /// A third below the shape, or below the shape plus 1 if that is below 1.
    d: f64,
    c: f64,
    scale: f64,
    /// For a shape below 1: its inverse.
    boost: Option<f64>,
}

impl Gamma {
    fn new(shape: f64, scale: f64) -> Option<Self> {
        if !(shape > 0.0 && shape.is_finite()) {
            return None;
        }
        let (raised, boost) = if shape < 1.0 {
            (shape + 1.0, Some(1.0 / shape))
        } else {
            (shape, None)
        };
        let d = raised - 1.0 / 3.0;
        Some(Self {
            d,
            c: 1.0 / (9.0 * d).sqrt(),
            scale,
            boost,
        })
    }

    fn sample<B: Bits>(&self, bits: &mut B) -> f64 {
        let value = self.scale * self.d * self.cube(bits);
        // A variate of shape a + 1 times U^(1/a) has shape a; -ln U is exponential.
        match self.boost {
            Some(inverse) => value * math::exp(-exponential(bits) * inverse),
            None => value,
        }
    }

    fn cube<B: Bits>(&self, bits: &mut B) -> f64 {
        loop {
            let x = normal(bits);
            let root = 1.0 + self.c * x;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            let square = x * x;
            let u = unit_f64(bits.next_u64());
            if u < 1.0 - 0.0331 * square * square
                || math::ln(u) < 0.5 * square + self.d * (1.0 - v + math::ln(v))
            {
                return v;
            }
        }
    }
}

/// A piecewise linear quantile function with a guide to its pieces.
#[derive(Debug, Clone, PartialEq)]
struct Table {
    points: Vec<(f64, f64)>,
    /// For each of as many equal parts of 0 to 1: the first piece that reaches into it.
    guide: Vec<u32>,
}

impl Table {
    fn new(points: &[(f64, f64)]) -> Option<Self> {
        let pieces = points.len().checked_sub(1).filter(|&pieces| pieces > 0)?;
        u32::try_from(pieces).ok()?;
        let first_in = |part: usize| {
            let start = part as f64 / pieces as f64;
            points[1..pieces].partition_point(|&(p, _)| p <= start) as u32
        };
        Some(Self {
            points: points.to_vec(),
            guide: (0..pieces).map(first_in).collect(),
        })
    }

    /// The quantile at p in [0, 1).
    fn at(&self, p: f64) -> f64 {
        let pieces = self.guide.len();
        let part = ((p * pieces as f64) as usize).min(pieces - 1);
        let mut piece = self.guide[part] as usize;
        while piece + 1 < pieces && self.points[piece + 1].0 <= p {
            piece += 1;
        }
        let ((p0, x0), (p1, x1)) = (self.points[piece], self.points[piece + 1]);
        x0 + (x1 - x0) * ((p - p0) / (p1 - p0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::dist::tests::examples;
    use crate::stats::rng::Xoshiro;
    use proptest::prelude::*;

    /// Kolmogorov's distance between sorted draws and the law, and the highest that is credible;
    /// where the law jumps, the distance on both sides counts.
    fn distance(draws: &[f64], dist: &Dist) -> f64 {
        let n = draws.len() as f64;
        let mut worst = 0.0_f64;
        let mut below = 0.0;
        for run in draws.chunk_by(|a, b| a >= b) {
            let x = run[0];
            let here = below + run.len() as f64 / n;
            worst = worst.max((dist.cdf(x) - here).abs());
            worst = worst.max((dist.cdf(x * (1.0 - 1e-13)) - below).abs());
            below = here;
        }
        worst * n.sqrt()
    }

    #[test]
    fn draws_follow_the_law() {
        for (i, dist) in examples().iter().enumerate() {
            let sampler = Sampler::new(dist);
            let mut bits = Xoshiro::new(i as u64);
            let n = 200_000;
            let mut draws: Vec<f64> = (0..n).map(|_| sampler.sample(&mut bits)).collect();
            let mean = draws.iter().sum::<f64>() / f64::from(n);
            let error = (dist.variance() / f64::from(n)).sqrt();
            assert!(
                (mean - dist.mean()).abs() <= 4.5 * error + 1e-11 * mean,
                "{dist:?}: {mean}"
            );
            draws.sort_by(f64::total_cmp);
            // The chance of a higher distance is below 10^-5.
            let distance = distance(&draws, dist);
            assert!(distance < 2.5, "{dist:?}: {distance}");
            assert!(draws[0] >= dist.quantile(0.0));
            assert!(draws[draws.len() - 1] <= dist.quantile(1.0));
        }
    }

    #[test]
    fn draws_follow_the_law_at_the_ends_of_its_parameters() {
        let dists = [
            Dist::gamma_mean_cv(1.0, 6.0),
            Dist::gamma_mean_cv(1.0, 0.02),
            Dist::erlang(1.0, 1),
            Dist::weibull(1.0, 0.2),
            Dist::weibull(1.0, 50.0),
            Dist::pareto(1.0, 0.3),
            Dist::pareto(1.0, 200.0),
            Dist::lomax(1.0, 0.5),
            Dist::bounded_pareto(1.0, 1.001, 1.5),
            Dist::bounded_pareto(1e-6, 1e6, 0.1),
            Dist::lognormal_mean_cv(1.0, 30.0),
            Dist::normal(0.01, 1.0),
        ];
        for (i, dist) in dists.into_iter().map(Result::unwrap).enumerate() {
            let sampler = Sampler::new(&dist);
            let n = 100_000_u64;
            let base = (i as u64 + 1) << 50;
            let mut draws: Vec<f64> = (0..n)
                .map(|key| sampler.sample(&mut Keyed::new(base + key)))
                .collect();
            draws.sort_by(f64::total_cmp);
            let distance = distance(&draws, &dist);
            assert!(distance < 2.5, "{dist:?}: {distance}");
        }
    }

    #[test]
    fn variances_are_those_of_the_law() {
        for (i, dist) in examples().iter().enumerate() {
            let sampler = Sampler::new(dist);
            let n = 400_000_u64;
            let base = (i as u64) << 40;
            let off = |key: u64| sampler.sample(&mut Keyed::new(base + key)) - dist.mean();
            let squares: Vec<f64> = (0..n).map(|key| off(key) * off(key)).collect();
            let mean = squares.iter().sum::<f64>() / n as f64;
            let spread = squares.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
            let error = (spread / n as f64).sqrt();
            assert!(
                (mean - dist.variance()).abs() <= 5.0 * error + 1e-18,
                "{dist:?}: {mean}"
            );
        }
    }

    #[test]
    fn nanoseconds_are_rounded_and_saturate() {
        let ns = |seconds: f64| Sampler::new(&Dist::Constant(seconds)).sample_ns(1);
        assert_eq!(ns(0.0), 0);
        assert_eq!(ns(0.4e-9), 0);
        assert_eq!(ns(0.6e-9), 1);
        assert_eq!(ns(0.005), 5_000_000);
        assert_eq!(ns(1e30), i64::MAX as u64);
        assert_eq!(ns(f64::INFINITY), i64::MAX as u64);
        assert_eq!(ns(-1.0), 0);
        assert_eq!(ns(f64::NAN), 0);
        let sampler = Sampler::new(&Dist::Exponential { mean: 0.005 });
        assert_eq!(sampler.sample_ns(42), sampler.sample_ns(42));
        let exact = sampler.sample(&mut Keyed::new(42)) * 1e9;
        assert!((sampler.sample_ns(42) as f64 - exact).abs() <= 0.5);
    }

    #[test]
    fn a_sampler_is_small() {
        assert!(size_of::<Sampler>() <= 24);
    }

    #[test]
    fn the_bits_never_change() {
        let mut digest = 0_u64;
        for (i, dist) in examples().iter().enumerate() {
            let sampler = Sampler::new(dist);
            for key in 0..10_000 {
                digest = digest.rotate_left(5) ^ sampler.sample_ns(key << 8 | i as u64);
            }
        }
        assert_eq!(digest, 3_776_382_129_235_779_907);
    }

    proptest! {
        #![proptest_config(crate::stats::testing::cases(256))]

        #[test]
        fn no_distribution_panics(a: f64, b: f64, c: f64, list: Vec<(f64, f64)>, key: u64) {
            let values = list.iter().map(|pair| pair.0).collect();
            let dists = [
                Dist::Uniform { from: a, to: b }, Dist::LogNormal { mu: a, sigma: b },
                Dist::Weibull { scale: a, shape: b }, Dist::Pareto { min: a, alpha: b },
                Dist::Lomax { scale: a, alpha: b },
                Dist::BoundedPareto { min: a, max: b, alpha: c },
                Dist::HyperExponential(list.clone()), Dist::Quantiles(list), Dist::Samples(values),
                Dist::Normal { mean: a.abs(), sd: b },
            ];
            for dist in &dists {
                let sampler = Sampler::new(dist);
                let _ = (sampler.sample_ns(key), sampler.sample(&mut Keyed::new(key)));
            }
        }
    }
}
