//! The verdicts of a check as a list of cases, whatever they are written as: each objective, each
//! figure that is held against a baseline, and a design that could not be checked at all.

use super::document::{Block, Table, Text, Tone};
use crate::design::Loaded;
use crate::design::diagnostic::{Diagnostics, Location, Severity};
use crate::design::syntax::{Data, Value};
use crate::insight::objectives::observed_words;
use crate::insight::regression::{self, Judged};
use crate::sim::result::ObjectiveResult;

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Whether the design can be checked.
    Design,
    /// An objective.
    Objective,
    /// A figure against a baseline.
    Baseline,
}

impl Class {
    /// As it is called in reports.
    pub fn word(self) -> &'static str {
        match self {
            Class::Design => "design",
            Class::Objective => "objective",
            Class::Baseline => "baseline",
        }
    }
}

/// What became of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Passed,
    /// Not met, or a regression.
    Failed,
    /// It could not be judged, since something went wrong.
    Broken,
    /// There was too little to judge it.
    Skipped,
}

/// One verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What it is about.
    pub class: Class,
    /// Its name: the objective, or the figure.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
    /// What was found, as a phrase without a full stop.
    pub found: String,
    /// Where in the design it stands.
    pub place: Option<Location>,
}

/// The verdicts on one design.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Suite {
    /// The design's file, as it was given.
    pub file: String,
    /// The variant, if one was chosen.
    pub variant: Option<String>,
    /// What should be known beside the verdicts: seed, replications, hash.
    pub properties: Vec<(&'static str, String)>,
    /// How long it took to check, in seconds.
    pub seconds: f64,
    /// The verdicts.
    pub cases: Vec<Case>,
}

impl Suite {
    /// How many cases came out so.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.cases
            .iter()
            .filter(|case| case.outcome == outcome)
            .count()
    }

    /// Whether nothing failed or broke.
    pub fn is_passed(&self) -> bool {
        self.count(Outcome::Failed) + self.count(Outcome::Broken) == 0
    }

    /// File and variant.
    pub fn name(&self) -> String {
        match &self.variant {
            Some(variant) => format!("{} · {variant}", self.file),
            None => self.file.clone(),
        }
    }
}

/// A case for each objective of a design, with its place in the file.
pub fn objectives(design: &Loaded, results: &[ObjectiveResult]) -> Vec<Case> {
    let written = written_objectives(&design.tree);
    let case = |(at, result): (usize, &ObjectiveResult)| {
        let place = written.get(at);
        Case {
            class: Class::Objective,
            name: result.text.clone(),
            outcome: if result.met {
                Outcome::Passed
            } else {
                Outcome::Failed
            },
            found: found(result),
            place: place.map(|value| design.warnings.sources.locate(value.span)),
        }
    };
    results.iter().enumerate().map(case).collect()
}

/// What was observed, and what is to be said about it.
fn found(result: &ObjectiveResult) -> String {
    let observed = observed_words(result);
    let observed = observed.map(|words| format!("observed {words}"));
    let note = result.note.trim_end_matches('.').to_owned();
    let said: Vec<String> = observed.into_iter().chain(Some(note)).collect();
    let said: Vec<String> = said.into_iter().filter(|text| !text.is_empty()).collect();
    said.join(". ")
}

/// The objectives as they stand in the document.
fn written_objectives(tree: &Value) -> &[Value] {
    let Data::Struct(_, fields) = &tree.bare().data else {
        return &[];
    };
    let list = fields.iter().find(|(word, _)| word.text == "objectives");
    match list.map(|(_, value)| &value.bare().data) {
        Some(Data::List(items)) => items,
        _ => &[],
    }
}

/// A case for each figure that was held against a baseline.
pub fn baseline(judged: &[Judged]) -> Vec<Case> {
    let case = |judged: &Judged| Case {
        class: Class::Baseline,
        name: judged.name(),
        outcome: match judged.outcome {
            regression::Outcome::Fine => Outcome::Passed,
            regression::Outcome::Regression => Outcome::Failed,
            regression::Outcome::Unknown => Outcome::Skipped,
        },
        found: judged.sentence(),
        place: None,
    };
    judged.iter().map(case).collect()
}

/// A case for each mistake of a design that cannot be read.
pub fn mistakes(diagnostics: &Diagnostics) -> Vec<Case> {
    let errors = diagnostics.items.iter();
    let errors = errors.filter(|item| item.severity == Severity::Error);
    let case = |error: &crate::design::Diagnostic| Case {
        found: match error.label.as_str() {
            "" => error.message.clone(),
            label => format!("{}: {label}", error.message),
        },
        place: Some(diagnostics.sources.locate(error.span)),
        ..broken(String::new())
    };
    errors.map(case).collect()
}

/// The case of a design that could not be checked.
pub fn broken(why: String) -> Case {
    Case {
        class: Class::Design,
        name: "can be checked".to_owned(),
        outcome: Outcome::Broken,
        found: why,
        place: None,
    }
}

/// The verdicts as blocks of a document: a table of the designs if there are several, and what was
/// found for each.
pub fn blocks(suites: &[Suite]) -> Vec<Block> {
    let mut blocks = Vec::new();
    if suites.len() > 1 {
        let mut table = Table::new("designs", &["design", ">passed", ">failed", "verdict"]);
        for suite in suites {
            let failed = suite.count(Outcome::Failed) + suite.count(Outcome::Broken);
            table.row(vec![
                suite.name().into(),
                suite.count(Outcome::Passed).to_string().into(),
                failed.to_string().into(),
                verdict(suite),
            ]);
        }
        blocks.push(Block::Table(table));
    }
    for suite in suites {
        blocks.push(Block::Heading(Text::from(suite.name())));
        let mut line = verdict(suite);
        for (name, value) in &suite.properties {
            line = line.and(Tone::Dim, format!(" · {name} {value}"));
        }
        blocks.push(Block::Paragraph(line));
        // What passed against a baseline is many lines that say the same.
        let shown = |case: &&Case| case.class != Class::Baseline || case.outcome == Outcome::Failed;
        let mut table = Table::new("verdicts", &["", "what", "found"]);
        for case in suite.cases.iter().filter(shown) {
            let name = Text::new(Tone::Code, &case.name);
            table.row(vec![sign(case.outcome), name, case.found.clone().into()]);
        }
        if !table.rows.is_empty() {
            blocks.push(Block::Table(table));
        }
        let quiet = suite.cases.iter().filter(|case| !shown(case)).count();
        if quiet > 0 {
            let text = format!(
                "{quiet} figures are not worse than the baseline by more than is allowed, or too few requests can tell."
            );
            blocks.push(Block::Paragraph(Text::new(Tone::Dim, text)));
        }
    }
    blocks
}

fn verdict(suite: &Suite) -> Text {
    if suite.cases.is_empty() {
        Text::new(Tone::Dim, "It has no objectives.")
    } else if suite.is_passed() {
        Text::new(Tone::Good, "✓ All is met.")
    } else {
        let failed = suite.count(Outcome::Failed) + suite.count(Outcome::Broken);
        Text::new(
            Tone::Bad,
            format!("✗ {failed} of {} failed.", suite.cases.len()),
        )
    }
}

fn sign(outcome: Outcome) -> Text {
    match outcome {
        Outcome::Passed => Text::new(Tone::Good, "✓"),
        Outcome::Failed => Text::new(Tone::Bad, "✗"),
        Outcome::Broken => Text::new(Tone::Bad, "error"),
        Outcome::Skipped => Text::new(Tone::Dim, "–"),
    }
}
