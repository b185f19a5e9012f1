//! A rate over time as straight lines between corners: what the simulator draws arrivals from, and
//! what the terminal shows.

use super::{Curve, Flow};
use crate::units::{Nanos, Rate};

/// Straight pieces by which one cycle of a daily curve is approximated.
const DAILY_PIECES: u32 = 96;

impl Flow {
    /// The rate of open traffic at its corners, as for [`Curve::corners`]; one corner with rate 0
    /// for closed traffic.
    #[must_use]
    pub fn corners(&self, part: f64) -> Vec<(f64, f64)> {
        match (&self.rate, &self.people) {
            (Some(curve), _) => curve.corners(part),
            (None, Some(people)) => {
                let daily = people.daily_users * people.requests_each;
                vec![(0.0, daily / 86_400.0 * people.peak_factor / part)]
            }
            (None, None) => vec![(0.0, 0.0)],
        }
    }
}

impl Curve {
    /// Time in ns and rate at the corners, ascending in time; between two the rate changes in a
    /// straight line, after the last it stays. A second is cut into so many parts, and rates are per
    /// part: 1 gives rates per second, 1e9 rates per ns. A daily curve has as many cycles as a year
    /// has days at most.
    #[must_use]
    pub fn corners(&self, part: f64) -> Vec<(f64, f64)> {
        let corner = |time: Nanos, rate: Rate| (time.0 as f64, rate.0 / part);
        let start = Nanos(0);
        let after = |at: Nanos, lasts: Nanos| Nanos(at.0.saturating_add(lasts.0));
        match *self {
            Curve::Constant { rate } => vec![corner(start, rate)],
            Curve::Ramp { from, to, over, at } => vec![
                corner(start, from),
                corner(at, from),
                corner(after(at, over), to),
            ],
            Curve::Step { from, to, at } => {
                vec![corner(start, from), corner(at, from), corner(at, to)]
            }
            Curve::Spike {
                base,
                peak,
                at,
                lasts,
            } => {
                let end = after(at, lasts);
                vec![
                    corner(start, base),
                    corner(at, base),
                    corner(at, peak),
                    corner(end, peak),
                    corner(end, base),
                ]
            }
            Curve::Daily { low, high, period } => daily((low.0, high.0), period, part),
            Curve::Piecewise { ref points } => points
                .iter()
                .map(|(time, rate)| corner(*time, *rate))
                .collect(),
        }
    }
}

/// A daily curve in straight pieces.
fn daily((low, high): (f64, f64), period: Nanos, part: f64) -> Vec<(f64, f64)> {
    let (middle, swing) = (f64::midpoint(low, high) / part, (high - low) / 2.0 / part);
    let cycle = period.0.max(1) as f64;
    let year = 366.0 * 86_400e9;
    let cycles = (year / cycle).ceil().clamp(1.0, 366.0) as u32;
    (0..=cycles * DAILY_PIECES)
        .map(|i| {
            let turn = f64::from(i % DAILY_PIECES) / f64::from(DAILY_PIECES);
            let rate = middle - swing * libm::cos(2.0 * std::f64::consts::PI * turn);
            (f64::from(i) * cycle / f64::from(DAILY_PIECES), rate)
        })
        .collect()
}

/// The rate between corners at a time in ns; at a step, the one after it. 0 without corners.
#[must_use]
pub fn rate_at(corners: &[(f64, f64)], time_ns: f64) -> f64 {
    let next = corners.partition_point(|&(time, _)| time <= time_ns);
    let before = next.checked_sub(1).and_then(|index| corners.get(index));
    match (before, corners.get(next)) {
        (Some(&(t0, r0)), Some(&(t1, r1))) => r0 + (r1 - r0) * (time_ns - t0) / (t1 - t0),
        (Some(&(_, rate)), None) | (None, Some(&(_, rate))) => rate,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::decode::decode_text;

    fn rates(ron: &str, at_s: &[f64]) -> Vec<String> {
        let corners = decode_text::<Curve>(ron).unwrap().corners(1.0);
        at_s.iter()
            .map(|at| format!("{:.1}", rate_at(&corners, at * 1e9)))
            .collect()
    }

    #[test]
    fn every_curve_has_its_rate_at_every_moment() {
        assert_eq!(rates("\"5/s\"", &[0.0, 9.0]), ["5.0", "5.0"]);
        let ramp = r#"Ramp(from: "10/s", to: "20/s", over: "10s", at: "5s")"#;
        assert_eq!(
            rates(ramp, &[0.0, 5.0, 10.0, 99.0]),
            ["10.0", "10.0", "15.0", "20.0"]
        );
        let step = r#"Step(from: "1/s", to: "2/s", at: "3s")"#;
        assert_eq!(rates(step, &[2.9, 3.0]), ["1.0", "2.0"]);
        let spike = r#"Spike(base: "1/s", peak: "9/s", at: "3s", lasts: "2s")"#;
        assert_eq!(
            rates(spike, &[2.9, 3.0, 4.9, 5.0]),
            ["1.0", "9.0", "9.0", "1.0"]
        );
        let daily = r#"Daily(low: "10/s", high: "30/s")"#;
        assert_eq!(
            rates(daily, &[0.0, 21_600.0, 43_200.0]),
            ["10.0", "20.0", "30.0"]
        );
        let points = r#"Piecewise(points: [("2s", "10/s"), ("4s", "30/s")])"#;
        assert_eq!(rates(points, &[0.0, 3.0, 9.0]), ["10.0", "20.0", "30.0"]);
        assert!(rate_at(&[], 1.0).abs() < 1e-12);
    }
}
