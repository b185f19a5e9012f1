//! The list of all keys.

use super::hits::Hit;
use super::pen::Pen;
use crate::tui::action::{ACTIONS, Context};
use crate::tui::theme::Role;
use ratatui::layout::Rect;

/// Most lines that the list can be scrolled down; it is shorter.
pub const LINES_MAX: usize = 400;

/// One line of the list.
enum Line {
    Heading(&'static str),
    Key(String, &'static str, &'static str),
    Empty,
}

fn lines() -> Vec<Line> {
    let mut lines = Vec::new();
    for context in Context::ALL {
        if !lines.is_empty() {
            lines.push(Line::Empty);
        }
        lines.push(Line::Heading(context.title()));
        for info in ACTIONS
            .iter()
            .filter(|info| info.contexts.contains(&context))
        {
            if !info.keys.is_empty() {
                lines.push(Line::Key(info.keys.join("  "), info.title, info.help));
            }
        }
    }
    lines
}

pub(super) fn draw(scroll: usize, pen: &mut Pen<'_>, area: Rect) {
    let frame = Rect::new(
        area.x + 1,
        area.y,
        area.width.saturating_sub(2),
        area.height.saturating_sub(1),
    );
    pen.clear(frame);
    let inside = pen.panel(frame, "all keys", Role::BorderFocus, true);
    pen.hit(frame, Hit::Layer);
    let all = lines();
    let high = usize::from(inside.height);
    let first = scroll.min(all.len().saturating_sub(high));
    let (title, key) = (pen.style(Role::Title), pen.style(Role::Key));
    let (text, dim) = (pen.style(Role::Text), pen.style(Role::Dim));
    for (row, line) in all.iter().skip(first).take(high).enumerate() {
        let row = row as u16;
        match line {
            Line::Heading(heading) => {
                pen.text(inside, row, 1, heading, title);
            }
            Line::Key(keys, name, help) => {
                let column = pen.text(inside, row, 3, keys, key).max(20) + 1;
                let column = pen.text(inside, row, column, name, text).max(52) + 1;
                pen.fitted(inside, row, column, help, dim);
            }
            Line::Empty => {}
        }
    }
    if first + high < all.len() {
        let more = format!(" {} more lines, space scrolls ", all.len() - first - high);
        let below = Rect::new(
            frame.x,
            frame.bottom().saturating_sub(1),
            frame.width.saturating_sub(2),
            1,
        );
        pen.right(below, 0, &more, dim);
    }
}
