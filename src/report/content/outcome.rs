//! The outcome at a glance: headline figures, objectives, findings, and what was wrong with the
//! data.

use super::{Subject, failed, part, range};
use crate::insight::objectives::observed_words;
use crate::insight::words;
use crate::report::document::{Block, Card, Table, Text, Tone};
use crate::sim::result::{EndpointFigures, ObjectiveResult, RunResult};

pub(super) fn blocks(subject: &Subject<'_>) -> Vec<Block> {
    let result = subject.result;
    let mut blocks = vec![Block::Cards(cards(result))];
    if !result.findings.is_empty() {
        let findings = result
            .findings
            .iter()
            .map(|one| Text::from(super::name(&one.text)));
        blocks.push(Block::Heading("Findings".into()));
        blocks.push(Block::List(findings.collect()));
    }
    if !result.objectives.is_empty() {
        blocks.push(Block::Heading("Objectives".into()));
        blocks.push(Block::Table(objectives(&result.objectives)));
    }
    blocks.extend(broken_laws(result));
    blocks
}

/// All requests that are no attack.
fn cards(result: &RunResult) -> Vec<Card> {
    let calm = || result.endpoints.iter().filter(|one| !one.attack);
    let offered: u64 = calm().map(|one| one.offered).sum();
    let lost: u64 = calm().map(failed).sum();
    let goodput: f64 = calm().map(|one| one.goodput_per_s).sum();
    let busiest = calm().filter(|one| one.completed > 0).reduce(|most, one| {
        if one.offered > most.offered {
            one
        } else {
            most
        }
    });
    let mut cards = vec![
        card(
            "goodput",
            words::rate(goodput),
            interval_of_goodput(result),
            Tone::Plain,
        ),
        card(
            "failed",
            words::share(part(lost as f64, offered as f64)),
            format!("{} of {}", words::count(lost), words::count(offered)),
            if lost == 0 { Tone::Good } else { Tone::Bad },
        ),
    ];
    if let Some(busiest) = busiest {
        cards.extend(latency(busiest));
    }
    if !result.objectives.is_empty() {
        let met = result.objectives.iter().filter(|one| one.met).count();
        let all = result.objectives.len();
        let tone = if met == all { Tone::Good } else { Tone::Bad };
        cards.push(card(
            "objectives met",
            format!("{met} of {all}"),
            String::new(),
            tone,
        ));
    }
    let cost = result.cost;
    if cost.per_hour > 0.0 {
        let note = format!("{} per million good", words::dollars(cost.per_million_good));
        cards.push(card(
            "cost per hour",
            words::dollars(cost.per_hour),
            note,
            Tone::Plain,
        ));
    }
    let wrong = result.correctness;
    let harm = [
        (wrong.duplicate_effects, "duplicate effects"),
        (wrong.stale_reads, "stale reads"),
        (wrong.lost_messages, "lost messages"),
        (wrong.lost_writes, "lost writes"),
    ];
    let harm = harm.into_iter().filter(|(count, _)| *count > 0);
    cards.extend(
        harm.map(|(count, what)| card(what, words::count(count), String::new(), Tone::Bad)),
    );
    cards
}

fn card(label: &str, value: String, note: String, tone: Tone) -> Card {
    Card {
        label: label.to_owned(),
        value,
        note,
        tone,
    }
}

/// Only one endpoint's interval is known; that of a sum is not the sum of the ends.
fn interval_of_goodput(result: &RunResult) -> String {
    match result.endpoints.as_slice() {
        [only] if only.goodput_ci95[1] > 0.0 => range(words::rate, only.goodput_ci95),
        _ => String::new(),
    }
}

fn latency(of: &EndpointFigures) -> Vec<Card> {
    let latency = &of.latency_s;
    let figure = |label: &str, value: f64, ci95: Option<&[f64; 2]>| {
        let note = ci95.map_or("too short a run for an interval".to_owned(), |ends| {
            range(words::time, *ends)
        });
        card(label, words::time(value), note, Tone::Plain)
    };
    vec![
        figure("p50", latency.p50, latency.percentiles_ci95.get("p50")),
        figure("p99", latency.p99, latency.percentiles_ci95.get("p99")),
    ]
}

fn objectives(objectives: &[ObjectiveResult]) -> Table {
    let mut table = Table::new("objectives", &["", "objective", ">observed", "remark"]);
    for one in objectives {
        let verdict = if one.met {
            Text::new(Tone::Good, "✓ met")
        } else {
            Text::new(Tone::Bad, "✗ not met")
        };
        let observed = observed_words(one);
        table.row(vec![
            verdict,
            Text::new(Tone::Code, &one.text),
            observed.unwrap_or_else(|| "–".to_owned()).into(),
            Text::new(Tone::Dim, &one.note),
        ]);
    }
    table.without_empty_columns()
}

/// Laws that must hold on every run and did not: the figures are then not to be trusted.
fn broken_laws(result: &RunResult) -> Vec<Block> {
    let broken = result.checks.iter().filter(|check| !check.holds);
    let said = broken.map(|check| {
        Block::Paragraph(Text::new(
            Tone::Bad,
            format!(
                "The law of {} does not hold at {}: {} against {}. This is a fault of buttress.",
                check.law,
                check.place,
                words::number(check.left),
                words::number(check.right)
            ),
        ))
    });
    said.collect()
}
