//! The exponential and the normal variate by the ziggurat of Marsaglia and Tsang (2000), 256
//! layers. One 64-bit word gives the layer (bits 0 to 7) and the place in it with its sign (the
//! upper 52 bits); the two do not overlap, and the sign costs no branch. Ninety-nine words of a
//! hundred are accepted at the first comparison; the others draw on from the same generator.

use super::math::{exp, ln, sqrt_const};
use super::rng::{Bits, unit_f64};

const LAYERS: usize = 256;

/// Where the tail of the exponential begins, and the area of each layer.
const EXPONENTIAL_TAIL: f64 = 7.697_117_470_131_05;
const EXPONENTIAL_AREA: f64 = 0.003_949_659_822_581_557;
/// The same for the half normal density exp(-x²/2).
const NORMAL_TAIL: f64 = 3.654_152_885_361_009;
const NORMAL_AREA: f64 = 0.004_928_673_233_974_655;

/// A layer's fast path: a value up to `width`, which lies wholly under the curve if it is below
/// `inner`. Both stand in one cache line.
#[derive(Clone, Copy)]
struct Layer {
    inner: f64,
    width: f64,
}

/// A table for one density: layers, and the density at their lower right corners for the wedges.
struct Table {
    layers: [Layer; LAYERS],
    heights: [f64; LAYERS + 1],
}

static EXPONENTIAL: Table = table(false);
static NORMAL: Table = table(true);

/// The layer of a word, and the candidate in it. Numbers are made from bits, not converted: that is
/// as fast, and leaves no dependency on what the register held before.
#[inline]
fn exponential_candidate(word: u64) -> (usize, f64) {
    let layer = (word & 0xFF) as usize;
    let place = f64::from_bits(word >> 12 | 1.0_f64.to_bits()) - 1.0;
    (layer, place * EXPONENTIAL.layers[layer].width)
}

/// The same with a sign: the place is in -1 to 1.
#[inline]
fn normal_candidate(word: u64) -> (usize, f64) {
    let layer = (word & 0xFF) as usize;
    let place = f64::from_bits(word >> 12 | 2.0_f64.to_bits()) - 3.0;
    (layer, place * NORMAL.layers[layer].width)
}

/// The exponential variate of mean 1.
#[inline]
pub fn exponential<B: Bits>(bits: &mut B) -> f64 {
    let (layer, value) = exponential_candidate(bits.next_u64());
    if value < EXPONENTIAL.layers[layer].inner {
        return value;
    }
    exponential_slow(layer, value, bits)
}

#[cold]
#[inline(never)]
fn exponential_slow<B: Bits>(layer: usize, value: f64, bits: &mut B) -> f64 {
    let (mut layer, mut value) = (layer, value);
    // The tail of an exponential is the same exponential, later.
    let mut beyond = 0.0;
    loop {
        if layer == 0 {
            beyond += EXPONENTIAL_TAIL;
        } else {
            let (low, high) = (EXPONENTIAL.heights[layer], EXPONENTIAL.heights[layer + 1]);
            if low + unit_f64(bits.next_u64()) * (high - low) < exp(-value) {
                return beyond + value;
            }
        }
        (layer, value) = exponential_candidate(bits.next_u64());
        if value < EXPONENTIAL.layers[layer].inner {
            return beyond + value;
        }
    }
}

/// The standard normal variate.
#[inline]
pub fn normal<B: Bits>(bits: &mut B) -> f64 {
    let (layer, value) = normal_candidate(bits.next_u64());
    if value.abs() < NORMAL.layers[layer].inner {
        return value;
    }
    normal_slow(layer, value, bits)
}

#[cold]
#[inline(never)]
fn normal_slow<B: Bits>(layer: usize, value: f64, bits: &mut B) -> f64 {
    let (mut layer, mut value) = (layer, value);
    loop {
        if layer == 0 {
            return normal_tail(NORMAL_TAIL, bits).copysign(value);
        }
        let (low, high) = (NORMAL.heights[layer], NORMAL.heights[layer + 1]);
        if low + unit_f64(bits.next_u64()) * (high - low) < exp(-0.5 * value * value) {
            return value;
        }
        (layer, value) = normal_candidate(bits.next_u64());
        if value.abs() < NORMAL.layers[layer].inner {
            return value;
        }
    }
}

/// A normal variate given that it is beyond `from` (Marsaglia 1964).
fn normal_tail<B: Bits>(from: f64, bits: &mut B) -> f64 {
    loop {
        let over = exponential(bits) / from;
        if 2.0 * exponential(bits) >= over * over {
            return from + over;
        }
    }
}

/// exp(-x) or exp(-x²/2), and its inverse.
const fn density(normal: bool, x: f64) -> f64 {
    if normal { exp(-0.5 * x * x) } else { exp(-x) }
}

const fn density_inverse(normal: bool, height: f64) -> f64 {
    if normal {
        sqrt_const(-2.0 * ln(height))
    } else {
        -ln(height)
    }
}

