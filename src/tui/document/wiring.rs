//! What an arrow drawn from one box to another means in the document: traffic of a client, an arrow
//! of a sketch, a step of a program, the queue of a worker.

use super::{Chain, Document};
use crate::design::Node;
use crate::design::edit::{Edited, add_wire, insert, remove_wire, set};
use crate::design::model::{Kind, Step};
use crate::design::path::escape_key;
use crate::design::resolve::Resolver;
use crate::design::syntax::quote;
use crate::design::tree::PathError;

/// The rate of traffic that nobody has said anything about yet.
const RATE: &str = "100/s";

/// Where an arrow can go into the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wiring {
    /// There is one way.
    One,
    /// It becomes a step of one of these endpoints of the caller.
    Endpoints(Vec<String>),
    /// It cannot be: why, as a sentence.
    Never(String),
}

/// Whether and how a node can be wired to another.
pub fn ways(document: &Document, from: &str, to: &str) -> Wiring {
    let design = document.design();
    let (Some(caller), Some(callee)) = (design.node(from), design.node(to)) else {
        return Wiring::Never("One end of the wire is no longer there.".to_owned());
    };
    if from == to {
        return Wiring::Never("A node does not call itself here; a program can say so.".to_owned());
    }
    match (&caller.kind, &callee.kind) {
        (_, Kind::Client(_)) => {
            return Wiring::Never("A client sends traffic; nothing calls it.".to_owned());
        }
        (Kind::Queue(_), Kind::Worker(_)) => return Wiring::One,
        (Kind::Queue(_), _) => {
            return Wiring::Never("Only a worker takes messages from a queue.".to_owned());
        }
        (_, Kind::Worker(_)) => {
            return Wiring::Never(
                "A worker takes from a queue: wire to the queue, and the queue to the worker."
                    .to_owned(),
            );
        }
        _ => {}
    }
    let exists = design
        .implied_wires()
        .iter()
        .any(|(a, b)| a == from && b == to);
    if exists {
        return Wiring::Never(format!("There is a wire from {from} to {to} already."));
    }
    let endpoints = programs(caller);
    if endpoints.len() > 1 {
        Wiring::Endpoints(endpoints)
    } else {
        Wiring::One
    }
}

/// The endpoints whose programs say what a node calls.
fn programs(node: &Node) -> Vec<String> {
    match (&node.kind, node.serving()) {
        (Kind::Client(_) | Kind::Queue(_), _) | (_, None) => Vec::new(),
        (_, Some(serving)) => serving.endpoints.names().map(str::to_owned).collect(),
    }
}

/// The edit that draws an arrow, into a certain endpoint of the caller if it has several.
///
/// # Errors
/// If the document does not take it.
pub fn connect(
    document: &Document,
    from: &str,
    to: &str,
    endpoint: Option<&str>,
) -> Result<Edited, PathError> {
    let design = document.design();
    let text = document.text();
    let (Some(caller), Some(callee)) = (design.node(from), design.node(to)) else {
        return set(text, "nodes", "{}");
    };
    let key = escape_key(from);
    match (&caller.kind, &callee.kind) {
        (Kind::Client(client), _) => {
            let flow = flow(document, to);
            let path = format!("nodes/{key}/traffic/{}", client.traffic.len());
            if document.has(&format!("nodes/{key}/traffic")) {
                insert(text, &path, &flow)
            } else {
                set(text, &format!("nodes/{key}/traffic"), &format!("[{flow}]"))
            }
        }
        (Kind::Queue(_), Kind::Worker(_)) => set(
            text,
            &format!("nodes/{}/from", escape_key(to)),
            &quote(from),
        ),
        (Kind::Worker(worker), _) if !worker.steps.is_empty() => step(
            document,
            &format!("nodes/{key}/steps"),
            &worker.steps,
            to,
            callee,
        ),
        _ => {
            let own = caller.serving().map(|serving| &serving.endpoints);
            let name = endpoint.or_else(|| own.and_then(|own| own.names().next()));
            match name.and_then(|name| own.and_then(|own| own.get(name)).map(|at| (name, at))) {
                Some((name, steps)) => {
                    let path = format!("nodes/{key}/endpoints/{}", escape_key(name));
                    step(document, &path, steps, to, callee)
                }
                None => arrow(document, from, caller, to, callee),
            }
        }
    }
}

