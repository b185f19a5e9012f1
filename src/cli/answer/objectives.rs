//! Objectives and their verdicts, in words and signs.

use crate::cli::text::table::{Cell, Table, figures, words};
use crate::cli::text::{Look, Role, number};
use crate::design::objective::{self, Bound};
use crate::sim::result::ObjectiveResult;

/// What an observed figure is a figure of, which decides how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantity {
    Seconds,
    Share,
    PerSecond,
    Dollars,
    Number,
}

/// A row for each objective: its text, what was observed, the verdict as a sign and in words. A
/// note below where there is one.
pub(crate) fn objectives(objectives: &[ObjectiveResult], look: Look) -> String {
    let mut table = Table::new(vec![
        words("objectives"),
        figures("observed"),
        figures("95% interval").leaving(1),
        words(""),
    ]);
    for objective in objectives {
        table.row(row(objective, look));
        if !objective.note.is_empty() {
            let note = format!("    {}", look.name(&objective.note));
            table.across(Cell::new(Role::Warn, note));
        }
    }
    table.render(look)
}

fn row(objective: &ObjectiveResult, look: Look) -> Vec<Cell> {
    let quantity = quantity(&objective.text);
    let observed = objective
        .observed
        .map_or(Cell::new(Role::Dim, look.none()), |observed| {
            write(quantity, observed, look).into()
        });
    let interval = match (objective.observed, objective.ci95) {
        (Some(observed), Some(interval)) => write_interval(quantity, interval, observed, look),
        _ => String::new(),
    };
    let (role, sign, word) = verdict(objective.met, look);
    vec![
        Cell::new(role, format!("{sign} {}", look.name(&objective.text))),
        observed,
        Cell::new(Role::Dim, interval),
        Cell::new(role, word),
    ]
}

/// The verdict as a style, a sign and in words.
fn verdict(met: bool, look: Look) -> (Role, &'static str, &'static str) {
    if met {
        (Role::Good, look.tick(), "met")
    } else {
        (Role::Bad, look.cross(), "not met")
    }
}

/// What an objective's figure is, from the bound that it is compared with.
fn quantity(text: &str) -> Quantity {
    match objective::parse(text).map(|parsed| parsed.bound) {
        Ok(Bound::Seconds(_)) => Quantity::Seconds,
        Ok(Bound::Share(_) | Bound::ShareOfOffered(_)) => Quantity::Share,
        Ok(Bound::PerSecond(_)) => Quantity::PerSecond,
        Ok(Bound::Dollars(_)) => Quantity::Dollars,
        Ok(Bound::Number(_)) | Err(_) => Quantity::Number,
    }
}

/// A value of the figure that an objective asks for, with its unit.
pub(crate) fn written(text: &str, value: f64, look: Look) -> String {
    write(quantity(text), value, look)
}

fn write(quantity: Quantity, value: f64, look: Look) -> String {
    match quantity {
        Quantity::Seconds => number::time(value, look),
        Quantity::Share => number::share(value, look),
        Quantity::PerSecond => number::rate(value, look),
        Quantity::Dollars => number::dollars(value, look),
        Quantity::Number => number::plain(value, look),
    }
}

fn write_interval(quantity: Quantity, [low, high]: [f64; 2], value: f64, look: Look) -> String {
    match quantity {
        Quantity::Seconds => number::time_interval([low, high], value, look),
        Quantity::PerSecond => number::rate_interval([low, high], value, look),
        other => format!(
            "{}{}{}",
            write(other, low, look),
            look.to(),
            write(other, high, look)
        ),
    }
}

/// The sentence that sums the verdicts up.
pub(crate) fn summary(objectives: &[ObjectiveResult]) -> String {
    let met = objectives.iter().filter(|objective| objective.met).count();
    match (objectives.len(), met) {
        (0, _) => "It has no objectives.".to_owned(),
        (1, 1) => "The objective is met.".to_owned(),
        (1, 0) => "The objective is not met.".to_owned(),
        (all, met) if all == met => format!("All {all} objectives are met."),
        (all, met) => format!("{} of {all} objectives are not met.", all - met),
    }
}
