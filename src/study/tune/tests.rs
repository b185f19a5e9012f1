//! Searches whose answer theory knows.

use std::path::Path;

use super::*;
use crate::design::{LoadOptions, load_str};
use crate::insight::theory::mmc::Mmc;
use crate::study::units::Forgetful;
use crate::study::units::testing::Kept;

const RATE: f64 = 240.0;
const WORK_S: f64 = 0.01;

/// A queue of 2.4 busy servers on average.
fn queue(objective: &str) -> Loaded {
    let text = format!(
        r#"(
            format: 1,
            nodes: {{
                "users": Client(traffic: [(to: "server", rate: "{RATE}/s")]),
                "server": Service(workers: 3, price: "$0.10/h", work: Exponential("10ms")),
            }},
            run: (duration: "120s", warmup: "10s", replications: 6),
            objectives: ["{objective}"],
        )"#
    );
    load_str(&text, "a.ron", Path::new(""), &LoadOptions::default()).unwrap()
}

fn ask(vary: &[&str]) -> Ask {
    Ask {
        vary: vary.iter().map(|axis| axis.parse().unwrap()).collect(),
        under: Vec::new(),
    }
}

fn tuned(loaded: &Loaded, ask: &Ask, units: &dyn Units) -> Result<Tuned, TuneError> {
    let base = Base {
        loaded,
        name: "a.ron",
        catalogue: None,
    };
    tune(&base, &RunSettings::default(), ask, &|_| true, units)
}

#[test]
fn the_smallest_number_of_workers_is_that_of_theory() {
    let p99 = |workers: u32| {
        Mmc::new(RATE, 1.0 / WORK_S, workers)
            .unwrap()
            .sojourn_percentile(0.99)
            .unwrap()
    };
    let exact = (3..12).find(|workers| p99(*workers) < 0.055).unwrap();
    // The bound is far from what either neighbour does, as intervals go.
    assert!(p99(exact) < 0.052 && p99(exact - 1) > 0.058, "{exact}");
    let found = tuned(
        &queue("p99(server) < 55ms"),
        &ask(&["nodes/server/workers=1..12"]),
        &Forgetful,
    );
    let found = found.unwrap();
    let best = found.best.unwrap();
    assert_eq!(best.candidate.values, [exact.to_string()]);
    assert_eq!(
        best.set,
        [("nodes/server/workers".to_owned(), exact.to_string())]
    );
    assert_eq!(found.full, 2, "one and two workers are overfull");
    assert!(!found.as_drawn.unwrap().met, "three are busy, but not fast");
    assert!(best.neighbours[0].misses.is_some());
    assert!(found.tried.len() <= 8, "{:?}", found.tried);
}

#[test]
fn the_cheapest_is_found_and_less_of_it_fails() {
    // 2.4 busy servers of 3 × n are below 25% from n = 4 on.
    let loaded = queue("utilization(server) < 25%");
    let found = tuned(
        &loaded,
        &ask(&["nodes/server/replicas=8,1,2,3,4,5,6,7"]),
        &Forgetful,
    )
    .unwrap();
    let best = found.best.unwrap();
    assert_eq!(best.candidate.values, ["4"]);
    assert!((best.candidate.cost_per_hour - 0.4).abs() < 1e-9);
    assert_eq!(best.neighbours[0].value, "3");
    assert!(
        best.neighbours[0]
            .misses
            .as_ref()
            .unwrap()
            .observed
            .unwrap()
            > 0.25
    );
    let automatic = tuned(&loaded, &Ask::default(), &Forgetful).unwrap();
    assert!(automatic.automatic);
    assert_eq!(automatic.axes[0].path, "nodes/server/replicas");
}

#[test]
fn what_cannot_be_met_is_said_with_what_comes_nearest() {
    let found = tuned(
        &queue("p99(server) < 9ms"),
        &ask(&["nodes/server/workers=3..6"]),
        &Forgetful,
    );
    let found = found.unwrap();
    assert!(found.best.is_none());
    let near = found.nearest.unwrap();
    assert_eq!(near.missed.unwrap().text, "p99(server) < 9ms");
    let order: Vec<&str> = found
        .tried
        .iter()
        .map(|one| one.values[0].as_str())
        .collect();
    assert_eq!(
        order,
        ["3", "6", "4", "5"],
        "as drawn, the largest, then what that ruled out"
    );
    assert_eq!(found.ruled_out, 0);
}

#[test]
fn faults_are_stood_or_named() {
    let loaded = queue("goodput(*) > 90% of offered");
    let under = |fault: &str| Ask {
        under: vec![fault.to_owned()],
        ..ask(&["nodes/server/replicas=1..3"])
    };
    let found = tuned(&loaded, &under("a replica of server crashes"), &Forgetful);
    // One replica cannot lose one: the failure is not among those of the design as it is.
    let Err(TuneError::Shape(message)) = found else {
        panic!("{found:?}");
    };
    assert!(message.contains("node server crashes"), "{message}");
    let found = tuned(&loaded, &under("node server crashes"), &Forgetful).unwrap();
    assert!(found.best.is_none());
    assert_eq!(found.scenarios, ["as drawn", "node server crashes"]);
    assert_eq!(
        found.nearest.unwrap().scenario.unwrap(),
        "node server crashes"
    );
}

#[test]
fn bad_bounds_are_told() {
    let loaded = queue("p99(server) < 1s");
    let shape = |vary: &[&str]| match tuned(&loaded, &ask(vary), &Forgetful) {
        Err(TuneError::Shape(message)) => message,
        other => panic!("{other:?}"),
    };
    let twice = ["nodes/server/workers=1..3", "nodes/server/workers=4..5"];
    assert!(shape(&twice).contains("twice"));
    let many = [
        "nodes/server/workers=1..1000",
        "nodes/server/replicas=1..1000",
    ];
    assert!(shape(&many).contains("2000"));
    let wrong = tuned(
        &loaded,
        &ask(&["nodes/server/workers=few,many"]),
        &Forgetful,
    );
    assert!(matches!(wrong, Err(TuneError::Design(values, _)) if values == ["few"]));
}

#[test]
fn a_search_that_goes_on_says_the_same_bytes() {
    let loaded = queue("p99(server) < 55ms");
    let ask = ask(&["nodes/server/workers=1..12"]);
    let json = |found: &Tuned| serde_json::to_string(found).unwrap();
    let whole = json(&tuned(&loaded, &ask, &Forgetful).unwrap());
    let kept = Kept::default();
    let first = json(&tuned(&loaded, &ask, &kept).unwrap());
    assert_eq!(first, whole);
    // Half of what was done is lost.
    let names: Vec<String> = kept.all.borrow().keys().cloned().collect();
    for name in names.iter().step_by(2) {
        kept.all.borrow_mut().remove(name);
    }
    assert_eq!(json(&tuned(&loaded, &ask, &kept).unwrap()), whole);
    assert!(*kept.found.borrow() > 0);
}
