//! Draws of an index: by weights ([`Alias`]), and by Zipf's law ([`Zipf`]).

use super::math;
use super::rng::{Bits, unit_f64, unit_open_f64};

/// A table from which an index is drawn by its weight, in constant time, by one random word (Walker
/// 1977, Vose 1991).
#[derive(Debug, Clone, PartialEq)]
pub struct Alias {
    /// For each column: below which fraction its own index is drawn, and which one above.
    columns: Vec<(f64, u32)>,
}

impl Alias {
    /// The table for these weights, which need not add up to 1. Nothing if there is none or more
    /// than `u32::MAX`, one is negative or not finite, or all are 0.
    pub fn new(weights: &[f64]) -> Option<Self> {
        let n = weights.len();
        let total: f64 = weights.iter().sum();
        let sound = weights
            .iter()
            .all(|&weight| weight >= 0.0 && weight.is_finite());
        if !sound || u32::try_from(n).is_err() || !(total > 0.0 && total.is_finite()) {
            return None;
        }
        let mut columns: Vec<(f64, u32)> = weights
            .iter()
            .zip(0..)
            .map(|(&weight, index)| (weight / total * n as f64, index))
            .collect();
        let (mut poor, mut rich): (Vec<usize>, Vec<usize>) =
            (0..n).partition(|&index| columns[index].0 < 1.0);
        // Each poor column is filled up by a rich one, which may become poor by it.
        while let (Some(&giver), Some(taker)) = (rich.last(), poor.pop()) {
            columns[taker].1 = giver as u32;
            columns[giver].0 -= 1.0 - columns[taker].0;
            if columns[giver].0 < 1.0 {
                rich.pop();
                poor.push(giver);
            }
        }
        // What is left is 1 but for rounding. A weight of 0 always finds a giver, since the columns
        // add up to n.
        for index in poor.into_iter().chain(rich) {
            columns[index].0 = if columns[index].0 > 0.0 { 1.0 } else { 0.0 };
        }
        Some(Self { columns })
    }

    /// How many indices there are.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Never: there is at least one index.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The index that a random word stands for.
    #[inline]
    pub fn pick(&self, bits: u64) -> usize {
        let product = u128::from(bits) * self.columns.len() as u128;
        let (column, rest) = ((product >> 64) as usize, product as u64);
        let (own, other) = self.columns[column];
        if unit_f64(rest) < own {
            column
        } else {
            other as usize
        }
    }

    /// Draws an index.
    #[inline]
    pub fn sample<B: Bits>(&self, bits: &mut B) -> usize {
        self.pick(bits.next_u64())
    }
}

/// Zipf's law over n ranks: rank k, from 0, has a chance proportional to `(k + 1)^-s`. Drawn by
/// rejection-inversion (Hörmann and Derflinger 1996), exact for every n, without a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Zipf {
    n: u64,
    curve: PowerCurve,
    /// The integral of x^-s from 1 to the ends of the range that is inverted.
    integral_low: f64,
    integral_high: f64,
    /// Below this distance from the middle of a rank it is accepted without looking.
    sure: f64,
    /// The harmonic sum over all ranks.
    total: f64,
}

/// Most ranks: up to here a rank and its half neighbours are exact in floating point with room to
/// spare.
pub const ZIPF_RANKS_MAX: u64 = 1_000_000_000_000;
/// Highest exponent: from here on all but the first rank are out of reach.
pub const ZIPF_EXPONENT_MAX: f64 = 50.0;

impl Zipf {
    /// The law over `n` ranks with exponent `s`; 0 is the uniform law. Nothing if n is 0 or above
    /// [`ZIPF_RANKS_MAX`], or s negative or above [`ZIPF_EXPONENT_MAX`].
    pub fn new(n: u64, s: f64) -> Option<Self> {
        if !(1..=ZIPF_RANKS_MAX).contains(&n) || !(0.0..=ZIPF_EXPONENT_MAX).contains(&s) {
            return None;
        }
        let curve = PowerCurve::new(s);
        Some(Self {
            n,
            curve,
            integral_low: curve.integral(1.5) - 1.0,
            integral_high: curve.integral(n as f64 + 0.5),
            sure: 2.0 - curve.integral_inverse(curve.integral(2.5) - curve.height(2.0)),
            total: harmonic(n, s),
        })
    }

