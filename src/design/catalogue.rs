//! The catalogue of components: presets with the figures of real products, each with its source.
//! Data, not code: one RON file per family, compiled in, and a user's own directory beside it.

use std::collections::BTreeMap;

use super::decode::{Decoder, decode_text};
use super::diagnostic::{Diagnostic, Sources};
use super::macros::record;
use super::model::Kind;
use super::syntax::{Data, Span, Value, parse};
use super::{Named, Tree};

record! {
    /// One file of the catalogue.
    pub struct CatalogueFile {
        /// The version of this format. Always 1.
        format: u32 = required,
        /// The components by name: `"postgres-16/4vcpu"`.
        components: Named<Component> = required,
    }
}

record! {
    /// A component that a node can start from.
    pub struct Component {
        /// The kind of node that it is.
        kind: String = required,
        /// Its name for people.
        title: String = required,
        /// Where its figures come from.
        source: String = "\"\"",
        /// When they were true: `"2026-11"`.
        date: String = "\"\"",
        /// Fields of the kind, with their figures.
        values: Tree = required,
        /// Anything else that is known about it.
        facts: Vec<String> = "[]",
    }
}

/// A component of the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    /// The kind of node that it is.
    pub kind: String,
    /// Its name for people.
    pub title: String,
    /// Where its figures come from.
    pub source: String,
    /// When they were true.
    pub date: String,
    /// Fields of the kind.
    pub values: Value,
    /// Anything else that is known about it.
    pub facts: Vec<String>,
}

/// Compiles files of `assets/catalogue` in: their names and texts.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$((
            concat!("catalogue/", $name, ".ron"),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/catalogue/", $name, ".ron")),
        )),*]
    };
}

/// The families of components; a test checks that none is left out.
const FILES: &[(&str, &str)] = files![
    "balancers",
    "caches",
    "externals",
    "gateways",
    "mysql",
    "postgres",
    "queues",
    "services",
    "workers",
];

/// The files of the catalogue that are part of the program: name and text.
pub fn built_in() -> &'static [(&'static str, &'static str)] {
    FILES
}

/// Reads files of a catalogue into presets by name. A later file may replace a preset of an earlier one.
pub fn read<'t>(
    files: impl IntoIterator<Item = (String, &'t str)>,
    sources: &mut Sources,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Preset> {
    let mut presets = BTreeMap::new();
    let none = BTreeMap::new();
    for (name, text) in files {
        let source = sources.add(name, text);
        let parsed = parse(text, source);
        errors.extend(parsed.errors);
        let mut cx = Decoder::new(&none);
        let file = parsed
            .value
            .and_then(|value| cx.decode::<CatalogueFile>(&value));
        errors.append(&mut cx.errors);
        let Some(file) = file else { continue };
        for (name, component) in file.components.0 {
            check(&name, &component, source, errors);
            let Component {
                kind,
                title,
                source,
                date,
                values: Tree(values),
                facts,
            } = component;
            presets.insert(
                name,
                Preset {
                    kind,
                    title,
                    source,
                    date,
                    values,
                    facts,
                },
            );
        }
    }
    presets
}

fn check(name: &str, component: &Component, source: u32, errors: &mut Vec<Diagnostic>) {
    let place = Span {
        source,
        ..component.values.0.span
    };
    if !Kind::ALL.iter().any(|kind| kind.name == component.kind) {
        let message = format!(
            "the preset \"{name}\" is of an unknown kind `{}`",
            component.kind
        );
        errors.push(Diagnostic::error(place, message));
    }
    let fields = matches!(&component.values.0.data, Data::Struct(None, _))
        || matches!(&component.values.0.data, Data::Tuple(None, items) if items.is_empty());
    if !fields {
        let message = format!("the values of the preset \"{name}\" must be fields: `(workers: 4)`");
        errors.push(Diagnostic::error(place, message));
    }
}

/// The presets that are part of the program.
pub fn built_in_presets() -> BTreeMap<String, Preset> {
    let files = built_in()
        .iter()
        .map(|(name, text)| ((*name).to_owned(), *text));
    read(files, &mut Sources::default(), &mut Vec::new())
}

/// Reads one value of a preset as a node of its kind, to check that every figure fits.
///
/// # Errors
/// Everything that is wrong with it.
pub fn as_node(preset: &Preset) -> Result<super::Node, Vec<Diagnostic>> {
    let values = super::syntax::print(&preset.values);
    let required = if preset.kind == "Worker" && !values.contains("from:") {
        "from: \"queue\", "
    } else {
        ""
    };
    decode_text(&format!(
        "{}({required}{}",
        preset.kind,
        values.trim_start_matches('(')
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_directory_is_compiled_in() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/catalogue");
        let mut names: Vec<String> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| format!("catalogue/{}", entry.unwrap().file_name().display()))
            .filter(|name| name.rsplit('.').next() == Some("ron"))
            .collect();
        names.sort();
        let built_in: Vec<&str> = built_in().iter().map(|(name, _)| *name).collect();
        assert_eq!(names, built_in);
    }

    #[test]
    fn every_figure_of_every_preset_fits_its_kind() {
        let (mut sources, mut errors) = (Sources::default(), Vec::new());
        let files = built_in()
            .iter()
            .map(|(name, text)| ((*name).to_owned(), *text));
        let presets = read(files, &mut sources, &mut errors);
        let all = super::super::Diagnostics {
            items: errors,
            sources,
        };
        assert!(all.items.is_empty(), "{all}");
        assert!(presets.len() >= 20);
        for (name, preset) in &presets {
            if let Err(errors) = as_node(preset) {
                panic!("{name}: {errors:#?}");
            }
        }
    }
}
