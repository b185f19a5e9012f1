//! The fields that stand in a value, in layers: what the file says, below it what a preset says,
//! below that what the kind of node has by default.

use super::{Decode, Decoder, Segment, closing_place};
use crate::design::describe::Variant;
use crate::design::diagnostic::{Diagnostic, suggest};
use crate::design::syntax::{Data, Span, Value, Word};

/// The fields of a value while they are being read.
#[derive(Debug)]
pub struct Fields<'v> {
    layers: Vec<Layer<'v>>,
    /// The value that they stand in.
    span: Span,
    /// The fields that were asked for: those that exist.
    known: Vec<&'static str>,
}

#[derive(Debug)]
struct Layer<'v> {
    /// The preset that it is; empty for the file itself and for defaults.
    preset: String,
    entries: Vec<Entry<'v>>,
}

#[derive(Debug)]
struct Entry<'v> {
    name: &'v str,
    name_span: Span,
    value: &'v Value,
    taken: bool,
}

impl<'v> Layer<'v> {
    /// A layer of named fields; a field that stands twice is reported, and the first one counts.
    fn named(preset: &str, fields: &'v [(Word, Value)], cx: &mut Decoder<'_>) -> Layer<'v> {
        let mut entries: Vec<Entry<'v>> = Vec::with_capacity(fields.len());
        for (word, value) in fields.iter().filter(|(word, _)| !word.text.is_empty()) {
            if let Some(first) = entries.iter().find(|entry| entry.name == word.text) {
                let message = format!("`{}` is given twice", word.text);
                let error = Diagnostic::error(word.span, message).label("a second time");
                cx.report(error.also(first.name_span, "the first time"));
                continue;
            }
            let (name, name_span) = (word.text.as_str(), word.span);
            entries.push(Entry {
                name,
                name_span,
                value,
                taken: false,
            });
        }
        Layer {
            preset: preset.to_owned(),
            entries,
        }
    }

    fn empty() -> Layer<'v> {
        Layer {
            preset: String::new(),
            entries: Vec::new(),
        }
    }
}

impl<'v> Fields<'v> {
    /// The fields of `(a: 1)`, `Name(a: 1)`, `Name` or `()`; `None` for any other value.
    pub fn of_struct(value: &'v Value, cx: &mut Decoder<'_>) -> Option<Fields<'v>> {
        let layer = match &value.data {
            Data::Struct(_, fields) => Layer::named("", fields, cx),
            Data::Tuple(_, items) if items.is_empty() => Layer::empty(),
            Data::Name(_) => Layer::empty(),
            _ => return None,
        };
        Some(Fields {
            layers: vec![layer],
            span: value.span,
            known: Vec::new(),
        })
    }

    /// The one field of a variant that is written as a bare value.
    pub fn of_bare(value: &'v Value, variant: &'static Variant) -> Fields<'v> {
        let name = variant.fields.first().map_or("", |field| field.name);
        let entry = Entry {
            name,
            name_span: value.span,
            value,
            taken: false,
        };
        let layer = Layer {
            preset: String::new(),
            entries: vec![entry],
        };
        Fields {
            layers: vec![layer],
            span: value.span,
            known: Vec::new(),
        }
    }

    /// The arguments of a variant, with or without names.
    pub fn of_variant(
        value: &'v Value,
        variant: &'static Variant,
        cx: &mut Decoder<'_>,
    ) -> Option<Fields<'v>> {
        let Data::Tuple(_, items) = &value.data else {
            return Fields::of_struct(value, cx);
        };
        let names = variant.fields.iter().map(|field| field.name);
        let entries = names.zip(items).map(|(name, value)| Entry {
            name,
            name_span: value.span,
            value,
            taken: false,
        });
        let layer = Layer {
            preset: String::new(),
            entries: entries.collect(),
        };
        if let Some(extra) = items.get(variant.fields.len()) {
            let count = variant.fields.len();
            let message = match count {
                0 => format!("`{}` takes no arguments", variant.name),
                1 => format!("`{}` takes one argument", variant.name),
                _ => format!("`{}` takes at most {count} arguments", variant.name),
            };
            let names: Vec<&str> = variant.fields.iter().map(|field| field.name).collect();
            let mut error = Diagnostic::error(extra.span, message).label("this one is too many");
            if count > 0 {
                error = error.help(format!("in this order: {}", names.join(", ")));
            }
            cx.report(error);
        }
        Some(Fields {
            layers: vec![layer],
            span: value.span,
            known: Vec::new(),
        })
    }

    /// Adds values that hold where the layers so far say nothing.
    pub fn add_defaults(&mut self, preset: &str, value: &'v Value, cx: &mut Decoder<'_>) {
        if let Data::Struct(_, fields) = &value.data {
            self.layers.push(Layer::named(preset, fields, cx));
        }
    }

    /// The value of a field as it was written in the file itself.
    pub fn written(&self, name: &str) -> Option<&'v Value> {
        let own = self.layers.first()?;
        own.entries
            .iter()
            .find(|entry| entry.name == name)
            .map(|entry| entry.value)
    }

    fn take(&mut self, name: &'static str) -> Option<(&'v Value, String)> {
        self.known.push(name);
        let mut found = None;
        for layer in &mut self.layers {
            for entry in layer.entries.iter_mut().filter(|entry| entry.name == name) {
                entry.taken = true;
                found = found.or_else(|| Some((entry.value, layer.preset.clone())));
            }
        }
        found
    }

    /// Reads a field that may be left out; `None` if it is, or if it was reported.
    pub fn optional<T: Decode>(&mut self, name: &'static str, cx: &mut Decoder<'_>) -> Option<T> {
        let (value, preset) = self.take(name)?;
        let outer = if preset.is_empty() {
            None
        } else {
            Some(std::mem::replace(&mut cx.preset, preset))
        };
        let result = cx.within(Segment::Field(name), |cx| cx.decode(value));
        if let Some(outer) = outer {
            cx.preset = outer;
        }
        result
    }

    /// Reads a field that must be there; `None` if something was reported.
    pub fn required<T: Decode>(&mut self, name: &'static str, cx: &mut Decoder<'_>) -> Option<T> {
        if self
            .layers
            .iter()
            .any(|layer| layer.entries.iter().any(|entry| entry.name == name))
        {
            return self.optional(name, cx);
        }
        self.known.push(name);
        let wanted = T::describe().wanted();
        let error = Diagnostic::error(closing_place(self.span), format!("`{name}` is missing"));
        cx.report(error.label(format!("expected `{name}: …`, {wanted}")));
        None
    }

    /// Reports the fields that nobody asked for.
    pub fn finish(self, owner: &str, cx: &mut Decoder<'_>) {
        for layer in &self.layers {
            for entry in layer.entries.iter().filter(|entry| !entry.taken) {
                let message = format!("`{owner}` has no field `{}`", entry.name);
                let mut error = Diagnostic::error(entry.name_span, message).label("unknown field");
                error.help = suggest(entry.name, self.known.iter().copied());
                cx.report(error);
            }
        }
    }
}
