//! What formulas say of the same design, where that differs from the simulation, and what they
//! assume.

use super::{Subject, name};
use crate::insight::estimate::estimate;
use crate::insight::words;
use crate::report::document::{Block, Table, Text, Tone};

/// From this share on a difference from the simulation is worth a word.
const NEAR: f64 = 0.15;

pub(super) fn blocks(subject: &Subject<'_>) -> Vec<Block> {
    let Ok(found) = estimate(subject.design) else {
        return Vec::new();
    };
    let columns = [
        "requests",
        ">mean by formulas",
        ">simulated",
        ">difference",
        ">p99 by formulas",
        ">simulated",
        ">difference",
    ];
    let mut table = Table::new("estimate beside the simulation", &columns);
    for of in found.endpoints.iter().filter(|of| !of.attack) {
        let seen = subject
            .result
            .endpoints
            .iter()
            .find(|seen| seen.id == of.id);
        let Some(seen) = seen.filter(|seen| seen.completed > 0) else {
            continue;
        };
        let mut row = vec![Text::new(Tone::Strong, name(&of.id))];
        row.extend(cells(of.mean_s, seen.latency_s.mean));
        row.extend(cells(of.p99_s, seen.latency_s.p99));
        table.row(row);
    }
    if table.rows.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Table(table)];
    if !found.full.is_empty() {
        let text = format!(
            "There is no steady state to estimate: {} gets more than it can do.",
            words::list(&found.full)
        );
        blocks.push(Block::Paragraph(Text::new(Tone::Warn, text)));
    }
    if !found.assumptions.is_empty() {
        let assumed = found
            .assumptions
            .iter()
            .map(|text| Text::from(text.as_str()));
        blocks.push(Block::Details(
            "What the formulas assume".to_owned(),
            vec![Block::List(assumed.collect())],
        ));
    }
    blocks
}

fn cells(estimated: Option<f64>, simulated: f64) -> [Text; 3] {
    let seen = Text::from(words::time(simulated));
    let Some(estimated) = estimated else {
        return [Text::new(Tone::Dim, "–"), seen, Text::default()];
    };
    let off = if simulated > 0.0 {
        estimated / simulated - 1.0
    } else {
        0.0
    };
    let tone = if off.abs() > NEAR {
        Tone::Warn
    } else {
        Tone::Dim
    };
    [
        words::time(estimated).into(),
        seen,
        Text::new(tone, format!("{:+.0}%", 100.0 * off)),
    ]
}
