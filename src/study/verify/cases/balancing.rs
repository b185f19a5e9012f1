//! Ways to spread requests over replicas.

use super::case;
use crate::insight::theory::choices::{Draw, refined_mean_sojourn};
use crate::insight::theory::gm1::{Gaps, Gm1};
use crate::insight::theory::mm1::Mm1;
use crate::insight::theory::routing::shortest_of;
use crate::study::verify::Case;
use crate::study::verify::expected::{mean, node_mean, p99, utilization};

pub(super) const CASES: &[Case] = &[
    case!(
        "random-split",
        "balancing",
        "a part of a Poisson stream is one",
        || {
            let queue = Mm1::new(80.0, 100.0)?;
            Ok(vec![
                mean("users", queue.mean_sojourn()),
                p99("users", queue.sojourn_percentile(0.99)?),
            ])
        }
    ),
    case!(
        "round-robin",
        "balancing",
        "E4/M/1: Kleinrock 1975, section 6.4",
        || {
            let queue = Gm1::new(80.0, &Gaps::Erlang(4), 100.0)?;
            Ok(vec![
                mean("users", queue.mean_sojourn()),
                p99("users", queue.sojourn_percentile(0.99)?),
            ])
        }
    ),
    case!(
        "weighted-split",
        "balancing",
        "a part of a Poisson stream is one",
        || {
            Ok(vec![
                node_mean(
                    "mean at the fast",
                    "fast",
                    Mm1::new(75.0, 100.0)?.mean_sojourn(),
                ),
                node_mean(
                    "mean at the slow",
                    "slow",
                    Mm1::new(25.0, 1.0 / 0.03)?.mean_sojourn(),
                ),
            ])
        }
    ),
    case!(
        "shortest-of-two",
        "balancing",
        "Markov chain of the sorted queue lengths",
        || {
            Ok(vec![
                mean("users", 0.01 * shortest_of(2, 2, 0.8, 70)?),
                utilization("server", 0.8),
            ])
        }
    ),
    case!(
        "two-of-four",
        "balancing",
        "Markov chain of the sorted queue lengths",
        || {
            Ok(vec![
                mean("users", 0.01 * shortest_of(4, 2, 0.7, 16)?),
                utilization("server", 0.7),
            ])
        }
    ),
    case!(
        "two-of-hundred",
        "balancing",
        "Mitzenmacher 1996; Gast and Van Houdt 2017",
        || {
            // The corrected limit is off by about the square of its correction, 1.9%.
            let sojourn = 0.01 * refined_mean_sojourn(0.9, 100, Draw::Distinct)?;
            let figure = mean("users", sojourn);
            Ok(vec![figure.within(
                0.001 * sojourn,
                "mean field, corrected to order 1/n",
            )])
        },
    ),
];
