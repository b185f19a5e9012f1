//! Tokens into a tree. A mistake is reported and the rest is still read, so that one pass finds
//! several; the nesting limit alone ends it.

use super::lexer::{Lexer, Token, TokenKind};
use super::{BYTES_MAX, DEPTH_MAX, Data, Number, Span, VALUES_MAX, Value, Word};
use crate::design::diagnostic::{Diagnostic, suggest};

/// A text as a tree, with what was wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The value of the document; absent if there is none.
    pub value: Option<Value>,
    /// The extensions that the text switches on: `implicit_some` and such.
    pub extensions: Vec<Word>,
    /// What was wrong.
    pub errors: Vec<Diagnostic>,
}

/// The extensions of RON. All are understood; `implicit_some` is always on.
const EXTENSIONS: [&str; 4] = [
    "implicit_some",
    "unwrap_newtypes",
    "unwrap_variant_newtypes",
    "explicit_struct_names",
];

/// After this many mistakes the rest of a text is not read: they would be consequences.
const ERRORS_MAX: usize = 50;

/// The text in a file's bytes, without a byte order mark, if it can be a design at all.
///
/// # Errors
/// Says what is wrong with a file that is too large, binary, or not UTF-8.
pub fn check_bytes(bytes: &[u8]) -> Result<&str, String> {
    if bytes.len() > BYTES_MAX {
        let mebibytes = bytes.len() >> 20;
        let limit = BYTES_MAX >> 20;
        return Err(format!(
            "the file has {mebibytes} MiB; a design can have at most {limit} MiB"
        ));
    }
    let line_of = |at: usize| bytes[..at].split(|byte| *byte == b'\n').count();
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        let line = line_of(at);
        return Err(format!(
            "this is a binary file (a NUL byte in line {line}), but a design is text in RON"
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = line_of(error.valid_up_to());
        format!("line {line} is not valid UTF-8, but a design is text in RON")
    })?;
    Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text))
}

/// Reads a text. Spans in the result name `source` as their text.
pub fn parse(text: &str, source: u32) -> Parsed {
    let mut parser = Parser {
        text,
        source,
        lexer: Lexer::new(text),
        next: None,
        last_end: 0,
        open: Vec::new(),
        values: 0,
        errors: Vec::new(),
        given_up: false,
    };
    if text.len() > BYTES_MAX {
        let message = format!("the text is larger than {} MiB", BYTES_MAX >> 20);
        let errors = vec![Diagnostic::error(
            Span {
                source,
                start: 0,
                end: 0,
            },
            message,
        )];
        return Parsed {
            value: None,
            extensions: Vec::new(),
            errors,
        };
    }
    parser.advance();
    let mut extensions = Vec::new();
    while parser.at(TokenKind::Hash) {
        parser.attribute(&mut extensions);
    }
    let value = match parser.next {
        None => {
            parser.report_here(
                "the document is empty",
                "expected a design: `(format: 1, nodes: {…})`",
            );
            None
        }
        Some(_) => Some(parser.value()),
    };
    if parser.next.is_some() {
        parser.report_here(
            "there is something after the end of the document",
            "expected nothing more",
        );
    }
    Parsed {
        value,
        extensions,
        errors: parser.errors,
    }
}

struct Parser<'a> {
    text: &'a str,
    source: u32,
    lexer: Lexer<'a>,
    /// The next token that is not trivia.
    next: Option<Token>,
    /// Where the last token that was taken ended.
    last_end: usize,
    /// The brackets that are open.
    open: Vec<Token>,
    values: usize,
    errors: Vec<Diagnostic>,
    given_up: bool,
}

impl<'a> Parser<'a> {
    fn advance(&mut self) {
        if let Some(token) = self.next {
            self.last_end = token.end;
        }
        self.next = if self.given_up {
            None
        } else {
            self.lexer.find(|token| !token.is_trivia())
        };
    }

    fn at(&self, kind: TokenKind) -> bool {
        self.next.is_some_and(|token| token.kind == kind)
    }

