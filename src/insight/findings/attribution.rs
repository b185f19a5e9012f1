//! Where the time of the mean went, and that of the slowest 1%.

use super::{Context, Said};
use crate::insight::words::{list, share, time};
use crate::sim::result::{Attribution, AttributionPart};

/// Endpoints that get sentences, those with most traffic.
const ENDPOINTS: usize = 3;
/// Parts that are named in one.
const PARTS: usize = 3;
/// A further part is named from this share on.
const SHARE_MIN: f64 = 0.1;

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let mut endpoints: Vec<(&Attribution, u64)> = Vec::new();
    for attribution in &context.result.attribution {
        let figures = context
            .result
            .endpoints
            .iter()
            .find(|figures| figures.id == attribution.id);
        if let Some(figures) = figures.filter(|figures| !figures.attack) {
            endpoints.push((attribution, figures.completed));
        }
    }
    endpoints.sort_by_key(|(_, completed)| std::cmp::Reverse(*completed));
    endpoints.truncate(ENDPOINTS);
    let said = endpoints.into_iter().flat_map(|(attribution, _)| {
        let name = context.name(&attribution.id);
        let slowest = sentence(
            &format!("Of the slowest 1% of {name}"),
            attribution.slowest_s,
            attribution
                .parts
                .iter()
                .map(|part| (part, part.slowest_s))
                .collect(),
        );
        let mean = sentence(
            &format!("Of the mean of {name}"),
            attribution.mean_s,
            attribution
                .parts
                .iter()
                .map(|part| (part, part.mean_s))
                .collect(),
        );
        let slowest = slowest.map(|text| Said::new(640, "slowest", &attribution.id, text));
        slowest
            .into_iter()
            .chain(mean.map(|text| Said::new(630, "mean", &attribution.id, text)))
    });
    said.collect()
}

fn sentence(of: &str, whole_s: f64, mut parts: Vec<(&AttributionPart, f64)>) -> Option<String> {
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (first, further) = parts.split_first()?;
    if whole_s <= 0.0 || first.1 <= 0.0 {
        return None;
    }
    let further = further
        .iter()
        .take(PARTS - 1)
        .filter(|(_, part_s)| *part_s >= SHARE_MIN * whole_s);
    let words: Vec<String> = std::iter::once(first)
        .chain(further)
        .map(|(part, part_s)| format!("{} is {}", share(part_s / whole_s), words(part)))
        .collect();
    Some(format!("{of} ({}), {}.", time(whole_s), list(&words)))
}

/// What passed where, in a sentence.
fn words(part: &AttributionPart) -> String {
    let AttributionPart { place, what, .. } = part;
    match what.as_str() {
        "wait" => format!("waiting in the queue of {place}"),
        "service" => format!("work at {place}"),
        "network" => format!("the network of {place}"),
        "pool" => format!("waiting for a connection on {place}"),
        "lock" => format!("waiting for a row lock at {place}"),
        "backoff" => format!("waiting before a retry on {place}"),
        "delay" => format!("a pause at {place}"),
        "limit" => format!("held back by a rate limit at {place}"),
        "coalesce" => format!("waiting for another's fetch of the same key at {place}"),
        other => format!("{other} at {place}"),
    }
}
