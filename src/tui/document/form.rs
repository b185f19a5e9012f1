//! A part of the document as a form: one row for each field that it has or could have, with what
//! holds there, where that comes from, and how it is changed. Made from the declarations of the
//! document's types alone, so nothing that a file can say is out of reach.

use super::{Document, document_type};
use crate::design::catalogue::Preset;
use crate::design::describe::{Choice, Field, Presence, Type, Variant};
use crate::design::model::FaultEntry;
use crate::design::path::{at, child, escape_key, fields_of, plain, split};
use crate::design::syntax::{Data, Value, parse, print, quote};
use std::collections::{BTreeMap, BTreeSet};

/// Where the value of a row comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The document says it.
    Given,
    /// The preset that the node names.
    Preset,
    /// It holds because nothing else is said.
    Default,
    /// It must be given and is not.
    Missing,
    /// The row has no value of its own: it adds something.
    Action,
}

/// How a row is changed.
#[derive(Debug, Clone, Copy)]
pub enum Control {
    /// By typing; the type says what can be typed.
    Text(Type),
    /// Between true and false.
    Toggle,
    /// By choosing a variant.
    Menu(&'static Choice),
    /// By typing or by choosing a variant.
    TextOrMenu(Type, &'static Choice),
    /// By choosing one of the nodes of the document.
    NodeName,
    /// It has rows of its own.
    Open,
    /// It is left out; choosing it puts a record there.
    Create(Type),
    /// It adds an item to a list.
    AddItem(Type),
    /// It adds a named entry to a map.
    AddEntry(Type),
}

/// One row of a form.
#[derive(Debug, Clone)]
pub struct Row {
    /// The path of the value in the document; of the container for a row that adds something.
    pub path: String,
    /// How many rows it is inside of.
    pub depth: usize,
    /// What it is called.
    pub label: String,
    /// What holds, as a person would write it.
    pub shown: String,
    /// Where that comes from.
    pub origin: Origin,
    /// How it is changed.
    pub control: Control,
    /// Whether it has rows of its own, and whether they are shown.
    pub open: Option<bool>,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// Fields that name a node.
const NODE_FIELDS: [&str; 7] = ["to", "node", "cache", "db", "queue", "from", "client"];

/// Fields of nodes that the canvas itself changes.
const HIDDEN: [&str; 1] = ["at"];

/// The form of the value at a path; empty if there is none.
pub fn rows(document: &Document, path: &str, open: &BTreeSet<String>) -> Vec<Row> {
    let Some(tree) = document.tree() else {
        return Vec::new();
    };
    let Some((value, ty)) = find(tree, path) else {
        return Vec::new();
    };
    let mut form = Form {
        document,
        open,
        presets: presets(),
        rows: Vec::new(),
    };
    form.inside(value.bare(), ty, path, 0);
    form.rows
}

/// The presets that are part of the program, read once.
pub fn presets() -> &'static BTreeMap<String, Preset> {
    static PRESETS: std::sync::OnceLock<BTreeMap<String, Preset>> = std::sync::OnceLock::new();
    PRESETS.get_or_init(crate::design::catalogue::built_in_presets)
}

/// The value at a path and its type.
pub fn find<'v>(tree: &'v Value, path: &str) -> Option<(&'v Value, Type)> {
    let (mut value, mut ty) = (tree, document_type());
    if path.is_empty() {
        return Some((value, ty));
    }
    let parts = split(path);
    let mut rest = parts.as_slice();
    while !rest.is_empty() {
        let next = child(value.bare(), ty, rest)?;
        value = at(value.bare(), next.index)?;
        (ty, rest) = (next.ty, &rest[next.parts..]);
    }
    Some((value, ty))
}

struct Form<'d> {
    document: &'d Document,
    open: &'d BTreeSet<String>,
    presets: &'static BTreeMap<String, Preset>,
    rows: Vec<Row>,
}

