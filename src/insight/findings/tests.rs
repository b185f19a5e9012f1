//! The sentences, each from a result made by hand.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::*;
use crate::design::{LoadOptions, load_str};
use crate::sim::result::{
    Attribution, AttributionPart, CacheFigures, Correctness, Cost, DesignRef, EndpointFigures,
    Latency, LawCheck, NodeFigures, NodeSeries, Phase, PhaseFigures, QueueFigures, Series,
    StationFigures, Times, WireFigures,
};

/// A minute of a small shop in which nothing is worth a word.
fn quiet() -> RunResult {
    let mut orders = endpoint("shoppers -> edge/POST /orders", 6_000);
    orders.latency_s.p999 = 0.2;
    RunResult {
        format: String::new(),
        design: DesignRef::default(),
        seed: 1,
        replications: 1,
        simulated_s: 60.0,
        warmup_s: 0.0,
        events: 0,
        partial: false,
        endpoints: vec![orders],
        nodes: vec![node("api", 0.0), node("db", 0.0)],
        wires: vec![WireFigures {
            id: "api -> db".to_owned(),
            calls: 1_000,
            attempts: 1_000,
            ..WireFigures::default()
        }],
        correctness: Correctness::default(),
        objectives: Vec::new(),
        cost: Cost::default(),
        findings: Vec::new(),
        warmup_by: "none".to_owned(),
        phases: Vec::new(),
        attribution: Vec::new(),
        exemplars: Vec::new(),
        series: Series {
            edges_s: (0..=12).map(|edge| f64::from(edge) * 5.0).collect(),
            endpoints: Vec::new(),
            nodes: vec![flat("api"), flat("db")],
        },
        checks: Vec::new(),
    }
}

fn endpoint(id: &str, completed: u64) -> EndpointFigures {
    let percentiles =
        ["p50", "p90", "p95", "p99", "p999"].map(|name| (name.to_owned(), [0.0, 1.0]));
    EndpointFigures {
        id: id.to_owned(),
        offered: completed,
        completed,
        goodput_per_s: completed as f64 / 60.0,
        latency_s: Latency {
            percentiles_ci95: percentiles.into(),
            ..Latency::default()
        },
        ..EndpointFigures::default()
    }
}

fn node(id: &str, utilization: f64) -> NodeFigures {
    NodeFigures {
        id: id.to_owned(),
        kind: "service".to_owned(),
        utilization,
        workers: 10,
        busy_mean: 10.0 * utilization,
        arrivals_per_s: 100.0,
        completions_per_s: 100.0,
        ..NodeFigures::default()
    }
}

fn flat(id: &str) -> NodeSeries {
    NodeSeries {
        id: id.to_owned(),
        utilization: vec![0.0; 12],
        queue: vec![0.0; 12],
    }
}

fn text(result: &RunResult, design: Option<&Design>) -> String {
    let findings = explain(result, design);
    findings.iter().fold(String::new(), |mut all, finding| {
        let _ = writeln!(all, "{} [{}] {}", finding.id, finding.about, finding.text);
        all
    })
}

fn design(text: &str) -> Design {
    load_str(text, "test.ron", Path::new("."), &LoadOptions::default())
        .unwrap()
        .design
}

#[test]
fn a_quiet_run_needs_no_words() {
    assert_eq!(text(&quiet(), None), "");
}

#[test]
fn what_fills_first_and_what_next() {
    let mut result = quiet();
    result.nodes[0].utilization = 0.4;
    result.nodes[1].stations = vec![StationFigures {
        id: "disk".to_owned(),
        utilization: 0.79,
        ..StationFigures::default()
    }];
    insta::assert_snapshot!(text(&result, None), @"bottleneck [db] The disk of db fills first: 79% busy, so that traffic can grow to 1.27 times what it is before it is full. Next is api at 40%.");
    result.nodes[1].stations[0].id = "cores".to_owned();
    assert!(
        text(&result, None).contains("The cores of db fill first: 79% busy, so")
            && text(&result, None).contains("before they are full.")
    );
    result.nodes[1].stations[0].id = "disk".to_owned();
    result.nodes[1].stations[0].utilization = 0.998;
    insta::assert_snapshot!(text(&result, None), @"bottleneck [db] The disk of db is full: 99.8% busy. Next is api at 40%.");
}

