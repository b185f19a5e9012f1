//! Tests of what can be told apart on a small model. Random designs are looked at, disturbed and
//! changed in `tests/it/robust/live.rs`.

use crate::design::{LoadOptions, load_str};
use crate::sim::{Engine, compile};
use std::path::Path;
use std::sync::Arc;

fn engine(text: &str) -> Engine {
    let loaded = load_str(text, "test", Path::new(""), &LoadOptions::default());
    let design = loaded.expect("the design of a test is valid").design;
    let model = compile(&design).expect("the design of a test compiles");
    Engine::new(Arc::new(model), 1, 0)
}

/// One worker of 10 ms, asked every 10 ms, and a pool of two before it.
fn shop(workers: u32, pool: u32, rate: &str) -> String {
    format!(
        r#"(format: 1, nodes: {{
            "users": Client(traffic: [(to: "api", rate: "{rate}", arrivals: Even)]),
            "api": Service(workers: 100, steps_before: [], mode: Blocking),
            "db": Service(workers: {workers}, work: "10ms"),
        }}, wires: {{"api -> db": (pool: {pool})}}, run: (duration: "60s", warmup: Nothing))"#
    )
    .replace("steps_before: [], ", "")
}

#[test]
fn levels_say_who_waits_where() {
    let mut engine = engine(&shop(1, 2, "200/s"));
    engine.run_until(1_000_000_000);
    let levels = engine.levels();
    // 200/s arrive and 100/s are served: 100 are inside after a second, two of them at the database.
    let wire = levels
        .wires
        .iter()
        .find(|wire| wire.pool_size > 0)
        .expect("there is a pool");
    assert_eq!((wire.pool_busy, wire.pool_size), (2, 2));
    assert!((95..=100).contains(&wire.pool_waiting), "{wire:?}");
    let waiting = engine.waiting_at(2);
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].caller, Some(1));
    assert_eq!(waiting[0].waiting, wire.pool_waiting + 1);
}

#[test]
fn a_larger_pool_helps_at_once() {
    let mut engine = engine(&shop(10, 2, "400/s"));
    engine.run_until(2_000_000_000);
    let waiting = |engine: &Engine| -> u64 {
        engine
            .levels()
            .wires
            .iter()
            .map(|wire| wire.pool_waiting)
            .sum()
    };
    assert!(waiting(&engine) > 80);
    let wider = self::engine(&shop(10, 20, "400/s"));
    engine
        .adopt(Arc::clone(wider.model()))
        .expect("only a pool is larger");
    let now = engine.now();
    engine.run_until(now + 2_000_000_000);
    assert_eq!(waiting(&engine), 0);
}

#[test]
fn other_nodes_are_refused_in_words() {
    let mut engine = engine(&shop(1, 2, "10/s"));
    let other = self::engine(
        &shop(1, 2, "10/s")
            .replace("\"db\"", "\"store\"")
            .replace("-> db", "-> store"),
    );
    let refused = engine.adopt(Arc::clone(other.model()));
    assert_eq!(
        refused.map_err(|unlike| unlike.to_string()),
        Err("the nodes are others".to_owned())
    );
}

#[test]
fn the_next_moment_is_where_something_happens() {
    let mut engine = engine(&shop(1, 2, "100/s"));
    let first = engine.next_moment().expect("requests come");
    engine.run_until(first);
    let events = engine.events();
    let next = engine.next_moment().expect("it goes on");
    assert!(next > first);
    engine.run_until(next);
    assert!(engine.events() > events);
    engine.run_until(60_000_000_000);
    assert_eq!(engine.next_moment(), None);
}
