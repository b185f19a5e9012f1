//! Things that come and go on the canvas: adding, removing, copying, pasting, renaming.

use super::arrange::places;
use super::{ask, reveal_selection};
use crate::design::edit::{Removed, remove, remove_node_and_uses};
use crate::design::model::Kind;
use crate::layout::{Point, Rect, Zoom};
use crate::tui::app::{App, Ask, Layer, Pick, Thing};
use crate::tui::document::{Chain, Document, form, parts, wiring};
use crate::tui::effect::Effect;
use crate::tui::update::{Effects, edit, sentence};
use crate::tui::widget::picker::{Item, Picker};

/// Free columns between a new node and the one beside which it is put.
const GAP: i32 = 6;

/// The list of kinds and components.
pub(super) fn add_list(app: &mut App) {
    let kinds = Kind::ALL.iter().map(|kind| Item {
        label: kind.name.to_owned(),
        detail: crate::design::describe::one_line(kind.help),
        aside: "kind".to_owned(),
        value: Pick::Node(kind.name, None),
    });
    let presets = form::presets().iter().filter_map(|(name, preset)| {
        let kind = Kind::ALL.iter().find(|kind| kind.name == preset.kind)?;
        Some(Item {
            label: name.clone(),
            detail: preset.title.clone(),
            aside: kind.name.to_owned(),
            value: Pick::Node(kind.name, Some(name.clone())),
        })
    });
    let items = kinds.chain(presets).collect();
    let mut picker = Picker::new("add a node", items);
    picker.note = add_note(app);
    app.layers.push(Layer::Picker(picker));
}

/// What happens besides when a node is added.
pub(in crate::tui::update) fn add_note(app: &App) -> String {
    match app.canvas.selected_nodes().as_slice() {
        [] => "It stands by itself: no node is selected to wire it from.".to_owned(),
        from => {
            let from = match from {
                [one] => one.clone(),
                many => format!("each of the {} selected nodes", many.len()),
            };
            if app.wires_new {
                format!("It is wired from {from}; tab: leave it unwired.")
            } else {
                format!("It is not wired; tab: wire it from {from}.")
            }
        }
    }
}

/// Adds a node of a kind, wired from each selected one.
pub(in crate::tui::update) fn add(app: &mut App, kind: &str, preset: Option<&str>) {
    let wanted = match preset.and_then(|preset| preset.split(['-', '/']).next()) {
        Some(family) => family,
        None => parts::first_name(kind),
    };
    let name = parts::free_name(&app.document, wanted);
    let selected = app.canvas.selected_nodes();
    let callers: &[String] = if app.wires_new { &selected } else { &[] };
    let place = new_place(app, callers.last().map(String::as_str));
    let value = parts::new_node(kind, preset);
    if !edit(app, format!("add {name}"), |text| {
        parts::add(text, &name, &value, place)
    }) {
        return;
    }
    app.canvas.select(Thing::Node(name.clone()), false);
    app.canvas.adds = false;
    for from in callers {
        if let wiring::Wiring::One = wiring::ways(&app.document, from, &name) {
            let connected = wiring::connect(&app.document, from, &name, None);
            edit(app, format!("wire {from} to {name}"), |_| connected);
        }
    }
    if app.toast.is_none() && selected.is_empty() {
        app.say(format!(
            "Added {name}. r renames it, enter shows its fields."
        ));
    }
    reveal_selection(app);
}

/// Where a new node goes: nowhere special while nothing has a place by hand, else beside the node
/// that it is wired from, or in the middle of the view, where nothing is yet.
fn new_place(app: &App, from: Option<&str>) -> Option<(i32, i32)> {
    if app.document.design().canvas.is_empty() {
        return None;
    }
    let boxes = app.canvas.full_boxes(&app.document);
    let window = app.canvas.window();
    let from = from.and_then(|from| boxes.iter().find(|(known, _)| known == from));
    let start = match from {
        Some((_, rect)) => Point::new(rect.right() + GAP, rect.y),
        // The middle of the view is a place of the document only where boxes have their full size.
        None if app.canvas.zoom != Zoom::Card => return None,
        None => Point::new(
            window.x + window.width / 2 - 7,
            window.y + window.height / 2 - 2,
        ),
    };
    let size = (16, 5);
    let free = |at: Point| {
        let wanted = Rect::new(at.x, at.y, size.0, size.1).grown(2, 1);
        !boxes.iter().any(|(_, rect)| rect.overlaps(wanted))
    };
    let rows = (0..200).map(|step| start.moved(0, step));
    let at = rows.into_iter().find(|at| free(*at)).unwrap_or(start);
    Some((at.x, at.y))
}

