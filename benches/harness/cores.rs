//! Two replications of W3 at once, against one alone.

use std::io::Write;

use super::{Outcome, engine, lowest_and_median, timed, unprinted};

/// Simulated seconds of each.
const DURATION_S: u64 = 2_000;
/// Turns of one and two.
const TURNS: u64 = 3;

/// Measures and prints a line.
pub(crate) fn measure(out: &mut impl Write) -> Outcome<()> {
    let model = engine::prepare("w3.ron", DURATION_S)?;
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for seed in 1..=TURNS {
        alone.push(timed(|| engine::simulate(&model, seed)).1);
        let both = || {
            std::thread::scope(|scope| {
                scope.spawn(|| engine::simulate(&model, seed + TURNS));
                engine::simulate(&model, seed);
            });
        };
        together.push(timed(both).1);
    }
    let ((_, one), (_, two)) = (lowest_and_median(alone), lowest_and_median(together));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    writeln!(
        out,
        "two replications of w3 at once: {:.2} times as long as one, on {cores} cores",
        two / one
    )
    .map_err(unprinted)
}
