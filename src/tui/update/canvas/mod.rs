//! What actions do on the canvas: adding, selecting, moving, removing, copying, arranging, panning.

mod arrange;
mod nodes;
mod select;
mod view;

use super::Effects;
use crate::layout::Point;
use crate::tui::action::Action;
use crate::tui::app::{App, Ask, Boxing, Layer, Mode, Moving, Prompt, Thing};
use crate::tui::widget::input::Input;
use arrange::{align, fold, fold_around, group, lay_out, nudge, put_down, ungroup};
use nodes::{add_list, copied, copy, delete, rename};
use select::{back, cycle, search, select_more, select_wire, step};
use view::pan;

pub(super) use arrange::{change_fold, move_selection};
pub(super) use nodes::{add, add_note, paste_text};
pub(super) use select::{choose, go_to, select_inside};
pub(crate) use view::fit;
pub(super) use view::{follow, resized, reveal_selection, stay, zoom};

/// Columns and rows of one step of panning, and of a long step of moving.
const FAR: (i32, i32) = (8, 4);

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
        Action::FoldAround => fold_around(app),
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
