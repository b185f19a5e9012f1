//! What actions do on the canvas: adding, selecting, moving, removing, copying, arranging, panning.

use super::{Effects, edit};
use crate::design::edit::{remove, remove_node_and_uses};
use crate::design::model::Kind;
use crate::design::path::escape_key;
use crate::layout::{Point, Rect, Zoom};
use crate::tui::action::Action;
use crate::tui::app::{App, Ask, Boxing, Dragging, Layer, Mode, Moving, Pick, Prompt, Thing};
use crate::tui::document::{Chain, form, parts, wiring};
use crate::tui::effect::Effect;
use crate::tui::widget::input::Input;
use crate::tui::widget::picker::{Item, Picker};

/// Columns and rows of one step of panning, and of a long step of moving.
const FAR: (i32, i32) = (8, 4);
/// Free columns between a new node and the one beside which it is put.
const GAP: i32 = 6;

pub(super) fn perform(app: &mut App, action: Action, effects: &mut Effects) {
    match action {
        Action::Add => add_list(app),
        Action::Left | Action::Right | Action::Up | Action::Down => step(app, action),
        Action::Next => cycle(app, 1),
        Action::Previous => cycle(app, -1),
        Action::SelectWire => select_wire(app),
        Action::SelectMore => select_more(app),
        Action::SelectAll => {
            let names = app.document.design().nodes.names();
            app.canvas.selection = names.map(|name| Thing::Node(name.to_owned())).collect();
        }
        Action::SelectBox => {
            let window = app.canvas.window();
            let at = Point::new(window.x + window.width / 2, window.y + window.height / 2);
            app.canvas.mode = Mode::Boxing(Boxing { from: at, to: at });
        }
        Action::Move => app.canvas.mode = Mode::Moving(Moving::default()),
        Action::MoveLeft => nudge(app, (-1, 0)),
        Action::MoveRight => nudge(app, (1, 0)),
        Action::MoveUp => nudge(app, (0, -1)),
        Action::MoveDown => nudge(app, (0, 1)),
        Action::MoveFarLeft => nudge(app, (-FAR.0, 0)),
        Action::MoveFarRight => nudge(app, (FAR.0, 0)),
        Action::MoveFarUp => nudge(app, (0, -FAR.1)),
        Action::MoveFarDown => nudge(app, (0, FAR.1)),
        Action::Put => put_down(app),
        Action::Cancel => app.canvas.mode = Mode::Normal,
        Action::Back => back(app),
        Action::Delete => delete(app),
        Action::Copy => copy(app, effects),
        Action::Cut => {
            copy(app, effects);
            delete(app);
        }
        Action::Paste => {
            let text = app.clipboard.clone();
            paste_text(app, &text);
        }
        Action::Duplicate => {
            let text = copied(app);
            paste_text(app, &text);
        }
        Action::Rename => rename(app),
        Action::Group => group(app),
        Action::Ungroup => ungroup(app),
        Action::Fold => fold(app),
        Action::Note => {
            let window = app.canvas.window();
            let at = (window.x + 2, window.bottom() - 3);
            ask(app, "text of the note", Ask::Note(at), "");
        }
        Action::AlignLeft | Action::AlignTop | Action::SpreadRow | Action::SpreadColumn => {
            align(app, action);
        }
        Action::Layout => lay_out(app),
        Action::PanLeft => pan(app, (-FAR.0, 0)),
        Action::PanRight => pan(app, (FAR.0, 0)),
        Action::PanUp => pan(app, (0, -FAR.1)),
        Action::PanDown => pan(app, (0, FAR.1)),
        Action::ZoomIn => zoom(app, 1),
        Action::ZoomOut => zoom(app, -1),
        Action::Fit => fit(app),
        Action::Minimap => app.canvas.minimap = !app.canvas.minimap,
        Action::Search => search(app),
        _ => {}
    }
}

/// Opens a line of text.
pub(super) fn ask(app: &mut App, title: impl Into<String>, ask: Ask, text: &str) {
    app.layers.push(Layer::Prompt(Prompt {
        title: title.into(),
        ask,
        input: Input::new(text),
        problem: String::new(),
        completions: Vec::new(),
    }));
}

