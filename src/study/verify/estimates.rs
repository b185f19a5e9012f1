//! The estimate against theory, on the designs of the cases.

use std::path::Path;

use super::cases;
use super::expected::Reading;
use crate::design::{LoadOptions, load_str};
use crate::insight::estimate::estimate;

/// How far a mean latency may be off, by case; 3% where nothing is said.
const CLASSES: &[(&str, f64)] = &[
    // Its assumptions do not hold: a limit on what is in flight, bursts, impatience, faults, two
    // phases of everything within one another.
    ("in-flight", f64::INFINITY),
    ("blocking-dependency", f64::INFINITY),
    ("bursts", f64::INFINITY),
    ("patience", f64::INFINITY),
    ("erlang-a", f64::INFINITY),
    ("breakdowns", f64::INFINITY),
    // Regular arrivals at a single worker: the correction for them is a rough one.
    ("gm1-even", 0.35),
    ("gm1-erlang", 0.35),
    ("gm1-hyperexponential", 0.35),
    ("batches", 0.35),
    // Approximations of closed networks, joins, hedges and the shortest of several queues.
    ("closed", 0.2),
    ("closed-network", 0.1),
    ("timeout-cancel", 0.1),
    ("fork-join", 0.1),
    ("hedge", 0.25),
    ("round-robin", 0.1),
    ("shortest-of-two", 0.1),
    ("two-of-four", 0.12),
    ("w3r", 0.5),
    ("w3h", 0.1),
];

#[test]
fn means_are_near_theory() {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for case in cases() {
        let options = LoadOptions::default();
        let loaded = load_str(case.design, case.name, Path::new(""), &options).unwrap();
        let found = estimate(&loaded.design).unwrap();
        for figure in (case.expected)().unwrap() {
            let Reading::Client(client, _) = figure.reading else {
                continue;
            };
            let prefix = format!("{client} -> ");
            let of = found.endpoints.iter().find(|of| of.id.starts_with(&prefix));
            let Some(of) = of.filter(|_| figure.name == "mean") else {
                continue;
            };
            compared += 1;
            let bound = CLASSES.iter().find(|class| class.0 == case.name);
            let bound = bound.map_or(0.03, |class| class.1);
            let off = of
                .mean_s
                .map_or(f64::INFINITY, |mean| mean / figure.theory - 1.0);
            if off.abs() > bound {
                wrong.push(format!("{} {:+.1}%", case.name, 100.0 * off));
            }
        }
    }
    assert!(compared >= 30, "{compared}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
