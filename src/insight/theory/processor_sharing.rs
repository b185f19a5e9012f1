//! Processor sharing: all requests share the workers evenly, at most one worker's speed each.

use super::Theory;
use super::mmc::Mmc;
use super::numeric::{not_negative, positive, stable};

/// Mean sojourn of M/G/1-PS: 1/(μ − λ), whatever the distribution of the service time
/// (Harchol-Balter, 22.2; insensitivity).
///
/// # Errors
/// [`super::TheoryError`] for figures not above 0, or a load of 1 and more.
pub fn mean_sojourn(arrival: f64, mean_service: f64) -> Theory<f64> {
    let arrival = positive(arrival, "an arrival rate is above 0")?;
    let mean_service = positive(mean_service, "a mean service time is above 0")?;
    Ok(mean_service / (1.0 - stable(arrival * mean_service)?))
}

/// Mean sojourn in M/G/1-PS of a request that needs `service` alone: it is in proportion to the
/// need, x/(1 − ρ) (Kleinrock, Queueing Systems, volume 2, 4.17).
///
/// # Errors
/// [`super::TheoryError`] for a negative time, or a load of 1 and more.
pub fn conditional_mean(load: f64, service: f64) -> Theory<f64> {
    let service = not_negative(service, "a time is not negative")?;
    let load = stable(not_negative(load, "a load is not negative")?)?;
    Ok(service / (1.0 - load))
}

/// Mean sojourn of M/G/c-PS: that of M/M/c, since the number in the system is a birth and death
/// process, and a symmetric queue is insensitive (Kelly, Reversibility and Stochastic Networks,
/// 1979, theorem 3.10).
///
/// # Errors
/// [`super::TheoryError`] for figures not above 0, or a load of 1 and more.
pub fn mean_sojourn_many(arrival: f64, mean_service: f64, workers: u32) -> Theory<f64> {
    let mean_service = positive(mean_service, "a mean service time is above 0")?;
    Ok(Mmc::new(arrival, 1.0 / mean_service, workers)?.mean_sojourn())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::markov::Chain;

    #[test]
    fn insensitive_to_the_distribution() {
        // Two branches of service as a chain: state (i, j), each served at its share of one worker.
        let branches = [(0.9, 0.5), (0.1, 5.5)];
        let (places, arrival) = (70_usize, 0.6);
        let index = |i: usize, j: usize| i * places + j;
        let mut chain = Chain::new(places * places);
        for i in 0..places {
            for j in 0..places {
                let all = (i + j).max(1) as f64;
                let state = index(i, j);
                chain
                    .add(state, index((i + 1).min(places - 1), j), arrival * 0.9)
                    .unwrap();
                chain
                    .add(state, index(i, (j + 1).min(places - 1)), arrival * 0.1)
                    .unwrap();
                if i > 0 {
                    chain
                        .add(state, index(i - 1, j), i as f64 / all / branches[0].1)
                        .unwrap();
                }
                if j > 0 {
                    chain
                        .add(state, index(i, j - 1), j as f64 / all / branches[1].1)
                        .unwrap();
                }
            }
        }
        let steady = chain.steady_state().unwrap();
        let number: f64 = steady
            .iter()
            .enumerate()
            .map(|(s, p)| (s / places + s % places) as f64 * p)
            .sum();
        let mean = mean_sojourn(arrival, 1.0).unwrap();
        assert!((number - arrival * mean).abs() < 1e-6, "{number} {mean}");
    }

    #[test]
    fn means() {
        assert!((mean_sojourn(80.0, 0.01).unwrap() - 0.05).abs() < 1e-15);
        assert!((conditional_mean(0.8, 0.015).unwrap() - 0.075).abs() < 1e-15);
        let many = mean_sojourn_many(3.2, 1.0, 4).unwrap();
        assert!((many - Mmc::new(3.2, 1.0, 4).unwrap().mean_sojourn()).abs() < 1e-15);
        assert!((mean_sojourn_many(0.8, 1.0, 1).unwrap() - 5.0).abs() < 1e-12);
        assert!(mean_sojourn(2.0, 1.0).is_err());
        assert!(conditional_mean(1.0, 1.0).is_err());
    }
}
