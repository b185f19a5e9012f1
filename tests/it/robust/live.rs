//! An engine that is looked at, disturbed and given other parameters while it runs.

use super::{difference, generate, laws, seeds};
use buttress::design::model::{Design, FaultEntry};
use buttress::design::{self, LoadOptions, decode_text};
use buttress::sim::live::{Meter, Stretch};
use buttress::sim::measure::Replication;
use buttress::sim::{Engine, Model, compile};
use std::path::Path;
use std::sync::Arc;

fn load(text: &str) -> Design {
    let loaded = design::load_str(text, "random", Path::new(""), &LoadOptions::default());
    loaded.map_or_else(|problems| panic!("{problems}"), |loaded| loaded.design)
}

fn compiled(design: &Design) -> Arc<Model> {
    Arc::new(compile(design).unwrap_or_else(|error| panic!("{error}")))
}

fn headless(model: &Arc<Model>) -> Replication {
    let mut engine = Engine::new(Arc::clone(model), 1, 0);
    engine.run_until(model.meta().duration_ns);
    engine.finish()
}

/// A fault for a design, another one for each number.
fn fault(design: &Design, model: &Model, number: u64) -> String {
    let nodes: Vec<&str> = design.nodes.names().collect();
    let node = nodes[(number / 8) as usize % nodes.len()];
    let wires = &model.meta().wires;
    let wire = wires.get((number / 8) as usize % wires.len().max(1));
    match (number % 8, wire) {
        (0, _) => format!("Crash(node: \"{node}\")"),
        (1, _) => format!("Slow(node: \"{node}\", factor: 5.0)"),
        (2, _) => format!("Errors(node: \"{node}\", rate: \"50%\")"),
        (3, _) => format!("Pause(node: \"{node}\", replicas: Replica(index: 0))"),
        (4, Some(wire)) => format!(
            "Latency(wire: \"{}\", add: Exponential(\"3ms\"))",
            wire.name
        ),
        (5, Some(wire)) => format!("Loss(wire: \"{}\", rate: \"20%\")", wire.name),
        (6, _) => format!("Partition(a: [\"{node}\"])"),
        _ => format!("Grey(node: \"{node}\", factor: 3.0, errors: \"10%\")"),
    }
}

fn entry(fault: &str, at_ns: u64, lasts_ns: Option<u64>) -> FaultEntry {
    let lasts = lasts_ns.map_or(String::new(), |lasts| format!(", lasts: \"{lasts}ns\""));
    let text = format!("(at: \"{at_ns}ns\"{lasts}, fault: {fault})");
    decode_text(&text).unwrap_or_else(|problem| panic!("{text}: {problem:?}"))
}

/// The first whole millisecond after a moment.
fn after(now_ns: u64) -> u64 {
    (now_ns / 1_000_000 + 1) * 1_000_000
}

#[test]
fn faults_by_hand_are_the_faults_of_a_timeline() {
    for seed in seeds() {
        let design = load(&generate::design(seed));
        let base = compiled(&design);
        let duration = base.meta().duration_ns;
        let mut engine = Engine::new(Arc::clone(&base), 1, 0);
        let mut disturbed = design.clone();
        // Three faults one after the other, the first ended by hand, the second taken back and
        // moved, the third open to the end.
        for (i, share) in [(0, 3), (1, 5), (2, 7)] {
            engine.run_until(duration / 10 * share);
            let at = after(engine.now());
            if at + 2_000_000 >= duration {
                continue;
            }
            let fault = fault(&design, &base, seed + i * 3);
            disturbed.faults.push(entry(&fault, at, None));
            engine.adopt(compiled(&disturbed)).unwrap();
            if i < 2 {
                engine.run_until(at + duration / 12);
                let end = after(engine.now());
                *disturbed.faults.last_mut().unwrap() = entry(&fault, at, Some(end - at));
                if end < duration {
                    engine.adopt(compiled(&disturbed)).unwrap();
                }
            }
        }
        engine.run_until(duration);
        let live = engine.finish();
        let whole = compiled(&disturbed);
        laws(&whole, &live).unwrap_or_else(|law| panic!("design {seed}: {law}"));
        let replayed = headless(&whole);
        assert_eq!(difference(&replayed, &live), None, "design {seed}");
    }
}

#[test]
fn an_equal_model_changes_nothing() {
    for seed in seeds().step_by(3) {
        let design = load(&generate::design(seed));
        let base = compiled(&design);
        let duration = base.meta().duration_ns;
        let mut engine = Engine::new(Arc::clone(&base), 1, 0);
        for i in 0..7 {
            engine.run_until(duration / 7 * i);
            engine.adopt(compiled(&design)).unwrap();
        }
        engine.run_until(duration);
        assert_eq!(
            difference(&headless(&base), &engine.finish()),
            None,
            "design {seed}"
        );
    }
}

