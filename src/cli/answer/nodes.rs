//! What happened at the nodes: how busy, how long the queues, where time passed; caches and queues
//! in tables of their own.

use crate::cli::text::bar::bar;
use crate::cli::text::table::{Cell, Column, Table, figures, words};
use crate::cli::text::{Look, Role, number};
use crate::sim::result::{NodeFigures, QueueFigures, RunResult, StationFigures};

/// Cells of a utilisation bar.
const BAR: usize = 8;
/// From here on a node counts as busy, and from there on as full.
const BUSY: f64 = 0.7;
const FULL: f64 = 0.9;

/// A row for each node, and below it one for each of its stations.
pub(super) fn nodes(result: &RunResult, look: Look) -> String {
    let nodes = || result.nodes.iter().filter(|node| node.kind != "client");
    let refused = nodes().any(|node| node.rejected > 0);
    let mut columns = vec![
        words("nodes"),
        words("kind").leaving(4),
        words("busy"),
        figures(""),
        figures("queue"),
        figures("max").leaving(1),
        figures("wait"),
        figures("service").leaving(3),
        figures("p99"),
    ];
    if refused {
        columns.push(figures("refused").leaving(2));
    }
    let mut table = Table::new(columns);
    for node in nodes() {
        table.row(node_row(node, refused, look));
        for station in &node.stations {
            table.row(station_row(station, look));
        }
        let remarks = remarks(node, look);
        if !remarks.is_empty() {
            table.across(Cell::new(
                Role::Warn,
                format!("  {}", remarks.join(&format!(" {} ", look.dot()))),
            ));
        }
    }
    table.render(look)
}

fn node_row(node: &NodeFigures, refused: bool, look: Look) -> Vec<Cell> {
    let mut cells = vec![
        look.name(&node.id).into(),
        Cell::new(Role::Dim, look.name(&node.kind)),
    ];
    if node.workers == 0 {
        cells.push(Cell::new(Role::Dim, "no limit"));
        cells.push(Cell::default());
    } else {
        cells.extend(busy(node.utilization, look));
    }
    cells.extend(waiting(node.queue_mean, node.queue_max, look));
    cells.extend([
        number::time(node.wait_s.mean, look).into(),
        number::time(node.service_s.mean, look).into(),
        number::time(node.latency_s.p99, look).into(),
    ]);
    if refused {
        let role = if node.rejected > 0 {
            Role::Bad
        } else {
            Role::Dim
        };
        cells.push(Cell::new(role, number::count(node.rejected, look)));
    }
    cells
}

fn station_row(station: &StationFigures, look: Look) -> Vec<Cell> {
    let mut cells = vec![
        Cell::new(Role::Dim, format!("  {}", look.name(&station.id))),
        Cell::new(Role::Dim, "station"),
    ];
    cells.extend(busy(station.utilization, look));
    cells.extend(waiting(station.queue_mean, station.queue_max, look));
    // The last column stays empty: the sum of a wait's and a service's 99th percentile is no
    // percentile.
    cells.extend([
        Cell::from(number::time(station.wait_s.mean, look)),
        Cell::from(number::time(station.service_s.mean, look)),
    ]);
    cells
}

/// A bar and its figure.
fn busy(utilization: f64, look: Look) -> [Cell; 2] {
    let role = match utilization {
        FULL.. => Role::Bad,
        BUSY.. => Role::Warn,
        _ => Role::Ink,
    };
    let figure = if role == Role::Ink { Role::Plain } else { role };
    [
        Cell::new(role, bar(utilization, BAR, look)),
        Cell::new(figure, number::share(utilization, look)),
    ]
}

fn waiting(mean: f64, max: u64, look: Look) -> [Cell; 2] {
    [
        number::mean(mean, look).into(),
        number::count(max, look).into(),
    ]
}

/// What is not as it should be, or not to be seen from the table.
fn remarks(node: &NodeFigures, look: Look) -> Vec<String> {
    let mut remarks = Vec::new();
    if node.wasted_share >= 0.001 {
        let share = number::share(node.wasted_share, look);
        remarks.push(format!(
            "{share} of its work was for callers that had given up"
        ));
    }
    if node.errors > 0 {
        remarks.push(format!(
            "{} errors made here",
            number::count(node.errors, look)
        ));
    }
    if node.availability < 1.0 {
        remarks.push(format!(
            "up {} of the time",
            number::share(node.availability, look)
        ));
    }
    remarks
}

/// A row for each cache.
pub(super) fn caches(result: &RunResult, look: Look) -> String {
    let mut table = Table::new(vec![
        words("caches"),
        figures("look-ups"),
        figures("hit ratio"),
        figures("stale").leaving(2),
        figures("coalesced").leaving(3),
        figures("evicted").leaving(4),
    ]);
    for node in &result.nodes {
        let Some(cache) = &node.cache else { continue };
        let count = |number| Cell::from(number::count(number, look));
        table.row(vec![
            look.name(&node.id).into(),
            count(cache.lookups),
            number::share(cache.hit_ratio, look).into(),
            count(cache.stale),
            count(cache.coalesced),
            count(cache.evictions),
        ]);
        if cache.fixed {
            table.across(Cell::new(
                Role::Warn,
                "  its hit ratio is given in the design, not simulated",
            ));
        }
    }
    table.render(look)
}

/// A row for each queue.
pub(super) fn queues(result: &RunResult, look: Look) -> String {
    let titles: Vec<Column> = vec![
        words("queues"),
        figures("published"),
        figures("done"),
        figures("again").leaving(1),
        figures("dead"),
        figures("left"),
        figures("oldest"),
        figures("age p50").leaving(2),
        figures("p99").leaving(2),
    ];
    let mut table = Table::new(titles);
    for node in &result.nodes {
        if let Some(queue) = &node.queue {
            table.row(queue_row(&node.id, queue, look));
        }
    }
    table.render(look)
}

fn queue_row(id: &str, queue: &QueueFigures, look: Look) -> Vec<Cell> {
    let count = |number| Cell::from(number::count(number, look));
    let bad = |number| {
        let role = if number > 0 { Role::Bad } else { Role::Plain };
        Cell::new(role, number::count(number, look))
    };
    vec![
        look.name(id).into(),
        count(queue.published),
        count(queue.acknowledged),
        count(queue.redelivered),
        bad(queue.dead_letters),
        count(queue.backlog),
        number::time(queue.oldest_max_s, look).into(),
        number::time(queue.age_s.p50, look).into(),
        number::time(queue.age_s.p99, look).into(),
    ]
}
