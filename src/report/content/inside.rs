//! What happened at nodes, in caches and queues, and along wires.

use super::{Subject, clients, course, name, part};
use crate::insight::axis::Unit;
use crate::insight::words;
use crate::report::chart::{Line, TimeChart};
use crate::report::document::{Block, Figure, Table, Text, Tone};
use crate::sim::result::{NodeSeries, RunResult, WireFigures};

/// Nodes in a chart: as many as there are colours that differ well.
const LINES_MAX: usize = 5;
/// Rows of a table; the rest is idle or like the others.
const ROWS_MAX: usize = 60;
const CLASSES: [&str; LINES_MAX] = ["c1", "c2", "c3", "c4", "c5"];

pub(super) fn blocks(subject: &Subject<'_>) -> Vec<Block> {
    let result = subject.result;
    let figures: Vec<Figure> = [utilization(result), queues(result)]
        .into_iter()
        .flatten()
        .map(clients::figure)
        .collect();
    let mut blocks = Vec::new();
    if !figures.is_empty() {
        blocks.push(Block::Figures(figures));
    }
    let tables = [
        nodes(result),
        stations(result),
        caches(result),
        messages(result),
        wires(result),
    ];
    let tables = tables.into_iter().filter(|table| !table.rows.is_empty());
    blocks.extend(tables.map(|table| Block::Table(table.without_empty_columns())));
    blocks
}

/// Lines of the nodes at which a figure is highest, if it is anywhere above a least one.
fn chart(
    result: &RunResult,
    title: &str,
    unit: Unit,
    of: fn(&NodeSeries) -> &Vec<f64>,
    least: f64,
) -> Option<String> {
    let highest = |one: &NodeSeries| of(one).iter().copied().fold(0.0, f64::max);
    let mut ranked: Vec<(f64, &NodeSeries)> = result
        .series
        .nodes
        .iter()
        .map(|one| (highest(one), one))
        .filter(|(highest, _)| *highest > least)
        .collect();
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0));
    let faults = course::faults(result);
    let lines = ranked.iter().zip(CLASSES).map(|((_, one), class)| Line {
        name: one.id.clone(),
        values: of(one),
        class,
        dashed: false,
    });
    let chart = TimeChart {
        title: title.to_owned(),
        edges_s: &result.series.edges_s,
        lines: lines.collect(),
        band: false,
        unit,
        faults: &faults,
    };
    chart.svg()
}

fn utilization(result: &RunResult) -> Option<String> {
    chart(
        result,
        "how busy the busiest nodes are",
        Unit::Share,
        |one| &one.utilization,
        0.01,
    )
}

fn queues(result: &RunResult) -> Option<String> {
    chart(
        result,
        "requests waiting at nodes",
        Unit::Count,
        |one| &one.queue,
        0.05,
    )
}

fn nodes(result: &RunResult) -> Table {
    let columns = [
        "node",
        "kind",
        ">arrivals",
        ">busy",
        ">waiting",
        ">most waiting",
        ">wait",
        ">wait p99",
        ">service",
        ">rejected",
        ">wasted",
    ];
    let mut table = Table::new("nodes", &columns).captioned();
    for one in result.nodes.iter().take(ROWS_MAX) {
        if one.kind == "client" {
            continue;
        }
        let tone = if one.utilization >= 0.85 {
            Tone::Bad
        } else {
            Tone::Plain
        };
        let busy = if one.workers > 0 {
            words::share(one.utilization)
        } else {
            "–".to_owned()
        };
        let time = |value: f64| {
            if value > 0.0 {
                words::time(value).into()
            } else {
                Text::new(Tone::Dim, "–")
            }
        };
        let wasted = if one.wasted_share > 0.0 {
            words::share(one.wasted_share)
        } else {
            String::new()
        };
        let rejected = if one.rejected > 0 {
            words::count(one.rejected)
        } else {
            String::new()
        };
        table.row(vec![
            Text::new(Tone::Strong, &one.id),
            Text::new(Tone::Dim, &one.kind),
            words::rate(one.arrivals_per_s).into(),
            Text::new(tone, busy),
            words::number(one.queue_mean).into(),
            words::count(one.queue_max).into(),
            time(one.wait_s.mean),
            time(one.wait_s.p99),
            time(one.service_s.mean),
            Text::new(Tone::Bad, rejected),
            Text::new(Tone::Warn, wasted),
        ]);
    }
    table
}

