//! The canonical layout of a document: four spaces a level, one entry a line where a bracket does
//! not fit on one, trailing commas there, at most one blank line in a row. Comments stay with what
//! they stood at, and the meaning never changes. Formatting twice is formatting once.
//!
//! A bracket stays open over several lines if it does not fit into 100 columns, holds a comment, or
//! had its first entry on a line of its own; the document itself and the maps right inside it always
//! do.

use super::diagnostic::Diagnostic;
use super::syntax::{Lexer, Token, TokenKind, Value, parse, print};

/// Widest line, in characters.
const WIDTH: usize = 100;
/// Spaces of one level.
const INDENT: usize = 4;

/// The text of a document in its canonical layout.
///
/// # Errors
/// What is wrong with the syntax; nothing is formatted then.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let parsed = parse(text, 0);
    if !parsed.errors.is_empty() {
        return Err(parsed.errors);
    }
    Ok(layout(text))
}

/// A document that exists only as a tree, in its canonical layout.
pub fn print_document(root: &Value) -> String {
    layout(&format!("#![enable(implicit_some)]\n{}", print(root)))
}

fn layout(text: &str) -> String {
    let mut reader = Reader {
        text,
        tokens: Lexer::new(text).collect(),
        at: 0,
    };
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let header = reader.entry(&[TokenKind::Close], true);
    write_entry(&header, 0, true, &mut out);
    for entry in reader.rest() {
        write_entry(&entry, 0, true, &mut out);
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// A part of a value: a run of tokens, or a bracket with entries.
#[derive(Debug)]
enum Piece<'a> {
    Plain(&'a str),
    Colon,
    Bracket(Bracket<'a>),
}

#[derive(Debug)]
struct Bracket<'a> {
    open: &'a str,
    close: &'a str,
    entries: Vec<Entry<'a>>,
    /// Comments before the closing bracket.
    last: Vec<Comment<'a>>,
    /// Whether the first entry began a line.
    broken: bool,
}

#[derive(Debug, Clone, Copy)]
struct Comment<'a> {
    text: &'a str,
    blank_before: bool,
}

#[derive(Debug, Default)]
struct Entry<'a> {
    blank_before: bool,
    /// Comments on the lines before it.
    before: Vec<Comment<'a>>,
    /// Whether a blank line stood between these comments and it.
    blank_after_comments: bool,
    pieces: Vec<Piece<'a>>,
    /// The comment behind it on the same line.
    behind: Option<&'a str>,
}

