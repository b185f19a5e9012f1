//! M/D/1: Poisson arrivals, constant service, one worker; and M/D/1/K, which is also a token bucket.

use super::Theory;
use super::numeric::{at_least_one, percentile, poisson, positive, stable, sum};

/// Most places of an M/D/1/K; the recursion takes time in proportion to the square.
pub const MAX_PLACES: u32 = 4_096;

/// An M/D/1 queue in its steady state, first come first served.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Md1 {
    arrival: f64,
    service: f64,
}

impl Md1 {
    /// A queue by its arrival rate and its service time.
    ///
    /// # Errors
    /// [`super::TheoryError`] for figures that are not above 0, or a load of 1 and more.
    pub fn new(arrival: f64, service: f64) -> Theory<Self> {
        let arrival = positive(arrival, "an arrival rate is above 0")?;
        let service = positive(service, "a service time is above 0")?;
        stable(arrival * service)?;
        Ok(Self { arrival, service })
    }

    /// Share of time that the worker is busy.
    pub fn load(&self) -> f64 {
        self.arrival * self.service
    }

    /// Mean time waiting: half that of M/M/1 (Kleinrock, 5.71 with no variance).
    pub fn mean_wait(&self) -> f64 {
        self.load() * self.service / (2.0 * (1.0 - self.load()))
    }

    /// Mean time from arrival to departure.
    pub fn mean_sojourn(&self) -> f64 {
        self.mean_wait() + self.service
    }

    /// Probability that the wait exceeds `t`. Crommelin's distribution (1932) in the form of
    /// G. J. Franx, A simple solution for the M/D/c waiting time distribution, Operations Research
    /// Letters 29 (2001), equation 4: a sum of positive terms, where Crommelin's own alternates.
    pub fn wait_tail(&self, t: f64) -> f64 {
        if t < 0.0 {
            return 1.0;
        }
        let whole = libm::floor(t / self.service);
        if whole >= f64::from(MAX_PLACES) {
            return 0.0;
        }
        let k = whole as u32 + 1;
        let mean = self.arrival * (f64::from(k) * self.service - t);
        let numbers = embedded(self.load(), k + 1);
        let mut at_most = numbers[0] * (1.0 - self.load());
        let cumulative: Vec<f64> = numbers[1..]
            .iter()
            .map(|weight| {
                at_most += weight * (1.0 - self.load());
                at_most
            })
            .collect();
        let terms = (0..k).map(|j| cumulative[(k - j - 1) as usize] * poisson(j, mean));
        (1.0 - sum(terms)).max(0.0)
    }

    /// Wait that a share `p` of the customers does not exceed; 0 if so many do not wait at all.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] unless 0 < p < 1.
    pub fn wait_percentile(&self, p: f64) -> Theory<f64> {
        percentile(|t| self.wait_tail(t), p, self.service)
    }

    /// Sojourn that a share `p` of the customers does not exceed.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] unless 0 < p < 1.
    pub fn sojourn_percentile(&self, p: f64) -> Theory<f64> {
        Ok(self.wait_percentile(p)? + self.service)
    }
}

/// Share of Poisson arrivals that an M/D/1/K refuses: one worker with a constant service time, and
/// `places` in all. `load` is arrival rate × service time, and may be 1 or more. From the chain at
/// departures (Gross and Harris, 5.1.8; Bolch, 6.3.2).
///
/// # Errors
/// [`super::TheoryError::Domain`] for a load not above 0 or beyond 500, no place, or more than
/// [`MAX_PLACES`].
pub fn md1k_blocked(load: f64, places: u32) -> Theory<f64> {
    let load = positive(load, "a load is above 0")?;
    at_least_one(places, "a system has a place")?;
    if load > 500.0 || places > MAX_PLACES {
        let must = "the load is at most 500 and there are at most 4,096 places";
        return Err(super::TheoryError::Domain { must });
    }
    let weights = embedded(load, places - 1);
    let empty = weights[0] / sum(weights.iter().copied());
    Ok((1.0 - 1.0 / (empty + load)).max(0.0))
}

