//! A live run on the screen: the panel of a node or wire, the charts, the timeline. Everything is
//! drawn from one snapshot; nothing is decided here.

use super::course::{EndpointPoint, Point, Step};
use super::figures::{self, NodeFigures, Which, clients};
use super::snapshot::Snapshot;
use super::words::{self, by_hand};
use crate::insight::words::{count, number, rate, share, time};
use crate::sim::live::WaitingFrom;
use crate::sim::measure::CAUSE_NAMES;
use crate::tui::charts::{FaultTimeline, Line, LineChart, Pen, Span, Unit};
use crate::tui::glyphs::Glyph;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};

/// Columns of the names of figures.
const NAMES: u16 = 14;

/// A line of a panel: a name, a figure, and how it is meant. Lines of higher rank give way first.
struct Row {
    name: &'static str,
    value: String,
    role: Role,
    rank: u8,
}

fn row(rank: u8, name: &'static str, value: String) -> Row {
    Row {
        name,
        value,
        role: Role::Strong,
        rank,
    }
}

/// The panel of a node: `orders-db · last 5 s`.
pub fn node_panel(pen: Pen, buffer: &mut Buffer, area: Rect, snapshot: &Snapshot, node: usize) {
    let Some(figures) = figures::node(snapshot, node) else {
        pen.panel(buffer, area, "", false);
        return;
    };
    let title = title(pen, &figures.name, snapshot);
    let inside = pen.panel(buffer, area, &title, false);
    let inside = inset(inside);
    let mut rows = if figures.kind == "client" {
        client_rows(snapshot, node)
    } else {
        node_rows(&figures)
    };
    for name in &figures.faults {
        rows.insert(
            0,
            Row {
                role: Role::Bad,
                ..row(0, "fault", name.clone())
            },
        );
    }
    let callers = callers(snapshot, node);
    let used = draw_rows(pen, buffer, inside, rows);
    if used > 0 && usize::from(inside.height - used.min(inside.height)) > callers.len() + 1 {
        let below = Rect {
            y: inside.y + used + 1,
            height: inside.height - used - 1,
            ..inside
        };
        draw_callers(pen, buffer, below, &callers);
        spark(pen, buffer, inside, snapshot, node);
    }
}

fn title(pen: Pen, name: &str, snapshot: &Snapshot) -> String {
    format!(
        "{name} {} {}",
        pen.glyphs.get(Glyph::Dot),
        words::window(snapshot)
    )
}

/// One column of room on either side.
fn inset(area: Rect) -> Rect {
    Rect {
        x: area.x + 1.min(area.width),
        width: area.width.saturating_sub(2),
        ..area
    }
}

fn client_rows(snapshot: &Snapshot, node: usize) -> Vec<Row> {
    let seen = clients(snapshot, Which::Client(node));
    let mut rows = vec![
        row(0, "offered", rate(seen.offered_per_s)),
        row(0, "answered", rate(seen.goodput_per_s)),
        row(1, "failed", rate(seen.failed_per_s)),
        row(2, "under way", count(seen.in_flight)),
    ];
    if seen.failed_per_s > 0.0 {
        rows[2].role = Role::Bad;
    }
    rows.extend(seen.p50_s.map(|p50| row(1, "p50", time(p50))));
    rows.extend(seen.p99_s.map(|p99| row(0, "p99", time(p99))));
    rows.extend(
        seen.tries
            .map(|tries| row(2, "tries/request", number(tries))),
    );
    rows
}

