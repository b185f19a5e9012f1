//! M/M/1: one worker, exponential everything.

use super::case;
use crate::insight::theory::loss::Mmck;
use crate::insight::theory::mm1::Mm1;
use crate::study::verify::Case;
use crate::study::verify::expected::{
    Unit, failed, goodput, mean, mean_wait, node, p50, p99, p999, queue_mean, utilization,
};

pub(super) const CASES: &[Case] = &[
    case!(
        "mm1",
        "M/M/1",
        "Kleinrock 1975, section 3.2 and 5.7",
        || {
            let queue = Mm1::new(80.0, 100.0)?;
            Ok(vec![
                mean("users", queue.mean_sojourn()),
                p50("users", queue.sojourn_percentile(0.5)?),
                p99("users", queue.sojourn_percentile(0.99)?),
                goodput("users", 80.0),
                utilization("server", queue.load()),
                mean_wait("server", queue.mean_wait()),
                queue_mean("server", queue.queue_mean()),
                node(
                    "p99 at the node, its queue included",
                    Unit::Seconds,
                    "server",
                    |n| Some(n.latency_s.p99),
                    queue.sojourn_percentile(0.99)?,
                ),
                node(
                    "p99 of the wait",
                    Unit::Seconds,
                    "server",
                    |n| Some(n.wait_s.p99),
                    queue.wait_percentile(0.99)?,
                ),
            ])
        }
    ),
    case!(
        "mm1-half",
        "M/M/1",
        "Kleinrock 1975, section 3.2 and 5.7",
        || {
            let queue = Mm1::new(50.0, 100.0)?;
            Ok(vec![
                mean("users", queue.mean_sojourn()),
                p999("users", queue.sojourn_percentile(0.999)?),
                utilization("server", queue.load()),
            ])
        }
    ),
    case!(
        "mm1-heavy",
        "M/M/1",
        "Kleinrock 1975, section 3.2 and 5.7",
        || {
            let queue = Mm1::new(90.0, 100.0)?;
            Ok(vec![
                mean("users", queue.mean_sojourn()),
                utilization("server", queue.load()),
            ])
        }
    ),
    case!(
        "queue-limit",
        "M/M/1",
        "M/M/1/K: Gross and Harris 2008, equation 2.45",
        || {
            let queue = Mmck::new(80.0, 100.0, 1, 501)?;
            Ok(vec![
                failed("users", queue.blocked()),
                mean("users", queue.mean_sojourn()),
            ])
        }
    ),
    case!(
        "lifo",
        "M/M/1",
        "Kleinrock 1975, section 3.2: the mean of every such order",
        || { Ok(vec![mean("users", Mm1::new(70.0, 100.0)?.mean_sojourn())]) }
    ),
];
