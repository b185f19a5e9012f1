//! Every measure of the grammar, on a queue simulated by hand with a fault in it and on figures
//! made up.

use super::*;
use crate::sim::measure::{
    CacheWindow, CorrectnessWindow, EndpointMeta, Meta, QueueWindow, Replication, WarmupRule,
};
use crate::sim::result::DesignRef;
use crate::sim::summary::Collecting;
use crate::sim::summary::testing::{Queue, S, meta};

fn collect(meta: Meta, replications: Vec<Replication>) -> Collected {
    let mut collecting = Collecting::new(meta);
    for replication in replications {
        collecting.add(replication);
    }
    collecting.settle()
}

/// Two minutes of a queue at rho 0.5 that a fault slows down by four from 40 s to 50 s; clients
/// give up after 2 s.
fn slowed() -> Collected {
    let queue = Queue {
        rate_per_s: 50.0,
        duration_ns: 120 * S,
        windows: 120,
        slow: Some((40 * S, 50 * S, 4.0)),
        timeout_ns: 2 * S,
        ..Queue::default()
    };
    collect(meta(queue.duration_ns), queue.replications(3, 10))
}

/// A calm queue with a cache, a queue of messages, prices and counts of wrong data.
fn furnished() -> Collected {
    let queue = Queue::default();
    let mut meta = meta(queue.duration_ns);
    meta.nodes[1].cache = Some(0);
    meta.nodes[1].queue = Some(0);
    meta.nodes[1].cost_per_hour = 2.0;
    meta.endpoints.push(EndpointMeta {
        name: "bots -> api/".to_owned(),
        client: 0,
        attack: true,
    });
    let mut replications = queue.replications(4, 2);
    for replication in &mut replications {
        let cache = CacheWindow {
            lookups: 10,
            hits: 9,
            ..CacheWindow::default()
        };
        replication.caches = vec![vec![cache; 60]];
        let messages = QueueWindow {
            backlog: 7,
            oldest_max_ns: 3 * S,
            dead_letters: 1,
            ..QueueWindow::default()
        };
        replication.queues = vec![vec![messages; 60]];
        let counts = CorrectnessWindow {
            duplicate_effects: 2,
            stale_reads: 1,
            lost_messages: 0,
            lost_writes: 0,
        };
        replication.correctness = vec![counts; 60];
        let other = replication.endpoints[0].clone();
        replication.endpoints.push(other);
    }
    collect(meta, replications)
}

fn judged(collected: &Collected, text: &str) -> ObjectiveResult {
    let result = collected.result(1, DesignRef::default());
    let objective = Objective {
        text: text.to_owned(),
    };
    let mut results = evaluate(&[objective], collected, &result);
    assert_eq!(results.len(), 1);
    results.remove(0)
}

/// The figure must be near a value, and so the objective met or not.
fn near(collected: &Collected, text: &str, wanted: f64, tolerance: f64) -> ObjectiveResult {
    let result = judged(collected, text);
    let observed = result.observed.unwrap_or(f64::NAN);
    assert!(
        (observed - wanted).abs() <= tolerance,
        "{text}: {observed}, not {wanted}"
    );
    result
}

#[test]
fn latencies_and_their_intervals() {
    let collected = slowed();
    let calm = |text: &str, wanted, tolerance| near(&collected, text, wanted, tolerance);
    // Sojourn times at rho 0.5 are exponential with a mean of 20 ms.
    let before = calm("mean(read) before api slow < 25ms", 0.02, 0.001);
    assert!(before.met && before.ci95.is_none(), "{before:?}");
    assert!(calm("p50(read) before api slow < 20ms", 0.0139, 0.001).met);
    assert!(
        calm(
            "p90(users -> api/read) before api slow <= 50ms",
            0.046,
            0.003
        )
        .met
    );
    assert!(calm("p95(*) before api slow < 70ms", 0.06, 0.004).met);
    assert!(!calm("p99(read) before api slow < 50ms", 0.092, 0.008).met);
    assert!(calm("p999(read) before api slow > 100ms", 0.138, 0.03).met);
    let whole = judged(&collected, "p99(read) < 100ms");
    assert!(!whole.met && whole.observed.unwrap() > 1.0);
    let [low, high] = whole.ci95.unwrap();
    assert!((low..=high).contains(&whole.observed.unwrap()));
    assert!(judged(&collected, "max(read) < 2s").met);
    assert!(judged(&collected, "p99(read) during api slow > 1s").met);
}

