//! Callers that give up: timeouts with and without cancellation, and patience.

use super::case;
use crate::insight::theory::impatience::{ErlangA, sojourn_limit, wait_limit};
use crate::insight::theory::mm1::Mm1;
use crate::study::verify::Case;
use crate::study::verify::expected::{failed, goodput, mean, queue_mean, utilization};

pub(super) const CASES: &[Case] = &[
    case!(
        "timeout",
        "abandonment",
        "the exponential sojourn of M/M/1, cut off",
        || {
            let queue = Mm1::new(80.0, 100.0)?;
            let late = queue.sojourn_tail(0.1);
            Ok(vec![
                failed("users", late),
                mean("users", queue.mean_sojourn_within(0.1)?),
                goodput("users", 80.0 * (1.0 - late)),
                utilization("server", queue.load()),
            ])
        }
    ),
    case!(
        "timeout-cancel",
        "abandonment",
        "Cohen 1969, III.5; Gavish and Schweitzer 1977",
        || {
            let queue = sojourn_limit(80.0, 100.0, 0.05)?;
            Ok(vec![
                failed("users", queue.abandoned),
                mean("users", queue.served_sojourn),
                utilization("server", queue.utilization),
            ])
        }
    ),
    case!(
        "patience",
        "abandonment",
        "M/M/c+D: Baccelli and Hebuterne 1981",
        || {
            let queue = wait_limit(350.0, 100.0, 3, 0.03)?;
            Ok(vec![
                failed("users", queue.abandoned),
                mean("users", queue.served_wait + 0.01),
                goodput("users", 350.0 * (1.0 - queue.abandoned)),
            ])
        }
    ),
    case!(
        "erlang-a",
        "abandonment",
        "Erlang A: Palm 1957; Garnett, Mandelbaum and Reiman 2002",
        || {
            // Service and patience both forget, so those in service who give up raise the service rate.
            let queue = ErlangA::new(210.0, 120.0, 2, 20.0)?;
            Ok(vec![
                mean("users", queue.mean_number() / 210.0),
                queue_mean("server", queue.queue_mean()),
                utilization("server", (queue.mean_number() - queue.queue_mean()) / 2.0),
            ])
        }
    ),
];
