//! The simulated answer: asked for after each edit, told when it comes, explained on request.

use super::{Effects, canvas};
use crate::design::resolve::wire_ends;
use crate::tui::action::Action;
use crate::tui::app::{App, Screen, Tab, Thing};
use crate::tui::background::Standing;
use crate::tui::effect::Effect;
use crate::tui::explain::{Explain, Move};
use std::sync::Arc;

/// Asks for the answer of the design as it is now.
pub(super) fn settle(app: &mut App, effects: &mut Effects) {
    let revision = app.document.revision();
    if app.screen != Screen::Editor || app.asked_of == revision {
        return;
    }
    app.asked_of = revision;
    if app.document.is_sound() {
        effects.push(Effect::Simulate {
            revision,
            text: app.document.text().to_owned(),
            path: app.document.path.clone(),
        });
    } else {
        effects.push(Effect::CancelSimulation);
    }
}

/// An answer came, or how it stands has changed.
pub(super) fn answer(app: &mut App, standing: Standing) {
    let is_new = |before: &Option<Standing>| {
        let before = before.as_ref().and_then(|before| before.answer.as_ref());
        match (before, &standing.answer) {
            (Some(before), Some(now)) => !Arc::ptr_eq(before, now),
            (None, Some(_)) => true,
            (_, None) => false,
        }
    };
    if is_new(&app.answer)
        && let Some(Ok(result)) = standing.answer.as_ref().map(|answer| &answer.result)
    {
        let result = Arc::new(result.clone());
        match &mut app.explain {
            Some(explain) => explain.show(result),
            None => app.explain = Some(Explain::new(result)),
        }
    }
    app.answer = Some(standing);
}

pub(super) fn perform(app: &mut App, action: Action) {
    let step = match action {
        Action::Explain => {
            app.tab = Tab::Explain;
            return;
        }
        Action::ExplainLeave => {
            app.tab = Tab::Design;
            return;
        }
        Action::ExplainGo => return go(app),
        Action::ExplainPage => Move::NextPage,
        Action::ExplainPageBack => Move::PreviousPage,
        Action::ExplainDown => Move::Down,
        Action::ExplainUp => Move::Up,
        Action::ExplainEndpoint => Move::NextEndpoint,
        Action::ExplainTrace => Move::NextTrace,
        _ => Move::NextFinding,
    };
    if let Some(explain) = &mut app.explain {
        explain.update(step);
    }
}

/// Shows on the canvas what the chosen line is about.
fn go(app: &mut App) {
    let Some(about) = app.explain.as_ref().and_then(Explain::about) else {
        return app.say("This line is about the whole.");
    };
    app.tab = Tab::Design;
    if app.document.design().node(&about).is_some() {
        canvas::go_to(app, &about);
    } else if let Some((from, to)) = wire_ends(&about) {
        app.canvas
            .select(Thing::Wire(from.to_owned(), to.to_owned()), false);
        canvas::reveal_selection(app);
    } else {
        app.complain(format!("{about} is no longer in the design."));
    }
}
