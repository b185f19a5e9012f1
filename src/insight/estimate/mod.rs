//! The answer without simulating: a queueing network worked out by formulas, in well under a
//! millisecond.
//!
//! Rates come from the traffic equations over the programs of endpoints, with caches by Che's
//! approximation and retries as a fixed point. Waits come from Erlang's M/M/c, scaled by the
//! variability of gaps and times (Allen and Cunneen). A blocking caller holds its worker for as long
//! as its callees take. Branches at the same time wait for the longest (Clark). Closed users send at
//! the rate at which thinking and waiting add up to all of them. Percentiles are those of a mixture
//! of a few gamma and log-normal times.
//!
//! What it assumes is said beside the figures: a steady state, without faults.

mod assumptions;
mod hits;
mod line;
mod mix;
mod place;
mod plan;
mod planner;
mod respond;
mod solve;
mod station;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::design::model::Design;
use crate::sim::CompileError;
pub use place::mean_rate;
use plan::STATIONS;
use solve::State;

/// Why there is no estimate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EstimateError(String);

impl std::fmt::Display for EstimateError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for EstimateError {}

impl From<CompileError> for EstimateError {
    fn from(error: CompileError) -> Self {
        Self(error.to_string())
    }
}

/// What the formulas say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// What clients see.
    pub endpoints: Vec<EndpointEstimate>,
    /// What happens at nodes that have a limit on what they do at once.
    pub nodes: Vec<NodeEstimate>,
    /// Look-ups per second and hit ratio, by cache.
    pub caches: Vec<CacheEstimate>,
    /// What more comes to than it can do, without an end to the queue: there is no steady state.
    pub full: Vec<String>,
    /// Dollars per hour.
    pub cost_per_hour: f64,
    /// What was assumed, in sentences.
    pub assumptions: Vec<String>,
}

/// What a client sees of an endpoint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EndpointEstimate {
    /// As a result calls it.
    pub id: String,
    /// Requests per second.
    pub offered_per_s: f64,
    /// Of these, completed.
    pub goodput_per_s: f64,
    /// Share that fails.
    pub failed: f64,
    /// Mean latency of completed requests, in seconds; nothing if a queue on its way is full.
    pub mean_s: Option<f64>,
    /// 50th percentile.
    pub p50_s: Option<f64>,
    /// 95th percentile.
    pub p95_s: Option<f64>,
    /// 99th percentile.
    pub p99_s: Option<f64>,
    /// Attack traffic.
    pub attack: bool,
}

/// A node's busiest station.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NodeEstimate {
    /// Its name.
    pub id: String,
    /// `workers`, `cores`, `disk`, `flush`, or `pool` of a wire.
    pub station: String,
    /// Busy time over available time; above 1 more comes than it can do.
    pub utilization: f64,
    /// Mean wait, in seconds.
    pub wait_s: f64,
    /// Visits per second.
    pub arrivals_per_s: f64,
}

/// A cache.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CacheEstimate {
    /// Its name.
    pub id: String,
    /// Look-ups per second.
    pub lookups_per_s: f64,
    /// Hits over look-ups.
    pub hit_ratio: f64,
}

/// Names of stations by index.
const STATION_NAMES: [&str; STATIONS] = ["workers", "cores", "disk", "flush"];

/// Works a design out.
///
/// # Errors
/// If a distribution in it makes no sense.
pub fn estimate(design: &Design) -> Result<Estimate, EstimateError> {
    let plan = planner::plan(design)?;
    let mut state = State::new(&plan, design);
    state.solve();
    let nodes = nodes(&state);
    let full: Vec<String> = nodes
        .iter()
        .filter(|node| node.utilization >= 1.0 && !refuses(&state, &node.id))
        .map(|node| node.id.clone())
        .collect();
    let endpoints = endpoints(&state, &full, &nodes);
    Ok(Estimate {
        endpoints,
        caches: caches(&state),
        cost_per_hour: cost(&state),
        assumptions: assumptions::of(design, &plan),
        nodes,
        full,
    })
}

/// Whether what finds it full is refused, so that it has a steady state all the same.
fn refuses(state: &State<'_>, node: &str) -> bool {
    let index = state.design.nodes.position(node);
    index.is_some_and(|index| state.plan.places[index].places.is_finite())
}

