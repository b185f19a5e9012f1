//! What clients saw of each endpoint: rates, failures by cause, latency with its intervals.

use super::{causes, failed, part};
use crate::cli::text::table::{Cell, Table, figures, words};
use crate::cli::text::wrap::wrap_list;
use crate::cli::text::{Look, Role, number};
use crate::sim::result::{EndpointFigures, Latency, RunResult};

/// From this share on, requests that were neither answered nor failed by the end are worth a word.
pub(super) const PENDING_MIN: f64 = 0.01;

/// One group of lines for each endpoint: its name, its figures, their intervals, what went wrong.
pub(super) fn endpoints(result: &RunResult, look: Look) -> String {
    let mut table = Table::new(vec![
        words("requests"),
        figures("goodput"),
        figures("failed"),
        figures("mean").leaving(1),
        figures("p50"),
        figures("p95").leaving(2),
        figures("p99"),
    ]);
    for endpoint in &result.endpoints {
        let mut name = look.name(&endpoint.id);
        if endpoint.attack {
            name.push_str(" (attack)");
        }
        table.across(Cell::new(Role::Strong, name));
        table.row(values(endpoint, measured_s(result), look));
        table.row(intervals(endpoint, look));
        let remarks = remarks(endpoint, look);
        if !remarks.is_empty() {
            let lines = wrap_list("", &remarks, look.dot(), look.width.saturating_sub(4));
            for line in lines.lines() {
                table.across(Cell::new(Role::Warn, format!("  {line}")));
            }
        }
    }
    table.render(look)
}

fn values(endpoint: &EndpointFigures, measured_s: f64, look: Look) -> Vec<Cell> {
    let latency = &endpoint.latency_s;
    let lost = part(failed(endpoint), endpoint.offered);
    let time = |seconds: f64| {
        if endpoint.completed == 0 {
            Cell::new(Role::Dim, look.none())
        } else {
            Cell::from(number::time(seconds, look))
        }
    };
    vec![
        Cell::new(
            Role::Dim,
            format!(
                "{} offered",
                number::rate(offered_per_s(endpoint, measured_s), look)
            ),
        ),
        number::rate(endpoint.goodput_per_s, look).into(),
        Cell::new(
            if lost > 0.0 { Role::Bad } else { Role::Plain },
            number::share(lost, look),
        ),
        time(latency.mean),
        time(latency.p50),
        time(latency.p95),
        time(latency.p99),
    ]
}

/// The measured time of all replications together.
fn measured_s(result: &RunResult) -> f64 {
    (result.simulated_s - result.warmup_s) * f64::from(result.replications)
}

/// Requests offered per second. A run that was stopped has measured less than it set out to; its
/// goodput says how much, unless nothing was answered.
fn offered_per_s(endpoint: &EndpointFigures, measured_s: f64) -> f64 {
    if endpoint.completed > 0 {
        endpoint.goodput_per_s * endpoint.offered as f64 / endpoint.completed as f64
    } else if measured_s > 0.0 {
        endpoint.offered as f64 / measured_s
    } else {
        0.0
    }
}

/// The 95% intervals below their figures. A percentile without one says that the run is too short
/// for it.
fn intervals(endpoint: &EndpointFigures, look: Look) -> Vec<Cell> {
    let dim = |text: String| Cell::new(Role::Dim, text);
    let latency = &endpoint.latency_s;
    let percentile = |name: &str, value: f64| match latency.percentiles_ci95.get(name) {
        _ if endpoint.completed == 0 => Cell::default(),
        Some(interval) => dim(number::time_interval(*interval, value, look)),
        None => Cell::new(Role::Warn, "too short"),
    };
    let mean = if endpoint.completed == 0 || !is_interval(latency.ci95) {
        Cell::default()
    } else {
        dim(number::time_interval(latency.ci95, latency.mean, look))
    };
    let goodput = if is_interval(endpoint.goodput_ci95) {
        dim(number::rate_interval(
            endpoint.goodput_ci95,
            endpoint.goodput_per_s,
            look,
        ))
    } else {
        Cell::default()
    };
    vec![
        dim("95% interval".to_owned()),
        goodput,
        Cell::default(),
        mean,
        percentile("p50", latency.p50),
        percentile("p95", latency.p95),
        percentile("p99", latency.p99),
    ]
}

/// Whether both ends were found. An interval from 0 to 0 stands for none.
fn is_interval([low, high]: [f64; 2]) -> bool {
    low.is_finite() && high.is_finite() && high > 0.0
}

/// What is not as it should be, or not to be seen from the table.
fn remarks(endpoint: &EndpointFigures, look: Look) -> Vec<String> {
    let mut remarks = Vec::new();
    for (name, count) in causes(&endpoint.failed) {
        let share = number::share(part(count, endpoint.offered), look);
        remarks.push(format!("{} {name} ({share})", number::count(count, look)));
    }
    if failed(endpoint) > 0 {
        let Latency { mean, p99, .. } = endpoint.failed_latency_s;
        let (mean, p99) = (number::time(mean, look), number::time(p99, look));
        remarks.push(format!("failures took {mean} (p99 {p99})"));
    }
    if endpoint.attempts_per_request >= 1.005 {
        remarks.push(format!(
            "{:.2} attempts each",
            endpoint.attempts_per_request
        ));
    }
    if endpoint.degraded > 0 {
        remarks.push(format!(
            "{} answered degraded",
            number::count(endpoint.degraded, look)
        ));
    }
    let pending = u64::try_from(endpoint.in_flight).unwrap_or(0);
    if part(pending, endpoint.offered) >= PENDING_MIN {
        remarks.push(format!(
            "{} still under way at the end",
            number::count(pending, look)
        ));
    }
    remarks
}
