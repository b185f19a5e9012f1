//! The same design under more or less traffic.

use crate::design::model::{Curve, Design, Flow, Kind};
use crate::units::Rate;

/// All traffic that is no attack, times a factor. Users are whole; there is at least one.
pub(super) fn scaled(design: &Design, factor: f64) -> Design {
    let mut design = design.clone();
    for (_, node) in &mut design.nodes.0 {
        if let Kind::Client(client) = &mut node.kind {
            for flow in client.traffic.iter_mut().filter(|flow| !flow.attack) {
                scale(flow, factor);
            }
        }
    }
    design
}

fn scale(flow: &mut Flow, factor: f64) {
    if let Some(people) = &mut flow.people {
        people.daily_users *= factor;
    }
    if let Some(users) = &mut flow.users {
        let scaled = (f64::from(*users) * factor).round();
        *users = scaled.clamp(1.0, f64::from(u32::MAX)) as u32;
    }
    let times = |rate: &mut Rate| rate.0 *= factor;
    match &mut flow.rate {
        None => {}
        Some(Curve::Constant { rate }) => times(rate),
        Some(Curve::Ramp { from, to, .. } | Curve::Step { from, to, .. }) => {
            times(from);
            times(to);
        }
        Some(Curve::Spike { base, peak, .. }) => {
            times(base);
            times(peak);
        }
        Some(Curve::Daily { low, high, .. }) => {
            times(low);
            times(high);
        }
        Some(Curve::Piecewise { points }) => {
            for (_, rate) in points {
                times(rate);
            }
        }
    }
}
