//! Assertions on a result: `p99(POST /orders) < 250ms`, `goodput(*) > 99% of offered`,
//! `utilization(api) < 80% during orders-db slow`.
//!
//! ```text
//! objective  = measure [ "(" subject ")" ] [ ("before" | "during" | "after") fault ] comparison bound
//! comparison = "<" | "<=" | ">" | ">=" | "="
//! subject    = "*" | endpoint | client "->" node "/" endpoint | node | fault
//! bound      = duration | share [ "of offered" ] | rate | number | "$" number
//! ```

use crate::design::diagnostic::suggest;
use crate::units::{Count, Nanos, Rate, Ratio};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table below says what each one is")]
pub enum Measure {
    Mean,
    P50,
    P90,
    P95,
    P99,
    P999,
    Max,
    Goodput,
    Throughput,
    Failed,
    Availability,
    Attempts,
    Utilization,
    Queue,
    QueueMax,
    WaitP99,
    Wasted,
    HitRatio,
    Backlog,
    Oldest,
    DeadLetters,
    Recovery,
    DuplicateEffects,
    LostMessages,
    LostWrites,
    StaleReads,
    CostPerHour,
    CostPerMillion,
}

/// What a measure is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectKind {
    /// Nothing: it is of the whole run.
    Run,
    /// An endpoint as its clients see it.
    Endpoint,
    /// A node.
    Node,
    /// A cache.
    Cache,
    /// A queue.
    Queue,
    /// A fault.
    Fault,
}

/// What a measure is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoundKind {
    /// A duration.
    Time,
    /// A share.
    Share,
    /// A rate, or a share of what was offered.
    RateOrShare,
    /// A share, or a number of requests.
    ShareOrCount,
    /// A number.
    Number,
    /// Dollars.
    Dollars,
}

/// What can be said about one measure.
#[derive(Debug)]
pub struct MeasureInfo {
    /// Its name in an objective.
    pub name: &'static str,
    /// The measure.
    pub measure: Measure,
    /// What it is taken of.
    pub subject: SubjectKind,
    /// What it is compared with.
    pub bound: BoundKind,
    /// What it means.
    pub help: &'static str,
}

/// All measures that an objective may name.
pub const MEASURES: &[MeasureInfo] = {
    use BoundKind::{Dollars, Number, RateOrShare, Share, ShareOrCount, Time};
    use Measure as M;
    use SubjectKind::{Cache, Endpoint, Fault, Node, Queue, Run};
    const fn info(
        name: &'static str,
        measure: Measure,
        subject: SubjectKind,
        bound: BoundKind,
        help: &'static str,
    ) -> MeasureInfo {
        MeasureInfo {
            name,
            measure,
            subject,
            bound,
            help,
        }
    }
    &[
        info(
            "mean",
            M::Mean,
            Endpoint,
            Time,
            "mean latency of completed requests",
        ),
        info("p50", M::P50, Endpoint, Time, "median latency"),
        info(
            "p90",
            M::P90,
            Endpoint,
            Time,
            "latency that 90% of the requests stay below",
        ),
        info(
            "p95",
            M::P95,
            Endpoint,
            Time,
            "latency that 95% of the requests stay below",
        ),
        info(
            "p99",
            M::P99,
            Endpoint,
            Time,
            "latency that 99% of the requests stay below",
        ),
        info(
            "p999",
            M::P999,
            Endpoint,
            Time,
            "latency that 99.9% of the requests stay below",
        ),
        info("max", M::Max, Endpoint, Time, "highest latency"),
        info(
            "goodput",
            M::Goodput,
            Endpoint,
            RateOrShare,
            "requests completed well per second, or as a share of those offered",
        ),
        info(
            "throughput",
            M::Throughput,
            Endpoint,
            RateOrShare,
            "requests completed per second",
        ),
        info(
            "failed",
            M::Failed,
            Endpoint,
            ShareOrCount,
            "requests that failed, as a share or a number",
        ),
        info(
            "availability",
            M::Availability,
            Endpoint,
            Share,
            "share of requests that did not fail",
        ),
        info(
            "attempts",
            M::Attempts,
            Endpoint,
            Number,
            "attempts per request, retries included",
        ),
        info(
            "utilization",
            M::Utilization,
            Node,
            Share,
            "busy worker-time over available worker-time",
        ),
        info("queue", M::Queue, Node, Number, "mean number waiting"),
        info(
            "queue_max",
            M::QueueMax,
            Node,
            Number,
            "highest number waiting",
        ),
        info(
            "wait_p99",
            M::WaitP99,
            Node,
            Time,
            "99th percentile of the wait in a node's queue",
        ),
        info(
            "wasted",
            M::Wasted,
            Node,
            Share,
            "share of a node's busy time spent on abandoned work",
        ),
        info(
            "hit_ratio",
            M::HitRatio,
            Cache,
            Share,
            "share of look-ups that found their key",
        ),
        info(
            "backlog",
            M::Backlog,
            Queue,
            Number,
            "messages waiting at the end of the run",
        ),
        info(
            "oldest",
            M::Oldest,
            Queue,
            Time,
            "highest age of the oldest message",
        ),
        info(
            "dead_letters",
            M::DeadLetters,
            Queue,
            Number,
            "messages given up after too many deliveries",
        ),
        info(
            "recovery",
            M::Recovery,
            Fault,
            Time,
            "time from the end of a fault until everything is as before it",
        ),
        info(
            "duplicate_effects",
            M::DuplicateEffects,
            Run,
            Number,
            "changes that took effect more than once",
        ),
        info(
            "lost_messages",
            M::LostMessages,
            Run,
            Number,
            "messages that were accepted and never worked on",
        ),
        info(
            "lost_writes",
            M::LostWrites,
            Run,
            Number,
            "writes that were confirmed and then lost",
        ),
        info(
            "stale_reads",
            M::StaleReads,
            Run,
            Number,
            "reads that got an old value",
        ),
        info(
            "cost_per_hour",
            M::CostPerHour,
            Run,
            Dollars,
            "cost of all nodes per hour",
        ),
        info(
            "cost_per_million",
            M::CostPerMillion,
            Run,
            Dollars,
            "cost of one million good requests",
        ),
    ]
};

