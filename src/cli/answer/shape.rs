//! The distribution of latency at the busiest endpoint.

use super::busiest;
use crate::cli::text::density::{Bin, density};
use crate::cli::text::{Look, Role};
use crate::sim::result::RunResult;

/// A plot of how many requests took how long. Nothing if no histogram is at hand.
pub(super) fn shape(result: &RunResult, shapes: &[(String, Vec<Bin>)], look: Look) -> String {
    let Some(endpoint) = busiest(result) else {
        return String::new();
    };
    let Some((_, bins)) = shapes.iter().find(|(id, _)| *id == endpoint.id) else {
        return String::new();
    };
    let marks = [
        ("p50", endpoint.latency_s.p50),
        ("p99", endpoint.latency_s.p99),
    ];
    let Some(plot) = density(bins, &marks, look) else {
        return String::new();
    };
    let title = look.paint(Role::Title, "latency");
    let name = look.paint(
        Role::Dim,
        &look.shorten(&look.name(&endpoint.id), look.width.saturating_sub(9)),
    );
    format!("{title}  {name}\n{plot}")
}
