//! Results made by hand, for tests of what saves and prints results.

use crate::sim::result::*;
use std::collections::BTreeMap;

/// A run of a shop with a fault in the middle: something of everything.
pub(crate) fn checkout() -> RunResult {
    RunResult {
        format: FORMAT.to_owned(),
        design: DesignRef {
            name: "checkout".to_owned(),
            file: "shop/checkout.ron".to_owned(),
            hash: "00c0ffee00c0ffee".to_owned(),
            variant: Some("pool of 60".to_owned()),
        },
        seed: 1,
        replications: 8,
        simulated_s: 600.0,
        warmup_s: 0.0,
        events: 12_431_877,
        partial: false,
        endpoints: vec![get_order(), post_order()],
        nodes: nodes(),
        wires: wires(),
        correctness: Correctness {
            duplicate_effects: 3,
            stale_reads: 0,
            lost_messages: 12,
            lost_writes: 0,
        },
        objectives: objectives(),
        cost: Cost {
            per_hour: 1.92,
            per_million_good: 1.0132,
        },
        findings: vec![
            finding(
                "bottleneck",
                "api -> orders-db",
                "The pools of api towards orders-db fill first: they are 79% busy on average, and the database is only 41% busy.",
            ),
            finding(
                "retry_amplification",
                "api -> orders-db",
                "Retries add 31% load while orders-db is slow.",
            ),
        ],
        warmup_by: "transient".to_owned(),
        phases: phases(),
        attribution: attribution(),
        exemplars: vec![Exemplar {
            id: "shoppers -> edge/POST /orders".to_owned(),
            which: "slowest".to_owned(),
            replication: 3,
            start_s: 321.5,
            latency_s: 2.1,
            spans: vec![Span {
                depth: 0,
                place: "api".to_owned(),
                what: "call".to_owned(),
                start_s: 0.0,
                length_s: 2.1,
                critical: true,
            }],
        }],
        series: series(),
        checks: vec![law("conservation", true), law("little", true)],
    }
}

/// A single queue without anything special: a run as small as can be.
pub(crate) fn single() -> RunResult {
    let mut endpoint = get_order();
    endpoint.id = "users -> server/request".to_owned();
    endpoint.failed = BTreeMap::new();
    endpoint.completed = endpoint.offered;
    endpoint.in_flight = 0;
    let mut server = node("server", "service", 0.8);
    server.queue_mean = 3.2;
    RunResult {
        design: DesignRef {
            name: "one queue".to_owned(),
            file: "one.ron".to_owned(),
            hash: "0123456789abcdef".to_owned(),
            variant: None,
        },
        replications: 1,
        simulated_s: 60.0,
        warmup_s: 6.4,
        warmup_by: "mser5".to_owned(),
        endpoints: vec![endpoint],
        nodes: vec![server],
        wires: Vec::new(),
        correctness: Correctness::default(),
        objectives: Vec::new(),
        cost: Cost::default(),
        findings: Vec::new(),
        phases: Vec::new(),
        attribution: Vec::new(),
        exemplars: Vec::new(),
        ..checkout()
    }
}

fn counts(pairs: &[(&str, u64)]) -> BTreeMap<String, u64> {
    pairs
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect()
}

fn get_order() -> EndpointFigures {
    EndpointFigures {
        id: "shoppers -> edge/GET /orders/{id}".to_owned(),
        offered: 330_012,
        completed: 329_870,
        failed: counts(&[("timeout", 130)]),
        in_flight: 12,
        goodput_per_s: 549.78,
        goodput_ci95: [548.9, 550.7],
        attempts_per_request: 1.0,
        latency_s: Latency {
            mean: 0.003_412,
            ci95: [0.003_398, 0.003_427],
            p50: 0.002_11,
            p90: 0.004_02,
            p95: 0.006_31,
            p99: 0.018_4,
            p999: 0.084,
            max: 0.612,
            percentiles_ci95: [
                ("p50", [0.0021, 0.002_12]),
                ("p90", [0.004, 0.004_05]),
                ("p95", [0.006_2, 0.006_42]),
                ("p99", [0.0179, 0.0191]),
            ]
            .map(|(name, interval)| (name.to_owned(), interval))
            .into(),
        },
        failed_latency_s: Latency {
            mean: 0.25,
            p99: 0.25,
            ..Latency::default()
        },
        degraded: 0,
        attack: false,
    }
}

