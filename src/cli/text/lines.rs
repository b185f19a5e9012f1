//! Figures over simulated time as lines of dots: eight in a cell where the terminal has braille,
//! one where it has not. Times in which something is wrong are marked below.

use super::look::width;
use super::{Look, Role, density::Labels, number};

/// Rows of the plot.
const ROWS: usize = 5;
/// Widest plot, in cells.
const CELLS_MAX: usize = 88;
/// Narrowest plot that still says something.
const CELLS_MIN: usize = 20;
/// A scale is logarithmic if its highest value is this many times its lowest.
const LOGARITHMIC_FROM: f64 = 20.0;

/// One line of a chart.
#[derive(Debug, Clone)]
pub(crate) struct Line<'a> {
    /// Its name, shown beside its end.
    pub(crate) name: &'a str,
    /// A value for each bucket of time. Those that are not finite are left out.
    pub(crate) values: &'a [f64],
    /// Its ink.
    pub(crate) role: Role,
}

/// A chart of several figures of the same unit.
#[derive(Debug, Clone)]
pub(crate) struct Chart<'a> {
    /// Start of each bucket, and the end of the last.
    pub(crate) edges_s: &'a [f64],
    /// The lines; the first is drawn over the others.
    pub(crate) lines: Vec<Line<'a>>,
    /// How a value of the scale is written.
    pub(crate) write: fn(f64, Look) -> String,
    /// Values of 0 are gaps, and the scale may be logarithmic: for times.
    pub(crate) positive: bool,
    /// Times to mark below: start, end, name.
    pub(crate) spans: Vec<(f64, f64, String)>,
}

