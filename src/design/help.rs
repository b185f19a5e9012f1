//! Help about any word of the document, from the same declarations that it is read by.

use super::decode::{Decode, DecodeFields, kind_defaults_text};
use super::describe::{Definition, Field, Presence, Type, definitions, one_line};
use super::model::{Common, Design, Kind};
use super::objective::MEASURES;
use super::path::{at, child, fields_of, plain, split};
use super::syntax::Value;

/// What there is to say about one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// What it is about: `Service`, `Service/workers`.
    pub topic: String,
    /// What it means.
    pub text: String,
    /// What to write there; empty for what is not a value itself.
    pub wanted: String,
    /// What holds if it is left out; empty if it must be given.
    pub default: String,
    /// What can stand inside: names and what they mean.
    pub parts: Vec<(String, String)>,
}

impl Help {
    fn new(topic: impl Into<String>, text: &str) -> Help {
        Help {
            topic: topic.into(),
            text: one_line(text),
            wanted: String::new(),
            default: String::new(),
            parts: Vec::new(),
        }
    }

    fn of_field(owner: &str, field: &Field) -> Help {
        let ty = (field.ty)();
        let default = match field.presence {
            Presence::Default(text) => text.to_owned(),
            _ => String::new(),
        };
        let parts = parts_of(ty);
        Help {
            wanted: ty.wanted(),
            default,
            parts,
            ..Help::new(format!("{owner}/{}", field.name), field.help)
        }
    }
}

fn parts_of_fields(fields: &[&Field]) -> Vec<(String, String)> {
    fields
        .iter()
        .map(|field| (field.name.to_owned(), one_line(field.help)))
        .collect()
}

/// What can stand inside a value of a type.
fn parts_of(ty: Type) -> Vec<(String, String)> {
    match plain(ty) {
        Type::Record(record) => parts_of_fields(&record.written_fields()),
        Type::Choice(choice) => {
            let variants = choice.variants.iter();
            variants
                .map(|variant| (variant.name.to_owned(), one_line(variant.help)))
                .collect()
        }
        Type::List(inner) | Type::OneOrMore(inner) | Type::Map(inner) => parts_of(inner()),
        Type::Node => Kind::ALL
            .iter()
            .map(|kind| (kind.name.to_owned(), one_line(kind.help)))
            .collect(),
        _ => Vec::new(),
    }
}

/// Help about a topic: a kind (`Service`), a type (`Retry`), a variant (`Step/Call`, or `Call` alone),
/// a field (`Service/workers`, `Retry/attempts`), a measure of objectives (`p99`). Without regard to
/// capital letters.
pub fn about(topic: &str) -> Option<Help> {
    let (first, rest) = topic
        .split_once('/')
        .map_or((topic, None), |(first, rest)| (first, Some(rest)));
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    if let Some(kind) = Kind::ALL.iter().find(|kind| same(kind.name, first)) {
        let mut fields = Common::record().written_fields();
        fields.extend((kind.record)().written_fields());
        return match rest {
            None => {
                let defaults = kind_defaults_text(kind.name);
                let default = if defaults == "()" {
                    String::new()
                } else {
                    defaults.to_owned()
                };
                Some(Help {
                    default,
                    parts: parts_of_fields(&fields),
                    ..Help::new(kind.name, kind.help)
                })
            }
            Some(rest) => {
                let field = fields.iter().find(|field| same(field.name, rest))?;
                Some(Help::of_field(kind.name, field))
            }
        };
    }
    for definition in definitions() {
        if same(definition.name(), first) {
            return within(definition, rest);
        }
    }
    let variant = definitions()
        .into_iter()
        .find_map(|definition| match definition {
            Definition::Choice(choice) if rest.is_none() => choice
                .variants
                .iter()
                .find(|variant| same(variant.name, first))
                .map(|_| definition),
            _ => None,
        });
    if let Some(definition) = variant {
        return within(definition, Some(first));
    }
    let measure = MEASURES.iter().find(|info| same(info.name, first))?;
    Some(Help::new(measure.name, measure.help))
}

