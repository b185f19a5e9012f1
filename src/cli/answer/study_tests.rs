//! Answers of studies as a user sees them, of small designs that are simulated for it.

use super::{capacity, comparison, explained, matrix, swept, tuned};
use crate::cli::studies::{
    self, Alternative, Base, MatrixAsk, RunSettings, SensitivityAsk, TuneAsk,
};
use crate::cli::text::{Look, width};
use crate::design::{LoadOptions, Loaded, load_str};
use crate::study::units::Forgetful;
use std::path::Path;

const LOOK: Look = Look {
    width: 100,
    ..Look::PLAIN
};

/// A shop that is as small as can be: a service, its database, a fault that does harm.
const SHOP: &str = r#"(
    format: 1,
    name: "small shop",
    nodes: {
        "users": Client(traffic: [(to: "web", endpoint: "GET /", rate: "60/s")]),
        "web": Service(
            replicas: 2, workers: 2, price: "$0.10/h",
            endpoints: {"GET /": [Work(Guess("4ms")), Call("db")]},
        ),
        "db": Service(workers: 1, work: Exponential("8ms"), price: "$0.50/h"),
    },
    wires: {"web -> db": (timeout: "250ms", retry: (attempts: 3))},
    faults: [(at: "10s", lasts: "5s", name: "slow db", fault: Slow(node: "db", factor: 6.0))],
    run: (duration: "40s", replications: 3),
    objectives: ["p99(GET /) < 2s", "goodput(*) > 50% of offered"],
    variants: {"quick": [Set("nodes/db/work", "2ms")]},
)"#;

fn loaded(text: &str, variant: Option<&str>) -> Loaded {
    let options = LoadOptions {
        variant: variant.map(str::to_owned),
        ..LoadOptions::default()
    };
    load_str(text, "shop.ron", Path::new(""), &options).unwrap()
}

/// Checks an answer against what it was, and that no line is too wide, however narrow the terminal.
fn check(name: &str, write: impl Fn(Look) -> String) {
    insta::assert_snapshot!(name, write(LOOK));
    for columns in [60, 80, 132] {
        let look = Look {
            width: columns,
            ..Look::PLAIN
        };
        for line in write(look).lines() {
            assert!(width(line) <= columns, "{columns}: {line}");
        }
    }
    for columns in 0..60 {
        write(Look {
            width: columns,
            ..Look::PLAIN
        });
    }
}

#[test]
fn a_comparison() {
    let side = |name: &str, variant| Alternative {
        name: name.to_owned(),
        loaded: loaded(SHOP, variant),
    };
    let sides = [side("as drawn", None), side("quick", Some("quick"))];
    let found = studies::compare(&sides, &RunSettings::default(), &|_| true).unwrap();
    check("comparison", |look| comparison::comparison(&found, look));
}

#[test]
fn a_sweep() {
    let design = loaded(SHOP, None);
    let base = Base {
        loaded: &design,
        name: "shop.ron",
        catalogue: None,
    };
    let over = vec!["nodes/web/replicas=1..3".parse().unwrap()];
    let settings = RunSettings::default();
    let found = studies::sweep(&base, over, &settings, &|_| true, &Forgetful).unwrap();
    let plot = (None, swept::Figure::Goodput);
    check("sweep", |look| swept::sweep("shop.ron", &found, plot, look));
}

#[test]
fn a_capacity() {
    let calm: Vec<&str> = SHOP
        .lines()
        .filter(|line| !line.contains("faults:"))
        .collect();
    let calm = calm.join("\n");
    let design = loaded(&calm, None);
    let settings = RunSettings::default();
    let found = studies::capacity(&design, &settings, &|_| true, &Forgetful).unwrap();
    check("capacity", |look| {
        capacity::capacity("shop.ron", &found, look)
    });
}

#[test]
fn a_matrix() {
    let design = loaded(SHOP, None);
    let ask = MatrixAsk::default();
    let settings = RunSettings::default();
    let found = studies::matrix(&design, &settings, &ask, &|_| true, &Forgetful).unwrap();
    check("matrix", |look| matrix::matrix("shop.ron", &found, look));
}

#[test]
fn an_explanation() {
    let design = loaded(SHOP, None);
    let base = Base {
        loaded: &design,
        name: "shop.ron",
        catalogue: None,
    };
    let settings = RunSettings::default();
    let result = studies::run(&design, &settings, &|_| true).unwrap().result;
    let ask = SensitivityAsk::default();
    let found = studies::sensitivity(&base, &settings, &ask, &|_| true).unwrap();
    let endpoint = result.endpoints[0].id.clone();
    check("explanation", |look| {
        explained::explanation(&result, &endpoint, Some(&found), look)
    });
}

#[test]
fn a_design_is_tuned() {
    let design = loaded(SHOP, None);
    let base = Base {
        loaded: &design,
        name: "shop.ron",
        catalogue: None,
    };
    let tune = |vary: &str| {
        let ask = TuneAsk {
            vary: vec![vary.parse().unwrap()],
            under: Vec::new(),
        };
        let settings = RunSettings::default();
        studies::tune(&base, &settings, &ask, &|_| true, &Forgetful).unwrap()
    };
    let found = tune("nodes/web/replicas=1..4");
    check("tuned", |look| tuned::tuned("shop.ron", &found, look));
    let none = tune("nodes/db/work=20ms,30ms");
    check("tuned_nothing", |look| {
        tuned::tuned("shop.ron", &none, look)
    });
}
