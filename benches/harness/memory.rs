//! The most memory resident on W3 and on a run ten times as long, each in a process of its own.

use std::io::Write;
use std::process::Command;

use buttress::study::run::peak_bytes;

use super::{Outcome, engine, unprinted, verdict};

/// The argument that makes this program such a process.
pub(crate) const CHILD: &str = "--memory-of-w3-for-seconds";

/// Simulated seconds of the shorter run.
const SHORT_S: u64 = 800;
/// At most this much resident.
const BAR_BYTES: f64 = 10e6;
/// The longer run may have this many times as much: pages come in fours and windows fill differently.
const GROWTH_MAX: f64 = 1.1;

/// Runs W3 for some seconds and prints the most bytes that were resident; 0 where the system does
/// not say.
pub(crate) fn child(seconds: &str, out: &mut impl Write) -> Outcome<()> {
    let seconds = seconds
        .parse()
        .map_err(|_| format!("{seconds} is no number of seconds"))?;
    let replication = engine::simulate(&engine::prepare("w3.ron", seconds)?, 1);
    engine::observed(&replication)?;
    writeln!(out, "{}", peak_bytes()).map_err(unprinted)
}

/// Measures both and prints a line.
pub(crate) fn measure(out: &mut impl Write) -> Outcome<()> {
    let short = resident_bytes(SHORT_S)?;
    let long = resident_bytes(10 * SHORT_S)?;
    if short == 0.0 {
        return writeln!(out, "memory: not known on this system").map_err(unprinted);
    }
    writeln!(
        out,
        "memory on w3: {:.1} MB for {SHORT_S} s, {:.1} MB for ten times that; below {:.0} MB: {}; flat: {}",
        short / 1e6,
        long / 1e6,
        BAR_BYTES / 1e6,
        verdict(short.max(long), BAR_BYTES),
        verdict(long / short, GROWTH_MAX),
    )
    .map_err(unprinted)
}

fn resident_bytes(seconds: u64) -> Outcome<f64> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program)
        .args([CHILD, &seconds.to_string()])
        .output()
        .map_err(|error| format!("cannot start another process: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    said.trim().parse().map_err(|_| {
        format!(
            "memory: the process failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )
    })
}