/// The list of kinds and components.
fn add_list(app: &mut App) {
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
pub(super) fn add_note(app: &App) -> String {
    match app.canvas.selected_nodes().as_slice() {
        [from] if app.wires_new => format!("It is wired from {from}; tab: leave it unwired."),
        [from] => format!("It is not wired; tab: wire it from {from}."),
        _ => "It stands by itself: no node is selected to wire it from.".to_owned(),
    }
}

/// Adds a node of a kind, wired from the selected one.
pub(super) fn add(app: &mut App, kind: &str, preset: Option<&str>) {
    let wanted = match preset.and_then(|preset| preset.split(['-', '/']).next()) {
        Some(family) => family,
        None => parts::first_name(kind),
    };
    let name = parts::free_name(&app.document, wanted);
    let selected = app.canvas.selected_nodes();
    let from = match selected.as_slice() {
        [from] if app.wires_new => Some(from.clone()),
        _ => None,
    };
    let place = new_place(app, from.as_deref());
    let value = parts::new_node(kind, preset);
    if !edit(app, format!("add {name}"), |text| {
        parts::add(text, &name, &value, place)
    }) {
        return;
    }
    app.canvas.select(Thing::Node(name.clone()), false);
    app.canvas.adds = false;
    if let Some(from) = from
        && let wiring::Wiring::One = wiring::ways(&app.document, &from, &name)
    {
        let connected = wiring::connect(&app.document, &from, &name, None);
        edit(app, format!("wire {from} to {name}"), |_| connected);
    } else if app.toast.is_none() && selected.is_empty() {
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

/// The screen has another size: what fits is shown whole.
pub(super) fn resized(app: &mut App) {
    app.canvas.view = crate::tui::view::canvas_size(app);
    follow(app);
}

/// Shows the whole design with the largest boxes that fit, unless someone has panned or zoomed.
pub(super) fn follow(app: &mut App) {
    let bounds = app.canvas.bounds();
    if !app.canvas.follows || bounds.is_empty() {
        return;
    }
    let (zoom, tight, origin) = (app.canvas.zoom, app.canvas.tight, app.canvas.origin);
    if !find_zoom(app, Zoom::Chip) {
        // Nothing fits: what is selected stays in sight at a size that can be read.
        app.canvas.zoom = Zoom::Compact;
        app.canvas.refresh(&app.document);
        reveal_selection(app);
        return;
    }
    let is_same = (zoom, tight) == (app.canvas.zoom, app.canvas.tight);
    let bounds = app.canvas.bounds();
    if is_same && app.canvas.window().encloses(bounds) {
        app.canvas.origin = origin;
    } else {
        app.canvas.centre(bounds);
    }
}

/// Finds the largest zoom at which everything fits, down to a smallest; whether there is one.
fn find_zoom(app: &mut App, smallest: Zoom) -> bool {
    let all = ZOOMS.into_iter().rev().filter(|zoom| *zoom >= smallest);
    for (zoom, tight) in all.flat_map(|zoom| [(zoom, false), (zoom, true)]) {
        app.canvas.zoom = zoom;
        app.canvas.tight = tight;
        app.canvas.refresh(&app.document);
        let bounds = app.canvas.bounds();
        if bounds.width <= app.canvas.view.0 && bounds.height <= app.canvas.view.1 {
            return true;
        }
    }
    false
}

/// Shows the whole design as long as it fits.
pub(super) fn keep_in_view(app: &mut App) {
    let bounds = app.canvas.bounds();
    let fits = bounds.width <= app.canvas.view.0 && bounds.height <= app.canvas.view.1;
    if fits && !bounds.is_empty() && !app.canvas.window().encloses(bounds) {
        app.canvas.centre(bounds);
    }
}

/// Brings what is selected into view.
pub(super) fn reveal_selection(app: &mut App) {
    app.canvas.view = crate::tui::view::canvas_size(app);
    let boxes: Vec<Rect> = match app.canvas.selection.last() {
        Some(Thing::Node(name)) => app.canvas.box_of(name).into_iter().collect(),
        Some(Thing::Wire(from, to)) => {
            let ends = [app.canvas.box_of(from), app.canvas.box_of(to)];
            ends.into_iter().flatten().collect()
        }
        _ => Vec::new(),
    };
    if !boxes.is_empty() {
        app.canvas.reveal(Rect::around(boxes));
        keep_in_view(app);
    }
}

/// Selects a node and brings it into view.
pub(super) fn go_to(app: &mut App, name: &str) {
    app.inspector.whole = false;
    let adds = app.canvas.adds;
    app.canvas.select(Thing::Node(name.to_owned()), adds);
    reveal_selection(app);
}

/// Selects the nearest node in a direction.
fn step(app: &mut App, action: Action) {
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
            go_to(app, &name);
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
        go_to(app, &name);
    }
}

/// Selects the next or previous of all things.
fn cycle(app: &mut App, by: isize) {
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
fn select_wire(app: &mut App) {
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

fn select_more(app: &mut App) {
    app.canvas.adds = !app.canvas.adds;
    if app.canvas.adds {
        app.say("The arrow keys add to the selection now; v or esc ends it.");
    }
}

/// Moves what is being moved, or the corner of the box.
fn nudge(app: &mut App, (columns, rows): (i32, i32)) {
    match &mut app.canvas.mode {
        Mode::Moving(moving) => {
            moving.by.0 = moving.by.0.saturating_add(columns);
            moving.by.1 = moving.by.1.saturating_add(rows);
        }
        Mode::Boxing(boxing) => boxing.to = boxing.to.moved(columns, rows).limited(),
        _ => {}
    }
}

/// Ends moving or boxing.
fn put_down(app: &mut App) {
    match std::mem::take(&mut app.canvas.mode) {
        Mode::Moving(moving) => move_selection(app, moving.by),
        Mode::Boxing(boxing) => select_inside(app, boxing.rect()),
        Mode::Dragging(Dragging::Things { by, .. }) => move_selection(app, by),
        _ => {}
    }
}

/// Selects everything that touches a rectangle.
pub(super) fn select_inside(app: &mut App, rect: Rect) {
    let boxes = app.canvas.boxes().into_iter();
    let inside = boxes.filter(|(_, at)| at.overlaps(rect));
    let inside: Vec<Thing> = inside
        .map(|(name, _)| Thing::Node(name.to_owned()))
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

/// The places of the selected nodes as they are drawn.
fn places(app: &App) -> Vec<(String, (i32, i32))> {
    let names = app.canvas.selected_nodes();
    let boxes = app.canvas.full_boxes(&app.document);
    let place = |name: &String| {
        let (_, rect) = boxes.iter().find(|(known, _)| known == name)?;
        Some((name.clone(), (rect.x, rect.y)))
    };
    names.iter().filter_map(place).collect()
}

/// Moves the selected things for good.
pub(super) fn move_selection(app: &mut App, by: (i32, i32)) {
    if by == (0, 0) {
        return;
    }
    let limit = |value: i32| value.clamp(-100_000, 100_000);
    let places: Vec<(String, (i32, i32))> = places(app)
        .into_iter()
        .map(|(name, (x, y))| {
            let (x, y) = (x.saturating_add(by.0), y.saturating_add(by.1));
            (name, (limit(x), limit(y)))
        })
        .collect();
    let notes: Vec<(usize, (i32, i32))> = app
        .canvas
        .selection
        .iter()
        .filter_map(|thing| match thing {
            Thing::Note(index) => app.document.design().notes.get(*index).map(|note| {
                let (x, y) = (
                    note.at.0.saturating_add(by.0),
                    note.at.1.saturating_add(by.1),
                );
                (*index, (limit(x), limit(y)))
            }),
            _ => None,
        })
        .collect();
    let title = match app.canvas.selection.as_slice() {
        [Thing::Node(name)] => format!("move {name}"),
        many => format!("move {} things", many.len()),
    };
    edit(app, title, |text| {
        let mut chain = Chain::start(text).then(|text| parts::put_all(text, &places))?;
        for (index, (x, y)) in notes {
            let path = format!("notes/{index}/at");
            chain =
                chain.then(|text| crate::design::edit::set(text, &path, &format!("({x}, {y})")))?;
        }
        Ok(chain.finish())
    });
    reveal_selection(app);
}

/// One level back: from selecting several, from a selection, to nothing.
fn back(app: &mut App) {
    if app.canvas.adds {
        app.canvas.adds = false;
    } else if app.toast.is_some() {
        app.toast = None;
    } else {
        app.canvas.selection.clear();
        app.inspector.whole = false;
    }
}

/// Removes what is selected and says what went with it.
fn delete(app: &mut App) {
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
        let now = crate::tui::document::Document::new(chain.text());
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
                Err(error) => return app.complain(super::sentence(&error.message)),
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
            super::sentence(&past(&title)),
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
fn told(gone: &[crate::design::edit::Removed]) -> String {
    let sum =
        |part: fn(&crate::design::edit::Removed) -> usize| gone.iter().map(part).sum::<usize>();
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

fn copied(app: &App) -> String {
    parts::copy(&app.document, &app.canvas.selected_nodes(), &places(app))
}

fn copy(app: &mut App, effects: &mut Effects) {
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
pub(super) fn paste_text(app: &mut App, text: &str) {
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
        Err(error) => app.complain(super::sentence(&error.message)),
    }
}

fn rename(app: &mut App) {
    if let Some(name) = app.canvas.selected_nodes().last().cloned() {
        ask(
            app,
            format!("new name of {name}"),
            Ask::RenameNode(name.clone()),
            &name,
        );
    }
}

/// Groups the selected nodes; they may be in a group already, which is then changed.
fn group(app: &mut App) {
    let members = app.canvas.selected_nodes();
    let title = match members.as_slice() {
        [one] => format!("name of the group around {one}"),
        many => format!("name of the group around {} nodes", many.len()),
    };
    ask(app, title, Ask::Group(members), "");
}

/// The group of the node that was selected last.
fn group_of_selected(app: &App) -> Option<String> {
    let name = app.canvas.selected_nodes().pop()?;
    let groups = app.document.design().groups.iter();
    let mut with_it = groups.filter(|(_, members)| members.contains(&name));
    with_it.next().map(|(group, _)| group.to_owned())
}

fn ungroup(app: &mut App) {
    match group_of_selected(app) {
        Some(group) => {
            let path = format!("groups/{}", escape_key(&group));
            edit(app, format!("dissolve {group}"), |text| remove(text, &path));
        }
        None => app.complain("The selected node is in no group. g makes one."),
    }
}

fn fold(app: &mut App) {
    match group_of_selected(app) {
        Some(group) => {
            if !app.canvas.folded.remove(&group) {
                app.canvas.folded.insert(group);
            }
        }
        None => app.complain("The selected node is in no group. g makes one."),
    }
}

/// Aligns or spreads the selected nodes.
fn align(app: &mut App, action: Action) {
    let names = app.canvas.selected_nodes();
    let boxes = app.canvas.full_boxes(&app.document);
    let mut rects: Vec<(String, Rect)> = names
        .iter()
        .filter_map(|name| boxes.iter().find(|(known, _)| known == name).cloned())
        .collect();
    let left = rects.iter().map(|(_, rect)| rect.x).min().unwrap_or(0);
    let top = rects.iter().map(|(_, rect)| rect.y).min().unwrap_or(0);
    let is_row = action == Action::SpreadRow;
    let start = |rect: &Rect| if is_row { rect.x } else { rect.y };
    let length = |rect: &Rect| if is_row { rect.width } else { rect.height };
    rects.sort_by_key(|(_, rect)| start(rect));
    let places: Vec<(String, (i32, i32))> = match action {
        Action::AlignLeft => rects
            .into_iter()
            .map(|(name, rect)| (name, (left, rect.y)))
            .collect(),
        Action::AlignTop => rects
            .into_iter()
            .map(|(name, rect)| (name, (rect.x, top)))
            .collect(),
        _ => {
            let from = rects.first().map_or(0, |(_, rect)| start(rect));
            let to = rects
                .last()
                .map_or(0, |(_, rect)| start(rect) + length(rect));
            let filled: i32 = rects.iter().map(|(_, rect)| length(rect)).sum();
            let gaps = (rects.len() as i32 - 1).max(1);
            let free = (to - from - filled).max(gaps * 2);
            let mut at = from;
            let mut places = Vec::new();
            for (index, (name, rect)) in rects.into_iter().enumerate() {
                let index = index as i32;
                let place = if is_row { (at, rect.y) } else { (rect.x, at) };
                at += length(&rect) + free * (index + 1) / gaps - free * index / gaps;
                places.push((name, place));
            }
            places
        }
    };
    let title = action.info().title.to_lowercase();
    edit(app, title, |text| parts::put_all(text, &places));
}

fn lay_out(app: &mut App) {
    let forgotten = parts::forget_places(&app.document);
    let revision = app.document.revision();
    if edit(app, "lay everything out", |_| forgotten) {
        if app.document.revision() == revision {
            app.say("Everything is laid out automatically already.");
        }
        fit(app);
    }
}

fn pan(app: &mut App, (columns, rows): (i32, i32)) {
    app.canvas.follows = false;
    app.canvas.origin = app.canvas.origin.moved(columns, rows).limited();
}

/// The zoom levels, from the least shown to the most.
const ZOOMS: [Zoom; 4] = [Zoom::Overview, Zoom::Chip, Zoom::Compact, Zoom::Card];

/// What a zoom level is called.
fn zoom_name(zoom: Zoom) -> &'static str {
    match zoom {
        Zoom::Overview => "overview",
        Zoom::Chip => "chips",
        Zoom::Compact => "compact boxes",
        Zoom::Card => "cards",
    }
}

/// Another zoom level; what is selected stays in view.
pub(super) fn zoom(app: &mut App, by: isize) {
    let at = ZOOMS
        .iter()
        .position(|zoom| *zoom == app.canvas.zoom)
        .unwrap_or(3);
    let next = at.saturating_add_signed(by).min(ZOOMS.len() - 1);
    if next == at {
        return app.complain(format!("These are {} already.", zoom_name(ZOOMS[at])));
    }
    app.canvas.follows = false;
    app.canvas.zoom = ZOOMS[next];
    app.canvas.refresh(&app.document);
    if app.canvas.selection.is_empty() {
        let bounds = app.canvas.bounds();
        app.canvas.centre(bounds);
    } else {
        reveal_selection(app);
    }
    app.say(format!("Zoom: {}.", zoom_name(app.canvas.zoom)));
}

/// Brings everything into view with the largest boxes that fit.
pub(crate) fn fit(app: &mut App) {
    app.canvas.view = crate::tui::view::canvas_size(app);
    app.canvas.follows = true;
    find_zoom(app, Zoom::Overview);
    let bounds = app.canvas.bounds();
    app.canvas.centre(bounds);
}

fn search(app: &mut App) {
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
