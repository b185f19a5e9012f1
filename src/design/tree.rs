//! Changes to a document as a tree: what `--set`, `--variant` and `extends` do. The text has its
//! own edits, which do the same without losing a comment.

use super::describe::Type;
use super::diagnostic::suggest;
use super::path::{at_mut, child, fields_of, plain, split};
use super::syntax::{Data, Span, Value, Word, print_word};

/// Why there is nothing to change at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathError {
    /// What is wrong.
    pub message: String,
    /// What may have been meant.
    pub help: Option<String>,
}

impl PathError {
    pub(crate) fn new(message: impl Into<String>) -> PathError {
        PathError {
            message: message.into(),
            help: None,
        }
    }
}

impl std::fmt::Display for PathError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.help {
            Some(help) => write!(formatter, "{}; {help}", self.message),
            None => formatter.write_str(&self.message),
        }
    }
}

impl std::error::Error for PathError {}

/// The value inside wrappers, to change it.
pub fn bare_mut(value: &mut Value) -> &mut Value {
    if std::ptr::eq(value.bare(), value) {
        return value;
    }
    match &mut value.data {
        Data::Tuple(_, items) => bare_mut(&mut items[0]),
        _ => unreachable!("only tuples wrap a value"),
    }
}

/// Gives the value at a path another value, or adds it there. Structs and maps on the way that are
/// left out are added too.
///
/// # Errors
/// If the path leads nowhere.
pub fn set(root: &mut Value, ty: Type, path: &str, new: Value) -> Result<(), PathError> {
    set_parts(root, ty, &split(path), new)
}

fn set_parts(value: &mut Value, ty: Type, parts: &[String], new: Value) -> Result<(), PathError> {
    let value = bare_mut(value);
    if let Some(next) = child(value, ty, parts) {
        let inner = at_mut(value, next.index).expect("the index was found in this value");
        if next.parts == parts.len() {
            // A wrapper that says where the old figure came from does not hold for the new one.
            *inner = new;
            return Ok(());
        }
        return set_parts(inner, next.ty, &parts[next.parts..], new);
    }
    let place = Place::of(value, ty, parts)?;
    let new = if let [_] = parts {
        new
    } else {
        let mut container =
            empty_of(place.ty, new.span).ok_or_else(|| missing(value, ty, parts))?;
        set_parts(&mut container, place.ty, &parts[1..], new)?;
        container
    };
    insert(value, &parts[0], new);
    Ok(())
}

/// Where a value that is not there yet can be added.
pub(crate) struct Place {
    /// The type that it has there.
    pub(crate) ty: Type,
}

impl Place {
    /// Checks that the first part of a path can be added to a value.
    pub(crate) fn of(value: &Value, ty: Type, parts: &[String]) -> Result<Place, PathError> {
        let first = &parts[0];
        let open = |items: &[Value]| items.len().to_string() == *first;
        match (&value.data, plain(ty)) {
            (Data::Map(_), Type::Map(inner)) => Ok(Place { ty: inner() }),
            (Data::Map(_), _) => Ok(Place { ty: Type::Any }),
            (Data::List(items), Type::List(inner) | Type::OneOrMore(inner)) if open(items) => {
                Ok(Place { ty: inner() })
            }
            (Data::List(items), Type::Any) if open(items) => Ok(Place { ty: Type::Any }),
            (Data::Struct(..) | Data::Name(_), Type::Any) if print_word(first) == *first => {
                Ok(Place { ty: Type::Any })
            }
            (Data::Struct(..) | Data::Name(_), _) => known_field(value, ty, parts),
            (Data::Tuple(_, items), _) if items.is_empty() => known_field(value, ty, parts),
            (Data::Tuple(Some(_), items), _) => {
                let fields = fields_of(value, ty);
                match fields.get(items.len()) {
                    Some(field) if field.name == *first => Ok(Place { ty: (field.ty)() }),
                    _ => Err(missing(value, ty, parts)),
                }
            }
            _ => Err(missing(value, ty, parts)),
        }
    }
}

fn known_field(value: &Value, ty: Type, parts: &[String]) -> Result<Place, PathError> {
    let fields = fields_of(value, ty);
    match fields.iter().find(|field| field.name == parts[0]) {
        Some(field) => Ok(Place { ty: (field.ty)() }),
        None => Err(missing(value, ty, parts)),
    }
}

/// The error about a part of a path that leads nowhere.
pub(crate) fn missing(value: &Value, ty: Type, parts: &[String]) -> PathError {
    let first = &parts[0];
    let mut known: Vec<String> = fields_of(value, ty)
        .iter()
        .map(|field| field.name.to_owned())
        .collect();
    if let Data::Map(entries) = &value.data {
        known.extend(entries.iter().filter_map(|(key, _)| match &key.data {
            Data::Text(text) => Some(text.clone()),
            _ => None,
        }));
    }
    let message = match &value.data {
        Data::List(items) => format!("there is no item {first}: the list has {}", items.len()),
        _ => format!("there is no `{first}` in {}", value.described()),
    };
    PathError {
        message,
        help: suggest(first, known.iter().map(String::as_str)),
    }
}

