//! Elementary functions made of IEEE `+ - * /` alone, so that they give the same bits on every
//! platform, which the standard library's do not promise. They are `const`, so that tables are made
//! of them at compile time. What is not on a hot path comes from the pure-Rust `libm` crate.

/// log2(e).
const LOG2_E: f64 = std::f64::consts::LOG2_E;
/// The leading 32 bits of ln 2: its product with a small integer is exact.
const LN2_HI: f64 = f64::from_bits(0x3FE6_2E42_FEE0_0000);
/// ln 2 less [`LN2_HI`].
const LN2_LO: f64 = f64::from_bits(0x3DEA_39EF_3579_3C76);

/// 2^7 values of 2^(i/128) in the table of [`exp`].
const EXP_TABLE_BITS: u32 = 7;
const EXP_TABLE_LEN: usize = 1 << EXP_TABLE_BITS;
/// Adding this rounds to an integer that then stands in the low bits.
const ROUND_TO_INTEGER: f64 = 1.5 * (1u64 << 52) as f64;

/// 2^(i/128): its bits, less `i` where the exponent's fraction will be added again, and what
/// rounding cut off, relative to it.
#[derive(Clone, Copy)]
struct ExpEntry {
    bits: u64,
    tail: f64,
}

static EXP_TABLE: [ExpEntry; EXP_TABLE_LEN] = exp_table();

/// e^x; within 0.52 units in the last place, 2 units at the very ends of the range. Table and
/// polynomial as in Tang (1989) and ARM's optimized routines.
#[inline]
pub const fn exp(x: f64) -> f64 {
    if !(x > -708.0 && x < 709.0) {
        return exp_extreme(x);
    }
    exp_core(x)
}

#[inline]
const fn exp_core(x: f64) -> f64 {
    const N: f64 = EXP_TABLE_LEN as f64;
    let shifted = x * (LOG2_E * N) + ROUND_TO_INTEGER;
    let k = shifted - ROUND_TO_INTEGER;
    let low_bits = shifted.to_bits();
    let r = (x - k * (LN2_HI / N)) - k * (LN2_LO / N);
    let entry = EXP_TABLE[(low_bits % EXP_TABLE_LEN as u64) as usize];
    let scale = f64::from_bits(entry.bits.wrapping_add(low_bits << (52 - EXP_TABLE_BITS)));
    // |r| <= ln 2 / 256: the next term of the series is below 2^-60.
    let r2 = r * r;
    let tail = entry.tail + r;
    let poly = tail + r2 * (0.5 + r * (1.0 / 6.0)) + r2 * r2 * (1.0 / 24.0 + r * (1.0 / 120.0));
    scale + scale * poly
}

#[cold]
const fn exp_extreme(x: f64) -> f64 {
    if x > 709.782_712_893_384 {
        f64::INFINITY
    } else if x < -745.133_219_101_941_2 {
        0.0
    } else if x.is_nan() {
        x
    } else {
        let half = exp_core(0.5 * x);
        half * half
    }
}

// Coefficients of the remainder of (ln(1 + s) - ln(1 - s)) / s, from the same source.
const LN_1ST: f64 = f64::from_bits(0x3FE5_5555_5555_5593);
const LN_2ND: f64 = f64::from_bits(0x3FD9_9999_9997_FA04);
const LN_3RD: f64 = f64::from_bits(0x3FD2_4924_9422_9359);
const LN_4TH: f64 = f64::from_bits(0x3FCC_71C5_1D8E_78AF);
const LN_5TH: f64 = f64::from_bits(0x3FC7_4664_96CB_03DE);
const LN_6TH: f64 = f64::from_bits(0x3FC3_9A09_D078_C69F);
const LN_7TH: f64 = f64::from_bits(0x3FC2_F112_DF3E_5244);

/// The natural logarithm, within 1 unit in the last place; negative infinity at 0, not a number
/// below. After FreeBSD's `e_log.c` (Sun Microsystems 1993).
#[inline]
pub const fn ln(x: f64) -> f64 {
    if !(x >= f64::MIN_POSITIVE && x < f64::INFINITY) {
        return ln_extreme(x);
    }
    ln_core(x, 0)
}

#[cold]
const fn ln_extreme(x: f64) -> f64 {
    if x > 0.0 {
        if x.is_infinite() {
            return x;
        }
        return ln_core(x * (1u64 << 54) as f64, -54);
    }
    if x < 0.0 || x.is_nan() {
        f64::NAN
    } else {
        f64::NEG_INFINITY
    }
}

