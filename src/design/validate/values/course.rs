//! Rules about what happens: steps, the run and its faults.

use super::Problems;
use crate::design::Quantity;
use crate::design::model::{Dist, Fault, FaultEntry, Need, Run, Step, Warmup, Which};

/// Most replications of one run.
const REPLICATIONS_MAX: u32 = 100_000;

pub(super) fn step(step: &Step, problems: &mut Problems) {
    match step {
        Step::Parallel { branches, need } => {
            problems.check(
                !branches.is_empty(),
                "branches",
                "there are no branches",
                "expected at least one",
            );
            if let Need::AtLeast { k } = need {
                let fits = *k >= 1 && *k as usize <= branches.len();
                problems.check(
                    fits,
                    "need",
                    "so many branches cannot succeed",
                    "expected 1 up to the number of branches",
                );
            }
        }
        Step::Choose { branches } => {
            problems.weights(branches.iter().map(|(weight, _)| *weight), "branches");
        }
        Step::Repeat { times, .. } => {
            let most = match &times.0 {
                Dist::Constant {
                    value: Quantity(value),
                } => *value,
                Dist::Uniform {
                    to: Quantity(to), ..
                } => *to,
                Dist::Exponential {
                    mean: Quantity(mean),
                } => *mean,
                _ => 0.0,
            };
            problems.check(
                most <= 1e5,
                "times",
                "so many repetitions cannot be simulated",
                "expected at most 100,000",
            );
        }
        _ => {}
    }
}

pub(super) fn run(run: &Run, problems: &mut Problems) {
    problems.time_above_0(run.duration, "duration");
    let fits = (1..=REPLICATIONS_MAX).contains(&run.replications);
    problems.check(
        fits,
        "replications",
        "the number of replications is out of range",
        "expected 1 to 100,000",
    );
    problems.check(
        run.memory_mib >= 16,
        "memory_mib",
        "nothing can be simulated in so little memory",
        "expected at least 16",
    );
    if let Warmup::For { time } = run.warmup {
        problems.check(
            time < run.duration,
            "warmup",
            "the warm-up leaves nothing of the run",
            "expected less than `duration`",
        );
    }
}

pub(super) fn fault_entry(entry: &FaultEntry, problems: &mut Problems) {
    const ONE: &str = "expected `at` (once) or `every` (again and again)";
    match (&entry.at, &entry.every) {
        (None, None) => problems.add("", "nothing says when this fault happens", ONE),
        (Some(_), Some(_)) => problems.add("every", "`at` and `every` exclude one another", ONE),
        _ => {}
    }
}

pub(super) fn fault(fault: &Fault, problems: &mut Problems) {
    match fault {
        Fault::Slow { factor, .. } | Fault::Grey { factor, .. } => {
            problems.positive(*factor, "factor");
        }
        Fault::Partition { a, .. } => {
            problems.check(
                !a.is_empty(),
                "a",
                "one side of the partition is empty",
                "expected nodes or zones",
            );
        }
        _ => {}
    }
}

pub(super) fn which(which: &Which, problems: &mut Problems) {
    if let Which::Count { n } = which {
        problems.at_least_1(*n, "n");
    }
}
