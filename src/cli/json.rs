//! The object of `run --json`: one line, the same bytes for the same run.

use super::studies::Timing;
use crate::sim::result::RunResult;
use serde::Serialize;

/// A result as it is printed and stored.
pub(crate) fn run(result: &RunResult) -> String {
    encode(result)
}

/// A result with how long it took, which is not the same from run to run.
pub(crate) fn run_with_timing(result: &RunResult, timing: &Timing) -> String {
    #[derive(Serialize)]
    struct Timed<'a> {
        #[serde(flatten)]
        result: &'a RunResult,
        timing: TimingFields,
    }
    #[derive(Serialize)]
    struct TimingFields {
        simulate_s: f64,
        events_per_s: f64,
        peak_bytes: u64,
    }
    let Timing {
        simulate_s,
        events_per_s,
        peak_bytes,
    } = *timing;
    encode(&Timed {
        result,
        timing: TimingFields {
            simulate_s,
            events_per_s,
            peak_bytes,
        },
    })
}

/// Any of the objects that commands print.
pub(crate) fn encode(object: &impl Serialize) -> String {
    serde_json::to_string(object)
        .expect("objects of numbers, texts and lists are always valid JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::checkout;

    #[test]
    fn the_timing_comes_last_and_changes_nothing_else() {
        let timing = Timing {
            simulate_s: 0.25,
            events_per_s: 4e7,
            peak_bytes: 3_000_000,
        };
        let plain = run(&checkout());
        let timed = run_with_timing(&checkout(), &timing);
        let rest = timed
            .strip_prefix(plain.strip_suffix('}').unwrap())
            .unwrap();
        assert_eq!(
            rest,
            r#","timing":{"simulate_s":0.25,"events_per_s":40000000.0,"peak_bytes":3000000}}"#
        );
    }

    #[test]
    fn the_object_begins_with_its_version_and_is_one_line() {
        let text = run(&checkout());
        assert!(text.starts_with(r#"{"format":"buttress.run/1","design":{"name":"checkout","#));
        assert_eq!(text.lines().count(), 1);
        assert_eq!(
            serde_json::from_str::<RunResult>(&text).unwrap(),
            checkout()
        );
    }
}
