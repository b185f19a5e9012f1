//! Where entries stand between their brackets, and how another one fits in.

use super::Splice;
use crate::design::syntax::{Data, Lexer, TokenKind, Value};

/// Spaces of one level, where no neighbour shows another indentation.
const INDENT: &str = "    ";

/// A bracket in the text with its entries.
pub(super) struct Container<'t> {
    text: &'t str,
    /// The byte after the opening bracket.
    open: usize,
    /// The byte of the closing bracket.
    close: usize,
    entries: Vec<Entry>,
}

/// An entry: where it stands, and what belongs to it behind it.
#[derive(Debug, Clone, Copy)]
struct Entry {
    start: usize,
    end: usize,
    /// The byte after its comma, or its end.
    after: usize,
    /// Whether it has a comma.
    comma: bool,
    /// The byte after the comment behind it on its line, or `after`.
    tail: usize,
    /// Whether nothing stands before it on its line.
    own_line: bool,
}

/// The blanks at the beginning of the line of a byte.
fn indentation(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = &text[start..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Whether only blanks stand before a byte on its line.
fn begins_line(text: &str, at: usize) -> bool {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[start..at].chars().all(char::is_whitespace)
}

/// The line end that a text uses.
fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// A value whose further lines are moved in as far as the line on which it is put. Line ends inside
/// of texts stay.
pub(super) fn indented(text: &str, at: usize, value: &str) -> String {
    let indent = indentation(text, at);
    if !value.contains('\n') || indent.is_empty() {
        return value.to_owned();
    }
    let mut moved = String::with_capacity(value.len() * 2);
    for token in Lexer::new(value) {
        let part = &value[token.start..token.end];
        if token.kind == TokenKind::Space {
            moved.push_str(&part.replace('\n', &format!("\n{indent}")));
        } else {
            moved.push_str(part);
        }
    }
    moved
}

/// The comma behind a byte, and the comment after it on the same line: the bytes after each.
fn behind(text: &str, end: usize) -> (Option<usize>, usize) {
    let (mut comma, mut tail) = (None, end);
    for token in Lexer::from(text, end) {
        let part = &text[token.start..token.end];
        match token.kind {
            // The comma may stand on a later line; comments before it are then part of the entry.
            TokenKind::Space if comma.is_none() || !part.contains('\n') => {}
            TokenKind::Comma if comma.is_none() => {
                comma = Some(token.end);
                tail = token.end;
            }
            TokenKind::LineComment => {
                if comma.is_some() || !text[end..token.start].contains('\n') {
                    tail = tail.max(token.end);
                }
                if comma.is_some() {
                    break;
                }
            }
            TokenKind::BlockComment
                if !part.contains('\n') && !text[tail..token.start].contains('\n') =>
            {
                // `a, /* of b */ b`: a comment before another entry on the line belongs to that one.
                if comma.is_some() && !ends_line(text, token.end) {
                    break;
                }
                tail = token.end;
            }
            TokenKind::BlockComment => {}
            _ => break,
        }
    }
    (comma, comma.map_or(tail, |comma| tail.max(comma)))
}

/// Whether nothing but blanks and comments follows a byte on its line.
fn ends_line(text: &str, at: usize) -> bool {
    for token in Lexer::from(text, at) {
        let part = &text[token.start..token.end];
        match token.kind {
            TokenKind::Space if part.contains('\n') => return true,
            TokenKind::Space | TokenKind::BlockComment => {}
            TokenKind::LineComment => return true,
            _ => return false,
        }
    }
    true
}

impl<'t> Container<'t> {
    /// The container that a value is.
    pub(super) fn of(text: &'t str, value: &Value) -> Container<'t> {
        let range = value.span.range();
        let bracket = Lexer::from(text, range.start).find(|token| token.kind == TokenKind::Open);
        let spans: Vec<(usize, usize)> = match &value.data {
            Data::List(items) | Data::Tuple(_, items) => items
                .iter()
                .map(|item| (item.span.start as usize, item.span.end as usize))
                .collect(),
            Data::Struct(_, fields) => fields
                .iter()
                .map(|(word, value)| (word.span.start as usize, value.span.end as usize))
                .collect(),
            Data::Map(entries) => entries
                .iter()
                .map(|(key, value)| (key.span.start as usize, value.span.end as usize))
                .collect(),
            _ => Vec::new(),
        };
        let entries = spans.into_iter().map(|(start, end)| {
            let (comma, tail) = behind(text, end);
            let own_line = begins_line(text, start);
            let after = comma.unwrap_or(end);
            Entry {
                start,
                end,
                after,
                comma: comma.is_some(),
                tail,
                own_line,
            }
        });
        Container {
            text,
            open: bracket.map_or(range.start, |token| token.end),
            close: range.end.saturating_sub(1),
            entries: entries.collect(),
        }
    }

    fn splice(&self, from: usize, to: usize, inserted: String) -> Splice {
        Splice {
            at: from,
            removed: self.text[from..to].to_owned(),
            inserted,
        }
    }

    /// Puts an entry before the one at a position, or behind the last. With `open`, the first entry
    /// of an empty bracket gets a line of its own.
    pub(super) fn insert(&self, index: usize, entry: &str, open: bool) -> Splice {
        let Some(last) = self.entries.last() else {
            return self.insert_first(entry, open);
        };
        if index >= self.entries.len() {
            return self.append(*last, entry);
        }
        let next = self.entries[index];
        if !next.own_line {
            return self.splice(next.start, next.start, format!("{entry}, "));
        }
        // Comments on the lines before an entry belong to it: the new one goes before these.
        let at = match index.checked_sub(1) {
            Some(before) => self.entries[before].tail,
            None => self.after_bracket(),
        };
        let indent = indentation(self.text, next.start);
        let entry = indented(self.text, next.start, entry);
        self.splice(at, at, format!("{}{indent}{entry},", line_end(self.text)))
    }

    /// The byte after the opening bracket, and after a comment behind it on its line.
    fn after_bracket(&self) -> usize {
        let mut at = self.open;
        for token in Lexer::from(self.text, self.open) {
            let part = &self.text[token.start..token.end];
            match token.kind {
                TokenKind::Space if !part.contains('\n') => {}
                TokenKind::LineComment => {
                    at = token.end;
                    break;
                }
                TokenKind::BlockComment if !part.contains('\n') => at = token.end,
                _ => break,
            }
        }
        at
    }

    fn append(&self, last: Entry, entry: &str) -> Splice {
        if !last.own_line {
            let new = if last.comma {
                format!(" {entry},")
            } else {
                format!(", {entry}")
            };
            let at = if last.comma { last.after } else { last.end };
            return self.splice(at, at, new);
        }
        let indent = indentation(self.text, last.start);
        let entry = indented(self.text, last.start, entry);
        let between = &self.text[last.end..last.tail];
        let (comma, closing) = if last.comma { ("", ",") } else { (",", "") };
        let end = line_end(self.text);
        let new = format!("{comma}{between}{end}{indent}{entry}{closing}");
        self.splice(last.end, last.tail, new)
    }

    fn insert_first(&self, entry: &str, open: bool) -> Splice {
        let inner = &self.text[self.open..self.close];
        let outer = indentation(self.text, self.close);
        let end = line_end(self.text);
        if inner.trim().is_empty() {
            if !open && !inner.contains('\n') {
                return self.splice(self.open, self.close, entry.to_owned());
            }
            let entry = indented(self.text, self.open, entry).replace('\n', &format!("\n{INDENT}"));
            let new = format!("{end}{outer}{INDENT}{entry},{end}{outer}");
            return self.splice(self.open, self.close, new);
        }
        // Only comments stand inside: the entry comes behind them, on a line of its own.
        let at = self.open + inner.trim_end().len();
        let rest = &self.text[at..self.close];
        let before_bracket = if rest.contains('\n') {
            rest.to_owned()
        } else {
            format!("{end}{outer}")
        };
        self.splice(
            at,
            self.close,
            format!("{end}{outer}{INDENT}{entry},{before_bracket}"),
        )
    }

    /// Takes the entry at a position away.
    pub(super) fn remove(&self, index: usize) -> Splice {
        let entry = self.entries[index];
        let previous = index.checked_sub(1).map(|index| self.entries[index]);
        let next = self.entries.get(index + 1).copied();
        let line_follows = ends_line(self.text, entry.tail);
        if entry.own_line && line_follows {
            return self.remove_lines(entry);
        }
        match (previous, next) {
            (_, Some(next)) if !next.own_line => {
                self.splice(entry.start, next.start, String::new())
            }
            (_, Some(_)) => {
                // The last one of its line: the blanks before it go too.
                let before = self.text[..entry.start].trim_end_matches([' ', '\t']).len();
                self.splice(before.max(self.open), entry.tail, String::new())
            }
            (Some(previous), None) if entry.comma => {
                self.splice(previous.tail.min(entry.start), entry.tail, String::new())
            }
            (Some(previous), None) if self.plain_between(previous.end, entry.start) => {
                self.splice(previous.end, entry.tail, String::new())
            }
            _ => self.splice(entry.start, entry.tail, String::new()),
        }
    }

    /// Whether no comment stands between two bytes.
    fn plain_between(&self, from: usize, to: usize) -> bool {
        !self.text[from..to].contains('/')
    }

    /// Takes whole lines away: those of the entry, with the comment behind it.
    fn remove_lines(&self, entry: Entry) -> Splice {
        let from = self.text[..entry.start]
            .rfind('\n')
            .map_or(0, |end| end + 1);
        let to = match self.text[entry.tail..].find('\n') {
            // A block comment that follows on the same line stays with what comes after it.
            Some(length) if self.text[entry.tail..entry.tail + length].trim().is_empty() => {
                entry.tail + length + 1
            }
            _ => return self.splice(entry.start, entry.tail, String::new()),
        };
        self.splice(from, to, String::new())
    }
}
