//! Comparisons whose truth is known: coverage, sign and size of paired differences.

use std::path::Path;

use super::*;
use crate::design::{LoadOptions, load_str};
use crate::insight::difference::Verdict;
use crate::insight::theory::mm1::Mm1;
use crate::stats::special::binomial_bounds;

fn queue(rate: f64, service_ms: f64, more: &str) -> Alternative {
    let text = format!(
        r#"(
            format: 1,
            nodes: {{
                "users": Client(traffic: [(to: "server", rate: "{rate}/s")]),
                "server": Service(workers: 1, work: Exponential(mean: "{service_ms}ms"), price: "$1/h"),
                {more}
            }},
            network: (same_zone: "0ms"),
            objectives: ["p99(server) < 100ms"],
            run: (duration: "25s", warmup: "5s", replications: 10),
        )"#
    );
    let options = LoadOptions::default();
    let loaded = load_str(&text, "queue.ron", Path::new(""), &options).unwrap();
    Alternative {
        name: format!("{service_ms} ms"),
        loaded,
    }
}

fn figure<'c>(comparison: &'c Comparison, name: &str) -> &'c Difference {
    let figures = &comparison.pairs[0].endpoints[0].figures;
    figures.iter().find(|figure| figure.figure == name).unwrap()
}

fn compared(sides: &[Alternative], seed: u64) -> Comparison {
    let settings = RunSettings {
        seed: Some(seed),
        ..RunSettings::default()
    };
    compare(sides, &settings, &|_| true).unwrap()
}

#[test]
fn paired_intervals_cover_the_true_difference_and_see_its_sign() {
    let (rate, slow, fast) = (60.0, 10.0, 8.0);
    let sides = [queue(rate, slow, ""), queue(rate, fast, "")];
    let of = |service_ms: f64| Mm1::new(rate, 1e3 / service_ms).unwrap();
    let mean = of(fast).mean_sojourn() - of(slow).mean_sojourn();
    let p99 = |service_ms| of(service_ms).sojourn_percentile(0.99).unwrap();
    let tail = p99(fast) - p99(slow);
    let (mut covered, mut covered_tail, mut seen) = (0, 0, 0);
    let seeds = 200;
    for seed in 0..seeds {
        let comparison = compared(&sides, seed);
        let holds = |name: &str, truth: f64| {
            let [low, high] = figure(&comparison, name).ci95.unwrap();
            u64::from(low <= truth && truth <= high)
        };
        covered += holds("mean", mean);
        covered_tail += holds("p99", tail);
        seen += u64::from(figure(&comparison, "mean").verdict == Verdict::Falls);
    }
    // Too few would be a false promise, too many a useless one.
    let (low, high) = binomial_bounds(seeds, 0.95, 1e-3);
    assert!(
        (low..=high).contains(&covered),
        "mean: {covered} of {seeds}"
    );
    assert!(covered_tail >= low, "p99: {covered_tail} of {seeds}");
    assert_eq!(seen, seeds, "a difference this large is always seen");
}

#[test]
fn the_interval_of_a_cost_billed_by_use_covers_the_truth() {
    let billed = |rate: f64| {
        let mut side = queue(rate, 10.0, "");
        for (name, node) in &mut side.loaded.design.nodes.0 {
            if name == "server" {
                node.common.price_per_million = 1000.0;
            }
        }
        side
    };
    let sides = [billed(60.0), billed(66.0)];
    let truth = 6.0 * 3600.0 * 1000.0 / 1e6;
    let (mut covered, seeds) = (0, 200);
    for seed in 0..seeds {
        let comparison = compared(&sides, seed);
        let cost = &comparison.pairs[0].whole[0];
        assert_eq!(cost.figure, "cost per hour");
        let sides = &comparison.sides;
        let apart = sides[1].result.cost.per_hour - sides[0].result.cost.per_hour;
        assert!((cost.difference.unwrap() - apart).abs() < 1e-9 * truth);
        let [low, high] = cost.ci95.unwrap();
        covered += u64::from(low <= truth && truth <= high);
    }
    let (low, high) = binomial_bounds(seeds, 0.95, 1e-3);
    assert!((low..=high).contains(&covered), "{covered} of {seeds}");
}

