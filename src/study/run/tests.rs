//! Runs of a stand-in for the engine, and of the engine itself.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::*;
use crate::design::model::Warmup;
use crate::design::{LoadOptions, load_str};
use crate::sim::measure::{Meta, WarmupRule};
use crate::sim::summary::testing::{Queue, S, meta};
use crate::units::Nanos;

/// Plays a queue that was simulated in one go as if it took its time.
struct Played {
    replication: Replication,
    now_ns: u64,
    per_step: Duration,
    stops_at_ns: u64,
    panics: bool,
}

impl Simulation for Played {
    fn run_until(&mut self, t_ns: u64) {
        assert!(!self.panics, "a frame without a parent");
        std::thread::sleep(self.per_step);
        self.now_ns = t_ns.min(self.stops_at_ns);
        if t_ns > self.stops_at_ns {
            self.replication.stopped = Some("too many requests in memory".to_owned());
        }
    }

    fn stopped(&self) -> Option<&str> {
        self.replication.stopped.as_deref()
    }

    fn events(&self) -> u64 {
        self.now_ns / 100
    }

    fn finish(mut self) -> Replication {
        let windows = self
            .replication
            .edges_ns
            .partition_point(|&edge| edge <= self.now_ns)
            .max(1)
            - 1;
        let replication = &mut self.replication;
        replication.edges_ns.truncate(windows + 1);
        replication
            .endpoints
            .iter_mut()
            .for_each(|of| of.truncate(windows));
        replication
            .nodes
            .iter_mut()
            .for_each(|of| of.truncate(windows));
        replication
            .stations
            .iter_mut()
            .for_each(|of| of.truncate(windows));
        replication
            .wires
            .iter_mut()
            .for_each(|of| of.truncate(windows));
        replication.correctness.truncate(windows);
        self.replication
    }
}

fn played(index: u32) -> Played {
    Played {
        replication: Queue::default().replication(1, index),
        now_ns: 0,
        // Uneven, so that replications end out of order.
        per_step: Duration::from_micros(u64::from(7 - index % 7) * 10),
        stops_at_ns: u64::MAX,
        panics: false,
    }
}

fn plan(replications: u32, threads: usize) -> Plan {
    Plan {
        duration_ns: 30 * S,
        replications,
        precision: None,
        threads: Some(threads),
    }
}

fn model() -> Meta {
    Meta {
        warmup: WarmupRule::Given(3 * S),
        ..meta(30 * S)
    }
}

fn json(collected: &Collected) -> String {
    serde_json::to_string(&collected.result(1, DesignRef::default())).unwrap()
}

#[test]
fn threads_do_not_show() {
    let run = |threads| json(&simulate(&model(), &plan(9, threads), &played, &|_| true).unwrap());
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(8));
    let replications: Vec<Replication> = (0..9).map(|index| played(index).replication).collect();
    let direct = crate::sim::summary::summarise(&model(), &replications, 1, DesignRef::default());
    assert_eq!(one, serde_json::to_string(&direct).unwrap());
}

#[test]
fn progress_grows_to_the_whole() {
    let seen = RefCell::new(Vec::new());
    let watch = |progress: Progress| {
        seen.borrow_mut().push(progress);
        true
    };
    simulate(&model(), &plan(6, 2), &played, &watch).unwrap();
    let seen = seen.into_inner();
    assert!(
        seen.windows(2)
            .all(|pair| pair[0].simulated_share <= pair[1].simulated_share)
    );
    assert!(
        seen.windows(2)
            .all(|pair| pair[0].done_units <= pair[1].done_units)
    );
    let last = seen.last().unwrap();
    assert_eq!((last.done_units, last.total_units), (6, 6));
    assert!(last.simulated_share > 0.999);
}

#[test]
fn a_run_that_is_stopped_keeps_what_was_finished() {
    let watch = |progress: Progress| progress.done_units < 2;
    let collected = simulate(&model(), &plan(50, 2), &played, &watch).unwrap();
    let result = collected.result(1, DesignRef::default());
    assert!(result.partial);
    assert!(
        (2..10).contains(&result.replications),
        "{}",
        result.replications
    );
    assert!((result.simulated_s - 30.0).abs() < 1e-9);
}

#[test]
fn a_run_that_is_stopped_early_keeps_what_was_under_way() {
    let slow = |index| Played {
        per_step: Duration::from_millis(5),
        ..played(index)
    };
    let long = Plan {
        duration_ns: 30 * S,
        ..plan(4, 2)
    };
    let calls = Cell::new(0);
    let watch = |_: Progress| {
        calls.set(calls.get() + 1);
        calls.get() < 3
    };
    let started = now();
    let result = simulate(&model(), &long, &slow, &watch)
        .unwrap()
        .result(1, DesignRef::default());
    assert!(started.elapsed() < Duration::from_millis(500));
    assert!(result.partial);
    assert_eq!(result.replications, 0);
    assert!(result.simulated_s < 30.0);
    assert!(result.checks.iter().all(|check| check.holds));
}

