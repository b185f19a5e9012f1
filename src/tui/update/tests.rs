//! Tests of what keys and clicks do, as scripts of keys and the document that comes of them.

use super::{Button, Event, Mouse, Press, chosen_fault, perform, rows_of_inspector, update};
use crate::tui::action::{ACTIONS, Action};
use crate::tui::app::{App, Layer, Mode, Screen, Tab, Thing};
use crate::tui::caps::{Caps, Depth};
use crate::tui::effect::{Effect, Outcome};
use crate::tui::keymap::{Chord, sequence};
use crate::tui::view::hits::Hit;
use crossterm::event::KeyCode;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::path::PathBuf;

/// A design to work on.
pub(crate) const SHOP: &str = r#"// A shop.
(
    format: 1,
    name: "shop",

    nodes: {
        "users": Client(traffic: [(to: "web", rate: "50/s")]), // everybody
        "web": Service(replicas: 2, to: ["db"]),
        "db": Database(preset: "postgres-16/4vcpu"),
    },
)
"#;

/// The program in the gallery, on a screen of 80 columns and 24 rows.
pub(crate) fn gallery() -> App {
    let caps = Caps {
        depth: Depth::True,
        unicode: true,
    };
    let mut app = App::new(caps, (80, 24));
    super::refresh_gallery(&mut app);
    app
}

/// The program with a design.
pub(crate) fn opened(text: &str) -> App {
    let mut app = gallery();
    let outcome = Outcome::Opened {
        path: PathBuf::from("shop.ron"),
        text: text.to_owned(),
        journal: None,
    };
    update(&mut app, Event::Outcome(outcome));
    app
}

/// Presses keys as they are written; `'abc'` types letters. What they want done comes back.
pub(crate) fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for word in keys.split(' ').filter(|word| !word.is_empty()) {
        let chords = match word
            .strip_prefix('\'')
            .and_then(|word| word.strip_suffix('\''))
        {
            Some(letters) => letters
                .chars()
                .map(|letter| Chord::plain(KeyCode::Char(letter)))
                .collect(),
            None => sequence(word),
        };
        assert!(!chords.is_empty(), "{word} is a key");
        for chord in chords {
            effects.extend(update(app, Event::Key(chord)));
        }
    }
    effects
}

/// Draws the program, so that the mouse finds things.
pub(crate) fn draw(app: &mut App) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
    let drawn = crate::tui::view::draw(app, &mut buffer);
    app.hits = drawn.hits;
    buffer
}

fn mouse(app: &mut App, press: Press, column: u16, row: u16) {
    draw(app);
    let mouse = Mouse {
        press,
        column,
        row,
        adds: false,
        wires: false,
    };
    update(app, Event::Mouse(mouse));
}

/// The cell of the screen in the middle of a node's box.
fn middle(app: &mut App, name: &str) -> (u16, u16) {
    draw(app);
    let area = app.hits.canvas().unwrap();
    let rect = app.canvas.box_of(name).unwrap();
    let x = rect.x + rect.width / 2 - app.canvas.origin.x + i32::from(area.x);
    let y = rect.y + rect.height / 2 - app.canvas.origin.y + i32::from(area.y);
    (x as u16, y as u16)
}

fn selected(app: &App) -> Vec<String> {
    app.canvas.selected_nodes()
}

