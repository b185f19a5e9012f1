//! Signals, pipes that are closed, disks that are full.

#![cfg(unix)]

use super::{Place, QUEUE, Ran, endless};
use std::fs::OpenOptions;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The program at work on a run that does not end by itself.
fn at_work(place: &Place, arguments: &[&str]) -> Child {
    let child = place
        .command(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A signal that comes before it is caught would end the program the plain way.
    let caught = || {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let mask = status
            .lines()
            .find_map(|line| line.strip_prefix("SigCgt:"))
            .map(str::trim);
        let mask = mask
            .and_then(|mask| u64::from_str_radix(mask, 16).ok())
            .unwrap_or(0);
        // SIGINT is 2, SIGTERM 15; bit n - 1 stands for signal n.
        mask & (1 << 1) != 0 && mask & (1 << 14) != 0
    };
    let started = Instant::now();
    while !caught() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "signals are never caught"
        );
        sleep(Duration::from_millis(5));
    }
    sleep(Duration::from_millis(200));
    child
}

fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

#[test]
fn ctrl_c_ends_a_run_cleanly_with_what_there_is() {
    let place = Place::with(&endless());
    let child = at_work(&place, &["run", "a.ron", "--json"]);
    send("-INT", &child);
    let ran = Ran::of(child.wait_with_output().unwrap()).ends(130);
    let object = ran.json();
    assert_eq!(object["partial"], true);
    assert!(object["events"].as_u64().unwrap() > 0);
    let list = place.run(&["history", "--json"]).ends(0).json();
    assert_eq!(list["runs"][0]["partial"], true, "what there is was kept");
    place.run(&["replay"]).ends(3).says("cannot be repeated");
}

#[test]
fn a_partial_answer_says_that_it_is() {
    let place = Place::with(&endless());
    let child = at_work(&place, &["run", "a.ron", "a.ron"]);
    send("-INT", &child);
    let ran = Ran::of(child.wait_with_output().unwrap()).ends(130);
    assert!(ran.out.contains("partial"), "{}", ran.out);
    assert_eq!(
        ran.out.matches("partial: stopped").count(),
        1,
        "the second file is not begun"
    );
}

#[test]
fn a_termination_is_another_status() {
    let place = Place::with(&endless());
    let child = at_work(&place, &["check", "a.ron"]);
    send("-TERM", &child);
    Ran::of(child.wait_with_output().unwrap()).ends(75);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::with(QUEUE);
    let mut child = place
        .command(&["run", "a.ron", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran = Ran::of(child.wait_with_output().unwrap())
        .ends(0)
        .silently();
    assert_eq!(ran.out, "");
    assert_eq!(
        place.run(&["history", "--json"]).ends(0).json()["total"],
        1,
        "the run was kept all the same"
    );
}

#[test]
fn an_answer_that_cannot_be_written_is_reported() {
    let place = Place::with(QUEUE);
    let Ok(full) = OpenOptions::new().write(true).open("/dev/full") else {
        return;
    };
    let output = place
        .command(&["run", "a.ron"])
        .stdout(full)
        .output()
        .unwrap();
    Ran::of(output).ends(4).says("cannot write the answer");
}