fn node_rows(figures: &NodeFigures) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(busy) = figures.utilization {
        let part = figures
            .busiest
            .map_or(String::new(), |part| format!(" ({part})"));
        let mut row = row(0, "utilisation", format!("{}{part}", share(busy)));
        row.role = if busy >= 0.95 {
            Role::Bad
        } else {
            Role::Strong
        };
        rows.push(row);
    }
    if figures.workers > 0 {
        let busy = format!("{} of {}", count(figures.busy), count(figures.workers));
        rows.push(row(1, "in service", busy));
    } else if figures.oldest_s.is_none() {
        rows.push(row(3, "in service", count(figures.busy)));
    }
    if let Some((busy, size)) = figures.pool {
        rows.push(row(
            1,
            "connections",
            format!("{} of {}", count(busy), count(size)),
        ));
    }
    rows.push(row(0, "waiting", count(figures.waiting)));
    rows.extend(
        figures
            .oldest_s
            .map(|oldest| row(1, "oldest", time(oldest))),
    );
    rows.extend(figures.hits.map(|hits| row(0, "hits", share(hits))));
    if let Some((held, room)) = figures.entries {
        rows.push(row(
            3,
            "entries",
            format!("{} of {}", count(held), count(room)),
        ));
    }
    rows.push(row(1, "arrivals", rate(figures.arrivals_per_s)));
    rows.push(row(1, "served", rate(figures.served_per_s)));
    for (name, per_s) in [
        ("refused", figures.rejected_per_s),
        ("errors", figures.errors_per_s),
    ] {
        if per_s > 0.0 {
            rows.push(Row {
                role: Role::Bad,
                ..row(1, name, rate(per_s))
            });
        }
    }
    rows.extend(
        figures
            .wait_p99_s
            .map(|wait| row(0, "wait  p99", time(wait))),
    );
    rows.extend(
        figures
            .work_p99_s
            .map(|work| row(2, "work  p99", time(work))),
    );
    if let Some((open, half, all)) = figures.breakers {
        let state = breaker_words(open, half, all);
        let role = if open > 0 { Role::Bad } else { Role::Strong };
        rows.push(Row {
            role,
            ..row(2, "breaker", state)
        });
    }
    rows.extend(
        figures
            .tries
            .map(|tries| row(2, "tries/call", number(tries))),
    );
    if figures.wasted > 0.0 {
        rows.push(Row {
            role: Role::Warn,
            ..row(2, "wasted work", share(figures.wasted))
        });
    }
    let [all, down, paused, sick] = figures.replicas;
    let trouble = [
        (down, "down"),
        (paused, "paused"),
        (sick, "slow or failing"),
    ];
    for (n, word) in trouble.into_iter().filter(|(n, _)| *n > 0) {
        rows.push(Row {
            role: Role::Bad,
            ..row(0, "replicas", format!("{n} of {all} {word}"))
        });
    }
    rows
}

fn breaker_words(open: u32, half: u32, all: u32) -> String {
    match (open, half) {
        (0, 0) => "closed".to_owned(),
        (0, half) => format!("{half} of {all} half open"),
        (open, _) if open == all => "open".to_owned(),
        (open, _) => format!("{open} of {all} open"),
    }
}

/// Draws as many rows as fit, the most telling ones in their order. Gives how many lines they took.
fn draw_rows(pen: Pen, buffer: &mut Buffer, area: Rect, mut rows: Vec<Row>) -> u16 {
    for rank in (0..=3).rev() {
        if rows.len() <= usize::from(area.height) {
            break;
        }
        rows.retain(|row| row.rank < rank || rank == 0);
    }
    rows.truncate(usize::from(area.height));
    for (y, row) in rows.iter().enumerate() {
        let y = y as u16;
        pen.text(buffer, area, (0, y), row.name, Role::Dim);
        pen.text(
            buffer,
            area,
            (NAMES.min(area.width), y),
            &row.value,
            row.role,
        );
    }
    rows.len() as u16
}

/// Who waits at a node: the name of the caller, and how many.
fn callers(snapshot: &Snapshot, node: usize) -> Vec<(String, String)> {
    let waiting = match &snapshot.selected {
        Some((selected, waiting)) if *selected as usize == node => waiting.as_slice(),
        _ => &[],
    };
    let name = |caller: Option<u32>| {
        let known = caller.and_then(|caller| snapshot.meta().nodes.get(caller as usize));
        known.map_or("its own".to_owned(), |node| node.name.clone())
    };
    let number = |from: &WaitingFrom| match from.given_up {
        0 => count(from.waiting),
        gone => format!("{}, {} given up", count(from.waiting), count(gone)),
    };
    let words = |from: &WaitingFrom| (name(from.caller), number(from));
    waiting.iter().map(words).collect()
}

