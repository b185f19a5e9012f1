//! The panel of a node or wire: its figures of the moving window, most telling first.

use super::inset;
use crate::insight::words::{count, number, rate, share, time};
use crate::sim::live::WaitingFrom;
use crate::sim::measure::CAUSE_NAMES;
use crate::tui::charts::Pen;
use crate::tui::glyphs::Glyph;
use crate::tui::live::course::Point;
use crate::tui::live::figures::{self, NodeFigures, Which, clients};
use crate::tui::live::snapshot::Snapshot;
use crate::tui::live::words;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

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
    let mut rows = load_rows(figures);
    rows.extend(figures.hits.map(|hits| row(0, "hits", share(hits))));
    if let Some((held, room)) = figures.entries {
        rows.push(row(3, "entries", of(held, room)));
    }
    rows.push(row(1, "arrivals", rate(figures.arrivals_per_s)));
    rows.push(row(1, "served", rate(figures.served_per_s)));
    for (name, per_s) in [
        ("refused", figures.rejected_per_s),
        ("errors", figures.errors_per_s),
    ] {
        if per_s > 0.0 {
            rows.push(bad(1, name, rate(per_s)));
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
    rows.extend(health_rows(figures));
    rows
}

fn of(part: u64, whole: u64) -> String {
    format!("{} of {}", count(part), count(whole))
}

fn bad(rank: u8, name: &'static str, value: String) -> Row {
    Row {
        role: Role::Bad,
        ..row(rank, name, value)
    }
}

/// What is busy and what waits.
fn load_rows(figures: &NodeFigures) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(busy) = figures.utilization {
        let part = figures
            .busiest
            .map_or(String::new(), |part| format!(" ({part})"));
        let words = format!("{}{part}", share(busy));
        let full = busy >= 0.95;
        rows.push(if full {
            bad(0, "utilisation", words)
        } else {
            row(0, "utilisation", words)
        });
    }
    if figures.workers > 0 {
        rows.push(row(1, "in service", of(figures.busy, figures.workers)));
    } else if figures.oldest_s.is_none() {
        rows.push(row(3, "in service", count(figures.busy)));
    }
    if let Some((busy, size)) = figures.pool {
        rows.push(row(1, "connections", of(busy, size)));
    }
    rows.push(row(0, "waiting", count(figures.waiting)));
    rows.extend(
        figures
            .oldest_s
            .map(|oldest| row(1, "oldest", time(oldest))),
    );
    rows
}

/// Breakers, retries, waste, and replicas that are not well.
fn health_rows(figures: &NodeFigures) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some((open, half, all)) = figures.breakers {
        let state = breaker_words(open, half, all);
        rows.push(if open > 0 {
            bad(2, "breaker", state)
        } else {
            row(2, "breaker", state)
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
    for (n, word) in [(down, "down"), (paused, "paused"), (sick, "unwell")] {
        if n > 0 {
            rows.push(bad(0, "replicas", format!("{n} of {all} {word}")));
        }
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
