//! What lies over the screen: lists that are searched, and lines of text.

use super::hits::Hit;
use super::pen::{Pen, wrap};
use crate::tui::app::{Pick, Prompt};
use crate::tui::theme::Role;
use crate::tui::widget::fuzzy::Match;
use crate::tui::widget::picker::{Item, Picker};
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Widest list.
const WIDTH_MAX: u16 = 92;
/// Most entries that are shown at once.
const ROWS_MAX: u16 = 16;

/// A rectangle of a size in the upper middle.
fn place(area: Rect, wide: u16, high: u16) -> Rect {
    let (wide, high) = (wide.min(area.width), high.min(area.height));
    let top = (area.height - high) / 4;
    Rect::new(area.x + (area.width - wide) / 2, area.y + top, wide, high)
}

pub(super) fn picker(picker: &Picker<Pick>, pen: &mut Pen<'_>, area: Rect) {
    let wide = area.width.saturating_sub(4).min(WIDTH_MAX);
    let note_rows = u16::from(!picker.note.is_empty());
    let most = (picker.items.len() as u16)
        .min(ROWS_MAX)
        .min(area.height.saturating_sub(5 + note_rows));
    let frame = place(area, wide, most + 3 + note_rows);
    pen.clear(frame);
    let inside = pen.panel(frame, &picker.title, Role::BorderFocus, true);
    pen.hit(frame, Hit::Layer);
    let key = pen.style(Role::Key);
    pen.text(inside, 0, 0, ">", key);
    pen.input(inside, 0, 2, &picker.input);
    let list = Rect::new(
        inside.x,
        inside.y + 1,
        inside.width,
        most.min(inside.height.saturating_sub(1)),
    );
    let high = usize::from(list.height);
    let first = picker.chosen.saturating_sub(high.saturating_sub(1));
    if picker.matches.is_empty() {
        let dim = pen.style(Role::Dim);
        pen.text(list, 0, 2, "Nothing matches.", dim);
    }
    let labels = picker
        .items
        .iter()
        .map(|item| item.label.width())
        .max()
        .unwrap_or(0) as u16;
    let labels = labels.min(list.width * 2 / 5);
    let shown = picker.matches.iter().enumerate().skip(first).take(high);
    for (row, (index, found)) in shown.enumerate() {
        if let Some(item) = picker.items.get(found.index) {
            let line = Rect::new(list.x, list.y + row as u16, list.width, 1);
            entry(item, found, pen, line, labels);
            if index == picker.chosen {
                let style = pen.style(Role::Selected);
                pen.restyle(line, style);
                let mark = pen.get(crate::tui::glyphs::Glyph::Chosen);
                pen.text(line, 0, 0, mark, style);
            }
            pen.hit(line, Hit::Item(index));
        }
    }
    let dim = pen.style(Role::Dim);
    let below = Rect::new(
        inside.x,
        inside.bottom().saturating_sub(note_rows),
        inside.width,
        note_rows,
    );
    pen.fitted(below, 0, 2, &picker.note, dim);
}

/// One entry of a list: its name with the letters that matched, what explains it, and its aside.
fn entry(item: &Item<Pick>, found: &Match, pen: &mut Pen<'_>, line: Rect, labels: u16) {
    let (text, dim) = (pen.style(Role::Strong), pen.style(Role::Dim));
    let matched = pen.style(Role::Match);
    let name = Rect::new(line.x + 2, line.y, labels, 1);
    let shown = pen.glyphs.fit(&item.label, usize::from(labels));
    let mut column = 0;
    for (position, letter) in shown.chars().enumerate() {
        let style = if found.letters.contains(&(position as u32)) {
            matched
        } else {
            text.remove_modifier(Modifier::BOLD)
        };
        pen.text(name, 0, column, letter.encode_utf8(&mut [0; 4]), style);
        column += letter.width().unwrap_or(0) as u16;
    }
    let right = Rect::new(line.x, line.y, line.width.saturating_sub(1), 1);
    let aside = pen.right(right, 0, &item.aside, dim);
    let detail = Rect::new(line.x, line.y, aside.saturating_sub(1), 1);
    pen.fitted(detail, 0, labels + 4, &item.detail, dim);
}

pub(super) fn prompt(prompt: &Prompt, pen: &mut Pen<'_>, area: Rect) {
    let wide = area.width.saturating_sub(4).min(72);
    let problem = wrap(&prompt.problem, usize::from(wide.saturating_sub(4)));
    let ways: Vec<&String> = prompt.completions.iter().take(6).collect();
    let high = 3 + problem.len() as u16 + ways.len() as u16;
    let frame = place(area, wide, high);
    pen.clear(frame);
    let inside = pen.panel(frame, &prompt.title, Role::BorderFocus, true);
    pen.hit(frame, Hit::Layer);
    let key = pen.style(Role::Key);
    pen.text(inside, 0, 0, ">", key);
    pen.input(inside, 0, 2, &prompt.input);
    let (warn, dim) = (pen.style(Role::Warn), pen.style(Role::Dim));
    let mut row = 1;
    for line in &problem {
        pen.text(inside, row, 2, line, warn);
        row += 1;
    }
    for way in ways {
        pen.fitted(inside, row, 2, way, dim);
        row += 1;
    }
}
