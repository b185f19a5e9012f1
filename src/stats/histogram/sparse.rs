//! What a histogram holds, compacted: for merging, for reading quantiles, for keeping.

use super::{BITS_MAX, bucket_of, bucket_span};
use serde::{Deserialize, Serialize};

/// A count takes 48 bits of a packed bucket, its number 16.
const COUNT_BITS: u32 = 48;
const COUNT_MAX: u64 = (1 << COUNT_BITS) - 1;

/// One bucket that is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Its lowest value.
    pub low: u64,
    /// Its highest value.
    pub high: u64,
    /// How many values are in it.
    pub count: u64,
}

/// A set of recorded values, eight bytes for each bucket that is not empty.
///
/// Merging is exact and does not depend on order. Two sets of different resolution merge into one
/// of the coarser. All empty sets are equal and are the default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "super::codec::Plain", into = "super::codec::Plain")]
pub struct Sparse {
    pub(super) bits: u32,
    /// Number of the bucket, then its count; in rising order.
    pub(super) buckets: Vec<u64>,
    pub(super) n: u64,
    pub(super) min: u64,
    pub(super) max: u64,
    pub(super) sum: u128,
    pub(super) sum_sq: u128,
}

pub(super) const fn pack(index: usize, count: u64) -> u64 {
    let count = if count > COUNT_MAX { COUNT_MAX } else { count };
    (index as u64) << COUNT_BITS | count
}

pub(super) const fn unpack(bucket: u64) -> (usize, u64) {
    ((bucket >> COUNT_BITS) as usize, bucket & COUNT_MAX)
}

/// The counts that are not 0. What is missing to `n` was counted by a bucket that was full.
pub(super) fn packed(counts: impl Iterator<Item = (usize, u32)>, n: u64) -> Vec<u64> {
    let mut counted = 0;
    let mut full = None;
    let mut buckets: Vec<u64> = Vec::new();
    for (index, count) in counts.filter(|&(_, count)| count > 0) {
        counted += u64::from(count);
        if count == u32::MAX {
            full = full.or(Some(buckets.len()));
        }
        buckets.push(pack(index, u64::from(count)));
    }
    if let Some(at) = full {
        let (index, count) = unpack(buckets[at]);
        buckets[at] = pack(index, count + (n - counted));
    }
    buckets.shrink_to_fit();
    buckets
}

impl Sparse {
    /// The set of these values, with 2^bits buckets for each power of two; `bits` is brought into 1
    /// to [`BITS_MAX`].
    pub fn of_values(bits: u32, values: &[u64]) -> Self {
        let bits = bits.clamp(1, BITS_MAX);
        let mut values: Vec<u64> = values
            .iter()
            .map(|&value| value.min(super::VALUE_MAX))
            .collect();
        values.sort_unstable();
        let (Some(&min), Some(&max)) = (values.first(), values.last()) else {
            return Self::default();
        };
        let wide = || values.iter().map(|&value| u128::from(value));
        let buckets = values
            .chunk_by(|&a, &b| bucket_of(bits, a) == bucket_of(bits, b))
            .map(|run| pack(bucket_of(bits, run[0]), run.len() as u64))
            .collect();
        Self {
            bits,
            buckets,
            n: values.len() as u64,
            min,
            max,
            sum: wide().sum(),
            sum_sq: wide().fold(0, |sum, value| sum.saturating_add(value * value)),
        }
    }

    /// The logarithm of the number of buckets in each power of two; 0 of an empty set.
    pub const fn bits(&self) -> u32 {
        self.bits
    }

    /// How many values.
    pub const fn len(&self) -> u64 {
        self.n
    }

    /// Whether there are no values.
    pub const fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The exact sum.
    pub const fn sum(&self) -> u128 {
        self.sum
    }

    /// The exact sum of squares.
    pub const fn sum_sq(&self) -> u128 {
        self.sum_sq
    }

    /// The lowest value, exactly; 0 if there is none.
    pub const fn min(&self) -> u64 {
        self.min
    }

    /// The highest value, exactly; 0 if there is none.
    pub const fn max(&self) -> u64 {
        self.max
    }

    /// The mean; 0 if there are no values.
    pub fn mean(&self) -> f64 {
        if self.n == 0 {
            0.0
        } else {
            self.sum as f64 / self.n as f64
        }
    }

    /// The variance of the sample (divided by n - 1); 0 if there are fewer than two values.
    pub fn variance(&self) -> f64 {
        if self.n < 2 {
            return 0.0;
        }
        // n · sum_sq - sum², exactly where it fits, so that nothing cancels.
        let n = u128::from(self.n);
        let exact = n
            .checked_mul(self.sum_sq)
            .zip(self.sum.checked_mul(self.sum));
        let spread = if let Some((squares, square)) = exact {
            squares.saturating_sub(square) as f64
        } else {
            let (n, sum) = (self.n as f64, self.sum as f64);
            (n * self.sum_sq as f64 - sum * sum).max(0.0)
        };
        spread / self.n as f64 / (self.n - 1) as f64
    }

