//! Changes of whole nodes and wires: what belongs to a node elsewhere in the document changes with
//! it.

use super::{Edited, Splice, read, remove, rename, set};
use crate::design::describe::Type;
use crate::design::load::document_type;
use crate::design::path::{at, escape_key, fields_of, nearest_value, plain};
use crate::design::resolve::wire_ends;
use crate::design::syntax::{Data, Value, quote};
use crate::design::tree::PathError;

/// The fields that hold the name of a node, or a list of such names.
const NODE_FIELDS: [&str; 8] = [
    "to", "node", "cache", "db", "queue", "from", "client", "routes",
];

/// Adds a node, written in RON such as `Service(replicas: 2)`.
///
/// # Errors
/// If there is one of this name, or the value is not RON.
pub fn add_node(text: &str, name: &str, value: &str) -> Result<Edited, PathError> {
    add(text, "nodes", name, value)
}

/// Adds a wire between two nodes, written in RON such as `(timeout: "1s")`.
///
/// # Errors
/// If the document says something about this wire already, or the value is not RON.
pub fn add_wire(text: &str, from: &str, to: &str, value: &str) -> Result<Edited, PathError> {
    add(text, "wires", &format!("{from} -> {to}"), value)
}

fn add(text: &str, map: &str, name: &str, value: &str) -> Result<Edited, PathError> {
    let path = format!("{map}/{}", escape_key(name));
    let root = read(text)?;
    if nearest_value(&root, document_type(), &path).1 {
        return Err(PathError::new(format!("there is \"{name}\" already")));
    }
    set(text, &path, value)
}

/// Removes what the document says about the wire between two nodes, and the arrow in `to`.
///
/// # Errors
/// If it says nothing about it.
pub fn remove_wire(text: &str, from: &str, to: &str) -> Result<Edited, PathError> {
    let mut edited = Edited::start(text);
    for path in wire_paths(&read(text)?, |ends| ends == (from, to)) {
        edited = edited.then(|text| remove(text, &path))?;
    }
    let arrows = format!("nodes/{}/to", escape_key(from));
    edited = remove_from_list(edited, &arrows, to)?;
    if edited.splices.is_empty() {
        let message = format!("the document says nothing about a wire \"{from} -> {to}\"");
        return Err(PathError::new(message));
    }
    Ok(edited)
}

/// The paths of the wires with certain ends.
fn wire_paths(root: &Value, wanted: impl Fn((&str, &str)) -> bool) -> Vec<String> {
    let (wires, found) = nearest_value(root, document_type(), "wires");
    let names = keys(wires).filter(|name| wire_ends(name).is_some_and(&wanted));
    if found {
        names
            .map(|name| format!("wires/{}", escape_key(name)))
            .collect()
    } else {
        Vec::new()
    }
}