#[test]
fn rates_and_shares() {
    let collected = slowed();
    assert!(
        near(
            &collected,
            "goodput(read) before api slow > 99% of offered",
            1.0,
            0.005
        )
        .met
    );
    assert!(!judged(&collected, "goodput(read) during api slow > 99% of offered").met);
    assert!(near(&collected, "throughput(read) > 49/s", 50.0, 1.0).met);
    let goodput = judged(&collected, "goodput(read) > 40/s");
    assert!(goodput.met && goodput.ci95.is_some());
    assert!(near(&collected, "failed(read) before api slow < 0.1%", 0.0, 0.0).met);
    let failed = judged(&collected, "failed(read) < 1%");
    assert!(!failed.met && failed.ci95.is_some());
    let count = judged(&collected, "failed(read) < 10");
    assert!(!count.met);
    assert_eq!(count.note, "The mean of 10 replications.");
    let available = judged(&collected, "availability(read) > 99.9%");
    assert!((available.observed.unwrap() + failed.observed.unwrap() - 1.0).abs() < 0.001);
    assert!(near(&collected, "attempts(read) < 1.1", 1.0, 0.01).met);
}

#[test]
fn nodes_before_and_during_a_fault() {
    let collected = slowed();
    assert!(
        near(
            &collected,
            "utilization(api) before api slow < 60%",
            0.5,
            0.02
        )
        .met
    );
    assert!(
        near(
            &collected,
            "utilization(api) during api slow > 99%",
            1.0,
            0.005
        )
        .met
    );
    assert!(near(&collected, "queue(api) before api slow < 1", 0.5, 0.05).met);
    assert!(near(&collected, "queue_max(api) < 10", 0.0, 0.0).met);
    assert!(
        near(
            &collected,
            "wait_p99(api) before api slow < 100ms",
            0.078,
            0.008
        )
        .met
    );
    assert!(near(&collected, "wasted(api) = 0%", 0.0, 0.0).met);
}

#[test]
fn time_to_recover() {
    let collected = slowed();
    let recovered = judged(&collected, "recovery(api slow) < 20s");
    assert!(
        recovered.met && recovered.observed.unwrap() > 3.0,
        "{recovered:?}"
    );
    assert!(!judged(&collected, "recovery(api slow) < 1s").met);
    let unknown = judged(&collected, "recovery(db crash) < 60s");
    assert_eq!(
        (unknown.met, unknown.observed, unknown.note.as_str()),
        (
            false,
            None,
            "db crash did not happen at the same time in every replication, so that nothing is before or after it."
        )
    );
    let stuck = Queue {
        rate_per_s: 99.0,
        slow: Some((10 * S, 15 * S, 9.0)),
        ..Queue::default()
    };
    let stuck = collect(meta(stuck.duration_ns), stuck.replications(1, 3));
    let never = judged(&stuck, "recovery(api slow) < 60s");
    assert!(!never.met && never.observed.is_none());
    assert_eq!(
        never.note,
        "The figures were not back at their level before api slow by the end, or there is no such level."
    );
}

#[test]
fn of_a_fault_that_happens_several_times_the_worst_counts() {
    let queue = Queue::default();
    let mut replications = queue.replications(5, 2);
    for replication in &mut replications {
        replication.faults = vec![
            ("hiccup".to_owned(), 10 * S, 11 * S),
            ("hiccup".to_owned(), 20 * S, 21 * S),
        ];
    }
    let collected = collect(meta(queue.duration_ns), replications);
    let of = |windows: Range<usize>| collected.endpoint(&[0], &windows).latency_s.mean;
    let (first, second) = (of(20..22), of(40..42));
    let below = judged(&collected, "mean(read) during hiccup < 1s");
    assert!((below.observed.unwrap() - first.max(second)).abs() < 1e-12);
    assert_eq!(below.note, "The worst of 2 times.");
    let above = judged(&collected, "mean(read) during hiccup > 1ms");
    assert!((above.observed.unwrap() - first.min(second)).abs() < 1e-12);
}

#[test]
fn caches_queues_counts_and_cost() {
    let collected = furnished();
    assert!(!near(&collected, "hit_ratio(api) > 90%", 0.9, 1e-12).met);
    assert!(near(&collected, "hit_ratio(api) >= 90%", 0.9, 1e-12).met);
    assert!(near(&collected, "backlog(api) < 10", 7.0, 0.0).met);
    assert!(near(&collected, "oldest(api) < 5s", 3.0, 0.0).met);
    assert!(!near(&collected, "dead_letters(api) = 0", 60.0, 0.0).met);
    let duplicates = near(&collected, "duplicate_effects = 0", 120.0, 0.0);
    assert_eq!(
        (duplicates.met, duplicates.note.as_str()),
        (false, "The mean of 2 replications.")
    );
    let lost = near(&collected, "lost_messages = 0", 0.0, 0.0);
    assert_eq!((lost.met, lost.note.as_str()), (true, ""));
    assert!(near(&collected, "lost_writes = 0", 0.0, 0.0).met);
    assert!(near(&collected, "stale_reads < 100", 60.0, 0.0).met);
    assert!(!near(&collected, "cost_per_hour < $2", 2.0, 1e-12).met);
    assert!(near(&collected, "cost_per_million < $10", 2.0 / 0.288, 0.5).met);
}

