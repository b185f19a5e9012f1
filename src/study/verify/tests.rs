//! The list, the designs and the verdicts, without simulating anything.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::design::{LoadOptions, load_str};
use crate::sim::result::{EndpointFigures, NodeFigures, RunResult};
use crate::study::verify::expected::{failed, mean, utilization};
use crate::study::verify::interval::FIGURES_MAX;

#[test]
fn every_case_has_a_design_that_loads() {
    let mut wrong = Vec::new();
    for case in cases() {
        let loaded = load_str(
            case.design,
            case.name,
            Path::new(""),
            &LoadOptions::default(),
        );
        match loaded {
            Ok(loaded) => {
                let run = &loaded.design.run;
                assert!(run.replications >= 4, "{}", case.name);
                assert!(loaded.warnings.errors() == 0, "{}", case.name);
            }
            Err(found) => wrong.push(format!("{}: {found}", case.name)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_belongs_to_a_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/verify");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let names: BTreeSet<String> = cases().iter().map(|case| case.name.to_owned()).collect();
    assert_eq!(files, names);
    assert_eq!(names.len(), cases().len(), "names are unique");
}

#[test]
fn theory_has_an_answer_for_every_case() {
    let mut figures = 0;
    for case in cases() {
        let expected = (case.expected)().unwrap();
        assert!(!expected.is_empty(), "{}", case.name);
        figures += expected.len() + 1;
        let names: BTreeSet<&str> = expected.iter().map(|figure| figure.name).collect();
        assert_eq!(
            names.len(),
            expected.len(),
            "{}: figures have names of their own",
            case.name
        );
        for figure in &expected {
            let sound = figure.theory.is_finite() && figure.theory >= 0.0;
            assert!(sound, "{} {}: {}", case.name, figure.name, figure.theory);
        }
    }
    assert!(cases().len() >= 36);
    assert!(figures <= FIGURES_MAX as usize, "{figures}");
}

#[test]
fn every_family_of_the_list_is_there() {
    let families: BTreeSet<&str> = cases().iter().map(|case| case.family).collect();
    for family in [
        "M/M/1",
        "M/M/c",
        "M/M/c/K",
        "Erlang B",
        "M/D/1",
        "M/G/1",
        "G/M/1",
        "processor sharing",
        "priorities",
        "batch arrivals",
        "tandem",
        "Jackson",
        "closed network",
        "abandonment",
        "fork and join",
        "order statistics",
        "balancing",
        "caches",
        "rate limits",
        "retries",
        "hedging",
        "breakdown and repair",
        "k of n",
        "workloads",
    ] {
        assert!(families.contains(family), "{family}");
    }
}

#[test]
fn a_filter_finds_names_and_families() {
    assert!(
        matching(Some("mm1"))
            .unwrap()
            .iter()
            .any(|case| case.name == "mm1-half")
    );
    assert!(
        matching(Some("m/d/1"))
            .unwrap()
            .iter()
            .all(|case| case.name == "md1")
    );
    assert_eq!(matching(None).unwrap().len(), cases().len());
    let error = matching(Some("nothing like it")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "No case has \"nothing like it\" in its name or family."
    );
}

#[test]
fn a_watcher_can_stop_before_anything_is_simulated() {
    let stopped = verify(Some("mm1-half"), &|done, total, name| {
        assert_eq!((done, total, name), (0, 1, "mm1-half"));
        false
    });
    assert_eq!(stopped, Err(VerifyError::Interrupted));
}

/// A result with one client, one node and nothing else.
fn result(mean: f64, failed: u64, busy: f64) -> RunResult {
    let mut endpoint = EndpointFigures {
        id: "users -> server/work".to_owned(),
        ..Default::default()
    };
    endpoint.latency_s.mean = mean;
    endpoint.completed = 100 - failed;
    endpoint.failed.insert("timeout".to_owned(), failed);
    let node = NodeFigures {
        id: "server".to_owned(),
        utilization: busy,
        ..Default::default()
    };
    RunResult {
        endpoints: vec![endpoint],
        nodes: vec![node],
        ..empty()
    }
}

fn empty() -> RunResult {
    serde_json::from_value(serde_json::json!({
        "format": "buttress.run/1",
        "design": {"name": "", "file": "", "hash": "", "variant": null},
        "seed": 1, "replications": 4, "simulated_s": 1.0, "warmup_s": 0.0, "events": 0,
        "partial": false, "endpoints": [], "nodes": [], "wires": [],
        "correctness": {
            "duplicate_effects": 0, "stale_reads": 0, "lost_messages": 0, "lost_writes": 0
        },
        "objectives": [], "cost": {"per_hour": 0.0, "per_million_good": 0.0}, "findings": [],
        "warmup_by": "given", "phases": [], "attribution": [], "exemplars": [],
        "series": {"edges_s": [], "endpoints": [], "nodes": []}, "checks": [],
    }))
    .unwrap()
}

const TOY: Case = Case {
    name: "toy",
    family: "toys",
    source: "arithmetic",
    design: "",
    expected: || {
        Ok(vec![
            mean("users", 0.05),
            failed("users", 0.1),
            utilization("server", 0.8).within(0.01, "a guess"),
        ])
    },
};

fn samples(center: f64, spread: f64) -> Samples {
    let parts = [-1.0, 1.0, -1.0, 1.0, -1.0, 1.0]
        .map(|sign| result(center + sign * spread, 10, 0.805))
        .to_vec();
    Samples {
        whole: result(center, 10, 0.805),
        parts,
    }
}

#[test]
fn what_agrees_passes_and_what_does_not_fails() {
    let good = compare(&TOY, &samples(0.0501, 0.0003)).unwrap();
    assert!(good.iter().all(|row| row.pass), "{good:?}");
    assert_eq!(good[0].note, "exact");
    assert_eq!(good[2].note, "a guess; its own error is up to 1.25%");
    assert_eq!(
        good.last().unwrap().figure,
        "conservation, Little and utilization laws hold"
    );
    assert!(good[0].ci95[0] > good[0].accepted[0] && good[0].ci95[1] < good[0].accepted[1]);
    let bad = compare(&TOY, &samples(0.06, 0.0003)).unwrap();
    assert!(!bad[0].pass && bad[1].pass);
    // Without spread, the figure must agree exactly.
    assert!(!compare(&TOY, &samples(0.0501, 0.0)).unwrap()[0].pass);
    assert!(compare(&TOY, &samples(0.05, 0.0)).unwrap()[0].pass);
}

#[test]
fn a_figure_that_is_not_there_is_an_error() {
    let nothing = Samples {
        whole: empty(),
        parts: vec![empty(); 4],
    };
    let error = compare(&TOY, &nothing).unwrap_err();
    assert_eq!(
        error.to_string(),
        "The result of the case toy has no figure \"mean\"."
    );
}

#[test]
fn nan_does_not_pass() {
    let rows = compare(&TOY, &samples(f64::NAN, 0.001)).unwrap();
    assert!(!rows[0].pass);
}

#[test]
#[ignore = "scratch"]
fn scratch() {
    let only = std::env::var("CASE").ok();
    let mut total = 0.0;
    for case in matching(only.as_deref()).unwrap() {
        let start = std::time::Instant::now();
        let mut case = *case;
        if let Ok(seed) = std::env::var("SEED") {
            case.design = Box::leak(
                case.design
                    .replace("seed: 1", &format!("seed: {seed}"))
                    .into_boxed_str(),
            );
        }
        let case = &case;
        let result = engine::samples(case, &|| true).map(|s| {
            for c in s.whole.checks.iter().filter(|c| !c.holds) {
                println!("     BROKEN {c:?}");
            }
            (s.whole.events, compare(case, &s))
        });
        let t = start.elapsed().as_secs_f64();
        total += t;
        match result {
            Ok((events, Ok(rows))) => {
                println!(
                    "== {} {t:.2}s {:.1}M events",
                    case.name,
                    events as f64 / 1e6
                );
                for r in rows {
                    let half = (r.ci95[1] - r.ci95[0]) / 2.0;
                    let z = (r.simulated - r.theory) / half;
                    println!(
                        "  {} {:52} theory {:<12.7} sim {:<12.7} ±{:.2}% z {z:+.2}",
                        if r.pass { "ok  " } else { "FAIL" },
                        r.figure,
                        r.theory,
                        r.simulated,
                        100.0 * half / r.theory
                    );
                }
            }
            Ok((_, Err(e))) => println!("== {} {t:.2}s ERROR {e}", case.name),
            Err(e) => println!("== {} {t:.2}s ERROR {e}", case.name),
        }
    }
    println!("total {total:.1} s");
}
