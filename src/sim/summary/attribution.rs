//! Where the time of followed requests went: of the mean, and of the slowest 1%.

use std::collections::BTreeMap;

use super::collect::Collected;
use super::nodes::seconds;
use crate::sim::measure::{Followed, Meta, Place, SPENT_NAMES, Spent};
use crate::sim::result::{Attribution, AttributionPart};

/// Of how many followed requests one counts as slowest.
const SLOWEST_ONE_IN: usize = 100;

/// One entry for each endpoint of which a request was followed and completed in the measured time.
pub(super) fn figures(collected: &Collected) -> Vec<Attribution> {
    let meta = &collected.sum.meta;
    let endpoints = meta.endpoints.iter().enumerate();
    endpoints
        .filter_map(|(index, endpoint)| {
            let mut requests = measured(collected, index);
            // The sort is stable: of equals, those of earlier replications come first.
            requests.sort_by_key(|(_, request)| std::cmp::Reverse(request.latency_ns));
            attribution(meta, &endpoint.name, &requests)
        })
        .collect()
}

/// The followed requests of an endpoint that completed after the warm-up, with their replication.
pub(super) fn measured(collected: &Collected, endpoint: usize) -> Vec<(u32, &Followed)> {
    let followed = collected.sum.followed.iter();
    followed
        .filter(|(_, request)| request.endpoint as usize == endpoint)
        .filter(|(_, request)| request.start_ns + request.latency_ns >= collected.warmup.ns)
        .map(|(replication, request)| (*replication, request))
        .collect()
}

fn attribution(meta: &Meta, id: &str, slowest_first: &[(u32, &Followed)]) -> Option<Attribution> {
    let followed = slowest_first.len();
    if followed == 0 {
        return None;
    }
    let slowest = (followed / SLOWEST_ONE_IN).max(1);
    let mut sums: BTreeMap<(Place, Spent), (u128, u128)> = BTreeMap::new();
    let (mut all_ns, mut slowest_ns) = (0_u128, 0_u128);
    for (rank, (_, request)) in slowest_first.iter().enumerate() {
        let is_slow = rank < slowest;
        let latency_ns = u128::from(request.latency_ns);
        all_ns += latency_ns;
        slowest_ns += if is_slow { latency_ns } else { 0 };
        for &(place, spent, ns) in &request.parts {
            let (all, slow) = sums.entry((place, spent)).or_default();
            *all += u128::from(ns);
            *slow += if is_slow { u128::from(ns) } else { 0 };
        }
    }
    let mean = |sum: u128| seconds(sum as f64 / followed as f64);
    let mean_slowest = |sum: u128| seconds(sum as f64 / slowest as f64);
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, (all, _))| std::cmp::Reverse(*all));
    let parts = sums
        .into_iter()
        .map(|((place, spent), (all, slow))| AttributionPart {
            place: place_name(meta, place).to_owned(),
            what: SPENT_NAMES[spent as usize].to_owned(),
            mean_s: mean(all),
            slowest_s: mean_slowest(slow),
        });
    Some(Attribution {
        id: id.to_owned(),
        followed: followed as u64,
        slowest: slowest as u64,
        mean_s: mean(all_ns),
        slowest_s: mean_slowest(slowest_ns),
        parts: parts.collect(),
    })
}

/// The name of the node or wire.
pub(super) fn place_name(meta: &Meta, place: Place) -> &str {
    let name = match place {
        Place::Node(index) => meta.nodes.get(index as usize).map(|node| &node.name),
        Place::Wire(index) => meta.wires.get(index as usize).map(|wire| &wire.name),
    };
    name.map_or("", String::as_str)
}
