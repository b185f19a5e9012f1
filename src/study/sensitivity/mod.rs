//! What one more replica, worker or connection would do, what work that is a tenth quicker would,
//! and how much depends on what was only guessed.
//!
//! Every change is a variant of the design that meets the same requests: the differences are paired,
//! with intervals. Where there is more to turn than is worth simulating, the estimate by formulas
//! says what has any influence, and the rest is named as left out.

mod guesses;
mod knobs;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::compare::{Alternative, Comparison, Differences, Pair, compare};
use super::run::{Progress, RunError, RunSettings};
use super::sweep::Base;
use crate::design::Loaded;
use crate::insight::difference::{Difference, Verdict};
use crate::insight::estimate::{Estimate, estimate};
pub use guesses::Guess;
pub use knobs::{Knob, Sort};

/// Most knobs that are simulated.
pub const KNOBS_MAX: usize = 13;
/// Most guesses that are simulated, with two values each.
pub const GUESSES_MAX: usize = 6;
/// What any change is taken to cost at least, relative to the cost of the design: somebody has to
/// make it.
const EFFORT: f64 = 0.01;
/// The figures that can be looked at.
pub const FIGURES: [&str; 7] = ["goodput", "failed", "attempts", "mean", "p50", "p95", "p99"];
/// The name of all requests together.
const ALL: &str = "*";

/// Which figure is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// The endpoint, by its whole identifier; all requests if left out.
    pub endpoint: Option<String>,
    /// `mean`, `p50`, `p95`, `p99`, `goodput`, `failed` or `attempts`; `p99` if left out.
    pub figure: Option<String>,
}

/// What changes would do.
#[derive(Debug, Clone, Serialize)]
pub struct Sensitivity {
    /// The endpoint that is looked at; `*` is all requests.
    pub endpoint: String,
    /// The figure that is looked at.
    pub figure: String,
    /// Its value as the design is.
    pub value: Option<f64>,
    /// Dollars per hour as the design is.
    pub cost_per_hour: f64,
    /// Paired replications of each change.
    pub replications: u32,
    /// Length of each.
    pub simulated_s: f64,
    /// It was stopped before its end.
    pub partial: bool,
    /// Changes, the best first: by effect over cost.
    pub changes: Vec<Change>,
    /// Changes of which a formula says that they have less influence; they were not simulated.
    pub left_out: Vec<String>,
    /// Guesses, those first with which the figure moves most.
    pub guesses: Vec<GuessMoves>,
    /// Guesses with less influence by formula; they were not simulated.
    pub guesses_left_out: Vec<String>,
}

/// A change and what it does.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// One more, quicker, or more traffic.
    pub sort: Sort,
    /// The node or wire that it is about; empty for all traffic.
    pub about: String,
    /// What is changed.
    pub words: String,
    /// The same as changes of the file, where it can be written as such.
    pub set: Vec<(String, String)>,
    /// The figure that is looked at.
    pub figure: Difference,
    /// The mean latency.
    pub mean: Difference,
    /// Completed requests per second.
    pub goodput: Difference,
    /// Dollars per hour.
    pub cost: Difference,
    /// By how much the figure gets better, relative to what it is, over what the change costs,
    /// relative to the cost of the design and counted as at least 1%.
    pub worth: f64,
}

/// A guess, and how far the figure moves with it.
#[derive(Debug, Clone, Serialize)]
pub struct GuessMoves {
    /// Where it stands.
    pub path: String,
    /// What was guessed.
    pub value: String,
    /// The range that was tried is that of the document; else it is half and twice as much.
    pub stated: bool,
    /// The values that were tried, lower and higher, and the difference of the figure with each.
    pub tried: Vec<(String, Difference)>,
    /// How far the figure moves at most, relative to what it is.
    pub moves: f64,
}

/// How many designs would be simulated: the design as it is, each change, and each value of a guess.
pub fn count(base: &Base<'_>) -> usize {
    let screen = Screen::of(base, &Ask::default());
    let (knobs, guesses) = (screen.knobs(base).0, screen.guesses(base).0);
    1 + knobs.len() + guesses.iter().map(|(_, both)| both.len()).sum::<usize>()
}

