//! Opening, saving, leaving, and what came of it.

use super::{Effects, canvas, gallery, sentence};
use crate::tui::action::Action;
use crate::tui::app::{
    AfterSave, App, Ask, Disk, Inspector, Layer, Leave, Mode, Opening, Pick, Screen, Tab,
};
use crate::tui::canvas::Canvas;
use crate::tui::document::Document;
use crate::tui::effect::{Effect, Outcome};
use crate::tui::widget::picker::{Item, Picker};

pub(super) fn perform(app: &mut App, action: Action, effects: &mut Effects) {
    match action {
        Action::Save => save(app, effects),
        Action::SaveAs => save_as(app, effects),
        Action::Open => gallery::perform(app, Action::GalleryFile, effects),
        Action::Gallery => {
            app.screen = Screen::Gallery;
            app.gallery.has_design = true;
            effects.push(Effect::Recent);
            gallery::refresh(app);
        }
        Action::Reload => {
            if let Some(path) = app.document.path.clone() {
                effects.push(Effect::Open(path));
            }
        }
        Action::EditFile => effects.push(Effect::Edit(app.document.text().to_owned())),
        Action::Quit | Action::QuitAnywhere => {
            if app.screen == Screen::Editor && app.document.is_unsaved() {
                leave_list(app, AfterSave::Quit, "leave");
            } else {
                effects.push(Effect::Quit);
            }
        }
        _ => {}
    }
}

fn save(app: &mut App, effects: &mut Effects) {
    match app.document.path.clone() {
        Some(path) if app.disk.is_some() => {
            app.after_save = None;
            disk_list(app, &path.display().to_string());
        }
        Some(path) => {
            let is_new = app.document.saved_text().is_none();
            let text = app.document.text().to_owned();
            effects.push(Effect::Save { path, text, is_new });
        }
        None => save_as(app, effects),
    }
}

fn save_as(app: &mut App, effects: &mut Effects) {
    let name = if let Some(path) = &app.document.path {
        path.display().to_string()
    } else {
        let name = app.document.design().name.trim().replace([' ', '/'], "-");
        let name = if name.is_empty() { "design" } else { &name };
        format!("{name}.ron")
    };
    canvas::ask(app, "save as", Ask::SaveAs, &name);
    effects.push(Effect::Complete(name));
}

/// Asks what becomes of what is not saved.
fn leave_list(app: &mut App, after: AfterSave, doing: &str) {
    app.after_save = Some(after);
    let item = |label: &str, detail: &str, leave| Item {
        label: label.to_owned(),
        detail: detail.to_owned(),
        aside: String::new(),
        value: Pick::Leave(leave),
    };
    let items = vec![
        item(&format!("save and {doing}"), "", Leave::Save),
        item(
            &format!("{doing} without saving"),
            "The changes are lost.",
            Leave::Discard,
        ),
        item("stay", "", Leave::Stay),
    ];
    let title = format!("{} is not saved", app.document.title());
    app.layers.push(Layer::Picker(Picker::new(title, items)));
}

/// What was chosen there.
pub(super) fn leave(app: &mut App, leave: Leave, effects: &mut Effects) {
    match leave {
        Leave::Save => save(app, effects),
        Leave::Discard => {
            effects.push(Effect::ForgetJournal(app.document.path.clone()));
            after_save(app, effects);
        }
        Leave::Stay => app.after_save = None,
    }
}

fn after_save(app: &mut App, effects: &mut Effects) {
    match app.after_save.take() {
        Some(AfterSave::Quit) => effects.push(Effect::Quit),
        Some(AfterSave::Open(opening)) => open_now(app, opening, effects),
        None => {}
    }
}

/// Opens a design; asks first if the one that is open is not saved.
pub(super) fn open(app: &mut App, opening: Opening, effects: &mut Effects) {
    if app.document.is_unsaved() {
        leave_list(app, AfterSave::Open(opening), "open the other");
    } else {
        open_now(app, opening, effects);
    }
}

fn open_now(app: &mut App, opening: Opening, effects: &mut Effects) {
    match opening {
        Opening::File(path) => effects.push(Effect::Open(path)),
        Opening::Text(text) => {
            effects.push(Effect::Stop);
            show(app, Document::new(text));
        }
    }
}

/// Shows another document.
fn show(app: &mut App, document: Document) {
    app.journalled = document.revision();
    app.loads_of = u64::MAX;
    app.document = document;
    app.screen = Screen::Editor;
    app.tab = Tab::Design;
    app.inspector = Inspector::default();
    let minimap = app.canvas.minimap;
    app.canvas = Canvas::default();
    app.canvas.minimap = minimap;
    app.disk = None;
    app.live = None;
    app.answer = None;
    app.explain = None;
    app.asked_of = u64::MAX;
    app.gallery.has_design = true;
    canvas::fit(app);
    if app.document.design().nodes.is_empty() {
        app.say("An empty canvas. a adds the first node: begin with a client.");
    } else if !app.document.design().lesson.is_empty() {
        let lesson = app.document.design().lesson.clone();
        app.say(lesson);
    }
}

