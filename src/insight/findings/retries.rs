//! Load that retries and hedges add.

use super::{Context, Said};
use crate::insight::words::{counted, number, share};
use crate::sim::result::WireFigures;

/// Load added below this share is not worth a sentence.
const SHARE_MIN: f64 = 0.01;

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    context
        .result
        .wires
        .iter()
        .flat_map(|wire| of_wire(context, wire))
        .collect()
}

fn of_wire(context: &Context<'_>, wire: &WireFigures) -> Vec<Said> {
    let mut said = Vec::new();
    if wire.calls == 0 {
        return said;
    }
    let per_call = |count: u64| count as f64 / wire.calls as f64;
    let retried = per_call(wire.retries);
    if retried >= SHARE_MIN {
        let text = format!(
            "A call along {} takes {} tries on average: retries add {} to the load of what it calls.",
            wire.id,
            number(per_call(wire.attempts)),
            share(retried),
        );
        said.push(Said::new(
            if retried >= 0.2 { 770 } else { 520 },
            "retries",
            &wire.id,
            text,
        ));
    }
    if wire.budget_refused > 0 {
        let text = format!(
            "The retry budget of {} refused {}{}.",
            wire.id,
            counted(wire.budget_refused, "retry", "retries"),
            context.over()
        );
        said.push(Said::new(510, "retry_budget", &wire.id, text));
    }
    let hedged = per_call(wire.hedges);
    if hedged >= SHARE_MIN {
        let text = format!(
            "{} of the calls along {} were hedged.",
            share(hedged.min(1.0)),
            wire.id
        );
        said.push(Said::new(430, "hedges", &wire.id, text));
    }
    let fell_back = per_call(wire.fallbacks);
    if fell_back >= SHARE_MIN {
        let text = format!(
            "{} of the calls along {} were answered by their fallback.",
            share(fell_back),
            wire.id
        );
        said.push(Said::new(530, "fallbacks", &wire.id, text));
    }
    said
}
