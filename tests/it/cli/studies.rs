//! Studies from outside: what they print, and how they end.

use super::{Place, QUEUE, endless, hopeless};

#[test]
fn a_comparison_says_what_differs_and_how_sure_it_is() {
    let place = Place::with(QUEUE);
    let answer = place.run(&["compare", "a.ron"]);
    assert_eq!(answer.status, 0, "{}", answer.err);
    assert!(
        answer.out.contains("A  as drawn\nB  fast\n"),
        "{}",
        answer.out
    );
    assert!(answer.out.contains("falls by"), "{}", answer.out);
    let object = place
        .run(&["compare", "a.ron", "--variant", "fast", "--json"])
        .json();
    assert_eq!(object["format"], "buttress.compare/1");
    let mean = &object["pairs"][0]["endpoints"][0]["figures"][3];
    assert_eq!(mean["figure"], "mean");
    assert_eq!(mean["verdict"], "falls");
    assert!(mean["ci95"][1].as_f64().unwrap() < 0.0);
    let table = place.run(&["compare", "a.ron", "--csv"]).out;
    assert!(table.starts_with("side,id,figure,baseline,value,difference,low,high,verdict\n"));
}

#[test]
fn kept_runs_and_files_are_compared() {
    let place = Place::with(QUEUE);
    assert_eq!(place.run(&["run", "a.ron", "--quiet"]).status, 0);
    place.write("b.ron", QUEUE.replace("10ms", "9ms"));
    let answer = place.run(&["compare", "last", "b.ron"]);
    assert_eq!(answer.status, 0, "{}", answer.err);
    assert!(answer.out.contains("A  last\nB  b.ron\n"), "{}", answer.out);
    assert_eq!(
        place
            .run(&["compare", "b.ron", "--baseline", "none"])
            .status,
        3
    );
    place.write(
        "c.ron",
        QUEUE.replace("\"fast\": [Set(\"nodes/server/work\", \"1ms\")],", ""),
    );
    assert_eq!(place.run(&["compare", "c.ron"]).status, 2);
    place.write("d.ron", hopeless());
    assert_eq!(
        place.run(&["compare", "a.ron", "d.ron", "--quiet"]).status,
        1
    );
}

#[test]
fn an_estimate_needs_no_simulation() {
    let place = Place::with(&endless());
    let object = place.run(&["estimate", "a.ron", "--json"]).json();
    assert_eq!(object["format"], "buttress.estimate/1");
    let mean = object["endpoints"][0]["mean_s"].as_f64().unwrap();
    assert!((mean - 1.0 / 30.0).abs() < 1e-9, "{mean}");
    let answer = place.run(&["estimate", "a.ron", "--variant", "fast"]);
    assert_eq!(answer.status, 0);
    assert!(answer.out.contains("it assumes"), "{}", answer.out);
}

#[test]
fn a_run_shows_the_estimate_beside_it() {
    let place = Place::with(QUEUE);
    let answer = place.run(&["run", "a.ron", "--no-save"]);
    assert!(
        answer.out.contains("\nestimate (by formulas)"),
        "{}",
        answer.out
    );
}

#[test]
fn a_sweep_has_a_point_for_each_combination() {
    let place = Place::with(QUEUE);
    let over = ["--over", "nodes/server/workers=1..3"];
    let both = ["--over", "nodes/users/traffic/0/rate=20/s,60/s"];
    let one = place.run(&[&["sweep", "a.ron"][..], &over].concat());
    assert_eq!(one.status, 0, "{}", one.err);
    assert!(one.out.contains("p99  users → server"), "{}", one.out);
    let object = place
        .run(&[&["sweep", "a.ron", "--json"][..], &over, &both].concat())
        .json();
    assert_eq!(object["points"].as_array().unwrap().len(), 6);
    assert_eq!(object["points"][5]["values"][1], "60/s");
    let wrong = place.run(&["sweep", "a.ron", "--over", "nodes/server/workers=none"]);
    assert_eq!(wrong.status, 3, "{}", wrong.err);
    assert_eq!(
        place
            .run(&["sweep", "a.ron", "--over", "nodes/server/workers"])
            .status,
        2
    );
    assert_eq!(place.run(&["sweep", "a.ron"]).status, 2);
}

#[test]
fn the_capacity_has_an_error_bar_and_a_limit() {
    let place = Place::with(&QUEUE.replace("p99(*) < 10s", "p99(*) < 150ms"));
    let answer = place.run(&["capacity", "a.ron"]);
    assert!(answer.out.contains("It carries "), "{}", answer.out);
    assert!(
        answer.out.contains("server is the busiest place"),
        "{}",
        answer.out
    );
    let object = place.run(&["capacity", "a.ron", "--json"]).json();
    let bar = &object["factor_ci95"];
    let factor = object["factor"].as_f64().unwrap();
    assert!(bar[0].as_f64().unwrap() <= factor && factor <= bar[1].as_f64().unwrap());
    place.write("d.ron", hopeless());
    assert_eq!(place.run(&["capacity", "d.ron", "--quiet"]).status, 1);
}

