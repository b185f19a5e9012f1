//! Rate limits: token bucket, leaky bucket, fixed and sliding window; for all requests together, or
//! for each key apart.
//!
//! All arithmetic is on integers, so that limits are exact over any length of run. The token bucket
//! is kept as the generic cell rate algorithm (ITU-T I.371, annex A), which needs one number in
//! place of a level and a time; the leaky bucket is the queue that nginx's `limit_req` and Stripe
//! describe; the windows are those of Redis-based limiters (a counter per window of the clock; a
//! log of what passed).

use super::fifos::{Fifo, Fifos};
use super::heap::IndexedHeap;
use super::slab::Slab;
use super::table::Table;

/// Fractions of a nanosecond in which the time between requests is counted: 2⁻³² ns, so that even a
/// rate of 10⁹ per second is exact to ten digits.
const FRACTION_BITS: u32 = 32;

/// The longest time between requests, in fractions of a nanosecond; stands for a rate of 0.
const INTERVAL_MAX: u128 = 1 << 95;

/// How a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitAlgorithm {
    /// Tokens drip in at the rate, up to `burst`; a request takes one or is refused.
    TokenBucket,
    /// Requests leave at the rate; up to `burst` wait for their turn, more are refused.
    LeakyBucket,
    /// `rate × window` requests pass in each window of the clock (rounded, at least 1).
    FixedWindow,
    /// `rate × window` requests pass in any stretch of one window (rounded, at least 1).
    SlidingWindow,
}

/// What a limit decides about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may go on.
    Pass,
    /// It may go on after this time in ns.
    Delay(u64),
    /// It may not go on.
    Refuse,
}

/// The parameters of a limit, made ready.
#[derive(Debug, Clone, Copy)]
struct Rule {
    algorithm: LimitAlgorithm,
    /// Time between requests at the rate, in fractions of a nanosecond.
    interval: u128,
    burst: u32,
    window_ns: u64,
    /// Requests per window.
    limit: u64,
}

/// What a limit remembers of the requests before.
#[derive(Debug, Clone, Copy)]
enum State {
    /// When the next request may pass if no burst is allowed, in fractions of a nanosecond: the
    /// theoretical arrival time of a token bucket, the next turn of a leaky one.
    Turn(u128),
    /// The number of the window of the clock, and how many passed in it.
    Window { number: u64, passed: u64 },
    /// When the requests in the last window passed, in ns.
    Log(Fifo),
}

impl Rule {
    fn new(algorithm: LimitAlgorithm, rate_per_s: f64, burst: u32, window_ns: u64) -> Self {
        let window_ns = window_ns.max(1);
        let interval = if rate_per_s > 0.0 {
            let exact = 1e9 / rate_per_s * (1_u64 << FRACTION_BITS) as f64;
            (exact.round() as u128).clamp(1, INTERVAL_MAX)
        } else {
            INTERVAL_MAX
        };
        let limit = ((rate_per_s * window_ns as f64 / 1e9).round() as u64).max(1);
        Self {
            algorithm,
            interval,
            burst,
            window_ns,
            limit,
        }
    }

    /// The state of a limit that has seen no request.
    fn fresh(&self) -> State {
        match self.algorithm {
            LimitAlgorithm::TokenBucket | LimitAlgorithm::LeakyBucket => State::Turn(0),
            LimitAlgorithm::FixedWindow => State::Window {
                number: 0,
                passed: 0,
            },
            LimitAlgorithm::SlidingWindow => State::Log(Fifo::EMPTY),
        }
    }

    fn check(&self, state: &mut State, logs: &mut Fifos<u64>, now: u64) -> Verdict {
        match state {
            State::Turn(turn) => self.check_turn(turn, u128::from(now) << FRACTION_BITS),
            State::Window { number, passed } => {
                if *number != now / self.window_ns {
                    (*number, *passed) = (now / self.window_ns, 0);
                }
                Self::pass_if(*passed < self.limit, || *passed += 1)
            }
            State::Log(log) => {
                self.forget(log, logs, now);
                let room = u64::from(log.len()) < self.limit;
                Self::pass_if(room, || logs.push_back(log, now))
            }
        }
    }

