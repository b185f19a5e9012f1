//! The same design gives the same bytes, however many threads work on it.

use std::path::Path;
use std::process::Command;

/// What the program prints for a scenario.
fn output(scenario: &str, threads: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO_BIN_EXE_buttress"))
        .args([
            "run",
            "--json",
            "--no-save",
            "--duration",
            "5s",
            "--replications",
            "5",
            "--threads",
            threads,
        ])
        .arg(root.join("scenarios").join(scenario))
        .env_clear()
        .output()
        .expect("the program starts");
    assert!(
        output.stdout.starts_with(b"{"),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

#[track_caller]
fn assert_same(scenario: &str) {
    let one = output(scenario, "1");
    for threads in ["2", "8"] {
        assert!(
            one == output(scenario, threads),
            "{scenario}: {threads} threads say something else"
        );
    }
}

#[test]
fn threads_never_show_in_the_shop() {
    assert_same("shop.ron");
}

#[test]
fn threads_never_show_under_faults() {
    assert_same("zone-outage.ron");
}

#[test]
fn threads_never_show_in_queues() {
    assert_same("poison-message.ron");
}
