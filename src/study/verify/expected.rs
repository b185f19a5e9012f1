//! What theory expects of a result: a value, its unit, and where in the result it is found.

use serde::{Deserialize, Serialize};

use crate::sim::result::{EndpointFigures, NodeFigures, RunResult, WireFigures};

/// The unit of a compared figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Per second.
    PerSecond,
    /// A share from 0 to 1.
    Share,
    /// A number of things.
    Number,
}

/// One figure that theory gives.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    /// What it is called beside the case, such as `p99`.
    pub name: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// Its value.
    pub theory: f64,
    /// How far theory itself may be off, where it is an approximation.
    pub error: f64,
    /// What the approximation is.
    pub approximation: &'static str,
    /// Where it is found in a result.
    pub reading: Reading,
}

impl Expected {
    /// The same, but theory itself may be off by `error`, because it is only an `approximation`.
    pub(super) fn within(mut self, error: f64, approximation: &'static str) -> Self {
        self.error = error;
        self.approximation = approximation;
        self
    }

    /// What should be known beside the verdict.
    pub(super) fn note(&self) -> String {
        if self.approximation.is_empty() {
            return "exact".to_owned();
        }
        let share = 100.0 * self.error / self.theory;
        format!("{}; its own error is up to {share:.2}%", self.approximation)
    }
}

