//! From a file to a design: bases (`extends`), variants, `--set`, sample files, presets, decoding,
//! validation. The only place of this room that reads files.

mod changes;
mod files;
mod samples;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::catalogue::{self, Preset};
use super::decode::{Decode, Decoder, Provenance};
use super::describe::Type;
use super::diagnostic::{Diagnostic, Diagnostics, Severity, Sources};
use super::model::Design;
use super::syntax::{Data, Span, Value, check_bytes, parse, print};
use super::{fmt, tree, validate};
pub use changes::value_text;
use files::{read_limited, user_files};

/// How a design is loaded.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// The variant whose changes are applied.
    pub variant: Option<String>,
    /// Changes applied after that: path and value. A value that is no RON is taken as a text.
    pub set: Vec<(String, String)>,
    /// A directory with a catalogue of the user's own, besides what the program knows.
    pub catalogue: Option<PathBuf>,
}

/// A design that was loaded, and what else there is to know about it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The design, every default filled in.
    pub design: Design,
    /// The text that says all this by itself: bases, variant, changes and samples put in.
    pub text: String,
    /// 16 hexadecimal digits that change when the meaning of the document does.
    pub hash: String,
    /// Where figures come from, as far as the document says it.
    pub provenance: Vec<Provenance>,
    /// What is probably not meant.
    pub warnings: Diagnostics,
    /// The names of the variants.
    pub variants: Vec<String>,
    /// The document as a tree, with places.
    pub tree: Value,
}

/// Most designs that can extend one another in a row.
const EXTENDS_MAX: usize = 16;

/// Loads a design from a file.
///
/// # Errors
/// Everything that is wrong with it and with what it refers to.
pub fn load(path: &Path, options: &LoadOptions) -> Result<Loaded, Diagnostics> {
    let mut loader = Loader::default();
    let root = loader.read_file(path, None);
    loader.finish(root, path.parent().unwrap_or(Path::new("")), options)
}

/// Loads a design from a text that is called `name` in messages; files that it names are looked
/// for in `base`.
///
/// # Errors
/// Everything that is wrong with it and with what it refers to.
pub fn load_str(
    text: &str,
    name: &str,
    base: &Path,
    options: &LoadOptions,
) -> Result<Loaded, Diagnostics> {
    let mut loader = Loader::default();
    let root = loader.read_named(text, name);
    loader.finish(root, base, options)
}

/// A text read as far as it can be, for an editor: what is wrong with it does not keep the rest
/// from being shown.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The design as far as it can be read: entries with mistakes are missing, fields with mistakes
    /// have their defaults. `None` if nothing can be told.
    pub design: Option<Design>,
    /// The text itself as a tree, before bases are laid under it; spans point into the text.
    pub tree: Option<Value>,
    /// Everything that is wrong or doubtful.
    pub diagnostics: Diagnostics,
    /// Where figures come from.
    pub provenance: Vec<Provenance>,
}

/// Reads a text that is called `name` in messages as far as it can be; files that it names are
/// looked for in `base`.
pub fn read_str(text: &str, name: &str, base: &Path, options: &LoadOptions) -> Reading {
    let mut loader = Loader::default();
    let tree = loader.read_named(text, name);
    let (mut design, mut provenance) = (None, Vec::new());
    if let Some(root) = &tree {
        let decoded = loader.decode(root.clone(), base, options).1;
        (design, provenance) = (decoded.design, decoded.provenance);
    }
    Reading {
        design,
        tree,
        diagnostics: loader.failed(),
        provenance,
    }
}

/// What decoding gives.
struct Decoded {
    design: Option<Design>,
    provenance: Vec<Provenance>,
    presets: BTreeMap<String, Preset>,
}

#[derive(Debug, Default)]
struct Loader {
    sources: Sources,
    errors: Vec<Diagnostic>,
    /// The text with comments; `None` once the tree says more than a text.
    text: Option<String>,
}

