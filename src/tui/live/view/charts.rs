//! The charts below the canvas: latency with the faults along it, and what is offered and answered.

use super::inset;
use crate::insight::words::time;
use crate::tui::charts::{FaultTimeline, Line, LineChart, Pen, Span, Unit};
use crate::tui::live::course::{EndpointPoint, Step};
use crate::tui::live::snapshot::Snapshot;
use crate::tui::live::words::{self, by_hand};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};

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
