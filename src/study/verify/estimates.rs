//! The estimate against theory, on the designs of the cases.

use std::path::Path;

use super::cases;
use super::expected::Reading;
use crate::design::{LoadOptions, load_str};
use crate::insight::estimate::estimate;

/// How far a mean latency may be off, by case; 3% where nothing is said.
const CLASSES: &[(&str, f64)] = &[];

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
