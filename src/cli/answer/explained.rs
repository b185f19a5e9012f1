//! Why a design behaves as it does: where the time goes, what fills, what happened, what a change
//! would do, and one request from start to end.

use super::header::header;
use super::{attribution, closing, objectives};
use crate::cli::studies::{Change, GuessMoves, Sensitivity};
use crate::cli::text::bar::bar;
use crate::cli::text::table::{Cell, Table, figures, words};
use crate::cli::text::wrap::wrap;
use crate::cli::text::{Look, Role, number, width};
use crate::insight::difference::{Difference, Verdict};
use crate::insight::headroom;
use crate::insight::incident::{self, What};
use crate::insight::waterfall;
use crate::sim::result::{Exemplar, RunResult};

/// Limits that are shown, and how full one must be.
const LIMITS_MAX: usize = 8;
const LIMIT_MIN: f64 = 0.01;
/// Cells of a bar of headroom.
const BAR: usize = 10;
/// Spans of a trace that are shown.
const SPANS_MAX: usize = 40;
/// Indentation of a span goes no deeper.
const DEPTH_MAX: usize = 8;

/// The whole answer. Traces are those of the endpoint that is looked at.
pub(crate) fn explanation(
    result: &RunResult,
    endpoint: &str,
    sensitivity: Option<&Sensitivity>,
    look: Look,
) -> String {
    let sections = [
        header(result, look),
        closing::findings(result, look),
        chain(result, look),
        attribution::attribution(result, look),
        room(result, look),
        sensitivity.map_or(String::new(), |found| changes(found, look)),
        sensitivity.map_or(String::new(), |found| guesses(found, look)),
        traces(result, endpoint, look),
        objectives::objectives(&result.objectives, look),
        closing::broken_laws(result, look),
    ];
    let said: Vec<String> = sections
        .into_iter()
        .filter(|said| !said.is_empty())
        .collect();
    said.join("\n")
}

/// What happened, link by link, for each fault.
fn chain(result: &RunResult, look: Look) -> String {
    let mut text = String::new();
    for incident in incident::incidents(result) {
        let title = format!("what happened  {}", look.name(&incident.fault));
        text.push_str(&look.paint(Role::Title, &title));
        text.push('\n');
        for link in &incident.links {
            let moment = link.at_s.map_or_else(String::new, number::moment);
            let bad = matches!(link.what, What::Begins | What::Failing | What::Stuck);
            let role = if bad { Role::Bad } else { Role::Dim };
            // The moment is painted after the lines are broken: colours have no width.
            let first = format!("  {moment:>6}  ");
            let lines = wrap(&first, &look.name(&link.text), look.width);
            let painted = look.paint(role, &moment);
            text.push_str(&match moment.as_str() {
                "" => lines,
                moment => lines.replacen(moment, &painted, 1),
            });
        }
    }
    text
}

/// How full each limit is, the fullest first.
fn room(result: &RunResult, look: Look) -> String {
    let mut table = Table::new(vec![
        words("headroom"),
        words("busy"),
        figures(""),
        words("full at").leaving(1),
    ]);
    let limits = headroom::fullest(result);
    let told = limits.iter().filter(|limit| limit.used >= LIMIT_MIN);
    for limit in told.take(LIMITS_MAX) {
        let role = match limit.used {
            0.95.. => Role::Bad,
            0.7.. => Role::Warn,
            _ => Role::Ink,
        };
        let full = if limit.used >= 0.95 {
            "full".to_owned()
        } else {
            format!("{} {:.2} the traffic", look.times(), limit.growth())
        };
        table.row(vec![
            Cell::from(look.name(&limit.words())),
            Cell::new(role, bar(limit.used, BAR, look)),
            number::share(limit.used, look).into(),
            Cell::new(Role::Dim, full),
        ]);
    }
    table.render(look)
}

/// What each change would do, the best first.
fn changes(found: &Sensitivity, look: Look) -> String {
    let mut table = Table::new(vec![
        words("what a change would do"),
        words("effect"),
        figures("cost per hour").leaving(1),
    ]);
    let (seen, unseen): (Vec<&Change>, Vec<&Change>) = found
        .changes
        .iter()
        .partition(|change| matches!(change.figure.verdict, Verdict::Rises | Verdict::Falls));
    for change in &seen {
        table.row(vec![
            Cell::from(look.name(&change.words)),
            effect(&change.figure, look),
            cost(&change.cost, look),
        ]);
    }
    let mut text = table.render(look);
    let mut note = |line: String| text.push_str(&wrap("  ", &look.name(&line), look.width));
    let endpoint = if found.endpoint == "*" {
        "all requests"
    } else {
        &found.endpoint
    };
    note(format!(
        "{} of {endpoint}, by {} paired replications; ranked by effect over cost, where a change that \
         costs nothing counts as 1%.",
        found.figure, found.replications
    ));
    if !unseen.is_empty() {
        let named: Vec<&str> = unseen.iter().map(|change| change.words.as_str()).collect();
        note(format!("No difference seen: {}.", named.join("; ")));
    }
    if !found.left_out.is_empty() {
        note(format!(
            "Not simulated, since a formula says that they have less influence: {}.",
            found.left_out.join("; ")
        ));
    }
    if found.partial {
        note("Partial: stopped before its end.".to_owned());
    }
    text
}

