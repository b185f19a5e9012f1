//! Caches whose entries leave when their time is up, and only then.

use super::Theory;
use super::numeric::{not_negative, sum};

/// Hit ratio of one key under Poisson requests whose entry lives for a fixed time from its write:
/// of each cycle of one miss, λT requests are hits: λT/(1 + λT) (Jung, Berger and Balakrishnan,
/// Modeling TTL-based Internet caches, 2003). The miss must be filled at once.
///
/// # Errors
/// [`super::TheoryError::Domain`] for a negative rate or time.
pub fn from_write(rate: f64, ttl: f64) -> Theory<f64> {
    let rate = not_negative(rate, "a rate is not negative")?;
    let expected = rate * not_negative(ttl, "a time to live is not negative")?;
    Ok(expected / (1.0 + expected))
}

/// Hit ratio of one key under Poisson requests whose time to live counts from the last request:
/// the next comes in time with probability 1 − e^(−λT).
///
/// # Errors
/// [`super::TheoryError::Domain`] for a negative rate or time.
pub fn from_last_read(rate: f64, ttl: f64) -> Theory<f64> {
    let rate = not_negative(rate, "a rate is not negative")?;
    let ttl = not_negative(ttl, "a time to live is not negative")?;
    Ok(-libm::expm1(-rate * ttl))
}

/// Hit ratio of a whole catalogue, where `rate` requests a second fall on keys with these shares
/// and `one` is the hit ratio of a key ([`from_write`] or [`from_last_read`]).
///
/// # Errors
/// Those of `one`.
pub fn catalogue(
    rate: f64,
    shares: &[f64],
    ttl: f64,
    one: fn(f64, f64) -> Theory<f64>,
) -> Theory<f64> {
    let mut parts = Vec::with_capacity(shares.len());
    for share in shares {
        parts.push(share * one(rate * share, ttl)?);
    }
    Ok(sum(parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::cache::zipf;

    #[test]
    fn one_key() {
        assert!((from_write(1.0, 2.0).unwrap() - 2.0 / 3.0).abs() < 1e-15);
        let renewed = from_last_read(1.0, 2.0).unwrap();
        assert!((renewed - 0.864_664_716_763_387_3).abs() < 1e-14);
        assert!(from_write(0.0, 5.0).unwrap().abs() < 1e-300);
        assert!(from_write(-1.0, 5.0).is_err() && from_last_read(1.0, f64::NAN).is_err());
    }

    #[test]
    fn a_catalogue_of_equal_keys_is_one_key() {
        let shares = zipf(100, 0.0).unwrap();
        let all = catalogue(100.0, &shares, 2.0, from_write).unwrap();
        assert!((all - 2.0 / 3.0).abs() < 1e-12);
        let skewed = zipf(100, 1.0).unwrap();
        assert!(catalogue(100.0, &skewed, 2.0, from_write).unwrap() > all);
        assert!(catalogue(100.0, &skewed, -2.0, from_write).is_err());
    }
}
