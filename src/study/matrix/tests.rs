//! Failures whose outcome is known.

use std::path::Path;

use super::*;
use crate::design::{LoadOptions, load_str};
use crate::study::units::Forgetful;

fn design(text: &str) -> Loaded {
    load_str(text, "a.ron", Path::new(""), &LoadOptions::default()).unwrap()
}

fn of<'m>(matrix: &'m Matrix, place: &str, how: How) -> &'m Case {
    let found = |case: &&Case| {
        case.failing.len() == 1 && case.failing[0].place == place && case.failing[0].how == how
    };
    matrix.cases.iter().find(found).unwrap()
}

const PAIR: &str = r#"(
    format: 1,
    nodes: {
        "users": Client(traffic: [(to: "edge", rate: "100/s")]),
        "edge": Balancer(to: ["api"], health: (every: "500ms", timeout: "200ms", unhealthy_after: 1)),
        "api": Service(replicas: 2, zones: ["a", "b"], workers: 8, work: Exponential(mean: "5ms")),
    },
    wires: {
        "users -> edge": (timeout: "1s"),
    },
    objectives: ["goodput(*) > 99% of offered", "recovery(x) < 1s"],
    faults: [(at: "1s", lasts: "1s", name: "x", fault: Pause(node: "api"))],
    run: (duration: "60s", replications: 3),
)"#;

#[test]
fn everything_fails_in_turn() {
    let loaded = design(PAIR);
    let ask = Ask {
        repair: Some((30.0 * 86_400.0, 600.0)),
        ..Ask::default()
    };
    let found = matrix(
        &loaded,
        &RunSettings::default(),
        &ask,
        &|_| true,
        &Forgetful,
    )
    .unwrap();
    assert_eq!(found.cases.len(), count(&loaded.design, false));
    let whole = of(&found, "node api", How::Crash);
    assert!(whole.lost_share > 0.98, "{whole:?}");
    assert!((9.0..13.0).contains(&whole.dip_s), "{whole:?}");
    assert!(whole.recovery_s.is_some());
    assert!(!whole.objectives[0].met);
    assert_eq!(
        whole.objectives.len(),
        1,
        "the design's own faults are left out"
    );
    let one = of(&found, "a replica of api", How::Crash);
    assert!(one.lost_share < 0.1, "the other takes over: {one:?}");
    let cut = of(&found, "wire users -> edge", How::CutOff);
    assert!(cut.lost_share > 0.98, "{cut:?}");
    assert!(of(&found, "zone a", How::Crash).lost_share < 0.1);
    assert!(of(&found, "zone a", How::CutOff).lost_share < 0.1);
    let alone = of(&found, "node api", How::CutOff);
    assert!(alone.lost_share > 0.98, "nobody reaches it: {alone:?}");
    let limping = of(&found, "a replica of api", How::Slow);
    assert!(
        limping.lost_share < 0.1,
        "it is slow, not gone: {limping:?}"
    );
    let late = of(&found, "wire users -> edge", How::Late);
    assert!(late.lost_share < 0.1, "late, not lost: {late:?}");
    let share = found.availability.unwrap().share;
    // Three things are fatal for ten minutes each in thirty days: the node, its balancer, wires.
    assert!((0.998..0.999_9).contains(&share), "{share}");
}

#[test]
fn pairs_are_of_different_things() {
    let loaded = design(PAIR);
    let singles = count(&loaded.design, false);
    let pairs = combinations(&loaded.design, true);
    assert!(pairs.len() > singles);
    for pair in &pairs[singles..] {
        assert_ne!(pair[0].place, pair[1].place);
    }
}

#[test]
fn a_retry_storm_does_not_end_by_itself() {
    let loaded = design(
        r#"(
        format: 1,
        nodes: {
            "users": Client(traffic: [(to: "web", rate: "500/s")]),
            "web": Service(mode: Asynchronous, work: "1ms", to: ["stock"]),
            "stock": Service(workers: 4, queue: 400, work: Exponential(mean: "6ms")),
        },
        wires: {
            "web -> stock": (
                timeout: "250ms",
                retry: (attempts: 4, backoff: Exponential(base: "50ms", cap: "1s")),
            ),
        },
        run: (duration: "60s", replications: 2),
    )"#,
    );
    let ask = Ask {
        triggers: true,
        ..Ask::default()
    };
    let found = matrix(
        &loaded,
        &RunSettings::default(),
        &ask,
        &|_| true,
        &Forgetful,
    )
    .unwrap();
    let slow = of(&found, "node stock", How::Slow);
    assert_eq!(slow.recovery_s, None);
    let trigger = slow.trigger_s.unwrap();
    // The queue of 400 is full within a fraction of a second.
    assert!((0.1..5.0).contains(&trigger), "{trigger}");
    let stopped = matrix(
        &loaded,
        &RunSettings::default(),
        &ask,
        &|_| false,
        &Forgetful,
    );
    assert_eq!(stopped.unwrap_err(), RunError::Nothing);
}