#[test]
fn attack_traffic_counts_only_where_it_is_named() {
    let collected = furnished();
    let all = judged(&collected, "throughput(*) > 0/s").observed.unwrap();
    let read = judged(&collected, "throughput(read) > 0/s")
        .observed
        .unwrap();
    let bots = judged(&collected, "throughput(bots -> api/) > 0/s")
        .observed
        .unwrap();
    assert!((all - read).abs() < 1e-12 && (bots - read).abs() < 1e-12);
}

#[test]
fn what_the_run_does_not_have_is_not_met() {
    let collected = furnished();
    let note = |text: &str| {
        let result = judged(&collected, text);
        assert!(
            !result.met && result.observed.is_none() && result.ci95.is_none(),
            "{text}"
        );
        result.note
    };
    assert_eq!(
        note("p99(write) < 1s"),
        "No client calls this endpoint in this run."
    );
    assert_eq!(
        note("utilization(db) < 1%"),
        "There is no node db in this run."
    );
    assert_eq!(note("hit_ratio(users) > 1%"), "users is no cache.");
    assert_eq!(note("backlog(users) < 1"), "users is no queue.");
    assert_eq!(
        note("wait_p99(users) < 1s"),
        "No request reached users in this time."
    );
    assert!(note("p99(read < 1s").starts_with("This is no objective: "));
    let queue = Queue {
        rate_per_s: 1e-6,
        ..Queue::default()
    };
    let idle = collect(meta(queue.duration_ns), queue.replications(1, 2));
    let note = |text: &str| judged(&idle, text).note;
    assert_eq!(note("p99(read) < 1s"), "No request completed in this time.");
    assert_eq!(
        note("failed(read) < 1%"),
        "No request was offered in this time."
    );
    assert_eq!(
        note("availability(read) > 1%"),
        "No request was finished in this time."
    );
    assert_eq!(
        note("cost_per_million < $1"),
        "No request completed that the cost could be divided by."
    );
}

#[test]
fn doubts_stand_beside_the_verdict() {
    let queue = Queue::default();
    let warmup = WarmupRule::Given(3 * S);
    let collected = collect(
        Meta {
            warmup,
            ..meta(queue.duration_ns)
        },
        queue.replications(6, 5),
    );
    let result = judged(&collected, "mean(read) < 50ms");
    let [low, high] = result.ci95.unwrap();
    assert!(low < 0.05 && high > 0.05);
    let words = crate::insight::words::time;
    let note = format!(
        "The 95% confidence interval reaches over the limit: {} to {}.",
        words(low),
        words(high)
    );
    assert_eq!(result.note, note);
    assert_eq!(judged(&collected, "mean(read) < 10s").note, "");
    let short = Queue {
        duration_ns: 2 * S,
        windows: 20,
        ..Queue::default()
    };
    let whole = Meta {
        warmup: WarmupRule::Nothing,
        ..meta(short.duration_ns)
    };
    let short = collect(whole, short.replications(6, 2));
    let note = judged(&short, "p999(read) < 10s").note;
    assert!(note.starts_with("Too few requests for p99.9: "), "{note}");
    assert!(note.ends_with(" requests completed."), "{note}");
}

#[test]
fn observed_figures_have_the_unit_of_the_objective() {
    let words = |text: &str, observed| {
        let result = ObjectiveResult {
            text: text.to_owned(),
            met: true,
            observed: Some(observed),
            ci95: None,
            note: String::new(),
        };
        observed_words(&result).unwrap()
    };
    assert_eq!(words("p99(read) < 1s", 0.212), "212 ms");
    assert_eq!(
        words("goodput(read) > 99% of offered", 0.994),
        "99.4% of offered"
    );
    assert_eq!(words("goodput(read) > 99/s", 120.0), "120/s");
    assert_eq!(words("utilization(api) < 80%", 0.5), "50%");
    assert_eq!(words("queue_max(api) < 80", 12.0), "12");
    assert_eq!(words("cost_per_hour < $2", 1.5), "$1.50");
}
