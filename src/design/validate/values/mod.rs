//! Rules about one value by itself: parameters of a distribution, a curve, a policy. They are
//! checked while the value is read, so that a message can mark the very argument.

mod course;
mod nodes;
mod traffic;
mod wires;

use std::any::Any;

use crate::design::Node;
use crate::design::model::{
    Admission, Arrivals, Backoff, Breaker, Curve, Dist, Fault, FaultEntry, Flow, HealthCheck,
    Hedge, Keys, Limit, People, Policy, RateLimit, Retry, Run, Step, Which, Wire,
};
use crate::units::{Nanos, Rate};

pub use nodes::REPLICAS_MAX;
pub use traffic::USERS_MAX;

/// What is wrong with a value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The argument at fault; empty for the value as a whole.
    pub(crate) field: &'static str,
    /// What is wrong.
    pub(crate) message: String,
    /// What was expected.
    pub(crate) expected: &'static str,
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems(pub(crate) Vec<Problem>);

impl Problems {
    fn add(&mut self, field: &'static str, message: impl Into<String>, expected: &'static str) {
        self.0.push(Problem {
            field,
            message: message.into(),
            expected,
        });
    }

    /// Unless it holds, reports a problem.
    pub(super) fn check(
        &mut self,
        holds: bool,
        field: &'static str,
        message: &str,
        expected: &'static str,
    ) {
        if !holds {
            self.add(field, message, expected);
        }
    }

    fn positive(&mut self, value: f64, field: &'static str) {
        self.check(
            value > 0.0,
            field,
            &format!("`{field}` must be above 0"),
            "expected more than 0",
        );
    }

    fn time_above_0(&mut self, value: Nanos, field: &'static str) {
        self.check(
            value.0 > 0,
            field,
            &format!("`{field}` must be above 0"),
            "expected more than 0s",
        );
    }

    fn optional_time(&mut self, value: Option<Nanos>, field: &'static str) {
        if let Some(value) = value {
            self.time_above_0(value, field);
        }
    }

    fn at_least_1(&mut self, value: u32, field: &'static str) {
        self.check(
            value >= 1,
            field,
            &format!("`{field}` must be at least 1"),
            "expected 1 or more",
        );
    }

    fn limit_above_0(&mut self, value: &Limit, field: &'static str) {
        self.check(
            value.get() != Some(0),
            field,
            &format!("`{field}` must be at least 1"),
            "expected 1 or more, or Unlimited",
        );
    }

    fn rate_above_0(&mut self, value: Rate, field: &'static str) {
        self.check(
            value.0 > 0.0,
            field,
            &format!("`{field}` must be above 0"),
            "expected a rate above 0/s",
        );
    }

    /// Weights must be there, and some of them above 0.
    pub(super) fn weights(&mut self, weights: impl Iterator<Item = f64>, field: &'static str) {
        let all: Vec<f64> = weights.collect();
        if all.is_empty() {
            self.add(
                field,
                format!("`{field}` is empty"),
                "expected at least one part with its weight",
            );
        } else if all.iter().all(|weight| *weight <= 0.0) {
            self.add(
                field,
                "all weights are 0",
                "expected at least one weight above 0",
            );
        }
    }
}

/// Checks a value of any type of the document; most types have no rules.
pub(crate) fn check(value: &dyn Any) -> Vec<Problem> {
    let mut found = Problems::default();
    let problems = &mut found;
    macro_rules! rules {
        ($($ty:ty => $rule:expr),* $(,)?) => {
            $( if let Some(value) = value.downcast_ref::<$ty>() { $rule(value, problems); } )*
        };
    }
    rules! {
        Dist => super::dist::check,
        Node => nodes::node, Policy => nodes::policy, HealthCheck => nodes::health,
        Admission => nodes::admission, RateLimit => nodes::rate_limit,
        Flow => traffic::flow, People => traffic::people, Curve => traffic::curve,
        Arrivals => traffic::arrivals, Keys => traffic::keys,
        Wire => wires::wire, Retry => wires::retry, Backoff => wires::backoff,
        Hedge => wires::hedge, Breaker => wires::breaker,
        Step => course::step, Run => course::run, FaultEntry => course::fault_entry,
        Fault => course::fault, Which => course::which,
    }
    found.0
}
