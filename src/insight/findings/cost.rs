//! What the design costs.

use super::{Context, Said};
use crate::insight::words::dollars;

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let cost = context.result.cost;
    if cost.per_hour <= 0.0 {
        return Vec::new();
    }
    let per_hour = dollars(cost.per_hour);
    let text = if cost.per_million_good > 0.0 {
        format!(
            "The design costs {per_hour} an hour: {} for a million completed requests.",
            dollars(cost.per_million_good)
        )
    } else {
        format!("The design costs {per_hour} an hour, and completed nothing for it.")
    };
    vec![Said::new(90, "cost", "", text)]
}