/// Turns every knob that may have an influence, and every guess. `watch` ends the study by answering
/// `false`.
///
/// # Errors
/// If the design cannot be simulated, there is no such endpoint or figure, or it was stopped before
/// there was anything to compare.
pub fn sensitivity(
    base: &Base<'_>,
    settings: &RunSettings,
    ask: &Ask,
    watch: &dyn Fn(Progress) -> bool,
) -> Result<Sensitivity, RunError> {
    let figure = ask.figure.as_deref().unwrap_or("p99").to_owned();
    if !FIGURES.contains(&figure.as_str()) {
        let known = FIGURES.join(", ");
        let message = format!("There is no figure {figure:?}; there are: {known}.");
        return Err(RunError::Settings(message));
    }
    let screen = Screen::of(base, ask);
    let (knobs, left_out) = screen.knobs(base);
    let (guesses, guesses_left_out) = screen.guesses(base);
    let mut sides = vec![side("as drawn", base.loaded.clone())];
    for (knob, loaded) in &knobs {
        sides.push(side(&knob.words, loaded.clone()));
    }
    for (guess, loaded) in &guesses {
        sides.extend(
            loaded
                .iter()
                .map(|loaded| side(&guess.path, loaded.clone())),
        );
    }
    let settings = RunSettings {
        precision: None,
        ..settings.clone()
    };
    let found = compare(&sides, &settings, watch).map_err(|(_, error)| error)?;
    let endpoint = endpoint(&found, ask)?;
    let mut pairs = found.pairs.iter();
    let mut changes = Vec::with_capacity(knobs.len());
    for ((knob, _), pair) in knobs.into_iter().zip(&mut pairs) {
        changes.push(change(knob, pair, &endpoint, &figure));
    }
    changes.sort_by(|a, b| b.worth.total_cmp(&a.worth));
    let mut moved = Vec::with_capacity(guesses.len());
    for (guess, loaded) in guesses {
        let tried = pairs.by_ref().take(loaded.len());
        let tried = tried.map(|pair| at(pair, &endpoint, &figure).clone());
        moved.push(moves(guess, tried.collect()));
    }
    moved.sort_by(|a, b| b.moves.total_cmp(&a.moves));
    Ok(Sensitivity {
        value: value(&found, &endpoint, &figure),
        cost_per_hour: found.sides[0].result.cost.per_hour,
        endpoint,
        figure,
        replications: found.replications,
        simulated_s: found.simulated_s,
        partial: found.partial,
        changes,
        left_out,
        guesses: moved,
        guesses_left_out,
    })
}

fn side(name: &str, loaded: Loaded) -> Alternative {
    Alternative {
        name: name.to_owned(),
        loaded,
    }
}

/// The identifier under which the differences stand.
fn endpoint(found: &Comparison, ask: &Ask) -> Result<String, RunError> {
    let ids: Vec<&str> = found.pairs[0]
        .endpoints
        .iter()
        .map(|at| at.id.as_str())
        .collect();
    let Some(asked) = &ask.endpoint else {
        let all = ids.iter().find(|id| **id == ALL).or(ids.first());
        return Ok(all.map_or(ALL, |id| *id).to_owned());
    };
    if ids.contains(&asked.as_str()) {
        return Ok(asked.clone());
    }
    let known = ids.join(", ");
    let message = format!("There is no endpoint {asked:?}; there are: {known}.");
    Err(RunError::Settings(message))
}

fn at<'p>(pair: &'p Pair, endpoint: &str, figure: &str) -> &'p Difference {
    let of: Option<&Differences> = pair.endpoints.iter().find(|at| at.id == endpoint);
    let mut all = of.into_iter().flat_map(|at| &at.figures);
    all.find(|one| one.figure == figure)
        .expect("all pairs have the endpoint that was chosen and all figures")
}

fn value(found: &Comparison, endpoint: &str, figure: &str) -> Option<f64> {
    at(&found.pairs[0], endpoint, figure).baseline
}

/// By how much a figure gets better, relative to what it is; 0 where no difference is seen.
fn better(of: &Difference) -> f64 {
    let sign = if of.figure == "goodput" { 1.0 } else { -1.0 };
    match (of.verdict, of.baseline, of.difference) {
        (Verdict::Rises | Verdict::Falls, Some(baseline), Some(difference)) => {
            sign * difference / baseline.abs().max(f64::MIN_POSITIVE)
        }
        _ => 0.0,
    }
}

fn change(knob: Knob, pair: &Pair, endpoint: &str, figure: &str) -> Change {
    let of = |name: &str| at(pair, endpoint, name).clone();
    let cost = pair.whole.iter().find(|one| one.figure == "cost per hour");
    let cost = cost.cloned().expect("a comparison has a cost per hour");
    let dearer = match (cost.baseline, cost.difference) {
        (Some(before), Some(more)) if before > 0.0 => more / before,
        _ => 0.0,
    };
    let figure = of(figure);
    let gain = better(&figure);
    Change {
        sort: knob.sort,
        about: knob.about,
        words: knob.words,
        set: knob.set,
        worth: gain / dearer.max(EFFORT),
        mean: of("mean"),
        goodput: of("goodput"),
        figure,
        cost,
    }
}

