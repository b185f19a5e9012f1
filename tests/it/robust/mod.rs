//! Properties that hold for every design, tried on some hundred random ones.

mod extremes;
mod generate;
mod live;
mod regressions;

use buttress::design::{self, LoadOptions};
use buttress::sim::measure::Replication;
use buttress::sim::{Engine, Model, compile};
use std::path::Path;
use std::sync::Arc;

/// Designs that are tried. With `BUTTRESS_DESIGNS=first..end`, those instead.
fn seeds() -> std::ops::Range<u64> {
    let given = std::env::var("BUTTRESS_DESIGNS").unwrap_or_default();
    let bounds = given
        .split_once("..")
        .and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    bounds.map_or(0..150, |(a, b)| a..b)
}

/// The model of a design that is valid.
fn model(text: &str) -> Result<Arc<Model>, String> {
    let loaded = design::load_str(text, "random", Path::new(""), &LoadOptions::default())
        .map_err(|problems| format!("does not load: {problems}"))?;
    let model = compile(&loaded.design).map_err(|error| format!("does not compile: {error}"))?;
    Ok(Arc::new(model))
}

/// Runs a model in so many slices of equal length.
fn run(model: &Arc<Model>, slices: u64) -> Replication {
    let mut engine = Engine::new(Arc::clone(model), 1, 0);
    let duration_ns = model.meta().duration_ns;
    for i in 1..=slices {
        engine.run_until(duration_ns / slices * i);
    }
    engine.run_until(duration_ns);
    engine.finish()
}

/// The laws that must hold exactly.
fn laws(model: &Model, replication: &Replication) -> Result<(), String> {
    for check in &replication.checks {
        if check.left != check.right {
            return Err(format!(
                "{} of {}: {} is not {}",
                check.law, check.place, check.left, check.right
            ));
        }
    }
    for (meta, windows) in model.meta().endpoints.iter().zip(&replication.endpoints) {
        let offered: u64 = windows.iter().map(|window| window.offered).sum();
        let completed: u64 = windows.iter().map(|window| window.latency.len()).sum();
        let failed: u64 = windows.iter().flat_map(|window| window.failed).sum();
        let in_flight = windows.last().map_or(0, |window| window.in_flight);
        if offered != completed + failed + in_flight {
            return Err(format!(
                "{}: {offered} offered, {completed} + {failed} + {in_flight}",
                meta.name
            ));
        }
    }
    Ok(())
}

/// The first difference between two recordings, in words.
fn difference(one: &Replication, other: &Replication) -> Option<&'static str> {
    if one == other {
        return None;
    }
    let parts = [
        (one.events == other.events, "events"),
        (one.endpoints == other.endpoints, "endpoints"),
        (one.nodes == other.nodes, "nodes"),
        (one.stations == other.stations, "stations"),
        (one.wires == other.wires, "wires"),
        (one.caches == other.caches, "caches"),
        (one.queues == other.queues, "queues"),
        (one.followed == other.followed, "followed"),
        (one.faults == other.faults, "faults"),
    ];
    Some(
        parts
            .into_iter()
            .find(|(same, _)| !same)
            .map_or("something", |(_, name)| name),
    )
}

/// What is wrong with a design's run, if anything.
fn problem(text: &str) -> Result<(), String> {
    let model = model(text)?;
    let whole = run(&model, 1);
    laws(&model, &whole)?;
    if let Some(part) = difference(&whole, &run(&model, 1)) {
        return Err(format!("{part} differ the second time"));
    }
    if let Some(part) = difference(&whole, &run(&model, 97)) {
        return Err(format!("{part} differ in slices"));
    }
    let mut engine = Engine::new(Arc::clone(&model), 1, 0);
    engine.run_until(model.meta().duration_ns / 2);
    let mut copy = engine.clone();
    engine.run_until(model.meta().duration_ns);
    drop(engine);
    copy.run_until(model.meta().duration_ns);
    if let Some(part) = difference(&whole, &copy.finish()) {
        return Err(format!("{part} differ after a snapshot"));
    }
    Ok(())
}

/// What is wrong, a panic included.
fn trouble(text: &str, property: fn(&str) -> Result<(), String>) -> Option<String> {
    match std::panic::catch_unwind(|| property(text)) {
        Ok(result) => result.err(),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            Some(format!("panic: {}", text.unwrap_or_default()))
        }
    }
}

/// Tries a property on all designs and reports all that break it.
fn try_all(design: fn(u64) -> String, property: fn(&str) -> Result<(), String>) {
    let mut wrong = Vec::new();
    for seed in seeds() {
        if let Some(message) = trouble(&design(seed), property) {
            wrong.push(format!("{seed}: {message}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} designs:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn random_designs_keep_the_laws() {
    try_all(generate::design, problem);
}

/// After the traffic has ended nothing is left: no request, no busy server, no connection, no message.
#[test]
#[ignore = "three generated designs (seeds 0, 85, 88) keep work for ever; cause not found yet"]
fn random_designs_drain() {
    try_all(generate::design_that_drains, |text| {
        let model = model(text)?;
        let replication = run(&model, 1);
        laws(&model, &replication)?;
        let meta = model.meta();
        for (meta, windows) in meta.endpoints.iter().zip(&replication.endpoints) {
            let left = windows.last().map_or(0, |window| window.in_flight);
            if left > 0 {
                return Err(format!("{left} requests are left of {}", meta.name));
            }
        }
        for (station, windows) in meta.stations.iter().zip(&replication.stations) {
            let last = windows.last().expect("a run has windows");
            if last.busy_area + last.queue_area > 0 {
                let node = &meta.nodes[station.node as usize].name;
                return Err(format!(
                    "{node} {}: busy {}, queue {}",
                    station.name, last.busy_area, last.queue_area
                ));
            }
        }
        for (wire, windows) in meta.wires.iter().zip(&replication.wires) {
            if windows.last().is_some_and(|last| last.pool_area > 0) {
                return Err(format!("{} keeps connections busy", wire.name));
            }
        }
        let backlog: u64 = replication
            .queues
            .iter()
            .filter_map(|windows| windows.last())
            .map(|last| last.backlog)
            .sum();
        if backlog > 0 {
            Err(format!("{backlog} messages are left"))
        } else {
            Ok(())
        }
    });
}

/// A node that nothing calls changes no figure of the others.
#[test]
fn a_node_apart_changes_nothing() {
    try_all(generate::design, |text| {
        let more = text.replacen("nodes: {", "nodes: { \"aaa\": Service(replicas: 3), ", 1);
        let (without, with) = (model(text)?, model(&more)?);
        let (without, with) = (run(&without, 1), run(&with, 1));
        if let Some(part) = ["endpoints", "wires", "caches", "queues"]
            .into_iter()
            .find(|part| match *part {
                "endpoints" => without.endpoints != with.endpoints,
                "wires" => without.wires != with.wires,
                "caches" => without.caches != with.caches,
                _ => without.queues != with.queues,
            })
        {
            return Err(format!("{part} differ"));
        }
        if without.nodes != with.nodes[1..] {
            Err("nodes differ".to_owned())
        } else {
            Ok(())
        }
    });
}
