//! RON as text with places: a lossless lexer, and a tree of values that knows where in the text
//! each of them stands. What the tree does not hold (comments, blank lines, commas) is found again
//! in the text by the lexer; so an edit can leave it alone.
//!
//! Limits, so that no file can exhaust memory or the stack: [`BYTES_MAX`], [`DEPTH_MAX`],
//! [`VALUES_MAX`].

mod lexer;
mod literal;
mod parser;
mod print;

#[cfg(test)]
mod tests;

pub use lexer::{Lexer, Token, TokenKind};
pub use parser::{Parsed, check_bytes, parse};
pub(crate) use print::print_word;
pub use print::{print, quote};

/// Largest file that is read.
pub const BYTES_MAX: usize = 16 << 20;
/// Deepest nesting of brackets.
pub const DEPTH_MAX: usize = 128;
/// Most values in one file, those inside others included.
pub const VALUES_MAX: usize = 2_000_000;

/// A place in a text: bytes from `start` up to `end`, in one of the texts of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// Which text: its number in [`super::diagnostic::Sources`].
    pub source: u32,
    /// First byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The bytes as a range, for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..(self.end as usize).max(self.start as usize)
    }

    /// From the start of this to the end of another in the same text.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span {
            end: other.end.max(self.end),
            ..self
        }
    }

    /// Nothing, just before the end of this.
    #[must_use]
    pub fn last(self) -> Span {
        Span {
            start: self.end.saturating_sub(1).max(self.start),
            ..self
        }
    }
}

/// A name in the text: of a field, a struct or a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The name, without `r#`.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// Where it stands, brackets and name included.
    pub span: Span,
    /// What it is.
    pub data: Data,
}

/// What a value is, as far as syntax goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A character: `'a'`.
    Char(char),
    /// A string, unescaped.
    Text(String),
    /// A byte string, unescaped.
    Bytes(Vec<u8>),
    /// A bare word: `None`, `Lru`.
    Name(String),
    /// `[a, b]`.
    List(Vec<Value>),
    /// `{a: b}`.
    Map(Vec<(Value, Value)>),
    /// `(a, b)` or `Name(a, b)`; also `()`.
    Tuple(Option<Word>, Vec<Value>),
    /// `(a: b)` or `Name(a: b)`.
    Struct(Option<Word>, Vec<(Word, Value)>),
    /// Something that could not be read; it has been reported.
    Broken,
}

/// A number as far as syntax goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number of up to 64 bits.
    Whole {
        /// Whether a minus stands before it.
        negative: bool,
        /// Its absolute value.
        magnitude: u64,
    },
    /// Any other: with a point or exponent, `inf`, `NaN`, or beyond 64 bits.
    Real(f64),
}

impl Number {
    /// The nearest float.
    pub fn as_f64(self) -> f64 {
        match self {
            Number::Whole {
                negative: true,
                magnitude,
            } => -(magnitude as f64),
            Number::Whole {
                negative: false,
                magnitude,
            } => magnitude as f64,
            Number::Real(value) => value,
        }
    }
}

impl Value {
    /// The name before the brackets of a struct or tuple, or a bare word itself.
    pub fn name(&self) -> Option<&str> {
        match &self.data {
            Data::Name(name) => Some(name),
            Data::Tuple(word, _) | Data::Struct(word, _) => {
                word.as_ref().map(|word| word.text.as_str())
            }
            _ => None,
        }
    }

    /// Where the name stands, or the whole value if it has none.
    pub fn name_span(&self) -> Span {
        match &self.data {
            Data::Tuple(Some(word), _) | Data::Struct(Some(word), _) => word.span,
            _ => self.span,
        }
    }

    /// Whether other values stand inside.
    pub fn is_container(&self) -> bool {
        use Data::{List, Map, Struct, Tuple};
        matches!(self.data, List(_) | Map(_) | Tuple(..) | Struct(..))
    }

    /// What to mark when a message is about the value as a whole: the name before its brackets,
    /// the opening bracket, or all of a simple value.
    pub fn head_span(&self) -> Span {
        match &self.data {
            Data::Tuple(Some(word), _) | Data::Struct(Some(word), _) => word.span,
            _ if self.is_container() => Span {
                end: self.span.start + 1,
                ..self.span
            },
            _ => self.span,
        }
    }

    /// The value inside `Measured(…)`, `Quoted(…)`, `Guess(…)` and `Some(…)`, however often wrapped.
    pub fn bare(&self) -> &Value {
        let mut value = self;
        while let Data::Tuple(Some(word), items) = &value.data {
            match (word.text.as_str(), items.as_slice()) {
                ("Some", [inner]) | ("Measured" | "Quoted" | "Guess", [inner] | [inner, _]) => {
                    value = inner;
                }
                _ => break,
            }
        }
        value
    }

    /// What to call a value of this shape in a message.
    pub fn described(&self) -> String {
        match &self.data {
            Data::Bool(value) => format!("`{value}`"),
            Data::Number(_) => "a number".to_owned(),
            Data::Char(_) => "a character".to_owned(),
            Data::Text(text) => {
                let short: String = text.chars().take(40).collect();
                format!("the text {}", quote(&short))
            }
            Data::Bytes(_) => "bytes".to_owned(),
            Data::Name(name) => format!("`{name}`"),
            Data::List(_) => "a list".to_owned(),
            Data::Map(_) => "a map".to_owned(),
            Data::Tuple(None, items) if items.is_empty() => "`()`".to_owned(),
            Data::Tuple(None, _) => "a tuple".to_owned(),
            Data::Struct(None, _) => "named fields".to_owned(),
            Data::Tuple(Some(word), _) | Data::Struct(Some(word), _) => {
                format!("`{}(…)`", word.text)
            }
            Data::Broken => "something unreadable".to_owned(),
        }
    }
}
