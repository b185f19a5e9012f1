//! The shape of a distribution of latencies: how many requests took how long, on a logarithmic
//! axis, with its percentiles marked below.

use super::look::width;
use super::{Look, Role, number};

/// Rows of the hill.
const ROWS: usize = 4;
/// Widest plot, in cells: beyond it the eye has to travel.
const CELLS_MAX: usize = 88;
/// Narrowest plot that still says something.
const CELLS_MIN: usize = 24;
/// Columns before the plot.
const INDENT: usize = 2;
/// Share of the values that may lie outside the plot: the fast ones are of less interest than the
/// slow ones.
const CUT_LOW: f64 = 0.005;
const CUT_HIGH: f64 = 0.000_5;

const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const THIRDS: [char; 4] = [' ', '.', ':', '#'];

/// How many values lie between two bounds, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bin {
    /// Lower bound.
    pub(crate) low_s: f64,
    /// Upper bound.
    pub(crate) high_s: f64,
    /// Number of values.
    pub(crate) count: f64,
}

/// The plot, with marks such as `("p99", 0.271)`. Nothing if there is nothing to see or no room for
/// it.
pub(crate) fn density(bins: &[Bin], marks: &[(&str, f64)], look: Look) -> Option<String> {
    let cells = look.width.saturating_sub(INDENT * 2).min(CELLS_MAX);
    if cells < CELLS_MIN {
        return None;
    }
    let axis = Axis::over(bins, cells)?;
    let heights = axis.heights(bins);
    let mut text = String::new();
    for row in (0..ROWS).rev() {
        push_line(
            &mut text,
            &look.paint(Role::Ink, hill_row(&heights, row, look).trim_end()),
        );
    }
    let (rule, labels) = axis.ticks(look);
    push_line(&mut text, &look.paint(Role::Dim, &rule));
    push_line(&mut text, &look.paint(Role::Dim, labels.trim_end()));
    let marked = axis.marks(marks, look);
    push_line(&mut text, marked.trim_end());
    Some(text)
}

fn push_line(text: &mut String, line: &str) {
    text.push_str(&" ".repeat(INDENT));
    text.push_str(line);
    text.push('\n');
}

/// One row of the hill, from heights between 0 and 1.
fn hill_row(heights: &[f64], row: usize, look: Look) -> String {
    let levels: &[char] = if look.unicode { &EIGHTHS } else { &THIRDS };
    let steps = levels.len() - 1;
    heights
        .iter()
        .map(|height| {
            let mut level = (height * (ROWS * steps) as f64).round() as usize;
            if *height > 0.0 {
                level = level.max(1);
            }
            levels[level.saturating_sub(row * steps).min(steps)]
        })
        .collect()
}

/// A logarithmic axis of times.
struct Axis {
    low: f64,
    high: f64,
    cells: usize,
}

impl Axis {
    /// An axis that holds nearly all values.
    fn over(bins: &[Bin], cells: usize) -> Option<Axis> {
        let total: f64 = bins.iter().fold(0.0, |sum, bin| sum + bin.count);
        // Below a nanosecond there is nothing to resolve; a request that took no time counts as
        // one.
        let floor = |seconds: f64| seconds.max(1e-9);
        if total <= 0.0 || !total.is_finite() {
            return None;
        }
        let mut below = 0.0;
        let mut ends = (None, None);
        for bin in bins {
            if ends.0.is_none() && below + bin.count > total * CUT_LOW {
                ends.0 = Some(floor(bin.low_s));
            }
            if below < total * (1.0 - CUT_HIGH) {
                ends.1 = Some(floor(bin.high_s));
            }
            below += bin.count;
        }
        let (low, high) = (ends.0?, ends.1?);
        // A narrow distribution shall look narrow: the axis spans at least a factor of four.
        let middle = (low * high).sqrt();
        let (low, high) = (low.min(middle / 2.0) / 1.1, high.max(middle * 2.0) * 1.1);
        Some(Axis { low, high, cells })
    }

    /// The place of a time on the axis, in cells.
    fn place(&self, seconds: f64) -> f64 {
        let seconds = seconds.max(1e-12);
        (seconds / self.low).ln() / (self.high / self.low).ln() * self.cells as f64
    }

    /// The height of each cell, the highest 1. A bin that covers several cells is spread over them.
    fn heights(&self, bins: &[Bin]) -> Vec<f64> {
        let mut sums = vec![0.0; self.cells];
        for bin in bins {
            let from = self.place(bin.low_s);
            let to = self.place(bin.high_s).max(from + 1e-6);
            let first = from.clamp(0.0, self.cells as f64).floor() as usize;
            let last = to.clamp(0.0, self.cells as f64).ceil() as usize;
            for (cell, sum) in sums.iter_mut().enumerate().take(last).skip(first) {
                let covered = to.min((cell + 1) as f64) - from.max(cell as f64);
                *sum += bin.count * (covered / (to - from)).max(0.0);
            }
        }
        let highest = sums.iter().copied().fold(0.0, f64::max);
        sums.iter()
            .map(|sum| if highest > 0.0 { sum / highest } else { 0.0 })
            .collect()
    }

