//! How long the program takes from its start to its end when there is next to nothing to simulate.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Outcome, lowest_and_median, timed, unprinted, verdict};

/// Starts.
const TIMES: usize = 20;
/// At most this long, in milliseconds.
const BAR_MS: f64 = 10.0;

/// Measures and prints a line.
pub(crate) fn measure(out: &mut impl Write) -> Outcome<()> {
    let mut times_ms = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let (ended, seconds) = timed(check);
        ended?;
        times_ms.push(seconds * 1e3);
    }
    let (lowest, median) = lowest_and_median(times_ms);
    writeln!(
        out,
        "start: check of w1 for 1 s of simulated time takes {median:.1} ms (lowest {lowest:.1} ms); at most {BAR_MS:.0} ms: {}",
        verdict(median, BAR_MS)
    )
    .map_err(unprinted)
}

fn check() -> Outcome<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let status = Command::new(env!("CARGO_BIN_EXE_buttress"))
        .args(["check", "--no-save", "--duration", "1s", "--reps", "1"])
        .arg(root.join("scenarios/bench/w1.ron"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| format!("cannot start the program: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("check failed: {status}"))
    }
}
