//! Fields of what is selected: moving between them, changing them, checking what is typed.

use super::{canvas, edit, sentence};
use crate::design::describe::{Choice, Type};
use crate::design::edit::{insert, remove, set};
use crate::design::model::Fault;
use crate::design::path::plain;
use crate::design::syntax::quote;
use crate::tui::action::Action;
use crate::tui::app::{App, Ask, Editing, Layer, Pick, Thing};
use crate::tui::document::faults::{self, Shift, fault_of};
use crate::tui::document::form::{self, Control, Origin, Row};
use crate::tui::keymap::Chord;
use crate::tui::live::offers::{self, Offer};
use crate::tui::widget::input::Input;
use crate::tui::widget::picker::{Item, Picker};
use crate::units::Nanos;

/// The rows that the inspector shows.
pub(crate) fn rows(app: &App) -> Vec<Row> {
    form::rows(&app.document, &app.inspected(), &app.inspector.open)
}

/// Keeps the choice on a row that exists.
pub(super) fn clamp(app: &mut App) {
    let path = app.inspected();
    if app.inspector.focused && !path.is_empty() && !app.document.has(&path) {
        // A wire that nothing is said about has no entry, and so no fields, until one is wanted.
        app.inspector.focused = false;
    }
    let last = rows(app).len().saturating_sub(1);
    app.inspector.chosen = app.inspector.chosen.min(last);
}

pub(super) fn perform(app: &mut App, action: Action) {
    let rows = rows(app);
    let row = rows.get(app.inspector.chosen).cloned();
    match (action, row) {
        (Action::Edit, _) => focus(app),
        (Action::Problems, _) => problems(app),
        (Action::InspectorBack, _) => {
            app.inspector.focused = false;
            app.inspector.whole = false;
        }
        (Action::InspectorDesign, _) => {
            app.inspector.whole = !app.inspector.whole;
            app.inspector.chosen = 0;
        }
        (Action::Faults, _) => faults(app),
        (Action::FaultEarlier, _) => shift(app, Shift::Earlier),
        (Action::FaultLater, _) => shift(app, Shift::Later),
        (Action::FaultShorter, _) => shift(app, Shift::Shorter),
        (Action::FaultLonger, _) => shift(app, Shift::Longer),
        (Action::FieldDown, _) => {
            let last = rows.len().saturating_sub(1);
            app.inspector.chosen = (app.inspector.chosen + 1).min(last);
        }
        (Action::FieldUp, _) => app.inspector.chosen = app.inspector.chosen.saturating_sub(1),
        (Action::FieldEdit, Some(row)) => change(app, &row),
        (Action::FieldOpen, Some(row)) if row.open == Some(false) => {
            app.inspector.open.insert(row.path);
        }
        (Action::FieldClose, Some(row)) => close(app, &rows, &row),
        (Action::FieldDefault, Some(row)) => default(app, &row),
        (Action::FieldMenu, Some(row)) => match row.control {
            Control::Menu(choice) | Control::TextOrMenu(_, choice) => menu(app, &row, choice),
            _ => app.complain("This value has one form only. enter changes it."),
        },
        (Action::FieldRename, Some(row)) => rename(app, &row),
        _ => {}
    }
}

/// The fault of the design that the chosen row is about, by its position.
pub(crate) fn chosen_fault(app: &App) -> Option<usize> {
    if !app.inspector.focused || !app.inspected().is_empty() {
        return None;
    }
    let rows = rows(app);
    fault_of(&rows.get(app.inspector.chosen)?.path)
}

/// Shows the faults of the design; the first one, or the row that adds one, is chosen.
fn faults(app: &mut App) {
    let chosen = chosen_fault(app);
    go_to(app, "faults");
    app.inspector.open.insert("faults".to_owned());
    let wanted = format!("faults/{}", chosen.unwrap_or(0));
    let rows = rows(app);
    let first = rows.iter().position(|row| row.path == wanted);
    let add = || {
        rows.iter()
            .position(|row| row.path == "faults" && row.origin == Origin::Action)
    };
    app.inspector.chosen = first.or_else(add).unwrap_or(app.inspector.chosen);
}

/// Moves the begin or the end of the chosen fault.
fn shift(app: &mut App, shift: Shift) {
    let Some(index) = chosen_fault(app) else {
        return;
    };
    match faults::shifted(&app.document, index, shift) {
        Ok(moved) => {
            edit(app, moved.title.clone(), |text| moved.edit(text));
        }
        Err(why) => app.complain(why),
    }
}

