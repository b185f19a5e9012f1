//! Estimates against exact theory, and how long they take.

use super::*;
use crate::design::{LoadOptions, load_str};
use crate::insight::theory::closed;
use crate::insight::theory::mmc::Mmc;
use std::path::Path;

fn of(text: &str) -> Estimate {
    let options = LoadOptions::default();
    let loaded = load_str(text, "a.ron", Path::new(""), &options).unwrap();
    estimate(&loaded.design).unwrap()
}

fn close(found: f64, wanted: f64, share: f64) {
    assert!((found / wanted - 1.0).abs() < share, "{found} for {wanted}");
}

#[test]
fn several_workers_are_exact() {
    for (rate, workers) in [(70.0, 1), (150.0, 2), (950.0, 12)] {
        let found = of(&format!(
            r#"(format: 1, nodes: {{
                "users": Client(traffic: [(to: "server", rate: "{rate}/s")]),
                "server": Service(workers: {workers}, work: Exponential(mean: "10ms")),
            }})"#
        ));
        let exact = Mmc::new(rate, 100.0, workers).unwrap();
        let endpoint = &found.endpoints[0];
        close(endpoint.mean_s.unwrap(), exact.mean_sojourn(), 1e-6);
        close(
            endpoint.p99_s.unwrap(),
            exact.sojourn_percentile(0.99).unwrap(),
            0.03,
        );
        close(endpoint.goodput_per_s, rate, 1e-9);
        close(found.nodes[0].utilization, exact.load(), 1e-9);
    }
}

#[test]
fn closed_users_send_as_fast_as_answers_come() {
    for users in [1_u32, 5, 20, 100] {
        let found = of(&format!(
            r#"(format: 1, nodes: {{
                "users": Client(traffic: [(to: "server", users: {users}, think: Exponential(mean: "100ms"))]),
                "server": Service(workers: 1, work: Exponential(mean: "10ms")),
            }})"#
        ));
        let station = closed::Station::Queue {
            demand: 0.01,
            workers: 1,
        };
        let exact = closed::mean_values(users, 0.1, &[station]).unwrap();
        close(found.endpoints[0].goodput_per_s, exact.throughput, 0.05);
    }
}

#[test]
fn what_is_full_is_said() {
    let found = of(r#"(format: 1, nodes: {
        "users": Client(traffic: [(to: "server", rate: "150/s")]),
        "server": Service(workers: 1, work: Exponential(mean: "10ms")),
    })"#);
    assert_eq!(found.full, ["server"]);
    assert_eq!(found.endpoints[0].mean_s, None);
    close(found.endpoints[0].goodput_per_s, 100.0, 1e-6);
}

#[test]
fn retries_are_a_fixed_point() {
    let found = of(r#"(format: 1, nodes: {
        "users": Client(traffic: [(to: "server", rate: "10/s")]),
        "server": Service(endpoints: {"get": [Fail(probability: "50%"), Work("1ms")]}),
    }, wires: {"users -> server": (retry: (attempts: 3, backoff: Fixed(wait: "10ms")))})"#);
    close(found.nodes[0].arrivals_per_s, 17.5, 0.01);
    close(found.endpoints[0].failed, 0.125, 0.01);
}

/// A chain of many services in layers, each calling two of the next.
fn layers(nodes: usize) -> String {
    let mut text = String::from(
        "(format: 1, nodes: {\"users\": Client(traffic: [(to: \"n0\", rate: \"1/s\")]),\n",
    );
    for at in 0..nodes {
        let calls: Vec<String> = [2 * at + 1, 2 * at + 2]
            .into_iter()
            .filter(|to| *to < nodes)
            .map(|to| format!("\"n{to}\""))
            .collect();
        text.push_str(&format!(
            "\"n{at}\": Service(work: Exponential(mean: \"2ms\"), to: [{}]),\n",
            calls.join(", ")
        ));
    }
    text + "})"
}

#[test]
fn many_nodes_are_worked_out() {
    let found = of(&layers(200));
    assert_eq!(found.nodes.len(), 200);
    assert!(found.endpoints[0].mean_s.unwrap() > 0.39);
}

#[test]
#[ignore = "measures time: run it alone, with optimisation"]
#[expect(clippy::disallowed_methods, reason = "it measures time")]
fn two_hundred_nodes_take_less_than_a_millisecond() {
    let options = LoadOptions::default();
    let loaded = load_str(&layers(200), "a.ron", Path::new(""), &options).unwrap();
    let mut best = f64::INFINITY;
    for _ in 0..50 {
        let clock = std::time::Instant::now();
        assert!(estimate(&loaded.design).is_ok());
        best = best.min(clock.elapsed().as_secs_f64());
    }
    assert!(best < 1e-3, "{:.0} us", 1e6 * best);
}
