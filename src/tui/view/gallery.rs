//! The gallery: what can be opened on the left, what it is on the right.

use super::hits::Hit;
use super::pen::{Pen, wrap};
use super::{bars, canvas};
use crate::layout::grid::Charset;
use crate::layout::{Size, picture};
use crate::tui::app::App;
use crate::tui::document::Document;
use crate::tui::gallery::{Entry, first_comment};
use crate::tui::glyphs::Glyph;
use crate::tui::theme::Role;
use ratatui::layout::Rect;

pub(super) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let title = pen.style(Role::Accent);
    let dim = pen.style(Role::Dim);
    let end = pen.text(area, 0, 1, "buttress", title);
    pen.fitted(
        area,
        0,
        end + 2,
        "draw a backend, load it until it breaks, and know why",
        dim,
    );
    let middle = Rect::new(
        area.x,
        area.y + 1,
        area.width,
        area.height.saturating_sub(2),
    );
    let wide = if area.width < 70 { area.width } else { 32 };
    let list = Rect::new(middle.x, middle.y, wide, middle.height);
    entries(app, pen, list);
    let rest = Rect::new(list.right(), middle.y, middle.width - wide, middle.height);
    if !rest.is_empty() {
        about(app, pen, rest);
    }
    let last = Rect::new(area.x, area.bottom() - 1, area.width, 1);
    bars::hints(app, pen, last);
}

