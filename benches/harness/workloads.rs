//! The workloads: which design, for how long, beside which loop.

use crate::loops::{Observed, w1, w2, w3};

/// A workload.
pub(crate) struct Workload {
    /// What `cargo bench -- NAME` looks for.
    pub name: &'static str,
    /// The design, in `scenarios/bench`.
    pub file: &'static str,
    /// Simulated time, so that a run takes some tenths of a second.
    pub duration_s: u64,
    /// The loop for the same model and what it is known to give.
    pub twin: Option<Twin>,
}

/// A hand-written loop.
pub(crate) struct Twin {
    /// Runs it: seed and simulated time in ns.
    pub run: fn(u64, u64) -> Observed,
    /// The exact mean latency, in seconds.
    pub mean_s: f64,
    /// The engine may take this many times as long, if the workload has a bar.
    pub bar: Option<f64>,
}

/// All of them.
pub(crate) const ALL: [Workload; 8] = [
    Workload {
        name: "w1",
        file: "w1.ron",
        duration_s: 4_000_000,
        twin: Some(Twin {
            run: w1::run,
            mean_s: 5.0,
            bar: Some(3.0),
        }),
    },
    Workload {
        name: "w2",
        file: "w2.ron",
        duration_s: 250_000,
        twin: Some(Twin {
            run: w2::run,
            mean_s: 1.0953,
            bar: Some(1.6),
        }),
    },
    Workload {
        name: "w3",
        file: "w3.ron",
        duration_s: 2_000,
        twin: Some(Twin {
            run: w3::run,
            mean_s: 0.007_100_1,
            bar: Some(2.0),
        }),
    },
    Workload {
        name: "w3r",
        file: "w3r.ron",
        duration_s: 2_000,
        twin: Some(Twin {
            run: w3::run_retries,
            mean_s: 0.010_459,
            bar: None,
        }),
    },
    Workload {
        name: "w3h",
        file: "w3h.ron",
        duration_s: 300,
        twin: Some(Twin {
            run: w3::run_high,
            mean_s: 0.008_524,
            bar: None,
        }),
    },
    Workload {
        name: "w4",
        file: "w4.ron",
        duration_s: 10,
        twin: None,
    },
    Workload {
        name: "shop",
        file: "shop.ron",
        duration_s: 600,
        twin: None,
    },
    Workload {
        name: "mesh",
        file: "mesh500.ron",
        duration_s: 10,
        twin: None,
    },
];
