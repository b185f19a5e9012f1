//! Service times that are not exponential: M/D/1, M/G/1, processor sharing.

use super::case;
use crate::insight::theory::md1::Md1;
use crate::insight::theory::mg1;
use crate::insight::theory::moments::{
    Moments, erlang_tail, hyperexponential_tail, log_normal_tail,
};
use crate::insight::theory::processor_sharing;
use crate::study::verify::Case;
use crate::study::verify::expected::{mean, mean_of, mean_wait, p99, utilization};

/// Nine in ten take 5 ms, one in ten 55 ms.
const TWO: [(f64, f64); 2] = [(0.9, 0.005), (0.1, 0.055)];

pub(super) const CASES: &[Case] = &[
    case!("dd1", "D/D/1", "nothing varies: arithmetic", || {
        Ok(vec![mean("users", 0.01), mean_wait("server", 0.0)])
    }),
    case!(
        "md1",
        "M/D/1",
        "Crommelin 1932, in the form of Franx 2001",
        || {
            let queue = Md1::new(80.0, 0.01)?;
            Ok(vec![
                mean("users", queue.mean_sojourn()),
                p99("users", queue.sojourn_percentile(0.99)?),
                mean_wait("server", queue.mean_wait()),
            ])
        }
    ),
    case!(
        "mg1-lognormal",
        "M/G/1",
        "Pollaczek and Khinchine: Kleinrock 1975, section 5.6",
        || {
            let service = Moments::log_normal(0.01, 1.0)?;
            let tail = |t: f64| log_normal_tail(0.01, 1.0, t).unwrap_or(0.0);
            Ok(vec![
                mean("users", mg1::mean_sojourn(70.0, &service)?),
                p99("users", mg1::percentiles(70.0, 0.01, tail, 0.99)?.1),
                mean_wait("server", mg1::mean_wait(70.0, &service)?),
            ])
        }
    ),
    case!(
        "mg1-hyperexponential",
        "M/G/1",
        "Pollaczek and Khinchine: Kleinrock 1975, section 5.6",
        || {
            let service = Moments::hyperexponential(&TWO)?;
            let tail = |t: f64| hyperexponential_tail(&TWO, t).unwrap_or(0.0);
            Ok(vec![
                mean("users", mg1::mean_sojourn(70.0, &service)?),
                p99("users", mg1::percentiles(70.0, 0.01, tail, 0.99)?.1),
                utilization("server", 0.7),
            ])
        },
    ),
    case!(
        "mg1-erlang",
        "M/G/1",
        "Pollaczek and Khinchine: Kleinrock 1975, section 5.6",
        || {
            let service = Moments::erlang(0.01, 3)?;
            let tail = |t: f64| erlang_tail(0.01, 3, t).unwrap_or(0.0);
            Ok(vec![
                mean("users", mg1::mean_sojourn(80.0, &service)?),
                p99("users", mg1::percentiles(80.0, 0.01, tail, 0.99)?.1),
            ])
        }
    ),
    case!(
        "mg1-choose",
        "M/G/1",
        "Pollaczek and Khinchine: Kleinrock 1975, section 5.6",
        || {
            let service = Moments::hyperexponential(&[(0.7, 0.005), (0.3, 0.02)])?;
            Ok(vec![
                mean("users", mg1::mean_sojourn(70.0, &service)?),
                utilization("server", 70.0 * service.mean),
            ])
        }
    ),
    case!(
        "blocking-call",
        "M/G/1",
        "Pollaczek and Khinchine: Kleinrock 1975, section 5.6",
        || {
            let service = Moments::exponential(0.004)?.plus(&Moments::exponential(0.006)?);
            Ok(vec![
                mean("users", mg1::mean_sojourn(70.0, &service)?),
                utilization("front", 70.0 * service.mean),
            ])
        }
    ),
    case!(
        "sharing",
        "processor sharing",
        "Harchol-Balter 2013, section 22.2",
        || {
            Ok(vec![
                mean("users", processor_sharing::mean_sojourn(70.0, 0.01)?),
                utilization("server", 0.7),
            ])
        }
    ),
    case!(
        "sharing-conditional",
        "processor sharing",
        "Kleinrock 1976, equation 4.17",
        || {
            Ok(vec![
                mean_of(
                    "mean of 5 ms",
                    "short",
                    processor_sharing::conditional_mean(0.6, 0.005)?,
                ),
                mean_of(
                    "mean of 15 ms",
                    "long",
                    processor_sharing::conditional_mean(0.6, 0.015)?,
                ),
            ])
        }
    ),
    case!(
        "sharing-many",
        "processor sharing",
        "Kelly 1979, theorem 3.10",
        || {
            Ok(vec![mean(
                "users",
                processor_sharing::mean_sojourn_many(320.0, 0.01, 4)?,
            )])
        }
    ),
];
