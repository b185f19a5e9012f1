//! The estimate against the simulator, on every scenario that is shipped: each belongs to a class
//! that says how near it comes, or why it cannot.

use std::fs;
use std::path::Path;

use buttress::design::{LoadOptions, load};
use buttress::insight::estimate::estimate;
use buttress::study::run::{RunSettings, run};

/// How near an estimate comes to a simulation.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Class {
    /// The mean within 10%, the 99th percentile within 25%.
    Near,
    /// The mean within a third; the tail is another matter.
    Rough,
    /// It cannot say: faults, changing traffic, priorities, a pile of requests, no steady state.
    Apart,
}

/// What is not near.
const CLASSES: &[(&str, Class)] = &[
    // Requests for one key pile up, or a cache starts cold and everything waits.
    ("cache-stampede", Class::Apart),
    ("cold-cache", Class::Apart),
    // More comes than can be done: everything, or a lock on one row.
    ("deadline-propagation", Class::Apart),
    ("hot-row", Class::Apart),
    ("login-under-attack", Class::Apart),
    // The 19th of 20 heavy-tailed times.
    ("fan-out", Class::Apart),
    // Faults and spikes decide.
    ("grey-failure", Class::Apart),
    ("overload", Class::Apart),
    ("pool-sizing", Class::Apart),
    ("retry-budget", Class::Apart),
    ("retry-storm", Class::Apart),
    ("thread-exhaustion", Class::Apart),
    // Priorities.
    ("noisy-neighbour", Class::Apart),
    ("group-commit", Class::Rough),
    ("heavy-tails", Class::Rough),
    ("hedged-requests", Class::Rough),
    ("open-and-closed", Class::Rough),
];

#[test]
fn every_scenario_is_as_near_as_its_class_says() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut wrong = Vec::new();
    let mut near = 0;
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "ron") {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let class = CLASSES.iter().find(|class| class.0 == name);
        let class = class.map_or(Class::Near, |class| class.1);
        let loaded = load(&path, &LoadOptions::default()).unwrap();
        let found = estimate(&loaded.design).unwrap();
        if class == Class::Apart {
            continue;
        }
        near += 1;
        let settings = RunSettings {
            replications: Some(4),
            ..RunSettings::default()
        };
        let result = run(&loaded, &settings, &|_| true).unwrap().result;
        for of in found.endpoints.iter().filter(|of| !of.attack) {
            let seen = result
                .endpoints
                .iter()
                .find(|seen| seen.id == of.id)
                .unwrap();
            let off = |estimated: Option<f64>, simulated: f64| {
                estimated.map_or(f64::INFINITY, |estimated| {
                    (estimated / simulated - 1.0).abs()
                })
            };
            let mean = off(of.mean_s, seen.latency_s.mean);
            let p99 = off(of.p99_s, seen.latency_s.p99);
            let goodput = (of.goodput_per_s / seen.goodput_per_s - 1.0).abs();
            let holds = match class {
                Class::Near => mean < 0.10 && p99 < 0.25 && goodput < 0.03,
                Class::Rough => mean < 0.34,
                Class::Apart => true,
            };
            if !holds {
                wrong.push(format!(
                    "{name} {}: mean {mean:.2}, p99 {p99:.2}, goodput {goodput:.2}",
                    of.id
                ));
            }
        }
    }
    assert!(near >= 12, "{near}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
