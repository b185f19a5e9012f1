//! Tests of live runs: what is done by hand replays to the same bytes, going back shows the same
//! again, and the thread obeys.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::timeline::record;
use super::*;
use crate::design::{Design, LoadOptions, load_str};
use crate::sim::measure::Replication;
use crate::sim::{Engine, compile};

const SECOND: u64 = 1_000_000_000;

pub(crate) const SHOP: &str = r#"(
    format: 1,
    nodes: {
        "users": Client(traffic: [(to: "api", rate: "200/s", keys: Zipf(n: 1000))]),
        "api": Service(replicas: 2, workers: 16, mode: Blocking, endpoints: {
            "GET /": [Work("2ms"), Cached(cache: "cache", key: "item", miss: [Call("db")])],
        }),
        "cache": Cache(capacity: 300),
        "db": Database(cores: 4, work: Exponential("8ms")),
    },
    wires: {
        "api -> db": (pool: 8, timeout: "200ms", retry: (attempts: 3)),
    },
    faults: [(at: "25s", lasts: "3s", fault: Grey(node: "api", errors: "10%"))],
    run: (duration: "40s", warmup: Nothing, replications: 1),
)
"#;

pub(crate) fn design(text: &str) -> Design {
    let loaded = load_str(text, "test", Path::new(""), &LoadOptions::default());
    loaded
        .unwrap_or_else(|problems| panic!("{problems}"))
        .design
}

fn headless(design: &Design) -> Replication {
    let model = Arc::new(compile(design).unwrap());
    let mut engine = Engine::new(model, design.run.seed, 0);
    engine.run_until(design.run.duration.0);
    engine.finish()
}

fn until(session: &mut Session, to_ns: u64) {
    while !session.advance(to_ns, 5_000) {}
}

#[test]
fn what_was_done_by_hand_replays_to_the_same_bytes() {
    let mut session = Session::new(design(SHOP)).unwrap();
    until(&mut session, 8 * SECOND + 123_456_789);
    let slow = session
        .begin_fault("Slow(node: \"db\", factor: 5.0)", None)
        .unwrap();
    until(&mut session, 14 * SECOND + 1);
    session
        .begin_fault(
            "Latency(wire: \"api -> db\", add: Exponential(\"2ms\"))",
            Some(SECOND),
        )
        .unwrap();
    session.end_fault(slow).unwrap();
    until(&mut session, 20 * SECOND);
    session
        .begin_fault("Flush(cache: \"cache\")", None)
        .unwrap();
    until(&mut session, 26 * SECOND);
    session.end_fault(0).unwrap();
    until(&mut session, 40 * SECOND);
    assert!(session.is_over());
    let text = record(SHOP, &session.recorded()).unwrap().text;
    let replayed = headless(&design(&text));
    assert_eq!(session.engine().clone().finish(), replayed, "{text}");
}

#[test]
fn going_back_and_on_shows_the_same_again() {
    let mut session = Session::new(design(SHOP)).unwrap();
    until(&mut session, 6 * SECOND);
    session
        .begin_fault(
            "Crash(node: \"api\", replicas: Replica(0))",
            Some(4 * SECOND),
        )
        .unwrap();
    until(&mut session, 18 * SECOND);
    let mut wider = design(SHOP);
    wider.wires.0[0].1.pool = Some(crate::design::model::Limit::AtMost { n: 20 });
    assert_eq!(session.edit(wider), Ok(Taken::Here));
    until(&mut session, 31 * SECOND);
    let (there, course) = (
        session.engine().clone().finish(),
        Arc::clone(session.course()),
    );
    for to in [2, 17, 30, 0, 18, 7] {
        session.seek(to * SECOND);
        until(&mut session, to * SECOND);
        assert_eq!(session.now_ns(), to * SECOND);
        until(&mut session, 31 * SECOND);
        assert_eq!(session.engine().clone().finish(), there, "back to {to} s");
        assert_eq!(session.course(), &course);
    }
    session.seek(10 * SECOND);
    until(&mut session, 10 * SECOND);
    session.branch().unwrap();
    assert!(session.edits().is_empty() && session.course().end_ns() <= 10 * SECOND);
    until(&mut session, 31 * SECOND);
    assert_ne!(session.engine().clone().finish(), there);
}

#[test]
fn edits_hold_from_now_or_the_run_is_simulated_again() {
    let mut session = Session::new(design(SHOP)).unwrap();
    until(&mut session, 10 * SECOND);
    session.begin_fault("Crash(node: \"cache\")", None).unwrap();
    until(&mut session, 12 * SECOND);
    let more = design(&SHOP.replace("replicas: 2", "replicas: 3"));
    let reason = "api has another number of replicas".to_owned();
    assert_eq!(session.edit(more), Ok(Taken::Again(reason)));
    assert_eq!(session.now_ns(), 0);
    assert_eq!(
        session.timeline().faults().len(),
        2,
        "the crash comes again"
    );
    until(&mut session, 12 * SECOND);
    let recorded = session.recorded();
    let written = record(SHOP, &recorded)
        .unwrap()
        .text
        .replace("replicas: 2", "replicas: 3");
    assert_eq!(session.edit(design(&written)), Ok(Taken::Here));
    assert_eq!(
        (session.recorded(), session.edits()),
        (Vec::new(), Vec::new())
    );
    let unlike = session.begin_fault("Crash(node: \"nobody\")", None);
    assert!(unlike.is_err(), "{unlike:?}");
}

