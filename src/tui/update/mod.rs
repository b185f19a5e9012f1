//! Event × state → state and effects: what each key, click and outcome does. Decides everything,
//! does nothing in the world. One file per mode.

mod canvas;
mod explain;
mod files;
mod gallery;
mod inspector;
mod live;
mod mouse;
mod pick;
mod prompt;
mod wire;

#[cfg(test)]
pub(crate) mod tests;

use super::action::{Action, contexts};
use super::app::{App, Layer, Mode, Screen, Tab};
use super::effect::{Effect, Outcome};
use super::keymap::{Chord, Found, Keymap};
use super::theme::Palette;
use super::widget::picker::{Item, Picker};

pub use gallery::refresh as refresh_gallery;
#[cfg(test)]
pub(crate) use inspector::go_to;
pub(crate) use inspector::{chosen_fault, rows as rows_of_inspector};
pub use mouse::{Button, Mouse, Press};

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A key was pressed.
    Key(Chord),
    /// The mouse did something.
    Mouse(Mouse),
    /// A text was pasted.
    Paste(String),
    /// The screen has another size: columns and rows.
    Resize(u16, u16),
    /// The program's clock, in milliseconds.
    Tick(u64),
    /// Something that was to be done is done, or is not.
    Outcome(Outcome),
    /// The simulated answer stands so.
    Answer(super::background::Standing),
    /// The run shows itself.
    Snapshot(std::sync::Arc<super::live::Snapshot>),
}

/// What is to be done, in order.
pub type Effects = Vec<Effect>;

/// Takes an event in.
pub fn update(app: &mut App, event: Event) -> Effects {
    let mut effects = Effects::new();
    match event {
        Event::Key(chord) => key(app, chord, &mut effects),
        Event::Mouse(mouse) => mouse::mouse(app, mouse, &mut effects),
        Event::Paste(text) => paste(app, &text, &mut effects),
        Event::Resize(columns, rows) => {
            app.size = (columns, rows);
            canvas::resized(app);
        }
        Event::Answer(standing) => explain::answer(app, standing),
        Event::Snapshot(snapshot) => live::snapshot(app, snapshot),
        Event::Tick(now_ms) => tick(app, now_ms),
        Event::Outcome(outcome) => files::outcome(app, outcome, &mut effects),
    }
    settle(app, &mut effects);
    effects
}

/// Brings everything that depends on the document up to date.
fn settle(app: &mut App, effects: &mut Effects) {
    if app.screen == Screen::Editor {
        let view = super::view::canvas_size(app);
        let has_size = view != app.canvas.view;
        let is_edited = app.loads_of != app.document.revision();
        app.canvas.view = view;
        app.canvas.refresh(&app.document);
        if has_size {
            canvas::follow(app);
        } else if is_edited {
            canvas::stay(app);
        }
        inspector::clamp(app);
        if app.loads_of != app.document.revision() {
            app.loads_of = app.document.revision();
            app.loads = super::loads::Loads::of_design(app.document.design());
        }
    }
    live::settle(app, effects);
    explain::settle(app, effects);
    if app.document.revision() != app.journalled {
        app.journalled = app.document.revision();
        let path = app.document.path.clone();
        if app.document.is_unsaved() {
            let text = app.document.text().to_owned();
            effects.push(Effect::Journal { path, text });
        } else {
            effects.push(Effect::ForgetJournal(path));
        }
    }
}

fn tick(app: &mut App, now_ms: u64) {
    app.now_ms = now_ms;
    if app
        .toast
        .as_ref()
        .is_some_and(|toast| toast.until_ms <= now_ms)
    {
        app.toast = None;
    }
}

/// What a key does: it goes to the topmost thing that takes keys.
fn key(app: &mut App, chord: Chord, effects: &mut Effects) {
    let before = (state_of(app), app.toast.clone());
    key_pressed(app, chord, effects);
    // A message stays for its time, however many keys are pressed meanwhile, unless what it is about
    // is past. A click takes it away at once, and esc does on the canvas.
    if app.toast == before.1 && state_of(app) != before.0 {
        app.toast = None;
    }
}

/// What a message is about: another design, screen, view or list makes it old.
fn state_of(app: &App) -> (u64, Screen, Tab, usize) {
    (
        app.document.revision(),
        app.screen,
        app.tab,
        app.layers.len(),
    )
}

