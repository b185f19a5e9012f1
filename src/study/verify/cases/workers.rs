//! Several workers: with a queue, with a short queue, with none, and whatever else acts as a worker:
//! cores, places inside, pooled connections.

use super::case;
use crate::insight::theory::Theory;
use crate::insight::theory::infinite::{mean_busy, mean_busy_after};
use crate::insight::theory::loss::{Mmck, erlang_b};
use crate::insight::theory::mm1;
use crate::insight::theory::mmc::Mmc;
use crate::insight::theory::numeric::integral;
use crate::study::verify::Case;
use crate::study::verify::expected::{
    Expected, Unit, busy_mean, failed, goodput, mean, mean_wait, node, p99, queue_mean, ratio,
    utilization, wire,
};

pub(super) const CASES: &[Case] = &[
    case!(
        "mmc",
        "M/M/c",
        "Erlang C: Harchol-Balter 2013, section 14",
        || {
            let queue = Mmc::new(320.0, 100.0, 4)?;
            Ok(vec![
                mean("users", queue.mean_sojourn()),
                p99("users", queue.sojourn_percentile(0.99)?),
                mean_wait("server", queue.mean_wait()),
                queue_mean("server", queue.queue_mean()),
                utilization("server", mm1::utilization(320.0, 0.01, 4)?),
                node(
                    "Little's law: queue / (arrivals x wait)",
                    Unit::Share,
                    "server",
                    |n| Some(ratio(n.queue_mean, n.arrivals_per_s * n.wait_s.mean)),
                    1.0,
                ),
                node(
                    "utilization law: busy / (completions x service)",
                    Unit::Share,
                    "server",
                    |n| Some(ratio(n.busy_mean, n.completions_per_s * n.service_s.mean)),
                    1.0,
                ),
            ])
        }
    ),
    case!(
        "cores",
        "M/M/c",
        "Erlang C: Harchol-Balter 2013, section 14",
        || {
            Ok(vec![mean(
                "users",
                Mmc::new(150.0, 100.0, 2)?.mean_sojourn(),
            )])
        }
    ),
    case!(
        "in-flight",
        "M/M/c",
        "Erlang C: Harchol-Balter 2013, section 14",
        || {
            let queue = Mmc::new(320.0, 100.0, 4)?;
            Ok(vec![
                mean("users", queue.mean_sojourn()),
                p99("users", queue.sojourn_percentile(0.99)?),
            ])
        }
    ),
    case!(
        "pool",
        "M/M/c",
        "Erlang C: Harchol-Balter 2013, section 14",
        || {
            let queue = Mmc::new(400.0, 100.0, 5)?;
            Ok(vec![
                mean("users", queue.mean_sojourn()),
                wire(
                    "mean wait for a connection",
                    Unit::Seconds,
                    "front -> backend",
                    |w| w.pool_wait_s.mean,
                    queue.mean_wait(),
                ),
                wire(
                    "mean connections in use",
                    Unit::Number,
                    "front -> backend",
                    |w| w.pool_busy_mean,
                    4.0,
                ),
            ])
        }
    ),
    case!(
        "work-queue",
        "M/M/c",
        "Erlang C: Harchol-Balter 2013, section 14",
        || {
            let queue = Mmc::new(240.0, 100.0, 3)?;
            Ok(vec![
                node(
                    "mean age of a message",
                    Unit::Seconds,
                    "jobs",
                    |n| Some(n.queue?.age_s.mean),
                    queue.mean_sojourn(),
                ),
                utilization("worker", queue.load()),
            ])
        }
    ),
    case!(
        "mmck",
        "M/M/c/K",
        "Gross and Harris 2008, section 2.5",
        finite
    ),
    case!(
        "concurrency",
        "M/M/c/K",
        "Gross and Harris 2008, section 2.5",
        finite
    ),
    case!(
        "erlang-b",
        "Erlang B",
        "Gross and Harris 2008, equation 2.53",
        loss
    ),
    case!(
        "erlang-b-insensitive",
        "Erlang B",
        "Gross and Harris 2008, section 5.2.2",
        loss
    ),
    case!(
        "bulkhead",
        "Erlang B",
        "Gross and Harris 2008, equation 2.53",
        || {
            Ok(vec![
                failed("users", erlang_b(10, 8.0)),
                mean("users", 0.01),
            ])
        }
    ),
    case!(
        "infinite",
        "M/G/inf",
        "Gross and Harris 2008, section 5.2.2",
        || {
            Ok(vec![
                mean("users", 0.05),
                busy_mean("server", mean_busy(200.0, 0.05)?),
            ])
        }
    ),
    case!(
        "start",
        "M/G/inf",
        "Gross and Harris 2008, equation 2.71",
        || {
            let busy = |t: f64| mean_busy_after(1000.0, 10.0, t).unwrap_or(f64::NAN);
            Ok(vec![busy_mean(
                "server",
                integral(busy, 0.0, 10.0, 8) / 10.0,
            )])
        }
    ),
    case!(
        "blocking-dependency",
        "blocking",
        "one worker, one second each: arithmetic",
        || {
            Ok(vec![
                goodput("users", 1.0),
                mean("users", 20.0),
                utilization("front", 1.0),
                busy_mean("slow", 1.0),
            ])
        }
    ),
];

/// M/M/2/5, whichever rule limits it.
fn finite() -> Theory<Vec<Expected>> {
    let queue = Mmck::new(150.0, 100.0, 2, 5)?;
    Ok(vec![
        failed("users", queue.blocked()),
        goodput("users", queue.throughput()),
        mean("users", queue.mean_sojourn()),
        mean_wait("server", queue.mean_wait()),
        busy_mean("server", queue.busy_mean()),
    ])
}

/// Ten workers, 8 Erlang.
fn loss() -> Theory<Vec<Expected>> {
    let blocked = erlang_b(10, 8.0);
    Ok(vec![
        failed("users", blocked),
        mean("users", 0.01),
        utilization("server", 0.8 * (1.0 - blocked)),
    ])
}
