//! One attempt through a chain of stations without queues, against a timeout: the microservice
//! workload of the benchmarks, whose queues are empty at its load.

use super::moments::log_normal_parameters;
use super::numeric::{integral, positive, share, sum};
use super::retry::Attempt;
use super::{Theory, TheoryError};

/// How far the normal variable behind a log-normal time is followed; what lies beyond has a
/// probability below 1e-22.
const SPREAD: f64 = 10.0;

/// Panels of the integral over the log-normal time.
const PANELS: u32 = 256;

/// The time of an attempt: a log-normal service, then an exponential look-up, then with some
/// probability one of several exponential queries.
#[derive(Debug, Clone, PartialEq)]
pub struct LookUp {
    /// Mean of the log-normal service.
    pub service_mean: f64,
    /// Its coefficient of variation.
    pub service_cv: f64,
    /// Mean of the look-up.
    pub look_up: f64,
    /// Probability and mean of each query; the means differ from that of the look-up.
    pub queries: Vec<(f64, f64)>,
}

impl LookUp {
    /// The attempt as seen by a caller that gives up after `timeout`: by integrating the law of
    /// look-up and query, which is elementary, over the service time.
    ///
    /// # Errors
    /// [`TheoryError::Domain`] for figures that are not above 0, a probability outside 0 to 1, or
    /// equal means of look-up and query.
    pub fn within(&self, timeout: f64) -> Theory<Attempt> {
        let timeout = positive(timeout, "a timeout is above 0")?;
        let (location, sigma) = log_normal_parameters(self.service_mean, self.service_cv)?;
        let fast = 1.0 / positive(self.look_up, "a mean is above 0")?;
        share(
            sum(self.queries.iter().map(|query| query.0)),
            "a probability lies from 0 to 1",
        )?;
        // Look-up and query together are a mixture of exponentials, of which some weights may be
        // negative: pairs of weight and rate.
        let mut parts = vec![(1.0, fast)];
        for (probability, mean) in &self.queries {
            let probability = share(*probability, "a probability lies from 0 to 1")?;
            let slow = 1.0 / positive(*mean, "a mean is above 0")?;
            if (fast - slow).abs() <= 1e-6 * fast {
                return Err(TheoryError::Domain {
                    must: "look-up and query differ in their means",
                });
            }
            let weight = probability * fast / (fast - slow);
            parts[0].0 -= weight;
            parts.push((weight, slow));
        }
        let law = |part: fn(f64, f64) -> f64, left: f64| {
            sum(parts
                .iter()
                .map(|(weight, rate)| weight * part(*rate, left)))
        };
        let end = ((libm::log(timeout) - location) / sigma).min(SPREAD);
        let over_service = |of: &dyn Fn(f64) -> f64| {
            let bell = |z: f64| libm::exp(-z * z / 2.0) / (2.0 * std::f64::consts::PI).sqrt();
            let value = |z: f64| bell(z) * of(libm::exp(location + sigma * z));
            if end > -SPREAD {
                integral(value, -SPREAD, end, PANELS)
            } else {
                0.0
            }
        };
        let works = over_service(&|service| law(done_within, timeout - service));
        let time = over_service(&|service| {
            let left = timeout - service;
            service * law(done_within, left) + law(time_within, left)
        });
        positive(works, "an attempt works now and then")?;
        Ok(Attempt {
            failure: (1.0 - works).max(0.0),
            works: time / works,
            fails: timeout,
        })
    }
}

/// Probability that an exponential time with this rate does not exceed `limit`.
fn done_within(rate: f64, limit: f64) -> f64 {
    -libm::expm1(-rate * limit)
}

/// Mean of an exponential time with this rate where it does not exceed `limit`, and of 0 elsewhere.
fn time_within(rate: f64, limit: f64) -> f64 {
    let late = libm::exp(-rate * limit);
    (1.0 - late) / rate - limit * late
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::retry::mean_latency;

    fn workload(queries: &[(f64, f64)]) -> LookUp {
        let service_cv = libm::expm1(0.25).sqrt();
        LookUp {
            service_mean: 5.0,
            service_cv,
            look_up: 0.5,
            queries: queries.to_vec(),
        }
    }

    #[test]
    fn the_published_means_of_the_benchmark() {
        // W3 and W3R: at most three attempts of 200 ms, full jitter over 50 and 100 ms.
        let usual = workload(&[(0.2, 8.0)]).within(200.0).unwrap();
        let mean = mean_latency(&usual, &[25.0, 50.0]).unwrap();
        // Published as 7.1001 ms, from a grid; the parts add up to 7.1 but for 1e-10.
        assert!((mean - 7.1).abs() < 1e-8, "{mean}");
        let slow = workload(&[(0.18, 8.0), (0.02, 400.0)])
            .within(200.0)
            .unwrap();
        let mean = mean_latency(&slow, &[25.0, 50.0]).unwrap();
        assert!((slow.failure - 0.0123).abs() < 5e-5, "{}", slow.failure);
        assert!((mean - 10.459).abs() < 5e-4, "{mean}");
    }

    #[test]
    fn without_a_timeout_means_add_up() {
        let attempt = workload(&[(0.2, 8.0)]).within(1e4).unwrap();
        assert!(attempt.failure < 1e-12);
        assert!((attempt.works - 7.1).abs() < 1e-9, "{}", attempt.works);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(workload(&[(0.2, 0.5)]).within(200.0).is_err());
        assert!(workload(&[(0.7, 8.0), (0.7, 9.0)]).within(200.0).is_err());
        assert!(workload(&[(0.2, 8.0)]).within(0.0).is_err());
        assert!(workload(&[(0.2, 8.0)]).within(1e-12).is_err());
    }
}
