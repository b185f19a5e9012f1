//! Whether a design has become worse than a baseline: which differences count, in which direction,
//! and how much of each is allowed.
//!
//! A regression is a paired difference whose whole 95% interval lies beyond what is allowed, in the
//! bad direction. What the run is too short to tell is no regression, and is said.

use std::collections::BTreeMap;

use super::difference::{Difference, Unit, Verdict};
use crate::units::Nanos;

/// How much worse a figure may become.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// A share of the baseline's figure.
    OfBaseline(f64),
    /// An amount in the unit of the figure; of a share, a share.
    Amount(f64),
}

/// A figure that is judged.
#[derive(Debug, Clone, Copy)]
struct Rule {
    /// Its name in a comparison.
    figure: &'static str,
    /// What it counts.
    unit: Unit,
    /// Whether less of it is worse.
    falling_is_worse: bool,
    /// What is allowed unless another change is asked for, as it would be written.
    allowed: &'static str,
}

const fn rule(figure: &'static str, unit: Unit, allowed: &'static str) -> Rule {
    Rule {
        figure,
        unit,
        falling_is_worse: false,
        allowed,
    }
}

/// The figures that are judged. Attempts are not: what is wrong with them shows in the others.
const RULES: [Rule; 11] = [
    Rule {
        falling_is_worse: true,
        ..rule("goodput", Unit::PerSecond, "1%")
    },
    rule("failed", Unit::Share, "0.1%"),
    rule("mean", Unit::Seconds, "5%"),
    rule("p50", Unit::Seconds, "5%"),
    rule("p95", Unit::Seconds, "5%"),
    rule("p99", Unit::Seconds, "5%"),
    rule("cost per hour", Unit::Dollars, "1%"),
    rule("duplicate effects", Unit::Number, "0"),
    rule("stale reads", Unit::Number, "0"),
    rule("lost messages", Unit::Number, "0"),
    rule("lost writes", Unit::Number, "0"),
];

impl Rule {
    /// What a change means for this figure, as it was written: `5%` of the baseline, `20ms`, `3`. Of a
    /// share, percent are points.
    fn change(&self, text: &str) -> Result<Change, String> {
        let text = text.trim();
        let number = |digits: &str| {
            let number = digits.trim().parse().ok();
            let number = number.filter(|number: &f64| *number >= 0.0 && number.is_finite());
            number.ok_or_else(|| format!("`{text}` is neither a share such as 5% nor an amount"))
        };
        match (text.strip_suffix('%'), self.unit) {
            (Some(percent), Unit::Share) => Ok(Change::Amount(number(percent)? / 100.0)),
            (Some(percent), _) => Ok(Change::OfBaseline(number(percent)? / 100.0)),
            (None, Unit::Seconds) => {
                let time: Result<Nanos, _> = text.parse();
                let time = time.map_err(|error| error.to_string())?;
                Ok(Change::Amount(time.0 as f64 / 1e9))
            }
            (None, Unit::PerSecond) => Ok(Change::Amount(number(text.trim_end_matches("/s"))?)),
            (None, Unit::Dollars) => Ok(Change::Amount(number(text.trim_start_matches('$'))?)),
            (None, Unit::Share | Unit::Number) => Ok(Change::Amount(number(text)?)),
        }
    }
}

/// How much worse each figure may become.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Allowances(BTreeMap<&'static str, (String, Change)>);

impl Allowances {
    /// Allows a figure a change, both as they are written: `p99` and `5%`.
    ///
    /// # Errors
    /// If there is no such figure, or the change is none.
    pub fn allow(&mut self, figure: &str, change: &str) -> Result<(), String> {
        let wanted = figure.trim().replace(['_', '-'], " ");
        let Some(rule) = RULES.iter().find(|rule| rule.figure == wanted) else {
            let known: Vec<&str> = RULES.iter().map(|rule| rule.figure).collect();
            return Err(format!(
                "there is no figure `{}` to allow a change; the figures are {}",
                figure.trim(),
                known.join(", ")
            ));
        };
        let written = (change.trim().to_owned(), rule.change(change)?);
        self.0.insert(rule.figure, written);
        Ok(())
    }

    /// What was allowed, as it was written.
    pub fn written(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(figure, (text, _))| (*figure, text.as_str()))
    }

    fn of(&self, rule: &Rule) -> (String, Change) {
        let asked = self.0.get(rule.figure).cloned();
        asked.unwrap_or_else(|| {
            let change = rule.change(rule.allowed);
            let change = change.expect("the changes of the rules are tested");
            (rule.allowed.to_owned(), change)
        })
    }
}

/// What became of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Not worse than is allowed, as far as can be told.
    Fine,
    /// Worse than is allowed, and that is certain.
    Regression,
    /// The runs are too short to tell, or one side does not have the figure.
    Unknown,
}

/// A difference that was judged.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Judged {
    /// The endpoint, `*` for all requests together, or empty for the whole design.
    pub place: String,
    /// The difference.
    pub difference: Difference,
    /// What is allowed, as it was written.
    pub allowed: String,
    /// What became of it.
    pub outcome: Outcome,
}

