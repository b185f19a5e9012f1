//! Rate limits under Poisson arrivals: which share passes.

use super::loss::erlang_b;
use super::md1::md1k_blocked;
use super::numeric::{at_least_one, not_negative, poisson, positive, sum};
use super::{Theory, TheoryError};

/// Most requests that a window lets pass, for which its formula is evaluated.
pub const MAX_PER_WINDOW: u32 = 10_000_000;

/// Share that a token bucket lets pass: tokens drip in evenly at `rate` up to `burst`, and each
/// request takes one or is refused. The tokens that are missing are the work in an M/D/1/K with
/// `burst` places (Berger, Performance analysis of a rate-control throttle, 1991).
///
/// # Errors
/// [`TheoryError::Domain`] for rates not above 0, or a burst outside 1 to 4,096.
pub fn token_bucket(arrival: f64, rate: f64, burst: u32) -> Theory<f64> {
    let arrival = positive(arrival, "an arrival rate is above 0")?;
    let rate = positive(rate, "a rate is above 0")?;
    Ok(1.0 - md1k_blocked(arrival / rate, burst)?)
}

/// Share that a counter lets pass which begins anew with each window and lets `per_window` through:
/// the mean of the lesser of that and a Poisson number, over the mean number.
///
/// # Errors
/// [`TheoryError::Domain`] for figures not above 0, or more than [`MAX_PER_WINDOW`].
pub fn fixed_window(arrival: f64, window: f64, per_window: u32) -> Theory<f64> {
    let arrival = positive(arrival, "an arrival rate is above 0")?;
    let mean = arrival * positive(window, "a window has a length")?;
    at_least_one(per_window, "something passes")?;
    if per_window > MAX_PER_WINDOW {
        return Err(TheoryError::Domain {
            must: "at most ten million pass in a window",
        });
    }
    // E[min(N, k)] = Σ_{n<k} P(N > n) = k − Σ_{n<k} (k − n) P(N = n).
    let short = sum((0..per_window).map(|n| f64::from(per_window - n) * poisson(n, mean)));
    Ok((f64::from(per_window) - short) / mean)
}

/// Share that a log of the last window lets pass, where a request passes if fewer than `per_window`
/// have passed within the window before it. Each that passes occupies one of `per_window` places
/// for exactly one window: Erlang's loss system, whose formula holds for every service time.
///
/// # Errors
/// [`TheoryError::Domain`] for figures not above 0.
pub fn sliding_window(arrival: f64, window: f64, per_window: u32) -> Theory<f64> {
    let arrival = positive(arrival, "an arrival rate is above 0")?;
    let window = positive(window, "a window has a length")?;
    at_least_one(per_window, "something passes")?;
    Ok(1.0 - erlang_b(per_window, arrival * window))
}

/// Share that any limit lets pass in the long run once its burst is negligible.
///
/// # Errors
/// [`TheoryError::Domain`] unless the arrival rate is above 0 and the limit not negative.
pub fn long_run(arrival: f64, rate: f64) -> Theory<f64> {
    let arrival = positive(arrival, "an arrival rate is above 0")?;
    Ok((not_negative(rate, "a rate is not negative")? / arrival).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bucket_of_one_is_a_single_server_that_refuses() {
        let passed = token_bucket(120.0, 100.0, 1).unwrap();
        assert!((passed - 1.0 / 2.2).abs() < 1e-13);
        assert!((sliding_window(120.0, 0.01, 1).unwrap() - passed).abs() < 1e-13);
    }

    proptest! {
        #[test]
        fn no_limit_passes_more_than_the_long_run(load in 0.1_f64..5.0, burst in 1_u32..200) {
            let bound = long_run(load, 1.0).unwrap() + 1e-12;
            prop_assert!(token_bucket(load, 1.0, burst).unwrap() <= bound);
            let window = f64::from(burst);
            prop_assert!(fixed_window(load, window, burst).unwrap() <= bound);
            let sliding = sliding_window(load, window, burst).unwrap();
            prop_assert!(sliding <= bound);
            prop_assert!(fixed_window(load, window, burst).unwrap() >= sliding - 1e-9);
        }
    }

    #[test]
    fn a_large_bucket_is_the_long_run() {
        let passed = token_bucket(200.0, 100.0, 1_000).unwrap();
        assert!((passed - 0.5).abs() < 1e-9, "{passed}");
        assert!(token_bucket(50.0, 100.0, 500).unwrap() > 1.0 - 1e-12);
        assert!((fixed_window(10.0, 1.0, 100).unwrap() - 1.0).abs() < 1e-12);
        let one: f64 = fixed_window(2.0, 1.0, 1).unwrap();
        assert!((one - -libm::expm1(-2.0) / 2.0).abs() < 1e-14);
        assert!(token_bucket(1.0, 1.0, 0).is_err() && fixed_window(1.0, 1.0, u32::MAX).is_err());
    }
}
