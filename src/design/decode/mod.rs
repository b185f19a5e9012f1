//! From the syntax tree to typed values. Everything that is wrong is collected, with its place; a
//! field that could not be read is replaced by its default, so that the rest can still be checked.

mod fields;
mod node;
mod scalars;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use fields::Fields;
pub(crate) use node::kind_defaults_text;

use super::catalogue::Preset;
use super::describe::{Choice, Record, Type, Unit};
use super::diagnostic::{Diagnostic, suggest};
use super::path::{at, child, escape_key};
use super::syntax::{Data, Span, Value, parse};
use super::validate::values;

/// A type of the document.
pub trait Decode: Sized {
    /// Reads a value; what is wrong is reported to the decoder, and then there may be none.
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<Self>;

    /// What the type says about itself.
    fn describe() -> Type;
}

/// A struct of the document.
pub trait DecodeFields: Sized {
    /// Its description.
    fn record() -> &'static Record;

    /// Reads its fields from those that stand in a value.
    fn decode_fields(fields: &mut Fields<'_>, cx: &mut Decoder<'_>) -> Option<Self>;
}

/// An enum of the document.
pub trait DecodeChoice: Sized {
    /// Its description.
    fn choice() -> &'static Choice;

    /// Reads the fields of one of its variants.
    fn decode_variant(
        variant: &'static str,
        fields: &mut Fields<'_>,
        cx: &mut Decoder<'_>,
    ) -> Option<Self>;

    /// The name of the variant that this is, as it is written in a file.
    fn variant_name(&self) -> &'static str;
}

/// How well a figure is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Measured on the real thing.
    Measured,
    /// Said by a source.
    Quoted,
    /// A guess.
    Guess,
}

/// Where a figure of the document comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The path of the figure: `nodes/orders-db/work`.
    pub path: String,
    /// How well it is known.
    pub certainty: Certainty,
    /// The source or remark; empty if none was given.
    pub note: String,
    /// The preset of the catalogue that it comes from; empty if the design says it itself.
    pub preset: String,
}

/// After this many errors further ones are not collected: nobody reads them.
const ERRORS_MAX: usize = 1000;

/// One step of the path to the value that is being read.
#[derive(Debug, Clone)]
enum Segment {
    Field(&'static str),
    Key(String),
    Index(usize),
}

/// What reading values needs and collects.
#[derive(Debug)]
pub struct Decoder<'a> {
    /// The presets that nodes may name.
    presets: &'a BTreeMap<String, Preset>,
    /// The preset whose values are being read, for provenance.
    preset: String,
    /// What the quantities of the distribution that is being read are.
    unit: Unit,
    path: Vec<Segment>,
    /// What was wrong.
    pub errors: Vec<Diagnostic>,
    /// Where figures come from.
    pub provenance: Vec<Provenance>,
    /// Paths of map entries that are missing from the result because they could not be read.
    pub broken: Vec<String>,
}

