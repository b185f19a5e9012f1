//! Warm-up, and the phases that faults divide a run into.

use super::*;

/// A replication whose latency and number in flight fall to their level over the first windows.
fn settling(index: u32, windows: usize, high: usize) -> Replication {
    let queue = Queue {
        windows: windows as u64,
        ..Queue::default()
    };
    let mut replication = queue.replication(5, index);
    for (at, window) in replication.endpoints[0].iter_mut().enumerate() {
        let factor = if at < high {
            1 + 20 * (high - at) as u64
        } else {
            1
        };
        let latencies: Vec<u64> = (0..100)
            .map(|n| factor * (40_000_000 + n * 200_000 + at as u64 * 37 % 11 * 500_000))
            .collect();
        window.latency = Sparse::of_values(7, &latencies);
        window.in_flight_area = latencies.iter().map(|&ns| u128::from(ns)).sum();
    }
    replication
}

#[test]
fn warm_up_is_found_where_the_start_differs() {
    let auto = |duration_ns| Meta {
        warmup: WarmupRule::Auto,
        ..meta(duration_ns)
    };
    let replications: Vec<Replication> = (0..5).map(|index| settling(index, 100, 20)).collect();
    let found = result(&auto(30 * S), &replications);
    assert_eq!(found.warmup_by, "mser5");
    assert!((5.4..=9.0).contains(&found.warmup_s), "{}", found.warmup_s);
    let replications: Vec<Replication> = (0..5).map(|index| settling(index, 100, 0)).collect();
    assert!(result(&auto(30 * S), &replications).warmup_s <= 3.0);
    let transient = Meta {
        transient: true,
        ..auto(30 * S)
    };
    let kept = result(&transient, &replications);
    assert_eq!((kept.warmup_s, kept.warmup_by.as_str()), (0.0, "transient"));
    let given = Meta {
        warmup: WarmupRule::Given(3 * S),
        ..transient
    };
    assert_eq!(result(&given, &replications).warmup_by, "given");
    assert_eq!(result(&meta(30 * S), &replications).warmup_by, "none");
}

#[test]
fn warm_up_leaves_at_least_half_of_the_run() {
    let replications: Vec<Replication> = (0..3).map(|index| settling(index, 100, 90)).collect();
    let auto = Meta {
        warmup: WarmupRule::Auto,
        ..meta(30 * S)
    };
    assert!(result(&auto, &replications).warmup_s <= 15.0);
}

#[test]
fn replications_that_come_later_count_like_the_first() {
    let queue = Queue::default();
    let meta = Meta {
        warmup: WarmupRule::Given(3 * S),
        ..meta(queue.duration_ns)
    };
    let replications = queue.replications(4, 6);
    let mut collecting = Collecting::new(meta.clone());
    replications[..2]
        .iter()
        .for_each(|replication| collecting.add(replication.clone()));
    let mut collected = collecting.settle();
    replications[2..]
        .iter()
        .for_each(|replication| collected.add(replication.clone()));
    let late = collected.result(1, DesignRef::default());
    let at_once = result(&meta, &replications);
    assert_eq!(
        serde_json::to_string(&late).unwrap(),
        serde_json::to_string(&at_once).unwrap()
    );
}

#[test]
fn a_fault_divides_the_run_and_recovery_is_timed() {
    let queue = Queue {
        rate_per_s: 50.0,
        duration_ns: 120 * S,
        windows: 120,
        slow: Some((40 * S, 50 * S, 4.0)),
        ..Queue::default()
    };
    let transient = Meta {
        transient: true,
        warmup: WarmupRule::Auto,
        ..meta(queue.duration_ns)
    };
    let result = result(&transient, &queue.replications(6, 10));
    let names: Vec<&str> = result
        .phases
        .iter()
        .map(|phase| phase.name.as_str())
        .collect();
    assert_eq!(names, ["before", "api slow", "after api slow"]);
    let spans: Vec<(f64, f64)> = result
        .phases
        .iter()
        .map(|phase| (phase.from_s, phase.to_s))
        .collect();
    assert_eq!(spans, [(0.0, 40.0), (40.0, 50.0), (50.0, 120.0)]);
    let [before, during, after] = &result.phases[..] else {
        unreachable!()
    };
    assert!(during.endpoints[0].p99_s > 20.0 * before.endpoints[0].p99_s);
    assert!(before.recovery_s.is_none() && during.recovery_s.is_none());
    // 50/s arrive for 10 s and 25/s are served: 250 are left, worked off at 50/s net.
    let recovery_s = after.recovery_s.unwrap();
    assert!((4.0..=10.0).contains(&recovery_s), "{recovery_s}");
    let offered: u64 = result
        .phases
        .iter()
        .map(|phase| phase.endpoints[0].offered)
        .sum();
    assert_eq!(offered, result.endpoints[0].offered);
}

