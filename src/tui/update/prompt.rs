//! A question that is answered by a line of text.

use super::{Effects, canvas, edit, files, pick};
use crate::tui::action::Action;
use crate::tui::app::{App, Ask, Layer, Opening, Prompt, Thing};
use crate::tui::document::parts;
use crate::tui::effect::Effect;
use std::path::PathBuf;

/// The line was changed: is the answer possible?
pub(super) fn changed(app: &mut App, effects: &mut Effects) {
    let Some(Layer::Prompt(prompt)) = app.layers.last() else {
        return;
    };
    let problem = problem(app, prompt);
    if matches!(prompt.ask, Ask::SaveAs | Ask::Open) {
        effects.push(Effect::Complete(prompt.input.text().to_owned()));
    }
    if let Some(Layer::Prompt(prompt)) = app.layers.last_mut() {
        prompt.problem = problem;
    }
}

/// Why an answer cannot be taken; empty if it can.
fn problem(app: &App, prompt: &Prompt) -> String {
    let text = prompt.input.text().trim();
    match &prompt.ask {
        Ask::RenameNode(old) if text != old && app.document.has(&parts::node_path(text)) => {
            format!("There is a node {text} already.")
        }
        Ask::RenameNode(_) if text.contains("->") => "A name cannot contain an arrow.".to_owned(),
        Ask::Group(_) if app.document.design().groups.get(text).is_some() => {
            format!("The group {text} exists; its members are replaced.")
        }
        _ => String::new(),
    }
}

pub(super) fn perform(app: &mut App, action: Action, effects: &mut Effects) {
    match action {
        Action::TextAccept => accept(app, effects),
        Action::TextComplete => complete(app, effects),
        Action::TextCancel => {
            app.layers.pop();
            app.after_save = None;
        }
        _ => {}
    }
}

/// Completes a path as far as it is certain, or to the first way.
fn complete(app: &mut App, effects: &mut Effects) {
    let Some(Layer::Prompt(prompt)) = app.layers.last_mut() else {
        return;
    };
    let Some(first) = prompt.completions.first().cloned() else {
        return;
    };
    let common = prompt
        .completions
        .iter()
        .fold(first.clone(), |common, path| {
            let same = common.chars().zip(path.chars()).take_while(|(a, b)| a == b);
            same.map(|(letter, _)| letter).collect()
        });
    let text = if common.len() > prompt.input.text().len() {
        common
    } else {
        first
    };
    prompt.input.set(text);
    changed(app, effects);
}

fn accept(app: &mut App, effects: &mut Effects) {
    let Some(Layer::Prompt(prompt)) = app.layers.pop() else {
        return;
    };
    let text = prompt.input.text().trim().to_owned();
    if text.is_empty() {
        app.complain("Nothing was typed, so nothing was done.");
        app.after_save = None;
        return;
    }
    match &prompt.ask {
        Ask::RenameNode(old) => {
            if text != *old {
                let problem = problem(app, &prompt);
                if !problem.is_empty() {
                    app.complain(problem);
                    app.layers.push(Layer::Prompt(prompt));
                    return;
                }
                rename(app, old, &text);
            }
        }
        Ask::RenameEntry(path) => {
            let path = path.clone();
            if edit(app, format!("rename to {text}"), |before| {
                crate::design::edit::rename(before, &path, &text)
            }) {
                app.say(format!("Renamed to {text}. Steps and traffic that name it are listed by ! if there are any."));
            }
        }
        Ask::Group(members) => {
            let members = members.clone();
            edit(app, format!("group {text}"), |before| {
                parts::group(before, &text, &members)
            });
        }
        Ask::Note(at) => {
            let note = parts::add_note(&app.document, *at, &text);
            if edit(app, "write a note", |_| note) {
                let last = app.document.design().notes.len().saturating_sub(1);
                app.canvas.select(Thing::Note(last), false);
            }
        }
        Ask::Entry(path, ron) => {
            pick::add_entry(app, path, &text, ron);
        }
        Ask::SaveAs => save_as(app, &text, effects),
        Ask::Open => files::open(app, Opening::File(PathBuf::from(text)), effects),
    }
}

fn rename(app: &mut App, old: &str, new: &str) {
    let done = edit(app, format!("rename {old} to {new}"), |text| {
        crate::design::edit::rename_node(text, old, new)
    });
    if done {
        app.canvas.select(Thing::Node(new.to_owned()), false);
        let objectives = app.document.design().objectives.iter();
        let named = objectives
            .filter(|objective| objective.text.contains(old))
            .count();
        if named > 0 {
            app.say(format!(
                "Renamed {old} to {new}. Objectives still say {old}: D and enter show them."
            ));
        }
        canvas::reveal_selection(app);
    }
}

fn save_as(app: &mut App, name: &str, effects: &mut Effects) {
    let mut path = PathBuf::from(name);
    if path.extension().is_none() {
        path.set_extension("ron");
    }
    let is_new = app.document.path.as_ref() != Some(&path);
    let text = app.document.text().to_owned();
    effects.push(Effect::Save { path, text, is_new });
}
