//! What each fault did, and whether the system came back.

use super::{Context, Said};
use crate::insight::words::{share, time};
use crate::sim::result::{Phase, PhaseFigures};

/// Goodput below this multiple of before is harm.
const GOODPUT_SHARE: f64 = 0.95;
/// A latency above this multiple of before is harm.
const LATENCY_FACTOR: f64 = 1.5;

/// A fault and its phases.
struct Story<'a> {
    name: &'a str,
    during: Option<&'a Phase>,
    after: Option<&'a Phase>,
}

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let Some((before, phases)) = context.result.phases.split_first() else {
        return Vec::new();
    };
    if before.name != "before" {
        return Vec::new();
    }
    stories(phases)
        .iter()
        .flat_map(|story| tell(context, before, story))
        .collect()
}

fn stories(phases: &[Phase]) -> Vec<Story<'_>> {
    let mut stories: Vec<Story<'_>> = Vec::new();
    for phase in phases {
        match phase.name.strip_prefix("after ") {
            Some(name) => match stories.last_mut() {
                Some(story) if story.name == name && story.after.is_none() => {
                    story.after = Some(phase);
                }
                // What lasts no time, as the loss of a cache's contents, has no phase of its own.
                _ => stories.push(Story {
                    name,
                    during: None,
                    after: Some(phase),
                }),
            },
            None => stories.push(Story {
                name: &phase.name,
                during: Some(phase),
                after: None,
            }),
        }
    }
    stories
}

fn tell(context: &Context<'_>, before: &Phase, story: &Story<'_>) -> Vec<Said> {
    let mut said = Vec::new();
    let name = story.name;
    let harmed_during = story
        .during
        .and_then(|phase| Harm::worst(context, before, phase));
    let harmed_after = story
        .after
        .and_then(|phase| Harm::worst(context, before, phase));
    if let (Some(phase), Some(harm)) = (story.during, &harmed_during) {
        let text = format!(
            "While {name} lasted ({}), {}.",
            length(phase),
            harm.words(context)
        );
        said.push(Said::new(860, "fault", name, text));
    }
    let Some(after) = story.after else {
        return said;
    };
    match (after.recovery_s, &harmed_during, &harmed_after) {
        (None, _, Some(harm)) => {
            let text = format!(
                "The system does not come back by itself: in the {} after {name}, {}.",
                length(after),
                harm.words(context)
            );
            said.push(Said::new(920, "no_recovery", name, text));
        }
        (Some(recovery_s), _, _) if recovery_s > 0.0 => {
            let text = format!(
                "After {name} it took {} until all was as before.",
                time(recovery_s)
            );
            said.push(Said::new(855, "recovery", name, text));
        }
        (Some(_), Some(_), _) => {
            let text = format!("As soon as {name} was over, all was as before.");
            said.push(Said::new(855, "recovery", name, text));
        }
        (Some(_), None, None) => {
            let text = format!("{name} did no harm that clients could see.");
            said.push(Said::new(350, "no_harm", name, text));
        }
        _ => {}
    }
    said
}

fn length(phase: &Phase) -> String {
    time(phase.to_s - phase.from_s)
}

/// The endpoint that suffered most, before and now.
struct Harm<'a> {
    before: &'a PhaseFigures,
    now: &'a PhaseFigures,
}

impl<'a> Harm<'a> {
    fn worst(context: &Context<'_>, before: &'a Phase, now: &'a Phase) -> Option<Self> {
        let attacks = context
            .result
            .endpoints
            .iter()
            .map(|endpoint| endpoint.attack);
        let pairs = before.endpoints.iter().zip(&now.endpoints).zip(attacks);
        let mut worst: Option<(Self, f64)> = None;
        for ((before, now), attack) in pairs {
            let harm = Self { before, now };
            let score = harm.score();
            if !attack && score > 1.0 && worst.as_ref().is_none_or(|(_, worst)| score > *worst) {
                worst = Some((harm, score));
            }
        }
        worst.map(|(harm, _)| harm)
    }

    /// How far beyond what counts as harm; lost goodput before slowness.
    fn score(&self) -> f64 {
        if self.before.completed == 0 || self.now.offered == 0 {
            return 0.0;
        }
        let lost = if self.lost() {
            1_000.0 * goodput(self.before) / goodput(self.now).max(1e-9)
        } else {
            0.0
        };
        lost + if self.slow() {
            self.now.p99_s / (LATENCY_FACTOR * self.before.p99_s)
        } else {
            0.0
        }
    }

    fn lost(&self) -> bool {
        goodput(self.now) < GOODPUT_SHARE * goodput(self.before)
    }

    fn slow(&self) -> bool {
        self.now.completed > 0 && self.now.p99_s > LATENCY_FACTOR * self.before.p99_s
    }

    fn words(&self, context: &Context<'_>) -> String {
        let name = context.name(&self.now.id);
        let (was, is) = (share(goodput(self.before)), share(goodput(self.now)));
        let lost = format!("{name} completed {is} of what was offered instead of {was}");
        let (was, is) = (time(self.before.p99_s), time(self.now.p99_s));
        match (self.lost(), self.slow()) {
            (true, true) => format!("{lost}, and its p99 was {is} instead of {was}"),
            (true, false) => lost,
            (false, _) => format!("the p99 of {name} was {is} instead of {was}"),
        }
    }
}

fn goodput(figures: &PhaseFigures) -> f64 {
    if figures.offered == 0 {
        0.0
    } else {
        figures.completed as f64 / figures.offered as f64
    }
}