fn moves(guess: Guess, differences: Vec<Difference>) -> GuessMoves {
    let most = differences.iter().map(|of| better(of).abs());
    GuessMoves {
        path: guess.path,
        value: guess.value,
        stated: guess.stated,
        moves: most.fold(0.0, f64::max),
        tried: guess.range.into_iter().zip(differences).collect(),
    }
}

/// The estimate by formulas, which says what is worth simulating.
struct Screen {
    estimate: Option<Estimate>,
    endpoint: Option<String>,
}

impl Screen {
    fn of(base: &Base<'_>, ask: &Ask) -> Self {
        Self {
            estimate: estimate(&base.loaded.design).ok(),
            endpoint: ask.endpoint.clone(),
        }
    }

    /// The knobs to simulate with the design that each makes, in the order of the file, and what the
    /// others do.
    fn knobs(&self, base: &Base<'_>) -> (Vec<(Knob, Loaded)>, Vec<String>) {
        let turned = knobs::of(&base.loaded.design).into_iter();
        let turned = turned.filter_map(|knob| {
            let loaded = knob.turned(base)?;
            (loaded.design != base.loaded.design).then_some((knob, loaded))
        });
        let score = |(_, loaded): &(Knob, Loaded)| self.influence(loaded);
        let (kept, rest) = most(turned.collect(), KNOBS_MAX, score);
        (kept, rest.into_iter().map(|(knob, _)| knob.words).collect())
    }

    /// The same of the guesses: each with a lower and a higher value.
    fn guesses(&self, base: &Base<'_>) -> (Vec<(Guess, Vec<Loaded>)>, Vec<String>) {
        let tried = guesses::of(base.loaded).into_iter().filter_map(|guess| {
            let with = |value: &String| base.with(vec![(guess.path.clone(), value.clone())]);
            let both: Result<Vec<Loaded>, _> = guess.range.iter().map(with).collect();
            both.ok().map(|both| (guess, both))
        });
        let score = |(_, both): &(Guess, Vec<Loaded>)| {
            both.iter().map(|of| self.influence(of)).fold(0.0, f64::max)
        };
        let (kept, rest) = most(tried.collect(), GUESSES_MAX, score);
        (
            kept,
            rest.into_iter().map(|(guess, _)| guess.path).collect(),
        )
    }

    /// How much a change moves times and goodput by formula, as a share of what they are. Where a
    /// queue is full there are no times, and how full it is counts.
    fn influence(&self, changed: &Loaded) -> f64 {
        let (Some(before), Ok(after)) = (&self.estimate, estimate(&changed.design)) else {
            return 0.0;
        };
        let moved = |was: Option<f64>, is: Option<f64>| match (was, is) {
            (Some(was), Some(is)) if was > 0.0 => (is / was - 1.0).abs(),
            (Some(_), None) | (None, Some(_)) => 1.0,
            _ => 0.0,
        };
        let endpoints = before.endpoints.iter().zip(&after.endpoints);
        let asked = endpoints.filter(|(of, _)| {
            !of.attack && self.endpoint.as_ref().is_none_or(|asked| *asked == of.id)
        });
        let seen = asked.map(|(was, is)| {
            moved(was.p99_s, is.p99_s)
                .max(moved(was.mean_s, is.mean_s))
                .max(moved(Some(was.goodput_per_s), Some(is.goodput_per_s)))
        });
        let fullest = |of: &Estimate| of.nodes.iter().map(|node| node.utilization).sum::<f64>();
        let filled = (fullest(&after) - fullest(before)).abs();
        seen.fold(0.0, f64::max) + 1e-3 * filled
    }
}

/// So many of a list with the highest scores, in their order, and the rest.
fn most<T>(list: Vec<T>, count: usize, score: impl Fn(&T) -> f64) -> (Vec<T>, Vec<T>) {
    let scores: Vec<f64> = list.iter().map(score).collect();
    let mut order: Vec<usize> = (0..list.len()).collect();
    // The sort is stable: of equals the first in the file are kept.
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    order.truncate(count);
    let (mut kept, mut rest) = (Vec::new(), Vec::new());
    for (index, one) in list.into_iter().enumerate() {
        if order.contains(&index) {
            kept.push(one);
        } else {
            rest.push(one);
        }
    }
    (kept, rest)
}
