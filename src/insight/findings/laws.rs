//! A law that must hold on every run, and does not.

use super::{Context, Said};
use crate::insight::words::number;

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
            let (left, right) = (number(check.left), number(check.right));
            let text = format!(
                "{law} does not hold at {}: {left} against {right}. This is a defect of the simulator, and no figure \
                 of this run can be trusted.",
                check.place
            );
            Said::new(1_000, "law", &check.place, text)
        })
        .collect()
}
