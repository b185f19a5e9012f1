//! M/G/1 whose worker goes away whenever it finds nothing to do.

use super::moments::Moments;
use super::numeric::positive;
use super::{Theory, mg1};

/// Mean wait where an idle worker takes one vacation after another until it finds somebody on its
/// return: Pollaczek and Khinchine's, and the residual vacation (Fuhrmann and Cooper, Stochastic
/// decompositions in the M/G/1 queue with generalized vacations, Operations Research 33, 1985).
/// Background work done when idle, and polling, have this form.
///
/// # Errors
/// [`super::TheoryError`] for figures not above 0, or a load of 1 and more.
pub fn mean_wait(arrival: f64, service: &Moments, vacation: &Moments) -> Theory<f64> {
    let length = positive(vacation.mean, "a vacation has a length")?;
    Ok(mg1::mean_wait(arrival, service)? + vacation.second / (2.0 * length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::markov::Chain;

    #[test]
    fn the_chain_of_exponential_vacations_says_the_same() {
        // State: number in the system, and whether the worker is away.
        let (arrival, back, places) = (0.6, 0.5, 200_usize);
        let mut chain = Chain::new(2 * places);
        for n in 0..places {
            let (here, away) = (2 * n, 2 * n + 1);
            if n + 1 < places {
                chain.add(here, here + 2, arrival).unwrap();
                chain.add(away, away + 2, arrival).unwrap();
            }
            if n == 0 {
                // An idle worker leaves at once; the state is never entered.
                chain.add(here, away, 1.0).unwrap();
            } else {
                chain.add(away, here, back).unwrap();
                chain
                    .add(here, if n == 1 { 1 } else { here - 2 }, 1.0)
                    .unwrap();
            }
        }
        let steady = chain.steady_state().unwrap();
        let number: f64 = steady
            .iter()
            .enumerate()
            .map(|(state, p)| (state / 2) as f64 * p)
            .sum();
        let service = Moments::exponential(1.0).unwrap();
        let vacation = Moments::exponential(2.0).unwrap();
        let wait = mean_wait(arrival, &service, &vacation).unwrap();
        assert!(
            (number - arrival * (wait + 1.0)).abs() < 1e-8,
            "{number} {wait}"
        );
        assert!(mean_wait(arrival, &service, &Moments::constant(0.0).unwrap()).is_err());
    }
}
