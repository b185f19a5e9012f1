//! The screen of an explanation: the page on the left, the findings beside it or below.

use super::{Explain, Page, room, time, waterfall};
use crate::insight::words;
use crate::tui::charts::Pen;
use crate::tui::glyphs::Glyph;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use unicode_width::UnicodeWidthStr;

/// From this width on, findings stand beside the page.
const WIDE: u16 = 100;

/// Draws the explanation. `stale` says that the design has changed since the run.
pub fn draw(pen: Pen, buffer: &mut Buffer, area: Rect, explain: &Explain, stale: bool) {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return;
    }
    let [head, rest] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    headline(pen, buffer, head, explain, stale);
    let (page, findings) = if area.width >= WIDE {
        let [page, findings] =
            Layout::horizontal([Constraint::Percentage(62), Constraint::Fill(1)]).areas(rest);
        (page, findings)
    } else {
        let below = (rest.height / 3).max(4).min(rest.height);
        let [page, findings] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(below)]).areas(rest);
        (page, findings)
    };
    draw_page(pen, buffer, page, explain);
    draw_findings(pen, buffer, findings, explain);
}

/// Which run, which endpoint, and its figures with their intervals.
fn headline(pen: Pen, buffer: &mut Buffer, area: Rect, explain: &Explain, stale: bool) {
    let mut x = 0;
    if stale {
        x += pen.text(
            buffer,
            area,
            (x, 0),
            " stale: the design has changed ",
            Role::Warn,
        );
    }
    let Some(seen) = explain.result.endpoints.get(explain.endpoint) else {
        pen.text(
            buffer,
            area,
            (x + 1, 0),
            "no client asks for anything",
            Role::Dim,
        );
        return;
    };
    let dot = pen.glyphs.get(Glyph::Dot);
    x += pen.text(buffer, area, (x + 1, 0), &seen.id, Role::Title) + 1;
    let interval = |of: &[f64; 2]| {
        if of[1] > of[0] {
            format!(" ({} to {})", words::time(of[0]), words::time(of[1]))
        } else {
            String::new()
        }
    };
    let latency = &seen.latency_s;
    let p99 = latency
        .percentiles_ci95
        .get("p99")
        .map_or(String::new(), interval);
    let text = format!(
        "  mean {}{} {dot} p99 {}{p99} {dot} {} answered",
        words::time(latency.mean),
        interval(&latency.ci95),
        words::time(latency.p99),
        words::rate(seen.goodput_per_s),
    );
    pen.text(buffer, area, (x, 0), &text, Role::Text);
}

fn draw_page(pen: Pen, buffer: &mut Buffer, area: Rect, explain: &Explain) {
    let inside = pen.panel(buffer, area, explain.page.title(), true);
    let inside = Rect {
        x: inside.x + 1.min(inside.width),
        width: inside.width.saturating_sub(2),
        ..inside
    };
    if inside.is_empty() {
        return;
    }
    let nothing = |buffer: &mut Buffer, text: &str| {
        pen.text(buffer, inside, (0, 0), text, Role::Dim);
    };
    match explain.page {
        Page::Time => match explain.attribution() {
            Some(of) => time::draw(pen, buffer, inside, of, explain.line),
            None => nothing(
                buffer,
                "No request of this endpoint was followed to its end.",
            ),
        },
        Page::Trace => match explain.trace() {
            Some(trace) => waterfall::draw(pen, buffer, inside, trace, explain.line),
            None => nothing(buffer, "No request of this endpoint was traced."),
        },
        Page::Headroom => room::draw(pen, buffer, inside, &explain.result, explain.line),
    }
}

fn draw_findings(pen: Pen, buffer: &mut Buffer, area: Rect, explain: &Explain) {
    let findings = &explain.result.findings;
    let inside = pen.panel(buffer, area, "findings", false);
    if inside.width < 4 {
        return;
    }
    if findings.is_empty() {
        pen.text(
            buffer,
            inside,
            (1, 0),
            "There is nothing to say about this run.",
            Role::Dim,
        );
        return;
    }
    let width = usize::from(inside.width - 3);
    let texts: Vec<Vec<String>> = findings.iter().map(|of| wrap(&of.text, width)).collect();
    // From the first finding with which the chosen one still fits.
    let mut first = explain.finding.min(texts.len() - 1);
    let mut used = texts[first].len();
    while first > 0 && used + texts[first - 1].len() < usize::from(inside.height) {
        first -= 1;
        used += texts[first].len() + 1;
    }
    let mut y = 0;
    for (i, lines) in texts.iter().enumerate().skip(first) {
        let chosen = i == explain.finding;
        let mark = if chosen {
            pen.glyphs.get(Glyph::Chosen)
        } else {
            pen.glyphs.get(Glyph::Dot)
        };
        for (n, line) in lines.iter().enumerate() {
            if y >= inside.height {
                return;
            }
            if n == 0 {
                pen.text(buffer, inside, (0, y), mark, Role::Accent);
            }
            let role = if chosen { Role::Strong } else { Role::Text };
            pen.text(buffer, inside, (2, y), line, role);
            y += 1;
        }
    }
}

/// A text on lines of a width, broken between words; a word that is too long is cut.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
