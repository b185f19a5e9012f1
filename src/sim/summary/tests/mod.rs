//! Summaries of queues whose truth is known, and of replications made by hand.

use super::testing::{ENDPOINT, Queue, S, meta};
use super::*;
use crate::sim::measure::{
    Check, Followed, Place, QueueWindow, Spent, StationWindow, TraceSpan, WarmupRule,
};
use proptest::prelude::*;

mod phases;

fn result(meta: &Meta, replications: &[Replication]) -> RunResult {
    summarise(meta, replications, 1, DesignRef::default())
}

fn close(value: f64, wanted: f64, tolerance: f64) {
    assert!(
        (value - wanted).abs() <= tolerance,
        "{value} is not within {tolerance} of {wanted}"
    );
}

fn holds(interval: [f64; 2], value: f64) -> bool {
    (interval[0]..=interval[1]).contains(&value)
}

#[test]
fn figures_of_a_queue_agree_with_theory() {
    let queue = Queue {
        duration_ns: 600 * S,
        ..Queue::default()
    };
    let result = result(&meta(queue.duration_ns), &queue.replications(1, 10));
    assert_eq!((result.replications, result.partial), (10, false));
    let endpoint = &result.endpoints[0];
    assert_eq!(endpoint.id, ENDPOINT);
    close(endpoint.latency_s.mean, 0.050, 0.002);
    close(
        endpoint.latency_s.p50,
        0.050 * std::f64::consts::LN_2,
        0.002,
    );
    close(endpoint.latency_s.p99, 0.2303, 0.012);
    close(endpoint.goodput_per_s, 80.0, 0.5);
    close(endpoint.attempts_per_request, 1.0, 0.001);
    let api = &result.nodes[1];
    close(api.utilization, 0.8, 0.01);
    close(api.busy_mean, 0.8, 0.01);
    close(api.queue_mean, 3.2, 0.15);
    close(api.wait_s.mean, 0.040, 0.002);
    close(api.service_s.mean, 0.010, 0.000_1);
    close(api.latency_s.mean, 0.050, 0.002);
    close(api.arrivals_per_s, 80.0, 0.5);
    close(api.availability, 1.0, 0.0);
    assert!(holds(endpoint.latency_s.ci95, endpoint.latency_s.mean));
    assert!(holds(endpoint.goodput_ci95, endpoint.goodput_per_s));
}

#[test]
fn every_request_is_accounted_for() {
    let queue = Queue {
        timeout_ns: S / 10,
        ..Queue::default()
    };
    let replications = queue.replications(2, 3);
    for warmup in [WarmupRule::Nothing, WarmupRule::Given(7 * S + S / 2)] {
        let result = result(
            &Meta {
                warmup,
                ..meta(queue.duration_ns)
            },
            &replications,
        );
        let endpoint = &result.endpoints[0];
        let failed: u64 = endpoint.failed.values().sum();
        assert!(failed > 0);
        assert_eq!(failed, endpoint.failed["timeout"]);
        assert_eq!(
            endpoint.offered as i64,
            endpoint.completed as i64 + failed as i64 + endpoint.in_flight
        );
        let check = result
            .checks
            .iter()
            .find(|check| check.law == "conservation")
            .unwrap();
        assert!(check.holds);
        assert_eq!(check.place, format!("{ENDPOINT}, measured time"));
    }
}

#[test]
fn counts_are_those_of_the_measured_windows() {
    let queue = Queue::default();
    let replications = queue.replications(3, 2);
    let given = Meta {
        warmup: WarmupRule::Given(10 * S),
        ..meta(queue.duration_ns)
    };
    let result = result(&given, &replications);
    let windows = replications
        .iter()
        .flat_map(|replication| &replication.endpoints[0][20..]);
    let offered: u64 = windows.clone().map(|window| window.offered).sum();
    let completed: u64 = windows.map(|window| window.latency.len()).sum();
    assert_eq!(
        (result.endpoints[0].offered, result.endpoints[0].completed),
        (offered, completed)
    );
    close(
        result.endpoints[0].goodput_per_s,
        completed as f64 / 40.0,
        1e-9,
    );
    assert_eq!(
        (result.warmup_s, result.warmup_by.as_str()),
        (10.0, "given")
    );
    assert_eq!(result.series.edges_s.len(), 61);
}

