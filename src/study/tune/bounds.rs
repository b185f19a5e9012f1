//! Bounds where none are given: the numbers that cost or that fill, around what they are.

use crate::design::model::{Design, Kind};
use crate::design::path::{join, split};
use crate::insight::estimate::estimate;
use crate::study::sweep::Axis;

/// Settings that are varied by themselves.
const AXES: usize = 3;
/// Values of each.
const VALUES: u32 = 8;

/// Fields of which more never harms those who wait: a larger one is tried before smaller ones, and
/// if it fails, they do.
const HELPFUL: [&str; 5] = ["replicas", "workers", "cores", "channels", "capacity"];

/// Whether more of what stands at a path never harms.
pub(super) fn helps(path: &str) -> bool {
    let parts = split(path);
    parts
        .last()
        .is_some_and(|last| HELPFUL.contains(&last.as_str()))
}

/// Puts values of which more helps in order, from less to more.
pub(super) fn order(axis: &mut Axis) {
    let numbers: Option<Vec<f64>> = axis.values.iter().map(|value| value.parse().ok()).collect();
    if let Some(numbers) = numbers.filter(|_| helps(&axis.path)) {
        let mut pairs: Vec<(f64, String)> =
            numbers.into_iter().zip(axis.values.drain(..)).collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        axis.values = pairs.into_iter().map(|pair| pair.1).collect();
    }
}

/// The replicas of the parts that cost most or are fullest: from one to twice as many as there are.
pub fn automatic(design: &Design) -> Vec<Axis> {
    let loads = estimate(design).ok().map_or(Vec::new(), |of| of.nodes);
    let mut parts: Vec<(f64, Axis)> = Vec::new();
    for (name, node) in design.nodes.iter() {
        let fixed = matches!(
            node.kind,
            Kind::Client(_) | Kind::Database(_) | Kind::External(_) | Kind::Queue(_)
        );
        let limited = node
            .serving()
            .is_some_and(|serving| serving.workers.get().is_some() || serving.cores.is_some());
        if fixed || !limited {
            continue;
        }
        let replicas = node.common.replicas;
        let own = loads.iter().find(|load| load.id == name);
        let load = own.map_or(0.0, |load| load.utilization);
        let cost = node.common.price.0 * f64::from(replicas);
        if cost <= 0.0 && load < 0.5 {
            continue;
        }
        // What is overfull needs more than twice as many.
        let needed = (f64::from(replicas) * load / 0.6).ceil() as u32;
        let most = (2 * replicas).max(needed).max(2);
        let step = most.div_ceil(VALUES).max(1);
        let mut values: Vec<u32> = (1..=most).step_by(step as usize).collect();
        values.extend([replicas, most]);
        values.sort_unstable();
        values.dedup();
        let axis = Axis {
            path: join(&["nodes", name, "replicas"]),
            values: values.iter().map(u32::to_string).collect(),
            logarithmic: false,
        };
        parts.push((cost + load, axis));
    }
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    parts.truncate(AXES);
    parts.into_iter().map(|(_, axis)| axis).collect()
}
