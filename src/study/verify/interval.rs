//! From independent replications to an interval, and from an interval to a verdict.

use crate::stats::interval::mean_of;

/// Chance that a simulator without any error fails somewhere in the whole suite.
const SUITE_ERROR: f64 = 0.001;

/// At least as many figures as all cases together compare; a test counts them. The chance of an
/// error is shared out evenly over them (Bonferroni), whichever of them are asked for.
pub(super) const FIGURES_MAX: u32 = 400;

/// Share of a figure within which two exact values count as the same: simulated time is counted in
/// whole nanoseconds, and sums are rounded.
const ROUNDING: f64 = 1e-7;

/// A figure of all replications together, and the same figure of each.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Interval {
    center: f64,
    parts: Vec<f64>,
}

impl Interval {
    /// The interval around `center`, the figure of all replications merged, from the figure of each.
    /// The merged figure has less bias than the mean over replications where it is no mean, as for
    /// percentiles.
    pub(super) fn new(center: f64, parts: Vec<f64>) -> Self {
        Self { center, parts }
    }

    /// Half the width at a two-sided level. Without two replications, nothing is known.
    fn half_width(&self, level: f64) -> f64 {
        mean_of(&self.parts, level).map_or(f64::INFINITY, |found| (found.high - found.low) / 2.0)
    }

    /// The 95% confidence interval.
    pub(super) fn ci95(&self) -> [f64; 2] {
        let half = self.half_width(0.95);
        [self.center - half, self.center + half]
    }

    /// The interval in which `theory` must lie: at the level at which a correct simulator passes the
    /// whole suite 999 times in 1,000, and wider by the error of the theory itself.
    pub(super) fn accepted(&self, theory: f64, error: f64) -> [f64; 2] {
        let level = 1.0 - SUITE_ERROR / f64::from(FIGURES_MAX);
        let half = self.half_width(level) + error + ROUNDING * theory.abs().max(1e-6);
        [self.center - half, self.center + half]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_students() {
        let interval = Interval::new(3.0, vec![1.0, 2.0, 3.0, 4.0, 5.0]);
        let [low, high] = interval.ci95();
        // 2.776445 × √(2.5/5).
        assert!((high - 3.0 - 1.963_243).abs() < 1e-5, "{high}");
        assert!((3.0 - low - (high - 3.0)).abs() < 1e-12);
        let [wide, _] = interval.accepted(3.0, 0.5);
        assert!(wide < low - 0.5);
    }

    #[test]
    fn exact_figures_must_agree_to_rounding() {
        let exact = Interval::new(0.02, vec![0.02; 4]);
        let [low, high] = exact.accepted(0.02, 0.0);
        assert!(low < 0.02 && 0.02 < high && high - low < 1e-8);
        let none = Interval::new(0.0, vec![0.0; 4]).accepted(1e-49, 0.0);
        assert!(none[1] > 1e-49 && none[1] < 1e-12);
    }

    #[test]
    fn one_replication_says_nothing() {
        let [low, high] = Interval::new(1.0, vec![1.0]).ci95();
        assert!(low <= f64::NEG_INFINITY && high >= f64::INFINITY);
    }
}