impl Form<'_> {
    /// The rows of everything that stands, or could stand, inside a value.
    fn inside(&mut self, value: &Value, ty: Type, path: &str, depth: usize) {
        match plain(ty) {
            Type::List(inner) => self.items(value, inner(), path, depth),
            Type::OneOrMore(inner) if matches!(value.data, Data::List(_)) => {
                self.items(value, inner(), path, depth);
            }
            Type::Map(inner) => self.entries(value, inner(), path, depth),
            Type::Tuple(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    let label = (index + 1).to_string();
                    let inner = at(value, index);
                    self.row(
                        &join(path, &index.to_string()),
                        label,
                        inner,
                        part(),
                        None,
                        depth,
                    );
                }
            }
            _ => {
                for field in fields_of(value, ty) {
                    if HIDDEN.contains(&field.name) {
                        continue;
                    }
                    let inner = argument(value, ty, field.name);
                    let path = join(path, field.name);
                    let default = self.default_of(value, field);
                    let label = field.name.replace('_', " ");
                    self.row(
                        &path,
                        label,
                        inner,
                        (field.ty)(),
                        Some((field, default)),
                        depth,
                    );
                }
            }
        }
    }

    fn items(&mut self, value: &Value, inner: Type, path: &str, depth: usize) {
        if let Data::List(items) = &value.data {
            let faults = &self.document.design().faults;
            // A fault has a name; one that cannot be read has none, and then no position is certain.
            let are_named = path == "faults" && faults.len() == items.len();
            let names: Vec<String> = faults.iter().map(FaultEntry::title).collect();
            for (index, item) in items.iter().enumerate() {
                let path = join(path, &index.to_string());
                let name = names.get(index).filter(|_| are_named);
                self.row(
                    &path,
                    name.cloned().unwrap_or_else(|| (index + 1).to_string()),
                    Some(item),
                    inner,
                    None,
                    depth,
                );
            }
        }
        self.action(path, "add", Control::AddItem(inner), depth);
    }

    fn entries(&mut self, value: &Value, inner: Type, path: &str, depth: usize) {
        if let Data::Map(entries) = &value.data {
            for (key, item) in entries {
                let Data::Text(key) = &key.data else { continue };
                self.row(
                    &join(path, &escape_key(key)),
                    key.clone(),
                    Some(item),
                    inner,
                    None,
                    depth,
                );
            }
        }
        self.action(path, "add", Control::AddEntry(inner), depth);
    }

    fn action(&mut self, path: &str, label: &str, control: Control, depth: usize) {
        self.rows.push(Row {
            path: path.to_owned(),
            depth,
            label: label.to_owned(),
            shown: String::new(),
            origin: Origin::Action,
            control,
            open: None,
            problem: None,
        });
    }

    /// What holds where a field is left out, and from where.
    fn default_of(&self, owner: &Value, field: &Field) -> (String, Origin) {
        let preset = match argument(owner, Type::Node, "preset").map(|value| &value.data) {
            Some(Data::Text(name)) => self.presets.get(name),
            _ => None,
        };
        let of_preset = preset.and_then(|preset| argument(&preset.values, Type::Any, field.name));
        if let Some(value) = of_preset {
            return (plain_text(&print(value)), Origin::Preset);
        }
        let of_kind = owner
            .name()
            .and_then(crate::design::help::about)
            .and_then(|help| parse(&help.default, 0).value);
        let of_kind = of_kind
            .as_ref()
            .and_then(|value| argument(value, Type::Any, field.name));
        match (of_kind, field.presence) {
            (Some(value), _) => (plain_text(&print(value)), Origin::Default),
            (None, Presence::Default(text)) => (plain_text(text), Origin::Default),
            (None, _) => (String::new(), Origin::Missing),
        }
    }

    /// One row, and those inside it if it is open.
    fn row(
        &mut self,
        path: &str,
        label: String,
        value: Option<&Value>,
        ty: Type,
        field: Option<(&Field, (String, Origin))>,
        depth: usize,
    ) {
        let bare = value.map(Value::bare);
        let name = field.as_ref().map_or("", |(field, _)| field.name);
        let control = control(bare, ty, name);
        let (shown, origin) = match (bare, field) {
            (Some(value), _) => (self.shown(value, ty), Origin::Given),
            (None, Some((_, default))) => default,
            (None, None) => (String::new(), Origin::Missing),
        };
        let can_open = match control {
            Control::Open => true,
            Control::Menu(_) | Control::TextOrMenu(..) => {
                bare.is_some_and(|value| !fields_of(value, ty).is_empty() && value.is_container())
            }
            _ => false,
        };
        let is_open = can_open && self.open.contains(path);
        let problems = self.document.problems().iter();
        let problem = problems.filter(|problem| problem.is_error).find(|problem| {
            problem.path == path || (!is_open && problem.path.starts_with(&format!("{path}/")))
        });
        self.rows.push(Row {
            path: path.to_owned(),
            depth,
            label,
            shown,
            origin,
            control,
            open: can_open.then_some(is_open),
            problem: problem.map(|problem| problem.message.clone()),
        });
        if is_open {
            match bare {
                Some(value) => self.inside(value, ty, path, depth + 1),
                None => self.inside(&empty(ty), ty, path, depth + 1),
            }
        }
    }

    /// A value on one line.
    fn shown(&self, value: &Value, ty: Type) -> String {
        let count = |count: usize, one: &str, many: &str| match count {
            0 => format!("no {many}"),
            1 => format!("1 {one}"),
            count => format!("{count} {many}"),
        };
        match (&value.data, plain(ty)) {
            (Data::Text(text), _) => text.clone(),
            (Data::List(items), Type::List(inner)) if !is_scalar(inner()) => {
                let (one, many) = words_of(inner());
                count(items.len(), one, many)
            }
            (Data::List(items), _) if items.is_empty() => "none".to_owned(),
            (Data::List(items), Type::List(_)) => {
                let items: Vec<String> =
                    items.iter().map(|item| plain_text(&print(item))).collect();
                items.join(", ")
            }
            (Data::Map(entries), _) => count(entries.len(), "entry", "entries"),
            _ => {
                let written = self.document.text().get(value.span.range());
                let line = written.unwrap_or_default().split_whitespace();
                line.collect::<Vec<_>>().join(" ")
            }
        }
    }
}

