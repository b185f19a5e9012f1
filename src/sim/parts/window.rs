//! Counts over a sliding stretch of time.
//!
//! Ten buckets make up the window: it slides by a tenth of its length, and covers between nine
//! tenths and the whole of it. Circuit breakers and retry budgets in wide use count in this way.

/// Buckets in a window.
const BUCKETS: u64 = 10;

/// `N` counters over the last `window_ns`, which are moved on by the times passed in. Times never
/// go back.
#[derive(Debug, Clone)]
pub struct SlidingCounts<const N: usize> {
    buckets: [[u64; N]; BUCKETS as usize],
    totals: [u64; N],
    bucket_ns: u64,
    /// Number of the newest bucket, counted from time 0.
    newest: u64,
}

impl<const N: usize> SlidingCounts<N> {
    /// Counts over `window_ns`, rounded up to a multiple of ten and at least ten.
    pub fn new(window_ns: u64) -> Self {
        Self {
            buckets: [[0; N]; BUCKETS as usize],
            totals: [0; N],
            bucket_ns: window_ns.div_ceil(BUCKETS).max(1),
            newest: 0,
        }
    }

    /// Adds 1 to a counter at time `now` (ns).
    #[inline]
    pub fn count(&mut self, now: u64, counter: usize) {
        self.advance(now);
        self.buckets[(self.newest % BUCKETS) as usize][counter] += 1;
        self.totals[counter] += 1;
    }

    /// What was counted in the window that ends at `now` (ns).
    #[inline]
    pub fn totals(&mut self, now: u64) -> [u64; N] {
        self.advance(now);
        self.totals
    }

    /// Sets all counts to 0.
    pub fn clear(&mut self) {
        self.buckets = [[0; N]; BUCKETS as usize];
        self.totals = [0; N];
    }

    /// Moves the window on to `now` and forgets what fell out of it.
    #[inline]
    fn advance(&mut self, now: u64) {
        let bucket = now / self.bucket_ns;
        if bucket <= self.newest {
            return;
        }
        for passed in 1..=(bucket - self.newest).min(BUCKETS) {
            let gone = &mut self.buckets[((self.newest + passed) % BUCKETS) as usize];
            for (total, count) in self.totals.iter_mut().zip(gone) {
                *total -= std::mem::take(count);
            }
        }
        self.newest = bucket;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(300))]

        /// The twin remembers every time and counts those whose bucket is one of the last ten.
        #[test]
        fn agrees_with_a_list(
            window_ns in 0..200_u64,
            steps in prop::collection::vec((0..60_u64, 0..3_usize), 0..200),
        ) {
            let mut counts = SlidingCounts::<2>::new(window_ns);
            let bucket_ns = window_ns.div_ceil(10).max(1);
            let mut seen: Vec<(u64, usize)> = Vec::new();
            let mut now = 0;
            for (wait, counter) in steps {
                // Most waits are short, so that windows fill, and a few skip many buckets.
                now += if wait < 50 { wait / 10 } else { wait * 7 };
                if counter < 2 {
                    counts.count(now, counter);
                    seen.push((now / bucket_ns, counter));
                }
                let expected = [0, 1].map(|which| {
                    let last = |&&(bucket, counter): &&(u64, usize)| {
                        counter == which && bucket + 10 > now / bucket_ns
                    };
                    seen.iter().filter(last).count() as u64
                });
                prop_assert_eq!(counts.totals(now), expected);
            }
            counts.clear();
            prop_assert_eq!(counts.totals(now), [0, 0]);
        }
    }
}
