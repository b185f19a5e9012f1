//! A comparison in words and tables: the sides, what each meets and costs, and every difference
//! from the baseline with its interval.

use crate::cli::studies::{Comparison, Differences, Pair, Side};
use crate::cli::text::table::{Cell, Column, Table, figures, words};
use crate::cli::text::wrap::wrap;
use crate::cli::text::{Look, Role, number};
use crate::insight::difference::{Difference, Unit, Verdict};

/// Shares of use that differ by less are not worth a line.
const UTILIZATION_MIN: f64 = 0.005;
/// What the sides are called in the tables.
const LETTERS: [&str; 26] = [
    "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S",
    "T", "U", "V", "W", "X", "Y", "Z",
];

/// The whole answer.
pub(crate) fn comparison(comparison: &Comparison, look: Look) -> String {
    let mut text = header(comparison, look);
    text.push('\n');
    text.push_str(&sides(comparison, look));
    for pair in &comparison.pairs {
        text.push('\n');
        text.push_str(&differences(comparison, pair, look));
    }
    text.push('\n');
    text.push_str(&verdict(comparison, look));
    text
}

fn header(comparison: &Comparison, look: Look) -> String {
    let left_out = if comparison.warmup_s > 0.0 {
        let first = number::duration(comparison.warmup_s, look);
        format!("first {first} left out (warm-up)")
    } else {
        "nothing left out".to_owned()
    };
    let what = format!(
        "{} paired replications {} {} {dot} seed {} {dot} {}",
        comparison.replications,
        look.times(),
        number::duration(comparison.simulated_s, look),
        comparison.seed,
        left_out,
        dot = look.dot(),
    );
    let mut text = String::new();
    for (letter, side) in LETTERS.iter().zip(&comparison.sides) {
        let name = look.paint(Role::Strong, &look.name(&side.name));
        text.push_str(&format!("{letter}  {name}\n"));
    }
    text.push_str(&look.paint(Role::Dim, &what));
    text.push('\n');
    if comparison.partial {
        let note = "partial: stopped before its end";
        text.push_str(&look.paint(Role::Warn, note));
        text.push('\n');
    }
    text
}

fn columns(title: &'static str, count: usize) -> Vec<Column> {
    let mut columns = vec![words(title)];
    columns.extend(LETTERS.iter().take(count).map(|letter| figures(letter)));
    columns
}

/// What each side meets, costs and consists of.
fn sides(comparison: &Comparison, look: Look) -> String {
    let sides = &comparison.sides;
    let mut table = Table::new(columns("designs", sides.len()));
    let mut row = |name: &str, cells: Vec<Cell>| {
        let mut all = vec![Cell::from(name)];
        all.extend(cells);
        table.row(all);
    };
    let met = sides.iter().map(|side| {
        let all = side.result.objectives.len();
        let met = side.result.objectives.iter().filter(|one| one.met).count();
        let role = if met == all { Role::Good } else { Role::Bad };
        Cell::new(role, format!("{met} of {all}"))
    });
    if sides.iter().any(|side| !side.result.objectives.is_empty()) {
        row("objectives met", met.collect());
    }
    let of = |write: &dyn Fn(&Side) -> String| -> Vec<Cell> {
        sides.iter().map(|side| Cell::from(write(side))).collect()
    };
    let cost = |side: &Side| side.result.cost;
    row(
        "cost per hour",
        of(&|side| number::dollars(cost(side).per_hour, look)),
    );
    row(
        "per million good",
        of(&|side| number::dollars(cost(side).per_million_good, look)),
    );
    row("parts", of(&|side| side.simplicity.parts.to_string()));
    row(
        "stateful parts",
        of(&|side| side.simplicity.stateful.to_string()),
    );
    row("network hops", of(&|side| side.simplicity.hops.to_string()));
    let best = sides.iter().map(|side| {
        if side.pareto {
            Cell::new(Role::Good, look.tick())
        } else {
            Cell::new(Role::Dim, look.none())
        }
    });
    row("not beaten", best.collect());
    table.render(look)
}