/// Removes what is selected and says what went with it.
pub(super) fn delete(app: &mut App) {
    let selection = std::mem::take(&mut app.canvas.selection);
    let title = match selection.as_slice() {
        [Thing::Node(name)] => format!("delete {name}"),
        [Thing::Wire(from, to)] => format!("delete the wire from {from} to {to}"),
        [Thing::Note(_)] => "delete a note".to_owned(),
        many => format!("delete {} things", many.len()),
    };
    let mut gone = Vec::new();
    let wires: Vec<(String, String)> = selection
        .iter()
        .filter_map(|thing| match thing {
            Thing::Wire(from, to) => Some((from.clone(), to.clone())),
            _ => None,
        })
        .collect();
    let mut chain = Chain::start(app.document.text());
    for (from, to) in &wires {
        let now = Document::new(chain.text());
        if let Ok(edited) = wiring::disconnect(&now, from, to) {
            chain = chain.clone().then(|_| Ok(edited)).unwrap_or(chain);
        }
    }
    let mut notes: Vec<usize> = Vec::new();
    for thing in &selection {
        match thing {
            Thing::Node(name) => match remove_node_and_uses(chain.text(), name) {
                Ok((edited, removed)) => {
                    gone.push(removed);
                    chain = chain.clone().then(|_| Ok(edited)).unwrap_or(chain);
                }
                Err(error) => return app.complain(sentence(&error.message)),
            },
            Thing::Note(index) => notes.push(*index),
            Thing::Wire(..) => {}
        }
    }
    notes.sort_unstable();
    for index in notes.into_iter().rev() {
        let path = format!("notes/{index}");
        chain = chain
            .clone()
            .then(|text| remove(text, &path))
            .unwrap_or(chain);
    }
    if edit(app, title.clone(), |_| Ok(chain.finish())) {
        app.say(format!(
            "{}{} u brings it back.",
            sentence(&past(&title)),
            told(&gone)
        ));
    }
    app.canvas.adds = false;
}

/// "delete x" as what has been done.
fn past(title: &str) -> String {
    title.replacen("delete", "deleted", 1)
}

/// What went with the nodes, in words.
fn told(gone: &[Removed]) -> String {
    let sum = |part: fn(&Removed) -> usize| gone.iter().map(part).sum::<usize>();
    let counted = [
        (
            sum(|removed| removed.steps),
            "step that used it",
            "steps that used it",
        ),
        (
            sum(|removed| removed.flows),
            "flow of traffic",
            "flows of traffic",
        ),
        (sum(|removed| removed.faults), "fault", "faults"),
        (sum(|removed| removed.others), "reference", "references"),
    ];
    let words: Vec<String> = counted
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many }))
        .collect();
    if words.is_empty() {
        String::new()
    } else {
        format!(" With it went {}.", words.join(", "))
    }
}

pub(super) fn copied(app: &App) -> String {
    parts::copy(&app.document, &app.canvas.selected_nodes(), &places(app))
}

pub(super) fn copy(app: &mut App, effects: &mut Effects) {
    app.clipboard = copied(app);
    let count = app.canvas.selected_nodes().len();
    effects.push(Effect::Clipboard(app.clipboard.clone()));
    app.say(if count == 1 {
        "Copied 1 node. p adds it again.".to_owned()
    } else {
        format!("Copied {count} nodes. p adds them again.")
    });
}

/// Adds copied nodes.
pub(in crate::tui::update) fn paste_text(app: &mut App, text: &str) {
    let with_places = !app.document.design().canvas.is_empty();
    match parts::paste(&app.document, text, (4, 3), with_places) {
        Ok((edited, added)) => {
            if added.is_empty() {
                return app.complain("There are no nodes in what was pasted.");
            }
            let title = match added.as_slice() {
                [one] => format!("paste {one}"),
                many => format!("paste {} nodes", many.len()),
            };
            if edit(app, title, |_| Ok(edited)) {
                app.canvas.selection = added.into_iter().map(Thing::Node).collect();
                reveal_selection(app);
            }
        }
        Err(error) => app.complain(sentence(&error.message)),
    }
}

pub(super) fn rename(app: &mut App) {
    if let Some(name) = app.canvas.selected_nodes().last().cloned() {
        ask(
            app,
            format!("new name of {name}"),
            Ask::RenameNode(name.clone()),
            &name,
        );
    }
}
