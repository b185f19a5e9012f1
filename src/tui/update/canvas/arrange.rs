//! Where things stand on the canvas: moving, aligning, spreading, grouping, laying out.

use super::{ask, fit, reveal_selection, select_inside};
use crate::design::edit::remove;
use crate::design::path::escape_key;
use crate::layout::Rect;
use crate::tui::action::Action;
use crate::tui::app::{App, Ask, Dragging, Mode, Thing};
use crate::tui::document::{Chain, parts};
use crate::tui::update::edit;

/// Moves what is being moved, or the corner of the box.
pub(super) fn nudge(app: &mut App, (columns, rows): (i32, i32)) {
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
pub(super) fn put_down(app: &mut App) {
    match std::mem::take(&mut app.canvas.mode) {
        Mode::Moving(moving) => move_selection(app, moving.by),
        Mode::Boxing(boxing) => select_inside(app, boxing.rect()),
        Mode::Dragging(Dragging::Things { by, .. }) => move_selection(app, by),
        _ => {}
    }
}

/// The places of the selected nodes as they are drawn.
pub(super) fn places(app: &App) -> Vec<(String, (i32, i32))> {
    let names = app.canvas.selected_nodes();
    let boxes = app.canvas.full_boxes(&app.document);
    let place = |name: &String| {
        let (_, rect) = boxes.iter().find(|(known, _)| known == name)?;
        Some((name.clone(), (rect.x, rect.y)))
    };
    names.iter().filter_map(place).collect()
}

/// Moves the selected things for good.
pub(in crate::tui::update) fn move_selection(app: &mut App, by: (i32, i32)) {
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

/// Groups the selected nodes; they may be in a group already, which is then changed.
pub(super) fn group(app: &mut App) {
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

pub(super) fn ungroup(app: &mut App) {
    match group_of_selected(app) {
        Some(group) => {
            let path = format!("groups/{}", escape_key(&group));
            edit(app, format!("dissolve {group}"), |text| remove(text, &path));
        }
        None => app.complain("The selected node is in no group. g makes one."),
    }
}

/// Folds the innermost group of the selected node, or opens what is folded around it.
pub(super) fn fold(app: &mut App) {
    let group = app.canvas.selected_nodes().pop();
    let Some((group, is_folded)) = group.and_then(|name| app.canvas.group_of(&name)) else {
        return app.complain("The selected node is in no group. g makes one.");
    };
    change_fold(app, group, !is_folded);
}

/// Folds the group around the folded one, or around the innermost of the selected node.
pub(super) fn fold_around(app: &mut App) {
    let group = app.canvas.selected_nodes().pop();
    let innermost = group.and_then(|name| app.canvas.group_of(&name));
    let scene = app.canvas.scene();
    let around = innermost.and_then(|(group, _)| scene?.groups().get(group)?.parent);
    match around {
        Some(around) => change_fold(app, around, true),
        None => app.complain("There is no group around that of the selected node."),
    }
}

/// Draws a group as one box or opens it; what is selected stays in sight.
pub(in crate::tui::update) fn change_fold(app: &mut App, group: usize, folds: bool) {
    app.canvas.fold(group, folds);
    app.canvas.refresh(&app.document);
    if let Some(name) = app.canvas.selected_nodes().pop() {
        app.canvas.select(Thing::Node(name), false);
    }
    super::follow(app);
    reveal_selection(app);
}

/// Aligns or spreads the selected nodes.
pub(super) fn align(app: &mut App, action: Action) {
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

pub(super) fn lay_out(app: &mut App) {
    let forgotten = parts::forget_places(&app.document);
    let revision = app.document.revision();
    if edit(app, "lay everything out", |_| forgotten) {
        if app.document.revision() == revision {
            app.say("Everything is laid out automatically already.");
        }
        fit(app);
    }
}
