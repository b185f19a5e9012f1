//! How fast simulated time passes beside real time: from slow motion to as fast as possible.

use std::time::Duration;

/// Simulated seconds in a second, slowest first; as fast as possible comes after the last.
const RATIOS: [(f64, &str); 14] = [
    (0.000_1, "×1/10,000"),
    (0.001, "×1/1,000"),
    (0.01, "×1/100"),
    (0.1, "×1/10"),
    (0.5, "×1/2"),
    (1.0, "×1"),
    (2.0, "×2"),
    (5.0, "×5"),
    (10.0, "×10"),
    (30.0, "×30"),
    (60.0, "×60"),
    (120.0, "×120"),
    (300.0, "×300"),
    (1_000.0, "×1,000"),
];

/// Where real time is as fast as simulated time.
const NORMAL: u8 = 5;

/// A speed out of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Speed(u8);

impl Default for Speed {
    /// As fast as real time.
    fn default() -> Self {
        Self(NORMAL)
    }
}

impl Speed {
    /// As fast as the machine can.
    pub const FASTEST: Speed = Speed(RATIOS.len() as u8);
    /// The slowest motion.
    pub const SLOWEST: Speed = Speed(0);

    /// The speed of the list that is nearest to a ratio, from below.
    pub fn at_most(ratio: f64) -> Self {
        let fitting = RATIOS.iter().filter(|(known, _)| *known <= ratio).count();
        Self(fitting.saturating_sub(1) as u8)
    }

    /// A speed at which a run of a length takes about a minute, and not slower than real time.
    pub fn for_run(duration_ns: u64) -> Self {
        Self::at_most((duration_ns as f64 / 60e9).max(1.0))
    }

    /// The next faster one.
    #[must_use]
    pub fn faster(self) -> Self {
        Self((self.0 + 1).min(Self::FASTEST.0))
    }

    /// The next slower one.
    #[must_use]
    pub fn slower(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// Simulated seconds in a second; nothing for as fast as possible.
    pub fn ratio(self) -> Option<f64> {
        RATIOS.get(usize::from(self.0)).map(|(ratio, _)| *ratio)
    }

    /// How it is written: `×30`, `×1/10`, `fastest`.
    pub fn label(self) -> &'static str {
        RATIOS
            .get(usize::from(self.0))
            .map_or("fastest", |(_, label)| label)
    }
}

/// Most real time that is made up for when the machine was too slow or the program stood still.
const LATE_MAX: Duration = Duration::from_millis(250);

/// Turns real time into simulated time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    /// Simulated ns that are due and not simulated yet.
    due_ns: f64,
}

impl Pace {
    /// Forgets what is due.
    pub fn reset(&mut self) {
        self.due_ns = 0.0;
    }

    /// Real time has passed: how many ns are to be simulated now; nothing if there is no limit.
    pub fn pass(&mut self, real: Duration, speed: Speed) -> Option<u64> {
        let ratio = speed.ratio()?;
        let most = LATE_MAX.as_secs_f64() * ratio * 1e9;
        self.due_ns = (self.due_ns + real.as_secs_f64() * ratio * 1e9).min(most.max(1.0));
        Some(self.due_ns as u64)
    }

    /// So much has been simulated.
    pub fn done(&mut self, simulated_ns: u64) {
        self.due_ns = (self.due_ns - simulated_ns as f64).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_have_two_ends() {
        let mut speed = Speed::SLOWEST;
        assert_eq!(speed.slower(), speed);
        for _ in 0..40 {
            speed = speed.faster();
        }
        assert_eq!(speed, Speed::FASTEST);
        assert_eq!((speed.ratio(), speed.label()), (None, "fastest"));
        assert_eq!(Speed::default().label(), "×1");
        assert_eq!(Speed::for_run(600_000_000_000).label(), "×10");
        assert_eq!(Speed::for_run(1_000).label(), "×1");
    }

    #[test]
    fn pace_adds_up_and_gives_lost_time_up() {
        let mut pace = Pace::default();
        let speed = Speed::at_most(10.0);
        let tick = Duration::from_millis(10);
        assert_eq!(pace.pass(tick, speed), Some(100_000_000));
        pace.done(60_000_000);
        assert_eq!(pace.pass(tick, speed), Some(140_000_000));
        assert_eq!(
            pace.pass(Duration::from_secs(60), speed),
            Some(2_500_000_000)
        );
        pace.reset();
        assert_eq!(pace.pass(tick, Speed::FASTEST), None);
        let slow = pace.pass(tick, Speed::SLOWEST);
        assert_eq!(slow, Some(1_000));
    }
}
