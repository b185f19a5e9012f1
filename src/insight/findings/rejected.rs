//! Requests that a node refused.

use super::{Context, Said};
use crate::insight::words::{count, share};

/// Refusals below this share are not worth a sentence.
const SHARE_MIN: f64 = 0.000_5;

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let Some(measured_s) = context.measured_s() else {
        return Vec::new();
    };
    let nodes = context.result.nodes.iter().map(|node| {
        let arrivals = node.arrivals_per_s * measured_s;
        (
            node,
            if arrivals > 0.0 {
                node.rejected as f64 / arrivals
            } else {
                0.0
            },
        )
    });
    let said = nodes.filter(|(_, refused)| *refused >= SHARE_MIN).map(|(node, refused)| {
        let text = format!(
            "{} refused {} of the requests that reached it ({}{}): they found its queue or one of its limits full.",
            node.id,
            share(refused),
            count(node.rejected),
            context.over(),
        );
        Said::new(if refused >= 0.01 { 750 } else { 490 }, "rejected", &node.id, text)
    });
    said.collect()
}
