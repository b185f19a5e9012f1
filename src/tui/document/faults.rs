//! The faults of a design over the time of its run: when each is to be expected, and the edits that
//! move its begin and its end.

use super::Document;
use crate::design::Design;
use crate::design::edit::{Edited, set};
use crate::design::model::{Dist, Fault, FaultEntry, TimeDist};
use crate::design::syntax::quote;
use crate::design::tree::PathError;
use crate::sim::distribution;
use crate::tui::charts::time_step;
use crate::units::Nanos;

/// Times that a repeated fault is shown at most.
const TIMES_MAX: usize = 500;

/// Steps in which a fault is moved over the whole run, about.
const STEPS: u16 = 60;

/// A fault over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// What it is called.
    pub name: String,
    /// When it begins and ends, in seconds; drawn times are shown at their means.
    pub spans_s: Vec<(f64, f64)>,
    /// Whether it comes again.
    pub repeats: bool,
}

/// One lane for each fault, in the order of the document.
pub fn lanes(design: &Design) -> Vec<Lane> {
    let end_s = design.run.duration.as_secs();
    design
        .faults
        .iter()
        .map(|entry| lane(entry, end_s))
        .collect()
}

/// The mean of a time in seconds; the end of the run if it has none.
fn mean_s(time: &TimeDist, end_s: f64) -> f64 {
    match distribution(&time.0) {
        Ok(dist) if dist.mean().is_finite() => dist.mean().max(0.0),
        _ => end_s,
    }
}

fn lane(entry: &FaultEntry, end_s: f64) -> Lane {
    let every_s = entry.every.as_ref().map(|every| mean_s(every, end_s));
    let lasts_s = match (&entry.lasts, &entry.fault) {
        (Some(lasts), _) => mean_s(lasts, end_s),
        // What a cache has lost is lost at once.
        (None, Fault::Flush { .. }) => 0.0,
        (None, _) => f64::INFINITY,
    };
    let at_s = entry.at.unwrap_or(Nanos(0)).as_secs();
    let mut start_s = match every_s {
        Some(every_s) if at_s <= 0.0 => every_s,
        _ => at_s,
    };
    let mut spans_s = Vec::new();
    while start_s <= end_s && spans_s.len() < TIMES_MAX {
        spans_s.push((start_s, start_s + lasts_s));
        match every_s {
            Some(every_s) if every_s + lasts_s > 0.0 => start_s += lasts_s + every_s,
            _ => break,
        }
    }
    Lane {
        name: entry.title(),
        spans_s,
        repeats: every_s.is_some(),
    }
}

/// The factor that faults put on the traffic of a client at a moment.
pub fn traffic_factor(design: &Design, client: &str, at_s: f64) -> f64 {
    let end_s = design.run.duration.as_secs();
    let factors = design.faults.iter().filter_map(|entry| match &entry.fault {
        Fault::Traffic { client: of, factor } if of == client => {
            let spans = lane(entry, end_s).spans_s;
            let active = spans.iter().any(|(from, to)| at_s >= *from && at_s < *to);
            active.then_some(*factor)
        }
        _ => None,
    });
    factors.product()
}

/// The fault that a path leads into, by its position.
pub fn fault_of(path: &str) -> Option<usize> {
    let rest = path.strip_prefix("faults/")?;
    rest.split('/').next()?.parse().ok()
}

/// How far one press moves a fault: a round time, about a sixtieth of the run.
pub fn step(design: &Design) -> Nanos {
    let seconds = time_step(design.run.duration.as_secs(), STEPS);
    Nanos::from_secs(seconds.max(0.001))
}

/// How a fault is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// It begins a step earlier and lasts as long.
    Earlier,
    /// It begins a step later and lasts as long.
    Later,
    /// It ends a step earlier.
    Shorter,
    /// It ends a step later.
    Longer,
}

impl Shift {
    /// A time a step further that way, on a whole number of steps.
    fn apply(self, time: Nanos, step: Nanos) -> Nanos {
        let (time, step) = (time.0, step.0.max(1));
        let steps = match self {
            Shift::Earlier | Shift::Shorter => time.div_ceil(step).saturating_sub(1),
            Shift::Later | Shift::Longer => (time / step).saturating_add(1),
        };
        Nanos(steps.saturating_mul(step))
    }
}