/// Shares of studies whose interval of the mean, and of the 99th percentile where it has one, holds
/// the truth.
fn coverage(queue: Queue, replications: u32) -> (f64, f64) {
    let meta = Meta {
        warmup: WarmupRule::Given(queue.duration_ns / 10),
        ..meta(queue.duration_ns)
    };
    let mean = queue.service_s / (1.0 - queue.rate_per_s * queue.service_s);
    let p99 = mean * 100.0_f64.ln();
    let (mut means, mut percentiles, mut printed, studies) = (0, 0, 0, 200);
    for seed in 0..studies {
        let result = result(&meta, &queue.replications(seed, replications));
        let latency = &result.endpoints[0].latency_s;
        means += u32::from(holds(latency.ci95, mean));
        if let Some(interval) = latency.percentiles_ci95.get("p99") {
            printed += 1;
            percentiles += u32::from(holds(*interval, p99));
        }
    }
    assert!(printed >= studies / 2, "{printed}");
    (
        f64::from(means) / studies as f64,
        f64::from(percentiles) / printed as f64,
    )
}

#[test]
fn intervals_from_replications_are_honest() {
    let queue = Queue {
        windows: 10,
        ..Queue::default()
    };
    let (means, percentiles) = coverage(queue, 10);
    assert!((0.91..=0.99).contains(&means), "{means}");
    assert!((0.91..=1.0).contains(&percentiles), "{percentiles}");
}

#[test]
fn intervals_from_batches_of_one_run_are_honest() {
    let queue = Queue {
        duration_ns: 500 * S,
        windows: 160,
        ..Queue::default()
    };
    let (means, percentiles) = coverage(queue, 1);
    assert!((0.91..=0.99).contains(&means), "{means}");
    assert!((0.91..=1.0).contains(&percentiles), "{percentiles}");
}

#[test]
fn a_short_run_has_no_interval_of_a_high_percentile() {
    let queue = Queue {
        duration_ns: 5 * S,
        windows: 20,
        ..Queue::default()
    };
    let result = result(&meta(queue.duration_ns), &queue.replications(1, 2));
    let intervals = &result.endpoints[0].latency_s.percentiles_ci95;
    assert!(intervals.contains_key("p50"));
    assert!(!intervals.contains_key("p999"));
}

fn followed(latency: &[(Place, Spent, u64)], start_ns: u64, traced: bool) -> Followed {
    let latency_ns = latency.iter().map(|part| part.2).sum();
    let span = |depth, place, spent, start_ns, end_ns| TraceSpan {
        depth,
        place,
        spent,
        start_ns,
        end_ns,
        critical: true,
    };
    let spans = vec![
        span(2, Place::Node(1), Some(Spent::Service), 0, latency_ns),
        span(0, Place::Node(0), None, 0, latency_ns),
        span(1, Place::Wire(0), None, 0, latency_ns),
    ];
    Followed {
        endpoint: 0,
        start_ns,
        latency_ns,
        parts: latency.to_vec(),
        spans: if traced { spans } else { Vec::new() },
    }
}

#[test]
fn parts_of_the_time_add_up_to_the_whole() {
    let queue = Queue::default();
    let mut replications = queue.replications(8, 2);
    for (at, replication) in replications.iter_mut().enumerate() {
        replication.followed = (0..150)
            .map(|n| {
                let parts = [
                    (Place::Node(1), Spent::Wait, 1_000_003 * n * (n % 7)),
                    (Place::Node(1), Spent::Service, 7_777_777),
                    (Place::Wire(0), Spent::Network, 333_333 + at as u64),
                    (
                        Place::Wire(0),
                        Spent::Pool,
                        if n > 147 { 900_000_000 } else { 0 },
                    ),
                ];
                followed(&parts, n * 10_000_000, n % 10 == 0)
            })
            .collect();
    }
    let result = result(&meta(queue.duration_ns), &replications);
    let attribution = &result.attribution[0];
    assert_eq!((attribution.followed, attribution.slowest), (300, 3));
    let mean: f64 = attribution.parts.iter().map(|part| part.mean_s).sum();
    let slowest: f64 = attribution.parts.iter().map(|part| part.slowest_s).sum();
    close(mean, attribution.mean_s, 1e-15);
    close(slowest, attribution.slowest_s, 1e-14);
    let all = replications
        .iter()
        .flat_map(|replication| &replication.followed);
    let total: u64 = all.map(|request| request.latency_ns).sum();
    close(attribution.mean_s, total as f64 / 300.0 / 1e9, 1e-15);
    let first = &attribution.parts[0];
    assert_eq!((first.place.as_str(), first.what.as_str()), ("api", "wait"));
    assert!(
        attribution
            .parts
            .windows(2)
            .all(|pair| pair[0].mean_s >= pair[1].mean_s)
    );
    let pool = attribution
        .parts
        .iter()
        .find(|part| part.what == "pool")
        .unwrap();
    assert_eq!(pool.place, "users -> api");
    assert!(pool.slowest_s >= 0.6, "{}", pool.slowest_s);
    // Traced requests: the one nearest to the median, and the slowest of them.
    let [median, slowest] = &result.exemplars[..] else {
        unreachable!()
    };
    assert_eq!(
        (median.which.as_str(), slowest.which.as_str()),
        ("median", "slowest")
    );
    assert!(median.latency_s < slowest.latency_s);
    let depths: Vec<u32> = slowest.spans.iter().map(|span| span.depth).collect();
    assert_eq!(depths, [0, 1, 2]);
    assert_eq!(slowest.spans[0].what, "call");
    assert_eq!(
        (
            slowest.spans[2].place.as_str(),
            slowest.spans[2].what.as_str()
        ),
        ("api", "service")
    );
}