impl<'a> Decoder<'a> {
    /// A decoder for a document whose nodes may name these presets.
    pub fn new(presets: &'a BTreeMap<String, Preset>) -> Decoder<'a> {
        Decoder {
            presets,
            preset: String::new(),
            unit: Unit::Shape,
            path: Vec::new(),
            errors: Vec::new(),
            provenance: Vec::new(),
            broken: Vec::new(),
        }
    }

    /// The path of the value that is being read.
    pub fn path(&self) -> String {
        let mut text = String::new();
        for segment in &self.path {
            if !text.is_empty() {
                text.push('/');
            }
            match segment {
                Segment::Field(name) => text.push_str(name),
                Segment::Key(key) => text.push_str(&escape_key(key)),
                Segment::Index(index) => text.push_str(&index.to_string()),
            }
        }
        text
    }

    /// Reports an error at a place.
    pub fn report(&mut self, error: Diagnostic) {
        if self.errors.len() >= ERRORS_MAX {
            return;
        }
        let path = self.path();
        self.errors.push(if error.path.is_empty() {
            error.at(path)
        } else {
            error
        });
    }

    /// Reports that a value is not of the type that was expected.
    pub fn mismatch(&mut self, value: &Value, wanted: &str) {
        if matches!(value.data, Data::Broken) {
            return;
        }
        let message = match self.subject() {
            Some(name) => format!("`{name}` cannot be {}", value.described()),
            None => format!("{} does not fit here", value.described()),
        };
        self.report(Diagnostic::error(value.span, message).label(format!("expected {wanted}")));
    }

    /// Reports what the rules of a type say about a value that was read.
    fn check_rules(
        &mut self,
        value: &Value,
        ty: Type,
        result: &dyn std::any::Any,
        errors_before: usize,
    ) {
        // Where a part could not be read, a default stands in its place, which nobody wrote.
        if self.errors.len() > errors_before {
            return;
        }
        for problem in values::check(result) {
            let part = [problem.field.to_owned()];
            let marked = child(value, ty, &part).and_then(|child| at(value, child.index));
            let span = match (marked, problem.field) {
                (Some(marked), _) => marked.span,
                (None, "") => value.head_span(),
                (None, _) if value.name().is_none() && !value.is_container() => value.span,
                (None, _) => value.head_span(),
            };
            self.report(Diagnostic::error(span, problem.message).label(problem.expected));
        }
    }

    /// The field or key that is being read, for messages.
    fn subject(&self) -> Option<String> {
        self.path.iter().rev().find_map(|segment| match segment {
            Segment::Field(name) => Some((*name).to_owned()),
            Segment::Key(key) => Some(key.clone()),
            Segment::Index(_) => None,
        })
    }

    /// Reads a value: takes off what says where it comes from, and remembers that.
    pub fn decode<T: Decode>(&mut self, value: &Value) -> Option<T> {
        let value = self.strip(value);
        T::decode(value, self)
    }

    fn strip<'v>(&mut self, mut value: &'v Value) -> &'v Value {
        loop {
            let Data::Tuple(Some(word), items) = &value.data else {
                return value;
            };
            let certainty = match word.text.as_str() {
                "Measured" => Certainty::Measured,
                "Quoted" => Certainty::Quoted,
                "Guess" => Certainty::Guess,
                _ => return value,
            };
            let (inner, note) = match items.as_slice() {
                [inner] => (inner, String::new()),
                [
                    inner,
                    Value {
                        data: Data::Text(note),
                        ..
                    },
                ] => (inner, note.clone()),
                _ => {
                    let message = format!("`{}` takes a value and a text", word.text);
                    let wanted =
                        format!("expected `{}(value, \"where it comes from\")`", word.text);
                    self.report(Diagnostic::error(value.span, message).label(wanted));
                    match items.first() {
                        Some(inner) => (inner, String::new()),
                        None => return value,
                    }
                }
            };
            let (path, preset) = (self.path(), self.preset.clone());
            self.provenance.push(Provenance {
                path,
                certainty,
                note,
                preset,
            });
            value = inner;
        }
    }

    fn within<T>(&mut self, segment: Segment, act: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(segment);
        let result = act(self);
        self.path.pop();
        result
    }

    fn with_unit<T>(&mut self, unit: Unit, act: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.unit, unit);
        let result = act(self);
        self.unit = before;
        result
    }
}

/// Reads the fields of a struct.
pub fn decode_record<T: DecodeFields + 'static>(value: &Value, cx: &mut Decoder<'_>) -> Option<T> {
    let (record, before) = (T::record(), cx.errors.len());
    let name = value.name();
    let well_named = name.is_none_or(|name| name == record.name);
    let mut fields = match Fields::of_struct(value, cx) {
        Some(fields) if well_named && !matches!(value.data, Data::Name(_)) => fields,
        _ => {
            cx.mismatch(value, &Type::Record(record).wanted());
            return None;
        }
    };
    let result = T::decode_fields(&mut fields, cx);
    fields.finish(record.name, cx);
    if let Some(result) = &result {
        cx.check_rules(value, Type::Record(record), result, before);
    }
    result
}

