//! Labels to jump to, and wires drawn by them.

use super::edit;
use crate::tui::action::Action;
use crate::tui::app::{App, Labels, LabelsFor, Layer, Mode, Pick, Thing};
use crate::tui::document::wiring::{Wiring, connect, ways};
use crate::tui::keymap::Chord;
use crate::tui::widget::picker::{Item, Picker};

/// Letters of labels, the easiest to reach first.
const LETTERS: &[u8] = b"fjdksalghrueiwoqptyvncmxbz";

pub(super) fn perform(app: &mut App, action: Action) {
    let selected = app.canvas.selected_nodes();
    let purpose = match (action, selected.as_slice()) {
        (Action::Wire, [from]) => LabelsFor::WireTo(from.clone()),
        (Action::Wire, _) => LabelsFor::WireFrom,
        _ => LabelsFor::Jump,
    };
    show(app, purpose);
}

fn show(app: &mut App, purpose: LabelsFor) {
    let window = app.canvas.window();
    let boxes = app.canvas.boxes();
    let fits = |name: &str| match &purpose {
        LabelsFor::WireTo(from) => name != from,
        _ => true,
    };
    let mut names: Vec<(bool, i32, i32, String)> = boxes
        .iter()
        .filter(|(name, _)| fits(name))
        .map(|(name, rect)| (!window.overlaps(*rect), rect.x, rect.y, (*name).to_owned()))
        .collect();
    names.sort();
    let labels = labels(names.len());
    let names = names.into_iter().map(|(.., name)| name);
    app.canvas.mode = Mode::Labels(Labels {
        purpose,
        labels: labels.into_iter().zip(names).collect(),
        typed: String::new(),
    });
}

/// So many labels, of one letter if there are enough letters, else of two.
fn labels(count: usize) -> Vec<String> {
    let letter = |index: usize| char::from(LETTERS[index % LETTERS.len()]);
    if count <= LETTERS.len() {
        return (0..count).map(|index| letter(index).to_string()).collect();
    }
    let pair = |index: usize| String::from_iter([letter(index / LETTERS.len()), letter(index)]);
    (0..count).map(pair).collect()
}

/// A letter of a label was typed.
pub(super) fn label_typed(app: &mut App, chord: Chord) {
    let Mode::Labels(labels) = &mut app.canvas.mode else {
        return;
    };
    let Some(letter) = chord.typed() else { return };
    labels.typed.push(letter.to_ascii_lowercase());
    let typed = labels.typed.clone();
    let found = labels.labels.iter().find(|(label, _)| *label == typed);
    match found.map(|(_, name)| name.clone()) {
        Some(name) => chosen(app, name),
        None if labels
            .labels
            .iter()
            .any(|(label, _)| label.starts_with(&typed)) => {}
        None => {
            app.canvas.mode = Mode::Normal;
            app.complain(format!("There is no label {typed}."));
        }
    }
}

fn chosen(app: &mut App, name: String) {
    let mode = std::mem::take(&mut app.canvas.mode);
    let Mode::Labels(labels) = mode else { return };
    match labels.purpose {
        LabelsFor::Jump => super::canvas::choose(app, &name),
        LabelsFor::WireFrom => {
            app.canvas.select(Thing::Node(name.clone()), false);
            show(app, LabelsFor::WireTo(name));
        }
        LabelsFor::WireTo(from) => wire(app, &from, &name),
    }
}

/// Wires one node to another; asks for the endpoint if the caller has several.
pub(super) fn wire(app: &mut App, from: &str, to: &str) {
    match ways(&app.document, from, to) {
        Wiring::Never(why) => app.complain(why),
        Wiring::One => wire_into(app, from, to, None),
        Wiring::Endpoints(names) => {
            let item = |name: &String| Item {
                label: name.clone(),
                detail: String::new(),
                aside: String::new(),
                value: Pick::Endpoint(from.to_owned(), to.to_owned(), name.clone()),
            };
            let items = names.iter().map(item).collect();
            let mut picker = Picker::new(format!("which endpoint of {from} calls {to}?"), items);
            picker.note = String::from("The wire becomes a step at the end of its program.");
            app.layers.push(Layer::Picker(picker));
        }
    }
}

/// Wires one node to another in an endpoint.
pub(super) fn wire_into(app: &mut App, from: &str, to: &str, endpoint: Option<&str>) {
    let connected = connect(&app.document, from, to, endpoint);
    if edit(app, format!("wire {from} to {to}"), |_| connected) {
        let of = endpoint.map_or(String::new(), |endpoint| format!(" in {endpoint}"));
        app.say(format!("{from} now calls {to}{of}."));
    }
}

#[cfg(test)]
mod tests {
    use super::labels;

    #[test]
    fn labels_are_distinct_and_none_begins_another() {
        for count in [0, 1, 26, 27, 600] {
            let all = labels(count);
            assert_eq!(all.len(), count);
            for (index, label) in all.iter().enumerate() {
                assert!(
                    !all[..index]
                        .iter()
                        .any(|other| other.starts_with(label.as_str()))
                );
            }
        }
    }
}