/// One side against the baseline.
fn differences(comparison: &Comparison, pair: &Pair, look: Look) -> String {
    let letter = LETTERS[pair.side % LETTERS.len()];
    let mut table = Table::new(vec![
        words("against the baseline"),
        figures("A"),
        figures(letter),
        words("difference"),
    ])
    .giving(3);
    for at in &pair.endpoints {
        let name = if at.id == "*" {
            "all requests".to_owned()
        } else {
            look.name(&at.id)
        };
        table.across(Cell::new(Role::Strong, name));
        for figure in at.figures.iter().filter(|figure| is_worth_a_row(figure)) {
            table.row(row(figure, &figure.figure, look));
        }
    }
    let mut rest: Vec<(String, &Difference)> = Vec::new();
    for Differences { id, figures } in &pair.nodes {
        let seen = figures.iter().filter(|figure| {
            let size = figure.difference.unwrap_or(0.0).abs();
            size >= UTILIZATION_MIN && figure.verdict != Verdict::NotSeen
        });
        rest.extend(seen.map(|figure| (format!("{} busy", look.name(id)), figure)));
    }
    let nothing = |figure: &Difference| {
        let none = |value: Option<f64>| value.is_none_or(|value| value.abs() <= 0.0);
        none(figure.baseline) && none(figure.value)
    };
    let whole = pair.whole.iter().filter(|figure| !nothing(figure));
    rest.extend(whole.map(|figure| (figure.figure.clone(), figure)));
    if !rest.is_empty() {
        table.across(Cell::new(Role::Strong, "the whole"));
        for (name, figure) in rest {
            table.row(row(figure, &name, look));
        }
    }
    let mut text = table.render(look);
    let name = &comparison.sides[pair.side].name;
    for (what, nodes) in [("without", &pair.gone), ("with", &pair.added)] {
        if !nodes.is_empty() {
            let line = format!("{letter} ({name}) is {what} {}.", nodes.join(", "));
            text.push_str(&wrap("  ", &look.name(&line), look.width));
        }
    }
    text
}

/// Figures that are the same by nature need no row.
fn is_worth_a_row(figure: &Difference) -> bool {
    let is = |value: Option<f64>, what: f64| value.is_some_and(|value| (value - what).abs() < 5e-4);
    match figure.figure.as_str() {
        "attempts" => !(is(figure.baseline, 1.0) && is(figure.value, 1.0)),
        "failed" => {
            let some = |value: Option<f64>| value.is_some_and(|value| value > 0.0);
            some(figure.baseline) || some(figure.value)
        }
        _ => true,
    }
}

fn row(figure: &Difference, name: &str, look: Look) -> Vec<Cell> {
    let value = |value: Option<f64>| {
        value.map_or(Cell::new(Role::Dim, look.none()), |value| {
            write(figure.unit, value, look).into()
        })
    };
    let role = match (figure.verdict, figure.figure == "goodput") {
        (Verdict::NotSeen, _) => Role::Dim,
        (Verdict::Unknown, _) => Role::Warn,
        (Verdict::Rises, true) | (Verdict::Falls, false) => Role::Good,
        (Verdict::Falls, true) | (Verdict::Rises, false) => Role::Bad,
    };
    let named = figure.text.strip_prefix(&figure.figure);
    let text = named.unwrap_or(&figure.text);
    let text = text.trim_start_matches([':', ' ']);
    vec![
        Cell::from(format!("  {name}")),
        value(figure.baseline),
        value(figure.value),
        Cell::new(role, look.name(text)),
    ]
}

/// A figure with its unit, as in the other tables.
pub(crate) fn write(unit: Unit, value: f64, look: Look) -> String {
    match unit {
        Unit::Seconds => number::time(value, look),
        Unit::PerSecond => number::rate(value, look),
        Unit::Share => number::share(value, look),
        Unit::Number => number::plain(value, look),
        Unit::Dollars => number::dollars(value, look),
    }
}

/// A verdict in a column of a file.
pub(crate) fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Rises => "rises",
        Verdict::Falls => "falls",
        Verdict::NotSeen => "not_seen",
        Verdict::Unknown => "unknown",
    }
}

/// Who is not beaten, and by whom the others are.
fn verdict(comparison: &Comparison, look: Look) -> String {
    let mut text = String::new();
    for (letter, side) in LETTERS.iter().zip(&comparison.sides) {
        let Some(by) = side.beaten_by else { continue };
        let line = format!(
            "{letter} ({}) is beaten by {} ({}): worse in something and better in nothing.",
            side.name, LETTERS[by], comparison.sides[by].name
        );
        text.push_str(&wrap("", &look.name(&line), look.width));
    }
    if text.is_empty() {
        let none = "None is beaten: each is better than every other in something, or no \
                    difference is seen.";
        return wrap("", none, look.width);
    }
    text
}
