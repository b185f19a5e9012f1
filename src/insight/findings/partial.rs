//! A run that ended before its time.

use super::{Context, Said};
use crate::insight::words::time;

pub(super) fn find(context: &Context<'_>) -> Vec<Said> {
    let result = context.result;
    if !result.partial {
        return Vec::new();
    }
    let text = if result.replications == 0 {
        format!(
            "The run was stopped after {} of simulated time: the figures are of what was simulated until then.",
            time(result.simulated_s)
        )
    } else {
        let finished = match result.replications {
            1 => "1 replication".to_owned(),
            n => format!("{n} replications"),
        };
        format!(
            "The run was stopped: the figures are of the {finished} of {} each that had finished.",
            time(result.simulated_s)
        )
    };
    vec![Said::new(950, "partial", "", text)]
}
