//! Assertions on a result: `p99(POST /orders) < 250ms`, `goodput(*) > 99% of offered`,
//! `utilization(api) < 80% during orders-db slow`.
//!
//! ```text
//! objective  = measure [ "(" subject ")" ] [ ("before" | "during" | "after") fault ] comparison bound
//! comparison = "<" | "<=" | ">" | ">=" | "="
//! subject    = "*" | endpoint | client "->" node "/" endpoint | node | fault
//! bound      = duration | share [ "of offered" ] | rate | number | "$" number
//! ```

mod measures;
mod parse;

#[cfg(test)]
mod tests;

pub use measures::{BoundKind, MEASURES, Measure, MeasureInfo, SubjectKind};
pub use parse::{ObjectiveError, parse};

/// What an objective is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The whole run.
    Run,
    /// All endpoints that clients call, together.
    All,
    /// An endpoint by its name, whoever calls it and wherever it is; or the implied endpoint of a
    /// node of this name.
    Endpoint(String),
    /// An endpoint of a node as one client sees it.
    Path {
        /// The client.
        client: String,
        /// The node it calls.
        node: String,
        /// The endpoint; empty for the implied one.
        endpoint: String,
    },
    /// A node.
    Node(String),
    /// A fault by its name.
    Fault(String),
}

/// The part of the run that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// All of it, warm-up left out.
    Always,
    /// Before a fault.
    Before(String),
    /// While a fault lasts.
    During(String),
    /// After a fault.
    After(String),
}

/// How the measure must compare with the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `=`
    Equal,
}

/// What the measure is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// A duration in seconds.
    Seconds(f64),
    /// A share, 0 to 1.
    Share(f64),
    /// A share of the requests offered, 0 to 1.
    ShareOfOffered(f64),
    /// Requests per second.
    PerSecond(f64),
    /// A number.
    Number(f64),
    /// Dollars.
    Dollars(f64),
}

/// An objective, understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// What is measured.
    pub measure: Measure,
    /// Of what.
    pub subject: Subject,
    /// In which part of the run.
    pub when: When,
    /// How it must compare.
    pub comparison: Comparison,
    /// With what.
    pub bound: Bound,
}

impl Bound {
    /// The number itself, in seconds, shares, requests per second or dollars.
    pub fn value(self) -> f64 {
        match self {
            Bound::Seconds(value)
            | Bound::Share(value)
            | Bound::ShareOfOffered(value)
            | Bound::PerSecond(value)
            | Bound::Number(value)
            | Bound::Dollars(value) => value,
        }
    }
}

impl Comparison {
    /// Whether an observed value meets a bound. `=` allows for the rounding of floats.
    pub fn holds(self, observed: f64, bound: f64) -> bool {
        match self {
            Comparison::Below => observed < bound,
            Comparison::AtMost => observed <= bound,
            Comparison::Above => observed > bound,
            Comparison::AtLeast => observed >= bound,
            Comparison::Equal => (observed - bound).abs() <= 1e-9 * bound.abs(),
        }
    }

    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Comparison::Below => "<",
            Comparison::AtMost => "<=",
            Comparison::Above => ">",
            Comparison::AtLeast => ">=",
            Comparison::Equal => "=",
        }
    }
}

impl crate::design::model::Objective {
    /// The objective, understood; `None` only if it was never read from a document.
    pub fn parsed(&self) -> Option<Parsed> {
        parse(&self.text).ok()
    }
}
