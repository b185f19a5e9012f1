//! Prose and lists of short statements, broken into lines of a width with a hanging indent.

use super::look::width;

/// Words in lines no wider than `columns` where words allow it. The first line begins with `first`,
/// the others are indented as far.
pub(crate) fn wrap(first: &str, text: &str, columns: usize) -> String {
    fill(first, text.split_whitespace(), " ", columns)
}

/// Whole statements joined by a separator; a line is broken only between statements, unless one is
/// wider than a line.
pub(crate) fn wrap_list(first: &str, statements: &[String], dot: &str, columns: usize) -> String {
    let separator = format!(" {dot} ");
    fill(
        first,
        statements.iter().map(String::as_str),
        &separator,
        columns,
    )
}

fn fill<'a>(
    first: &str,
    pieces: impl Iterator<Item = &'a str>,
    separator: &str,
    columns: usize,
) -> String {
    let indent = width(first);
    let mut text = String::from(first);
    let mut used = indent;
    for (index, piece) in pieces.enumerate() {
        if index > 0 {
            if used + width(separator) + width(piece) > columns {
                text.push('\n');
                text.push_str(&" ".repeat(indent));
                used = indent;
            } else {
                text.push_str(separator);
                used += width(separator);
            }
        }
        text.push_str(piece);
        used += width(piece);
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_hangs_under_its_first_word() {
        let text = wrap("  • ", "Retries add 31% load while orders-db is slow.", 24);
        assert_eq!(
            text,
            "  • Retries add 31% load\n    while orders-db is\n    slow.\n"
        );
        assert_eq!(wrap("- ", "", 20), "- \n");
        assert_eq!(
            wrap("", "incomprehensibilities", 5),
            "incomprehensibilities\n"
        );
    }

    #[test]
    fn statements_stay_whole() {
        let statements = [
            "1.31 attempts a call".to_owned(),
            "2,310 retries".to_owned(),
        ];
        assert_eq!(
            wrap_list("x  ", &statements, "·", 40),
            "x  1.31 attempts a call · 2,310 retries\n"
        );
        assert_eq!(
            wrap_list("x  ", &statements, "·", 30),
            "x  1.31 attempts a call\n   2,310 retries\n"
        );
    }
}
