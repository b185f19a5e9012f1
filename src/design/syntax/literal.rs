//! The values of literals: numbers, texts, bytes and characters. Each takes the whole token.

use super::Number;

/// The types that a number may carry as a suffix; they change nothing here.
const SUFFIXES: [&str; 14] = [
    "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "f32",
    "f64",
];

/// The value of a number.
///
/// # Errors
/// Says what is wrong with it.
pub(super) fn number(text: &str) -> Result<Number, String> {
    let wrong = || {
        format!(
            "`{}` is not a number",
            text.chars().take(40).collect::<String>()
        )
    };
    let (negative, body) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let sign = if negative { -1.0 } else { 1.0 };
    let (radix, digits) = match body.get(..2) {
        Some("0x" | "0X") => (16, &body[2..]),
        Some("0b" | "0B") => (2, &body[2..]),
        Some("0o" | "0O") => (8, &body[2..]),
        _ => (10, body),
    };
    let suffix = SUFFIXES.iter().find(|suffix| {
        let could_be_digits = radix == 16 && suffix.starts_with('f');
        digits.len() > suffix.len() && digits.ends_with(*suffix) && !could_be_digits
    });
    let digits = suffix.map_or(digits, |suffix| &digits[..digits.len() - suffix.len()]);
    match digits {
        "inf" => return Ok(Number::Real(sign * f64::INFINITY)),
        "NaN" => return Ok(Number::Real(f64::NAN)),
        _ if digits.starts_with('_') => return Err(wrong()),
        _ => {}
    }
    let plain: String = digits.chars().filter(|c| *c != '_').collect();
    let whole = !plain.is_empty() && plain.chars().all(|c| c.is_digit(radix));
    if whole && !suffix.is_some_and(|suffix| suffix.starts_with('f')) {
        if let Ok(magnitude) = u64::from_str_radix(&plain, radix) {
            return Ok(Number::Whole {
                negative,
                magnitude,
            });
        }
        return match radix {
            10 => plain
                .parse()
                .map(|value: f64| Number::Real(sign * value))
                .map_err(|_| wrong()),
            _ => Err(format!("`{text}` is larger than 64 bits")),
        };
    }
    let is_float = plain
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    if radix != 10 || !is_float {
        return Err(wrong());
    }
    plain
        .parse()
        .map(|value: f64| Number::Real(sign * value))
        .map_err(|_| wrong())
}

/// What stands between the hashes and quotes of a raw string.
fn raw(text: &str) -> &str {
    let hashes = text.bytes().take_while(|byte| *byte == b'#').count();
    text.get(hashes + 1..text.len().saturating_sub(hashes + 1))
        .unwrap_or("")
}

/// What stands between the first and the last character.
fn inner(text: &str) -> &str {
    text.get(1..text.len().saturating_sub(1)).unwrap_or("")
}

/// The value of a string.
///
/// # Errors
/// Says which escape is wrong.
pub(super) fn text(text: &str) -> Result<String, String> {
    if let Some(body) = text.strip_prefix('r') {
        return Ok(raw(body).to_owned());
    }
    let body = inner(text);
    if !body.contains('\\') {
        return Ok(body.to_owned());
    }
    let mut value = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        let (escaped, length) = escape(&rest[at..])?;
        match escaped {
            Escaped::Char(c) => value.push(c),
            Escaped::Byte(byte) => value.push(char::from(byte)),
        }
        rest = &rest[at + length..];
    }
    value.push_str(rest);
    Ok(value)
}

/// The value of a byte string.
///
/// # Errors
/// Says which escape is wrong.
pub(super) fn bytes(text: &str) -> Result<Vec<u8>, String> {
    if let Some(body) = text.strip_prefix("br") {
        return Ok(raw(body).as_bytes().to_vec());
    }
    let mut rest = inner(&text[1..]);
    let mut value = Vec::with_capacity(rest.len());
    while let Some(at) = rest.find('\\') {
        value.extend_from_slice(&rest.as_bytes()[..at]);
        let (escaped, length) = escape(&rest[at..])?;
        match escaped {
            Escaped::Char(c) => value.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Escaped::Byte(byte) => value.push(byte),
        }
        rest = &rest[at + length..];
    }
    value.extend_from_slice(rest.as_bytes());
    Ok(value)
}

/// The value of a character.
///
/// # Errors
/// Says what is wrong with it.
pub(super) fn character(text: &str) -> Result<char, String> {
    let value = self::text(text)?;
    let mut chars = value.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Ok(c),
        _ => Err(format!("{text} is not one character")),
    }
}

/// The value of a byte: `b'a'`.
///
/// # Errors
/// Says what is wrong with it.
pub(super) fn byte(text: &str) -> Result<u8, String> {
    let value = bytes(text)?;
    match value.as_slice() {
        [byte] => Ok(*byte),
        _ => Err(format!("{text} is not one byte")),
    }
}

enum Escaped {
    Char(char),
    Byte(u8),
}

/// The meaning and length of an escape that begins with a backslash.
fn escape(text: &str) -> Result<(Escaped, usize), String> {
    let wrong = || {
        let short: String = text.chars().take(4).collect();
        format!("`{short}` is not an escape; write a backslash as `\\\\`")
    };
    let simple = |c| Ok((Escaped::Char(c), 2));
    match text.as_bytes().get(1) {
        Some(b'n') => simple('\n'),
        Some(b'r') => simple('\r'),
        Some(b't') => simple('\t'),
        Some(b'0') => simple('\0'),
        Some(b'\\') => simple('\\'),
        Some(b'\'') => simple('\''),
        Some(b'"') => simple('"'),
        Some(b'x') => {
            let digits = text.get(2..4).ok_or_else(wrong)?;
            let value = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
            Ok((Escaped::Byte(value), 4))
        }
        Some(b'u') => {
            let body = text
                .get(3..)
                .filter(|_| text.as_bytes().get(2) == Some(&b'{'));
            let end = body.and_then(|body| body.find('}')).ok_or_else(wrong)?;
            let digits = text.get(3..3 + end).ok_or_else(wrong)?;
            let value = u32::from_str_radix(digits, 16).map_err(|_| wrong())?;
            let c = char::from_u32(value).ok_or_else(wrong)?;
            Ok((Escaped::Char(c), 4 + end))
        }
        _ => Err(wrong()),
    }
}
