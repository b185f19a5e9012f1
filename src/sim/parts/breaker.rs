//! The circuit breaker: stops calling a callee that fails, and tries again after a while.
//!
//! Nygard, "Release It!", 2007, with the states and the sliding window of Resilience4j: *closed*,
//! all calls pass and their results are counted; *open*, none passes; *half open*, a few probes
//! pass, and close the breaker if all succeed or open it again if one fails.

use super::billionths;
use super::window::SlidingCounts;

/// Which counter is which.
const CALLS: usize = 0;
const FAILURES: usize = 1;

/// When a breaker opens and how it closes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakerSettings {
    /// The time in ns over which results are counted.
    pub window_ns: u64,
    /// Share of failures (0 to 1) at which it opens. At least one call must have failed.
    pub failure_share: f64,
    /// Results in the window below which it never opens.
    pub min_calls: u32,
    /// How long it stays open, in ns.
    pub open_ns: u64,
    /// Probes that must succeed in a row to close it again; at least 1. No more are under way at
    /// once.
    pub probes: u32,
}

/// What a breaker does with calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Lets all pass.
    Closed,
    /// Lets none pass.
    Open,
    /// Lets probes pass.
    HalfOpen,
}

/// A circuit breaker. Times never go back.
#[derive(Debug, Clone)]
pub struct Breaker {
    settings: BreakerSettings,
    counts: SlidingCounts<2>,
    phase: Phase,
    epoch: u32,
    openings: u64,
    /// Time open in ns, the current opening not counted.
    open_before_ns: u128,
}

/// The state, and what it needs to know.
#[derive(Debug, Clone, Copy)]
enum Phase {
    Closed,
    Open { since: u64 },
    HalfOpen { under_way: u32, succeeded: u32 },
}

impl Breaker {
    /// A closed breaker.
    pub fn new(settings: BreakerSettings) -> Self {
        Self {
            settings,
            counts: SlidingCounts::new(settings.window_ns),
            phase: Phase::Closed,
            epoch: 0,
            openings: 0,
            open_before_ns: 0,
        }
    }

    /// Goes on in the present state with other settings. What was counted over another window is
    /// forgotten.
    pub fn set_settings(&mut self, settings: BreakerSettings) {
        if settings.window_ns != self.settings.window_ns {
            self.counts = SlidingCounts::new(settings.window_ns);
        }
        self.settings = settings;
    }

    /// Whether a call may start at `now` (ns). A call that may start must be answered by
    /// [`Self::on_result`] or, if its result will never be known, by [`Self::on_probe_abandoned`].
    #[inline]
    pub fn allow(&mut self, now: u64) -> bool {
        if let Phase::Open { since } = self.phase {
            if now - since < self.settings.open_ns {
                return false;
            }
            self.open_before_ns += u128::from(self.settings.open_ns);
            self.enter(Phase::HalfOpen {
                under_way: 0,
                succeeded: 0,
            });
        }
        match &mut self.phase {
            Phase::HalfOpen {
                under_way,
                succeeded,
            } => {
                let free = *under_way + *succeeded < self.settings.probes.max(1);
                *under_way += u32::from(free);
                free
            }
            Phase::Closed | Phase::Open { .. } => true,
        }
    }

    /// Number of changes of state so far. Read after [`Self::allow`], it tells later which state
    /// let a call pass.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Takes the result of a call at `now` (ns), as if the present state had let it pass. While
    /// half open, results of calls from before count like those of probes, as they do in
    /// Resilience4j.
    #[inline]
    pub fn on_result(&mut self, now: u64, ok: bool) {
        match self.phase {
            Phase::Closed => {
                self.counts.count(now, CALLS);
                if !ok {
                    self.counts.count(now, FAILURES);
                }
                if self.too_many_failures(now) {
                    self.open(now);
                }
            }
            Phase::Open { .. } => {}
            Phase::HalfOpen { .. } if !ok => self.open(now),
            Phase::HalfOpen {
                under_way,
                succeeded,
            } => {
                if succeeded + 1 >= self.settings.probes {
                    self.counts.clear();
                    self.enter(Phase::Closed);
                } else {
                    let under_way = under_way.saturating_sub(1);
                    self.phase = Phase::HalfOpen {
                        under_way,
                        succeeded: succeeded + 1,
                    };
                }
            }
        }
    }