    /// How many ranks there are.
    pub const fn len(&self) -> u64 {
        self.n
    }

    /// Never: there is at least one rank.
    pub const fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The exponent.
    pub const fn exponent(&self) -> f64 {
        self.curve.s
    }

    /// Draws a rank, from 0.
    #[inline]
    pub fn sample<B: Bits>(&self, bits: &mut B) -> u64 {
        loop {
            let u = self.integral_high
                + unit_open_f64(bits.next_u64()) * (self.integral_low - self.integral_high);
            let x = self.curve.integral_inverse(u);
            let rank = ((x + 0.5) as u64).clamp(1, self.n);
            let k = rank as f64;
            if k - x <= self.sure || u >= self.curve.integral(k + 0.5) - self.curve.height(k) {
                return rank - 1;
            }
        }
    }

    /// The chance of a rank, from 0; 0 beyond the last.
    pub fn pmf(&self, rank: u64) -> f64 {
        if rank >= self.n {
            return 0.0;
        }
        math::pow((rank + 1) as f64, -self.curve.s) / self.total
    }

    /// The chance of the first `ranks` ranks together.
    pub fn cdf(&self, ranks: u64) -> f64 {
        harmonic(ranks.min(self.n), self.curve.s) / self.total
    }

    /// The harmonic sum over all ranks: one over the chance of the first.
    pub const fn total(&self) -> f64 {
        self.total
    }
}

/// The generalised harmonic sum of `k^-s` for k from 1 to n, by the first thousand terms and the
/// Euler-Maclaurin formula for the others; relative error below 10^-13.
pub fn harmonic(n: u64, s: f64) -> f64 {
    const EXACT: u64 = 1000;
    // Small terms first.
    let head: f64 = (1..=n.min(EXACT))
        .rev()
        .map(|k| math::pow(k as f64, -s))
        .sum();
    if n <= EXACT {
        return head;
    }
    let (a, b) = (EXACT as f64, n as f64);
    let (fa, fb) = (math::pow(a, -s), math::pow(b, -s));
    let correction = s / 12.0 * (fa / a - fb / b)
        - s * (s + 1.0) * (s + 2.0) / 720.0 * (fa / (a * a * a) - fb / (b * b * b));
    let curve = PowerCurve::new(s);
    head + (curve.integral(b) - curve.integral(a)) + 0.5 * (fb - fa) + correction
}

/// The curve x^-s and its integral from 1, in both directions.
#[derive(Debug, Clone, Copy, PartialEq)]
struct PowerCurve {
    s: f64,
    /// 1 - s, and one over it; 0 if s is so near 1 that the plain formulas lose digits.
    rest: f64,
    rest_inverse: f64,
}

/// So near 1 the integral is nearly a logarithm.
const NEARLY_LOGARITHMIC: f64 = 1e-4;

impl PowerCurve {
    fn new(s: f64) -> Self {
        let rest = 1.0 - s;
        let rest_inverse = if rest.abs() < NEARLY_LOGARITHMIC {
            0.0
        } else {
            1.0 / rest
        };
        Self {
            s,
            rest,
            rest_inverse,
        }
    }

    fn height(&self, x: f64) -> f64 {
        math::exp(-self.s * math::ln(x))
    }

    /// The integral of t^-s from 1 to x: (x^(1-s) - 1) / (1 - s), or ln x, without a gap where s is
    /// near 1.
    fn integral(&self, x: f64) -> f64 {
        let log = math::ln(x);
        let exponent = self.rest * log;
        if self.rest_inverse.abs() > 0.0 {
            (math::exp(exponent) - 1.0) * self.rest_inverse
        } else {
            // The series of (e^y - 1) / y; y is below 0.003 for all x that occur.
            let y = exponent;
            log * (1.0 + y * (0.5 + y * (1.0 / 6.0 + y * (1.0 / 24.0 + y / 120.0))))
        }
    }