fn key_pressed(app: &mut App, chord: Chord, effects: &mut Effects) {
    let contexts = contexts(app);
    if app.pending.is_empty()
        && types(app, chord)
        && Keymap::defaults().find(&contexts, &[chord]) == Found::Nothing
    {
        return typed(app, chord, effects);
    }
    if !app.pending.is_empty() && chord == Chord::plain(crossterm::event::KeyCode::Esc) {
        app.pending.clear();
        return;
    }
    app.pending.push(chord);
    match Keymap::defaults().find(&contexts, &app.pending) {
        Found::Prefix => {}
        Found::Action(action) => {
            app.pending.clear();
            perform(app, action, effects);
        }
        Found::Nothing => {
            let keys: Vec<String> = app.pending.iter().map(Chord::to_string).collect();
            app.pending.clear();
            // A key that means nothing here is not worth a word; a sequence that was begun is.
            if keys.len() > 1 {
                app.complain(format!(
                    "{} means nothing here. ? shows all keys.",
                    keys.join(" ")
                ));
            }
        }
    }
}

/// Whether letters are typed into something now.
fn types(app: &App, chord: Chord) -> bool {
    match app.layers.last() {
        Some(Layer::Picker(_) | Layer::Prompt(_)) => true,
        Some(Layer::Keys(_)) => false,
        None => {
            app.inspector.editing.is_some()
                || (matches!(app.canvas.mode, Mode::Labels(_)) && chord.typed().is_some())
        }
    }
}

/// A key that is typed into the topmost line of text.
fn typed(app: &mut App, chord: Chord, effects: &mut Effects) {
    match app.layers.last_mut() {
        Some(Layer::Picker(picker)) => {
            if picker.input.key(chord) {
                picker.search();
            }
        }
        Some(Layer::Prompt(prompt)) => {
            if prompt.input.key(chord) {
                prompt::changed(app, effects);
            }
        }
        Some(Layer::Keys(_)) => {}
        None if app.inspector.editing.is_some() => inspector::typed(app, chord),
        None => wire::label_typed(app, chord),
    }
}

/// A pasted text goes into the line that is being typed, or onto the canvas if it is a design.
fn paste(app: &mut App, text: &str, effects: &mut Effects) {
    match app.layers.last_mut() {
        Some(Layer::Picker(picker)) => {
            picker.input.insert(text);
            picker.search();
        }
        Some(Layer::Prompt(prompt)) => {
            prompt.input.insert(text);
            prompt::changed(app, effects);
        }
        Some(Layer::Keys(_)) => {}
        None if app.inspector.editing.is_some() => inspector::pasted(app, text),
        None if app.screen == Screen::Editor && super::document::parts::is_design(text) => {
            canvas::paste_text(app, text);
        }
        None => app.complain("What was pasted is no part of a design, so it was left out."),
    }
}

/// Does an action, or says why not.
pub fn perform(app: &mut App, action: Action, effects: &mut Effects) {
    if let Err(why) = action.enabled(app) {
        app.complain(why);
        return;
    }
    match action {
        Action::Palette => palette(app),
        Action::Keys => app.layers.push(Layer::Keys(0)),
        Action::KeysDown | Action::KeysUp | Action::KeysClose => scroll_keys(app, action),
        Action::Theme => next_theme(app),
        Action::Ascii => app.glyphs.unicode = !app.glyphs.unicode,
        Action::Picture => effects.push(Effect::Picture(app.document.path.clone())),
        Action::Suspend => effects.push(Effect::Suspend),
        Action::Design => app.tab = Tab::Design,
        Action::Explain
        | Action::ExplainPage
        | Action::ExplainPageBack
        | Action::ExplainDown
        | Action::ExplainUp
        | Action::ExplainEndpoint
        | Action::ExplainTrace
        | Action::ExplainFinding
        | Action::ExplainGo
        | Action::ExplainLeave => explain::perform(app, action),
        Action::Live
        | Action::Run
        | Action::Fault
        | Action::Slower
        | Action::Faster
        | Action::StepBack
        | Action::StepOn
        | Action::StepFarBack
        | Action::StepFarOn
        | Action::StepEvent
        | Action::Restart
        | Action::Branch
        | Action::Record
        | Action::LiveLeft
        | Action::LiveDown
        | Action::LiveUp
        | Action::LiveRight
        | Action::LiveNext
        | Action::LiveEdit
        | Action::LiveQuit => live::perform(app, action, effects),
        Action::Undo | Action::Redo => undo(app, action == Action::Undo),
        other => pass_on(app, other, effects),
    }
}

