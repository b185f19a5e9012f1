//! The lines at the edges: file and tabs above, what matters now and the keys below; the popup
//! after the first key of a sequence, and messages.

use super::hits::Hit;
use super::pen::{Pen, wrap};
use crate::tui::action::{Action, contexts, hints as hints_of};
use crate::tui::app::{App, Dragging, LabelsFor, Mode, Tab, Thing};
use crate::tui::glyphs::Glyph;
use crate::tui::keymap::Keymap;
use crate::tui::theme::Role;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// The name of the file, the tabs, and how the design is.
pub(super) fn top(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let strong = pen.style(Role::Strong);
    let room = usize::from(area.width / 3);
    let title = pen.glyphs.fit(&app.document.title(), room);
    let mut column = pen.text(area, 0, 1, &title, strong);
    let mark = if app.document.is_unsaved() {
        pen.get(Glyph::Unsaved)
    } else {
        " "
    };
    let warn = pen.style(Role::Warn);
    column = pen.text(area, 0, column + 1, mark, warn);
    pen.hit(
        Rect::new(area.x, area.y, column, 1),
        Hit::Action(Action::Save),
    );
    column += 2;
    for (index, tab) in Tab::ALL.iter().enumerate() {
        let text = if app.tab == *tab {
            format!("[{} {}]", index + 1, tab.title())
        } else {
            format!(" {} {} ", index + 1, tab.title())
        };
        let role = if app.tab == *tab {
            Role::Accent
        } else {
            Role::Dim
        };
        let style = pen.style(role);
        let end = pen.text(area, 0, column, &text, style);
        let place = Rect::new(area.x + column, area.y, end - column, 1);
        pen.hit(place, Hit::Action(tab.action()));
        column = end + 1;
    }
    if let (Tab::Live, Some(live)) = (app.tab, &app.live) {
        let text = crate::tui::live::words::clock(live, app.glyphs);
        let style = pen.style(Role::Accent);
        let start = pen.right(area, 0, &format!("{text} "), style);
        let place = Rect::new(area.x + start, area.y, area.width.saturating_sub(start), 1);
        pen.hit(place, Hit::Action(Action::Run));
        return;
    }
    let errors = app
        .document
        .problems()
        .iter()
        .filter(|problem| problem.is_error)
        .count();
    let warnings = app.document.problems().len() - errors;
    let counted = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    };
    let (text, role) = match (errors, warnings) {
        (0, 0) if app.document.design().nodes.is_empty() => (String::new(), Role::Dim),
        (0, 0) => match simulated(app) {
            Some(text) => (text, Role::Good),
            None => (format!("{} sound ", pen.get(Glyph::Tick)), Role::Good),
        },
        (0, warnings) => (format!("! {} ", counted(warnings, "remark")), Role::Warn),
        (errors, _) => (format!("! {} ", counted(errors, "mistake")), Role::Bad),
    };
    let style = pen.style(role);
    if area.width.saturating_sub(column) > text.width() as u16 {
        let start = pen.right(area, 0, &text, style);
        let width = area.width.saturating_sub(start);
        pen.hit(
            Rect::new(area.x + start, area.y, width, 1),
            Hit::Action(Action::Problems),
        );
    }
}

/// The simulated answer on a few columns: marked while it is not of the design as it is.
fn simulated(app: &App) -> Option<String> {
    let standing = app.answer.as_ref()?;
    let result = standing.answer.as_ref()?.result.as_ref().ok()?;
    let asked_most = result
        .endpoints
        .iter()
        .max_by_key(|endpoint| endpoint.offered)?;
    let p99 = crate::insight::words::time(asked_most.latency_s.p99);
    let mark = if standing.current {
        "simulated"
    } else {
        "simulating, was"
    };
    Some(format!("{mark} p99 {p99} "))
}

/// What matters most now, as a sentence.
pub(super) fn sentence(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let (text, role) = words(app);
    let style = pen.style(role);
    pen.fitted(area, 0, 1, &text, style);
}

fn words(app: &App) -> (String, Role) {
    match &app.canvas.mode {
        Mode::Moving(_) | Mode::Dragging(Dragging::Things { .. }) => {
            return (moving(app), Role::Accent);
        }
        Mode::Labels(labels) => {
            let text = match &labels.purpose {
                LabelsFor::Jump => "Type the label of the node to select.".to_owned(),
                LabelsFor::WireFrom => "Type the label of the node that calls.".to_owned(),
                LabelsFor::WireTo(from) => {
                    format!("{from} calls: type the label of the node, or click it.")
                }
            };
            return (text, Role::Accent);
        }
        Mode::Boxing(_) | Mode::Dragging(Dragging::Box(_)) => {
            return (
                "Everything that the box touches is selected.".to_owned(),
                Role::Accent,
            );
        }
        Mode::Dragging(Dragging::Wire { from, .. }) => {
            return (format!("{from} calls: let go over the node."), Role::Accent);
        }
        Mode::Normal | Mode::Dragging(Dragging::View { .. }) => {}
    }
    if !app.document.is_current() {
        let text = "The text cannot be read; this is the last picture. e edits it, u goes back.";
        return (text.to_owned(), Role::Bad);
    }
    if let Some(problem) = app
        .document
        .problems()
        .iter()
        .find(|problem| problem.is_error)
    {
        let text = crate::tui::update::sentence(&problem.message);
        return (format!("{text} ! goes there."), Role::Bad);
    }
    if let (Tab::Live, Some(live)) = (app.tab, &app.live) {
        let sentence = crate::tui::live::words::sentence(live);
        return (sentence.text, sentence.role);
    }
    match app.canvas.selection.as_slice() {
        [] => (app.loads.sentence.clone(), Role::Text),
        [Thing::Node(name)] => (about_node(app, name), Role::Text),
        [Thing::Wire(from, to)] => (
            format!("The wire from {from} to {to}. enter shows its policy."),
            Role::Text,
        ),
        [Thing::Note(_)] => ("A note. enter edits it, m moves it.".to_owned(), Role::Text),
        many => (format!("{} things are selected.", many.len()), Role::Text),
    }
}