fn draw_callers(pen: Pen, buffer: &mut Buffer, area: Rect, callers: &[(String, String)]) {
    if callers.is_empty() {
        return;
    }
    pen.text(buffer, area, (0, 0), "waiting here, by caller", Role::Dim);
    for (y, (name, waiting)) in callers
        .iter()
        .enumerate()
        .take(usize::from(area.height.saturating_sub(1)))
    {
        let y = y as u16 + 1;
        let room = usize::from(NAMES.min(area.width)).saturating_sub(3);
        pen.text(
            buffer,
            area,
            (2, y),
            &pen.glyphs.fit(name, room),
            Role::Text,
        );
        pen.text(
            buffer,
            area,
            (NAMES.min(area.width), y),
            waiting,
            Role::Strong,
        );
    }
}

/// The course of what waits, on the last line of the panel.
fn spark(pen: Pen, buffer: &mut Buffer, area: Rect, snapshot: &Snapshot, node: usize) {
    let points = snapshot.course.points();
    let known = points.partition_point(|point| point.to_ns <= snapshot.now_ns());
    let of = |point: &Point| point.nodes.get(node).map(|node| f64::from(node.waiting));
    let values: Vec<f64> = points[..known].iter().filter_map(of).collect();
    if values.iter().all(|value| *value <= 0.0) || area.height < 4 {
        return;
    }
    let line = Rect {
        y: area.bottom() - 1,
        height: 1,
        x: area.x + 8.min(area.width),
        width: area.width.saturating_sub(8),
    };
    pen.text(
        buffer,
        Rect {
            y: area.bottom() - 1,
            height: 1,
            ..area
        },
        (0, 0),
        "waiting",
        Role::Dim,
    );
    pen.spark(buffer, line, &values, Role::Series(0));
}

/// The panel of a wire: `api -> orders-db · last 5 s`.
pub fn wire_panel(pen: Pen, buffer: &mut Buffer, area: Rect, snapshot: &Snapshot, wire: usize) {
    let Some(meta) = snapshot.meta().wires.get(wire) else {
        pen.panel(buffer, area, "", false);
        return;
    };
    let inside = inset(pen.panel(buffer, area, &title(pen, &meta.name, snapshot), false));
    let seconds = snapshot.window.seconds().max(1e-9);
    let mut rows = Vec::new();
    if let Some(seen) = snapshot.window.wires.get(wire) {
        let per_s = |n: u64| rate(n as f64 / seconds);
        rows.push(row(0, "calls", per_s(seen.calls)));
        rows.push(row(1, "attempts", per_s(seen.attempts)));
        if seen.calls > 0 {
            rows.push(row(
                1,
                "tries/call",
                number(seen.attempts as f64 / seen.calls as f64),
            ));
        }
        for (cause, failed) in CAUSE_NAMES.into_iter().zip(seen.failed) {
            if failed > 0 {
                rows.push(Row {
                    role: Role::Bad,
                    ..row(1, cause, per_s(failed))
                });
            }
        }
        for (name, n) in [
            ("fallbacks", seen.fallbacks),
            ("hedges", seen.hedges),
            ("lost", seen.lost),
            ("not retried", seen.budget_refused),
        ] {
            if n > 0 {
                rows.push(row(2, name, per_s(n)));
            }
        }
        for (name, p) in [("p50", 0.5), ("p99", 0.99)] {
            rows.extend(
                seen.latency
                    .quantile(p)
                    .map(|ns| row(0, name, time(ns / 1e9))),
            );
        }
        rows.extend(
            seen.pool_wait
                .quantile(0.99)
                .map(|ns| row(2, "pool wait p99", time(ns / 1e9))),
        );
    }
    if let Some(level) = snapshot.levels.wires.get(wire) {
        if level.pool_size > 0 {
            let busy = format!("{} of {}", count(level.pool_busy), count(level.pool_size));
            rows.push(row(1, "connections", busy));
            rows.push(row(1, "waiting", count(level.pool_waiting)));
        }
        if let Some(of) = level.breakers {
            let role = if of.open > 0 { Role::Bad } else { Role::Strong };
            rows.push(Row {
                role,
                ..row(1, "breaker", breaker_words(of.open, of.half_open, of.total))
            });
        }
        if level.faults > 0 {
            rows.push(Row {
                role: Role::Bad,
                ..row(0, "fault", "messages are late or lost".to_owned())
            });
        }
    }
    draw_rows(pen, buffer, inside, rows);
}