/// `x` is normal and positive; `k` is added to its exponent.
#[inline]
const fn ln_core(x: f64, k: i64) -> f64 {
    // x = 2^k (1 + f) with 1 + f between sqrt(1/2) and sqrt(2).
    const SQRT_HALF_TOP: u64 = 0x3FE6_A09E_0000_0000;
    let shifted = x.to_bits().wrapping_sub(SQRT_HALF_TOP);
    let k = k + ((shifted as i64) >> 52);
    let f = f64::from_bits((shifted & ((1 << 52) - 1)).wrapping_add(SQRT_HALF_TOP)) - 1.0;
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let square = s * s;
    let fourth = square * square;
    let even = fourth * (LN_2ND + fourth * (LN_4TH + fourth * LN_6TH));
    let odd = square * (LN_1ST + fourth * (LN_3RD + fourth * (LN_5TH + fourth * LN_7TH)));
    let k = k as f64;
    s * (half_square + even + odd) + k * LN2_LO - half_square + f + k * LN2_HI
}

/// x^y, within 1 unit in the last place, with the usual special cases.
#[inline]
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// e^x - 1, accurate near 0.
#[inline]
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// ln(1 + x), accurate near 0.
#[inline]
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// The square root, for tables made at compile time; elsewhere `f64::sqrt` is exact.
pub(super) const fn sqrt_const(x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let mut root = exp(0.5 * ln(x));
    let mut round = 0;
    while round < 3 {
        root = 0.5 * (root + x / root);
        round += 1;
    }
    root
}

/// The table of [`exp`], by the series in twice the precision.
const fn exp_table() -> [ExpEntry; EXP_TABLE_LEN] {
    let ln2 = DoubleDouble {
        high: std::f64::consts::LN_2,
        low: f64::from_bits(0x3C7A_BC9E_3B39_803F),
    };
    let mut table = [ExpEntry { bits: 0, tail: 0.0 }; EXP_TABLE_LEN];
    let mut i = 0;
    while i < EXP_TABLE_LEN {
        let x = ln2.times(i as f64 / EXP_TABLE_LEN as f64);
        let mut sum = DoubleDouble {
            high: 1.0,
            low: 0.0,
        };
        // Horner's rule from the 26th term, which is below 2^-110.
        let mut term = 26;
        while term > 0 {
            sum = sum.product(x).divided(term as f64).plus_one();
            term -= 1;
        }
        table[i] = ExpEntry {
            bits: sum
                .high
                .to_bits()
                .wrapping_sub((i as u64) << (52 - EXP_TABLE_BITS)),
            tail: sum.low / sum.high,
        };
        i += 1;
    }
    table
}

/// An unevaluated sum of two numbers, for twice the precision (Dekker 1971).
#[derive(Clone, Copy)]
struct DoubleDouble {
    high: f64,
    low: f64,
}

impl DoubleDouble {
    const fn normalized(high: f64, low: f64) -> Self {
        let sum = high + low;
        Self {
            high: sum,
            low: low - (sum - high),
        }
    }

    /// The exact product of two numbers, by Veltkamp's splitting.
    const fn exact_product(a: f64, b: f64) -> Self {
        const SPLIT: f64 = (1u64 << 27) as f64 + 1.0;
        let (wide_a, wide_b) = (a * SPLIT, b * SPLIT);
        let (a_high, b_high) = (wide_a - (wide_a - a), wide_b - (wide_b - b));
        let (a_low, b_low) = (a - a_high, b - b_high);
        let high = a * b;
        let low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low;
        Self { high, low }
    }

    const fn times(self, factor: f64) -> Self {
        let product = Self::exact_product(self.high, factor);
        Self::normalized(product.high, product.low + self.low * factor)
    }

    const fn product(self, other: Self) -> Self {
        let product = Self::exact_product(self.high, other.high);
        Self::normalized(
            product.high,
            product.low + (self.high * other.low + self.low * other.high),
        )
    }

    const fn divided(self, divisor: f64) -> Self {
        let quotient = self.high / divisor;
        let back = Self::exact_product(quotient, divisor);
        Self::normalized(
            quotient,
            ((self.high - back.high) - back.low + self.low) / divisor,
        )
    }