impl Chart<'_> {
    /// The chart as text. Nothing if there is nothing to see or no room for it.
    pub(crate) fn render(&self, look: Look) -> Option<String> {
        let scale = self.scale()?;
        let marks: Vec<String> = scale.marks().map(|value| (self.write)(value, look)).into();
        let left = marks.iter().map(|mark| width(mark)).max().unwrap_or(0) + 5;
        let names = self
            .lines
            .iter()
            .map(|line| width(line.name))
            .max()
            .unwrap_or(0);
        let cells = look.width.saturating_sub(left + names + 2).min(CELLS_MAX);
        if cells < CELLS_MIN || self.edges_s.len() < 3 {
            return None;
        }
        let mut canvas = Canvas::new(cells, look);
        for (index, line) in self.lines.iter().enumerate() {
            self.draw(&mut canvas, line, index, &scale);
        }
        let mut text = String::new();
        for row in 0..ROWS {
            let mark = match row {
                0 => &marks[0],
                _ if row == ROWS / 2 => &marks[1],
                _ if row == ROWS - 1 => &marks[2],
                _ => "",
            };
            let space = " ".repeat(left - 3 - width(mark));
            let border = if look.unicode { '┤' } else { '|' };
            let scale_text = look.paint(Role::Dim, &format!("{space}{mark} {border}"));
            let name = canvas.name_at(row, &self.lines, look);
            text.push_str(
                format!("{scale_text}{} {name}", canvas.row(row, &self.lines, look)).trim_end(),
            );
            text.push('\n');
        }
        self.write_time(cells, left, look, &mut text);
        Some(text)
    }

    /// A line as a run of dots, connected from column to column.
    fn draw(&self, canvas: &mut Canvas, line: &Line, index: usize, scale: &Scale) {
        let columns = canvas.columns();
        let mut previous: Option<usize> = None;
        for column in 0..columns {
            let time = self.start() + self.length() * (column as f64 + 0.5) / columns as f64;
            let value = self
                .bucket(time)
                .and_then(|bucket| line.values.get(bucket))
                .copied();
            let Some(value) = value.filter(|value| self.drawable(*value)) else {
                previous = None;
                continue;
            };
            let height = (scale.share(value) * (canvas.heights() - 1) as f64).round() as usize;
            let from = previous.map_or(height, |previous| match previous.cmp(&height) {
                std::cmp::Ordering::Less => previous + 1,
                std::cmp::Ordering::Equal => height,
                std::cmp::Ordering::Greater => previous - 1,
            });
            for dot in from.min(height)..=from.max(height) {
                canvas.dot(column, dot, index);
            }
            canvas.end(index, height);
            previous = Some(height);
        }
    }

    fn drawable(&self, value: f64) -> bool {
        value.is_finite() && (!self.positive || value > 0.0)
    }

    fn start(&self) -> f64 {
        self.edges_s.first().copied().unwrap_or(0.0)
    }

    fn length(&self) -> f64 {
        self.edges_s.last().copied().unwrap_or(0.0) - self.start()
    }

    /// The bucket that a moment lies in.
    fn bucket(&self, time: f64) -> Option<usize> {
        self.edges_s
            .partition_point(|edge| *edge <= time)
            .checked_sub(1)
    }

    fn scale(&self) -> Option<Scale> {
        let values = || {
            let all = self
                .lines
                .iter()
                .flat_map(|line| line.values.iter().copied());
            all.filter(|value| self.drawable(*value))
        };
        let high = values().fold(f64::NEG_INFINITY, f64::max);
        let low = values().fold(f64::INFINITY, f64::min);
        if !high.is_finite() || high <= 0.0 {
            return None;
        }
        let logarithmic = self.positive && high > low * LOGARITHMIC_FROM;
        Some(if logarithmic {
            Scale::Logarithmic { low, high }
        } else {
            Scale::Linear { high }
        })
    }

    /// The axis of time, its labels, and what is marked below.
    fn write_time(&self, cells: usize, left: usize, look: Look, text: &mut String) {
        let indent = " ".repeat(left - 1);
        let place = |time: f64| ((time - self.start()) / self.length() * cells as f64) as usize;
        let mut labels = Labels::new(cells + 8);
        let step = nice_step(self.length());
        let mut tick = (self.start() / step).ceil() * step;
        while tick < self.start() + self.length() {
            labels.add(place(tick), &number::moment(tick));
            tick += step;
        }
        text.push_str(&look.paint(Role::Dim, format!("{indent}{}", labels.text()).trim_end()));
        text.push('\n');
        for (from, to, name) in &self.spans {
            let first = place(from.max(self.start())).min(cells - 1);
            let last =
                place(to.min(self.start() + self.length())).clamp(first + 1, cells.max(first + 1));
            let bar = look.span().repeat(last - first);
            let after = look.width.saturating_sub(left - 1 + last + 2);
            let before = first.saturating_sub(1);
            let line = if width(name) <= after {
                format!(
                    "{}{} {name}",
                    " ".repeat(first),
                    look.paint(Role::Warn, &bar)
                )
            } else {
                let name = look.shorten(name, before);
                let space = " ".repeat(before - width(&name));
                format!("{space}{name} {}", look.paint(Role::Warn, &bar))
            };
            text.push_str(&indent);
            text.push_str(&line);
            text.push('\n');
        }
    }
}

/// A step of time that gives three to seven ticks and that people count in.
fn nice_step(length: f64) -> f64 {
    const STEPS: [f64; 19] = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0,
        10_800.0, 21_600.0, 43_200.0, 86_400.0, 172_800.0,
    ];
    if length < 3.0 {
        return (length / 4.0).max(0.01);
    }
    STEPS
        .into_iter()
        .find(|step| length / step <= 7.0)
        .unwrap_or(length / 5.0)
}

enum Scale {
    Linear { high: f64 },
    Logarithmic { low: f64, high: f64 },
}

impl Scale {
    /// The height of a value, from 0 to 1.
    fn share(&self, value: f64) -> f64 {
        match self {
            Scale::Linear { high } => (value / high).clamp(0.0, 1.0),
            Scale::Logarithmic { low, high } => {
                ((value / low).ln() / (high / low).ln()).clamp(0.0, 1.0)
            }
        }
    }