#[test]
fn a_design_is_drawn_by_a_few_keys() {
    let mut app = gallery();
    press(
        &mut app,
        "n a 'client' enter a 'bal' enter a 'serv' enter a 'cache' enter",
    );
    assert_eq!(selected(&app), ["cache"]);
    press(&mut app, "left");
    assert_eq!(selected(&app), ["service"]);
    press(&mut app, "a 'data' enter");
    insta::assert_snapshot!(app.document.text(), @r#"
    (
        format: 1,
        name: "",

        nodes: {
            "users": Client(traffic: [(to: "balancer", rate: "100/s")]),
            "balancer": Balancer(to: ["service"]),
            "service": Service(to: ["cache", "db"]),
            "cache": Cache(),
            "db": Database(),
        },
    )
    "#);
    assert!(app.document.is_sound(), "{:?}", app.document.problems());
    press(&mut app, "u u u u u u u u u u u u");
    assert_eq!(app.document.text(), crate::tui::document::BLANK);
}

#[test]
fn labels_wire_two_nodes() {
    let mut app = opened(SHOP);
    press(&mut app, "a 'cache' enter tab tab");
    app.canvas.select(Thing::Node("web".to_owned()), false);
    press(&mut app, "w");
    let Mode::Labels(labels) = &app.canvas.mode else {
        panic!("labels are shown");
    };
    let (label, _) = labels
        .labels
        .iter()
        .find(|(_, name)| name == "cache")
        .unwrap();
    let label = format!("'{label}'");
    press(&mut app, &label);
    assert!(
        app.document.text().contains(r#"to: ["cache", "db"]"#),
        "{}",
        app.document.text()
    );
    press(&mut app, "w esc");
    assert_eq!(app.canvas.mode, Mode::Normal);
}

#[test]
fn moving_is_put_down_or_left_as_it_was() {
    let mut app = opened(SHOP);
    app.canvas.select(Thing::Node("web".to_owned()), false);
    press(&mut app, "] ] ]");
    let before = app.canvas.box_of("web").unwrap();
    press(&mut app, "m right right L down esc");
    assert_eq!(app.document.text(), SHOP);
    press(&mut app, "m right right L down enter");
    let after = app.canvas.box_of("web").unwrap();
    assert_eq!((after.x - before.x, after.y - before.y), (10, 1));
    press(&mut app, "u");
    assert_eq!(app.document.text(), SHOP);
}

#[test]
fn the_document_has_places_of_full_boxes_at_every_zoom() {
    let mut app = opened(SHOP);
    let full = app.canvas.full_boxes(&app.document)[1].1;
    for keys in ["", "[", "[ ["] {
        press(&mut app, keys);
        app.canvas.select(Thing::Node("web".to_owned()), false);
        press(&mut app, "m L down enter");
        let text = app.document.text();
        let place = format!("\"web\": ({}, {})", full.x + 8, full.y + 1);
        assert!(text.contains(&place), "{place} in {text}");
        press(&mut app, "u");
        assert_eq!(app.document.text(), SHOP);
    }
}

#[test]
fn what_is_deleted_takes_what_needs_it_along_and_comes_back() {
    let mut app = opened(SHOP);
    app.canvas.select(Thing::Node("web".to_owned()), false);
    press(&mut app, "d");
    let toast = app.toast.clone().unwrap().text;
    assert_eq!(
        toast,
        "Deleted web. With it went 1 flow of traffic. u brings it back."
    );
    assert!(!app.document.text().contains("\"web\""));
    press(&mut app, "u");
    assert_eq!(app.document.text(), SHOP);
    app.canvas
        .select(Thing::Wire("web".to_owned(), "db".to_owned()), false);
    press(&mut app, "d");
    assert!(
        app.document.text().contains("to: []"),
        "{}",
        app.document.text()
    );
}

#[test]
fn copies_get_names_of_their_own() {
    let mut app = opened(SHOP);
    app.canvas.select(Thing::Node("web".to_owned()), false);
    let effects = press(&mut app, "y p");
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Clipboard(_)))
    );
    assert_eq!(selected(&app), ["web-2"]);
    press(&mut app, "+");
    assert_eq!(selected(&app), ["web-3"]);
    let text = app.document.text().to_owned();
    update(&mut app, Event::Paste(text));
    assert_eq!(app.document.design().nodes.len(), 10);
}

