//! What a histogram holds, compacted: for merging, for reading quantiles, for keeping.

use super::packed::{Buckets, Iter};
use super::{BITS_MAX, bucket_of, bucket_span};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::iter::Peekable;

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

/// A set of recorded values, one or two bytes for each bucket that is not empty.
///
/// Merging is exact and does not depend on order. Two sets of different resolution merge into one
/// of the coarser. All empty sets are equal and are the default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "super::codec::Plain", into = "super::codec::Plain")]
pub struct Sparse {
    pub(super) bits: u32,
    pub(super) buckets: Buckets,
    pub(super) n: u64,
    pub(super) min: u64,
    pub(super) max: u64,
    pub(super) sum: u128,
}

/// The counts that are not 0. What is missing to `n` was counted by a bucket that was full.
pub(super) fn packed(counts: impl Iterator<Item = (usize, u32)> + Clone, n: u64) -> Buckets {
    let counts = counts
        .filter(|&(_, count)| count > 0)
        .map(|(index, count)| (index, u64::from(count)));
    let full = |&(_, count): &(usize, u64)| count == u64::from(u32::MAX);
    let Some((first_full, _)) = counts.clone().find(full) else {
        return counts.collect();
    };
    let counted: u64 = counts.clone().map(|(_, count)| count).sum();
    counts
        .map(|(index, count)| {
            let missing = if index == first_full { n - counted } else { 0 };
            (index, count + missing)
        })
        .collect()
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
            .map(|run| (bucket_of(bits, run[0]), run.len() as u64))
            .collect();
        Self {
            bits,
            buckets,
            n: values.len() as u64,
            min,
            max,
            sum: wide().sum(),
        }
    }

    /// So many values of 0.
    pub(super) fn of_zeros(bits: u32, n: u64) -> Self {
        if n == 0 {
            return Self::default();
        }
        Self {
            bits,
            buckets: [(0, n)].into_iter().collect(),
            n,
            ..Self::default()
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

    /// The buckets that are not empty, in rising order.
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> + '_ {
        self.buckets.iter().map(|(index, count)| {
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
        self.buckets = merged(
            self.coarsened(bits).iter().peekable(),
            other.coarsened(bits).iter().peekable(),
        )
        .collect();
        self.bits = bits;
        self.n = self.n.saturating_add(other.n);
        self.sum = self.sum.saturating_add(other.sum);
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
        let mut before = earlier.buckets.iter().peekable();
        let buckets: Buckets = self
            .buckets
            .iter()
            .filter_map(|(index, count)| {
                while before.next_if(|&(known, _)| known < index).is_some() {}
                let known = before.next_if(|&(known, _)| known == index);
                let left = count.saturating_sub(known.map_or(0, |(_, count)| count));
                (left > 0).then_some((index, left))
            })
            .collect();
        let (Some((first, _)), Some((last, _))) = (buckets.iter().next(), buckets.iter().last())
        else {
            return Self::default();
        };
        let (low, _) = bucket_span(self.bits, first);
        let (high, width) = bucket_span(self.bits, last);
        Self {
            bits: self.bits,
            buckets,
            n: self.n - earlier.n,
            min: low.max(self.min),
            max: (high + (width - 1)).min(self.max),
            sum: self.sum.saturating_sub(earlier.sum),
        }
    }

    /// The buckets at a resolution that is no finer.
    fn coarsened(&self, bits: u32) -> Cow<'_, Buckets> {
        if bits == self.bits {
            return Cow::Borrowed(&self.buckets);
        }
        let mut fine = self
            .buckets
            .iter()
            .map(|(index, count)| (bucket_of(bits, bucket_span(self.bits, index).0), count))
            .peekable();
        let coarse = std::iter::from_fn(|| {
            let (index, mut sum) = fine.next()?;
            while let Some((_, count)) = fine.next_if(|&(next, _)| next == index) {
                sum += count;
            }
            Some((index, sum))
        });
        Cow::Owned(coarse.collect())
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
fn merged<'a>(
    mut left: Peekable<Iter<'a>>,
    mut right: Peekable<Iter<'a>>,
) -> impl Iterator<Item = (usize, u64)> {
    std::iter::from_fn(move || {
        let (Some(&(a, a_count)), Some(&(b, b_count))) = (left.peek(), right.peek()) else {
            return left.next().or_else(|| right.next());
        };
        if a <= b {
            left.next();
        }
        if b <= a {
            right.next();
        }
        Some(match a.cmp(&b) {
            Ordering::Less => (a, a_count),
            Ordering::Greater => (b, b_count),
            Ordering::Equal => (a, a_count + b_count),
        })
    })
}
