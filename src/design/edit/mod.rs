//! Changes to the text of a document that leave every other byte alone: comments, blank lines,
//! order and spacing elsewhere stay. What is added follows its neighbours in indentation and
//! trailing commas; what is removed takes the comment behind it on its line along.
//!
//! Each change is a list of [`Splice`]s, which can be taken back.

mod layout;
mod nodes;
mod uses;

#[cfg(test)]
mod tests;

use super::describe::Type;
use super::load::document_type;
use super::path::{at, child, join, split};
use super::syntax::{Data, Value, parse, print, quote};
use super::tree::{self, PathError, Place, empty_of, insertion_index, missing};
use layout::{Container, indented};

pub use super::load::value_text;
pub use nodes::{add_node, add_wire, remove_node, remove_wire, rename_node};
pub use uses::{Removed, remove_calls, remove_node_and_uses};

/// A piece of text replaced by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splice {
    /// The byte at which both begin.
    pub at: usize,
    /// What stood there.
    pub removed: String,
    /// What stands there now.
    pub inserted: String,
}

impl Splice {
    /// The text with this change made. The text must be the one that the splice was made for.
    pub fn apply(&self, text: &str) -> String {
        let end = self.at + self.removed.len();
        let (before, after) = (
            text.get(..self.at).unwrap_or(text),
            text.get(end..).unwrap_or(""),
        );
        [before, &self.inserted, after].concat()
    }

    /// The splice that takes this one back.
    #[must_use]
    pub fn inverse(&self) -> Splice {
        Splice {
            at: self.at,
            removed: self.inserted.clone(),
            inserted: self.removed.clone(),
        }
    }
}

/// A changed text, and what changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The new text.
    pub text: String,
    /// The changes that lead there, in order.
    pub splices: Vec<Splice>,
}

impl Edited {
    fn one(text: &str, splice: Splice) -> Edited {
        Edited {
            text: splice.apply(text),
            splices: vec![splice],
        }
    }

    /// No change yet.
    fn start(text: &str) -> Edited {
        Edited {
            text: text.to_owned(),
            splices: Vec::new(),
        }
    }

    /// Makes another change after those so far.
    fn then(
        mut self,
        edit: impl FnOnce(&str) -> Result<Edited, PathError>,
    ) -> Result<Edited, PathError> {
        let next = edit(&self.text)?;
        self.splices.extend(next.splices);
        self.text = next.text;
        Ok(self)
    }

    /// The text as it was before.
    pub fn undone(&self) -> String {
        undo(&self.text, &self.splices)
    }
}

/// Takes changes back, the last first.
pub fn undo(text: &str, splices: &[Splice]) -> String {
    splices.iter().rev().fold(text.to_owned(), |text, splice| {
        splice.inverse().apply(&text)
    })
}

/// Makes changes again.
pub fn redo(text: &str, splices: &[Splice]) -> String {
    splices
        .iter()
        .fold(text.to_owned(), |text, splice| splice.apply(&text))
}

/// A text that is to be changed, as a tree.
fn read(text: &str) -> Result<Value, PathError> {
    let parsed = parse(text, 0);
    match parsed.value {
        Some(value) if parsed.errors.is_empty() => Ok(value),
        _ => Err(PathError::new(
            "the document has mistakes in its syntax; mend them first",
        )),
    }
}

/// A value that is to be put in, as a tree.
fn read_value(text: &str) -> Result<Value, PathError> {
    let parsed = parse(text, 0);
    match parsed.value {
        Some(value) if parsed.errors.is_empty() => Ok(value),
        _ => Err(PathError::new(format!("`{text}` is no value"))),
    }
}

/// How far a path leads: the innermost value that exists on its way, and what remains.
struct Reached<'v, 'p> {
    /// The container (without wrappers) in which the path ends.
    container: &'v Value,
    ty: Type,
    /// The parts of the path from the container on.
    parts: &'p [String],
    /// How many containers stand around it.
    depth: usize,
}

/// Follows a path up to the container of its last part, or to where it leads nowhere.
fn reach<'v, 'p>(root: &'v Value, parts: &'p [String]) -> Reached<'v, 'p> {
    let (mut container, mut ty, mut parts, mut depth) = (root.bare(), document_type(), parts, 0);
    while let Some(next) = child(container, ty, parts) {
        if next.parts >= parts.len() {
            break;
        }
        let Some(inner) = at(container, next.index) else {
            break;
        };
        (container, ty, parts, depth) = (inner.bare(), next.ty, &parts[next.parts..], depth + 1);
    }
    Reached {
        container,
        ty,
        parts,
        depth,
    }
}