/// A heading, or an entry with its position.
enum Line<'a> {
    Heading(&'static str),
    Entry(usize, &'a Entry),
    Empty,
}

fn entries(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let inside = pen.panel(area, "gallery", Role::BorderFocus, false);
    let mut lines = Vec::new();
    let mut heading = "";
    for (index, entry) in app.gallery.entries.iter().enumerate() {
        if entry.heading() != heading {
            if !lines.is_empty() {
                lines.push(Line::Empty);
            }
            heading = entry.heading();
            lines.push(Line::Heading(heading));
        }
        lines.push(Line::Entry(index, entry));
    }
    let high = usize::from(inside.height);
    let chosen = lines
        .iter()
        .position(|line| matches!(line, Line::Entry(index, _) if *index == app.gallery.chosen));
    let first = chosen
        .unwrap_or(0)
        .saturating_sub(high * 2 / 3)
        .min(lines.len().saturating_sub(high));
    let (text, dim, key) = (
        pen.style(Role::Text),
        pen.style(Role::Dim),
        pen.style(Role::Key),
    );
    for (row, line) in lines.iter().skip(first).take(high).enumerate() {
        let row = row as u16;
        match line {
            Line::Heading(heading) => {
                pen.text(inside, row, 1, heading, dim);
            }
            Line::Entry(index, entry) => {
                let line = Rect::new(inside.x, inside.y + row, inside.width, 1);
                let aside = match entry {
                    Entry::Recent(_, when) => when.as_str(),
                    _ => "",
                };
                let right = Rect::new(line.x, line.y, line.width.saturating_sub(1), 1);
                let end = pen.right(right, 0, aside, dim);
                let name = Rect::new(line.x, line.y, end, 1);
                let column = match entry.key() {
                    "" => 3,
                    own => {
                        pen.text(name, 0, 3, own, key);
                        6
                    }
                };
                pen.fitted(name, 0, column, &entry.label(), text);
                if *index == app.gallery.chosen {
                    let style = pen.style(Role::Selected);
                    pen.restyle(line, style);
                    let mark = pen.get(Glyph::Chosen);
                    pen.text(line, 0, 1, mark, style);
                }
                pen.hit(line, Hit::Gallery(*index));
            }
            Line::Empty => {}
        }
    }
}

/// What the chosen entry is.
fn about(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let Some(entry) = app.gallery.current() else {
        return;
    };
    let inside = pen.panel(area, &entry.label(), Role::Border, false);
    let room = Rect::new(
        inside.x + 1,
        inside.y,
        inside.width.saturating_sub(2),
        inside.height,
    );
    match (entry, &app.gallery.preview) {
        (Entry::Lesson(_), Some(document)) => {
            let lesson = &document.design().lesson;
            shipped(app, pen, room, lesson, document);
        }
        (Entry::Start(_), Some(document)) => {
            let comment = first_comment(document.text());
            shipped(app, pen, room, &comment, document);
        }
        (Entry::Recent(path, when), _) => {
            let text = format!("{} was open {when}. enter opens it again.", path.display());
            paragraph(pen, room, 0, &text, Role::Text);
        }
        (Entry::Blank, _) => {
            let text =
                "An empty canvas. a adds a node, w draws a wire; the first minutes need no more.";
            paragraph(pen, room, 0, text, Role::Text);
        }
        (Entry::Template, _) => {
            let text = "Small designs with comments: a single server, three tiers, a queue with workers, a gateway, calls that survive failure.";
            paragraph(pen, room, 0, text, Role::Text);
        }
        (Entry::File, _) => {
            let text = "A design of your own, by its path. tab completes it.";
            paragraph(pen, room, 0, text, Role::Text);
        }
        (Entry::Lesson(_) | Entry::Start(_), None) => {}
    }
}

fn paragraph(pen: &mut Pen<'_>, area: Rect, row: u16, text: &str, role: Role) -> u16 {
    let style = pen.style(role);
    let lines = wrap(text, usize::from(area.width));
    for (index, line) in lines.iter().enumerate() {
        pen.text(area, row + index as u16, 0, line, style);
    }
    row + lines.len() as u16
}

/// What a design that is part of the program is about, a small picture, what is in it, and what
/// formulas say about it.
fn shipped(app: &App, pen: &mut Pen<'_>, area: Rect, about: &str, document: &Document) {
    let design = document.design();
    let row = paragraph(pen, area, 0, about, Role::Text) + 1;
    let variants: Vec<String> = design
        .variants
        .names()
        .map(|name| format!("\"{name}\""))
        .collect();
    let counted = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    };
    let mut facts = vec![counted(design.nodes.len(), "node")];
    if !design.faults.is_empty() {
        facts.push(counted(design.faults.len(), "fault"));
    }
    if !design.objectives.is_empty() {
        facts.push(counted(design.objectives.len(), "objective"));
    }
    facts.push(format!("{} of simulated time", design.run.duration));
    let mut below = Vec::new();
    if !variants.is_empty() {
        below.extend(wrap(
            &format!("Variants: {}", variants.join(", ")),
            usize::from(area.width),
        ));
    }
    let dot = format!(" {} ", pen.get(Glyph::Dot));
    below.extend(wrap(&facts.join(&dot), usize::from(area.width)));
    below.extend(wrap(&app.gallery.estimate, usize::from(area.width)));
    let high = area.height.saturating_sub(row + below.len() as u16 + 1);
    let charset = if pen.glyphs.unicode {
        Charset::Unicode
    } else {
        Charset::Ascii
    };
    if high >= 3 {
        let size = Size::new(i32::from(area.width), i32::from(high));
        let small = picture::fitting(design, size, charset);
        for (line, cells) in small.rows().enumerate().take(usize::from(high)) {
            for (column, cell) in cells.iter().enumerate() {
                if cell.glyph == '\0' || cell.glyph == ' ' {
                    continue;
                }
                let style = pen.style(canvas::role_of(cell.role));
                let symbol = cell.glyph.encode_utf8(&mut [0; 4]).to_owned();
                pen.text(area, row + line as u16, column as u16, &symbol, style);
            }
        }
    }
    let start = area.height.saturating_sub(below.len() as u16);
    let dim = pen.style(Role::Dim);
    for (index, line) in below.iter().enumerate() {
        pen.text(area, start + index as u16, 0, line, dim);
    }
}