/// What the items of a list are called.
fn words_of(ty: Type) -> (&'static str, &'static str) {
    match plain(ty) {
        Type::Choice(choice) if choice.name == "Step" => ("step", "steps"),
        Type::Record(record) if record.name == "Flow" => ("flow", "flows"),
        Type::Record(record) if record.name == "FaultEntry" => ("fault", "faults"),
        _ => ("item", "items"),
    }
}

/// A path and one more part, which is escaped already.
fn join(path: &str, part: &str) -> String {
    if path.is_empty() {
        part.to_owned()
    } else {
        format!("{path}/{part}")
    }
}

/// The argument of a name, given with names or without.
fn argument<'v>(value: &'v Value, ty: Type, name: &str) -> Option<&'v Value> {
    match &value.data {
        Data::Struct(_, fields) => fields
            .iter()
            .find(|(word, _)| word.text == name)
            .map(|(_, value)| value),
        Data::Tuple(_, items) => {
            let known = fields_of(value, ty);
            let index = known.iter().position(|field| field.name == name)?;
            items.get(index)
        }
        _ => None,
    }
}

/// An empty value of a type that is left out.
fn empty(ty: Type) -> Value {
    let text = match plain(ty) {
        Type::List(_) | Type::OneOrMore(_) => "[]",
        Type::Map(_) => "{}",
        _ => "()",
    };
    let parsed = parse(text, u32::MAX).value;
    parsed.expect("an empty container is RON")
}

fn is_scalar(ty: Type) -> bool {
    !matches!(
        plain(ty),
        Type::List(_)
            | Type::OneOrMore(_)
            | Type::Map(_)
            | Type::Tuple(_)
            | Type::Record(_)
            | Type::Choice(_)
            | Type::Node
    )
}

fn control(value: Option<&Value>, ty: Type, field: &str) -> Control {
    if let Type::Distribution(_) = optional_inner(ty)
        && let Type::Choice(choice) = plain(ty)
    {
        return Control::TextOrMenu(ty, choice);
    }
    match plain(ty) {
        Type::Bool => Control::Toggle,
        Type::Text if NODE_FIELDS.contains(&field) => Control::NodeName,
        Type::Choice(choice) if choice.shorthand().is_some() => Control::TextOrMenu(ty, choice),
        Type::Choice(choice) => Control::Menu(choice),
        Type::List(inner) if is_scalar(inner()) && field == "to" => Control::Open,
        Type::List(inner) if is_scalar(inner()) => Control::Text(ty),
        Type::List(_) | Type::OneOrMore(_) | Type::Map(_) | Type::Node => Control::Open,
        Type::Tuple(_) if value.is_some() => Control::Open,
        Type::Record(_) if value.is_some_and(|value| value.name() != Some("None")) => Control::Open,
        Type::Record(_) | Type::Tuple(_) => Control::Create(ty),
        _ => Control::Text(ty),
    }
}

fn optional_inner(ty: Type) -> Type {
    match ty {
        Type::Optional(inner) => optional_inner(inner()),
        other => other,
    }
}

/// A value as a person would write it into a form: without the quotes of a text.
pub fn plain_text(ron: &str) -> String {
    let parsed = parse(ron, 0);
    match parsed.value.map(|value| value.bare().clone().data) {
        Some(Data::Text(text)) if parsed.errors.is_empty() => text,
        Some(Data::Name(name)) if name == "None" => "none".to_owned(),
        Some(Data::List(items)) if items.is_empty() => "none".to_owned(),
        Some(Data::Map(entries)) if entries.is_empty() => "none".to_owned(),
        Some(Data::Tuple(None, items)) if items.is_empty() => "all default".to_owned(),
        _ => ron.to_owned(),
    }
}

