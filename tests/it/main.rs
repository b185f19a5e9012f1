//! All integration tests: one binary, so that they link once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::too_many_lines,
    clippy::match_same_arms,
    clippy::if_not_else,
    reason = "a test fails by panicking, and may look at the clock to wait"
)]

mod bench_designs;
mod cli;
mod determinism;
mod estimate;
#[cfg(feature = "tui")]
mod keys;
#[cfg(feature = "tui")]
mod pty;
mod readme;
mod robust;
mod scenario_index;
mod theory;
mod tidy;
