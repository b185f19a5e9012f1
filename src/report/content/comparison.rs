//! Alternatives held against the design: what each meets and costs, and every difference with its
//! interval.

use super::{Subject, clients, name};
use crate::insight::difference::{Difference, Verdict};
use crate::insight::words;
use crate::report::chart::{Whisker, whiskers};
use crate::report::document::{Block, Table, Text, Tone};
use crate::study::compare::{Comparison, Pair, Side};

/// Differences in use that are smaller are left out.
const BUSY_MIN: f64 = 0.005;

pub(super) fn blocks(subject: &Subject<'_>) -> Vec<Block> {
    let Some(comparison) = subject.comparison else {
        return Vec::new();
    };
    let how = format!(
        "{} paired replications of {} under the same requests, seed {}. A difference is said to be \
         seen if its 95% interval does not hold 0.",
        comparison.replications,
        words::time(comparison.simulated_s),
        comparison.seed
    );
    let mut blocks = vec![
        Block::Paragraph(Text::new(Tone::Dim, how)),
        Block::Table(sides(comparison)),
    ];
    for pair in &comparison.pairs {
        let side = &comparison.sides[pair.side].name;
        blocks.push(Block::Heading(Text::from(format!(
            "{side} against the baseline"
        ))));
        let table = differences(comparison, pair);
        blocks.push(match chart(pair) {
            Some(svg) => Block::Beside(clients::figure(svg), table),
            None => Block::Table(table),
        });
        for (what, nodes) in [("without", &pair.gone), ("with", &pair.added)] {
            if !nodes.is_empty() {
                let text = format!("{side} is {what} {}.", words::list(nodes));
                blocks.push(Block::Paragraph(Text::new(Tone::Dim, text)));
            }
        }
    }
    blocks
}

fn sides(comparison: &Comparison) -> Table {
    let columns = [
        "design",
        "objectives met",
        ">goodput",
        ">p99",
        ">cost per hour",
        ">parts",
        ">network hops",
        "verdict",
    ];
    let mut table = Table::new("designs", &columns);
    for (at, side) in comparison.sides.iter().enumerate() {
        let all = side.result.objectives.len();
        let met = side.result.objectives.iter().filter(|one| one.met).count();
        let tone = if met == all { Tone::Good } else { Tone::Bad };
        let objectives = if all == 0 {
            Text::new(Tone::Dim, "none")
        } else {
            Text::new(tone, format!("{met} of {all}"))
        };
        let mut title = Text::new(Tone::Strong, &side.name);
        if at == 0 {
            title = title.and(Tone::Dim, " (baseline)");
        }
        let (goodput, p99) = totals(side);
        table.row(vec![
            title,
            objectives,
            words::rate(goodput).into(),
            p99.map_or("–".into(), |p99| words::time(p99).into()),
            words::dollars(side.result.cost.per_hour).into(),
            side.simplicity.parts.to_string().into(),
            side.simplicity.hops.to_string().into(),
            verdict(comparison, side),
        ]);
    }
    table
}

/// Goodput of all endpoints, and p99 of the one with most requests.
fn totals(side: &Side) -> (f64, Option<f64>) {
    let calm = || side.result.endpoints.iter().filter(|one| !one.attack);
    let goodput = calm().map(|one| one.goodput_per_s).sum();
    let answered = calm().filter(|one| one.completed > 0);
    let busiest = answered.reduce(|most, one| {
        if one.offered > most.offered {
            one
        } else {
            most
        }
    });
    (goodput, busiest.map(|one| one.latency_s.p99))
}

fn verdict(comparison: &Comparison, side: &Side) -> Text {
    match side.beaten_by {
        Some(by) => Text::new(
            Tone::Dim,
            format!("beaten by {}", comparison.sides[by].name),
        ),
        None => Text::new(Tone::Good, "✓ not beaten"),
    }
}

