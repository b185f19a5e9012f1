//! Usage, help, and the form of the answer.

use super::{Place, QUEUE, hopeless};

#[test]
fn without_a_terminal_the_canvas_points_to_the_commands() {
    let ran = Place::new().run(&[]).ends(2).says("`buttress --help`");
    assert_eq!(ran.out, "");
    let help = Place::new().run(&["--help"]).ends(0).out;
    for command in [
        "new",
        "run",
        "compare",
        "sweep",
        "capacity",
        "matrix",
        "tune",
        "plan",
        "check",
        "explain",
        "estimate",
        "verify",
        "fmt",
        "schema",
        "history",
        "show",
        "replay",
        "completions",
        "man",
    ] {
        assert!(help.contains(&format!("\n  {command} ")), "{command}");
    }
}

#[test]
fn a_file_in_place_of_a_command_points_to_run() {
    let place = Place::with(QUEUE);
    place.run(&["a.ron"]).ends(2).says("`buttress run a.ron`");
    place
        .run(&["absent.ron"])
        .ends(2)
        .says("`buttress run absent.ron`");
}

#[test]
fn a_misspelt_command_or_option_is_suggested() {
    let place = Place::with(QUEUE);
    place.run(&["chek", "a.ron"]).ends(2).says("'check'");
    place.run(&["chek"]).ends(2).says("'check'");
    place.run(&["xyzzy"]).ends(2).says("`buttress --help`");
    place
        .run(&["run", "a.ron", "--sed", "3"])
        .ends(2)
        .says("'--seed'");
    place.run(&["run"]).ends(2).says("<FILE>");
    place.run(&["run", "a.ron", "--json", "--csv"]).ends(2);
    place.run(&["run", "a.ron", "--seed", "-1"]).ends(2);
    place.run(&["run", "a.ron", "--reps", "0"]).ends(2);
    place
        .run(&["run", "a.ron", "--set", "nonsense"])
        .ends(2)
        .says("PATH=VALUE");
    place
        .run(&["run", "a.ron", "--duration", "10"])
        .ends(2)
        .says("--duration 10")
        .says("10m");
    place
        .run(&["run", "a.ron", "--precision", "0"])
        .ends(2)
        .says("--precision");
    place
        .run(&["run", "a.ron", "a.ron", "--csv"])
        .ends(2)
        .says("--csv takes one FILE");
    assert!(!place.path(".buttress").exists(), "nothing was run");
}

#[test]
fn help_and_version_are_answers() {
    let place = Place::new();
    let version = place.run(&["--version"]).ends(0).silently();
    assert_eq!(
        version.out,
        format!("buttress {}\n", env!("CARGO_PKG_VERSION"))
    );
    assert!(
        place
            .run(&["run", "--help"])
            .ends(0)
            .silently()
            .out
            .contains("--variant")
    );
}

#[test]
fn a_run_answers_in_words() {
    let place = Place::with(QUEUE);
    let ran = place.run(&["run", "a.ron"]).ends(0).silently();
    for part in [
        "queue",
        "goodput",
        "p99",
        "users → server",
        "objectives",
        "met",
        "service",
    ] {
        assert!(ran.out.contains(part), "{part} in:\n{}", ran.out);
    }
    assert!(
        ran.out.lines().all(|line| line.chars().count() <= 80),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains('\u{1b}'), "no colour without a terminal");
}

#[test]
fn a_locale_without_utf8_gets_ascii() {
    let place = Place::with(QUEUE);
    let output = place
        .command(&["run", "a.ron"])
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    assert!(output.stdout.is_ascii());
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("users -> server")
    );
}

