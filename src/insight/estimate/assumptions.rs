//! What an estimate assumes of a design, in sentences.

use super::plan::Plan;
use crate::design::model::{Admission, Arrivals, Curve, Design, Discipline, Kind};

/// What makes the figures differ from a simulation, where the design has it.
pub(super) fn of(design: &Design, plan: &Plan) -> Vec<String> {
    let mut list = vec!["A steady state: queues and caches have settled.".to_owned()];
    let mut say = |yes: bool, text: &str| {
        if yes {
            list.push(text.to_owned());
        }
    };
    let flows = || {
        design.nodes.iter().flat_map(|(_, node)| match &node.kind {
            Kind::Client(client) => client.traffic.as_slice(),
            _ => &[],
        })
    };
    say(!design.faults.is_empty(), "No faults happen.");
    let changes = |curve: &Curve| !matches!(curve, Curve::Constant { .. });
    say(
        flows().any(|flow| flow.rate.as_ref().is_some_and(changes)),
        "Traffic has its mean rate throughout.",
    );
    say(
        flows().any(|flow| matches!(flow.arrivals, Arrivals::Bursts { .. })),
        "Arrivals come by chance, not in bursts.",
    );
    queues(design, &mut say);
    let databases = || {
        design
            .nodes
            .iter()
            .filter_map(|(_, node)| match &node.kind {
                Kind::Database(db) => Some(db),
                _ => None,
            })
    };
    say(
        databases().any(|db| db.row_locks),
        "No write waits for a row lock.",
    );
    say(
        design.wires.iter().any(|(_, wire)| wire.breaker.is_some()),
        "Circuit breakers stay closed.",
    );
    say(
        design.wires.iter().any(|(_, wire)| {
            wire.retry
                .as_ref()
                .is_some_and(|retry| retry.budget.is_some())
        }),
        "Retry budgets are not used up.",
    );
    let expires = |node: &crate::design::Node| matches!(&node.kind, Kind::Cache(cache) if cache.ttl.is_some());
    say(
        design.nodes.iter().any(|(_, node)| expires(node)),
        "Requests for a key that has just expired do not pile up.",
    );
    say(plan.circular, "Calls in a circle are followed once round.");
    list
}

/// What is assumed of queues.
fn queues(design: &Design, say: &mut dyn FnMut(bool, &str)) {
    let serving = || design.nodes.iter().filter_map(|(_, node)| node.serving());
    say(
        serving().any(|serving| !matches!(serving.discipline, Discipline::Fifo)),
        "Priorities are not told apart: the mean over all of them is given.",
    );
    say(
        serving().any(|serving| {
            matches!(
                serving.admission,
                Admission::CoDel { .. } | Admission::Adaptive { .. } | Admission::Shed { .. }
            )
        }),
        "Adaptive admission does not refuse anything.",
    );
    say(
        serving().any(|serving| serving.in_flight.get().is_some()),
        "No limit on what is in flight is reached.",
    );
}