    fn slice(&self, token: Token) -> &'a str {
        &self.text[token.start..token.end]
    }

    fn next_is(&self, text: &str) -> bool {
        self.next.is_some_and(|token| self.slice(token) == text)
    }

    /// The token after the next one.
    fn second(&self) -> Option<Token> {
        self.lexer.clone().find(|token| !token.is_trivia())
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span {
            source: self.source,
            start: start as u32,
            end: end as u32,
        }
    }

    fn span_of(&self, token: Token) -> Span {
        self.span(token.start, token.end)
    }

    /// Where the next token stands, or the end of the text.
    fn here(&self) -> Span {
        match self.next {
            Some(token) => self.span_of(token),
            None => self.span(self.last_end, self.last_end),
        }
    }

    fn report(&mut self, error: Diagnostic) {
        if self.given_up {
            return;
        }
        self.errors.push(error);
        if self.errors.len() >= ERRORS_MAX {
            self.give_up();
        }
    }

    fn report_here(&mut self, message: &str, label: &str) {
        let error = Diagnostic::error(self.here(), message).label(label);
        self.report(error);
    }

    fn give_up(&mut self) {
        self.given_up = true;
        self.next = None;
    }

    /// What stands next, for a message.
    fn found(&self) -> String {
        match self.next {
            None => "the end of the text".to_owned(),
            Some(token) => {
                let short: String = self.slice(token).chars().take(30).collect();
                format!(
                    "`{}`",
                    short.escape_debug().to_string().replace("\\\"", "\"")
                )
            }
        }
    }

    /// `#![enable(a, b)]`
    fn attribute(&mut self, extensions: &mut Vec<Word>) {
        const WANTED: &str = "expected `#![enable(implicit_some)]`";
        for text in ["#", "!", "[", "enable", "("] {
            if !self.next_is(text) {
                let message = format!("unexpected {} in an attribute", self.found());
                self.report_here(&message, WANTED);
                self.give_up();
                return;
            }
            self.advance();
        }
        while let Some(token) = self.next.filter(|token| token.kind == TokenKind::Word) {
            let word = Word {
                text: self.slice(token).to_owned(),
                span: self.span_of(token),
            };
            if !EXTENSIONS.contains(&word.text.as_str()) {
                let message = format!("unknown extension `{}`", word.text);
                let mut error = Diagnostic::error(word.span, message);
                error.help = suggest(&word.text, EXTENSIONS);
                self.report(error);
            }
            extensions.push(word);
            self.advance();
            if self.at(TokenKind::Comma) {
                self.advance();
            }
        }
        for text in [")", "]"] {
            if !self.next_is(text) {
                let message = format!("unexpected {} in an attribute", self.found());
                self.report_here(&message, WANTED);
                self.give_up();
                return;
            }
            self.advance();
        }
    }

    fn value(&mut self) -> Value {
        self.values += 1;
        if self.values > VALUES_MAX {
            let message = format!("the document has more than {VALUES_MAX} values");
            self.report_here(&message, "this one is too many");
            self.give_up();
        }
        let start = self.next.map_or(self.last_end, |token| token.start);
        let data = self.data();
        Value {
            span: self.span(start, self.last_end.max(start)),
            data,
        }
    }

    fn data(&mut self) -> Data {
        let Some(token) = self.next else {
            self.report_here(
                "the text ends where a value should stand",
                "expected a value",
            );
            return Data::Broken;
        };
        match token.kind {
            TokenKind::Word => self.word(token),
            TokenKind::Open => match self.slice(token) {
                "(" => self.parentheses(None),
                "[" => Data::List(self.entries(Parser::can_start_value, Self::value)),
                _ => Data::Map(self.entries(Parser::can_start_value, Self::map_entry)),
            },
            TokenKind::Close | TokenKind::Comma | TokenKind::Colon => {
                let message = format!("a value is missing before {}", self.found());
                self.report_here(&message, "expected a value");
                Data::Broken
            }
            _ => {
                self.advance();
                self.literal(token)
            }
        }
    }

    fn word(&mut self, token: Token) -> Data {
        self.advance();
        let text = self.slice(token);
        match text {
            "true" => return Data::Bool(true),
            "false" => return Data::Bool(false),
            "inf" | "inff32" | "inff64" => return Data::Number(Number::Real(f64::INFINITY)),
            "NaN" | "NaNf32" | "NaNf64" => return Data::Number(Number::Real(f64::NAN)),
            _ => {}
        }
        let name = text.strip_prefix("r#").unwrap_or(text).to_owned();
        if self.next_is("(") {
            return self.parentheses(Some(Word {
                text: name,
                span: self.span_of(token),
            }));
        }
        Data::Name(name)
    }

    fn parentheses(&mut self, name: Option<Word>) -> Data {
        let open = self.next;
        let is_struct = {
            let mut ahead = self.lexer.clone().filter(|token| !token.is_trivia());
            let first = ahead.next();
            first.is_some_and(|token| token.kind == TokenKind::Word)
                && ahead
                    .next()
                    .is_some_and(|token| token.kind == TokenKind::Colon)
        };
        debug_assert!(open.is_some(), "called at an opening bracket");
        if is_struct {
            Data::Struct(name, self.entries(Self::can_start_field, Self::field))
        } else {
            Data::Tuple(name, self.entries(Parser::can_start_value, Self::value))
        }
    }

    fn can_start_value(&self) -> bool {
        use TokenKind::{Close, Colon, Comma};
        self.next
            .is_some_and(|token| !matches!(token.kind, Close | Comma | Colon))
    }

    fn can_start_field(&self) -> bool {
        self.at(TokenKind::Word)
            && self
                .second()
                .is_some_and(|token| token.kind == TokenKind::Colon)
    }

    /// What stands between brackets, separated by commas; the opening bracket is next.
    fn entries<T>(
        &mut self,
        can_start: impl Fn(&Self) -> bool,
        one: impl Fn(&mut Self) -> T,
    ) -> Vec<T> {
        let Some(open) = self.next else {
            return Vec::new();
        };
        self.open.push(open);
        if self.open.len() > DEPTH_MAX {
            let message = format!("brackets are nested more than {DEPTH_MAX} deep");
            self.report_here(&message, "this bracket is too deep");
            self.give_up();
        }
        self.advance();
        let mut entries = Vec::new();
        while !self.ends(open) {
            entries.push(one(self));
            if self.at(TokenKind::Comma) {
                self.advance();
            } else if !self
                .next
                .is_some_and(|token| token.kind == TokenKind::Close)
            {
                self.after_entry(open, &can_start);
            }
        }
        self.open.pop();
        entries
    }

    /// Whether the brackets that opened at `open` end here; takes the closing bracket.
    fn ends(&mut self, open: Token) -> bool {
        let Some(token) = self.next else {
            let message = format!("`{}` is never closed", self.slice(open));
            let wanted = format!("expected `{}`", closing(self.slice(open)));
            let error = Diagnostic::error(self.here(), message)
                .label(wanted)
                .also(self.span_of(open), "opened here");
            // One message is enough for all the brackets that are open.
            self.report(error);
            self.given_up = true;
            return true;
        };
        if token.kind != TokenKind::Close {
            return false;
        }
        let found = self.slice(token);
        let wanted = closing(self.slice(open));
        if found == wanted {
            self.advance();
            return true;
        }
        let message = format!("`{found}` does not close `{}`", self.slice(open));
        let error = Diagnostic::error(self.span_of(token), message)
            .label(format!("expected `{wanted}`"))
            .also(self.span_of(open), "opened here");
        self.report(error);
        let outer = &self.open[..self.open.len().saturating_sub(1)];
        let closes_outer = outer
            .iter()
            .any(|outer| closing(self.slice(*outer)) == found);
        if !closes_outer {
            self.advance();
        }
        closes_outer
    }

    /// Neither a comma nor a closing bracket follows an entry.
    fn after_entry(&mut self, open: Token, can_start: &impl Fn(&Self) -> bool) {
        if self.next.is_none() {
            return;
        }
        let wanted = format!("expected `,` or `{}`", closing(self.slice(open)));
        if can_start(self) {
            let place = self.span(self.last_end, self.last_end);
            let message = format!("a comma is missing before {}", self.found());
            self.report(Diagnostic::error(place, message).label(wanted));
            return;
        }
        if self.at(TokenKind::Colon) && self.slice(open) == "(" {
            let label = "expected either names for all arguments or for none";
            self.report_here("arguments with and without names are mixed", label);
        } else {
            let message = format!("unexpected {}", self.found());
            self.report_here(&message, &wanted);
        }
        self.skip();
    }

    /// Skips to the next comma (and over it) or closing bracket of this level.
    fn skip(&mut self) {
        let mut depth = 0usize;
        while let Some(token) = self.next {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close if depth == 0 => return,
                TokenKind::Close => depth -= 1,
                TokenKind::Comma if depth == 0 => {
                    self.advance();
                    return;
                }
                _ => {}
            }
            self.advance();
        }
    }

    fn field(&mut self) -> (Word, Value) {
        let Some(token) = self.next.filter(|token| token.kind == TokenKind::Word) else {
            let message = format!("unexpected {}", self.found());
            self.report_here(&message, "expected a field: `name: value`");
            let span = self.here();
            self.skip_to_separator();
            let word = Word {
                text: String::new(),
                span,
            };
            return (
                word,
                Value {
                    span,
                    data: Data::Broken,
                },
            );
        };
        let text = self.slice(token);
        let name = text.strip_prefix("r#").unwrap_or(text).to_owned();
        let word = Word {
            text: name,
            span: self.span_of(token),
        };
        self.advance();
        let value = self.after_colon(&word.text);
        (word, value)
    }

    fn map_entry(&mut self) -> (Value, Value) {
        let key = self.value();
        let shown = self.text.get(key.span.range()).unwrap_or("").to_owned();
        let value = self.after_colon(&shown);
        (key, value)
    }

    fn after_colon(&mut self, name: &str) -> Value {
        if self.at(TokenKind::Colon) {
            self.advance();
            return self.value();
        }
        let short: String = name.chars().take(40).collect();
        let message = format!("`:` is missing after `{short}`");
        let span = self.here();
        self.report_here(&message, "expected `:` and a value");
        self.skip_to_separator();
        Value {
            span,
            data: Data::Broken,
        }
    }

    /// Skips to the next comma or closing bracket of this level, and leaves it.
    fn skip_to_separator(&mut self) {
        let mut depth = 0usize;
        while let Some(token) = self.next {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close | TokenKind::Comma if depth == 0 => return,
                TokenKind::Close => depth -= 1,
                _ => {}
            }
            self.advance();
        }
    }

    fn literal(&mut self, token: Token) -> Data {
        let text = self.slice(token);
        let span = self.span_of(token);
        let result = match token.kind {
            TokenKind::Number => super::literal::number(text).map(Data::Number),
            TokenKind::Text => super::literal::text(text).map(Data::Text),
            TokenKind::Bytes => super::literal::bytes(text).map(Data::Bytes),
            TokenKind::Char => super::literal::character(text).map(Data::Char),
            TokenKind::Byte => super::literal::byte(text).map(|byte| {
                Data::Number(Number::Whole {
                    negative: false,
                    magnitude: u64::from(byte),
                })
            }),
            TokenKind::Unterminated => {
                let what = if text.starts_with("/*") {
                    "comment"
                } else {
                    "text"
                };
                let start = Span {
                    end: span.start + 1,
                    ..span
                };
                self.report(Diagnostic::error(start, format!("this {what} never ends")));
                self.give_up();
                return Data::Broken;
            }
            _ => {
                let short: String = text.chars().take(20).collect();
                Err(format!("`{}` has no meaning here", short.escape_debug()))
            }
        };
        result.unwrap_or_else(|message| {
            self.report(Diagnostic::error(span, message).label("expected a value"));
            Data::Broken
        })
    }
}

/// The bracket that closes another.
fn closing(open: &str) -> &'static str {
    match open {
        "(" => ")",
        "[" => "]",
        _ => "}",
    }
}
