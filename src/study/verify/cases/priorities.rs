//! Priorities, with and without interruption.

use super::case;
use crate::insight::theory::Theory;
use crate::insight::theory::moments::Moments;
use crate::insight::theory::priority::{self, Class};
use crate::study::verify::Case;
use crate::study::verify::expected::{mean_of, utilization};

pub(super) const CASES: &[Case] = &[
    case!(
        "priority",
        "priorities",
        "Cobham 1954; Kleinrock 1976, equation 3.31",
        || {
            let times = priority::non_preemptive(&classes()?)?;
            Ok(vec![
                mean_of("mean, first class", "gold", times[0].sojourn),
                mean_of("mean, second class", "bronze", times[1].sojourn),
                utilization("server", 0.8),
            ])
        }
    ),
    case!(
        "priority-preemptive",
        "priorities",
        "Kleinrock 1976, equation 3.39",
        || {
            let times = priority::preemptive_resume(&classes()?)?;
            Ok(vec![
                mean_of("mean, first class", "gold", times[0].sojourn),
                mean_of("mean, second class", "bronze", times[1].sojourn),
                utilization("server", 0.8),
            ])
        }
    ),
    case!(
        "priority-workers",
        "priorities",
        "Kella and Yechiali 1985",
        || {
            let waits = priority::many_workers(&[120.0, 200.0], 100.0, 4)?;
            Ok(vec![
                mean_of("mean, first class", "gold", waits[0] + 0.01),
                mean_of("mean, second class", "bronze", waits[1] + 0.01),
            ])
        }
    ),
];

/// Thirty a second before fifty, both of 10 ms.
fn classes() -> Theory<[Class; 2]> {
    let service = Moments::exponential(0.01)?;
    Ok([
        Class {
            arrival: 30.0,
            service,
        },
        Class {
            arrival: 50.0,
            service,
        },
    ])
}
