//! A tree as text on one line, the same for the same meaning: what the hash of a document is taken
//! from, and how single values are shown.

use std::fmt::Write;

use super::{Data, Number, Value};

/// A text in quotes, escaped so that it reads back the same.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\u{{{:x}}}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A value on one line.
pub fn print(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &mut text);
    text
}

fn write_value(value: &Value, out: &mut String) {
    match &value.data {
        Data::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Data::Number(number) => out.push_str(&print_number(*number)),
        Data::Char(c) => {
            let _ = write!(out, "'{}'", c.escape_default());
        }
        Data::Text(text) => out.push_str(&quote(text)),
        Data::Bytes(bytes) => {
            let _ = write!(out, "b\"{}\"", bytes.escape_ascii());
        }
        Data::Name(name) => out.push_str(&print_word(name)),
        Data::List(items) => write_all(items, "[", "]", out, write_value),
        Data::Map(entries) => write_all(entries, "{", "}", out, |(key, value), out| {
            write_value(key, out);
            out.push_str(": ");
            write_value(value, out);
        }),
        Data::Tuple(name, items) => {
            out.push_str(
                &name
                    .as_ref()
                    .map(|word| print_word(&word.text))
                    .unwrap_or_default(),
            );
            write_all(items, "(", ")", out, write_value);
        }
        Data::Struct(name, fields) => {
            out.push_str(
                &name
                    .as_ref()
                    .map(|word| print_word(&word.text))
                    .unwrap_or_default(),
            );
            write_all(fields, "(", ")", out, |(word, value), out| {
                out.push_str(&print_word(&word.text));
                out.push_str(": ");
                write_value(value, out);
            });
        }
        // Never in a document without errors; empty parentheses keep the text readable.
        Data::Broken => out.push_str("()"),
    }
}

fn write_all<T>(
    items: &[T],
    open: &str,
    close: &str,
    out: &mut String,
    mut one: impl FnMut(&T, &mut String),
) {
    out.push_str(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        one(item, out);
    }
    out.push_str(close);
}

/// A name as it must be written: with `r#` where it is not plain.
pub(crate) fn print_word(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && name
            .chars()
            .next()
            .is_some_and(|c| c.is_alphabetic() || c == '_')
        && !matches!(name, "true" | "false" | "inf" | "NaN");
    if plain {
        name.to_owned()
    } else {
        format!("r#{name}")
    }
}

/// A number in its shortest form.
fn print_number(number: Number) -> String {
    match number {
        Number::Whole {
            negative,
            magnitude,
        } => {
            format!("{}{magnitude}", if negative { "-" } else { "" })
        }
        Number::Real(value) if value.is_nan() => "NaN".to_owned(),
        Number::Real(value) if value.is_infinite() => {
            if value > 0.0 { "inf" } else { "-inf" }.to_owned()
        }
        Number::Real(value) => format!("{value:?}"),
    }
}
