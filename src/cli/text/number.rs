//! Figures as people write them: three significant digits and the unit that fits.

use super::Look;

/// A scale of units, from the smallest: the size of each, and its name.
struct Scale {
    units: &'static [(f64, &'static str)],
}

const TIME: Scale = Scale {
    units: &[(1e-9, " ns"), (1e-6, " µs"), (1e-3, " ms"), (1.0, " s")],
};
const TIME_ASCII: Scale = Scale {
    units: &[(1e-9, " ns"), (1e-6, " us"), (1e-3, " ms"), (1.0, " s")],
};
const RATE: Scale = Scale {
    units: &[(1.0, "/s"), (1e3, "k/s"), (1e6, "M/s"), (1e9, "G/s")],
};
const BYTES: Scale = Scale {
    units: &[
        (1.0, " B"),
        (1e3, " kB"),
        (1e6, " MB"),
        (1e9, " GB"),
        (1e12, " TB"),
    ],
};
const COUNT: Scale = Scale {
    units: &[(1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T")],
};

impl Scale {
    /// The unit in which a value has one to three digits before the point, rounding included.
    fn unit(&self, value: f64) -> (f64, &'static str) {
        let value = value.abs();
        let fits = self.units.iter().find(|(size, _)| value / size < 999.5);
        let largest = self.units.last().expect("a scale has units");
        *fits.unwrap_or(largest)
    }

    fn write(&self, value: f64, look: Look) -> String {
        if !value.is_finite() {
            return look.none().to_owned();
        }
        let (size, name) = self.unit(value);
        format!("{}{name}", digits(value / size, decimals(value / size)))
    }

    /// Both ends of an interval in the unit and precision of the value that they belong to.
    fn write_interval(&self, [low, high]: [f64; 2], value: f64, look: Look) -> String {
        let (size, _) = self.unit(value);
        let places = decimals(value / size);
        let (low, high) = (digits(low / size, places), digits(high / size, places));
        format!("{low}{}{high}", look.to())
    }
}

/// Digits after the point that make three significant ones.
fn decimals(value: f64) -> usize {
    match value.abs() {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        _ => 2,
    }
}

/// A number with thousands separated. What rounds to nothing has no sign.
fn digits(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|byte| matches!(byte, b'0' | b'.')) => ("", rest),
        Some(rest) => ("-", rest),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", separated(whole))
}

/// Digits in groups of three.
fn separated(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn time_scale(look: Look) -> &'static Scale {
    if look.unicode { &TIME } else { &TIME_ASCII }
}

/// A time in seconds: `9.80 ms`, `1.21 s`, `0 s`.
pub(crate) fn time(seconds: f64, look: Look) -> String {
    if seconds.abs() < 0.5e-9 {
        return "0 s".to_owned();
    }
    if seconds.abs() >= 999.5 {
        return duration(seconds, look);
    }
    time_scale(look).write(seconds, look)
}

/// The interval of a time, in the unit of the time itself: `9.60–10.0`.
pub(crate) fn time_interval(interval: [f64; 2], seconds: f64, look: Look) -> String {
    time_scale(look).write_interval(interval, seconds, look)
}

/// A length of simulated time as a person would say it: `10 min`, `1 h 30 min`, `250 ms`.
pub(crate) fn duration(seconds: f64, look: Look) -> String {
    if !seconds.is_finite() {
        return look.none().to_owned();
    }
    if seconds < 59.995 {
        return trim(&time_scale(look).write(seconds, look));
    }
    let whole = seconds.round() as u64;
    let parts = [
        (whole / 86_400, "d"),
        (whole / 3600 % 24, "h"),
        (whole / 60 % 60, "min"),
        (whole % 60, "s"),
    ];
    let first = parts.iter().position(|(count, _)| *count > 0).unwrap_or(3);
    let said = parts[first..]
        .iter()
        .take(2)
        .filter(|(count, _)| *count > 0);
    said.map(|(count, unit)| format!("{count} {unit}"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Without the zeros at the end of a fraction: `1.50 s` is `1.5 s`.
fn trim(text: &str) -> String {
    match text.split_once(' ') {
        Some((number, unit)) if number.contains('.') => {
            format!(
                "{} {unit}",
                number.trim_end_matches('0').trim_end_matches('.')
            )
        }
        _ => text.to_owned(),
    }
}

/// A moment of simulated time: `5:30`, `1:02:03`, `0:00.25`.
pub(crate) fn moment(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "?".to_owned();
    }
    let hundredths = (seconds * 100.0).round() as u64;
    let (whole, fraction) = (hundredths / 100, hundredths % 100);
    let fraction = match fraction {
        0 => String::new(),
        _ => format!(".{fraction:02}").trim_end_matches('0').to_owned(),
    };
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}{fraction}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}{fraction}"),
    }
}

/// Events per second: `120/s`, `3.40k/s`.
pub(crate) fn rate(per_second: f64, look: Look) -> String {
    if per_second == 0.0 {
        return "0/s".to_owned();
    }
    RATE.write(per_second, look)
}

/// The interval of a rate, in the unit of the rate itself.
pub(crate) fn rate_interval(interval: [f64; 2], per_second: f64, look: Look) -> String {
    RATE.write_interval(interval, per_second, look)
}

/// A number of things: every digit up to a million, then `12.4M`.
pub(crate) fn count(number: u64, look: Look) -> String {
    if number < 1_000_000 {
        separated(&number.to_string())
    } else {
        COUNT.write(number as f64, look)
    }
}

/// A mean number of things: `0.31`, `12.4`, `1.20k`.
pub(crate) fn mean(number: f64, look: Look) -> String {
    if number.abs() < 0.005 {
        return if number == 0.0 {
            "0".to_owned()
        } else {
            "<0.01".to_owned()
        };
    }
    COUNT.write(number, look)
}

