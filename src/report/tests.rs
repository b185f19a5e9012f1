//! Verdicts in every form.

use super::verdict::{self, Case, Class, Outcome, Suite};
use super::{github, junit, markdown};
use crate::design::{LoadOptions, load_str};
use crate::insight::difference::{Difference, Unit};
use crate::insight::regression::{Allowances, judge};
use crate::sim::result::ObjectiveResult;
use std::path::Path;

const DESIGN: &str = r#"(
    format: 1,
    nodes: {
        "users": Client(traffic: [(to: "web", rate: "10/s")]),
        "web": Service(workers: 1, work: "1ms"),
    },
    objectives: [
        "p99(*) < 1ms",
        "goodput(*) > 99% of offered",
    ],
)"#;

fn objective(text: &str, met: bool, observed: f64, note: &str) -> ObjectiveResult {
    ObjectiveResult {
        text: text.to_owned(),
        met,
        observed: Some(observed),
        ci95: None,
        note: note.to_owned(),
    }
}

/// A suite with something of everything, and with letters that are marks in every form.
fn suite() -> Suite {
    let design = load_str(
        DESIGN,
        "a,b:<c>.ron",
        Path::new(""),
        &LoadOptions::default(),
    )
    .unwrap();
    let results = [
        objective(
            "p99(*) < 1ms",
            false,
            0.002,
            "The run is too short: 100% & \"more\".",
        ),
        objective("goodput(*) > 99% of offered", true, 1.0, ""),
    ];
    let differences = [
        Difference::new(
            "p99",
            Unit::Seconds,
            [Some(0.1), Some(0.2)],
            Some([0.09, 0.11]),
        ),
        Difference::new(
            "mean",
            Unit::Seconds,
            [Some(0.1), Some(0.1)],
            Some([-0.01, 0.01]),
        ),
        Difference::new("p50", Unit::Seconds, [Some(0.1), None], None),
    ];
    let judged: Vec<_> = differences
        .iter()
        .filter_map(|one| judge("users -> web", one, &Allowances::default()))
        .collect();
    let mut cases = verdict::objectives(&design, &results);
    cases.extend(verdict::baseline(&judged));
    Suite {
        file: "a,b:<c>.ron".to_owned(),
        variant: Some("x|y\u{1b}".to_owned()),
        properties: vec![("seed", "1".to_owned())],
        seconds: 2.5,
        cases,
    }
}

fn broken() -> Suite {
    let Err(mistakes) = load_str(
        "(format: 1, nodes: {\"a\": Service()}, odd: 1)",
        "b.ron",
        Path::new(""),
        &LoadOptions::default(),
    ) else {
        panic!("it has a mistake");
    };
    Suite {
        file: "b.ron".to_owned(),
        cases: verdict::mistakes(&mistakes),
        ..Suite::default()
    }
}

#[test]
fn junit_is_read_by_a_parser_of_xml() {
    let text = junit::junit(&[suite(), broken()]);
    let document = roxmltree::Document::parse(&text).unwrap();
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    assert_eq!(root.attribute("tests"), Some("6"));
    assert_eq!(root.attribute("failures"), Some("2"));
    assert_eq!(root.attribute("errors"), Some("1"));
    let of = |name: &'static str| {
        root.descendants()
            .filter(move |node| node.tag_name().name() == name)
    };
    let suites: Vec<_> = of("testsuite").collect();
    assert_eq!(
        suites[0].attribute("name"),
        Some("a,b:<c>.ron · x|y\u{fffd}")
    );
    assert_eq!(suites[0].attribute("skipped"), Some("1"));
    assert_eq!(suites[0].attribute("time"), Some("2.500"));
    let total: f64 = of("testcase")
        .map(|case| case.attribute("time").unwrap().parse::<f64>().unwrap())
        .sum();
    assert!((total - 2.5).abs() < 1e-3);
    let failures: Vec<_> = of("failure").collect();
    assert_eq!(
        failures[0].attribute("message"),
        Some("observed 2 ms. The run is too short: 100% & \"more\"")
    );
    assert!(
        failures[0]
            .text()
            .unwrap()
            .starts_with("a,b:<c>.ron:8:9: p99(*) < 1ms: ")
    );
    assert!(
        failures[1]
            .attribute("message")
            .unwrap()
            .contains("rises by 100 ms (90 to 110)")
    );
    // What the schema of the Jenkins plug-in asks for: names, and nothing but these elements.
    let known = [
        "testsuites",
        "testsuite",
        "properties",
        "property",
        "testcase",
        "failure",
        "error",
        "skipped",
        "system-out",
    ];
    for node in root.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        assert!(known.contains(&name), "{name}");
        if name.starts_with("test") {
            assert!(node.has_attribute("name"));
        }
    }
    assert_eq!(of("error").count(), 1);
    let nothing = junit::junit(&[]);
    assert!(roxmltree::Document::parse(&nothing).is_ok());
}

#[test]
fn annotations_stand_at_their_place_and_are_escaped() {
    let text = github::annotations(&suite());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert_eq!(
        lines[0],
        "::error file=a%2Cb%3A<c>.ron,line=8,col=9,title=Objective not met::p99(*) < 1ms (x|y\u{1b}): \
         observed 2 ms. The run is too short: 100%25 & \"more\""
    );
    assert!(lines[1].starts_with(
        "::error file=a%2Cb%3A<c>.ron,title=Worse than the baseline::p99 of users -> web"
    ));
    let mistake = github::annotations(&broken());
    assert!(
        mistake
            .starts_with("::error file=b.ron,line=1,col=38,title=The design cannot be checked::"),
        "{mistake}"
    );
    let two_lines = Suite {
        cases: vec![Case {
            class: Class::Design,
            name: String::new(),
            outcome: Outcome::Broken,
            found: "one\r\ntwo".to_owned(),
            place: None,
        }],
        ..Suite::default()
    };
    assert!(github::annotations(&two_lines).ends_with("::one%0D%0Atwo\n"));
}

#[test]
fn markdown_sums_up() {
    let text = markdown::blocks(&verdict::blocks(&[suite(), broken()]));
    assert!(
        text.contains("| a,b:&lt;c&gt;.ron · x\\|y\u{fffd} | 2 | 2 | **✗ 2 of 5 failed.** |"),
        "{text}"
    );
    assert!(
        text.contains("| **✗** | `p99(*) < 1ms` | observed 2 ms."),
        "{text}"
    );
    assert!(text.contains("2 figures are not worse"), "{text}");
}
