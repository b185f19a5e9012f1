//! Wires as an estimate sees them: times there and back, pools, retries.

use super::EstimateError;
use super::mix::Mix;
use super::plan::{Line, Spread, time};
use crate::design::Node;
use crate::design::model::{Backoff, Dist as Written, Failure, Jitter, Network, Policy, Wire};
use crate::design::resolve::pool_size;
use crate::sim::distribution;
use crate::units::Bytes;

/// Bytes of a request and of an answer where nobody says.
const MESSAGE_BYTES: [f64; 2] = [1024.0, 4096.0];

/// The wire from a caller to a callee.
pub(super) fn line(
    network: &Network,
    caller: &Node,
    callee: &Node,
    wire: &Wire,
) -> Result<Line, EstimateError> {
    let pool = pool_size(caller, callee, Some(wire)).map_or(f64::INFINITY, f64::from);
    let one_way = match &wire.latency {
        Some(latency) => time(latency)?,
        None => between(network, caller, callee)?,
    };
    let size = |bytes: Option<Bytes>, default: f64| bytes.map_or(default, |bytes| bytes.0 as f64);
    let bytes = size(wire.request, MESSAGE_BYTES[0]) + size(wire.response, MESSAGE_BYTES[1]);
    let carried = wire.bandwidth.map_or(0.0, |bandwidth| bytes / bandwidth.0);
    let network = Mix::of(2.0 * one_way.mean() + carried, 2.0 * one_way.variance());
    let connect = match &wire.connect {
        Some(connect) if pool.is_infinite() => time(connect)?,
        _ => Mix::zero(),
    };
    let seconds =
        |time: Option<crate::units::Nanos>| time.map_or(f64::INFINITY, |time| time.0 as f64 / 1e9);
    let retry = wire.retry.as_ref();
    let attempts = retry.map_or(1, |retry| retry.attempts.max(1));
    let on = |failure: Failure| retry.is_some_and(|retry| retry.on.contains(&failure));
    let balancing = caller.balancing().unwrap_or(&wire.balancing);
    let limits = wire.limits.iter().map(|limit| limit.rate.0);
    Ok(Line {
        callers: f64::from(caller.common.replicas.max(1)),
        network,
        loss: wire.loss.0,
        connect,
        pool,
        pool_timeout_s: seconds(wire.pool_timeout),
        timeout_s: seconds(wire.timeout),
        deadline_s: seconds(wire.deadline),
        attempts,
        backoff_s: (1..attempts.min(64))
            .map(|at| retry.map_or(0.0, |retry| backoff(&retry.backoff, at)))
            .collect(),
        retries: [on(Failure::Timeout), on(Failure::Error)],
        hedge_after_s: wire.hedge.as_ref().map(|hedge| hedge.after.0 as f64 / 1e9),
        degrade: wire.degrade,
        limit_per_s: limits.fold(f64::INFINITY, f64::min),
        spread: match balancing.policy {
            Policy::RoundRobin | Policy::ZoneAware => Spread::Turn,
            Policy::LeastOutstanding => Spread::Least,
            Policy::PowerOfTwo => Spread::Choices(2.0),
            Policy::PowerOfChoices { d } => Spread::Choices(f64::from(d)),
            Policy::Random | Policy::Weighted { .. } | Policy::ConsistentHash { .. } => {
                Spread::Chance
            }
        },
    })
}

/// Mean wait before the n-th retry.
fn backoff(written: &Backoff, n: u32) -> f64 {
    let jittered = |wait: f64, jitter: &Jitter| match jitter {
        Jitter::Full => wait / 2.0,
        Jitter::Equal => 0.75 * wait,
        Jitter::None | Jitter::Decorrelated => wait,
    };
    match written {
        Backoff::Immediate => 0.0,
        Backoff::Fixed { wait, jitter } => jittered(wait.0 as f64 / 1e9, jitter),
        Backoff::Exponential {
            base,
            factor,
            cap,
            jitter,
        } => {
            let grown = base.0 as f64 / 1e9 * libm::pow(*factor, f64::from(n - 1));
            jittered(grown.min(cap.0 as f64 / 1e9), jitter)
        }
    }
}

/// One way between the zones of two nodes, on average over their replicas.
fn between(network: &Network, caller: &Node, callee: &Node) -> Result<Mix, EstimateError> {
    let (from, to) = (&caller.common.zones, &callee.common.zones);
    if from.is_empty() || to.is_empty() {
        return Ok(Mix::zero());
    }
    let region = |zone: &str| zone.split_once('/').map_or("", |parts| parts.0).to_owned();
    let means =
        |name: &str, zone: &str| name == zone || !region(zone).is_empty() && name == region(zone);
    let (mut mean, mut second) = (0.0, 0.0);
    let pairs = (from.len() * to.len()) as f64;
    for a in from {
        for b in to {
            let pair = network
                .pairs
                .iter()
                .find(|(x, y, _)| means(x, a) && means(y, b) || means(x, b) && means(y, a));
            let written: &Written = match pair {
                Some((_, _, time)) if a != b => &time.0,
                _ if a == b => &network.same_zone.0,
                _ if region(a) == region(b) => &network.cross_zone.0,
                _ => &network.cross_region.0,
            };
            let dist = distribution(written)?;
            mean += dist.mean() / pairs;
            second += (dist.variance() + dist.mean() * dist.mean()) / pairs;
        }
    }
    Ok(Mix::of(mean, (second - mean * mean).max(0.0)))
}