    fn check_turn(&self, turn: &mut u128, now: u128) -> Verdict {
        let ahead = turn.saturating_sub(now);
        let leaky = self.algorithm == LimitAlgorithm::LeakyBucket;
        let spare = if leaky {
            self.burst
        } else {
            self.burst.saturating_sub(1)
        };
        if ahead > self.interval * u128::from(spare) {
            return Verdict::Refuse;
        }
        *turn = now + ahead + self.interval;
        if leaky && ahead > 0 {
            let delay_ns = ahead.div_ceil(1 << FRACTION_BITS);
            Verdict::Delay(u64::try_from(delay_ns).unwrap_or(u64::MAX))
        } else {
            Verdict::Pass
        }
    }

    fn pass_if(room: bool, count: impl FnOnce()) -> Verdict {
        if room {
            count();
            Verdict::Pass
        } else {
            Verdict::Refuse
        }
    }

    /// Drops what left the window from a log.
    fn forget(&self, log: &mut Fifo, logs: &mut Fifos<u64>, now: u64) {
        while logs
            .front(log)
            .is_some_and(|passed| now - passed >= self.window_ns)
        {
            logs.pop_front(log);
        }
    }

    /// From when on (ns) a state decides as a fresh one would.
    fn fresh_from(&self, state: &State, logs: &Fifos<u64>) -> u64 {
        match state {
            State::Turn(turn) => {
                u64::try_from(turn.div_ceil(1 << FRACTION_BITS)).unwrap_or(u64::MAX)
            }
            State::Window { number, .. } => (number + 1).saturating_mul(self.window_ns),
            State::Log(log) => logs
                .back(log)
                .map_or(0, |last| last.saturating_add(self.window_ns)),
        }
    }
}

/// One limit for all requests. Times never go back.
///
/// A sliding window remembers every request that passed within the window (at most its limit); the
/// others need the same memory always.
#[derive(Debug, Clone)]
pub struct RateLimiter {
    rule: Rule,
    state: State,
    logs: Fifos<u64>,
}

impl RateLimiter {
    /// A limit of `rate_per_s`. `burst` counts for buckets (a token bucket holds at least 1),
    /// `window_ns` for windows. A rate that is not above 0 lets nothing pass once the bucket is
    /// empty.
    pub fn new(algorithm: LimitAlgorithm, rate_per_s: f64, burst: u32, window_ns: u64) -> Self {
        let rule = Rule::new(algorithm, rate_per_s, burst, window_ns);
        Self {
            rule,
            state: rule.fresh(),
            logs: Fifos::new(),
        }
    }

    /// Decides about a request at `now` (ns). A request that may go on, at once or later, is
    /// counted.
    #[inline]
    pub fn check(&mut self, now: u64) -> Verdict {
        self.rule.check(&mut self.state, &mut self.logs, now)
    }
}

/// What a keyed limit remembers of one key.
#[derive(Debug, Clone, Copy)]
struct KeyState {
    key: u64,
    state: State,
}

/// A limit for each key apart, with bounded memory. Times never go back.
///
/// Keys whose state is as good as fresh (a full bucket, an empty window) are forgotten first, which
/// changes no decision; so memory follows the number of keys that were active of late. Only when
/// that exceeds the capacity does a new key displace another: the one that would have been fresh
/// first, which from then on is treated as if never seen. Real limiters with bounded tables err to
/// the same side.
#[derive(Debug, Clone)]
pub struct KeyedLimiter {
    rule: Rule,
    capacity: u32,
    keys: Table<u32>,
    states: Slab<KeyState>,
    logs: Fifos<u64>,
    /// By [`Self::order_of`], as it was when the entry was last looked at: it only grows, and is
    /// brought up to date when it comes to the top.
    fresh_from: IndexedHeap,
    displaced: u64,
}

impl KeyedLimiter {
    /// Keys that are remembered at most, unless another capacity is given: about 100 MB.
    pub const CAPACITY: u32 = 1 << 20;

    /// A limit of `rate_per_s` for each key; the parameters are those of [`RateLimiter::new`].
    pub fn new(algorithm: LimitAlgorithm, rate_per_s: f64, burst: u32, window_ns: u64) -> Self {
        Self::with_capacity(algorithm, rate_per_s, burst, window_ns, Self::CAPACITY)
    }

    /// The same, for at most `capacity` keys (at least 1) that are not as good as fresh.
    pub fn with_capacity(
        algorithm: LimitAlgorithm,
        rate_per_s: f64,
        burst: u32,
        window_ns: u64,
        capacity: u32,
    ) -> Self {
        Self {
            rule: Rule::new(algorithm, rate_per_s, burst, window_ns),
            capacity: capacity.max(1),
            keys: Table::new(),
            states: Slab::new(),
            logs: Fifos::new(),
            fresh_from: IndexedHeap::new(),
            displaced: 0,
        }
    }

