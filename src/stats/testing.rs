//! What the tests of this room share.

use proptest::test_runner::{Config, RngSeed};

/// Property tests that try the same cases every time.
pub(super) fn cases(cases: u32) -> Config {
    Config {
        cases,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..Config::default()
    }
}
