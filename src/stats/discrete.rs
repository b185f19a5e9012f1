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
    /// The table for these weights, which need not add up to 1. Nothing if there is none or more than
    /// `u32::MAX`, one is negative or not finite, or all are 0.
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
        // What is left is 1 but for rounding. A weight of 0 always finds a giver, since the columns add up
        // to n.
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
    s: f64,
    /// The integral of x^-s from 1 to the ends of the range that is inverted.
    integral_low: f64,
    integral_high: f64,
    /// Below this distance from the middle of a rank it is accepted without looking.
    sure: f64,
}

/// Most ranks: up to here a rank and its half neighbours are exact in floating point with room to spare.
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
        let integral_low = integral(s, 1.5) - 1.0;
        let integral_high = integral(s, n as f64 + 0.5);
        let sure =
            2.0 - integral_inverse(s, integral(s, 2.5) - math::exp(-s * std::f64::consts::LN_2));
        Some(Self {
            n,
            s,
            integral_low,
            integral_high,
            sure,
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
        self.s
    }

    /// Draws a rank, from 0.
    #[inline]
    pub fn sample<B: Bits>(&self, bits: &mut B) -> u64 {
        loop {
            let u = self.integral_high
                + unit_open_f64(bits.next_u64()) * (self.integral_low - self.integral_high);
            let x = integral_inverse(self.s, u);
            let rank = ((x + 0.5) as u64).clamp(1, self.n);
            let k = rank as f64;
            if k - x <= self.sure
                || u >= integral(self.s, k + 0.5) - math::exp(-self.s * math::ln(k))
            {
                return rank - 1;
            }
        }
    }

    /// The chance of a rank, from 0; 0 beyond the last.
    pub fn pmf(&self, rank: u64) -> f64 {
        if rank >= self.n {
            return 0.0;
        }
        math::pow((rank + 1) as f64, -self.s) / self.total()
    }

    /// The chance of the first `ranks` ranks together.
    pub fn cdf(&self, ranks: u64) -> f64 {
        harmonic(ranks.min(self.n), self.s) / self.total()
    }

    /// The harmonic sum over all ranks.
    pub fn total(&self) -> f64 {
        harmonic(self.n, self.s)
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
    head + (integral(s, b) - integral(s, a)) + 0.5 * (fb - fa) + correction
}

/// The integral of t^-s from 1 to x: (x^(1-s) - 1) / (1 - s), or ln x, without a gap where s is near 1.
fn integral(s: f64, x: f64) -> f64 {
    let log = math::ln(x);
    log * exp_m1_over((1.0 - s) * log)
}

/// The x at which [`integral`] has this value.
fn integral_inverse(s: f64, value: f64) -> f64 {
    // Rounding may carry the argument of the logarithm below 0, where x is past the last rank.
    let t = (value * (1.0 - s)).max(-1.0);
    math::exp(value * ln_1p_over(t))
}

/// (e^x - 1) / x.
fn exp_m1_over(x: f64) -> f64 {
    if x.abs() > 1e-8 {
        math::exp_m1(x) / x
    } else {
        1.0 + 0.5 * x * (1.0 + x / 3.0)
    }
}

/// ln(1 + x) / x.
fn ln_1p_over(x: f64) -> f64 {
    if x.abs() > 1e-8 {
        math::ln_1p(x) / x
    } else {
        1.0 - x * (0.5 - x / 3.0)
    }
}
