//! `docs/scenarios.md` lists every scenario with its lesson. It is written from the files themselves, and a test
//! fails when it is stale: `BUTTRESS_WRITE=1 cargo test --test it scenario_index`.

use std::fmt::Write as _;
use std::path::Path;

/// The groups of the page, in its order: a title and the files in it.
const GROUPS: &[(&str, &[&str])] = &[
    ("To begin with", &["shop"]),
    (
        "Failures that feed themselves",
        &[
            "retry-storm",
            "retry-budget",
            "cold-cache",
            "overload",
            "deadline-propagation",
        ],
    ),
    (
        "Slow or failing parts",
        &[
            "thread-exhaustion",
            "circuit-breaker",
            "grey-failure",
            "gc-pause",
            "packet-loss",
            "zone-outage",
        ],
    ),
    (
        "Waiting and its order",
        &[
            "two-choices",
            "heavy-tails",
            "noisy-neighbour",
            "open-and-closed",
        ],
    ),
    (
        "The tail",
        &["hedged-requests", "fan-out", "cache-stampede"],
    ),
    (
        "Databases and distance",
        &[
            "pool-sizing",
            "hot-row",
            "group-commit",
            "n-plus-one",
            "multi-region",
        ],
    ),
    (
        "Queues",
        &["queue-backlog", "poison-message", "dead-letters"],
    ),
    ("Attack", &["login-under-attack"]),
];

/// The text of a one-line field of a design.
fn field<'t>(text: &'t str, name: &str) -> &'t str {
    let start = format!("    {name}: \"");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(start.as_str()));
    line.and_then(|line| line.strip_suffix("\","))
        .expect("every scenario has a name and a lesson")
}

/// The names of the variants: keys of the map at the end of the file.
fn variants(text: &str) -> Vec<&str> {
    let lines = text
        .lines()
        .skip_while(|line| !line.starts_with("    variants: {"));
    let entries = lines.filter_map(|line| line.strip_prefix("        \""));
    entries
        .filter_map(|line| line.split_once("\": [").map(|(name, _)| name))
        .collect()
}

/// The page.
fn page(folder: &Path) -> String {
    let mut page = String::from(
        "# Scenarios\n\n\
         Each file in `scenarios` is a real situation with one lesson. Its opening comment says what happens, why (with \
         the arithmetic), what to look at, and which variant to try. Its objectives hold for the file as it is: where the \
         lesson is a failure, they say what is to be seen.\n\n\
         ```\n\
         buttress run scenarios/retry-storm.ron\n\
         buttress run scenarios/retry-storm.ron --variant \"retry budget\"\n\
         ```\n\n\
         This page is written by a test from the files themselves.\n",
    );
    for (title, names) in GROUPS {
        let _ = write!(
            page,
            "\n## {title}\n\n| scenario | lesson | variants |\n| --- | --- | --- |\n"
        );
        for name in *names {
            let text = std::fs::read_to_string(folder.join(format!("{name}.ron")))
                .expect("a listed scenario exists");
            let lesson = field(&text, "lesson");
            let variants = variants(&text).join(" · ");
            let _ = writeln!(
                page,
                "| [{name}](../scenarios/{name}.ron) | {lesson} | {variants} |"
            );
        }
    }
    page
}

#[test]
fn every_scenario_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let listed: Vec<&str> = GROUPS
        .iter()
        .flat_map(|(_, names)| names.iter().copied())
        .collect();
    for entry in std::fs::read_dir(&folder).expect("there are scenarios") {
        let path = entry.expect("the folder can be read").path();
        if path.extension().is_some_and(|extension| extension == "ron") {
            let name = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .unwrap_or_default();
            assert!(
                listed.contains(&name),
                "scenarios/{name}.ron is in no group of docs/scenarios.md"
            );
        }
    }
}

#[test]
fn page_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("docs/scenarios.md");
    let generated = page(&root.join("scenarios"));
    if std::env::var_os("BUTTRESS_WRITE").is_some() {
        std::fs::write(&path, &generated).expect("the folder can be written");
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == generated,
        "docs/scenarios.md is stale; BUTTRESS_WRITE=1 cargo test --test it scenario_index"
    );
}