#[test]
fn requests_of_the_warm_up_are_not_attributed() {
    let queue = Queue::default();
    let mut replication = queue.replication(9, 0);
    let part = [(Place::Node(1), Spent::Service, S)];
    replication.followed = vec![
        followed(&part, 0, false),
        followed(&part, 9 * S + 1, false),
        followed(&part, 20 * S, true),
    ];
    let given = Meta {
        warmup: WarmupRule::Given(10 * S),
        ..meta(queue.duration_ns)
    };
    let result = result(&given, &[replication]);
    assert_eq!(
        (
            result.attribution[0].followed,
            result.attribution[0].slowest
        ),
        (2, 1)
    );
    assert_eq!(result.exemplars.len(), 2);
}

#[test]
fn a_law_holds_if_it_holds_in_every_replication() {
    let queue = Queue::default();
    let mut replications = queue.replications(10, 2);
    let check = |law, left, right| Check {
        law,
        place: "api".to_owned(),
        left,
        right,
    };
    replications[0].checks = vec![
        check("little", 5 * u128::from(S), 5 * u128::from(S)),
        check("conservation", 7, 8),
    ];
    replications[1].checks = vec![
        check("little", u128::from(S), u128::from(S)),
        check("conservation", 8, 7),
    ];
    let checks = result(&meta(queue.duration_ns), &replications).checks;
    assert_eq!(
        (
            checks[0].law.as_str(),
            checks[0].left,
            checks[0].right,
            checks[0].holds
        ),
        ("little", 6.0, 6.0, true)
    );
    // The sums agree, and yet it held in neither.
    assert_eq!(
        (checks[1].left, checks[1].right, checks[1].holds),
        (15.0, 15.0, false)
    );
    assert_eq!(checks.len(), 3);
}

#[test]
fn replications_cut_at_different_times_are_used_as_far_as_they_came() {
    let queue = Queue::default();
    let mut replications = queue.replications(11, 2);
    let cut = &mut replications[1];
    cut.stopped = Some("interrupted".to_owned());
    cut.edges_ns.truncate(21);
    *cut.edges_ns.last_mut().unwrap() -= S / 4;
    for windows in &mut cut.endpoints {
        windows.truncate(20);
    }
    cut.nodes
        .iter_mut()
        .for_each(|windows| windows.truncate(20));
    cut.stations
        .iter_mut()
        .for_each(|windows| windows.truncate(20));
    cut.wires
        .iter_mut()
        .for_each(|windows| windows.truncate(20));
    cut.correctness.truncate(20);
    let result = result(&meta(queue.duration_ns), &replications);
    assert!(result.partial);
    assert_eq!((result.replications, result.simulated_s), (1, 30.0));
    let endpoint = &result.endpoints[0];
    let measured_s = 30.0 + 9.75;
    close(
        endpoint.goodput_per_s,
        endpoint.completed as f64 / measured_s,
        1e-9,
    );
    assert!(result.checks.iter().all(|check| check.holds));
    assert_eq!(result.series.endpoints[0].offered_per_s.len(), 60);
}

#[test]
fn nothing_simulated_gives_an_empty_result() {
    let empty = result(&meta(30 * S), &[]);
    assert_eq!(
        (
            empty.replications,
            empty.endpoints[0].completed,
            empty.simulated_s
        ),
        (0, 0, 0.0)
    );
    assert!(serde_json::to_string(&empty).is_ok_and(|json| !json.contains("null,\"p50\"")));
    let stopped = Replication {
        edges_ns: vec![0],
        stopped: Some("interrupted".to_owned()),
        ..Replication::default()
    };
    let none = result(
        &Meta {
            warmup: WarmupRule::Given(S),
            ..meta(30 * S)
        },
        &[stopped],
    );
    assert!(none.partial);
    assert!(
        none.endpoints[0]
            .latency_s
            .ci95
            .iter()
            .all(|end| end.abs() < f64::MIN_POSITIVE)
    );
}