#[test]
fn a_field_is_typed_checked_and_taken_back() {
    let mut app = opened(SHOP);
    app.canvas.select(Thing::Node("web".to_owned()), false);
    press(&mut app, "enter down");
    let rows = super::rows_of_inspector(&app);
    assert_eq!(rows[app.inspector.chosen].label, "replicas");
    press(&mut app, "enter backspace 'x'");
    assert!(!app.inspector.editing.as_ref().unwrap().problem.is_empty());
    press(&mut app, "enter");
    assert!(
        app.inspector.editing.is_some(),
        "a value that does not fit stays open"
    );
    press(&mut app, "backspace '5' enter");
    assert!(
        app.document.text().contains("Service(replicas: 5,"),
        "{}",
        app.document.text()
    );
    press(&mut app, "d");
    assert!(
        app.document.text().contains("Service(to: [\"db\"])"),
        "{}",
        app.document.text()
    );
    press(&mut app, "u u");
    assert_eq!(app.document.text(), SHOP);
    press(&mut app, "esc");
    assert!(!app.inspector.focused);
}

#[test]
fn a_wire_gets_a_policy_in_the_inspector() {
    let mut app = opened(SHOP);
    app.canvas
        .select(Thing::Wire("web".to_owned(), "db".to_owned()), false);
    press(&mut app, "enter");
    let find = |app: &App, label: &str| {
        let rows = super::rows_of_inspector(app);
        rows.iter().position(|row| row.label == label).unwrap()
    };
    app.inspector.chosen = find(&app, "timeout");
    press(&mut app, "enter '250ms' enter");
    app.inspector.chosen = find(&app, "retry");
    press(&mut app, "enter");
    app.inspector.chosen = find(&app, "backoff");
    press(&mut app, "o 'fixed' enter");
    assert!(
        app.document
            .text()
            .contains(r#""web -> db": (timeout: "250ms", retry: (backoff: Fixed(wait: "10ms")))"#),
        "{}",
        app.document.text()
    );
    assert!(app.document.is_sound());
}

#[test]
fn leaving_asks_when_something_is_not_saved() {
    let mut app = opened(SHOP);
    assert!(matches!(press(&mut app, "q").as_slice(), [Effect::Quit]));
    press(&mut app, "a 'cache' enter q");
    assert!(matches!(app.layers.last(), Some(Layer::Picker(_))));
    let effects = press(&mut app, "esc q enter");
    let saves = effects
        .iter()
        .any(|effect| matches!(effect, Effect::Save { is_new: false, .. }));
    assert!(saves, "{effects:?}");
    let text = app.document.text().to_owned();
    let path = PathBuf::from("shop.ron");
    let effects = update(&mut app, Event::Outcome(Outcome::Saved { path, text }));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Quit)));
    assert!(!app.document.is_unsaved());
}

#[test]
fn every_edit_is_journalled_and_undone_edits_are_not() {
    let mut app = opened(SHOP);
    let effects = press(&mut app, "a 'cache' enter");
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Journal { path: Some(_), .. }))
    );
    let effects = press(&mut app, "u");
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::ForgetJournal(_)))
    );
}

#[test]
fn recovered_work_is_one_edit() {
    let mut app = gallery();
    let changed = SHOP.replace("50/s", "70/s");
    let outcome = Outcome::Opened {
        path: PathBuf::from("shop.ron"),
        text: SHOP.to_owned(),
        journal: Some(changed.clone()),
    };
    update(&mut app, Event::Outcome(outcome));
    press(&mut app, "enter");
    assert_eq!(app.document.text(), changed);
    assert!(app.document.is_unsaved());
    press(&mut app, "u");
    assert_eq!(app.document.text(), SHOP);
}

#[test]
fn a_change_on_disk_is_offered() {
    let mut app = opened(SHOP);
    let changed = SHOP.replace("50/s", "70/s");
    update(
        &mut app,
        Event::Outcome(Outcome::Disk(Some(changed.clone()))),
    );
    press(&mut app, "enter");
    assert_eq!(app.document.text(), changed);
    assert!(!app.document.is_unsaved());
    update(&mut app, Event::Outcome(Outcome::Disk(None)));
    assert!(app.document.is_unsaved());
    assert!(
        app.toast
            .clone()
            .unwrap()
            .text
            .contains("no longer on disk")
    );
}

