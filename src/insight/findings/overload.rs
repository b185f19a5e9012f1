//! A queue that grows through the whole run: more is offered than can be served.

use super::{Context, Said};
use crate::insight::words::{number, rate, share};
use crate::sim::result::{NodeFigures, NodeSeries};

/// Workers busy for at least this share of the time are taken as full.
const FULL: f64 = 0.95;
/// Parts of the run that are compared.
const PARTS: usize = 4;
/// The last part's queue over that of the first.
const GROWTH: f64 = 2.0;
/// And longer by this many at least.
const GROWTH_MIN: f64 = 10.0;

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let result = context.result;
    let mut growing: Vec<(&NodeFigures, f64, f64)> = Vec::new();
    for (node, series) in result.nodes.iter().zip(&result.series.nodes) {
        if node.queue.is_some() || node.utilization < FULL {
            continue;
        }
        let measured = result
            .series
            .edges_s
            .iter()
            .filter(|edge| **edge < result.warmup_s)
            .count();
        if let Some((first, last)) = growth(series, measured) {
            growing.push((node, first, last));
        }
    }
    growing.sort_by(|a, b| (b.2 - b.1).total_cmp(&(a.2 - a.1)));
    let said = growing.into_iter().map(|(node, first, last)| {
        let text = format!(
            "{} cannot keep up: it is {} busy and completes {} of {} that arrive, and the number waiting grows through \
             the whole run, from {} in its first quarter to {} in its last.",
            node.id,
            share(node.utilization),
            rate(node.completions_per_s),
            rate(node.arrivals_per_s),
            number(first),
            number(last),
        );
        Said::new(900, "overload", &node.id, text)
    });
    said.collect()
}

/// The mean queue in the first and the last quarter, if it grew from each to the next and by enough.
fn growth(series: &NodeSeries, from: usize) -> Option<(f64, f64)> {
    let queue = series.queue.get(from..)?;
    if queue.len() < PARTS {
        return None;
    }
    let edge = |part: usize| queue.len() * part / PARTS;
    let mean = |part: usize| {
        let of = &queue[edge(part)..edge(part + 1)];
        of.iter().sum::<f64>() / of.len() as f64
    };
    let means: Vec<f64> = (0..PARTS).map(mean).collect();
    let (first, last) = (means[0], means[PARTS - 1]);
    let grows = means.windows(2).all(|pair| pair[1] > pair[0]);
    (grows && last >= first * GROWTH && last >= first + GROWTH_MIN).then_some((first, last))
}
