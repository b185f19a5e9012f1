//! The adaptive concurrency limit: finds from latencies how many requests may be inside at once.
//!
//! After the gradient limit of Netflix's concurrency-limits (2018), in plain IEEE arithmetic.
//! Answers are judged by windows; the mean latency of a window is compared with the lowest mean
//! seen:
//!
//! * at most `tolerance` times the lowest, while the limit is in use: the limit grows by its square
//!   root (additive increase);
//! * above: the limit is multiplied by `tolerance × lowest / mean`, at least by a half
//!   (multiplicative decrease);
//! * more than a tenth of the answers failed: it is multiplied by 0.9.
//!
//! Netflix's limit forgets the lowest mean now and then, and cuts itself down to measure it anew.
//! Here the limit's own fall serves for that: if it has stood at its minimum for ten windows, and
//! latency is still high, then the latency is not made by queueing, and the present mean becomes
//! the lowest.

/// A window has at least this many answers, since the lowest mean of small samples is far too low
/// ...
const WINDOW_ANSWERS: u64 = 100;

/// ... and lasts at least this long (ns), so that its answers are not all of one burst.
const WINDOW_NS: u64 = 100_000_000;

/// The limit at the start, where the bounds allow.
const INITIAL: f64 = 20.0;

/// What the limit is multiplied by when too many answers failed: more than one of this many.
const BACKOFF: f64 = 0.9;
const FAILED_ONE_IN: u64 = 10;

/// Windows at the minimum after which the lowest mean is taken anew.
const PATIENCE: u32 = 10;

/// A limit on concurrency that adapts to latency.
#[derive(Debug, Clone)]
pub struct AdaptiveLimit {
    min: f64,
    max: f64,
    tolerance: f64,
    limit: f64,
    /// The lowest mean latency of a window, in ns.
    lowest_ns: Option<f64>,
    /// Windows in a row that left the limit at its minimum with high latency.
    stuck: u32,
    window: Window,
}

/// The answers since `start`.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    start: u64,
    answers: u64,
    failed: u64,
    latency_ns: u128,
    in_flight_max: u32,
}

impl AdaptiveLimit {
    /// A limit between `min` (at least 1) and `max` that falls when the mean latency is above
    /// `tolerance` (at least 1) times the lowest.
    pub fn new(min: u32, max: u32, tolerance: f64) -> Self {
        let min = f64::from(min.max(1));
        let max = f64::from(max).max(min);
        Self {
            min,
            max,
            tolerance: tolerance.max(1.0),
            limit: INITIAL.clamp(min, max),
            lowest_ns: None,
            stuck: 0,
            window: Window::default(),
        }
    }

    /// How many requests may be inside.
    #[inline]
    pub fn limit(&self) -> u32 {
        self.limit as u32
    }

    /// Takes an answer at `now` (ns) to a request that was inside for `latency_ns`, with
    /// `in_flight` requests inside, itself included. `ok` is false if it failed for overload: a
    /// timeout or a refusal; the latency then does not count.
    #[inline]
    pub fn on_answer(&mut self, now: u64, latency_ns: u64, ok: bool, in_flight: u32) {
        let window = &mut self.window;
        window.answers += 1;
        window.in_flight_max = window.in_flight_max.max(in_flight);
        if ok {
            window.latency_ns += u128::from(latency_ns);
        } else {
            window.failed += 1;
        }
        if window.answers >= WINDOW_ANSWERS && now - window.start >= WINDOW_NS {
            let ended = std::mem::replace(
                window,
                Window {
                    start: now,
                    ..Window::default()
                },
            );
            self.adapt(&ended);
        }
    }

    fn adapt(&mut self, window: &Window) {
        let good = window.answers - window.failed;
        if window.failed * FAILED_ONE_IN > window.answers {
            self.set(self.limit * BACKOFF);
            return;
        }
        let mean_ns = (window.latency_ns as f64 / good as f64).max(1.0);
        let lowest_ns = self.lowest_ns.map_or(mean_ns, |lowest| lowest.min(mean_ns));
        self.lowest_ns = Some(lowest_ns);
        let gradient = self.tolerance * lowest_ns / mean_ns;
        let growth = self.limit.sqrt();
        if gradient < 1.0 {
            self.set(self.limit * gradient.max(0.5));
            self.stuck = if self.limit > self.min {
                0
            } else {
                self.stuck + 1
            };
            if self.stuck == PATIENCE {
                self.stuck = 0;
                self.lowest_ns = Some(mean_ns);
            }
        } else {
            self.stuck = 0;
            // A limit that is not in use says nothing about a higher one.
            if f64::from(window.in_flight_max) + growth >= self.limit {
                self.set(self.limit + growth);
            }
        }
    }

