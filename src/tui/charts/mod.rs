//! Charts for the terminal: pure functions from figures to cells. Everything clips; no size and no
//! value panics; each has a form without Unicode, and none relies on colour alone.

mod density;
mod line;
mod timeline;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use axis::time_step;
pub use axis::{Scale, Unit};
pub use density::{Bin, Density, Mark};
pub(crate) use line::time_axis;
pub use line::{Line, LineChart};
pub use timeline::{FaultTimeline, Span};

use crate::insight::axis;
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::{Role, Theme, heat_step};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

/// What everything is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pen {
    /// Roles → styles.
    pub theme: Theme,
    /// Names → symbols.
    pub glyphs: Glyphs,
}

impl Pen {
    /// The style of a role.
    pub fn style(self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// Writes a text from a cell on, cut where the area ends. Gives the cells that it took.
    pub fn text(
        self,
        buffer: &mut Buffer,
        area: Rect,
        at: (u16, u16),
        text: &str,
        role: Role,
    ) -> u16 {
        let (x, y) = (area.x.saturating_add(at.0), area.y.saturating_add(at.1));
        let area = area.intersection(buffer.area);
        if !area.contains(Position { x, y }) {
            return 0;
        }
        let room = area.right() - x;
        let cut = self.glyphs.fit(text, usize::from(room));
        let style = self.style(role);
        let (end, _) = buffer.set_stringn(x, y, &cut, usize::from(room), style);
        end - x
    }

    /// Writes a text that ends at the right edge of an area.
    pub fn text_right(self, buffer: &mut Buffer, area: Rect, y: u16, text: &str, role: Role) {
        let width = text.width().min(usize::from(area.width)) as u16;
        self.text(buffer, area, (area.width - width, y), text, role);
    }

    /// A bar for a share, in the colour of its load. Not only the colour says how full it is.
    pub fn gauge(self, buffer: &mut Buffer, area: Rect, share: f64) {
        let bar = self.glyphs.gauge(area.width, share);
        self.text(buffer, area, (0, 0), &bar, Role::Heat(heat_step(share)));
    }

    /// The last values as heights, as many as fit.
    pub fn spark(self, buffer: &mut Buffer, area: Rect, values: &[f64], role: Role) {
        let first = values.len().saturating_sub(usize::from(area.width));
        let line = self.glyphs.spark(values.get(first..).unwrap_or_default());
        self.text(buffer, area, (0, 0), &line, role);
    }

    /// A frame with a title; gives the area inside.
    pub fn panel(self, buffer: &mut Buffer, area: Rect, title: &str, focus: bool) -> Rect {
        use ratatui::widgets::{Block, Widget};
        let area = area.intersection(buffer.area);
        if area.width < 2 || area.height < 2 {
            return Rect::ZERO;
        }
        let room = usize::from(area.width).saturating_sub(4);
        let title = self.glyphs.fit(title, room);
        let border = if focus {
            Role::BorderFocus
        } else {
            Role::Border
        };
        let block = Block::bordered()
            .border_set(self.glyphs.border())
            .border_style(self.style(border));
        let block = if title.is_empty() {
            block
        } else {
            let title = format!("{} {title} ", block_line(self.glyphs));
            block.title_top(ratatui::text::Line::styled(title, self.style(Role::Title)))
        };
        let inside = block.inner(area);
        block.render(area, buffer);
        inside
    }
}

fn block_line(glyphs: Glyphs) -> &'static str {
    glyphs.get(crate::tui::glyphs::Glyph::Line)
}