/// The fault at a position, moved.
///
/// # Errors
/// Why it cannot be moved so, as a sentence.
pub fn shifted(document: &Document, index: usize, shift: Shift) -> Result<Moved, String> {
    let design = document.design();
    let Some(entry) = design.faults.get(index) else {
        return Err("There is no such fault.".to_owned());
    };
    let (end, step) = (design.run.duration, step(design));
    let at = entry.at.unwrap_or(Nanos(0));
    let (field, time) = match shift {
        Shift::Earlier | Shift::Later => {
            let to = shift.apply(at, step);
            if to == at || to >= end {
                return Err("A fault begins within the run.".to_owned());
            }
            ("at", to)
        }
        Shift::Shorter | Shift::Longer => {
            let left = Nanos(end.0.saturating_sub(at.0));
            let lasts = match entry.lasts.as_ref().map(|lasts| &lasts.0) {
                None => left,
                Some(Dist::Constant { value }) => Nanos::from_secs(value.0),
                Some(_) => {
                    return Err(
                        "How long it lasts is drawn. Change the distribution in its field."
                            .to_owned(),
                    );
                }
            };
            let to = shift.apply(lasts, step);
            if shift == Shift::Longer && to > left {
                return Err("It lasts to the end of the run already.".to_owned());
            }
            if to.0 == 0 {
                return Err("A fault cannot be shorter. d removes it.".to_owned());
            }
            ("lasts", to)
        }
    };
    Ok(Moved {
        title: format!("move {}", entry.title()),
        path: format!("faults/{index}/{field}"),
        time,
    })
}

/// A fault with another begin or end, as an edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// The title of the edit.
    pub title: String,
    /// What changes.
    pub path: String,
    /// The time that it gets.
    pub time: Nanos,
}

impl Moved {
    /// Makes the edit.
    ///
    /// # Errors
    /// If the fault is not in the text itself but in one that it extends.
    pub fn edit(&self, text: &str) -> Result<Edited, PathError> {
        set(text, &self.path, &quote(&self.time.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"(format: 1, nodes: {
        "users": Client(traffic: [(to: "web", rate: "50/s")]), "web": Service(),
    }, faults: [
        (at: "20s", lasts: "10s", fault: Crash(node: "web")),
        (every: "10s", lasts: "5s", fault: Traffic(client: "users", factor: 3)), // bursts
        (at: "30s", fault: Slow(node: "web", factor: 2)),
    ])"#;

    #[test]
    fn faults_have_the_times_that_the_run_gives_them() {
        let document = Document::new(TEXT);
        assert!(document.is_sound(), "{:?}", document.problems());
        let lanes = lanes(document.design());
        assert_eq!(lanes[0].spans_s, [(20.0, 30.0)]);
        assert_eq!(
            lanes[1].spans_s,
            [(10.0, 15.0), (25.0, 30.0), (40.0, 45.0), (55.0, 60.0)]
        );
        assert!(lanes[1].repeats && !lanes[2].repeats);
        assert_eq!(lanes[2].spans_s, [(30.0, f64::INFINITY)]);
        let factor = |at| traffic_factor(document.design(), "users", at);
        assert!((factor(12.0) - 3.0).abs() < 1e-12 && (factor(20.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_fault_moves_in_round_steps_and_back() {
        let mut document = Document::new(TEXT);
        let mut shift = |index, shift| {
            let moved = shifted(&document, index, shift)?;
            let done = document.edit("move", |text| moved.edit(text));
            done.map_err(|error| error.message)
        };
        assert_eq!(shift(0, Shift::Later), Ok(()));
        assert_eq!(shift(0, Shift::Longer), Ok(()));
        assert_eq!(shift(2, Shift::Shorter), Ok(()));
        assert!(shift(1, Shift::Earlier).is_err());
        assert!(shift(9, Shift::Earlier).is_err());
        let lanes = lanes(document.design());
        assert_eq!(lanes[0].spans_s, [(21.0, 32.0)]);
        assert_eq!(lanes[2].spans_s, [(30.0, 59.0)]);
        assert!(document.text().contains("// bursts"));
        while document.undo().is_some() {}
        assert_eq!(document.text(), TEXT);
    }
}
