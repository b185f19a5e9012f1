//! The shape of a distribution: how much lies where, as a hill in eighths of a cell, with its
//! quantiles marked below.

use super::{Pen, Unit};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// How much lies between two bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// How much.
    pub weight: f64,
}

/// A quantile to mark.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Its name: `p99`.
    pub name: String,
    /// Where it is.
    pub value: f64,
}

/// A distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Density {
    /// What lies where, in rising order.
    pub bins: Vec<Bin>,
    /// Quantiles.
    pub marks: Vec<Mark>,
    /// What the values are.
    pub unit: Unit,
    /// Equal factors take equal room; else equal differences do.
    pub logarithmic: bool,
}

/// Share of the weight at either end that may lie outside the picture.
const CUT: f64 = 0.002;

impl Density {
    /// The picture of what a histogram holds, in seconds if it holds ns.
    pub fn of_times(times: &crate::study::run::Sparse) -> Self {
        let bin = |bucket: crate::study::run::Bucket| Bin {
            low: bucket.low as f64 / 1e9,
            high: (bucket.high + 1) as f64 / 1e9,
            weight: bucket.count as f64,
        };
        let mark = |(name, p): (&str, f64)| {
            let value = times.quantile(p)? / 1e9;
            Some(Mark {
                name: name.to_owned(),
                value,
            })
        };
        Self {
            bins: times.buckets().map(bin).collect(),
            marks: [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)]
                .into_iter()
                .filter_map(mark)
                .collect(),
            unit: Unit::Time,
            logarithmic: true,
        }
    }

    /// The picture of a distribution that is known by its quantile function: equal weights between
    /// evenly spaced quantiles.
    pub fn of_quantiles(quantile: impl Fn(f64) -> f64, unit: Unit) -> Self {
        const PARTS: u32 = 256;
        let at = |i: u32| quantile((f64::from(i) + 0.5) / f64::from(PARTS + 1));
        let bins = (0..PARTS).map(|i| Bin {
            low: at(i),
            high: at(i + 1),
            weight: 1.0,
        });
        let marks = [("p50", 0.5), ("p99", 0.99)];
        Self {
            bins: bins.collect(),
            marks: marks
                .into_iter()
                .map(|(name, p)| Mark {
                    name: name.to_owned(),
                    value: quantile(p),
                })
                .collect(),
            unit,
            logarithmic: false,
        }
    }

    fn axis(&self, value: f64) -> f64 {
        if self.logarithmic {
            value.max(1e-9).ln()
        } else {
            value
        }
    }

    /// First and last value of the picture, on its axis.
    fn bounds(&self) -> Option<(f64, f64)> {
        let total: f64 = self.bins.iter().map(|bin| bin.weight).sum();
        if !total.is_finite() || total <= 0.0 {
            return None;
        }
        let mut below = 0.0;
        let (mut low, mut high) = (None, f64::NAN);
        for bin in &self.bins {
            if low.is_none() && below + bin.weight > total * CUT {
                low = Some(self.axis(bin.low));
            }
            if below < total * (1.0 - CUT) {
                high = self.axis(bin.high);
            }
            below += bin.weight;
        }
        let low = low?;
        if !low.is_finite() || !high.is_finite() {
            return None;
        }
        // What is always the same is a peak in the middle.
        let pad = if self.logarithmic {
            0.7
        } else {
            (low.abs() * 0.5).max(1e-9)
        };
        let least = if self.logarithmic {
            1.0
        } else {
            low.abs() * 1e-6
        };
        if high - low <= least {
            Some((low - pad, high + pad))
        } else {
            Some((low, high))
        }
    }

    /// Weight by column.
    fn columns(&self, bounds: (f64, f64), width: u16) -> Vec<f64> {
        let mut columns = vec![0.0; usize::from(width)];
        let per = f64::from(width) / (bounds.1 - bounds.0);
        for bin in &self.bins {
            let low = ((self.axis(bin.low) - bounds.0) * per).max(0.0);
            let high = ((self.axis(bin.high) - bounds.0) * per).min(f64::from(width));
            if !(high >= low) {
                continue;
            }
            let last = (high.ceil() as usize)
                .max(low as usize + 1)
                .min(columns.len());
            for (column, sum) in columns.iter_mut().enumerate().take(last).skip(low as usize) {
                let from = low.max(column as f64);
                let to = high.min((column + 1) as f64);
                let share = if high > low {
                    (to - from).max(0.0) / (high - low)
                } else {
                    1.0
                };
                *sum += bin.weight * share;
            }
        }
        columns
    }

    /// Draws the hill; on the last two of more than three rows the axis with its marks.
    pub fn draw(&self, pen: Pen, buffer: &mut Buffer, area: Rect) {
        let area = area.intersection(buffer.area);
        let Some(bounds) = self.bounds().filter(|_| !area.is_empty()) else {
            return;
        };
        let marked = area.height > 2;
        let rows = if marked { area.height - 1 } else { area.height };
        let columns = self.columns(bounds, area.width);
        let peak = columns.iter().copied().fold(0.0, f64::max);
        for (column, weight) in columns.into_iter().enumerate() {
            for row in 0..rows {
                // Eighths of this row that are filled.
                let filled = weight / peak * f64::from(rows) - f64::from(rows - 1 - row);
                if filled > 0.0 && filled.is_finite() {
                    let symbol = pen
                        .glyphs
                        .height((filled.min(1.0) * 8.0 - 1.0).max(0.0), 7.0);
                    pen.text(buffer, area, (column as u16, row), symbol, Role::Series(0));
                }
            }
        }
        if marked {
            self.marks(
                pen,
                buffer,
                Rect {
                    y: area.bottom() - 1,
                    height: 1,
                    ..area
                },
                bounds,
            );
        }
    }

    fn marks(&self, pen: Pen, buffer: &mut Buffer, area: Rect, bounds: (f64, f64)) {
        let mut free = 0;
        for mark in &self.marks {
            let share = (self.axis(mark.value) - bounds.0) / (bounds.1 - bounds.0);
            if !share.is_finite() {
                continue;
            }
            let text = format!("{} {}", mark.name, self.unit.label(mark.value));
            let width = text.width() as u16;
            let column = (share.clamp(0.0, 1.0) * f64::from(area.width)) as u16;
            let column = column.min(area.width.saturating_sub(width)).max(free);
            if column + width <= area.width {
                pen.text(buffer, area, (column, 0), &text, Role::Dim);
                free = column + width + 1;
            }
        }
    }
}
