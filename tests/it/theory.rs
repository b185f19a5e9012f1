//! The intervals that a run prints hold the truth as often as they promise: on M/M/1 at load 0.8,
//! whose truth is known, over many seeds. And `verify`, on a few of its quickest cases; all of them
//! are run by `.ci/run` as a user would.

use std::path::Path;

use buttress::design::model::Warmup;
use buttress::design::{LoadOptions, Loaded, load_str};
use buttress::insight::theory::mm1::Mm1;
use buttress::sim::result::RunResult;
use buttress::stats::interval::mean_of;
use buttress::stats::special::binomial_bounds;
use buttress::study::run::{RunSettings, run};
use buttress::study::verify::verify;
use buttress::units::Nanos;

/// One queue at load 0.8: mean 50 ms, median 34.7 ms, 99th percentile 230 ms.
const MM1: &str = r#"(
    format: 1,
    nodes: {
        "users": Client(traffic: [(to: "server", rate: "80/s")]),
        "server": Service(workers: 1, queue: 500, work: Exponential("10ms")),
    },
    run: (duration: "30s"),
)"#;

const SEEDS: u64 = 200;

/// A test that is right fails by chance once in ten thousand times, if seeds were drawn anew; they
/// are fixed.
const CHANCE: f64 = 1e-4;

fn loaded() -> Loaded {
    load_str(MM1, "mm1", Path::new(""), &LoadOptions::default()).expect("the design is valid")
}

fn simulate(design: &Loaded, settings: &RunSettings) -> RunResult {
    run(design, settings, &|_| true)
        .expect("the design can be simulated")
        .result
}

fn seconds(s: u64) -> Option<Nanos> {
    Some(Nanos(s * 1_000_000_000))
}

fn queue() -> Mm1 {
    Mm1::new(80.0, 100.0).expect("the queue is stable")
}

/// How often an interval was there and held the truth.
#[derive(Default)]
struct Coverage {
    held: u64,
    of: u64,
}

impl Coverage {
    fn note(&mut self, interval: Option<[f64; 2]>, truth: f64) {
        self.of += 1;
        let holds = interval.is_some_and(|[low, high]| low <= truth && truth <= high);
        self.held += u64::from(holds);
    }

    fn check(&self, what: &str) {
        let (low, high) = binomial_bounds(self.of, 0.95, CHANCE);
        let Self { held, of } = self;
        let promised = (low..=high).contains(held);
        assert!(
            promised,
            "{what}: {held} of {of} intervals hold the truth, not {low} to {high}"
        );
    }
}

#[test]
fn intervals_hold_the_truth_95_times_in_100() {
    let (design, truth) = (loaded(), queue());
    let p50 = truth.sojourn_percentile(0.5).expect("a percentile");
    let p99 = truth.sojourn_percentile(0.99).expect("a percentile");
    let mut coverage: [Coverage; 4] = Default::default();
    for seed in 1..=SEEDS {
        let result = simulate(
            &design,
            &RunSettings {
                seed: Some(seed),
                duration: seconds(70),
                warmup: seconds(10).map(|time| Warmup::For { time }),
                replications: Some(10),
                ..RunSettings::default()
            },
        );
        let endpoint = &result.endpoints[0];
        let latency = &endpoint.latency_s;
        let percentile = |name: &str| latency.percentiles_ci95.get(name).copied();
        coverage[0].note(Some(latency.ci95), truth.mean_sojourn());
        coverage[1].note(percentile("p50"), p50);
        coverage[2].note(percentile("p99"), p99);
        coverage[3].note(Some(endpoint.goodput_ci95), 80.0);
    }
    for (what, of) in ["mean", "p50", "p99", "goodput"].iter().zip(&coverage) {
        of.check(what);
    }
}

#[test]
fn utilization_of_independent_replications_holds_the_truth() {
    // The result has no interval for it, so it is made from ten runs of one replication each.
    let (design, mut coverage) = (loaded(), Coverage::default());
    for study in 0..SEEDS {
        let one = |replication: u64| {
            let result = simulate(
                &design,
                &RunSettings {
                    seed: Some(study * 10 + replication + 1),
                    duration: seconds(70),
                    warmup: seconds(10).map(|time| Warmup::For { time }),
                    replications: Some(1),
                    ..RunSettings::default()
                },
            );
            let server = result.nodes.iter().find(|node| node.id == "server");
            server.expect("the node has figures").utilization
        };
        let figures: Vec<f64> = (0..10).map(one).collect();
        let interval = mean_of(&figures, 0.95).map(|found| [found.low, found.high]);
        coverage.note(interval, 0.8);
    }
    coverage.check("utilization");
}

#[test]
fn the_99th_percentile_of_a_30_s_run_is_230_ms() {
    // Every default: ten replications, the warm-up found by itself. The queue limit of 500 refuses
    // nothing, and the 99th percentile at the node has its queue in it.
    let (design, truth) = (loaded(), queue());
    let p99 = truth.sojourn_percentile(0.99).expect("a percentile");
    assert!((p99 - 0.230_258_5).abs() < 1e-6);
    let mut coverage = Coverage::default();
    for seed in 1..=20 {
        let result = simulate(
            &design,
            &RunSettings {
                seed: Some(seed),
                ..Default::default()
            },
        );
        let (endpoint, server) = (&result.endpoints[0], &result.nodes[1]);
        coverage.note(endpoint.latency_s.percentiles_ci95.get("p99").copied(), p99);
        assert_eq!(server.rejected, 0);
        assert!(endpoint.failed.values().all(|failed| *failed == 0));
        let (seen, here) = (endpoint.latency_s.p99, server.latency_s.p99);
        assert!((seen / here - 1.0).abs() < 0.01, "{seen} {here}");
        assert!(
            here > 5.0 * server.service_s.p99 / 2.0,
            "its queue is part of its latency"
        );
    }
    coverage.check("p99");
}

#[test]
fn quick_cases_of_verify_agree_with_theory() {
    for name in [
        "blocking-dependency",
        "dd1",
        "network",
        "token-bucket",
        "start",
        "availability",
    ] {
        let rows = verify(Some(name), &|_, _, _| true).expect("the case can be simulated");
        for row in rows {
            assert!(row.pass, "{row:?}");
            assert!(
                row.accepted[0] <= row.ci95[0] && row.ci95[1] <= row.accepted[1],
                "{row:?}"
            );
        }
    }
}