/// Takes in what came of an effect.
pub(super) fn outcome(app: &mut App, outcome: Outcome, effects: &mut Effects) {
    match outcome {
        Outcome::Saved { path, text } => {
            app.say(format!("Saved {}.", path.display()));
            app.disk = None;
            effects.push(Effect::ForgetJournal(app.document.path.clone()));
            app.document.mark_saved(path, text);
            after_save(app, effects);
        }
        Outcome::NotSaved(why) => {
            app.after_save = None;
            app.complain(why);
        }
        Outcome::Opened {
            path,
            text,
            journal,
        } => {
            if app.document.path.as_ref() != Some(&path) {
                effects.push(Effect::Stop);
            }
            opened(app, path, text, journal);
        }
        Outcome::Untitled(text) => {
            show(app, Document::new(super::super::document::BLANK));
            app.document.replace("recover unsaved work", text);
            canvas::fit(app);
            app.say("Recovered a design that was never saved. ctrl-s saves it.");
        }
        Outcome::Absent(path) => {
            let name = path.display().to_string();
            let mut document = Document::new(super::super::document::BLANK);
            document.path = Some(path);
            show(app, document);
            app.say(format!(
                "{name} does not exist yet; saving makes it. a adds the first node."
            ));
        }
        Outcome::Elsewhere(path) => app.complain(format!(
            "{} is open in another buttress, too. What one saves, the other notices and asks about.",
            path.display()
        )),
        Outcome::NotOpened(why) | Outcome::Failed(why) => app.complain(why),
        Outcome::Done(what) => app.say(what),
        Outcome::Edited(text) => {
            let before = app.document.revision();
            app.document.replace("edit the text", text);
            if app.document.revision() == before {
                app.say("The text is as it was.");
            } else {
                tell_problems(app);
            }
        }
        Outcome::Completions(found) => {
            if let Some(Layer::Prompt(prompt)) = app.layers.last_mut() {
                prompt.completions = found;
            }
        }
        Outcome::Recent(recent) => {
            app.gallery.recent = recent;
            gallery::refresh(app);
        }
        Outcome::Disk(now) => disk(app, now),
    }
}

fn opened(app: &mut App, path: std::path::PathBuf, text: String, journal: Option<String>) {
    let is_same = app.screen == Screen::Editor && app.document.path.as_ref() == Some(&path);
    if is_same {
        app.document.replace("read the file again", text.clone());
        app.document.mark_disk(Some(text));
        app.disk = None;
        app.say("The file was read again; u brings back what was here.");
        return;
    }
    let name = path.display().to_string();
    show(app, Document::opened(path, text));
    if !app.document.is_sound() {
        tell_problems(app);
    }
    if let Some(journal) = journal {
        app.recovered = Some(journal);
        let item = |label: &str, detail: &str, take| Item {
            label: label.to_owned(),
            detail: detail.to_owned(),
            aside: String::new(),
            value: Pick::Recover(take),
        };
        let items = vec![
            item(
                "recover it",
                "It comes back as one edit that u takes back.",
                true,
            ),
            item(
                "leave it",
                "The file stays as it is; what was not saved is given up.",
                false,
            ),
        ];
        let title = format!("work on {name} was never saved");
        app.layers.push(Layer::Picker(Picker::new(title, items)));
    }
}

/// Takes work of an earlier session over, or gives it up.
pub(super) fn recover(app: &mut App, take: bool, effects: &mut Effects) {
    let text = app.recovered.take();
    match text {
        Some(text) if take => {
            app.document.replace("recover unsaved work", text);
            app.say("Recovered what was not saved. ctrl-s saves it.");
        }
        _ => effects.push(Effect::ForgetJournal(app.document.path.clone())),
    }
}

/// Says what is wrong with the text, if something is.
fn tell_problems(app: &mut App) {
    let errors = app
        .document
        .problems()
        .iter()
        .filter(|problem| problem.is_error);
    let (count, first) = (errors.clone().count(), errors.clone().next());
    let Some(first) = first else {
        app.say("The text was taken over as one edit.");
        return;
    };
    let place = if first.line > 0 {
        format!(" on line {}", first.line)
    } else {
        String::new()
    };
    let more = if count > 1 {
        format!(" ! lists all {count} mistakes.")
    } else {
        String::new()
    };
    let message = format!(
        "{}{place}.{more}",
        sentence(&first.message).trim_end_matches('.')
    );
    app.complain(message);
}

/// The file on disk was looked at.
fn disk(app: &mut App, now: Option<String>) {
    let is_known = app.document.saved_text().map(str::to_owned) == now;
    if is_known || app.disk.as_ref() == Some(&now) {
        return;
    }
    let gone = now.is_none();
    // A save that was under way waits for the answer.
    app.after_save = None;
    app.disk = Some(now);
    let name = app.document.title();
    if gone {
        app.document.mark_disk(None);
        app.disk = None;
        app.complain(format!(
            "{name} is no longer on disk. ctrl-s writes it again."
        ));
        return;
    }
    disk_list(app, &name);
}

fn disk_list(app: &mut App, name: &str) {
    if matches!(app.canvas.mode, Mode::Normal) && app.layers.is_empty() {
        let item = |label: &str, detail: &str, disk| Item {
            label: label.to_owned(),
            detail: detail.to_owned(),
            aside: String::new(),
            value: Pick::Disk(disk),
        };
        let items = vec![
            item(
                "take over what the file says",
                "As one edit that u takes back.",
                Disk::Take,
            ),
            item(
                "keep what is here",
                "The next save replaces the file.",
                Disk::Keep,
            ),
        ];
        let title = format!("{name} was changed by something else");
        app.layers.push(Layer::Picker(Picker::new(title, items)));
    }
}

/// What was chosen about a file that changed on disk.
pub(super) fn about_disk(app: &mut App, choice: Disk) {
    let Some(now) = app.disk.take() else { return };
    if let (Disk::Take, Some(text)) = (choice, &now) {
        app.document.replace("take over the file", text.clone());
    }
    app.document.mark_disk(now);
}
