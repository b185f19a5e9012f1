//! Effects whose sign and size theory knows.

use std::path::Path;

use super::*;
use crate::design::{LoadOptions, load_str};
use crate::insight::theory::mmc::Mmc;

fn found(text: &str, figure: &str) -> Sensitivity {
    let loaded = load_str(text, "a.ron", Path::new(""), &LoadOptions::default()).unwrap();
    let base = Base {
        loaded: &loaded,
        name: "a.ron",
        catalogue: None,
    };
    let ask = Ask {
        endpoint: None,
        figure: Some(figure.to_owned()),
    };
    sensitivity(&base, &RunSettings::default(), &ask, &|_| true).unwrap()
}

fn change<'s>(found: &'s Sensitivity, words: &str) -> &'s Change {
    let mut all = found.changes.iter();
    all.find(|one| one.words.contains(words))
        .unwrap_or_else(|| panic!("{words:?} is not among {:?}", found.changes))
}

/// M/M/c at `rate` requests per second with a mean of `mean_ms`, and a node beside it that hardly
/// matters.
fn queue(rate: f64, servers: u32, mean_ms: f64) -> String {
    format!(
        r#"(
            format: 1,
            nodes: {{
                "users": Client(traffic: [(to: "server", rate: "{rate}/s")]),
                "server": Service(
                    workers: {servers}, price: "$0.10/h", mode: Asynchronous,
                    endpoints: {{"get": [Work(Guess(Exponential("{mean_ms}ms"))), Call("idle")]}},
                ),
                "idle": Service(workers: 64, work: "1us", price: "$0.10/h"),
            }},
            run: (duration: "300s", warmup: "20s", replications: 12),
        )"#
    )
}

fn mean_s(rate: f64, servers: u32, mean_ms: f64) -> f64 {
    Mmc::new(rate, 1e3 / mean_ms, servers)
        .unwrap()
        .mean_sojourn()
}

#[test]
fn signs_and_sizes_are_those_of_theory() {
    let (rate, servers, mean_ms) = (240.0, 3, 10.0);
    let found = found(&queue(rate, servers, mean_ms), "mean");
    let exact = mean_s(rate, servers, mean_ms);
    let value = found.value.unwrap();
    assert!((value / exact - 1.0).abs() < 0.05, "{value} for {exact}");
    for (words, after) in [
        (
            "one more worker in each replica of server",
            mean_s(rate, 4, mean_ms),
        ),
        (
            "the work of server a tenth quicker",
            mean_s(rate, servers, 0.9 * mean_ms),
        ),
        ("a tenth more traffic", mean_s(1.1 * rate, servers, mean_ms)),
    ] {
        let change = change(&found, words);
        let theory = after - exact;
        let [low, high] = change.mean.ci95.unwrap();
        let room = 0.5 * (high - low) + 0.03 * theory.abs();
        assert!(
            low - room <= theory && theory <= high + room,
            "{words}: {low}..{high} for {theory}"
        );
        let wanted = if theory > 0.0 {
            Verdict::Rises
        } else {
            Verdict::Falls
        };
        assert_eq!(change.mean.verdict, wanted, "{words}");
    }
    // A worker is free in this design and a replica is not, though it brings three workers.
    let [worker, replica] = [
        "one more worker in each replica of server",
        "one more replica of server",
    ]
    .map(|words| change(&found, words));
    assert!(
        replica.cost.difference.unwrap() > 0.0 && worker.cost.difference.unwrap().abs() < 1e-12
    );
    assert!(worker.worth > replica.worth);
    let idle = change(&found, "one more worker in each replica of idle");
    assert!(idle.worth.abs() < 0.5, "{idle:?}");
    let last = found.changes.last().unwrap();
    assert_eq!(last.sort, Sort::Traffic, "more traffic only harms");
}

#[test]
fn a_guess_that_matters_is_told_with_how_far_it_moves() {
    let found = found(&queue(120.0, 3, 10.0), "mean");
    let guess = &found.guesses[0];
    assert_eq!(guess.path, "nodes/server/endpoints/get/0/time");
    assert!(!guess.stated && guess.moves > 0.4, "{guess:?}");
    let exact = mean_s(120.0, 3, 10.0);
    for ((_, difference), factor) in guess.tried.iter().zip([0.5, 2.0]) {
        let theory = mean_s(120.0, 3, 10.0 * factor) - exact;
        let seen = difference.difference.unwrap();
        assert!((seen / theory - 1.0).abs() < 0.1, "{seen} for {theory}");
    }
}

#[test]
fn an_unknown_endpoint_or_figure_is_told_with_those_that_are_known() {
    let loaded = load_str(
        &queue(20.0, 3, 10.0),
        "a.ron",
        Path::new(""),
        &LoadOptions::default(),
    );
    let loaded = loaded.unwrap();
    let base = Base {
        loaded: &loaded,
        name: "a.ron",
        catalogue: None,
    };
    let short = RunSettings {
        duration: Some("5s".parse().unwrap()),
        warmup: Some(crate::design::model::Warmup::Nothing),
        replications: Some(2),
        ..RunSettings::default()
    };
    let error = |endpoint: Option<&str>, figure: &str| {
        let ask = Ask {
            endpoint: endpoint.map(str::to_owned),
            figure: Some(figure.to_owned()),
        };
        sensitivity(&base, &short, &ask, &|_| true)
            .unwrap_err()
            .to_string()
    };
    assert!(error(Some("nobody"), "p99").contains("users -> server/get"));
    assert!(error(None, "p42").contains("p95, p99"));
    let stopped = sensitivity(&base, &short, &Ask::default(), &|_| false).unwrap_err();
    assert_eq!(stopped, RunError::Nothing);
}
