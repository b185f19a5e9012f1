//! The wall clock. Nothing that reaches a figure may ask it; saved runs and lists of recent files
//! are dated by it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970 in UTC; 0 if the machine's clock is before that.
#[expect(
    clippy::disallowed_methods,
    reason = "the date of a saved run; it reaches no figure"
)]
pub fn now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as i64)
}

/// Nanoseconds since 1970: a different number for each run of a process, most likely.
#[expect(
    clippy::disallowed_methods,
    reason = "makes ids of runs differ; it reaches no figure"
)]
pub(super) fn now_ns() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos())
}

/// How long ago a moment (milliseconds since 1970) was, as people say it: `just now`, `3 min ago`,
/// `2 days ago`.
pub fn ago(time_ms: i64) -> String {
    ago_at(time_ms, now_ms())
}

fn ago_at(time_ms: i64, now_ms: i64) -> String {
    let seconds = now_ms.saturating_sub(time_ms) / 1000;
    match seconds {
        ..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        86_400..172_800 => "1 day ago".to_owned(),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_as_people_do() {
        let told: Vec<String> = [0, 59, 60, 7199, 86_399, 86_400, 400_000]
            .into_iter()
            .map(|seconds: i64| ago_at(0, seconds * 1000))
            .collect();
        assert_eq!(
            told,
            [
                "just now",
                "just now",
                "1 min ago",
                "1 h ago",
                "23 h ago",
                "1 day ago",
                "4 days ago"
            ]
        );
        assert_eq!(
            ago_at(5000, 0),
            "just now",
            "a clock that was set back is no fault"
        );
    }
}