    fn set(&mut self, limit: f64) {
        self.limit = limit.clamp(self.min, self.max);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The slow twin: it keeps every answer, and derives the limit from all of them on each
    /// question.
    fn twin(min: u32, max: u32, tolerance: f64, answers: &[(u64, u64, bool, u32)]) -> u32 {
        let (min, max) = (f64::from(min), f64::from(max));
        let mut limit = 20_f64.max(min).min(max);
        let mut means: Vec<f64> = Vec::new();
        let (mut begin, mut start, mut stuck) = (0, 0, 0);
        for end in 0..answers.len() {
            let window = &answers[begin..=end];
            if window.len() < 100 || answers[end].0 < start + 100_000_000 {
                continue;
            }
            (begin, start) = (end + 1, answers[end].0);
            let good: Vec<u64> = window
                .iter()
                .filter(|answer| answer.2)
                .map(|a| a.1)
                .collect();
            if (window.len() - good.len()) * 10 > window.len() {
                limit = (limit * 0.9).max(min);
                continue;
            }
            let mean = good.iter().sum::<u64>() as f64 / good.len() as f64;
            means.push(mean);
            let lowest = means.iter().copied().fold(f64::INFINITY, f64::min);
            let used = f64::from(window.iter().map(|answer| answer.3).max().unwrap());
            if mean > tolerance * lowest {
                limit = (limit * (tolerance * lowest / mean).max(0.5)).max(min);
                stuck = if limit <= min { stuck + 1 } else { 0 };
                if stuck == 10 {
                    (stuck, means) = (0, vec![mean]);
                }
            } else {
                stuck = 0;
                if used >= limit - limit.sqrt() {
                    limit = (limit + limit.sqrt()).min(max);
                }
            }
        }
        limit as u32
    }

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(150))]

        #[test]
        fn agrees_with_its_twin(
            min in 1..8_u32,
            span in 1..60_u32,
            tolerance in 1.0..3.0_f64,
            phases in prop::collection::vec((1..40_u64, 1..90_u32, 0..6_u32), 1..40),
        ) {
            let max = min + span;
            let mut limit = AdaptiveLimit::new(min, max, tolerance);
            let mut answers = Vec::new();
            let mut now = 0;
            for (latency_ms, in_flight, failed) in phases {
                for answer in 0..130 {
                    now += 900_000;
                    let latency_ns = latency_ms * (1_000_000 + answer);
                    let ok = failed < 4 || answer % 7 != 0;
                    answers.push((now, latency_ns, ok, in_flight));
                    limit.on_answer(now, latency_ns, ok, in_flight);
                }
                prop_assert_eq!(limit.limit(), twin(min, max, tolerance, &answers));
            }
        }
    }

    /// A server of 16 workers whose latency is in proportion to what is inside beyond them, and
    /// callers that use the limit to the full.
    fn settle(limit: &mut AdaptiveLimit, now: &mut u64, base_ns: f64) -> u32 {
        for _ in 0..100_000 {
            let inside = limit.limit();
            let latency_ns = base_ns * (f64::from(inside) / 16.0).max(1.0);
            *now += (base_ns / 16.0) as u64;
            limit.on_answer(*now, latency_ns as u64, true, inside);
        }
        limit.limit()
    }

    #[test]
    fn settles_where_latency_is_the_tolerated_multiple() {
        let mut now = 0;
        let mut limit = AdaptiveLimit::new(4, 1000, 2.0);
        // The limit starts at 20, so that the lowest latency seen is 20/16 of the least there is.
        let settled = settle(&mut limit, &mut now, 10e6);
        assert!((30..=46).contains(&settled), "{settled}");
    }

    #[test]
    fn a_change_for_good_is_learned() {
        let mut now = 0;
        let mut limit = AdaptiveLimit::new(4, 1000, 2.0);
        settle(&mut limit, &mut now, 10e6);
        let settled = settle(&mut limit, &mut now, 80e6);
        assert!((24..=46).contains(&settled), "{settled}");
    }

    #[test]
    fn failures_bring_it_down_and_bounds_hold() {
        let mut limit = AdaptiveLimit::new(10, 5, f64::NAN);
        assert_eq!(limit.limit(), 10);
        limit = AdaptiveLimit::new(0, 100, 2.0);
        (0..100_000_u64).for_each(|now| limit.on_answer(now * 1_000_000, 1, false, 1));
        assert_eq!(limit.limit(), 1);
    }

    #[test]
    fn an_idle_limit_does_not_grow() {
        let mut limit = AdaptiveLimit::new(1, 100, 2.0);
        (0..100_000_u64).for_each(|now| limit.on_answer(now * 1_000_000, 5_000_000, true, 3));
        assert_eq!(limit.limit(), 20);
    }
}
