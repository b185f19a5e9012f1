//! The figure that an objective asks for, over some windows.

use std::ops::Range;

use crate::design::objective::{Bound, Measure, Parsed, Subject, When};
use crate::sim::measure::EndpointWindow;
use crate::sim::result::{EndpointFigures, NodeFigures, RunResult};
use crate::sim::summary::Collected;

/// A percentile says little if fewer requests lie beyond it.
const BEYOND_MIN: f64 = 10.0;

/// A figure, its interval where it has one, and what should be known beside it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    pub(super) value: f64,
    pub(super) ci95: Option<[f64; 2]>,
    pub(super) note: Option<String>,
}

impl Figure {
    pub(super) fn of(value: f64) -> Self {
        Self {
            value,
            ci95: None,
            note: None,
        }
    }

    /// With an interval; `[0, 0]` stands for none.
    fn with(value: f64, ci95: Option<[f64; 2]>) -> Self {
        let ci95 = ci95.filter(|[low, high]| (*low..=*high).contains(&value));
        Self {
            value,
            ci95,
            note: None,
        }
    }
}

/// The figure, or why there is none.
pub(super) fn take(
    objective: &Parsed,
    collected: &Collected,
    result: &RunResult,
    windows: &Range<usize>,
) -> Result<Figure, String> {
    match &objective.subject {
        Subject::Run => of_run(objective.measure, collected, result, windows),
        Subject::All | Subject::Endpoint(_) | Subject::Path { .. } => {
            of_endpoint(objective, collected, windows)
        }
        Subject::Node(name) => {
            let node = collected.node(name, windows);
            of_node(
                objective.measure,
                collected,
                &node.ok_or_else(|| format!("There is no node {name} in this run."))?,
            )
        }
        Subject::Fault(_) => Err("Only a time to recover is that of a fault.".to_owned()),
    }
}

fn of_run(
    measure: Measure,
    collected: &Collected,
    result: &RunResult,
    windows: &Range<usize>,
) -> Result<Figure, String> {
    let counts = collected.correctness(windows);
    let count = |count: u64| Ok(per_replication(count, collected));
    match measure {
        Measure::DuplicateEffects => count(counts.duplicate_effects),
        Measure::LostMessages => count(counts.lost_messages),
        Measure::LostWrites => count(counts.lost_writes),
        Measure::StaleReads => count(counts.stale_reads),
        // Prices do not change with the time of the run.
        Measure::CostPerHour => Ok(Figure::of(result.cost.per_hour)),
        Measure::CostPerMillion => {
            let mut seen = result.endpoints.iter().filter(|endpoint| !endpoint.attack);
            if seen.any(|endpoint| endpoint.completed > 0) {
                Ok(Figure::of(result.cost.per_million_good))
            } else {
                Err("No request completed that the cost could be divided by.".to_owned())
            }
        }
        _ => Err(not_of("the whole run")),
    }
}

fn per_replication(count: u64, collected: &Collected) -> Figure {
    let replications = collected.replications().max(1);
    let mut figure = Figure::of(count as f64 / f64::from(replications));
    if replications > 1 && count > 0 {
        figure.note = Some(format!("The mean of {replications} replications."));
    }
    figure
}

fn not_of(what: &str) -> String {
    format!("There is no such figure of {what}.")
}

fn of_endpoint(
    objective: &Parsed,
    collected: &Collected,
    windows: &Range<usize>,
) -> Result<Figure, String> {
    let which = matching(&objective.subject, collected);
    if which.is_empty() {
        return Err("No client calls this endpoint in this run.".to_owned());
    }
    let seen = collected.endpoint(&which, windows);
    let everything = matches!(objective.when, When::Always);
    let ratio = |value: f64, of: fn(&EndpointWindow) -> (f64, f64)| {
        Figure::with(
            value,
            if everything {
                collected.ratio_interval(&which, of)
            } else {
                None
            },
        )
    };
    let share = |value: f64, of: fn(&EndpointWindow) -> (f64, f64)| {
        Figure::with(
            value,
            if everything {
                collected.share_interval(&which, of)
            } else {
                None
            },
        )
    };
    let offered = seen.offered as f64;
    let completed = seen.completed as f64;
    let failed: u64 = seen.failed.values().sum();
    let finished = completed + failed as f64;
    let nothing = |what: &str| Err(format!("No request {what} in this time."));
    match (objective.measure, objective.bound) {
        (Measure::Goodput, Bound::ShareOfOffered(_)) if offered > 0.0 => {
            Ok(ratio(completed / offered, |seen| {
                (seen.latency.len() as f64, seen.offered as f64)
            }))
        }
        (Measure::Throughput, Bound::ShareOfOffered(_)) if offered > 0.0 => {
            Ok(ratio(finished / offered, |seen| {
                (finished_of(seen), seen.offered as f64)
            }))
        }
        (Measure::Failed, Bound::Share(_)) if offered > 0.0 => {
            Ok(share(failed as f64 / offered, |seen| {
                (failed_of(seen), seen.offered as f64)
            }))
        }
        (Measure::Goodput | Measure::Throughput, Bound::ShareOfOffered(_))
        | (Measure::Failed, Bound::Share(_)) => nothing("was offered"),
        (Measure::Goodput, _) => Ok(Figure::with(seen.goodput_per_s, Some(seen.goodput_ci95))),
        (Measure::Throughput, _) => {
            let seconds = collected.seconds(windows);
            if seconds > 0.0 {
                Ok(Figure::of(finished / seconds))
            } else {
                nothing("was measured")
            }
        }
        (Measure::Failed, _) => Ok(per_replication(failed, collected)),
        (Measure::Availability, _) if finished > 0.0 => Ok(share(completed / finished, |seen| {
            (seen.latency.len() as f64, finished_of(seen))
        })),
        (Measure::Attempts, _) if finished > 0.0 => Ok(ratio(seen.attempts_per_request, |seen| {
            (seen.attempts as f64, finished_of(seen))
        })),
        (Measure::Availability | Measure::Attempts, _) => nothing("was finished"),
        (measure, _) if completed > 0.0 => latency(measure, &seen),
        _ => nothing("completed"),
    }
}