    /// The values at the top, the middle and the bottom.
    fn marks(&self) -> [f64; 3] {
        match self {
            Scale::Linear { high } => [*high, high / 2.0, 0.0],
            Scale::Logarithmic { low, high } => [*high, (low * high).sqrt(), *low],
        }
    }
}

/// Dots of several lines: in each cell, which dots are set and by which line first.
struct Canvas {
    cells: usize,
    fine: bool,
    dots: Vec<(u8, Option<usize>)>,
    ends: Vec<Option<usize>>,
}

impl Canvas {
    fn new(cells: usize, look: Look) -> Canvas {
        Canvas {
            cells,
            fine: look.unicode,
            dots: vec![(0, None); cells * ROWS],
            ends: Vec::new(),
        }
    }

    fn columns(&self) -> usize {
        if self.fine {
            self.cells * 2
        } else {
            self.cells
        }
    }

    fn heights(&self) -> usize {
        if self.fine { ROWS * 4 } else { ROWS }
    }

    /// Sets a dot, counted from the left and from the bottom.
    fn dot(&mut self, column: usize, height: usize, line: usize) {
        // The bits of a braille cell: left column from the top, then right column.
        const BITS: [[u8; 4]; 2] = [[0x40, 0x04, 0x02, 0x01], [0x80, 0x20, 0x10, 0x08]];
        let (cell, row, bit) = if self.fine {
            (column / 2, height / 4, BITS[column % 2][height % 4])
        } else {
            (column, height, 1)
        };
        let place = (ROWS - 1 - row.min(ROWS - 1)) * self.cells + cell.min(self.cells - 1);
        let (bits, owner) = &mut self.dots[place];
        *bits |= bit;
        owner.get_or_insert(line);
    }

    /// Remembers where a line has come to.
    fn end(&mut self, line: usize, height: usize) {
        if self.ends.len() <= line {
            self.ends.resize(line + 1, None);
        }
        let height = if self.fine { height / 4 } else { height };
        self.ends[line] = Some(ROWS - 1 - height.min(ROWS - 1));
    }

    fn row(&self, row: usize, lines: &[Line], look: Look) -> String {
        const MARKS: [char; 3] = ['*', 'o', '.'];
        let cells = &self.dots[row * self.cells..(row + 1) * self.cells];
        let mut text = String::new();
        let mut run = String::new();
        let mut ink: Option<usize> = None;
        for (bits, owner) in cells {
            if *owner != ink {
                text.push_str(&paint_run(&run, ink, lines, look));
                run.clear();
                ink = *owner;
            }
            run.push(match owner {
                None => ' ',
                Some(_) if self.fine => {
                    char::from_u32(0x2800 + u32::from(*bits)).expect("a braille pattern")
                }
                Some(line) => MARKS[line % MARKS.len()],
            });
        }
        text + &paint_run(&run, ink, lines, look)
    }

    /// The name of the line that ends in a row, if it is the first there; others move to a free
    /// row.
    fn name_at(&self, row: usize, lines: &[Line], look: Look) -> String {
        const MARKS: [char; 3] = ['*', 'o', '.'];
        let mut taken = [None; ROWS];
        for (index, end) in self.ends.iter().enumerate() {
            let Some(end) = *end else { continue };
            let mut rows: Vec<usize> = (0..ROWS).collect();
            rows.sort_by_key(|row| row.abs_diff(end));
            if let Some(free) = rows.into_iter().find(|row| taken[*row].is_none()) {
                taken[free] = Some(index);
            }
        }
        taken[row].map_or(String::new(), |index: usize| {
            let name = if self.fine {
                lines[index].name.to_owned()
            } else {
                format!("{} {}", MARKS[index % MARKS.len()], lines[index].name)
            };
            look.paint(lines[index].role, &name)
        })
    }
}

