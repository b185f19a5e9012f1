//! Batch arrivals, M^X/G/1: several requests at the same moment, batches as Poisson.

use super::Theory;
use super::TheoryError;
use super::moments::Moments;
use super::numeric::{positive, stable};

/// The first two moments of the size of a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchSize {
    /// E\[X\], at least 1.
    pub mean: f64,
    /// E\[X²\].
    pub second: f64,
}

impl BatchSize {
    /// Every batch of the same size.
    ///
    /// # Errors
    /// [`TheoryError::Domain`] for an empty batch.
    pub fn constant(size: u32) -> Theory<Self> {
        Self::equally_likely(size, size)
    }

    /// Every size between two bounds, both included, equally likely.
    ///
    /// # Errors
    /// [`TheoryError::Domain`] unless 1 ≤ from ≤ to.
    pub fn equally_likely(from: u32, to: u32) -> Theory<Self> {
        if from == 0 || to < from {
            return Err(TheoryError::Domain {
                must: "a batch has at least one request",
            });
        }
        let (from, to) = (f64::from(from), f64::from(to));
        let mean = f64::midpoint(from, to);
        let width = to - from + 1.0;
        Ok(Self {
            mean,
            second: mean * mean + (width * width - 1.0) / 12.0,
        })
    }

    /// Geometric from 1 up, with the given mean.
    ///
    /// # Errors
    /// [`TheoryError::Domain`] for a mean below 1.
    pub fn geometric(mean: f64) -> Theory<Self> {
        if !(mean >= 1.0 && mean.is_finite()) {
            return Err(TheoryError::Domain {
                must: "a batch has at least one request",
            });
        }
        Ok(Self {
            mean,
            second: mean * (2.0 * mean - 1.0),
        })
    }
}

/// Mean time waiting of a request, where `arrival` counts requests, not batches: the wait of its
/// batch's first, as in M/G/1 with whole batches as customers, and the service of those before it
/// in the batch (Gross and Harris, 3.1.1; Bolch, 6.3.5).
///
/// # Errors
/// [`TheoryError`] for a rate not above 0, or a load of 1 and more.
pub fn mean_wait(arrival: f64, size: &BatchSize, service: &Moments) -> Theory<f64> {
    let arrival = positive(arrival, "an arrival rate is above 0")?;
    let load = stable(arrival * service.mean)?;
    let others = (size.second - size.mean) / (2.0 * size.mean);
    Ok((arrival * service.second / 2.0 + others * service.mean) / (1.0 - load))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::markov::Chain;
    use crate::insight::theory::mg1;

    #[test]
    fn batches_of_one_are_no_batches() {
        let service = Moments::log_normal(1.0, 0.7).unwrap();
        let wait = mean_wait(0.8, &BatchSize::constant(1).unwrap(), &service).unwrap();
        assert!((wait - mg1::mean_wait(0.8, &service).unwrap()).abs() < 1e-12);
        let geometric = BatchSize::geometric(1.0).unwrap();
        assert!((mean_wait(0.8, &geometric, &service).unwrap() - wait).abs() < 1e-12);
    }

    #[test]
    fn the_chain_says_the_same() {
        let (places, size, arrival) = (600_usize, 4_usize, 0.7);
        let mut chain = Chain::new(places);
        for n in 0..places {
            chain
                .add(n, (n + size).min(places - 1), arrival / size as f64)
                .unwrap();
            if n > 0 {
                chain.add(n, n - 1, 1.0).unwrap();
            }
        }
        let steady = chain.steady_state().unwrap();
        let number: f64 = steady.iter().enumerate().map(|(n, p)| n as f64 * p).sum();
        let service = Moments::exponential(1.0).unwrap();
        let wait = mean_wait(arrival, &BatchSize::constant(4).unwrap(), &service).unwrap();
        assert!((number - arrival * (wait + 1.0)).abs() < 1e-8, "{number}");
    }

    #[test]
    fn sizes() {
        let dice = BatchSize::equally_likely(1, 6).unwrap();
        assert!((dice.mean - 3.5).abs() < 1e-15 && (dice.second - 91.0 / 6.0).abs() < 1e-12);
        let geometric = BatchSize::geometric(4.0).unwrap();
        assert!((geometric.second - geometric.mean * geometric.mean - 12.0).abs() < 1e-12);
        assert!(BatchSize::constant(0).is_err() && BatchSize::geometric(0.5).is_err());
    }
}
