//! The explanation of a real run, page by page, and at every size.

use super::*;
use crate::design::{LoadOptions, load_str};
use crate::study::run::{RunSettings, run};
use crate::tui::charts::tests::{at_every_size, pen, shown};
use std::path::Path;

const SHOP: &str = r#"(
    format: 1,
    nodes: {
        "users": Client(traffic: [(to: "api", endpoint: "GET /", rate: "100/s"), (to: "api", endpoint: "POST /", rate: "20/s")]),
        "api": Service(workers: 8, mode: Blocking, endpoints: {
            "GET /": [Work("2ms"), Call("db")],
            "POST /": [Work("4ms"), Parallel(branches: [[Call("db")], [Call("mail")]])],
        }),
        "db": Service(workers: 1, work: "6ms"),
        "mail": External(latency: "1ms"),
    },
    wires: {"api -> db": (latency: "1ms", pool: 4)},
    run: (duration: "20s", warmup: Nothing, replications: 1),
)"#;

fn explained() -> Explain {
    let loaded = load_str(SHOP, "test", Path::new(""), &LoadOptions::default());
    let loaded = loaded.unwrap_or_else(|problems| panic!("{problems}"));
    let output = run(&loaded, &RunSettings::default(), &|_| true).unwrap();
    Explain::new(Arc::new(output.result))
}

#[test]
fn pages_as_they_are_shown() {
    let mut explain = explained();
    let page = |explain: &Explain, unicode| {
        shown(110, 18, |buffer, area| {
            draw(pen(unicode), buffer, area, explain, false)
        })
    };
    insta::assert_snapshot!("time", page(&explain, true));
    explain.update(Move::NextPage);
    explain.update(Move::NextEndpoint);
    insta::assert_snapshot!("trace", page(&explain, true));
    insta::assert_snapshot!("trace_ascii", page(&explain, false));
    explain.update(Move::Page(Page::Headroom));
    insta::assert_snapshot!("headroom", page(&explain, true));
}

#[test]
fn every_move_keeps_what_is_chosen_within_what_there_is() {
    let mut explain = explained();
    let moves = [
        Move::Down,
        Move::NextPage,
        Move::Last,
        Move::NextEndpoint,
        Move::NextTrace,
        Move::Up,
        Move::PreviousPage,
        Move::NextFinding,
        Move::PreviousEndpoint,
        Move::First,
        Move::Down,
        Move::PreviousFinding,
        Move::NextTrace,
        Move::Last,
        Move::Page(Page::Headroom),
        Move::Last,
    ];
    for i in 0..300 {
        explain.update(moves[i * 7 % moves.len()]);
        assert!(explain.about().is_some(), "{explain:?}");
        assert!(explain.endpoint_id().is_some());
    }
    let mut empty = (*explain.result).clone();
    empty.endpoints.clear();
    empty.attribution.clear();
    empty.exemplars.clear();
    empty.findings.clear();
    explain.show(Arc::new(empty));
    for what in moves {
        explain.update(what);
    }
    assert_eq!(
        (explain.endpoint_id(), explain.finding_about()),
        (None, None)
    );
}

#[test]
fn no_size_panics() {
    let mut explain = explained();
    for page in Page::ALL {
        explain.update(Move::Page(page));
        explain.update(Move::Last);
        at_every_size(|buffer, area| {
            draw(pen(true), buffer, area, &explain, true);
            draw(pen(false), buffer, area, &explain, false);
        });
    }
}

#[test]
fn texts_are_broken_between_words() {
    assert_eq!(
        view::wrap("api holds all 128 workers", 10),
        ["api holds", "all 128", "workers"]
    );
    assert_eq!(view::wrap("", 3), Vec::<String>::new());
    assert_eq!(view::wrap("unbreakable", 3), ["unbreakable"]);
}
