//! Pictures below the fields of the inspector: the density of a distribution, the rate of traffic
//! over the run, the faults of the run.

use super::lanes::Lanes;
use super::live::pen_of;
use super::pen::{Pen, wrap};
use crate::design::Design;
use crate::design::decode::decode_text;
use crate::design::describe::{Type, Unit};
use crate::design::model::{CountDist, Curve, Dist, Flow, Kind, SizeDist, TimeDist, rate_at};
use crate::design::path::{escape_key, plain, split, unit_of};
use crate::insight::words;
use crate::sim::distribution;
use crate::tui::app::{App, Thing};
use crate::tui::charts::{self, Line, LineChart};
use crate::tui::document::faults::traffic_factor;
use crate::tui::document::form::{self, Row};
use crate::tui::loads::per_s;
use crate::tui::theme::Role;
use crate::units::Bytes;
use ratatui::layout::Rect;

/// Rows of a density, without its axis and words.
const DENSITY_ROWS: u16 = 3;

/// A picture of what the chosen row is about.
#[derive(Debug)]
pub(super) enum Picture {
    /// How often which value comes.
    Density(Density),
    /// A rate over the run.
    Rate(LineChart, String),
    /// Faults over the run.
    Faults(Lanes),
}

/// A density in equal parts from 0 to a value that few exceed.
#[derive(Debug)]
pub(super) struct Density {
    parts: Vec<f64>,
    high: String,
    words: String,
}

impl Picture {
    /// The picture of a row, if it has one; without a row, that of what is selected.
    pub(super) fn of(app: &App, row: Option<&Row>, columns: u16) -> Option<Picture> {
        let path = match row {
            Some(row) => row.path.clone(),
            None => app.inspected(),
        };
        if path == "faults" || path.starts_with("faults/") {
            return Some(Picture::Faults(Lanes::of(app, &path)));
        }
        let density = row.and_then(|row| density_of(app, row, usize::from(columns)));
        density
            .map(Picture::Density)
            .or_else(|| rate_of(app, row, &path, columns))
    }

    /// Rows that it takes if it may have them.
    pub(super) fn height(&self, columns: u16) -> u16 {
        let below = |words: &str| wrap(words, usize::from(columns)).len() as u16;
        match self {
            Picture::Density(density) => DENSITY_ROWS + 1 + below(&density.words),
            Picture::Rate(_, words) => 1 + 5 + 1 + below(words),
            Picture::Faults(lanes) => lanes.height(),
        }
    }

    /// Draws it, cut where the area ends.
    pub(super) fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        match self {
            Picture::Density(density) => density.draw(pen, area),
            Picture::Rate(chart, words) => rate(app, pen, area, chart, words),
            Picture::Faults(lanes) => lanes.draw(app, pen, area),
        }
    }
}

/// Lines of text at the top of an area.
fn paragraph(pen: &mut Pen<'_>, area: Rect, text: &str) {
    let style = pen.style(Role::Dim);
    let lines = wrap(text, usize::from(area.width));
    for (row, line) in lines.iter().take(usize::from(area.height)).enumerate() {
        pen.text(area, row as u16, 0, line, style);
    }
}

/// What is left of an area below so many rows.
fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect::new(area.x, area.y + rows, area.width, area.height - rows)
}

/// What stands in a row, or is being typed there, as RON.
fn ron_of(app: &App, row: &Row, ty: Type) -> String {
    match &app.inspector.editing {
        Some(editing) if editing.path == row.path => form::to_ron(ty, editing.input.text()),
        _ => form::to_ron(ty, &row.shown),
    }
}

/// The density of the distribution that a row is, or is a part of.
fn density_of(app: &App, row: &Row, columns: usize) -> Option<Density> {
    if let form::Control::TextOrMenu(ty, choice) = row.control
        && choice.name == "Dist"
    {
        return density(&ron_of(app, row, ty), unit_of(ty)?, columns);
    }
    let mut path = row.path.as_str();
    while let Some((around, _)) = path.rsplit_once('/') {
        path = around;
        let (_, ty) = form::find(app.document.tree()?, path)?;
        if let (Type::Choice(choice), Some(unit)) = (plain(ty), unit_of(ty))
            && choice.name == "Dist"
        {
            return density(app.document.written(path)?, unit, columns);
        }
    }
    None
}

/// The distribution that a text means, for a quantity.
fn decoded(ron: &str, unit: Unit) -> Option<Dist> {
    match unit {
        Unit::Time => decode_text(ron).ok().map(|TimeDist(dist)| dist),
        Unit::Count => decode_text(ron).ok().map(|CountDist(dist)| dist),
        Unit::Size => decode_text(ron).ok().map(|SizeDist(dist)| dist),
        Unit::Shape => decode_text(ron).ok(),
    }
}

