//! The cheapest settings in words: what they are, why nothing less will do, and the change as a
//! variant.

use super::header::of_study;
use super::objectives;
use crate::cli::studies::{Best, Tried, Tuned};
use crate::cli::text::table::{Cell, Table, figures, words};
use crate::cli::text::wrap::wrap;
use crate::cli::text::{Look, Role, number};
use crate::design::edit::value_text;
use crate::design::syntax::quote;
use crate::sim::result::ObjectiveResult;

/// The whole answer.
pub(crate) fn tuned(name: &str, found: &Tuned, look: Look) -> String {
    let what = format!(
        "{} combinations of {} {dot} {} simulated, {} left out as full by formula, {} since one with \
         more failed {dot} {}",
        found.candidates,
        found
            .axes
            .iter()
            .map(|axis| axis.path.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        found.tried.len(),
        found.full,
        found.ruled_out,
        found.scenarios.join(", "),
        dot = look.dot(),
    );
    let missing = found.partial.then_some("what is cheaper was not ruled out");
    let mut text = of_study(name, &look.name(&what), missing, look);
    let verdict = found
        .best
        .as_ref()
        .map_or_else(|| nothing(found, look), |best| cheapest(found, best, look));
    let mut paragraphs = vec![verdict];
    if found.assumed {
        paragraphs.push(format!(
            "The design has no objectives; this was assumed: {}.",
            found.objectives.join(", ")
        ));
    }
    for paragraph in paragraphs {
        text.push_str(&wrap("", &look.name(&paragraph), look.width));
    }
    text.push('\n');
    text.push_str(&table(found, look));
    if let Some(best) = &found.best {
        text.push('\n');
        text.push_str(&neighbours(best, look));
        text.push_str(&variant(best, look));
    }
    text
}

/// The changes of a variant, as a file has them.
pub(crate) fn changes(set: &[(String, String)]) -> String {
    let each: Vec<String> = set
        .iter()
        .map(|(path, value)| format!("Set({}, {})", quote(path), value_text(value)))
        .collect();
    format!("[{}]", each.join(", "))
}

fn cheapest(found: &Tuned, best: &Best, look: Look) -> String {
    let candidate = &best.candidate;
    let settings = settings(found, candidate);
    let mut text = format!(
        "The cheapest that meets the objectives is {settings}, at {} per hour; they hold again with \
         seed {}.",
        number::dollars(candidate.cost_per_hour, look),
        best.confirmed_with_seed
    );
    if let Some((place, busy)) = &candidate.busiest {
        text += &format!(
            " What is fullest there: {place}, {} busy.",
            number::share(*busy, look)
        );
    }
    if let Some(drawn) = &found.as_drawn {
        let cost = number::dollars(drawn.cost_per_hour, look);
        text += &match &drawn.missed {
            _ if best.set.is_empty() => " That is the design as it is.".to_owned(),
            Some(missed) => format!(
                " The design as it is costs {cost} and misses {}.",
                observed(missed, look)
            ),
            None => format!(
                " The design as it is meets them, too, at {cost}: {} less each hour.",
                number::dollars(drawn.cost_per_hour - candidate.cost_per_hour, look)
            ),
        };
    }
    text
}

fn nothing(found: &Tuned, look: Look) -> String {
    let mut text = "Nothing within the bounds meets the objectives.".to_owned();
    if found.full == found.candidates {
        text +=
            " In every combination more comes than can be done, so that a queue grows without end.";
    }
    if let Some(near) = &found.nearest {
        let missed = near.missed.as_ref().map_or(String::new(), |missed| {
            format!(" misses {}", observed(missed, look))
        });
        let scenario = near.scenario.as_deref().unwrap_or("as drawn");
        let busy = near
            .busiest
            .as_ref()
            .map_or(String::new(), |(place, busy)| {
                format!("; {place} is {} busy", number::share(*busy, look))
            });
        text += &format!(
            " The nearest is {}, at {} per hour: under \"{scenario}\" it{missed}{busy}.",
            settings(found, near),
            number::dollars(near.cost_per_hour, look)
        );
    }
    text
}

/// `nodes/api/replicas 3, wires/api -> db/pool 20`.
fn settings(found: &Tuned, of: &Tried) -> String {
    let pairs = found.axes.iter().zip(&of.values);
    let each: Vec<String> = pairs
        .map(|(axis, value)| format!("{} {value}", axis.path))
        .collect();
    each.join(", ")
}

/// An objective and what was seen of it.
fn observed(missed: &ObjectiveResult, look: Look) -> String {
    let seen = missed.observed.map_or("unknown".to_owned(), |value| {
        objectives::written(&missed.text, value, look)
    });
    let note = if missed.met {
        ", within its interval"
    } else {
        ""
    };
    format!("{} ({seen}{note})", missed.text)
}

fn table(found: &Tuned, look: Look) -> String {
    let mut table = Table::new(vec![
        words("tried"),
        figures("cost per hour"),
        words(""),
        words("misses").leaving(1),
    ]);
    for one in &found.tried {
        let (role, verdict) = match (one.met, one.confirms) {
            (true, false) => (Role::Good, format!("{} met", look.tick())),
            (true, true) => (Role::Good, format!("{} confirmed", look.tick())),
            (false, false) => (Role::Bad, format!("{} missed", look.cross())),
            (false, true) => (Role::Bad, format!("{} not confirmed", look.cross())),
        };
        let missed = one.missed.as_ref().map_or(String::new(), |missed| {
            let under = match one.scenario.as_deref() {
                None | Some("as drawn") => String::new(),
                Some(scenario) => format!(" under {scenario}"),
            };
            format!("{}{under}", observed(missed, look))
        });
        table.row(vec![
            Cell::from(one.values.join(", ")),
            number::dollars(one.cost_per_hour, look).into(),
            Cell::new(role, verdict),
            Cell::new(Role::Dim, look.name(&missed)),
        ]);
    }
    table.render(look)
}

/// Why a step less is not better.
fn neighbours(best: &Best, look: Look) -> String {
    let mut text = String::new();
    for near in &best.neighbours {
        let why = match &near.misses {
            Some(missed) => format!("misses {}", observed(missed, look)),
            None if near.full => "would be full".to_owned(),
            None => format!(
                "costs no less: {} per hour",
                number::dollars(near.cost_per_hour, look)
            ),
        };
        let line = format!("With {} {} it {why}.", near.path, near.value);
        text.push_str(&wrap("", &look.name(&line), look.width));
    }
    text
}

/// The change, to be put in the file.
fn variant(best: &Best, look: Look) -> String {
    if best.set.is_empty() {
        return String::new();
    }
    let title = look.paint(Role::Title, "as a variant");
    format!("\n{title}\n  \"tuned\": {},\n", changes(&best.set))
}
