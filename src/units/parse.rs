//! From text to quantities. Durations and sizes are read in integers, so that no digit is lost.

use std::str::FromStr;

use super::{Bandwidth, Bytes, Count, Money, Nanos, Rate, Ratio, UnitError};

/// A non-negative decimal: `digits` × 10^-`places`.
#[derive(Clone, Copy)]
struct Decimal {
    digits: u128,
    places: u32,
}

/// More digits than any quantity can need; longer texts are refused before they can overflow.
const DIGITS_MAX: usize = 24;

impl Decimal {
    /// This many times an integer unit, rounded to the nearest whole (halves up); `None` on overflow.
    fn times(self, unit: u64) -> Option<u128> {
        let product = self.digits.checked_mul(u128::from(unit))?;
        let scale = 10u128.checked_pow(self.places)?;
        Some((product + scale / 2) / scale)
    }

    /// The nearest float of this, divided by 10 so many times.
    fn shifted(self, places: u32) -> Option<f64> {
        format!("{}e-{}", self.digits, self.places + places)
            .parse()
            .ok()
    }
}

/// Splits a number off the front of a text: its value as decimal and as float, and what follows.
fn number(text: &str) -> Option<(Decimal, f64, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_')
        .unwrap_or(text.len());
    let (written, rest) = text.split_at(end);
    let plain: String = written.chars().filter(|c| *c != '_').collect();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || digits.len() > DIGITS_MAX || fraction.contains('.') {
        return None;
    }
    let decimal = Decimal {
        digits: digits.parse().ok()?,
        places: fraction.len() as u32,
    };
    let value = format!("{}.{fraction}0", if whole.is_empty() { "0" } else { whole });
    Some((decimal, value.parse().ok()?, rest))
}

/// The sentence about a text that could not be read.
fn unlike(text: &str, wanted: &str, example: &str) -> UnitError {
    let trimmed = text.trim();
    if trimmed.starts_with('-') {
        return UnitError(format!(
            "{wanted} cannot be negative; write it like {example}"
        ));
    }
    let shown: String = trimmed.chars().take(40).collect();
    UnitError(format!(
        "`{shown}` is not {wanted}; write it like {example}"
    ))
}

/// The sentence about a quantity above its limit.
fn above(wanted: &str, limit: &str) -> UnitError {
    UnitError(format!("{wanted} can be at most {limit}"))
}

impl FromStr for Nanos {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Nanos, UnitError> {
        const WANTED: &str = "a duration";
        const EXAMPLE: &str = "\"250ms\", \"1.5s\" or \"1m30s\"";
        let wrong = || unlike(text, WANTED, EXAMPLE);
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(wrong());
        }
        if rest.bytes().all(|byte| byte == b'0') {
            return Ok(Nanos(0));
        }
        let mut total: u128 = 0;
        let mut smaller_than = u64::MAX;
        while !rest.is_empty() {
            let (decimal, _, after) = number(rest).ok_or_else(wrong)?;
            let after = after.trim_start();
            let end = after
                .find(|c: char| !c.is_alphabetic())
                .unwrap_or(after.len());
            let (unit, following) = after.split_at(end);
            let scale = match unit {
                "ns" => 1,
                "us" | "µs" | "μs" => 1_000,
                "ms" => 1_000_000,
                "s" => 1_000_000_000,
                "m" | "min" => 60_000_000_000,
                "h" => 3_600_000_000_000,
                "d" => 86_400_000_000_000,
                _ => return Err(wrong()),
            };
            // Parts descend ("1m30s"), so that a slip such as "1s2s" is not read as 3 s.
            if scale >= smaller_than {
                return Err(wrong());
            }
            smaller_than = scale;
            total = decimal
                .times(scale)
                .and_then(|ns| total.checked_add(ns))
                .ok_or_else(wrong)?;
            rest = following.trim_start();
        }
        match u64::try_from(total) {
            Ok(ns) if ns <= Nanos::MAX.0 => Ok(Nanos(ns)),
            _ => Err(above(WANTED, "365d")),
        }
    }
}

/// The factor of a decimal prefix, and what follows it.
fn prefix(text: &str) -> (f64, &str) {
    for (letter, factor) in [("k", 1e3), ("K", 1e3), ("M", 1e6), ("G", 1e9)] {
        if let Some(rest) = text.strip_prefix(letter) {
            return (factor, rest);
        }
    }
    (1.0, text)
}

