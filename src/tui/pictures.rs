//! The pictures of the README: screens of shipped scenarios as the program itself saves them. A test
//! fails when one is stale; `BUTTRESS_BLESS=1 cargo test --lib pictures` makes them anew.

use super::app::{App, Thing};
use super::background::{Answer, Standing};
use super::live::tests::wait_for;
use super::live::{Command, Live, Play};
use super::theme::Palette;
use super::update::tests::{draw, gallery, opened, press};
use super::update::{Event, update};
use crate::design::{LoadOptions, load_str};
use crate::study::run::{RunSettings, run};
use std::path::Path;
use std::sync::Arc;

const SIZE: (u16, u16) = (110, 32);
const SECOND: u64 = 1_000_000_000;

fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{name}.ron"));
    std::fs::read_to_string(path).unwrap()
}

/// A scenario on the canvas, with a node selected.
fn drawn(name: &str, node: &str) -> App {
    let mut app = opened(&text(name));
    app.document.path = Some(format!("{name}.ron").into());
    update(&mut app, Event::Resize(SIZE.0, SIZE.1));
    app.toast = None;
    app.canvas.select(Thing::Node(node.to_owned()), false);
    press(&mut app, "0");
    app
}

/// The shop with its database slow for some seconds.
fn live() -> App {
    let mut app = drawn("shop", "db");
    press(&mut app, "2");
    let live = Live::start(app.document.design().clone()).unwrap();
    live.send(Command::Select(Some("db".to_owned())));
    live.send(Command::Step(24 * SECOND as i64));
    let there = |seconds: u64| {
        wait_for(&live, |snapshot| {
            let is_known = snapshot.whole.as_ref();
            snapshot.play == Play::Paused
                && snapshot.now_ns() == seconds * SECOND
                && is_known.is_some_and(|whole| whole.now_ns == seconds * SECOND)
        })
    };
    there(24);
    live.send(Command::Fault {
        fault: "Slow(node: \"db\", factor: 8.0)".to_owned(),
        lasts_ns: None,
    });
    live.send(Command::Step(16 * SECOND as i64));
    let snapshot = there(40);
    update(&mut app, Event::Snapshot(snapshot));
    app.toast = None;
    app
}

fn explained() -> App {
    let mut app = drawn("shop", "db");
    let loaded = load_str(
        &text("shop"),
        "shop.ron",
        Path::new(""),
        &LoadOptions::default(),
    );
    let settings = RunSettings {
        replications: Some(2),
        ..RunSettings::default()
    };
    let output = run(&loaded.unwrap(), &settings, &|_| true).unwrap();
    let answer = Answer {
        revision: app.document.revision(),
        result: Ok(output.result),
        preliminary: false,
    };
    update(
        &mut app,
        Event::Answer(Standing {
            answer: Some(Arc::new(answer)),
            current: true,
            running: None,
        }),
    );
    press(&mut app, "3");
    app
}

fn lessons() -> App {
    let mut app = gallery();
    update(&mut app, Event::Resize(SIZE.0, SIZE.1));
    press(&mut app, "down");
    app
}

#[test]
fn the_pictures_of_the_readme_are_what_the_program_draws() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures");
    let screens = [
        ("canvas", drawn("shop", "web")),
        ("live", live()),
        ("explain", explained()),
        ("gallery", lessons()),
    ];
    for (name, mut app) in screens {
        let svg = super::svg::of_buffer(&draw(&mut app), Palette::Dark);
        let path = folder.join(format!("{name}.svg"));
        if std::env::var_os("BUTTRESS_BLESS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, svg).unwrap();
            continue;
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == svg,
            "docs/pictures/{name}.svg is stale: BUTTRESS_BLESS=1 cargo test --lib pictures"
        );
    }
}