    /// The axis with ticks, and the row of their labels: as many of 1, 2 and 5 as there is room
    /// for.
    fn ticks(&self, look: Look) -> (String, String) {
        let mut rule: Vec<char> = vec![if look.unicode { '─' } else { '-' }; self.cells];
        let tick = if look.unicode { '┬' } else { '+' };
        let mut labels = Labels::new(self.cells);
        // Whole decades first, so that they keep their labels where space is short.
        for multiples in [&[1.0][..], &[2.0, 5.0][..]] {
            for exponent in -9..9 {
                for multiple in multiples {
                    let seconds = multiple * 10_f64.powi(exponent);
                    let place = self.place(seconds);
                    if place < 0.0 || place >= self.cells as f64 {
                        continue;
                    }
                    let cell = place as usize;
                    if labels.add(cell, &number::duration(seconds, look)) {
                        rule[cell] = tick;
                    }
                }
            }
        }
        (rule.into_iter().collect(), labels.text())
    }

    /// The row of marks: each points at its place, the first with its text to the left of it,
    /// others to the right. One that finds no room on either side is left out.
    fn marks(&self, marks: &[(&str, f64)], look: Look) -> String {
        let mut labels = Labels::new(self.cells);
        for (index, (name, seconds)) in marks.iter().enumerate() {
            let cell = self.place(*seconds).clamp(0.0, (self.cells - 1) as f64) as usize;
            let text = format!("{name} {}", number::time(*seconds, look));
            let mut put = |leftward: bool| {
                if leftward {
                    cell.checked_sub(width(&text) + 1)
                        .is_some_and(|start| labels.add(start, &format!("{text} {}", look.mark())))
                } else {
                    labels.add(cell, &format!("{} {text}", look.mark()))
                }
            };
            let leftward = index == 0;
            if !put(leftward) {
                put(!leftward);
            }
        }
        labels.text()
    }
}

/// A row of labels that keep off each other.
pub(crate) struct Labels {
    cells: usize,
    placed: Vec<(usize, String)>,
}

impl Labels {
    /// An empty row.
    pub(crate) fn new(cells: usize) -> Labels {
        Labels {
            cells,
            placed: Vec::new(),
        }
    }

    /// Puts a label so that it begins at a cell, if there is room for it.
    pub(crate) fn add(&mut self, cell: usize, label: &str) -> bool {
        let end = cell + width(label);
        let free = self.placed.iter().all(|(other, text)| {
            end + 1 < *other + usize::from(*other == 0) || other + width(text) + 1 < cell
        });
        let fits = free && end <= self.cells;
        if fits {
            self.placed.push((cell, label.to_owned()));
        }
        fits
    }

    /// The row.
    pub(crate) fn text(mut self) -> String {
        self.placed.sort_by_key(|(cell, _)| *cell);
        let mut text = String::new();
        let mut used = 0;
        for (cell, label) in &self.placed {
            text.push_str(&" ".repeat(cell.saturating_sub(used)));
            text.push_str(label);
            used = cell + width(label);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bins of an exponential distribution.
    fn exponential(mean_s: f64) -> Vec<Bin> {
        (0..400)
            .map(|step| {
                let edge = |step: i32| mean_s * 1.02_f64.powi(step - 300);
                let (low_s, high_s) = (edge(step), edge(step + 1));
                let count = 1e6 * ((-low_s / mean_s).exp() - (-high_s / mean_s).exp());
                Bin {
                    low_s,
                    high_s,
                    count: count.round(),
                }
            })
            .collect()
    }

    const MARKS: [(&str, f64); 2] = [("p50", 0.006_93), ("p99", 0.046)];

    #[test]
    fn the_shape_of_an_exponential() {
        insta::assert_snapshot!(density(&exponential(0.01), &MARKS, Look::PLAIN).unwrap(), @"
                                                     ▁▂▃▅▆▆▇████▇▆▅▄▂
                                               ▁▃▄▅▆██████████████████▆▃▁
                                      ▁▂▂▃▄▅▆▇███████████████████████████▆▄▂
        ▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▃▃▃▃▄▄▄▅▅▆▆▇▇████████████████████████████████████████▆▄▃▂▁▁▁
        ────┬────────────────┬───────┬──────┬─────────┬───────┬──────┬─────────┬────
            100 µs           500 µs  1 ms   2 ms      5 ms    10 ms  20 ms     50 ms
                                              p50 6.93 ms ▲       p99 46.0 ms ▲
        ");
    }

    #[test]
    fn the_same_in_ascii() {
        let look = Look {
            unicode: false,
            width: 50,
            color: false,
        };
        insta::assert_snapshot!(density(&exponential(0.01), &MARKS, look).unwrap(), @"
                                    .::####:.
                                .:############.
                           ..:##################.
        .............:::##########################:...
        --+--------------+--------------+-------------
          100 us         1 ms           10 ms
                          p50 6.93 ms ^
        ");
    }

    #[test]
    fn a_constant_is_a_spike_and_nothing_is_nothing() {
        let constant = [Bin {
            low_s: 0.005,
            high_s: 0.005,
            count: 10.0,
        }];
        insta::assert_snapshot!(density(&constant, &[("p50", 0.005)], Look { width: 44, ..Look::PLAIN }).unwrap(), @"
                            █
                            █
                            █
                            █
        ────────────────────┬───────────────────
                            5 ms
                p50 5.00 ms ▲
        ");
        assert_eq!(density(&[], &MARKS, Look::PLAIN), None);
        assert_eq!(
            density(
                &constant,
                &MARKS,
                Look {
                    width: 20,
                    ..Look::PLAIN
                }
            ),
            None
        );
        let zero = [Bin {
            low_s: 0.0,
            high_s: 0.0,
            count: 3.0,
        }];
        assert!(density(&zero, &[("p50", 0.0)], Look::PLAIN).is_some());
    }
}
