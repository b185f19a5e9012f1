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

/// A counter-based generator: its n-th word (from 1) is `mix64(mix64(key) + n · GOLDEN)`, two
/// rounds over key and counter. Creating one costs a round, so that every draw can have its own
/// key.
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

/// A number below `n` from 64 random bits by multiply-shift; 0 if `n` is 0. Each number's chance is
/// off by less than `n / 2^64` of itself.
#[inline]
pub fn below(bits: u64, n: u64) -> u64 {
    ((u128::from(bits) * u128::from(n)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::special::{chi_square_upper, normal_upper};

    /// A test of a million draws fails by accident once in a million times; seeds are fixed.
    const ALPHA: f64 = 1e-6;

    fn assert_uniform(counts: &[u64], what: &str) {
        let n: u64 = counts.iter().sum();
        let expected = n as f64 / counts.len() as f64;
        let square = |&count: &u64| (count as f64 - expected).powi(2) / expected;
        let statistic: f64 = counts.iter().map(square).sum();
        let p = chi_square_upper(counts.len() as f64 - 1.0, statistic);
        // Too even is as wrong as too uneven.
        assert!(p > ALPHA && p < 1.0 - ALPHA, "{what}: p = {p:e}");
    }

    /// Its name, and the word of its n-th key.
    type Family = (&'static str, Box<dyn Fn(u64) -> u64>);

    /// Structured families of keys as the engine makes them, each key with one draw.
    fn families() -> Vec<Family> {
        let first = |key: u64| Keyed::new(key).next_u64();
        let second = |key: u64| {
            let mut bits = Keyed::new(key);
            bits.next_u64();
            bits.next_u64()
        };
        vec![
            ("consecutive keys", Box::new(first)),
            ("second word of consecutive keys", Box::new(second)),
            ("keys in the upper half", Box::new(move |i| first(i << 32))),
            (
                "keys at multiples of the golden ratio",
                Box::new(move |i| first(i.wrapping_mul(GOLDEN))),
            ),
            ("gray code", Box::new(move |i| first(i ^ (i >> 1)))),
            ("combined keys", Box::new(move |i| first(combine(7, i)))),
            ("combined streams", Box::new(move |i| first(combine(i, 7)))),
            (
                "a request's visits",
                Box::new(move |i| first(combine(99, i / 16) ^ (i % 16))),
            ),
            (
                "one key's counter",
                Box::new(|i| {
                    let mut bits = Keyed::new(12345);
                    bits.state = bits.state.wrapping_add(GOLDEN.wrapping_mul(i));
                    bits.next_u64()
                }),
            ),
        ]
    }

    #[test]
    fn keyed_words_are_uniform_in_every_part() {
        for (what, word) in families() {
            let mut high = vec![0; 256];
            let mut low = vec![0; 256];
            let mut middle = vec![0; 1024];
            let mut ones = vec![0; 64];
            let n = 1 << 20;
            for i in 0..n {
                let word = word(i);
                high[(word >> 56) as usize] += 1;
                low[(word & 255) as usize] += 1;
                middle[(word >> 27 & 1023) as usize] += 1;
                for (bit, count) in ones.iter_mut().enumerate() {
                    *count += word >> bit & 1;
                }
            }
            assert_uniform(&high, what);
            assert_uniform(&low, what);
            assert_uniform(&middle, what);
            for count in ones {
                let z = (count as f64 - n as f64 / 2.0) / (n as f64 / 4.0).sqrt();
                assert!(
                    normal_upper(z.abs()) > ALPHA,
                    "{what}: a bit is one {count} times of {n}"
                );
            }
        }
    }

    #[test]
    fn neighbouring_keys_are_independent() {
        for (what, word) in families() {
            let n = 1 << 20;
            for lag in [1, 2, 16, 1024] {
                let mut pairs = vec![0; 64 * 64];
                let mut product = 0.0;
                for i in 0..n {
                    let (a, b) = (word(i), word(i + lag));
                    pairs[((a >> 58) << 6 | b >> 58) as usize] += 1;
                    product += (unit_f64(a) - 0.5) * (unit_f64(b) - 0.5);
                }
                assert_uniform(&pairs, what);
                // A product of two uniforms around 0 has the variance 1/144.
                let z = product * 12.0 / (n as f64).sqrt();
                assert!(
                    normal_upper(z.abs()) > ALPHA,
                    "{what}: correlation at lag {lag}, z = {z}"
                );
            }
        }
    }

    #[test]
    fn first_and_later_words_of_a_key_are_independent() {
        let mut pairs = vec![0; 64 * 64];
        for key in 0..1 << 20 {
            let mut bits = Keyed::new(key);
            let (a, b) = (bits.next_u64(), bits.next_u64());
            pairs[((a >> 58) << 6 | b >> 58) as usize] += 1;
        }
        assert_uniform(&pairs, "first and second word");
    }

    #[test]
    fn each_bit_of_the_key_changes_each_bit_of_the_word_half_of_the_time() {
        let n = 4096_u64;
        let outputs: [fn(u64) -> u64; 3] = [
            |key| Keyed::new(key).next_u64(),
            |key| combine(key, 5),
            |part| combine(5, part),
        ];
        for output in outputs {
            for flipped in 0..64 {
                let mut changed = [0_u64; 64];
                for key in 0..n {
                    // Keys as they come, small numbers, and keys with all bits in use.
                    let key = if key % 2 == 0 { key } else { mix64(key) };
                    let difference = output(key) ^ output(key ^ (1 << flipped));
                    for (bit, count) in changed.iter_mut().enumerate() {
                        *count += difference >> bit & 1;
                    }
                }
                for count in changed {
                    let z = (count as f64 - n as f64 / 2.0) / (n as f64 / 4.0).sqrt();
                    assert!(
                        z.abs() < 6.0,
                        "bit {flipped} changes a bit {count} times of {n}"
                    );
                }
            }
        }
    }

    #[test]
    fn gaps_between_sorted_keyed_words_have_no_lattice() {
        // Birthday spacings (Marsaglia 1985): of m words in 2^32 days, the number of equal gaps is
        // Poisson with the mean m^3 / (4 · 2^32).
        for (what, word) in families() {
            let m = 1 << 12;
            let mut total = 0;
            for round in 0..32 {
                let mut days: Vec<u64> = (0..m).map(|i| word(round * m + i) >> 32).collect();
                days.sort_unstable();
                let mut gaps: Vec<u64> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
                gaps.sort_unstable();
                total += gaps.windows(2).filter(|pair| pair[0] == pair[1]).count();
            }
            let mean = 32.0 * 4.0;
            let z = (total as f64 - mean) / f64::sqrt(mean);
            assert!(z.abs() < 5.0, "{what}: {total} equal gaps, {mean} expected");
        }
    }

    #[test]
    fn xoshiro_matches_its_reference() {
        // The first words of the authors' program for the state 1, 2, 3, 4.
        let mut bits = Xoshiro {
            state: [1, 2, 3, 4],
        };
        let words: Vec<u64> = (0..4).map(|_| bits.next_u64()).collect();
        assert_eq!(
            words,
            [
                41_943_041,
                58_720_359,
                3_588_806_011_781_223,
                3_591_011_842_654_386
            ]
        );
    }

    #[test]
    fn mix64_matches_splitmix() {
        // SplitMix64 with seed 1234567, from its reference.
        let words: Vec<u64> = (1..4)
            .map(|n| mix64(1_234_567_u64.wrapping_add(GOLDEN.wrapping_mul(n))))
            .collect();
        assert_eq!(
            words,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn names_are_hashed_with_their_boundaries_and_for_ever() {
        let hash = |parts: &[&str]| hash_name(parts);
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
        assert_ne!(hash(&["a", ""]), hash(&["a"]));
        assert_ne!(hash(&["a", "b"]), hash(&["b", "a"]));
        assert_ne!(hash(&[]), hash(&[""]));
        // Results of earlier versions depend on this value.
        assert_eq!(hash(&["shop", "service"]), 9_309_509_468_290_503_126);
    }

    #[test]
    fn unit_numbers_stay_in_their_ranges() {
        assert!(unit_f64(0).abs() <= 0.0);
        assert!(unit_f64(u64::MAX) < 1.0);
        assert!(unit_open_f64(0) > 0.0);
        assert!(unit_open_f64(u64::MAX) < 1.0);
        assert!((unit_open_f64(0) + unit_open_f64(u64::MAX) - 1.0).abs() <= 0.0);
        assert_eq!(
            (below(0, 7), below(u64::MAX, 7), below(u64::MAX, 0)),
            (0, 6, 0)
        );
        assert_eq!(below(u64::MAX / 2 + 1, u64::MAX), u64::MAX / 2);
    }
}