#[test]
fn a_limit_stops_a_replication_but_it_counts() {
    let limited = |index| Played {
        stops_at_ns: 20 * S,
        ..played(index)
    };
    let result = simulate(&model(), &plan(3, 2), &limited, &|_| true)
        .unwrap()
        .result(1, DesignRef::default());
    assert!(result.partial);
    assert_eq!(result.replications, 0);
    assert!((result.simulated_s - 20.0).abs() < 1e-9);
    assert!(result.endpoints[0].completed > 3_000);
}

#[test]
fn a_defect_is_an_error_and_no_crash() {
    let broken = |index| Played {
        panics: index == 1,
        ..played(index)
    };
    let error = simulate(&model(), &plan(3, 2), &broken, &|_| true).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the simulator failed in replication 1: a frame without a parent; this is a defect of the program"
    );
}

#[test]
fn precision_adds_replications_until_the_intervals_are_narrow() {
    let started = AtomicU32::new(0);
    let start = |index| {
        started.fetch_add(1, Ordering::Relaxed);
        Played {
            per_step: Duration::ZERO,
            ..played(index)
        }
    };
    let precise = |precision| Plan {
        precision: Some(precision),
        ..plan(4, 2)
    };
    let collected = simulate(&model(), &precise(0.12), &start, &|_| true).unwrap();
    let count = collected.replications();
    assert!((8..=400).contains(&count), "{count}");
    assert_eq!(count, started.load(Ordering::Relaxed));
    let latency = &collected.endpoints()[0].latency_s;
    assert!((latency.ci95[1] - latency.ci95[0]) / 2.0 <= 0.12 * latency.mean);
    let p99 = latency.percentiles_ci95["p99"];
    assert!((p99[1] - p99[0]) / 2.0 <= 0.12 * latency.p99);
    let again = simulate(
        &model(),
        &Plan {
            threads: Some(1),
            ..precise(0.12)
        },
        &start,
        &|_| true,
    )
    .unwrap();
    assert_eq!(json(&collected), json(&again));
}

const SHOP: &str = include_str!("../../../scenarios/shop.ron");

fn shop() -> Loaded {
    load_str(SHOP, "shop.ron", Path::new("."), &LoadOptions::default()).unwrap()
}

fn short() -> RunSettings {
    RunSettings {
        duration: Some(Nanos(5 * S)),
        warmup: Some(Warmup::For { time: Nanos(S) }),
        replications: Some(4),
        ..RunSettings::default()
    }
}

#[test]
fn a_design_gives_the_same_bytes_on_any_number_of_threads() {
    let output = |threads| {
        let settings = RunSettings {
            threads: Some(threads),
            ..short()
        };
        run(&shop(), &settings, &|_| true).unwrap()
    };
    let (one, two) = (output(1), output(8));
    assert_eq!(
        serde_json::to_string(&one.result).unwrap(),
        serde_json::to_string(&two.result).unwrap()
    );
    assert_eq!(one.histograms, two.histograms);
    assert!(
        one.result.checks.iter().all(|check| check.holds),
        "{:?}",
        one.result.checks
    );
    assert_eq!(one.result.objectives.len(), shop().design.objectives.len());
    assert!(!one.result.findings.is_empty());
    assert!(one.timing.events_per_s > 0.0);
}

#[test]
fn settings_win_over_the_design_and_change_its_hash() {
    let design = shop();
    let output = run(
        &design,
        &RunSettings {
            seed: Some(7),
            ..short()
        },
        &|_| true,
    )
    .unwrap();
    assert_eq!((output.result.seed, output.result.replications), (7, 4));
    assert_eq!(
        (output.result.simulated_s, output.result.warmup_s),
        (5.0, 1.0)
    );
    assert_eq!(output.result.design.hash.len(), 16);
    assert_ne!(output.result.design.hash, design.hash);
    let repeated = RunSettings {
        seed: Some(9),
        replications: Some(1),
        ..RunSettings::default()
    };
    assert_eq!(repeated.hash(&design), design.hash);
    let same = RunSettings {
        duration: Some(design.design.run.duration),
        ..RunSettings::default()
    };
    assert_eq!(same.hash(&design), design.hash);
}

#[test]
fn settings_that_leave_nothing_are_refused() {
    let refused =
        |settings: RunSettings| run(&shop(), &settings, &|_| true).unwrap_err().to_string();
    assert_eq!(
        refused(RunSettings {
            duration: Some(Nanos(S)),
            ..short()
        }),
        "A warm-up of 1s leaves nothing of a run of 1s."
    );
    assert_eq!(
        refused(RunSettings {
            replications: Some(0),
            ..short()
        }),
        "There must be at least one replication."
    );
    assert_eq!(
        refused(RunSettings {
            precision: Some(f64::NAN),
            ..short()
        }),
        "The precision must be above 0%."
    );
    assert_eq!(
        refused(RunSettings {
            duration: Some(Nanos(0)),
            warmup: Some(Warmup::Nothing),
            ..short()
        }),
        "The run must last some time."
    );
}
