//! Spans of time, such as faults, below a chart and along its axis.

use super::Pen;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// Something that lasts from one moment to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Its name.
    pub name: String,
    /// Start and end in seconds; an end that is not known yet is infinite.
    pub time_s: (f64, f64),
    /// Made by hand.
    pub by_hand: bool,
    /// It is chosen.
    pub selected: bool,
}

/// Spans over the same time as a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultTimeline<'a> {
    /// The spans, in order of their start.
    pub spans: &'a [Span],
    /// First and last moment in seconds.
    pub time_s: (f64, f64),
    /// The present moment: what is later is dimmed.
    pub now_s: f64,
}

impl FaultTimeline<'_> {
    /// Draws the spans, on as many rows as there are; those that have no room are counted at the end.
    pub fn draw(&self, pen: Pen, buffer: &mut Buffer, area: Rect) {
        let area = area.intersection(buffer.area);
        let (from, to) = self.time_s;
        if area.is_empty() || !(to > from) {
            return;
        }
        let column = |seconds: f64| {
            let share = ((seconds - from) / (to - from)).clamp(0.0, 1.0);
            if share.is_nan() {
                0
            } else {
                (share * f64::from(area.width)) as u16
            }
        };
        let mut rows: Vec<u16> = vec![0; usize::from(area.height)];
        let mut left_out = 0;
        for span in self.spans {
            if span.time_s.1 < from || span.time_s.0 > to {
                continue;
            }
            let start = column(span.time_s.0).min(area.width - 1);
            let end = column(span.time_s.1).clamp(start + 1, area.width);
            let name = if span.by_hand {
                format!("{} (you)", span.name)
            } else {
                span.name.clone()
            };
            let width = name.width() as u16;
            // The name stands behind the bar, or before it where it ends at the edge.
            let behind = end + 1 + width <= area.width;
            let before = !behind && start > width;
            let (first, last) = match (behind, before) {
                (true, _) => (start, end + 1 + width),
                (_, true) => (start - width - 1, end),
                _ => (start, end),
            };
            let Some(row) = rows.iter().position(|&free| first >= free) else {
                left_out += 1;
                continue;
            };
            rows[row] = last + 1;
            let row = row as u16;
            let role = match (span.selected, span.time_s.0 > self.now_s) {
                (true, _) => Role::Selected,
                (_, true) => Role::Faint,
                _ => Role::Bad,
            };
            let mark = match (pen.glyphs.unicode, span.by_hand) {
                (true, false) => "━",
                (true, true) => "╍",
                (false, false) => "=",
                (false, true) => "~",
            };
            let within = !behind && !before && end - start >= width + 4;
            let bar = mark.repeat(usize::from(end - start));
            pen.text(buffer, area, (start, row), &bar, role);
            if behind {
                pen.text(buffer, area, (end + 1, row), &name, role);
            } else if before {
                pen.text(buffer, area, (first, row), &name, role);
            } else if within {
                let name = format!(" {name} ");
                pen.text(buffer, area, (start + 1, row), &name, role);
            }
        }
        if left_out > 0 {
            let text = format!("+{left_out}");
            pen.text_right(buffer, area, area.height - 1, &text, Role::Dim);
        }
    }
}