/// A flow of traffic to a node; it names an endpoint where there are several.
fn flow(document: &Document, to: &str) -> String {
    let endpoints = Resolver::new(document.design()).endpoints(to);
    match endpoints.as_slice() {
        [first, _, ..] => format!(
            "(to: {}, endpoint: {}, rate: \"{RATE}\")",
            quote(to),
            quote(first)
        ),
        _ => format!("(to: {}, rate: \"{RATE}\")", quote(to)),
    }
}

/// An arrow of a sketch. A cache goes before the stores whose answers it keeps.
fn arrow(
    document: &Document,
    from: &str,
    caller: &Node,
    to: &str,
    callee: &Node,
) -> Result<Edited, PathError> {
    let path = format!("nodes/{}/to", escape_key(from));
    if !document.has(&path) {
        return set(document.text(), &path, &format!("[{}]", quote(to)));
    }
    let targets = &caller.common.to;
    let is_store = |name: &String| {
        let node = document.design().node(name);
        node.is_some_and(|node| matches!(node.kind, Kind::Database(_) | Kind::External(_)))
    };
    let index = match callee.kind {
        Kind::Cache(_) => targets.iter().position(is_store),
        _ => None,
    };
    let index = index.unwrap_or(targets.len());
    insert(document.text(), &format!("{path}/{index}"), &quote(to))
}

/// A step of a program. What is called after a look-up that has nothing to look up yet is what the
/// cache keeps.
fn step(
    document: &Document,
    path: &str,
    steps: &[Step],
    to: &str,
    callee: &Node,
) -> Result<Edited, PathError> {
    let name = quote(to);
    let text = document.text();
    let empty_look_up = steps
        .iter()
        .position(|step| matches!(step, Step::Cached { miss, .. } if miss.is_empty()));
    let written = match callee.kind {
        Kind::Cache(_) => {
            let is_call = |step: &Step| matches!(step, Step::Call { .. });
            if let Some(index) = steps.iter().rposition(is_call) {
                // The call that was made so far is made on a miss from now on.
                let item = format!("{path}/{index}");
                let call = document.written(&item).unwrap_or_default();
                return set(
                    text,
                    &item,
                    &format!("Cached(cache: {name}, miss: [{call}])"),
                );
            }
            format!("Cached(cache: {name}, miss: [])")
        }
        Kind::Queue(_) => format!("Publish({name})"),
        _ => {
            let call = match Resolver::new(document.design()).endpoints(to).as_slice() {
                [first, _, ..] => format!("Call({name}, {})", quote(first)),
                _ => format!("Call({name})"),
            };
            if let Some(index) = empty_look_up {
                return set(text, &format!("{path}/{index}/miss"), &format!("[{call}]"));
            }
            call
        }
    };
    insert(text, &format!("{path}/{}", steps.len()), &written)
}

/// The edit that takes an arrow away: what `wires` says about it, the arrow of a sketch, the steps
/// and the traffic along it.
///
/// # Errors
/// If the document does not say anything about it.
pub fn disconnect(document: &Document, from: &str, to: &str) -> Result<Edited, PathError> {
    let design = document.design();
    let mut chain = Chain::start(document.text());
    // A worker is the caller of its queue, although messages pass the other way.
    for (worker, queue) in [(from, to), (to, from)] {
        let takes = design
            .node(worker)
            .is_some_and(|node| matches!(&node.kind, Kind::Worker(worker) if worker.from == queue));
        if takes {
            let path = format!("nodes/{}/from", escape_key(worker));
            chain = chain.then(|text| set(text, &path, "\"\""))?;
        }
    }
    let steps = chain
        .clone()
        .then(|text| crate::design::edit::remove_calls(text, from, to));
    chain = steps.unwrap_or(chain);
    let rest = chain.clone().then(|text| remove_wire(text, from, to));
    let edited = rest.unwrap_or(chain).finish();
    if edited.splices.is_empty() {
        return remove_wire(document.text(), from, to);
    }
    Ok(edited)
}

/// The edit that gives a wire an entry of its own, so that its policy can be said.
///
/// # Errors
/// If the document does not take it.
pub fn name_wire(text: &str, from: &str, to: &str) -> Result<Edited, PathError> {
    add_wire(text, from, to, "()")
}
