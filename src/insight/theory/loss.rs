//! Queues that refuse: Erlang's loss system and M/M/c/K.

use super::Theory;
use super::markov::birth_death;
use super::numeric::{at_least_one, positive, sum};

/// Most places of a finite system; each is a state of a chain.
pub const MAX_PLACES: u32 = 1_000_000;

/// Erlang B: the share of Poisson arrivals that finds all `workers` busy, where nothing waits and
/// `offered` is arrival rate × mean service time. It holds for every distribution of the service
/// time. By the recursion B(n) = aB(n−1) / (n + aB(n−1)) (Gross and Harris, 2.53), which is
/// stable. No workers refuse everything; an offered load that is not above 0 is never refused.
pub fn erlang_b(workers: u32, offered: f64) -> f64 {
    if offered.is_nan() || offered <= 0.0 {
        return if workers == 0 { 1.0 } else { 0.0 };
    }
    let mut blocked = 1.0;
    for n in 1..=workers {
        let part = offered * blocked;
        blocked = part / (f64::from(n) + part);
        if blocked < f64::MIN_POSITIVE {
            return 0.0;
        }
    }
    blocked
}

/// M/M/c/K: a queue with `workers` and room for `places` requests in all, waiting or served.
#[derive(Debug, Clone, PartialEq)]
pub struct Mmck {
    arrival: f64,
    workers: u32,
    probabilities: Vec<f64>,
}

impl Mmck {
    /// A system by its arrival rate, the service rate of one worker, workers and places. It is
    /// stable at every load.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] for rates that are not above 0, no worker, fewer places
    /// than workers, or more than [`MAX_PLACES`].
    pub fn new(arrival: f64, service: f64, workers: u32, places: u32) -> Theory<Self> {
        let arrival = positive(arrival, "an arrival rate is above 0")?;
        let service = positive(service, "a service rate is above 0")?;
        at_least_one(workers, "a station has a worker")?;
        if places < workers || places > MAX_PLACES {
            let must = "there are at least as many places as workers, and at most a million";
            return Err(super::TheoryError::Domain { must });
        }
        let death = |n: usize| service * n.min(workers as usize) as f64;
        let probabilities = birth_death(|_| arrival, death, places as usize + 1)?;
        Ok(Self {
            arrival,
            workers,
            probabilities,
        })
    }

    /// Share of arrivals refused, which is the probability that all places are taken (Gross and
    /// Harris, 2.45).
    pub fn blocked(&self) -> f64 {
        self.probabilities.last().copied().unwrap_or(0.0)
    }

    /// Requests served per second.
    pub fn throughput(&self) -> f64 {
        self.arrival * (1.0 - self.blocked())
    }

    /// Mean number waiting.
    pub fn queue_mean(&self) -> f64 {
        let waiting = self
            .probabilities
            .iter()
            .enumerate()
            .skip(self.workers as usize);
        sum(waiting.map(|(n, p)| (n as f64 - f64::from(self.workers)) * p))
    }

    /// Mean busy workers.
    pub fn busy_mean(&self) -> f64 {
        let busy = |n: usize| n.min(self.workers as usize) as f64;
        sum(self
            .probabilities
            .iter()
            .enumerate()
            .map(|(n, p)| busy(n) * p))
    }

    /// Mean time waiting of those that are let in, by Little's law.
    pub fn mean_wait(&self) -> f64 {
        self.queue_mean() / self.throughput()
    }

    /// Mean time from arrival to departure of those that are let in.
    pub fn mean_sojourn(&self) -> f64 {
        (self.queue_mean() + self.busy_mean()) / self.throughput()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::mmc::Mmc;
    use crate::insight::theory::numeric::{ln_factorial, power};

    #[test]
    fn erlangs_formula() {
        // Published tables: B(10, 5) = 0.018385, B(100, 84) = 0.0099...; and the formula itself.
        assert!((erlang_b(10, 5.0) - 0.018_385).abs() < 5e-7);
        let terms: Vec<f64> = (0..=12)
            .map(|n| power(8.0, n) / libm::exp(ln_factorial(n)))
            .collect();
        assert!((erlang_b(12, 8.0) - terms[12] / sum(terms.iter().copied())).abs() < 1e-12);
        assert!((erlang_b(0, 3.0) - 1.0).abs() < 1e-15);
        assert!(erlang_b(3, 0.0).abs() < 1e-300);
        assert!(erlang_b(100_000, 90_000.0) < 1e-100);
    }

    #[test]
    fn without_room_to_wait_it_is_erlangs() {
        let system = Mmck::new(8.0, 1.0, 10, 10).unwrap();
        assert!((system.blocked() - erlang_b(10, 8.0)).abs() < 1e-13);
        assert!((system.mean_sojourn() - 1.0).abs() < 1e-12);
        assert!(system.queue_mean().abs() < 1e-15);
    }

    #[test]
    fn one_worker_has_the_geometric_form() {
        let (load, places) = (0.8, 5);
        let system = Mmck::new(load, 1.0, 1, places).unwrap();
        let blocked = (1.0 - load) * power(load, places) / (1.0 - power(load, places + 1));
        assert!((system.blocked() - blocked).abs() < 1e-14);
        let alike = Mmck::new(1.0, 1.0, 1, places).unwrap();
        assert!((alike.blocked() - 1.0 / 6.0).abs() < 1e-14);
        let crowded = Mmck::new(50.0, 1.0, 1, places).unwrap();
        assert!((crowded.throughput() - 1.0).abs() < 1e-8);
    }

    #[test]
    fn much_room_is_all_the_room() {
        let (finite, infinite) = (
            Mmck::new(3.2, 1.0, 4, 504).unwrap(),
            Mmc::new(3.2, 1.0, 4).unwrap(),
        );
        assert!((finite.mean_wait() - infinite.mean_wait()).abs() < 1e-12);
        assert!(finite.blocked() < 1e-45);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(Mmck::new(1.0, 1.0, 2, 1).is_err());
        assert!(Mmck::new(1.0, 1.0, 0, 1).is_err());
        assert!(Mmck::new(1.0, 1.0, 1, u32::MAX).is_err());
    }
}
