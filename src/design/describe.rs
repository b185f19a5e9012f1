//! What the document's types say about themselves: names, help, types, defaults. Filled by the
//! macros from the declarations in `model`, and read by the decoder's messages, the JSON Schema, the
//! language reference and the inspector.

/// The type of a value in the document.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    /// `true` or `false`.
    Bool,
    /// A text.
    Text,
    /// A whole number.
    Whole {
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: u64,
    },
    /// A number that is not negative.
    Real,
    /// A duration: `"250ms"`.
    Duration,
    /// A rate: `"120/s"`.
    Rate,
    /// A share: `"99.9%"`.
    Share,
    /// A size: `"64KiB"`.
    Size,
    /// A bandwidth: `"1Gbit/s"`.
    Bandwidth,
    /// A price: `"$0.12/h"`.
    Price,
    /// A number in the unit of the distribution that it belongs to.
    Quantity,
    /// Any value, kept as it was written.
    Any,
    /// An assertion on the result.
    Objective,
    /// A list.
    List(fn() -> Type),
    /// One value, or a list of them.
    OneOrMore(fn() -> Type),
    /// A value that may be left out.
    Optional(fn() -> Type),
    /// A map from names.
    Map(fn() -> Type),
    /// A tuple.
    Tuple(&'static [fn() -> Type]),
    /// Named fields.
    Record(&'static Record),
    /// One of several variants.
    Choice(&'static Choice),
    /// A distribution whose quantities have a unit.
    Distribution(Unit),
    /// A node: one of the kinds.
    Node,
}

/// What the numbers of a distribution are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Times, in seconds.
    Time,
    /// Plain numbers.
    Count,
    /// Sizes, in bytes.
    Size,
    /// Only the shape matters: numbers or times.
    Shape,
}

/// A struct of the document.
#[derive(Debug)]
pub struct Record {
    /// Its name.
    pub name: &'static str,
    /// What it is, from its doc comment.
    pub help: &'static str,
    /// Its fields, in the order of the declaration; those of a flattened one stand inside it.
    pub fields: &'static [Field],
}

/// A field of a struct or variant.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it means, from its doc comment.
    pub help: &'static str,
    /// Its type.
    pub ty: fn() -> Type,
    /// Whether it must be given, is left out as a default, or stands for the fields of its type.
    pub presence: Presence,
    /// Whether its default, if it has one, is a value of its type.
    pub default_fits: fn() -> bool,
}

/// Whether a field must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It must.
    Required,
    /// Left out, it is this, as it would be written.
    Default(&'static str),
    /// It is not written itself: the fields of its type stand in its place.
    Flatten,
}

/// An enum of the document.
#[derive(Debug)]
pub struct Choice {
    /// Its name.
    pub name: &'static str,
    /// What it is, from its doc comment.
    pub help: &'static str,
    /// Its variants.
    pub variants: &'static [Variant],
}

/// A variant of an enum.
#[derive(Debug)]
pub struct Variant {
    /// Its name.
    pub name: &'static str,
    /// What it means, from its doc comment.
    pub help: &'static str,
    /// Its fields, in the order in which they may be given without names.
    pub fields: &'static [Field],
}

/// A kind of node.
#[derive(Debug)]
pub struct KindInfo {
    /// Its name.
    pub name: &'static str,
    /// What it is, from its doc comment.
    pub help: &'static str,
    /// Its parameters, besides those that every node has.
    pub record: fn() -> &'static Record,
}

/// The enums that may be written as a bare value, and the variant that is then meant.
const SHORTHANDS: [(&str, &str); 5] = [
    ("Dist", "Constant"),
    ("Curve", "Constant"),
    ("Warmup", "For"),
    ("Limit", "AtMost"),
    ("Which", "Count"),
];

impl Choice {
    /// The variant that a bare value means, if there is one.
    pub fn shorthand(&self) -> Option<&'static Variant> {
        let (_, name) = SHORTHANDS.iter().find(|(choice, _)| *choice == self.name)?;
        self.variant(name)
    }

    /// A variant by its name.
    pub fn variant(&self, name: &str) -> Option<&'static Variant> {
        self.variants.iter().find(|variant| variant.name == name)
    }
}

impl Record {
    /// All fields as they are written: flattened ones replaced by what they stand for.
    pub fn written_fields(&self) -> Vec<&'static Field> {
        let mut all = Vec::new();
        for field in self.fields {
            match (field.presence, (field.ty)()) {
                (Presence::Flatten, Type::Record(inner)) => all.extend(inner.written_fields()),
                _ => all.push(field),
            }
        }
        all
    }
}

