//! Recorders of times: a log-linear [`Histogram`] for the hot path, and [`Sparse`], what one holds
//! when it is drained: small, and merged exactly in any order, since all of it is integer.
//!
//! Values below 2^BITS have a bucket each. Above, every power of two is divided into 2^BITS buckets
//! of equal width, so that a bucket is never wider than 2^-BITS of the values in it. What is read
//! from a histogram is interpolated inside a bucket: for smooth data the error is far smaller than
//! that.

mod codec;
mod packed;
mod sparse;
#[cfg(test)]
mod tests;

pub use codec::DecodeError;
pub use sparse::{Bucket, Sparse};

/// The highest value that is told apart: 2^56 - 1, which in nanoseconds is 833 days. Higher ones
/// count as this.
pub const VALUE_MAX: u64 = (1 << 56) - 1;

/// The finest resolution: so that the number of a bucket fits 16 bits.
pub const BITS_MAX: u32 = 10;

/// The number of the bucket of a value.
#[inline]
pub(super) const fn bucket_of(bits: u32, value: u64) -> usize {
    // Or-ing the lowest wide value in makes the first two powers of two exact without a branch.
    let shift = 63 - bits - (value | (1 << bits)).leading_zeros();
    ((shift as usize) << bits) + (value >> shift) as usize
}

/// The lowest value of a bucket, and how many values it holds.
#[inline]
pub(super) const fn bucket_span(bits: u32, index: usize) -> (u64, u64) {
    let octave = (index >> bits) as u32;
    if octave < 2 {
        return (index as u64, 1);
    }
    let shift = octave - 1;
    let within = index as u64 & ((1 << bits) - 1);
    ((within | (1 << bits)) << shift, 1 << shift)
}

/// A recorder of values with 2^BITS buckets for each power of two, BITS from 1 to [`BITS_MAX`].
///
/// Memory is held for the range of powers of two that has occurred, four bytes a bucket, and kept
/// when it is drained.
#[derive(Debug, Clone)]
pub struct Histogram<const BITS: u32> {
    /// Counts of the buckets from `first` on.
    counts: Vec<u32>,
    first: usize,
    n: u64,
    min: u64,
    max: u64,
    sum: u128,
    /// Values of 0, which are counted apart: they are common and cost nothing this way.
    zeros: u64,
}

impl<const BITS: u32> Default for Histogram<BITS> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const BITS: u32> Histogram<BITS> {
    const PER_OCTAVE: usize = 1 << BITS;

    /// An empty recorder, which has allocated nothing yet.
    pub const fn new() -> Self {
        const { assert!(BITS >= 1 && BITS <= BITS_MAX, "resolution out of range") };
        Self {
            counts: Vec::new(),
            first: 0,
            n: 0,
            min: u64::MAX,
            max: 0,
            sum: 0,
            zeros: 0,
        }
    }

    /// Counts a value. A bucket counts up to `u32::MAX` before it is drained; of more in one bucket
    /// all is still exact, of more in several at once their shares among each other are lost.
    #[inline]
    pub fn record(&mut self, value: u64) {
        let value = value.min(VALUE_MAX);
        self.n += 1;
        self.sum += u128::from(value);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        let index = bucket_of(BITS, value);
        match self.counts.get_mut(index.wrapping_sub(self.first)) {
            Some(count) => *count = count.saturating_add(1),
            None => self.record_outside(index),
        }
    }

    /// Counts a value of 0, as `record(0)` would, in one addition.
    #[inline]
    pub fn record_zero(&mut self) {
        self.zeros += 1;
    }

    /// Extends the range by whole powers of two, then counts.
    #[cold]
    #[inline(never)]
    fn record_outside(&mut self, index: usize) {
        let octave_start = index & !(Self::PER_OCTAVE - 1);
        if self.counts.is_empty() {
            self.first = octave_start;
        } else if octave_start < self.first {
            let missing = self.first - octave_start;
            self.counts.splice(0..0, std::iter::repeat_n(0, missing));
            self.first = octave_start;
        }
        let needed = octave_start + Self::PER_OCTAVE - self.first;
        if needed > self.counts.len() {
            self.counts.reserve_exact(needed - self.counts.len());
            self.counts.resize(needed, 0);
        }
        self.counts[index - self.first] = 1;
    }

    /// How many values were recorded since it was drained.
    #[inline]
    pub const fn len(&self) -> u64 {
        self.n + self.zeros
    }

    /// Whether nothing was recorded since it was drained.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The sum of the values.
    #[inline]
    pub const fn sum(&self) -> u128 {
        self.sum
    }

    /// The highest value; 0 if there is none.
    #[inline]
    pub const fn max(&self) -> u64 {
        self.max
    }

    /// What was recorded, without clearing it.
    pub fn snapshot(&self) -> Sparse {
        let buckets = self.used().map(|at| (self.first + at, self.counts[at]));
        let mut others = Sparse::default();
        if self.n > 0 {
            others = Sparse {
                bits: BITS,
                buckets: sparse::packed(buckets, self.n),
                n: self.n,
                min: self.min,
                max: self.max,
                sum: self.sum,
            };
        }
        others.merge(&Sparse::of_zeros(BITS, self.zeros));
        others
    }

    /// What was recorded; afterwards the recorder is empty.
    pub fn drain(&mut self) -> Sparse {
        let drained = self.snapshot();
        self.clear();
        drained
    }

    /// Forgets what was recorded.
    pub fn clear(&mut self) {
        let used = self.used();
        self.counts[used].fill(0);
        let (counts, first) = (std::mem::take(&mut self.counts), self.first);
        *self = Self {
            counts,
            first,
            ..Self::new()
        };
    }

    /// The places of the counts between the lowest and the highest value: all others are 0.
    fn used(&self) -> std::ops::Range<usize> {
        if self.n == 0 {
            return 0..0;
        }
        bucket_of(BITS, self.min) - self.first..bucket_of(BITS, self.max) - self.first + 1
    }
}
