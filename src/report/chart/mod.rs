//! Charts as `svg` elements: pure functions from figures to shapes, styled by classes in the colours
//! of the page. Every chart has a title for those who cannot see it, and none relies on colour
//! alone.

mod bars;
mod density;
mod faults;
mod lines;
mod scale;
mod whiskers;

pub(super) use bars::{Part, stacked};
pub(super) use density::density;
pub(super) use faults::timeline;
pub(super) use lines::{Line, TimeChart};
pub(super) use whiskers::{Whisker, whiskers};

use super::escape::markup;
use scale::Scale;

/// The classes of charts.
pub(super) const STYLE: &str = "\
.ch{display:block;width:100%;height:auto;min-width:330px}.ch.wd{min-width:620px}\
.ch text{font:12.5px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:var(--muted);font-variant-numeric:tabular-nums}\
.ch .tt{fill:var(--ink);font-size:13.5px;font-weight:600}.ch .gl{stroke:var(--line);stroke-width:1}.ch .ax{stroke:var(--edge);stroke-width:1}\
.ch .ln{fill:none;stroke:var(--x);stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}.ch .ds{stroke-dasharray:4 3}\
.ch .bd{fill:var(--x);opacity:.16}.ch .sw{fill:var(--x)}.ch .fa{fill:var(--bad);opacity:.09}.ch .fb{fill:var(--bad);opacity:.75}\
.ch .mk{stroke:var(--ink);stroke-width:1;stroke-dasharray:3 3;opacity:.65}.ch .ml{fill:var(--ink);paint-order:stroke;stroke:var(--ground);stroke-width:3.5px}\
.ch .in{fill:var(--ground);font-weight:600}.ch .lb{fill:var(--ink);font-size:12px}\
.ch .c1{--x:var(--s1)}.ch .c2{--x:var(--s2)}.ch .c3{--x:var(--s3)}.ch .c4{--x:var(--s4)}.ch .c5{--x:var(--s5)}\
.ch .c6{--x:var(--s6)}.ch .c7{--x:var(--s7)}.ch .c8{--x:var(--s8)}.ch .cb{--x:var(--bad)}.ch .cg{--x:var(--good)}";

/// Width of a chart, in units of the picture.
const WIDTH: f64 = 460.0;
/// Height of a chart.
const HEIGHT: f64 = 210.0;
/// Mean width of a letter.
const LETTER: f64 = 7.0;

/// The plot of a chart: the area inside its axes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Plot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Plot {
    const OF_CHART: Plot = Plot {
        left: 58.0,
        right: WIDTH - 24.0,
        top: 44.0,
        bottom: HEIGHT - 26.0,
    };

    fn x(&self, place: f64) -> f64 {
        self.left + place * (self.right - self.left)
    }

    fn y(&self, place: f64) -> f64 {
        self.bottom - place * (self.bottom - self.top)
    }
}

/// A number of a place in the picture: tenths are enough, and the same on every platform.
fn at(value: f64) -> String {
    let text = format!("{value:.1}");
    let short = text.strip_suffix(".0").map(str::to_owned).unwrap_or(text);
    if short == "-0" { "0".to_owned() } else { short }
}

/// The beginning of a chart: its size, its title and what it shows in words.
fn begin((width, height): (f64, f64), title: &str, shows: &str) -> String {
    let class = if width > WIDTH { "ch wd" } else { "ch" };
    let (width, height) = (at(width), at(height));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{class}\" role=\"img\" viewBox=\"0 0 {width} {height}\">\n\
         <title>{}</title>\n<text class=\"tt\" x=\"4\" y=\"15\">{}</text>\n",
        markup(&format!("{title}: {shows}")),
        markup(title)
    )
}

fn text(class: &str, (x, y): (f64, f64), anchor: &str, text: &str) -> String {
    let class = if class.is_empty() {
        String::new()
    } else {
        format!(" class=\"{class}\"")
    };
    format!(
        "<text{class} x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>\n",
        at(x),
        at(y),
        markup(text)
    )
}

fn rect(class: &str, (x, y): (f64, f64), (width, height): (f64, f64), more: &str) -> String {
    format!(
        "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{more}/>\n",
        at(x),
        at(y),
        at(width.max(0.0)),
        at(height.max(0.0))
    )
}

fn line(class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> String {
    format!(
        "<path class=\"{class}\" d=\"M{} {}L{} {}\"/>\n",
        at(x1),
        at(y1),
        at(x2),
        at(y2)
    )
}

/// Names of series beside samples of their colours, on the line below the title.
fn legend(entries: &[(&str, String)]) -> String {
    let mut svg = String::new();
    let mut x = 4.0;
    for (class, name) in entries {
        let room = LETTER * name.chars().count() as f64 + 26.0;
        if x + room > WIDTH {
            break;
        }
        svg.push_str(&rect(
            &format!("sw {class}"),
            (x, 25.0),
            (10.0, 4.0),
            " rx=\"2\"",
        ));
        svg.push_str(&text("", (x + 14.0, 31.0), "start", name));
        x += room;
    }
    svg
}

/// Lines across the plot at the marks of an axis, with their labels on the left.
fn grid(plot: Plot, scale: &Scale) -> String {
    let mut svg = String::new();
    for (value, label) in scale.marks() {
        let y = plot.y(scale.place(value));
        svg.push_str(&line("gl", (plot.left, y), (plot.right, y)));
        svg.push_str(&text("", (plot.left - 6.0, y + 3.5), "end", &label));
    }
    svg
}
