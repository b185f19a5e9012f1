//! Lines over simulated time, with the spans of faults behind them.

use super::scale::Scale;
use super::{Plot, begin, grid, legend, line, rect, text};
use crate::insight::axis::{Unit, moment, time_step};

/// A line: one value for each bucket of time.
pub(in crate::report) struct Line<'a> {
    /// Its name.
    pub(in crate::report) name: String,
    /// Its values; what is no number, or 0 where only more than 0 makes sense, interrupts it.
    pub(in crate::report) values: &'a [f64],
    /// The class of its colour: `c1` to `c8`, or `cb`.
    pub(in crate::report) class: &'static str,
    /// Whether it is dashed.
    pub(in crate::report) dashed: bool,
}

/// Lines over time.
pub(in crate::report) struct TimeChart<'a> {
    /// What it shows.
    pub(in crate::report) title: String,
    /// The edges of the buckets, in seconds.
    pub(in crate::report) edges_s: &'a [f64],
    /// The lines, the most important last.
    pub(in crate::report) lines: Vec<Line<'a>>,
    /// Whether the area between the first two lines is filled.
    pub(in crate::report) band: bool,
    /// What the values are.
    pub(in crate::report) unit: Unit,
    /// Faults: from, to, name.
    pub(in crate::report) faults: &'a [(f64, f64, String)],
}

impl TimeChart<'_> {
    /// The chart; nothing if there is nothing to draw.
    pub(in crate::report) fn svg(&self) -> Option<String> {
        let (first, last) = (*self.edges_s.first()?, *self.edges_s.last()?);
        let drawn = |value: &f64| value.is_finite() && (*value > 0.0 || self.unit != Unit::Time);
        let values = || {
            self.lines
                .iter()
                .flat_map(|one| one.values)
                .copied()
                .filter(drawn)
        };
        let high = values().fold(f64::NEG_INFINITY, f64::max);
        let low = values().fold(f64::INFINITY, f64::min);
        if !(last > first) || !high.is_finite() {
            return None;
        }
        let plot = Plot::OF_CHART;
        let scale = Scale::fitting(low, high, self.unit);
        let time = |seconds: f64| plot.x(((seconds - first) / (last - first)).clamp(0.0, 1.0));
        let names: Vec<&str> = self.lines.iter().map(|one| one.name.as_str()).collect();
        let shows = format!(
            "{} over {}, at most {}",
            names.join(", "),
            crate::insight::words::time(last - first),
            self.unit.label(high)
        );
        let mut svg = begin((super::WIDTH, super::HEIGHT), &self.title, &shows);
        for (from, to, _) in self.faults {
            let (from, to) = (time(*from), time(*to));
            let size = ((to - from).max(1.0), plot.bottom - plot.top);
            svg.push_str(&rect("fa", (from, plot.top), size, ""));
        }
        svg.push_str(&grid(plot, &scale));
        svg.push_str(&time_axis(plot, first, last));
        let points: Vec<Vec<Option<(f64, f64)>>> = self
            .lines
            .iter()
            .map(|one| {
                let middles = self
                    .edges_s
                    .windows(2)
                    .map(|pair| 0.5 * (pair[0] + pair[1]));
                let point = |(x, value): (f64, &f64)| {
                    drawn(value).then(|| (time(x), plot.y(scale.place(*value))))
                };
                middles.zip(one.values).map(point).collect()
            })
            .collect();
        if let ([one, other, ..], true) = (points.as_slice(), self.band) {
            let path = band(one, other);
            svg.push_str(&format!(
                "<path class=\"bd {}\" d=\"{path}\"/>\n",
                self.lines[0].class
            ));
        }
        for (one, points) in self.lines.iter().zip(&points) {
            let dashed = if one.dashed { " ds" } else { "" };
            let path = polyline(points);
            svg.push_str(&format!(
                "<path class=\"ln {}{dashed}\" d=\"{path}\"/>\n",
                one.class
            ));
        }
        let entries: Vec<(&str, String)> = self
            .lines
            .iter()
            .map(|one| (one.class, one.name.clone()))
            .collect();
        svg.push_str(&legend(&entries));
        svg.push_str("</svg>\n");
        Some(svg)
    }
}