/// Gives the value at a path another value, written in RON, or adds it there. Structs and maps on
/// the way that are left out are added too.
///
/// # Errors
/// If the path leads nowhere, or the value is not RON.
pub fn set(text: &str, path: &str, value: &str) -> Result<Edited, PathError> {
    let root = read(text)?;
    let new = read_value(value)?;
    let parts = split(path);
    let reached = reach(&root, &parts);
    let next = child(reached.container, reached.ty, reached.parts);
    if let Some(old) = next.and_then(|next| at(reached.container, next.index)) {
        let range = old.span.range();
        let inserted = indented(text, range.start, value.trim());
        let removed = text[range.clone()].to_owned();
        return Ok(Edited::one(
            text,
            Splice {
                at: range.start,
                removed,
                inserted,
            },
        ));
    }
    let Reached {
        container,
        ty,
        parts,
        ..
    } = &reached;
    let place = Place::of(container, *ty, parts)?;
    let written = if let [_] = parts {
        value.trim().to_owned()
    } else {
        let outer = empty_of(place.ty, new.span);
        let mut outer = outer.ok_or_else(|| missing(container, *ty, parts))?;
        tree::set(&mut outer, place.ty, &join(&parts[1..]), new)?;
        print(&outer)
    };
    Ok(Edited::one(text, add(text, &reached, &written)))
}

/// The splice that adds an entry to a container that has none of that name.
fn add(text: &str, reached: &Reached<'_, '_>, value: &str) -> Splice {
    let (container, name) = (reached.container, &reached.parts[0]);
    let entry = match &container.data {
        Data::Map(_) => format!("{}: {value}", quote(name)),
        Data::List(_) => value.to_owned(),
        Data::Tuple(_, items) if !items.is_empty() => value.to_owned(),
        _ => format!("{name}: {value}"),
    };
    if let Data::Name(word) = &container.data {
        let range = container.span.range();
        let written = &text[range.clone()];
        debug_assert!(
            written.ends_with(word.as_str()),
            "a bare word stands for itself"
        );
        let inserted = format!("{written}({entry})");
        return Splice {
            at: range.start,
            removed: written.to_owned(),
            inserted,
        };
    }
    let index = insertion_index(container, name);
    let open = matches!(container.data, Data::Map(_)) && reached.depth <= 1;
    Container::of(text, container).insert(index, &entry, open)
}

/// Adds a value to a list before the item at a position, or behind the last one.
///
/// # Errors
/// If the path is not that of a position in a list, or the value is not RON.
pub fn insert(text: &str, path: &str, value: &str) -> Result<Edited, PathError> {
    let root = read(text)?;
    read_value(value)?;
    let parts = split(path);
    let reached = reach(&root, &parts);
    let index = match (&reached.container.data, reached.parts) {
        (Data::List(items), [last]) => last.parse().ok().filter(|index| *index <= items.len()),
        _ => None,
    };
    match index {
        Some(index) => {
            let container = Container::of(text, reached.container);
            Ok(Edited::one(
                text,
                container.insert(index, value.trim(), false),
            ))
        }
        None => set(text, path, value),
    }
}

/// Takes the value at a path away, so that its default holds.
///
/// # Errors
/// If there is none.
pub fn remove(text: &str, path: &str) -> Result<Edited, PathError> {
    let mut root = read(text)?;
    let parts = split(path);
    let reached = reach(&root, &parts);
    let next = child(reached.container, reached.ty, reached.parts);
    let splice = next.map(|next| Container::of(text, reached.container).remove(next.index));
    // The tree knows which values cannot be taken away, and why.
    tree::remove(&mut root, document_type(), path)?;
    let splice = splice.ok_or_else(|| PathError::new(format!("there is nothing at `{path}`")))?;
    Ok(Edited::one(text, splice))
}

/// Gives an entry of a map another name.
///
/// # Errors
/// If there is no such entry, or already one of the new name.
pub fn rename(text: &str, path: &str, name: &str) -> Result<Edited, PathError> {
    let root = read(text)?;
    let parts = split(path);
    let reached = reach(&root, &parts);
    let Data::Map(entries) = &reached.container.data else {
        return Err(PathError::new(format!("`{path}` is no entry of a map")));
    };
    if entries
        .iter()
        .any(|(key, _)| matches!(&key.data, Data::Text(text) if text == name))
    {
        return Err(PathError::new(format!("there is \"{name}\" already")));
    }
    let next = child(reached.container, reached.ty, reached.parts)
        .ok_or_else(|| missing(reached.container, reached.ty, reached.parts))?;
    let range = entries[next.index].0.span.range();
    let removed = text[range.clone()].to_owned();
    Ok(Edited::one(
        text,
        Splice {
            at: range.start,
            removed,
            inserted: quote(name),
        },
    ))
}
