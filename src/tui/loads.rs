//! The instant answer: how busy each node is, as figures in the boxes and as a sentence. It is the
//! analytic estimate at the highest rate that the traffic reaches.

use crate::design::model::{Curve, Design, Kind};
use crate::insight::estimate::{NodeEstimate, estimate};
use crate::layout::{BoxFigures, Role};
use crate::tui::theme::heat_step;
use crate::units::Rate;

/// What formulas say about a design.
#[derive(Debug, Clone, Default)]
pub struct Loads {
    /// What stands in each box, in the order of the document.
    pub figures: Vec<Option<BoxFigures>>,
    /// What matters most, as a sentence; empty if there is nothing to say yet.
    pub sentence: String,
    /// Nodes and pools with a limit that something reaches, the fullest first.
    limits: Vec<NodeEstimate>,
}

/// A share as a whole number of percent.
fn percent(share: f64) -> String {
    if share > 9.99 {
        return ">999%".to_owned();
    }
    let digits = usize::from(share < 0.01) + usize::from(share < 0.001);
    format!("{:.digits$}%", share * 100.0)
}

/// A rate for people: three digits.
pub(super) fn per_s(rate: f64) -> String {
    let rounded: f64 = format!("{rate:.2e}").parse().unwrap_or(rate);
    Rate(rounded).to_string()
}

/// The design with all traffic at its highest rate all the time.
fn at_the_peak(design: &Design) -> Design {
    let mut peak = design.clone();
    for (_, node) in &mut peak.nodes.0 {
        let Kind::Client(client) = &mut node.kind else {
            continue;
        };
        for flow in &mut client.traffic {
            if let Some(curve) = &mut flow.rate {
                *curve = Curve::Constant {
                    rate: Rate(peak_of(curve)),
                };
            }
        }
    }
    peak
}

fn peak_of(curve: &Curve) -> f64 {
    match curve {
        Curve::Constant { rate } => rate.0,
        Curve::Ramp { from, to, .. } | Curve::Step { from, to, .. } => from.0.max(to.0),
        Curve::Spike { base, peak, .. } => base.0.max(peak.0),
        Curve::Daily { low, high, .. } => low.0.max(high.0),
        Curve::Piecewise { points } => points.iter().fold(0.0, |most, (_, rate)| rate.0.max(most)),
    }
}

impl Loads {
    /// What formulas say about a design; nothing if they cannot be applied to it.
    pub fn of_design(design: &Design) -> Loads {
        let Ok(found) = estimate(&at_the_peak(design)) else {
            return Loads::default();
        };
        let mut limits = found.nodes;
        limits.retain(|limit| limit.utilization > 0.0);
        limits.sort_by(|a, b| b.utilization.total_cmp(&a.utilization));
        let figures = design
            .nodes
            .names()
            .map(|name| limits.iter().find(|limit| limit.id == name).map(figures))
            .collect();
        let traffic = found.endpoints.iter().any(|one| one.offered_per_s > 0.0);
        Loads {
            figures,
            sentence: sentence(&limits, design.nodes.is_empty(), traffic),
            limits,
        }
    }

    /// What the box of a folded group shows: what its busiest node shows.
    pub fn together(&self, members: &[usize]) -> Option<BoxFigures> {
        let known = members
            .iter()
            .filter_map(|at| self.figures.get(*at)?.as_ref());
        let busy = |figures: &BoxFigures| figures.bar.unwrap_or(0.0);
        let busiest = known.max_by(|a, b| busy(a).total_cmp(&busy(b)))?;
        Some(BoxFigures {
            lines: Vec::new(),
            ..busiest.clone()
        })
    }

    /// What there is to say about one node; `None` if it has no limit, or nothing reaches it.
    pub fn of(&self, name: &str) -> Option<String> {
        let limit = self.limits.iter().find(|limit| limit.id == name)?;
        let busy = limit.utilization;
        let verdict = if busy >= 1.0 {
            "It cannot keep up"
        } else {
            "It is full"
        };
        Some(format!(
            "{name}: its {} are {} busy at {}. {verdict} from {} on.",
            limit.station,
            percent(busy),
            per_s(limit.arrivals_per_s),
            per_s(limit.arrivals_per_s / busy)
        ))
    }
}

fn figures(limit: &NodeEstimate) -> BoxFigures {
    let busy = limit.utilization;
    let lines = if busy > 1.0 {
        vec![(format!("{} asked", percent(busy)), Role::Warning)]
    } else {
        Vec::new()
    };
    BoxFigures {
        bar: Some(busy),
        lines,
        marks: Vec::new(),
        border: Some(heat_step(busy))
            .filter(|step| *step >= 4)
            .map(Role::Heat),
    }
}

/// What is limited, in words.
fn place(limit: &NodeEstimate) -> String {
    if limit.station == "pool" {
        format!("the pool of {}", limit.id)
    } else {
        limit.id.clone()
    }
}

fn sentence(limits: &[NodeEstimate], empty: bool, traffic: bool) -> String {
    let Some(limit) = limits.first() else {
        return match (empty, traffic) {
            (true, _) => String::new(),
            (false, true) => "Nothing of this fills: no node has limited workers.".to_owned(),
            (false, false) => "No traffic yet: wire a client to a node.".to_owned(),
        };
    };
    let (name, busy) = (place(limit), limit.utilization);
    let (rate, full) = (
        per_s(limit.arrivals_per_s),
        per_s(limit.arrivals_per_s / busy),
    );
    let first = if busy >= 1.0 {
        format!("{name} cannot keep up: {rate} arrive, and it is full from {full} on")
    } else {
        format!(
            "{name} fills first: {} busy at {rate}, full at {full}",
            percent(busy)
        )
    };
    match limits.get(1) {
        Some(next) => format!(
            "{first}; next is {} at {}.",
            place(next),
            percent(next.utilization)
        ),
        None => format!("{first}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::document::Document;

    #[test]
    fn the_sentence_names_what_fills_first() {
        let document = Document::new(
            r#"(format: 1, nodes: {
                "users": Client(traffic: [(to: "web", rate: "900/s")]),
                "web": Service(mode: Asynchronous, workers: 4, work: "1ms", to: ["db"]),
                "db": Database(work: "1.76ms"),
            })"#,
        );
        let loads = Loads::of_design(document.design());
        assert_eq!(
            loads.sentence,
            "db fills first: 79% busy at 900/s, full at 1.14k/s; next is the pool of web -> db at 29%."
        );
        assert!(
            loads.of("db").unwrap().contains("79%"),
            "{:?}",
            loads.of("db")
        );
        assert_eq!(loads.of("users"), None);
        assert_eq!(loads.figures.len(), 3);
    }
}