/// The axis of time below a plot.
pub(super) fn time_axis(plot: Plot, first: f64, last: f64) -> String {
    let mut svg = line("ax", (plot.left, plot.bottom), (plot.right, plot.bottom));
    let step = time_step(last - first, 7);
    let mut at = (first / step).ceil() * step;
    while at <= last + step * 1e-6 {
        let x = plot.x((at - first) / (last - first));
        svg.push_str(&line("ax", (x, plot.bottom), (x, plot.bottom + 4.0)));
        let label = if at <= 0.0 {
            "0".to_owned()
        } else {
            moment(at, step)
        };
        svg.push_str(&text("", (x, plot.bottom + 16.0), "middle", &label));
        at += step;
    }
    svg
}

/// A path through points, broken where one is missing; a point alone is a dot.
fn polyline(points: &[Option<(f64, f64)>]) -> String {
    let mut path = String::new();
    let mut pen_is_down = false;
    for (at, point) in points.iter().enumerate() {
        let Some((x, y)) = point else {
            pen_is_down = false;
            continue;
        };
        let (x, y) = (super::at(*x), super::at(*y));
        path.push_str(&format!("{}{x} {y}", if pen_is_down { 'L' } else { 'M' }));
        let goes_on = points.get(at + 1).is_some_and(Option::is_some);
        if !pen_is_down && !goes_on {
            path.push_str("h0.1");
        }
        pen_is_down = true;
    }
    path
}

/// The area between two lines, where both have points.
fn band(one: &[Option<(f64, f64)>], other: &[Option<(f64, f64)>]) -> String {
    let mut path = String::new();
    let mut run: Vec<((f64, f64), (f64, f64))> = Vec::new();
    let both = one.iter().zip(other).map(|(one, other)| one.zip(*other));
    for pair in both.chain([None]) {
        if let Some(pair) = pair {
            run.push(pair);
            continue;
        }
        if run.len() > 1 {
            let there = run.iter().map(|pair| pair.0);
            let back = run.iter().rev().map(|pair| pair.1);
            for (at, (x, y)) in there.chain(back).enumerate() {
                let word = if at == 0 { 'M' } else { 'L' };
                path.push_str(&format!("{word}{} {}", super::at(x), super::at(y)));
            }
            path.push('Z');
        }
        run.clear();
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_where_there_is_no_value() {
        let points = [Some((0.0, 1.0)), Some((1.0, 2.0)), None, Some((3.0, 4.0))];
        assert_eq!(polyline(&points), "M0 1L1 2M3 4h0.1");
        assert_eq!(band(&points, &points), "M0 1L1 2L1 2L0 1Z");
    }

    #[test]
    fn a_chart_has_a_title_a_scale_and_its_faults() {
        let line = |name: &str, values| Line {
            name: name.to_owned(),
            values,
            class: "c1",
            dashed: false,
        };
        let chart = |values| TimeChart {
            title: "latency of <a>".to_owned(),
            edges_s: &[0.0, 10.0, 20.0, 30.0],
            lines: vec![line("p99", values)],
            band: false,
            unit: Unit::Time,
            faults: &[],
        };
        let svg = chart(&[0.1, 0.0, 0.2]).svg().unwrap();
        assert!(roxmltree::Document::parse(&svg).is_ok(), "{svg}");
        assert!(svg.contains("<title>latency of &lt;a&gt;: p99 over 30 s, at most 200 ms</title>"));
        assert!(svg.contains(">10s</text>"), "{svg}");
        assert_eq!(chart(&[0.0, f64::NAN, 0.0]).svg(), None);
        assert_eq!(chart(&[]).svg(), None);
    }
}
