//! What fills first as traffic grows, and how much room there is.

use super::{Context, Said};
use crate::design::model::{Kind, Mode};
use crate::insight::words::{number, share};
use crate::sim::result::NodeFigures;

/// Busy for at least this share of the time: full.
const FULL: f64 = 0.95;
/// Below this share nothing is worth calling busy.
const IDLE: f64 = 0.01;
/// Share of the time workers are held from which on waiting for calls is what fills them.
const HELD: f64 = 0.5;

/// A limit, and how much of it is used.
struct Limit<'a> {
    about: &'a str,
    /// `api`, `the disk of orders-db`, `the pool of api -> orders-db`.
    name: String,
    plural: &'static str,
    used: f64,
    node: Option<&'a NodeFigures>,
}

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let mut limits = limits(context);
    limits.sort_by(|a, b| b.used.total_cmp(&a.used));
    let Some(first) = limits.first().filter(|first| first.used >= IDLE) else {
        return Vec::new();
    };
    let Limit {
        about,
        name,
        plural,
        used,
        ..
    } = first;
    let busy = share(*used);
    let mut text = if *used >= FULL {
        format!("{name} {plural} full: {busy} busy.")
    } else {
        let growth = number(1.0 / used);
        format!(
            "{name} {plural} the bottleneck: {busy} busy, so that traffic can grow to {growth} times what it is before it is full."
        )
    };
    if let Some(next) = limits.get(1).filter(|next| next.used >= IDLE) {
        text += &format!(
            " Next {} {} at {}.",
            next.plural,
            next.name,
            share(next.used)
        );
    }
    if first
        .node
        .is_some_and(|node| is_held_by_calls(context, node))
    {
        text += " Its workers are held while they wait for calls, since it is blocking: an asynchronous service holds \
                 them only while it works.";
    }
    let weight = if *used >= 0.8 { 790 } else { 560 };
    vec![Said::new(weight, "bottleneck", about, capitalised(text))]
}

fn limits<'a>(context: &'a Context<'_>) -> Vec<Limit<'a>> {
    let mut limits = Vec::new();
    for node in &context.result.nodes {
        limits.push(Limit {
            about: &node.id,
            name: node.id.clone(),
            plural: "is",
            used: node.utilization,
            node: Some(node),
        });
        limits.extend(node.stations.iter().map(|station| Limit {
            about: &node.id,
            name: format!("{} of {}", station_words(&station.id), node.id),
            plural: if station.id == "cores" || station.id == "connections" {
                "are"
            } else {
                "is"
            },
            used: station.utilization,
            node: None,
        }));
    }
    let pooled = context
        .result
        .wires
        .iter()
        .filter(|wire| wire.pool_size > 0);
    limits.extend(pooled.map(|wire| Limit {
        about: &wire.id,
        name: format!("the connection pool of {}", wire.id),
        plural: "is",
        used: wire.pool_busy_mean / wire.pool_size as f64,
        node: None,
    }));
    limits
}

fn station_words(station: &str) -> String {
    match station {
        "cores" => "the cores".to_owned(),
        "disk" => "the disk".to_owned(),
        "flush" => "the log flush".to_owned(),
        "connections" => "the connections".to_owned(),
        "in_flight" => "the in-flight limit".to_owned(),
        other => format!("the {other}"),
    }
}

/// A name in lower case stays as the design writes it; only an article is capitalised.
fn capitalised(text: String) -> String {
    match text.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => text,
    }
}

/// Whether a blocking service's workers are held by calls for most of the time.
fn is_held_by_calls(context: &Context<'_>, node: &NodeFigures) -> bool {
    let nodes = context.design.map_or(&[][..], |design| &design.nodes.0);
    let blocking = nodes.iter().any(|(name, of)| {
        *name == node.id
            && matches!(&of.kind, Kind::Service(service) if service.mode == Mode::Blocking)
    });
    let Some(measured_s) = context.measured_s().filter(|_| blocking) else {
        return false;
    };
    let caller = format!("{} -> ", node.id);
    let calls = context
        .result
        .wires
        .iter()
        .filter(|wire| wire.id.starts_with(&caller));
    let in_calls: f64 = calls
        .map(|wire| wire.attempts as f64 * wire.latency_s.mean)
        .sum();
    in_calls >= HELD * node.busy_mean * measured_s
}
