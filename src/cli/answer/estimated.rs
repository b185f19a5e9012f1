//! What formulas say, by itself or beside what was simulated.

use crate::cli::text::table::{Cell, Table, figures, words};
use crate::cli::text::wrap::wrap;
use crate::cli::text::{Look, Role, number};
use crate::design::Design;
use crate::insight::estimate::{self, EndpointEstimate, Estimate};
use crate::sim::result::RunResult;

/// From this share on a difference from the simulation is worth a word on why.
const NEAR: f64 = 0.15;
/// Nodes less busy are left out.
const BUSY_MIN: f64 = 0.000_5;

/// The whole answer of `estimate`.
pub(crate) fn estimate(name: &str, estimate: &Estimate, look: Look) -> String {
    let mut text = look.paint(Role::Strong, &look.name(name)) + "\n";
    let dim = "worked out by formulas, not simulated";
    text.push_str(&look.paint(Role::Dim, dim));
    text.push_str("\n\n");
    text.push_str(&endpoints(estimate, look));
    for section in [nodes(estimate, look), caches(estimate, look)] {
        if !section.is_empty() {
            text.push('\n');
            text.push_str(&section);
        }
    }
    for full in &estimate.full {
        let line = format!(
            "{full} is full: more comes than it can do, so that the queue grows without end."
        );
        text.push('\n');
        text.push_str(&look.paint(
            Role::Bad,
            wrap("", &look.name(&line), look.width).trim_end(),
        ));
        text.push('\n');
    }
    text.push_str("\nit assumes\n");
    for assumption in &estimate.assumptions {
        text.push_str(&wrap(
            &format!("  {} ", look.bullet()),
            &look.name(assumption),
            look.width,
        ));
    }
    text
}

fn endpoints(estimate: &Estimate, look: Look) -> String {
    let mut table = Table::new(vec![
        words("requests"),
        figures("goodput"),
        figures("failed"),
        figures("mean"),
        figures("p50"),
        figures("p95").leaving(1),
        figures("p99"),
    ]);
    let time = |value: Option<f64>| {
        value.map_or(Cell::new(Role::Dim, look.none()), |value| {
            number::time(value, look).into()
        })
    };
    for of in &estimate.endpoints {
        let role = if of.failed > 5e-5 {
            Role::Bad
        } else {
            Role::Plain
        };
        table.across(Cell::new(Role::Strong, look.name(&of.id)));
        table.row(vec![
            Cell::default(),
            number::rate(of.goodput_per_s, look).into(),
            Cell::new(role, number::share(of.failed, look)),
            time(of.mean_s),
            time(of.p50_s),
            time(of.p95_s),
            time(of.p99_s),
        ]);
    }
    table.render(look)
}

fn nodes(estimate: &Estimate, look: Look) -> String {
    let mut table = Table::new(vec![
        words("nodes"),
        words("station"),
        figures("busy"),
        figures("wait"),
        figures("visits"),
    ]);
    let busy = estimate
        .nodes
        .iter()
        .filter(|of| of.utilization >= BUSY_MIN);
    for of in busy {
        let role = if of.utilization >= 1.0 {
            Role::Bad
        } else {
            Role::Plain
        };
        table.row(vec![
            Cell::from(look.name(&of.id)),
            Cell::new(Role::Dim, of.station.clone()),
            Cell::new(role, number::share(of.utilization, look)),
            number::time(of.wait_s, look).into(),
            number::rate(of.arrivals_per_s, look).into(),
        ]);
    }
    table.render(look)
}

fn caches(estimate: &Estimate, look: Look) -> String {
    let mut table = Table::new(vec![
        words("caches"),
        figures("look-ups"),
        figures("hit ratio"),
    ]);
    for of in &estimate.caches {
        table.row(vec![
            Cell::from(look.name(&of.id)),
            number::rate(of.lookups_per_s, look).into(),
            number::share(of.hit_ratio, look).into(),
        ]);
    }
    table.render(look)
}

/// The section of an answer that stands below a simulated result; nothing if formulas cannot be
/// applied to the design.
pub(crate) fn below(design: &Design, result: &RunResult, look: Look) -> String {
    let text = estimate::estimate(design).map_or(String::new(), |of| beside(&of, result, look));
    if text.is_empty() {
        text
    } else {
        format!("\n{text}")
    }
}

/// The estimate beside a simulation: what is near it in one line, and why the rest is not.
fn beside(estimate: &Estimate, result: &RunResult, look: Look) -> String {
    let mut table = Table::new(vec![
        words("estimate (by formulas)"),
        figures("mean"),
        words(""),
        figures("p99"),
        words(""),
    ]);
    let mut far = false;
    for of in estimate.endpoints.iter().filter(|of| !of.attack) {
        let seen = result.endpoints.iter().find(|seen| seen.id == of.id);
        let Some(seen) = seen.filter(|seen| seen.completed > 0) else {
            continue;
        };
        let (mean, mean_off) = cells(of.mean_s, seen.latency_s.mean, look);
        let (p99, p99_off) = cells(of.p99_s, seen.latency_s.p99, look);
        far |= mean_off || p99_off;
        let mut row = vec![Cell::from(look.name(&of.id))];
        row.extend(mean);
        row.extend(p99);
        table.row(row);
    }
    let mut text = table.render(look);
    if far && !text.is_empty() {
        let why = reasons(estimate);
        text.push_str(&wrap("  ", &look.name(&why), look.width));
    }
    text
}

fn cells(estimated: Option<f64>, simulated: f64, look: Look) -> ([Cell; 2], bool) {
    let Some(estimated) = estimated else {
        let none = [Cell::new(Role::Dim, look.none()), Cell::default()];
        return (none, true);
    };
    let off = if simulated > 0.0 {
        estimated / simulated - 1.0
    } else {
        0.0
    };
    let far = off.abs() > NEAR;
    let percent = format!("{:+.0}%", 100.0 * off);
    let role = if far { Role::Warn } else { Role::Dim };
    (
        [
            number::time(estimated, look).into(),
            Cell::new(role, percent),
        ],
        far,
    )
}

fn reasons(estimate: &Estimate) -> String {
    if !estimate.full.is_empty() {
        return format!(
            "There is no steady state to estimate: {} gets more than it can do.",
            estimate.full.join(", ")
        );
    }
    format!(
        "Where it differs: it assumes this. {}",
        estimate.assumptions.join(" ")
    )
}

/// The endpoint's figures by name, for a file.
pub(crate) fn rows(of: &EndpointEstimate) -> Vec<(&'static str, Option<f64>)> {
    vec![
        ("offered_per_s", Some(of.offered_per_s)),
        ("goodput_per_s", Some(of.goodput_per_s)),
        ("failed", Some(of.failed)),
        ("mean_s", of.mean_s),
        ("p50_s", of.p50_s),
        ("p95_s", of.p95_s),
        ("p99_s", of.p99_s),
    ]
}
