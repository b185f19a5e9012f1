//! Requests that failed, and why.

use super::{Context, Said};
use crate::insight::words::{list, share};
use crate::sim::result::EndpointFigures;

/// Failures below this share are not worth a sentence.
const SHARE_MIN: f64 = 0.000_5;
/// Endpoints that are named.
const ENDPOINTS: usize = 5;

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let mut failing: Vec<(&EndpointFigures, u64, f64)> = Vec::new();
    for endpoint in context
        .result
        .endpoints
        .iter()
        .filter(|endpoint| !endpoint.attack)
    {
        let failed: u64 = endpoint.failed.values().sum();
        let finished = endpoint.completed + failed;
        if finished > 0 && failed as f64 / finished as f64 >= SHARE_MIN {
            failing.push((endpoint, failed, failed as f64 / finished as f64));
        }
    }
    failing.sort_by(|a, b| b.2.total_cmp(&a.2));
    failing.truncate(ENDPOINTS);
    let said = failing.into_iter().map(|(endpoint, failed, failed_share)| {
        let mut causes: Vec<(&String, u64)> = endpoint
            .failed
            .iter()
            .map(|(cause, &count)| (cause, count))
            .collect();
        causes.retain(|(_, count)| *count > 0);
        causes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let of_failed = |count: u64| share(count as f64 / failed as f64);
        let causes: Vec<String> = match causes.as_slice() {
            [(only, _)] => vec![format!("all of them {}", words(only))],
            several => several
                .iter()
                .map(|(cause, count)| format!("{} {}", of_failed(*count), words(cause)))
                .collect(),
        };
        let name = context.name(&endpoint.id);
        let text = format!(
            "{} of {name} failed: {}.",
            share(failed_share),
            list(&causes)
        );
        Said::new(
            if failed_share >= 0.01 { 800 } else { 660 },
            "failures",
            &endpoint.id,
            text,
        )
    });
    said.collect()
}

/// A cause in a sentence.
fn words(cause: &str) -> &str {
    match cause {
        "timeout" => "without an answer in time",
        "rejected" => "refused by a full queue or a limit",
        "limited" => "refused by a rate limit",
        "breaker_open" => "refused by an open breaker",
        "unavailable" => "because nothing could be reached",
        "conflict" => "on a lock or a conflicting change",
        "error" => "answered with an error",
        other => other,
    }
}
