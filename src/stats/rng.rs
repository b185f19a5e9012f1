//! Random bits. Service times and branches are *keyed*: a draw is a pure function of a 64-bit key
//! (seed, stream, request …), so that the same request meets the same demands in every variant.
//! Long sequences (arrivals) come from xoshiro256++.

/// The golden ratio in 64 bits: an odd constant whose multiples are spread evenly.
pub const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// A strong 64-bit finaliser (Stafford's variant 13, as in `SplitMix64`): a bijection in which each
/// bit of the input changes each bit of the output with a chance of about one half. It maps 0 to 0.
#[inline]
pub const fn mix64(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// A key that depends on `key` and on `part`; different in each of them, not symmetric.
#[inline]
pub const fn combine(key: u64, part: u64) -> u64 {
    mix64(key.wrapping_add(GOLDEN) ^ mix64(part.wrapping_add(GOLDEN)).rotate_left(23))
}

/// A hash of names that stays the same for ever: it names random streams. Parts are separated, so
/// that `["ab", "c"]` and `["a", "bc"]` differ.
pub fn hash_name(parts: &[&str]) -> u64 {
    // FNV-1a over the bytes, then a finaliser for each part; 0xFF never occurs in UTF-8.
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes().chain([0xFF]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        hash = mix64(hash.wrapping_add(GOLDEN));
    }
    hash
}

/// A source of random 64-bit words.
pub trait Bits {
    /// The next word; all 64 bits are uniform and independent of what came before.
    fn next_u64(&mut self) -> u64;
}

impl<B: Bits + ?Sized> Bits for &mut B {
    #[inline]
    fn next_u64(&mut self) -> u64 {
        (**self).next_u64()
    }
}

/// A counter-based generator: its n-th word (from 1) is `mix64(mix64(key) + n · GOLDEN)`, two rounds
/// over key and counter. Creating one costs a round, so that every draw can have its own key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyed {
    state: u64,
}

impl Keyed {
    /// The generator of a key. Keys may be consecutive numbers.
    #[inline]
    pub const fn new(key: u64) -> Self {
        Self { state: mix64(key) }
    }
}

impl Bits for Keyed {
    #[inline]
    fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix64(self.state)
    }
}

/// xoshiro256++ (Blackman and Vigna 2019): for long sequences, period 2^256 - 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Xoshiro {
    state: [u64; 4],
}

impl Xoshiro {
    /// Any seed is good: the state is filled by `SplitMix64`, as its authors advise.
    pub fn new(seed: u64) -> Self {
        let mut counter = seed;
        let mut word = || {
            counter = counter.wrapping_add(GOLDEN);
            mix64(counter)
        };
        // Four different inputs of a bijection cannot all give the forbidden state of zeros.
        Self {
            state: [word(), word(), word(), word()],
        }
    }
}

impl Bits for Xoshiro {
    #[inline]
    fn next_u64(&mut self) -> u64 {
        let [s0, s1, s2, s3] = self.state;
        let result = s0.wrapping_add(s3).rotate_left(23).wrapping_add(s0);
        let (s2, s3) = (s2 ^ s0, s3 ^ s1);
        self.state = [s0 ^ s3, s1 ^ s2, s2 ^ (s1 << 17), s3.rotate_left(45)];
        result
    }
}

/// A number in [0, 1) from 64 random bits: a multiple of 2^-52, from the upper bits.
#[inline]
pub fn unit_f64(bits: u64) -> f64 {
    // The bits become the fraction of a number in [1, 2): no conversion, and exact.
    f64::from_bits(bits >> 12 | 1.0_f64.to_bits()) - 1.0
}

/// A number in (0, 1) from 64 random bits: an odd multiple of 2^-53, so that its logarithm and that
/// of its complement are finite.
#[inline]
pub fn unit_open_f64(bits: u64) -> f64 {
    unit_f64(bits) + 0.5 * f64::EPSILON
}

/// A number below `n` from 64 random bits by multiply-shift; 0 if `n` is 0. Each number's chance is off
/// by less than `n / 2^64` of itself.
#[inline]
pub fn below(bits: u64, n: u64) -> u64 {
    ((u128::from(bits) * u128::from(n)) >> 64) as u64
}
