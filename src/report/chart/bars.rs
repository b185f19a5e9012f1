//! Bars of a hundred per cent, made of parts: where time goes.

use super::{LETTER, WIDTH, begin, legend, rect, text};

/// A part of a bar.
pub(in crate::report) struct Part {
    /// What it is.
    pub(in crate::report) name: String,
    /// The class of its colour.
    pub(in crate::report) class: &'static str,
    /// Its share of the bar, from 0 to 1.
    pub(in crate::report) share: f64,
    /// How much that is.
    pub(in crate::report) amount: String,
}

/// Height of a bar.
const BAR: f64 = 26.0;
/// Where bars begin.
const LEFT: f64 = 142.0;

/// Bars with their names on the left, and what the colours mean.
pub(in crate::report) fn stacked(
    title: &str,
    bars: &[(String, Vec<Part>)],
    kinds: &[(&'static str, String)],
) -> String {
    let height = 46.0 + bars.len() as f64 * (BAR + 10.0);
    let shows: Vec<String> = bars
        .iter()
        .map(|(name, parts)| {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| format!("{} {}", part.name, part.amount))
                .collect();
            format!("{name}: {}", parts.join(", "))
        })
        .collect();
    let mut svg = begin((WIDTH, height), title, &shows.join("; "));
    let kinds: Vec<(&str, String)> = kinds
        .iter()
        .map(|(class, name)| (*class, name.clone()))
        .collect();
    svg.push_str(&legend(&kinds));
    let width = WIDTH - LEFT - 4.0;
    for (row, (name, parts)) in bars.iter().enumerate() {
        let y = 44.0 + row as f64 * (BAR + 10.0);
        svg.push_str(&text("lb", (LEFT - 8.0, y + 17.0), "end", name));
        let mut x = LEFT;
        for part in parts {
            let length = part.share.clamp(0.0, 1.0) * width;
            if length < 0.05 {
                continue;
            }
            let tip = super::markup(&format!("{}: {}", part.name, part.amount));
            svg.push_str(&format!("<g><title>{tip}</title>"));
            let body = rect(
                &format!("sw {}", part.class),
                (x, y),
                ((length - 1.0).max(0.3), BAR),
                " rx=\"2\"",
            );
            svg.push_str(&body);
            let fitting = [&part.name, &part.amount];
            let fitting = fitting
                .into_iter()
                .find(|label| LETTER * (label.chars().count() as f64) + 10.0 < length);
            if let Some(label) = fitting {
                svg.push_str(&text("in", (x + 0.5 * length, y + 17.0), "middle", label));
            }
            svg.push_str("</g>\n");
            x += length;
        }
    }
    svg.push_str("</svg>\n");
    svg
}
