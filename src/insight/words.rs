//! Figures in sentences and tables: three digits, with their unit, the same everywhere.

/// A number rounded to three significant digits, with separators: `1,230,000`, `12.3`, `0.0123`.
pub fn number(value: f64) -> String {
    let Some(value) = rounded(value) else {
        return "unknown".to_owned();
    };
    // From 100 on there is no fraction left; below, as many digits as make three.
    let exponent = if value.abs() > 0.0 {
        exponent(value)
    } else {
        0
    };
    let decimals = (2 - exponent).clamp(0, 12) as usize;
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    separated(text)
}

/// A count, exactly, with separators: `12,345`.
pub fn count(value: u64) -> String {
    separated(&value.to_string())
}

/// A time given in seconds: `85 µs`, `12.3 ms`, `1.21 s`, `4 min 5 s`, `2 h 10 min`.
pub fn time(seconds: f64) -> String {
    let magnitude = seconds.abs();
    let scaled = |factor: f64, unit: &str| format!("{} {unit}", number(seconds * factor));
    if magnitude <= 0.0 {
        "0 s".to_owned()
    } else if magnitude < 0.999_5e-6 {
        scaled(1e9, "ns")
    } else if magnitude < 0.999_5e-3 {
        scaled(1e6, "µs")
    } else if magnitude < 0.999_5 {
        scaled(1e3, "ms")
    } else if magnitude < 119.5 || !magnitude.is_finite() {
        scaled(1.0, "s")
    } else if magnitude < 3_599.5 {
        parts(seconds, (60.0, "min"), (1.0, "s"))
    } else {
        parts(seconds, (3_600.0, "h"), (60.0, "min"))
    }
}

/// A rate: `1,230/s`.
pub fn rate(per_s: f64) -> String {
    format!("{}/s", number(per_s))
}

/// A share from 0 to 1: `81%`, `99.95%`, `0.02%`. It says 0% and 100% only of exactly these.
pub fn share(share: f64) -> String {
    if !share.is_finite() {
        return "unknown".to_owned();
    }
    let percent = share * 100.0;
    // Near either end what matters is the distance from it.
    let distance = percent.abs().min((100.0 - percent).abs());
    let decimals = if distance <= 0.0 || distance >= 9.5 {
        0
    } else {
        (1 - exponent(distance)).clamp(1, 6) as usize
    };
    let text = format!("{percent:.decimals$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    let honest = match text {
        "0" | "-0" if percent > 0.0 => "less than 0.000001",
        "100" if percent < 100.0 => "more than 99.999999",
        text => text,
    };
    format!("{honest}%")
}

/// An amount of money: `$0.00042`, `$1.92`, `$1,230`.
pub fn dollars(amount: f64) -> String {
    if (1.0..1_000.0).contains(&amount.abs()) {
        return format!("${amount:.2}");
    }
    format!("${}", number(amount))
}

/// A count with its noun: `1 message`, `12 messages`.
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// A list in a sentence: `a`, `a and b`, `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Rounded to three significant digits; nothing if it is not finite.
fn rounded(value: f64) -> Option<f64> {
    // Printing and reading are exact to the last digit on every platform, unlike logarithms.
    value
        .is_finite()
        .then(|| format!("{value:.2e}").parse().unwrap_or(value))
}

/// The power of ten of the first digit.
fn exponent(value: f64) -> i32 {
    let text = format!("{value:e}");
    text.split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .unwrap_or(0)
}

fn separated(text: &str) -> String {
    let (sign, rest) = text
        .strip_prefix('-')
        .map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = rest
        .split_once('.')
        .map_or((rest, None), |(a, b)| (a, Some(b)));
    let mut result = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            result.push(',');
        }
        result.push(digit);
    }
    if let Some(fraction) = fraction {
        result.push('.');
        result.push_str(fraction);
    }
    result
}

fn parts(seconds: f64, (long, long_unit): (f64, &str), (short, short_unit): (f64, &str)) -> String {
    let total = (seconds / short).round();
    let ratio = long / short;
    let first = (total / ratio).trunc();
    let second = total - first * ratio;
    if second.abs() < 0.5 {
        return format!("{} {long_unit}", separated(&format!("{first:.0}")));
    }
    format!(
        "{} {long_unit} {:.0} {short_unit}",
        separated(&format!("{first:.0}")),
        second.abs()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(of: fn(f64) -> String, values: &[f64]) -> String {
        values
            .iter()
            .map(|&value| of(value))
            .collect::<Vec<_>>()
            .join(" | ")
    }

    #[test]
    fn numbers_have_three_digits() {
        assert_eq!(
            all(
                number,
                &[
                    0.0, 0.012_345, 0.999_9, 1.0, 12.345, 123.45, 999.9, 1_234.5, 1.234_5e6, -12.0
                ]
            ),
            "0 | 0.0123 | 1 | 1 | 12.3 | 123 | 1,000 | 1,230 | 1,230,000 | -12"
        );
        assert_eq!(all(number, &[f64::NAN, f64::INFINITY]), "unknown | unknown");
    }

    #[test]
    fn times_choose_their_unit() {
        assert_eq!(
            all(
                time,
                &[
                    0.0, 5e-9, 85e-6, 0.012_34, 0.999_6, 1.0, 1.214, 75.0, 119.6, 245.0, 600.0,
                    7_800.0
                ]
            ),
            "0 s | 5 ns | 85 µs | 12.3 ms | 1 s | 1 s | 1.21 s | 75 s | 2 min | 4 min 5 s | 10 min | 2 h 10 min"
        );
        assert_eq!(time(90_000.0), "25 h");
        assert_eq!(time(0.000_999_6), "1 ms");
    }

    #[test]
    fn shares_are_precise_near_the_ends() {
        assert_eq!(
            all(
                share,
                &[
                    0.0, 0.000_2, 0.004, 0.012_3, 0.5, 0.814, 0.954, 0.999, 0.999_5, 1.0, 1.9
                ]
            ),
            "0% | 0.02% | 0.4% | 1.2% | 50% | 81% | 95.4% | 99.9% | 99.95% | 100% | 190%"
        );
        assert_eq!(share(1e-9), "less than 0.000001%");
        assert_eq!(share(1.0 - 1e-12), "more than 99.999999%");
    }

    #[test]
    fn money_counts_and_lists() {
        assert_eq!(
            all(dollars, &[0.0, 0.000_42, 1.92, 2.0, 1_234.0]),
            "$0 | $0.00042 | $1.92 | $2.00 | $1,230"
        );
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "message", "messages"), "1 message");
        assert_eq!(counted(1_200, "message", "messages"), "1,200 messages");
        let words = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(
            (list(&words), list(&words[..2]), list(&[])),
            ("a, b and c".into(), "a and b".into(), String::new())
        );
    }
}
