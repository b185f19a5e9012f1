//! Fork and join: a request is split into parts that queue on their own, and waits for all.

use super::{Theory, mm1::Mm1};

/// Mean time until both parts are done, where each of two M/M/1 queues gets one part of every
/// request: (12 − ρ)/8 times the mean sojourn of one (Flatto and Hahn, 1984; Nelson and Tantawi,
/// Approximate analysis of fork/join synchronization in parallel queues, IEEE Transactions on
/// Computers 37 (1988), equation 2). Exact.
///
/// # Errors
/// [`super::TheoryError`] for rates not above 0, or a load of 1 and more.
pub fn mean_of_two(arrival: f64, service: f64) -> Theory<f64> {
    let queue = Mm1::new(arrival, service)?;
    Ok((12.0 - queue.load()) / 8.0 * queue.mean_sojourn())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::markov::Chain;

    #[test]
    fn the_chain_says_the_same() {
        // Queues (i, j) with common arrivals. A request that finds (i, j) is done when the later
        // of its parts is: the maximum of two Erlang times, by a recursion over the two.
        let (places, arrival) = (60_usize, 0.5);
        let mut chain = Chain::new(places * places);
        for i in 0..places {
            for j in 0..places {
                let here = i * places + j;
                let (up, right) = ((i + 1).min(places - 1), (j + 1).min(places - 1));
                chain.add(here, up * places + right, arrival).unwrap();
                if i > 0 {
                    chain.add(here, here - places, 1.0).unwrap();
                }
                if j > 0 {
                    chain.add(here, here - 1, 1.0).unwrap();
                }
            }
        }
        let steady = chain.steady_state().unwrap();
        let mut later = vec![vec![0.0; places + 1]; places + 1];
        for i in 0..=places {
            for j in 0..=places {
                later[i][j] = match (i, j) {
                    (0, n) | (n, 0) => n as f64,
                    _ => 0.5 + f64::midpoint(later[i - 1][j], later[i][j - 1]),
                };
            }
        }
        let mean: f64 = steady
            .iter()
            .enumerate()
            .map(|(state, p)| later[state / places + 1][state % places + 1] * p)
            .sum();
        let exact = mean_of_two(arrival, 1.0).unwrap();
        assert!((mean - exact).abs() < 1e-8, "{mean} {exact}");
        assert!(mean_of_two(1.0, 1.0).is_err());
    }
}
