//! Percentiles for which the run is too short.

use super::{Context, Said};
use crate::insight::words::list;

/// The percentiles of a result, and how sentences call them.
const PERCENTILES: [(&str, &str); 5] = [
    ("p50", "p50"),
    ("p90", "p90"),
    ("p95", "p95"),
    ("p99", "p99"),
    ("p999", "p99.9"),
];

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let mut said = Vec::new();
    // The lowest percentile that lacks an interval decides: all above it lack one too.
    for (at, (key, words)) in PERCENTILES.iter().enumerate() {
        let lowest = context.result.endpoints.iter().filter(|endpoint| {
            let has = |key: &str| endpoint.latency_s.percentiles_ci95.contains_key(key);
            endpoint.completed > 0
                && !endpoint.attack
                && !has(key)
                && PERCENTILES[..at].iter().all(|(lower, _)| has(lower))
        });
        let names: Vec<String> = lowest
            .map(|endpoint| context.name(&endpoint.id).to_owned())
            .collect();
        if names.is_empty() {
            continue;
        }
        let above = if at + 1 < PERCENTILES.len() {
            " and above"
        } else {
            ""
        };
        let text = format!(
            "The run is too short for {words}{above} of {}: too few requests lie beyond it for a confidence interval.",
            list(&names)
        );
        said.push(Said::new(100, "too_short", "", text));
    }
    said
}