fn stations(result: &RunResult) -> Table {
    let columns = [
        "station",
        ">busy",
        ">waiting",
        ">most waiting",
        ">wait",
        ">wait p99",
        ">service",
    ];
    let mut table = Table::new("stations besides the workers", &columns).captioned();
    for node in result.nodes.iter().take(ROWS_MAX) {
        for one in node.stations.iter().filter(|one| one.utilization > 0.0) {
            table.row(vec![
                Text::new(Tone::Strong, &node.id).and(Tone::Plain, format!(" {}", one.id)),
                words::share(one.utilization).into(),
                words::number(one.queue_mean).into(),
                words::count(one.queue_max).into(),
                words::time(one.wait_s.mean).into(),
                words::time(one.wait_s.p99).into(),
                words::time(one.service_s.mean).into(),
            ]);
        }
    }
    table
}

fn caches(result: &RunResult) -> Table {
    let columns = [
        "cache",
        ">look-ups",
        ">hit ratio",
        ">stale",
        ">coalesced",
        ">evictions",
    ];
    let mut table = Table::new("caches", &columns).captioned();
    for node in &result.nodes {
        let Some(cache) = &node.cache else { continue };
        let given = if cache.fixed {
            " (given, not simulated)"
        } else {
            ""
        };
        table.row(vec![
            Text::new(Tone::Strong, &node.id),
            words::count(cache.lookups).into(),
            Text::from(words::share(cache.hit_ratio)).and(Tone::Dim, given),
            words::count(cache.stale).into(),
            words::count(cache.coalesced).into(),
            words::count(cache.evictions).into(),
        ]);
    }
    table
}

fn messages(result: &RunResult) -> Table {
    let columns = [
        "queue",
        ">published",
        ">delivered",
        ">again",
        ">done",
        ">dead letters",
        ">left",
        ">oldest",
    ];
    let mut table = Table::new("queues", &columns).captioned();
    for node in &result.nodes {
        let Some(queue) = &node.queue else { continue };
        let counts = [
            queue.published,
            queue.delivered,
            queue.redelivered,
            queue.acknowledged,
            queue.dead_letters,
            queue.backlog,
        ];
        let mut row = vec![Text::new(Tone::Strong, &node.id)];
        row.extend(counts.map(|count| Text::from(words::count(count))));
        row.push(words::time(queue.oldest_max_s).into());
        table.row(row);
    }
    table
}

fn wires(result: &RunResult) -> Table {
    let columns = [
        "wire",
        ">calls",
        ">attempts each",
        ">failed",
        ">mean",
        ">p99",
        ">pool busy",
        ">pool wait",
        ">breaker open",
    ];
    let mut table = Table::new("wires", &columns).captioned();
    for one in result
        .wires
        .iter()
        .filter(|one| one.calls > 0)
        .take(ROWS_MAX)
    {
        table.row(wire(one));
    }
    table
}

fn wire(one: &WireFigures) -> Vec<Text> {
    let lost: u64 = one.failed.values().sum();
    let share = part(lost as f64, one.attempts as f64);
    let blank = |is: bool, text: String| {
        if is {
            Text::from(text)
        } else {
            Text::default()
        }
    };
    let busy = part(one.pool_busy_mean, one.pool_size as f64);
    vec![
        Text::new(Tone::Strong, name(&one.id)),
        words::count(one.calls).into(),
        words::number(part(one.attempts as f64, one.calls as f64)).into(),
        Text::new(
            if lost > 0 { Tone::Bad } else { Tone::Plain },
            words::share(share),
        ),
        words::time(one.latency_s.mean).into(),
        words::time(one.latency_s.p99).into(),
        blank(one.pool_size > 0, words::share(busy)),
        blank(one.pool_size > 0, words::time(one.pool_wait_s.mean)),
        blank(one.breaker_opened > 0, words::share(one.breaker_open_share)),
    ]
}