impl Judged {
    /// What it is about: `p99 of users -> web`.
    pub fn name(&self) -> String {
        match self.place.as_str() {
            "" => self.difference.figure.clone(),
            "*" => format!("{} of all requests", self.difference.figure),
            place => format!("{} of {place}", self.difference.figure),
        }
    }

    /// A sentence without a full stop: `p99 rises by 38 ms (31 to 46), from 212 ms to 250 ms; 5% is allowed`.
    pub fn sentence(&self) -> String {
        let of = &self.difference;
        let from_to = match (of.verdict, of.baseline, of.value) {
            (Verdict::Rises | Verdict::Falls, Some(baseline), Some(value)) => format!(
                ", from {} to {}",
                of.unit.in_words(baseline),
                of.unit.in_words(value)
            ),
            _ => String::new(),
        };
        format!("{}{from_to}; {} is allowed", of.text, self.allowed)
    }
}

/// Judges a difference at a place; nothing if its figure is not one that is judged.
pub fn judge(place: &str, difference: &Difference, allowances: &Allowances) -> Option<Judged> {
    let rule = RULES.iter().find(|rule| rule.figure == difference.figure)?;
    let (allowed, change) = allowances.of(rule);
    let outcome = match (difference.baseline, difference.ci95) {
        (Some(baseline), Some([low, high])) if difference.value.is_some() => {
            let room = match change {
                Change::OfBaseline(share) => share * baseline.abs(),
                Change::Amount(amount) => amount,
            };
            // The end of the interval at which the figure is best.
            let least = if rule.falling_is_worse { -high } else { low };
            if least > room {
                Outcome::Regression
            } else {
                Outcome::Fine
            }
        }
        _ => Outcome::Unknown,
    };
    Some(Judged {
        place: place.to_owned(),
        difference: difference.clone(),
        allowed,
        outcome,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(figure: &str, unit: Unit, values: [f64; 2], ci95: [f64; 2]) -> Outcome {
        let difference = Difference::new(figure, unit, values.map(Some), Some(ci95));
        judge("*", &difference, &Allowances::default())
            .unwrap()
            .outcome
    }

    #[test]
    fn a_regression_is_certain_and_beyond_what_is_allowed() {
        let p99 = |ci95| outcome("p99", Unit::Seconds, [0.1, 0.11], ci95);
        // 5% of 100 ms is 5 ms.
        assert_eq!(p99([0.006, 0.014]), Outcome::Regression);
        assert_eq!(p99([0.004, 0.016]), Outcome::Fine);
        assert_eq!(p99([-0.014, -0.006]), Outcome::Fine);
        let goodput = |ci95| outcome("goodput", Unit::PerSecond, [100.0, 98.0], ci95);
        assert_eq!(goodput([-2.5, -1.5]), Outcome::Regression);
        assert_eq!(goodput([-2.5, -0.5]), Outcome::Fine);
        assert_eq!(goodput([1.5, 2.5]), Outcome::Fine);
        let lost = |ci95| outcome("lost writes", Unit::Number, [0.0, 1.0], ci95);
        assert_eq!(lost([0.2, 1.8]), Outcome::Regression);
        assert_eq!(lost([-0.2, 2.2]), Outcome::Fine);
    }

    #[test]
    fn what_cannot_be_told_is_said() {
        let none = Difference::new("p99", Unit::Seconds, [Some(1.0), None], None);
        let judged = judge("a -> b", &none, &Allowances::default()).unwrap();
        assert_eq!(judged.outcome, Outcome::Unknown);
        assert_eq!(judged.name(), "p99 of a -> b");
        assert_eq!(
            judged.sentence(),
            "p99: too few requests to tell; 5% is allowed"
        );
        let attempts = Difference::exact("attempts", Unit::Number, [1.0, 2.0]);
        assert_eq!(judge("*", &attempts, &Allowances::default()), None);
    }

    #[test]
    fn allowances_are_written_as_shares_or_amounts() {
        let mut allowances = Allowances::default();
        for (figure, change) in [
            ("p99", "20ms"),
            ("failed", "0.5%"),
            ("lost-writes", "3"),
            ("cost_per_hour", "$0.10"),
            ("goodput", " 2.5 % "),
        ] {
            allowances.allow(figure, change).unwrap();
        }
        let found: Vec<Change> = allowances.0.values().map(|(_, change)| *change).collect();
        let wanted = [
            Change::Amount(0.1),
            Change::Amount(0.005),
            Change::OfBaseline(0.025),
            Change::Amount(3.0),
            Change::Amount(0.02),
        ];
        assert_eq!(found, wanted);
        for (figure, change) in [
            ("p98", "5%"),
            ("p99", "5"),
            ("p99", "-5%"),
            ("p99", "nan%"),
            ("p99", "inf%"),
            ("lost writes", "some"),
            ("goodput", ""),
        ] {
            assert!(
                allowances.allow(figure, change).is_err(),
                "{figure}={change}"
            );
        }
        for rule in RULES {
            assert!(rule.change(rule.allowed).is_ok(), "{}", rule.figure);
        }
    }
}
