//! G/M/1: independent gaps of any distribution between arrivals, exponential service, one worker.

use super::Theory;
use super::numeric::{
    at_least_one, percentile, positive, power, probability, root, stable, weighted,
};

/// The shape of the gaps between arrivals; its mean is given by the arrival rate.
#[derive(Debug, Clone, PartialEq)]
pub enum Gaps {
    /// All alike: D/M/1.
    Even,
    /// The sum of so many exponential phases. Round robin over n queues turns Poisson arrivals
    /// into this at each.
    Erlang(u32),
    /// A choice between exponentials: pairs of weight and mean, scaled to the arrival rate.
    HyperExponential(Vec<(f64, f64)>),
}

impl Gaps {
    /// The Laplace–Stieltjes transform E\[e^(−s·gap)\] of gaps with the mean 1/`arrival`.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] for parameters that make no distribution.
    pub fn transform(&self, arrival: f64, s: f64) -> Theory<f64> {
        match self {
            Self::Even => Ok(libm::exp(-s / arrival)),
            Self::Erlang(phases) => {
                let phases = at_least_one(*phases, "an Erlang gap has a phase")?;
                Ok(power(
                    1.0 / (1.0 + s / (arrival * f64::from(phases))),
                    phases,
                ))
            }
            Self::HyperExponential(branches) => {
                let mean = positive(weighted(branches)?, "a mean gap is above 0")?;
                let parts: Vec<(f64, f64)> = branches
                    .iter()
                    .map(|(weight, gap)| (*weight, 1.0 / (1.0 + s * gap / (arrival * mean))))
                    .collect();
                weighted(&parts)
            }
        }
    }
}

/// A G/M/1 queue in its steady state, first come first served.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gm1 {
    service: f64,
    sigma: f64,
}

impl Gm1 {
    /// A queue by its arrival rate, the shape of the gaps, and its service rate. What an arrival
    /// finds is geometric in σ, the root below 1 of σ = A*(μ − μσ) (Kleinrock, 6.4).
    ///
    /// # Errors
    /// [`super::TheoryError`] for rates not above 0, gaps that make no distribution, or a load of 1
    /// and more.
    pub fn new(arrival: f64, gaps: &Gaps, service: f64) -> Theory<Self> {
        let arrival = positive(arrival, "an arrival rate is above 0")?;
        let service = positive(service, "a service rate is above 0")?;
        let load = stable(arrival / service)?;
        gaps.transform(arrival, service)?;
        let miss = |sigma: f64| {
            let at = gaps.transform(arrival, service * (1.0 - sigma));
            at.map_or(f64::NAN, |value| value - sigma)
        };
        // At 1 there is always a root; just below it the curve lies under the line.
        let sigma = root(miss, 0.0, 1.0 - 1e-6 * (1.0 - load))?;
        Ok(Self { service, sigma })
    }

    /// Probability that an arrival has to wait.
    pub fn delay_probability(&self) -> f64 {
        self.sigma
    }

    /// Rate at which the exponential sojourn ends: μ(1 − σ).
    pub fn sojourn_rate(&self) -> f64 {
        self.service * (1.0 - self.sigma)
    }

    /// Mean time from arrival to departure.
    pub fn mean_sojourn(&self) -> f64 {
        1.0 / self.sojourn_rate()
    }

    /// Mean time waiting (Kleinrock, 6.31).
    pub fn mean_wait(&self) -> f64 {
        self.sigma * self.mean_sojourn()
    }

    /// Probability that the wait exceeds `t` (Kleinrock, 6.30).
    pub fn wait_tail(&self, t: f64) -> f64 {
        self.sigma * libm::exp(-self.sojourn_rate() * t)
    }

    /// Wait that a share `p` of the customers does not exceed; 0 if so many do not wait at all.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] unless 0 < p < 1.
    pub fn wait_percentile(&self, p: f64) -> Theory<f64> {
        percentile(|t| self.wait_tail(t), p, self.mean_sojourn())
    }

    /// Sojourn that a share `p` of the customers does not exceed.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] unless 0 < p < 1.
    pub fn sojourn_percentile(&self, p: f64) -> Theory<f64> {
        Ok(-libm::log1p(-probability(p)?) / self.sojourn_rate())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::markov::Chain;

    #[test]
    fn poisson_gaps_give_the_single_queue() {
        for gaps in [Gaps::Erlang(1), Gaps::HyperExponential(vec![(1.0, 7.0)])] {
            let queue = Gm1::new(0.8, &gaps, 1.0).unwrap();
            assert!((queue.delay_probability() - 0.8).abs() < 1e-12);
            assert!((queue.mean_sojourn() - 5.0).abs() < 1e-10);
        }
    }

    #[test]
    fn even_gaps_have_the_known_root() {
        // D/M/1 at load 0.5: σ = e^(−2(1 − σ)), that is 0.20319 (Harchol-Balter; Lambert's W).
        let queue = Gm1::new(0.5, &Gaps::Even, 1.0).unwrap();
        assert!((queue.delay_probability() - 0.203_187_869_979_979_9).abs() < 1e-12);
        assert!((queue.mean_wait() - queue.wait_tail(0.0) * queue.mean_sojourn()).abs() < 1e-15);
    }

    #[test]
    fn erlang_gaps_agree_with_the_chain_of_their_phases() {
        // State: number in the system and phases of the gap gone by; L = λ times the sojourn.
        let (phases, places, arrival) = (4, 90, 0.8);
        let mut chain = Chain::new(phases * places);
        for number in 0..places {
            for phase in 0..phases {
                let state = number * phases + phase;
                let next = if phase + 1 < phases {
                    state + 1
                } else {
                    (number + 1).min(places - 1) * phases
                };
                chain.add(state, next, arrival * phases as f64).unwrap();
                if number > 0 {
                    chain.add(state, state - phases, 1.0).unwrap();
                }
            }
        }
        let steady = chain.steady_state().unwrap();
        let number: f64 = steady
            .iter()
            .enumerate()
            .map(|(state, p)| (state / phases) as f64 * p)
            .sum();
        let queue = Gm1::new(arrival, &Gaps::Erlang(4), 1.0).unwrap();
        assert!(
            (number - arrival * queue.mean_sojourn()).abs() < 1e-8,
            "{number}"
        );
    }

    #[test]
    fn variable_gaps_make_it_worse() {
        let even = Gm1::new(0.8, &Gaps::Even, 1.0).unwrap();
        let wild = Gaps::HyperExponential(vec![(0.9, 0.5), (0.1, 5.5)]);
        let wild = Gm1::new(0.8, &wild, 1.0).unwrap();
        assert!(even.mean_wait() < 4.0 && wild.mean_wait() > 4.0);
        assert!(even.sojourn_percentile(0.99).unwrap() < wild.sojourn_percentile(0.99).unwrap());
        assert!(even.wait_percentile(0.01).unwrap().abs() < 1e-300);
        assert!(Gm1::new(1.0, &Gaps::Even, 1.0).is_err());
        assert!(Gm1::new(0.5, &Gaps::Erlang(0), 1.0).is_err());
        assert!(Gm1::new(0.5, &Gaps::HyperExponential(vec![]), 1.0).is_err());
    }
}
