//! The exponential and the normal variate by the ziggurat of Marsaglia and Tsang (2000), 256 layers.
//! One 64-bit word gives the layer (bits 0 to 7) and the place in it with its sign (the upper 52 bits);
//! the two do not overlap, and the sign costs no branch. Ninety-nine words of a hundred are accepted
//! at the first comparison; the others draw on from the same generator.

use super::math::{exp, ln, sqrt_const};
use super::rng::{Bits, unit_f64};

const LAYERS: usize = 256;

/// Where the tail of the exponential begins, and the area of each layer.
const EXPONENTIAL_TAIL: f64 = 7.697_117_470_131_05;
const EXPONENTIAL_AREA: f64 = 0.003_949_659_822_581_557;
/// The same for the half normal density exp(-x²/2).
const NORMAL_TAIL: f64 = 3.654_152_885_361_009;
const NORMAL_AREA: f64 = 0.004_928_673_233_974_655;

/// A layer's fast path: a value up to `width`, which lies wholly under the curve if it is below `inner`.
/// Both stand in one cache line.
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

/// The layer of a word, and the candidate in it. Numbers are made from bits, not converted: that is as
/// fast, and leaves no dependency on what the register held before.
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
