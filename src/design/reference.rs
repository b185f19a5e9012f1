//! The reference of the language in Markdown, `docs/language.md`, made from the declarations.

use std::fmt::Write;

use super::decode::{DecodeFields, kind_defaults_text};
use super::describe::{
    Choice, Definition, Field, Presence, Record, Type, Unit, definitions, one_line,
};
use super::model::{Common, Kind};
use super::objective::{BoundKind, MEASURES, SubjectKind};

/// The head of the page, up to the first generated table.
const HEAD: &str = include_str!("reference_head.md");

/// The whole page.
pub fn language_markdown() -> String {
    let mut page = HEAD.to_owned();
    let all = definitions();
    let document = all.first().and_then(|definition| match definition {
        Definition::Record(record) => Some(*record),
        Definition::Choice(_) => None,
    });
    section(&mut page, "## The document");
    if let Some(document) = document {
        let _ = writeln!(page, "{}\n", one_line(document.help));
        table(&mut page, &document.written_fields());
    }
    section(&mut page, "## Nodes");
    page.push_str("A node is written as its kind with fields: `\"api\": Service(replicas: 4)`. Every kind has these:\n\n");
    table(&mut page, &Common::record().written_fields());
    for kind in Kind::ALL {
        self::kind(&mut page, kind.name, kind.help, (kind.record)());
    }
    section(&mut page, "## Objectives");
    objectives(&mut page);
    section(&mut page, "## Types");
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name).collect();
    let inner = ["Design", "Common"];
    let others = all.iter().filter(|definition| {
        !kinds.contains(&definition.name()) && !inner.contains(&definition.name())
    });
    let mut others: Vec<&Definition> = others.collect();
    others.sort_by_key(|definition| definition.name());
    for definition in others {
        match definition {
            Definition::Record(record) => self::record(&mut page, record),
            Definition::Choice(choice) => self::choice(&mut page, choice),
        }
    }
    page
}

fn section(page: &mut String, title: &str) {
    let _ = write!(page, "\n{title}\n\n");
}

fn kind(page: &mut String, name: &str, help: &str, record: &Record) {
    section(page, &format!("### {name}"));
    let _ = writeln!(page, "{}\n", one_line(help));
    let defaults = kind_defaults_text(name);
    if defaults != "()" {
        let _ = writeln!(page, "Unless the design says otherwise: `{defaults}`.\n");
    }
    table(page, &record.written_fields());
}

fn record(page: &mut String, record: &Record) {
    section(page, &format!("### {}", record.name));
    let _ = writeln!(page, "{}\n", one_line(record.help));
    table(page, &record.written_fields());
}

fn choice(page: &mut String, choice: &Choice) {
    section(page, &format!("### {}", choice.name));
    let _ = writeln!(page, "{}\n", one_line(choice.help));
    if let Some(variant) = choice.shorthand() {
        let _ = writeln!(page, "A bare value means `{}`.\n", variant.name);
    }
    page.push_str("| variant | meaning |\n| --- | --- |\n");
    for variant in choice.variants {
        let arguments: Vec<String> = variant.fields.iter().map(argument).collect();
        let brackets = if arguments.is_empty() {
            String::new()
        } else {
            format!("({})", arguments.join(", "))
        };
        let mut help = one_line(variant.help);
        for field in variant.fields {
            let default = match field.presence {
                Presence::Default(text) if text != "None" => format!(" Default `{text}`."),
                _ => String::new(),
            };
            let _ = write!(help, " `{}`: {}{default}", field.name, one_line(field.help));
        }
        let _ = writeln!(page, "| `{}{brackets}` | {} |", variant.name, cell(&help));
    }
}

fn argument(field: &Field) -> String {
    let mark = if field.presence == Presence::Required {
        ""
    } else {
        "?"
    };
    format!("{}{mark}: {}", field.name, type_name((field.ty)()))
}

fn table(page: &mut String, fields: &[&Field]) {
    if fields.is_empty() {
        page.push_str("No fields of its own.\n");
        return;
    }
    page.push_str("| field | type | default | meaning |\n| --- | --- | --- | --- |\n");
    for field in fields {
        let default = match field.presence {
            Presence::Default(text) => format!("`{text}`"),
            _ => "must be given".to_owned(),
        };
        let ty = type_name((field.ty)());
        let help = cell(&one_line(field.help));
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {help} |",
            field.name,
            cell(&ty),
            cell(&default)
        );
    }
}

/// A text that does not end a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A type in a few words.
fn type_name(ty: Type) -> String {
    match ty {
        Type::Bool => "true or false".to_owned(),
        Type::Text => "text".to_owned(),
        Type::Whole { .. } => "whole number".to_owned(),
        Type::Real => "number".to_owned(),
        Type::Duration => "duration".to_owned(),
        Type::Rate => "rate".to_owned(),
        Type::Share => "share".to_owned(),
        Type::Size => "size".to_owned(),
        Type::Bandwidth => "bandwidth".to_owned(),
        Type::Price => "price".to_owned(),
        Type::Quantity => "quantity".to_owned(),
        Type::Any => "any value".to_owned(),
        Type::Objective => "objective".to_owned(),
        Type::List(inner) => format!("list of {}", type_name(inner())),
        Type::OneOrMore(inner) => format!("{0} or list of {0}", type_name(inner())),
        Type::Optional(inner) => type_name(inner()),
        Type::Map(inner) => format!("map to {}", type_name(inner())),
        Type::Tuple(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| type_name(part())).collect();
            format!("({})", parts.join(", "))
        }
        Type::Record(record) => record.name.to_owned(),
        Type::Choice(choice) => choice.name.to_owned(),
        Type::Distribution(Unit::Time) => "times (Dist)".to_owned(),
        Type::Distribution(Unit::Count | Unit::Shape) => "counts (Dist)".to_owned(),
        Type::Distribution(Unit::Size) => "sizes (Dist)".to_owned(),
        Type::Node => "node".to_owned(),
    }
}

fn objectives(page: &mut String) {
    page.push_str("| measure | of | compared with | meaning |\n| --- | --- | --- | --- |\n");
    for info in MEASURES {
        let subject = match info.subject {
            SubjectKind::Run => "the whole run",
            SubjectKind::Endpoint => "an endpoint",
            SubjectKind::Node => "a node",
            SubjectKind::Cache => "a cache",
            SubjectKind::Queue => "a queue",
            SubjectKind::Fault => "a fault",
        };
        let bound = match info.bound {
            BoundKind::Time => "duration",
            BoundKind::Share => "share",
            BoundKind::RateOrShare => "rate, or share `of offered`",
            BoundKind::ShareOrCount => "share or number",
            BoundKind::Number => "number",
            BoundKind::Dollars => "dollars",
        };
        let _ = writeln!(
            page,
            "| `{}` | {subject} | {bound} | {} |",
            info.name,
            cell(info.help)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_not_stale() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/language.md");
        let page = language_markdown();
        if std::env::var_os("BUTTRESS_WRITE_DOCS").is_some() {
            std::fs::write(path, &page).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            written == page,
            "docs/language.md is stale: write it again with BUTTRESS_WRITE_DOCS=1 cargo test language"
        );
    }
}