    /// Decides about a request of `key` at `now` (ns). A request that may go on, at once or later,
    /// is counted.
    pub fn check(&mut self, now: u64, key: u64) -> Verdict {
        if let Some(place) = self.keys.get(key) {
            return self
                .rule
                .check(&mut self.states[place].state, &mut self.logs, now);
        }
        let freed = self.forget_one(now);
        let mut state = self.rule.fresh();
        let verdict = self.rule.check(&mut state, &mut self.logs, now);
        let place = if let Some(place) = freed {
            self.states[place] = KeyState { key, state };
            place
        } else {
            self.states.insert(KeyState { key, state })
        };
        self.keys.insert(key, place);
        self.fresh_from.set(place, self.order_of(key, &state));
        verdict
    }

    /// Number of keys that are remembered.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key is remembered.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many keys were forgotten, for want of room, whose state was not as good as fresh.
    pub fn displaced(&self) -> u64 {
        self.displaced
    }

    /// Makes room for one more key: forgets one that is as good as fresh, or, if there is no room,
    /// the next that would be. Returns its place, which is still in the heap.
    fn forget_one(&mut self, now: u64) -> Option<u32> {
        let full = self.keys.len() >= self.capacity as usize;
        while let Some((noted, place)) = self.fresh_from.peek() {
            if noted >> 32 > u128::from(now) && !full {
                return None;
            }
            let KeyState { key, state } = self.states[place];
            let order = self.order_of(key, &state);
            if order > noted {
                self.fresh_from.set(place, order);
                continue;
            }
            self.displaced += u64::from(noted >> 32 > u128::from(now));
            self.keys.remove(key);
            if let State::Log(mut log) = state {
                while self.logs.pop_front(&mut log).is_some() {}
            }
            return Some(place);
        }
        None
    }

