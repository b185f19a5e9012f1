//! M/M/1: Poisson arrivals, exponential service, one worker, first come first served.

use super::Theory;
use super::numeric::{at_least_one, not_negative, percentile, positive, probability, stable};

/// An M/M/1 queue in its steady state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mm1 {
    arrival: f64,
    service: f64,
}

impl Mm1 {
    /// A queue by its arrival rate and service rate.
    ///
    /// # Errors
    /// [`super::TheoryError`] for rates that are not above 0, or an arrival rate not below the
    /// service rate.
    pub fn new(arrival: f64, service: f64) -> Theory<Self> {
        let arrival = positive(arrival, "an arrival rate is above 0")?;
        let service = positive(service, "a service rate is above 0")?;
        stable(arrival / service)?;
        Ok(Self { arrival, service })
    }

    /// Share of time that the worker is busy (Kleinrock, 3.20).
    pub fn load(&self) -> f64 {
        self.arrival / self.service
    }

    /// Rate at which the exponential sojourn time ends: μ − λ.
    pub fn sojourn_rate(&self) -> f64 {
        self.service - self.arrival
    }

    /// Mean number waiting and served (Kleinrock, 3.24).
    pub fn mean_number(&self) -> f64 {
        self.load() / (1.0 - self.load())
    }

    /// Mean number waiting.
    pub fn queue_mean(&self) -> f64 {
        self.load() * self.mean_number()
    }

    /// Mean time from arrival to departure (Kleinrock, 3.26). The same for every order of service
    /// that does not look at the service times.
    pub fn mean_sojourn(&self) -> f64 {
        1.0 / self.sojourn_rate()
    }

    /// Mean time waiting.
    pub fn mean_wait(&self) -> f64 {
        self.load() * self.mean_sojourn()
    }

    /// Probability that the sojourn exceeds `t` (Kleinrock, 5.119).
    pub fn sojourn_tail(&self, t: f64) -> f64 {
        libm::exp(-self.sojourn_rate() * t)
    }

    /// Sojourn time that a share `p` of the customers does not exceed.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] unless 0 < p < 1.
    pub fn sojourn_percentile(&self, p: f64) -> Theory<f64> {
        Ok(-libm::log1p(-probability(p)?) / self.sojourn_rate())
    }

    /// Probability that the wait exceeds `t` (Kleinrock, 5.123).
    pub fn wait_tail(&self, t: f64) -> f64 {
        self.load() * self.sojourn_tail(t)
    }

    /// Wait that a share `p` of the customers does not exceed; 0 if so many do not wait at all.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] unless 0 < p < 1.
    pub fn wait_percentile(&self, p: f64) -> Theory<f64> {
        percentile(|t| self.wait_tail(t), p, self.mean_sojourn())
    }

    /// Mean sojourn of those customers whose sojourn does not exceed `limit`: what a caller that
    /// gives up after `limit`, without taking its work back, sees of its good answers.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] unless the limit is above 0.
    pub fn mean_sojourn_within(&self, limit: f64) -> Theory<f64> {
        let limit = positive(limit, "a limit is above 0")?;
        let late = self.sojourn_tail(limit);
        Ok(self.mean_sojourn() - limit * late / (1.0 - late))
    }

    /// Time in which the queue forgets its start, in e-folds: 1/(√μ − √λ)² (Cohen, The Single
    /// Server Queue, 1969, II.2.1). A warm-up of twenty of them is more than enough.
    pub fn relaxation_time(&self) -> f64 {
        let gap = self.service.sqrt() - self.arrival.sqrt();
        1.0 / (gap * gap)
    }
}

/// The utilisation law: busy workers (arrival rate × mean service time) over `workers`.
///
/// # Errors
/// [`super::TheoryError::Domain`] for a negative rate or time, or no worker.
pub fn utilization(arrival: f64, mean_service: f64, workers: u32) -> Theory<f64> {
    let arrival = not_negative(arrival, "an arrival rate is not negative")?;
    let mean_service = not_negative(mean_service, "a time is not negative")?;
    let workers = at_least_one(workers, "a station has a worker")?;
    Ok(arrival * mean_service / f64::from(workers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::numeric::integral;

    #[test]
    fn the_textbook_queue() {
        let queue = Mm1::new(80.0, 100.0).unwrap();
        assert!((queue.mean_sojourn() - 0.05).abs() < 1e-15);
        assert!((queue.mean_number() - 4.0).abs() < 1e-12);
        assert!((queue.queue_mean() - 3.2).abs() < 1e-12);
        assert!((queue.mean_wait() - 0.04).abs() < 1e-15);
        assert!((queue.sojourn_percentile(0.5).unwrap() - 0.034_657_359_027_997_26).abs() < 1e-15);
        assert!((queue.sojourn_percentile(0.99).unwrap() - 0.230_258_509_299_404_6).abs() < 1e-14);
        assert!((queue.wait_percentile(0.99).unwrap() - 0.219_101_331_732_713_3).abs() < 1e-10);
        assert!(queue.wait_percentile(0.1).unwrap().abs() < 1e-300);
        assert!((utilization(80.0, 0.01, 1).unwrap() - 0.8).abs() < 1e-15);
        assert!((queue.relaxation_time() - 0.897_213_595_499_957_9).abs() < 1e-12);
    }

    #[test]
    fn the_mean_within_a_limit_is_that_of_the_truncated_tail() {
        let queue = Mm1::new(80.0, 100.0).unwrap();
        let limit = 0.1;
        let late = queue.sojourn_tail(limit);
        let area = integral(|t| queue.sojourn_tail(t) - late, 0.0, limit, 20);
        let mean = queue.mean_sojourn_within(limit).unwrap();
        assert!((mean - area / (1.0 - late)).abs() < 1e-14);
    }

    #[test]
    fn an_unstable_queue_has_no_steady_state() {
        assert!(Mm1::new(100.0, 100.0).is_err());
        assert!(Mm1::new(-1.0, 100.0).is_err());
        assert!(Mm1::new(1.0, f64::INFINITY).is_err());
    }
}