#[test]
fn colours_are_used_when_asked_for_and_not_under_no_color() {
    let place = Place::with(QUEUE);
    let colored = |arguments: &[&str], no_color: &str| {
        let output = place
            .command(arguments)
            .env("NO_COLOR", no_color)
            .output()
            .unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(colored(&["run", "a.ron", "--color", "always"], ""));
    assert!(!colored(&["run", "a.ron", "--color", "never"], ""));
    assert!(!colored(&["run", "a.ron"], "1"));
}

#[test]
fn json_is_one_stable_line() {
    let place = Place::with(QUEUE);
    let ran = place.run(&["run", "a.ron", "--json"]).ends(0).silently();
    assert_eq!(ran.out.lines().count(), 1);
    let object = ran.json();
    assert_eq!(object["format"], "buttress.run/1");
    assert_eq!(object["design"]["name"], "queue");
    assert_eq!(object["design"]["file"], "a.ron");
    assert_eq!(object["seed"], 1);
    assert_eq!(object["replications"], 4);
    assert_eq!(object["partial"], false);
    assert_eq!(object["endpoints"][0]["id"], "users -> server");
    assert_eq!(object["objectives"][0]["met"], true);
    for threads in ["1", "2", "8"] {
        let again = place
            .run(&["run", "a.ron", "--json", "--no-save", "--threads", threads])
            .ends(0);
        assert_eq!(again.out, ran.out, "with {threads} threads");
    }
    let piped = place
        .run_with_input(&["run", "-", "--json"], QUEUE.as_bytes())
        .ends(0);
    let renamed = piped.out.replace("\"file\":\"-\"", "\"file\":\"a.ron\"");
    assert_eq!(renamed, ran.out, "stdin is as good as a file");
}

#[test]
fn timings_come_at_the_end_and_only_when_asked_for() {
    let place = Place::with(QUEUE);
    let plain = place.run(&["run", "a.ron", "--json"]).ends(0);
    let timed = place.run(&["run", "a.ron", "--json", "--timings"]).ends(0);
    let rest = timed
        .out
        .strip_prefix(plain.out.trim_end().strip_suffix('}').unwrap())
        .unwrap();
    assert!(rest.starts_with(",\"timing\":{\"simulate_s\":"), "{rest}");
    assert!(timed.json()["timing"]["events_per_s"].as_f64().unwrap() > 0.0);
}

#[test]
fn csv_is_a_tidy_table_of_the_same_figures() {
    let place = Place::with(QUEUE);
    let csv = place.run(&["run", "a.ron", "--csv"]).ends(0).silently().out;
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("scope,id,figure,value,low,high"));
    let object = place.run(&["run", "a.ron", "--json"]).ends(0).json();
    let mean = &object["endpoints"][0]["latency_s"];
    let wanted = format!(
        "endpoint,users -> server,latency_s.mean,{},{},{}",
        mean["mean"], mean["ci95"][0], mean["ci95"][1]
    );
    assert!(lines.any(|line| line == wanted), "{wanted} in:\n{csv}");
}

#[test]
fn quiet_says_nothing_and_still_ends_with_the_verdict() {
    let place = Place::with(QUEUE);
    place.write("b.ron", hopeless());
    assert_eq!(
        place
            .run(&["run", "a.ron", "--quiet"])
            .ends(0)
            .silently()
            .out,
        ""
    );
    assert_eq!(
        place
            .run(&["run", "b.ron", "--quiet"])
            .ends(1)
            .silently()
            .out,
        ""
    );
    assert!(
        place.path(".buttress/results.db").exists(),
        "the runs are kept"
    );
}

#[test]
fn options_change_the_run() {
    let place = Place::with(QUEUE);
    let with = |more: &[&str]| {
        let arguments = [&["run", "a.ron", "--json", "--no-save"], more].concat();
        place.run(&arguments).ends(0).json()
    };
    let plain = with(&[]);
    assert_eq!(with(&["--seed", "7"])["seed"], 7);
    assert_ne!(with(&["--seed", "7"])["endpoints"], plain["endpoints"]);
    assert_eq!(with(&["--duration", "5s"])["simulated_s"], 5.0);
    assert_eq!(with(&["--warmup", "2s"])["warmup_s"], 2.0);
    assert_eq!(with(&["--warmup", "0s"])["warmup_s"], 0.0);
    assert_eq!(with(&["--reps", "2"])["replications"], 2);
    assert_eq!(with(&["--variant", "fast"])["design"]["variant"], "fast");
    let mean = |object: &serde_json::Value| {
        object["endpoints"][0]["latency_s"]["mean"]
            .as_f64()
            .unwrap()
    };
    assert!(mean(&with(&["--variant", "fast"])) < mean(&plain) / 5.0);
    assert!(mean(&with(&["--set", "nodes/server/workers=4"])) < mean(&plain));
    let precise = with(&["--precision", "5%"]);
    assert!(precise["replications"].as_u64().unwrap() >= 4);
}

