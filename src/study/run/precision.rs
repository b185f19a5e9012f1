//! How many replications it takes until the intervals are narrow enough.

use super::PRECISE_REPLICATIONS_MAX;
use crate::sim::result::{EndpointFigures, Latency};
use crate::sim::summary::Collected;

/// The number of replications to go to from `count`, or nothing if the intervals are narrow enough or there are as
/// many replications as there may be.
///
/// An interval narrows with the square root of the number. The estimate of what is needed is trusted up to twice the
/// present number: a small sample may well underestimate its spread. The rule sees nothing but the result so far,
/// so that the same seed leads to the same number on every machine.
pub(super) fn next_count(collected: &Collected, count: u32, precision: f64) -> Option<u32> {
    if count >= PRECISE_REPLICATIONS_MAX {
        return None;
    }
    let endpoints = collected.endpoints();
    let widest = endpoints.iter().filter_map(width).max_by(f64::total_cmp)?;
    if widest <= precision {
        return None;
    }
    let excess = widest / precision;
    let needed = (f64::from(count) * excess * excess).ceil();
    let least = count + (count / 4).max(1);
    let next = needed.clamp(f64::from(least), f64::from(count.max(2)) * 2.0);
    Some((next as u32).min(PRECISE_REPLICATIONS_MAX))
}

/// The widest of an endpoint's intervals, as half its width over the value: infinite where there is none yet. Nothing if the
/// endpoint completes nothing.
fn width(endpoint: &EndpointFigures) -> Option<f64> {
    let Latency {
        mean,
        ci95,
        p99,
        percentiles_ci95,
        ..
    } = &endpoint.latency_s;
    if endpoint.completed == 0 {
        return None;
    }
    let widths = [
        relative(*mean, Some(ci95)),
        relative(*p99, percentiles_ci95.get("p99")),
        relative(endpoint.goodput_per_s, Some(&endpoint.goodput_ci95)),
    ];
    widths.into_iter().max_by(f64::total_cmp)
}

fn relative(value: f64, interval: Option<&[f64; 2]>) -> f64 {
    match interval {
        Some([low, high]) if (*low..=*high).contains(&value) => {
            if value > 0.0 {
                (high - low) / 2.0 / value
            } else {
                0.0
            }
        }
        _ => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_relative_and_missing_intervals_infinite() {
        let relative =
            |value, low, high| format!("{:.3}", super::relative(value, Some(&[low, high])));
        assert_eq!(relative(10.0, 9.0, 11.0), "0.100");
        assert_eq!(relative(0.0, 0.0, 0.0), "0.000");
        assert_eq!(relative(10.0, 0.0, 0.0), "inf");
        assert!(super::relative(10.0, None).is_infinite());
        assert_eq!(width(&EndpointFigures::default()), None);
    }
}
