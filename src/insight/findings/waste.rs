//! Work whose answer nobody waited for any more.

use super::{Context, Said};
use crate::insight::words::share;

/// Waste below this share is not worth a sentence.
const SHARE_MIN: f64 = 0.01;

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let wasting = context
        .result
        .nodes
        .iter()
        .filter(|node| node.wasted_share >= SHARE_MIN);
    let said = wasting.map(|node| {
        let text = format!(
            "{} of the busy time of {} went to work whose answer nobody waited for any more.",
            share(node.wasted_share),
            node.id,
        );
        Said::new(
            if node.wasted_share >= 0.1 { 760 } else { 500 },
            "waste",
            &node.id,
            text,
        )
    });
    said.collect()
}
