//! The fields of what is selected, with the help of the chosen one below.

use super::hits::Hit;
use super::pen::{Pen, wrap};
use crate::tui::app::{App, Thing};
use crate::tui::document::form::{Control, Origin, Row};
use crate::tui::glyphs::Glyph;
use crate::tui::theme::Role;
use crate::tui::update::rows_of_inspector;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

pub(super) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let focused = app.inspector.focused && app.layers.is_empty();
    let role = if focused {
        Role::BorderFocus
    } else {
        Role::Border
    };
    pen.clear(area);
    let inside = pen.panel(area, &title(app), role, false);
    if inside.is_empty() {
        return;
    }
    pen.hit(inside, Hit::Inspector);
    let rows = rows_of_inspector(app);
    if rows.is_empty() {
        nothing(app, pen, inside);
        return;
    }
    let help = help_lines(app, &rows, usize::from(inside.width.saturating_sub(2)));
    let help_rows = (help.len() as u16).min(inside.height / 2);
    let list = Rect::new(
        inside.x,
        inside.y,
        inside.width,
        inside.height.saturating_sub(help_rows),
    );
    fields(app, pen, list, &rows, focused);
    let below = Rect::new(inside.x, list.bottom(), inside.width, help_rows);
    for (row, (line, role)) in help.iter().take(usize::from(help_rows)).enumerate() {
        let style = pen.style(*role);
        pen.text(below, row as u16, 1, line, style);
    }
}

fn title(app: &App) -> String {
    if app.inspector.whole {
        return "the whole design".to_owned();
    }
    match app.canvas.selection.as_slice() {
        [Thing::Node(name)] => {
            let node = app.document.design().node(name);
            let kind = node.map_or(String::new(), |node| node.kind.name().to_lowercase());
            format!("{name} · {kind}")
        }
        [Thing::Wire(from, to)] => format!("{from} → {to}"),
        [Thing::Note(_)] => "note".to_owned(),
        [] => "the whole design".to_owned(),
        many => format!("{} selected", many.len()),
    }
}

/// A wire without an entry, or a design that cannot be read.
fn nothing(app: &App, pen: &mut Pen<'_>, inside: Rect) {
    let text = match app.canvas.selection.as_slice() {
        [Thing::Wire(..)] => "All defaults: no timeout, no retry. enter gives it a policy.",
        _ => "The text has mistakes in its brackets. e edits it.",
    };
    let style = pen.style(Role::Dim);
    for (row, line) in wrap(text, usize::from(inside.width.saturating_sub(2)))
        .iter()
        .enumerate()
    {
        pen.text(inside, row as u16, 1, line, style);
    }
}

fn fields(app: &App, pen: &mut Pen<'_>, area: Rect, rows: &[Row], focused: bool) {
    let high = usize::from(area.height);
    let chosen = app.inspector.chosen;
    // The chosen row stays in the middle of a long list.
    let first = chosen
        .saturating_sub(high / 2)
        .min(rows.len().saturating_sub(high));
    let labels = rows
        .iter()
        .map(|row| row.label.width() + 2 * row.depth + 2)
        .max();
    let labels = (labels.unwrap_or(8) as u16 + 1).min(area.width * 3 / 5);
    for (line, (index, row)) in rows.iter().enumerate().skip(first).take(high).enumerate() {
        let line = line as u16;
        let is_chosen = focused && index == chosen;
        field(app, pen, area, line, row, labels, is_chosen);
        let hit = Rect::new(area.x, area.y + line, area.width, 1);
        if is_chosen && app.inspector.editing.is_none() {
            let style = pen.style(Role::Selected);
            pen.restyle(hit, style);
        }
        pen.hit(hit, Hit::Row(index));
    }
}

fn field(
    app: &App,
    pen: &mut Pen<'_>,
    area: Rect,
    line: u16,
    row: &Row,
    labels: u16,
    is_chosen: bool,
) {
    let mark = match row.open {
        Some(true) => pen.get(Glyph::Menu),
        Some(false) => pen.get(Glyph::Chosen),
        None if row.origin == Origin::Action => "+",
        None => " ",
    };
    let indent = 2 * row.depth as u16;
    let dim = pen.style(Role::Dim);
    let label_style = match row.origin {
        Origin::Given => pen.style(Role::Text),
        Origin::Missing => pen.style(Role::Bad),
        Origin::Action => pen.style(Role::Accent),
        _ => dim,
    };
    let name = Rect::new(
        area.x,
        area.y,
        labels.saturating_sub(1).min(area.width),
        area.height,
    );
    let column = pen.text(name, line, indent, mark, dim);
    pen.fitted(name, line, column + 1, &row.label, label_style);
    let value = Rect::new(
        area.x + labels,
        area.y,
        area.width.saturating_sub(labels),
        area.height,
    );
    if let Some(editing) = app
        .inspector
        .editing
        .as_ref()
        .filter(|editing| is_chosen && editing.path == row.path)
    {
        pen.input(value, line, 0, &editing.input);
        return;
    }
    let (role, text) = match (&row.problem, &row.origin) {
        (Some(_), _) => (Role::Bad, format!("! {}", row.shown)),
        (None, Origin::Given) => (Role::Value, row.shown.clone()),
        (None, Origin::Missing) => (Role::Bad, "missing".to_owned()),
        (None, _) => (Role::Default, row.shown.clone()),
    };
    let menu = matches!(
        row.control,
        Control::Menu(_) | Control::NodeName | Control::Toggle
    );
    let room = Rect::new(
        value.x,
        value.y,
        value.width.saturating_sub(u16::from(menu) * 2),
        value.height,
    );
    let style = pen.style(role);
    let end = pen.fitted(room, line, 0, &text, style);
    if menu {
        let mark = pen.get(Glyph::Menu);
        pen.text(value, line, end + 1, mark, dim);
    }
}

/// What the chosen field means, and what is wrong with it.
fn help_lines(app: &App, rows: &[Row], columns: usize) -> Vec<(String, Role)> {
    let Some(row) = rows
        .get(app.inspector.chosen)
        .filter(|_| app.inspector.focused)
    else {
        return Vec::new();
    };
    let mut lines = vec![(String::new(), Role::Text)];
    let mut add = |text: &str, role: Role| {
        lines.extend(wrap(text, columns).into_iter().map(|line| (line, role)));
    };
    if let Some(editing) = &app.inspector.editing
        && !editing.problem.is_empty()
    {
        add(&editing.problem, Role::Warn);
    } else if let Some(problem) = &row.problem {
        add(&crate::tui::update::sentence(problem), Role::Bad);
    }
    if let Some((picture, words)) = super::small::of_row(app, row, columns) {
        for line in picture {
            lines.push((line, Role::Accent));
        }
        let mut add = |text: &str, role: Role| {
            lines.extend(wrap(text, columns).into_iter().map(|line| (line, role)));
        };
        add(&words, Role::Dim);
    }
    let help = app
        .document
        .tree()
        .and_then(|tree| crate::design::help::at_path(tree, &row.path));
    let mut add = |text: &str, role: Role| {
        lines.extend(wrap(text, columns).into_iter().map(|line| (line, role)));
    };
    if let Some(help) = help {
        add(&format!("{}: {}", row.label, help.text), Role::Dim);
        if !help.wanted.is_empty() && app.inspector.editing.is_some() {
            add(&format!("Type {}.", help.wanted), Role::Dim);
        }
    }
    match row.origin {
        Origin::Preset => add("This figure comes from the preset.", Role::Dim),
        Origin::Default if !row.shown.is_empty() => add("This is the default.", Role::Dim),
        _ => {}
    }
    lines
}