impl Type {
    /// What to write, in words with an example: completes "expected …".
    pub fn wanted(self) -> String {
        match self {
            Type::Bool => "`true` or `false`".to_owned(),
            Type::Text => "a text in quotes".to_owned(),
            Type::Whole { min, .. } if min < 0 => "a whole number".to_owned(),
            Type::Whole { .. } => "a whole number such as 3".to_owned(),
            Type::Real => "a number such as 1.5".to_owned(),
            Type::Duration => "a duration such as \"250ms\"".to_owned(),
            Type::Rate => "a rate such as \"120/s\"".to_owned(),
            Type::Share => "a share such as \"99.9%\"".to_owned(),
            Type::Size => "a size such as \"64KiB\"".to_owned(),
            Type::Bandwidth => "a bandwidth such as \"1Gbit/s\"".to_owned(),
            Type::Price => "a price such as \"$0.12/h\"".to_owned(),
            Type::Quantity => "a quantity".to_owned(),
            Type::Any => "a value".to_owned(),
            Type::Objective => "an objective such as \"p99(POST /orders) < 250ms\"".to_owned(),
            Type::List(_) => "a list: `[…]`".to_owned(),
            Type::OneOrMore(inner) => format!("{}, or a list of them", inner().wanted()),
            Type::Optional(inner) => inner().wanted(),
            Type::Map(_) => "a map: `{\"name\": …}`".to_owned(),
            Type::Tuple(parts) => format!("a tuple of {}: `(…, …)`", parts.len()),
            Type::Record(record) => format!("the fields of a {}: `(name: value, …)`", record.name),
            Type::Choice(choice) => choice.wanted(),
            Type::Distribution(unit) => format!("{} or a distribution", unit.wanted()),
            Type::Node => "a node: `Service(…)`".to_owned(),
        }
    }
}

impl Choice {
    fn wanted(&self) -> String {
        let names: Vec<&str> = self.variants.iter().map(|variant| variant.name).collect();
        match (self.shorthand(), self.name) {
            (_, "Dist") => "a quantity or a distribution".to_owned(),
            (Some(variant), _) => {
                let bare = (variant.fields[0].ty)().wanted();
                let others = names.iter().filter(|name| **name != variant.name);
                format!(
                    "{bare}, or {}",
                    others.copied().collect::<Vec<_>>().join(", ")
                )
            }
            (None, _) => format!("one of {}", names.join(", ")),
        }
    }
}

impl Unit {
    /// What to write for one number of this unit: completes "expected …".
    pub fn wanted(self) -> &'static str {
        match self {
            Unit::Time => "a duration such as \"5ms\"",
            Unit::Count => "a number such as 3",
            Unit::Size => "a size such as \"4KiB\"",
            Unit::Shape => "a number or a duration",
        }
    }
}

/// A type of the document that has a name and a description of its own.
#[derive(Debug, Clone, Copy)]
pub enum Definition {
    /// A struct.
    Record(&'static Record),
    /// An enum.
    Choice(&'static Choice),
}

impl Definition {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Definition::Record(record) => record.name,
            Definition::Choice(choice) => choice.name,
        }
    }

    /// What it is.
    pub fn help(self) -> &'static str {
        match self {
            Definition::Record(record) => record.help,
            Definition::Choice(choice) => choice.help,
        }
    }
}

/// Every struct and enum that can stand in a document, each once, the document itself first; what
/// nodes have comes where nodes are first mentioned.
pub fn definitions() -> Vec<Definition> {
    let mut all: Vec<Definition> = Vec::new();
    let mut ahead = vec![<super::model::Design as super::decode::Decode>::describe()];
    while let Some(ty) = ahead.pop() {
        let mut next = Vec::new();
        match ty {
            Type::List(inner)
            | Type::OneOrMore(inner)
            | Type::Optional(inner)
            | Type::Map(inner) => {
                next.push(inner());
            }
            Type::Tuple(parts) => next.extend(parts.iter().map(|part| part())),
            Type::Distribution(_) => next.push(super::path::plain(ty)),
            Type::Node => {
                next.push(Type::Record(
                    <super::model::Common as super::decode::DecodeFields>::record(),
                ));
                next.extend(
                    super::model::Kind::ALL
                        .iter()
                        .map(|kind| Type::Record((kind.record)())),
                );
            }
            Type::Record(record) if !all.iter().any(|known| known.name() == record.name) => {
                all.push(Definition::Record(record));
                next.extend(record.fields.iter().map(|field| (field.ty)()));
            }
            Type::Choice(choice) if !all.iter().any(|known| known.name() == choice.name) => {
                all.push(Definition::Choice(choice));
                let fields = choice.variants.iter().flat_map(|variant| variant.fields);
                next.extend(fields.map(|field| (field.ty)()));
            }
            _ => {}
        }
        ahead.extend(next.into_iter().rev());
    }
    all
}

/// A doc comment as one paragraph.
pub fn one_line(help: &str) -> String {
    help.split_whitespace().collect::<Vec<_>>().join(" ")
}
