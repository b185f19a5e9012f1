//! Quantities as people write them: `"250ms"`, `"300/s"`, `"64KiB"`, `"99.9%"`, `"$0.12/h"`.
//!
//! Each type parses from text ([`std::str::FromStr`]) and prints itself in the same language, so
//! that what was printed can be read again as the same value. Every type states its limits; a
//! message about a bad text says what was expected, with an example.

mod parse;
mod print;

#[cfg(test)]
mod tests;

/// A moment or a length of simulated time, in whole nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Nanos(pub u64);

/// Events per second.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Rate(pub f64);

/// A share, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Ratio(pub f64);

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Bytes(pub u64);

/// Bytes per second.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Bandwidth(pub f64);

/// Dollars per hour.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Money(pub f64);

/// A plain count written with a suffix: `"50k"`, `"1.5M"`. Only a means of parsing; counts are kept as numbers.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Count(pub f64);

/// Why a text is not the quantity that was wanted: one sentence without a full stop, with an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitError(pub String);

impl std::fmt::Display for UnitError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for UnitError {}

impl Nanos {
    /// The longest time that a design may name: 365 days.
    pub const MAX: Nanos = Nanos(365 * 86_400 * 1_000_000_000);

    /// The time in seconds.
    pub fn as_secs(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// The nearest whole number of nanoseconds; what is negative or no number becomes 0.
    pub fn from_secs(seconds: f64) -> Nanos {
        Nanos((seconds * 1e9).round() as u64)
    }
}

impl Rate {
    /// The highest rate that a design may name: 1,000,000,000 a second.
    pub const MAX: Rate = Rate(1e9);
}

impl Bytes {
    /// The largest size that a design may name: 1,000 TB.
    pub const MAX: Bytes = Bytes(1_000_000_000_000_000);
}

impl Bandwidth {
    /// The highest bandwidth that a design may name: 100 Tbit/s, in bytes per second.
    pub const MAX: Bandwidth = Bandwidth(1.25e13);
}

impl Money {
    /// The highest price that a design may name, in dollars per hour.
    pub const MAX: Money = Money(1e6);
}

impl Count {
    /// The largest count that a design may name.
    pub const MAX: Count = Count(1e15);
}
