//! Screens: what is drawn at 80×24, and that no size, colour or character set panics.

use crate::design::resolve::wire_ends;
use crate::tui::app::{App, Thing};
use crate::tui::caps::Depth;
use crate::tui::theme::{Palette, Theme};
use crate::tui::update::go_to;
use crate::tui::update::tests::{SHOP, draw, gallery, opened, press};
use crate::tui::update::{Event, update};
use ratatui::buffer::Buffer;

/// The text of a screen, without blanks at the ends of lines.
fn text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let line: String = (0..buffer.area.width)
            .filter_map(|x| buffer.cell((x, y)))
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn screens() -> Vec<(&'static str, App)> {
    let mut all = vec![("gallery", gallery()), ("design", opened(SHOP))];
    let mut with = |name, keys: &str| {
        let mut app = opened(SHOP);
        app.canvas.select(Thing::Node("web".to_owned()), false);
        press(&mut app, keys);
        all.push((name, app));
    };
    with("inspector", "enter down down");
    with("typing", "enter down enter '7'");
    with("adding", "a 'postg'");
    with("labels", "w");
    with("moving", "m right right");
    with("box", "V L J");
    with("keys", "?");
    with("prompt", "r");
    with("palette", ":");
    with("popup", "=");
    with("map", "M");
    with("overview", "[ [ [");
    all.push(("faults", faults()));
    all.push(("traffic", traffic()));
    all
}

/// A design with faults and traffic that changes.
const STORM: &str = r#"(
    format: 1,
    nodes: {
        "users": Client(traffic: [(to: "web", rate: Ramp(from: "50/s", to: "200/s", over: "30s"))]),
        "web": Service(replicas: 2, to: ["db"]),
        "db": Database(work: Exponential("2ms")),
    },
    faults: [
        (at: "20s", lasts: "10s", fault: Slow(node: "db", factor: 3)),
        (every: "12s", lasts: "3s", fault: Pause(node: "web")),
        (at: "40s", lasts: "10s", fault: Traffic(client: "users", factor: 2)),
    ],
)"#;

/// The faults of a design, the second chosen.
fn faults() -> App {
    let mut app = opened(STORM);
    press(&mut app, "F down");
    app
}

/// The traffic of a client, its rate chosen.
fn traffic() -> App {
    let mut app = opened(STORM);
    app.canvas.select(Thing::Node("users".to_owned()), false);
    go_to(&mut app, "nodes/users/traffic/0/rate");
    app
}

#[test]
fn the_faults_of_a_design_at_80_by_24() {
    let mut app = faults();
    insta::assert_snapshot!(text(&draw(&mut app)));
}

#[test]
fn the_faults_of_a_design_at_200_by_60() {
    let mut app = faults();
    app.size = (200, 60);
    insta::assert_snapshot!(text(&draw(&mut app)));
}

#[test]
fn the_rate_of_traffic_at_80_by_24() {
    let mut app = traffic();
    insta::assert_snapshot!(text(&draw(&mut app)));
}

#[test]
fn the_rate_of_traffic_at_200_by_60_in_ascii() {
    let mut app = traffic();
    app.size = (200, 60);
    app.glyphs.unicode = false;
    insta::assert_snapshot!(text(&draw(&mut app)));
}

#[test]
fn a_template_in_the_gallery_at_80_by_24() {
    let mut app = gallery();
    app.gallery.chosen = app.gallery.entries.len() - 4;
    crate::tui::update::refresh_gallery(&mut app);
    insta::assert_snapshot!(text(&draw(&mut app)));
}

#[test]
fn no_size_no_colours_and_no_characters_panic() {
    for (name, mut app) in screens() {
        for (palette, depth, unicode) in [
            (Palette::Dark, Depth::True, true),
            (Palette::Light, Depth::Indexed, false),
            (Palette::HighContrast, Depth::Sixteen, true),
            (Palette::Mono, Depth::Mono, false),
        ] {
            app.theme = Theme::new(palette, depth);
            app.glyphs.unicode = unicode;
            for size in [
                (1, 1),
                (2, 60),
                (39, 10),
                (40, 10),
                (53, 12),
                (80, 24),
                (250, 80),
            ] {
                app.size = size;
                let buffer = draw(&mut app);
                let all_ascii = text(&buffer).is_ascii();
                assert!(unicode || all_ascii, "{name} is ASCII:\n{}", text(&buffer));
            }
        }
    }
}

#[test]
fn every_small_size_is_drawn() {
    for (_, mut app) in screens() {
        app.canvas.minimap = true;
        for columns in 1..=60 {
            for rows in 1..=25 {
                app.size = (columns, rows);
                draw(&mut app);
            }
        }
    }
}

#[test]
fn every_size_up_to_a_large_one_is_taken_while_a_design_runs() {
    let live = crate::tui::live::Live::start(opened(SHOP).document.design().clone()).unwrap();
    let snapshot = live.take().unwrap();
    let mut apps = [gallery(), opened(SHOP)];
    for app in &mut apps {
        update(app, Event::Snapshot(std::sync::Arc::clone(&snapshot)));
        press(app, "2");
    }
    let columns = (1..=250)
        .step_by(13)
        .chain([39, 40, 77, 78, 103, 104, 149, 150]);
    for (columns, rows) in columns.flat_map(|at| (1..=80).step_by(6).map(move |row| (at, row))) {
        for app in &mut apps {
            update(app, Event::Resize(columns, rows));
            draw(app);
        }
    }
}

#[test]
fn the_gallery_at_80_by_24() {
    let mut app = gallery();
    press(&mut app, "down down down down");
    insta::assert_snapshot!(text(&draw(&mut app)));
}

#[test]
fn the_design_at_80_by_24() {
    let mut app = opened(SHOP);
    press(&mut app, "tab tab");
    insta::assert_snapshot!(text(&draw(&mut app)));
}

#[test]
fn the_fields_of_a_node_at_80_by_24() {
    let mut app = opened(SHOP);
    app.canvas.select(Thing::Node("web".to_owned()), false);
    press(&mut app, "enter down");
    insta::assert_snapshot!(text(&draw(&mut app)));
}

#[test]
fn the_list_of_nodes_at_80_by_24() {
    let mut app = opened(SHOP);
    press(&mut app, "a 'red'");
    insta::assert_snapshot!(text(&draw(&mut app)));
}

#[test]
fn a_screen_in_ascii() {
    let mut app = opened(SHOP);
    app.glyphs.unicode = false;
    insta::assert_snapshot!(text(&draw(&mut app)));
}

#[test]
fn a_small_terminal_gets_one_sentence() {
    let mut app = opened(SHOP);
    app.size = (30, 5);
    insta::assert_snapshot!(text(&draw(&mut app)), @r"
    buttress needs 40×10 cells.
    Ctrl-Q leaves.
    ");
}

#[test]
fn wires_on_screen_have_names_of_the_document() {
    let app = opened(SHOP);
    let scene = app.canvas.scene().unwrap();
    assert!(
        scene
            .wires()
            .iter()
            .all(|wire| wire_ends(&wire.name).is_some())
    );
}