#[test]
fn a_side_does_not_differ_from_itself() {
    let comparison = compared(&[queue(60.0, 10.0, ""), queue(60.0, 10.0, "")], 1);
    for figure in &comparison.pairs[0].endpoints[0].figures {
        assert_eq!(figure.verdict, Verdict::NotSeen, "{}", figure.text);
        assert!(figure.difference.unwrap().abs() < 1e-12, "{}", figure.text);
    }
    assert!(comparison.sides.iter().all(|side| side.pareto));
}

#[test]
fn pairing_is_worth_many_replications() {
    let sides = [queue(60.0, 10.0, ""), queue(60.0, 9.9, "")];
    let comparison = compared(&sides, 7);
    let mean = figure(&comparison, "mean");
    let [low, high] = mean.ci95.unwrap();
    let alone = comparison.sides[0].result.endpoints[0].latency_s.ci95;
    assert_eq!(mean.verdict, Verdict::Falls, "{}", mean.text);
    assert!(
        4.0 * (high - low) < alone[1] - alone[0],
        "{low}..{high}, {alone:?}"
    );
}

#[test]
fn what_is_better_in_something_and_worse_in_nothing_beats() {
    let spare = r#""spare": Service(workers: 1, work: "1ms", price: "$2/h"),"#;
    let sides = [
        queue(60.0, 10.0, ""),
        queue(60.0, 8.0, ""),
        queue(60.0, 6.0, spare),
    ];
    let comparison = compared(&sides, 3);
    let beaten: Vec<Option<usize>> = comparison.sides.iter().map(|side| side.beaten_by).collect();
    assert_eq!(beaten, [Some(1), None, None]);
    assert_eq!(comparison.pairs[1].added, ["spare"]);
    assert_eq!(comparison.sides[2].simplicity.parts, 2);
    let cost = &comparison.pairs[1].whole[0];
    assert_eq!(cost.text, "cost per hour rises by $2.00");
}

#[test]
fn threads_do_not_show_and_an_interrupted_comparison_says_so() {
    let sides = [queue(60.0, 10.0, ""), queue(60.0, 9.0, "")];
    let with = |threads| {
        let settings = RunSettings {
            threads: Some(threads),
            ..RunSettings::default()
        };
        let comparison = compare(&sides, &settings, &|_| true).unwrap();
        serde_json::to_string(&comparison).unwrap()
    };
    assert_eq!(with(1), with(3));
    let stopped = compare(&sides, &RunSettings::default(), &|_| false);
    assert!(stopped.is_err());
    assert!(compare(&sides[..1], &RunSettings::default(), &|_| true).is_err());
}

#[test]
fn hops_are_counted_along_the_longest_way() {
    let text = r#"(
        format: 1,
        nodes: {
            "users": Client(traffic: [(to: "edge", endpoint: "GET /", rate: "1/s")]),
            "edge": Gateway(to: ["api"]),
            "api": Service(endpoints: {
                "GET /": [
                    Cached(cache: "memory", miss: [Call(node: "db")]),
                    Parallel(branches: [Call(node: "a"), [Call(node: "a"), Call(node: "a")]]),
                    Reply,
                    Call(node: "a"),
                ],
            }),
            "memory": Cache(),
            "db": Database(),
            "a": Service(),
        },
    )"#;
    let loaded = load_str(text, "a.ron", Path::new(""), &LoadOptions::default()).unwrap();
    let simplicity = Simplicity::of(&loaded.design);
    // To the edge, on to the api, the cache and the database, and twice to `a`.
    assert_eq!(
        (simplicity.parts, simplicity.hops, simplicity.stateful),
        (5, 6, 2)
    );
}
