//! The drawn design with the figures of the run in its boxes.

use super::Subject;
use crate::insight::words;
use crate::layout::picture::svg;
use crate::layout::role::heat_step;
use crate::layout::{BoxFigures, Role};
use crate::sim::result::NodeFigures;

/// Columns of the drawing as text.
pub(super) const TEXT_COLUMNS: i32 = 110;
/// A mean number waiting from which it is said.
const QUEUE_MIN: f64 = 1.0;

/// The drawing for a page that has its styles.
pub(super) fn element(subject: &Subject<'_>) -> String {
    svg::element(subject.design, &figures(subject), &shows(subject))
}

/// The drawing as a file of its own.
pub(in crate::report) fn file(subject: &Subject<'_>) -> String {
    svg::file(subject.design, &figures(subject), &shows(subject))
}

fn shows(subject: &Subject<'_>) -> String {
    format!(
        "{}: its nodes and wires, and how busy they were",
        super::title(subject)
    )
}

fn figures(subject: &Subject<'_>) -> Vec<Option<BoxFigures>> {
    let of = |name: &str| subject.result.nodes.iter().find(|node| node.id == name);
    subject
        .design
        .nodes
        .names()
        .map(|name| of(name).and_then(of_node))
        .collect()
}

fn of_node(node: &NodeFigures) -> Option<BoxFigures> {
    let stations = node.stations.iter().map(|station| station.utilization);
    let busy = stations.fold(node.utilization, f64::max);
    let mut lines = Vec::new();
    if node.availability < 0.999_95 && node.availability > 0.0 {
        let text = format!("up {}", words::share(node.availability));
        lines.push((text, Role::Failed));
    }
    match (&node.queue, &node.cache) {
        (Some(queue), _) if queue.backlog > 0 => {
            lines.push((
                format!("{} left", words::count(queue.backlog)),
                Role::Warning,
            ));
        }
        (_, Some(cache)) => lines.push((
            format!("hits {}", words::share(cache.hit_ratio)),
            Role::Detail,
        )),
        _ if node.queue_mean >= QUEUE_MIN => {
            let text = format!("{} waiting", words::number(node.queue_mean));
            lines.push((text, Role::Warning));
        }
        _ => {}
    }
    lines.truncate(1);
    if busy <= 0.0 && lines.is_empty() {
        return None;
    }
    Some(BoxFigures {
        bar: Some(busy).filter(|busy| *busy > 0.0),
        lines,
        marks: Vec::new(),
        border: Some(Role::Heat(heat_step(busy))).filter(|_| busy >= 0.75),
    })
}
