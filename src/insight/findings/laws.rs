//! A law that must hold on every run, and does not.

use super::{Context, Said};

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let broken = context.result.checks.iter().filter(|check| !check.holds);
    broken
        .map(|check| {
            let law = match check.law.as_str() {
                "conservation" => "Conservation",
                "little" => "Little's law",
                "utilization" => "The utilisation law",
                other => other,
            };
            // All digits: the difference may be small.
            let text = format!(
                "{law} does not hold at {}: {} against {}. This is a defect of the simulator, and no figure \
                 of this run can be trusted.",
                check.place, check.left, check.right
            );
            Said::new(1_000, "law", &check.place, text)
        })
        .collect()
}
