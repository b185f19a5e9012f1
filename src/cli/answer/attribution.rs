//! Where the time of completed requests went, for the mean and for the slowest 1%.

use crate::cli::text::bar::bar;
use crate::cli::text::table::{Cell, Table, figures, words};
use crate::cli::text::{Look, Role, number};
use crate::sim::result::{Attribution, AttributionPart, RunResult};

/// Cells of a bar.
const BAR: usize = 8;
/// Parts of an endpoint that are shown one by one; the others are added up.
const PARTS_MAX: usize = 8;
/// A part below this share of both means is not shown by itself.
const SHARE_MIN: f64 = 0.005;

/// A group of rows for each endpoint: its parts, the largest of the mean first.
pub(super) fn attribution(result: &RunResult, look: Look) -> String {
    let told: Vec<&Attribution> = result
        .attribution
        .iter()
        .filter(|told| told.followed > 0)
        .collect();
    if told.is_empty() {
        return String::new();
    }
    let mut table = Table::new(vec![
        words("where the time went"),
        figures("mean"),
        words("").leaving(2),
        figures("").leaving(1),
        figures("slowest 1%"),
        words("").leaving(2),
        figures(""),
    ]);
    for endpoint in told {
        table.across(Cell::new(Role::Strong, look.name(&endpoint.id)));
        let total = part("all", endpoint.mean_s, endpoint.slowest_s, endpoint, look);
        let (shown, rest) = split(endpoint);
        for one in shown {
            let name = format!("{} {}", look.name(&one.place), one.what);
            table.row(part(&name, one.mean_s, one.slowest_s, endpoint, look));
        }
        if !rest.is_empty() {
            let sum =
                |of: fn(&AttributionPart) -> f64| rest.iter().fold(0.0, |sum, one| sum + of(one));
            let name = format!("{} smaller parts", rest.len());
            let (mean_s, slowest_s) = (sum(|one| one.mean_s), sum(|one| one.slowest_s));
            table.row(part(&name, mean_s, slowest_s, endpoint, look));
        }
        table.row(total);
    }
    table.render(look)
}

/// The parts to show, in their order, and those to add up.
fn split(endpoint: &Attribution) -> (Vec<&AttributionPart>, Vec<&AttributionPart>) {
    let share = |one: &AttributionPart| {
        ratio(one.mean_s, endpoint.mean_s).max(ratio(one.slowest_s, endpoint.slowest_s))
    };
    let mut ranked: Vec<&AttributionPart> = endpoint.parts.iter().collect();
    ranked.sort_by(|one, other| share(other).total_cmp(&share(one)));
    let mut kept = ranked
        .iter()
        .filter(|one| share(one) >= SHARE_MIN)
        .count()
        .min(PARTS_MAX);
    // A single small part is shown rather than summed up as "1 smaller parts".
    if ranked.len() == kept + 1 {
        kept += 1;
    }
    let least = ranked.split_off(kept.min(ranked.len()));
    let is_least = |one: &AttributionPart| least.iter().any(|other| std::ptr::eq(*other, one));
    endpoint.parts.iter().partition(|one| !is_least(one))
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn part(name: &str, mean_s: f64, slowest_s: f64, endpoint: &Attribution, look: Look) -> Vec<Cell> {
    let mut cells = vec![Cell::from(format!("  {name}"))];
    let whole = name == "all";
    for (seconds, all, role) in [
        (mean_s, endpoint.mean_s, Role::Ink),
        (slowest_s, endpoint.slowest_s, Role::SecondInk),
    ] {
        let share = ratio(seconds, all);
        cells.push(number::time(seconds, look).into());
        if whole {
            cells.extend([Cell::default(), Cell::default()]);
        } else {
            cells.push(Cell::new(role, bar(share, BAR, look)));
            cells.push(Cell::new(Role::Dim, number::share(share, look)));
        }
    }
    cells
}
