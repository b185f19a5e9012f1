//! Retries of independent attempts: how often it is tried, how often it works, and how long the
//! tries that did not work took.

use super::numeric::{at_least_one, not_negative, power, share, sum};
use super::{Theory, TheoryError};

/// Mean number of attempts where each fails with probability `failure` and at most `attempts` are
/// made, the first included: 1 + p + p² + … = (1 − pⁿ)/(1 − p), the amplification of the load.
///
/// # Errors
/// [`TheoryError::Domain`] for a probability outside 0 to 1, or no attempt.
pub fn mean_attempts(failure: f64, attempts: u32) -> Theory<f64> {
    let failure = share(failure, "a probability lies from 0 to 1")?;
    at_least_one(attempts, "there is at least one attempt")?;
    if failure >= 1.0 {
        return Ok(f64::from(attempts));
    }
    Ok((1.0 - power(failure, attempts)) / (1.0 - failure))
}

/// Share of requests of which one attempt works: 1 − pⁿ.
///
/// # Errors
/// As [`mean_attempts`].
pub fn success(failure: f64, attempts: u32) -> Theory<f64> {
    let failure = share(failure, "a probability lies from 0 to 1")?;
    at_least_one(attempts, "there is at least one attempt")?;
    Ok(1.0 - power(failure, attempts))
}

/// What one attempt is like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attempt {
    /// Probability that it fails.
    pub failure: f64,
    /// Mean time of one that works.
    pub works: f64,
    /// Mean time until a failure is known: a timeout, or the time of the error.
    pub fails: f64,
}

/// Mean time from the first attempt to the answer, over the requests that are answered. `waits` are
/// the mean waits before the second, third … attempt; there is one attempt more than waits.
///
/// # Errors
/// [`TheoryError::Domain`] for a probability outside 0 to 1, negative times, or if nothing ever
/// works.
pub fn mean_latency(attempt: &Attempt, waits: &[f64]) -> Theory<f64> {
    let failure = share(attempt.failure, "a probability lies from 0 to 1")?;
    let works = not_negative(attempt.works, "a time is not negative")?;
    let fails = not_negative(attempt.fails, "a time is not negative")?;
    if failure >= 1.0 {
        return Err(TheoryError::Domain {
            must: "an attempt works now and then",
        });
    }
    let (mut reached, mut before) = (1.0, 0.0);
    let mut parts = vec![works];
    let mut answered = vec![1.0];
    for wait in waits {
        reached *= failure;
        before += fails + not_negative(*wait, "a time is not negative")?;
        parts.push(reached * (before + works));
        answered.push(reached);
    }
    Ok(sum(parts) / sum(answered))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn geometric_amplification() {
        assert!((mean_attempts(0.2, 3).unwrap() - 1.24).abs() < 1e-14);
        assert!((success(0.2, 3).unwrap() - 0.992).abs() < 1e-14);
        assert!((mean_attempts(1.0, 4).unwrap() - 4.0).abs() < 1e-15);
        assert!((mean_attempts(0.5, 1_000).unwrap() - 2.0).abs() < 1e-12);
        assert!(mean_attempts(0.5, 0).is_err() && success(1.5, 2).is_err());
    }

    #[test]
    fn latency_of_what_is_answered() {
        let attempt = Attempt {
            failure: 0.25,
            works: 10.0,
            fails: 4.0,
        };
        let mean = mean_latency(&attempt, &[1.0, 2.0]).unwrap();
        // 0.75·10 + 0.1875·15 + 0.046875·21 over 0.984375.
        assert!((mean - (7.5 + 2.8125 + 0.984_375) / 0.984_375).abs() < 1e-12);
        let sure = Attempt {
            failure: 0.0,
            ..attempt
        };
        assert!((mean_latency(&sure, &[1.0]).unwrap() - 10.0).abs() < 1e-14);
        let never = Attempt {
            failure: 1.0,
            ..attempt
        };
        assert!(mean_latency(&never, &[1.0]).is_err());
    }
}
