//! What was simulated, for how long, and the outcome in one line.

use super::endpoints::PENDING_MIN;
use super::{failed, part};
use crate::cli::text::wrap::{wrap, wrap_list};
use crate::cli::text::{Look, Role, number};
use crate::sim::result::RunResult;

/// Two or three lines: the design, the run, the outcome.
pub(super) fn header(result: &RunResult, look: Look) -> String {
    let mut text = title(result, look);
    let run: Vec<String> = [
        format!(
            "{} {} {}",
            result.replications,
            look.times(),
            number::duration(result.simulated_s, look)
        ),
        format!("seed {}", result.seed),
        warmup(result, look),
        format!("{} events", number::count(result.events, look)),
    ]
    .into_iter()
    .filter(|statement| !statement.is_empty())
    .collect();
    text.push_str(&look.paint(
        Role::Dim,
        wrap_list("", &run, look.dot(), look.width).trim_end(),
    ));
    text.push('\n');
    if result.partial {
        let note = "partial: stopped before its end; these are the figures of what was simulated until then";
        text.push_str(&look.paint(Role::Warn, note));
        text.push('\n');
    }
    text.push_str(&outcome(result, look));
    text
}

/// The head of a study's answer: the design, what was done in one line, and what is missing of it
/// if it was stopped.
pub(super) fn of_study(name: &str, what: &str, missing: Option<&str>, look: Look) -> String {
    let mut text = look.paint(Role::Strong, &look.name(name)) + "\n";
    text.push_str(&look.paint(Role::Dim, wrap("", what, look.width).trim_end()));
    text.push('\n');
    if let Some(missing) = missing {
        let note = format!("partial: stopped before its end; {missing}");
        text.push_str(&look.paint(Role::Warn, &note));
        text.push('\n');
    }
    text
}

fn title(result: &RunResult, look: Look) -> String {
    let design = &result.design;
    let name = if design.name.is_empty() {
        &design.file
    } else {
        &design.name
    };
    let mut title = look.paint(Role::Strong, &look.name(name));
    if let Some(variant) = &design.variant {
        title.push_str(&format!(" {} {}", look.dot(), look.name(variant)));
    }
    if !design.name.is_empty() && !design.file.is_empty() {
        let file = format!(" {} {}", look.dot(), look.name(&design.file));
        title.push_str(&look.paint(Role::Dim, &file));
    }
    title + "\n"
}

fn warmup(result: &RunResult, look: Look) -> String {
    let left_out = number::duration(result.warmup_s, look);
    match result.warmup_by.as_str() {
        "transient" if result.warmup_s == 0.0 => {
            "nothing left out, since things change over time".to_owned()
        }
        _ if result.warmup_s == 0.0 => "nothing left out".to_owned(),
        "mser5" => format!("first {left_out} left out (warm-up, found)"),
        _ => format!("first {left_out} left out (warm-up)"),
    }
}

/// The outcome of all endpoints together, attacks apart.
fn outcome(result: &RunResult, look: Look) -> String {
    let calm = || result.endpoints.iter().filter(|endpoint| !endpoint.attack);
    let offered: u64 = calm().map(|endpoint| endpoint.offered).sum();
    if offered == 0 {
        let attacked = result.endpoints.iter().any(|endpoint| endpoint.offered > 0);
        let what = if attacked {
            "No requests but attacks were sent."
        } else {
            "No requests were sent."
        };
        return format!("{what}\n");
    }
    let completed: u64 = calm().map(|endpoint| endpoint.completed).sum();
    let lost: u64 = calm().map(failed).sum();
    let goodput = calm().fold(0.0, |sum, endpoint| sum + endpoint.goodput_per_s);
    let good = format!("goodput {}", number::rate(goodput, look));
    let share = format!("{} failed", number::share(part(lost, offered), look));
    let failures = if lost == 0 { Role::Good } else { Role::Bad };
    let pending = offered.saturating_sub(completed + lost);
    let mut statements = vec![
        look.paint(Role::Strong, &good),
        look.paint(failures, &share),
    ];
    if part(pending, offered) >= PENDING_MIN {
        statements.push(format!(
            "{} still under way",
            number::share(part(pending, offered), look)
        ));
    }
    if !result.objectives.is_empty() {
        let met = result
            .objectives
            .iter()
            .filter(|objective| objective.met)
            .count();
        let all = result.objectives.len();
        let role = if met == all { Role::Good } else { Role::Bad };
        statements.push(look.paint(role, &format!("{met} of {all} objectives met")));
    }
    statements.join(&format!(" {} ", look.dot())) + "\n"
}
