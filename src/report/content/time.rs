//! Where the time of completed requests went, for the mean and for the slowest 1%.

use super::{Subject, clients, name, part};
use crate::insight::words;
use crate::report::chart::{Part, stacked};
use crate::report::document::{Block, Table, Text, Tone};
use crate::sim::result::{Attribution, AttributionPart};

/// Endpoints that are shown.
const ENDPOINTS_MAX: usize = 6;
/// A part below this share of both bars is joined with others of its kind.
const SHARE_MIN: f64 = 0.02;
/// Rows of a table.
const ROWS_MAX: usize = 12;

/// What passed, its class and what it is called; what is not in the list is the last.
const KINDS: [(&str, &str, &str); 8] = [
    ("service", "c1", "service"),
    ("wait", "c2", "waiting for a worker"),
    ("pool", "c4", "waiting for a connection"),
    ("network", "c6", "network"),
    ("lock", "c5", "waiting for a lock"),
    ("backoff", "c8", "backoff before a retry"),
    ("delay", "c7", "delay"),
    ("limit", "c3", "waiting at a limit"),
];

fn kind(what: &str) -> (&'static str, &'static str) {
    let known = KINDS.iter().find(|(known, ..)| *known == what);
    known.map_or(("c6", "other"), |(_, class, name)| (*class, *name))
}

pub(super) fn blocks(subject: &Subject<'_>) -> Vec<Block> {
    let told = subject
        .result
        .attribution
        .iter()
        .filter(|of| of.followed > 0);
    told.take(ENDPOINTS_MAX).flat_map(endpoint).collect()
}

fn endpoint(of: &Attribution) -> Vec<Block> {
    let bars = [
        (
            format!("mean {}", words::time(of.mean_s)),
            bar(of, |one| one.mean_s, of.mean_s),
        ),
        (
            format!("slowest 1% {}", words::time(of.slowest_s)),
            bar(of, |one| one.slowest_s, of.slowest_s),
        ),
    ];
    let mut kinds: Vec<(&'static str, String)> = Vec::new();
    for one in &of.parts {
        let (class, name) = kind(&one.what);
        let entry = (class, name.to_owned());
        if (one.mean_s > 0.0 || one.slowest_s > 0.0) && !kinds.contains(&entry) {
            kinds.push(entry);
        }
    }
    let svg = stacked("the critical path of completed requests", &bars, &kinds);
    let followed = format!(
        "{} requests were followed, of these {} are the slowest 1%.",
        words::count(of.followed),
        words::count(of.slowest)
    );
    vec![
        Block::Heading(Text::from(name(&of.id))),
        Block::Beside(clients::figure(svg), table(of)),
        Block::Paragraph(Text::new(Tone::Dim, followed)),
    ]
}

fn bar(of: &Attribution, seconds: fn(&AttributionPart) -> f64, whole: f64) -> Vec<Part> {
    let parts = of.parts.iter().filter(|one| seconds(one) > 0.0);
    let parts = parts.map(|one| Part {
        name: name(&one.place),
        class: kind(&one.what).0,
        share: part(seconds(one), whole),
        amount: words::time(seconds(one)),
    });
    parts.collect()
}

fn table(of: &Attribution) -> Table {
    let columns = ["where", "what", ">mean", ">share", ">slowest 1%", ">share"];
    let mut table = Table::new("parts of the time", &columns);
    let share =
        |one: &AttributionPart| part(one.mean_s, of.mean_s).max(part(one.slowest_s, of.slowest_s));
    let (mut mean_s, mut slowest_s, mut rest) = (0.0, 0.0, 0_u32);
    for (at, one) in of.parts.iter().enumerate() {
        if share(one) < SHARE_MIN || at >= ROWS_MAX {
            (mean_s, slowest_s, rest) = (mean_s + one.mean_s, slowest_s + one.slowest_s, rest + 1);
            continue;
        }
        let what = kind(&one.what).1.into();
        table.row(cells(
            [Text::from(name(&one.place)), what],
            one.mean_s,
            one.slowest_s,
            of,
        ));
    }
    if rest > 0 && mean_s + slowest_s > 0.0 {
        let first = [
            Text::new(Tone::Dim, format!("{rest} smaller parts")),
            Text::default(),
        ];
        table.row(cells(first, mean_s, slowest_s, of));
    }
    table
}

fn cells(first: [Text; 2], mean_s: f64, slowest_s: f64, of: &Attribution) -> Vec<Text> {
    let figures = [
        words::time(mean_s).into(),
        Text::new(Tone::Dim, words::share(part(mean_s, of.mean_s))),
        words::time(slowest_s).into(),
        Text::new(Tone::Dim, words::share(part(slowest_s, of.slowest_s))),
    ];
    first.into_iter().chain(figures).collect()
}
