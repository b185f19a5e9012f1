//! The buckets of a set that are not empty, one after the other in one or two bytes each mostly: a
//! run keeps thousands of such sets.
//!
//! A bucket is the difference of its count from that of the bucket before it, since neighbours are
//! alike: `2 d` if it is d higher, `2 d - 1` if it is d lower. That is doubled, plus 1 if it does not
//! follow that bucket at once; then comes the number of buckets that were left out between the two.
//! Numbers have seven bits a byte, lowest first; the top bit says that more follow.

/// The highest count that a bucket shows.
pub(super) const COUNT_MAX: u64 = (1 << 48) - 1;

/// Numbers and counts of buckets, in rising order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Buckets {
    bytes: Box<[u8]>,
}

impl Buckets {
    /// The buckets: number and count.
    pub(super) fn iter(&self) -> Iter<'_> {
        Iter {
            rest: &self.bytes,
            next: 0,
            count: 0,
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.iter().count()
    }
}

impl FromIterator<(usize, u64)> for Buckets {
    /// Numbers must rise. Of a higher count than [`COUNT_MAX`] that much is kept.
    fn from_iter<I: IntoIterator<Item = (usize, u64)>>(buckets: I) -> Self {
        let mut bytes = Vec::new();
        let (mut next, mut before) = (0, 0);
        for (index, count) in buckets {
            let gap = (index - next) as u64;
            let count = count.min(COUNT_MAX) as i64;
            let change = count - before;
            let folded = (change << 1 ^ change >> 63) as u64;
            write(&mut bytes, folded << 1 | u64::from(gap > 0));
            if gap > 0 {
                write(&mut bytes, gap);
            }
            (next, before) = (index + 1, count);
        }
        Self {
            bytes: bytes.into_boxed_slice(),
        }
    }
}

/// Goes through packed buckets.
#[derive(Debug, Clone)]
pub(super) struct Iter<'a> {
    rest: &'a [u8],
    next: usize,
    count: i64,
}

impl Iterator for Iter<'_> {
    type Item = (usize, u64);

    #[inline]
    fn next(&mut self) -> Option<(usize, u64)> {
        let word = read(&mut self.rest)?;
        let mut index = self.next;
        if word & 1 != 0 {
            index += read(&mut self.rest)? as usize;
        }
        self.next = index + 1;
        let folded = (word >> 1) as i64;
        self.count += folded >> 1 ^ -(folded & 1);
        Some((index, self.count as u64))
    }
}

#[inline]
fn write(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

#[inline]
fn read(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    let mut shift = 0;
    loop {
        let (&byte, tail) = rest.split_first()?;
        *rest = tail;
        value |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let buckets = [
            (0, 1),
            (1, 63),
            (2, 64),
            (500, 1),
            (501, COUNT_MAX),
            (65_535, 9),
        ];
        let packed: Buckets = buckets.into_iter().collect();
        assert!(packed.iter().eq(buckets));
        assert_eq!(packed.len(), buckets.len());
        let alike: Buckets = (100..400).map(|i| (i, 1_000_000 + i as u64 % 7)).collect();
        assert_eq!(alike.bytes.len(), 3 + 1 + 300, "neighbours are alike");
        assert_eq!(Buckets::default().iter().next(), None);
    }
}