/// The names in a map.
fn keys(value: &Value) -> impl Iterator<Item = &str> {
    let entries = match &value.bare().data {
        Data::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    entries.iter().filter_map(|(key, _)| match &key.data {
        Data::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

/// Takes a name out of a list of names.
fn remove_from_list(edited: Edited, path: &str, name: &str) -> Result<Edited, PathError> {
    let root = read(&edited.text)?;
    let (list, found) = nearest_value(&root, document_type(), path);
    let Data::List(items) = &list.bare().data else {
        return Ok(edited);
    };
    let is_name = |item: &Value| matches!(&item.bare().data, Data::Text(text) if text == name);
    match items.iter().position(is_name) {
        Some(index) if found => edited.then(|text| remove(text, &format!("{path}/{index}"))),
        _ => Ok(edited),
    }
}

/// Removes a node, and with it its wires, its place on the canvas and in groups, and arrows that
/// lead to it. Programs and traffic that call it stay, and are then reported.
///
/// # Errors
/// If there is no such node.
pub fn remove_node(text: &str, name: &str) -> Result<Edited, PathError> {
    let key = escape_key(name);
    let mut edited = remove(text, &format!("nodes/{key}"))?;
    let root = read(&edited.text)?;
    for path in wire_paths(&root, |(from, to)| from == name || to == name) {
        edited = edited.then(|text| remove(text, &path))?;
    }
    let place = format!("canvas/{key}");
    if nearest_value(&root, document_type(), &place).1 {
        edited = edited.then(|text| remove(text, &place))?;
    }
    let (groups, found) = nearest_value(&root, document_type(), "groups");
    for group in keys(groups).filter(|_| found) {
        edited = remove_from_list(edited, &format!("groups/{}", escape_key(group)), name)?;
    }
    let (nodes, found) = nearest_value(&root, document_type(), "nodes");
    for node in keys(nodes).filter(|_| found) {
        edited = remove_from_list(edited, &format!("nodes/{}/to", escape_key(node)), name)?;
    }
    Ok(edited)
}

/// Gives a node another name, everywhere in the document where it is named but in objectives and
/// paths of variants.
///
/// # Errors
/// If there is no such node, or already one of the new name.
pub fn rename_node(text: &str, name: &str, new: &str) -> Result<Edited, PathError> {
    let mut edited = rename(text, &format!("nodes/{}", escape_key(name)), new)?;
    let root = read(&edited.text)?;
    let mut places = Vec::new();
    let rename_in = |text: &str, field: &str| renamed_text(text, field, name, new);
    references(&root, document_type(), "", &rename_in, &mut places);
    // From the end, so that earlier places stay where they are.
    places.sort_unstable();
    for (start, end, inserted) in places.into_iter().rev() {
        let removed = edited.text[start..end].to_owned();
        let splice = Splice {
            at: start,
            removed,
            inserted,
        };
        edited = edited.then(|text| Ok(Edited::one(text, splice)))?;
    }
    for path in wire_paths(&root, |(from, to)| from == name || to == name) {
        let old = path
            .strip_prefix("wires/")
            .map(|key| crate::design::path::split(key).concat());
        let Some(old) = old else { continue };
        let Some((from, to)) = wire_ends(&old) else {
            continue;
        };
        let swap = |end: &str| {
            if end == name {
                new.to_owned()
            } else {
                end.to_owned()
            }
        };
        let renamed = format!("{} -> {}", swap(from), swap(to));
        edited = edited.then(|text| rename(text, &path, &renamed))?;
    }
    let place = format!("canvas/{}", escape_key(name));
    if nearest_value(&root, document_type(), &place).1 {
        edited = edited.then(|text| rename(text, &place, new))?;
    }
    Ok(edited)
}

/// What a text becomes when a node gets another name; `None` if it does not name the node.
fn renamed_text(text: &str, field: &str, name: &str, new: &str) -> Option<String> {
    let swap = |end: &str| {
        if end == name {
            new.to_owned()
        } else {
            end.to_owned()
        }
    };
    if NODE_FIELDS.contains(&field) && text == name {
        return Some(quote(new));
    }
    let (from, to) = wire_ends(text).filter(|_| field == "wire")?;
    (from == name || to == name).then(|| quote(&format!("{} -> {}", swap(from), swap(to))))
}

/// Bytes from and to, and what stands there instead.
type Place = (usize, usize, String);

/// Where texts stand that name a node, and what they become.
fn references(
    value: &Value,
    ty: Type,
    field: &str,
    rename_in: &impl Fn(&str, &str) -> Option<String>,
    places: &mut Vec<Place>,
) {
    let value = value.bare();
    match &value.data {
        Data::Text(text) => {
            let range = value.span.range();
            places.extend(rename_in(text, field).map(|new| (range.start, range.end, new)));
        }
        Data::Struct(_, fields) => {
            let known = fields_of(value, ty);
            for (word, inner) in fields {
                let field = known.iter().find(|field| field.name == word.text);
                let ty = field.map_or(Type::Any, |field| (field.ty)());
                references(inner, ty, &word.text, rename_in, places);
            }
        }
        Data::Tuple(_, items) => {
            let known = fields_of(value, ty);
            let of_tuple = match plain(ty) {
                Type::Tuple(parts) => parts,
                _ => &[],
            };
            for (index, inner) in items.iter().enumerate() {
                let (field, ty) = match (known.get(index), of_tuple.get(index)) {
                    (Some(field), _) => (field.name, (field.ty)()),
                    (None, Some(part)) => ("", part()),
                    (None, None) => ("", Type::Any),
                };
                references(inner, ty, field, rename_in, places);
            }
        }
        Data::List(_) | Data::Map(_) => {
            let inner_ty = match plain(ty) {
                Type::List(inner) | Type::OneOrMore(inner) | Type::Map(inner) => inner(),
                _ => Type::Any,
            };
            // Members of a group and sides of a partition are named as bare lists.
            let field = match inner_ty {
                Type::Text if matches!(field, "groups" | "a" | "b") => "node",
                _ => field,
            };
            let mut index = 0;
            while let Some(inner) = at(value, index) {
                references(inner, inner_ty, field, rename_in, places);
                index += 1;
            }
        }
        _ => {}
    }
}
