//! The course of a run about a transient: latency and rates over simulated time at the endpoint
//! that was hit hardest, with the faults marked below.

use super::{busiest, part, phases};
use crate::cli::text::lines::{Chart, Line};
use crate::cli::text::{Look, Role, number};
use crate::sim::result::RunResult;

/// The endpoint that failed most during the faults, in proportion; the busiest if none failed.
fn hardest_hit(result: &RunResult) -> Option<&str> {
    let faults = result.phases.iter().filter(|phase| phases::is_fault(phase));
    let seen = faults.flat_map(|phase| &phase.endpoints);
    let attack = |id: &str| {
        result
            .endpoints
            .iter()
            .any(|endpoint| endpoint.attack && endpoint.id == id)
    };
    seen.filter(|seen| seen.failed > 0 && !attack(&seen.id))
        .map(|seen| (part(seen.failed, seen.offered), seen.id.as_str()))
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, id)| id)
        .or_else(|| busiest(result).map(|endpoint| endpoint.id.as_str()))
}

/// Two charts, if the run has phases.
pub(super) fn course(result: &RunResult, look: Look) -> String {
    if result.phases.is_empty() {
        return String::new();
    }
    charts(result, look)
}

/// Two charts of any run.
pub(super) fn charts(result: &RunResult, look: Look) -> String {
    let Some(id) = hardest_hit(result) else {
        return String::new();
    };
    let Some(series) = result
        .series
        .endpoints
        .iter()
        .find(|series| series.id == id)
    else {
        return String::new();
    };
    let faults = result.phases.iter().filter(|phase| phases::is_fault(phase));
    let spans: Vec<(f64, f64, String)> = faults
        .map(|phase| (phase.from_s, phase.to_s, look.name(&phase.name)))
        .collect();
    let line = |name, values, role| Line { name, values, role };
    let latency = Chart {
        edges_s: &result.series.edges_s,
        lines: vec![
            line("p99", &series.p99_s, Role::Ink),
            line("p50", &series.p50_s, Role::SecondInk),
        ],
        write: number::time,
        positive: true,
        spans: spans.clone(),
    };
    let rates = Chart {
        edges_s: &result.series.edges_s,
        lines: vec![
            line("failed", &series.failed_per_s, Role::Bad),
            line("goodput", &series.completed_per_s, Role::Ink),
            line("offered", &series.offered_per_s, Role::Dim),
        ],
        write: number::rate,
        positive: false,
        spans,
    };
    let name = look.shorten(&look.name(id), look.width.saturating_sub(22));
    let title = |what: &str| {
        format!(
            "{}  {}\n",
            look.paint(Role::Title, what),
            look.paint(Role::Dim, &name)
        )
    };
    let mut text = String::new();
    if let Some(chart) = latency.render(look) {
        text.push_str(&(title("latency over time") + &chart));
    }
    if let Some(chart) = rates.render(look) {
        text.push_str(&(title("requests over time") + &chart));
    }
    text
}
