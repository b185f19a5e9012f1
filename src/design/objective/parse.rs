//! The grammar of objectives.

use super::{
    Bound, BoundKind, Comparison, MEASURES, MeasureInfo, Parsed, Subject, SubjectKind, When,
};
use crate::design::diagnostic::suggest;
use crate::units::{Count, Nanos, Rate, Ratio};

/// Why a text is no objective, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectiveError {
    /// First byte of the wrong part.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// What is wrong.
    pub message: String,
    /// What was expected there.
    pub expected: String,
    /// What may have been meant.
    pub help: Option<String>,
}

fn wrong(
    start: usize,
    end: usize,
    message: impl Into<String>,
    expected: impl Into<String>,
) -> ObjectiveError {
    ObjectiveError {
        start,
        end,
        message: message.into(),
        expected: expected.into(),
        help: None,
    }
}

/// Reads an objective.
///
/// # Errors
/// Says which part is wrong and what was expected.
pub fn parse(text: &str) -> Result<Parsed, ObjectiveError> {
    let start = text.len() - text.trim_start().len();
    let length = text[start..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let name_end = length.map_or(text.len(), |length| start + length);
    let name = &text[start..name_end];
    let Some(info) = MEASURES.iter().find(|info| info.name == name) else {
        let message = if name.is_empty() {
            "a measure is missing".to_owned()
        } else {
            format!("unknown measure `{name}`")
        };
        let mut error = wrong(
            start,
            name_end.max(start),
            message,
            "expected a measure such as `p99`",
        );
        error.help = suggest(name, MEASURES.iter().map(|info| info.name));
        return Err(error);
    };
    let (subject_text, mut at) = subject_part(text, name_end)?;
    let subject = subject(info, subject_text, (start, at))?;
    let comparison_at = text[at..]
        .find(['<', '>', '='])
        .map(|length| at + length)
        .ok_or_else(|| {
            wrong(
                text.len(),
                text.len(),
                "a comparison is missing",
                "expected `<`, `<=`, `>`, `>=` or `=`, and a bound",
            )
        })?;
    let when = when(&text[at..comparison_at], at)?;
    let (comparison, length) = match &text.as_bytes()[comparison_at..] {
        [b'<', b'=', ..] => (Comparison::AtMost, 2),
        [b'>', b'=', ..] => (Comparison::AtLeast, 2),
        [b'=', b'=', ..] => (Comparison::Equal, 2),
        [b'<', ..] => (Comparison::Below, 1),
        [b'>', ..] => (Comparison::Above, 1),
        _ => (Comparison::Equal, 1),
    };
    at = comparison_at + length;
    let bound = bound(info, text[at..].trim()).map_err(|message| {
        let from = at + (text[at..].len() - text[at..].trim_start().len());
        wrong(
            from.min(text.trim_end().len()),
            text.trim_end().len(),
            message,
            format!("expected {}", info.bound.wanted()),
        )
    })?;
    Ok(Parsed {
        measure: info.measure,
        subject,
        when,
        comparison,
        bound,
    })
}

/// What stands in the parentheses from a byte on, and where they end.
fn subject_part(text: &str, from: usize) -> Result<(Option<&str>, usize), ObjectiveError> {
    let blanks = text[from..].len() - text[from..].trim_start().len();
    let open = from + blanks;
    if !text[open..].starts_with('(') {
        return Ok((None, from));
    }
    let mut depth = 0usize;
    for (at, c) in text[open..].char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok((Some(text[open + 1..open + at].trim()), open + at + 1));
        }
    }
    Err(wrong(
        open,
        open + 1,
        "this parenthesis is never closed",
        "expected `)` after the name",
    ))
}

fn subject(
    info: &MeasureInfo,
    text: Option<&str>,
    place: (usize, usize),
) -> Result<Subject, ObjectiveError> {
    let name = info.name;
    let example = info.subject.example();
    match (info.subject, text) {
        (SubjectKind::Run, None | Some("*" | "")) => Ok(Subject::Run),
        (SubjectKind::Run, Some(_)) => Err(wrong(
            place.0,
            place.1,
            format!("`{name}` is about the whole run"),
            format!("expected `{name}` without parentheses"),
        )),
        (_, None | Some("")) => Err(wrong(
            place.0,
            place.1,
            format!("`{name}` of what?"),
            format!("expected `{name}({example})`"),
        )),
        (SubjectKind::Endpoint, Some("*")) => Ok(Subject::All),
        (SubjectKind::Endpoint, Some(text)) => Ok(endpoint_subject(text)),
        (SubjectKind::Fault, Some(text)) => Ok(Subject::Fault(text.to_owned())),
        (_, Some(text)) => Ok(Subject::Node(text.to_owned())),
    }
}

/// `client -> node/endpoint`, or the name of an endpoint.
fn endpoint_subject(text: &str) -> Subject {
    if let Some((client, rest)) = text.split_once("->") {
        let (node, endpoint) = rest.split_once('/').unwrap_or((rest, ""));
        let (client, node) = (client.trim().to_owned(), node.trim().to_owned());
        return Subject::Path {
            client,
            node,
            endpoint: endpoint.trim().to_owned(),
        };
    }
    Subject::Endpoint(text.to_owned())
}

fn when(text: &str, at: usize) -> Result<When, ObjectiveError> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(When::Always);
    }
    let (word, fault) = trimmed
        .split_once(char::is_whitespace)
        .unwrap_or((trimmed, ""));
    let fault = fault.trim().to_owned();
    let start = at + (text.len() - text.trim_start().len());
    let place = (start, start + trimmed.len());
    let known = matches!(word, "before" | "during" | "after");
    if known && fault.is_empty() {
        return Err(wrong(
            place.0,
            place.1,
            format!("`{word}` which fault?"),
            format!("expected `{word} orders-db slow`"),
        ));
    }
    match word {
        "before" => Ok(When::Before(fault)),
        "during" => Ok(When::During(fault)),
        "after" => Ok(When::After(fault)),
        _ => Err(wrong(
            place.0,
            place.1,
            format!("unexpected `{trimmed}`"),
            "expected a comparison, or `during` and a fault",
        )),
    }
}

fn bound(info: &MeasureInfo, text: &str) -> Result<Bound, String> {
    let time = || {
        text.parse()
            .map(|time: Nanos| Bound::Seconds(time.as_secs()))
            .map_err(|error| error.0)
    };
    let share = |text: &str| {
        text.parse()
            .map(|Ratio(share)| share)
            .map_err(|error| error.0)
    };
    let number = || {
        text.parse()
            .map(|Count(number)| Bound::Number(number))
            .map_err(|error| error.0)
    };
    match info.bound {
        BoundKind::Time => time(),
        BoundKind::Share => share(text).map(Bound::Share),
        BoundKind::RateOrShare => match text.strip_suffix("of offered") {
            Some(text) => share(text.trim()).map(Bound::ShareOfOffered),
            None if text.ends_with('%') => share(text).map(Bound::ShareOfOffered),
            None => text
                .parse()
                .map(|Rate(rate)| Bound::PerSecond(rate))
                .map_err(|error| error.0),
        },
        BoundKind::ShareOrCount if text.ends_with('%') => share(text).map(Bound::Share),
        BoundKind::ShareOrCount | BoundKind::Number => number(),
        BoundKind::Dollars => {
            let amount = text
                .strip_prefix('$')
                .ok_or_else(|| format!("`{text}` is not an amount of dollars"))?;
            amount
                .parse()
                .map(|Count(amount)| Bound::Dollars(amount))
                .map_err(|error| error.0)
        }
    }
}
