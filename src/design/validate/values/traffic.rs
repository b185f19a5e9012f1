//! Rules about traffic: flows, curves, arrivals and keys.

use super::Problems;
use crate::design::model::{Arrivals, Curve, Flow, Keys, People};
use crate::units::Rate;

/// Most users of one closed flow.
pub const USERS_MAX: u32 = 10_000_000;

pub(super) fn flow(flow: &Flow, problems: &mut Problems) {
    const ONE: &str = "expected exactly one of `rate`, `people` and `users`";
    let given = [
        flow.rate.is_some(),
        flow.people.is_some(),
        flow.users.is_some(),
    ];
    let count = given.iter().filter(|given| **given).count();
    match count {
        0 => problems.add("", "this traffic says nothing about how much it is", ONE),
        1 => {}
        _ => problems.add("", "this traffic says in two ways how much it is", ONE),
    }
    if let Some(users) = flow.users {
        problems.at_least_1(users, "users");
        problems.check(
            users <= USERS_MAX,
            "users",
            "too many users for one stream",
            "expected at most 10,000,000",
        );
    }
    if !flow.mix.is_empty() {
        problems.check(
            flow.endpoint.is_none(),
            "mix",
            "`endpoint` and `mix` exclude one another",
            "expected one of the two",
        );
        problems.weights(flow.mix.iter().map(|(weight, _)| *weight), "mix");
    }
    problems.check(
        flow.priority <= 7,
        "priority",
        "a priority is 0 to 7",
        "expected 0 to 7",
    );
    problems.optional_time(flow.deadline, "deadline");
}

pub(super) fn people(people: &People, problems: &mut Problems) {
    problems.positive(people.daily_users, "daily_users");
    problems.positive(people.requests_each, "requests_each");
    problems.positive(people.peak_factor, "peak_factor");
    let rate = people.daily_users * people.requests_each * people.peak_factor / 86_400.0;
    problems.check(
        rate <= Rate::MAX.0,
        "",
        "these people send more than 1,000,000,000 requests a second",
        "expected less",
    );
}

pub(super) fn curve(curve: &Curve, problems: &mut Problems) {
    match curve {
        Curve::Constant { .. } | Curve::Step { .. } => {}
        Curve::Ramp { over, .. } => problems.time_above_0(*over, "over"),
        Curve::Spike { lasts, .. } => problems.time_above_0(*lasts, "lasts"),
        Curve::Daily { low, high, period } => {
            problems.check(
                low.0 <= high.0,
                "high",
                "the highest rate is below the lowest",
                "expected at least `low`",
            );
            problems.time_above_0(*period, "period");
        }
        Curve::Piecewise { points } => {
            problems.check(
                !points.is_empty(),
                "points",
                "there are no points",
                "expected pairs of time and rate",
            );
            let ascending = points.windows(2).all(|pair| pair[0].0 < pair[1].0);
            problems.check(
                ascending,
                "points",
                "the times of the points do not ascend",
                "expected each time to be later than the one before",
            );
        }
    }
}

pub(super) fn arrivals(arrivals: &Arrivals, problems: &mut Problems) {
    if let Arrivals::Bursts {
        factor,
        burst,
        calm,
    } = arrivals
    {
        problems.check(
            *factor >= 1.0,
            "factor",
            "a burst cannot be calmer than the calm",
            "expected a factor of 1 or more",
        );
        problems.time_above_0(*burst, "burst");
        problems.time_above_0(*calm, "calm");
    }
}

pub(super) fn keys(keys: &Keys, problems: &mut Problems) {
    const ONE: &str = "expected 1 or more";
    match keys {
        Keys::Uniform { n } => problems.check(*n >= 1, "n", "there must be a key", ONE),
        Keys::Zipf { n, s } => {
            problems.check(*n >= 1, "n", "there must be a key", ONE);
            problems.check(
                *s <= 20.0,
                "s",
                "the skew is absurdly large",
                "expected at most 20; 0.99 is usual",
            );
        }
        Keys::HotSet { n, hot, .. } => {
            problems.check(*n >= 1, "n", "there must be a key", ONE);
            problems.check(
                *hot >= 1 && hot <= n,
                "hot",
                "the hot keys must be some of all keys",
                "expected 1 to `n`",
            );
        }
        Keys::Single => {}
    }
}