impl Measure {
    /// What can be said about it.
    ///
    /// # Panics
    /// Never: a test finds every measure in the table.
    pub fn info(self) -> &'static MeasureInfo {
        MEASURES
            .iter()
            .find(|info| info.measure == self)
            .expect("every measure stands in the table")
    }
}

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

/// Why a text is no objective, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectiveError {
    /// First byte of the wrong part.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// What is wrong.
    pub message: String,
    /// What was expected there.
    pub expected: String,
    /// What may have been meant.
    pub help: Option<String>,
}

fn wrong(
    start: usize,
    end: usize,
    message: impl Into<String>,
    expected: impl Into<String>,
) -> ObjectiveError {
    ObjectiveError {
        start,
        end,
        message: message.into(),
        expected: expected.into(),
        help: None,
    }
}

/// Reads an objective.
///
/// # Errors
/// Says which part is wrong and what was expected.
pub fn parse(text: &str) -> Result<Parsed, ObjectiveError> {
    let start = text.len() - text.trim_start().len();
    let length = text[start..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let name_end = length.map_or(text.len(), |length| start + length);
    let name = &text[start..name_end];
    let Some(info) = MEASURES.iter().find(|info| info.name == name) else {
        let message = if name.is_empty() {
            "a measure is missing".to_owned()
        } else {
            format!("unknown measure `{name}`")
        };
        let mut error = wrong(
            start,
            name_end.max(start),
            message,
            "expected a measure such as `p99`",
        );
        error.help = suggest(name, MEASURES.iter().map(|info| info.name));
        return Err(error);
    };
    let (subject_text, mut at) = subject_part(text, name_end)?;
    let subject = subject(info, subject_text, (start, at))?;
    let comparison_at = text[at..]
        .find(['<', '>', '='])
        .map(|length| at + length)
        .ok_or_else(|| {
            wrong(
                text.len(),
                text.len(),
                "a comparison is missing",
                "expected `<`, `<=`, `>`, `>=` or `=`, and a bound",
            )
        })?;
    let when = when(&text[at..comparison_at], at)?;
    let (comparison, length) = match &text.as_bytes()[comparison_at..] {
        [b'<', b'=', ..] => (Comparison::AtMost, 2),
        [b'>', b'=', ..] => (Comparison::AtLeast, 2),
        [b'=', b'=', ..] => (Comparison::Equal, 2),
        [b'<', ..] => (Comparison::Below, 1),
        [b'>', ..] => (Comparison::Above, 1),
        _ => (Comparison::Equal, 1),
    };
    at = comparison_at + length;
    let bound = bound(info, text[at..].trim()).map_err(|message| {
        let from = at + (text[at..].len() - text[at..].trim_start().len());
        wrong(
            from.min(text.trim_end().len()),
            text.trim_end().len(),
            message,
            format!("expected {}", info.bound.wanted()),
        )
    })?;
    Ok(Parsed {
        measure: info.measure,
        subject,
        when,
        comparison,
        bound,
    })
}

/// What stands in the parentheses from a byte on, and where they end.
fn subject_part(text: &str, from: usize) -> Result<(Option<&str>, usize), ObjectiveError> {
    let blanks = text[from..].len() - text[from..].trim_start().len();
    let open = from + blanks;
    if !text[open..].starts_with('(') {
        return Ok((None, from));
    }
    let mut depth = 0usize;
    for (at, c) in text[open..].char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok((Some(text[open + 1..open + at].trim()), open + at + 1));
        }
    }
    Err(wrong(
        open,
        open + 1,
        "this parenthesis is never closed",
        "expected `)` after the name",
    ))
}