fn differences(comparison: &Comparison, pair: &Pair) -> Table {
    let side = &comparison.sides[pair.side].name;
    let columns = ["figure", ">baseline", &format!(">{side}"), "difference"];
    let mut table = Table::new("differences from the baseline", &columns);
    for at in &pair.endpoints {
        let heading = if at.id == "*" {
            "all requests".to_owned()
        } else {
            name(&at.id)
        };
        table.group(heading);
        for figure in at.figures.iter().filter(|figure| is_told(figure)) {
            table.row(row(figure, figure.figure.clone()));
        }
    }
    let busy = pair
        .nodes
        .iter()
        .flat_map(|at| at.figures.iter().map(move |figure| (at, figure)));
    let busy = busy.filter(|(_, figure)| {
        figure.verdict != Verdict::NotSeen && figure.difference.unwrap_or(0.0).abs() >= BUSY_MIN
    });
    let mut rest: Vec<(String, &Difference)> = busy
        .map(|(at, figure)| (format!("{} busy", at.id), figure))
        .collect();
    let whole = pair.whole.iter().filter(|figure| is_something(figure));
    rest.extend(whole.map(|figure| (figure.figure.clone(), figure)));
    if !rest.is_empty() {
        table.group("the whole");
    }
    for (title, figure) in rest {
        table.row(row(figure, title));
    }
    table
}

fn is_something(figure: &Difference) -> bool {
    [figure.baseline, figure.value]
        .into_iter()
        .flatten()
        .any(|value| value.abs() > 0.0)
}

/// Attempts and failures are told only where there is more than one of them, or any.
fn is_told(figure: &Difference) -> bool {
    match figure.figure.as_str() {
        "failed" => is_something(figure),
        "attempts" => {
            let values = [figure.baseline, figure.value].into_iter().flatten();
            values.fold(0.0, f64::max) >= 1.000_5
        }
        _ => true,
    }
}

fn row(figure: &Difference, title: String) -> Vec<Text> {
    let value = |value: Option<f64>| {
        let written = value.map(|value| figure.unit.in_words(value));
        Text::from(written.unwrap_or_else(|| "–".to_owned()))
    };
    let text = figure
        .text
        .strip_prefix(&figure.figure)
        .unwrap_or(&figure.text);
    vec![
        Text::from(title),
        value(figure.baseline),
        value(figure.value),
        Text::new(tone(figure), text.trim_start_matches([':', ' '])),
    ]
}

/// Whether a difference is for the better.
fn tone(figure: &Difference) -> Tone {
    match (figure.verdict, figure.figure == "goodput") {
        (Verdict::NotSeen, _) => Tone::Dim,
        (Verdict::Unknown, _) => Tone::Warn,
        (Verdict::Rises, true) | (Verdict::Falls, false) => Tone::Good,
        (Verdict::Falls, true) | (Verdict::Rises, false) => Tone::Bad,
    }
}

/// The differences of all requests together, and of cost, in per cent of the baseline.
fn chart(pair: &Pair) -> Option<String> {
    let all = pair.endpoints.last()?;
    let cost = pair
        .whole
        .iter()
        .filter(|figure| figure.figure == "cost per hour");
    let figures = all
        .figures
        .iter()
        .filter(|figure| is_told(figure))
        .chain(cost);
    let whisker = |figure: &Difference| {
        let baseline = figure.baseline.filter(|baseline| baseline.abs() > 0.0)?;
        let ends = figure.ci95?.map(|end| end / baseline);
        Some(Whisker {
            name: figure.figure.clone(),
            share: figure.difference? / baseline,
            ends,
            class: match tone(figure) {
                Tone::Good => "cg",
                Tone::Bad => "cb",
                _ => "c6",
            },
        })
    };
    let of = if all.id == "*" {
        "all requests".to_owned()
    } else {
        name(&all.id)
    };
    let shown: Vec<Whisker> = figures.filter_map(whisker).collect();
    whiskers(&format!("{of}: difference from the baseline"), &shown)
}
