//! Removing a node with everything that uses it: steps that call it, traffic to it, faults of it.
//! Steps behind a look-up in a removed cache stay: without the cache every look-up is a miss.

use super::{Edited, insert, read, remove, remove_node, set};
use crate::design::describe::Type;
use crate::design::load::document_type;
use crate::design::path::{at, escape_key, fields_of, nearest_value, plain};
use crate::design::resolve::wire_ends;
use crate::design::syntax::{Data, Value};
use crate::design::tree::PathError;

/// What was removed besides the node itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    /// Steps that called it.
    pub steps: usize,
    /// Flows of traffic to it.
    pub flows: usize,
    /// Faults of it or of its wires.
    pub faults: usize,
    /// Routes of gateways to it, and workers that took from it.
    pub others: usize,
}

/// How something uses a node.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Use {
    /// The item of a list that goes with the node.
    Item(What),
    /// A look-up, which gives way to the steps of its miss.
    LookUp(Vec<(usize, usize)>),
    /// A route of a gateway.
    Route,
    /// The queue of a worker.
    From,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Step,
    Flow,
    Fault,
}

/// Removes a node as [`remove_node`] does, and everything that uses it.
///
/// # Errors
/// If there is no such node.
pub fn remove_node_and_uses(text: &str, name: &str) -> Result<(Edited, Removed), PathError> {
    let root = read(text)?;
    let mut uses = Vec::new();
    walk(&root, document_type(), &Place::default(), name, &mut uses);
    let mut removed = Removed::default();
    let mut edited = Edited::start(text);
    // From the end, so that the positions before stay what they are.
    for (path, kind) in uses.into_iter().rev() {
        match &kind {
            Use::Item(What::Flow) => removed.flows += 1,
            Use::Item(What::Fault) => removed.faults += 1,
            Use::Item(What::Step) | Use::LookUp(_) => removed.steps += 1,
            Use::Route | Use::From => removed.others += 1,
        }
        edited = match kind {
            Use::Item(_) | Use::Route => edited.then(|text| remove(text, &path))?,
            Use::From => edited.then(|text| set(text, &path, "\"\""))?,
            Use::LookUp(steps) => unwrap(edited, text, &path, &steps)?,
        };
    }
    let edited = edited.then(|text| remove_node(text, name))?;
    Ok((edited, removed))
}

/// Removes the steps of one node's programs that call another. A look-up in a cache gives way to the
/// steps of its miss.
///
/// # Errors
/// If there are no such steps.
pub fn remove_calls(text: &str, from: &str, to: &str) -> Result<Edited, PathError> {
    let root = read(text)?;
    let node = format!("nodes/{}", escape_key(from));
    let (value, found) = nearest_value(&root, document_type(), &node);
    let mut uses = Vec::new();
    if found {
        let place = Place {
            path: node,
            item: String::new(),
        };
        inside(value.bare(), Type::Node, &place, to, &mut uses);
    }
    let mut edited = Edited::start(text);
    for (path, kind) in uses.into_iter().rev() {
        edited = match kind {
            Use::LookUp(steps) => unwrap(edited, text, &path, &steps)?,
            _ => edited.then(|text| remove(text, &path))?,
        };
    }
    if edited.splices.is_empty() {
        return Err(PathError::new(format!(
            "no program of \"{from}\" calls \"{to}\""
        )));
    }
    Ok(edited)
}

/// Puts the steps of a miss in the place of the look-up. They are taken from the text before all
/// changes, where their places are known.
fn unwrap(
    mut edited: Edited,
    before: &str,
    path: &str,
    steps: &[(usize, usize)],
) -> Result<Edited, PathError> {
    let Some(((start, end), rest)) = steps.split_first() else {
        return edited.then(|text| remove(text, path));
    };
    edited = edited.then(|text| set(text, path, &before[*start..*end]))?;
    let Some((list, index)) = path.rsplit_once('/') else {
        return Ok(edited);
    };
    let index: usize = index.parse().unwrap_or(0);
    for (offset, (start, end)) in rest.iter().enumerate() {
        let next = format!("{list}/{}", index + 1 + offset);
        edited = edited.then(|text| insert(text, &next, &before[*start..*end]))?;
    }
    Ok(edited)
}

