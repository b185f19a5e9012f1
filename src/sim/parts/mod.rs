//! The self-contained pieces of state that the engine is made of.
//!
//! They know nothing of designs, frames or wires: times are integer nanoseconds, keys and random
//! bits are passed in. All can be cloned, since the engine can be, and none allocates once it has
//! reached its working size.

pub mod adaptive;
pub mod breaker;
pub mod budget;
pub mod cache;
mod claims;
pub mod codel;
pub mod events;
pub mod fifos;
pub mod flights;
pub mod heap;
pub mod limiter;
pub mod locks;
pub mod processor_sharing;
pub mod ring;
pub mod slab;
pub mod table;
pub mod timers;
pub mod window;

/// Mixes the bits of `key`, so that each bit of the result depends on all of them; equal for equal
/// keys only. The finalizer of `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", OOPSLA 2014), with Stafford's constants (variant 13).
#[inline]
pub fn mix64(key: u64) -> u64 {
    let mut bits = key;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// A share or ratio as an integer number of billionths, so that decimal shares compare exactly.
/// What is below 0, or no number, is 0.
fn billionths(share: f64) -> u64 {
    (share * 1e9).round() as u64
}

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