#[test]
fn queues_count_levels_as_means_and_ages_as_peaks() {
    let queue = Queue::default();
    let mut meta = meta(queue.duration_ns);
    meta.nodes[1].queue = Some(0);
    let mut replications = queue.replications(12, 2);
    for (at, replication) in replications.iter_mut().enumerate() {
        let window = |backlog, oldest_max_ns| QueueWindow {
            published: 10,
            backlog,
            backlog_area: u128::from(S),
            oldest_max_ns,
            ..QueueWindow::default()
        };
        replication.queues = vec![vec![window(100, 5 * S); 59]];
        replication.queues[0].push(window(3 * at as u64, 2 * S));
    }
    let result = result(&meta, &replications);
    let figures = result.nodes[1].queue.unwrap();
    assert_eq!(
        (figures.published, figures.backlog, figures.oldest_max_s),
        (1_200, 2, 5.0)
    );
    close(result.series.nodes[1].queue[0], 2.0, 1e-12);
}

#[test]
fn cost_counts_hours_and_use_and_only_what_was_good() {
    let queue = Queue {
        duration_ns: 600 * S,
        ..Queue::default()
    };
    let mut meta = meta(queue.duration_ns);
    meta.nodes[1].cost_per_hour = 2.0;
    meta.nodes[1].cost_per_million = 0.5;
    let result = result(&meta, &queue.replications(13, 4));
    // 80/s are 288,000 an hour.
    close(result.cost.per_hour, 2.0 + 0.144, 0.002);
    close(result.cost.per_million_good, 2.144 / 0.288, 0.05);
}

#[test]
fn endpoints_together_are_one() {
    let queue = Queue::default();
    let mut collecting = Collecting::new(meta(queue.duration_ns));
    queue
        .replications(14, 3)
        .into_iter()
        .for_each(|replication| collecting.add(replication));
    let collected = collecting.settle();
    let measured = collected.measured();
    assert_eq!(
        collected.endpoint(&[0], &measured),
        collected.endpoints()[0]
    );
    let twice = collected.endpoint(&[0, 0], &measured);
    assert_eq!(twice.id, "*");
    assert_eq!(twice.completed, 2 * collected.endpoints()[0].completed);
    close(
        twice.latency_s.mean,
        collected.endpoints()[0].latency_s.mean,
        1e-12,
    );
    assert_eq!(collected.endpoint(&[9], &measured).completed, 0);
    assert_eq!(collected.node("nobody", &measured), None);
    assert_eq!(collected.histograms()[0].0, ENDPOINT);
    let part = collected.endpoint(&[0], &(0..10));
    assert!(part.completed > 0 && part.latency_s.percentiles_ci95.is_empty());
}

#[test]
fn a_station_without_limit_is_not_busy() {
    let queue = Queue::default();
    let mut replication = queue.replication(15, 0);
    for window in &mut replication.stations[0] {
        *window = StationWindow {
            available_area: 0,
            ..window.clone()
        };
    }
    let result = result(&meta(queue.duration_ns), &[replication]);
    assert!(result.nodes[1].utilization.abs() < f64::EPSILON);
    assert!(result.nodes[1].busy_mean > 0.5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the traffic, the windows and the timeout: nothing is lost or counted twice, and the
    /// series is the whole.
    #[test]
    fn totals_are_the_sum_of_their_parts(
        rate_per_s in 1.0..300.0_f64,
        windows in 1..80_u64,
        timeout_ms in 1..2_000_u64,
        seed in 0..1_000_u64,
        warmup_windows in 0..80_u64,
        replications in 1..4_u32,
    ) {
        let queue = Queue {
            rate_per_s,
            windows,
            timeout_ns: timeout_ms * 1_000_000,
            duration_ns: 10 * S,
            ..Queue::default()
        };
        let warmup = WarmupRule::Given(queue.duration_ns / windows * warmup_windows.min(windows - 1));
        let meta = Meta { warmup, ..meta(queue.duration_ns) };
        let result = result(&meta, &queue.replications(seed, replications));
        let endpoint = &result.endpoints[0];
        let failed: u64 = endpoint.failed.values().sum();
        prop_assert_eq!(endpoint.offered as i64, (endpoint.completed + failed) as i64 + endpoint.in_flight);
        prop_assert!(result.checks.iter().all(|check| check.holds));
        let lengths = result.series.edges_s.windows(2).map(|edges| edges[1] - edges[0]);
        let measured = result.series.endpoints[0].completed_per_s.iter().zip(lengths).skip(warmup_windows.min(windows - 1) as usize);
        let completed: f64 = measured.map(|(rate, length_s)| rate * length_s).sum();
        prop_assert!((completed * f64::from(replications) - endpoint.completed as f64).abs() < 1e-3);
        let json = serde_json::to_string(&result).unwrap();
        prop_assert_eq!(serde_json::from_str::<RunResult>(&json).unwrap(), result);
    }
}
