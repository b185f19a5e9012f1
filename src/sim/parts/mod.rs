//! The self-contained pieces of state that the engine is made of.
//!
//! They know nothing of designs, frames or wires: times are integer nanoseconds, keys and random bits
//! are passed in. All can be cloned, since the engine can be, and none allocates once it has reached its
//! working size.

pub mod events;
pub mod timers;

#[cfg(test)]
mod testing {
    use proptest::test_runner::{Config, RngSeed};

    /// The same cases on every run, so that a test that passed once passes always.
    pub(super) fn cases(number: u32) -> Config {
        Config {
            cases: number,
            rng_seed: RngSeed::Fixed(1),
            failure_persistence: None,
            ..Config::default()
        }
    }
}
