//! Small pictures of what a field says: the density of a distribution, a rate over time.

use crate::design::decode::decode_text;
use crate::design::model::{Curve, Dist, TimeDist};
use crate::sim::distribution;
use crate::tui::app::App;
use crate::tui::document::form::{Control, Row};
use crate::units::Nanos;

/// Columns of a picture.
const COLUMNS: usize = 26;

/// The picture of a row's value and a line about it, if it has one.
pub(super) fn of_row(app: &App, row: &Row, columns: usize) -> Option<(Vec<String>, String)> {
    let Control::TextOrMenu(ty, choice) = row.control else {
        return None;
    };
    let typed = match &app.inspector.editing {
        Some(editing) if editing.path == row.path => editing.input.text(),
        _ => row.shown.as_str(),
    };
    let ron = crate::tui::document::form::to_ron(ty, typed);
    let columns = columns.min(COLUMNS);
    match choice.name {
        "Dist" => density(app, &ron, columns),
        "Curve" => curve(app, &ron, columns),
        _ => None,
    }
}

/// The density of a time and its quantiles. Other quantities have the same shapes, but are rare.
fn density(app: &App, ron: &str, columns: usize) -> Option<(Vec<String>, String)> {
    let TimeDist(written) = decode_text::<TimeDist>(ron).ok()?;
    if matches!(written, Dist::Constant { .. }) {
        return None;
    }
    let dist = distribution(&written).ok()?;
    let quantile = |p: f64| dist.quantile(p);
    let (low, high) = (0.0, quantile(0.995));
    if !high.is_finite() || high <= low {
        return None;
    }
    let edges = (0..=columns).map(|at| low + (high - low) * at as f64 / columns as f64);
    let below: Vec<f64> = edges.map(|edge| dist.cdf(edge)).collect();
    let parts: Vec<f64> = below
        .iter()
        .zip(below.iter().skip(1))
        .map(|(from, to)| (to - from).max(0.0))
        .collect();
    let time = |seconds: f64| Nanos::from_secs(seconds).to_string();
    let words = format!(
        "p50 {} · p90 {} · p99 {} · mean {}",
        time(quantile(0.5)),
        time(quantile(0.9)),
        time(quantile(0.99)),
        time(dist.mean())
    );
    Some((vec![app.glyphs.spark(&parts)], words))
}

/// A rate over the time of the run.
fn curve(app: &App, ron: &str, columns: usize) -> Option<(Vec<String>, String)> {
    let curve = decode_text::<Curve>(ron).ok()?;
    if matches!(curve, Curve::Constant { .. }) {
        return None;
    }
    let length = app.document.design().run.duration.as_secs();
    let at = |column: usize| length * column as f64 / (columns.max(2) - 1) as f64;
    let rates: Vec<f64> = (0..columns)
        .map(|column| crate::tui::loads::rate_at(&curve, at(column)))
        .collect();
    let high = rates.iter().copied().fold(0.0, f64::max);
    let low = rates.iter().copied().fold(high, f64::min);
    let words = format!(
        "over the run of {}: {} to {}",
        app.document.design().run.duration,
        crate::units::Rate(low),
        crate::units::Rate(high)
    );
    Some((vec![app.glyphs.spark(&rates)], words))
}
