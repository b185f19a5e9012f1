//! What failures do, in a table: the dip, the way back, the objectives that are missed.

use super::header::of_study;
use crate::cli::studies::{MatrixCase, MatrixFailing, MatrixFound};
use crate::cli::text::table::{Cell, Table, figures, words};
use crate::cli::text::wrap::wrap;
use crate::cli::text::{Look, Role, number};

/// A dip less deep is the noise of the traffic.
const DEPTH_MIN: f64 = 0.05;

/// The whole answer.
pub(crate) fn matrix(name: &str, found: &MatrixFound, look: Look) -> String {
    let what = format!(
        "{} cases {dot} each fails after {} for {} of {}",
        found.cases.len(),
        number::duration(found.at_s, look),
        number::duration(found.lasts_s, look),
        number::duration(found.end_s, look),
        dot = look.dot(),
    );
    let missing = found.partial.then_some("later cases are missing");
    let mut text = of_study(name, &what, missing, look);
    text.push('\n');
    text.push_str(&table(found, look));
    text.push('\n');
    for sentence in sentences(found, look) {
        text.push_str(&wrap("", &sentence, look.width));
    }
    text
}

/// What fails, in words: `node api crashes and wire api -> db is cut off`.
pub(crate) fn name(failing: &[MatrixFailing]) -> String {
    let each: Vec<String> = failing
        .iter()
        .map(|one| format!("{} {}", one.place, one.how.words()))
        .collect();
    each.join(" and ")
}

fn table(found: &MatrixFound, look: Look) -> String {
    let mut table = Table::new(vec![
        words("what fails"),
        figures("lost"),
        figures("worst").leaving(1),
        figures("dip"),
        figures("back after"),
        figures("objectives"),
    ]);
    for case in &found.cases {
        table.row(row(case, look));
        for objective in case.objectives.iter().filter(|objective| !objective.met) {
            let line = format!("    {} {}", look.cross(), look.name(&objective.text));
            table.across(Cell::new(Role::Bad, line));
        }
    }
    table.render(look)
}

fn row(case: &MatrixCase, look: Look) -> Vec<Cell> {
    let share = |value: f64| {
        let role = if value >= DEPTH_MIN {
            Role::Bad
        } else {
            Role::Dim
        };
        Cell::new(role, number::share(value, look))
    };
    let dip = if case.depth >= DEPTH_MIN && case.dip_s > 0.0 {
        Cell::from(number::duration(case.dip_s, look))
    } else {
        Cell::new(Role::Dim, look.none())
    };
    let back = match (case.recovery_s, case.trigger_s) {
        (Some(seconds), _) => Cell::new(Role::Plain, number::time(seconds, look)),
        (None, Some(trigger)) => {
            let trigger = number::time(trigger, look);
            Cell::new(Role::Bad, format!("never, from {trigger} on"))
        }
        (None, None) => Cell::new(Role::Bad, "never"),
    };
    let all = case.objectives.len();
    let met = case
        .objectives
        .iter()
        .filter(|objective| objective.met)
        .count();
    let objectives = match all {
        0 => Cell::new(Role::Dim, look.none()),
        _ => Cell::new(
            if met == all { Role::Good } else { Role::Bad },
            format!("{met} of {all}"),
        ),
    };
    vec![
        Cell::from(look.name(&name(&case.failing))),
        share(case.lost_share),
        share(case.depth),
        dip,
        back,
        objectives,
    ]
}

fn sentences(found: &MatrixFound, look: Look) -> Vec<String> {
    let stuck: Vec<&MatrixCase> = found
        .cases
        .iter()
        .filter(|case| case.recovery_s.is_none())
        .collect();
    let mut list = Vec::new();
    if stuck.is_empty() {
        list.push("The system comes back by itself from every one of them.".to_owned());
    } else {
        list.push(format!(
            "From {} of {} it does not come back by itself within the run: the failure outlives \
             its cause.",
            stuck.len(),
            found.cases.len()
        ));
    }
    let missed = |case: &&MatrixCase| case.objectives.iter().any(|objective| !objective.met);
    let failing = found.cases.iter().filter(missed).count();
    if found.cases.iter().any(|case| !case.objectives.is_empty()) {
        list.push(format!(
            "The objectives are missed in {failing} of {} cases.",
            found.cases.len()
        ));
    }
    if let Some(availability) = found.availability {
        list.push(format!(
            "If each thing fails every {} and is repaired in {}, {} of the requests are answered: \
             {} without answers in 30 days.",
            number::duration(availability.mtbf_s, look),
            number::duration(availability.mttr_s, look),
            number::share(availability.share, look),
            number::duration(availability.budget_s.round(), look)
        ));
    }
    list
}
