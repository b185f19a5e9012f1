//! Designs at the edges: no traffic, far too much of it, no time or very much of it.

use super::{laws, model};
use buttress::sim::Engine;
use buttress::sim::measure::Replication;
use std::sync::Arc;

/// Runs a design of these nodes and gives its recording out.
fn run(nodes: &str, run: &str) -> Replication {
    let text =
        format!("(format: 1, nodes: {{{nodes}}}, run: (warmup: Nothing, replications: 1, {run}))");
    let model = model(&text).unwrap_or_else(|problem| panic!("{problem}"));
    let mut engine = Engine::new(Arc::clone(&model), 1, 0);
    engine.run_until(model.meta().duration_ns);
    let replication = engine.finish();
    laws(&model, &replication).unwrap();
    replication
}

fn completed(replication: &Replication) -> u64 {
    replication
        .endpoints
        .iter()
        .flatten()
        .map(|window| window.latency.len())
        .sum()
}

#[track_caller]
fn assert_stopped(replication: &Replication, why: &str) {
    let stopped = replication.stopped.as_deref().unwrap_or("not at all");
    assert!(stopped.contains(why), "stopped: {stopped}");
}

#[test]
fn overload_without_a_limit_stops_at_the_memory_limit() {
    let nodes = r#""users": Client(traffic: [(to: "s", rate: "100000/s")]), "s": Service(workers: 1, work: "1s")"#;
    let replication = run(nodes, r#"duration: "1h", memory_mib: 16"#);
    assert_stopped(&replication, "raise run.memory_mib");
}

#[test]
fn a_batch_beyond_memory_stops_the_run() {
    let nodes = r#""users": Client(traffic: [(to: "s", rate: "1000000000/s", arrivals: Batches(size: 1000000000))]),
        "s": Service(workers: 1, work: "1s")"#;
    assert_stopped(
        &run(nodes, r#"duration: "1h", memory_mib: 16"#),
        "raise run.memory_mib",
    );
}

#[test]
fn users_beyond_memory_stop_the_run() {
    let nodes = r#""users": Client(traffic: [(to: "s", users: 10000000)]), "s": Service(workers: 1, work: "1s")"#;
    assert_stopped(
        &run(nodes, r#"duration: "1h", memory_mib: 16"#),
        "raise run.memory_mib",
    );
}

#[test]
fn messages_beyond_memory_stop_the_run() {
    let nodes = r#""users": Client(traffic: [(to: "s", rate: "100000/s")]),
        "s": Service(workers: Unlimited, endpoints: {"put": [Publish("q")]}), "q": Queue(accept: "0s"),
        "w": Worker(from: "q", work: "1s")"#;
    assert_stopped(
        &run(nodes, r#"duration: "1h", memory_mib: 16"#),
        "messages are in one queue",
    );
}

#[test]
fn no_traffic_is_no_trouble() {
    let nodes = r#""users": Client(traffic: [(to: "s", rate: "0/s")]), "s": Service()"#;
    let replication = run(nodes, r#"duration: "365d""#);
    assert_eq!(completed(&replication), 0);
    assert!(replication.events < 10_000, "{} events", replication.events);
}

#[test]
fn a_nanosecond_is_a_duration() {
    let nodes = r#""users": Client(traffic: [(to: "s", rate: "1000000000/s")]), "s": Service()"#;
    run(nodes, r#"duration: "1ns""#);
}

#[test]
fn users_who_need_no_time_are_stopped() {
    let nodes =
        r#""users": Client(traffic: [(to: "s", users: 1, think: "0s")]), "s": Service(work: "0s")"#;
    assert_stopped(&run(nodes, r#"duration: "1s""#), "time stands still");
}

#[test]
fn arrivals_without_gaps_end() {
    let text = r#"(format: 1, nodes: {"s": Service(work: "0s"),
        "users": Client(traffic: [(to: "s", rate: "1/s", arrivals: Renewal(Constant(0)))])}, run: (duration: "1s"))"#;
    // Whatever is said about such gaps, it must be said in the end.
    if let Ok(model) = model(text) {
        let mut engine = Engine::new(model, 1, 0);
        engine.run_until(u64::MAX);
        assert_stopped(&engine.finish(), "time stands still");
    }
}

#[test]
fn faults_that_take_no_time_are_stopped() {
    let text = r#"(format: 1, nodes: {"users": Client(traffic: [(to: "s", rate: "1/s")]), "s": Service()},
        faults: [(every: "0s", lasts: "0s", fault: Crash(node: "s"))], run: (duration: "1s"))"#;
    if let Ok(model) = model(text) {
        let mut engine = Engine::new(model, 1, 0);
        engine.run_until(u64::MAX);
        assert_stopped(&engine.finish(), "faults have happened");
    }
}

#[test]
fn a_read_of_very_many_pages_ends() {
    let nodes = r#""users": Client(traffic: [(to: "d", rate: "1/s")]),
        "d": Database(buffer_hit: "50%", endpoints: {"scan": [Read(Pareto(min: 1e15, alpha: 1.5))]})"#;
    run(nodes, r#"duration: "2s""#);
}
