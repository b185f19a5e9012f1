//! What comes after the tables: correctness, cost, findings, and laws that did not hold.

use crate::cli::text::wrap::{wrap, wrap_list};
use crate::cli::text::{Look, Role, number};
use crate::sim::result::RunResult;

/// The counters that are not zero.
pub(super) fn correctness(result: &RunResult, look: Look) -> String {
    let counts = &result.correctness;
    let told: Vec<String> = [
        (
            counts.duplicate_effects,
            "effect happened twice",
            "effects happened twice",
        ),
        (counts.stale_reads, "stale read", "stale reads"),
        (counts.lost_messages, "message lost", "messages lost"),
        (counts.lost_writes, "write lost", "writes lost"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| {
        let what = if count == 1 { one } else { many };
        look.paint(Role::Bad, &format!("{} {what}", number::count(count, look)))
    })
    .collect();
    if told.is_empty() {
        return String::new();
    }
    let title = look.paint(Role::Title, "correctness");
    format!(
        "{title}\n{}",
        wrap_list("  ", &told, look.dot(), look.width)
    )
}

/// Cost per hour and per million good requests, if anything has a price.
pub(super) fn cost(result: &RunResult, look: Look) -> String {
    if result.cost.per_hour == 0.0 && result.cost.per_million_good == 0.0 {
        return String::new();
    }
    let per_hour = format!("{} per hour", number::dollars(result.cost.per_hour, look));
    let mut told = vec![per_hour];
    if result.cost.per_million_good > 0.0 {
        let per_million = number::dollars(result.cost.per_million_good, look);
        told.push(format!("{per_million} per million good requests"));
    }
    let title = look.paint(Role::Title, "cost");
    format!(
        "{title}\n{}",
        wrap_list("  ", &told, look.dot(), look.width)
    )
}

/// Each finding as a sentence.
pub(super) fn findings(result: &RunResult, look: Look) -> String {
    if result.findings.is_empty() {
        return String::new();
    }
    let mut text = look.paint(Role::Title, "findings") + "\n";
    let bullet = format!("  {} ", look.bullet());
    for finding in &result.findings {
        text.push_str(&wrap(&bullet, &look.name(&finding.text), look.width));
    }
    text
}

/// Laws that must hold on every run and did not: the figures are then not to be trusted.
pub(super) fn broken_laws(result: &RunResult, look: Look) -> String {
    let mut text = String::new();
    for check in result.checks.iter().filter(|check| !check.holds) {
        let sentence = format!(
            "The law of {} does not hold at {}: {} against {}. This is a fault of buttress; please report it with this design.",
            check.law,
            look.name(&check.place),
            number::plain(check.left, look),
            number::plain(check.right, look)
        );
        let lines = wrap("", &sentence, look.width);
        text.push_str(&look.paint(Role::Bad, lines.trim_end()));
        text.push('\n');
    }
    text
}