impl Loader {
    /// Reports that a text cannot be used at all.
    fn reject(&mut self, name: &str, message: String) {
        let source = self.sources.add(name, "");
        self.errors.push(Diagnostic::error(
            Span {
                source,
                start: 0,
                end: 0,
            },
            message,
        ));
    }

    fn read_file(&mut self, path: &Path, from: Option<Span>) -> Option<Value> {
        let name = path.display().to_string();
        let problem = match read_limited(path) {
            Ok(bytes) => match check_bytes(&bytes) {
                Ok(text) => {
                    let source = self.sources.add(name, text);
                    return self.read_text(text, source);
                }
                Err(message) => message,
            },
            Err(error) => format!("cannot read {name}: {error}"),
        };
        match from {
            Some(span) => self.errors.push(Diagnostic::error(span, problem)),
            None => self.reject(&name, problem),
        }
        None
    }

    /// Reads a text that is called `name` in messages.
    fn read_named(&mut self, text: &str, name: &str) -> Option<Value> {
        match check_bytes(text.as_bytes()) {
            Ok(text) => {
                let source = self.sources.add(name, text);
                self.read_text(text, source)
            }
            Err(message) => {
                self.reject(name, message);
                None
            }
        }
    }

    fn read_text(&mut self, text: &str, source: u32) -> Option<Value> {
        let parsed = parse(text, source);
        self.errors.extend(parsed.errors);
        if self.text.is_none() {
            self.text = Some(text.to_owned());
        }
        parsed.value
    }

    /// Lays the document over those that it extends.
    fn extend(&mut self, root: Value, base: &Path) -> Value {
        let mut layers = vec![root];
        let mut directory = base.to_path_buf();
        let mut seen: Vec<PathBuf> = Vec::new();
        while let Some((name, span)) = layers.last().and_then(extends_of) {
            let path = directory.join(&name);
            let known = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
            if seen.contains(&known) || self.is_root(&known) {
                let error = Diagnostic::error(span, "designs extend one another in a circle");
                self.errors
                    .push(error.label(format!("\"{name}\" is already part of this design")));
                break;
            }
            seen.push(known);
            if seen.len() > EXTENDS_MAX {
                let message = format!("more than {EXTENDS_MAX} designs extend one another");
                self.errors.push(Diagnostic::error(span, message));
                break;
            }
            let Some(below) = self.read_file(&path, Some(span)) else {
                break;
            };
            layers.push(below);
            directory = path.parent().unwrap_or(Path::new("")).to_path_buf();
        }
        if layers.len() > 1 {
            self.text = None;
        }
        let merged = layers.into_iter().rev().reduce(tree::merge);
        let mut merged = merged.expect("there is at least the document itself");
        if self.text.is_none()
            && let Data::Struct(_, fields) = &mut merged.data
        {
            fields.retain(|(word, _)| word.text != "extends");
        }
        merged
    }

    fn is_root(&self, path: &Path) -> bool {
        let root = self
            .sources
            .get(0)
            .map(|source| PathBuf::from(&source.name));
        root.and_then(|root| std::fs::canonicalize(root).ok())
            .is_some_and(|root| root == path)
    }

    fn presets(&mut self, root: &Value, options: &LoadOptions) -> BTreeMap<String, Preset> {
        // Reading the catalogue takes longer than reading most designs.
        if !print(root).contains("preset") {
            return BTreeMap::new();
        }
        let mut files: Vec<(String, String)> = catalogue::built_in()
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        if let Some(directory) = &options.catalogue {
            match user_files(directory) {
                Ok(own) => files.extend(own),
                Err(message) => self.reject(&directory.display().to_string(), message),
            }
        }
        let texts = files
            .iter()
            .map(|(name, text)| (name.clone(), text.as_str()));
        catalogue::read(texts, &mut self.sources, &mut self.errors)
    }