/// Where a figure is found in a result.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reading {
    /// Of what a client saw, by the client's name.
    Client(&'static str, fn(&EndpointFigures) -> f64),
    /// Of a node, by its name.
    Node(&'static str, fn(&NodeFigures) -> Option<f64>),
    /// Of a wire, by `"caller -> callee"`.
    Wire(&'static str, fn(&WireFigures) -> f64),
    /// Of the whole.
    Run(fn(&RunResult) -> f64),
}

impl Reading {
    /// The figure, if the result has it.
    pub(super) fn of(&self, result: &RunResult) -> Option<f64> {
        match self {
            Self::Client(name, pick) => {
                let of_client = |endpoint: &&EndpointFigures| {
                    endpoint
                        .id
                        .strip_prefix(name)
                        .is_some_and(|rest| rest.starts_with(" -> "))
                };
                result.endpoints.iter().find(of_client).map(pick)
            }
            Self::Node(name, pick) => result.nodes.iter().find(|n| n.id == *name).and_then(pick),
            Self::Wire(name, pick) => result.wires.iter().find(|w| w.id == *name).map(pick),
            Self::Run(pick) => Some(pick(result)),
        }
    }
}

fn expected(name: &'static str, unit: Unit, reading: Reading, theory: f64) -> Expected {
    Expected {
        name,
        unit,
        theory,
        error: 0.0,
        approximation: "",
        reading,
    }
}

/// Mean latency that the client sees.
pub(super) fn mean(client: &'static str, theory: f64) -> Expected {
    expected(
        "mean",
        Unit::Seconds,
        Reading::Client(client, |e| e.latency_s.mean),
        theory,
    )
}

/// Mean latency that one of several clients sees, under a name of its own.
pub(super) fn mean_of(name: &'static str, client: &'static str, theory: f64) -> Expected {
    Expected {
        name,
        ..mean(client, theory)
    }
}

/// Median latency that the client sees.
pub(super) fn p50(client: &'static str, theory: f64) -> Expected {
    expected(
        "p50",
        Unit::Seconds,
        Reading::Client(client, |e| e.latency_s.p50),
        theory,
    )
}

/// 99th percentile of the latency that the client sees.
pub(super) fn p99(client: &'static str, theory: f64) -> Expected {
    expected(
        "p99",
        Unit::Seconds,
        Reading::Client(client, |e| e.latency_s.p99),
        theory,
    )
}

/// 99.9th percentile of the latency that the client sees.
pub(super) fn p999(client: &'static str, theory: f64) -> Expected {
    expected(
        "p99.9",
        Unit::Seconds,
        Reading::Client(client, |e| e.latency_s.p999),
        theory,
    )
}

/// Requests answered per second.
pub(super) fn goodput(client: &'static str, theory: f64) -> Expected {
    expected(
        "goodput",
        Unit::PerSecond,
        Reading::Client(client, |e| e.goodput_per_s),
        theory,
    )
}

/// Share of finished requests that failed, for whatever cause.
pub(super) fn failed(client: &'static str, theory: f64) -> Expected {
    let pick = |e: &EndpointFigures| {
        let failed = e.failed.values().sum::<u64>() as f64;
        ratio(failed, failed + e.completed as f64)
    };
    expected(
        "share failed",
        Unit::Share,
        Reading::Client(client, pick),
        theory,
    )
}

/// Share of finished requests that were answered.
pub(super) fn answered(client: &'static str, theory: f64) -> Expected {
    let pick = |e: &EndpointFigures| {
        let failed = e.failed.values().sum::<u64>() as f64;
        ratio(e.completed as f64, failed + e.completed as f64)
    };
    expected(
        "share answered",
        Unit::Share,
        Reading::Client(client, pick),
        theory,
    )
}

/// Tries per finished request.
pub(super) fn attempts(client: &'static str, theory: f64) -> Expected {
    let reading = Reading::Client(client, |e| e.attempts_per_request);
    expected("attempts per request", Unit::Number, reading, theory)
}

/// A figure of a node.
pub(super) fn node(
    name: &'static str,
    unit: Unit,
    node: &'static str,
    pick: fn(&NodeFigures) -> Option<f64>,
    theory: f64,
) -> Expected {
    expected(name, unit, Reading::Node(node, pick), theory)
}

/// Share of worker-time that is busy at a node.
pub(super) fn utilization(of: &'static str, theory: f64) -> Expected {
    node(
        "utilization",
        Unit::Share,
        of,
        |n| Some(n.utilization),
        theory,
    )
}

/// Mean time waiting for a worker of a node.
pub(super) fn mean_wait(of: &'static str, theory: f64) -> Expected {
    node(
        "mean wait",
        Unit::Seconds,
        of,
        |n| Some(n.wait_s.mean),
        theory,
    )
}

/// Mean number waiting for a worker of a node.
pub(super) fn queue_mean(of: &'static str, theory: f64) -> Expected {
    node(
        "mean queue",
        Unit::Number,
        of,
        |n| Some(n.queue_mean),
        theory,
    )
}

/// Mean number of busy workers of a node.
pub(super) fn busy_mean(of: &'static str, theory: f64) -> Expected {
    node(
        "mean busy workers",
        Unit::Number,
        of,
        |n| Some(n.busy_mean),
        theory,
    )
}

/// Mean time from arrival to answer at a node.
pub(super) fn node_mean(name: &'static str, of: &'static str, theory: f64) -> Expected {
    node(name, Unit::Seconds, of, |n| Some(n.latency_s.mean), theory)
}

/// Hits over look-ups of a cache.
pub(super) fn hit_ratio(of: &'static str, theory: f64) -> Expected {
    node(
        "hit ratio",
        Unit::Share,
        of,
        |n| Some(n.cache?.hit_ratio),
        theory,
    )
}

/// A figure of a wire.
pub(super) fn wire(
    name: &'static str,
    unit: Unit,
    wire: &'static str,
    pick: fn(&WireFigures) -> f64,
    theory: f64,
) -> Expected {
    expected(name, unit, Reading::Wire(wire, pick), theory)
}

/// The share of the laws checked by every run on itself that hold: all of them.
pub(super) fn laws() -> Expected {
    let pick = |result: &RunResult| {
        let broken = result.checks.iter().filter(|check| !check.holds).count();
        1.0 - ratio(broken as f64, result.checks.len() as f64)
    };
    expected(
        "conservation, Little and utilization laws hold",
        Unit::Share,
        Reading::Run(pick),
        1.0,
    )
}

/// A quotient, and 0 where there is nothing to divide by.
pub(super) fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