impl FromStr for Rate {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Rate, UnitError> {
        const WANTED: &str = "a rate";
        let wrong = || unlike(text, WANTED, "\"120/s\", \"20k/s\" or \"300/m\"");
        let (_, value, rest) = number(text.trim()).ok_or_else(wrong)?;
        let (factor, rest) = prefix(rest.trim_start());
        let unit = rest.trim_start().strip_prefix('/').ok_or_else(wrong)?;
        let seconds = match unit.trim() {
            "s" | "sec" | "second" => 1.0,
            "m" | "min" | "minute" => 60.0,
            "h" | "hour" => 3600.0,
            "d" | "day" => 86_400.0,
            _ => return Err(wrong()),
        };
        let rate = value * factor / seconds;
        if rate > Rate::MAX.0 {
            return Err(above(WANTED, "1G/s (1,000,000,000 a second)"));
        }
        Ok(Rate(rate))
    }
}

impl FromStr for Ratio {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Ratio, UnitError> {
        const WANTED: &str = "a share";
        let wrong = || unlike(text, WANTED, "\"99.9%\" or 0.999");
        let (decimal, value, rest) = number(text.trim()).ok_or_else(wrong)?;
        let share = match rest.trim() {
            // Shifting the point keeps 99.9% the float 0.999; dividing by 100 would not.
            "%" => decimal.shifted(2).ok_or_else(wrong)?,
            "" => value,
            _ => return Err(wrong()),
        };
        if share > 1.0 {
            return Err(above(WANTED, "100%"));
        }
        Ok(Ratio(share))
    }
}

/// Bytes in one unit of size.
fn size_unit(unit: &str) -> Option<u64> {
    Some(match unit {
        "B" => 1,
        "kB" | "KB" | "k" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        "KiB" | "kiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        _ => return None,
    })
}

impl FromStr for Bytes {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Bytes, UnitError> {
        const WANTED: &str = "a size";
        let wrong = || unlike(text, WANTED, "\"512B\", \"64KiB\" or \"2MB\"");
        let (decimal, _, rest) = number(text.trim()).ok_or_else(wrong)?;
        let unit = rest.trim();
        let scale = if unit.is_empty() {
            1
        } else {
            size_unit(unit).ok_or_else(wrong)?
        };
        match decimal
            .times(scale)
            .and_then(|bytes| u64::try_from(bytes).ok())
        {
            Some(bytes) if bytes <= Bytes::MAX.0 => Ok(Bytes(bytes)),
            _ => Err(above(WANTED, "1000TB")),
        }
    }
}

impl FromStr for Bandwidth {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Bandwidth, UnitError> {
        const WANTED: &str = "a bandwidth";
        let wrong = || unlike(text, WANTED, "\"1Gbit/s\" or \"100MB/s\"");
        let (_, value, rest) = number(text.trim()).ok_or_else(wrong)?;
        let unit = rest.trim().strip_suffix("/s").ok_or_else(wrong)?;
        let scale = match unit.strip_suffix("bit") {
            Some(bits) => {
                let (factor, rest) = prefix(bits);
                if !rest.is_empty() {
                    return Err(wrong());
                }
                factor / 8.0
            }
            None => size_unit(unit).ok_or_else(wrong)? as f64,
        };
        let bandwidth = value * scale;
        if bandwidth > Bandwidth::MAX.0 {
            return Err(above(WANTED, "100,000Gbit/s"));
        }
        // Nothing would ever arrive over a wire without any bandwidth.
        if bandwidth <= 0.0 {
            return Err(UnitError(format!("{WANTED} must be above 0")));
        }
        Ok(Bandwidth(bandwidth))
    }
}

/// Hours in a month: a twelfth of 365 days, as cloud price lists count.
const HOURS_A_MONTH: f64 = 730.0;

impl FromStr for Money {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Money, UnitError> {
        const WANTED: &str = "a price";
        let wrong = || unlike(text, WANTED, "\"$0.12/h\" or \"$80/month\"");
        let amount = text.trim().strip_prefix('$').ok_or_else(wrong)?;
        let (_, value, rest) = number(amount.trim_start()).ok_or_else(wrong)?;
        let (factor, rest) = prefix(rest);
        let unit = rest.trim_start().strip_prefix('/').ok_or_else(wrong)?;
        let hours = match unit.trim() {
            "h" | "hour" => 1.0,
            "d" | "day" => 24.0,
            "month" | "mo" => HOURS_A_MONTH,
            "year" | "y" => 12.0 * HOURS_A_MONTH,
            _ => return Err(wrong()),
        };
        let price = value * factor / hours;
        if price > Money::MAX.0 {
            return Err(above(WANTED, "$1M/h"));
        }
        Ok(Money(price))
    }
}

impl FromStr for Count {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Count, UnitError> {
        const WANTED: &str = "a number";
        let wrong = || unlike(text, WANTED, "50_000, \"50k\" or \"1.5M\"");
        let (_, value, rest) = number(text.trim()).ok_or_else(wrong)?;
        let (factor, rest) = prefix(rest.trim_start());
        if !rest.is_empty() {
            return Err(wrong());
        }
        let count = value * factor;
        if count > Count::MAX.0 {
            return Err(above(WANTED, "1,000,000,000,000,000"));
        }
        Ok(Count(count))
    }
}
