//! A design against its baseline: what became worse than is allowed, and what else changed.

use crate::cli::text::table::{Cell, Table, figures, words};
use crate::cli::text::{Look, Role};
use crate::insight::difference::Verdict;
use crate::insight::regression::{Judged, Outcome};

use super::comparison::write;

/// A row for each figure that changed or is a regression, and what there is to say about the rest.
pub(crate) fn regressions(judged: &[Judged], look: Look) -> String {
    let mut table = Table::new(vec![
        words("against the baseline"),
        figures("baseline"),
        figures("now"),
        words("difference"),
        figures("allowed").leaving(1),
        words(""),
    ])
    .giving(3);
    let is_shown = |one: &&Judged| {
        let changed = matches!(one.difference.verdict, Verdict::Rises | Verdict::Falls);
        changed || one.outcome == Outcome::Regression
    };
    let mut place = None;
    for one in judged.iter().filter(is_shown) {
        if place != Some(&one.place) {
            let heading = match one.place.as_str() {
                "" => "the whole".to_owned(),
                "*" => "all requests".to_owned(),
                place => look.name(place),
            };
            table.across(Cell::new(Role::Strong, heading));
            place = Some(&one.place);
        }
        table.row(row(one, look));
    }
    let mut text = if judged.iter().any(|one| is_shown(&one)) {
        table.render(look)
    } else {
        look.paint(Role::Title, "against the baseline") + "\n"
    };
    let unknown = judged
        .iter()
        .filter(|one| one.outcome == Outcome::Unknown)
        .count();
    let alike = judged.iter().filter(|one| !is_shown(one)).count() - unknown;
    let mut rest = Vec::new();
    if alike > 0 {
        let figures = if alike == 1 {
            "figure shows"
        } else {
            "figures show"
        };
        rest.push(format!("{alike} {figures} no difference"));
    }
    if unknown > 0 {
        rest.push(format!("{unknown} have too few requests to tell"));
    }
    if !rest.is_empty() {
        let dot = format!(" {} ", look.dot());
        text.push_str(&format!("  {}\n", look.paint(Role::Dim, &rest.join(&dot))));
    }
    text
}

fn row(judged: &Judged, look: Look) -> Vec<Cell> {
    let of = &judged.difference;
    let (role, sign, word) = match judged.outcome {
        Outcome::Regression => (Role::Bad, look.cross(), "worse"),
        Outcome::Fine => (Role::Good, look.tick(), "allowed"),
        Outcome::Unknown => (Role::Warn, look.none(), "unknown"),
    };
    let value = |value: Option<f64>| {
        let written = value.map(|value| write(of.unit, value, look));
        Cell::from(written.unwrap_or_else(|| look.none().to_owned()))
    };
    let text = of.text.strip_prefix(&of.figure).unwrap_or(&of.text);
    vec![
        Cell::new(role, format!("  {sign} {}", of.figure)),
        value(of.baseline),
        value(of.value),
        Cell::from(look.name(text.trim_start_matches([':', ' ']))),
        Cell::new(Role::Dim, judged.allowed.clone()),
        Cell::new(role, word),
    ]
}

/// The sentence that sums it up.
pub(crate) fn summary(judged: &[Judged]) -> String {
    match judged
        .iter()
        .filter(|one| one.outcome == Outcome::Regression)
        .count()
    {
        0 => "No figure is worse than the baseline by more than is allowed.".to_owned(),
        1 => "One figure is worse than the baseline by more than is allowed.".to_owned(),
        many => format!("{many} figures are worse than the baseline by more than is allowed."),
    }
}
