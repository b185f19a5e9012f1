//! From quantities to text, in the shortest form that reads back as the same value.

use std::fmt::{Display, Formatter, Result};
use std::str::FromStr;

use super::{Bandwidth, Bytes, Count, Money, Nanos, Rate, Ratio};

impl Display for Nanos {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        const WHOLE_ONLY: [(u64, &str); 3] = [
            (86_400_000_000_000, "d"),
            (3_600_000_000_000, "h"),
            (60_000_000_000, "m"),
        ];
        const DECIMAL: [(u64, &str); 4] = [
            (1_000_000_000, "s"),
            (1_000_000, "ms"),
            (1_000, "us"),
            (1, "ns"),
        ];
        if self.0 == 0 {
            return formatter.write_str("0s");
        }
        // 120 s is "2m", but 90 s stays "90s": nobody thinks in "1.5m".
        for (unit, name) in WHOLE_ONLY {
            if self.0.is_multiple_of(unit) {
                return write!(formatter, "{}{name}", self.0 / unit);
            }
        }
        let (unit, name) = DECIMAL
            .into_iter()
            .find(|(unit, _)| self.0 >= *unit)
            .expect("not 0, so at least 1 ns");
        let fraction = self.0 % unit;
        if fraction == 0 {
            return write!(formatter, "{}{name}", self.0 / unit);
        }
        let width = unit.ilog10() as usize;
        let digits = format!("{fraction:0width$}");
        write!(
            formatter,
            "{}.{}{name}",
            self.0 / unit,
            digits.trim_end_matches('0')
        )
    }
}

/// The first of some texts that reads back as the same value, else the last.
fn first_exact<T: FromStr + PartialEq>(value: &T, candidates: &[String]) -> String {
    let exact = candidates
        .iter()
        .find(|text| text.parse::<T>().is_ok_and(|read| read == *value));
    exact.or(candidates.last()).cloned().unwrap_or_default()
}

/// A number with a decimal prefix where that is shorter, each followed by a unit.
fn prefixed(value: f64, before: &str, unit: &str) -> Vec<String> {
    let mut candidates = Vec::new();
    for (factor, letter) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] {
        let scaled = value / factor;
        if scaled >= 1.0 {
            let text = format!("{before}{scaled}{letter}{unit}");
            if text.len() <= 8 {
                candidates.push(text);
            }
        }
    }
    candidates.push(format!("{before}{value}{unit}"));
    candidates
}

impl Display for Rate {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        formatter.write_str(&first_exact(self, &prefixed(self.0, "", "/s")))
    }
}

impl Display for Count {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        formatter.write_str(&first_exact(self, &prefixed(self.0, "", "")))
    }
}

impl Display for Money {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "${}/h", self.0)
    }
}

impl Display for Ratio {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        // 0.07 × 100 is not quite 7: rounding finds the percentage that was meant.
        let percent = self.0 * 100.0;
        let rounded = (percent * 1e9).round() / 1e9;
        let candidates = [
            format!("{rounded}%"),
            format!("{percent}%"),
            format!("{}", self.0),
        ];
        formatter.write_str(&first_exact(self, &candidates))
    }
}

/// Sizes in the order in which they are tried: the largest that divides the value.
const SIZES: [(u64, &str); 8] = [
    (1 << 40, "TiB"),
    (1_000_000_000_000, "TB"),
    (1 << 30, "GiB"),
    (1_000_000_000, "GB"),
    (1 << 20, "MiB"),
    (1_000_000, "MB"),
    (1 << 10, "KiB"),
    (1_000, "kB"),
];

impl Display for Bytes {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let whole = SIZES
            .into_iter()
            .find(|(unit, _)| self.0 > 0 && self.0.is_multiple_of(*unit));
        let (unit, name) = whole.unwrap_or((1, "B"));
        write!(formatter, "{}{name}", self.0 / unit)
    }
}

impl Display for Bandwidth {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let mut candidates = prefixed(self.0, "", "B/s");
        // Sizes know "kB", "MB" and "GB"; without a prefix the unit is plain bytes.
        candidates.push(format!("{}B/s", self.0));
        formatter.write_str(&first_exact(self, &candidates))
    }
}