/// Gives an action to the mode that it belongs to.
fn pass_on(app: &mut App, action: Action, effects: &mut Effects) {
    match action {
        Action::Save
        | Action::SaveAs
        | Action::Open
        | Action::Gallery
        | Action::Reload
        | Action::EditFile
        | Action::Quit
        | Action::QuitAnywhere => files::perform(app, action, effects),
        Action::ListDown
        | Action::ListUp
        | Action::ListPageDown
        | Action::ListPageUp
        | Action::ListAccept
        | Action::ListOther
        | Action::ListCancel => pick::perform(app, action, effects),
        Action::TextAccept | Action::TextMenu | Action::TextComplete | Action::TextCancel => {
            if app.layers.is_empty() {
                inspector::editing(app, action);
            } else {
                prompt::perform(app, action, effects);
            }
        }
        Action::Edit
        | Action::Problems
        | Action::FieldDown
        | Action::FieldUp
        | Action::FieldEdit
        | Action::FieldOpen
        | Action::FieldClose
        | Action::FieldDefault
        | Action::FieldMenu
        | Action::FieldRename
        | Action::Faults
        | Action::FaultEarlier
        | Action::FaultLater
        | Action::FaultShorter
        | Action::FaultLonger
        | Action::InspectorDesign
        | Action::InspectorBack => inspector::perform(app, action),
        Action::GalleryDown
        | Action::GalleryUp
        | Action::GalleryOpen
        | Action::GallerySearch
        | Action::GalleryNew
        | Action::GalleryTemplate
        | Action::GalleryFile
        | Action::GalleryBack => gallery::perform(app, action, effects),
        Action::Wire | Action::Jump => wire::perform(app, action),
        other => canvas::perform(app, other, effects),
    }
}

/// The list of all commands, those first that can be done now.
fn palette(app: &mut App) {
    let commands = super::action::ACTIONS
        .iter()
        .filter(|info| info.action.is_command());
    let (can, cannot): (Vec<_>, Vec<_>) =
        commands.partition(|info| info.action.enabled(app).is_ok());
    let item = |info: &&'static super::action::Info| Item {
        label: info.title.to_owned(),
        detail: info.help.to_owned(),
        aside: info
            .keys
            .first()
            .map_or(String::new(), |keys| (*keys).to_owned()),
        value: super::app::Pick::Action(info.action),
    };
    let items = can.iter().chain(&cannot).map(item).collect();
    app.layers
        .push(Layer::Picker(Picker::new("commands", items)));
}

fn scroll_keys(app: &mut App, action: Action) {
    if let Some(Layer::Keys(scroll)) = app.layers.last_mut() {
        match action {
            Action::KeysDown => {
                let further = scroll.saturating_add(3);
                *scroll = further.min(super::view::keys::LINES_MAX);
            }
            Action::KeysUp => *scroll = scroll.saturating_sub(3),
            _ => {
                app.layers.pop();
            }
        }
    }
}

fn next_theme(app: &mut App) {
    let at = Palette::ALL
        .iter()
        .position(|palette| *palette == app.theme.palette);
    let next = Palette::ALL[(at.unwrap_or(0) + 1) % Palette::ALL.len()];
    app.theme = app.theme.with(next);
    app.say(format!("Theme: {}.", next.name()));
}

fn undo(app: &mut App, back: bool) {
    let entry = if back {
        app.document.undo()
    } else {
        app.document.redo()
    };
    if let Some(entry) = entry {
        let done = if back { "Undid" } else { "Did again" };
        app.say(format!("{done}: {}.", entry.title));
    }
}

/// Makes an edit, or says why it does not fit.
pub(crate) fn edit(
    app: &mut App,
    title: impl Into<String>,
    edit: impl FnOnce(&str) -> Result<crate::design::edit::Edited, crate::design::tree::PathError>,
) -> bool {
    match app.document.edit(title, edit) {
        Ok(()) => {
            app.canvas.refresh(&app.document);
            true
        }
        Err(error) => {
            app.complain(sentence(&error.message));
            false
        }
    }
}

/// A message of the rooms below as a sentence.
pub(crate) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>());
    let stop = if message.ends_with(['.', '?', '!']) {
        ""
    } else {
        "."
    };
    first.unwrap_or_default() + letters.as_str() + stop
}
