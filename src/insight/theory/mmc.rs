//! M/M/c: Poisson arrivals, exponential service, several workers before one queue.

use super::Theory;
use super::loss::erlang_b;
use super::numeric::{at_least_one, percentile, positive, stable, two_stage_tail};

/// An M/M/c queue in its steady state, first come first served.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mmc {
    arrival: f64,
    service: f64,
    workers: u32,
}

impl Mmc {
    /// A queue by its arrival rate, the service rate of one worker, and the number of workers.
    ///
    /// # Errors
    /// [`super::TheoryError`] for rates that are not above 0, no worker, or a load of 1 and more.
    pub fn new(arrival: f64, service: f64, workers: u32) -> Theory<Self> {
        let arrival = positive(arrival, "an arrival rate is above 0")?;
        let service = positive(service, "a service rate is above 0")?;
        at_least_one(workers, "a station has a worker")?;
        let queue = Self {
            arrival,
            service,
            workers,
        };
        stable(queue.load())?;
        Ok(queue)
    }

    /// Share of time that a worker is busy.
    pub fn load(&self) -> f64 {
        self.arrival / (self.service * f64::from(self.workers))
    }

    /// Probability that an arrival has to wait: Erlang C (Kleinrock, 3.40), from Erlang B, which
    /// has a recursion that neither overflows nor cancels.
    pub fn delay_probability(&self) -> f64 {
        let blocked = erlang_b(self.workers, self.arrival / self.service);
        blocked / (1.0 - self.load() * (1.0 - blocked))
    }

    /// Rate at which a wait ends once there is one: cμ − λ.
    pub fn wait_rate(&self) -> f64 {
        f64::from(self.workers) * self.service - self.arrival
    }

    /// Mean time waiting, over all customers (Harchol-Balter, 14.7).
    pub fn mean_wait(&self) -> f64 {
        self.delay_probability() / self.wait_rate()
    }

    /// Mean time from arrival to departure.
    pub fn mean_sojourn(&self) -> f64 {
        self.mean_wait() + 1.0 / self.service
    }

    /// Mean number waiting, by Little's law.
    pub fn queue_mean(&self) -> f64 {
        self.arrival * self.mean_wait()
    }

    /// Mean number waiting and served, by Little's law.
    pub fn mean_number(&self) -> f64 {
        self.arrival * self.mean_sojourn()
    }

    /// Probability that the wait exceeds `t` (Gross and Harris, 2.38).
    pub fn wait_tail(&self, t: f64) -> f64 {
        self.delay_probability() * libm::exp(-self.wait_rate() * t)
    }

    /// Wait that a share `p` of the customers does not exceed; 0 if so many do not wait at all.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] unless 0 < p < 1.
    pub fn wait_percentile(&self, p: f64) -> Theory<f64> {
        percentile(|t| self.wait_tail(t), p, 1.0 / self.wait_rate())
    }

    /// Probability that the sojourn exceeds `t`: an exponential service, after an exponential wait
    /// with the probability of a delay (Gross and Harris, 2.39).
    pub fn sojourn_tail(&self, t: f64) -> f64 {
        let delayed = self.delay_probability();
        (1.0 - delayed) * libm::exp(-self.service * t)
            + delayed * two_stage_tail(self.service, self.wait_rate(), t)
    }

    /// Sojourn that a share `p` of the customers does not exceed.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] unless 0 < p < 1.
    pub fn sojourn_percentile(&self, p: f64) -> Theory<f64> {
        percentile(|t| self.sojourn_tail(t), p, self.mean_sojourn())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::markov::birth_death;
    use crate::insight::theory::mm1::Mm1;
    use crate::insight::theory::numeric::{integral, sum};

    #[test]
    fn sixteen_workers_at_eighty_percent() {
        // W2 of the benchmark: mean service 1 s, sojourn 1.0953 s.
        let queue = Mmc::new(12.8, 1.0, 16).unwrap();
        assert!(
            (queue.mean_sojourn() - 1.0953).abs() < 5e-5,
            "{}",
            queue.mean_sojourn()
        );
    }

    #[test]
    fn one_worker_is_the_single_queue() {
        let (many, one) = (Mmc::new(0.7, 1.0, 1).unwrap(), Mm1::new(0.7, 1.0).unwrap());
        assert!((many.mean_wait() - one.mean_wait()).abs() < 1e-14);
        for p in [0.5, 0.99, 0.999] {
            let (a, b) = (
                many.sojourn_percentile(p).unwrap(),
                one.sojourn_percentile(p).unwrap(),
            );
            assert!((a - b).abs() < 1e-9);
            let (a, b) = (
                many.wait_percentile(p).unwrap(),
                one.wait_percentile(p).unwrap(),
            );
            assert!((a - b).abs() < 1e-9);
        }
    }

    #[test]
    fn the_chain_says_the_same() {
        let queue = Mmc::new(3.2, 1.0, 4).unwrap();
        let chain = birth_death(|_| 3.2, |n| n.min(4) as f64, 400).unwrap();
        let delayed = sum(chain.iter().skip(4).copied());
        let number = sum(chain.iter().enumerate().map(|(n, p)| n as f64 * p));
        assert!((queue.delay_probability() - delayed).abs() < 1e-12);
        assert!((queue.mean_number() - number).abs() < 1e-10);
        // Published: Erlang C for 4 workers and 3.2 Erlang is 0.5964 (Gross and Harris, tables).
        assert!((queue.delay_probability() - 0.5964).abs() < 5e-5);
    }

    #[test]
    fn the_mean_is_the_area_under_the_tail() {
        for (arrival, workers) in [(3.2, 4), (1.0, 2), (12.8, 16), (2.0, 3)] {
            let queue = Mmc::new(arrival, 1.0, workers).unwrap();
            let area = integral(|t| queue.sojourn_tail(t), 0.0, 200.0, 2_000);
            assert!((area - queue.mean_sojourn()).abs() < 1e-10);
        }
    }
}
