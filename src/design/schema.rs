//! The JSON Schema (draft 2020-12) of a document, made from what the types say about themselves.
//!
//! It describes a document as JSON would say it: a struct is an object, a variant without arguments
//! its name, a variant with arguments an object with that one name. Any value may also be wrapped
//! to say where it comes from, which the schema leaves out.

use serde_json::{Map, Value as Json, json};

use super::decode::{Decode, DecodeFields};
use super::describe::{Choice, Definition, Field, Presence, Record, Type, definitions, one_line};
use super::model::{Common, Design, Kind};

/// The JSON Schema of a document.
pub fn json_schema() -> Json {
    let mut defs = Map::new();
    for definition in definitions() {
        let schema = match definition {
            Definition::Record(record) => of_record(record, &[]),
            Definition::Choice(choice) => of_choice(choice),
        };
        defs.insert(definition.name().to_owned(), schema);
    }
    defs.insert("Node".to_owned(), of_node());
    let mut schema = of_type(Design::describe());
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("A buttress design");
    schema["$defs"] = Json::Object(defs);
    schema
}

fn of_type(ty: Type) -> Json {
    match ty {
        Type::Bool => json!({"type": "boolean"}),
        Type::Text => json!({"type": "string"}),
        Type::Whole { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
        Type::Real => json!({"type": "number", "minimum": 0}),
        Type::Duration => text_or_zero(
            "^[0-9._]+ ?(ns|us|µs|ms|s|m|min|h|d)( ?[0-9._]+ ?(ns|us|µs|ms|s|m|min|h))*$",
            "250ms",
        ),
        Type::Rate => text_or_zero("^[0-9._]+ ?[kMG]? ?/ ?(s|m|min|h|d)[a-z]*$", "120/s"),
        Type::Price => text_or_zero("^\\$[0-9._]+[kMG]? ?/ ?[a-z]+$", "$0.12/h"),
        Type::Share => json!({"anyOf": [
            {"type": "string", "pattern": "^[0-9._]+ ?%?$", "examples": ["99.9%"]},
            {"type": "number", "minimum": 0, "maximum": 1},
        ]}),
        Type::Size => json!({"anyOf": [
            {"type": "string", "pattern": "^[0-9._]+ ?([kKMGT]i?)?B?$", "examples": ["64KiB"]},
            {"type": "integer", "minimum": 0},
        ]}),
        Type::Bandwidth => {
            json!({"type": "string", "pattern": "^[0-9._]+ ?.*/s$", "examples": ["1Gbit/s"]})
        }
        Type::Quantity => json!({"type": ["string", "number"], "examples": ["5ms", 3, "4KiB"]}),
        Type::Any => json!({}),
        Type::Objective => json!({"type": "string", "examples": ["p99(POST /orders) < 250ms"]}),
        Type::List(inner) => json!({"type": "array", "items": of_type(inner())}),
        Type::OneOrMore(inner) => {
            let one = of_type(inner());
            json!({"anyOf": [one, {"type": "array", "items": one}]})
        }
        Type::Optional(inner) => of_type(inner()),
        Type::Map(inner) => json!({"type": "object", "additionalProperties": of_type(inner())}),
        Type::Tuple(parts) => {
            let items: Vec<Json> = parts.iter().map(|part| of_type(part())).collect();
            let count = items.len();
            json!({"type": "array", "prefixItems": items, "minItems": count, "maxItems": count})
        }
        Type::Record(record) => reference(record.name),
        Type::Choice(choice) => reference(choice.name),
        Type::Distribution(unit) => {
            json!({"$ref": "#/$defs/Dist", "description": format!("Quantities: {}.", unit.wanted())})
        }
        Type::Node => reference("Node"),
    }
}

fn reference(name: &str) -> Json {
    json!({"$ref": format!("#/$defs/{name}")})
}

fn text_or_zero(pattern: &str, example: &str) -> Json {
    json!({"anyOf": [{"type": "string", "pattern": pattern, "examples": [example]}, {"const": 0}]})
}

/// The schema of a struct; `more` are fields that stand beside its own.
fn of_record(record: &Record, more: &[&'static Field]) -> Json {
    let fields: Vec<&Field> = more
        .iter()
        .copied()
        .chain(record.written_fields())
        .collect();
    of_fields(record.help, &fields)
}

fn of_fields(help: &str, fields: &[&Field]) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields {
        let mut schema = of_type((field.ty)());
        if let Some(schema) = schema.as_object_mut() {
            let unit = schema
                .get("description")
                .and_then(Json::as_str)
                .unwrap_or("")
                .to_owned();
            let help = format!("{} {unit}", one_line(field.help));
            schema.insert("description".to_owned(), json!(help.trim()));
            if let Presence::Default(text) = field.presence
                && text != "None"
            {
                schema.insert(
                    "$comment".to_owned(),
                    json!(format!("default in RON: {text}")),
                );
            }
        }
        properties.insert(field.name.to_owned(), schema);
        if field.presence == Presence::Required {
            required.push(json!(field.name));
        }
    }
    let mut schema = json!({
        "type": "object",
        "description": one_line(help),
        "properties": properties,
        "additionalProperties": false,
    });
    if let (false, Some(schema)) = (required.is_empty(), schema.as_object_mut()) {
        schema.insert("required".to_owned(), Json::Array(required));
    }
    schema
}

fn of_choice(choice: &Choice) -> Json {
    let mut options = Vec::new();
    if let Some(variant) = choice.shorthand() {
        options.push(of_type((variant.fields[0].ty)()));
    }
    for variant in choice.variants {
        let help = one_line(variant.help);
        let all_optional = variant
            .fields
            .iter()
            .all(|field| field.presence != Presence::Required);
        if all_optional {
            options.push(json!({"const": variant.name, "description": help}));
        }
        if !variant.fields.is_empty() {
            let fields: Vec<&Field> = variant.fields.iter().collect();
            options.push(one_name(variant.name, &of_fields(variant.help, &fields)));
        }
    }
    json!({"description": one_line(choice.help), "anyOf": options})
}

fn one_name(name: &str, inner: &Json) -> Json {
    json!({"type": "object", "properties": {name: inner}, "required": [name], "additionalProperties": false})
}

fn of_node() -> Json {
    let common = Common::record().written_fields();
    let kinds = Kind::ALL
        .iter()
        .map(|kind| one_name(kind.name, &of_record((kind.record)(), &common)));
    json!({"description": "A node: one of the kinds.", "anyOf": kinds.collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `$ref` in a schema.
    fn references(schema: &Json, all: &mut Vec<String>) {
        match schema {
            Json::Object(map) => {
                all.extend(map.get("$ref").and_then(Json::as_str).map(str::to_owned));
                map.values().for_each(|value| references(value, all));
            }
            Json::Array(items) => items.iter().for_each(|item| references(item, all)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_has_its_definition() {
        let schema = json_schema();
        let mut all = Vec::new();
        references(&schema, &mut all);
        assert!(all.len() > 100);
        for reference in all {
            assert!(schema.pointer(&reference[1..]).is_some(), "{reference}");
        }
        assert_eq!(schema["$ref"], "#/$defs/Design");
        let service = &schema["$defs"]["Node"]["anyOf"][3]["properties"]["Service"];
        assert!(
            service["properties"]["replicas"]["description"]
                .as_str()
                .unwrap()
                .contains("instances")
        );
        assert!(service["properties"]["workers"].is_object());
    }
}
