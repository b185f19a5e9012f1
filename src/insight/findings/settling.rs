//! A run that is not seen to settle.

use super::{Context, Said};
use crate::insight::words::time;

/// The search for the end of the warm-up ends at half of the run; what it finds this close to it is no end.
const SHARE: f64 = 0.45;

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let result = context.result;
    if result.warmup_by != "mser5"
        || result.warmup_s < SHARE * result.simulated_s
        || result.warmup_s <= 0.0
    {
        return Vec::new();
    }
    let text = format!(
        "The run is too short to settle: its first {} of {} differ from the rest and are left out, and the rest is not \
         steady either.",
        time(result.warmup_s),
        time(result.simulated_s)
    );
    vec![Said::new(570, "settling", "", text)]
}