/// The empty value of a type that has things inside.
pub(crate) fn empty_of(ty: Type, span: Span) -> Option<Value> {
    let data = match plain(ty) {
        Type::Record(_) => Data::Tuple(None, Vec::new()),
        Type::Map(_) => Data::Map(Vec::new()),
        Type::List(_) => Data::List(Vec::new()),
        _ => return None,
    };
    Some(Value { span, data })
}

/// Where a new entry goes: last, but before the canvas, which stays at the end of the document so
/// that moving a box touches one block.
pub(crate) fn insertion_index(value: &Value, name: &str) -> usize {
    match &value.data {
        Data::Struct(_, fields) => match fields.last() {
            Some((last, _)) if last.text == "canvas" && name != "canvas" => fields.len() - 1,
            _ => fields.len(),
        },
        Data::Map(entries) => entries.len(),
        Data::List(items) | Data::Tuple(_, items) => items.len(),
        _ => 0,
    }
}

/// Adds a value that is not there; [`Place::of`] has checked that it can be.
fn insert(value: &mut Value, name: &str, new: Value) {
    let index = insertion_index(value, name);
    let span = new.span;
    let word = Word {
        text: name.to_owned(),
        span,
    };
    match &mut value.data {
        Data::Map(entries) => {
            entries.push((
                Value {
                    span,
                    data: Data::Text(name.to_owned()),
                },
                new,
            ));
        }
        Data::Struct(_, fields) => fields.insert(index, (word, new)),
        Data::Tuple(owner, items) if items.is_empty() => {
            value.data = Data::Struct(owner.take(), vec![(word, new)]);
        }
        Data::List(items) | Data::Tuple(_, items) => items.push(new),
        Data::Name(owner) => {
            let owner = Word {
                text: std::mem::take(owner),
                span: value.span,
            };
            value.data = Data::Struct(Some(owner), vec![(word, new)]);
        }
        _ => {}
    }
}

/// Takes the value at a path away.
///
/// # Errors
/// If there is none.
pub fn remove(root: &mut Value, ty: Type, path: &str) -> Result<(), PathError> {
    remove_parts(root, ty, &split(path))
}

fn remove_parts(value: &mut Value, ty: Type, parts: &[String]) -> Result<(), PathError> {
    let value = bare_mut(value);
    let Some(next) = child(value, ty, parts) else {
        // What the type knows but the file leaves out has nothing to be taken away.
        let known = fields_of(value, ty)
            .iter()
            .any(|field| field.name == parts[0]);
        let mut error = missing(value, ty, parts);
        if known {
            error = PathError::new(format!(
                "`{}` is not given here, so it has its default already",
                parts[0]
            ));
        }
        return Err(error);
    };
    if next.parts < parts.len() {
        let inner = at_mut(value, next.index).expect("the index was found in this value");
        return remove_parts(inner, next.ty, &parts[next.parts..]);
    }
    match &mut value.data {
        Data::Struct(_, fields) => drop(fields.remove(next.index)),
        Data::Map(entries) => drop(entries.remove(next.index)),
        Data::List(items) => drop(items.remove(next.index)),
        Data::Tuple(Some(_), items) if next.index + 1 == items.len() => drop(items.pop()),
        _ => {
            return Err(PathError::new(format!(
                "`{}` cannot be taken away, as others follow it without names",
                parts[0]
            )));
        }
    }
    Ok(())
}

/// Lays one document over another: structs and maps are joined, everything else is replaced.
pub fn merge(base: Value, over: Value) -> Value {
    let span = over.span;
    match (base.data, over.data) {
        (Data::Struct(a, mut below), Data::Struct(b, above)) if same(a.as_ref(), b.as_ref()) => {
            for (word, value) in above {
                match below.iter_mut().find(|(known, _)| known.text == word.text) {
                    Some((_, slot)) => replace_merged(slot, value),
                    None => below.push((word, value)),
                }
            }
            Value {
                span,
                data: Data::Struct(b.or(a), below),
            }
        }
        (Data::Map(mut below), Data::Map(above)) => {
            for (key, value) in above {
                match below.iter_mut().find(|(known, _)| known.data == key.data) {
                    Some((_, slot)) => replace_merged(slot, value),
                    None => below.push((key, value)),
                }
            }
            Value {
                span,
                data: Data::Map(below),
            }
        }
        (_, data) => Value { span, data },
    }
}

fn replace_merged(slot: &mut Value, over: Value) {
    let base = std::mem::replace(
        slot,
        Value {
            span: over.span,
            data: Data::Broken,
        },
    );
    *slot = merge(base, over);
}

/// Whether two struct names can be of the same struct.
fn same(a: Option<&Word>, b: Option<&Word>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.text == b.text,
        _ => true,
    }
}
