//! The figures of a design that are marked as guesses, and what else they could be: the range that
//! the mark states (`Guess("5ms", "3ms to 9ms")`), or half as much and twice as much.

use std::collections::BTreeMap;

use crate::design::catalogue::{Preset, built_in_presets};
use crate::design::model::Design;
use crate::design::path::{nearest_value, split};
use crate::design::syntax::{Data, Number, Value, print, quote};
use crate::design::{Certainty, Loaded, Provenance, decode::Decode};

/// A figure that was guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// Where it stands.
    pub path: String,
    /// What was guessed, as it is written.
    pub value: String,
    /// A lower and a higher value, as they would be written.
    pub range: [String; 2],
    /// The range is that of the document.
    pub stated: bool,
}

/// The guesses of a design that have a size: paths, in the order of the file. Prices are left out:
/// no time depends on them.
pub(super) fn of(loaded: &Loaded) -> Vec<Guess> {
    let guessed = |of: &&Provenance| of.certainty == Certainty::Guess;
    let mut presets: Option<BTreeMap<String, Preset>> = None;
    let found = loaded.provenance.iter().filter(guessed).filter_map(|of| {
        let last = of.path.rsplit('/').next().unwrap_or_default();
        if last.starts_with("price") {
            return None;
        }
        let value = if of.preset.is_empty() {
            let (value, found) = nearest_value(&loaded.tree, Design::describe(), &of.path);
            found.then(|| value.clone())
        } else {
            let known = presets.get_or_insert_with(built_in_presets);
            let parts = split(&of.path);
            descend(&known.get(&of.preset)?.values, parts.get(2..)?).cloned()
        }?;
        guess(&of.path, value.bare(), &of.note)
    });
    found.collect()
}

/// What stands at a path of plain names.
fn descend<'v>(value: &'v Value, parts: &[String]) -> Option<&'v Value> {
    let Some((first, rest)) = parts.split_first() else {
        return Some(value);
    };
    let inner = match &value.bare().data {
        Data::Struct(_, fields) => fields
            .iter()
            .find(|(word, _)| word.text == *first)
            .map(|(_, value)| value),
        Data::Map(entries) => entries
            .iter()
            .find(|(key, _)| matches!(&key.data, Data::Text(text) if text == first))
            .map(|(_, value)| value),
        Data::List(items) | Data::Tuple(_, items) => items.get(first.parse::<usize>().ok()?),
        _ => None,
    };
    descend(inner?, rest)
}

fn guess(path: &str, value: &Value, note: &str) -> Option<Guess> {
    let stated = match &value.data {
        Data::Text(text) => stated_range(note, unit_of(text)?),
        _ => None,
    };
    let range = match &stated {
        Some(range) => range.clone().map(|end| quote(&end)),
        None => [0.5, 2.0]
            .map(|factor| scaled(value, factor).map(|value| print(&value)))
            .into_iter()
            .collect::<Option<Vec<String>>>()?
            .try_into()
            .ok()?,
    };
    Some(Guess {
        path: path.to_owned(),
        value: print(value),
        range,
        stated: stated.is_some(),
    })
}

/// `3ms to 9ms` or `3ms..9ms` in a remark, if both are of the unit of the value.
fn stated_range(note: &str, unit: &str) -> Option<[String; 2]> {
    let apart = note.replace("..", " to ");
    let words: Vec<&str> = apart
        .split_whitespace()
        .map(|word| word.trim_matches(|letter: char| ",;()".contains(letter)))
        .collect();
    words.windows(3).find_map(|of| match of {
        [low, "to", high] => {
            let fits = |end: &str| unit_of(end) == Some(unit);
            (fits(low) && fits(high)).then(|| [(*low).to_owned(), (*high).to_owned()])
        }
        _ => None,
    })
}

