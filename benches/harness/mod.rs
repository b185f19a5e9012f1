//! What is measured, and how.

pub(crate) mod compare;
pub(crate) mod cores;
mod engine;
#[cfg(feature = "tui")]
pub(crate) mod frames;
pub(crate) mod memory;
pub(crate) mod startup;
pub(crate) mod workloads;

use std::time::Instant;

/// A value, or a sentence that says why there is none.
pub(crate) type Outcome<T> = Result<T, String>;

/// What `work` gives, and the seconds it took.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let began = now();
    let given = work();
    (given, began.elapsed().as_secs_f64())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark is about the wall clock"
)]
fn now() -> Instant {
    Instant::now()
}

/// The lowest and the median of some times. There is at least one.
fn lowest_and_median(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    (values[0], values[values.len() / 2])
}

/// A bar, and whether it is met.
fn verdict(value: f64, bar: f64) -> &'static str {
    if value <= bar { "met" } else { "NOT MET" }
}

/// Why a line could not be printed.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that `map_err` asks for"
)]
fn unprinted(error: std::io::Error) -> String {
    format!("cannot print: {error}")
}