fn subject(
    info: &MeasureInfo,
    text: Option<&str>,
    place: (usize, usize),
) -> Result<Subject, ObjectiveError> {
    let name = info.name;
    let example = info.subject.example();
    match (info.subject, text) {
        (SubjectKind::Run, None | Some("*" | "")) => Ok(Subject::Run),
        (SubjectKind::Run, Some(_)) => Err(wrong(
            place.0,
            place.1,
            format!("`{name}` is about the whole run"),
            format!("expected `{name}` without parentheses"),
        )),
        (_, None | Some("")) => Err(wrong(
            place.0,
            place.1,
            format!("`{name}` of what?"),
            format!("expected `{name}({example})`"),
        )),
        (SubjectKind::Endpoint, Some("*")) => Ok(Subject::All),
        (SubjectKind::Endpoint, Some(text)) => Ok(endpoint_subject(text)),
        (SubjectKind::Fault, Some(text)) => Ok(Subject::Fault(text.to_owned())),
        (_, Some(text)) => Ok(Subject::Node(text.to_owned())),
    }
}

/// `client -> node/endpoint`, or the name of an endpoint.
fn endpoint_subject(text: &str) -> Subject {
    if let Some((client, rest)) = text.split_once("->") {
        let (node, endpoint) = rest.split_once('/').unwrap_or((rest, ""));
        let (client, node) = (client.trim().to_owned(), node.trim().to_owned());
        return Subject::Path {
            client,
            node,
            endpoint: endpoint.trim().to_owned(),
        };
    }
    Subject::Endpoint(text.to_owned())
}

fn when(text: &str, at: usize) -> Result<When, ObjectiveError> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(When::Always);
    }
    let (word, fault) = trimmed
        .split_once(char::is_whitespace)
        .unwrap_or((trimmed, ""));
    let fault = fault.trim().to_owned();
    let start = at + (text.len() - text.trim_start().len());
    let place = (start, start + trimmed.len());
    let known = matches!(word, "before" | "during" | "after");
    if known && fault.is_empty() {
        return Err(wrong(
            place.0,
            place.1,
            format!("`{word}` which fault?"),
            format!("expected `{word} orders-db slow`"),
        ));
    }
    match word {
        "before" => Ok(When::Before(fault)),
        "during" => Ok(When::During(fault)),
        "after" => Ok(When::After(fault)),
        _ => Err(wrong(
            place.0,
            place.1,
            format!("unexpected `{trimmed}`"),
            "expected a comparison, or `during` and a fault",
        )),
    }
}

fn bound(info: &MeasureInfo, text: &str) -> Result<Bound, String> {
    let time = || {
        text.parse()
            .map(|time: Nanos| Bound::Seconds(time.as_secs()))
            .map_err(|error| error.0)
    };
    let share = |text: &str| {
        text.parse()
            .map(|Ratio(share)| share)
            .map_err(|error| error.0)
    };
    let number = || {
        text.parse()
            .map(|Count(number)| Bound::Number(number))
            .map_err(|error| error.0)
    };
    match info.bound {
        BoundKind::Time => time(),
        BoundKind::Share => share(text).map(Bound::Share),
        BoundKind::RateOrShare => match text.strip_suffix("of offered") {
            Some(text) => share(text.trim()).map(Bound::ShareOfOffered),
            None if text.ends_with('%') => share(text).map(Bound::ShareOfOffered),
            None => text
                .parse()
                .map(|Rate(rate)| Bound::PerSecond(rate))
                .map_err(|error| error.0),
        },
        BoundKind::ShareOrCount if text.ends_with('%') => share(text).map(Bound::Share),
        BoundKind::ShareOrCount | BoundKind::Number => number(),
        BoundKind::Dollars => {
            let amount = text
                .strip_prefix('$')
                .ok_or_else(|| format!("`{text}` is not an amount of dollars"))?;
            amount
                .parse()
                .map(|Count(amount)| Bound::Dollars(amount))
                .map_err(|error| error.0)
        }
    }
}