/// The faults that can be added: those of what is selected, or of every node.
fn fault_menu(app: &mut App, row: &Row) {
    let design = app.document.design();
    let mut offered: Vec<(String, Offer)> = Vec::new();
    let mut add = |of: &str, offers: Vec<Offer>| {
        offered.extend(offers.into_iter().map(|offer| (of.to_owned(), offer)));
    };
    match app.canvas.selection.as_slice() {
        [Thing::Node(name)] => add(name, offers::of_node(design, name)),
        [Thing::Wire(from, to)] => add(&format!("{from} -> {to}"), offers::of_wire(from, to)),
        _ => {
            for name in design.nodes.names() {
                add(name, offers::of_node(design, name));
            }
        }
    }
    let step = faults::step(design);
    let third = Nanos(design.run.duration.0 / 3 / step.0.max(1) * step.0);
    let lasts = Nanos(step.0.saturating_mul(10));
    let item = |(of, offer): &(String, Offer)| {
        let at = quote(&third.to_string());
        let lasts = match offer.fault {
            Fault::Flush { .. } => String::new(),
            _ => format!(", lasts: {}", quote(&lasts.to_string())),
        };
        let ron = format!("(at: {at}{lasts}, fault: {})", offer.text);
        Item {
            label: format!("{of}: {}", offer.label),
            detail: offer.help.to_owned(),
            aside: String::new(),
            value: Pick::Item(row.path.clone(), ron),
        }
    };
    let items: Vec<Item<Pick>> = offered.iter().map(item).collect();
    if items.is_empty() {
        return app.complain("There is nothing to break yet. Add a node first.");
    }
    app.layers
        .push(Layer::Picker(Picker::new("add a fault", items)));
}

/// Gives the keys to the inspector. A wire without an entry gets one, so that there is something to
/// fill in; a note asks for its text.
pub(super) fn focus(app: &mut App) {
    app.inspector.chosen = 0;
    if let [Thing::Wire(from, to)] = app.canvas.selection.as_slice()
        && !app.document.has(&app.inspected())
    {
        let (from, to) = (from.clone(), to.clone());
        if !edit(app, format!("name the wire from {from} to {to}"), |text| {
            crate::tui::document::wiring::name_wire(text, &from, &to)
        }) {
            return;
        }
    }
    app.inspector.focused = true;
}

/// What is wrong, to go to.
fn problems(app: &mut App) {
    let item = |problem: &crate::tui::document::Problem| Item {
        label: sentence(&problem.message),
        detail: problem.help.clone(),
        aside: format!("line {}", problem.line),
        value: Pick::Problem(problem.path.clone()),
    };
    let items = app.document.problems().iter().map(item).collect();
    app.layers
        .push(Layer::Picker(Picker::new("what is wrong", items)));
}

/// Shows the value at a path.
pub(crate) fn go_to(app: &mut App, path: &str) {
    let parts = crate::design::path::split(path);
    match parts.as_slice() {
        [map, name, ..] if map == "nodes" => {
            canvas::go_to(app, name);
            app.inspector.whole = false;
        }
        [map, name, ..] if map == "wires" => {
            if let Some((from, to)) = crate::design::resolve::wire_ends(name) {
                let wire = Thing::Wire(from.to_owned(), to.to_owned());
                app.canvas.select(wire, false);
                canvas::reveal_selection(app);
            }
            app.inspector.whole = false;
        }
        _ => app.inspector.whole = true,
    }
    app.inspector.focused = true;
    // Everything around the value is opened, so that it has a row.
    let mut around = String::new();
    for part in &parts {
        if !around.is_empty() {
            around.push('/');
        }
        around.push_str(&crate::design::path::escape_key(part));
        if around != path {
            app.inspector.open.insert(around.clone());
        }
    }
    let rows = rows(app);
    let exact = rows.iter().position(|row| row.path == path);
    let near = || {
        rows.iter()
            .rposition(|row| path.starts_with(&row.path) && !row.path.is_empty())
    };
    app.inspector.chosen = exact.or_else(near).unwrap_or(0);
}

/// What enter does on a row.
pub(super) fn change(app: &mut App, row: &Row) {
    match row.control {
        Control::Text(_) | Control::TextOrMenu(..) => type_value(app, row),
        Control::Toggle => {
            let now = if row.shown == "true" { "false" } else { "true" };
            put(app, &row.path, now);
        }
        Control::Menu(choice) => menu(app, row, choice),
        Control::NodeName => node_menu(app, row),
        Control::Open => toggle(app, row),
        Control::Create(ty) => {
            put(app, &row.path, &form::sample(ty));
            app.inspector.open.insert(row.path.clone());
        }
        Control::AddItem(ty) => add_item(app, row, ty),
        Control::AddEntry(ty) => {
            let what = match plain(ty) {
                Type::Record(record) => record.name.to_lowercase(),
                _ => "entry".to_owned(),
            };
            let value = form::sample(ty);
            canvas::ask(
                app,
                format!("name of the new {what}"),
                Ask::Entry(row.path.clone(), value),
                "",
            );
        }
    }
}