    /// Takes the result of a call that passed in `epoch`; it is ignored if the state has changed
    /// since, so that a late result of the time before does not pass for that of a probe.
    #[inline]
    pub fn on_result_of(&mut self, epoch: u32, now: u64, ok: bool) {
        if epoch == self.epoch {
            self.on_result(now, ok);
        }
    }

    /// A call that passed in `epoch` will never have a result: while half open, its place is free
    /// for another probe.
    pub fn on_probe_abandoned(&mut self, epoch: u32) {
        if let Phase::HalfOpen { under_way, .. } = &mut self.phase
            && epoch == self.epoch
        {
            *under_way = under_way.saturating_sub(1);
        }
    }

    /// The state at `now` (ns).
    pub fn state(&self, now: u64) -> BreakerState {
        match self.phase {
            Phase::Closed => BreakerState::Closed,
            Phase::Open { since } if now - since < self.settings.open_ns => BreakerState::Open,
            Phase::Open { .. } | Phase::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    /// How often it has opened, from closed or from half open.
    pub fn openings(&self) -> u64 {
        self.openings
    }

    /// Time in ns for which it has let no call pass, until `now` (ns).
    pub fn open_ns(&self, now: u64) -> u128 {
        let current = match self.phase {
            Phase::Open { since } => (now - since).min(self.settings.open_ns),
            Phase::Closed | Phase::HalfOpen { .. } => 0,
        };
        self.open_before_ns + u128::from(current)
    }

    fn too_many_failures(&mut self, now: u64) -> bool {
        let [calls, failures] = self.counts.totals(now);
        let share = u128::from(billionths(self.settings.failure_share));
        failures > 0
            && calls >= u64::from(self.settings.min_calls)
            && u128::from(failures) * 1_000_000_000 >= share * u128::from(calls)
    }

    fn open(&mut self, now: u64) {
        self.openings += 1;
        self.enter(Phase::Open { since: now });
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.epoch = self.epoch.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The slow twin: it remembers every result since it last closed, and derives everything anew.
    struct Twin {
        settings: BreakerSettings,
        state: BreakerState,
        changes: u32,
        opened: Vec<u64>,
        results: Vec<(u64, bool)>,
        probes_started: u32,
        probes_succeeded: u32,
        probes_abandoned: u32,
    }

    impl Twin {
        fn new(settings: BreakerSettings) -> Self {
            Self {
                settings,
                state: BreakerState::Closed,
                changes: 0,
                opened: Vec::new(),
                results: Vec::new(),
                probes_started: 0,
                probes_succeeded: 0,
                probes_abandoned: 0,
            }
        }

        fn change(&mut self, state: BreakerState, now: u64) {
            self.state = state;
            self.changes += 1;
            self.results.clear();
            (
                self.probes_started,
                self.probes_succeeded,
                self.probes_abandoned,
            ) = (0, 0, 0);
            if state == BreakerState::Open {
                self.opened.push(now);
            }
        }

        fn allow(&mut self, now: u64) -> bool {
            if self.state == BreakerState::Open
                && now >= self.opened.last().unwrap() + self.settings.open_ns
            {
                self.change(BreakerState::HalfOpen, now);
            }
            match self.state {
                BreakerState::Closed => true,
                BreakerState::Open => false,
                BreakerState::HalfOpen => {
                    let used = self.probes_started - self.probes_abandoned;
                    let free = used < self.settings.probes;
                    self.probes_started += u32::from(free);
                    free
                }
            }
        }

        fn on_result(&mut self, now: u64, ok: bool) {
            if self.state == BreakerState::Closed {
                self.results.push((now, ok));
                let bucket_ns = self.settings.window_ns.div_ceil(10);
                let recent = |time: u64| time / bucket_ns + 10 > now / bucket_ns;
                let calls = self
                    .results
                    .iter()
                    .filter(|result| recent(result.0))
                    .count();
                let failures = self
                    .results
                    .iter()
                    .filter(|result| recent(result.0) && !result.1)
                    .count();
                let share = failures as f64 / calls as f64;
                if failures > 0
                    && calls >= self.settings.min_calls as usize
                    && share >= self.settings.failure_share - 1e-12
                {
                    self.change(BreakerState::Open, now);
                }
            } else if self.state == BreakerState::HalfOpen {
                self.probes_succeeded += 1;
                if !ok {
                    self.change(BreakerState::Open, now);
                } else if self.probes_succeeded == self.settings.probes {
                    self.change(BreakerState::Closed, now);
                }
            }
        }

        fn open_ns(&self, now: u64) -> u128 {
            let lasted = |&since: &u64| u128::from((now - since).min(self.settings.open_ns));
            self.opened.iter().map(lasted).sum()
        }
    }

    fn settings() -> impl Strategy<Value = BreakerSettings> {
        (10..300_u64, 1..=10_u32, 1..8_u32, 1..100_u64, 1..4_u32).prop_map(
            |(window_ns, tenths, min_calls, open_ns, probes)| BreakerSettings {
                window_ns,
                failure_share: f64::from(tenths) / 10.0,
                min_calls,
                open_ns,
                probes,
            },
        )
    }

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(1000))]

        /// Calls start, end with either result or are abandoned in any order; late results are
        /// given with the epoch in which their call passed.
        #[test]
        fn agrees_with_a_model(
            settings in settings(),
            steps in prop::collection::vec(
                (0..30_u64, 0..10_u8, any::<prop::sample::Index>()),
                0..200,
            ),
        ) {
            let mut breaker = Breaker::new(settings);
            let mut twin = Twin::new(settings);
            let mut under_way: Vec<u32> = Vec::new();
            let mut now = 0;
            for (wait, action, which) in steps {
                now += wait;
                if action < 5 || under_way.is_empty() {
                    let allowed = breaker.allow(now);
                    prop_assert_eq!(allowed, twin.allow(now));
                    if allowed {
                        under_way.push(breaker.epoch());
                    }
                } else {
                    let epoch = under_way.swap_remove(which.index(under_way.len()));
                    if action == 5 {
                        breaker.on_probe_abandoned(epoch);
                        if epoch == twin.changes && twin.state == BreakerState::HalfOpen {
                            twin.probes_abandoned += 1;
                        }
                    } else {
                        breaker.on_result_of(epoch, now, action < 8);
                        if epoch == twin.changes {
                            twin.on_result(now, action < 8);
                        }
                    }
                }
                prop_assert_eq!(breaker.epoch(), twin.changes);
                prop_assert_eq!(breaker.openings(), twin.opened.len() as u64);
                prop_assert_eq!(breaker.open_ns(now), twin.open_ns(now));
                let due = twin.state == BreakerState::Open
                    && now >= twin.opened.last().unwrap() + settings.open_ns;
                let state = if due { BreakerState::HalfOpen } else { twin.state };
                prop_assert_eq!(breaker.state(now), state);
            }
        }
    }

