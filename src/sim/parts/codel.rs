//! `CoDel`, controlled delay: drops from a queue in which waits stay too long.
//!
//! Nichols and Jacobson, "Controlling queue delay", ACM Queue 10(5), 2012; RFC 8289. Waits above a
//! target are fine while they pass within an interval: that is a burst. If even the shortest wait
//! of an interval was above the target, a queue stands, and requests are dropped as they leave it,
//! at times that draw nearer with the square root of the number dropped, until the wait is below
//! the target.

/// For how many intervals after the last drop a new cycle may begin at the drop rate of the last.
const MEMORY_INTERVALS: u64 = 16;

/// The state of `CoDel` for one queue. Times are in ns and never go back.
#[derive(Debug, Clone)]
pub struct CoDel {
    target_ns: u64,
    interval_ns: u64,
    /// When waits will have been above the target for an interval; nothing while they are below.
    first_above: Option<u64>,
    /// Whether drops are under way.
    dropping: bool,
    /// Whether the last request to leave was dropped by the schedule, so that the next drop has yet
    /// to be planned.
    planning: bool,
    drop_next: u64,
    /// Drops in this cycle, and what the count was when it began.
    count: u64,
    count_at_start: u64,
}

impl CoDel {
    /// Accepts a standing wait of `target_ns` (RFC 8289 gives 5 ms), and more for up to
    /// `interval_ns` (100 ms).
    pub fn new(target_ns: u64, interval_ns: u64) -> Self {
        Self {
            target_ns,
            interval_ns,
            first_above: None,
            dropping: false,
            planning: false,
            drop_next: 0,
            count: 0,
            count_at_start: 0,
        }
    }

    /// Whether to drop the request that leaves the queue at `now` after a wait of `sojourn_ns`.
    /// After a drop the next request leaves at the same time.
    #[inline]
    pub fn on_dequeue(&mut self, now: u64, sojourn_ns: u64) -> bool {
        let too_long = self.too_long(now, sojourn_ns);
        if self.dropping {
            self.dropping = too_long;
            if std::mem::take(&mut self.planning) && too_long {
                self.plan_from(self.drop_next);
            }
            let drop = self.dropping && now >= self.drop_next;
            self.count += u64::from(drop);
            self.planning = drop;
            drop
        } else {
            if too_long {
                self.begin(now);
            }
            too_long
        }
    }

    /// The queue was found empty: no wait stands.
    #[inline]
    pub fn on_empty(&mut self) {
        self.first_above = None;
        self.dropping = false;
        self.planning = false;
    }

    /// Whether waits have been above the target for an interval.
    fn too_long(&mut self, now: u64, sojourn_ns: u64) -> bool {
        if sojourn_ns < self.target_ns {
            self.first_above = None;
            return false;
        }
        if let Some(first_above) = self.first_above {
            return now >= first_above;
        }
        self.first_above = Some(now.saturating_add(self.interval_ns));
        false
    }

    /// Begins a cycle of drops, at the rate that controlled the queue in the last cycle if that was
    /// not long ago.
    fn begin(&mut self, now: u64) {
        let dropped_before = self.count - self.count_at_start;
        let lately =
            now.saturating_sub(self.drop_next) < self.interval_ns.saturating_mul(MEMORY_INTERVALS);
        self.count = if dropped_before > 1 && lately {
            dropped_before
        } else {
            1
        };
        self.count_at_start = self.count;
        self.dropping = true;
        self.plan_from(now);
    }

