//! Headroom: how much of each limit is used, and how far traffic can grow until it is full.

use crate::insight::words::{number, share};
use crate::sim::result::RunResult;
use crate::tui::charts::Pen;
use crate::tui::theme::{Role, heat_step};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Less used than this, a limit is not worth a line.
const IDLE: f64 = 0.001;

/// A limit and how much of it is used.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Limit {
    /// The node or wire.
    pub about: String,
    /// `api workers`, `orders-db disk`, `api -> orders-db pool`.
    pub name: String,
    /// From 0 to 1.
    pub used: f64,
}

/// All limits that are used, the fullest first.
pub(super) fn limits(result: &RunResult) -> Vec<Limit> {
    let mut limits = Vec::new();
    let mut add = |about: &str, part: &str, used: f64| {
        if used > IDLE {
            limits.push(Limit {
                about: about.to_owned(),
                name: format!("{about} {part}"),
                used,
            });
        }
    };
    for node in &result.nodes {
        add(&node.id, "workers", node.utilization);
        for station in &node.stations {
            add(&node.id, &station.id.replace('_', " "), station.utilization);
        }
    }
    for wire in &result.wires {
        if wire.pool_size > 0 {
            add(
                &wire.id,
                "pool",
                wire.pool_busy_mean / wire.pool_size as f64,
            );
        }
    }
    limits.sort_by(|a, b| b.used.total_cmp(&a.used));
    limits
}

/// Draws the limits from the one that keeps the chosen one in view.
pub(super) fn draw(pen: Pen, buffer: &mut Buffer, area: Rect, result: &RunResult, line: usize) {
    let limits = limits(result);
    let names = (area.width / 3).clamp(8.min(area.width), 34);
    let room = usize::from(area.height);
    let first = (line + 1).saturating_sub(room);
    for (i, limit) in limits.iter().enumerate().skip(first).take(room) {
        let y = (i - first) as u16;
        let role = if i == line {
            Role::Selected
        } else {
            Role::Text
        };
        let name = pen
            .glyphs
            .fit(&limit.name, usize::from(names.saturating_sub(1)));
        pen.text(buffer, area, (0, y), &name, role);
        let heat = Role::Heat(heat_step(limit.used));
        let mut at = names;
        at += pen.text(
            buffer,
            area,
            (at, y),
            &format!("{:>4} ", share(limit.used)),
            heat,
        );
        let words = if limit.used >= 0.95 {
            "full".to_owned()
        } else {
            format!("full at {} times the traffic", number(1.0 / limit.used))
        };
        let wide = words.len() as u16 + 1;
        let bar = area.width.saturating_sub(at + wide).min(30);
        if bar >= 4 {
            at += pen.text(
                buffer,
                area,
                (at, y),
                &pen.glyphs.gauge(bar, limit.used),
                heat,
            ) + 1;
        }
        pen.text(buffer, area, (at, y), &words, Role::Dim);
    }
}
