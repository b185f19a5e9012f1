//! What the design costs, from the prices in it.

use super::nodes::ratio;
use crate::sim::measure::NodeMeta;
use crate::sim::result::{Cost, EndpointFigures, NodeFigures};

/// Replicas by the hour, and what is billed by use at the rate at which it was used. A million good requests costs
/// nothing to speak of where none completed: 0.
pub(super) fn figures(
    metas: &[NodeMeta],
    nodes: &[NodeFigures],
    endpoints: &[EndpointFigures],
) -> Cost {
    let mut per_hour = 0.0;
    for (meta, node) in metas.iter().zip(nodes) {
        per_hour += meta.cost_per_hour;
        per_hour += meta.cost_per_million * (node.arrivals_per_s * 3600.0 / 1e6);
    }
    let good_per_s: f64 = endpoints
        .iter()
        .filter(|endpoint| !endpoint.attack)
        .map(|endpoint| endpoint.goodput_per_s)
        .sum();
    Cost {
        per_hour,
        per_million_good: ratio(per_hour * 1e6, good_per_s * 3600.0),
    }
}
