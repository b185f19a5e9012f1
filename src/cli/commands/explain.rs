//! `explain`: why a design behaves as it does, and what would change it.

use crate::cli::answer::{self, explained};
use crate::cli::asking::{self, StudyOptions};
use crate::cli::console::Console;
use crate::cli::csv;
use crate::cli::exit::{Exit, Failure};
use crate::cli::studies::{
    self, Base, Change, KNOBS_MAX, Progress, RunError, Sensitivity, SensitivityAsk as Ask,
};
use crate::insight::difference::Difference;
use crate::insight::headroom::{self, Limit};
use crate::insight::incident::{self, Incident};
use crate::sim::result::{Attribution, Exemplar, Finding, ObjectiveResult, RunResult};
use clap::Args;
use serde::Serialize;

/// Say why a design behaves as it does, and what would change it
#[derive(Debug, Args)]
#[command(
    after_help = "A kept run is simulated again. Each change is simulated beside the design as it is, \
                  under the same requests."
)]
pub(crate) struct Explain {
    /// The endpoint to look at; the one with most requests if left out
    #[arg(long, value_name = "ENDPOINT")]
    endpoint: Option<String>,
    /// The figure that changes are judged by: mean, p50, p95, p99, goodput or failed
    #[arg(long, value_name = "FIGURE", default_value = "p99")]
    figure: String,
    /// Do not simulate what changes would do
    #[arg(long)]
    no_sensitivity: bool,
    #[command(flatten)]
    study: StudyOptions,
}

/// What `explain --json` says beside the file.
#[derive(Debug, Serialize)]
struct Explanation<'a> {
    endpoint: &'a str,
    seed: u64,
    replications: u32,
    partial: bool,
    findings: &'a [Finding],
    incidents: Vec<Incident>,
    attribution: &'a [Attribution],
    headroom: Vec<Limit>,
    sensitivity: Option<&'a Sensitivity>,
    exemplars: &'a [Exemplar],
    objectives: &'a [ObjectiveResult],
}

impl Explain {
    /// Explains it.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        let asked = self.study.open_any("explain", console)?;
        let (outcome, stopped) = asking::pursue("explain", console, |watch| {
            let parts = if self.no_sensitivity {
                1.0
            } else {
                KNOBS_MAX as f64 + 1.0
            };
            let part = |before: f64, of: f64| {
                move |progress: Progress| {
                    watch(Progress {
                        simulated_share: (before + of * progress.simulated_share) / parts,
                        ..progress
                    })
                }
            };
            let first = part(0.0, 1.0);
            let mut result = studies::run(&asked.loaded, &asked.settings, &first)?.result;
            asked.name.clone_into(&mut result.design.file);
            result.design.variant.clone_from(&self.study.design.variant);
            let endpoint = answer::endpoint_named(&result, self.endpoint.as_deref());
            let Some(endpoint) = endpoint.filter(|_| !result.partial) else {
                return Ok((result, self.endpoint.clone().unwrap_or_default(), None));
            };
            if self.no_sensitivity {
                return Ok((result, endpoint, None));
            }
            let base = Base {
                loaded: &asked.loaded,
                name: &asked.name,
                catalogue: self.study.design.catalogue.as_deref(),
            };
            let ask = Ask {
                endpoint: Some(endpoint.clone()),
                figure: Some(self.figure.clone()),
            };
            let rest = part(1.0, parts - 1.0);
            match studies::sensitivity(&base, &asked.settings, &ask, &rest) {
                Ok(found) => Ok((result, endpoint, Some(found))),
                // Stopped: what the run says stands by itself.
                Err(RunError::Nothing) => Ok((result, endpoint, None)),
                Err(error) => Err(error),
            }
        })?;
        let (result, endpoint, found) = outcome.map_err(|error| asked.refusal(&error, stopped))?;
        if answer::endpoint_named(&result, Some(&endpoint)).is_none() && !endpoint.is_empty() {
            return Err(unknown(&endpoint, &result));
        }
        let explanation = Explanation {
            endpoint: &endpoint,
            seed: result.seed,
            replications: result.replications,
            partial: result.partial || stopped.is_some(),
            findings: &result.findings,
            incidents: incident::incidents(&result),
            attribution: &result.attribution,
            headroom: headroom::fullest(&result),
            sensitivity: found.as_ref(),
            exemplars: &result.exemplars,
            objectives: &result.objectives,
        };
        let words = |_: &str, _: &Explanation<'_>, look| {
            explained::explanation(&result, &endpoint, found.as_ref(), look)
        };
        let given = ("buttress.explain/1", &asked, &explanation);
        self.study.give(given, rows, words, console);
        Ok(stopped.unwrap_or(Exit::Done))
    }
}

fn unknown(endpoint: &str, result: &RunResult) -> Failure {
    let known: Vec<&str> = result.endpoints.iter().map(|of| of.id.as_str()).collect();
    Failure::usage(
        format!("there is no endpoint {endpoint:?}"),
        format!("There are: {}.", known.join(", ")),
    )
}

/// `section,about,what,value,low,high,cost`: parts of the time, limits, changes.
fn rows(of: &Explanation<'_>) -> String {
    let mut text = String::from("section,about,what,value,low,high,cost\n");
    let mut row = |section: &str, about: &str, what: &str, rest: [String; 4]| {
        let [value, low, high, cost] = &rest;
        text.push_str(&csv::row(&[section, about, what, value, low, high, cost]));
    };
    let only = |value: f64| {
        [
            value.to_string(),
            String::new(),
            String::new(),
            String::new(),
        ]
    };
    for endpoint in of.attribution {
        for part in &endpoint.parts {
            let what = format!("{} {}", part.place, part.what);
            row("mean_s", &endpoint.id, &what, only(part.mean_s));
            row("slowest_s", &endpoint.id, &what, only(part.slowest_s));
        }
    }
    for limit in &of.headroom {
        row("headroom", &limit.about, &limit.part, only(limit.used));
    }
    let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    let difference = |of: &Difference, cost: Option<f64>| {
        let [low, high] = [0, 1].map(|end| number(of.ci95.map(|ends| ends[end])));
        [number(of.difference), low, high, number(cost)]
    };
    let Some(found) = of.sensitivity else {
        return text;
    };
    for Change {
        about,
        words,
        figure,
        cost,
        ..
    } in &found.changes
    {
        row("change", about, words, difference(figure, cost.difference));
    }
    for guess in &found.guesses {
        for (value, moved) in &guess.tried {
            row("guess", &guess.path, value, difference(moved, None));
        }
    }
    text
}
