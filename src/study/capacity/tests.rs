//! The capacity of a queue whose percentiles are known.

use std::path::Path;

use super::*;
use crate::design::{LoadOptions, load_str};
use crate::insight::theory::mmc::Mmc;
use crate::study::units::Forgetful;
use crate::study::units::testing::Kept;

fn queue(objectives: &str) -> Loaded {
    let text = format!(
        r#"(
            format: 1,
            nodes: {{
                "users": Client(traffic: [(to: "server", rate: "100/s")]),
                "server": Service(workers: 2, work: Exponential(mean: "10ms")),
            }},
            objectives: [{objectives}],
            run: (duration: "120s", warmup: "10s", replications: 8),
        )"#
    );
    load_str(&text, "a.ron", Path::new(""), &LoadOptions::default()).unwrap()
}

/// The rate at which two workers have this p99.
fn exact(p99: f64) -> f64 {
    let (mut low, mut high) = (1.0_f64, 199.9_f64);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        let queue = Mmc::new(middle, 100.0, 2).unwrap();
        if queue.sojourn_percentile(0.99).unwrap() < p99 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[test]
fn the_exact_capacity_lies_within_the_error_bar() {
    let wanted = exact(0.1);
    for seed in 1..=3 {
        let settings = RunSettings {
            seed: Some(seed),
            ..RunSettings::default()
        };
        let found = capacity(
            &queue("\"p99(server) < 100ms\""),
            &settings,
            &|_| true,
            &Forgetful,
        )
        .unwrap();
        let [low, high] = found.factor_ci95.unwrap();
        let exact = wanted / 100.0;
        assert!(low <= exact && exact <= high, "{exact} in {low}..{high}");
        assert!(high - low < 0.2 * exact, "{low}..{high}");
        assert!((found.factor.unwrap() / exact - 1.0).abs() < 0.06);
        assert_eq!(found.binding.as_deref(), Some("p99(server) < 100ms"));
        assert_eq!(found.limit.unwrap().0, "server");
    }
}

#[test]
fn without_objectives_nearly_all_must_be_answered() {
    let found = capacity(&queue(""), &RunSettings::default(), &|_| true, &Forgetful).unwrap();
    assert!(found.assumed);
    // Two workers do 200 a second; a little more is still answered for want of time.
    let offered = found.offered_per_s.unwrap();
    assert!((190.0..215.0).contains(&offered), "{offered}");
    let factors: Vec<f64> = found.points.iter().map(|point| point.factor).collect();
    assert!(factors.is_sorted());
}

#[test]
fn what_cannot_be_missed_or_met_has_no_capacity() {
    let never = capacity(
        &queue("\"p50(server) < 1us\""),
        &RunSettings::default(),
        &|_| true,
        &Forgetful,
    );
    assert_eq!(never.unwrap().unbounded, Some(Unbounded::NeverMet));
    let stopped = capacity(&queue(""), &RunSettings::default(), &|_| false, &Forgetful);
    assert_eq!(stopped.unwrap_err(), RunError::Nothing);
}

#[test]
fn a_ramp_breaks_where_the_workers_are_full() {
    let found = ramp(&queue(""), &RunSettings::default(), &|_| true).unwrap();
    // Two workers do 200 a second; the queue takes what is a little more for a while.
    let factor = found.broke_factor.unwrap();
    assert!((1.9..2.6).contains(&factor), "{factor}");
    assert_eq!(found.busiest.unwrap().0, "server");
}

#[test]
fn a_search_that_goes_on_says_the_same_bytes() {
    let settings = RunSettings {
        duration: Some("20s".parse().unwrap()),
        warmup: Some(crate::design::model::Warmup::Nothing),
        replications: Some(3),
        ..RunSettings::default()
    };
    let found = |units: &dyn Units| {
        let found = capacity(&queue(""), &settings, &|_| true, units).unwrap();
        serde_json::to_string(&found).unwrap()
    };
    let (whole, kept) = (found(&Forgetful), Kept::default());
    assert_eq!(found(&kept), whole);
    let names: Vec<String> = kept.all.borrow().keys().cloned().collect();
    for name in names.iter().step_by(2) {
        kept.all.borrow_mut().remove(name);
    }
    assert_eq!(found(&kept), whole);
    assert_eq!(*kept.found.borrow(), names.len() / 2);
}
