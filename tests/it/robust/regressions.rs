//! Defects that were found once, each as a small design.

use super::{laws, model, run};
use buttress::sim::measure::Replication;

/// Runs a design and checks the laws.
fn recording(text: &str) -> Replication {
    let model = model(text).unwrap_or_else(|problem| panic!("{problem}"));
    let replication = run(&model, 1);
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

fn failed(replication: &Replication) -> u64 {
    replication
        .endpoints
        .iter()
        .flatten()
        .flat_map(|window| window.failed)
        .sum()
}

fn in_flight(replication: &Replication) -> u64 {
    replication
        .endpoints
        .iter()
        .filter_map(|windows| windows.last())
        .map(|window| window.in_flight)
        .sum()
}

/// Each waiting call found the callee down at once and passed its connection on by a call of a function: thousands deep.
#[test]
fn a_long_queue_for_a_connection_to_a_dead_callee_does_not_overflow_the_stack() {
    let replication = recording(
        r#"(format: 1, nodes: {
            "users": Client(traffic: [(to: "a", rate: "200000/s")]),
            "a": Service(workers: Unlimited, mode: Asynchronous, endpoints: {"x": [Call("b")]}),
            "b": Service(workers: 1, work: "1s"),
        }, wires: {"a -> b": (pool: 1)},
        faults: [(at: "300ms", fault: Crash(node: "b"))], run: (duration: "400ms", warmup: Nothing))"#,
    );
    assert!(failed(&replication) > 50_000);
    assert_eq!(in_flight(&replication), 0);
}

/// The wait for a transaction's connection is no call; its timeout took the frame out of the queue and forgot it.
#[test]
fn a_transaction_whose_connection_does_not_come_in_time_fails() {
    let replication = recording(
        r#"(format: 1, nodes: {
            "users": Client(traffic: [(to: "a", rate: Step(from: "100/s", to: "0/s", at: "1s"))]),
            "a": Service(workers: Unlimited, mode: Asynchronous, endpoints: {"x": [Transaction("d", [Wait("50ms")])]}),
            "d": Database(),
        }, wires: {"a -> d": (pool: 1, timeout: "20ms")}, run: (duration: "10s", warmup: Nothing))"#,
    );
    assert!(failed(&replication) > 50);
    assert_eq!(in_flight(&replication), 0);
}

/// A write that its caller no longer waits for locked the row after the transaction had been rolled back, for ever.
#[test]
fn a_write_of_a_transaction_that_is_over_leaves_no_lock() {
    let replication = recording(
        r#"(format: 1, nodes: {
            "users": Client(traffic: [(to: "a", rate: Step(from: "50/s", to: "0/s", at: "1s"), keys: Single)]),
            "a": Service(workers: Unlimited, mode: Asynchronous, endpoints: {"x": [Transaction("d", [Call("d", "w")])]}),
            "d": Database(endpoints: {"w": [Work("15ms"), Write]}),
        }, wires: {"a -> d": (timeout: "10ms")}, run: (duration: "5s", warmup: Nothing))"#,
    );
    let model_free = replication
        .stations
        .iter()
        .filter_map(|windows| windows.last());
    assert_eq!(model_free.map(|window| window.busy_area).sum::<u128>(), 0);
    assert_eq!(in_flight(&replication), 0);
}

/// Each interruption leaves a void event behind; the 256th overflowed their counter.
#[test]
fn a_job_can_be_interrupted_very_often() {
    let replication = recording(
        r#"(format: 1, nodes: {
            "batch": Client(traffic: [(to: "s", users: 1, think: "1ms", endpoint: "long")]),
            "users": Client(traffic: [(to: "s", rate: "500/s", endpoint: "short", priority: 7)]),
            "s": Service(workers: 1, mode: Asynchronous, discipline: PreemptivePriority, endpoints: {
                "long": [Work("10s")], "short": [Work("1ms")],
            }),
        }, run: (duration: "5s", warmup: Nothing))"#,
    );
    assert!(completed(&replication) > 2_000);
}

/// A crash during a pause left the log of a database waiting for the end of a flush that had been frozen.
#[test]
fn a_database_that_crashes_while_paused_flushes_again() {
    let replication = recording(
        r#"(format: 1, nodes: {
            "users": Client(traffic: [(to: "d", rate: "200/s")]),
            "d": Database(endpoints: {"w": [Write]}, disk: (flush: "4ms")),
        }, faults: [
            (at: "500ms", lasts: "300ms", fault: Pause(node: "d")),
            (at: "600ms", lasts: "400ms", fault: Crash(node: "d")),
        ], run: (duration: "3s", warmup: Nothing))"#,
    );
    assert!(completed(&replication) > 400, "{}", completed(&replication));
}
