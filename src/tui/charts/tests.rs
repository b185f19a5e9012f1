//! Charts as text, with and without Unicode, and at every small size.

use super::*;
use crate::tui::caps::Depth;
use crate::tui::theme::Palette;

pub(crate) fn pen(unicode: bool) -> Pen {
    Pen {
        theme: Theme::new(Palette::Dark, Depth::True),
        glyphs: Glyphs { unicode },
    }
}

/// What a drawing looks like, without the spaces at the ends of lines.
pub(crate) fn shown(width: u16, height: u16, draw: impl FnOnce(&mut Buffer, Rect)) -> String {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    draw(&mut buffer, area);
    let line = |y: u16| {
        let cells = (0..width).map(|x| buffer[(x, y)].symbol());
        cells.collect::<String>().trim_end().to_owned()
    };
    (0..height).map(line).collect::<Vec<_>>().join("\n")
}

/// Draws at every size up to 60 by 25, at an offset, into a buffer that may be too small.
pub(crate) fn at_every_size(draw: impl Fn(&mut Buffer, Rect)) {
    for width in 0..60 {
        for height in 0..25 {
            let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
            draw(&mut buffer, Rect::new(0, 0, width, height));
            draw(&mut buffer, Rect::new(3, 2, width, height));
        }
    }
}

fn chart() -> LineChart {
    let points = |of: fn(f64) -> f64| {
        (0..60)
            .map(|i| (f64::from(i) * 5.0, of(f64::from(i))))
            .collect()
    };
    LineChart {
        lines: vec![
            Line {
                name: "p99".to_owned(),
                points: points(|i| {
                    if i < 30.0 {
                        0.2
                    } else {
                        0.2 + (i - 30.0) * 0.05
                    }
                }),
                series: 2,
            },
            Line {
                name: "p50".to_owned(),
                points: points(|i| 0.05 + i * 0.005),
                series: 0,
            },
        ],
        unit: Unit::Time,
        time_s: (0.0, 600.0),
        now_s: Some(300.0),
    }
}

#[test]
fn lines_over_time() {
    let draw = |unicode| {
        shown(52, 8, |buffer, area| {
            chart().draw(pen(unicode), buffer, area);
        })
    };
    insta::assert_snapshot!("line", draw(true));
    insta::assert_snapshot!("line_ascii", draw(false));
}

#[test]
fn faults_below_a_chart() {
    let span = |name: &str, from, to, by_hand| Span {
        name: name.to_owned(),
        time_s: (from, to),
        by_hand,
        selected: false,
    };
    let spans = [
        span("slow db", 60.0, 120.0, false),
        span("api crash", 90.0, f64::INFINITY, true),
        span("zone a", 500.0, 540.0, false),
    ];
    let timeline = FaultTimeline {
        spans: &spans,
        time_s: (0.0, 600.0),
        now_s: 300.0,
    };
    insta::assert_snapshot!(
        "faults",
        shown(52, 2, |buffer, area| timeline.draw(pen(true), buffer, area))
    );
    insta::assert_snapshot!(
        "faults_ascii",
        shown(52, 2, |buffer, area| timeline.draw(
            pen(false),
            buffer,
            area
        ))
    );
}

fn hill() -> Density {
    // Log-normal by its quantiles: an S-shaped curve is enough for a picture.
    Density::of_quantiles(|p| 0.002 * (p / (1.0 - p)).powf(0.5), Unit::Time)
}

#[test]
fn distributions_have_a_shape() {
    insta::assert_snapshot!(
        "density",
        shown(40, 5, |buffer, area| hill().draw(pen(true), buffer, area))
    );
    insta::assert_snapshot!(
        "density_ascii",
        shown(40, 1, |buffer, area| hill().draw(pen(false), buffer, area))
    );
    let same = Density::of_quantiles(|_| 0.005, Unit::Time);
    insta::assert_snapshot!(
        "density_same",
        shown(20, 3, |buffer, area| same.draw(pen(true), buffer, area))
    );
}

#[test]
fn no_size_and_no_value_panics() {
    let odd = LineChart {
        lines: vec![Line {
            name: "odd".to_owned(),
            points: vec![
                (0.0, f64::NAN),
                (-5.0, 1.0),
                (3.0, f64::INFINITY),
                (4.0, -3.0),
                (1e300, 1e300),
                (f64::NAN, 1.0),
            ],
            series: 200,
        }],
        unit: Unit::Rate,
        time_s: (0.0, 10.0),
        now_s: Some(f64::NAN),
    };
    let empty = LineChart {
        lines: Vec::new(),
        time_s: (5.0, 5.0),
        ..odd.clone()
    };
    let spans = [Span {
        name: "x".to_owned(),
        time_s: (f64::NAN, f64::NAN),
        by_hand: true,
        selected: true,
    }];
    let nothing = Density {
        bins: vec![Bin {
            low: f64::NAN,
            high: 1.0,
            weight: f64::NAN,
        }],
        marks: Vec::new(),
        unit: Unit::Count,
        logarithmic: true,
    };
    at_every_size(|buffer, area| {
        for unicode in [true, false] {
            let pen = pen(unicode);
            chart().draw(pen, buffer, area);
            odd.draw(pen, buffer, area);
            empty.draw(pen, buffer, area);
            hill().draw(pen, buffer, area);
            nothing.draw(pen, buffer, area);
            FaultTimeline {
                spans: &spans,
                time_s: (0.0, 1.0),
                now_s: 0.0,
            }
            .draw(pen, buffer, area);
            pen.gauge(buffer, area, f64::NAN);
            pen.spark(buffer, area, &[1.0, f64::NAN, 3.0], Role::Good);
            pen.panel(buffer, area, "a title that is long", true);
        }
    });
}
