//! A few M/M/1 queues, of which each arrival sees some and joins the shortest: exactly, by solving
//! the truncated Markov chain of the sorted queue lengths. Seeing all is join-shortest-queue.

use std::collections::BTreeMap;

use super::markov::Chain;
use super::numeric::{ln_choose, positive, stable, sum};
use super::{Theory, TheoryError};

/// Most states of the chain.
pub const MAX_STATES: usize = 200_000;

/// Mean sojourn over mean service time where each arrival draws `choices` distinct of `queues`
/// queues and joins the shortest; `load` is that of each queue. How ties are broken does not
/// matter, since the queues are alike. Queues are cut off at `longest`, which must be high enough
/// that they hardly ever reach it; arrivals to a full queue are lost.
///
/// # Errors
/// [`TheoryError`] for a load outside 0 to 1, unless 1 ≤ choices ≤ queues, or for a chain of more
/// than [`MAX_STATES`] states.
pub fn shortest_of(queues: u32, choices: u32, load: f64, longest: u32) -> Theory<f64> {
    let load = stable(positive(load, "a load is above 0")?)?;
    if choices == 0 || choices > queues || longest == 0 {
        return Err(TheoryError::Domain {
            must: "some of the queues are drawn, and have room",
        });
    }
    let count = libm::exp(ln_choose(queues.saturating_add(longest), queues));
    if count > MAX_STATES as f64 {
        return Err(TheoryError::Domain {
            must: "the chain has at most 200,000 states",
        });
    }
    let states = sorted_lengths(queues as usize, longest);
    let index: BTreeMap<&[u32], usize> = states
        .iter()
        .enumerate()
        .map(|(number, state)| (state.as_slice(), number))
        .collect();
    // With the lengths ascending, the shortest drawn is the r-th with this probability.
    let ranks: Vec<f64> = (0..queues)
        .map(|r| {
            let ways = ln_choose(queues - 1 - r, choices - 1);
            libm::exp(ways - ln_choose(queues, choices))
        })
        .collect();
    let mut chain = Chain::new(states.len());
    let mut next = Vec::new();
    for (from, state) in states.iter().enumerate() {
        for (queue, rank) in ranks.iter().enumerate() {
            let length = state[queue];
            let joins = Some(length + 1).filter(|length| *length <= longest);
            let changes = [
                (joins, f64::from(queues) * load * rank),
                (length.checked_sub(1), 1.0),
            ];
            for (length, rate) in changes {
                if let Some(length) = length {
                    next.clone_from(state);
                    next[queue] = length;
                    next.sort_unstable();
                    if let Some(to) = index.get(next.as_slice()) {
                        chain.add(from, *to, rate)?;
                    }
                }
            }
        }
    }
    let steady = chain.steady_state()?;
    let total = |state: &[u32]| state.iter().map(|length| f64::from(*length)).sum::<f64>();
    let number = sum(states
        .iter()
        .zip(&steady)
        .map(|(state, p)| total(state) * p));
    Ok(number / (f64::from(queues) * load))
}

/// Every ascending list of `queues` lengths from 0 to `longest`, by their sum: the order in which
/// the sweeps of the chain settle quickly.
fn sorted_lengths(queues: usize, longest: u32) -> Vec<Vec<u32>> {
    let mut states = vec![vec![]];
    for _ in 0..queues {
        let mut longer = Vec::new();
        for state in &states {
            let from: u32 = state.last().copied().unwrap_or(0);
            for length in from..=longest {
                let mut next = state.clone();
                next.push(length);
                longer.push(next);
            }
        }
        states = longer;
    }
    states.sort_by_key(|state| state.iter().sum::<u32>());
    states
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::loss::Mmck;
    use crate::insight::theory::mm1::Mm1;
    use crate::insight::theory::mmc::Mmc;

    #[test]
    fn one_of_one_is_a_finite_queue() {
        let found = shortest_of(1, 1, 0.8, 200).unwrap();
        assert!((found - Mm1::new(0.8, 1.0).unwrap().mean_sojourn()).abs() < 1e-8);
        let short = shortest_of(1, 1, 0.8, 5).unwrap();
        let exact = Mmck::new(0.8, 1.0, 1, 5).unwrap();
        let number = exact.queue_mean() + exact.busy_mean();
        assert!((short - number / 0.8).abs() < 1e-10);
    }

    #[test]
    fn the_shortest_of_two_lies_between_its_bounds() {
        // No better than a common queue for both, no worse than queues of one's own.
        for load in [0.3, 0.5, 0.8] {
            let found = shortest_of(2, 2, load, 60).unwrap();
            let shared = Mmc::new(2.0 * load, 1.0, 2).unwrap().mean_sojourn();
            let apart = Mm1::new(load, 1.0).unwrap().mean_sojourn();
            assert!(
                shared < found && found < apart,
                "{load}: {shared} {found} {apart}"
            );
        }
    }

    #[test]
    fn ties_and_order_do_not_matter() {
        // The same queues told apart, ties going to the first.
        let (places, load) = (50_usize, 0.7);
        let mut chain = Chain::new(places * places);
        for i in 0..places {
            for j in 0..places {
                let here = i * places + j;
                let next = if i <= j { here + places } else { here + 1 };
                if i.min(j) + 1 < places {
                    chain.add(here, next, 2.0 * load).unwrap();
                }
                if i > 0 {
                    chain.add(here, here - places, 1.0).unwrap();
                }
                if j > 0 {
                    chain.add(here, here - 1, 1.0).unwrap();
                }
            }
        }
        let steady = chain.steady_state().unwrap();
        let number: f64 = steady
            .iter()
            .enumerate()
            .map(|(s, p)| (s / places + s % places) as f64 * p)
            .sum();
        let found = shortest_of(2, 2, load, 49).unwrap();
        assert!((found - number / (2.0 * load)).abs() < 1e-8, "{found}");
    }

    #[test]
    fn the_cut_does_not_matter_once_it_is_high() {
        let (low, high) = (
            shortest_of(3, 2, 0.7, 25).unwrap(),
            shortest_of(3, 2, 0.7, 32).unwrap(),
        );
        assert!((low - high).abs() < 1e-6, "{low} {high}");
    }

    #[test]
    fn a_random_queue_is_a_queue_of_its_own() {
        let found = shortest_of(2, 1, 0.5, 50).unwrap();
        assert!((found - 2.0).abs() < 1e-8, "{found}");
        assert!(shortest_of(2, 3, 0.5, 10).is_err());
        assert!(shortest_of(2, 0, 0.5, 10).is_err());
        assert!(shortest_of(10, 2, 0.5, 100).is_err());
        assert!(shortest_of(2, 2, 1.0, 10).is_err());
    }
}
