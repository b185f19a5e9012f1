//! Drawing that cannot leave its area: everything is clipped, so no size of the screen can panic.

use super::hits::{Hit, Hits};
use crate::tui::app::App;
use crate::tui::glyphs::{Glyph, Glyphs};
use crate::tui::theme::{Role, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthChar;

/// A buffer with what is needed to draw on it.
pub(crate) struct Pen<'a> {
    buffer: &'a mut Buffer,
    /// Styles.
    pub(crate) theme: Theme,
    /// Symbols.
    pub(crate) glyphs: Glyphs,
    /// Where things are.
    pub(crate) hits: Hits,
    /// Where the text cursor stands.
    pub(crate) cursor: Option<Position>,
}

impl<'a> Pen<'a> {
    pub(crate) fn new(buffer: &'a mut Buffer, app: &App) -> Pen<'a> {
        let mut hits = Hits::default();
        hits.clicked = app.hits.clicked;
        Pen {
            buffer,
            theme: app.theme,
            glyphs: app.glyphs,
            hits,
            cursor: None,
        }
    }

    /// The whole screen.
    pub(crate) fn area(&self) -> Rect {
        self.buffer.area
    }

    /// The buffer itself, for what clips by itself.
    pub(crate) fn buffer(&mut self) -> &mut Buffer {
        self.buffer
    }

    pub(crate) fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    pub(crate) fn get(&self, glyph: Glyph) -> &'static str {
        self.glyphs.get(glyph)
    }

    /// Puts one symbol into a cell.
    pub(crate) fn cell(&mut self, column: u16, row: u16, symbol: &str, style: Style) {
        if let Some(cell) = self.buffer.cell_mut(Position::new(column, row)) {
            cell.set_symbol(symbol).set_style(style);
        }
    }

    /// Gives a cell another style.
    pub(crate) fn restyle(&mut self, area: Rect, style: Style) {
        let seen = area.intersection(self.buffer.area);
        self.buffer.set_style(seen, style);
    }

    /// Writes a text into an area from a column of it on, and returns the column behind it. What
    /// does not fit is left out; control characters are.
    pub(crate) fn text(
        &mut self,
        area: Rect,
        row: u16,
        column: u16,
        text: &str,
        style: Style,
    ) -> u16 {
        let seen = area.intersection(self.buffer.area);
        let y = area.y.saturating_add(row);
        let mut x = area.x.saturating_add(column);
        if y < seen.y || y >= seen.bottom() {
            return column;
        }
        for letter in text.chars() {
            let letter = if self.glyphs.unicode {
                letter
            } else {
                ascii(letter)
            };
            let wide = letter.width().unwrap_or(0) as u16;
            if wide == 0 {
                continue;
            }
            if x.saturating_add(wide) > seen.right() {
                break;
            }
            if x >= seen.x {
                let symbol = letter.encode_utf8(&mut [0; 4]).to_owned();
                self.cell(x, y, &symbol, style);
                for rest in 1..wide {
                    self.cell(x + rest, y, " ", style);
                }
            }
            x += wide;
        }
        x.saturating_sub(area.x)
    }

    /// Writes a text, cut with a mark if it does not fit.
    pub(crate) fn fitted(
        &mut self,
        area: Rect,
        row: u16,
        column: u16,
        text: &str,
        style: Style,
    ) -> u16 {
        let room = area.width.saturating_sub(column);
        let text = self.glyphs.fit(text, usize::from(room));
        self.text(area, row, column, &text, style)
    }

    /// Writes a text at the right end of a row, and returns the column where it begins.
    pub(crate) fn right(&mut self, area: Rect, row: u16, text: &str, style: Style) -> u16 {
        let wide = unicode_width::UnicodeWidthStr::width(text) as u16;
        let column = area.width.saturating_sub(wide);
        self.text(area, row, column, text, style);
        column
    }

    /// Blanks an area.
    pub(crate) fn clear(&mut self, area: Rect) {
        let seen = area.intersection(self.buffer.area);
        for y in seen.y..seen.bottom() {
            for x in seen.x..seen.right() {
                if let Some(cell) = self.buffer.cell_mut(Position::new(x, y)) {
                    cell.reset();
                }
            }
        }
    }

    /// A frame with a title; returns what is inside.
    pub(crate) fn panel(&mut self, area: Rect, title: &str, role: Role, raised: bool) -> Rect {
        if area.width < 2 || area.height < 2 {
            return Rect::default();
        }
        let set = if raised {
            self.glyphs.border_raised()
        } else {
            self.glyphs.border()
        };
        let style = self.style(role);
        let (right, bottom) = (area.right() - 1, area.bottom() - 1);
        for x in area.x + 1..right {
            self.cell(x, area.y, set.horizontal_top, style);
            self.cell(x, bottom, set.horizontal_bottom, style);
        }
        for y in area.y + 1..bottom {
            self.cell(area.x, y, set.vertical_left, style);
            self.cell(right, y, set.vertical_right, style);
        }
        self.cell(area.x, area.y, set.top_left, style);
        self.cell(right, area.y, set.top_right, style);
        self.cell(area.x, bottom, set.bottom_left, style);
        self.cell(right, bottom, set.bottom_right, style);
        if !title.is_empty() && area.width > 6 {
            let room = usize::from(area.width) - 6;
            let title = format!(" {} ", self.glyphs.fit(title, room));
            let bold = self.style(Role::Title);
            let style = if role == Role::Border { bold } else { style };
            self.text(area, 0, 2, &title, style);
        }
        Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2)
    }

    /// Marks an area for the mouse.
    pub(crate) fn hit(&mut self, area: Rect, hit: Hit) {
        let seen = area.intersection(self.buffer.area);
        self.hits.add(seen, hit);
    }

    /// A line of text that is being typed, with its cursor; scrolled so that the cursor is seen.
    pub(crate) fn input(
        &mut self,
        area: Rect,
        row: u16,
        column: u16,
        input: &crate::tui::widget::input::Input,
    ) {
        use unicode_width::UnicodeWidthStr;
        let room = usize::from(area.width.saturating_sub(column));
        let before = input.before();
        let mut start = 0;
        while before
            .get(start..)
            .is_some_and(|seen| seen.width() >= room.max(1))
        {
            let step = before.get(start..).and_then(|rest| rest.chars().next());
            start += step.map_or(1, char::len_utf8);
            if start >= before.len() {
                break;
            }
        }
        let shown = input.text().get(start..).unwrap_or("");
        let style = self.style(Role::Strong);
        self.text(area, row, column, shown, style);
        let offset = before.get(start..).unwrap_or("").width() as u16;
        let at = Position::new(area.x + column + offset, area.y + row);
        let inside = area.intersection(self.area());
        if inside.contains(at) {
            let cursor = self.style(Role::Cursor);
            self.restyle(Rect::new(at.x, at.y, 1, 1), cursor);
            self.cursor = Some(at);
        }
    }
}

/// What stands for a character on a terminal that shows only ASCII.
fn ascii(letter: char) -> char {
    match letter {
        letter if letter.is_ascii() => letter,
        '·' | '–' | '—' | '─' => '-',
        '→' | '►' | '▸' => '>',
        '←' | '◄' => '<',
        '×' => 'x',
        '…' => '~',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        '│' => '|',
        'µ' => 'u',
        _ => '?',
    }
}

/// A text as lines of at most so many columns, broken between words.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    use unicode_width::UnicodeWidthStr;
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let gap = usize::from(!line.is_empty());
        if !line.is_empty() && line.width() + gap + word.width() > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}
