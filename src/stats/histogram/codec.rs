//! A set of values as bytes: variable-length integers, differences instead of numbers. What is read
//! is checked, so that bytes from outside can neither panic nor contradict themselves.

use super::packed::{Buckets, COUNT_MAX};
use super::sparse::Sparse;
use super::{BITS_MAX, VALUE_MAX, bucket_of};
use serde::{Deserialize, Serialize};

/// The first byte: the version of the encoding.
const VERSION: u8 = 1;

/// Why bytes are not a set of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeError {
    /// They end too early, or go on after the end.
    Length,
    /// They were written by a version that is not known.
    Version(u8),
    /// A number is too long.
    Number,
    /// Counts, extremes and sums contradict each other.
    Inconsistent,
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Length => f.write_str("the histogram ends too early or goes on after its end"),
            Self::Version(version) => write!(f, "histogram encoding {version} is not known"),
            Self::Number => f.write_str("a number in the histogram is too long"),
            Self::Inconsistent => f.write_str("the figures in the histogram contradict each other"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// The form that is read and written by serde: pairs of bucket number and count.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Sparse", deny_unknown_fields)]
pub(super) struct Plain {
    bits: u32,
    n: u64,
    min: u64,
    max: u64,
    /// Sums have 128 bits, which not every format has: upper and lower half.
    sum: (u64, u64),
    buckets: Vec<(u16, u64)>,
}

const fn halves(value: u128) -> (u64, u64) {
    ((value >> 64) as u64, value as u64)
}

const fn whole((upper, lower): (u64, u64)) -> u128 {
    (upper as u128) << 64 | lower as u128
}

impl From<Sparse> for Plain {
    fn from(set: Sparse) -> Self {
        let buckets = set.buckets.iter();
        let buckets = buckets.map(|(index, count)| (index as u16, count));
        Self {
            bits: set.bits,
            n: set.n,
            min: set.min,
            max: set.max,
            sum: halves(set.sum),
            buckets: buckets.collect(),
        }
    }
}

impl TryFrom<Plain> for Sparse {
    type Error = DecodeError;

    fn try_from(plain: Plain) -> Result<Self, DecodeError> {
        let rising = plain.buckets.is_sorted_by(|a, b| a.0 < b.0);
        if !rising || plain.buckets.iter().any(|bucket| bucket.1 > COUNT_MAX) {
            return Err(DecodeError::Inconsistent);
        }
        let buckets = plain.buckets.iter();
        Self {
            bits: plain.bits,
            buckets: buckets
                .map(|&(index, count)| (usize::from(index), count))
                .collect(),
            n: plain.n,
            min: plain.min,
            max: plain.max,
            sum: whole(plain.sum),
        }
        .checked()
    }
}

impl Sparse {
    /// Compact bytes, about three for each bucket that is not empty.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        write_number(&mut bytes, u128::from(self.bits));
        write_number(&mut bytes, u128::from(self.n));
        write_number(&mut bytes, u128::from(self.min));
        write_number(&mut bytes, u128::from(self.max));
        write_number(&mut bytes, self.sum);
        write_number(&mut bytes, self.buckets.len() as u128);
        let mut next = 0;
        for (index, count) in self.buckets.iter() {
            write_number(&mut bytes, (index - next) as u128);
            write_number(&mut bytes, u128::from(count));
            next = index + 1;
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// If the bytes are cut, from another version, or their figures contradict each other.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (&version, mut rest) = bytes.split_first().ok_or(DecodeError::Length)?;
        if version != VERSION {
            return Err(DecodeError::Version(version));
        }
        let bits = read_u64(&mut rest)?;
        let (n, min, max) = (
            read_u64(&mut rest)?,
            read_u64(&mut rest)?,
            read_u64(&mut rest)?,
        );
        let sum = read_number(&mut rest)?;
        let len = read_u64(&mut rest)?;
        // A bucket takes two bytes at least: this bounds what is allocated.
        if len > rest.len() as u64 / 2 {
            return Err(DecodeError::Length);
        }
        let mut buckets = Vec::with_capacity(len as usize);
        let mut next = 0_u64;
        for _ in 0..len {
            let index = next.saturating_add(read_u64(&mut rest)?);
            let count = read_u64(&mut rest)?;
            let number = u16::try_from(index).map_err(|_| DecodeError::Number)?;
            if count > COUNT_MAX {
                return Err(DecodeError::Number);
            }
            buckets.push((usize::from(number), count));
            next = index + 1;
        }
        if !rest.is_empty() {
            return Err(DecodeError::Length);
        }
        let bits = u32::try_from(bits).map_err(|_| DecodeError::Inconsistent)?;
        Self {
            bits,
            buckets: buckets.into_iter().collect::<Buckets>(),
            n,
            min,
            max,
            sum,
        }
        .checked()
    }

    /// The set itself, if its figures can all be true.
    fn checked(self) -> Result<Self, DecodeError> {
        if self.n == 0 {
            let empty = Self::default();
            return if self == empty {
                Ok(empty)
            } else {
                Err(DecodeError::Inconsistent)
            };
        }
        let (Some((first, _)), Some((last, _))) =
            (self.buckets.iter().next(), self.buckets.iter().last())
        else {
            return Err(DecodeError::Inconsistent);
        };
        let counts = self.buckets.iter().map(|(_, count)| u128::from(count));
        let n = u128::from(self.n);
        let (min, max) = (u128::from(self.min), u128::from(self.max));
        let consistent = (1..=BITS_MAX).contains(&self.bits)
            && self.min <= self.max
            && self.max <= VALUE_MAX
            && self.buckets.iter().all(|(_, count)| count > 0)
            && counts.sum::<u128>() == n
            && first == bucket_of(self.bits, self.min)
            && last == bucket_of(self.bits, self.max)
            && (n * min..=n * max).contains(&self.sum);
        if consistent {
            Ok(self)
        } else {
            Err(DecodeError::Inconsistent)
        }
    }
}

/// Seven bits a byte, lowest first; the top bit says that more follow.
fn write_number(bytes: &mut Vec<u8>, mut value: u128) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn read_number(rest: &mut &[u8]) -> Result<u128, DecodeError> {
    let mut value = 0_u128;
    let mut shift = 0;
    loop {
        let (&byte, tail) = rest.split_first().ok_or(DecodeError::Length)?;
        *rest = tail;
        let part = u128::from(byte & 0x7F);
        if shift >= 128 || (part << shift) >> shift != part {
            return Err(DecodeError::Number);
        }
        value |= part << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
        shift += 7;
    }
}

fn read_u64(rest: &mut &[u8]) -> Result<u64, DecodeError> {
    u64::try_from(read_number(rest)?).map_err(|_| DecodeError::Number)
}