    /// The control law: the next drop is `interval / √count` later.
    fn plan_from(&mut self, time: u64) {
        let square = u128::from(self.interval_ns).pow(2) / u128::from(self.count);
        self.drop_next = time.saturating_add(square.isqrt() as u64);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    /// The pseudocode of RFC 8289, section 5, line by line, with the queue inside. Its test for
    /// less than one packet in the queue is left out, since requests have no size.
    struct Rfc {
        target: i64,
        interval: i64,
        queue: VecDeque<i64>,
        first_above_time: i64,
        drop_next: i64,
        count: i64,
        lastcount: i64,
        dropping: bool,
        dropped: Vec<i64>,
    }

    impl Rfc {
        fn control_law(&self, time: i64, count: i64) -> i64 {
            // The greatest step with step² × count ≤ interval².
            let mut step = (self.interval as f64 / (count as f64).sqrt()) as i64 + 2;
            while step * step * count > self.interval * self.interval {
                step -= 1;
            }
            time + step
        }

        fn dodequeue(&mut self, now: i64) -> (Option<i64>, bool) {
            let Some(arrived) = self.queue.pop_front() else {
                self.first_above_time = 0;
                return (None, false);
            };
            let mut ok_to_drop = false;
            if now - arrived < self.target {
                self.first_above_time = 0;
            } else if self.first_above_time == 0 {
                self.first_above_time = now + self.interval;
            } else if now >= self.first_above_time {
                ok_to_drop = true;
            }
            (Some(arrived), ok_to_drop)
        }

        fn dequeue(&mut self, now: i64) -> Option<i64> {
            let (mut request, mut ok_to_drop) = self.dodequeue(now);
            if self.dropping {
                if !ok_to_drop {
                    self.dropping = false;
                }
                while now >= self.drop_next && self.dropping {
                    self.dropped.extend(request);
                    self.count += 1;
                    (request, ok_to_drop) = self.dodequeue(now);
                    if ok_to_drop {
                        self.drop_next = self.control_law(self.drop_next, self.count);
                    } else {
                        self.dropping = false;
                    }
                }
            } else if ok_to_drop {
                self.dropped.extend(request);
                (request, _) = self.dodequeue(now);
                self.dropping = true;
                let delta = self.count - self.lastcount;
                self.count = 1;
                if delta > 1 && now - self.drop_next < 16 * self.interval {
                    self.count = delta;
                }
                self.drop_next = self.control_law(now, self.count);
                self.lastcount = self.count;
            }
            request
        }
    }

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(500))]

        /// A queue that is now too slow and now fast enough, so that drops begin, go on and end.
        #[test]
        fn agrees_with_the_pseudocode_of_the_rfc(
            target in 1..30_i64,
            interval in 20..200_i64,
            phases in prop::collection::vec((1..12_i64, 1..12_i64, 1..200_i64), 1..12),
        ) {
            let mut rfc = Rfc {
                target,
                interval,
                queue: VecDeque::new(),
                first_above_time: 0,
                drop_next: 0,
                count: 0,
                lastcount: 0,
                dropping: false,
                dropped: Vec::new(),
            };
            let mut codel = CoDel::new(target as u64, interval as u64);
            let mut queue: VecDeque<i64> = VecDeque::new();
            let mut dropped = Vec::new();
            let mut now = 1;
            for (arrive_every, leave_every, length) in phases {
                for _ in 0..length {
                    now += 1;
                    if now % arrive_every == 0 {
                        queue.push_back(now);
                        rfc.queue.push_back(now);
                    }
                    if now % leave_every != 0 {
                        continue;
                    }
                    let mut left = None;
                    loop {
                        let Some(arrived) = queue.pop_front() else {
                            codel.on_empty();
                            break;
                        };
                        if codel.on_dequeue(now as u64, (now - arrived) as u64) {
                            dropped.push(arrived);
                        } else {
                            left = Some(arrived);
                            break;
                        }
                    }
                    prop_assert_eq!(left, rfc.dequeue(now));
                    prop_assert_eq!(&dropped, &rfc.dropped);
                }
            }
        }
    }

    #[test]
    fn drops_draw_nearer_with_the_square_root_of_their_number() {
        let mut codel = CoDel::new(5_000_000, 100_000_000);
        let mut drops = Vec::new();
        for now in (0..1_000_000_000_u64).step_by(100_000) {
            while codel.on_dequeue(now, 50_000_000) {
                drops.push(now);
            }
        }
        let ms: Vec<u64> = drops.iter().take(5).map(|drop| drop / 1_000_000).collect();
        assert_eq!(ms, [100, 200, 270, 328, 378]);
    }

    #[test]
    fn a_burst_that_drains_within_the_interval_is_not_dropped() {
        let mut codel = CoDel::new(5, 100);
        assert!((0..100).all(|now| !codel.on_dequeue(now, 100 - now)));
    }
}
