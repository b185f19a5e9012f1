//! Markov chains in continuous time: steady states of birth and death processes and of any finite
//! chain, for models that have no closed form.

use super::numeric::{normalize_logs, not_negative, positive, sum};
use super::{Theory, TheoryError};

/// Sweeps after which an iteration that has not settled is given up.
const MAX_SWEEPS: usize = 20_000;

/// Relative change of a sweep below which the probabilities have settled.
const SETTLED: f64 = 1e-13;

/// The steady state of a birth and death process on `states` states, from 0: `birth(n)` is the
/// rate from n to n + 1, `death(n)` that from n to n − 1 (Kleinrock, 3.11). Computed in logarithms,
/// so that no load and no number of states overflows. States that births never reach have
/// probability 0.
///
/// # Errors
/// [`TheoryError::Domain`] without a state, for negative rates, or for a state that has births
/// into it but no death.
pub fn birth_death(
    birth: impl Fn(usize) -> f64,
    death: impl Fn(usize) -> f64,
    states: usize,
) -> Theory<Vec<f64>> {
    if states == 0 {
        return Err(TheoryError::Domain {
            must: "a chain has a state",
        });
    }
    let mut logs = Vec::with_capacity(states);
    let mut log = 0.0;
    logs.push(log);
    for n in 1..states {
        let up = not_negative(birth(n - 1), "a birth rate is not negative")?;
        let down = positive(death(n), "a death rate is above 0")?;
        log += libm::log(up) - libm::log(down);
        logs.push(log);
    }
    Ok(normalize_logs(&logs))
}

/// A finite chain by its transitions. Every state must be reachable from every other.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    /// For each state, the states that lead to it and their rates.
    into: Vec<Vec<(usize, f64)>>,
    /// For each state, the rate at which it is left.
    leave: Vec<f64>,
}

impl Chain {
    /// A chain of so many states and no transitions yet.
    pub fn new(states: usize) -> Self {
        Self {
            into: vec![Vec::new(); states],
            leave: vec![0.0; states],
        }
    }

    /// Adds a transition. One from a state to itself changes nothing and is left out.
    ///
    /// # Errors
    /// [`TheoryError::Domain`] for a state that does not exist, or a rate that is not a number
    /// from 0 up.
    pub fn add(&mut self, from: usize, to: usize, rate: f64) -> Theory<()> {
        if from >= self.leave.len() || to >= self.leave.len() || !(rate >= 0.0 && rate.is_finite())
        {
            return Err(TheoryError::Domain {
                must: "transitions join states at a finite rate",
            });
        }
        if from != to && rate > 0.0 {
            self.into[to].push((from, rate));
            self.leave[from] += rate;
        }
        Ok(())
    }

    /// The steady state, by Gauss–Seidel sweeps in both directions until nothing moves (Bolch,
    /// 3.4). States should be numbered along the flow, which makes the sweeps few.
    ///
    /// # Errors
    /// [`TheoryError::Domain`] for a state that is never left; [`TheoryError::NoConvergence`] if
    /// the sweeps do not settle.
    pub fn steady_state(&self) -> Theory<Vec<f64>> {
        let states = self.leave.len();
        if self.leave.iter().any(|rate| *rate <= 0.0) {
            return Err(TheoryError::Domain {
                must: "every state is left at some rate",
            });
        }
        let mut probabilities = vec![1.0 / states as f64; states];
        for _ in 0..MAX_SWEEPS {
            let mut change = 0.0_f64;
            for state in (0..states).chain((0..states).rev()) {
                let inflow: f64 = self.into[state]
                    .iter()
                    .map(|(from, rate)| probabilities[*from] * rate)
                    .sum();
                let next = inflow / self.leave[state];
                change += (next - probabilities[state]).abs();
                probabilities[state] = next;
            }
            let total = sum(probabilities.iter().copied());
            if !(total > 0.0 && total.is_finite()) {
                break;
            }
            for probability in &mut probabilities {
                *probability /= total;
            }
            if change <= SETTLED * total {
                return Ok(probabilities);
            }
        }
        Err(TheoryError::NoConvergence {
            method: "Gauss–Seidel sweeps over a Markov chain",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Grassmann, Taksar and Heyman's elimination: no subtraction, so no cancellation. Dense.
    fn gth(mut rates: Vec<Vec<f64>>) -> Vec<f64> {
        for last in (1..rates.len()).rev() {
            let gone = rates[last].clone();
            let out: f64 = gone[..last].iter().sum();
            for row in &mut rates[..last] {
                row[last] /= out;
                let through = row[last];
                for (rate, on) in row.iter_mut().zip(&gone[..last]) {
                    *rate += through * on;
                }
            }
        }
        let mut weights = vec![1.0];
        for state in 1..rates.len() {
            let into = weights
                .iter()
                .zip(&rates)
                .map(|(weight, row)| weight * row[state]);
            let weight = into.sum();
            weights.push(weight);
        }
        let total: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / total).collect()
    }

    proptest! {
        #[test]
        fn sweeps_agree_with_elimination(rates in prop::collection::vec(0.01_f64..3.0, 42)) {
            let size = 7;
            let mut dense = vec![vec![0.0; size]; size];
            let mut chain = Chain::new(size);
            for (pair, rate) in rates.iter().enumerate() {
                let (from, skipped) = (pair / (size - 1), pair % (size - 1));
                let to = if skipped < from { skipped } else { skipped + 1 };
                dense[from][to] = *rate;
                chain.add(from, to, *rate).unwrap();
            }
            let found = chain.steady_state().unwrap();
            for (a, b) in found.iter().zip(gth(dense)) {
                prop_assert!((a - b).abs() < 1e-11);
            }
        }
    }

    #[test]
    fn births_and_deaths() {
        let queue = birth_death(|_| 0.5, |_| 1.0, 200).unwrap();
        assert!((queue[0] - 0.5).abs() < 1e-14);
        assert!((queue[3] - 0.0625).abs() < 1e-14);
        let closed = birth_death(|n| if n < 2 { 1.0 } else { 0.0 }, |_| 1.0, 5).unwrap();
        assert!((closed[2] - 1.0 / 3.0).abs() < 1e-14);
        assert!(closed[3].abs() < 1e-300);
        assert!(birth_death(|_| 1.0, |_| 0.0, 3).is_err());
        assert!(birth_death(|_| 1.0, |_| 1.0, 0).is_err());
    }

    #[test]
    fn a_state_that_is_never_left_is_refused() {
        let mut chain = Chain::new(2);
        chain.add(0, 1, 1.0).unwrap();
        assert!(chain.steady_state().is_err());
        assert!(chain.add(0, 2, 1.0).is_err());
        assert!(chain.add(0, 1, f64::NAN).is_err());
    }
}