/// What stands behind the number of a quantity; nothing if it does not begin with one.
fn unit_of(text: &str) -> Option<&str> {
    let text = text.trim().trim_start_matches('$');
    let end = number_end(text);
    text[..end].parse::<f64>().ok().map(|_| &text[end..])
}

fn number_end(text: &str) -> usize {
    text.find(|letter: char| !(letter.is_ascii_digit() || letter == '.'))
        .unwrap_or(text.len())
}

/// The value times a factor: a number, a quantity, or every quantity of a distribution. A share goes
/// half of the way to its nearer end, down or up, so that it stays one. Nothing if there is no
/// number in it.
fn scaled(value: &Value, factor: f64) -> Option<Value> {
    let data = match &value.data {
        Data::Number(Number::Whole {
            negative: false,
            magnitude,
        }) if *magnitude > 0 => Data::Number(Number::Whole {
            negative: false,
            magnitude: ((*magnitude as f64 * factor).round() as u64).max(1),
        }),
        Data::Number(Number::Real(number)) => Data::Number(Number::Real(number * factor)),
        Data::Text(text) => Data::Text(scaled_text(text, factor)?),
        _ => return scaled_inside(value, factor),
    };
    Some(Value {
        span: value.span,
        data,
    })
}

/// A distribution with its quantities scaled; its bare numbers are shapes and weights.
fn scaled_inside(value: &Value, factor: f64) -> Option<Value> {
    let mut changed = value.clone();
    let inner: Vec<&mut Value> = match &mut changed.data {
        Data::Struct(Some(_), fields) => fields.iter_mut().map(|(_, value)| value).collect(),
        Data::Tuple(_, items) | Data::List(items) => items.iter_mut().collect(),
        _ => return None,
    };
    let mut any = false;
    for value in inner {
        let next = match &value.data {
            Data::Text(_) => scaled(value, factor),
            _ => scaled_inside(value, factor),
        };
        if let Some(next) = next {
            *value = next;
            any = true;
        }
    }
    any.then_some(changed)
}

fn scaled_text(text: &str, factor: f64) -> Option<String> {
    let (sign, rest) = match text.strip_prefix('$') {
        Some(rest) => ("$", rest),
        None => ("", text),
    };
    let end = number_end(rest);
    let number: f64 = rest[..end].parse().ok()?;
    let unit = &rest[end..];
    let value = if unit.trim() == "%" {
        let step = 0.5 * number.min(100.0 - number).max(0.0);
        if factor < 1.0 {
            number - step
        } else {
            number + step
        }
    } else {
        number * factor
    };
    Some(format!(
        "{sign}{}{unit}",
        crate::study::sweep::written(value)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::syntax::parse;

    fn range(text: &str, note: &str) -> Option<[String; 2]> {
        let value = parse(text, 0).value.unwrap();
        guess("a", &value, note).map(|guess| guess.range)
    }

    #[test]
    fn a_guess_has_a_range() {
        let found = |text: &str, note: &str| range(text, note).unwrap().join(" ");
        assert_eq!(found("\"6ms\"", ""), "\"3ms\" \"12ms\"");
        assert_eq!(
            found("\"6ms\"", "between 4ms to 9ms, they say"),
            "\"4ms\" \"9ms\""
        );
        assert_eq!(found("\"6ms\"", "4ms..9ms"), "\"4ms\" \"9ms\"");
        assert_eq!(found("\"6ms\"", "4s to 9s"), "\"3ms\" \"12ms\"");
        assert_eq!(found("5", ""), "3 10");
        assert_eq!(found("\"99%\"", ""), "\"98.5%\" \"99.5%\"");
        assert_eq!(
            found("LogNormal(mean: \"6ms\", cv: 1.5)", ""),
            "LogNormal(mean: \"3ms\", cv: 1.5) LogNormal(mean: \"12ms\", cv: 1.5)"
        );
        assert_eq!(range("Lru", ""), None);
        assert_eq!(range("true", ""), None);
    }
}