fn toggle(app: &mut App, row: &Row) {
    if !app.inspector.open.remove(&row.path) {
        app.inspector.open.insert(row.path.clone());
    }
}

fn type_value(app: &mut App, row: &Row) {
    let text = match row.origin {
        Origin::Given => row.shown.clone(),
        _ if row.shown == "none" => String::new(),
        _ => row.shown.clone(),
    };
    app.inspector.editing = Some(Editing {
        path: row.path.clone(),
        input: Input::new(text),
        problem: String::new(),
    });
}

/// The variants of a choice, each with what it means.
fn menu(app: &mut App, row: &Row, choice: &'static Choice) {
    let item = |variant: &crate::design::describe::Variant| Item {
        label: variant.name.to_owned(),
        detail: crate::design::describe::one_line(variant.help),
        aside: String::new(),
        value: Pick::Value(row.path.clone(), form::variant(variant)),
    };
    let items = choice.variants.iter().map(item).collect();
    let mut picker = Picker::new(row.label.clone(), items);
    let word: String = row
        .shown
        .chars()
        .take_while(|letter| letter.is_alphanumeric())
        .collect();
    if let Some(at) = choice
        .variants
        .iter()
        .position(|variant| variant.name == word)
    {
        picker.chosen = at;
    }
    app.layers.push(Layer::Picker(picker));
}

fn node_menu(app: &mut App, row: &Row) {
    let nodes = app.document.design().nodes.iter();
    let items = nodes.map(|(name, node)| Item {
        label: name.to_owned(),
        detail: String::new(),
        aside: node.kind.name().to_lowercase(),
        value: Pick::Value(row.path.clone(), quote(name)),
    });
    let picker = Picker::new(row.label.clone(), items.collect());
    app.layers.push(Layer::Picker(picker));
}

fn add_item(app: &mut App, row: &Row, ty: Type) {
    match plain(ty) {
        _ if row.path == "faults" => fault_menu(app, row),
        Type::Choice(choice) if choice.shorthand().is_none() => {
            let item = |variant: &crate::design::describe::Variant| Item {
                label: variant.name.to_owned(),
                detail: crate::design::describe::one_line(variant.help),
                aside: String::new(),
                value: Pick::Item(row.path.clone(), form::variant(variant)),
            };
            let items = choice.variants.iter().map(item).collect();
            app.layers.push(Layer::Picker(Picker::new("add", items)));
        }
        _ => append(app, &row.path, &form::sample(ty)),
    }
}

/// Adds an item to the list at a path, and opens it.
pub(super) fn append(app: &mut App, path: &str, ron: &str) {
    let Some(tree) = app.document.tree() else {
        return;
    };
    let count = match form::find(tree, path).map(|(value, _)| &value.bare().data) {
        Some(crate::design::syntax::Data::List(items)) => Some(items.len()),
        _ => None,
    };
    let done = match count {
        Some(count) => edit(app, "add an item", |text| {
            insert(text, &format!("{path}/{count}"), ron)
        }),
        None => edit(app, "add an item", |text| {
            set(text, path, &format!("[{ron}]"))
        }),
    };
    if done {
        let item = format!("{path}/{}", count.unwrap_or(0));
        app.inspector.open.insert(path.to_owned());
        app.inspector.open.insert(item.clone());
        let at = rows(app).iter().position(|row| row.path == item);
        app.inspector.chosen = at.unwrap_or(app.inspector.chosen);
    }
}

/// Gives the value at a path another value.
pub(super) fn put(app: &mut App, path: &str, ron: &str) {
    let name = path.rsplit('/').next().unwrap_or(path).replace('_', " ");
    if edit(app, format!("change {name}"), |text| set(text, path, ron)) && ron.contains('(') {
        app.inspector.open.insert(path.to_owned());
    }
}

fn close(app: &mut App, rows: &[Row], row: &Row) {
    if row.open == Some(true) {
        app.inspector.open.remove(&row.path);
        return;
    }
    let before = rows.get(..app.inspector.chosen).unwrap_or_default();
    if let Some(around) = before.iter().rposition(|other| other.depth < row.depth) {
        app.inspector.chosen = around;
    }
}

