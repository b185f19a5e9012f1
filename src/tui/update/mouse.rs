//! What the mouse does: everything on the screen that has a key can also be clicked.

use super::{Effects, canvas, gallery, inspector, perform, pick, wire};
use crate::layout::{Owner, Point};
use crate::tui::action::Action;
use crate::tui::app::{App, Boxing, Dragging, Layer, Mode, Thing};
use crate::tui::view::hits::Hit;

/// A button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Button {
    /// The main one.
    Left,
    /// The wheel.
    Middle,
    /// The other one.
    Right,
}

/// What happened to the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// A button went down.
    Down(Button),
    /// The mouse moved while a button was held.
    Drag(Button),
    /// A button came up.
    Up(Button),
    /// The wheel turned: rows, down positive.
    Wheel(i32),
}

/// The mouse did something at a cell of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// What.
    pub press: Press,
    /// The column.
    pub column: u16,
    /// The row.
    pub row: u16,
    /// Whether shift or control was held: a click then adds to the selection.
    pub adds: bool,
    /// Whether alt was held: dragging then draws a wire.
    pub wires: bool,
}

/// Within this time a second click on the same thing opens it.
const DOUBLE_MS: u64 = 400;

pub(super) fn mouse(app: &mut App, mouse: Mouse, effects: &mut Effects) {
    let hit = app.hits.at(mouse.column, mouse.row).cloned();
    match mouse.press {
        Press::Wheel(rows) => wheel(app, rows, mouse.adds, hit.as_ref()),
        Press::Down(button) => down(app, mouse, button, hit.as_ref(), effects),
        Press::Drag(_) => drag(app, mouse),
        Press::Up(_) => up(app, mouse, effects),
    }
}

fn world(app: &App, mouse: Mouse) -> Option<Point> {
    let area = app.hits.canvas()?;
    let column = i32::from(mouse.column) - i32::from(area.x);
    let row = i32::from(mouse.row) - i32::from(area.y);
    Some(app.canvas.origin.moved(column, row))
}

fn wheel(app: &mut App, rows: i32, sideways: bool, hit: Option<&Hit>) {
    match app.layers.last_mut() {
        Some(Layer::Picker(picker)) => return picker.step(rows as isize),
        Some(Layer::Keys(scroll)) => {
            let moved = scroll.saturating_add_signed((rows * 3) as isize);
            *scroll = moved.min(crate::tui::view::keys::LINES_MAX);
            return;
        }
        Some(Layer::Prompt(_)) => return,
        None => {}
    }
    match hit {
        Some(Hit::Row(_) | Hit::Inspector) => {
            app.inspector.chosen = app.inspector.chosen.saturating_add_signed(rows as isize);
        }
        Some(Hit::Gallery(_)) => {
            let next = app.gallery.chosen.saturating_add_signed(rows as isize);
            gallery::choose(app, next);
        }
        _ => {
            app.canvas.follows = false;
            let by = if sideways {
                (rows * 6, 0)
            } else {
                (0, rows * 3)
            };
            app.canvas.origin = app.canvas.origin.moved(by.0, by.1).limited();
        }
    }
}

fn down(app: &mut App, mouse: Mouse, button: Button, hit: Option<&Hit>, effects: &mut Effects) {
    if !app.layers.is_empty() {
        match hit {
            Some(Hit::Item(index)) => pick::accept_at(app, *index, effects),
            Some(Hit::Layer) => {}
            _ => {
                app.layers.pop();
                app.after_save = None;
            }
        }
        return;
    }
    if app.inspector.editing.is_some() && !matches!(hit, Some(Hit::Row(_))) {
        inspector::editing(app, Action::TextAccept);
    }
    match hit {
        Some(Hit::Action(action)) => perform(app, *action, effects),
        Some(Hit::Row(index)) => inspector::click(app, *index),
        Some(Hit::Inspector) => inspector::focus(app),
        Some(Hit::Gallery(index)) => {
            let again = app.gallery.chosen == *index;
            gallery::choose(app, *index);
            if again {
                gallery::open(app, *index, effects);
            }
        }
        Some(Hit::Minimap(at)) => {
            app.canvas.origin = at.moved(-app.canvas.view.0 / 2, -app.canvas.view.1 / 2);
        }
        Some(Hit::Toast) => app.toast = None,
        Some(Hit::Canvas) => on_canvas(app, mouse, button),
        Some(Hit::Layer | Hit::Item(_)) | None => {}
    }
}

