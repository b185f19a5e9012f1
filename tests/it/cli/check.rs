//! `check` against a baseline, and the forms in which its verdicts are handed over.

use super::{Place, QUEUE, exists, hopeless};
use serde_json::Value;

/// The queue with a server that is a quarter slower.
fn slower() -> String {
    QUEUE.replace("Exponential(\"10ms\")", "Exponential(\"12.5ms\")")
}

#[test]
fn the_same_design_is_no_regression() {
    let place = Place::with(QUEUE);
    let saved = place.run(&[
        "check",
        "a.ron",
        "--no-save",
        "--save-baseline",
        "base.json",
    ]);
    saved.ends(0).silently();
    let answer = place
        .run(&["check", "a.ron", "--baseline", "base.json"])
        .ends(0);
    assert!(
        answer.out.contains("11 figures show no difference"),
        "{}",
        answer.out
    );
    assert!(
        answer.out.contains("No figure is worse than the baseline"),
        "{}",
        answer.out
    );
    // The file says by itself what it is, for a review.
    let file: Value = serde_json::from_str(&place.read("base.json")).unwrap();
    assert_eq!(file["format"], "buttress.baseline/1");
    assert_eq!(file["designs"][0]["settings"]["seed"], 1);
    assert_eq!(file["designs"][0]["text"][1], "    format: 1,");
    assert!(file["designs"][0]["figures"][0]["p99_s"].as_f64().unwrap() > 0.0);
    // The same bytes again.
    let before = place.read("base.json");
    place
        .run(&[
            "check",
            "a.ron",
            "--no-save",
            "--save-baseline",
            "base.json",
        ])
        .ends(0);
    assert_eq!(place.read("base.json"), before);
}

#[test]
fn a_slower_design_is_a_regression() {
    let place = Place::with(QUEUE);
    place
        .run(&["check", "a.ron", "--save-baseline", "base.json"])
        .ends(0);
    place.run(&["run", "a.ron", "--quiet"]).ends(0);
    place.write("old.ron", QUEUE);
    place.write("a.ron", slower());
    for baseline in ["base.json", "old.ron", "last"] {
        let answer = place
            .run(&["check", "a.ron", "--baseline", baseline])
            .ends(1);
        assert!(
            answer.out.contains("✗ mean of users → server"),
            "{}",
            answer.out
        );
        assert!(
            answer.out.contains("are worse than the baseline"),
            "{}",
            answer.out
        );
    }
    let object = place
        .run(&["check", "a.ron", "--baseline", "base.json", "--json"])
        .ends(1)
        .json();
    assert_eq!(object["met"], true);
    assert!(object["baseline"]["regressions"].as_u64().unwrap() >= 3);
    assert_eq!(
        object["baseline"]["figures"][2]["difference"]["figure"],
        "mean"
    );
    assert_eq!(object["baseline"]["figures"][2]["outcome"], "regression");
    let rows = place
        .run(&["check", "a.ron", "--baseline", "base.json", "--csv"])
        .ends(1)
        .out;
    assert!(rows.contains("a.ron,mean of users -> server"), "{rows}");
    // What is allowed is no regression.
    let allowed = ["mean=500%", "p50=500%", "p95=500%", "p99=500%"];
    let mut arguments = vec!["check", "a.ron", "--baseline", "base.json"];
    arguments.extend(allowed.iter().flat_map(|change| ["--allow", change]));
    place.run(&arguments).ends(0);
    // The file may say it as well.
    let text = place.read("base.json");
    let allow = "\"allow\": {\"mean\": \"9s\", \"p50\": \"9s\", \"p95\": \"9s\", \"p99\": \"9s\"}";
    place.write("base.json", text.replace("\"allow\": {}", allow));
    place
        .run(&["check", "a.ron", "--baseline", "base.json"])
        .ends(0);
}

