//! Arrivals that are not Poisson: G/M/1, batches, bursts, rates that change.

use super::case;
use crate::insight::theory::Theory;
use crate::insight::theory::batch::{self, BatchSize};
use crate::insight::theory::gm1::{Gaps, Gm1};
use crate::insight::theory::modulated::Modulated;
use crate::insight::theory::moments::Moments;
use crate::study::verify::Case;
use crate::study::verify::expected::{Expected, goodput, mean, mean_of, p99, utilization};

pub(super) const CASES: &[Case] = &[
    case!("gm1-even", "G/M/1", "Kleinrock 1975, section 6.4", || {
        single(80.0, &Gaps::Even)
    }),
    case!("gm1-erlang", "G/M/1", "Kleinrock 1975, section 6.4", || {
        single(80.0, &Gaps::Erlang(4))
    }),
    case!(
        "gm1-hyperexponential",
        "G/M/1",
        "Kleinrock 1975, section 6.4",
        || { single(70.0, &Gaps::HyperExponential(vec![(0.9, 0.5), (0.1, 5.5)])) }
    ),
    case!(
        "batches",
        "batch arrivals",
        "Gross and Harris 2008, section 3.1",
        || {
            let service = Moments::exponential(0.01)?;
            let wait = batch::mean_wait(70.0, &BatchSize::constant(5)?, &service)?;
            Ok(vec![mean("users", wait + 0.01), utilization("server", 0.7)])
        }
    ),
    case!(
        "bursts",
        "bursts",
        "MMPP/M/1 by matrices: Neuts 1981, chapter 3",
        || {
            let queue = Modulated::bursts(60.0, 3.0, 0.5, 2.0, 100.0)?;
            Ok(vec![
                mean("users", queue.mean_sojourn()?),
                utilization("server", 0.6),
            ])
        }
    ),
    case!(
        "curves",
        "rates that change",
        "the area under the curve: arithmetic",
        || {
            Ok(vec![
                Expected {
                    name: "requests per second, ramp",
                    ..goodput("ramp", 100.0)
                },
                Expected {
                    name: "requests per second, day",
                    ..goodput("day", 100.0)
                },
                mean_of("mean", "day", 1e-6),
            ])
        }
    ),
];

/// G/M/1 with a service rate of 100/s.
fn single(arrival: f64, gaps: &Gaps) -> Theory<Vec<Expected>> {
    let queue = Gm1::new(arrival, gaps, 100.0)?;
    Ok(vec![
        mean("users", queue.mean_sojourn()),
        p99("users", queue.sojourn_percentile(0.99)?),
        utilization("server", arrival / 100.0),
    ])
}