impl BoundKind {
    fn wanted(self) -> &'static str {
        match self {
            BoundKind::Time => "a duration such as `250ms`",
            BoundKind::Share => "a share such as `99.9%`",
            BoundKind::RateOrShare => "a rate such as `100/s`, or `99% of offered`",
            BoundKind::ShareOrCount => "a share such as `1%`, or a number",
            BoundKind::Number => "a number such as `100`",
            BoundKind::Dollars => "an amount such as `$2`",
        }
    }
}

impl SubjectKind {
    fn example(self) -> &'static str {
        match self {
            SubjectKind::Run => "",
            SubjectKind::Endpoint => "POST /orders",
            SubjectKind::Node => "api",
            SubjectKind::Cache => "cache",
            SubjectKind::Queue => "order-events",
            SubjectKind::Fault => "orders-db slow",
        }
    }
}

impl crate::design::model::Objective {
    /// The objective, understood; `None` only if it was never read from a document.
    pub fn parsed(&self) -> Option<Parsed> {
        parse(&self.text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objectives_are_understood() {
        let parsed = parse("p99(POST /orders) < 250ms").unwrap();
        assert_eq!(parsed.measure, Measure::P99);
        assert_eq!(parsed.subject, Subject::Endpoint("POST /orders".into()));
        assert_eq!(
            (parsed.comparison, parsed.bound),
            (Comparison::Below, Bound::Seconds(0.25))
        );
        let parsed =
            parse("goodput(shoppers -> edge/GET /a/{id}) >= 99% of offered after orders-db slow")
                .unwrap_err();
        assert!(
            parsed.message.contains("99% of offered after"),
            "{parsed:?}"
        );
        let parsed =
            parse("goodput(shoppers -> edge/GET /a/{id}) after orders-db slow >= 99% of offered")
                .unwrap();
        assert_eq!(
            parsed.subject,
            Subject::Path {
                client: "shoppers".into(),
                node: "edge".into(),
                endpoint: "GET /a/{id}".into()
            }
        );
        assert_eq!(parsed.when, When::After("orders-db slow".into()));
        assert_eq!(parsed.bound, Bound::ShareOfOffered(0.99));
        assert_eq!(
            parse("throughput(*)>100/s").unwrap().bound,
            Bound::PerSecond(100.0)
        );
        assert_eq!(
            parse("duplicate_effects = 0").unwrap().bound,
            Bound::Number(0.0)
        );
        assert_eq!(
            parse("cost_per_hour < $2.50").unwrap().bound,
            Bound::Dollars(2.5)
        );
        assert_eq!(parse("failed(a) <= 1%").unwrap().bound, Bound::Share(0.01));
        assert_eq!(
            parse("recovery(api crash) < 60s").unwrap().subject,
            Subject::Fault("api crash".into())
        );
        assert_eq!(
            parse(" oldest( q ) < 30s ").unwrap().subject,
            Subject::Node("q".into())
        );
    }

    #[test]
    fn mistakes_are_marked_and_explained() {
        for (text, marked, message) in [
            ("p98(a) < 1s", "p98", "unknown measure"),
            ("", "", "a measure is missing"),
            ("p99 < 1s", "p99", "of what?"),
            ("p99(a < 1s", "(", "never closed"),
            ("p99(a)", "", "a comparison is missing"),
            ("p99(a) < 5", "5", "not a duration"),
            ("p99(a) < ", "", "not a duration"),
            ("p99(a) whenever b < 1s", "whenever b", "unexpected"),
            ("p99(a) during < 1s", "during", "which fault"),
            ("stale_reads(a) = 0", "stale_reads(a)", "whole run"),
            ("utilization(a) < 180%", "180%", "at most 100%"),
            ("cost_per_hour < 2", "2", "not an amount"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(&text[error.start..error.end], marked, "{text}");
            assert!(error.message.contains(message), "{text}: {}", error.message);
            assert!(!error.expected.is_empty(), "{text}");
        }
        assert_eq!(
            parse("utilisation(a) < 1%").unwrap_err().help.unwrap(),
            "did you mean `utilization`?"
        );
    }

    #[test]
    fn every_measure_stands_in_the_table_once() {
        for info in MEASURES {
            assert_eq!(info.measure.info().name, info.name);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[a-z0-9(<>=%$ ]{0,40}|\\PC{0,30}") {
            let parsed = parse(&text);
            if let Err(error) = parsed {
                proptest::prop_assert!(text.get(error.start..error.end).is_some(), "{:?}", error);
            }
        }
    }
}