/// Where a value stands.
#[derive(Debug, Clone, Default)]
struct Place {
    path: String,
    /// The innermost item of a list around it.
    item: String,
}

impl Place {
    fn inner(&self, part: &str, is_item: bool) -> Place {
        let path = if self.path.is_empty() {
            part.to_owned()
        } else {
            format!("{}/{part}", self.path)
        };
        let item = if is_item {
            path.clone()
        } else {
            self.item.clone()
        };
        Place { path, item }
    }
}

/// The argument of a name, given with names or without.
fn argument<'v>(value: &'v Value, ty: Type, name: &str) -> Option<&'v Value> {
    match &value.data {
        Data::Struct(_, fields) => fields
            .iter()
            .find(|(word, _)| word.text == name)
            .map(|(_, value)| value.bare()),
        Data::Tuple(_, items) => {
            let known = fields_of(value, ty);
            let index = known.iter().position(|field| field.name == name)?;
            items.get(index).map(Value::bare)
        }
        _ => None,
    }
}

fn is_text(value: Option<&Value>, wanted: &str) -> bool {
    matches!(value.map(|value| &value.data), Some(Data::Text(text)) if text == wanted)
}

fn walk(value: &Value, ty: Type, place: &Place, name: &str, uses: &mut Vec<(String, Use)>) {
    let value = value.bare();
    let of = |field: &str| is_text(argument(value, ty, field), name);
    let item = |kind: Use| (place.item.clone(), kind);
    match plain(ty) {
        Type::Choice(choice) if choice.name == "Step" => {
            let targets = ["node", "queue", "db"];
            if value.name() == Some("Cached") && of("cache") {
                let steps = match argument(value, ty, "miss").map(|miss| &miss.data) {
                    Some(Data::List(items)) => items
                        .iter()
                        .map(|item| (item.span.range().start, item.span.range().end))
                        .collect(),
                    _ => Vec::new(),
                };
                uses.push(item(Use::LookUp(steps)));
                return;
            }
            if targets.iter().any(|field| of(field)) {
                uses.push(item(Use::Item(What::Step)));
                return;
            }
        }
        Type::Record(record) if record.name == "Flow" && of("to") => {
            uses.push(item(Use::Item(What::Flow)));
            return;
        }
        Type::Record(record) if record.name == "FaultEntry" => {
            let fault = argument(value, ty, "fault");
            if fault.is_some_and(|fault| concerns(fault, name)) {
                uses.push(item(Use::Item(What::Fault)));
            }
            return;
        }
        Type::Node if value.name() == Some("Worker") && of("from") => {
            uses.push((place.inner("from", false).path, Use::From));
        }
        _ => {}
    }
    inside(value, ty, place, name, uses);
}

