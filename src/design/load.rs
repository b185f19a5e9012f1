//! From a file to a design: bases (`extends`), variants, `--set`, sample files, presets, decoding,
//! validation. The only place of this room that reads files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::catalogue::{self, Preset};
use super::decode::{Decode, Decoder, Provenance};
use super::describe::Type;
use super::diagnostic::{Diagnostic, Diagnostics, Severity, Sources};
use super::model::{Change, Design};
use super::path::nearest_value;
use super::syntax::{Data, Number, Span, Value, Word, check_bytes, parse, print};
use super::tree::{self, PathError};
use super::{fmt, validate};

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
/// Largest file of samples.
const SAMPLES_BYTES_MAX: u64 = 64 << 20;
/// Most samples in one file.
const SAMPLES_MAX: usize = 1_000_000;

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
    let root = match check_bytes(text.as_bytes()) {
        Ok(text) => {
            let source = loader.sources.add(name, text);
            loader.read_text(text, source)
        }
        Err(message) => {
            loader.reject(name, message);
            None
        }
    };
    loader.finish(root, base, options)
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

    /// Applies the changes of a variant.
    fn apply_variant(&mut self, root: &mut Value, name: &str) {
        let presets = BTreeMap::new();
        let (variants, found) = nearest_value(root, Design::describe(), "variants");
        let entries = match &variants.bare().data {
            Data::Map(entries) if found => entries.as_slice(),
            _ => &[],
        };
        let names = entries.iter().filter_map(|(key, _)| match &key.data {
            Data::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let entry = entries
            .iter()
            .find(|(key, _)| matches!(&key.data, Data::Text(text) if text == name));
        let Some((_, list)) = entry else {
            let source = self.sources.add("--variant", name);
            let span = Span {
                source,
                start: 0,
                end: name.len() as u32,
            };
            let mut error = Diagnostic::error(span, format!("there is no variant \"{name}\""));
            error.help = super::diagnostic::suggest(name, names.clone());
            self.errors.push(error);
            return;
        };
        let mut cx = Decoder::new(&presets);
        let changes: Option<Vec<Change>> = cx.decode(list);
        let items: Vec<Value> = match &list.bare().data {
            Data::List(items) => items.clone(),
            _ => Vec::new(),
        };
        // What is wrong with the list itself is reported when the whole document is read.
        for (change, written) in changes.into_iter().flatten().zip(items) {
            let written = written.bare();
            match change {
                Change::Set { path, .. } => {
                    let part = |index, name| argument(written, index, name);
                    let (Some(at), Some(value)) = (part(0, "path"), part(1, "value")) else {
                        continue;
                    };
                    self.set(root, &path, value.clone(), at.span);
                }
                Change::Remove { path } => {
                    let at = argument(written, 0, "path").map_or(written.span, |value| value.span);
                    self.remove(root, &path, at);
                }
            }
        }
    }

    fn set(&mut self, root: &mut Value, path: &str, value: Value, at: Span) {
        let written = print(&value);
        match tree::set(root, Design::describe(), path, value) {
            Ok(()) => self.edit_text(|text| super::edit::set(text, path, &written)),
            Err(error) => self.report_path(path, error, at),
        }
    }

    fn remove(&mut self, root: &mut Value, path: &str, at: Span) {
        match tree::remove(root, Design::describe(), path) {
            Ok(()) => self.edit_text(|text| super::edit::remove(text, path)),
            Err(error) => self.report_path(path, error, at),
        }
    }

    /// Makes the same change in the text; where that cannot be done, the tree says what holds.
    fn edit_text(&mut self, edit: impl FnOnce(&str) -> Result<super::edit::Edited, PathError>) {
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
    fn apply_set(&mut self, root: &mut Value, path: &str, text: &str) {
        let source = self.sources.add(format!("--set {path}"), text);
        let span = Span {
            source,
            start: 0,
            end: text.len() as u32,
        };
        let parsed = parse(text, source);
        let value = match parsed.value {
            Some(value) if parsed.errors.is_empty() && plausible(&value) => value,
            _ => Value {
                span,
                data: Data::Text(text.to_owned()),
            },
        };
        self.set(root, path, value, span);
    }

    /// Reads the files of `Samples` distributions and puts their numbers into the tree.
    fn fill_samples(&mut self, value: &mut Value, base: &Path) {
        if value.name() == Some("Samples")
            && let Some(file) = argument(value, 0, "file").map(|file| file.bare().clone())
            && argument(value, 2, "values").is_none()
            && let Data::Text(name) = &file.data
        {
            let unit = match argument(value, 1, "unit").map(|unit| &unit.bare().data) {
                Some(Data::Text(unit)) => unit.clone(),
                _ => String::new(),
            };
            match read_samples(&base.join(name), &unit) {
                Ok(numbers) => {
                    self.text = None;
                    put_samples(value, &file, &unit, &numbers);
                }
                Err(message) => self.errors.push(Diagnostic::error(file.span, message)),
            }
            return;
        }
        match &mut value.data {
            Data::List(items) | Data::Tuple(_, items) => {
                items
                    .iter_mut()
                    .for_each(|item| self.fill_samples(item, base));
            }
            Data::Struct(_, fields) => {
                fields
                    .iter_mut()
                    .for_each(|(_, value)| self.fill_samples(value, base));
            }
            Data::Map(entries) => {
                entries
                    .iter_mut()
                    .for_each(|(_, value)| self.fill_samples(value, base));
            }
            _ => {}
        }
    }

    fn presets(&mut self, root: &Value, options: &LoadOptions) -> BTreeMap<String, Preset> {
        let (nodes, _) = nearest_value(root, Design::describe(), "nodes");
        let used = matches!(&nodes.bare().data, Data::Map(entries)
            if entries.iter().any(|(_, node)| argument(node.bare(), usize::MAX, "preset").is_some()));
        if !used {
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
        let mut root = self.extend(root, base);
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
        self.errors.append(&mut cx.errors);
        let (provenance, broken) = (cx.provenance, cx.broken);
        // After a mistake in the brackets, what the document means is too uncertain to be judged.
        if let (Some(design), true) = (&design, readable) {
            self.errors
                .extend(validate::validate(design, &root, &broken));
        }
        let failed = self
            .errors
            .iter()
            .any(|error| error.severity == Severity::Error);
        let design = match design {
            Some(design) if !failed => design,
            _ => return Err(self.failed()),
        };
        let text = self
            .text
            .take()
            .unwrap_or_else(|| fmt::print_document(&root));
        let hash = hash_of(&root, &design, &presets);
        let variants = design.variants.names().map(str::to_owned).collect();
        let warnings = self.failed();
        Ok(Loaded {
            design,
            text,
            hash,
            provenance,
            warnings,
            variants,
            tree: root,
        })
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

/// Whether a `--set` value was meant as RON. A bare word in small letters is a text: no variant is.
fn plausible(value: &Value) -> bool {
    match &value.data {
        Data::Name(name) => name.starts_with(char::is_uppercase),
        _ => true,
    }
}

fn read_limited(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let limit = super::syntax::BYTES_MAX as u64;
    let file = std::fs::File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(std::io::Error::other("it is a directory"));
    }
    if metadata.len() > limit {
        let (size, limit) = (metadata.len() >> 20, limit >> 20);
        let message = format!("the file has {size} MiB; a design can have at most {limit} MiB");
        return Err(std::io::Error::other(message));
    }
    let mut bytes = Vec::new();
    // A pipe has no size beforehand; one byte above the limit shows that there is more.
    file.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The RON files of a directory, in the order of their names.
fn user_files(directory: &Path) -> Result<Vec<(String, String)>, String> {
    let wrong = |error: std::io::Error| format!("cannot read the catalogue: {error}");
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if path.extension().is_some_and(|extension| extension == "ron") {
            paths.push(path);
        }
    }
    paths.sort();
    let read = paths.into_iter().map(|path| {
        let bytes = read_limited(&path).map_err(wrong)?;
        let text =
            check_bytes(&bytes).map_err(|message| format!("{}: {message}", path.display()))?;
        Ok((path.display().to_string(), text.to_owned()))
    });
    read.collect()
}

/// The numbers of a sample file: one a line, `#` begins a comment.
fn read_samples(path: &Path, unit: &str) -> Result<Vec<f64>, String> {
    let name = path.display();
    let size = std::fs::metadata(path)
        .map_err(|error| format!("cannot read {name}: {error}"))?
        .len();
    if size > SAMPLES_BYTES_MAX {
        return Err(format!(
            "{name} is larger than {} MiB",
            SAMPLES_BYTES_MAX >> 20
        ));
    }
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("cannot read {name}: {error}"))?;
    let mut numbers = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        let number: f64 = line
            .parse()
            .map_err(|_| format!("{name}:{}: `{line}` is not a number", index + 1))?;
        if !number.is_finite() || number < 0.0 {
            return Err(format!(
                "{name}:{}: a sample must be a finite number from 0 up",
                index + 1
            ));
        }
        numbers.push(number);
        if numbers.len() > SAMPLES_MAX {
            return Err(format!("{name} has more than {SAMPLES_MAX} samples"));
        }
    }
    if numbers.is_empty() {
        return Err(format!("{name} has no numbers"));
    }
    let known = unit.is_empty()
        || format!("1{unit}").parse::<crate::units::Nanos>().is_ok()
        || format!("1{unit}").parse::<crate::units::Bytes>().is_ok();
    if !known {
        return Err(format!(
            "`{unit}` is not a unit of samples; write \"ms\", \"s\", \"B\" or \"KiB\""
        ));
    }
    Ok(numbers)
}

/// Writes samples into a `Samples` value, so that the document says everything by itself.
fn put_samples(value: &mut Value, file: &Value, unit: &str, numbers: &[f64]) {
    let span = file.span;
    let text = |text: String| Value {
        span,
        data: Data::Text(text),
    };
    let number = |number: &f64| match unit {
        "" => Value {
            span,
            data: Data::Number(Number::Real(*number)),
        },
        // Written out: `1e-7ms` is no duration.
        unit => text(format!("{number}{unit}")),
    };
    let word = |text: &str| Word {
        text: text.to_owned(),
        span,
    };
    let values = Value {
        span,
        data: Data::List(numbers.iter().map(number).collect()),
    };
    let fields = vec![
        (word("file"), file.clone()),
        (word("unit"), text(unit.to_owned())),
        (word("values"), values),
    ];
    value.data = Data::Struct(Some(word("Samples")), fields);
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