fn about_node(app: &App, name: &str) -> String {
    if let Some(sentence) = app.loads.of(name) {
        return sentence;
    }
    let Some(node) = app.document.design().node(name) else {
        return String::new();
    };
    let help = crate::design::help::about(node.kind.name());
    let text = help.map(|help| help.text).unwrap_or_default();
    let first = text
        .split(". ")
        .next()
        .unwrap_or(&text)
        .trim_end_matches('.')
        .to_owned();
    format!("{name}: {}.", first.to_lowercase())
}

fn moving(app: &App) -> String {
    let (columns, rows) = app.canvas.offset();
    let across = match columns {
        0 => String::new(),
        columns if columns < 0 => format!("{} left", -columns),
        columns => format!("{columns} right"),
    };
    let down = match rows {
        0 => String::new(),
        rows if rows < 0 => format!("{} up", -rows),
        rows => format!("{rows} down"),
    };
    let by: Vec<String> = [across, down]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let by = if by.is_empty() {
        "nowhere yet".to_owned()
    } else {
        by.join(", ")
    };
    format!("Moving: {by}.")
}

/// The keys that mean something now; each can be clicked.
pub(super) fn hints(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let (key, dim) = (pen.style(Role::Key), pen.style(Role::Dim));
    let all = hints_of(app);
    // The list of all keys always has its place, at the end.
    let last = all.iter().find(|info| info.action == Action::Keys).copied();
    let reserved = last.map_or(0, |_| 12);
    let mut column = 1;
    let shown = all
        .iter()
        .filter(|info| info.action != Action::Keys)
        .copied();
    for info in shown.chain(last) {
        let keys = info.keys.first().copied().unwrap_or_default();
        let wide = (keys.width() + info.hint.width() + 1) as u16;
        let limit = if Some(info.action) == last.map(|info| info.action) {
            area.width
        } else {
            area.width.saturating_sub(reserved)
        };
        if column + wide > limit {
            continue;
        }
        let start = column;
        column = pen.text(area, 0, column, keys, key);
        column = pen.text(area, 0, column + 1, info.hint, dim);
        pen.hit(
            Rect::new(area.x + start, area.y, column - start, 1),
            Hit::Action(info.action),
        );
        column += 2;
    }
}

/// What can follow the keys pressed so far.
pub(super) fn popup(app: &App, pen: &mut Pen<'_>, area: Rect) {
    if app.pending.is_empty() {
        return;
    }
    let following = Keymap::defaults().following(&contexts(app), &app.pending);
    let lines: Vec<(String, &str, Option<Action>)> = following
        .iter()
        .map(|(chord, action)| {
            let title = action.map_or("more keys", |action| action.info().title);
            (chord.to_string(), title, *action)
        })
        .collect();
    let wide = lines
        .iter()
        .map(|(key, title, _)| key.width() + title.width() + 6)
        .max();
    let wide = (wide.unwrap_or(10) as u16).min(area.width);
    let high = (lines.len() as u16 + 2).min(area.height.saturating_sub(2));
    let frame = Rect::new(
        area.right().saturating_sub(wide),
        area.bottom().saturating_sub(high + 2),
        wide,
        high,
    );
    pen.clear(frame);
    let keys: Vec<String> = app.pending.iter().map(ToString::to_string).collect();
    let inside = pen.panel(frame, &keys.join(" "), Role::BorderFocus, true);
    let (key_style, text_style) = (pen.style(Role::Key), pen.style(Role::Text));
    for (row, (key, title, action)) in lines.iter().enumerate() {
        let row = row as u16;
        let column = pen.text(inside, row, 1, key, key_style);
        pen.text(inside, row, column.max(2) + 1, title, text_style);
        if let Some(action) = action {
            pen.hit(
                Rect::new(inside.x, inside.y + row, inside.width, 1),
                Hit::Action(*action),
            );
        }
    }
}

/// The newest message, above the last lines.
pub(super) fn toast(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let Some(toast) = &app.toast else { return };
    let room = usize::from(area.width.saturating_sub(6)).min(72);
    let lines = wrap(&toast.text, room);
    let wide = lines.iter().map(|line| line.width()).max().unwrap_or(0) as u16 + 4;
    let high = (lines.len() as u16 + 2).min(area.height.saturating_sub(3));
    let frame = Rect::new(
        area.x + 2,
        area.bottom().saturating_sub(high + 3),
        wide.min(area.width),
        high,
    );
    pen.clear(frame);
    let role = if toast.is_bad {
        Role::Warn
    } else {
        Role::Toast
    };
    let inside = pen.panel(frame, "", role, true);
    let style = pen.style(Role::Text);
    for (row, line) in lines.iter().enumerate() {
        pen.text(inside, row as u16, 1, line, style);
    }
    pen.hit(frame, Hit::Toast);
}