/// A share from 0 to 1 in percent: `0%`, `<0.01%`, `0.93%`, `58.0%`, `100%`.
pub(crate) fn share(share: f64, look: Look) -> String {
    if !share.is_finite() {
        return look.none().to_owned();
    }
    let percent = share * 100.0;
    let places = decimals(percent);
    match percent {
        _ if share == 0.0 => "0%".to_owned(),
        0.0..0.005 => "<0.01%".to_owned(),
        // Almost all is not all: 99.996% must not read 100%.
        99.95..100.0 => format!("{}%", (percent * 100.0).floor() / 100.0),
        _ => format!("{}%", digits(percent, places)),
    }
}

/// An amount of data: `1.90 GB`.
pub(crate) fn bytes(number: u64, look: Look) -> String {
    if number < 1000 {
        format!("{number} B")
    } else {
        BYTES.write(number as f64, look)
    }
}

/// Dollars: `$1.92`, `$0.0034`, `$12,345`.
pub(crate) fn dollars(amount: f64, look: Look) -> String {
    if !amount.is_finite() {
        return look.none().to_owned();
    }
    let places = match amount.abs() {
        size if size >= 1000.0 => 0,
        size if size >= 0.095 || size == 0.0 => 2,
        _ => 4,
    };
    format!("${}", digits(amount, places))
}

/// A plain number of unknown kind: `3`, `0.31`, `1,204`.
pub(crate) fn plain(number: f64, look: Look) -> String {
    if !number.is_finite() {
        return look.none().to_owned();
    }
    if number.fract() == 0.0 {
        digits(number, 0)
    } else {
        digits(number, decimals(number).max(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Look = Look::PLAIN;
    const ASCII: Look = Look {
        width: 80,
        color: false,
        unicode: false,
    };

    #[test]
    fn times_have_three_digits_and_the_unit_that_fits() {
        let told = [
            0.0,
            4e-10,
            3e-9,
            4.56e-7,
            0.000_999_6,
            0.0098,
            0.0999,
            0.2714,
            0.9996,
            1.21,
            59.96,
            612.0,
            999.4,
            1000.0,
            86_400.0,
            f64::NAN,
        ]
        .map(|seconds| time(seconds, LOOK));
        assert_eq!(
            told,
            [
                "0 s",
                "0 s",
                "3.00 ns",
                "456 ns",
                "1.00 ms",
                "9.80 ms",
                "99.9 ms",
                "271 ms",
                "1.00 s",
                "1.21 s",
                "60.0 s",
                "612 s",
                "999 s",
                "16 min 40 s",
                "1 d",
                "–"
            ]
        );
        assert_eq!(time(4.5e-6, ASCII), "4.50 us");
    }

    #[test]
    fn intervals_stand_in_the_unit_of_their_value() {
        assert_eq!(time_interval([0.0096, 0.01], 0.0098, LOOK), "9.60–10.00");
        assert_eq!(time_interval([0.95, 1.32], 1.0, ASCII), "0.95-1.32");
        assert_eq!(rate_interval([548.9, 550.7], 549.78, LOOK), "549–551");
        assert_eq!(rate_interval([990.0, 1100.0], 1040.0, LOOK), "0.99–1.10");
    }

    #[test]
    fn rates_counts_and_means_are_short() {
        assert_eq!(
            [0.0, 0.31, 119.8, 999.7, 3_400.0, 12_345_678.0].map(|r| rate(r, LOOK)),
            ["0/s", "0.31/s", "120/s", "1.00k/s", "3.40k/s", "12.3M/s"]
        );
        assert_eq!(
            [0, 999, 1_204, 999_999, 1_000_000, 12_431_877].map(|n| count(n, LOOK)),
            ["0", "999", "1,204", "999,999", "1.00M", "12.4M"]
        );
        assert_eq!(
            [0.0, 0.001, 0.31, 412.0, 1_204.0].map(|n| mean(n, LOOK)),
            ["0", "<0.01", "0.31", "412", "1.20k"]
        );
    }

    #[test]
    fn a_share_that_is_almost_all_or_nothing_does_not_read_so() {
        assert_eq!(
            [
                0.0,
                0.000_01,
                0.0021,
                0.58,
                0.99,
                0.999_96,
                1.0,
                1.4,
                f64::NAN
            ]
            .map(|s| share(s, LOOK)),
            [
                "0%", "<0.01%", "0.21%", "58.0%", "99.0%", "99.99%", "100%", "140%", "–"
            ]
        );
    }

    #[test]
    fn lengths_and_moments_are_told_as_people_do() {
        assert_eq!(
            [0.25, 1.5, 30.0, 60.0, 90.0, 600.0, 5400.0, 90_000.0].map(|s| duration(s, LOOK)),
            [
                "250 ms",
                "1.5 s",
                "30 s",
                "1 min",
                "1 min 30 s",
                "10 min",
                "1 h 30 min",
                "1 d 1 h"
            ]
        );
        assert_eq!(
            [0.0, 0.25, 330.0, 3723.5].map(moment),
            ["0:00", "0:00.25", "5:30", "1:02:03.5"]
        );
    }

    #[test]
    fn money_bytes_and_plain_numbers() {
        assert_eq!(
            [0.0, 0.0034, 1.92, 12_345.0].map(|d| dollars(d, LOOK)),
            ["$0.00", "$0.0034", "$1.92", "$12,345"]
        );
        assert_eq!(
            [999, 1_900_000_000].map(|b| bytes(b, LOOK)),
            ["999 B", "1.90 GB"]
        );
        assert_eq!(
            [3.0, 0.314, 1204.0, -0.0001].map(|n| plain(n, LOOK)),
            ["3", "0.31", "1,204", "0.00"]
        );
    }
}
