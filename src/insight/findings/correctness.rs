//! What went wrong with the data.

use super::{Context, Said};
use crate::design::model::{Design, Wire};
use crate::insight::words::{counted, list};

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let counts = context.result.correctness;
    let over = context.over();
    let mut said = Vec::new();
    let mut say = |weight, id: &str, count: u64, text: &dyn Fn(u64) -> String| {
        if count > 0 {
            said.push(Said::new(weight, id, "", text(count)));
        }
    };
    say(830, "lost_writes", counts.lost_writes, &|count| {
        format!(
            "{} that had been acknowledged {} lost{over}.",
            counted(count, "write", "writes"),
            was(count)
        )
    });
    say(820, "lost_messages", counts.lost_messages, &|count| {
        format!(
            "{} {} lost for good{over}.",
            counted(count, "message", "messages"),
            was(count)
        )
    });
    say(
        810,
        "duplicate_effects",
        counts.duplicate_effects,
        &|count| {
            let cause = context
                .design
                .map(unprotected)
                .filter(|wires| !wires.is_empty());
            let cause = cause.map_or_else(String::new, |wires| {
                let retries = if wires.len() == 1 { "retries" } else { "retry" };
                format!(": {} {retries} without an idempotency key", list(&wires))
            });
            format!(
                "{} took effect more than once{over}{cause}.",
                counted(count, "write", "writes")
            )
        },
    );
    say(450, "stale_reads", counts.stale_reads, &|count| {
        format!(
            "{} answered with an older value than the newest write{over}.",
            counted(count, "read was", "reads were")
        )
    });
    said
}

fn was(count: u64) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

/// The wires that try again without a key by which a repetition is recognised.
fn unprotected(design: &Design) -> Vec<String> {
    let retries = |wire: &Wire| {
        let retry = wire.retry.as_ref().filter(|retry| retry.attempts > 1);
        retry.is_some_and(|retry| !retry.idempotency_key) || wire.hedge.is_some()
    };
    design
        .wires
        .0
        .iter()
        .filter(|(_, wire)| retries(wire))
        .map(|(name, _)| name.clone())
        .collect()
}