#[test]
fn there_is_no_recovery_while_the_backlog_lasts() {
    let queue = Queue {
        rate_per_s: 95.0,
        duration_ns: 120 * S,
        windows: 120,
        slow: Some((40 * S, 60 * S, 6.0)),
        ..Queue::default()
    };
    let result = result(&meta(queue.duration_ns), &queue.replications(6, 5));
    assert_eq!(result.phases[2].recovery_s, None);
}

#[test]
fn a_fault_without_a_before_has_phases_but_no_recovery() {
    let queue = Queue {
        slow: Some((0, 5 * S, 3.0)),
        ..Queue::default()
    };
    let result = result(&meta(queue.duration_ns), &queue.replications(6, 3));
    assert!(
        result.phases.is_empty() || result.phases.iter().all(|phase| phase.recovery_s.is_none())
    );
    assert_eq!(result.phases[0].name, "api slow");
}

#[test]
fn faults_at_random_have_no_phases() {
    let queue = Queue::default();
    let mut replications = queue.replications(7, 3);
    for (at, replication) in replications.iter_mut().enumerate() {
        replication.faults = vec![
            (
                "api crash".to_owned(),
                (3 + at as u64) * S,
                (4 + at as u64) * S,
            ),
            ("api slow".to_owned(), 10 * S, 20 * S),
        ];
    }
    let result = result(&meta(queue.duration_ns), &replications);
    let names: Vec<&str> = result
        .phases
        .iter()
        .map(|phase| phase.name.as_str())
        .collect();
    assert_eq!(names, ["before", "api slow", "after api slow"]);
}

#[test]
fn phases_of_several_faults_end_where_the_next_begins() {
    let queue = Queue::default();
    let mut replications = queue.replications(7, 2);
    for replication in &mut replications {
        replication.faults = vec![
            ("second".to_owned(), 20 * S, 22 * S),
            ("first".to_owned(), 10 * S, 12 * S),
            ("first".to_owned(), 25 * S, 25 * S + S / 10),
            ("flush".to_owned(), 28 * S, 28 * S),
        ];
    }
    let result = result(&meta(queue.duration_ns), &replications);
    let phases: Vec<(&str, f64, f64)> = result
        .phases
        .iter()
        .map(|phase| (phase.name.as_str(), phase.from_s, phase.to_s))
        .collect();
    assert_eq!(
        phases,
        [
            ("before", 0.0, 10.0),
            ("first", 10.0, 12.0),
            ("after first", 12.0, 20.0),
            ("second", 20.0, 22.0),
            ("after second", 22.0, 25.0),
            ("first", 25.0, 25.5),
            ("after first", 25.0, 28.0),
            ("after flush", 28.0, 30.0),
        ]
    );
    let mut collecting = Collecting::new(meta(queue.duration_ns));
    for replication in replications {
        collecting.add(replication);
    }
    let collected = collecting.settle();
    assert_eq!(collected.phase(When::Before, "first"), [0..20, 44..50]);
    assert_eq!(collected.phase(When::During, "second"), vec![40..44]);
    assert_eq!(
        collected.phase(When::During, "flush"),
        Vec::<Range<usize>>::new()
    );
    assert_eq!(
        collected.phase(When::After, "nothing"),
        Vec::<Range<usize>>::new()
    );
}

#[test]
fn a_fault_until_the_end_has_no_after() {
    let queue = Queue::default();
    let mut replications = queue.replications(7, 2);
    for replication in &mut replications {
        replication.faults = vec![("zone a out".to_owned(), 20 * S, 30 * S)];
    }
    let result = result(&meta(queue.duration_ns), &replications);
    assert_eq!(result.phases.len(), 2);
}
