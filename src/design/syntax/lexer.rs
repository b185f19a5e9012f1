//! Text into tokens, losslessly: put together again, the tokens are the text.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Blanks and line ends.
    Space,
    /// `// …`, without its line end.
    LineComment,
    /// `/* … */`, nested or not.
    BlockComment,
    /// A word: a field, a variant, `true`, `inf`.
    Word,
    /// A number.
    Number,
    /// `"…"` or `r#"…"#`.
    Text,
    /// `b"…"` or `br#"…"#`.
    Bytes,
    /// `'a'`.
    Char,
    /// `b'a'`.
    Byte,
    /// One of `( [ {`.
    Open,
    /// One of `) ] }`.
    Close,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `#`
    Hash,
    /// `!`
    Bang,
    /// The mark that some editors put at the start of a file.
    ByteOrderMark,
    /// A string, character or block comment that never ends.
    Unterminated,
    /// A character that has no meaning here.
    Unknown,
}

/// A token: what it is and which bytes it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// First byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Token {
    /// Whether it carries no meaning: blanks and comments.
    pub fn is_trivia(self) -> bool {
        use TokenKind::{BlockComment, ByteOrderMark, LineComment, Space};
        matches!(
            self.kind,
            Space | LineComment | BlockComment | ByteOrderMark
        )
    }
}

/// The tokens of a text, one after the other.
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    /// All tokens of a text.
    pub fn new(text: &'a str) -> Lexer<'a> {
        Lexer { text, at: 0 }
    }

    /// The tokens from a byte on, which must be the start of one.
    pub fn from(text: &'a str, at: usize) -> Lexer<'a> {
        Lexer { text, at }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }
}

/// The blanks of RON.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\n'
            | '\t'
            | '\r'
            | '\x0B'
            | '\x0C'
            | '\u{85}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{2028}'
            | '\u{2029}'
    )
}

fn is_word_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How many bytes from the start belong to characters of a sort.
fn while_true(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.find(|c| !holds(c)).unwrap_or(text.len())
}

/// The length of a string or character after its opening quote, closing quote included.
fn quoted(text: &str, quote: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// A raw string that may begin somewhere.
enum RawString {
    /// It does, with this length from its first `#` or `"`.
    Whole(usize),
    /// It does, and never ends.
    Unending,
    /// It does not.
    Absent,
}

fn raw_string(text: &str) -> RawString {
    let hashes = while_true(text, |c| c == '#');
    let Some(body) = text[hashes..].strip_prefix('"') else {
        return RawString::Absent;
    };
    let closing = format!("\"{}", "#".repeat(hashes));
    match body.find(&closing) {
        Some(at) => RawString::Whole(hashes + 1 + at + closing.len()),
        None => RawString::Unending,
    }
}

/// A word that begins with `r`: raw (`r#type`) or not.
fn raw_word(text: &str) -> usize {
    match text.strip_prefix("r#") {
        Some(name) => 2 + while_true(name, |c| is_word(c) || matches!(c, '.' | '+' | '-')),
        None => while_true(text, is_word),
    }
}

/// The length of a block comment after its first `/*`; comments nest.
fn block_comment(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 1);
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'*', b'/') if depth == 1 => return Some(at + 2),
            (b'*', b'/') => {
                depth -= 1;
                at += 2;
            }
            (b'/', b'*') => {
                depth += 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    None
}

/// The length of a character after its opening quote, closing quote included.
fn character(text: &str) -> Option<usize> {
    let mut chars = text.chars();
    match chars.next()? {
        '\\' => quoted(text, b'\''),
        '\n' => None,
        c => (chars.next() == Some('\'')).then(|| c.len_utf8() + 1),
    }
}

/// The length of a number, sign included.
fn number(text: &str) -> usize {
    let sign = usize::from(text.starts_with(['+', '-']));
    let body = &text[sign..];
    let mut end = 0;
    let mut before = ' ';
    let hex = body.starts_with("0x") || body.starts_with("0X");
    for (at, c) in body.char_indices() {
        let exponent_sign = !hex && matches!(c, '+' | '-') && matches!(before, 'e' | 'E');
        if !(is_word(c) || c == '.' || exponent_sign) {
            break;
        }
        end = at + c.len_utf8();
        before = c;
    }
    sign + end
}

/// What begins a text that is not empty, and how long it is.
fn first(text: &str) -> (TokenKind, usize) {
    use TokenKind::{
        Bang, BlockComment, Byte, ByteOrderMark, Bytes, Char, Close, Colon, Comma, Hash,
        LineComment, Number, Open, Space, Text, Unknown, Unterminated, Word,
    };
    let whole = text.len();
    let or_open = |kind, before: usize, length: Option<usize>| match length {
        Some(length) => (kind, (before + length).min(whole)),
        None => (Unterminated, whole),
    };
    let first = text.chars().next().unwrap_or(' ');
    match first {
        '(' | '[' | '{' => (Open, 1),
        ')' | ']' | '}' => (Close, 1),
        ',' => (Comma, 1),
        ':' => (Colon, 1),
        '#' => (Hash, 1),
        '!' => (Bang, 1),
        '"' => or_open(Text, 1, quoted(&text[1..], b'"')),
        '\'' => match character(&text[1..]) {
            Some(length) => (Char, 1 + length),
            // An apostrophe alone: the rest of the line is not worth losing.
            None => (Unknown, 1),
        },
        '/' if text.starts_with("//") => {
            (LineComment, while_true(text, |c| c != '\n' && c != '\r'))
        }
        '/' if text.starts_with("/*") => or_open(BlockComment, 2, block_comment(&text[2..])),
        '\u{FEFF}' => (ByteOrderMark, first.len_utf8()),
        'b' if text.starts_with("b\"") => or_open(Bytes, 2, quoted(&text[2..], b'"')),
        'b' if text.starts_with("b'") => match character(&text[2..]) {
            Some(length) => (Byte, 2 + length),
            None => (Unknown, 2),
        },
        'b' if text.starts_with("br\"") || text.starts_with("br#") => {
            match raw_string(&text[2..]) {
                RawString::Whole(length) => (Bytes, 2 + length),
                RawString::Unending => (Unterminated, whole),
                RawString::Absent => (Word, while_true(text, is_word)),
            }
        }
        'r' if text.starts_with("r\"") || text.starts_with("r#") => match raw_string(&text[1..]) {
            RawString::Whole(length) => (Text, 1 + length),
            RawString::Unending => (Unterminated, whole),
            RawString::Absent => (Word, raw_word(text)),
        },
        '+' | '-' | '.' | '0'..='9' => {
            let length = number(text);
            if length == 0 || text[..length].trim_matches(['+', '-', '.']).is_empty() {
                (Unknown, 1)
            } else {
                (Number, length)
            }
        }
        c if is_blank(c) => (Space, while_true(text, is_blank)),
        c if is_word_start(c) => (Word, while_true(text, is_word)),
        c => (Unknown, c.len_utf8()),
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let (kind, length) = first(rest);
        let start = self.at;
        self.at += length;
        Some(Token {
            kind,
            start,
            end: self.at,
        })
    }
}
