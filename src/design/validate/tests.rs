//! What the validation finds, each in a design of its own.

use std::path::Path;

use crate::design::diagnostic::Severity;
use crate::design::{Diagnostics, LoadOptions, load_str};

fn all(text: &str) -> Diagnostics {
    match load_str(text, "test.ron", Path::new("."), &LoadOptions::default()) {
        Ok(loaded) => loaded.warnings,
        Err(errors) => errors,
    }
}

/// A design with some nodes, and more at its end.
fn with(nodes: &str, more: &str) -> String {
    format!(
        "(format: 1, nodes: {{\n\
         \"users\": Client(traffic: [(to: \"api\", rate: \"10/s\")]),\n\
         \"api\": Service(endpoints: {{\"do\": [Work(\"1ms\")]}}),\n\
         \"db\": Database(endpoints: {{\"q\": [Work(\"1ms\"), Write]}}),\n\
         \"cache\": Cache(),\n\"jobs\": Queue(),\n{nodes}\n}}, {more})"
    )
}

/// Checks that a design has one error (or warning), which says certain things.
fn says(text: &str, parts: &[&str]) {
    let found = all(text);
    let rendered = found.to_string();
    assert_eq!(found.items.len(), 1, "{text}\n{rendered}");
    for part in parts {
        assert!(rendered.contains(part), "{part:?} is missing:\n{rendered}");
    }
}

#[test]
fn a_sound_design_has_nothing_to_say() {
    let found = all(&with("", ""));
    assert!(found.items.is_empty(), "{found}");
}

#[test]
fn every_error_is_reported_at_once_with_its_line() {
    let text = with(
        "\"w\": Worker(form: \"jobs\", workers: \"many\"),\n\"x\": Servce(),\n\"y\": Service(replicas: -1, wrokers: 4, mode: Blokcing),",
        "run: (duration: \"5 parsecs\"), objectives: [\"p98(do) < 1s\"]",
    );
    let found = all(&text);
    let rendered = found.to_string();
    for part in [
        "`from` is missing",
        "no field `form`",
        "did you mean `from`?",
        "`many` is not a number",
        "unknown kind of node `Servce`",
        "did you mean `Service`?",
        "-1 is negative",
        "no field `wrokers`",
        "did you mean `workers`?",
        "unknown Mode `Blokcing`",
        "`5 parsecs` is not a duration",
        "unknown measure `p98`",
        "test.ron:7:",
        "test.ron:8:",
        "test.ron:9:",
        "test.ron:10:",
    ] {
        assert!(rendered.contains(part), "{part:?} is missing:\n{rendered}");
    }
    assert_eq!(found.errors(), 9, "{rendered}");
}

#[test]
fn names_that_do_not_exist_are_reported_with_the_nearest() {
    let call = |call: &str| {
        with(
            &format!("\"b\": Service(endpoints: {{\"x\": [{call}]}}),"),
            "",
        )
    };
    says(
        &call("Call(\"apo\", \"do\")"),
        &["no node \"apo\"", "did you mean `api`?", "test.ron:7:"],
    );
    says(
        &call("Call(\"api\", \"dp\")"),
        &["no endpoint \"dp\"", "did you mean `do`?"],
    );
    says(&call("Call(\"users\")"), &["a Client cannot be called"]);
    says(
        &call("Call(\"jobs\")"),
        &["a Queue cannot be called", "Publish(\"jobs\")"],
    );
    says(
        &call("Publish(\"api\")"),
        &["\"api\" is a Service, not a Queue"],
    );
    says(
        &call("Cached(cache: \"api\", miss: [])"),
        &["\"api\" is a Service, not a Cache"],
    );
    says(&call("Transaction(\"cache\", [])"), &["not a Database"]);
    says(&call("Write"), &["`Write` is done by a database"]);
    says(
        &call("Parallel([Reply, Work(\"1ms\")])"),
        &["`Reply` inside a branch"],
    );
    says(
        &with("\"w\": Worker(from: \"api\"),", ""),
        &["not a Queue", "known here: jobs"],
    );
    says(
        &call("Cached(\"api\", miss: [])"),
        &["arguments with and without names are mixed"],
    );
    says(&with("", "wires: {\"api -> bd\": ()}"), &["no node \"bd\""]);
    says(
        &with("", "wires: {\"api to db\": ()}"),
        &["is no name of a wire"],
    );
    says(&with("", "wires: {\"api -> api\": ()}"), &["to itself"]);
}

#[test]
fn what_groups_faults_and_objectives_name_must_exist() {
    says(
        &with("", "groups: {\"g\": [\"nobody\"]}"),
        &["no node \"nobody\""],
    );
    says(
        &with("", "canvas: {\"ape\": (0, 0)}"),
        &["did you mean `api`?"],
    );
    says(
        &with("", "faults: [(at: \"1s\", fault: Crash(\"ap\"))]"),
        &["no node \"ap\""],
    );
    says(
        &with(
            "",
            "faults: [(at: \"1s\", fault: Loss(\"api -> db\", \"1%\"))]",
        ),
        &["no wire \"api -> db\""],
    );
    says(
        &with("", "faults: [(at: \"1s\", fault: Zone(\"a\"))]"),
        &["no node lies in the zone"],
    );
    says(
        &with("", "faults: [(at: \"1s\", fault: Crash(\"api\", 2))]"),
        &["has only 1 replicas"],
    );
    says(
        &with("", "objectives: [\"p99(od) < 1s\"]"),
        &["no endpoint \"od\"", "did you mean `do`?"],
    );
    says(
        &with("", "objectives: [\"p99(q) < 1s\"]"),
        &["no client calls the endpoint \"q\""],
    );
    says(
        &with("", "objectives: [\"utilization(ap) < 80%\"]"),
        &["no node \"ap\""],
    );
    says(
        &with("", "objectives: [\"p99(do) < 1s during api slow\"]"),
        &["expected a duration"],
    );
    says(
        &with("", "objectives: [\"p99(do) during api slow < 1s\"]"),
        &["no fault \"api slow\""],
    );
}

