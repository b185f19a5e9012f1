//! Faults: when they happened, what clients saw before, during and after, and whether things came
//! back.

use super::{Subject, clients, name, part};
use crate::insight::words;
use crate::report::chart::timeline;
use crate::report::document::{Block, Figure, Table, Text, Tone};
use crate::sim::result::{Phase, RunResult};

/// Whether something is wrong during a phase.
fn is_fault(phase: &Phase) -> bool {
    phase.name != "before" && !phase.name.starts_with("after ")
}

/// From when to when something was wrong, and what.
pub(super) fn faults(result: &RunResult) -> Vec<(f64, f64, String)> {
    let faults = result.phases.iter().filter(|phase| is_fault(phase));
    faults
        .map(|phase| (phase.from_s, phase.to_s, phase.name.clone()))
        .collect()
}

pub(super) fn blocks(subject: &Subject<'_>) -> Vec<Block> {
    let result = subject.result;
    if result.phases.is_empty() {
        return Vec::new();
    }
    let mut blocks = Vec::new();
    let edges_s = &result.series.edges_s;
    let ends = edges_s.first().copied().zip(edges_s.last().copied());
    if let Some(svg) = ends.and_then(|ends| timeline(&faults(result), ends)) {
        let wide = Figure {
            wide: true,
            ..clients::figure(svg)
        };
        blocks.push(Block::Figures(vec![wide]));
    }
    let recoveries: Vec<Text> = result
        .phases
        .iter()
        .filter_map(|phase| recovery(phase, result))
        .collect();
    if !recoveries.is_empty() {
        blocks.push(Block::List(recoveries));
    }
    blocks.push(Block::Table(table(result)));
    blocks
}

fn recovery(phase: &Phase, result: &RunResult) -> Option<Text> {
    let fault = phase.name.strip_prefix("after ")?;
    if let Some(recovery_s) = phase.recovery_s {
        let when = if recovery_s > 0.0 {
            format!("{} after its end", words::time(recovery_s))
        } else {
            "at once".to_owned()
        };
        return Some(Text::new(
            Tone::Good,
            format!("Recovered from {fault} {when}."),
        ));
    }
    // A fault that ran to the end, or that another one followed at once, leaves nothing to judge.
    let ended = result.phases.iter().any(|other| other.name == fault);
    let seen = phase.endpoints.iter().any(|seen| seen.offered > 0);
    let text = format!(
        "Not recovered from {fault} by the end, {} later.",
        words::time(phase.to_s - phase.from_s)
    );
    (ended && seen).then(|| Text::new(Tone::Bad, text))
}

fn table(result: &RunResult) -> Table {
    let columns = [
        "phase", ">from", ">to", ">goodput", ">failed", ">mean", ">p50", ">p99",
    ];
    let mut table = Table::new("phases", &columns);
    let several = result.endpoints.len() > 1;
    for phase in &result.phases {
        let seen = phase.endpoints.iter().filter(|seen| seen.offered > 0);
        let mut seen = seen.peekable();
        let from_to = [phase.from_s, phase.to_s].map(|s| Text::from(words::time(s)));
        let tone = if is_fault(phase) {
            Tone::Bad
        } else {
            Tone::Strong
        };
        if several || seen.peek().is_none() {
            let [from, to] = from_to.clone();
            table.row(vec![Text::new(tone, &phase.name), from, to]);
        }
        for of in seen {
            let [from, to] = from_to.clone();
            let lost = part(of.failed as f64, of.offered as f64);
            let time = |value: f64| {
                if of.completed == 0 {
                    Text::new(Tone::Dim, "–")
                } else {
                    words::time(value).into()
                }
            };
            let first = if several {
                vec![Text::from(name(&of.id)), Text::default(), Text::default()]
            } else {
                vec![Text::new(tone, &phase.name), from, to]
            };
            let figures = [
                words::rate(of.goodput_per_s).into(),
                Text::new(
                    if lost > 0.0 { Tone::Bad } else { Tone::Plain },
                    words::share(lost),
                ),
                time(of.mean_s),
                time(of.p50_s),
                time(of.p99_s),
            ];
            table.row(first.into_iter().chain(figures).collect());
        }
    }
    table
}
