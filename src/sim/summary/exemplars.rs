//! Whole traces: for each endpoint the request nearest to the median, and the slowest.

use super::attribution::{measured, place_name};
use super::collect::Collected;
use super::nodes::seconds;
use crate::sim::measure::{Followed, Meta, SPENT_NAMES, TraceSpan};
use crate::sim::result::{Exemplar, Span};

/// Two for each endpoint of which a request was traced in the measured time.
pub(super) fn figures(collected: &Collected) -> Vec<Exemplar> {
    let meta = &collected.sum.meta;
    (0..meta.endpoints.len())
        .flat_map(|endpoint| of_endpoint(collected, meta, endpoint))
        .collect()
}

fn of_endpoint(collected: &Collected, meta: &Meta, endpoint: usize) -> Vec<Exemplar> {
    let requests = measured(collected, endpoint);
    let mut latencies: Vec<u64> = requests
        .iter()
        .map(|(_, request)| request.latency_ns)
        .collect();
    latencies.sort_unstable();
    let Some(&median_ns) = latencies.get(latencies.len().saturating_sub(1) / 2) else {
        return Vec::new();
    };
    let traced = || {
        requests
            .iter()
            .filter(|(_, request)| !request.spans.is_empty())
    };
    let typical = traced().min_by_key(|(_, request)| request.latency_ns.abs_diff(median_ns));
    let slowest = traced().min_by_key(|(_, request)| std::cmp::Reverse(request.latency_ns));
    let chosen = [("median", typical), ("slowest", slowest)];
    let chosen = chosen
        .into_iter()
        .filter_map(|(which, request)| Some((which, request?)));
    chosen
        .map(|(which, &(replication, request))| exemplar(meta, which, replication, request))
        .collect()
}

fn exemplar(meta: &Meta, which: &str, replication: u32, request: &Followed) -> Exemplar {
    let mut spans: Vec<&TraceSpan> = request.spans.iter().collect();
    spans.sort_by_key(|span| (span.start_ns, span.depth));
    Exemplar {
        id: meta.endpoints[request.endpoint as usize].name.clone(),
        which: which.to_owned(),
        replication,
        start_s: seconds(request.start_ns as f64),
        latency_s: seconds(request.latency_ns as f64),
        spans: spans.into_iter().map(|span| named(meta, span)).collect(),
    }
}

fn named(meta: &Meta, span: &TraceSpan) -> Span {
    Span {
        depth: span.depth,
        place: place_name(meta, span.place).to_owned(),
        what: span
            .spent
            .map_or("call", |spent| SPENT_NAMES[spent as usize])
            .to_owned(),
        start_s: seconds(span.start_ns as f64),
        length_s: seconds(span.end_ns.saturating_sub(span.start_ns) as f64),
        critical: span.critical,
    }
}