/// What a person typed as RON, for a type: quantities and texts get their quotes.
pub fn to_ron(ty: Type, typed: &str) -> String {
    let typed = typed.trim();
    let word: String = typed
        .chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect();
    let is_call = typed[word.len()..].trim_start().starts_with('(');
    let has_quotes = typed.starts_with('"');
    if has_quotes || typed == "None" {
        return typed.to_owned();
    }
    if typed.eq_ignore_ascii_case("none") && matches!(ty, Type::Optional(_)) {
        return "None".to_owned();
    }
    match plain(ty) {
        Type::Choice(choice) => {
            if choice.variant(&word).is_some() && (is_call || word == typed) {
                return typed.to_owned();
            }
            if typed.parse::<f64>().is_ok() {
                return typed.to_owned();
            }
            let shorthand = choice.shorthand();
            let inner = shorthand.and_then(|variant| variant.fields.first());
            match inner {
                Some(field) if choice.name != "Dist" => to_ron((field.ty)(), typed),
                _ => quote(typed),
            }
        }
        Type::Text
        | Type::Duration
        | Type::Rate
        | Type::Share
        | Type::Size
        | Type::Bandwidth
        | Type::Price
        | Type::Objective => wrapped(typed, is_call).unwrap_or_else(|| quote(typed)),
        Type::Quantity if typed.parse::<f64>().is_err() => quote(typed),
        // The value of a variant's change: what is no RON is a text, as after `--set`.
        Type::Any if !parse(typed, 0).errors.is_empty() => quote(typed),
        Type::List(inner) if !typed.starts_with('[') => {
            let items = typed.split(',').map(str::trim);
            let items = items.filter(|item| !item.is_empty());
            let items: Vec<String> = items.map(|item| to_ron(inner(), item)).collect();
            format!("[{}]", items.join(", "))
        }
        _ => typed.to_owned(),
    }
}

/// `Measured("5ms")` and its like are values already.
fn wrapped(typed: &str, is_call: bool) -> Option<String> {
    let known = ["Measured(", "Quoted(", "Guess(", "Some("];
    let is_wrapped = is_call && known.iter().any(|word| typed.starts_with(word));
    is_wrapped.then(|| typed.to_owned())
}

/// A value of a type to start from: its default if it has one, else something simple that fits.
pub fn sample(ty: Type) -> String {
    match plain(ty) {
        Type::Bool => "true".to_owned(),
        Type::Text | Type::Any => "\"\"".to_owned(),
        Type::Whole { min, .. } => min.max(1).to_string(),
        Type::Real | Type::Quantity => "1".to_owned(),
        Type::Duration | Type::Distribution(_) => "\"10ms\"".to_owned(),
        Type::Rate => "\"100/s\"".to_owned(),
        Type::Share => "\"50%\"".to_owned(),
        Type::Size => "\"1KiB\"".to_owned(),
        Type::Bandwidth => "\"1Gbit/s\"".to_owned(),
        Type::Price => "\"$0.10/h\"".to_owned(),
        Type::Objective => "\"p99(*) < 250ms\"".to_owned(),
        Type::List(_) | Type::OneOrMore(_) => "[]".to_owned(),
        Type::Map(_) => "{}".to_owned(),
        Type::Optional(inner) => sample(inner()),
        Type::Tuple(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| sample(part())).collect();
            format!("({})", parts.join(", "))
        }
        Type::Record(record) => format!("({})", required(&record.written_fields())),
        Type::Choice(choice) if choice.name == "Dist" => sample(Type::Duration),
        Type::Choice(choice) => choice.variants.first().map(variant).unwrap_or_default(),
        Type::Node => "Service()".to_owned(),
    }
}

/// A variant with what it requires.
pub fn variant(variant: &Variant) -> String {
    let fields: Vec<&Field> = variant.fields.iter().collect();
    let inside = required(&fields);
    if inside.is_empty() && fields.is_empty() {
        variant.name.to_owned()
    } else {
        format!("{}({inside})", variant.name)
    }
}

fn required(fields: &[&Field]) -> String {
    let needed = fields
        .iter()
        .filter(|field| field.presence == Presence::Required);
    let needed: Vec<String> = needed
        .map(|field| format!("{}: {}", field.name, sample((field.ty)())))
        .collect();
    needed.join(", ")
}