/// Probabilities of 0 to `highest` left behind at a departure, up to a common factor; the first
/// is 1. By counting the crossings between n and n + 1, in which every term is positive, so that
/// nothing cancels (Ramaswami 1988). Scaled down when they grow too large for doubles.
fn embedded(load: f64, highest: u32) -> Vec<f64> {
    let none = poisson(0, load);
    let more: Vec<f64> = (0..=highest).map(|n| poisson_tail(n, load)).collect();
    let mut weights = vec![1.0];
    for j in 0..highest as usize {
        let crossing = sum((1..=j).map(|i| weights[i] * more[j - i + 1])) + weights[0] * more[j];
        let next: f64 = crossing / none;
        weights.push(next);
        if next > 1e200 {
            for weight in &mut weights {
                *weight *= 1e-200;
            }
        }
    }
    weights
}

/// Probability that a Poisson variable exceeds `n`, as a sum of small terms.
fn poisson_tail(n: u32, mean: f64) -> f64 {
    let mut term = poisson(n + 1, mean);
    let mut total = 0.0;
    let mut k = f64::from(n + 1);
    while term > total * 1e-18 && term > 0.0 {
        total += term;
        k += 1.0;
        term *= mean / k;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::numeric::{integral, ln_factorial, power, root};

    /// Crommelin's own sum, which cancels more and more as t grows.
    fn crommelin(load: f64, t: f64) -> f64 {
        let terms = (0..=(t as u32)).map(|k| {
            let x = load * (f64::from(k) - t);
            power(x, k) / libm::exp(ln_factorial(k)) * libm::exp(-x)
        });
        1.0 - (1.0 - load) * sum(terms)
    }

    #[test]
    fn both_forms_of_the_distribution_agree() {
        let queue = Md1::new(0.8, 1.0).unwrap();
        for t in [0.0, 0.3, 1.0, 2.5, 6.0, 9.9] {
            assert!((queue.wait_tail(t) - crommelin(0.8, t)).abs() < 1e-9, "{t}");
        }
        assert!((queue.wait_tail(0.0) - 0.8).abs() < 1e-14);
    }

    #[test]
    fn the_mean_is_the_area_under_the_tail() {
        for load in [0.3, 0.8, 0.9] {
            let queue = Md1::new(load, 1.0).unwrap();
            let area = integral(|t| queue.wait_tail(t), 0.0, 150.0, 150);
            assert!((area - queue.mean_wait()).abs() < 1e-10, "{load}: {area}");
        }
    }

    #[test]
    fn the_tail_decays_as_it_must() {
        // Exponential decay: the tail falls by e^(-z) a service time, where z solves
        // load (e^z - 1) = z (Franx 2001; asymptotics of Cramér and Lundberg).
        let queue = Md1::new(0.8, 1.0).unwrap();
        let z = root(|z| 0.8 * libm::expm1(z) - z, 0.1, 1.0).unwrap();
        let ratio = queue.wait_tail(20.0) / queue.wait_tail(19.0);
        assert!((ratio - libm::exp(-z)).abs() < 1e-4, "{ratio}");
        let p99 = queue.sojourn_percentile(0.99).unwrap();
        assert!((queue.wait_tail(p99 - 1.0) - 0.01).abs() < 1e-12);
    }

    #[test]
    fn finite_systems() {
        for load in [0.2, 1.0, 3.0] {
            // One place: Erlang's loss formula, which no distribution changes.
            assert!((md1k_blocked(load, 1).unwrap() - load / (1.0 + load)).abs() < 1e-13);
        }
        assert!(md1k_blocked(0.8, 200).unwrap() < 1e-12);
        assert!((md1k_blocked(5.0, 50).unwrap() - 0.8).abs() < 1e-10);
        // Two places by hand: states left behind 0 and 1.
        let load = 0.7;
        let empty = libm::exp(-load);
        let blocked = 1.0 - 1.0 / (empty + load);
        assert!((md1k_blocked(load, 2).unwrap() - blocked).abs() < 1e-13);
        assert!(md1k_blocked(1.2, 0).is_err());
        assert!(md1k_blocked(1.2, u32::MAX).is_err());
    }
}
