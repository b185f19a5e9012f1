//! Messages that pile up in a queue: whether they grow, stay or were worked off, and when.

use super::{Context, Said};
use crate::insight::words::{counted, number, share, time};
use crate::sim::result::{NodeFigures, NodeSeries, QueueFigures};

/// A backlog that never held this many is none.
const PEAK_MIN: f64 = 20.0;
/// Worked off: at most this share of the peak is left.
const LEFT: f64 = 0.1;
/// Repeated deliveries below this share are not worth a sentence.
const REPEATED_MIN: f64 = 0.01;

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let nodes = context
        .result
        .nodes
        .iter()
        .zip(&context.result.series.nodes);
    let queues = nodes.filter_map(|(node, series)| Some((node, node.queue.as_ref()?, series)));
    queues
        .flat_map(|(node, queue, series)| of_queue(context, node, queue, series))
        .collect()
}

fn of_queue(
    context: &Context<'_>,
    node: &NodeFigures,
    queue: &QueueFigures,
    series: &NodeSeries,
) -> Vec<Said> {
    let mut said = Vec::new();
    said.extend(course(context, node, queue, series));
    if queue.dead_letters > 0 {
        let were = if queue.dead_letters == 1 {
            "was"
        } else {
            "were"
        };
        let text = format!(
            "{} of {} {were} given up to the dead letters{}.",
            counted(queue.dead_letters, "message", "messages"),
            node.id,
            context.over(),
        );
        said.push(Said::new(730, "dead_letters", &node.id, text));
    }
    let repeated = queue.redelivered as f64 / (queue.delivered.max(1)) as f64;
    if repeated >= REPEATED_MIN {
        let text = format!(
            "{} of the deliveries of {} were repetitions.",
            share(repeated),
            node.id
        );
        said.push(Said::new(480, "redelivered", &node.id, text));
    }
    said
}

fn course(
    context: &Context<'_>,
    node: &NodeFigures,
    queue: &QueueFigures,
    series: &NodeSeries,
) -> Option<Said> {
    let edges_s = &context.result.series.edges_s;
    let (peak_at, &peak) = series
        .queue
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(b.1))?;
    let (&first, &last) = (series.queue.first()?, series.queue.last()?);
    if peak < PEAK_MIN {
        return None;
    }
    let id = &node.id;
    let peak_messages = format!("{} messages", number(peak));
    if peak_at + 1 == series.queue.len() && first < LEFT * peak {
        let text = format!(
            "The backlog of {id} grows until the end: {peak_messages} wait, and the oldest is {} old.",
            time(queue.oldest_max_s)
        );
        return Some(Said::new(890, "backlog", id, text));
    }
    let peak_s = time(*edges_s.get(peak_at)?);
    let rest = series.queue.get(peak_at..)?;
    if let Some(after) = rest.iter().position(|&waiting| waiting <= LEFT * peak) {
        let until_s = time(*edges_s.get(peak_at + after)?);
        let text = format!(
            "The backlog of {id} reached {peak_messages} at {peak_s} and was worked off by {until_s}."
        );
        return Some(Said::new(650, "backlog", id, text));
    }
    if first <= LEFT * peak {
        let text = format!(
            "The backlog of {id} reached {peak_messages} at {peak_s}, and {} of them are still waiting at the end.",
            number(last)
        );
        return Some(Said::new(720, "backlog", id, text));
    }
    let text = format!(
        "The backlog of {id} stays around {} messages.",
        number(queue_mean(series))
    );
    Some(Said::new(440, "backlog", id, text))
}

fn queue_mean(series: &NodeSeries) -> f64 {
    series.queue.iter().sum::<f64>() / series.queue.len().max(1) as f64
}
