//! Lines over time, in braille: two by four dots a cell. Without Unicode each line has a letter of
//! its own.

use super::axis::{Scale, moment, time_step};
use super::{Pen, Unit};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// One line of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its name, written at its end.
    pub name: String,
    /// Moments in seconds and values; a value that is no number interrupts the line.
    pub points: Vec<(f64, f64)>,
    /// Number of its colour: see [`Role::Series`].
    pub series: u8,
}

/// Lines over a common axis of time, with their units on the left and the time below.
#[derive(Debug, Clone, PartialEq)]
pub struct LineChart {
    /// The lines; the first is drawn over the others.
    pub lines: Vec<Line>,
    /// What the values are.
    pub unit: Unit,
    /// First and last moment in seconds.
    pub time_s: (f64, f64),
    /// A moment to mark: now.
    pub now_s: Option<f64>,
}

/// Letters of lines without Unicode, by their number.
const LETTERS: [char; 6] = ['*', 'o', '+', 'x', '#', '='];

/// Where a chart's plot lies: the cells that its time axis covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Plot {
    /// First column inside the chart's area.
    pub left: u16,
    /// Columns.
    pub width: u16,
}

impl LineChart {
    /// The scale of its values.
    fn scale(&self) -> Scale {
        let values = self
            .lines
            .iter()
            .flat_map(|line| &line.points)
            .map(|point| point.1);
        Scale::fitting(
            values.filter(|value| value.is_finite()).fold(0.0, f64::max),
            self.unit,
        )
    }

    /// Columns that the labels of the values take, the axis included.
    fn margin(&self, scale: &Scale) -> u16 {
        let labels = [1.0, 0.5].map(|share| scale.label(share).width());
        labels.into_iter().max().unwrap_or(0) as u16 + 2
    }

    /// Draws the chart. Gives where its plot lies, so that a timeline can be put below it.
    pub fn draw(&self, pen: Pen, buffer: &mut Buffer, area: Rect) -> Plot {
        let area = area.intersection(buffer.area);
        let scale = self.scale();
        let margin = self.margin(&scale);
        // A line of time below, and at least one of the plot.
        if area.height < 2 || area.width < margin + 4 {
            return Plot::default();
        }
        let plot = Rect {
            x: area.x + margin,
            width: area.width - margin,
            height: area.height - 1,
            ..area
        };
        self.axis(pen, buffer, area, margin, &scale);
        self.now(pen, buffer, plot);
        for line in self.lines.iter().rev() {
            self.line(pen, buffer, plot, line, &scale);
        }
        self.names(pen, buffer, plot, &scale);
        time_axis(
            pen,
            buffer,
            Rect {
                y: area.bottom() - 1,
                height: 1,
                ..plot
            },
            self.time_s,
        );
        Plot {
            left: margin,
            width: plot.width,
        }
    }

    fn axis(&self, pen: Pen, buffer: &mut Buffer, area: Rect, margin: u16, scale: &Scale) {
        let rows = area.height - 1;
        let middle = (rows - 1) / 2;
        for row in 0..rows {
            let label = match row {
                0 => scale.label(1.0),
                row if row == rows - 1 && rows > 1 => "0".to_owned(),
                // A mark in the middle only where it is exactly there.
                row if row == middle && rows >= 5 && rows % 2 == 1 => scale.label(0.5),
                _ => String::new(),
            };
            let labels = Rect {
                width: margin - 1,
                ..area
            };
            let bar = match (pen.glyphs.unicode, label.is_empty(), row == rows - 1) {
                (true, _, true) => "┼",
                (true, ..) => "┤",
                (false, true, _) => "|",
                (false, ..) => "+",
            };
            pen.text_right(
                buffer,
                Rect {
                    width: margin - 2,
                    ..labels
                },
                row,
                &label,
                Role::Dim,
            );
            pen.text(buffer, area, (margin - 1, row), bar, Role::Border);
        }
    }

    fn column(&self, seconds: f64, columns: u16) -> Option<u16> {
        let (from, to) = self.time_s;
        let share = (seconds - from) / (to - from);
        if !share.is_finite() || !(0.0..=1.0).contains(&share) || columns == 0 {
            return None;
        }
        Some(((share * f64::from(columns)) as u16).min(columns - 1))
    }

    fn now(&self, pen: Pen, buffer: &mut Buffer, plot: Rect) {
        let Some(column) = self.now_s.and_then(|now| self.column(now, plot.width)) else {
            return;
        };
        let mark = if pen.glyphs.unicode { "┊" } else { ":" };
        for row in 0..plot.height {
            pen.text(buffer, plot, (column, row), mark, Role::Faint);
        }
    }

