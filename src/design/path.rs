//! Paths into a document: `nodes/api/replicas`, `wires/api -> orders-db/pool`,
//! `nodes/api/endpoints/POST \/orders/0/time`.
//!
//! A `/` inside a name is written `\/`, a backslash `\\`. Where a name of a map contains slashes and
//! they are not escaped, the longest name that exists is taken. List positions count from 0. The
//! arguments of a variant can be named even where they are written without names.

use super::decode::{DecodeChoice, DecodeFields};
use super::describe::{Field, Type, Unit};
use super::model::{Common, Dist, Kind};
use super::syntax::{Data, Value};

/// A name as it stands in a path.
pub fn escape_key(key: &str) -> String {
    key.replace('\\', "\\\\").replace('/', "\\/")
}

/// The parts of a path, unescaped.
pub fn split(path: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut last = String::new();
    let mut chars = path.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(escaped @ ('/' | '\\')) => last.push(escaped),
                Some(other) => last.extend(['\\', other]),
                None => last.push('\\'),
            },
            '/' => parts.push(std::mem::take(&mut last)),
            c => last.push(c),
        }
    }
    parts.push(last);
    parts
}

/// The parts of a path as one text.
pub fn join<S: AsRef<str>>(parts: &[S]) -> String {
    parts
        .iter()
        .map(|part| escape_key(part.as_ref()))
        .collect::<Vec<_>>()
        .join("/")
}

/// Where the next part of a path leads.
#[derive(Debug, Clone, Copy)]
pub struct Child {
    /// The position among the values inside: of the item, field or entry.
    pub index: usize,
    /// How many parts of the path lead there.
    pub parts: usize,
    /// The type of the value there, as far as it is known.
    pub ty: Type,
}

/// A type without what does not change the shape: options, distributions.
pub fn plain(ty: Type) -> Type {
    match ty {
        Type::Optional(inner) => plain(inner()),
        Type::Distribution(_) => Type::Choice(Dist::choice()),
        other => other,
    }
}

/// The type of the quantities inside a type.
pub fn unit_of(ty: Type) -> Option<Unit> {
    match ty {
        Type::Optional(inner) => unit_of(inner()),
        Type::Distribution(unit) => Some(unit),
        _ => None,
    }
}

/// The fields that a value of a type can have, in order; empty if it has none.
pub fn fields_of(value: &Value, ty: Type) -> Vec<&'static Field> {
    match plain(ty) {
        Type::Record(record) => record.written_fields(),
        Type::OneOrMore(inner) if !matches!(value.data, Data::List(_)) => fields_of(value, inner()),
        Type::Choice(choice) => {
            let variant = value.name().and_then(|name| choice.variant(name));
            variant
                .map(|variant| variant.fields.iter().collect())
                .unwrap_or_default()
        }
        Type::Node => {
            let mut fields = Common::record().written_fields();
            let kind = Kind::ALL
                .iter()
                .find(|kind| Some(kind.name) == value.name());
            if let Some(kind) = kind {
                fields.extend((kind.record)().written_fields());
            }
            fields
        }
        _ => Vec::new(),
    }
}

/// The child of a value (already without wrappers) that the first parts of a path name.
pub fn child(value: &Value, ty: Type, parts: &[String]) -> Option<Child> {
    let first = parts.first()?;
    let at = |length: usize| first.parse().ok().filter(|index: &usize| *index < length);
    let single = |index, ty| {
        Some(Child {
            index,
            parts: 1,
            ty,
        })
    };
    match &value.data {
        Data::Struct(_, fields) => {
            let index = fields.iter().position(|(word, _)| word.text == *first)?;
            let known = fields_of(value, ty);
            let field = known.iter().find(|field| field.name == *first);
            single(index, field.map_or(Type::Any, |field| (field.ty)()))
        }
        Data::Tuple(_, items) => {
            let known = fields_of(value, ty);
            let named = known.iter().position(|field| field.name == *first);
            let index = named
                .filter(|index| *index < items.len())
                .or_else(|| at(items.len()))?;
            let of_tuple = match plain(ty) {
                Type::Tuple(parts) => parts.get(index).map(|part| part()),
                _ => None,
            };
            let of_field = known.get(index).map(|field| (field.ty)());
            single(index, of_tuple.or(of_field).unwrap_or(Type::Any))
        }
        Data::List(items) => {
            let inner = match plain(ty) {
                Type::List(inner) | Type::OneOrMore(inner) => inner(),
                _ => Type::Any,
            };
            single(at(items.len())?, inner)
        }
        Data::Map(entries) => {
            let inner = match plain(ty) {
                Type::Map(inner) => inner(),
                _ => Type::Any,
            };
            (1..=parts.len()).rev().find_map(|count| {
                let name = parts[..count].join("/");
                let named = |(key, _): &(Value, Value)| matches!(&key.data, Data::Text(text) if *text == name);
                let index = entries.iter().position(named)?;
                Some(Child { index, parts: count, ty: inner })
            })
        }
        _ => None,
    }
}

/// The value at a position inside another, as [`Child::index`] counts.
pub fn at(value: &Value, index: usize) -> Option<&Value> {
    match &value.data {
        Data::Struct(_, fields) => fields.get(index).map(|(_, value)| value),
        Data::Tuple(_, items) | Data::List(items) => items.get(index),
        Data::Map(entries) => entries.get(index).map(|(_, value)| value),
        _ => None,
    }
}

/// The same, to change it.
pub fn at_mut(value: &mut Value, index: usize) -> Option<&mut Value> {
    match &mut value.data {
        Data::Struct(_, fields) => fields.get_mut(index).map(|(_, value)| value),
        Data::Tuple(_, items) | Data::List(items) => items.get_mut(index),
        Data::Map(entries) => entries.get_mut(index).map(|(_, value)| value),
        _ => None,
    }
}

/// The value at a path, or the nearest one around it that exists; and whether it is the value itself.
pub fn nearest_value<'v>(root: &'v Value, ty: Type, path: &str) -> (&'v Value, bool) {
    let parts = split(path);
    let mut rest = if path.is_empty() {
        &parts[..0]
    } else {
        &parts[..]
    };
    let (mut value, mut ty) = (root, ty);
    while !rest.is_empty() {
        let Some(next) = child(value.bare(), ty, rest) else {
            return (value, false);
        };
        let Some(inner) = at(value.bare(), next.index) else {
            return (value, false);
        };
        (value, ty, rest) = (inner, next.ty, &rest[next.parts..]);
    }
    (value, true)
}