    /// The x at which [`Self::integral`] has this value; infinite beyond the highest value.
    fn integral_inverse(&self, value: f64) -> f64 {
        let power = self.rest * value;
        if self.rest_inverse.abs() > 0.0 {
            math::exp(math::ln((1.0 + power).max(0.0)) * self.rest_inverse)
        } else {
            // The series of ln(1 + y) / y.
            let y = power;
            math::exp(value * (1.0 - y * (0.5 - y * (1.0 / 3.0 - y * (0.25 - y * 0.2)))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::rng::Xoshiro;
    use crate::stats::special::chi_square_upper;
    use proptest::prelude::*;

    fn assert_follows(counts: &[u64], chances: &[f64], what: &str) {
        let n: u64 = counts.iter().sum();
        let mut statistic = 0.0;
        for (&count, &chance) in counts.iter().zip(chances) {
            let expected = n as f64 * chance;
            assert!(expected > 5.0, "{what}: too few");
            statistic += (count as f64 - expected).powi(2) / expected;
        }
        let p = chi_square_upper(counts.len() as f64 - 1.0, statistic);
        assert!(p > 1e-5 && p < 1.0 - 1e-5, "{what}: p = {p:e}");
    }

    #[test]
    fn alias_draws_by_weight() {
        for weights in [
            vec![1.0],
            vec![1.0, 1.0],
            vec![0.1, 5.0, 2.0, 0.7],
            (1..=100).map(f64::from).collect(),
        ] {
            let alias = Alias::new(&weights).unwrap();
            let mut counts = vec![0; weights.len()];
            let mut bits = Xoshiro::new(1);
            for _ in 0..1_000_000 {
                counts[alias.sample(&mut bits)] += 1;
            }
            let total: f64 = weights.iter().sum();
            let chances: Vec<f64> = weights.iter().map(|weight| weight / total).collect();
            if weights.len() > 1 {
                assert_follows(&counts, &chances, "alias");
            }
        }
        assert_eq!(Alias::new(&[]), None);
        assert_eq!(Alias::new(&[0.0, 0.0]), None);
        assert_eq!(Alias::new(&[1.0, -1.0]), None);
        assert_eq!(Alias::new(&[1.0, f64::NAN]), None);
    }

    #[test]
    fn zipf_follows_its_law() {
        for s in [0.0, 0.3, 0.8, 0.99, 0.999_95, 1.0, 1.01, 1.5, 2.0, 4.0] {
            for n in [1, 2, 3, 10, 1000, 1_000_000, ZIPF_RANKS_MAX] {
                let zipf = Zipf::new(n, s).unwrap();
                let mut bits = Xoshiro::new(n);
                // Ranks below 8 one by one, then ranges that double.
                let cell = |rank: u64| {
                    if rank < 8 {
                        rank
                    } else {
                        5 + u64::from(rank.ilog2())
                    }
                };
                let mut counts = vec![0; 48];
                for _ in 0..400_000 {
                    let rank = zipf.sample(&mut bits);
                    assert!(rank < n);
                    counts[cell(rank) as usize] += 1;
                }
                let edge = |cell: u64| if cell < 8 { cell } else { 1 << (cell - 5) };
                let chance = |cell: u64| zipf.cdf(edge(cell + 1)) - zipf.cdf(edge(cell));
                let mut merged: Vec<(u64, f64)> = vec![(0, 0.0)];
                for (cell, count) in (0..48).zip(counts) {
                    if merged.last().unwrap().1 * 400_000.0 > 20.0 {
                        merged.push((0, 0.0));
                    }
                    let last = merged.last_mut().unwrap();
                    *last = (last.0 + count, last.1 + chance(cell));
                }
                let (count, share) = merged.pop().unwrap();
                match merged.last_mut() {
                    Some(last) => *last = (last.0 + count, last.1 + share),
                    None => merged.push((count, share)),
                }
                let (counts, chances): (Vec<u64>, Vec<f64>) = merged.into_iter().unzip();
                assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{n} {s}");
                if counts.len() > 1 {
                    assert_follows(&counts, &chances, &format!("n = {n}, s = {s}"));
                }
            }
        }
        assert_eq!(Zipf::new(0, 1.0), None);
        assert_eq!(Zipf::new(10, -1.0), None);
        assert_eq!(Zipf::new(10, f64::NAN), None);
    }

    #[test]
    fn harmonic_sums_match_plain_ones() {
        for s in [0.0, 0.5, 0.99, 0.999_91, 1.0, 1.000_01, 1.01, 2.0, 8.0] {
            for n in [0, 1, 999, 1000, 1001, 5000, 300_000] {
                let plain: f64 = (1..=n).rev().map(|k| libm::pow(k as f64, -s)).sum();
                assert!(
                    (harmonic(n, s) - plain).abs() <= 1e-13 * plain.max(1.0),
                    "{n} {s}"
                );
            }
        }
        // π²/6 less the tail, and ln n plus Euler's constant.
        assert!((harmonic(1_000_000_000_000, 2.0) - 1.644_934_066_847_226_4).abs() < 1e-12);
        let n = 1e12_f64;
        assert!((harmonic(n as u64, 1.0) - n.ln() - 0.577_215_664_901_532_9).abs() < 1e-11);
    }

    #[test]
    fn the_bits_never_change() {
        let mut bits = Xoshiro::new(9);
        let mut digest = 0_u64;
        for s in [0.5, 0.99, 1.0, 1.2] {
            let zipf = Zipf::new(1_000_000, s).unwrap();
            for _ in 0..10_000 {
                digest = digest.rotate_left(5) ^ zipf.sample(&mut bits);
            }
        }
        assert_eq!(digest, 13_562_431_131_481_179_982);
    }

    #[test]
    fn chances_add_up() {
        let zipf = Zipf::new(500, 0.9).unwrap();
        let total: f64 = (0..500).map(|rank| zipf.pmf(rank)).sum();
        assert!((total - 1.0).abs() < 1e-12);
        assert!(zipf.pmf(500).abs() <= 0.0);
        assert!((zipf.cdf(500) - 1.0).abs() < 1e-15);
    }

    proptest! {
        #![proptest_config(crate::stats::testing::cases(256))]

        #[test]
        fn alias_never_draws_what_has_no_weight(
            weights in prop::collection::vec(0_u8..4, 1..40),
            words: Vec<u64>,
        ) {
            let weights: Vec<f64> = weights.into_iter().map(f64::from).collect();
            if let Some(alias) = Alias::new(&weights) {
                for word in words.into_iter().chain([0, u64::MAX]) {
                    prop_assert!(weights[alias.pick(word)] > 0.0);
                }
            }
        }

        #[test]
        fn alias_columns_add_up_to_the_weights(
            weights in prop::collection::vec(0.0..1e6_f64, 1..60),
        ) {
            prop_assume!(weights.iter().sum::<f64>() > 0.0);
            let alias = Alias::new(&weights).unwrap();
            let mut chances = vec![0.0; weights.len()];
            for (index, &(own, other)) in alias.columns.iter().enumerate() {
                chances[index] += own;
                chances[other as usize] += 1.0 - own;
            }
            let scale = weights.len() as f64 / weights.iter().sum::<f64>();
            for (chance, weight) in chances.iter().zip(&weights) {
                prop_assert!((chance - weight * scale).abs() < 1e-9);
            }
        }

        #[test]
        fn zipf_stays_in_range(n in 1..=ZIPF_RANKS_MAX, s in 0.0..=ZIPF_EXPONENT_MAX, seed: u64) {
            let zipf = Zipf::new(n, s).unwrap();
            let mut bits = Xoshiro::new(seed);
            for _ in 0..100 {
                prop_assert!(zipf.sample(&mut bits) < n);
            }
        }
    }
}
