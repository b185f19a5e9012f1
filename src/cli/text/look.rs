//! How text may look on the terminal it is for: its width, whether colours and characters beyond
//! ASCII can be shown. Styles are asked for by role, symbols by name.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    /// Columns.
    pub(crate) width: usize,
    /// Colours may be used. They are never the only sign.
    pub(crate) color: bool,
    /// Characters beyond ASCII may be used.
    pub(crate) unicode: bool,
}

/// What a piece of text is, which decides its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Role {
    /// Ordinary text and figures.
    #[default]
    Plain,
    /// The title of a section.
    Title,
    /// What the eye should find first.
    Strong,
    /// What is there for a second look: column names, units, intervals.
    Dim,
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// Worth attention.
    Warn,
    /// The ink of bars and plots.
    Ink,
    /// The ink of a second series in the same plot.
    SecondInk,
}

impl Role {
    /// The parameters of its escape sequence: from the sixteen colours that every terminal has.
    fn style(self) -> &'static str {
        match self {
            Role::Plain => "",
            Role::Title => "1;36",
            Role::Strong => "1",
            Role::Dim => "2",
            Role::Good => "32",
            Role::Bad => "1;31",
            Role::Warn => "33",
            Role::Ink => "36",
            Role::SecondInk => "35",
        }
    }
}

/// The symbols that have a plain twin.
macro_rules! symbols {
    ($($(#[doc = $doc:literal])* $name:ident: $rich:literal, $plain:literal;)*) => {
        impl Look {
            $($(#[doc = $doc])* pub(crate) fn $name(self) -> &'static str {
                if self.unicode { $rich } else { $plain }
            })*
        }
    };
}

symbols! {
    /// Points from caller to callee.
    arrow: "→", "->";
    /// Between the ends of an interval.
    to: "–", "-";
    /// Where there is no figure.
    none: "–", "-";
    /// Separates short statements on a line.
    dot: "·", "|";
    /// Multiplies.
    times: "×", "x";
    /// Where text was left out.
    ellipsis: "…", "..";
    /// An objective that is met, or a case that agrees.
    tick: "✓", "+";
    /// An objective that is not met, or a case that does not agree.
    cross: "✗", "x";
    /// Begins an entry of a list.
    bullet: "•", "*";
    /// Marks a place on an axis below it.
    mark: "▲", "^";
    /// A span of time in which something is wrong.
    span: "━", "=";
}

impl Look {
    /// Text as it is, without colour, 80 columns wide.
    #[cfg(test)]
    pub(crate) const PLAIN: Look = Look {
        width: 80,
        color: false,
        unicode: true,
    };

    /// Text in the style of a role.
    pub(crate) fn paint(self, role: Role, text: &str) -> String {
        let style = role.style();
        if !self.color || style.is_empty() || text.is_empty() {
            return text.to_owned();
        }
        format!("\u{1b}[{style}m{text}\u{1b}[0m")
    }

    /// A name or a sentence from a design or a result as it may be shown: no control characters,
    /// which could change the terminal, and arrows drawn as arrows.
    pub(crate) fn name(self, text: &str) -> String {
        let mut safe = String::with_capacity(text.len());
        for character in text.chars() {
            match character {
                _ if character.is_control() => safe.push('?'),
                _ if !self.unicode && !character.is_ascii() => safe.push_str(in_ascii(character)),
                _ => safe.push(character),
            }
        }
        safe.replace(" -> ", &format!(" {} ", self.arrow()))
    }

    /// Text cut in its middle to a number of columns: names often differ at both ends.
    pub(crate) fn shorten(self, text: &str, columns: usize) -> String {
        if width(text) <= columns {
            return text.to_owned();
        }
        let left_out = self.ellipsis();
        let Some(kept) = columns.checked_sub(left_out.width()) else {
            return take_columns(text.chars(), columns);
        };
        let head = take_columns(text.chars(), kept / 2);
        let tail = take_columns(text.chars().rev(), kept - width(&head));
        let tail: String = tail.chars().rev().collect();
        format!("{head}{left_out}{tail}")
    }
}

/// What stands for a character beyond ASCII that our own sentences use.
fn in_ascii(character: char) -> &'static str {
    match character {
        'µ' | 'μ' => "u",
        '×' => "x",
        '–' | '−' => "-",
        '→' => "->",
        '…' => "...",
        '≤' => "<=",
        '≥' => ">=",
        '’' => "'",
        _ => "?",
    }
}

/// As many of the characters as fit into a number of columns.
fn take_columns(characters: impl Iterator<Item = char>, columns: usize) -> String {
    let mut used = 0;
    characters
        .take_while(|character| {
            used += character.width().unwrap_or(0);
            used <= columns
        })
        .collect()
}

/// The columns that a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASCII: Look = Look {
        width: 80,
        color: true,
        unicode: false,
    };

    #[test]
    fn names_cannot_change_the_terminal() {
        assert_eq!(Look::PLAIN.name("a\u{1b}[31m -> b\n"), "a?[31m → b?");
        assert_eq!(ASCII.name("größe -> b"), "gr??e -> b");
        assert_eq!(ASCII.name("85 µs × 3"), "85 us x 3");
    }

    #[test]
    fn long_names_are_cut_in_the_middle() {
        let look = Look::PLAIN;
        assert_eq!(
            look.shorten("shoppers → edge/POST /orders", 17),
            "shoppers… /orders"
        );
        assert_eq!(look.shorten("short", 17), "short");
        assert_eq!(look.shorten("数据库服务器", 7), "数…务器");
        assert_eq!(ASCII.shorten("abcdefgh", 6), "ab..gh");
        assert_eq!(ASCII.shorten("abcdefgh", 1), "a");
        assert_eq!(ASCII.shorten("abcdefgh", 0), "");
    }

    #[test]
    fn styles_are_only_used_where_colours_may_be() {
        assert_eq!(ASCII.paint(Role::Bad, "x"), "\u{1b}[1;31mx\u{1b}[0m");
        assert_eq!(ASCII.paint(Role::Plain, "x"), "x");
        assert_eq!(ASCII.paint(Role::Bad, ""), "");
        assert_eq!(Look::PLAIN.paint(Role::Bad, "x"), "x");
    }
}
