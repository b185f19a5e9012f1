//! Axes: round numbers for their marks, and how these are written.

use crate::insight::words;

/// What the figures of an axis are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Times in seconds.
    Time,
    /// Numbers per second.
    Rate,
    /// Shares from 0 to 1.
    Share,
    /// Counts.
    Count,
}

impl Unit {
    /// How a mark of an axis is written.
    pub fn label(self, value: f64) -> String {
        if value <= 0.0 {
            return "0".to_owned();
        }
        match self {
            Unit::Time => time(value),
            Unit::Share => words::share(value),
            Unit::Rate | Unit::Count => words::number(value),
        }
    }
}

fn time(seconds: f64) -> String {
    let short = |value: f64, unit: &str| format!("{} {unit}", words::number(value));
    match seconds {
        s if s >= 3_600.0 => short(s / 3_600.0, "h"),
        s if s >= 120.0 => short(s / 60.0, "m"),
        s if s >= 1.0 => short(s, "s"),
        s if s >= 1e-3 => short(s * 1e3, "ms"),
        s => short(s * 1e6, "us"),
    }
}

/// The round number that an axis from 0 ends at so that `value` fits: 1, 2, 2.5 or 5 times a power of
/// ten.
fn round_up(value: f64) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return 1.0;
    }
    let mut power = 1.0;
    // Powers by multiplication are exact in both directions where it matters.
    while power * 10.0 <= value {
        power *= 10.0;
    }
    while power > value {
        power /= 10.0;
    }
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0];
    let fitting = steps
        .iter()
        .find(|step| **step * power >= value * (1.0 - 1e-9));
    fitting.unwrap_or(&10.0) * power
}

/// An axis from 0 to a round number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// The number at its end, above 0.
    pub max: f64,
    /// What its figures are.
    pub unit: Unit,
}

impl Scale {
    /// The axis on which a highest value fits.
    pub fn fitting(max: f64, unit: Unit) -> Self {
        let max = match unit {
            Unit::Share => 1.0,
            _ => round_up(max),
        };
        Self { max, unit }
    }

    /// The place of a value, from 0 to 1.
    pub fn place(&self, value: f64) -> f64 {
        let place = value / self.max;
        if place.is_nan() {
            0.0
        } else {
            place.clamp(0.0, 1.0)
        }
    }

    /// The label at a share of the axis.
    pub fn label(&self, share: f64) -> String {
        self.unit.label(self.max * share)
    }
}

/// Distance of the marks of a time axis over so many seconds with room for so many labels: a round
/// number of seconds, minutes, hours or days.
pub(crate) fn time_step(seconds: f64, labels: u16) -> f64 {
    const STEPS: [f64; 24] = [
        0.001,
        0.01,
        0.1,
        0.5,
        1.0,
        2.0,
        5.0,
        10.0,
        15.0,
        30.0,
        60.0,
        120.0,
        300.0,
        600.0,
        900.0,
        1_800.0,
        3_600.0,
        7_200.0,
        14_400.0,
        21_600.0,
        43_200.0,
        86_400.0,
        604_800.0,
        2_592_000.0,
    ];
    let wanted = seconds / f64::from(labels.max(1));
    let last = STEPS[STEPS.len() - 1];
    STEPS
        .into_iter()
        .find(|step| *step >= wanted)
        .unwrap_or(last)
}

/// A moment on a time axis whose marks are `step` apart: `30s`, `4m`, `2h`.
pub(super) fn moment(seconds: f64, step: f64) -> String {
    let whole = |value: f64| words::number(value);
    if step >= 86_400.0 {
        format!("{}d", whole(seconds / 86_400.0))
    } else if step >= 3_600.0 {
        format!("{}h", whole(seconds / 3_600.0))
    } else if step >= 60.0 {
        format!("{}m", whole(seconds / 60.0))
    } else if step >= 1.0 && seconds >= 60.0 {
        let (minutes, rest) = ((seconds / 60.0).floor(), seconds % 60.0);
        format!("{minutes}:{rest:02.0}")
    } else if step >= 1.0 {
        format!("{}s", whole(seconds))
    } else {
        format!("{}ms", whole(seconds * 1e3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        for (value, end) in [
            (0.0, 1.0),
            (0.9, 1.0),
            (1.0, 1.0),
            (1.1, 2.0),
            (2.2, 2.5),
            (431.0, 500.0),
            (0.031, 0.05),
        ] {
            let max = Scale::fitting(value, Unit::Rate).max;
            assert!((max - end).abs() < end * 1e-9, "{value}: {max}");
        }
        assert!((Scale::fitting(f64::NAN, Unit::Time).max - 1.0).abs() < 1e-12);
        assert!((Scale::fitting(f64::INFINITY, Unit::Time).max - 1.0).abs() < 1e-12);
    }

    #[test]
    fn labels_have_units() {
        assert_eq!(Unit::Time.label(1.5), "1.5 s");
        assert_eq!(Unit::Time.label(0.25), "250 ms");
        assert_eq!(Unit::Rate.label(1_200.0), "1,200");
        assert_eq!(Unit::Share.label(0.5), "50%");
        assert_eq!(Unit::Count.label(0.0), "0");
        assert_eq!(moment(90.0, 30.0), "1:30");
        assert_eq!(moment(240.0, 120.0), "4m");
        assert_eq!(moment(7_200.0, 3_600.0), "2h");
        assert_eq!(moment(0.25, 0.1), "250ms");
    }
}
