//! Before, during and after each fault, and how long it took to recover.

use super::part;
use crate::cli::text::table::{Cell, Table, figures, words};
use crate::cli::text::{Look, Role, number};
use crate::sim::result::{Phase, PhaseFigures, RunResult};

/// One group of rows for each endpoint: a row for each phase. Then a sentence on each recovery.
pub(super) fn phases(result: &RunResult, look: Look) -> String {
    if result.phases.is_empty() {
        return String::new();
    }
    let mut table = Table::new(vec![
        words("phases"),
        figures("from").leaving(1),
        figures("to").leaving(1),
        figures("goodput"),
        figures("failed"),
        figures("mean").leaving(2),
        figures("p50"),
        figures("p99"),
    ]);
    for id in endpoint_ids(result) {
        table.across(Cell::new(Role::Strong, look.name(id)));
        for phase in &result.phases {
            if let Some(seen) = phase.endpoints.iter().find(|seen| seen.id == id) {
                table.row(row(phase, seen, look));
            }
        }
    }
    let mut text = table.render(look);
    for phase in &result.phases {
        if let Some(sentence) = recovery(phase, result, look) {
            text.push_str(&format!("  {sentence}\n"));
        }
    }
    text
}

/// Each endpoint once, in the order in which phases name them.
fn endpoint_ids(result: &RunResult) -> Vec<&str> {
    let mut ids = Vec::new();
    for seen in result.phases.iter().flat_map(|phase| &phase.endpoints) {
        if !ids.contains(&seen.id.as_str()) {
            ids.push(seen.id.as_str());
        }
    }
    ids
}

fn row(phase: &Phase, seen: &PhaseFigures, look: Look) -> Vec<Cell> {
    let lost = part(seen.failed, seen.offered);
    let time = |seconds: f64| {
        if seen.completed == 0 {
            Cell::new(Role::Dim, look.none())
        } else {
            Cell::from(number::time(seconds, look))
        }
    };
    let role = if is_fault(phase) {
        Role::Warn
    } else {
        Role::Plain
    };
    vec![
        Cell::new(role, format!("  {}", look.name(&phase.name))),
        Cell::new(Role::Dim, number::moment(phase.from_s)),
        Cell::new(Role::Dim, number::moment(phase.to_s)),
        number::rate(seen.goodput_per_s, look).into(),
        Cell::new(
            if lost > 0.0 { Role::Bad } else { Role::Plain },
            number::share(lost, look),
        ),
        time(seen.mean_s),
        time(seen.p50_s),
        time(seen.p99_s),
    ]
}

/// Whether something is wrong during a phase.
pub(super) fn is_fault(phase: &Phase) -> bool {
    phase.name != "before" && !phase.name.starts_with("after ")
}

/// What became of things once a fault was over.
fn recovery(phase: &Phase, result: &RunResult, look: Look) -> Option<String> {
    let fault = phase.name.strip_prefix("after ")?;
    let fault_name = look.name(fault);
    if let Some(recovery_s) = phase.recovery_s {
        let after = number::duration(recovery_s, look);
        let told = if recovery_s == 0.0 {
            "at once".to_owned()
        } else {
            format!("{after} after its end")
        };
        return Some(look.paint(Role::Good, &format!("Recovered from {fault_name} {told}.")));
    }
    // A fault that ran to the end of the run, or that another one followed at once, leaves nothing
    // to judge.
    let ended = result.phases.iter().any(|other| other.name == fault);
    let seen = phase.endpoints.iter().any(|seen| seen.offered > 0);
    (ended && seen).then(|| {
        let text = format!(
            "Not recovered from {fault_name} by {}.",
            number::moment(phase.to_s)
        );
        look.paint(Role::Bad, &text)
    })
}
