//! The capacity of a design in words, and the knee as a picture.

use super::objectives;
use crate::cli::studies::{CapacityFound, CapacityPoint, Ramp, Unbounded};
use crate::cli::text::curve::{Mark, curve};
use crate::cli::text::table::{Cell, Table, figures, words};
use crate::cli::text::wrap::wrap;
use crate::cli::text::{Look, Role, number};
use crate::design::objective;
use crate::sim::result::ObjectiveResult;

/// Most points of the plot: those of the search lie close together.
const SHOWN_MAX: usize = 14;

/// The whole answer.
pub(crate) fn capacity(name: &str, found: &CapacityFound, look: Look) -> String {
    let mut text = look.paint(Role::Strong, &look.name(name)) + "\n";
    text.push_str(&look.paint(
        Role::Strong,
        wrap("", &verdict(found, look), look.width).trim_end(),
    ));
    text.push('\n');
    for sentence in remarks(found, look) {
        text.push_str(&wrap("", &sentence, look.width));
    }
    let points = chosen(found);
    let binding = binding(found);
    text.push('\n');
    text.push_str(&table(&points, binding, look));
    if let Some(binding) = binding
        && let Some(plot) = plot(&points, binding, look)
    {
        let title = look.name(binding);
        text.push_str(&format!("\n{}\n{plot}", look.paint(Role::Title, &title)));
    }
    text
}

fn verdict(found: &CapacityFound, look: Look) -> String {
    let Some((factor, offered)) = found.factor.zip(found.offered_per_s) else {
        return match found.unbounded {
            Some(Unbounded::AlwaysMet) => "The objectives are met at all traffic that was tried.",
            Some(Unbounded::NeverMet) => "The objectives are met at no traffic that was tried.",
            None => "Stopped before the capacity was found.",
        }
        .to_owned();
    };
    let bar = found.offered_ci95.map_or(String::new(), |ends| {
        let ends = number::rate_interval(ends, offered, look);
        format!(" ({ends})")
    });
    format!(
        "It carries {}{bar}: {factor:.2} times the traffic of the file.",
        number::rate(offered, look)
    )
}

fn remarks(found: &CapacityFound, look: Look) -> Vec<String> {
    let mut list = Vec::new();
    if let Some(binding) = &found.binding {
        let place = found.limit.as_ref().map_or(String::new(), |(place, busy)| {
            format!(
                " {} is the busiest place there: {} busy.",
                look.name(place),
                number::share(*busy, look)
            )
        });
        list.push(format!(
            "Beyond it {} is missed first.{place}",
            look.name(binding)
        ));
    }
    if found.assumed {
        list.push(
            "The design has no objectives: it is assumed that 99% of what is offered must be \
             answered."
                .to_owned(),
        );
    }
    if found.partial {
        list.push("Partial: stopped before its end.".to_owned());
    }
    list
}

/// The objective that is plotted: the one that binds.
fn binding(found: &CapacityFound) -> Option<&str> {
    let first = || {
        let objectives = found.points.first()?.objectives.first()?;
        Some(objectives.text.as_str())
    };
    found.binding.as_deref().or_else(first)
}

/// A ramp: when it broke, and the course of it.
pub(crate) fn ramp(name: &str, found: &Ramp, look: Look) -> String {
    let mut text = look.paint(Role::Strong, &look.name(name)) + "\n";
    let verdict = match (found.broke_at_s, found.broke_per_s, found.broke_factor) {
        (Some(at), Some(rate), Some(factor)) => format!(
            "It breaks at {}, {factor:.2} times the traffic of the file: {} into the ramp, for good.",
            number::rate(rate, look),
            number::duration(at.round(), look)
        ),
        _ => format!(
            "It does not break up to {:.2} times the traffic of the file.",
            found.top
        ),
    };
    text.push_str(&look.paint(Role::Strong, wrap("", &verdict, look.width).trim_end()));
    text.push('\n');
    if let Some((node, busy)) = &found.busiest {
        let line = format!(
            "{} is the busiest node then: {} busy.",
            look.name(node),
            number::share(*busy, look)
        );
        text.push_str(&wrap("", &line, look.width));
    }
    if found.partial {
        text.push_str("Partial: stopped before its end.\n");
    }
    let course = super::course::charts(&found.result, look);
    if !course.is_empty() {
        text.push_str(&format!("\n{course}"));
    }
    text
}

/// Points far enough from each other to be told apart.
fn chosen(found: &CapacityFound) -> Vec<&CapacityPoint> {
    let mut all: Vec<&CapacityPoint> = found.points.iter().collect();
    while all.len() > SHOWN_MAX {
        let gap = |at: &usize| all[at + 1].factor / all[*at].factor;
        let closest = (0..all.len() - 2).min_by(|a, b| gap(a).total_cmp(&gap(b)));
        all.remove(closest.map_or(1, |at| at + 1));
    }
    all
}

fn of<'p>(point: &'p CapacityPoint, text: &str) -> Option<&'p ObjectiveResult> {
    point
        .objectives
        .iter()
        .find(|objective| objective.text == text)
}

fn table(points: &[&CapacityPoint], binding: Option<&str>, look: Look) -> String {
    let mut table = Table::new(vec![
        words("traffic"),
        figures("offered"),
        figures("goodput"),
        figures("observed"),
        words("busiest").leaving(1),
        figures("busy"),
        words(""),
    ]);
    for point in points {
        let observed = binding.and_then(|text| of(point, text));
        let observed = observed.and_then(|one| one.observed.map(|value| (one, value)));
        let (place, busy) = point
            .busiest
            .as_ref()
            .map_or((String::new(), String::new()), |busy| {
                (look.name(&busy.0), number::share(busy.1, look))
            });
        let (role, verdict) = if point.met {
            (Role::Good, format!("{} met", look.tick()))
        } else {
            (Role::Bad, format!("{} missed", look.cross()))
        };
        table.row(vec![
            Cell::from(format!("{} {:.3}", look.times(), point.factor)),
            number::rate(point.offered_per_s, look).into(),
            number::rate(point.goodput_per_s, look).into(),
            observed.map_or(Cell::new(Role::Dim, look.none()), |(one, value)| {
                objectives::written(&one.text, value, look).into()
            }),
            Cell::from(place),
            Cell::from(busy),
            Cell::new(role, verdict),
        ]);
    }
    table.render(look)
}

fn plot(points: &[&CapacityPoint], binding: &str, look: Look) -> Option<String> {
    let marks: Vec<Mark> = points
        .iter()
        .map(|point| {
            let seen = of(point, binding);
            Mark {
                label: number::rate(point.offered_per_s, look),
                value: seen.and_then(|seen| seen.observed),
                band: seen.and_then(|seen| seen.ci95),
            }
        })
        .collect();
    let limit = objective::parse(binding)
        .ok()
        .map(|parsed| parsed.bound.value());
    curve(
        &marks,
        limit,
        |value| objectives::written(binding, value, look),
        look,
    )
}