fn default(app: &mut App, row: &Row) {
    if row.origin != Origin::Given {
        return app.complain("This is the default already.");
    }
    let is_item = row
        .path
        .rsplit('/')
        .next()
        .is_some_and(|last| last.parse::<usize>().is_ok());
    let title = if is_item {
        format!("remove item {}", row.label)
    } else {
        format!("{} back to its default", row.label)
    };
    if edit(app, title, |text| remove(text, &row.path)) {
        app.say(if is_item {
            "Removed. u brings it back."
        } else {
            "The default holds again."
        });
    }
}

fn rename(app: &mut App, row: &Row) {
    let Some((around, _)) = row.path.rsplit_once('/') else {
        return app.complain("Only entries with names of their own can be renamed.");
    };
    let is_entry = app
        .document
        .tree()
        .and_then(|tree| form::find(tree, around))
        .is_some_and(|(value, _)| matches!(value.bare().data, crate::design::syntax::Data::Map(_)));
    if is_entry {
        let title = format!("new name of {}", row.label);
        canvas::ask(app, title, Ask::RenameEntry(row.path.clone()), &row.label);
    } else {
        app.complain("Only entries with names of their own can be renamed.");
    }
}

/// A key was typed into the value of a field.
pub(super) fn typed(app: &mut App, chord: Chord) {
    if let Some(editing) = &mut app.inspector.editing
        && editing.input.key(chord)
    {
        check(app);
    }
}

pub(super) fn pasted(app: &mut App, text: &str) {
    if let Some(editing) = &mut app.inspector.editing {
        editing.input.insert(text);
        check(app);
    }
}

/// The value that was typed, as RON.
fn written(app: &App, editing: &Editing) -> String {
    let row = rows(app).into_iter().find(|row| row.path == editing.path);
    match row.map(|row| row.control) {
        Some(Control::Text(ty) | Control::TextOrMenu(ty, _)) => {
            form::to_ron(ty, editing.input.text())
        }
        _ => editing.input.text().to_owned(),
    }
}

/// Checks what is typed against the whole design.
fn check(app: &mut App) {
    let Some(editing) = &app.inspector.editing else {
        return;
    };
    let problem = if editing.input.text().trim().is_empty() {
        "enter leaves the field at its default".to_owned()
    } else {
        let ron = written(app, editing);
        let problems = app
            .document
            .problems_after(|text| set(text, &editing.path, &ron));
        problems.first().map_or(String::new(), |problem| {
            if problem.help.is_empty() {
                sentence(&problem.message)
            } else {
                format!("{} {}", sentence(&problem.message), sentence(&problem.help))
            }
        })
    };
    if let Some(editing) = &mut app.inspector.editing {
        editing.problem = problem;
    }
}

/// Ends typing a value.
pub(super) fn editing(app: &mut App, action: Action) {
    let Some(editing) = app.inspector.editing.clone() else {
        return;
    };
    match action {
        Action::TextAccept => {
            let is_empty = editing.input.text().trim().is_empty();
            if is_empty && app.document.has(&editing.path) {
                edit(app, "back to the default", |text| {
                    remove(text, &editing.path)
                });
            } else if !is_empty {
                let ron = written(app, &editing);
                let unchanged = app.document.written(&editing.path) == Some(ron.as_str());
                let problems = app
                    .document
                    .problems_after(|text| set(text, &editing.path, &ron));
                let refuses = problems
                    .iter()
                    .any(|problem| problem.path == editing.path || problem.path.is_empty());
                if refuses && !unchanged {
                    check(app);
                    return;
                }
                put(app, &editing.path, &ron);
                if let Some(problem) = problems.first() {
                    app.complain(sentence(&problem.message));
                }
            }
            app.inspector.editing = None;
        }
        Action::TextMenu => {
            let row = rows(app).into_iter().find(|row| row.path == editing.path);
            if let Some(row) = row
                && let Control::TextOrMenu(_, choice) = row.control
            {
                app.inspector.editing = None;
                menu(app, &row, choice);
            }
        }
        Action::TextCancel => app.inspector.editing = None,
        _ => {}
    }
}

/// A click on a row chooses it; on the chosen one, it changes it.
pub(super) fn click(app: &mut App, index: usize) {
    let rows = rows(app);
    let Some(row) = rows.get(index).cloned() else {
        return;
    };
    let again = app.inspector.focused && app.inspector.chosen == index;
    if !app.inspector.focused {
        focus(app);
    }
    app.inspector.chosen = index;
    if again || matches!(row.control, Control::Open) {
        change(app, &row);
    }
}
