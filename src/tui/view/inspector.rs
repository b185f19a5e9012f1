//! The fields of what is selected, with the help of the chosen one below.

use super::hits::Hit;
use super::pen::{Pen, wrap};
use super::small::Picture;
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
    let columns = inside.width.saturating_sub(2);
    let chosen = rows
        .get(app.inspector.chosen)
        .filter(|_| app.inspector.focused);
    let picture = Picture::of(app, chosen, columns);
    let help = chosen.map_or_else(Vec::new, |row| help_lines(app, row, usize::from(columns)));
    let heights = share_out(
        inside.height,
        picture
            .as_ref()
            .map_or(0, |picture| picture.height(columns)),
        help.len() as u16,
    );
    let list = Rect::new(inside.x, inside.y, inside.width, heights.list);
    fields(app, pen, list, &rows, focused);
    if let Some(picture) = picture.as_ref().filter(|_| heights.picture > 1) {
        // An empty line stands above it.
        let top = list.bottom() + 1;
        let area = Rect::new(
            inside.x + 1,
            top,
            columns,
            heights.picture.saturating_sub(1),
        );
        picture.draw(app, pen, area);
    }
    let top = list.bottom() + heights.picture;
    let below = Rect::new(inside.x, top, inside.width, inside.bottom() - top);
    for (row, (line, role)) in help.iter().take(usize::from(below.height)).enumerate() {
        let style = pen.style(*role);
        pen.text(below, row as u16, 1, line, style);
    }
}

/// Rows of the inspector's parts.
struct Heights {
    list: u16,
    picture: u16,
}

/// Shares the rows out: the fields keep two fifths at least, the help three rows, the picture gets
/// what it needs of the rest, or nothing where it could not be read.
fn share_out(all: u16, picture: u16, help: u16) -> Heights {
    let below = all * 3 / 5;
    let wanted = if picture > 0 { picture + 1 } else { 0 };
    let room = below.saturating_sub(help.min(3));
    let picture = if room >= 4 { wanted.min(room) } else { 0 };
    let help = help.min(below.saturating_sub(picture));
    Heights {
        list: all - picture - help,
        picture,
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
fn help_lines(app: &App, row: &Row, columns: usize) -> Vec<(String, Role)> {
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
    let help = app
        .document
        .tree()
        .and_then(|tree| crate::design::help::at_path(tree, &row.path));
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
