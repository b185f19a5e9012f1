//! The instant answer: how busy each node is, as figures in the boxes and as a sentence.

use crate::design::model::{Curve, Design};
use crate::insight::load::{Load, loads};
use crate::layout::{BoxFigures, Role};
use crate::tui::theme::heat_step;
use crate::units::Rate;

/// What rates and work say about a design.
#[derive(Debug, Clone, Default)]
pub struct Loads {
    /// What stands in each box, in the order of the document.
    pub figures: Vec<Option<BoxFigures>>,
    /// What matters most, as a sentence; empty if there is no traffic yet.
    pub sentence: String,
    nodes: Vec<(String, Load)>,
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
fn per_s(rate: f64) -> String {
    let rounded: f64 = format!("{rate:.2e}").parse().unwrap_or(rate);
    Rate(rounded).to_string()
}

impl Loads {
    /// What rates and work say about a design.
    pub fn of_design(design: &Design) -> Loads {
        let all = loads(design);
        let nodes: Vec<(String, Load)> = design.nodes.names().map(str::to_owned).zip(all).collect();
        let figures = nodes.iter().map(|(_, load)| figures(load)).collect();
        Loads {
            figures,
            sentence: sentence(&nodes),
            nodes,
        }
    }

    /// What there is to say about one node; `None` if nothing reaches it.
    pub fn of(&self, name: &str) -> Option<String> {
        let (_, load) = self.nodes.iter().find(|(known, _)| known == name)?;
        if load.rate_per_s <= 0.0 {
            return None;
        }
        let rate = per_s(load.rate_per_s);
        Some(match (load.utilization(), load.servers) {
            (Some(busy), Some(servers)) if busy > 0.0 => {
                let full = per_s(load.rate_per_s / busy);
                let verdict = if busy >= 1.0 {
                    "It cannot keep up"
                } else {
                    "It is full"
                };
                format!(
                    "{name}: {} busy at {rate}, {:.digits$} of {servers:.0} at work. {verdict} from {full} on.",
                    percent(busy),
                    load.busy,
                    digits = if load.busy < 0.1 { 3 } else { 1 }
                )
            }
            _ => format!("{name}: {rate} reach it."),
        })
    }
}

fn figures(load: &Load) -> Option<BoxFigures> {
    if load.rate_per_s <= 0.0 {
        return None;
    }
    let busy = load.utilization().filter(|_| load.busy > 0.0);
    let lines = match busy {
        Some(busy) if busy > 1.0 => vec![(format!("{} asked", percent(busy)), Role::Warning)],
        _ => Vec::new(),
    };
    Some(BoxFigures {
        bar: busy,
        lines,
        marks: Vec::new(),
        border: busy
            .map(heat_step)
            .filter(|step| *step >= 4)
            .map(Role::Heat),
    })
}

fn sentence(nodes: &[(String, Load)]) -> String {
    let busy = |load: &Load| load.utilization().unwrap_or(0.0);
    let mut by_load: Vec<&(String, Load)> =
        nodes.iter().filter(|(_, load)| busy(load) > 0.0).collect();
    by_load.sort_by(|(_, a), (_, b)| busy(b).total_cmp(&busy(a)));
    let Some((name, load)) = by_load.first() else {
        let any = nodes.iter().any(|(_, load)| load.rate_per_s > 0.0);
        return match (nodes.is_empty(), any) {
            (true, _) => String::new(),
            (false, true) => "Nothing of this fills: no node has limited workers.".to_owned(),
            (false, false) => "No traffic yet: wire a client to a node.".to_owned(),
        };
    };
    let rate = per_s(load.rate_per_s);
    let first = if busy(load) >= 1.0 {
        format!(
            "{name} cannot keep up: {rate} arrive, and it is full from {} on",
            per_s(load.rate_per_s / busy(load))
        )
    } else {
        format!(
            "{name} fills first: {} busy at {rate}, full at {}",
            percent(busy(load)),
            per_s(load.rate_per_s / busy(load))
        )
    };
    match by_load.get(1) {
        Some((next, load)) => format!("{first}; next is {next} at {}.", percent(busy(load))),
        None => format!("{first}."),
    }
}

/// The rate of a curve at a moment, per second; the moment in seconds.
pub fn rate_at(curve: &Curve, at_s: f64) -> f64 {
    let line = |from: f64, to: f64, share: f64| from + (to - from) * share.clamp(0.0, 1.0);
    match curve {
        Curve::Constant { rate } => rate.0,
        Curve::Ramp { from, to, over, at } => line(
            from.0,
            to.0,
            (at_s - at.as_secs()) / over.as_secs().max(1e-9),
        ),
        Curve::Step { from, to, at } => {
            if at_s < at.as_secs() {
                from.0
            } else {
                to.0
            }
        }
        Curve::Spike {
            base,
            peak,
            at,
            lasts,
        } => {
            let inside = at_s >= at.as_secs() && at_s < at.as_secs() + lasts.as_secs();
            if inside { peak.0 } else { base.0 }
        }
        Curve::Daily { low, high, period } => {
            let turn = at_s / period.as_secs().max(1e-9);
            let wave = (1.0 - (turn * std::f64::consts::TAU).cos()) / 2.0;
            line(low.0, high.0, wave)
        }
        Curve::Piecewise { points } => {
            let after = points.iter().position(|(time, _)| time.as_secs() > at_s);
            match after {
                Some(0) => points.first().map_or(0.0, |(_, rate)| rate.0),
                Some(index) => {
                    let ((from_t, from), (to_t, to)) = (&points[index - 1], &points[index]);
                    let length = (to_t.as_secs() - from_t.as_secs()).max(1e-9);
                    line(from.0, to.0, (at_s - from_t.as_secs()) / length)
                }
                None => points.last().map_or(0.0, |(_, rate)| rate.0),
            }
        }
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
            "db fills first: 79% busy at 900/s, full at 1.14k/s; next is web at 22%."
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