    /// One more; the number itself is below 1 in size.
    const fn plus_one(self) -> Self {
        let sum = 1.0 + self.high;
        Self::normalized(sum, (self.high - (sum - 1.0)) + self.low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::rng::{Bits, Xoshiro, unit_f64};

    /// The distance in units of the last place of the exact value, which is given as a sum.
    fn ulps(ours: f64, exact: DoubleDouble) -> f64 {
        let unit = f64::from_bits(exact.high.abs().to_bits() + 1) - exact.high.abs();
        (((ours - exact.high) - exact.low) / unit).abs()
    }

    /// e^x in twice the precision, by the series after halving ten times.
    fn exact_exp(x: f64) -> DoubleDouble {
        let k = (x / std::f64::consts::LN_2).round();
        let ln2 = [
            std::f64::consts::LN_2,
            f64::from_bits(0x3C7A_BC9E_3B39_803F),
        ];
        let high = DoubleDouble::exact_product(ln2[0], -k);
        let first = x + high.high;
        let lost = (x - (first - (first - x))) + (high.high - (first - x));
        let r = DoubleDouble::normalized(first, lost + high.low - k * ln2[1]);
        let mut sum = DoubleDouble {
            high: 1.0,
            low: 0.0,
        };
        for term in (1..=30).rev() {
            sum = sum.product(r).divided(f64::from(term)).plus_one();
        }
        let scale = f64::from_bits(((k as i64 + 1023) as u64) << 52);
        DoubleDouble {
            high: sum.high * scale,
            low: sum.low * scale,
        }
    }

    #[test]
    fn exp_is_within_0_52_units() {
        let mut bits = Xoshiro::new(1);
        let mut worst = 0.0_f64;
        for i in 0..400_000 {
            let range = [1.0, 10.0, 100.0, 700.0][i % 4];
            let x = (2.0 * unit_f64(bits.next_u64()) - 1.0) * range;
            worst = worst.max(ulps(exp(x), exact_exp(x)));
        }
        assert!(worst < 0.52, "{worst}");
    }

    #[test]
    fn exp_and_ln_agree_with_the_standard_library_everywhere() {
        let mut bits = Xoshiro::new(2);
        let unit = |x: f64| f64::from_bits(x.abs().to_bits() + 1) - x.abs();
        for _ in 0..400_000 {
            let x = f64::from_bits(bits.next_u64());
            let (ours, theirs) = (ln(x), x.ln());
            assert!(ours.is_nan() == theirs.is_nan(), "ln {x}");
            assert!(
                ours.is_nan() || (ours - theirs).abs() <= unit(theirs),
                "ln {x}: {ours} {theirs}"
            );
            let (ours, theirs) = (exp(x), x.exp());
            assert!(ours.is_nan() == theirs.is_nan(), "exp {x}");
            assert!(
                ours.is_nan() || ours.to_bits().abs_diff(theirs.to_bits()) <= 2,
                "exp {x}"
            );
            let near_one = 0.5 + 1.5 * unit_f64(bits.next_u64());
            assert!(
                (ln(near_one) - near_one.ln()).abs() <= unit(near_one.ln()),
                "ln {near_one}"
            );
            let edge = -745.2 + 40.0 * unit_f64(bits.next_u64());
            assert!(
                exp(edge).to_bits().abs_diff(edge.exp().to_bits()) <= 2,
                "exp {edge}"
            );
        }
    }

    #[test]
    fn special_values() {
        let bits = |x: f64| x.to_bits();
        assert_eq!(bits(exp(0.0)), bits(1.0));
        assert_eq!(bits(exp(1.0)), bits(std::f64::consts::E));
        assert_eq!(bits(exp(f64::NEG_INFINITY)), bits(0.0));
        assert_eq!(bits(exp(-746.0)), bits(0.0));
        assert_eq!(bits(exp(709.79)), bits(f64::INFINITY));
        assert!(exp(709.78) < f64::INFINITY && exp(-745.1) > 0.0);
        assert_eq!(bits(exp(f64::INFINITY)), bits(f64::INFINITY));
        assert!(exp(f64::NAN).is_nan());
        assert_eq!(bits(ln(1.0)), bits(0.0));
        assert_eq!(bits(ln(2.0)), bits(std::f64::consts::LN_2));
        assert_eq!(bits(ln(0.0)), bits(f64::NEG_INFINITY));
        assert_eq!(bits(ln(-0.0)), bits(f64::NEG_INFINITY));
        assert_eq!(bits(ln(f64::INFINITY)), bits(f64::INFINITY));
        assert!(ln(-1.0).is_nan() && ln(f64::NAN).is_nan());
        assert_eq!(bits(pow(2.0, 10.0)), bits(1024.0));
        for x in [0.25, 2.0, 3.0, 1e-9, 12345.678] {
            assert!(bits(sqrt_const(x)).abs_diff(bits(f64::sqrt(x))) <= 1);
        }
    }

    #[test]
    fn the_bits_never_change() {
        // Results of earlier versions, and of other machines, depend on these.
        let mut bits = Xoshiro::new(3);
        let mut digest = 0_u64;
        for _ in 0..100_000 {
            let x = 1400.0 * unit_f64(bits.next_u64()) - 700.0;
            digest = digest.rotate_left(5) ^ exp(x).to_bits();
            digest = digest.rotate_left(5) ^ ln(x.abs()).to_bits();
            digest = digest.rotate_left(5) ^ pow(x.abs(), 0.3).to_bits();
        }
        assert_eq!(digest, 7_570_721_531_851_061_283);
    }
}
