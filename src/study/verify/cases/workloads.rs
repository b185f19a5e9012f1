//! The workloads of the benchmarks, whose means are known.

use super::case;
use crate::insight::theory::Theory;
use crate::insight::theory::attempt::LookUp;
use crate::insight::theory::mm1::Mm1;
use crate::insight::theory::mmc::Mmc;
use crate::insight::theory::retry::{mean_attempts, mean_latency};
use crate::study::verify::Case;
use crate::study::verify::expected::{Expected, attempts, mean, p99};

pub(super) const CASES: &[Case] = &[
    case!(
        "w1",
        "workloads",
        "M/M/1: Kleinrock 1975, section 3.2",
        || { Ok(vec![mean("users", Mm1::new(0.8, 1.0)?.mean_sojourn())]) }
    ),
    case!(
        "w2",
        "workloads",
        "Erlang C: Harchol-Balter 2013, section 14",
        || {
            let queue = Mmc::new(12.8, 1.0, 16)?;
            Ok(vec![
                mean("users", queue.mean_sojourn()),
                p99("users", queue.sojourn_percentile(0.99)?),
            ])
        }
    ),
    case!(
        "w3",
        "workloads",
        "law of an attempt without queues, integrated",
        || { microservice(vec![(0.2, 0.008)]) }
    ),
    case!(
        "w3r",
        "workloads",
        "law of an attempt without queues, integrated",
        || { microservice(vec![(0.18, 0.008), (0.02, 0.4)]) }
    ),
    case!(
        "w3h",
        "workloads",
        "two independent programs, 120 million requests",
        || {
            let note = "long runs of other programs";
            Ok(vec![
                mean("users", 0.008_524).within(0.000_009, note),
                p99("users", 0.031_8).within(0.000_15, note),
            ])
        }
    ),
];

/// The microservice of the benchmarks, by the probability and mean of each query.
fn microservice(queries: Vec<(f64, f64)>) -> Theory<Vec<Expected>> {
    let service_cv = libm::expm1(0.25).sqrt();
    let chain = LookUp {
        service_mean: 0.005,
        service_cv,
        look_up: 0.0005,
        queries,
    };
    let attempt = chain.within(0.2)?;
    Ok(vec![
        mean("users", mean_latency(&attempt, &[0.025, 0.05])?),
        attempts("users", mean_attempts(attempt.failure, 3)?),
    ])
}