    fn finish(
        mut self,
        root: Option<Value>,
        base: &Path,
        options: &LoadOptions,
    ) -> Result<Loaded, Diagnostics> {
        let Some(root) = root else {
            return Err(self.failed());
        };
        let (root, decoded) = self.decode(root, base, options);
        let failed = self
            .errors
            .iter()
            .any(|error| error.severity == Severity::Error);
        let design = match decoded.design {
            Some(design) if !failed => design,
            _ => return Err(self.failed()),
        };
        let text = self
            .text
            .take()
            .unwrap_or_else(|| fmt::print_document(&root));
        let hash = hash_of(&root, &design, &decoded.presets);
        let variants = design.variants.names().map(str::to_owned).collect();
        let warnings = self.failed();
        Ok(Loaded {
            design,
            text,
            hash,
            provenance: decoded.provenance,
            warnings,
            variants,
            tree: root,
        })
    }

    /// Lays bases and changes over one another, decodes what comes out, and judges it.
    fn decode(&mut self, root: Value, base: &Path, options: &LoadOptions) -> (Value, Decoded) {
        let mut root = self.extend(root, base);
        // The variants change the design as it is written, whichever is chosen.
        let written = root.clone();
        if let Some(name) = &options.variant {
            self.apply_variant(&mut root, name);
        }
        for (path, text) in &options.set {
            self.apply_set(&mut root, path, text);
        }
        self.fill_samples(&mut root, base);
        let presets = self.presets(&root, options);
        let readable = self.errors.is_empty();
        let mut cx = Decoder::new(&presets);
        let design: Option<Design> = cx.decode(&root);
        let consequences = self.errors.clone();
        cx.errors
            .retain(|error| !self.on_a_line_of(error, &consequences));
        self.errors.append(&mut cx.errors);
        let (provenance, broken) = (cx.provenance, cx.broken);
        // After a mistake in the brackets, what the document means is too uncertain to be judged.
        if let (Some(design), true) = (&design, readable) {
            self.errors
                .extend(validate::validate(design, &root, &broken));
            self.check_variants(&written, &presets);
        }
        let decoded = Decoded {
            design,
            provenance,
            presets,
        };
        (root, decoded)
    }

    /// Whether an error stands on the same line as one of the syntax, whose consequence it may be.
    fn on_a_line_of(&self, error: &Diagnostic, others: &[Diagnostic]) -> bool {
        let line = |span: Span| {
            self.sources
                .locate(Span {
                    end: span.start,
                    ..span
                })
                .line
        };
        let mut same = others
            .iter()
            .filter(|other| other.span.source == error.span.source);
        same.any(|other| line(other.span) == line(error.span))
    }

    /// What was reported, in order.
    fn failed(self) -> Diagnostics {
        let mut all = Diagnostics {
            items: self.errors,
            sources: self.sources,
        };
        all.sort();
        all
    }
}

/// The base that a document names, and where.
fn extends_of(root: &Value) -> Option<(String, Span)> {
    let value = argument(root, usize::MAX, "extends")?.bare();
    match &value.data {
        Data::Text(name) => Some((name.clone(), value.span)),
        _ => None,
    }
}

/// An argument of a variant, with or without names.
fn argument<'v>(value: &'v Value, index: usize, name: &str) -> Option<&'v Value> {
    match &value.data {
        Data::Tuple(_, items) => items.get(index),
        Data::Struct(_, fields) => fields
            .iter()
            .find(|(word, _)| word.text == name)
            .map(|(_, value)| value),
        _ => None,
    }
}

/// 16 hexadecimal digits from the meaning of a document: its tree without places and comments, and
/// the figures of the presets that it uses (FNV-1a of 64 bits, finished as in `MurmurHash3`).
fn hash_of(root: &Value, design: &Design, presets: &BTreeMap<String, Preset>) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut feed = |text: &str| {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    feed(&print(root));
    for (_, node) in design.nodes.iter() {
        if let Some(preset) = node
            .common
            .preset
            .as_ref()
            .and_then(|name| presets.get(name))
        {
            feed(&print(&preset.values));
        }
    }
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    format!("{hash:016x}")
}

/// The type of the whole document.
pub(crate) fn document_type() -> Type {
    Design::describe()
}