fn paint_run(run: &str, ink: Option<usize>, lines: &[Line], look: Look) -> String {
    ink.and_then(|line| lines.get(line))
        .map_or(run.to_owned(), |line| look.paint(line.role, run))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bump(calm: f64, high: f64) -> Vec<f64> {
        (0..60)
            .map(|bucket| {
                if (30..36).contains(&bucket) {
                    high
                } else {
                    calm
                }
            })
            .collect()
    }

    fn edges() -> Vec<f64> {
        (0..=60).map(|edge| f64::from(edge) * 10.0).collect()
    }

    fn draw(look: Look) -> String {
        let (p99, p50, edges) = (bump(0.07, 2.1), bump(0.0098, 1.2), edges());
        let chart = Chart {
            edges_s: &edges,
            lines: vec![
                Line {
                    name: "p99",
                    values: &p99,
                    role: Role::Ink,
                },
                Line {
                    name: "p50",
                    values: &p50,
                    role: Role::SecondInk,
                },
            ],
            write: number::time,
            positive: true,
            spans: vec![(300.0, 360.0, "orders-db slow".to_owned())],
        };
        chart.render(look).unwrap()
    }

    #[test]
    fn latency_over_time() {
        insta::assert_snapshot!(draw(Look { width: 72, ..Look::PLAIN }), @"
         2.10 s ┤                           ⢸⠭⠭⠭⠭⠭⡆
                ┤                           ⢸     ⡇
         143 ms ┤                           ⢸     ⡇
                ┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⢹     ⡏⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉ p99
        9.80 ms ┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡸     ⣇⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀ p50
                 0:00       2:00       4:00       6:00       8:00
                                            ━━━━━━ orders-db slow
        ");
    }

    #[test]
    fn latency_over_time_in_ascii() {
        insta::assert_snapshot!(draw(Look { width: 60, unicode: false, color: false }), @"
         2.10 s |                     *****
                |                     *    *
         143 ms |                     *    *
                |*********************o    ***************** * p99
        9.80 ms |ooooooooooooooooooooo     ooooooooooooooooo o p50
                 0:00    2:00     4:00    6:00     8:00
                                      ==== orders-db slow
        ");
    }

    #[test]
    fn rates_begin_at_nothing() {
        let (offered, good, edges) = (bump(120.0, 120.0), bump(119.0, 41.0), edges());
        let chart = Chart {
            edges_s: &edges,
            lines: vec![
                Line {
                    name: "goodput",
                    values: &good,
                    role: Role::Ink,
                },
                Line {
                    name: "offered",
                    values: &offered,
                    role: Role::Dim,
                },
            ],
            write: number::rate,
            positive: false,
            spans: vec![(590.0, 600.0, "a fault at the very end".to_owned())],
        };
        insta::assert_snapshot!(chart.render(Look { width: 72, ..Look::PLAIN }).unwrap(), @"
         120/s ┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⡏⠉⠉⠉⠉⡏⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉ goodput
               ┤                          ⡇    ⡇                     offered
        60.0/s ┤                          ⡇    ⡇
               ┤                          ⠓⠒⠒⠒⠒⠁
           0/s ┤
                0:00      2:00      4:00       6:00      8:00
                                           a fault at the very end ━
        ");
    }

    #[test]
    fn any_width_and_any_values_are_survived() {
        let values = [f64::NAN, 0.0, -1.0, f64::INFINITY, 1e300, 1e-300];
        let edges: Vec<f64> = (0..=6).map(f64::from).collect();
        for columns in 0..120 {
            for (positive, unicode) in [(true, true), (false, false)] {
                let chart = Chart {
                    edges_s: &edges,
                    lines: vec![Line {
                        name: "x",
                        values: &values,
                        role: Role::Ink,
                    }],
                    write: number::time,
                    positive,
                    spans: vec![(-5.0, 99.0, "x".repeat(50)), (3.0, 3.0, String::new())],
                };
                chart.render(Look {
                    width: columns,
                    color: true,
                    unicode,
                });
            }
        }
        let nothing = Chart {
            edges_s: &edges,
            lines: Vec::new(),
            write: number::time,
            positive: true,
            spans: Vec::new(),
        };
        assert_eq!(nothing.render(Look::PLAIN), None);
    }
}
