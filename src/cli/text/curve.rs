//! A figure over the values of something else: a point with its interval for each value, or shades
//! for two things at once.

use super::look::width;
use super::{Look, Role};

/// Rows of a plot.
const ROWS: usize = 10;
/// Widest plot, in cells.
const CELLS_MAX: usize = 76;
/// A scale is logarithmic if its highest value is this many times its lowest.
const LOGARITHMIC_FROM: f64 = 20.0;

/// One value on the horizontal axis.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// The label below it.
    pub(crate) label: String,
    /// The figure, if there is one.
    pub(crate) value: Option<f64>,
    /// Its interval.
    pub(crate) band: Option<[f64; 2]>,
}

/// Points with their bands over labels, evenly spaced. `limit` is drawn as a line across. Nothing
/// if there is nothing to see or no room for it.
pub(crate) fn curve(
    marks: &[Mark],
    limit: Option<f64>,
    write: impl Fn(f64) -> String,
    look: Look,
) -> Option<String> {
    let scale = Scale::of(marks, limit)?;
    let ends: Vec<String> = scale.marks().iter().map(|value| write(*value)).collect();
    let left = ends.iter().map(|end| width(end)).max().unwrap_or(0) + 2;
    let room = look.width.saturating_sub(left + 3).min(CELLS_MAX);
    let step = (room / marks.len().max(1)).min(10);
    if step == 0 || marks.len() < 2 {
        return None;
    }
    let cells = step * marks.len();
    let mut grid = vec![vec![' '; cells]; ROWS];
    let row = |value: f64| ROWS - 1 - (scale.share(value) * (ROWS - 1) as f64).round() as usize;
    let (dot, bar, line) = if look.unicode {
        ('●', '│', '╌')
    } else {
        ('o', '|', '-')
    };
    if let Some(limit) = limit {
        grid[row(limit)].fill(line);
    }
    for (at, mark) in marks.iter().enumerate() {
        let column = at * step + step / 2;
        if let Some([low, high]) = mark.band {
            for cells in &mut grid[row(high)..=row(low)] {
                cells[column] = bar;
            }
        }
        if let Some(value) = mark.value {
            grid[row(value)][column] = dot;
        }
    }
    let mut text = String::new();
    let border = if look.unicode { '┤' } else { '|' };
    for (at, cells) in grid.iter().enumerate() {
        let mark = match at {
            0 => &ends[0],
            _ if at == ROWS / 2 => &ends[1],
            _ if at == ROWS - 1 => &ends[2],
            _ => "",
        };
        let space = " ".repeat(left - width(mark));
        let scale = look.paint(Role::Dim, &format!("{space}{mark} {border}"));
        let row: String = cells.iter().collect();
        text.push_str(format!("{scale}{row}").trim_end());
        text.push('\n');
    }
    text.push_str(&look.paint(Role::Dim, &labels(marks, left, step)));
    text.push('\n');
    Some(text)
}

/// As many labels as fit below their points.
fn labels(marks: &[Mark], left: usize, step: usize) -> String {
    let mut line = " ".repeat(left + 2);
    for (at, mark) in marks.iter().enumerate() {
        let wanted = left + 2 + at * step + (step / 2).saturating_sub(width(&mark.label) / 2);
        let used = width(&line);
        if wanted >= used + usize::from(at > 0) || at == 0 {
            line.push_str(&" ".repeat(wanted.saturating_sub(used)));
            line.push_str(&mark.label);
        }
    }
    line
}

