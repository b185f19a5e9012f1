//! Choosing an entry of a list.

use super::{Effects, canvas, edit, files, gallery, inspector, perform as perform_action, wire};
use crate::tui::action::Action;
use crate::tui::app::{App, Layer, Opening, Pick};
use crate::tui::effect::Effect;
use crate::tui::gallery::TEMPLATES;
use crate::tui::live::Command;

pub(super) fn perform(app: &mut App, action: Action, effects: &mut Effects) {
    let Some(Layer::Picker(picker)) = app.layers.last_mut() else {
        return;
    };
    match action {
        Action::ListDown => picker.step(1),
        Action::ListUp => picker.step(-1),
        Action::ListPageDown => picker.step(10),
        Action::ListPageUp => picker.step(-10),
        Action::ListOther => other(app),
        Action::ListAccept => accept(app, effects),
        _ => cancel(app),
    }
}

/// Switches whether a new node is wired.
fn other(app: &mut App) {
    let adds_node = matches!(
        app.layers.last(),
        Some(Layer::Picker(picker)) if picker.items.iter().any(|item| matches!(item.value, Pick::Node(..)))
    );
    if adds_node {
        app.wires_new = !app.wires_new;
        let note = canvas::add_note(app);
        if let Some(Layer::Picker(picker)) = app.layers.last_mut() {
            picker.note = note;
        }
    }
}

fn cancel(app: &mut App) {
    app.layers.pop();
    app.after_save = None;
}

/// Chooses an entry by its position among the matches, as a click does.
pub(super) fn accept_at(app: &mut App, index: usize, effects: &mut Effects) {
    if let Some(Layer::Picker(picker)) = app.layers.last_mut() {
        picker.chosen = index.min(picker.matches.len().saturating_sub(1));
        accept(app, effects);
    }
}

fn accept(app: &mut App, effects: &mut Effects) {
    let Some(Layer::Picker(picker)) = app.layers.last() else {
        return;
    };
    let Some(value) = picker.current().map(|item| item.value.clone()) else {
        app.complain("Nothing matches what was typed.");
        return;
    };
    app.layers.pop();
    take(app, value, effects);
}

/// Does what an entry stands for.
fn take(app: &mut App, value: Pick, effects: &mut Effects) {
    match value {
        Pick::Action(action) => perform_action(app, action, effects),
        Pick::Node(kind, preset) => canvas::add(app, kind, preset.as_deref()),
        Pick::GoTo(name) => canvas::go_to(app, &name),
        Pick::Gallery(index) => {
            gallery::choose(app, index);
            gallery::open(app, index, effects);
        }
        Pick::Template(index) => {
            if let Some(template) = TEMPLATES.get(index) {
                files::open(app, Opening::Text(template.text.to_owned()), effects);
            }
        }
        Pick::Endpoint(from, to, endpoint) => wire::wire_into(app, &from, &to, Some(&endpoint)),
        Pick::Value(path, ron) => inspector::put(app, &path, &ron),
        Pick::Item(path, ron) => inspector::append(app, &path, &ron),
        Pick::Fault(fault) => effects.push(Effect::Live(Command::Fault {
            fault,
            lasts_ns: None,
        })),
        Pick::EndFault(index) => effects.push(Effect::Live(Command::EndFault(index))),
        Pick::Problem(path) => inspector::go_to(app, &path),
        Pick::Leave(leave) => files::leave(app, leave, effects),
        Pick::Disk(disk) => files::about_disk(app, disk),
        Pick::Recover(take) => files::recover(app, take, effects),
    }
}

/// Adds an entry to a map and opens it.
pub(super) fn add_entry(app: &mut App, path: &str, name: &str, ron: &str) -> bool {
    let entry = format!("{path}/{}", crate::design::path::escape_key(name));
    if app.document.has(&entry) {
        app.complain(format!("There is {name} already."));
        return false;
    }
    let added = edit(app, format!("add {name}"), |text| {
        crate::design::edit::set(text, &entry, ron)
    });
    if added {
        app.inspector.open.insert(entry);
    }
    added
}
