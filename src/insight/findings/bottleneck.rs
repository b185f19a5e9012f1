//! What fills first as traffic grows, and how much room there is.

use super::{Context, Said};
use crate::design::model::{Kind, Mode};
use crate::insight::headroom::{Limit, fullest};
use crate::insight::words::{number, share};
use crate::sim::result::NodeFigures;

/// Busy for at least this share of the time: full.
const FULL: f64 = 0.95;
/// Below this share nothing is worth calling busy.
const IDLE: f64 = 0.01;
/// Share of the time workers are held from which on waiting for calls is what fills them.
const HELD: f64 = 0.5;

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let limits = fullest(context.result);
    let Some(first) = limits.first().filter(|first| first.used >= IDLE) else {
        return Vec::new();
    };
    let mut text = sentence(first);
    if let Some(next) = limits.get(1).filter(|next| next.used >= IDLE) {
        let is = if next.is_plural() { "are" } else { "is" };
        text += &format!(" Next {is} {} at {}.", next.words(), share(next.used));
    }
    let node = context.result.nodes.iter();
    let mut node = node.filter(|node| first.part == "workers" && node.id == first.about);
    if node
        .next()
        .is_some_and(|node| is_held_by_calls(context, node))
    {
        text += " Its workers are held while they wait for calls, since it is blocking: an \
                 asynchronous service holds them only while it works.";
    }
    let weight = if first.used >= 0.8 { 790 } else { 560 };
    let text = capitalised(text);
    vec![Said::new(weight, "bottleneck", &first.about, text)]
}

/// How full a limit is, and how far traffic can grow until it is full.
fn sentence(limit: &Limit) -> String {
    let (name, busy) = (limit.words(), share(limit.used));
    let (is, fills, they_are) = if limit.is_plural() {
        ("are", "fill", "they are")
    } else {
        ("is", "fills", "it is")
    };
    if limit.used >= FULL {
        return format!("{name} {is} full: {busy} busy.");
    }
    let growth = number(limit.growth());
    format!(
        "{name} {fills} first: {busy} busy, so that traffic can grow to {growth} times what it is \
         before {they_are} full."
    )
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