/// The density of a distribution and its quantiles.
fn density(ron: &str, unit: Unit, columns: usize) -> Option<Density> {
    let written = decoded(ron, unit)?;
    if matches!(written, Dist::Constant { .. }) {
        return None;
    }
    let dist = distribution(&written).ok()?;
    let quantile = |p: f64| dist.quantile(p);
    // A heavy tail would press everything else into the first column.
    let high = quantile(0.99).min(quantile(0.5).max(f64::MIN_POSITIVE) * 20.0);
    if !high.is_finite() || high <= 0.0 {
        return None;
    }
    let edges = (0..=columns).map(|at| high * at as f64 / columns.max(1) as f64);
    let below: Vec<f64> = edges.map(|edge| dist.cdf(edge)).collect();
    let parts = below
        .iter()
        .zip(below.iter().skip(1))
        .map(|(from, to)| (to - from).max(0.0))
        .collect();
    let value = |value: f64| match unit {
        _ if !value.is_finite() => "infinite".to_owned(),
        Unit::Time => words::time(value),
        Unit::Size if value < 1_000.0 => Bytes(value.round() as u64).to_string(),
        Unit::Size => format!("{} kB", words::number(value / 1_000.0)),
        Unit::Count | Unit::Shape => words::number(value),
    };
    let words = format!(
        "p50 {} · p90 {} · p99 {} · p99.9 {} · mean {}",
        value(quantile(0.5)),
        value(quantile(0.9)),
        value(quantile(0.99)),
        value(quantile(0.999)),
        value(dist.mean())
    );
    Some(Density {
        parts,
        high: value(high),
        words,
    })
}

impl Density {
    fn draw(&self, pen: &mut Pen<'_>, area: Rect) {
        let rows = DENSITY_ROWS.min(area.height.saturating_sub(1)).max(1);
        let max = self.parts.iter().copied().fold(0.0, f64::max);
        let style = pen.style(Role::Accent);
        for (column, part) in self.parts.iter().enumerate() {
            let cells = if max > 0.0 {
                part / max * f64::from(rows)
            } else {
                0.0
            };
            for row in 0..rows {
                let filled = cells - f64::from(rows - 1 - row);
                if filled > 0.02 {
                    let symbol = pen.glyphs.height(filled, 1.0);
                    pen.text(area, row, column as u16, symbol, style);
                }
            }
        }
        let dim = pen.style(Role::Dim);
        let axis = below(area, rows);
        if axis.is_empty() {
            return;
        }
        pen.text(axis, 0, 0, "0", dim);
        pen.right(axis, 0, &self.high, dim);
        paragraph(pen, below(axis, 1), &self.words);
    }
}

/// The client and the flow that a path leads into; the first flow if it leads to the client only.
fn flow_at<'a>(app: &'a App, path: &str) -> Option<(String, &'a Flow, String)> {
    let parts = split(path);
    let [map, name, rest @ ..] = parts.as_slice() else {
        return None;
    };
    let Kind::Client(client) = &app
        .document
        .design()
        .node(name)
        .filter(|_| map == "nodes")?
        .kind
    else {
        return None;
    };
    let index = match rest {
        [] => 0,
        [field, index, ..] if field == "traffic" => index.parse().ok()?,
        [field] if field == "traffic" => 0,
        _ => return None,
    };
    let flow = client.traffic.get(index)?;
    let at = format!("nodes/{}/traffic/{index}/rate", escape_key(name));
    Some((name.clone(), flow, at))
}

/// The rate of the flow that a row is about.
fn rate_of(app: &App, row: Option<&Row>, path: &str, columns: u16) -> Option<Picture> {
    if !matches!(app.canvas.selection.as_slice(), [Thing::Node(_)]) {
        return None;
    }
    let (client, flow, rate_path) = flow_at(app, path)?;
    let typed = match &app.inspector.editing {
        Some(editing) if editing.path == rate_path => {
            let row = row.filter(|row| row.path == rate_path)?;
            match row.control {
                form::Control::TextOrMenu(ty, _) => {
                    Some(decode_text::<Curve>(&ron_of(app, row, ty)).ok()?)
                }
                _ => None,
            }
        }
        _ => None,
    };
    let corners = match &typed {
        Some(curve) => curve.corners(1.0),
        None if flow.users.is_some() => return None,
        None => flow.corners(1.0),
    };
    rate_picture(app.document.design(), &client, &corners, columns)
}

