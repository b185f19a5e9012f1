//! Changes to a document while it is loaded: variants and `--set`.

use std::collections::BTreeMap;

use super::{Loader, argument};
use crate::design::catalogue::Preset;
use crate::design::decode::{Decode, Decoder};
use crate::design::diagnostic::{Diagnostic, suggest};
use crate::design::edit;
use crate::design::model::{Change, Design};
use crate::design::path::nearest_value;
use crate::design::syntax::{Data, Span, Value, parse, print, quote};
use crate::design::tree::{self, PathError};

impl Loader {
    /// Applies the changes of a variant.
    pub(super) fn apply_variant(&mut self, root: &mut Value, name: &str) {
        let Some((_, list)) = variants(root).into_iter().find(|(known, _)| known == name) else {
            let source = self.sources.add("--variant", name);
            let span = Span {
                source,
                start: 0,
                end: name.len() as u32,
            };
            let mut error = Diagnostic::error(span, format!("there is no variant \"{name}\""));
            let all = variants(root);
            error.help = suggest(name, all.iter().map(|(name, _)| name.as_str()));
            self.errors.push(error);
            return;
        };
        for change in changes(&list) {
            match change {
                Written::Set { path, at, value } => self.set(root, &path, value, at),
                Written::Remove { path, at } => self.remove(root, &path, at),
            }
        }
    }

    /// Applies each variant to a copy, and reports where its paths lead nowhere and its values do
    /// not fit.
    pub(super) fn check_variants(&mut self, root: &Value, presets: &BTreeMap<String, Preset>) {
        for (_, list) in variants(root) {
            let mut copy = root.clone();
            let mut scratch = Loader {
                errors: Vec::new(),
                ..Loader::default()
            };
            for change in changes(&list) {
                match change {
                    Written::Set { path, at, value } => scratch.set(&mut copy, &path, value, at),
                    Written::Remove { path, at } => scratch.remove(&mut copy, &path, at),
                }
            }
            self.errors.append(&mut scratch.errors);
            let mut cx = Decoder::new(presets);
            let _: Option<Design> = cx.decode(&copy);
            let inside = |error: &Diagnostic| {
                error.span.source == list.span.source
                    && error.span.start >= list.span.start
                    && error.span.end <= list.span.end
            };
            let fresh = cx.errors.into_iter().filter(inside);
            self.errors.extend(fresh.collect::<Vec<_>>());
        }
    }

    fn set(&mut self, root: &mut Value, path: &str, value: Value, at: Span) {
        let written = print(&value);
        match tree::set(root, Design::describe(), path, value) {
            Ok(()) => self.edit_text(|text| edit::set(text, path, &written)),
            Err(error) => self.report_path(path, error, at),
        }
    }

    fn remove(&mut self, root: &mut Value, path: &str, at: Span) {
        match tree::remove(root, Design::describe(), path) {
            Ok(()) => self.edit_text(|text| edit::remove(text, path)),
            Err(error) => self.report_path(path, error, at),
        }
    }

    /// Makes the same change in the text; where that cannot be done, the tree says what holds.
    fn edit_text(&mut self, edit: impl FnOnce(&str) -> Result<edit::Edited, PathError>) {
        self.text = self
            .text
            .take()
            .and_then(|text| edit(&text).ok())
            .map(|edited| edited.text);
    }

    fn report_path(&mut self, path: &str, error: PathError, at: Span) {
        let mut report = Diagnostic::error(at, format!("the path `{path}` leads nowhere"));
        report = report.label(error.message);
        report.help = error.help;
        self.errors.push(report);
    }

    /// Applies a `--set PATH=VALUE`.
    pub(super) fn apply_set(&mut self, root: &mut Value, path: &str, text: &str) {
        let source = self.sources.add(format!("--set {path}"), text);
        let span = Span {
            source,
            start: 0,
            end: text.len() as u32,
        };
        let value = meant(text, source).unwrap_or_else(|| Value {
            span,
            data: Data::Text(text.to_owned()),
        });
        self.set(root, path, value, span);
    }
}

/// A `--set` value as RON, if it was meant as such.
fn meant(text: &str, source: u32) -> Option<Value> {
    let parsed = parse(text, source);
    parsed
        .value
        .filter(|value| parsed.errors.is_empty() && plausible(value))
}

/// A `--set` value as it is written in a file: as it is, or as a text in quotes.
pub fn value_text(text: &str) -> String {
    match meant(text, 0) {
        Some(_) => text.to_owned(),
        None => quote(text),
    }
}

/// Whether a `--set` value was meant as RON. A bare word in small letters is a text: no variant is.
fn plausible(value: &Value) -> bool {
    match &value.data {
        Data::Name(name) => name.starts_with(char::is_uppercase),
        _ => true,
    }
}

/// A change of a variant, with the place of its path.
enum Written {
    Set {
        path: String,
        at: Span,
        value: Value,
    },
    Remove {
        path: String,
        at: Span,
    },
}

/// The variants of a document: names and lists of changes.
fn variants(root: &Value) -> Vec<(String, Value)> {
    let (variants, found) = nearest_value(root, Design::describe(), "variants");
    let Data::Map(entries) = &variants.bare().data else {
        return Vec::new();
    };
    let named = entries.iter().filter_map(|(key, list)| match &key.data {
        Data::Text(name) => Some((name.clone(), list.clone())),
        _ => None,
    });
    if found { named.collect() } else { Vec::new() }
}

/// The changes in a list, as far as they can be read; what is wrong with the list itself is reported
/// when the document is.
fn changes(list: &Value) -> Vec<Written> {
    let Data::List(items) = &list.bare().data else {
        return Vec::new();
    };
    let presets = BTreeMap::new();
    let each = items.iter().filter_map(|item| {
        let change = Decoder::new(&presets).decode::<Change>(item)?;
        let item = item.bare();
        let at = argument(item, 0, "path").map_or(item.span, |path| path.span);
        Some(match change {
            Change::Set { path, .. } => Written::Set {
                path,
                at,
                value: argument(item, 1, "value")?.clone(),
            },
            Change::Remove { path } => Written::Remove { path, at },
        })
    });
    each.collect()
}
