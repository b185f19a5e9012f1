//! The faults of a design as lanes over the time of the run, each with its name.

use super::hits::Hit;
use super::live::pen_of;
use super::pen::Pen;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::charts::time_axis;
use crate::tui::document::faults::{Lane, fault_of, lanes};
use crate::tui::glyphs::Glyph;
use crate::tui::theme::Role;
use crate::tui::update::rows_of_inspector;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// Faults over the run.
#[derive(Debug)]
pub(super) struct Lanes {
    rows: Vec<Lane>,
    chosen: Option<usize>,
    end_s: f64,
}

impl Lanes {
    /// The faults of the design, of which a path of the inspector chooses one.
    pub(super) fn of(app: &App, path: &str) -> Lanes {
        let design = app.document.design();
        Lanes {
            rows: lanes(design),
            chosen: fault_of(path),
            end_s: design.run.duration.as_secs(),
        }
    }

    /// Rows that it takes if it may have them: the axis, the lanes, the buttons.
    pub(super) fn height(&self) -> u16 {
        match self.rows.len() {
            0 => 0,
            lanes => lanes.min(12) as u16 + 2,
        }
    }

    /// Draws the lanes, those around the chosen one if there is no room for all.
    pub(super) fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        if area.height < 2 || area.width < 8 || self.rows.is_empty() {
            return;
        }
        let names = self.rows.iter().map(|lane| lane.name.width() + 3);
        let names = names.max().unwrap_or(0) as u16;
        let names = names.min(area.width * 2 / 5);
        let width = area.width - names;
        let axis = Rect::new(area.x + names, area.y, width, 1);
        time_axis(pen_of(app), pen.buffer(), axis, (0.0, self.end_s));
        let buttons = u16::from(area.height > 3 && self.chosen.is_some());
        let high = usize::from(area.height - 1 - buttons);
        let first = self.chosen.unwrap_or(0).saturating_sub(high / 2);
        let first = first.min(self.rows.len().saturating_sub(high));
        let rows = rows_of_inspector(app);
        let shown = self.rows.iter().enumerate().skip(first).take(high);
        for (row, (index, lane)) in shown.enumerate() {
            let line = Rect::new(area.x, area.y + 1 + row as u16, area.width, 1);
            self.lane(pen, line, names, lane, self.chosen == Some(index));
            let path = format!("faults/{index}");
            if let Some(row) = rows.iter().position(|row| row.path == path) {
                pen.hit(line, Hit::Row(row));
            }
        }
        if buttons > 0 {
            let last = Rect::new(area.x, area.bottom() - 1, area.width, 1);
            move_buttons(pen, last);
        }
    }

    fn lane(&self, pen: &mut Pen<'_>, line: Rect, names: u16, lane: &Lane, chosen: bool) {
        let (name, bar) = if chosen {
            (pen.style(Role::Strong), pen.style(Role::Accent))
        } else {
            (pen.style(Role::Text), pen.style(Role::Bad))
        };
        if chosen {
            let mark = pen.get(Glyph::Chosen);
            pen.text(line, 0, 0, mark, name);
        }
        let left = Rect::new(line.x, line.y, names.saturating_sub(1), 1);
        pen.fitted(left, 0, 1, &lane.name, name);
        let faint = pen.style(Role::Faint);
        let columns = line.width - names;
        // A fault that comes again at drawn times is dashed, as what is expected.
        let (mark, rest) = match (pen.glyphs.unicode, lane.repeats) {
            (true, false) => ("━", "·"),
            (true, true) => ("╍", "·"),
            (false, false) => ("=", "."),
            (false, true) => ("~", "."),
        };
        for column in 0..columns {
            let from = self.end_s * f64::from(column) / f64::from(columns);
            let to = self.end_s * f64::from(column + 1) / f64::from(columns);
            let covered = lane
                .spans_s
                .iter()
                .any(|(start, end)| *start < to && (*end > from || *start >= from));
            let (symbol, style) = if covered { (mark, bar) } else { (rest, faint) };
            pen.text(line, 0, names + column, symbol, style);
        }
    }
}

/// What the keys do to the chosen fault, to click on.
fn move_buttons(pen: &mut Pen<'_>, line: Rect) {
    let (dim, key) = (pen.style(Role::Dim), pen.style(Role::Key));
    let mut column = 1;
    for (words, actions) in [
        ("begin", [Action::FaultEarlier, Action::FaultLater]),
        ("end", [Action::FaultShorter, Action::FaultLonger]),
    ] {
        column = pen.text(line, 0, column, words, dim) + 1;
        for action in actions {
            let keys = action.info().keys.first().copied().unwrap_or_default();
            let from = column;
            column = pen.text(line, 0, column, &format!(" {keys} "), key);
            let wide = column.saturating_sub(from);
            pen.hit(
                Rect::new(line.x + from, line.y, wide, 1),
                Hit::Action(action),
            );
        }
        column += 1;
    }
}
