//! Connection pools that make calls wait.

use super::{Context, Said};
use crate::insight::words::{count, number, time};

/// A wait for a connection is worth a sentence from this share of the call's own time on.
const WAIT_SHARE: f64 = 0.1;

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let pooled = context
        .result
        .wires
        .iter()
        .filter(|wire| wire.pool_size > 0);
    let short = pooled.filter(|wire| {
        wire.pool_wait_s.mean > 0.0 && wire.pool_wait_s.mean >= WAIT_SHARE * wire.latency_s.mean
    });
    let said = short.map(|wire| {
        let text = format!(
            "The connection pool of {} is exhausted: {} of its {} connections are in use on average, and a call waits {} \
             for one (p99 {}).",
            wire.id,
            number(wire.pool_busy_mean),
            count(wire.pool_size),
            time(wire.pool_wait_s.mean),
            time(wire.pool_wait_s.p99),
        );
        Said::new(780, "pool", &wire.id, text)
    });
    said.collect()
}