    const HALF: BreakerSettings = BreakerSettings {
        window_ns: 10_000,
        failure_share: 0.5,
        min_calls: 4,
        open_ns: 1_000,
        probes: 2,
    };

    #[test]
    fn opens_at_the_share_probes_and_closes() {
        let mut breaker = Breaker::new(HALF);
        for (now, ok) in [(0, true), (1, false), (2, true)] {
            assert!(breaker.allow(now));
            breaker.on_result(now, ok);
        }
        assert_eq!(breaker.state(2), BreakerState::Closed);
        breaker.on_result(3, false);
        assert_eq!(breaker.state(3), BreakerState::Open);
        assert!(!breaker.allow(1_002));
        assert!(breaker.allow(1_003));
        assert!(breaker.allow(1_003));
        assert!(
            !breaker.allow(1_003),
            "two probes are under way and two are needed"
        );
        breaker.on_result(1_010, true);
        assert!(
            !breaker.allow(1_011),
            "one has succeeded and one is under way"
        );
        breaker.on_result(1_020, true);
        assert_eq!(breaker.state(1_020), BreakerState::Closed);
        assert_eq!((breaker.openings(), breaker.open_ns(2_000)), (1, 1_000));
    }

    #[test]
    fn a_late_failure_of_the_time_before_opens_only_without_its_epoch() {
        let mut breaker = Breaker::new(HALF);
        let epoch = breaker.epoch();
        (0..4).for_each(|now| breaker.on_result(now, false));
        assert!(breaker.allow(2_000));
        breaker.on_result_of(epoch, 2_001, false);
        assert_eq!(breaker.state(2_001), BreakerState::HalfOpen);
        breaker.on_result(2_002, false);
        assert_eq!(breaker.state(2_002), BreakerState::Open);
    }
}