/// Reads one of the variants of an enum.
pub fn decode_choice<T: DecodeChoice + 'static>(value: &Value, cx: &mut Decoder<'_>) -> Option<T> {
    let (choice, before) = (T::choice(), cx.errors.len());
    let Some(name) = value.name() else {
        let variant = choice
            .shorthand()
            .filter(|_| !matches!(value.data, Data::Broken));
        let fits = matches!(value.data, Data::Number(_) | Data::Text(_));
        return match variant {
            Some(variant) if fits => {
                let mut fields = Fields::of_bare(value, variant);
                let result = T::decode_variant(variant.name, &mut fields, cx);
                if let Some(result) = &result {
                    cx.check_rules(value, Type::Choice(choice), result, before);
                }
                result
            }
            _ => {
                cx.mismatch(value, &Type::Choice(choice).wanted());
                hint_without_quotes(value, choice, cx);
                None
            }
        };
    };
    let Some(variant) = choice.variant(name) else {
        let message = format!("unknown {} `{name}`", choice.name);
        let wanted = format!("expected {}", Type::Choice(choice).wanted());
        let mut error = Diagnostic::error(value.name_span(), message);
        error.help = suggest(name, choice.variants.iter().map(|variant| variant.name));
        cx.report(if choice.variants.len() > 8 {
            error
        } else {
            error.label(wanted)
        });
        return None;
    };
    let mut fields = Fields::of_variant(value, variant, cx)?;
    let result = T::decode_variant(variant.name, &mut fields, cx);
    fields.finish(variant.name, cx);
    if let Some(result) = &result {
        cx.check_rules(value, Type::Choice(choice), result, before);
    }
    result
}

/// `"Lru"` in quotes is a frequent slip.
fn hint_without_quotes(value: &Value, choice: &Choice, cx: &mut Decoder<'_>) {
    if let (Data::Text(text), Some(error)) = (&value.data, cx.errors.last_mut())
        && choice.variant(text).is_some()
    {
        error.help = Some(format!("write `{text}` without quotes"));
    }
}

/// Reads a value from a text of its own, such as `(duration: "10s")`.
///
/// # Errors
/// Everything that is wrong with it; spans refer to source 0.
pub fn decode_text<T: Decode>(text: &str) -> Result<T, Vec<Diagnostic>> {
    let parsed = parse(text, 0);
    let presets = BTreeMap::new();
    let mut cx = Decoder::new(&presets);
    cx.errors = parsed.errors;
    let value = parsed.value.and_then(|value| cx.decode(&value));
    match value {
        Some(value) if cx.errors.is_empty() => Ok(value),
        _ => Err(cx.errors),
    }
}

/// The value of a default text of a declaration. A test reads every one of them.
pub(crate) fn default_value<T: Decode>(text: &str) -> T {
    decode_text(text).expect("a default in a declaration is a value of its type")
}

/// Types whose fields can all be left out are what the declarations say by default. For a kind of
/// node these are the defaults of its fields, not those of the kind.
macro_rules! defaults {
    ($($ty:ident),* $(,)?) => {
        $(impl Default for super::model::$ty {
            fn default() -> Self {
                default_value("()")
            }
        })*
    };
}

defaults!(
    Common,
    Serving,
    Balancing,
    HealthCheck,
    Ejection,
    Balancer,
    Gateway,
    Service,
    Cache,
    Disk,
    Database,
    Queue,
    External,
    Client,
    Wire,
    Retry,
    Breaker,
    Network,
    Run,
);

/// The place just inside the end of a value: where a missing field would stand.
fn closing_place(span: Span) -> Span {
    span.last()
}
