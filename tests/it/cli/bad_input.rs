//! Input that is wrong: a clear message with the place, the right status, and nothing else happens.

use super::{Place, QUEUE, Ran};

/// That a text is refused as invalid, in time, and that nothing was kept.
#[track_caller]
fn refused(text: impl AsRef<[u8]>) -> Ran {
    let place = Place::new();
    place.write("a.ron", text);
    let ran = place.run(&["run", "a.ron"]).ends(3);
    assert_eq!(ran.out, "");
    assert!(!place.path(".buttress").exists());
    assert!(ran.err.contains("a.ron"), "{}", ran.err);
    ran
}

#[test]
fn empty_binary_and_truncated_files() {
    refused("");
    refused("\n// nothing but a comment\n");
    refused([0_u8, 159, 146, 150, 0, 1, 2]);
    refused([b'(', 0xff, b')']).says("UTF-8");
    for length in (1..QUEUE.len()).step_by(37) {
        refused(&QUEUE[..length]);
    }
}

#[test]
fn huge_and_deeply_nested_files() {
    let place = Place::new();
    let file = std::fs::File::create(place.path("a.ron")).unwrap();
    file.set_len(100 << 20).unwrap();
    place.run(&["run", "a.ron"]).ends(3).says("MiB");
    place.run(&["fmt", "a.ron"]).ends(3).says("MiB");
    refused(format!("(format: 1, nodes: {}", "[".repeat(100_000)));
    refused(format!(
        "(format: 1, nodes: {{\"a\": {}{}}})",
        "(".repeat(100_000),
        ")".repeat(100_000)
    ));
    let piped = place
        .run_with_input(&["run", "-"], &vec![b' '; 20 << 20])
        .ends(3);
    assert!(piped.err.contains("MiB"), "{}", piped.err);
}

#[test]
fn unknown_words_are_named_with_their_place_and_the_nearest_known_one() {
    let field = QUEUE.replace("workers: 1", "wrokers: 1");
    refused(field)
        .says("wrokers")
        .says("workers")
        .says("a.ron:6:");
    let kind = QUEUE.replace("Service(", "Servic(");
    refused(kind).says("Service");
    let node = QUEUE.replace("to: \"server\"", "to: \"sever\"");
    refused(node).says("sever").says("server");
    let place = Place::with(QUEUE);
    place
        .run(&["run", "a.ron", "--variant", "fats"])
        .ends(3)
        .says("fats")
        .says("fast");
    place
        .run(&["run", "a.ron", "--set", "nodes/server/wrokers=3"])
        .ends(3)
        .says("wrokers");
    place
        .run(&["run", "a.ron", "--set", "nodes/server/workers=many"])
        .ends(3)
        .says("many");
}

#[test]
fn every_error_is_reported_at_once() {
    let text = QUEUE
        .replace("workers: 1", "wrokers: 1")
        .replace("70/s", "seventy");
    refused(text).says("wrokers").says("seventy");
}

#[test]
fn quantities_that_cannot_be() {
    for wrong in ["-70/s", "NaN/s", "1e400/s", "70 bananas", ""] {
        refused(QUEUE.replace("70/s", wrong));
    }
    refused(QUEUE.replace("workers: 1", "workers: 1, replicas: 0"));
    refused(QUEUE.replace("Exponential(\"10ms\")", "Exponential(\"-10ms\")"));
    refused(QUEUE.replace("duration: \"20s\"", "duration: \"0s\""));
    refused(QUEUE.replace("replications: 4", "replications: 0"));
}

#[test]
fn a_cycle_of_calls_is_shown() {
    let text = r#"(format: 1, nodes: {
        "users": Client(traffic: [(to: "a", rate: "1/s")]),
        "a": Service(to: ["b"]),
        "b": Service(to: ["a"]),
    })"#;
    let ran = refused(text);
    assert!(
        ran.err.contains("\"a\"") || ran.err.contains("a -> b"),
        "{}",
        ran.err
    );
}

#[test]
fn more_memory_than_the_limit_stops_the_run_and_not_the_machine() {
    let text = QUEUE
        .replace("70/s", "1M/s")
        .replace("\"20s\"", "\"10h\"")
        .replace("replications: 4", "replications: 2, memory_mib: 16");
    let place = Place::new();
    place.write("a.ron", text);
    let ran = place.run(&["run", "a.ron", "--no-save"]);
    assert!(ran.status == 1 || ran.status == 3, "{ran:?}");
    let said = ran.out + &ran.err;
    assert!(
        said.contains("memory") || said.contains("partial"),
        "{said}"
    );
}

#[test]
fn what_cannot_be_read_is_another_status() {
    let place = Place::new();
    place
        .run(&["run", "absent.ron"])
        .ends(4)
        .says("cannot read absent.ron");
    place.run(&["run", "."]).ends(4).says("cannot read .");
    place.run(&["check", "absent.ron"]).ends(4);
    place.run(&["fmt", "absent.ron"]).ends(4);
    place
        .run_with_input(&["run", "-"], &[0xff, 0xfe])
        .ends(3)
        .says("<stdin>");
    place
        .run_with_input(&["run", "-"], b"")
        .ends(3)
        .says("<stdin>");
}

#[test]
fn control_characters_in_names_do_not_reach_the_terminal() {
    let place = Place::with(&QUEUE.replace("\"queue\"", "\"a\\u{1b}[31mb\""));
    let ran = place.run(&["run", "a.ron"]);
    assert!(
        !ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'),
        "{ran:?}"
    );
}