fn post_order() -> EndpointFigures {
    EndpointFigures {
        id: "shoppers -> edge/POST /orders".to_owned(),
        offered: 72_013,
        completed: 68_402,
        failed: counts(&[("timeout", 3_104), ("rejected", 498)]),
        in_flight: 9,
        goodput_per_s: 114.0,
        goodput_ci95: [112.1, 115.8],
        attempts_per_request: 1.31,
        latency_s: Latency {
            mean: 0.0124,
            ci95: [0.0121, 0.0127],
            p50: 0.0098,
            p90: 0.0221,
            p95: 0.031,
            p99: 0.271,
            p999: 1.21,
            max: 2.104,
            percentiles_ci95: [("p50", [0.0096, 0.01]), ("p99", [0.249, 0.297])]
                .map(|(name, interval)| (name.to_owned(), interval))
                .into(),
        },
        failed_latency_s: Latency {
            mean: 0.5,
            p99: 0.52,
            ..Latency::default()
        },
        degraded: 42,
        attack: false,
    }
}

fn node(id: &str, kind: &str, utilization: f64) -> NodeFigures {
    NodeFigures {
        id: id.to_owned(),
        kind: kind.to_owned(),
        arrivals_per_s: 670.0,
        completions_per_s: 664.0,
        utilization,
        queue_mean: 0.0,
        queue_max: 3,
        wait_s: Times {
            mean: 0.000_02,
            p50: 0.0,
            p99: 0.000_8,
        },
        service_s: Times {
            mean: 0.001_9,
            p50: 0.001_5,
            p99: 0.007_7,
        },
        rejected: 0,
        latency_s: Times {
            mean: 0.004_8,
            p50: 0.0031,
            p99: 0.0712,
        },
        busy_mean: 3.0,
        workers: 128,
        wasted_share: 0.0,
        errors: 0,
        availability: 1.0,
        stations: Vec::new(),
        cache: None,
        queue: None,
    }
}

fn nodes() -> Vec<NodeFigures> {
    let mut edge = node("edge", "balancer", 0.0);
    edge.workers = 0;
    let mut api = node("api", "service", 0.58);
    api.queue_mean = 0.31;
    api.queue_max = 412;
    api.rejected = 498;
    api.wasted_share = 0.021;
    let mut cache = node("cache", "cache", 0.24);
    cache.latency_s = Times {
        mean: 0.000_51,
        p50: 0.000_5,
        p99: 0.000_9,
    };
    cache.cache = Some(CacheFigures {
        lookups: 330_012,
        hits: 267_310,
        stale: 0,
        coalesced: 1_203,
        evictions: 12_004,
        hit_ratio: 0.81,
        fixed: false,
    });
    let mut database = node("orders-db", "database", 0.413);
    database.errors = 7;
    database.availability = 0.998;
    database.stations = vec![StationFigures {
        id: "disk".to_owned(),
        utilization: 0.12,
        queue_mean: 0.004,
        queue_max: 9,
        wait_s: Times {
            mean: 0.000_04,
            p50: 0.0,
            p99: 0.000_6,
        },
        service_s: Times {
            mean: 0.000_98,
            p50: 0.000_9,
            p99: 0.002,
        },
    }];
    let mut queue = node("order-events", "queue", 0.0);
    queue.workers = 0;
    queue.queue = Some(QueueFigures {
        published: 68_390,
        delivered: 68_412,
        redelivered: 22,
        acknowledged: 68_371,
        dead_letters: 1,
        backlog: 18,
        oldest_max_s: 31.2,
        age_s: Times {
            mean: 0.0612,
            p50: 0.05,
            p99: 0.4,
        },
    });
    vec![edge, api, cache, database, queue]
}

fn wires() -> Vec<WireFigures> {
    let quiet = WireFigures {
        id: "edge -> api".to_owned(),
        calls: 402_025,
        attempts: 402_025,
        latency_s: Times {
            mean: 0.0048,
            p50: 0.0031,
            p99: 0.0712,
        },
        bytes: 1_900_000_000,
        ..WireFigures::default()
    };
    let telling = WireFigures {
        id: "api -> orders-db".to_owned(),
        calls: 206_700,
        attempts: 270_777,
        retries: 64_077,
        failed: counts(&[("timeout", 60_120), ("error", 7)]),
        budget_refused: 1_020,
        fallbacks: 42,
        breaker_opened: 2,
        breaker_open_share: 0.034,
        latency_s: Times {
            mean: 0.0041,
            p50: 0.003,
            p99: 0.062,
        },
        pool_wait_s: Times {
            mean: 0.0031,
            p50: 0.0,
            p99: 0.02,
        },
        pool_busy_mean: 63.2,
        pool_size: 80,
        messages_lost: 0,
        bytes: 800_000_000,
        ..WireFigures::default()
    };
    vec![quiet, telling]
}