fn within(definition: Definition, rest: Option<&str>) -> Option<Help> {
    let name = definition.name();
    match (definition, rest) {
        (Definition::Record(record), None) => {
            let parts = parts_of_fields(&record.written_fields());
            Some(Help {
                parts,
                ..Help::new(name, definition.help())
            })
        }
        (Definition::Record(record), Some(rest)) => {
            let fields = record.written_fields();
            let field = fields
                .iter()
                .find(|field| field.name.eq_ignore_ascii_case(rest))?;
            Some(Help::of_field(name, field))
        }
        (Definition::Choice(choice), None) => {
            let parts = parts_of(Type::Choice(choice));
            Some(Help {
                parts,
                ..Help::new(name, definition.help())
            })
        }
        (Definition::Choice(choice), Some(rest)) => {
            let (variant, field) = rest
                .split_once('/')
                .map_or((rest, None), |(a, b)| (a, Some(b)));
            let variant = choice
                .variants
                .iter()
                .find(|known| known.name.eq_ignore_ascii_case(variant))?;
            let topic = format!("{name}/{}", variant.name);
            match field {
                None => {
                    let fields: Vec<&Field> = variant.fields.iter().collect();
                    Some(Help {
                        parts: parts_of_fields(&fields),
                        ..Help::new(topic, variant.help)
                    })
                }
                Some(field) => {
                    let field = variant.fields.iter().find(|known| known.name == field)?;
                    Some(Help::of_field(&topic, field))
                }
            }
        }
    }
}

/// Help about the value at a path of a document, such as `nodes/api/workers`: of the field that it
/// is, or of the type it has. The value itself may be left out.
pub fn at_path(root: &Value, path: &str) -> Option<Help> {
    let parts = split(path);
    let (mut value, mut ty, mut rest) = (root.bare(), Design::describe(), parts.as_slice());
    let mut last = None;
    while let Some(first) = rest.first() {
        let fields = fields_of(value, ty);
        let named = fields.iter().find(|field| field.name == *first).copied();
        let next = child(value, ty, rest);
        let owner = value.name().map_or_else(|| owner_name(ty), str::to_owned);
        last = named.map(|field| Help::of_field(&owner, field));
        let Some(next) = next else {
            return if rest.len() == 1 { last } else { None };
        };
        value = at(value, next.index)?.bare();
        (ty, rest) = (next.ty, &rest[next.parts..]);
    }
    last.or_else(|| value.name().and_then(about))
        .or_else(|| about(&owner_name(ty)))
}

fn owner_name(ty: Type) -> String {
    match plain(ty) {
        Type::Record(record) => record.name.to_owned(),
        Type::Choice(choice) => choice.name.to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::syntax::parse;

    #[test]
    fn topics_are_found_by_kind_type_variant_and_field() {
        assert!(
            about("service")
                .unwrap()
                .parts
                .iter()
                .any(|(name, _)| name == "mode")
        );
        assert_eq!(about("Service/workers").unwrap().default, "Unlimited");
        assert_eq!(
            about("Service").unwrap().default,
            "(workers: 16, work: \"1ms\")"
        );
        assert_eq!(about("retry/attempts").unwrap().default, "3");
        assert!(about("Call").unwrap().text.contains("waits for the answer"));
        assert!(
            about("Step/Call/fallback")
                .unwrap()
                .text
                .contains("instead")
        );
        assert!(about("p99").unwrap().text.contains("99%"));
        assert_eq!(about("banana"), None);
    }

    #[test]
    fn paths_of_a_document_are_explained_whether_given_or_not() {
        let text = "(nodes: {\"api\": Service(endpoints: {\"a\": [Work(\"1ms\")]})})";
        let root = parse(text, 0).value.unwrap();
        assert_eq!(
            at_path(&root, "nodes/api/workers").unwrap().topic,
            "Service/workers"
        );
        assert_eq!(
            at_path(&root, "nodes/api/endpoints/a/0/time")
                .unwrap()
                .topic,
            "Work/time"
        );
        assert_eq!(at_path(&root, "nodes/api").unwrap().topic, "Service");
        assert_eq!(at_path(&root, "nodes/api/banana"), None);
    }
}
