//! The wires that have something to say: retries, failures, breakers, pools that make calls wait.

use super::causes;
use crate::cli::text::wrap::wrap_list;
use crate::cli::text::{Look, Role, number};
use crate::sim::result::{RunResult, WireFigures};

/// From this mean wait on a pool is worth a word, as a share of the time of an attempt.
const POOL_WAIT: f64 = 0.01;
/// From this use on a pool is worth a word.
const POOL_USE: f64 = 0.5;

/// A paragraph for each wire that is not simply quiet.
pub(super) fn wires(result: &RunResult, look: Look) -> String {
    let telling: Vec<(&WireFigures, Vec<String>)> = result
        .wires
        .iter()
        .map(|wire| (wire, remarks(wire, look)))
        .filter(|(_, remarks)| !remarks.is_empty())
        .collect();
    if telling.is_empty() {
        return String::new();
    }
    let mut text = look.paint(Role::Title, "wires") + "\n";
    for (wire, remarks) in telling {
        let calls = format!("{} calls", number::count(wire.calls, look));
        let latency = format!(
            "{} (p99 {})",
            number::time(wire.latency_s.mean, look),
            number::time(wire.latency_s.p99, look)
        );
        text.push_str("  ");
        text.push_str(&look.shorten(&look.name(&wire.id), look.width.saturating_sub(2)));
        text.push('\n');
        let statements: Vec<String> = [calls, latency].into_iter().chain(remarks).collect();
        text.push_str(&wrap_list("    ", &statements, look.dot(), look.width));
    }
    text
}

/// What became of the attempts that failed: `attempts failed (60,120 timeout, 7 error)`.
fn failures(wire: &WireFigures, look: Look) -> String {
    let causes: Vec<String> = causes(&wire.failed)
        .into_iter()
        .map(|(name, count)| format!("{} {name}", number::count(count, look)))
        .collect();
    format!("attempts failed ({})", causes.join(", "))
}

fn remarks(wire: &WireFigures, look: Look) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut add = |number: u64, what: &str| {
        if number > 0 {
            remarks.push(format!("{} {what}", number::count(number, look)));
        }
    };
    add(wire.retries, "retries");
    add(wire.hedges, "hedges");
    add(wire.budget_refused, "retries refused by the budget");
    let failed: u64 = wire.failed.values().sum();
    add(failed, &failures(wire, look));
    add(wire.fallbacks, "fallbacks");
    add(wire.messages_lost, "messages lost");
    if wire.retries > 0 {
        let share = wire.attempts as f64 / wire.calls.max(1) as f64;
        remarks.push(format!("{share:.2} attempts a call"));
    }
    if wire.breaker_opened > 0 {
        let open = number::share(wire.breaker_open_share, look);
        let often = number::count(wire.breaker_opened, look);
        let unit = if wire.breaker_opened == 1 {
            "time"
        } else {
            "times"
        };
        remarks.push(format!(
            "breaker opened {often} {unit} (open {open} of the time)"
        ));
    }
    remarks.extend(pool(wire, look));
    remarks
}

/// How full the pool is and how long calls wait for it, if either is worth a word.
fn pool(wire: &WireFigures, look: Look) -> Option<String> {
    if wire.pool_size == 0 {
        return None;
    }
    let used = wire.pool_busy_mean / wire.pool_size as f64;
    let waits = wire.pool_wait_s.mean > wire.latency_s.mean * POOL_WAIT;
    (waits || used >= POOL_USE).then(|| {
        format!(
            "pool of {} {} used, wait {} (p99 {})",
            number::count(wire.pool_size, look),
            number::share(used, look),
            number::time(wire.pool_wait_s.mean, look),
            number::time(wire.pool_wait_s.p99, look)
        )
    })
}