#[test]
fn objectives_decide_the_exit_status() {
    let place = Place::with(QUEUE);
    place.write("b.ron", hopeless());
    let ran = place.run(&["check", "a.ron"]).ends(0).silently();
    assert!(ran.out.contains("All 2 objectives are met."), "{}", ran.out);
    let ran = place.run(&["check", "b.ron", "a.ron"]).ends(1).silently();
    assert!(
        ran.out.contains("✗ p99(*) < 1ms") && ran.out.contains("not met"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("All 2 objectives are met."),
        "the others are checked all the same"
    );
    place.run(&["run", "b.ron"]).ends(1);
    let object = place.run(&["check", "b.ron", "--json"]).ends(1).json();
    assert_eq!(object["format"], "buttress.check/1");
    assert_eq!(object["met"], false);
    assert_eq!(object["objectives"][0]["met"], true);
    let csv = place.run(&["check", "a.ron", "b.ron", "--csv"]).ends(1).out;
    assert_eq!(csv.lines().count(), 5, "{csv}");
    assert!(
        csv.starts_with(
            "file,objective,met,observed,low,high\na.ron,goodput(*) > 99% of offered,1,"
        )
    );
}

#[test]
fn several_files_are_run_and_the_worst_decides() {
    let place = Place::with(QUEUE);
    place.write("b.ron", hopeless());
    place.write("c.ron", "(format: 1");
    let ran = place
        .run(&["run", "a.ron", "b.ron", "c.ron", "absent.ron", "--json"])
        .ends(3);
    assert_eq!(ran.out.lines().count(), 2);
    assert!(ran.err.contains("c.ron") && ran.err.contains("absent.ron"));
    place.run(&["run", "b.ron", "absent.ron", "--json"]).ends(4);
    place.run(&["run", "b.ron", "a.ron", "--json"]).ends(1);
}

#[test]
fn theory_agrees_or_the_status_says_so() {
    let place = Place::new();
    let ran = place.run(&["verify", "md1"]).ends(0).silently();
    assert!(
        ran.out.contains("theory") && ran.out.contains("agrees"),
        "{}",
        ran.out
    );
    let object = place.run(&["verify", "md1", "--json"]).ends(0).json();
    assert_eq!(object["format"], "buttress.verify/1");
    assert_eq!(object["failed"], 0);
    assert!(object["passed"].as_u64().unwrap() >= 1);
    place
        .run(&["verify", "no such case"])
        .ends(2)
        .says("no such case");
}

#[test]
fn completions_pages_and_schema_are_made_from_the_definition() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(
            place
                .run(&["completions", shell])
                .ends(0)
                .silently()
                .out
                .contains("replay"),
            "{shell}"
        );
    }
    place.run(&["completions", "tcsh"]).ends(2).says("bash");
    assert!(
        place
            .run(&["man"])
            .ends(0)
            .silently()
            .out
            .contains(".TH buttress 1")
    );
    std::fs::create_dir(place.path("pages")).unwrap();
    place.run(&["man", "--dir", "pages"]).ends(0).silently();
    assert!(place.read("pages/buttress-run.1").contains("precision"));
    place
        .run(&["man", "--dir", "absent"])
        .ends(4)
        .says("absent");
    let schema = place.run(&["schema"]).ends(0).silently().json();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
}