#[test]
fn the_mouse_selects_moves_and_wires() {
    let mut app = opened(SHOP);
    let (x, y) = middle(&mut app, "web");
    mouse(&mut app, Press::Down(Button::Left), x, y);
    assert_eq!(selected(&app), ["web"]);
    mouse(&mut app, Press::Drag(Button::Left), x + 3, y + 2);
    assert_eq!(
        app.document.text(),
        SHOP,
        "nothing is written while dragging"
    );
    mouse(&mut app, Press::Up(Button::Left), x + 3, y + 2);
    assert!(
        app.document.text().contains("canvas: {"),
        "{}",
        app.document.text()
    );
    press(&mut app, "u");
    let (from_x, from_y) = middle(&mut app, "users");
    let right = app.canvas.box_of("users").unwrap();
    let border = from_x + (right.width - 1 - right.width / 2) as u16;
    let (to_x, to_y) = middle(&mut app, "db");
    mouse(&mut app, Press::Down(Button::Left), border, from_y);
    mouse(&mut app, Press::Drag(Button::Left), to_x, to_y);
    mouse(&mut app, Press::Up(Button::Left), to_x, to_y);
    assert_eq!(
        app.document.design().implied_wires().len(),
        3,
        "{}",
        app.document.text()
    );
}

#[test]
fn everything_that_is_shown_can_be_clicked() {
    let mut app = opened(SHOP);
    for row in 0..24 {
        for column in 0..80 {
            mouse(&mut app, Press::Down(Button::Left), column, row);
            mouse(&mut app, Press::Up(Button::Left), column, row);
            app.layers.clear();
            app.inspector.editing = None;
        }
    }
}

#[test]
fn every_command_of_the_palette_does_something_or_says_why_not() {
    for info in ACTIONS.iter().filter(|info| info.action.is_command()) {
        for text in [SHOP, crate::tui::document::BLANK] {
            let mut app = opened(text);
            press(&mut app, ":");
            let Some(Layer::Picker(picker)) = app.layers.last_mut() else {
                panic!("the palette is open");
            };
            picker.input.insert(info.title);
            picker.search();
            let label = picker.current().map(|item| item.label.clone());
            assert_eq!(label.as_deref(), Some(info.title));
            let allowed = info.action.enabled(&app);
            press(&mut app, "enter");
            if let Err(why) = allowed {
                assert_eq!(app.toast.clone().unwrap().text, why, "{}", info.id);
                assert!(why.ends_with('.'));
            }
            draw(&mut app);
        }
    }
}

#[test]
fn every_action_can_be_done_anywhere_without_a_panic() {
    for info in ACTIONS {
        for mut app in [gallery(), opened(SHOP), opened("(format: 1, nodes: {")] {
            app.canvas.selection = vec![Thing::Node("web".to_owned())];
            let mut effects = Vec::new();
            perform(&mut app, info.action, &mut effects);
            draw(&mut app);
            press(&mut app, "enter down enter esc esc");
            draw(&mut app);
        }
    }
}

