//! What clients saw of each endpoint: rates, failures, latency with its intervals, and their
//! course.

use super::{Subject, course, failed, name, part, with_interval};
use crate::insight::axis::Unit;
use crate::insight::words;
use crate::report::chart::{Line, TimeChart, density};
use crate::report::document::{Block, Figure, Table, Text, Tone};
use crate::sim::result::{EndpointFigures, EndpointSeries, RunResult};

/// Endpoints that have charts, those with most requests; the others are in the table.
const CHARTED_MAX: usize = 6;

pub(super) fn blocks(subject: &Subject<'_>) -> Vec<Block> {
    let result = subject.result;
    if result.endpoints.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Table(table(result))];
    let faults = course::faults(result);
    let mut charted: Vec<&EndpointFigures> = result
        .endpoints
        .iter()
        .filter(|one| one.offered > 0)
        .collect();
    charted.sort_by_key(|one| (one.attack, std::cmp::Reverse(one.offered)));
    let left_out = charted.len().saturating_sub(CHARTED_MAX);
    charted.truncate(CHARTED_MAX);
    for endpoint in charted {
        let figures = figures(subject, endpoint, &faults);
        if !figures.is_empty() {
            blocks.push(Block::Heading(Text::from(name(&endpoint.id))));
            blocks.push(Block::Figures(figures));
        }
    }
    if left_out > 0 {
        let text = format!("{left_out} more endpoints are in the table only.");
        blocks.push(Block::Paragraph(Text::new(Tone::Dim, text)));
    }
    blocks
}

fn table(result: &RunResult) -> Table {
    let columns = [
        "requests", ">offered", ">goodput", ">failed", ">mean", ">p50", ">p95", ">p99", ">p99.9",
    ];
    let mut table = Table::new("figures by endpoint, with 95% intervals", &columns);
    for one in &result.endpoints {
        let latency = &one.latency_s;
        let time = |value: f64, key: &str| {
            if one.completed == 0 {
                return Text::new(Tone::Dim, "–");
            }
            let ci95 = match key {
                "mean" => Some(latency.ci95),
                key => latency.percentiles_ci95.get(key).copied(),
            };
            with_interval(words::time, value, ci95)
        };
        let lost = part(failed(one) as f64, one.offered as f64);
        let mut id = Text::new(Tone::Strong, name(&one.id));
        if one.attack {
            id = id.and(Tone::Dim, " (attack)");
        }
        table.row(vec![
            id,
            words::count(one.offered).into(),
            with_interval(words::rate, one.goodput_per_s, Some(one.goodput_ci95)),
            Text::new(
                if lost > 0.0 { Tone::Bad } else { Tone::Plain },
                words::share(lost),
            )
            .and(Tone::Aside, causes(one)),
            time(latency.mean, "mean"),
            time(latency.p50, "p50"),
            time(latency.p95, "p95"),
            time(latency.p99, "p99"),
            time(latency.p999, "p999"),
        ]);
    }
    table
}

/// Causes of failure, the most frequent first, and attempts.
fn causes(one: &EndpointFigures) -> String {
    let mut causes: Vec<(&str, u64)> = one
        .failed
        .iter()
        .map(|(cause, count)| (cause.as_str(), *count))
        .collect();
    causes.retain(|(_, count)| *count > 0);
    causes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let share = |count: u64| words::share(part(count as f64, one.offered as f64));
    let mut told: Vec<String> = causes
        .iter()
        .map(|(cause, count)| format!("{} {}", cause.replace('_', " "), share(*count)))
        .collect();
    if one.attempts_per_request >= 1.005 {
        told.push(format!(
            "{} attempts each",
            words::number(one.attempts_per_request)
        ));
    }
    if told.is_empty() {
        String::new()
    } else {
        format!(" {}", told.join(", "))
    }
}

fn figures(
    subject: &Subject<'_>,
    endpoint: &EndpointFigures,
    faults: &[(f64, f64, String)],
) -> Vec<Figure> {
    let result = subject.result;
    let series = result
        .series
        .endpoints
        .iter()
        .find(|one| one.id == endpoint.id);
    let edges_s = &result.series.edges_s;
    let over_time = series.map(|series| {
        [
            latency(edges_s, series, faults),
            rates(edges_s, series, faults),
        ]
    });
    let latencies = subject.histograms.iter().find(|(id, _)| *id == endpoint.id);
    let of = &endpoint.latency_s;
    let marks = [("p50", of.p50), ("p95", of.p95), ("p99", of.p99)];
    let shape = latencies.and_then(|(_, values)| density("how many took how long", values, &marks));
    let svgs = over_time.into_iter().flatten().chain([shape]).flatten();
    svgs.map(figure).collect()
}

/// A chart that says everything by itself.
pub(super) fn figure(svg: String) -> Figure {
    Figure {
        svg,
        caption: Text::default(),
        text: String::new(),
        wide: false,
    }
}

fn line<'a>(name: &str, values: &'a [f64], class: &'static str) -> Line<'a> {
    Line {
        name: name.to_owned(),
        values,
        class,
        dashed: false,
    }
}

fn latency(
    edges_s: &[f64],
    series: &EndpointSeries,
    faults: &[(f64, f64, String)],
) -> Option<String> {
    let chart = TimeChart {
        title: "latency".to_owned(),
        edges_s,
        lines: vec![
            line("p99", &series.p99_s, "c2"),
            line("p50", &series.p50_s, "c1"),
        ],
        band: true,
        unit: Unit::Time,
        faults,
    };
    chart.svg()
}

fn rates(
    edges_s: &[f64],
    series: &EndpointSeries,
    faults: &[(f64, f64, String)],
) -> Option<String> {
    let offered = Line {
        dashed: true,
        ..line("offered", &series.offered_per_s, "c6")
    };
    let mut lines = vec![offered, line("goodput", &series.completed_per_s, "c3")];
    if series.failed_per_s.iter().any(|rate| *rate > 0.0) {
        lines.push(line("failed", &series.failed_per_s, "cb"));
    }
    let chart = TimeChart {
        title: "requests per second".to_owned(),
        edges_s,
        lines,
        band: false,
        unit: Unit::Rate,
        faults,
    };
    chart.svg()
}
