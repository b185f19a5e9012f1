//! The retry budget: retries may be at most a share of first tries.
//!
//! Where each caller retries a few times, layers of callers multiply the load on a service just
//! when it is too slow; a budget bounds the multiplication (Beyer et al., "Site Reliability
//! Engineering", chapter 21, 2016; Twitter Finagle's `RetryBudget`, whose window of ten seconds and
//! floor of retries per second these are).

use super::billionths;
use super::window::SlidingCounts;

/// The window in seconds.
const WINDOW_S: u64 = 10;

/// Which counter is which.
const CALLS: usize = 0;
const RETRIES: usize = 1;

/// Allows retries up to a share of the first tries of the last ten seconds, and a few per second
/// besides.
#[derive(Debug, Clone)]
pub struct RetryBudget {
    counts: SlidingCounts<2>,
    /// Retries over first tries, in billionths.
    ratio: u64,
    /// Retries that a window always allows, in billionths.
    floor: u128,
}

impl RetryBudget {
    /// A budget of `ratio` retries for each first try, and `min_per_s` retries per second that are
    /// always allowed.
    pub fn new(ratio: f64, min_per_s: f64) -> Self {
        Self {
            counts: SlidingCounts::new(WINDOW_S * 1_000_000_000),
            ratio: billionths(ratio),
            floor: u128::from(billionths(min_per_s)) * u128::from(WINDOW_S),
        }
    }

    /// Counts a first try at `now` (ns).
    #[inline]
    pub fn on_call(&mut self, now: u64) {
        self.counts.count(now, CALLS);
    }

    /// Whether a retry is within the budget at `now` (ns). If it is, it is counted.
    pub fn try_retry(&mut self, now: u64) -> bool {
        let [calls, retries] = self.counts.totals(now);
        let allowed = u128::from(self.ratio) * u128::from(calls) + self.floor;
        let within = (u128::from(retries) + 1) * 1_000_000_000 <= allowed;
        if within {
            self.counts.count(now, RETRIES);
        }
        within
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: u64 = 1_000_000_000;

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(200))]

        /// In each window of ten buckets, retries are at most the share of first tries and the
        /// floor.
        #[test]
        fn retries_keep_to_the_share_of_first_tries(
            hundredths in 0..120_u32,
            floor in 0..3_u32,
            steps in prop::collection::vec((0..400_u64, any::<bool>()), 0..400),
        ) {
            let mut budget = RetryBudget::new(f64::from(hundredths) / 100.0, f64::from(floor));
            let (mut calls, mut retries) = (Vec::new(), Vec::new());
            let mut now = 0;
            for (wait_ms, retry) in steps {
                now += wait_ms * 1_000_000;
                let bucket = now / SECOND;
                let recent = |seen: &[u64]| {
                    seen.iter().filter(|&&time| time + 10 > bucket).count() as u64
                };
                if retry {
                    let spent = (recent(&retries) + 1) * 100;
                    let allowed = recent(&calls) * u64::from(hundredths) + u64::from(floor) * 1000;
                    prop_assert_eq!(budget.try_retry(now), spent <= allowed);
                    if spent <= allowed {
                        retries.push(bucket);
                    }
                } else {
                    budget.on_call(now);
                    calls.push(bucket);
                }
            }
        }
    }

    #[test]
    fn a_fifth_of_the_calls_may_be_retried() {
        let mut budget = RetryBudget::new(0.2, 0.0);
        let mut retries = 0;
        for call in 0..1_000 {
            budget.on_call(call * 5_000_000);
            retries += u32::from(budget.try_retry(call * 5_000_000));
        }
        assert_eq!(retries, 200);
    }

    #[test]
    fn the_floor_holds_without_calls_and_comes_back_after_the_window() {
        let mut budget = RetryBudget::new(0.0, 1.0);
        let allowed = (0..100).filter(|_| budget.try_retry(0)).count();
        assert_eq!(allowed, 10);
        assert!(!budget.try_retry(10 * SECOND - 1));
        assert!(budget.try_retry(10 * SECOND));
    }
}
