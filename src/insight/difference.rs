//! The difference between two variants in one figure: how much, how sure, and in plain words.

use serde::Serialize;

use super::words;

/// What a figure counts, which decides how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Events per second.
    PerSecond,
    /// A share from 0 to 1. Differences are in percentage points.
    Share,
    /// A plain number.
    Number,
    /// Dollars.
    Dollars,
}

impl Unit {
    /// A figure in this unit; a share is one of the whole, not a difference in points.
    pub fn in_words(self, value: f64) -> String {
        match self {
            Self::Share => words::share(value),
            other => write(other, value),
        }
    }
}

/// What can be said about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is above 0, and so is its whole interval.
    Rises,
    /// It is below 0, and so is its whole interval.
    Falls,
    /// Its interval holds 0.
    NotSeen,
    /// The run is too short for the figure, or one side does not have it.
    Unknown,
}

/// One figure of a baseline and of a variant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// What it is: `p99`, `goodput`, `utilization` …
    pub figure: String,
    /// What it counts.
    pub unit: Unit,
    /// The figure of the baseline.
    pub baseline: Option<f64>,
    /// The figure of the variant.
    pub value: Option<f64>,
    /// The variant's less the baseline's.
    pub difference: Option<f64>,
    /// 95% interval of the difference, from paired replications.
    pub ci95: Option<[f64; 2]>,
    /// What can be said.
    pub verdict: Verdict,
    /// The same in words: `p99 falls by 38 ms (31 to 46)`.
    pub text: String,
}

impl Difference {
    /// A figure of both, and the interval of its difference; without one nothing can be said.
    pub fn new(
        figure: &str,
        unit: Unit,
        [baseline, value]: [Option<f64>; 2],
        ci95: Option<[f64; 2]>,
    ) -> Self {
        let difference = baseline
            .zip(value)
            .map(|(baseline, value)| value - baseline);
        let verdict = match (difference, ci95) {
            (Some(_), Some([low, _])) if low > 0.0 => Verdict::Rises,
            (Some(_), Some([_, high])) if high < 0.0 => Verdict::Falls,
            (Some(_), Some(_)) => Verdict::NotSeen,
            _ => Verdict::Unknown,
        };
        let text = sentence(figure, unit, difference, ci95, verdict);
        Self {
            figure: figure.to_owned(),
            unit,
            baseline,
            value,
            difference,
            ci95,
            verdict,
            text,
        }
    }

    /// A figure that is known exactly, such as a price: its interval is a point.
    pub fn exact(figure: &str, unit: Unit, [baseline, value]: [f64; 2]) -> Self {
        let difference = value - baseline;
        Self::new(
            figure,
            unit,
            [Some(baseline), Some(value)],
            Some([difference, difference]),
        )
    }
}

fn sentence(
    figure: &str,
    unit: Unit,
    difference: Option<f64>,
    ci95: Option<[f64; 2]>,
    verdict: Verdict,
) -> String {
    let verb = match verdict {
        Verdict::Rises => "rises",
        Verdict::Falls => "falls",
        Verdict::NotSeen => return format!("{figure}: no difference seen"),
        Verdict::Unknown => return format!("{figure}: too few requests to tell"),
    };
    let size = difference.unwrap_or(0.0).abs();
    let by = write(unit, size);
    let Some([low, high]) = ci95.filter(|[low, high]| low < high) else {
        return format!("{figure} {verb} by {by}");
    };
    let (low, high) = if low < 0.0 {
        (-high, -low)
    } else {
        (low, high)
    };
    let [low, high] = [low, high].map(|end| write(unit, end));
    let suffix = unit_of(&by);
    let short = |text: &str| match text.strip_suffix(suffix) {
        Some(number) if unit_of(text) == suffix => number.trim_end().to_owned(),
        _ => text.to_owned(),
    };
    let ends = if unit_of(&low) == suffix && unit_of(&high) == suffix {
        format!("{} to {}", short(&low), short(&high))
    } else {
        format!("{low} to {high}")
    };
    format!("{figure} {verb} by {by} ({ends})")
}

/// What stands behind the number of a figure.
fn unit_of(text: &str) -> &str {
    let end = text
        .rfind(|letter: char| letter.is_ascii_digit())
        .map_or(0, |at| at + 1);
    &text[end..]
}

/// A figure in words.
pub fn write(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Seconds => words::time(value),
        Unit::PerSecond => words::rate(value),
        Unit::Share => format!("{} points", words::number(100.0 * value)),
        Unit::Number => words::number(value),
        Unit::Dollars => words::dollars(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(unit: Unit, values: [f64; 2], ci95: [f64; 2]) -> String {
        Difference::new("p99", unit, values.map(Some), Some(ci95)).text
    }

    #[test]
    fn verdicts_are_plain_sentences() {
        let ms = |value: f64| value / 1e3;
        assert_eq!(
            text(Unit::Seconds, [ms(120.0), ms(82.0)], [ms(-46.0), ms(-31.0)]),
            "p99 falls by 38 ms (31 to 46)"
        );
        assert_eq!(
            text(Unit::Seconds, [ms(1.0), ms(2.0)], [ms(-0.5), ms(2.5)]),
            "p99: no difference seen"
        );
        assert_eq!(
            text(Unit::Seconds, [0.5, 1.5], [0.9, 1.1]),
            "p99 rises by 1 s (900 ms to 1.1 s)"
        );
        assert_eq!(
            text(Unit::Share, [0.01, 0.03], [0.015, 0.025]),
            "p99 rises by 2 points (1.5 to 2.5)"
        );
        assert_eq!(
            text(Unit::PerSecond, [100.0, 90.0], [-12.0, -8.0]),
            "p99 falls by 10/s (8 to 12)"
        );
    }

    #[test]
    fn what_is_exact_has_no_interval_and_what_is_missing_no_verdict() {
        let cost = Difference::exact("cost", Unit::Dollars, [1.0, 3.5]);
        assert_eq!(cost.text, "cost rises by $2.50");
        let same = Difference::exact("cost", Unit::Dollars, [1.0, 1.0]);
        assert_eq!(same.verdict, Verdict::NotSeen);
        let none = Difference::new("p99", Unit::Seconds, [Some(1.0), None], None);
        assert_eq!(none.verdict, Verdict::Unknown);
        assert_eq!(none.text, "p99: too few requests to tell");
    }
}