#[test]
fn a_blocking_service_that_is_full_of_waiting() {
    let design = design(
        r#"(format: 1, nodes: {
            "users": Client(traffic: [(to: "api", rate: "10/s")]),
            "api": Service(workers: 10, work: "1ms", to: ["db"]),
            "db": Database(),
        })"#,
    );
    let mut result = quiet();
    result.nodes[0] = node("api", 0.97);
    result.wires[0].latency_s.mean = 0.5;
    let sentences = text(&result, Some(&design));
    insta::assert_snapshot!(sentences, @"bottleneck [api] api is full: 97% busy. Its workers are held while they wait for calls, since it is blocking: an asynchronous service holds them only while it works.");
    result.wires[0].latency_s.mean = 0.05;
    assert!(!text(&result, Some(&design)).contains("held"));
}

#[test]
fn a_pool_that_makes_calls_wait() {
    let mut result = quiet();
    let wire = &mut result.wires[0];
    (wire.pool_size, wire.pool_busy_mean) = (80, 79.8);
    wire.latency_s.mean = 0.03;
    wire.pool_wait_s = Times {
        mean: 0.31,
        p50: 0.2,
        p99: 1.6,
    };
    insta::assert_snapshot!(text(&result, None), @r"
    bottleneck [api -> db] The connection pool of api -> db is full: 99.75% busy.
    pool [api -> db] The connection pool of api -> db is exhausted: 79.8 of its 80 connections are in use on average, and a call waits 310 ms for one (p99 1.6 s).
    ");
}

#[test]
fn where_the_time_went() {
    let mut result = quiet();
    let part = |place: &str, what: &str, mean_s, slowest_s| AttributionPart {
        place: place.to_owned(),
        what: what.to_owned(),
        mean_s,
        slowest_s,
    };
    result.attribution = vec![Attribution {
        id: result.endpoints[0].id.clone(),
        followed: 6_000,
        slowest: 60,
        mean_s: 0.038,
        slowest_s: 1.21,
        parts: vec![
            part("db", "service", 0.02, 0.15),
            part("shoppers -> edge", "network", 0.01, 0.01),
            part("api -> db", "pool", 0.005, 0.98),
            part("api", "wait", 0.003, 0.07),
        ],
    }];
    insta::assert_snapshot!(text(&result, None), @r"
    slowest [shoppers -> edge/POST /orders] Of the slowest 1% of POST /orders (1.21 s), 81% is waiting for a connection on api -> db and 12% is work at db.
    mean [shoppers -> edge/POST /orders] Of the mean of POST /orders (38 ms), 53% is work at db, 26% is the network of shoppers -> edge and 13% is waiting for a connection on api -> db.
    ");
}

#[test]
fn retries_hedges_and_waste() {
    let mut result = quiet();
    let wire = &mut result.wires[0];
    (wire.attempts, wire.retries, wire.hedges) = (1_940, 900, 40);
    (wire.budget_refused, wire.fallbacks) = (1_203, 120);
    result.nodes[1].wasted_share = 0.38;
    result.replications = 10;
    insta::assert_snapshot!(text(&result, None), @r"
    retries [api -> db] A call along api -> db takes 1.94 tries on average: retries add 90% to the load of what it calls.
    waste [db] 38% of the busy time of db went to work whose answer nobody waited for any more.
    fallbacks [api -> db] 12% of the calls along api -> db were answered by their fallback.
    retry_budget [api -> db] The retry budget of api -> db refused 1,203 retries in 10 replications.
    hedges [api -> db] 4% of the calls along api -> db were hedged.
    ");
}

#[test]
fn failures_refusals_and_breakers() {
    let mut result = quiet();
    result.endpoints[0].failed = BTreeMap::from([
        ("timeout".to_owned(), 120),
        ("rejected".to_owned(), 30),
        ("error".to_owned(), 0),
    ]);
    result.endpoints.push(EndpointFigures {
        failed: BTreeMap::from([("limited".to_owned(), 5)]),
        ..endpoint("shoppers -> edge/GET /", 5_000)
    });
    result.endpoints.push(EndpointFigures {
        attack: true,
        failed: BTreeMap::from([("limited".to_owned(), 500)]),
        ..endpoint("bots -> edge/GET /", 50)
    });
    result.nodes[0].rejected = 192;
    (
        result.wires[0].breaker_opened,
        result.wires[0].breaker_open_share,
    ) = (1, 0.08);
    insta::assert_snapshot!(text(&result, None), @r"
    failures [shoppers -> edge/POST /orders] 2.4% of POST /orders failed: 80% without an answer in time and 20% refused by a full queue or a limit.
    rejected [api] api refused 3.2% of the requests that reached it (192): they found its queue or one of its limits full.
    breaker [api -> db] The breaker of api -> db opened 1 time and was open for 8% of the time.
    failures [shoppers -> edge/GET /] 0.1% of shoppers -> edge/GET / failed: all of them refused by a rate limit.
    ");
}

#[test]
fn a_queue_that_grows_through_the_run() {
    let mut result = quiet();
    result.nodes[1] = NodeFigures {
        completions_per_s: 80.0,
        ..node("db", 1.0)
    };
    result.series.nodes[1].queue = (0..12).map(|at| f64::from(at) * 100.0).collect();
    insta::assert_snapshot!(text(&result, None), @r"
    overload [db] db cannot keep up: it is 100% busy and completes 80/s of 100/s that arrive, and the number waiting grows through the whole run, from 100 in its first quarter to 1,000 in its last.
    bottleneck [db] db is full: 100% busy.
    ");
    result.series.nodes[1].queue = vec![500.0; 12];
    assert!(!text(&result, None).contains("keep up"));
}

fn phase(
    name: &str,
    span: (f64, f64),
    completed: u64,
    p99_s: f64,
    recovery_s: Option<f64>,
) -> Phase {
    let figures = PhaseFigures {
        id: "shoppers -> edge/POST /orders".to_owned(),
        offered: 1_000,
        completed,
        failed: 1_000 - completed,
        goodput_per_s: 0.0,
        mean_s: p99_s / 3.0,
        p50_s: p99_s / 4.0,
        p99_s,
    };
    Phase {
        name: name.to_owned(),
        from_s: span.0,
        to_s: span.1,
        endpoints: vec![figures],
        recovery_s,
    }
}

#[test]
fn a_fault_that_hurts_and_passes() {
    let mut result = quiet();
    result.phases = vec![
        phase("before", (0.0, 300.0), 999, 0.038, None),
        phase("orders-db slow", (300.0, 330.0), 410, 1.6, None),
        phase(
            "after orders-db slow",
            (330.0, 600.0),
            990,
            0.05,
            Some(12.0),
        ),
    ];
    insta::assert_snapshot!(text(&result, None), @r"
    fault [orders-db slow] While orders-db slow lasted (30 s), POST /orders completed 41% of what was offered instead of 99.9%, and its p99 was 1.6 s instead of 38 ms.
    recovery [orders-db slow] After orders-db slow it took 12 s until all was as before.
    ");
    result.phases[2].recovery_s = Some(0.0);
    assert!(text(&result, None).contains("As soon as orders-db slow was over, all was as before."));
}

#[test]
fn a_fault_that_the_system_does_not_come_back_from() {
    let mut result = quiet();
    result.phases = vec![
        phase("before", (0.0, 300.0), 999, 0.038, None),
        phase("orders-db slow", (300.0, 330.0), 999, 0.2, None),
        phase("after orders-db slow", (330.0, 600.0), 410, 0.04, None),
    ];
    insta::assert_snapshot!(text(&result, None), @r"
    no_recovery [orders-db slow] The system does not come back by itself: in the 4 min 30 s after orders-db slow, POST /orders completed 41% of what was offered instead of 99.9%.
    fault [orders-db slow] While orders-db slow lasted (30 s), the p99 of POST /orders was 200 ms instead of 38 ms.
    ");
}

#[test]
fn faults_that_do_nothing_and_faults_that_take_no_time() {
    let mut result = quiet();
    result.phases = vec![
        phase("before", (0.0, 300.0), 999, 0.038, None),
        phase("api crash", (300.0, 330.0), 999, 0.038, None),
        phase("after api crash", (330.0, 400.0), 999, 0.038, Some(0.0)),
        phase("after cache flush", (400.0, 600.0), 995, 0.09, Some(20.0)),
    ];
    insta::assert_snapshot!(text(&result, None), @r"
    recovery [cache flush] After cache flush it took 20 s until all was as before.
    no_harm [api crash] api crash did no harm that clients could see.
    ");
}

#[test]
fn what_went_wrong_with_the_data() {
    let design = design(
        r#"(format: 1, nodes: {
            "users": Client(traffic: [(to: "api", rate: "10/s")]),
            "api": Service(to: ["db"]),
            "db": Database(),
        }, wires: {"api -> db": (timeout: "1s", retry: ())})"#,
    );
    let mut result = quiet();
    result.correctness = Correctness {
        duplicate_effects: 12,
        stale_reads: 40,
        lost_messages: 1,
        lost_writes: 2,
    };
    insta::assert_snapshot!(text(&result, Some(&design)), @r"
    lost_writes [] 2 writes that had been acknowledged were lost.
    lost_messages [] 1 message was lost for good.
    duplicate_effects [] 12 writes took effect more than once: api -> db retries without an idempotency key.
    stale_reads [] 40 reads were answered with an older value than the newest write.
    ");
    assert!(text(&result, None).contains("12 writes took effect more than once.\n"));
}

#[test]
fn backlogs_grow_stay_or_are_worked_off() {
    let mut result = quiet();
    result.nodes[1].queue = Some(QueueFigures {
        oldest_max_s: 45.0,
        dead_letters: 3,
        delivered: 100,
        redelivered: 4,
        ..QueueFigures::default()
    });
    let mut course = |queue: [f64; 12]| {
        result.series.nodes[1].queue = queue.to_vec();
        text(&result, None)
            .lines()
            .find(|line| line.starts_with("backlog"))
            .unwrap_or("")
            .to_owned()
    };
    let growing = [
        0., 10., 100., 300., 500., 700., 900., 1100., 1300., 1500., 1700., 1900.,
    ];
    insta::assert_snapshot!(course(growing), @"backlog [db] The backlog of db grows until the end: 1,900 messages wait, and the oldest is 45 s old.");
    let drained = [0., 10., 100., 300., 500., 700., 300., 100., 10., 0., 0., 0.];
    insta::assert_snapshot!(course(drained), @"backlog [db] The backlog of db reached 700 messages at 25 s and was worked off by 40 s.");
    let left = [
        0., 10., 100., 300., 500., 700., 600., 550., 500., 450., 400., 350.,
    ];
    insta::assert_snapshot!(course(left), @"backlog [db] The backlog of db reached 700 messages at 25 s, and 350 of them are still waiting at the end.");
    insta::assert_snapshot!(course([50., 60., 55., 50., 70., 50., 50., 60., 50., 55., 50., 60.]), @"backlog [db] The backlog of db stays around 55 messages.");
    assert_eq!(course([1.; 12]), "");
    insta::assert_snapshot!(text(&result, None), @r"
    dead_letters [db] 3 messages of db were given up to the dead letters.
    redelivered [db] 4% of the deliveries of db were repetitions.
    ");
}

#[test]
fn caches_and_what_their_misses_cost() {
    let design = design(
        r#"(format: 1, nodes: {
            "users": Client(traffic: [(to: "api", endpoint: "read", rate: "10/s")]),
            "api": Service(endpoints: {"read": [Work("1ms"), Cached(cache: "cache", miss: [Repeat(times: 2, steps: [Call("db")])])]}),
            "cache": Cache(),
            "db": Database(),
        })"#,
    );
    let mut result = quiet();
    result.nodes[1].latency_s.mean = 0.008_2;
    let figures = CacheFigures {
        lookups: 20_000,
        hits: 16_400,
        coalesced: 600,
        hit_ratio: 0.82,
        ..CacheFigures::default()
    };
    result.nodes.push(NodeFigures {
        cache: Some(figures),
        ..node("cache", 0.0)
    });
    insta::assert_snapshot!(text(&result, Some(&design)), @"cache [cache] cache answers 82% of its look-ups; the other 60/s go on to db (8.2 ms each). 3% of the look-ups waited for another's fetch of the same key.");
    result.nodes[2].cache = Some(CacheFigures {
        fixed: true,
        coalesced: 0,
        ..figures
    });
    insta::assert_snapshot!(text(&result, None), @"cache [cache] cache answers 82% of its look-ups because the design says so: this is given, not simulated.");
}

#[test]
fn broken_laws_come_first_and_cost_and_length_last() {
    let mut result = quiet();
    result.partial = true;
    result.replications = 3;
    result.cost = Cost {
        per_hour: 1.92,
        per_million_good: 0.42,
    };
    result.nodes[0].utilization = 0.3;
    result.checks = vec![
        LawCheck {
            law: "little".to_owned(),
            place: "api".to_owned(),
            left: 12.5,
            right: 12.25,
            holds: false,
        },
        LawCheck {
            law: "conservation".to_owned(),
            place: "db".to_owned(),
            left: 1.0,
            right: 1.0,
            holds: true,
        },
    ];
    result.endpoints[0]
        .latency_s
        .percentiles_ci95
        .remove("p999");
    let mut rare = endpoint("shoppers -> edge/GET /rare", 12);
    rare.latency_s.percentiles_ci95.clear();
    result.endpoints.push(rare);
    insta::assert_snapshot!(text(&result, None), @r"
    law [api] Little's law does not hold at api: 12.5 against 12.25. This is a defect of the simulator, and no figure of this run can be trusted.
    partial [] The run was stopped: the figures are of the 3 replications of 60 s each that had finished.
    bottleneck [api] api fills first: 30% busy, so that traffic can grow to 3.33 times what it is before it is full.
    too_short [] The run is too short for p50 and above of GET /rare: too few requests lie beyond it for a confidence interval.
    too_short [] The run is too short for p99.9 of POST /orders: too few requests lie beyond it for a confidence interval.
    cost [] The design costs $1.92 an hour: $0.42 for a million completed requests.
    ");
    result.replications = 0;
    assert!(text(&result, None).contains("The run was stopped after 60 s of simulated time: "));
}

#[test]
fn a_run_that_does_not_settle() {
    let mut result = quiet();
    (result.warmup_by, result.warmup_s) = ("mser5".to_owned(), 30.0);
    insta::assert_snapshot!(text(&result, None), @"settling [] The run is too short to settle: its first 30 s of 60 s differ from the rest and are left out, and the rest is not steady either.");
    result.warmup_s = 10.0;
    assert_eq!(text(&result, None), "");
}

#[test]
fn endpoints_are_called_by_the_shortest_name_that_is_clear() {
    let ids = [
        "a -> edge/GET /",
        "b -> edge/GET /",
        "b -> edge/POST /",
        "b -> api/",
        "b -> other",
    ];
    let mut result = quiet();
    result.endpoints = ids.iter().map(|id| endpoint(id, 1)).collect();
    let names = names::of_endpoints(&result);
    assert_eq!(
        names,
        [
            "a -> edge/GET /",
            "b -> edge/GET /",
            "POST /",
            "api",
            "other"
        ]
    );
}