pub(crate) fn wait_for(live: &Live, is: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
    for _ in 0..2_000 {
        if let Some(snapshot) = live.take()
            && is(&snapshot)
        {
            return snapshot;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("the run does not get there");
}

#[test]
fn the_thread_obeys_and_shows() {
    let live = Live::start(design(SHOP)).unwrap();
    let first = wait_for(&live, |_| true);
    assert_eq!((first.play, first.now_ns()), (Play::Paused, 0));
    live.send(Command::StepEvent);
    let stepped = wait_for(&live, |snapshot| snapshot.now_ns() > 0);
    assert_eq!(stepped.play, Play::Paused);
    live.send(Command::Select(Some("db".to_owned())));
    live.send(Command::Seek(5 * SECOND));
    live.send(Command::Fault {
        fault: "Slow(node: \"db\", factor: 50.0)".to_owned(),
        lasts_ns: None,
    });
    live.send(Command::Speed(Speed::FASTEST));
    live.send(Command::Play);
    let over = wait_for(&live, |snapshot| {
        snapshot.play == Play::Over && snapshot.whole.is_some()
    });
    assert_eq!(over.now_ns(), 40 * SECOND);
    assert_eq!(over.selected.as_ref().map(|(node, _)| *node), Some(3));
    assert_eq!(over.recorded.len(), 1);
    live.send(Command::Seek(30 * SECOND));
    let back = wait_for(&live, |snapshot| snapshot.play == Play::Paused);
    assert_eq!(back.now_ns(), 30 * SECOND);
    let db = figures::node(&back, 3).unwrap();
    assert!(db.utilization.unwrap() > 0.9 && db.waiting > 0, "{db:?}");
    assert_eq!(db.faults, ["db slow"]);
    live.send(Command::Fault {
        fault: "Crash(node: \"nobody\")".to_owned(),
        lasts_ns: None,
    });
    let refused = wait_for(&live, |snapshot| snapshot.notice.is_some());
    assert!(refused.notice.as_ref().is_some_and(|notice| notice.refused));
}

use crate::tui::charts::tests::{at_every_size, pen, shown};

/// A run in the middle of trouble: the database is slow since 10 s.
fn in_trouble() -> Arc<Snapshot> {
    let live = Live::start(design(SHOP)).unwrap();
    live.send(Command::Select(Some("db".to_owned())));
    live.send(Command::Step(10 * SECOND as i64));
    wait_for(&live, |snapshot| {
        snapshot.play == Play::Paused && snapshot.now_ns() == 10 * SECOND
    });
    live.send(Command::Fault {
        fault: "Slow(node: \"db\", factor: 20.0)".to_owned(),
        lasts_ns: None,
    });
    live.send(Command::Step(8 * SECOND as i64));
    wait_for(&live, |snapshot| {
        snapshot.now_ns() == 18 * SECOND
            && snapshot.play == Play::Paused
            && snapshot.whole.is_some()
    })
}

#[test]
fn a_run_in_trouble_as_it_is_shown() {
    let snapshot = in_trouble();
    let sentence = words::sentence(&snapshot);
    insta::assert_snapshot!("sentence", sentence.text);
    insta::assert_snapshot!("clock", words::clock(&snapshot, pen(true).glyphs));
    let panel = |unicode| {
        shown(32, 20, |buffer, area| {
            view::node_panel(pen(unicode), buffer, area, &snapshot, 3);
        })
    };
    insta::assert_snapshot!("panel", panel(true));
    insta::assert_snapshot!(
        "panel_small",
        shown(30, 9, |buffer, area| {
            view::node_panel(pen(false), buffer, area, &snapshot, 3);
        })
    );
    let wire = snapshot.wire("api -> db").unwrap();
    insta::assert_snapshot!(
        "panel_wire",
        shown(32, 16, |buffer, area| {
            view::wire_panel(pen(true), buffer, area, &snapshot, wire);
        })
    );
    let charts = |unicode| {
        shown(110, 12, |buffer, area| {
            view::charts(pen(unicode), buffer, area, &snapshot, None);
        })
    };
    insta::assert_snapshot!("charts", charts(true));
    insta::assert_snapshot!("charts_ascii", charts(false));
    insta::assert_debug_snapshot!("boxes", boxes::boxes(&snapshot));
    let wires = boxes::wires(&snapshot);
    assert!(
        wires[wire].tries > 1.5 && wires[wire].failing > 0.5,
        "{:?}",
        wires[wire]
    );
    assert_eq!(wires[wire].pool.map(|(_, size)| size), Some(16));
}

#[test]
fn a_live_run_is_drawn_at_every_size() {
    let snapshot = in_trouble();
    at_every_size(|buffer, area| {
        for node in 0..6 {
            view::node_panel(pen(true), buffer, area, &snapshot, node);
        }
        view::wire_panel(pen(false), buffer, area, &snapshot, 0);
        view::charts(pen(true), buffer, area, &snapshot, Some(0));
        view::charts(pen(false), buffer, area, &snapshot, Some(9));
        view::sentence(pen(true), buffer, area, &snapshot);
    });
}

#[test]
fn moments_are_as_long_as_their_run_needs() {
    assert_eq!(words::moment(342 * SECOND, 600 * SECOND), "05:42");
    assert_eq!(words::moment(3_942 * SECOND, 7_200 * SECOND), "1:05:42");
    assert_eq!(words::moment(250_000_000, SECOND), "0.250 s");
}
