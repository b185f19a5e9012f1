//! What is selected on the canvas: the next thing in a direction or in order, several, by name.

use super::reveal_selection;
use crate::layout::Rect;
use crate::tui::action::Action;
use crate::tui::app::{App, Layer, Pick, Thing};
use crate::tui::widget::picker::{Item, Picker};

/// Selects a node and brings it into view; a folded group that hides it is opened.
pub(in crate::tui::update) fn go_to(app: &mut App, name: &str) {
    app.canvas.uncover(name, &app.document);
    choose(app, name);
}

/// Selects what is drawn for a node, which may be a folded group, and brings it into view.
pub(in crate::tui::update) fn choose(app: &mut App, name: &str) {
    app.inspector.whole = false;
    let adds = app.canvas.adds;
    app.canvas.select(Thing::Node(name.to_owned()), adds);
    reveal_selection(app);
}

/// Selects the nearest node in a direction.
pub(super) fn step(app: &mut App, action: Action) {
    let names = app.canvas.selected_nodes();
    let boxes = app.canvas.boxes();
    let at = names.last().and_then(|name| app.canvas.box_of(name));
    let Some(at) = at else {
        // Nothing is selected: begin with what is nearest to the corner that is read first.
        let window = app.canvas.window();
        let first = boxes
            .iter()
            .min_by_key(|(_, rect)| (!window.overlaps(*rect), rect.x + rect.y))
            .map(|(name, _)| (*name).to_owned());
        if let Some(name) = first {
            choose(app, &name);
        }
        return;
    };
    let centre = |rect: Rect| (rect.x * 2 + rect.width, (rect.y * 2 + rect.height) * 2);
    let (from_x, from_y) = centre(at);
    let ahead = |rect: Rect| {
        let (x, y) = centre(rect);
        let (along, across) = match action {
            Action::Left => (from_x - x, y - from_y),
            Action::Right => (x - from_x, y - from_y),
            Action::Up => (from_y - y, x - from_x),
            _ => (y - from_y, x - from_x),
        };
        (along > 0).then_some(along + 2 * across.abs())
    };
    let next = boxes
        .iter()
        .filter(|(name, _)| !names.iter().any(|known| known == name))
        .filter_map(|(name, rect)| ahead(*rect).map(|far| (far, (*name).to_owned())))
        .min();
    if let Some((_, name)) = next {
        choose(app, &name);
    }
}

/// Selects the next or previous of all things.
pub(super) fn cycle(app: &mut App, by: isize) {
    let design = app.document.design();
    let mut all: Vec<Thing> = design
        .nodes
        .names()
        .map(|name| Thing::Node(name.to_owned()))
        .collect();
    let wires = design.implied_wires().into_iter();
    all.extend(wires.map(|(from, to)| Thing::Wire(from, to)));
    all.extend((0..design.notes.len()).map(Thing::Note));
    if all.is_empty() {
        return;
    }
    let last = app.canvas.selection.last();
    let at = last.and_then(|last| all.iter().position(|thing| thing == last));
    let next = match at {
        Some(at) => (at as isize + by).rem_euclid(all.len() as isize) as usize,
        None if by < 0 => all.len() - 1,
        None => 0,
    };
    app.inspector.whole = false;
    app.canvas.select(all[next].clone(), false);
    reveal_selection(app);
}

/// Selects one wire of the selected node after the other.
pub(super) fn select_wire(app: &mut App) {
    let Some(Thing::Node(node)) = app.canvas.selection.last().cloned() else {
        return;
    };
    let wires = app.document.design().implied_wires();
    let mine: Vec<Thing> = wires
        .into_iter()
        .filter(|(from, to)| *from == node || *to == node)
        .map(|(from, to)| Thing::Wire(from, to))
        .collect();
    match mine.first() {
        Some(wire) => {
            app.canvas.select(wire.clone(), false);
            app.say("tab goes on to the next wire.");
        }
        None => app.complain(format!("{node} has no wires yet. w draws one.")),
    }
}

pub(super) fn select_more(app: &mut App) {
    app.canvas.adds = !app.canvas.adds;
    if app.canvas.adds {
        app.say("The arrow keys add to the selection now; v or esc ends it.");
    }
}

/// Selects everything that touches a rectangle.
pub(in crate::tui::update) fn select_inside(app: &mut App, rect: Rect) {
    let boxes = app.canvas.boxes().into_iter();
    let inside = boxes.filter(|(_, at)| at.overlaps(rect));
    let inside: Vec<Thing> = inside
        .flat_map(|(name, _)| app.canvas.drawn_with(name))
        .map(Thing::Node)
        .collect();
    if !app.canvas.adds {
        app.canvas.selection.clear();
    }
    for thing in inside {
        if !app.canvas.selection.contains(&thing) {
            app.canvas.selection.push(thing);
        }
    }
}

/// One level back: from selecting several, from a selection, to nothing.
pub(super) fn back(app: &mut App) {
    if app.canvas.adds {
        app.canvas.adds = false;
    } else if app.toast.is_some() {
        app.toast = None;
    } else {
        app.canvas.selection.clear();
        app.inspector.whole = false;
    }
}

pub(super) fn search(app: &mut App) {
    let nodes = app.document.design().nodes.iter();
    let items = nodes.map(|(name, node)| Item {
        label: name.to_owned(),
        detail: node.common.note.clone(),
        aside: node.kind.name().to_lowercase(),
        value: Pick::GoTo(name.to_owned()),
    });
    let picker = Picker::new("go to a node", items.collect());
    app.layers.push(Layer::Picker(picker));
}
