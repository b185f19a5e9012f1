//! Edits of whole things on the canvas: nodes added, copied, pasted and grouped, places, notes.

use super::{Chain, Document};
use crate::design::edit::{Edited, add_node, insert, remove, rename_node, set};
use crate::design::path::escape_key;
use crate::design::resolve::wire_ends;
use crate::design::syntax::quote;
use crate::design::tree::PathError;
use crate::design::{LoadOptions, read_str};
use std::path::Path;

/// A name that no node has yet: the wanted one, or the wanted one with a number.
pub fn free_name(document: &Document, wanted: &str) -> String {
    free_among(wanted, |name| document.has(&node_path(name)))
}

fn free_among(wanted: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(wanted) {
        return wanted.to_owned();
    }
    let stem = wanted.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let stem = stem.trim_end_matches(['-', ' ']);
    let stem = if stem.is_empty() { wanted } else { stem };
    (2..u32::MAX)
        .map(|number| format!("{stem}-{number}"))
        .find(|name| !is_taken(name))
        .unwrap_or_else(|| wanted.to_owned())
}

/// The path of a node.
pub fn node_path(name: &str) -> String {
    format!("nodes/{}", escape_key(name))
}

/// The name that a new node of a kind gets first.
pub fn first_name(kind: &str) -> &'static str {
    match kind {
        "Client" => "users",
        "Balancer" => "balancer",
        "Gateway" => "gateway",
        "Service" => "service",
        "Cache" => "cache",
        "Database" => "db",
        "Queue" => "queue",
        "Worker" => "worker",
        "External" => "external",
        _ => "node",
    }
}

/// A new node of a kind, as RON.
pub fn new_node(kind: &str, preset: Option<&str>) -> String {
    let mut fields = Vec::new();
    fields.extend(preset.map(|preset| format!("preset: {}", quote(preset))));
    // The only kind with a field that must be given; a wire from a queue fills it in.
    if kind == "Worker" {
        fields.push("from: \"\"".to_owned());
    }
    format!("{kind}({})", fields.join(", "))
}

/// The edit that adds a node, at a place if one is given.
///
/// # Errors
/// If there is one of this name.
pub fn add(
    text: &str,
    name: &str,
    value: &str,
    place: Option<(i32, i32)>,
) -> Result<Edited, PathError> {
    let mut chain = Chain::start(text).then(|text| add_node(text, name, value))?;
    if let Some(place) = place {
        chain = chain.then(|text| put(text, name, place))?;
    }
    Ok(chain.finish())
}

/// The edit that gives a node a place on the canvas.
///
/// # Errors
/// If the document has mistakes in its syntax.
pub fn put(text: &str, name: &str, (column, row): (i32, i32)) -> Result<Edited, PathError> {
    set(
        text,
        &format!("canvas/{}", escape_key(name)),
        &format!("({column}, {row})"),
    )
}

/// The edit that gives several nodes a place.
///
/// # Errors
/// If the document has mistakes in its syntax.
pub fn put_all(text: &str, places: &[(String, (i32, i32))]) -> Result<Edited, PathError> {
    let mut chain = Chain::start(text);
    for (name, place) in places {
        chain = chain.then(|text| put(text, name, *place))?;
    }
    Ok(chain.finish())
}

/// The edit that forgets all places, so that everything is laid out anew.
///
/// # Errors
/// If the document has mistakes in its syntax.
pub fn forget_places(document: &Document) -> Result<Edited, PathError> {
    let mut chain = Chain::start(document.text());
    if document.has("canvas") {
        chain = chain.then(|text| remove(text, "canvas"))?;
    }
    for name in document.design().nodes.names() {
        let path = format!("{}/at", node_path(name));
        if document.has(&path) {
            chain = chain.then(|text| remove(text, &path))?;
        }
    }
    Ok(chain.finish())
}

