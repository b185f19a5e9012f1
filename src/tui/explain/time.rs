//! Where the time went: bars for each place and each kind of time, of the mean and of the slowest
//! requests.

use crate::insight::words::{share, time};
use crate::sim::result::Attribution;
use crate::tui::charts::Pen;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A place, or one kind of time there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TimeRow {
    /// A node or wire.
    pub place: String,
    /// The kind of time; nothing for the sum of a place.
    pub what: Option<String>,
    pub mean_s: f64,
    pub slowest_s: f64,
}

/// Places with the most time first, each followed by its kinds of time if there are several.
pub(super) fn rows(of: &Attribution) -> Vec<TimeRow> {
    let mut places: Vec<TimeRow> = Vec::new();
    for part in &of.parts {
        match places.iter_mut().find(|row| row.place == part.place) {
            Some(row) => {
                row.mean_s += part.mean_s;
                row.slowest_s += part.slowest_s;
            }
            None => places.push(TimeRow {
                place: part.place.clone(),
                what: None,
                mean_s: part.mean_s,
                slowest_s: part.slowest_s,
            }),
        }
    }
    places.sort_by(|a, b| b.mean_s.total_cmp(&a.mean_s));
    let mut rows = Vec::new();
    for mut place in places {
        let parts: Vec<_> = of
            .parts
            .iter()
            .filter(|part| part.place == place.place)
            .collect();
        if let [only] = parts.as_slice() {
            place.what = Some(only.what.clone());
            rows.push(place);
            continue;
        }
        let name = place.place.clone();
        rows.push(place);
        rows.extend(parts.into_iter().map(|part| TimeRow {
            place: name.clone(),
            what: Some(part.what.clone()),
            mean_s: part.mean_s,
            slowest_s: part.slowest_s,
        }));
    }
    rows
}

/// Draws the rows from the one that keeps the chosen one in view.
pub(super) fn draw(pen: Pen, buffer: &mut Buffer, area: Rect, of: &Attribution, line: usize) {
    let rows = rows(of);
    let names = (area.width / 3).clamp(8.min(area.width), 30);
    let half = area.width.saturating_sub(names) / 2;
    let columns = [
        Rect {
            width: names,
            ..area
        },
        Rect {
            x: area.x + names,
            width: half,
            ..area
        },
        Rect {
            x: area.x + names + half,
            width: half,
            ..area
        },
    ];
    let mean = format!("mean {}", time(of.mean_s));
    let slow = format!("slowest 1% {}", time(of.slowest_s));
    pen.text(buffer, columns[1], (0, 0), &mean, Role::Strong);
    pen.text(buffer, columns[2], (0, 0), &slow, Role::Strong);
    let room = usize::from(area.height.saturating_sub(1));
    let first = (line + 1).saturating_sub(room);
    // A kind that stands alone is named beside its place; several are below it.
    let mut above: Option<&str> = None;
    for (i, row) in rows.iter().enumerate() {
        let alone = above != Some(row.place.as_str());
        above = Some(row.place.as_str());
        if i < first || i >= first + room {
            continue;
        }
        let y = (i - first) as u16 + 1;
        let name = match (&row.what, alone) {
            (Some(what), true) => format!("{} {what}", row.place),
            (Some(what), false) => format!("  {what}"),
            (None, _) => row.place.clone(),
        };
        let role = match (i == line, row.what.is_none() || alone) {
            (true, _) => Role::Selected,
            (_, true) => Role::Text,
            _ => Role::Dim,
        };
        let cut = pen.glyphs.fit(&name, usize::from(names.saturating_sub(1)));
        pen.text(buffer, columns[0], (0, y), &cut, role);
        figure(pen, buffer, columns[1], y, row.mean_s, of.mean_s);
        figure(pen, buffer, columns[2], y, row.slowest_s, of.slowest_s);
    }
}

/// A time, its share and a bar.
fn figure(pen: Pen, buffer: &mut Buffer, area: Rect, y: u16, seconds: f64, whole_s: f64) {
    let part = if whole_s > 0.0 {
        seconds / whole_s
    } else {
        0.0
    };
    let words = format!("{:>8} {:>4}", time(seconds), share(part));
    let used = pen.text(buffer, area, (0, y), &words, Role::Text) + 1;
    if used + 2 < area.width {
        let width = area.width - used - 1;
        let bar = pen.glyphs.gauge(width, part);
        pen.text(buffer, area, (used, y), &bar, Role::Series(0));
    }
}
