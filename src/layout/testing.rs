//! What tests of this room share.

use proptest::test_runner::{Config, RngSeed};

/// So many cases of a property, the same ones every time.
pub(super) fn cases(cases: u32) -> Config {
    Config {
        cases,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..Config::default()
    }
}
