//! Axes, and a sweep whose truth is known.

use super::*;
use crate::insight::theory::mmc::Mmc;
use crate::study::units::Forgetful;
use crate::study::units::testing::Kept;

fn axis(text: &str) -> Vec<String> {
    text.parse::<Axis>().unwrap().values
}

#[test]
fn axes_are_lists_and_ranges() {
    assert_eq!(axis("a/b=1..4"), ["1", "2", "3", "4"]);
    assert_eq!(axis("a=5ms,10ms"), ["5ms", "10ms"]);
    assert_eq!(
        axis("a=100/s..200/s step 50/s"),
        ["100/s", "150/s", "200/s"]
    );
    assert_eq!(axis("a=0.1..0.3 step 0.1"), ["0.1", "0.2", "0.3"]);
    assert_eq!(axis("a=1..1000 log 4"), ["1", "10", "100", "1000"]);
    assert_eq!(axis("a=1ms..4ms log 3"), ["1ms", "2ms", "4ms"]);
    assert_eq!(
        axis(r#"a=Exponential(mean: "1ms"), Uniform(from: "0ms", to: "2ms")"#),
        [
            r#"Exponential(mean: "1ms")"#,
            r#"Uniform(from: "0ms", to: "2ms")"#
        ]
    );
    assert_eq!(
        axis("w/a -> b/pool=AtMost(3), Unlimited"),
        ["AtMost(3)", "Unlimited"]
    );
    for wrong in [
        "a",
        "=1",
        "a=",
        "a=1..x",
        "a=3..1",
        "a=1..9 log 1",
        "a=1ms..2s",
        "a=1..1e9",
    ] {
        assert!(wrong.parse::<Axis>().is_err(), "{wrong}");
    }
}

#[test]
fn points_follow_theory_and_meet_the_same_requests() {
    let text = r#"(
        format: 1,
        nodes: {
            "users": Client(traffic: [(to: "server", rate: "80/s")]),
            "server": Service(workers: 1, work: Exponential(mean: "10ms")),
        },
        run: (duration: "100s", warmup: "10s", replications: 4),
    )"#;
    let loaded = load_str(text, "a.ron", Path::new(""), &LoadOptions::default()).unwrap();
    let base = Base {
        loaded: &loaded,
        name: "a.ron",
        catalogue: None,
    };
    let settings = RunSettings::default();
    let axes = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
    let over = axes(&[
        "nodes/server/workers=1..3",
        "nodes/users/traffic/0/rate=40/s,80/s",
    ]);
    let found = sweep(&base, over, &settings, &|_| true, &Forgetful).unwrap();
    assert_eq!(found.points.len(), 6);
    for point in &found.points {
        let workers = point.values[0].parse().unwrap();
        let rate = point.values[1].trim_end_matches("/s").parse().unwrap();
        let exact = Mmc::new(rate, 100.0, workers).unwrap().mean_sojourn();
        let seen = point.result.endpoints[0].latency_s.mean;
        assert!(
            (seen / exact - 1.0).abs() < 0.15,
            "{:?}: {seen} {exact}",
            point.values
        );
    }
    let offered = |at: usize| found.points[at].result.endpoints[0].offered;
    assert_eq!(offered(1), offered(3));
    let wrong = axes(&["nodes/server/workers=none"]);
    let refused = sweep(&base, wrong, &settings, &|_| true, &Forgetful);
    assert!(matches!(refused, Err(SweepError::Design(..))));
    let stopped = sweep(
        &base,
        axes(&["nodes/server/workers=1..3"]),
        &settings,
        &|_| false,
        &Forgetful,
    );
    assert!(matches!(
        stopped,
        Err(SweepError::Run(_, RunError::Nothing))
    ));
}

#[test]
fn a_sweep_that_was_stopped_goes_on_and_says_the_same_bytes() {
    let text = r#"(
        format: 1,
        nodes: {
            "users": Client(traffic: [(to: "server", rate: "80/s")]),
            "server": Service(workers: 2, work: Exponential(mean: "10ms")),
        },
        run: (duration: "5s", replications: 40),
    )"#;
    let loaded = load_str(text, "a.ron", Path::new(""), &LoadOptions::default()).unwrap();
    let base = Base {
        loaded: &loaded,
        name: "a.ron",
        catalogue: None,
    };
    let swept = |units: &dyn Units, watch: &dyn Fn(Progress) -> bool| {
        let over = vec!["nodes/server/workers=1..5".parse().unwrap()];
        sweep(&base, over, &RunSettings::default(), watch, units)
    };
    let json = |found: &Sweep| serde_json::to_string(found).unwrap();
    let whole = json(&swept(&Forgetful, &|_| true).unwrap());
    let kept = Kept::default();
    // It is stopped as soon as three points are kept.
    let stopped = swept(&kept, &|_| kept.all.borrow().len() < 3).unwrap();
    assert!(stopped.partial && stopped.points.len() < 5);
    let resumed = swept(&kept, &|_| true).unwrap();
    assert_eq!(json(&resumed), whole);
    assert!(*kept.found.borrow() >= 3);
}