/// Values by row and column as shades with their figures. Nothing if there is no value.
pub(crate) fn heat(
    rows: &[String],
    columns: &[String],
    values: &[Vec<Option<f64>>],
    write: impl Fn(f64) -> String,
    look: Look,
) -> Option<String> {
    let all = || values.iter().flatten().flatten().copied();
    let (low, high) = (
        all().fold(f64::INFINITY, f64::min),
        all().fold(0.0, f64::max),
    );
    if !low.is_finite() {
        return None;
    }
    let marks: Vec<Mark> = [low, high]
        .into_iter()
        .map(|value| Mark {
            label: String::new(),
            value: Some(value),
            band: None,
        })
        .collect();
    let scale = Scale::of(&marks, None);
    let shades = if look.unicode {
        ['░', '▒', '▓', '█']
    } else {
        ['.', ':', '+', '#']
    };
    let shade = |value: f64| {
        let share = scale.as_ref().map_or(0.0, |scale| scale.share(value));
        shades[((share * 4.0) as usize).min(3)]
    };
    let cell = |value: Option<f64>| match value {
        Some(value) => format!("{} {}", write(value), shade(value)),
        None => look.none().to_owned(),
    };
    let written: Vec<Vec<String>> = values
        .iter()
        .map(|row| row.iter().map(|value| cell(*value)).collect())
        .collect();
    let first = rows.iter().map(|row| width(row)).max().unwrap_or(0);
    let widest = |at: usize| {
        let cells = written.iter().filter_map(|row| row.get(at));
        cells
            .map(|cell| width(cell))
            .chain(columns.get(at).map(|name| width(name)))
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(widest).collect();
    let right = |cell: &str, wide: usize| format!("  {}{cell}", " ".repeat(wide - width(cell)));
    let mut text = " ".repeat(first + 2);
    for (name, wide) in columns.iter().zip(&widths) {
        text.push_str(&right(name, *wide));
    }
    text = look.paint(Role::Dim, &text) + "\n";
    for (name, row) in rows.iter().zip(&written) {
        text.push_str(&look.paint(
            Role::Dim,
            &format!("  {}{name}", " ".repeat(first - width(name))),
        ));
        for (cell, wide) in row.iter().zip(&widths) {
            text.push_str(&right(cell, *wide));
        }
        text.push('\n');
    }
    Some(text)
}

struct Scale {
    low: f64,
    high: f64,
    logarithmic: bool,
}

impl Scale {
    fn of(marks: &[Mark], limit: Option<f64>) -> Option<Scale> {
        let values = marks
            .iter()
            .flat_map(|mark| {
                mark.value
                    .into_iter()
                    .chain(mark.band.into_iter().flatten())
            })
            .chain(limit);
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(|value| value.is_finite()) {
            (low, high) = (low.min(value), high.max(value));
        }
        if !low.is_finite() || high <= 0.0 {
            return None;
        }
        let logarithmic = low > 0.0 && high > low * LOGARITHMIC_FROM;
        Some(Scale {
            low: if logarithmic { low } else { low.min(0.0) },
            high,
            logarithmic,
        })
    }

    fn share(&self, value: f64) -> f64 {
        let share = if self.logarithmic {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            0.0
        }
    }

    /// Top, middle and bottom.
    fn marks(&self) -> [f64; 3] {
        // The rows are counted from the top, and the middle one lies a little below the middle.
        let share = 1.0 - (ROWS / 2) as f64 / (ROWS - 1) as f64;
        let middle = if self.logarithmic {
            self.low * (self.high / self.low).powf(share)
        } else {
            self.low + share * (self.high - self.low)
        };
        [self.high, middle, self.low]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(label: &str, value: f64, band: [f64; 2]) -> Mark {
        Mark {
            label: label.to_owned(),
            value: Some(value),
            band: Some(band),
        }
    }

    #[test]
    fn points_stand_over_their_labels() {
        let marks = [
            mark("1", 90.0, [80.0, 100.0]),
            mark("2", 30.0, [28.0, 32.0]),
            mark("3", 10.0, [10.0, 10.0]),
        ];
        let look = Look {
            width: 40,
            ..Look::PLAIN
        };
        let text = curve(&marks, Some(50.0), |value| format!("{value:.0} ms"), look).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), ROWS + 1);
        assert!(lines[0].starts_with("  100 ms ┤"), "{text}");
        assert_eq!(text.matches('●').count(), 3);
        assert!(text.matches('╌').count() > 20, "{text}");
        let column = |line: &str, sign: char| line.chars().position(|letter| letter == sign);
        assert_eq!(column(lines[1], '●'), column(lines[ROWS], '1'), "{text}");
        let plain = Look {
            unicode: false,
            ..look
        };
        let ascii = curve(&marks, None, |value| format!("{value:.0} ms"), plain).unwrap();
        assert!(ascii.is_ascii());
        assert!(curve(&marks[..1], None, |_| String::new(), look).is_none());
    }

    #[test]
    fn shades_stand_beside_their_figures() {
        let names = |names: [&str; 2]| names.map(str::to_owned).to_vec();
        let values = vec![vec![Some(1.0), Some(2.0)], vec![None, Some(4.0)]];
        let text = heat(
            &names(["1", "10"]),
            &names(["a", "b"]),
            &values,
            |value| format!("{value:.0} s"),
            Look::PLAIN,
        );
        let text = text.unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[1].ends_with("1 s ▒  2 s ▓"), "{text}");
        assert!(lines[2].ends_with("–  4 s █"), "{text}");
    }
}
