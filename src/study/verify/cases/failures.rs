//! Failures and what callers make of them: retries, loss, breakdown and repair.

use super::case;
use crate::insight::theory::availability::{at_least, availability, survives};
use crate::insight::theory::modulated::Modulated;
use crate::insight::theory::retry::{Attempt, mean_attempts, mean_latency, success};
use crate::study::verify::Case;
use crate::study::verify::expected::{Unit, answered, attempts, mean, node, ratio, wire};

pub(super) const CASES: &[Case] = &[
    case!(
        "network",
        "network",
        "two ways and the work: arithmetic",
        || { Ok(vec![mean("users", 0.02)]) }
    ),
    case!(
        "retry",
        "retries",
        "the geometric distribution, cut off",
        || {
            let attempt = Attempt {
                failure: 0.2,
                works: 0.01,
                fails: 0.01,
            };
            Ok(vec![
                attempts("users", mean_attempts(0.2, 3)?),
                answered("users", success(0.2, 3)?),
                mean("users", mean_latency(&attempt, &[0.02, 0.04])?),
            ])
        }
    ),
    case!(
        "loss",
        "retries",
        "the geometric distribution, cut off",
        || {
            let failure = 1.0 - 0.95 * 0.95;
            let attempt = Attempt {
                failure,
                works: 0.001,
                fails: 0.05,
            };
            Ok(vec![
                attempts("users", mean_attempts(failure, 3)?),
                answered("users", success(failure, 3)?),
                mean("users", mean_latency(&attempt, &[0.0, 0.0])?),
                wire(
                    "messages lost per attempt",
                    Unit::Share,
                    "users -> server",
                    |w| ratio(w.messages_lost as f64, w.attempts as f64),
                    failure,
                ),
            ])
        }
    ),
    case!(
        "availability",
        "breakdown and repair",
        "the renewal theorem: Ross 1996",
        || {
            Ok(vec![
                node(
                    "availability",
                    Unit::Share,
                    "server",
                    |n| Some(n.availability),
                    availability(9.0, 1.0)?,
                ),
                answered("users", survives(9.0, 1.0, 0.01)?),
            ])
        }
    ),
    case!("majority", "k of n", "the binomial distribution", || {
        Ok(vec![answered(
            "users",
            at_least(3, 2, availability(4.5, 0.5)?)?,
        )])
    }),
    case!("k-of-n", "k of n", "the binomial distribution", || {
        Ok(vec![answered("users", at_least(5, 3, 0.9)?)])
    }),
    case!(
        "breakdowns",
        "breakdown and repair",
        "White and Christie 1958",
        || {
            let queue = Modulated::breakdowns(50.0, 100.0, 1.0, 0.1)?;
            Ok(vec![mean("users", queue.mean_sojourn()?)])
        }
    ),
];