fn failed_of(seen: &EndpointWindow) -> f64 {
    seen.failed.iter().sum::<u64>() as f64
}

fn finished_of(seen: &EndpointWindow) -> f64 {
    seen.latency.len() as f64 + failed_of(seen)
}

/// A figure of the latency of completed requests.
fn latency(measure: Measure, seen: &EndpointFigures) -> Result<Figure, String> {
    let latency = &seen.latency_s;
    let (value, name, words, share_beyond) = match measure {
        Measure::Mean => return Ok(Figure::with(latency.mean, Some(latency.ci95))),
        Measure::Max => return Ok(Figure::of(latency.max)),
        Measure::P50 => (latency.p50, "p50", "p50", 0.5),
        Measure::P90 => (latency.p90, "p90", "p90", 0.1),
        Measure::P95 => (latency.p95, "p95", "p95", 0.05),
        Measure::P99 => (latency.p99, "p99", "p99", 0.01),
        Measure::P999 => (latency.p999, "p999", "p99.9", 0.001),
        _ => return Err(not_of("an endpoint")),
    };
    let mut figure = Figure::with(value, latency.percentiles_ci95.get(name).copied());
    let beyond = seen.completed as f64 * share_beyond;
    if figure.ci95.is_none() && beyond < BEYOND_MIN {
        let completed = crate::insight::words::counted(seen.completed, "request", "requests");
        figure.note = Some(format!(
            "Too few requests for {words}: {completed} completed."
        ));
    }
    Ok(figure)
}

fn of_node(measure: Measure, collected: &Collected, node: &NodeFigures) -> Result<Figure, String> {
    let id = &node.id;
    let queue = || {
        node.queue
            .as_ref()
            .ok_or_else(|| format!("{id} is no queue."))
    };
    Ok(match measure {
        Measure::Utilization => Figure::of(node.utilization),
        Measure::Queue => Figure::of(node.queue_mean),
        Measure::QueueMax => Figure::of(node.queue_max as f64),
        Measure::WaitP99 if node.arrivals_per_s > 0.0 => Figure::of(node.wait_s.p99),
        Measure::WaitP99 => return Err(format!("No request reached {id} in this time.")),
        Measure::Wasted => Figure::of(node.wasted_share),
        Measure::HitRatio => match &node.cache {
            Some(cache) if cache.lookups > 0 => Figure::of(cache.hit_ratio),
            Some(_) => return Err(format!("Nothing was looked up in {id} in this time.")),
            None => return Err(format!("{id} is no cache.")),
        },
        Measure::Backlog => Figure::of(queue()?.backlog as f64),
        Measure::Oldest => Figure::of(queue()?.oldest_max_s),
        Measure::DeadLetters => per_replication(queue()?.dead_letters, collected),
        _ => return Err(not_of("a node")),
    })
}

/// The endpoints that a subject means: attack traffic only where it is named.
fn matching(subject: &Subject, collected: &Collected) -> Vec<usize> {
    let endpoints = collected.meta().endpoints.iter();
    let ids: Vec<(&str, bool)> = endpoints
        .map(|endpoint| (endpoint.name.as_str(), endpoint.attack))
        .collect();
    let indices = |of: &dyn Fn(&str, bool) -> bool| -> Vec<usize> {
        (0..ids.len())
            .filter(|&at| of(ids[at].0, ids[at].1))
            .collect()
    };
    match subject {
        Subject::All => indices(&|_, attack| !attack),
        Subject::Endpoint(name) => {
            let named = indices(&|id, attack| !attack && parts(id).2 == name);
            let attacks = || indices(&|id, _| parts(id).2 == name);
            // A node without endpoints of its own is called by its name.
            let of_node = || indices(&|id, _| parts(id).1 == name || id == name);
            [named, attacks(), of_node()]
                .into_iter()
                .find(|found| !found.is_empty())
                .unwrap_or_default()
        }
        Subject::Path {
            client,
            node,
            endpoint,
        } => indices(&|id, _| parts(id) == (client, node, endpoint)),
        Subject::Run | Subject::Node(_) | Subject::Fault(_) => Vec::new(),
    }
}

/// Client, node and endpoint of `client -> node/endpoint`.
fn parts(id: &str) -> (&str, &str, &str) {
    let (client, target) = id.split_once(" -> ").unwrap_or(("", id));
    let (node, endpoint) = target.split_once('/').unwrap_or((target, ""));
    (client, node, endpoint)
}