/// A rate with its corners over the run, as it is and with the faults on its client.
fn rate_picture(
    design: &Design,
    client: &str,
    corners: &[(f64, f64)],
    columns: u16,
) -> Option<Picture> {
    let end_s = design.run.duration.as_secs();
    if end_s <= 0.0 {
        return None;
    }
    // Two dots a column.
    let dots = 2 * u32::from(columns.max(1));
    let times = (0..=dots).map(|dot| end_s * f64::from(dot) / f64::from(dots));
    let plain: Vec<(f64, f64)> = times.map(|at| (at, rate_at(corners, at * 1e9))).collect();
    let with_faults: Vec<(f64, f64)> = plain
        .iter()
        .map(|(at, rate)| (*at, rate * traffic_factor(design, client, *at)))
        .collect();
    let mut words = match range(&plain) {
        (low, high) if high - low > 1e-9 * high => format!("{} to {}", per_s(low), per_s(high)),
        (_, high) => format!("{} throughout", per_s(high)),
    };
    let line = |points, series| Line {
        name: String::new(),
        points,
        series,
    };
    let changes = plain.iter().zip(&with_faults);
    let changes = changes.filter(|(plain, with)| (plain.1 - with.1).abs() > 1e-9 * plain.1);
    let mut lines = Vec::new();
    if changes.count() > 0 {
        let (low, high) = range(&with_faults);
        let (low, high) = (per_s(low), per_s(high));
        words = format!("{words}; with the faults on it {low} to {high}");
        lines.push(line(with_faults, 1));
    }
    lines.insert(0, line(plain, 0));
    let chart = LineChart {
        lines,
        unit: charts::Unit::Rate,
        time_s: (0.0, end_s),
        now_s: None,
    };
    Some(Picture::Rate(chart, format!("{words}.")))
}

/// The lowest and the highest value.
fn range(points: &[(f64, f64)]) -> (f64, f64) {
    let high = points.iter().map(|point| point.1).fold(0.0, f64::max);
    let low = points.iter().map(|point| point.1).fold(high, f64::min);
    (low, high)
}

fn rate(app: &App, pen: &mut Pen<'_>, area: Rect, chart: &LineChart, words: &str) {
    let dim = pen.style(Role::Dim);
    let column = pen.text(area, 0, 0, "requests per second", dim);
    if chart.lines.len() > 1 {
        let style = pen.style(Role::Series(1));
        let name = if pen.glyphs.unicode {
            "with faults"
        } else {
            "o with faults"
        };
        pen.text(area, 0, column + 2, name, style);
    }
    let lines = wrap(words, usize::from(area.width)).len() as u16;
    let rest = below(area, 1);
    let high = rest.height.saturating_sub(lines).max(rest.height.min(3));
    let plot = Rect::new(rest.x, rest.y, rest.width, high);
    chart.draw(pen_of(app), pen.buffer(), plot);
    paragraph(pen, below(rest, high), words);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_distribution_has_a_picture_and_quantiles() {
        for (ron, unit) in [
            (r#"Uniform(from: "1ms", to: "9ms")"#, Unit::Time),
            (r#"Exponential("8ms")"#, Unit::Time),
            (r#"Normal(mean: "8ms", sd: "2ms")"#, Unit::Time),
            (r#"LogNormal(mean: "8ms", cv: 2)"#, Unit::Time),
            (r#"LogNormal(p50: "8ms", p99: "90ms")"#, Unit::Time),
            (r#"Gamma(mean: "8ms", cv: 0.5)"#, Unit::Time),
            (r#"Erlang(mean: "8ms", k: 4)"#, Unit::Time),
            (r#"Weibull(scale: "8ms", shape: 0.7)"#, Unit::Time),
            (r#"Pareto(min: "8ms", alpha: 0.9)"#, Unit::Time),
            (r#"Lomax(scale: "8ms", alpha: 1.5)"#, Unit::Time),
            (
                r#"BoundedPareto(min: "1ms", max: "9s", alpha: 1.1)"#,
                Unit::Time,
            ),
            (
                r#"HyperExponential([(0.9, "1ms"), (0.1, "50ms")])"#,
                Unit::Time,
            ),
            (
                r#"Mixture([(0.9, "1ms"), (0.1, Exponential("50ms"))])"#,
                Unit::Time,
            ),
            (
                r#"Shifted(by: "2ms", dist: Exponential("8ms"))"#,
                Unit::Time,
            ),
            (
                r#"Quantiles([("0%", "1ms"), ("50%", "2ms"), ("100%", "9ms")])"#,
                Unit::Time,
            ),
            (r"Uniform(from: 1, to: 9)", Unit::Count),
            (r#"Exponential("40KiB")"#, Unit::Size),
        ] {
            let density = density(ron, unit, 26).unwrap_or_else(|| panic!("{ron}"));
            let all: f64 = density.parts.iter().sum();
            assert!(all > 0.6 && all < 1.0 + 1e-9, "{ron}: {all}");
            assert_eq!(density.words.matches('·').count(), 4, "{}", density.words);
        }
        assert!(density("\"5ms\"", Unit::Time, 26).is_none());
        assert!(density("Exponential(", Unit::Time, 26).is_none());
    }
}