struct Reader<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    fn slice(&self, token: Token) -> &'a str {
        &self.text[token.start..token.end]
    }

    /// Line ends in the blanks here; takes them.
    fn blanks(&mut self) -> usize {
        let mut lines = 0;
        while let Some(token) = self.peek() {
            if !matches!(token.kind, TokenKind::Space | TokenKind::ByteOrderMark) {
                break;
            }
            lines += self.slice(token).matches('\n').count();
            self.at += 1;
        }
        lines
    }

    /// Comments here; says too whether a blank line follows the last.
    fn comments(&mut self, first_lines: usize) -> (Vec<Comment<'a>>, bool) {
        let mut comments = Vec::new();
        let mut lines = first_lines;
        while let Some(token) = self.peek() {
            if !matches!(token.kind, TokenKind::LineComment | TokenKind::BlockComment) {
                break;
            }
            comments.push(Comment {
                text: self.slice(token).trim_end(),
                blank_before: lines > 1,
            });
            self.at += 1;
            lines = self.blanks();
        }
        (comments, lines > 1)
    }

    /// One entry up to its comma or a closing bracket. The document itself (`top`) has no commas:
    /// an attribute ends at its closing bracket.
    fn entry(&mut self, ends: &[TokenKind], top: bool) -> Entry<'a> {
        let mut entry = Entry::default();
        let lines = self.blanks();
        entry.blank_before = lines > 1;
        let (before, blank) = self.comments(lines);
        (entry.before, entry.blank_after_comments) = (before, blank);
        let attribute = top
            && self
                .peek()
                .is_some_and(|token| token.kind == TokenKind::Hash);
        while let Some(token) = self.peek() {
            match token.kind {
                TokenKind::Comma => break,
                kind if ends.contains(&kind) => break,
                TokenKind::Space | TokenKind::ByteOrderMark => self.at += 1,
                TokenKind::LineComment | TokenKind::BlockComment => {
                    // A comment that ends the line of the entry stays there; one in its middle moves before it.
                    if self.ends_entry(ends) {
                        break;
                    }
                    let text = self.slice(token).trim_end();
                    entry.before.push(Comment {
                        text,
                        blank_before: false,
                    });
                    self.at += 1;
                }
                TokenKind::Colon => {
                    entry.pieces.push(Piece::Colon);
                    self.at += 1;
                }
                TokenKind::Open => {
                    let bracket = self.bracket();
                    entry.pieces.push(Piece::Bracket(bracket));
                    if attribute {
                        break;
                    }
                }
                _ => {
                    entry.pieces.push(Piece::Plain(self.slice(token)));
                    self.at += 1;
                }
            }
        }
        if top && !attribute {
            return entry;
        }
        self.behind(&mut entry);
        entry
    }

    /// Whether only comments and blanks stand before the end of this entry.
    fn ends_entry(&self, ends: &[TokenKind]) -> bool {
        let next = self.tokens[self.at..]
            .iter()
            .find(|token| !token.is_trivia());
        next.is_none_or(|token| token.kind == TokenKind::Comma || ends.contains(&token.kind))
    }

    /// Takes the comma of an entry and the comment behind it on its line.
    fn behind(&mut self, entry: &mut Entry<'a>) {
        let mut found = None;
        loop {
            let start = self.at;
            let lines = self.blanks();
            match self.peek() {
                Some(token) if token.kind == TokenKind::Comma => self.at += 1,
                Some(token)
                    if lines == 0
                        && found.is_none()
                        && matches!(
                            token.kind,
                            TokenKind::LineComment | TokenKind::BlockComment
                        )
                        && !self.slice(token).contains('\n') =>
                {
                    found = Some(self.slice(token).trim_end());
                    self.at += 1;
                    if token.kind == TokenKind::LineComment {
                        // The comma may still follow on the next line.
                        let mark = self.at;
                        self.blanks();
                        if self
                            .peek()
                            .is_some_and(|token| token.kind == TokenKind::Comma)
                        {
                            self.at += 1;
                        } else {
                            self.at = mark;
                        }
                        break;
                    }
                }
                _ => {
                    self.at = start;
                    break;
                }
            }
        }
        entry.behind = found;
    }

    fn bracket(&mut self) -> Bracket<'a> {
        let open = self.peek().map_or("(", |token| self.slice(token));
        self.at += 1;
        let close = match open {
            "(" => ")",
            "[" => "]",
            _ => "}",
        };
        let mut bracket = Bracket {
            open,
            close,
            entries: Vec::new(),
            last: Vec::new(),
            broken: false,
        };
        loop {
            let start = self.at;
            let lines = self.blanks();
            if bracket.entries.is_empty() && lines > 0 {
                bracket.broken = true;
            }
            let (comments, _) = self.comments(lines);
            match self.peek() {
                None => break,
                Some(token) if token.kind == TokenKind::Close => {
                    self.at += 1;
                    bracket.last = comments;
                    break;
                }
                Some(_) => {
                    self.at = start;
                    bracket.entries.push(self.entry(&[TokenKind::Close], false));
                }
            }
        }
        bracket.broken &= !bracket.entries.is_empty();
        bracket
    }

    /// What stands at the top level after the first part.
    fn rest(&mut self) -> Vec<Entry<'a>> {
        let mut entries = Vec::new();
        while self.at < self.tokens.len() {
            let start = self.at;
            let entry = self.entry(&[TokenKind::Close], true);
            if self.at == start {
                // Nothing but a stray bracket could stand here, and the parser has refused that.
                break;
            }
            if !entry.pieces.is_empty() || !entry.before.is_empty() {
                entries.push(entry);
            }
        }
        // Comments after the end of the document.
        entries
    }
}

