//! Names → symbols, in one table of two columns: one for terminals that show Unicode, one of ASCII.
//! Only box drawing, blocks, braille and arrows of one cell's width everywhere; no emoji, no private
//! use, and none of the triangles that some fonts draw two cells wide.

use ratatui::symbols::border;

/// A symbol by what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// The end of an arrow to the right; also "plays".
    Right,
    /// The end of an arrow to the left.
    Left,
    /// The end of an arrow upwards.
    Up,
    /// The end of an arrow downwards.
    Down,
    /// Something to choose opens here.
    Menu,
    /// Changes that are not saved.
    Unsaved,
    /// A mark on a list's chosen line.
    Chosen,
    /// An entry that is on.
    On,
    /// An entry that is off.
    Off,
    /// Times, as in `×4`.
    Times,
    /// Something is wrong.
    Cross,
    /// All is well.
    Tick,
    /// Text that was cut off.
    Ellipsis,
    /// Between two facts on a line.
    Dot,
    /// A request on its way along a wire.
    Token,
    /// From one to another.
    Arrow,
    /// A thing that is paused.
    Pause,
    /// A thing that rises.
    Rising,
    /// A bar without end.
    Infinity,
    /// A horizontal line.
    Line,
    /// A vertical line.
    Bar,
    /// The text cursor, where a cell cannot be reversed.
    Caret,
    /// A key of return.
    Enter,
}

/// Every symbol with its two columns: Unicode, ASCII.
const TABLE: &[(Glyph, &str, &str)] = &[
    (Glyph::Right, "►", ">"),
    (Glyph::Left, "◄", "<"),
    (Glyph::Up, "▲", "^"),
    (Glyph::Down, "▼", "v"),
    (Glyph::Menu, "▾", "v"),
    (Glyph::Unsaved, "●", "*"),
    (Glyph::Chosen, "▸", ">"),
    (Glyph::On, "■", "x"),
    (Glyph::Off, "□", "-"),
    (Glyph::Times, "×", "x"),
    (Glyph::Cross, "✗", "x"),
    (Glyph::Tick, "✓", "+"),
    (Glyph::Ellipsis, "…", "~"),
    (Glyph::Dot, "·", "-"),
    (Glyph::Token, "•", "o"),
    (Glyph::Arrow, "→", "->"),
    (Glyph::Pause, "‖", "="),
    (Glyph::Rising, "↗", "/"),
    (Glyph::Infinity, "∞", "inf"),
    (Glyph::Line, "─", "-"),
    (Glyph::Bar, "│", "|"),
    (Glyph::Caret, "▏", "|"),
    (Glyph::Enter, "⏎", "enter"),
];

/// Eighths of a cell from the left.
const EIGHTHS: [&str; 9] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];
/// Eighths of a cell from below.
const HEIGHTS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/// The same without Unicode.
const HEIGHTS_ASCII: [&str; 8] = [".", ".", ":", ":", "+", "+", "#", "#"];

const BORDER_ASCII: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// The table for one terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    /// Whether characters beyond ASCII are shown.
    pub unicode: bool,
}

impl Glyphs {
    /// The symbol of a name.
    pub fn get(self, glyph: Glyph) -> &'static str {
        let row = TABLE.iter().find(|(name, ..)| *name == glyph);
        row.map_or(
            " ",
            |(_, unicode, ascii)| {
                if self.unicode { unicode } else { ascii }
            },
        )
    }

    /// The border of panels.
    pub fn border(self) -> border::Set<'static> {
        if self.unicode {
            border::PLAIN
        } else {
            BORDER_ASCII
        }
    }

    /// The border of what lies over panels.
    pub fn border_raised(self) -> border::Set<'static> {
        if self.unicode {
            border::ROUNDED
        } else {
            BORDER_ASCII
        }
    }

    /// A bar of a width in cells, filled to a share (0 to 1; more is full). A share above 0 always
    /// shows something.
    pub fn gauge(self, width: u16, share: f64) -> String {
        let share = if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            1.0
        };
        let steps = if self.unicode { 8 } else { 1 };
        let all = usize::from(width) * steps;
        let mut filled = (share * all as f64).round() as usize;
        if share > 0.0 && width > 0 {
            filled = filled.max(1);
        }
        let mut bar = String::new();
        for cell in 0..usize::from(width) {
            let part = filled.saturating_sub(cell * steps).min(steps);
            bar.push_str(match (self.unicode, part) {
                (true, part) => EIGHTHS[part],
                (false, 0) => " ",
                (false, _) => "#",
            });
        }
        bar
    }

    /// One character for a value out of `max`, by its height.
    pub fn height(self, value: f64, max: f64) -> &'static str {
        let share = if max > 0.0 { value / max } else { 0.0 };
        let share = if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            1.0
        };
        let step = (share * 7.0).round() as usize;
        if self.unicode {
            HEIGHTS[step]
        } else {
            HEIGHTS_ASCII[step]
        }
    }

    /// Values as a line of heights, one character each, scaled to the highest.
    pub fn spark(self, values: &[f64]) -> String {
        let max = values.iter().copied().fold(0.0, f64::max);
        values
            .iter()
            .map(|value| self.height(*value, max))
            .collect()
    }

    /// A text cut to a width in cells, with a mark where something is missing.
    pub fn fit(self, text: &str, width: usize) -> String {
        use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
        if text.width() <= width {
            return text.to_owned();
        }
        let Some(room) = width.checked_sub(1) else {
            return String::new();
        };
        let mut used = 0;
        let mut cut = String::new();
        for letter in text.chars() {
            let wide = letter.width().unwrap_or(0);
            if used + wide > room {
                break;
            }
            used += wide;
            cut.push(letter);
        }
        cut + self.get(Glyph::Ellipsis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    const FULL: Glyphs = Glyphs { unicode: true };
    const ASCII: Glyphs = Glyphs { unicode: false };

    #[test]
    fn unicode_symbols_take_one_cell_and_the_others_are_ascii() {
        for (name, unicode, ascii) in TABLE {
            assert_eq!(unicode.width(), 1, "{name:?}");
            assert!(ascii.is_ascii(), "{name:?}");
        }
    }

    #[test]
    fn gauges_have_their_width_and_show_every_load_above_nothing() {
        assert_eq!(FULL.gauge(8, 0.58), "████▋   ");
        assert_eq!(FULL.gauge(4, 0.001), "▏   ");
        assert_eq!(FULL.gauge(4, 7.0), "████");
        assert_eq!(FULL.gauge(4, f64::NAN), "████");
        assert_eq!(FULL.gauge(0, 0.5), "");
        assert_eq!(ASCII.gauge(4, 0.5), "##  ");
    }

    #[test]
    fn sparklines_are_scaled_to_their_highest() {
        assert_eq!(FULL.spark(&[0.0, 1.0, 2.0, 4.0]), "▁▃▅█");
        assert_eq!(FULL.spark(&[]), "");
        assert_eq!(FULL.spark(&[0.0]), "▁");
        assert_eq!(ASCII.spark(&[0.0, 4.0]), ".#");
    }

    #[test]
    fn texts_are_cut_with_a_mark() {
        assert_eq!(FULL.fit("orders-db", 9), "orders-db");
        assert_eq!(FULL.fit("orders-db", 5), "orde…");
        assert_eq!(ASCII.fit("orders-db", 5), "orde~");
        assert_eq!(FULL.fit("宽宽宽", 4), "宽…");
        assert_eq!(FULL.fit("a", 0), "");
    }
}
