//! How sentences call endpoints: short where that is clear.

use crate::sim::result::RunResult;

/// By endpoint: the part after the node's name, `POST /orders`, where no other endpoint has the same; else the node's name;
/// else the whole identifier, `client -> node/POST /orders`.
pub(super) fn of_endpoints(result: &RunResult) -> Vec<String> {
    let ids: Vec<&str> = result
        .endpoints
        .iter()
        .map(|endpoint| endpoint.id.as_str())
        .collect();
    let shortest = |id: &str| {
        candidates(id)
            .into_iter()
            .find(|short| is_clear(short, id, &ids))
    };
    ids.iter()
        .map(|id| shortest(id).unwrap_or_else(|| (*id).to_owned()))
        .collect()
}

/// Shorter names, the shortest first.
fn candidates(id: &str) -> Vec<String> {
    let target = id.split_once(" -> ").map_or(id, |(_, target)| target);
    let mut names = Vec::new();
    match target.split_once('/') {
        Some((_, endpoint)) if !endpoint.is_empty() => names.push(endpoint.to_owned()),
        _ => {}
    }
    names.push(target.trim_end_matches('/').to_owned());
    names
}

fn is_clear(short: &str, id: &str, ids: &[&str]) -> bool {
    let mut others = ids.iter().filter(|other| **other != id);
    !others.any(|other| candidates(other).iter().any(|candidate| candidate == short))
}