/// Looks at everything inside a value.
fn inside(value: &Value, ty: Type, place: &Place, name: &str, uses: &mut Vec<(String, Use)>) {
    let known = fields_of(value, ty);
    let of_items = match plain(ty) {
        Type::List(inner) | Type::OneOrMore(inner) | Type::Map(inner) => inner(),
        _ => Type::Any,
    };
    match &value.data {
        Data::Struct(_, fields) => {
            for (word, inner) in fields {
                let field = known.iter().find(|field| field.name == word.text);
                let ty = field.map_or(Type::Any, |field| (field.ty)());
                walk(inner, ty, &place.inner(&word.text, false), name, uses);
            }
        }
        Data::Tuple(_, _) | Data::List(_) => {
            let is_list = matches!(value.data, Data::List(_));
            let of_tuple = match plain(ty) {
                Type::Tuple(parts) => parts,
                _ => &[],
            };
            let mut index = 0;
            while let Some(inner) = at(value, index) {
                let ty = match (known.get(index), of_tuple.get(index)) {
                    _ if is_list => of_items,
                    (Some(field), _) => (field.ty)(),
                    (None, Some(part)) => part(),
                    (None, None) => Type::Any,
                };
                walk(
                    inner,
                    ty,
                    &place.inner(&index.to_string(), is_list),
                    name,
                    uses,
                );
                index += 1;
            }
        }
        Data::Map(entries) => {
            let is_routes = place.path.ends_with("/routes");
            for (key, inner) in entries {
                let Data::Text(key) = &key.data else { continue };
                let place = place.inner(&escape_key(key), false);
                if is_routes && is_text(Some(inner), name) {
                    uses.push((place.path, Use::Route));
                } else {
                    walk(inner, of_items, &place, name, uses);
                }
            }
        }
        _ => {}
    }
}

/// Whether a fault names a node, or a wire of it.
fn concerns(fault: &Value, name: &str) -> bool {
    let is_it = |value: &Value| match &value.bare().data {
        Data::Text(text) => {
            text == name || wire_ends(text).is_some_and(|(from, to)| from == name || to == name)
        }
        _ => false,
    };
    let mut index = 0;
    while let Some(inner) = at(fault, index) {
        let of_list = match &inner.bare().data {
            // One of several nodes of a partition can go without the partition.
            Data::List(items) => items.len() == 1 && items.iter().all(is_it),
            _ => false,
        };
        if is_it(inner) || of_list {
            return true;
        }
        index += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"(
    format: 1,
    nodes: {
        "users": Client(traffic: [(to: "api", rate: "1/s"), (to: "cache", rate: "1/s")]),
        "api": Service(
            endpoints: {
                // reads go through the cache
                "read": [Work("1ms"), Cached(cache: "cache", miss: [Call("db"), Publish("events")])],
                "write": [Transaction("db", [Call("db")]), Publish("events")],
            },
        ),
        "cache": Cache(),
        "db": Database(),
        "events": Queue(),
        "mailer": Worker(from: "events"),
    },
    wires: {"api -> cache": (timeout: "1s")},
    faults: [(at: "1s", fault: Flush("cache")), (at: "2s", fault: Slow(node: "db", factor: 2))],
)
"#;

    #[test]
    fn steps_behind_a_removed_cache_stay() {
        let (edited, removed) = remove_node_and_uses(TEXT, "cache").unwrap();
        assert_eq!(
            removed,
            Removed {
                steps: 1,
                flows: 1,
                faults: 1,
                others: 0
            }
        );
        assert!(!edited.text.contains("cache\""), "{}", edited.text);
        assert!(
            edited
                .text
                .contains(r#""read": [Work("1ms"), Call("db"), Publish("events")],"#),
            "{}",
            edited.text
        );
        assert!(edited.text.contains("// reads go through the cache"));
        assert_eq!(edited.undone(), TEXT);
    }

    #[test]
    fn a_queue_takes_its_messages_and_its_workers_source_along() {
        let (edited, removed) = remove_node_and_uses(TEXT, "events").unwrap();
        assert_eq!((removed.steps, removed.others), (2, 1));
        assert!(edited.text.contains(r#"Worker(from: "")"#));
        assert!(!edited.text.contains("Publish"));
        assert_eq!(edited.undone(), TEXT);
    }

    #[test]
    fn what_can_be_removed_is_removed_whole() {
        let (edited, removed) = remove_node_and_uses(TEXT, "db").unwrap();
        assert_eq!((removed.steps, removed.faults), (2, 1));
        assert!(edited.text.contains("miss: [Publish(\"events\")]"));
        assert!(edited.text.contains("\"write\": [Publish(\"events\")]"));
        assert!(remove_node_and_uses(TEXT, "banana").is_err());
    }
}