    /// The order in which keys are forgotten: as they become as good as fresh, and among equals by
    /// the low bits of the key.
    fn order_of(&self, key: u64, state: &State) -> u128 {
        u128::from(self.rule.fresh_from(state, &self.logs)) << 32 | u128::from(key as u32)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const SECOND: u64 = 1_000_000_000;
    const ALL: [LimitAlgorithm; 4] = [
        LimitAlgorithm::TokenBucket,
        LimitAlgorithm::LeakyBucket,
        LimitAlgorithm::FixedWindow,
        LimitAlgorithm::SlidingWindow,
    ];

    /// The slow twin: it remembers the times of all requests that were let pass, or the level of
    /// the bucket in tokens of `interval` fractions each.
    #[derive(Clone)]
    struct Twin {
        rule: Rule,
        level: u128,
        at: u64,
        turns: Vec<u128>,
    }

    impl Twin {
        fn new(rule: Rule) -> Self {
            let level = rule.interval * u128::from(rule.burst.max(1));
            Self {
                rule,
                level,
                at: 0,
                turns: Vec::new(),
            }
        }

        fn check(&mut self, now: u64) -> Verdict {
            let time = u128::from(now) << FRACTION_BITS;
            let Rule {
                interval,
                burst,
                window_ns,
                limit,
                ..
            } = self.rule;
            let passed = |counts: &dyn Fn(u64) -> bool| {
                let times = self.turns.iter().map(|turn| (turn >> FRACTION_BITS) as u64);
                times.filter(|&time| counts(time)).count() as u64
            };
            let room = match self.rule.algorithm {
                LimitAlgorithm::TokenBucket => {
                    let full = interval * u128::from(burst.max(1));
                    let dripped = u128::from(now - self.at) << FRACTION_BITS;
                    (self.level, self.at) = ((self.level + dripped).min(full), now);
                    let room = self.level >= interval;
                    self.level -= if room { interval } else { 0 };
                    room
                }
                LimitAlgorithm::LeakyBucket => {
                    let waiting = self.turns.iter().filter(|&&turn| turn > time).count();
                    let turn = self
                        .turns
                        .last()
                        .map_or(0, |last| last + interval)
                        .max(time);
                    if turn > time && waiting >= burst as usize {
                        return Verdict::Refuse;
                    }
                    self.turns.push(turn);
                    let delay = (turn - time).div_ceil(1 << FRACTION_BITS) as u64;
                    return if delay == 0 {
                        Verdict::Pass
                    } else {
                        Verdict::Delay(delay)
                    };
                }
                LimitAlgorithm::FixedWindow => {
                    passed(&|time| time / window_ns == now / window_ns) < limit
                }
                LimitAlgorithm::SlidingWindow => passed(&|time| time + window_ns > now) < limit,
            };
            if !room {
                return Verdict::Refuse;
            }
            self.turns.push(time);
            Verdict::Pass
        }
    }

    fn algorithm() -> impl Strategy<Value = LimitAlgorithm> {
        prop::sample::select(ALL.to_vec())
    }

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(1000))]

        #[test]
        fn agrees_with_its_twin(
            algorithm in algorithm(),
            rate in 1..40_u32,
            burst in 0..6_u32,
            window_ms in 1..1000_u64,
            waits in prop::collection::vec(0..100_u64, 0..150),
        ) {
            let window_ns = window_ms * 1_000_000;
            // A rate of a third leaves an interval that is no whole number of anything.
            let mut limiter = RateLimiter::new(algorithm, f64::from(rate) / 3.0, burst, window_ns);
            let mut twin = Twin::new(limiter.rule);
            let mut now = 0;
            for wait in waits {
                now += if wait < 70 { wait * 3_000_000 } else { wait * wait * 400_000 + 1 };
                prop_assert_eq!(limiter.check(now), twin.check(now));
            }
        }

        /// In no stretch of time does more pass than the algorithm promises.
        #[test]
        fn bursts_are_bounded(
            algorithm in algorithm(),
            rate in 1..50_u32,
            burst in 1..10_u32,
            waits in prop::collection::vec(0..40_000_000_u64, 1..200),
        ) {
            let mut limiter = RateLimiter::new(algorithm, f64::from(rate), burst, SECOND);
            let mut left = Vec::new();
            let mut now = 0;
            for wait in waits {
                now += wait;
                match limiter.check(now) {
                    Verdict::Pass => left.push(now),
                    Verdict::Delay(delay) => left.push(now + delay),
                    Verdict::Refuse => {}
                }
            }
            for (first, &from) in left.iter().enumerate() {
                for (last, &to) in left.iter().enumerate().skip(first) {
                    let passed = (last - first + 1) as u64;
                    // The rate times the stretch, rounded up; delays are rounded to whole ns.
                    let smooth = ((to - from + 1) * u64::from(rate)).div_ceil(SECOND);
                    let bound = match algorithm {
                        LimitAlgorithm::TokenBucket => smooth + u64::from(burst),
                        LimitAlgorithm::LeakyBucket => smooth + 1,
                        LimitAlgorithm::FixedWindow => {
                            (to / SECOND - from / SECOND + 1) * u64::from(rate)
                        }
                        LimitAlgorithm::SlidingWindow => {
                            ((to - from) / SECOND + 1) * u64::from(rate)
                        }
                    };
                    prop_assert!(passed <= bound, "{passed} of at most {bound} in {from}..={to}");
                }
            }
        }

        /// While no more keys are active than there is room for, each key is limited as if alone.
        #[test]
        fn keys_are_limited_apart(
            algorithm in algorithm(),
            burst in 1..4_u32,
            steps in prop::collection::vec((0..200_000_000_u64, 0..12_u64), 0..300),
        ) {
            let mut keyed = KeyedLimiter::with_capacity(algorithm, 3.0, burst, SECOND, 12);
            let mut apart: BTreeMap<u64, RateLimiter> = BTreeMap::new();
            let mut now = 0;
            for (wait, key) in steps {
                now += wait;
                let alone = apart
                    .entry(key)
                    .or_insert_with(|| RateLimiter::new(algorithm, 3.0, burst, SECOND));
                prop_assert_eq!(keyed.check(now, key), alone.check(now));
                prop_assert!(keyed.len() <= apart.len());
            }
            prop_assert_eq!(keyed.displaced(), 0);
        }

        /// When there are too many, the one that would have been fresh first is forgotten.
        #[test]
        fn the_freshest_key_is_displaced(
            algorithm in algorithm(),
            steps in prop::collection::vec((0..100_000_000_u64, 0..30_u64), 0..300),
        ) {
            let mut keyed = KeyedLimiter::with_capacity(algorithm, 2.0, 3, SECOND, 5);
            let rule = keyed.rule;
            let mut twins: BTreeMap<u64, RateLimiter> = BTreeMap::new();
            let (mut now, mut displaced) = (0, 0);
            for (wait, key) in steps {
                now += wait;
                let fresh_from =
                    |limiter: &RateLimiter| rule.fresh_from(&limiter.state, &limiter.logs);
                if !twins.contains_key(&key) {
                    let active = twins.values().filter(|limiter| fresh_from(limiter) > now).count();
                    if active == 5 {
                        let (_, next) = twins
                            .iter()
                            .map(|(&key, limiter)| (fresh_from(limiter), key))
                            .min()
                            .unwrap();
                        twins.remove(&next);
                        displaced += 1;
                    } else if twins.len() == 5 {
                        twins.retain(|_, limiter| fresh_from(limiter) > now);
                    }
                }
                let twin = twins
                    .entry(key)
                    .or_insert_with(|| RateLimiter::new(algorithm, 2.0, 3, SECOND));
                prop_assert_eq!(keyed.check(now, key), twin.check(now));
                prop_assert_eq!(keyed.displaced(), displaced);
                prop_assert!(keyed.len() <= 5);
            }
        }
    }

    #[test]
    fn the_long_run_rate_is_exact() {
        // 7/3 per second is no whole number of nanoseconds; 10 offered per second for 300,000 s.
        let mut bucket = RateLimiter::new(LimitAlgorithm::TokenBucket, 7.0 / 3.0, 1, SECOND);
        let passed = (0..3_000_000_u64)
            .filter(|step| bucket.check(step * SECOND / 10) == Verdict::Pass)
            .count();
        // Requests come every 0.1 s, so each of the 3/7 s between passes is rounded up to 0.5 s.
        assert_eq!(passed, 600_000);
        let mut queue = RateLimiter::new(LimitAlgorithm::LeakyBucket, 7.0 / 3.0, 1, SECOND);
        let passed = (0..3_000_000_u64)
            .filter(|step| queue.check(step * SECOND / 10) != Verdict::Refuse)
            .count();
        assert!(passed.abs_diff(700_000) <= 2, "{passed}");
    }

    #[test]
    fn windows_let_their_share_pass() {
        for (algorithm, expected) in [
            (LimitAlgorithm::FixedWindow, 10),
            (LimitAlgorithm::SlidingWindow, 0),
        ] {
            let mut limiter = RateLimiter::new(algorithm, 10.0, 1, SECOND);
            let mut passed = |times: &[u64]| {
                times
                    .iter()
                    .filter(|&&now| limiter.check(now) == Verdict::Pass)
                    .count()
            };
            assert_eq!(passed(&[SECOND - 1; 12]), 10);
            // Only the clock forgets at once that ten have just passed.
            assert_eq!(
                passed(&[SECOND, 2 * SECOND - 2].map(|now| [now; 10]).concat()),
                expected
            );
            assert_eq!(
                passed(&[2 * SECOND - 1; 12]),
                if expected == 0 { 10 } else { 0 }
            );
        }
    }

    #[test]
    fn a_rate_of_nothing_lets_only_the_burst_pass() {
        for rate in [0.0, -1.0, f64::NAN, f64::MIN_POSITIVE] {
            let mut bucket = RateLimiter::new(LimitAlgorithm::TokenBucket, rate, 2, 0);
            let verdicts = [0, 1, 1 << 55].map(|now| bucket.check(now));
            assert_eq!(verdicts, [Verdict::Pass, Verdict::Pass, Verdict::Refuse]);
            let mut queue = RateLimiter::new(LimitAlgorithm::LeakyBucket, rate, u32::MAX, 0);
            assert_eq!(queue.check(0), Verdict::Pass);
            assert_eq!(queue.check(0), Verdict::Delay(1 << 63));
        }
        let mut free = RateLimiter::new(LimitAlgorithm::TokenBucket, f64::INFINITY, 1, 0);
        assert_eq!([0, 1, 2].map(|now| free.check(now)), [Verdict::Pass; 3]);
    }

    #[test]
    fn memory_follows_the_active_keys() {
        let mut keyed = KeyedLimiter::new(LimitAlgorithm::TokenBucket, 10.0, 1, SECOND);
        for step in 0..100_000_u64 {
            assert_eq!(keyed.check(step * 1_000_000, step), Verdict::Pass);
        }
        // A key is as good as fresh 100 ms after its request, and one comes every ms.
        assert!(keyed.len() <= 101, "{}", keyed.len());
    }
}
