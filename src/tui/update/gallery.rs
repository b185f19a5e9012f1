//! Choosing what to open.

use super::{Effects, files};
use crate::tui::action::Action;
use crate::tui::app::{App, Ask, Layer, Opening, Pick, Screen};
use crate::tui::document::{BLANK, Document};
use crate::tui::effect::Effect;
use crate::tui::gallery::{Entry, LESSONS, TEMPLATES, first_comment};
use crate::tui::loads::Loads;
use crate::tui::widget::picker::{Item, Picker};

pub(super) fn perform(app: &mut App, action: Action, effects: &mut Effects) {
    match action {
        Action::GalleryDown => choose(app, app.gallery.chosen.saturating_add(1)),
        Action::GalleryUp => choose(app, app.gallery.chosen.saturating_sub(1)),
        Action::GalleryOpen => open(app, app.gallery.chosen, effects),
        Action::GallerySearch => search(app),
        Action::GalleryNew => files::open(app, Opening::Text(BLANK.to_owned()), effects),
        Action::GalleryTemplate => templates(app),
        Action::GalleryFile => {
            super::canvas::ask(app, "open", Ask::Open, "");
            effects.push(Effect::Complete(String::new()));
        }
        Action::GalleryBack if app.gallery.has_design => app.screen = Screen::Editor,
        Action::GalleryBack => app.say("No design is open. q leaves the program."),
        _ => {}
    }
}

/// Makes the list anew and reads the chosen entry.
pub fn refresh(app: &mut App) {
    app.gallery.rebuild();
    choose(app, app.gallery.chosen);
}

/// Chooses an entry and reads its design for the preview.
pub(super) fn choose(app: &mut App, index: usize) {
    let last = app.gallery.entries.len().saturating_sub(1);
    app.gallery.chosen = index.min(last);
    let shipped = match app.gallery.current() {
        Some(Entry::Lesson(index)) => LESSONS.get(*index),
        Some(Entry::Start(index)) => TEMPLATES.get(*index),
        Some(Entry::Template) => TEMPLATES.first(),
        _ => None,
    };
    app.gallery.preview = shipped.map(|shipped| Document::new(shipped.whole()));
    app.gallery.estimate = match &app.gallery.preview {
        Some(document) => Loads::of_design(document.design()).sentence,
        None => String::new(),
    };
}

/// Opens an entry.
pub(super) fn open(app: &mut App, index: usize, effects: &mut Effects) {
    match app.gallery.entries.get(index).cloned() {
        Some(Entry::Recent(path, _)) => files::open(app, Opening::File(path), effects),
        Some(Entry::Lesson(index)) => {
            if let Some(lesson) = LESSONS.get(index) {
                files::open(app, Opening::Text(lesson.whole().into_owned()), effects);
            }
        }
        Some(Entry::Start(index)) => {
            if let Some(template) = TEMPLATES.get(index) {
                files::open(app, Opening::Text(template.text.to_owned()), effects);
            }
        }
        Some(Entry::Blank) => perform(app, Action::GalleryNew, effects),
        Some(Entry::Template) => templates(app),
        Some(Entry::File) => perform(app, Action::GalleryFile, effects),
        None => {}
    }
}

fn templates(app: &mut App) {
    let item = |(index, template): (usize, &crate::tui::gallery::Shipped)| Item {
        label: template.name.to_owned(),
        detail: first_comment(template.text),
        aside: String::new(),
        value: Pick::Template(index),
    };
    let items = TEMPLATES.iter().enumerate().map(item).collect();
    app.layers
        .push(Layer::Picker(Picker::new("start from", items)));
}

fn search(app: &mut App) {
    let item = |(index, entry): (usize, &Entry)| {
        let detail = match entry {
            Entry::Lesson(index) => LESSONS
                .get(*index)
                .map_or("", |lesson| lesson_of(lesson.text))
                .to_owned(),
            Entry::Start(index) => TEMPLATES
                .get(*index)
                .map_or_else(String::new, |template| first_comment(template.text)),
            _ => String::new(),
        };
        Item {
            label: entry.label(),
            detail,
            aside: entry.heading().to_owned(),
            value: Pick::Gallery(index),
        }
    };
    let items = app.gallery.entries.iter().enumerate().map(item).collect();
    app.layers.push(Layer::Picker(Picker::new("open", items)));
}

/// The lesson of a scenario, as it is written.
pub(super) fn lesson_of(text: &str) -> &str {
    let after = text.split_once("lesson: \"").map(|(_, after)| after);
    after
        .and_then(|after| after.split('"').next())
        .unwrap_or("")
}
