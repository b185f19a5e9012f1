//! Text made harmless for what it is put into.

pub(super) use crate::layout::picture::svg::escaped as markup;

/// Text for an attribute, on one line.
pub(super) fn attribute(text: &str) -> String {
    markup(text).replace(['\n', '\t'], " ")
}

/// Text for Markdown, on one line: nothing in it is a mark, a tag or a link.
pub(super) fn markdown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + text.len() / 8);
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '@' => {
                safe.push('\\');
                safe.push(letter);
            }
            '\n' | '\t' => safe.push(' '),
            _ if letter.is_control() => safe.push('\u{fffd}'),
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(
            markup("<script>alert('x' & \"y\")</script>\u{1b}[0m\u{0}\n"),
            "&lt;script&gt;alert(&#39;x&#39; &amp; &quot;y&quot;)&lt;/script&gt;\u{fffd}[0m\u{fffd}\n"
        );
        assert_eq!(attribute("a\nb\"c"), "a b&quot;c");
        assert_eq!(
            markdown("[x](http://y) `a`|b\n<b> *c* _d_ @e"),
            "\\[x\\](http://y) \\`a\\`\\|b &lt;b&gt; \\*c\\* \\_d\\_ \\@e"
        );
    }
}