/// The endpoint whose latency is shown unless another one is chosen: the one asked for most.
pub fn busiest_endpoint(snapshot: &Snapshot) -> Option<usize> {
    let endpoints = &snapshot.meta().endpoints;
    let offered = |i: &usize| {
        let seen = snapshot
            .course
            .points()
            .iter()
            .filter_map(|point| point.endpoints.get(*i));
        (
            !endpoints[*i].attack,
            seen.map(|seen| u64::from(seen.offered)).sum::<u64>(),
            usize::MAX - i,
        )
    };
    (0..endpoints.len()).max_by_key(offered)
}

/// What clients saw along a chart of a width: two dots a cell, and a step for each.
fn steps(snapshot: &Snapshot, width: u16) -> Vec<Step> {
    let share = snapshot.course.end_ns() as f64 / snapshot.duration_ns().max(1) as f64;
    let most = (f64::from(width) * 2.0 * share).ceil().max(1.0) as usize;
    snapshot.course.clients(u64::MAX, most)
}

fn points(steps: &[Step], of: impl Fn(&Step) -> f64) -> Vec<(f64, f64)> {
    let middle = |step: &Step| f64::midpoint(step.time_s.0, step.time_s.1);
    steps.iter().map(|step| (middle(step), of(step))).collect()
}

fn line(name: &str, series: u8, points: Vec<(f64, f64)>) -> Line {
    Line {
        name: name.to_owned(),
        points,
        series,
    }
}

/// The charts below the canvas: latency of one endpoint with the faults along it, and what is
/// offered, answered and failing; side by side if there is room, else only the first.
pub fn charts(
    pen: Pen,
    buffer: &mut Buffer,
    area: Rect,
    snapshot: &Snapshot,
    endpoint: Option<usize>,
) {
    let area = area.intersection(buffer.area);
    let endpoint = endpoint.or_else(|| busiest_endpoint(snapshot));
    if area.width < 70 {
        latency(pen, buffer, area, snapshot, endpoint);
        return;
    }
    let [left, right] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(area);
    latency(pen, buffer, left, snapshot, endpoint);
    throughput(pen, buffer, right, snapshot);
}

fn chart(unit: Unit, snapshot: &Snapshot, lines: Vec<Line>) -> LineChart {
    let known = snapshot.course.end_ns() > snapshot.now_ns();
    LineChart {
        lines,
        unit,
        time_s: (0.0, snapshot.duration_ns() as f64 / 1e9),
        now_s: known.then(|| snapshot.now_ns() as f64 / 1e9),
    }
}

fn latency(
    pen: Pen,
    buffer: &mut Buffer,
    area: Rect,
    snapshot: &Snapshot,
    endpoint: Option<usize>,
) {
    let of = endpoint.and_then(|i| snapshot.meta().endpoints.get(i).map(|meta| (i, meta)));
    let Some((i, meta)) = of else {
        pen.panel(buffer, area, "latency", false);
        return;
    };
    let title = format!("latency {}", short(&meta.name));
    let inside = pen.panel(buffer, area, &title, false);
    let steps = steps(snapshot, inside.width);
    let value = |p: f64| {
        points(&steps, |step| {
            step.endpoints
                .get(i)
                .map_or(f64::NAN, |seen| seen.quantile_s(p))
        })
    };
    let lines = vec![line("p99", 2, value(0.99)), line("p50", 0, value(0.5))];
    let chart = chart(Unit::Time, snapshot, lines);
    let spans = spans(snapshot);
    let below = match inside.height {
        0..7 => 0,
        7..10 => 1 + spans.len().min(1) as u16,
        _ => 1 + spans.len().min(2) as u16,
    };
    let [plot, faults, words] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(below.saturating_sub(1)),
        Constraint::Length(below.min(1)),
    ])
    .areas(inside);
    let at = chart.draw(pen, buffer, plot);
    let along = Rect {
        x: faults.x + at.left,
        width: at.width.min(faults.width),
        ..faults
    };
    FaultTimeline {
        spans: &spans,
        time_s: chart.time_s,
        now_s: snapshot.now_ns() as f64 / 1e9,
    }
    .draw(pen, buffer, along);
    pen.text(buffer, inset(words), (0, 0), &whole(snapshot, i), Role::Dim);
}