const fn table(normal: bool) -> Table {
    let (tail, area) = if normal {
        (NORMAL_TAIL, NORMAL_AREA)
    } else {
        (EXPONENTIAL_TAIL, EXPONENTIAL_AREA)
    };
    let mut heights = [1.0; LAYERS + 1];
    let mut layers = [Layer {
        inner: 0.0,
        width: 0.0,
    }; LAYERS];
    // Layer 0 is a strip with the tail in it: as wide as a box of the same area.
    heights[0] = 0.0;
    heights[1] = density(normal, tail);
    layers[0] = Layer {
        inner: tail,
        width: area / heights[1],
    };
    layers[1].width = tail;
    let mut i = 2;
    while i < LAYERS {
        heights[i] = heights[i - 1] + area / layers[i - 1].width;
        layers[i].width = density_inverse(normal, heights[i]);
        layers[i - 1].inner = layers[i].width;
        i += 1;
    }
    Table { layers, heights }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::rng::{Keyed, Xoshiro};
    use crate::stats::special::{chi_square_upper, normal_cdf};

    #[test]
    fn layers_close_at_the_top_and_have_equal_areas() {
        for (normal, table, tail, area) in [
            (false, &EXPONENTIAL, EXPONENTIAL_TAIL, EXPONENTIAL_AREA),
            (true, &NORMAL, NORMAL_TAIL, NORMAL_AREA),
        ] {
            let under_tail = if normal {
                (2.0 * std::f64::consts::PI).sqrt() * normal_cdf(-tail)
            } else {
                exp(-tail)
            };
            assert!((tail * density(normal, tail) + under_tail - area).abs() < 1e-15);
            for i in 1..LAYERS {
                let (low, high) = (table.heights[i], table.heights[i + 1]);
                assert!(
                    (table.layers[i].width * (high - low) - area).abs() < 1e-13,
                    "layer {i}"
                );
                assert!(
                    (density(normal, table.layers[i].inner) - high).abs() < 1e-13,
                    "layer {i}"
                );
            }
        }
    }

    /// Chi-square of the draws over cells of equal chance, given the distribution function.
    fn p_value(draws: impl Iterator<Item = f64>, cdf: impl Fn(f64) -> f64) -> f64 {
        let mut cells = vec![0_u32; 4096];
        let mut n = 0.0;
        for draw in draws {
            cells[((cdf(draw) * 4096.0) as usize).min(4095)] += 1;
            n += 1.0;
        }
        let expected = n / 4096.0;
        let square = |&count: &u32| (f64::from(count) - expected).powi(2) / expected;
        chi_square_upper(4095.0, cells.iter().map(square).sum())
    }

    #[test]
    fn both_follow_their_laws() {
        let mut bits = Xoshiro::new(1);
        let n = 4_000_000;
        let draws = (0..n).map(|_| exponential(&mut bits));
        let p = p_value(draws, |x| -crate::stats::math::exp_m1(-x));
        assert!((1e-4..1.0 - 1e-4).contains(&p), "exponential: {p}");
        let mut bits = Xoshiro::new(2);
        let p = p_value((0..n).map(|_| normal(&mut bits)), normal_cdf);
        assert!((1e-4..1.0 - 1e-4).contains(&p), "normal: {p}");
        let p = p_value((0..n).map(|key| exponential(&mut Keyed::new(key))), |x| {
            -libm::expm1(-x)
        });
        assert!((1e-4..1.0 - 1e-4).contains(&p), "exponential by key: {p}");
        let p = p_value((0..n).map(|key| normal(&mut Keyed::new(key))), normal_cdf);
        assert!((1e-4..1.0 - 1e-4).contains(&p), "normal by key: {p}");
    }

    #[test]
    fn tails_have_their_chance_and_shape() {
        let mut bits = Xoshiro::new(3);
        let n = 20_000_000;
        let (mut beyond, mut far, mut positive) = (0_u32, 0_u32, 0_u32);
        let (mut beyond_exponential, mut overshoot) = (0_u32, 0.0);
        for _ in 0..n {
            let z = normal(&mut bits);
            beyond += u32::from(z.abs() > NORMAL_TAIL);
            positive += u32::from(z.abs() > NORMAL_TAIL && z > 0.0);
            far += u32::from(z.abs() > 4.5);
            let x = exponential(&mut bits);
            if x > EXPONENTIAL_TAIL {
                beyond_exponential += 1;
                overshoot += x - EXPONENTIAL_TAIL;
            }
        }
        let within = |count: u32, chance: f64| {
            let expected = f64::from(n) * chance;
            assert!(
                (f64::from(count) - expected).abs() < 4.5 * expected.sqrt(),
                "{count} {expected}"
            );
        };
        within(beyond, 2.0 * normal_cdf(-NORMAL_TAIL));
        within(positive, normal_cdf(-NORMAL_TAIL));
        within(far, 2.0 * normal_cdf(-4.5));
        within(beyond_exponential, exp(-EXPONENTIAL_TAIL));
        let mean = overshoot / f64::from(beyond_exponential);
        assert!(
            (mean - 1.0).abs() < 4.5 / f64::from(beyond_exponential).sqrt(),
            "{mean}"
        );
    }

    #[test]
    fn the_bits_never_change() {
        let mut bits = Xoshiro::new(4);
        let mut digest = 0_u64;
        for _ in 0..1_000_000 {
            digest = digest.rotate_left(5) ^ exponential(&mut bits).to_bits();
            digest = digest.rotate_left(5) ^ normal(&mut bits).to_bits();
        }
        assert_eq!(digest, 11_649_410_554_270_915_501);
    }
}