#[test]
fn groups_notes_and_alignment_are_edits() {
    let mut app = opened(SHOP);
    press(&mut app, "ctrl-a g");
    press(&mut app, "'shop' enter");
    assert!(
        app.document
            .text()
            .contains(r#""shop": ["users", "web", "db"]"#),
        "{}",
        app.document.text()
    );
    press(&mut app, "N 'later' enter");
    assert_eq!(app.document.design().notes.len(), 1);
    press(&mut app, "ctrl-a = t");
    assert_eq!(app.document.design().canvas.len(), 3);
    press(&mut app, "= a");
    assert_eq!(app.document.design().canvas.len(), 0);
    press(&mut app, "G u u u u u");
    assert_eq!(app.document.text(), SHOP);
}

#[test]
fn a_sequence_shows_what_can_follow_and_a_wrong_one_says_so() {
    let mut app = opened(SHOP);
    press(&mut app, "=");
    assert_eq!(app.pending.len(), 1);
    press(&mut app, "esc");
    assert!(app.pending.is_empty());
    press(&mut app, "= Q");
    assert!(
        app.toast
            .clone()
            .unwrap()
            .text
            .contains("means nothing here")
    );
}

#[test]
fn a_paste_of_megabytes_is_harmless() {
    let mut app = opened(SHOP);
    let text = "q\u{1b}[A\n".repeat(1_000_000);
    update(&mut app, Event::Paste(text.clone()));
    assert_eq!(app.document.text(), SHOP);
    press(&mut app, "r");
    update(&mut app, Event::Paste(text));
    draw(&mut app);
    assert_eq!(app.screen, Screen::Editor);
}

#[test]
fn the_run_is_started_asked_and_left() {
    let mut app = opened(SHOP);
    let effects = press(&mut app, "space");
    assert!(
        matches!(effects.first(), Some(Effect::Start(_))),
        "{effects:?}"
    );
    assert_eq!(app.tab, Tab::Live);
    let snapshot = {
        let live = crate::tui::live::Live::start(app.document.design().clone()).unwrap();
        live.take().unwrap()
    };
    update(&mut app, Event::Snapshot(snapshot));
    draw(&mut app);
    app.canvas.select(Thing::Node("db".to_owned()), false);
    press(&mut app, "f");
    let effects = press(&mut app, "'crash' enter");
    assert!(effects.iter().any(|effect| matches!(
        effect,
        Effect::Live(crate::tui::live::Command::Fault { fault, .. }) if fault == "Crash(node: \"db\")"
    )), "{effects:?}");
    press(&mut app, "esc");
    assert_eq!(app.tab, Tab::Design);
    let effects = press(&mut app, "a 'cache' enter");
    let edits =
        |effect: &Effect| matches!(effect, Effect::Live(crate::tui::live::Command::Edit(_)));
    assert!(effects.iter().any(edits), "an edit reaches the run");
    assert!(
        press(&mut app, "ctrl-o")
            .iter()
            .any(|effect| matches!(effect, Effect::Complete(_)))
    );
    assert!(matches!(Action::Run.enabled(&app), Ok(())));
}

/// Groups in a group: `inner` around web and db, `outer` around all that is served.
fn nested() -> App {
    let groups =
        "    groups: {\"inner\": [\"web\", \"db\"], \"outer\": [\"web\", \"db\", \"cache\"]},\n)\n";
    let text = SHOP.replace("\n)\n", &format!("\n{groups}"));
    let text = text.replace(
        "        \"db\": ",
        "        \"cache\": Cache(),\n        \"db\": ",
    );
    let text = text.replace("to: [\"db\"]", "to: [\"db\", \"cache\"]");
    let mut app = opened(&text);
    app.canvas.select(Thing::Node("web".to_owned()), false);
    app
}

#[test]
fn groups_in_groups_fold_and_open() {
    let mut app = nested();
    let text = app.document.text().to_owned();
    press(&mut app, "z");
    assert!(app.canvas.folded.contains("inner"));
    assert_eq!(selected(&app), ["web", "db"], "the box stands for both");
    assert_eq!(app.canvas.box_of("web"), app.canvas.box_of("db"));
    assert_ne!(app.canvas.box_of("web"), app.canvas.box_of("cache"));
    let wires = app.canvas.scene().unwrap().wires().to_vec();
    let wire = |name: &str| wires.iter().find(|wire| wire.name == name).unwrap();
    assert!(wire("web -> db").path.is_empty(), "inside the box");
    assert!(!wire("web -> cache").path.is_empty());
    press(&mut app, "Z");
    assert_eq!(app.canvas.box_of("web"), app.canvas.box_of("cache"));
    draw(&mut app);
    press(&mut app, "z");
    assert_eq!(
        app.canvas.box_of("web"),
        app.canvas.box_of("db"),
        "the inner one is folded still"
    );
    assert_ne!(app.canvas.box_of("web"), app.canvas.box_of("cache"));
    press(&mut app, "Z / 'db' enter");
    assert!(
        app.canvas.folded.is_empty(),
        "a search opens what hides the node"
    );
    assert_eq!(selected(&app), ["db"]);
    assert_eq!(app.document.text(), text, "folding changes no document");
}

#[test]
fn a_folded_group_is_moved_removed_and_brought_back_as_one() {
    let mut app = nested();
    let text = app.document.text().to_owned();
    let full = |app: &App, name: &str| {
        let boxes = app.canvas.full_boxes(&app.document);
        boxes.iter().find(|(known, _)| known == name).unwrap().1
    };
    let (web, db) = (full(&app, "web"), full(&app, "db"));
    press(&mut app, "z m L enter");
    assert_eq!(full(&app, "web").x - web.x, 8);
    assert_eq!(full(&app, "db").x - db.x, 8);
    press(&mut app, "u d");
    assert_eq!(app.document.design().nodes.len(), 2);
    press(&mut app, "u");
    assert_eq!(app.document.text(), text);
    assert_eq!(app.canvas.box_of("web"), app.canvas.box_of("db"));
}

#[test]
fn a_double_click_folds_a_group_and_opens_it() {
    let mut app = nested();
    app.now_ms = 10_000;
    draw(&mut app);
    let cell = |app: &App, folded: bool| {
        let area = app.hits.canvas().unwrap();
        let scene = app.canvas.scene().unwrap();
        let group = scene.groups().iter().find(|group| group.name == "inner");
        let rect = group.unwrap().rect;
        let x = rect.x + 1 - app.canvas.origin.x + i32::from(area.x);
        let y =
            rect.y + rect.height / 2 * i32::from(folded) - app.canvas.origin.y + i32::from(area.y);
        (x as u16, y as u16)
    };
    for folded in [false, true] {
        let (x, y) = cell(&app, folded);
        for _ in 0..2 {
            mouse(&mut app, Press::Down(Button::Left), x, y);
            mouse(&mut app, Press::Up(Button::Left), x, y);
        }
        assert_eq!(app.canvas.folded.contains("inner"), !folded);
        app.now_ms += 10_000;
    }
}

#[test]
fn a_right_click_lists_the_commands_and_each_can_be_clicked() {
    let commands = ACTIONS.iter().filter(|info| info.action.is_command());
    for (place, info) in commands.enumerate() {
        let mut app = opened(SHOP);
        let (x, y) = middle(&mut app, "web");
        mouse(&mut app, Press::Down(Button::Right), x, y);
        mouse(&mut app, Press::Up(Button::Right), x, y);
        assert_eq!(selected(&app), ["web"], "what is clicked is selected");
        let Some(Layer::Picker(picker)) = app.layers.last() else {
            panic!("the commands are listed");
        };
        let index = picker
            .matches
            .iter()
            .position(|found| picker.items[found.index].label == info.title);
        let index = index.unwrap_or_else(|| panic!("{place}: {} is listed", info.id));
        let allowed = info.action.enabled(&app);
        for _ in 0..index {
            mouse(&mut app, Press::Wheel(1), x, y);
        }
        draw(&mut app);
        let wanted = crate::tui::view::hits::Hit::Item(index);
        let parts = app.hits.all().iter();
        let (area, _) = parts.clone().find(|(_, hit)| *hit == wanted).unwrap();
        let (x, y) = (area.x, area.y);
        mouse(&mut app, Press::Down(Button::Left), x, y);
        if let Err(why) = allowed {
            assert_eq!(app.toast.clone().unwrap().text, why, "{}", info.id);
        }
    }
}

#[test]
fn a_message_stays_until_it_is_past() {
    let mut app = opened(SHOP);
    app.canvas.select(Thing::Node("web".to_owned()), false);
    press(&mut app, "y");
    let told = app.toast.clone();
    assert!(told.is_some());
    press(&mut app, "Q left right up");
    assert_eq!(app.toast, told, "keys that change nothing leave it");
    press(&mut app, "esc");
    assert_eq!(app.toast, None);
    press(&mut app, "y a");
    assert_eq!(app.toast, None, "a list has been opened since");
    press(&mut app, "esc y 2");
    assert_eq!(app.toast, None, "another view is shown");
}

#[test]
fn a_run_that_begins_shows_the_whole_design_in_the_room_it_leaves() {
    let mut app = opened(include_str!("../../../scenarios/shop.ron"));
    press(&mut app, "esc space");
    draw(&mut app);
    assert!(app.canvas.selection.is_empty());
    let bounds = app.canvas.bounds();
    assert!(app.canvas.window().encloses(bounds), "{bounds:?}");
}

#[test]
fn an_edit_never_changes_the_zoom() {
    let mut app = gallery();
    press(&mut app, "n");
    let zoom = (app.canvas.zoom, app.canvas.tight);
    for _ in 0..8 {
        press(&mut app, "a 'serv' enter");
        assert_eq!((app.canvas.zoom, app.canvas.tight), zoom);
        let last = selected(&app).pop().unwrap();
        let rect = app.canvas.box_of(&last).unwrap();
        assert!(app.canvas.window().encloses(rect), "{last} is in sight");
    }
    press(&mut app, "0");
    assert_ne!((app.canvas.zoom, app.canvas.tight), zoom, "0 asks for it");
}

#[test]
fn faults_are_added_moved_and_removed_on_the_timeline() {
    let mut app = opened(SHOP);
    app.canvas.select(Thing::Node("db".to_owned()), false);
    press(&mut app, "F enter 'crash' enter");
    let added = r#"(at: "20s", lasts: "10s", fault: Crash(node: "db"))"#;
    assert!(
        app.document.text().contains(added),
        "{}",
        app.document.text()
    );
    press(&mut app, ". . , > <");
    assert!(app.document.text().contains(r#"(at: "21s", lasts: "10s""#));
    press(&mut app, "d");
    assert!(!app.document.text().contains("Crash"));
    press(&mut app, "u u u u u u u");
    assert_eq!(app.document.text(), SHOP);
    press(&mut app, "esc");
    assert!(Action::FaultLater.enabled(&app).is_err());
}

#[test]
fn a_click_on_a_lane_chooses_the_fault_and_one_on_a_key_moves_it() {
    let faults = r#"    faults: [
        (at: "5s", lasts: "5s", fault: Crash(node: "db")),
        (at: "30s", lasts: "5s", fault: Slow(node: "web", factor: 2)),
    ],
)
"#;
    let text = SHOP.replace("\n)\n", &format!("\n{faults}"));
    let mut app = opened(&text);
    press(&mut app, "F");
    draw(&mut app);
    let of = |app: &App, wanted: &Hit| {
        let all = app.hits.all().iter().rev();
        let found = all.filter(|(_, hit)| hit == wanted).map(|(area, _)| *area);
        found.map(|area| (area.x, area.y)).next().unwrap()
    };
    let second = rows_of_inspector(&app)
        .iter()
        .position(|row| row.path == "faults/1")
        .unwrap();
    let (x, y) = of(&app, &Hit::Row(second));
    mouse(&mut app, Press::Down(Button::Left), x, y);
    assert_eq!(chosen_fault(&app), Some(1));
    draw(&mut app);
    let (x, y) = of(&app, &Hit::Action(Action::FaultLater));
    mouse(&mut app, Press::Down(Button::Left), x + 1, y);
    assert!(
        app.document.text().contains(r#"at: "31s""#),
        "{}",
        app.document.text()
    );
}