/// The endpoint's name without its client.
fn short(name: &str) -> &str {
    let target = name.split_once(" -> ").map_or(name, |(_, target)| target);
    target
        .split_once('/')
        .map_or(target, |(_, endpoint)| endpoint)
}

/// Every fault of a run, where its times are known.
fn spans(snapshot: &Snapshot) -> Vec<Span> {
    let mut spans: Vec<Span> = snapshot
        .timeline
        .faults()
        .iter()
        .filter_map(|fault| {
            let end = fault
                .ends_ns()
                .map_or(f64::INFINITY, |ends| ends as f64 / 1e9);
            Some(Span {
                name: words::fault(&fault.entry),
                time_s: (fault.at_ns()? as f64 / 1e9, end),
                by_hand: fault.by_hand,
                selected: false,
            })
        })
        .collect();
    spans.sort_by(|a, b| a.time_s.0.total_cmp(&b.time_s.0));
    spans
}

/// The whole run so far: `whole run: p99 1.21 s (1.08 to 1.34), warm-up 31 s`.
fn whole(snapshot: &Snapshot, endpoint: usize) -> String {
    let Some(whole) = &snapshot.whole else {
        return "whole run: not worked out yet".to_owned();
    };
    let Some(seen) = whole
        .result
        .endpoints
        .get(endpoint)
        .filter(|seen| seen.completed > 0)
    else {
        return "whole run: nothing was answered yet".to_owned();
    };
    let latency = &seen.latency_s;
    let interval = latency
        .percentiles_ci95
        .get("p99")
        .map_or(" (too short for an interval)".to_owned(), |[low, high]| {
            format!(" ({} to {})", time(*low), time(*high))
        });
    let warmup = match whole.result.warmup_s {
        warmup if warmup > 0.0 => format!(", warm-up {}", time(warmup)),
        _ => String::new(),
    };
    format!("whole run: p99 {}{interval}{warmup}", time(latency.p99))
}

fn throughput(pen: Pen, buffer: &mut Buffer, area: Rect, snapshot: &Snapshot) {
    let inside = pen.panel(buffer, area, "offered, goodput, errors per second", false);
    let steps = steps(snapshot, inside.width);
    let sum = |pick: fn(&EndpointPoint) -> u32| {
        points(&steps, |step| {
            let clients = step.endpoints.iter().zip(&snapshot.meta().endpoints);
            let real = clients.filter(|(_, endpoint)| !endpoint.attack);
            let sum: u32 = real.map(|(seen, _)| pick(seen)).sum();
            f64::from(sum) / (step.time_s.1 - step.time_s.0).max(1e-9)
        })
    };
    let chart = chart(
        Unit::Rate,
        snapshot,
        vec![
            line("goodput", 3, sum(|seen| seen.completed)),
            line("errors", 2, sum(|seen| seen.failed)),
            line("offered", 0, sum(|seen| seen.offered)),
        ],
    );
    let done: Vec<String> = snapshot
        .timeline
        .faults()
        .iter()
        .filter(|fault| fault.by_hand)
        .map(|fault| by_hand(fault, snapshot.duration_ns()))
        .collect();
    let edits = snapshot.edits.last().map(|&at| {
        let at = words::moment(at, snapshot.duration_ns());
        format!("you  {at} changed parameters; a replay has them from its start")
    });
    let lines: Vec<String> = done.into_iter().chain(edits).collect();
    let room = inside.height.saturating_sub(6).min(3);
    let below = (lines.len() as u16).min(room);
    let [plot, words] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(below)]).areas(inside);
    chart.draw(pen, buffer, plot);
    let first = lines.len() - usize::from(below);
    for (y, line) in lines[first..].iter().enumerate() {
        pen.text(buffer, inset(words), (0, y as u16), line, Role::Accent);
    }
}

/// The sentence that says what matters now, and a notice before it if there is one to show.
pub fn sentence(pen: Pen, buffer: &mut Buffer, area: Rect, snapshot: &Snapshot) {
    let sentence = words::sentence(snapshot);
    pen.text(buffer, area, (0, 0), &sentence.text, sentence.role);
}