impl Bracket<'_> {
    /// Whether it can stand on one line as far as comments and the author go.
    fn may_join(&self) -> bool {
        !self.broken && self.last.is_empty() && self.entries.iter().all(Entry::may_join)
    }
}

impl Entry<'_> {
    fn may_join(&self) -> bool {
        self.before.is_empty()
            && self.behind.is_none()
            && self.pieces.iter().all(|piece| match piece {
                Piece::Bracket(bracket) => bracket.may_join(),
                Piece::Plain(text) => !text.contains('\n'),
                Piece::Colon => true,
            })
    }

    /// The entry on one line.
    fn joined(&self, out: &mut String) {
        for piece in &self.pieces {
            match piece {
                Piece::Plain(text) => out.push_str(text),
                Piece::Colon => out.push_str(": "),
                Piece::Bracket(bracket) => bracket.joined(out),
            }
        }
    }
}

impl Bracket<'_> {
    fn joined(&self, out: &mut String) {
        out.push_str(self.open);
        for (index, entry) in self.entries.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            entry.joined(out);
        }
        out.push_str(self.close);
    }
}

fn new_line(level: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', level * INDENT));
}

/// The column at which the text goes on.
fn column(out: &str) -> usize {
    let line = out.rfind('\n').map_or(0, |at| at + 1);
    out[line..].chars().count()
}

/// Writes an entry with its comments; at the top level each part begins a line.
fn write_entry(entry: &Entry<'_>, level: usize, top: bool, out: &mut String) {
    for comment in &entry.before {
        start_line(comment.blank_before, level, out);
        out.push_str(comment.text);
    }
    if !entry.pieces.is_empty() {
        let blank = if entry.before.is_empty() {
            entry.blank_before
        } else {
            entry.blank_after_comments
        };
        start_line(blank, level, out);
    }
    for (index, piece) in entry.pieces.iter().enumerate() {
        match piece {
            Piece::Plain(text) => out.push_str(text),
            Piece::Colon => out.push_str(": "),
            Piece::Bracket(bracket) => {
                let attribute = top && matches!(entry.pieces.first(), Some(Piece::Plain("#")));
                let open = !attribute && (top || (level == 1 && bracket.open == "{"));
                let last = index + 1 == entry.pieces.len();
                write_bracket(bracket, level, open, last && !top, out);
            }
        }
    }
    if !top && !entry.pieces.is_empty() {
        out.push(',');
    }
    if let Some(behind) = entry.behind {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(behind);
    }
}

/// Begins a line, after a blank one if one stood there; but never two, nor one after a bracket.
fn start_line(blank: bool, level: usize, out: &mut String) {
    if out.is_empty() {
        return;
    }
    if blank && !out.ends_with(['(', '[', '{']) {
        out.push('\n');
    }
    new_line(level, out);
}

fn write_bracket(bracket: &Bracket<'_>, level: usize, open: bool, comma: bool, out: &mut String) {
    let nothing = bracket.entries.is_empty() && bracket.last.is_empty();
    if nothing || (!open && bracket.may_join()) {
        let mut line = String::new();
        bracket.joined(&mut line);
        let width = column(out) + line.chars().count() + usize::from(comma);
        if nothing || width <= WIDTH {
            out.push_str(&line);
            return;
        }
    }
    out.push_str(bracket.open);
    for entry in &bracket.entries {
        write_entry(entry, level + 1, false, out);
    }
    for comment in &bracket.last {
        start_line(comment.blank_before, level + 1, out);
        out.push_str(comment.text);
    }
    new_line(level, out);
    out.push_str(bracket.close);
}
