//! The same design with more or less traffic, quicker or slower work, a nearer or farther neighbour.

use crate::design::Quantity;
use crate::design::model::{Curve, Design, Dist, Flow, Kind, Serving, Step, Steps, TimeDist, Wire};
use crate::units::Rate;

/// All traffic that is no attack, times a factor. Users are whole; there is at least one.
pub(in crate::study) fn traffic(design: &mut Design, factor: f64) {
    for (_, node) in &mut design.nodes.0 {
        if let Kind::Client(client) = &mut node.kind {
            for flow in client.traffic.iter_mut().filter(|flow| !flow.attack) {
                scale_flow(flow, factor);
            }
        }
    }
}

/// The work of a node, disk accesses and checks of credentials included, times a factor.
pub(in crate::study) fn work(design: &mut Design, name: &str, factor: f64) {
    let nodes = design.nodes.0.iter_mut();
    let Some((_, node)) = nodes.into_iter().find(|(known, _)| known == name) else {
        return;
    };
    match &mut node.kind {
        Kind::Worker(worker) => scale_steps(&mut worker.steps, factor),
        Kind::Gateway(gateway) => scale_optional(&mut gateway.auth, factor),
        Kind::Database(db) => {
            scale_time(&mut db.disk.read, factor);
            scale_time(&mut db.disk.flush, factor);
        }
        Kind::Queue(queue) => scale_time(&mut queue.accept, factor),
        Kind::External(external) => scale_time(&mut external.latency, factor),
        Kind::Client(_) | Kind::Balancer(_) | Kind::Service(_) | Kind::Cache(_) => {}
    }
    if let Some(serving) = serving_mut(&mut node.kind) {
        scale_optional(&mut serving.work, factor);
        for (_, steps) in &mut serving.endpoints.0 {
            scale_steps(steps, factor);
        }
    }
}

/// The network time of a wire that has one of its own, times a factor.
pub(in crate::study) fn network(wire: &mut Wire, factor: f64) {
    scale_optional(&mut wire.latency, factor);
}

fn serving_mut(kind: &mut Kind) -> Option<&mut Serving> {
    match kind {
        Kind::Client(_) | Kind::Queue(_) => None,
        Kind::Balancer(of) => Some(&mut of.serving),
        Kind::Gateway(of) => Some(&mut of.serving),
        Kind::Service(of) => Some(&mut of.serving),
        Kind::Cache(of) => Some(&mut of.serving),
        Kind::Database(of) => Some(&mut of.serving),
        Kind::Worker(of) => Some(&mut of.serving),
        Kind::External(of) => Some(&mut of.serving),
    }
}

fn scale_steps(steps: &mut [Step], factor: f64) {
    for step in steps {
        match step {
            Step::Work { time } => scale_time(time, factor),
            Step::Call { fallback, .. } => {
                scale_steps(fallback.as_deref_mut().unwrap_or_default(), factor);
            }
            Step::Repeat { steps, .. }
            | Step::Cached { miss: steps, .. }
            | Step::Transaction { steps, .. } => scale_steps(steps, factor),
            Step::Parallel { branches, .. } => {
                for Steps(branch) in branches {
                    scale_steps(branch, factor);
                }
            }
            Step::Choose { branches } => {
                for (_, Steps(branch)) in branches {
                    scale_steps(branch, factor);
                }
            }
            Step::Wait { .. }
            | Step::Publish { .. }
            | Step::Read { .. }
            | Step::Write
            | Step::Reply
            | Step::Fail { .. } => {}
        }
    }
}

fn scale_optional(time: &mut Option<TimeDist>, factor: f64) {
    if let Some(time) = time {
        scale_time(time, factor);
    }
}

fn scale_time(time: &mut TimeDist, factor: f64) {
    scale_dist(&mut time.0, factor);
}

/// The same shape, every value times a factor.
fn scale_dist(dist: &mut Dist, factor: f64) {
    let times = |quantities: &mut [&mut Quantity]| {
        for quantity in quantities {
            quantity.0 *= factor;
        }
    };
    match dist {
        Dist::Constant { value } => times(&mut [value]),
        Dist::Uniform { from, to } => times(&mut [from, to]),
        Dist::Normal { mean, sd } => times(&mut [mean, sd]),
        Dist::Exponential { mean } | Dist::Gamma { mean, .. } | Dist::Erlang { mean, .. } => {
            times(&mut [mean]);
        }
        Dist::LogNormal {
            mean,
            p50,
            p90,
            p95,
            p99,
            p999,
            cv: _,
        } => {
            let given = [mean, p50, p90, p95, p99, p999];
            times(&mut given.into_iter().flatten().collect::<Vec<_>>());
        }
        Dist::Weibull { scale, .. } | Dist::Lomax { scale, .. } => times(&mut [scale]),
        Dist::Pareto { min, .. } => times(&mut [min]),
        Dist::BoundedPareto { min, max, .. } => times(&mut [min, max]),
        Dist::HyperExponential { branches } => {
            times(&mut branches.iter_mut().map(|of| &mut of.1).collect::<Vec<_>>());
        }
        Dist::Mixture { parts } => {
            for (_, part) in parts {
                scale_dist(part, factor);
            }
        }
        Dist::Shifted { by, dist } => {
            times(&mut [by]);
            scale_dist(dist, factor);
        }
        Dist::Quantiles { table } => {
            times(&mut table.iter_mut().map(|of| &mut of.1).collect::<Vec<_>>());
        }
        Dist::Samples { values, .. } => times(&mut values.iter_mut().collect::<Vec<_>>()),
    }
}

fn scale_flow(flow: &mut Flow, factor: f64) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::decode_text;
    use crate::sim::distribution;

    #[test]
    fn every_shape_is_scaled_as_a_whole() {
        for text in [
            "\"5ms\"",
            "Uniform(from: \"1ms\", to: \"3ms\")",
            "Exponential(mean: \"2ms\")",
            "Normal(mean: \"5ms\", sd: \"1ms\")",
            "LogNormal(mean: \"6ms\", cv: 1.5)",
            "LogNormal(p50: \"2ms\", p99: \"8ms\")",
            "Gamma(mean: \"4ms\", cv: 0.5)",
            "Erlang(mean: \"4ms\", k: 3)",
            "Weibull(scale: \"4ms\", shape: 0.8)",
            "Pareto(min: \"1ms\", alpha: 3)",
            "Lomax(scale: \"1ms\", alpha: 3)",
            "BoundedPareto(min: \"1ms\", max: \"90ms\", alpha: 1.2)",
            "HyperExponential(branches: [(0.9, \"1ms\"), (0.1, \"20ms\")])",
            "Mixture(parts: [(0.5, \"1ms\"), (0.5, Exponential(mean: \"3ms\"))])",
            "Shifted(by: \"1ms\", dist: Exponential(mean: \"3ms\"))",
            "Quantiles(table: [(\"0%\", \"1ms\"), (\"100%\", \"5ms\")])",
        ] {
            let TimeDist(mut dist) = decode_text(text).unwrap();
            let before = distribution(&dist).unwrap();
            scale_dist(&mut dist, 0.9);
            let after = distribution(&dist).unwrap();
            let mean = after.mean() / before.mean();
            assert!((mean - 0.9).abs() < 1e-9, "{text}: {mean}");
            let (wide, narrow) = (before.variance(), after.variance());
            assert!((narrow - 0.81 * wide).abs() <= 1e-9 * wide, "{text}");
        }
    }
}
