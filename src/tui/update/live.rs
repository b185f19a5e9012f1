//! The run beside the canvas: starting it, its pace, faults by hand, what it says.

use super::{Effects, canvas, inspector, perform as perform_action};
use crate::tui::action::Action;
use crate::tui::app::{App, Layer, Pick, Tab, Thing};
use crate::tui::effect::Effect;
use crate::tui::live::{Command, Snapshot, offers};
use crate::tui::widget::picker::{Item, Picker};
use std::sync::Arc;

/// One simulated second, in ns.
const SECOND: i64 = 1_000_000_000;

pub(super) fn perform(app: &mut App, action: Action, effects: &mut Effects) {
    let tenth = app
        .live
        .as_ref()
        .map_or(0, |live| live.duration_ns() as i64 / 10);
    let command = match action {
        Action::Live => return show(app, effects, false),
        Action::Run => return show(app, effects, true),
        Action::Fault => return faults(app),
        Action::Record => return record(app),
        Action::LiveLeft => return canvas::perform(app, Action::Left, effects),
        Action::LiveDown => return canvas::perform(app, Action::Down, effects),
        Action::LiveUp => return canvas::perform(app, Action::Up, effects),
        Action::LiveRight => return canvas::perform(app, Action::Right, effects),
        Action::LiveNext => return canvas::perform(app, Action::Next, effects),
        Action::LiveEdit => return inspector::focus(app),
        Action::LiveQuit => return perform_action(app, Action::Design, effects),
        Action::Slower => Command::Slower,
        Action::Faster => Command::Faster,
        Action::StepBack => Command::Step(-SECOND),
        Action::StepOn => Command::Step(SECOND),
        Action::StepFarBack => Command::Step(-tenth),
        Action::StepFarOn => Command::Step(tenth),
        Action::StepEvent => Command::StepEvent,
        Action::Restart => Command::Restart,
        Action::Branch => {
            app.say("What came after this moment is forgotten; the run goes on from here.");
            Command::Branch
        }
        _ => return,
    };
    effects.push(Effect::Live(command));
}

/// Shows the run; starts one if there is none, and plays or pauses it.
fn show(app: &mut App, effects: &mut Effects, plays: bool) {
    let was_shown = app.tab == Tab::Live;
    app.tab = Tab::Live;
    if app.live.is_none() {
        app.live_of = app.document.revision();
        effects.push(Effect::Start(Box::new(app.document.design().clone())));
        select(app, effects);
    }
    if plays {
        let command = if was_shown {
            Command::Toggle
        } else {
            Command::Play
        };
        effects.push(Effect::Live(command));
    }
}

/// Tells the run which node is watched closely.
fn select(app: &App, effects: &mut Effects) {
    let node = app.canvas.selected_nodes().pop();
    effects.push(Effect::Live(Command::Select(node)));
}

/// An edit takes effect in the run at this simulated moment; another document ends the run.
pub(super) fn settle(app: &mut App, effects: &mut Effects) {
    if app.live.is_none() {
        return;
    }
    if app.live_of != app.document.revision() && app.document.is_sound() {
        app.live_of = app.document.revision();
        let design = Box::new(app.document.design().clone());
        effects.push(Effect::Live(Command::Edit(design)));
    }
    let watched = app.live.as_ref().and_then(|live| {
        let (index, _) = live.selected.as_ref()?;
        Some(live.meta().nodes.get(*index as usize)?.name.clone())
    });
    let selected = app.canvas.selected_nodes().pop();
    if selected.is_some() && selected != watched {
        select(app, effects);
    }
}

/// The run shows itself.
pub(super) fn snapshot(app: &mut App, snapshot: Arc<Snapshot>) {
    if let Some(notice) = &snapshot.notice
        && notice.number != app.live_notice
    {
        app.live_notice = notice.number;
        if notice.refused {
            app.complain(notice.text.clone());
        } else {
            app.say(notice.text.clone());
        }
    }
    app.live_shown.refresh(&snapshot);
    app.live = Some(snapshot);
}

/// What can be done to the selected thing, and what was done that can be ended.
fn faults(app: &mut App) {
    let item = |label: String, detail: &str, value| Item {
        label,
        detail: detail.to_owned(),
        aside: String::new(),
        value,
    };
    let mut items = Vec::new();
    if let Some(live) = &app.live {
        for (index, fault) in live.timeline.faults().iter().enumerate() {
            let goes_on = fault.at_ns().is_some_and(|at| at <= live.now_ns())
                && fault.ends_ns().is_none_or(|ends| ends > live.now_ns());
            if goes_on {
                let label = format!("end: {}", crate::tui::live::words::fault(&fault.entry));
                items.push(item(
                    label,
                    "It is over from this moment on.",
                    Pick::EndFault(index),
                ));
            }
        }
    }
    let Some(thing) = app.canvas.selection.last().cloned() else {
        return;
    };
    let (title, made) = match &thing {
        Thing::Node(name) => (
            format!("break {name}"),
            offers::of_node(app.document.design(), name),
        ),
        Thing::Wire(from, to) => (
            format!("break the wire from {from} to {to}"),
            offers::of_wire(from, to),
        ),
        Thing::Note(_) => return app.complain("A note cannot fail. Select a node or a wire."),
    };
    for offer in made {
        items.push(item(offer.label, offer.help, Pick::Fault(offer.text)));
    }
    let mut picker = Picker::new(title, items);
    picker.note =
        String::from("It begins now and goes on until it is ended with f; it is recorded.");
    app.layers.push(Layer::Picker(picker));
}

/// Writes what was done by hand into the document.
fn record(app: &mut App) {
    let Some(live) = app.live.clone() else { return };
    let count = live.recorded.len();
    if super::edit(app, "record what was done by hand", |text| {
        crate::tui::live::timeline::record(text, &live.recorded)
    }) {
        let what = if count == 1 {
            "1 fault".to_owned()
        } else {
            format!("{count} faults")
        };
        app.say(format!(
            "Wrote {what} into the design. ctrl-s saves it; it replays exactly."
        ));
    }
}
