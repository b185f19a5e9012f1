//! The distribution of latency: how many requests took how long, over a logarithmic axis.

use super::scale::Scale;
use super::{HEIGHT, Plot, begin, line, text};
use crate::insight::axis::Unit;
use crate::study::run::Sparse;

/// Columns of the curve.
const COLUMNS: usize = 110;
/// Widest bucket that is spread, as columns: the rest would only show how buckets are cut.
const SPREAD: usize = 3;

/// The curve of latencies in nanoseconds, with some of them marked. Nothing without latencies.
pub(in crate::report) fn density(
    title: &str,
    latencies: &Sparse,
    marks: &[(&str, f64)],
) -> Option<String> {
    let low = latencies.quantile(0.001)? / 1e9;
    let high = latencies.quantile(0.999)? / 1e9;
    if !(low > 0.0 && high.is_finite()) {
        return None;
    }
    let plot = Plot {
        top: 34.0,
        ..Plot::OF_CHART
    };
    let scale = Scale::log(low * 0.9, high * 1.1, Unit::Time);
    let columns = smooth(&columns(latencies, &scale));
    let highest = columns.iter().copied().fold(0.0, f64::max);
    if !(highest > 0.0) {
        return None;
    }
    let told: Vec<String> = marks
        .iter()
        .map(|(name, value)| format!("{name} {}", crate::insight::words::time(*value)))
        .collect();
    let mut svg = begin((super::WIDTH, HEIGHT), title, &told.join(", "));
    let mut path = format!("M{} {}", super::at(plot.left), super::at(plot.bottom));
    for (at, count) in columns.iter().enumerate() {
        let x = plot.x((at as f64 + 0.5) / COLUMNS as f64);
        path.push_str(&format!(
            "L{} {}",
            super::at(x),
            super::at(plot.y(count / highest))
        ));
    }
    path.push_str(&format!(
        "L{} {}Z",
        super::at(plot.right),
        super::at(plot.bottom)
    ));
    svg.push_str(&format!(
        "<path class=\"bd c1\" d=\"{path}\"/>\n<path class=\"ln c1\" d=\"{path}\"/>\n"
    ));
    svg.push_str(&line(
        "ax",
        (plot.left, plot.bottom),
        (plot.right, plot.bottom),
    ));
    for (value, label) in scale.marks() {
        let x = plot.x(scale.place(value));
        svg.push_str(&line("ax", (x, plot.bottom), (x, plot.bottom + 4.0)));
        svg.push_str(&text("", (x, plot.bottom + 16.0), "middle", &label));
    }
    for (row, (name, value)) in marks.iter().enumerate() {
        let x = plot.x(scale.place(*value));
        let y = plot.top + 10.0 + 14.0 * row as f64;
        svg.push_str(&line("mk", (x, y - 8.0), (x, plot.bottom)));
        let label = format!("{name} {}", crate::insight::words::time(*value));
        let fits = x + 5.0 + super::LETTER * (label.chars().count() as f64) < plot.right;
        let (x, anchor) = if fits {
            (x + 4.0, "start")
        } else {
            (x - 4.0, "end")
        };
        svg.push_str(&text("ml", (x, y), anchor, &label));
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

/// How many values lie in each column of the axis. A bucket gives each column that it covers a part.
fn columns(latencies: &Sparse, scale: &Scale) -> Vec<f64> {
    let mut columns = vec![0.0; COLUMNS];
    let column = |ns: u64| {
        let place = scale.place(ns as f64 / 1e9);
        ((place * COLUMNS as f64) as usize).min(COLUMNS - 1)
    };
    for bucket in latencies.buckets() {
        let (from, to) = (column(bucket.low), column(bucket.high));
        let covered = to.saturating_sub(from) + 1;
        for one in columns.iter_mut().skip(from).take(covered) {
            *one += bucket.count as f64 / covered as f64;
        }
    }
    columns
}

/// The mean of neighbours, with weights that fall.
fn smooth(columns: &[f64]) -> Vec<f64> {
    let weigh = |at: usize| {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (other, value) in columns.iter().enumerate() {
            let distance = other.abs_diff(at);
            if distance < SPREAD {
                let weight = (SPREAD - distance) as f64;
                sum += weight * value;
                weights += weight;
            }
        }
        sum / weights
    };
    (0..columns.len()).map(weigh).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_has_its_marks() {
        let values: Vec<u64> = (1..1_000).map(|value| value * 100_000).collect();
        let latencies = Sparse::of_values(7, &values);
        let svg = density("latency", &latencies, &[("p50", 0.05), ("p99", 0.099)]).unwrap();
        assert!(roxmltree::Document::parse(&svg).is_ok(), "{svg}");
        assert!(
            svg.contains("<title>latency: p50 50 ms, p99 99 ms</title>"),
            "{svg}"
        );
        assert_eq!(density("latency", &Sparse::default(), &[]), None);
        let scale = Scale::log(0.000_1, 0.1, Unit::Time);
        let all: f64 = columns(&latencies, &scale).iter().sum();
        assert!((all - 999.0).abs() < 1e-6);
    }
}
