//! The timeline of faults: a bar for each, over the same time as the other charts.

use super::lines::time_axis;
use super::{LETTER, Plot, begin, line, rect, text};
use crate::insight::words;

/// Width of the chart: it has a line of the page for itself.
const WIDE: f64 = 1_000.0;
/// Height of a row.
const ROW: f64 = 24.0;
/// Rows at most; the rest is in the table of phases.
const ROWS_MAX: usize = 12;

/// Bars of faults: from, to, name. Nothing without faults.
pub(in crate::report) fn timeline(
    faults: &[(f64, f64, String)],
    (first, last): (f64, f64),
) -> Option<String> {
    if faults.is_empty() || !(last > first) {
        return None;
    }
    let shown = &faults[..faults.len().min(ROWS_MAX)];
    let top = 26.0;
    let plot = Plot {
        top,
        bottom: top + ROW * shown.len() as f64,
        right: WIDE - 24.0,
        ..Plot::OF_CHART
    };
    let told: Vec<String> = faults
        .iter()
        .map(|(from, to, name)| {
            format!("{name} from {} to {}", words::time(*from), words::time(*to))
        })
        .collect();
    let mut svg = begin((WIDE, plot.bottom + 26.0), "faults", &told.join(", "));
    for (row, (from, to, name)) in shown.iter().enumerate() {
        let place = |seconds: f64| plot.x(((seconds - first) / (last - first)).clamp(0.0, 1.0));
        let (start, end) = (place(*from), place(*to));
        let y = plot.top + ROW * row as f64;
        svg.push_str(&line("gl", (plot.left, y + ROW), (plot.right, y + ROW)));
        svg.push_str(&rect(
            "fb",
            (start, y + 5.0),
            ((end - start).max(2.0), ROW - 10.0),
            " rx=\"3\"",
        ));
        let room = LETTER * name.chars().count() as f64 + 8.0;
        let (x, anchor) = if end + room < plot.right {
            (end + 6.0, "start")
        } else {
            (start - 6.0, "end")
        };
        svg.push_str(&text("ml", (x, y + 16.0), anchor, name));
    }
    svg.push_str(&time_axis(plot, first, last));
    svg.push_str("</svg>\n");
    Some(svg)
}