#[test]
fn looking_changes_nothing_and_misses_nothing() {
    for seed in seeds().step_by(3) {
        let model = compiled(&load(&generate::design(seed)));
        let duration = model.meta().duration_ns;
        let mut engine = Engine::new(Arc::clone(&model), 1, 0);
        let mut meter = Meter::new(&engine);
        let mut sum = Stretch::default();
        for i in 1..=37 {
            engine.run_until(duration / 37 * i);
            let levels = engine.levels();
            let nodes = model.meta().nodes.len() as u32;
            let waiting: u64 = (0..nodes)
                .flat_map(|node| engine.waiting_at(node))
                .map(|from| from.waiting)
                .sum();
            let pools: u64 = levels.wires.iter().map(|wire| wire.pool_waiting).sum();
            assert!(
                pools <= waiting,
                "design {seed}: who waits in a pool has a caller"
            );
            sum.extend(&meter.read(&engine));
        }
        engine.run_until(duration);
        sum.extend(&meter.read(&engine));
        let recorded = engine.finish();
        assert_eq!(
            difference(&headless(&model), &recorded),
            None,
            "design {seed}"
        );
        for (seen, windows) in sum.endpoints.iter().zip(&recorded.endpoints) {
            let total = |of: fn(&buttress::sim::measure::EndpointWindow) -> u64| {
                windows.iter().map(of).sum::<u64>()
            };
            assert_eq!(
                seen.offered,
                total(|window| window.offered),
                "design {seed}"
            );
            assert_eq!(seen.latency.len(), total(|window| window.latency.len()));
            let latency: u128 = windows.iter().map(|window| window.latency.sum()).sum();
            assert_eq!(seen.latency.sum(), latency, "design {seed}");
        }
        for (seen, windows) in sum.stations.iter().zip(&recorded.stations) {
            let busy: u128 = windows.iter().map(|window| window.busy_area).sum();
            let queue: u128 = windows.iter().map(|window| window.queue_area).sum();
            assert_eq!(
                (seen.busy_area, seen.queue_area),
                (busy, queue),
                "design {seed}"
            );
        }
        for (seen, windows) in sum.wires.iter().zip(&recorded.wires) {
            let pool: u128 = windows.iter().map(|window| window.pool_area).sum();
            let open: u128 = windows.iter().map(|window| window.breaker_open_area).sum();
            assert_eq!(
                (seen.pool_area, seen.breaker_open_area),
                (pool, open),
                "design {seed}"
            );
        }
    }
}

#[test]
fn laws_hold_when_parameters_change_on_the_way() {
    for seed in seeds() {
        let text = generate::design(seed);
        let mut engine = Engine::new(compiled(&load(&text)), 1, 0);
        let duration = engine.model().meta().duration_ns;
        let mut taken = 0;
        for i in 1..6_u64 {
            engine.run_until(duration / 6 * i);
            let design = changed(&load(&text), seed + i);
            taken += u32::from(engine.adopt(compiled(&design)).is_ok());
        }
        let model = Arc::clone(engine.model());
        engine.run_until(duration);
        let recorded = engine.finish();
        laws(&model, &recorded).unwrap_or_else(|law| panic!("design {seed}, {taken} taken: {law}"));
    }
}

/// The design with other sizes, limits, timeouts and rates.
fn changed(design: &Design, number: u64) -> Design {
    use buttress::design::model::{Kind, Limit};
    let mut design = design.clone();
    let by = [1, 2, 3, 7][number as usize % 4];
    for (_, node) in &mut design.nodes.0 {
        let serving = match &mut node.kind {
            Kind::Balancer(kind) => Some(&mut kind.serving),
            Kind::Gateway(kind) => Some(&mut kind.serving),
            Kind::Service(kind) => Some(&mut kind.serving),
            Kind::Cache(kind) => Some(&mut kind.serving),
            Kind::Database(kind) => Some(&mut kind.serving),
            Kind::Worker(kind) => Some(&mut kind.serving),
            Kind::External(kind) => Some(&mut kind.serving),
            Kind::Client(_) | Kind::Queue(_) => None,
        };
        if let Some(serving) = serving {
            if let Limit::AtMost { n } = &mut serving.workers {
                *n = (*n * by / 2).max(1);
            }
            if let Limit::AtMost { n } = &mut serving.queue {
                *n = *n * by / 2;
            }
        }
        if let Kind::Client(client) = &mut node.kind {
            for flow in &mut client.traffic {
                if let Some(rate) = &mut flow.rate {
                    scale(rate, f64::from(by) / 2.0);
                }
            }
        }
    }
    for (_, wire) in &mut design.wires.0 {
        if let Some(timeout) = &mut wire.timeout {
            timeout.0 = timeout.0 * u64::from(by) / 2 + 1;
        }
        if let Some(Limit::AtMost { n }) = &mut wire.pool {
            *n = (*n * by / 2).max(1);
        }
        if let Some(retry) = &mut wire.retry {
            retry.attempts = (retry.attempts + by) % 4 + 1;
        }
        if let Some(breaker) = &mut wire.breaker {
            breaker.min_calls = breaker.min_calls / 2 + by;
        }
    }
    design
}

fn scale(rate: &mut buttress::design::model::Curve, factor: f64) {
    if let buttress::design::model::Curve::Constant { rate } = rate {
        rate.0 *= factor;
    }
}
