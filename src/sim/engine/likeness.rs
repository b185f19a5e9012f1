//! Whether a running engine can go on with another model: what it holds by index must mean the
//! same in both. Parameters may differ; nodes, wires, replicas and steps may not.

use super::State;
use crate::sim::model::{ArrivalSpec, FaultPlan, FaultSpec, Model, NONE, Op, Order};

/// Why another model cannot take the place of the present one, as a clause that a sentence can end
/// with; nothing if it can.
pub(super) fn difference(state: &State, old: &Model, new: &Model) -> Option<String> {
    nodes(old, new)
        .or_else(|| programs(old, new))
        .or_else(|| stations(old, new))
        .or_else(|| wires(old, new))
        .or_else(|| stores(old, new))
        .or_else(|| flows(old, new))
        .or_else(|| faults(state, old, new))
        .or_else(|| run(state, new))
}

fn said(clause: &str) -> Option<String> {
    Some(clause.to_owned())
}

fn nodes(old: &Model, new: &Model) -> Option<String> {
    let (was, is) = (&old.meta, &new.meta);
    let same_nodes = was.nodes.len() == is.nodes.len()
        && was
            .nodes
            .iter()
            .zip(&is.nodes)
            .all(|(a, b)| a.name == b.name && a.kind == b.kind);
    if !same_nodes {
        return said("the nodes are others");
    }
    for (a, b) in was.nodes.iter().zip(&is.nodes) {
        if a.replicas != b.replicas {
            return Some(format!("{} has another number of replicas", b.name));
        }
    }
    if old.zones != new.zones || old.replicas != new.replicas {
        return said("nodes are in other zones");
    }
    let same_parts = old.nodes.iter().zip(&new.nodes).position(|(a, b)| {
        (a.stations, a.queue, a.cache, a.db, a.consumes, a.passes)
            != (b.stations, b.queue, b.cache, b.db, b.consumes, b.passes)
    });
    if let Some(i) = same_parts {
        return Some(format!("{} has other parts", is.nodes[i].name));
    }
    let same_classes = was.stations.len() == is.stations.len()
        && was
            .stations
            .iter()
            .zip(&is.stations)
            .all(|(a, b)| (a.node, a.name) == (b.node, b.name));
    if !same_classes {
        return said("a node has other parts");
    }
    None
}

/// An operation without the number of its draw: what is drawn is a parameter.
fn shape(op: Op) -> Op {
    match op {
        Op::Visit { st, .. } => Op::Visit { st, draw: NONE },
        Op::Hold { .. } => Op::Hold { draw: NONE },
        Op::Delay { .. } => Op::Delay { draw: NONE },
        Op::Loop { exit, .. } => Op::Loop { draw: NONE, exit },
        Op::Fail { .. } => Op::Fail { draw: NONE },
        Op::Pages { db, .. } => Op::Pages { draw: NONE, db },
        other => other,
    }
}

fn programs(old: &Model, new: &Model) -> Option<String> {
    let same_ops = old.ops.len() == new.ops.len()
        && old
            .ops
            .iter()
            .zip(&new.ops)
            .all(|(&a, &b)| shape(a) == shape(b));
    let same = same_ops
        && old.endpoints == new.endpoints
        && old.site_entries == new.site_entries
        && old.cached == new.cached
        && old.txs == new.txs
        && old.node_limits.len() == new.node_limits.len()
        && old.forks.len() == new.forks.len()
        && old
            .forks
            .iter()
            .zip(&new.forks)
            .all(|(a, b)| a.branches == b.branches)
        && old.choices.len() == new.choices.len()
        && old
            .choices
            .iter()
            .zip(&new.choices)
            .all(|(a, b)| a.to == b.to);
    let same_sites = old.sites.len() == new.sites.len()
        && old.sites.iter().zip(&new.sites).all(|(a, b)| {
            (a.wire, a.group, a.entries, a.on_fail, a.transparent)
                == (b.wire, b.group, b.entries, b.on_fail, b.transparent)
                && a.endpoint == b.endpoint
        });
    if same && same_sites {
        None
    } else {
        said("the steps of an endpoint are others")
    }
}

/// Orders of service that keep their queues in the same way.
fn order_class(order: Order) -> u8 {
    match order {
        Order::Fifo | Order::Lifo | Order::AdaptiveLifo(_) => 0,
        Order::Priority => 1,
        Order::Preemptive => 2,
        Order::Sharing => 3,
    }
}

fn stations(old: &Model, new: &Model) -> Option<String> {
    if old.stations.len() != new.stations.len() {
        return said("a node has other parts");
    }
    for (a, b) in old.stations.iter().zip(&new.stations) {
        if a.class != b.class || order_class(a.order) != order_class(b.order) {
            let node = new.meta.stations[b.class as usize].node as usize;
            return Some(format!(
                "{} serves in another order",
                new.meta.nodes[node].name
            ));
        }
    }
    None
}

