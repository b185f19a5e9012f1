//! Requests in several parts: all, some, or the first of them.

use super::case;
use crate::insight::theory::fork_join::mean_of_two;
use crate::insight::theory::hedge::Hedged;
use crate::insight::theory::order::{exponential_mean, exponential_percentile};
use crate::study::verify::Case;
use crate::study::verify::expected::{
    Expected, Unit, mean, mean_of, p99, ratio, utilization, wire,
};

pub(super) const CASES: &[Case] = &[
    case!(
        "fork-join",
        "fork and join",
        "Nelson and Tantawi 1988, equation 2",
        || {
            Ok(vec![
                mean("users", mean_of_two(80.0, 100.0)?),
                utilization("left", 0.8),
            ])
        }
    ),
    case!(
        "maximum",
        "order statistics",
        "David and Nagaraja 2003, section 2.5",
        || {
            Ok(vec![
                mean("users", exponential_mean(10, 10, 0.01)?),
                p99("users", exponential_percentile(10, 10, 0.01, 0.99)?),
            ])
        }
    ),
    case!(
        "quorum",
        "order statistics",
        "David and Nagaraja 2003, section 2.5",
        || {
            Ok(vec![
                mean_of(
                    "mean, two of three",
                    "quorum",
                    exponential_mean(3, 2, 0.01)?,
                ),
                mean_of(
                    "mean, first of three",
                    "fastest",
                    exponential_mean(3, 1, 0.01)?,
                ),
                Expected {
                    name: "p99, two of three",
                    ..p99("quorum", exponential_percentile(3, 2, 0.01, 0.99)?)
                },
            ])
        }
    ),
    case!(
        "hedge",
        "hedging",
        "minimum of two exponentials, one delayed",
        || {
            let call = Hedged::new(0.01, 0.02)?;
            Ok(vec![
                mean("users", call.mean()),
                p99("users", call.percentile(0.99)?),
                wire(
                    "hedges per call",
                    Unit::Share,
                    "users -> server",
                    |w| ratio(w.hedges as f64, w.calls as f64),
                    call.hedged(),
                ),
            ])
        }
    ),
];
