//! What a report says: one file per section. Each gives its blocks, or none if the run has nothing
//! to say about it.

mod clients;
mod comparison;
mod course;
pub(super) mod drawing;
mod inside;
mod outcome;
mod source;
mod theory;
mod time;

use super::document::{Block, Document, Figure, Text, Tone};
use crate::design::{Design, Provenance};
use crate::insight::words;
use crate::sim::result::{EndpointFigures, RunResult};
use crate::study::compare::Comparison;
use crate::study::run::Sparse;

/// What a report is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The design that was simulated.
    pub design: &'a Design,
    /// Its text, with base, variant and changes applied.
    pub text: &'a str,
    /// Where its figures come from.
    pub provenance: &'a [Provenance],
    /// What was measured.
    pub result: &'a RunResult,
    /// Latencies by endpoint.
    pub histograms: &'a [(String, Sparse)],
    /// Alternatives, the design first.
    pub comparison: Option<&'a Comparison>,
    /// The command that makes the same run again.
    pub command: &'a str,
    /// When the run was made, if it was kept.
    pub made: Option<&'a str>,
    /// The version of buttress that made it.
    pub version: &'a str,
}

/// The report as a document.
pub(super) fn document(subject: &Subject<'_>) -> Document {
    let mut document = Document {
        title: title(subject),
        subtitle: subtitle(subject),
        sections: Vec::new(),
    };
    document.section("outcome", "Outcome", outcome::blocks(subject));
    document.section("design", "Design", vec![design(subject)]);
    document.section("requests", "What clients saw", clients::blocks(subject));
    document.section("faults", "Faults and recovery", course::blocks(subject));
    document.section("time", "Where the time went", time::blocks(subject));
    document.section("inside", "Nodes and wires", inside::blocks(subject));
    document.section("comparison", "Comparison", comparison::blocks(subject));
    document.section("estimate", "Estimate by formulas", theory::blocks(subject));
    document.section("source", "Where this comes from", source::blocks(subject));
    document
}

/// The design's name, or its file.
pub(super) fn title(subject: &Subject<'_>) -> String {
    let of = &subject.result.design;
    let name = if of.name.is_empty() {
        &of.file
    } else {
        &of.name
    };
    match &of.variant {
        Some(variant) => format!("{name} · {variant}"),
        None => name.clone(),
    }
}

fn subtitle(subject: &Subject<'_>) -> Vec<Text> {
    let result = subject.result;
    let mut lines = Vec::new();
    if !subject.design.lesson.is_empty() {
        lines.push(Text::from(subject.design.lesson.as_str()));
    }
    let warmup = match result.warmup_by.as_str() {
        _ if result.warmup_s > 0.0 => {
            format!("first {} left out (warm-up)", words::time(result.warmup_s))
        }
        "transient" => "nothing left out, since things change over time".to_owned(),
        _ => "nothing left out".to_owned(),
    };
    let mut run = format!(
        "{} × {} · seed {} · {warmup} · {} events · buttress {}",
        words::counted(
            u64::from(result.replications),
            "replication",
            "replications"
        ),
        words::time(result.simulated_s),
        result.seed,
        words::count(result.events),
        subject.version,
    );
    if let Some(made) = subject.made {
        run.push_str(&format!(" · {made}"));
    }
    lines.push(Text::new(Tone::Dim, run));
    if result.partial {
        let note = "This run was stopped before its end: these are the figures of what was simulated until then.";
        lines.push(Text::new(Tone::Warn, note));
    }
    lines
}

fn design(subject: &Subject<'_>) -> Block {
    let caption = "Bars and colours: how busy each node was over the measured time.";
    Block::Figures(vec![Figure {
        svg: drawing::element(subject),
        caption: Text::new(Tone::Dim, caption),
        text: crate::layout::picture::text(
            subject.design,
            drawing::TEXT_COLUMNS,
            crate::layout::Charset::Unicode,
        ),
        wide: true,
    }])
}

/// A name of a result as people read it: arrows drawn as arrows.
fn name(id: &str) -> String {
    id.replace(" -> ", " → ")
}

/// How many requests failed, whatever the cause.
fn failed(endpoint: &EndpointFigures) -> u64 {
    endpoint.failed.values().sum()
}

/// A part of a whole, 0 of nothing.
fn part(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// A figure with its 95% interval behind it.
fn with_interval(write: fn(f64) -> String, value: f64, ci95: Option<[f64; 2]>) -> Text {
    let text = Text::from(write(value));
    match ci95.filter(|[low, high]| low.is_finite() && high.is_finite() && *high > 0.0) {
        Some(ends) => text.and(Tone::Aside, format!(" {}", range(write, ends))),
        None => text,
    }
}

/// Both ends of an interval, with one unit if it is the same: `205–219 ms`.
fn range(write: fn(f64) -> String, [low, high]: [f64; 2]) -> String {
    let (low, high) = (write(low), write(high));
    let unit = |text: &str| {
        let end = text.rfind(|letter: char| letter.is_ascii_digit());
        text[end.map_or(0, |at| at + 1)..].to_owned()
    };
    match low.strip_suffix(&unit(&high)) {
        Some(number) if unit(&low) == unit(&high) => format!("{}–{high}", number.trim_end()),
        _ => format!("{low} – {high}"),
    }
}