fn objectives() -> Vec<ObjectiveResult> {
    vec![
        ObjectiveResult {
            text: "p99(POST /orders) < 250ms".to_owned(),
            met: false,
            observed: Some(0.271),
            ci95: Some([0.249, 0.297]),
            note: "the interval reaches over the limit".to_owned(),
        },
        ObjectiveResult {
            text: "goodput(POST /orders) > 99% of offered".to_owned(),
            met: false,
            observed: Some(0.9499),
            ci95: None,
            note: String::new(),
        },
        ObjectiveResult {
            text: "recovery(orders-db slow) < 60s".to_owned(),
            met: true,
            observed: Some(41.0),
            ci95: None,
            note: String::new(),
        },
    ]
}

fn finding(id: &str, about: &str, text: &str) -> Finding {
    Finding {
        id: id.to_owned(),
        about: about.to_owned(),
        text: text.to_owned(),
    }
}

fn law(law: &str, holds: bool) -> LawCheck {
    LawCheck {
        law: law.to_owned(),
        place: "api".to_owned(),
        left: 3.0,
        right: 3.0,
        holds,
    }
}

fn phases() -> Vec<Phase> {
    let seen = |id: &str, goodput_per_s: f64, failed: u64, p50_s: f64, p99_s: f64| PhaseFigures {
        id: id.to_owned(),
        offered: 36_000,
        completed: 36_000 - failed,
        failed,
        goodput_per_s,
        mean_s: p50_s * 1.4,
        p50_s,
        p99_s,
    };
    let phase = |name: &str, from_s, to_s, endpoints, recovery_s| Phase {
        name: name.to_owned(),
        from_s,
        to_s,
        endpoints,
        recovery_s,
    };
    let (get, post) = (
        "shoppers -> edge/GET /orders/{id}",
        "shoppers -> edge/POST /orders",
    );
    vec![
        phase(
            "before",
            0.0,
            300.0,
            vec![
                seen(get, 550.1, 0, 0.0021, 0.0172),
                seen(post, 120.2, 0, 0.0097, 0.0712),
            ],
            None,
        ),
        phase(
            "orders-db slow",
            300.0,
            330.0,
            vec![
                seen(get, 541.0, 130, 0.0024, 0.25),
                seen(post, 41.3, 3_602, 1.21, 2.1),
            ],
            None,
        ),
        phase(
            "after orders-db slow",
            330.0,
            600.0,
            vec![
                seen(get, 549.8, 0, 0.0021, 0.018),
                seen(post, 119.9, 0, 0.0098, 0.0741),
            ],
            Some(41.0),
        ),
    ]
}

fn attribution() -> Vec<Attribution> {
    let part = |place: &str, what: &str, mean_s, slowest_s| AttributionPart {
        place: place.to_owned(),
        what: what.to_owned(),
        mean_s,
        slowest_s,
    };
    vec![Attribution {
        id: "shoppers -> edge/POST /orders".to_owned(),
        followed: 68_402,
        slowest: 684,
        mean_s: 0.0124,
        slowest_s: 0.612,
        parts: vec![
            part("orders-db", "service", 0.0051, 0.021),
            part("api -> orders-db", "pool", 0.0031, 0.31),
            part("api", "service", 0.0023, 0.004),
            part("api", "wait", 0.0011, 0.201),
            part("api -> orders-db", "backoff", 0.0006, 0.07),
            part("edge -> api", "network", 0.0002, 0.006),
        ],
    }]
}

/// Sixty buckets of ten seconds with a slow half minute from 300 s on.
fn series() -> Series {
    let buckets = 60_u32;
    let shape = |calm: f64, slow: f64| -> Vec<f64> {
        (0..buckets)
            .map(|bucket| match bucket {
                30..33 => slow,
                33..37 => calm + (slow - calm) * f64::from(37 - bucket) / 8.0,
                _ => calm * (1.0 + 0.04 * f64::from(bucket * 7 % 5)),
            })
            .collect()
    };
    Series {
        edges_s: (0..=buckets).map(|edge| f64::from(edge) * 10.0).collect(),
        endpoints: vec![
            EndpointSeries {
                id: "shoppers -> edge/GET /orders/{id}".to_owned(),
                offered_per_s: shape(550.0, 550.0),
                completed_per_s: shape(549.0, 541.0),
                failed_per_s: shape(0.0, 4.3),
                p50_s: shape(0.0021, 0.0024),
                p99_s: shape(0.017, 0.25),
            },
            EndpointSeries {
                id: "shoppers -> edge/POST /orders".to_owned(),
                offered_per_s: shape(120.0, 120.0),
                completed_per_s: shape(119.0, 41.3),
                failed_per_s: shape(0.0, 78.0),
                p50_s: shape(0.0097, 1.21),
                p99_s: shape(0.071, 2.1),
            },
        ],
        nodes: vec![NodeSeries {
            id: "api".to_owned(),
            utilization: shape(0.58, 1.0),
            queue: shape(0.0, 310.0),
        }],
    }
}
