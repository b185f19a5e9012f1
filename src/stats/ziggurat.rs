//! The exponential and the normal variate by the ziggurat of Marsaglia and Tsang (2000), 256 layers.
//! One 64-bit word gives the layer (bits 0 to 7) and the place in it with its sign (the upper 53 bits);
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

/// A layer's fast path: the integer `place` gives the value `place · scale`, which lies wholly under the
/// curve if `place < accept`. Both stand in one cache line.
#[derive(Clone, Copy)]
struct Layer {
    accept: u64,
    scale: f64,
}

/// A table for one density: layers, and the density at their lower right corners for the wedges.
struct Table {
    layers: [Layer; LAYERS],
    heights: [f64; LAYERS + 1],
}

static EXPONENTIAL: Table = table(false);
static NORMAL: Table = table(true);

/// The exponential variate of mean 1.
#[inline]
pub fn exponential<B: Bits>(bits: &mut B) -> f64 {
    let word = bits.next_u64();
    let layer = &EXPONENTIAL.layers[(word & 0xFF) as usize];
    let place = word >> 11;
    let value = place as i64 as f64 * layer.scale;
    if place < layer.accept {
        return value;
    }
    exponential_slow(word, value, bits)
}

#[cold]
#[inline(never)]
fn exponential_slow<B: Bits>(word: u64, value: f64, bits: &mut B) -> f64 {
    let (mut word, mut value) = (word, value);
    // The tail of an exponential is the same exponential, later.
    let mut beyond = 0.0;
    loop {
        let layer = (word & 0xFF) as usize;
        if word >> 11 < EXPONENTIAL.layers[layer].accept {
            return beyond + value;
        }
        if layer == 0 {
            beyond += EXPONENTIAL_TAIL;
        } else {
            let (low, high) = (EXPONENTIAL.heights[layer], EXPONENTIAL.heights[layer + 1]);
            if low + unit_f64(bits.next_u64()) * (high - low) < exp(-value) {
                return beyond + value;
            }
        }
        word = bits.next_u64();
        value = (word >> 11) as f64 * EXPONENTIAL.layers[(word & 0xFF) as usize].scale;
    }
}

/// The standard normal variate.
#[inline]
pub fn normal<B: Bits>(bits: &mut B) -> f64 {
    let word = bits.next_u64();
    let layer = &NORMAL.layers[(word & 0xFF) as usize];
    let place = (word as i64) >> 11;
    let value = place as f64 * layer.scale;
    if place.unsigned_abs() < layer.accept {
        return value;
    }
    normal_slow(word, value, bits)
}

#[cold]
#[inline(never)]
fn normal_slow<B: Bits>(word: u64, value: f64, bits: &mut B) -> f64 {
    let (mut word, mut value) = (word, value);
    loop {
        let layer = (word & 0xFF) as usize;
        let place = (word as i64) >> 11;
        if place.unsigned_abs() < NORMAL.layers[layer].accept {
            return value;
        }
        if layer == 0 {
            let beyond = normal_tail(NORMAL_TAIL, bits);
            return if place < 0 { -beyond } else { beyond };
        }
        let (low, high) = (NORMAL.heights[layer], NORMAL.heights[layer + 1]);
        if low + unit_f64(bits.next_u64()) * (high - low) < exp(-0.5 * value * value) {
            return value;
        }
        word = bits.next_u64();
        value = ((word as i64) >> 11) as f64 * NORMAL.layers[(word & 0xFF) as usize].scale;
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
    // The normal's place has a sign and one bit less.
    let (tail, area, places) = if normal {
        (NORMAL_TAIL, NORMAL_AREA, (1u64 << 52) as f64)
    } else {
        (EXPONENTIAL_TAIL, EXPONENTIAL_AREA, (1u64 << 53) as f64)
    };
    let mut edges = [0.0; LAYERS + 1];
    let mut heights = [1.0; LAYERS + 1];
    // Layer 0 is a strip with the tail in it: as wide as a box of the same area.
    edges[0] = area / density(normal, tail);
    edges[1] = tail;
    heights[0] = 0.0;
    heights[1] = density(normal, tail);
    let mut i = 2;
    while i < LAYERS {
        heights[i] = heights[i - 1] + area / edges[i - 1];
        edges[i] = density_inverse(normal, heights[i]);
        i += 1;
    }
    let mut layers = [Layer {
        accept: 0,
        scale: 0.0,
    }; LAYERS];
    let mut i = 0;
    while i < LAYERS {
        layers[i] = Layer {
            accept: (edges[i + 1] / edges[i] * places) as u64,
            scale: edges[i] / places,
        };
        i += 1;
    }
    Table { layers, heights }
}