/// Nodes with the wires between them as a document of their own, for the clipboard.
pub fn copy(document: &Document, names: &[String], places: &[(String, (i32, i32))]) -> String {
    let mut text = String::from("(\n    format: 1,\n    nodes: {\n");
    for name in names {
        let written = document.written(&node_path(name)).unwrap_or_default();
        text.push_str(&format!("        {}: {written},\n", quote(name)));
    }
    text.push_str("    },\n    wires: {\n");
    let is_copied = |name: &str| names.iter().any(|copied| copied == name);
    for wire in document.design().wires.names() {
        let inside = wire_ends(wire).is_some_and(|(from, to)| is_copied(from) && is_copied(to));
        let written = document.written(&format!("wires/{}", escape_key(wire)));
        if let (true, Some(written)) = (inside, written) {
            text.push_str(&format!("        {}: {written},\n", quote(wire)));
        }
    }
    text.push_str("    },\n    canvas: {\n");
    for (name, (column, row)) in places.iter().filter(|(name, _)| is_copied(name)) {
        text.push_str(&format!("        {}: ({column}, {row}),\n", quote(name)));
    }
    text.push_str("    },\n)\n");
    text
}

/// Whether a text could be the clipboard of [`copy`], or a design: something to paste.
pub fn is_design(text: &str) -> bool {
    text.len() < 1 << 20 && text.contains('(') && text.contains("nodes:")
}

/// The edit that adds the nodes of a copied document, and their names. Nodes whose name is taken
/// get another one, also where the copied ones speak of each other.
///
/// # Errors
/// If the text is no document.
pub fn paste(
    document: &Document,
    copied: &str,
    offset: (i32, i32),
    with_places: bool,
) -> Result<(Edited, Vec<String>), PathError> {
    let read = |text: &str| read_str(text, "", Path::new(""), &LoadOptions::default());
    let mut source = copied.to_owned();
    let names: Vec<String> = match read(&source).design {
        Some(design) => design.nodes.names().map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let mut added: Vec<String> = Vec::new();
    for name in &names {
        let is_taken = |new: &str| {
            document.has(&node_path(new))
                || added.iter().any(|known| known == new)
                || (new != name && names.iter().any(|known| known == new))
        };
        let new = free_among(name, is_taken);
        if new != *name {
            source = rename_node(&source, name, &new)?.text;
        }
        added.push(new);
    }
    let mini = Document::new(source);
    let mut chain = Chain::start(document.text());
    for name in &added {
        let written = mini.written(&node_path(name)).unwrap_or("Service()");
        chain = chain.then(|text| add_node(text, name, written))?;
    }
    for wire in mini.design().wires.names() {
        let path = format!("wires/{}", escape_key(wire));
        if let (false, Some(written)) = (document.has(&path), mini.written(&path)) {
            chain = chain.then(|text| set(text, &path, written))?;
        }
    }
    if with_places {
        for (name, point) in mini.design().canvas.iter() {
            let place = (
                point.0.saturating_add(offset.0),
                point.1.saturating_add(offset.1),
            );
            chain = chain.then(|text| put(text, name, place))?;
        }
    }
    Ok((chain.finish(), added))
}

/// The edit that makes a group of nodes, or gives the group of this name other members.
///
/// # Errors
/// If the document has mistakes in its syntax.
pub fn group(text: &str, name: &str, members: &[String]) -> Result<Edited, PathError> {
    let members: Vec<String> = members.iter().map(|member| quote(member)).collect();
    set(
        text,
        &format!("groups/{}", escape_key(name)),
        &format!("[{}]", members.join(", ")),
    )
}

/// The edit that adds a note.
///
/// # Errors
/// If the document has mistakes in its syntax.
pub fn add_note(
    document: &Document,
    (column, row): (i32, i32),
    words: &str,
) -> Result<Edited, PathError> {
    let note = format!("(at: ({column}, {row}), text: {})", quote(words));
    if document.has("notes") {
        let index = document.design().notes.len();
        insert(document.text(), &format!("notes/{index}"), &note)
    } else {
        set(document.text(), "notes", &format!("[{note}]"))
    }
}
