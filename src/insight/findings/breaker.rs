//! Circuit breakers that opened.

use super::{Context, Said};
use crate::insight::words::{counted, share};

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let opened = context
        .result
        .wires
        .iter()
        .filter(|wire| wire.breaker_opened > 0);
    let said = opened.map(|wire| {
        let text = format!(
            "The breaker of {} opened {}{} and was open for {} of the time.",
            wire.id,
            counted(wire.breaker_opened, "time", "times"),
            context.over(),
            share(wire.breaker_open_share),
        );
        Said::new(740, "breaker", &wire.id, text)
    });
    said.collect()
}