fn wires(old: &Model, new: &Model) -> Option<String> {
    let same_wires = old.wires.len() == new.wires.len()
        && old
            .meta
            .wires
            .iter()
            .zip(&new.meta.wires)
            .all(|(a, b)| a.name == b.name)
        && old
            .wires
            .iter()
            .zip(&new.wires)
            .all(|(a, b)| (a.from, a.ends) == (b.from, b.ends));
    if !same_wires {
        return said("the wires are others");
    }
    for (i, (a, b)) in old.wires.iter().zip(&new.wires).enumerate() {
        if (a.pool == NONE) != (b.pool == NONE) {
            return Some(format!(
                "{} has a pool only before or after",
                new.meta.wires[i].name
            ));
        }
    }
    let same_groups = old.groups.len() == new.groups.len()
        && old.groups.iter().zip(&new.groups).all(|(a, b)| {
            let judged = |group: &crate::sim::model::GroupSpec| {
                group.ejection.is_some_and(|ejection| {
                    ejection.latency_factor.is_finite() || ejection.failure_share < 1.0
                })
            };
            a.caller == b.caller
                && a.instances == b.instances
                && a.targets.len() == b.targets.len()
                && a.targets
                    .iter()
                    .zip(&b.targets)
                    .all(|(a, b)| (a.replica, a.wire, a.ordinal) == (b.replica, b.wire, b.ordinal))
                && a.health.is_some() == b.health.is_some()
                && a.ejection.is_some() == b.ejection.is_some()
                && judged(a) == judged(b)
                && (a.slow_start_ns > 0) == (b.slow_start_ns > 0)
        });
    if same_groups {
        None
    } else {
        said("calls are balanced over others, or watched in another way")
    }
}

fn stores(old: &Model, new: &Model) -> Option<String> {
    let same_caches = old.caches.len() == new.caches.len()
        && old
            .caches
            .iter()
            .zip(&new.caches)
            .all(|(a, b)| (a.node, a.per_replica) == (b.node, b.per_replica));
    if !same_caches {
        return said("a cache is shared in another way");
    }
    let same_dbs = old.dbs.len() == new.dbs.len()
        && old.dbs.iter().zip(&new.dbs).all(|(a, b)| {
            (
                a.node,
                a.disk,
                a.flush,
                a.replica,
                a.row_locks,
                a.group_commit,
            ) == (
                b.node,
                b.disk,
                b.flush,
                b.replica,
                b.row_locks,
                b.group_commit,
            )
        });
    if !same_dbs {
        return said("a database locks or commits in another way");
    }
    let same_queues = old.queues.len() == new.queues.len()
        && old.queues.iter().zip(&new.queues).all(|(a, b)| {
            (a.node, a.ordered, a.consumers.len()) == (b.node, b.ordered, b.consumers.len())
                && a.consumers.iter().zip(&b.consumers).all(|(a, b)| {
                    (a.node, a.endpoint, a.wire) == (b.node, b.endpoint, b.wire)
                        && a.slots <= b.slots
                })
        });
    if same_queues {
        None
    } else {
        said("a queue keeps another order, or has other or slower consumers")
    }
}

fn flows(old: &Model, new: &Model) -> Option<String> {
    let same_endpoints = old.meta.endpoints.len() == new.meta.endpoints.len()
        && old
            .meta
            .endpoints
            .iter()
            .zip(&new.meta.endpoints)
            .all(|(a, b)| a.name == b.name);
    let in_bursts = |arrivals: &ArrivalSpec| matches!(arrivals, ArrivalSpec::Bursts { .. });
    let same_flows = old.flows.len() == new.flows.len()
        && old.flows.iter().zip(&new.flows).all(|(a, b)| {
            a.node == b.node
                && (a.users == 0) == (b.users == 0)
                && a.users <= b.users
                && in_bursts(&a.arrivals) == in_bursts(&b.arrivals)
        });
    if same_endpoints && same_flows {
        None
    } else {
        said("a client sends other traffic, or has fewer users")
    }
}

/// Whether two faults do the same; what a latency is drawn from is a parameter.
fn same_fault(a: &FaultSpec, b: &FaultSpec) -> bool {
    match (a, b) {
        (FaultSpec::Latency { wire: a, .. }, FaultSpec::Latency { wire: b, .. }) => a == b,
        _ => a == b,
    }
}

fn faults(state: &State, old: &Model, new: &Model) -> Option<String> {
    for (i, plan) in old.faults.iter().enumerate() {
        let begun = state.faults.has_begun(i);
        let Some(next) = new.faults.get(i) else {
            if begun {
                return Some(format!("the fault \"{}\" has begun already", plan.name));
            }
            continue;
        };
        if let Some(clause) = fault(state, i, plan, next) {
            return Some(clause);
        }
    }
    let now = state.now;
    let past = |plan: &&FaultPlan| plan.at_ns <= now && now > 0;
    new.faults
        .get(old.faults.len()..)
        .unwrap_or_default()
        .iter()
        .find(past)
        .map(|plan| format!("the fault \"{}\" would have begun already", plan.name))
}

fn fault(state: &State, i: usize, old: &FaultPlan, new: &FaultPlan) -> Option<String> {
    let name = &old.name;
    let same = same_fault(&old.fault, &new.fault)
        && old.stream == new.stream
        && old.every == new.every
        && (old.every.is_none() || (old.lasts == new.lasts && old.at_ns == new.at_ns));
    if !same {
        return Some(format!("the fault \"{name}\" is another"));
    }
    if state.faults.has_begun(i) {
        if old.at_ns != new.at_ns {
            return Some(format!("the fault \"{name}\" has begun already"));
        }
        let ended = !state.faults.is_on(i);
        if old.lasts != new.lasts && (ended || state.fault_end(new, i) <= state.now) {
            return Some(format!("the fault \"{name}\" would be over already"));
        }
    } else if old.at_ns != new.at_ns && new.at_ns <= state.now {
        return Some(format!("the fault \"{name}\" would have begun already"));
    }
    None
}

fn run(state: &State, new: &Model) -> Option<String> {
    if new.meta.duration_ns <= state.now {
        return said("the run would be over already");
    }
    None
}