    fn line(&self, pen: Pen, buffer: &mut Buffer, plot: Rect, line: &Line, scale: &Scale) {
        let (dots_x, dots_y) = if pen.glyphs.unicode { (2, 4) } else { (1, 1) };
        let (width, height) = (plot.width * dots_x, plot.height * dots_y);
        let mut cells = vec![0_u8; usize::from(plot.width) * usize::from(plot.height)];
        let mut last: Option<(u16, u16)> = None;
        for &(seconds, value) in &line.points {
            let Some(x) = self.column(seconds, width).filter(|_| value.is_finite()) else {
                last = None;
                continue;
            };
            let y = height - 1 - (scale.place(value) * f64::from(height - 1)).round() as u16;
            let from = last.unwrap_or((x, y));
            for (x, y) in between(from, (x, y)) {
                let cell =
                    usize::from(y / dots_y) * usize::from(plot.width) + usize::from(x / dots_x);
                if let Some(cell) = cells.get_mut(cell) {
                    *cell |= dot(x % dots_x, y % dots_y);
                }
            }
            last = Some((x, y));
        }
        let role = Role::Series(line.series);
        let letter = LETTERS[usize::from(line.series) % LETTERS.len()];
        for (i, cell) in cells.into_iter().enumerate().filter(|(_, cell)| *cell != 0) {
            let at = (i % usize::from(plot.width), i / usize::from(plot.width));
            let symbol = if pen.glyphs.unicode {
                char::from_u32(0x2800 + u32::from(cell)).unwrap_or(' ')
            } else {
                letter
            };
            let at = (at.0 as u16, at.1 as u16);
            pen.text(buffer, plot, at, symbol.encode_utf8(&mut [0; 4]), role);
        }
    }

    /// Writes the names behind the ends of the lines, each on a row of its own.
    fn names(&self, pen: Pen, buffer: &mut Buffer, plot: Rect, scale: &Scale) {
        let mut taken: Vec<u16> = Vec::new();
        for line in &self.lines {
            let end = line.points.iter().rev().find(|point| point.1.is_finite());
            let Some(&(seconds, value)) = end else {
                continue;
            };
            let width = line.name.width() as u16;
            let Some(column) = self.column(seconds, plot.width) else {
                continue;
            };
            if width == 0 || width > plot.width {
                continue;
            }
            let row = ((1.0 - scale.place(value)) * f64::from(plot.height - 1)).round() as u16;
            let free = |row: &u16| !taken.contains(row);
            let rows = (0..plot.height).map(|off| {
                let off = i32::from(off);
                let step = if off % 2 == 0 {
                    off / 2
                } else {
                    -(off + 1) / 2
                };
                i32::from(row) + step
            });
            let row = rows
                .filter_map(|row| u16::try_from(row).ok())
                .filter(|row| *row < plot.height)
                .find(free);
            let Some(row) = row else {
                continue;
            };
            taken.push(row);
            let column = (column + 2).min(plot.width - width);
            let name = if pen.glyphs.unicode {
                line.name.clone()
            } else {
                format!(
                    "{}{}",
                    LETTERS[usize::from(line.series) % LETTERS.len()],
                    line.name
                )
            };
            pen.text(
                buffer,
                plot,
                (column, row),
                &name,
                Role::Series(line.series),
            );
        }
    }
}

/// The dots from one to another, both included.
fn between(from: (u16, u16), to: (u16, u16)) -> impl Iterator<Item = (u16, u16)> {
    let (x0, y0) = (f64::from(from.0), f64::from(from.1));
    let (dx, dy) = (f64::from(to.0) - x0, f64::from(to.1) - y0);
    let steps = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1));
    (0..=steps).map(move |step| {
        let share = f64::from(step) / f64::from(steps.max(1));
        (
            (x0 + dx * share).round() as u16,
            (y0 + dy * share).round() as u16,
        )
    })
}

/// The bit of a dot in a braille cell.
fn dot(x: u16, y: u16) -> u8 {
    const DOTS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
    DOTS[usize::from(x % 2)][usize::from(y % 4)]
}

/// Marks of time along one line.
pub(crate) fn time_axis(pen: Pen, buffer: &mut Buffer, area: Rect, (from, to): (f64, f64)) {
    let span = to - from;
    if !span.is_finite() || span <= 0.0 || area.width < 4 {
        return;
    }
    let step = time_step(span, area.width / 9);
    let mut mark = (from / step).ceil() * step;
    let mut free = 0;
    // More marks than columns cannot be drawn.
    for _ in 0..area.width {
        if mark > to {
            return;
        }
        let text = moment(mark, step);
        let width = text.width() as u16;
        let column = ((mark - from) / span * f64::from(area.width)) as u16;
        if column >= free && column + width <= area.width {
            pen.text(buffer, area, (column, 0), &text, Role::Dim);
            free = column + width + 1;
        }
        mark += step;
    }
}