fn on_canvas(app: &mut App, mouse: Mouse, button: Button) {
    let Some(at) = world(app, mouse) else { return };
    app.inspector.focused = false;
    app.inspector.whole = false;
    if button != Button::Left {
        let asks = button == Button::Right;
        if let Some(thing) = app.canvas.thing_at(at)
            && asks
            && !app.canvas.selection.contains(&thing)
        {
            app.canvas.select(thing, false);
        }
        app.canvas.mode = Mode::Dragging(Dragging::View { at, asks });
        return;
    }
    if let Some((group, is_folded)) = group_at(app, at)
        && is_again(app, Some(group))
    {
        app.canvas.mode = Mode::Normal;
        return canvas::change_fold(app, group, !is_folded);
    }
    match (app.canvas.thing_at(at), &app.canvas.mode) {
        (Some(Thing::Node(name)), Mode::Labels(labels)) => {
            if let crate::tui::app::LabelsFor::WireTo(from) = labels.purpose.clone() {
                app.canvas.mode = Mode::Normal;
                wire::wire(app, &from, &name);
            } else {
                app.canvas.mode = Mode::Normal;
                app.canvas.select(Thing::Node(name), false);
            }
        }
        (Some(Thing::Node(name)), _) if mouse.wires || is_at_right_border(app, &name, at) => {
            app.canvas.select(Thing::Node(name.clone()), false);
            app.canvas.mode = Mode::Dragging(Dragging::Wire { from: name, to: at });
        }
        (Some(thing), _) => {
            if app.canvas.selection == [thing.clone()] && is_again(app, None) {
                app.canvas.mode = Mode::Normal;
                inspector::focus(app);
                return;
            }
            if mouse.adds || !app.canvas.selection.contains(&thing) {
                app.canvas.select(thing, mouse.adds);
            }
            app.canvas.mode = Mode::Dragging(Dragging::Things {
                from: at,
                by: (0, 0),
            });
        }
        (None, _) => {
            if !mouse.adds {
                app.canvas.selection.clear();
            }
            app.canvas.mode = Mode::Dragging(Dragging::Box(Boxing { from: at, to: at }));
        }
    }
}

/// Whether this is the second click on the same group, or on a thing that is none, within a short time.
fn is_again(app: &mut App, group: Option<usize>) -> bool {
    let (before_ms, before) = app.hits.clicked;
    app.hits.clicked = (app.now_ms, group);
    before == group && app.now_ms.saturating_sub(before_ms) < DOUBLE_MS
}

/// The frame or folded box of a group at a cell, and whether it is folded.
fn group_at(app: &App, at: Point) -> Option<(usize, bool)> {
    let scene = app.canvas.scene()?;
    let Owner::Group(group) = scene.hit(at) else {
        return None;
    };
    Some((group, scene.groups().get(group)?.folded))
}

/// A drag that begins at the right border of a box draws a wire.
fn is_at_right_border(app: &App, name: &str, at: Point) -> bool {
    app.canvas
        .box_of(name)
        .is_some_and(|rect| rect.right() - 1 == at.x)
}

fn drag(app: &mut App, mouse: Mouse) {
    let Some(at) = world(app, mouse) else { return };
    match &mut app.canvas.mode {
        Mode::Dragging(Dragging::Things { from, by }) => *by = (at.x - from.x, at.y - from.y),
        Mode::Dragging(Dragging::Wire { to, .. }) => *to = at,
        Mode::Dragging(Dragging::Box(boxing)) => boxing.to = at,
        Mode::Dragging(Dragging::View { at: held, asks }) => {
            let held = *held;
            let back = (held.x - at.x, held.y - at.y);
            if back == (0, 0) {
                return;
            }
            *asks = false;
            app.canvas.follows = false;
            app.canvas.origin = app.canvas.origin.moved(back.0, back.1).limited();
        }
        _ => {}
    }
}

fn up(app: &mut App, mouse: Mouse, effects: &mut Effects) {
    drag(app, mouse);
    let Mode::Dragging(_) = app.canvas.mode else {
        return;
    };
    let Mode::Dragging(dragging) = std::mem::take(&mut app.canvas.mode) else {
        return;
    };
    match dragging {
        Dragging::Things { by, .. } => canvas::move_selection(app, by),
        Dragging::Box(boxing) if boxing.from != boxing.to => {
            canvas::select_inside(app, boxing.rect());
        }
        Dragging::View { asks: true, .. } => perform(app, Action::Palette, effects),
        Dragging::Box(_) | Dragging::View { .. } => {}
        Dragging::Wire { from, to } => match app.canvas.thing_at(to) {
            Some(Thing::Node(name)) if name != from => wire::wire(app, &from, &name),
            _ => {}
        },
    }
}
