//! Scales of values: from 0, or logarithmic where values span far.

use crate::insight::axis::{self, Unit};

/// Values whose highest is so many times the lowest are shown on a logarithmic scale.
const FAR: f64 = 25.0;
/// Decades of a logarithmic scale up to which 2 and 5 are marked as well.
const DECADES_FEW: i32 = 2;

/// Where values lie along an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scale {
    /// From 0 to a round number.
    Linear(axis::Scale),
    /// From a power of ten to another.
    Log {
        /// The lower end, as a power of ten.
        from: i32,
        /// The upper end.
        to: i32,
        /// What the values are.
        unit: Unit,
    },
}

impl Scale {
    /// The scale for a lowest and a highest value above 0; logarithmic if they are far apart.
    pub(super) fn fitting(low: f64, high: f64, unit: Unit) -> Scale {
        if unit == Unit::Time && low > 0.0 && high > low * FAR && high.is_finite() {
            Scale::log(low, high, unit)
        } else {
            Scale::Linear(axis::Scale::fitting(high, unit))
        }
    }

    /// A logarithmic scale for two values above 0.
    pub(super) fn log(low: f64, high: f64, unit: Unit) -> Scale {
        let from = libm::floor(libm::log10(low) + 1e-9) as i32;
        let to = libm::ceil(libm::log10(high) - 1e-9) as i32;
        Scale::Log {
            from,
            to: to.max(from + 1),
            unit,
        }
    }

    /// The place of a value, from 0 to 1.
    pub(super) fn place(&self, value: f64) -> f64 {
        match self {
            Scale::Linear(scale) => scale.place(value),
            Scale::Log { from, to, .. } => {
                if value <= 0.0 || value.is_nan() {
                    return 0.0;
                }
                let along = libm::log10(value) - f64::from(*from);
                (along / f64::from(to - from)).clamp(0.0, 1.0)
            }
        }
    }

    /// The values that are marked, with their labels.
    pub(super) fn marks(&self) -> Vec<(f64, String)> {
        match *self {
            Scale::Linear(scale) => [0.0, 0.25, 0.5, 0.75, 1.0]
                .map(|share| (scale.max * share, scale.label(share)))
                .to_vec(),
            Scale::Log { from, to, unit } => {
                let steps: &[f64] = if to - from <= DECADES_FEW {
                    &[1.0, 2.0, 5.0]
                } else {
                    &[1.0]
                };
                let power = |exponent: i32| format!("1e{exponent}").parse().unwrap_or(1.0);
                let decades = (from..to).flat_map(|exponent| {
                    let ten: f64 = power(exponent);
                    steps.iter().map(move |step| step * ten)
                });
                let values = decades.chain([power(to)]);
                values.map(|value| (value, unit.label(value))).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale) -> Vec<String> {
        scale.marks().into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn values_far_apart_are_logarithmic() {
        let near = Scale::fitting(0.01, 0.2, Unit::Time);
        assert_eq!(labels(near), ["0", "50 ms", "100 ms", "150 ms", "200 ms"]);
        let far = Scale::fitting(0.001, 2.5, Unit::Time);
        assert_eq!(labels(far), ["1 ms", "10 ms", "100 ms", "1 s", "10 s"]);
        assert!((far.place(0.1) - 0.5).abs() < 1e-9);
        assert!(far.place(0.0) <= 0.0 && far.place(f64::NAN) <= 0.0);
        assert!((far.place(1e9) - 1.0).abs() < 1e-12);
        let short = Scale::log(0.001, 0.01, Unit::Time);
        assert_eq!(labels(short), ["1 ms", "2 ms", "5 ms", "10 ms"]);
        let nothing = Scale::fitting(f64::INFINITY, 0.0, Unit::Time);
        assert!(matches!(nothing, Scale::Linear(_)));
    }
}
