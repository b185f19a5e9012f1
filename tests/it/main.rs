//! All integration tests: one binary, so that they link once.

mod bench_designs;
mod cli;
mod scenario_index;
mod theory;
mod tidy;