#[test]
fn everything_fails_in_turn() {
    let place = Place::with(QUEUE);
    let answer = place.run(&["matrix", "a.ron", "--mtbf", "720h", "--mttr", "10m"]);
    assert_eq!(answer.status, 1, "{}", answer.err);
    assert!(answer.out.contains("node server crashes"), "{}", answer.out);
    assert!(
        answer.out.contains("without answers in 30 days"),
        "{}",
        answer.out
    );
    let object = place.run(&["matrix", "a.ron", "--json"]).json();
    let cases = object["cases"].as_array().unwrap();
    // The server crashes, is slow and is cut off; the wire is cut off and late.
    assert_eq!(cases.len(), 5);
    assert_eq!(cases[3]["failing"][0]["place"], "wire users -> server");
    assert_eq!(place.run(&["matrix", "a.ron", "--mtbf", "1h"]).status, 2);
}

#[test]
fn traffic_grows_until_it_breaks() {
    let place = Place::with(QUEUE);
    let answer = place.run(&["capacity", "a.ron", "--ramp"]);
    assert_eq!(answer.status, 0, "{}", answer.err);
    assert!(answer.out.contains("It breaks at "), "{}", answer.out);
    let object = place.run(&["capacity", "a.ron", "--ramp", "--json"]).json();
    assert_eq!(object["format"], "buttress.ramp/1");
}

#[test]
fn a_plan_says_how_much_there_is_to_do() {
    let place = Place::with(QUEUE);
    let plan = |study: &str| place.run(&["plan", study, "a.ron", "--json"]).json();
    assert_eq!(plan("run")["runs"], 1);
    assert_eq!(plan("compare")["runs"], 2);
    assert_eq!(plan("matrix")["runs"], 5);
    let sweep = [
        "plan",
        "sweep",
        "a.ron",
        "--over",
        "nodes/server/workers=1..8",
    ];
    let answer = place.run(&sweep);
    assert_eq!(answer.status, 0, "{}", answer.err);
    assert!(
        answer
            .out
            .starts_with("8 designs × 4 replications × 20 s: about "),
        "{}",
        answer.out
    );
    assert_eq!(place.run(&["plan", "sweep", "a.ron"]).status, 2);
}

#[test]
fn an_explanation_says_why_and_what_would_change_it() {
    let place = Place::with(QUEUE);
    let answer = place.run(&["explain", "a.ron"]);
    assert_eq!(answer.status, 0, "{}", answer.err);
    for part in [
        "headroom",
        "what a change would do",
        "where the time went",
        "a slow request",
    ] {
        assert!(answer.out.contains(part), "{part}: {}", answer.out);
    }
    let object = place.run(&["explain", "a.ron", "--json"]).json();
    assert_eq!(object["format"], "buttress.explain/1");
    let changes = object["sensitivity"]["changes"].as_array().unwrap();
    assert!(changes.len() >= 3, "{changes:?}");
    let table = place.run(&["explain", "a.ron", "--csv"]).out;
    assert!(table.starts_with("section,about,what,value,low,high,cost\n"));
    let plain = place.run(&["explain", "a.ron", "--no-sensitivity", "--json"]);
    assert!(plain.json()["sensitivity"].is_null());
    place
        .run(&["explain", "a.ron", "--endpoint", "nobody"])
        .ends(2)
        .says("users -> server");
    place
        .run(&["explain", "a.ron", "--figure", "p42"])
        .ends(3)
        .says("p99");
    assert_eq!(place.run(&["run", "a.ron", "--quiet"]).status, 0);
    let kept = place.run(&["explain", "last", "--no-sensitivity"]);
    assert_eq!(kept.status, 0, "{}", kept.err);
}

#[test]
fn a_design_is_tuned_and_the_change_is_saved() {
    let place = Place::with(&QUEUE.replace("p99(*) < 10s", "utilization(server) < 40%"));
    let vary = ["--vary", "nodes/server/workers=1..6"];
    let answer = place.run(&[&["tune", "a.ron", "--save", "enough"][..], &vary].concat());
    assert_eq!(answer.status, 0, "{}{}", answer.out, answer.err);
    assert!(
        answer.out.contains("The cheapest that meets"),
        "{}",
        answer.out
    );
    let file = place.read("a.ron");
    assert!(
        file.contains("\"enough\": [Set(\"nodes/server/workers\", "),
        "{file}"
    );
    assert_eq!(
        place.run(&["check", "a.ron", "--variant", "enough"]).status,
        0
    );
    place
        .run(&[&["tune", "a.ron", "--save", "enough"][..], &vary].concat())
        .ends(2)
        .says("already");
    let object = place
        .run(&[&["tune", "a.ron", "--json"][..], &vary].concat())
        .json();
    assert_eq!(object["format"], "buttress.tune/1");
    assert_eq!(object["best"]["set"][0][0], "nodes/server/workers");
    let none = ["--vary", "nodes/server/work=200ms"];
    let answer = place.run(&[&["tune", "a.ron"][..], &none].concat());
    assert_eq!(answer.status, 1, "{}", answer.err);
    assert!(
        answer.out.contains("Nothing within the bounds"),
        "{}",
        answer.out
    );
    place
        .run(&["tune", "a.ron", "--under", "nothing"])
        .ends(2)
        .says("node server crashes");
}
