//! One request from start to end: a line for each span, in order of time, as deep as its call.

use crate::insight::words::time;
use crate::sim::result::{Exemplar, Span};
use crate::tui::charts::Pen;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Kinds of time with what fills their bars: Unicode, ASCII, and the colour.
const FILLS: [(&str, &str, &str, Role); 5] = [
    ("service", "█", "#", Role::Series(3)),
    ("wait", "░", ".", Role::Series(1)),
    ("network", "─", "-", Role::Series(0)),
    ("call", "╌", "_", Role::Dim),
    // Pools, locks, backoff, delays: all that only waits.
    ("", "▒", "~", Role::Series(2)),
];

fn fill(what: &str) -> (&'static str, &'static str, Role) {
    let known = FILLS
        .iter()
        .find(|(name, ..)| *name == what)
        .unwrap_or(&FILLS[4]);
    (known.1, known.2, known.3)
}

/// Draws a trace; the last line says what the fills mean.
pub(super) fn draw(pen: Pen, buffer: &mut Buffer, area: Rect, trace: &Exemplar, line: usize) {
    if area.height < 2 {
        return;
    }
    let head = format!(
        "{} request: {}, began at {} of replication {}",
        trace.which,
        time(trace.latency_s),
        time(trace.start_s),
        trace.replication
    );
    pen.text(buffer, area, (0, 0), &head, Role::Strong);
    let legend = u16::from(area.height > 4);
    let rows = Rect {
        y: area.y + 1,
        height: area.height - 1 - legend,
        ..area
    };
    let names = (area.width / 3).clamp(8.min(area.width), 32);
    let room = usize::from(rows.height);
    let first = (line + 1).saturating_sub(room);
    for (i, span) in trace.spans.iter().enumerate().skip(first).take(room) {
        let y = (i - first) as u16;
        draw_span(pen, buffer, rows, (y, names), trace, (span, i == line));
    }
    if legend > 0 {
        draw_legend(pen, buffer, area);
    }
}

fn draw_span(
    pen: Pen,
    buffer: &mut Buffer,
    area: Rect,
    (y, names): (u16, u16),
    trace: &Exemplar,
    (span, chosen): (&Span, bool),
) {
    let indent = " ".repeat((span.depth as usize).min(8));
    let name = format!("{indent}{} {}", span.place, span.what);
    let role = match (chosen, span.critical) {
        (true, _) => Role::Selected,
        (_, true) => Role::Text,
        _ => Role::Dim,
    };
    let cut = pen.glyphs.fit(&name, usize::from(names.saturating_sub(1)));
    pen.text(buffer, area, (0, y), &cut, role);
    let length = format!("{:>8} ", time(span.length_s));
    let at = names + pen.text(buffer, area, (names, y), &length, role);
    let width = area.width.saturating_sub(at);
    if width == 0 || !(trace.latency_s > 0.0) {
        return;
    }
    let place = |seconds: f64| (seconds / trace.latency_s).clamp(0.0, 1.0) * f64::from(width);
    let from = (place(span.start_s) as u16).min(width - 1);
    let to = (place(span.start_s + span.length_s).ceil() as u16).clamp(from + 1, width);
    let (unicode, ascii, color) = fill(&span.what);
    let symbol = if pen.glyphs.unicode { unicode } else { ascii };
    // What the answer did not wait for is dimmed.
    let role = if span.critical { color } else { Role::Faint };
    pen.text(
        buffer,
        area,
        (at + from, y),
        &symbol.repeat(usize::from(to - from)),
        role,
    );
}

fn draw_legend(pen: Pen, buffer: &mut Buffer, area: Rect) {
    let mut x = 0;
    for (name, unicode, ascii, role) in FILLS {
        let symbol = if pen.glyphs.unicode { unicode } else { ascii };
        let name = if name.is_empty() { "held up" } else { name };
        x += pen.text(buffer, area, (x, area.height - 1), symbol, role);
        x += pen.text(
            buffer,
            area,
            (x, area.height - 1),
            &format!(" {name}  "),
            Role::Dim,
        );
    }
    pen.text(
        buffer,
        area,
        (x, area.height - 1),
        "dim: not waited for",
        Role::Faint,
    );
}