fn endpoints(state: &State<'_>, full: &[String], nodes: &[NodeEstimate]) -> Vec<EndpointEstimate> {
    // Where a queue grows without end, what comes out is what it can do.
    let most = |share: f64, node: &NodeEstimate| share.max(node.utilization);
    let overload = nodes
        .iter()
        .filter(|node| full.contains(&node.id))
        .fold(1.0, most);
    let mut list: Vec<EndpointEstimate> = Vec::new();
    for root in &state.plan.roots {
        let outcome = state.call(root.site);
        let deadline = state.plan.sources[root.flow].deadline_s;
        let late = if deadline.is_finite() {
            outcome.time.tail(deadline)
        } else {
            0.0
        };
        let time = if late > 0.0 {
            outcome.time.within(deadline)
        } else {
            outcome.time
        };
        let fails = 1.0 - (1.0 - outcome.fails) * (1.0 - late);
        let offered = state.flows[root.flow] * root.share;
        let known = |value: f64| full.is_empty().then_some(value);
        let found = EndpointEstimate {
            id: root.id.clone(),
            offered_per_s: offered,
            goodput_per_s: offered * (1.0 - fails) / overload,
            failed: fails,
            mean_s: known(time.mean()),
            p50_s: known(time.quantile(0.5)),
            p95_s: known(time.quantile(0.95)),
            p99_s: known(time.quantile(0.99)),
            attack: root.attack,
        };
        // Two flows to the same endpoint are one in a result.
        match list.iter_mut().find(|known| known.id == found.id) {
            Some(known) => join(known, &found),
            None => list.push(found),
        }
    }
    list
}

/// Two flows as one, each with its weight.
fn join(known: &mut EndpointEstimate, other: &EndpointEstimate) {
    let total = known.goodput_per_s + other.goodput_per_s;
    let share = if total > 0.0 {
        known.goodput_per_s / total
    } else {
        1.0
    };
    let mean =
        |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| share * a + (1.0 - share) * b);
    known.mean_s = mean(known.mean_s, other.mean_s);
    known.p50_s = mean(known.p50_s, other.p50_s);
    known.p95_s = mean(known.p95_s, other.p95_s);
    known.p99_s = mean(known.p99_s, other.p99_s);
    known.offered_per_s += other.offered_per_s;
    known.goodput_per_s = total;
    known.failed = 1.0 - total / known.offered_per_s.max(f64::MIN_POSITIVE);
}

/// The busiest station of each node, and pools.
fn nodes(state: &State<'_>) -> Vec<NodeEstimate> {
    let mut list = Vec::new();
    for (at, (name, _)) in state.design.nodes.iter().enumerate() {
        let stations = state.waits[at].iter().enumerate();
        let busiest = stations
            .filter(|(station, _)| state.demands[at][*station].rate > 0.0)
            .filter(|(station, _)| state.plan.places[at].servers[*station].is_finite())
            .max_by(|a, b| a.1.load.total_cmp(&b.1.load));
        if let Some((station, wait)) = busiest {
            list.push(NodeEstimate {
                id: name.to_owned(),
                station: STATION_NAMES[station].to_owned(),
                utilization: wait.load,
                wait_s: wait.mean(),
                arrivals_per_s: state.demands[at][station].rate,
            });
        }
    }
    for (name, line) in &state.plan.line_names {
        let wait = state.pool_waits[*line];
        if state.pools[*line].rate > 0.0 && state.plan.lines[*line].pool.is_finite() {
            list.push(NodeEstimate {
                id: name.clone(),
                station: "pool".to_owned(),
                utilization: wait.load,
                wait_s: wait.mean(),
                arrivals_per_s: state.pools[*line].rate,
            });
        }
    }
    list
}

fn caches(state: &State<'_>) -> Vec<CacheEstimate> {
    let mut list: Vec<CacheEstimate> = Vec::new();
    for (at, (name, _)) in state.design.nodes.iter().enumerate() {
        let of_node = state.plan.lookups.iter().enumerate();
        let of_node = of_node.filter(|(_, lookup)| lookup.node == at);
        let (asked, hits) = of_node.fold((0.0, 0.0), |sum, (lookup, _)| {
            let asked: f64 = state.asked[lookup].iter().sum();
            (sum.0 + asked, sum.1 + asked * state.hits[lookup])
        });
        if asked > 0.0 {
            list.push(CacheEstimate {
                id: name.to_owned(),
                lookups_per_s: asked,
                hit_ratio: hits / asked,
            });
        }
    }
    list
}

fn cost(state: &State<'_>) -> f64 {
    let mut arrives = vec![0.0; state.design.nodes.len()];
    for (unit, rates) in state.plan.units.iter().zip(&state.units) {
        arrives[unit.node] += rates.iter().sum::<f64>();
    }
    let nodes = state.design.nodes.iter().zip(arrives);
    nodes
        .map(|((_, node), arrives)| {
            let replicas = f64::from(node.common.replicas);
            replicas * node.common.price.0 + node.common.price_per_million * arrives * 3600.0 / 1e6
        })
        .sum()
}