    /// The buckets that are not empty, in rising order.
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> + '_ {
        self.buckets.iter().map(|&bucket| {
            let (index, count) = unpack(bucket);
            let (low, width) = bucket_span(self.bits, index);
            // The extremes are known exactly, and tighten the outer buckets.
            Bucket {
                low: low.max(self.min),
                high: (low + (width - 1)).min(self.max),
                count,
            }
        })
    }

    /// Adds the values of another set.
    pub fn merge(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        if self.n == 0 {
            self.clone_from(other);
            return;
        }
        let bits = self.bits.min(other.bits);
        self.buckets = merged(&self.coarsened(bits), &other.coarsened(bits));
        self.bits = bits;
        self.n = self.n.saturating_add(other.n);
        self.sum = self.sum.saturating_add(other.sum);
        self.sum_sq = self.sum_sq.saturating_add(other.sum_sq);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// What was recorded after an earlier look at the same recorder; buckets, number and sums are
    /// exact, the extremes are those of the outer buckets.
    #[must_use]
    pub fn minus(&self, earlier: &Self) -> Self {
        if earlier.n == 0 || self.n <= earlier.n || self.bits != earlier.bits {
            return if self.n <= earlier.n {
                Self::default()
            } else {
                self.clone()
            };
        }
        let mut before = earlier.buckets.iter().copied().map(unpack).peekable();
        let mut buckets = Vec::new();
        for (index, count) in self.buckets.iter().copied().map(unpack) {
            while before.next_if(|&(known, _)| known < index).is_some() {}
            let known = before.next_if(|&(known, _)| known == index);
            let left = count.saturating_sub(known.map_or(0, |(_, count)| count));
            if left > 0 {
                buckets.push(pack(index, left));
            }
        }
        let (Some(&first), Some(&last)) = (buckets.first(), buckets.last()) else {
            return Self::default();
        };
        let (low, _) = bucket_span(self.bits, unpack(first).0);
        let (high, width) = bucket_span(self.bits, unpack(last).0);
        Self {
            bits: self.bits,
            buckets,
            n: self.n - earlier.n,
            min: low.max(self.min),
            max: (high + (width - 1)).min(self.max),
            sum: self.sum.saturating_sub(earlier.sum),
            sum_sq: self.sum_sq.saturating_sub(earlier.sum_sq),
        }
    }

    /// The buckets at a resolution that is no finer.
    fn coarsened(&self, bits: u32) -> std::borrow::Cow<'_, [u64]> {
        if bits == self.bits {
            return std::borrow::Cow::Borrowed(&self.buckets);
        }
        let mut coarse: Vec<u64> = Vec::with_capacity(self.buckets.len());
        for &bucket in &self.buckets {
            let (index, count) = unpack(bucket);
            let index = bucket_of(bits, bucket_span(self.bits, index).0);
            match coarse.last_mut() {
                Some(last) if unpack(*last).0 == index => {
                    *last = pack(index, unpack(*last).1 + count);
                }
                _ => coarse.push(pack(index, count)),
            }
        }
        std::borrow::Cow::Owned(coarse)
    }

    /// The value below which a share `p` of the values lies, interpolated inside a bucket and never
    /// outside the exact extremes; `p` is brought into 0 to 1. Nothing if there are no values.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        if self.n == 0 {
            return None;
        }
        let wanted = p.clamp(0.0, 1.0) * self.n as f64;
        let mut below = 0.0;
        for bucket in self.buckets() {
            let count = bucket.count as f64;
            if below + count >= wanted && wanted > 0.0 {
                let (low, high) = (bucket.low as f64, bucket.high as f64);
                return Some(low + (high - low) * ((wanted - below) / count));
            }
            below += count;
        }
        Some(if wanted > 0.0 {
            self.max as f64
        } else {
            self.min as f64
        })
    }

    /// How many values are at most `x`, interpolated inside a bucket: the inverse of
    /// [`Self::quantile`].
    pub fn count_at_or_below(&self, x: f64) -> f64 {
        let mut below = 0.0;
        for bucket in self.buckets() {
            let (low, high, count) = (bucket.low as f64, bucket.high as f64, bucket.count as f64);
            if x < low {
                break;
            }
            if x < high {
                return below + count * ((x - low) / (high - low));
            }
            below += count;
        }
        below
    }
}

/// Two rising lists of buckets as one.
fn merged(left: &[u64], right: &[u64]) -> Vec<u64> {
    let mut result = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (
        left.iter().copied().peekable(),
        right.iter().copied().peekable(),
    );
    while let (Some(&a), Some(&b)) = (left.peek(), right.peek()) {
        let ((a_index, a_count), (b_index, b_count)) = (unpack(a), unpack(b));
        if a_index <= b_index {
            left.next();
        }
        if b_index <= a_index {
            right.next();
        }
        result.push(match a_index.cmp(&b_index) {
            std::cmp::Ordering::Less => a,
            std::cmp::Ordering::Greater => b,
            std::cmp::Ordering::Equal => pack(a_index, a_count + b_count),
        });
    }
    result.extend(left);
    result.extend(right);
    result.shrink_to_fit();
    result
}
