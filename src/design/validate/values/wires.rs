//! Rules about wires: retries, backoff, hedging and circuit breakers.

use super::Problems;
use crate::design::model::{Backoff, Breaker, Hedge, Retry, Wire};

/// Most tries of one call.
const ATTEMPTS_MAX: u32 = 100;

pub(super) fn wire(wire: &Wire, problems: &mut Problems) {
    for (value, field) in [
        (wire.timeout, "timeout"),
        (wire.deadline, "deadline"),
        (wire.pool_timeout, "pool_timeout"),
    ] {
        problems.optional_time(value, field);
    }
    if let Some(pool) = &wire.pool {
        problems.limit_above_0(pool, "pool");
    }
    for (value, field) in [(wire.bulkhead, "bulkhead"), (wire.max_depth, "max_depth")] {
        if let Some(value) = value {
            problems.at_least_1(value, field);
        }
    }
    super::nodes::balancing(&wire.balancing, problems);
}

pub(super) fn retry(retry: &Retry, problems: &mut Problems) {
    let fits = (1..=ATTEMPTS_MAX).contains(&retry.attempts);
    problems.check(
        fits,
        "attempts",
        "the number of attempts is out of range",
        "expected 1 to 100; the first try counts",
    );
    problems.check(
        !retry.on.is_empty(),
        "on",
        "no failure is retried",
        "expected at least one, such as `Timeout`",
    );
}

pub(super) fn backoff(backoff: &Backoff, problems: &mut Problems) {
    if let Backoff::Exponential {
        base, factor, cap, ..
    } = backoff
    {
        problems.check(
            *factor >= 1.0,
            "factor",
            "waits would become shorter",
            "expected a factor of 1 or more",
        );
        problems.check(
            base <= cap,
            "cap",
            "the longest wait is below the first",
            "expected at least `base`",
        );
    }
}

pub(super) fn hedge(hedge: &Hedge, problems: &mut Problems) {
    problems.check(
        (1..=10).contains(&hedge.max),
        "max",
        "the number of additional attempts is out of range",
        "expected 1 to 10",
    );
}

pub(super) fn breaker(breaker: &Breaker, problems: &mut Problems) {
    problems.time_above_0(breaker.window, "window");
    problems.time_above_0(breaker.half_open_after, "half_open_after");
    problems.positive(breaker.open_at.0, "open_at");
    problems.at_least_1(breaker.min_calls, "min_calls");
    problems.at_least_1(breaker.probes, "probes");
    problems.optional_time(breaker.slow_call, "slow_call");
}