#[test]
fn verdicts_are_handed_over() {
    let place = Place::with(&hopeless());
    place.write("base.ron", QUEUE);
    place.write("broken.ron", "(format: 1, nodes: {");
    let answer = place
        .run(&[
            "check",
            "a.ron",
            "base.ron",
            "broken.ron",
            "--no-save",
            "--github",
            "--junit",
            "out.xml",
            "--markdown",
            "out.md",
        ])
        .ends(3)
        .says("::error file=a.ron,line=9,col=49,title=Objective not met::p99(*) < 1ms: observed")
        .says("::error file=broken.ron,line=1,");
    assert!(answer.out.contains("✗ a.ron"), "{}", answer.out);
    assert!(answer.out.contains("✓ base.ron"), "{}", answer.out);
    let text = place.read("out.xml");
    let document = roxmltree::Document::parse(&text).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("failures"), Some("1"));
    assert_ne!(root.attribute("errors"), Some("0"));
    assert_eq!(
        root.children().filter(roxmltree::Node::is_element).count(),
        3
    );
    let summary = place.read("out.md");
    assert!(
        summary.contains("| base.ron | 2 | 0 | ✓ All is met. |"),
        "{summary}"
    );
    // Either can be the answer.
    let xml = place
        .run(&["check", "base.ron", "--no-save", "--junit", "-"])
        .ends(0)
        .silently()
        .out;
    assert!(roxmltree::Document::parse(&xml).is_ok(), "{xml}");
    let summary = place
        .run(&["check", "base.ron", "--no-save", "--markdown", "-"])
        .ends(0)
        .out;
    assert!(summary.starts_with("\n### buttress check\n"), "{summary}");
}

#[test]
fn github_is_noticed() {
    let place = Place::with(&hopeless());
    let mut command = place.command(&["check", "a.ron", "--no-save", "--json"]);
    command.env("GITHUB_ACTIONS", "true");
    command.env("GITHUB_STEP_SUMMARY", place.path("summary.md"));
    place.write("summary.md", "before\n");
    let answer = super::Ran::of(command.output().unwrap())
        .ends(1)
        .says("::error file=a.ron,");
    assert_eq!(answer.json()["met"], false);
    let summary = place.read("summary.md");
    assert!(
        summary.starts_with("before\n\n### buttress check\n"),
        "{summary}"
    );
    assert!(summary.contains("`p99(*) < 1ms`"), "{summary}");
}

#[test]
fn a_baseline_that_is_none_is_refused() {
    let place = Place::with(QUEUE);
    let check = |more: &[&str]| place.run(&[&["check", "a.ron", "--no-save"][..], more].concat());
    check(&["--baseline", "absent.json"])
        .ends(4)
        .says("cannot read the baseline absent.json");
    place.write("other.json", "{\"format\": \"buttress.run/1\"}");
    check(&["--baseline", "other.json"])
        .ends(3)
        .says("other.json is not a baseline");
    place.write("newer.json", "{\"format\": \"buttress.baseline/2\"}");
    check(&["--baseline", "newer.json"])
        .ends(3)
        .says("made by a newer buttress");
    check(&["--baseline", "absent.ron"])
        .ends(4)
        .says("cannot read absent.ron");
    check(&["--baseline", "0123abcd"]).ends(4).says("help:");
    check(&["--save-baseline", "other.json"])
        .ends(4)
        .says("other.json is not a baseline");
    check(&["--save-baseline", "no/such/base.json"])
        .ends(4)
        .says("cannot write no/such/base.json");
    check(&["--junit", "no/such/out.xml"])
        .ends(4)
        .says("cannot write no/such/out.xml");
    assert!(!exists(&place.path("no")));
}

#[test]
fn wrong_usage_of_baselines_is_said() {
    let place = Place::with(QUEUE);
    place.write("b.ron", QUEUE);
    let check = |more: &[&str]| place.run(&[&["check", "a.ron", "--no-save"][..], more].concat());
    check(&["--allow", "p99=5%"])
        .ends(2)
        .says("--allow needs a baseline");
    check(&["--baseline", "b.ron", "--allow", "p98=5%"])
        .ends(2)
        .says("there is no figure `p98`");
    check(&["--baseline", "b.ron", "--allow", "p99"])
        .ends(2)
        .says("FIGURE=CHANGE");
    check(&["--baseline", "b.ron", "--precision", "5%"])
        .ends(2)
        .says("--precision");
    check(&["--baseline", "b.ron", "--reps", "1"])
        .ends(2)
        .says("at least two replications");
    check(&["b.ron", "--baseline", "b.ron"])
        .ends(2)
        .says("one design");
    check(&["--junit", "-", "--json"])
        .ends(2)
        .says("stdout can hold one");
    place
        .run(&[
            "check",
            "a.ron",
            "b.ron",
            "--no-save",
            "--save-baseline",
            "two.json",
        ])
        .ends(0);
    place
        .run(&["check", "a.ron", "b.ron", "--baseline", "two.json"])
        .ends(0);
    place.write("c.ron", QUEUE);
    check(&["--baseline", "two.json"]).ends(0);
    place
        .run(&["check", "c.ron", "--baseline", "two.json"])
        .ends(3)
        .says("has no baseline of c.ron");
}