#[test]
fn values_that_cannot_be_simulated_are_reported() {
    let work = |work: &str| with(&format!("\"b\": Service(work: {work}),"), "");
    says(
        &work("LogNormal(mean: \"1ms\")"),
        &["do not determine a log-normal", "`mean` and `cv`"],
    );
    says(
        &work("LogNormal(p50: \"9ms\", p99: \"2ms\")"),
        &["`p99` is not above `p50`"],
    );
    says(&work("Pareto(\"1ms\", 0)"), &["`alpha` must be above 0"]);
    says(
        &work("Mixture([(0, \"1ms\"), (0, \"2ms\")])"),
        &["all weights are 0"],
    );
    says(&work("\"-5ms\""), &["cannot be negative"]);
    says(&work("NaN"), &["NaN"]);
    says(&work("5"), &["a bare number has no unit", "250ms"]);
    says(&work("\"400d\""), &["at most 365d"]);
    says(
        &with("\"b\": Service(replicas: 0),", ""),
        &["`replicas` must be at least 1"],
    );
    says(
        &with("\"b\": Service(workers: 0),", ""),
        &["`workers` must be at least 1"],
    );
    says(
        &with("\"b\": Service(replicas: 10_001),", ""),
        &["too many", "at most 10,000"],
    );
    says(
        &with("\"b\": Cache(eviction: \"Lru\"),", ""),
        &["write `Lru` without quotes"],
    );
    says(
        &with("\"b\": Cache(hit_ratio: \"120%\"),", ""),
        &["at most 100%"],
    );
    says(
        &with("\"b\": Service(zones: [\"a/b/c\"]),", ""),
        &["no name of a zone"],
    );
    let traffic = |flow: &str| {
        with(
            &format!("\"b\": Client(traffic: [(to: \"api\", {flow})]),"),
            "",
        )
    };
    says(&traffic(""), &["says nothing about how much"]);
    says(&traffic("rate: \"1/s\", users: 3"), &["in two ways"]);
    says(
        &traffic("rate: Piecewise([(\"2s\", \"1/s\"), (\"1s\", \"2/s\")])"),
        &["do not ascend"],
    );
    says(&traffic("rate: \"2G/s\""), &["at most 1G/s"]);
    says(&traffic("rate: inf"), &["too large"]);
    says(&with("", "format: 1"), &["given twice"]);
    says(
        &with("", "wires: {\"api -> db\": (), \"api -> db\": ()}"),
        &["given twice"],
    );
    says(
        &with("", "run: (warmup: \"2m\")"),
        &["leaves nothing of the run"],
    );
}

#[test]
fn cycles_are_shown_unless_something_ends_them() {
    let nodes =
        "\"a\": Service(to: [\"b\"]), \"b\": Service(to: [\"c\"]), \"c\": Service(to: [\"a\"]),";
    says(&with(nodes, ""), &["a → b → c → a", "`max_depth`"]);
    for bound in ["max_depth: 3", "deadline: \"1s\"", "timeout: \"1s\""] {
        let bounded = all(&with(nodes, &format!("wires: {{\"b -> c\": ({bound})}}")));
        assert!(bounded.items.is_empty(), "{bounded}");
    }
    let apart = "\"a\": Service(endpoints: {\"x\": [Call(\"b\", \"y\")], \"z\": []}), \"b\": Service(endpoints: {\"y\": [Call(\"a\", \"z\")]}),";
    assert!(all(&with(apart, "")).items.is_empty());
    let each = (0..9_000).map(|i| format!("\"n{i}\": Service(to: [\"n{}\"]),", i + 1));
    let chain = each.collect::<Vec<_>>().join("\n");
    let found = all(&with(&format!("{chain} \"n9000\": Service(),"), ""));
    assert!(found.items.is_empty(), "{found}");
}

#[test]
fn balancers_pass_endpoints_through() {
    let nodes = "\"edge\": Balancer(to: [\"gate\"]), \"gate\": Gateway(routes: {\"q\": \"db\"}, to: [\"api\"]), \
        \"more\": Client(traffic: [(to: \"edge\", endpoint: \"do\", rate: \"1/s\"), (to: \"edge\", endpoint: \"q\", rate: \"1/s\")]),";
    let found = all(&with(nodes, ""));
    assert!(found.items.is_empty(), "{found}");
    says(
        &with(&nodes.replace("\"q\", rate", "\"qq\", rate"), ""),
        &["\"edge\" has no endpoint \"qq\"", "did you mean `q`?"],
    );
}

#[test]
fn pools_beyond_what_a_database_accepts_are_a_warning() {
    let nodes = "\"b\": Service(replicas: 20, to: [\"db\"]),";
    let found = all(&with(nodes, ""));
    assert_eq!(found.items.len(), 1, "{found}");
    assert_eq!(found.items[0].severity, Severity::Warning);
    assert!(
        found
            .to_string()
            .contains("pools of 200 connections in all, but \"db\" accepts 100"),
        "{found}"
    );
}

#[test]
fn a_node_that_cannot_be_read_is_not_reported_as_missing() {
    says(
        &with("\"b\": Servce(), \"c\": Service(to: [\"b\"]),", ""),
        &["unknown kind of node"],
    );
}
