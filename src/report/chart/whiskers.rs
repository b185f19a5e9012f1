//! Differences from a baseline in per cent of it: a dot for each figure, and a line for its 95%
//! interval. What does not touch the middle is a difference that is seen.

use super::{Plot, WIDTH, begin, line, rect, text};

/// A difference as shares of the baseline.
pub(in crate::report) struct Whisker {
    /// The figure.
    pub(in crate::report) name: String,
    /// The difference, and the ends of its interval.
    pub(in crate::report) share: f64,
    /// The ends of its interval.
    pub(in crate::report) ends: [f64; 2],
    /// The class of its colour.
    pub(in crate::report) class: &'static str,
}

/// Height of a row.
const ROW: f64 = 24.0;
/// The axis reaches no further: a figure that is many times the baseline would hide the others.
const SHARE_MAX: f64 = 2.0;
/// The axis reaches at least so far.
const SHARE_MIN: f64 = 0.02;

/// The chart; nothing without differences.
pub(in crate::report) fn whiskers(title: &str, all: &[Whisker]) -> Option<String> {
    let reach = all
        .iter()
        .flat_map(|one| one.ends)
        .map(f64::abs)
        .fold(SHARE_MIN, f64::max);
    let reach = reach.min(SHARE_MAX);
    if all.is_empty() || !reach.is_finite() {
        return None;
    }
    let top = 28.0;
    let plot = Plot {
        left: 84.0,
        right: WIDTH - 70.0,
        top,
        bottom: top + ROW * all.len() as f64,
    };
    let place = |share: f64| plot.x(0.5 + 0.5 * (share / reach).clamp(-1.0, 1.0));
    let told: Vec<String> = all
        .iter()
        .map(|one| format!("{} {}", one.name, percent(one.share)))
        .collect();
    let mut svg = begin((WIDTH, plot.bottom + 24.0), title, &told.join(", "));
    for share in [-reach, -0.5 * reach, 0.5 * reach, reach] {
        svg.push_str(&line(
            "gl",
            (place(share), plot.top),
            (place(share), plot.bottom),
        ));
        let label = percent(share);
        svg.push_str(&text(
            "",
            (place(share), plot.bottom + 15.0),
            "middle",
            &label,
        ));
    }
    svg.push_str(&line(
        "ax",
        (place(0.0), plot.top),
        (place(0.0), plot.bottom),
    ));
    svg.push_str(&text("", (place(0.0), plot.bottom + 15.0), "middle", "0"));
    for (row, one) in all.iter().enumerate() {
        let y = plot.top + ROW * (row as f64 + 0.5);
        svg.push_str(&text("lb", (plot.left - 10.0, y + 4.0), "end", &one.name));
        let [low, high] = one.ends.map(place);
        let class = format!("ln {}", one.class);
        svg.push_str(&line(&class, (low, y), ((high).max(low + 0.5), y)));
        let at = (place(one.share) - 4.0, y - 4.0);
        svg.push_str(&rect(
            &format!("sw {}", one.class),
            at,
            (8.0, 8.0),
            " rx=\"4\"",
        ));
        svg.push_str(&text(
            "ml",
            (WIDTH - 4.0, y + 4.0),
            "end",
            &percent(one.share),
        ));
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

/// A share as per cent with its sign.
fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    let digits = usize::from(percent.abs() < 9.95);
    format!("{percent:+.digits$}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whiskers_stay_in_the_picture() {
        let one = |share: f64, ends| Whisker {
            name: "p99".to_owned(),
            share,
            ends,
            class: "c1",
        };
        let svg = whiskers("d", &[one(-0.12, [-0.2, -0.04]), one(30.0, [9.0, 51.0])]).unwrap();
        assert!(roxmltree::Document::parse(&svg).is_ok(), "{svg}");
        assert!(
            svg.contains("<title>d: p99 -12%, p99 +3000%</title>"),
            "{svg}"
        );
        assert!(svg.contains(">+200%</text>"), "{svg}");
        assert_eq!(whiskers("d", &[]), None);
        assert_eq!(percent(0.012), "+1.2%");
    }
}