fn effect(of: &Difference, look: Look) -> Cell {
    let role = match (of.verdict, of.figure == "goodput") {
        (Verdict::NotSeen, _) => Role::Dim,
        (Verdict::Unknown, _) => Role::Warn,
        (Verdict::Rises, true) | (Verdict::Falls, false) => Role::Good,
        (Verdict::Falls, true) | (Verdict::Rises, false) => Role::Bad,
    };
    Cell::new(role, look.name(&of.text))
}

fn cost(of: &Difference, look: Look) -> Cell {
    match of.difference {
        Some(more) if more > 0.0 => format!("+{}", number::dollars(more, look)).into(),
        Some(more) if more < 0.0 => format!("-{}", number::dollars(-more, look)).into(),
        _ => Cell::new(Role::Dim, look.none()),
    }
}

/// What depends on guesses.
fn guesses(found: &Sensitivity, look: Look) -> String {
    if found.guesses.is_empty() {
        return String::new();
    }
    let mut table = Table::new(vec![
        words("guesses that matter"),
        words("guessed").leaving(1),
        words("if it were"),
        words("then"),
    ]);
    for GuessMoves {
        path, value, tried, ..
    } in &found.guesses
    {
        for (at, (other, difference)) in tried.iter().enumerate() {
            let first = at == 0;
            table.row(vec![
                Cell::from(if first {
                    look.name(path)
                } else {
                    String::new()
                }),
                Cell::new(Role::Dim, if first { value.as_str() } else { "" }),
                Cell::from(other.as_str()),
                effect(difference, look),
            ]);
        }
    }
    let mut text = table.render(look);
    if !found.guesses_left_out.is_empty() {
        let line = format!(
            "Guesses with less influence by formula: {}.",
            found.guesses_left_out.join(", ")
        );
        text.push_str(&wrap("  ", &look.name(&line), look.width));
    }
    text
}

/// The traces of an endpoint: of a median and of a slow request.
fn traces(result: &RunResult, endpoint: &str, look: Look) -> String {
    let own = result.exemplars.iter().filter(|trace| trace.id == endpoint);
    let drawn: Vec<String> = own.map(|trace| trace_of(trace, look)).collect();
    drawn.join("\n")
}

/// What fills the bar of a kind of time.
fn fill(what: &str, look: Look) -> (&'static str, Role) {
    let (rich, plain, role) = match what {
        "service" => ("█", "#", Role::Ink),
        "wait" => ("░", ".", Role::Warn),
        "network" => ("─", "-", Role::Dim),
        "call" => ("╌", "_", Role::Dim),
        // Pools, locks, backoff, delays: all that only waits.
        _ => ("▒", "~", Role::SecondInk),
    };
    (if look.unicode { rich } else { plain }, role)
}

fn trace_of(trace: &Exemplar, look: Look) -> String {
    let title = format!(
        "a {} request  {}  {}",
        if trace.which == "median" {
            "typical"
        } else {
            "slow"
        },
        number::time(trace.latency_s, look),
        look.name(&trace.id),
    );
    let bars = waterfall::bars(trace);
    let names: Vec<String> = bars
        .iter()
        .map(|bar| {
            let indent = " ".repeat((bar.depth as usize).min(DEPTH_MAX));
            format!("{indent}{} {}", look.name(&bar.place), bar.what)
        })
        .collect();
    let wide = names.iter().map(|name| width(name)).max();
    let room = wide.unwrap_or(0).min(look.width / 3).max(8);
    let cells = look.width.saturating_sub(room + 14).max(8);
    let mut text = look.paint(Role::Title, &title) + "\n";
    for (bar, name) in bars.iter().zip(&names).take(SPANS_MAX) {
        let [from, to] = bar.cells(cells);
        let (symbol, role) = fill(&bar.what, look);
        let name = look.shorten(name, room);
        let gap = " ".repeat(room.saturating_sub(width(&name)));
        let length = number::time(bar.length_s, look);
        let role = if bar.critical { role } else { Role::Dim };
        let drawn = look.paint(role, &symbol.repeat(to - from));
        text.push_str(&format!(
            "  {name}{gap} {length:>9}  {}{drawn}\n",
            " ".repeat(from)
        ));
    }
    if bars.len() > SPANS_MAX {
        let more = bars.len() - SPANS_MAX;
        text.push_str(&format!("  {} and {more} more spans\n", look.ellipsis()));
    }
    text
}
