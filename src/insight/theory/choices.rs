//! The power of d choices: many M/M/1 queues, of which each arrival sees a few drawn at random and
//! joins the shortest. In the limit of infinitely many, and with the first correction for a finite
//! number of them.

use super::numeric::{at_least_one, positive, solve, stable, sum};
use super::{Theory, TheoryError};

/// Queue lengths whose probability is below this are left out.
const NEGLIGIBLE: f64 = 1e-14;

/// Most queue lengths kept in the corrected form: the work grows with the sixth power.
const MAX_LENGTHS: usize = 24;

/// Whether the queues drawn may be one and the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draw {
    /// Two different queues: what balancers do.
    Distinct,
    /// Drawn with replacement: what most papers assume.
    Independent,
}

/// Share of queues that hold at least 1, 2, 3 … requests, in the limit of infinitely many queues:
/// ρ^((dⁱ − 1)/(d − 1)) (Vvedenskaya, Dobrushin and Karpelevich, 1996; Mitzenmacher, The Power of
/// Two Choices in Randomized Load Balancing, 1996).
///
/// # Errors
/// [`TheoryError`] for a load not above 0 or from 1 up, or no choice.
pub fn at_least(load: f64, choices: u32) -> Theory<Vec<f64>> {
    let load = stable(positive(load, "a load is above 0")?)?;
    let d = f64::from(at_least_one(choices, "at least one queue is drawn")?);
    let mut shares = Vec::new();
    let (mut exponent, log) = (1.0, libm::log(load));
    loop {
        let share = libm::exp(exponent * log);
        if share < NEGLIGIBLE {
            return Ok(shares);
        }
        shares.push(share);
        if shares.len() > 1_000_000 {
            return Err(TheoryError::NoConvergence {
                method: "queue lengths near full load",
            });
        }
        exponent = exponent * d + 1.0;
    }
}

/// Mean sojourn over mean service time, in the limit of infinitely many queues.
///
/// # Errors
/// As [`at_least`].
pub fn mean_sojourn(load: f64, choices: u32) -> Theory<f64> {
    Ok(sum(at_least(load, choices)?) / load)
}

/// Mean sojourn over mean service time with `queues` queues and two choices: the mean-field limit
/// and the correction of order 1/n (Gast and Van Houdt, A refined mean field approximation,
/// Proceedings of the ACM on Measurement and Analysis of Computing Systems 1 (2017), theorem 3.1).
/// What remains is of order 1/n².
///
/// # Errors
/// As [`at_least`]; [`TheoryError::Domain`] for fewer than two queues or a load so high that queues
/// grow beyond the size of the linear system.
pub fn refined_mean_sojourn(load: f64, queues: u32, draw: Draw) -> Theory<f64> {
    if queues < 2 {
        return Err(TheoryError::Domain {
            must: "there are at least two queues to choose from",
        });
    }
    let limit = at_least(load, 2)?;
    let correction = correction(load, &limit, draw)?;
    Ok((sum(limit) + correction / f64::from(queues)) / load)
}

/// Change of the mean number per queue, times the number of queues.
fn correction(load: f64, limit: &[f64], draw: Draw) -> Theory<f64> {
    let size = limit.len();
    if size > MAX_LENGTHS {
        return Err(TheoryError::Domain {
            must: "the load is low enough for short queues",
        });
    }
    let level = |i: usize| {
        if i == 0 {
            1.0
        } else {
            limit.get(i - 1).copied().unwrap_or(0.0)
        }
    };
    // Drift of x_i: λ(x²_{i−1} − x²_i) − (x_i − x_{i+1}), for i from 1; row i − 1 here.
    let mut jacobian = vec![vec![0.0; size]; size];
    for row in 0..size {
        let i = row + 1;
        jacobian[row][row] = -2.0 * load * level(i) - 1.0;
        if row > 0 {
            jacobian[row][row - 1] = 2.0 * load * level(i - 1);
        }
        if row + 1 < size {
            jacobian[row][row + 1] = 1.0;
        }
    }
    let variances = variances(&jacobian, &|row| 2.0 * (level(row + 1) - level(row + 2)))?;
    // Half the second derivatives times the variances, and what drawing distinct queues changes:
    // of n queues, m with at least i, both drawn are among the m with probability
    // x² − x(1 − x)/n + O(1/n²).
    let right = (0..size).map(|row| {
        let above = if row > 0 { variances[row - 1] } else { 0.0 };
        let curvature = load * (above - variances[row]);
        let spread = |x: f64| x * (1.0 - x);
        let distinct = match draw {
            Draw::Independent => 0.0,
            Draw::Distinct => -load * (spread(level(row)) - spread(level(row + 1))),
        };
        -(curvature + distinct)
    });
    let right: Vec<f64> = right.collect();
    Ok(sum(solve(jacobian, right)?))
}

/// The diagonal of W, where A·W + W·Aᵀ + Q = 0 with the diagonal matrix Q.
fn variances(jacobian: &[Vec<f64>], noise: &impl Fn(usize) -> f64) -> Theory<Vec<f64>> {
    let size = jacobian.len();
    let mut matrix = vec![vec![0.0; size * size]; size * size];
    let mut right = vec![0.0; size * size];
    for i in 0..size {
        for j in 0..size {
            let equation = i * size + j;
            for k in 0..size {
                matrix[equation][k * size + j] += jacobian[i][k];
                matrix[equation][i * size + k] += jacobian[j][k];
            }
        }
        right[i * size + i] = -noise(i);
    }
    let solution = solve(matrix, right)?;
    Ok((0..size).map(|i| solution[i * size + i]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::routing::shortest_of;

    #[test]
    fn one_choice_is_the_single_queue() {
        assert!((mean_sojourn(0.8, 1).unwrap() - 5.0).abs() < 1e-10);
    }

    #[test]
    fn two_choices_are_much_better_than_one() {
        // By summing ρ^(2ⁱ − 2) by hand.
        let sums = [
            (0.5, 1.2657),
            (0.7, 1.6145),
            (0.8, 1.9474),
            (0.9, 2.6141),
            (0.99, 5.4320),
        ];
        for (load, sojourn) in sums {
            let found = mean_sojourn(load, 2).unwrap();
            assert!((found - sojourn).abs() < 5.1e-5, "{load}: {found}");
        }
    }

    #[test]
    fn published_corrections() {
        // Gast and Van Houdt, table 1: two choices at load 0.9, mean number per queue.
        let number = |n| 0.9 * refined_mean_sojourn(0.9, n, Draw::Independent).unwrap();
        assert!((number(10) - 2.7513).abs() < 2e-4, "{}", number(10));
        assert!((number(20) - 2.5520).abs() < 2e-4, "{}", number(20));
    }

    #[test]
    fn the_error_falls_with_the_square_of_the_number_of_queues() {
        let miss = |n: u32, cap: u32| {
            let exact = shortest_of(n, 2, 0.6, cap).unwrap();
            let approximation = refined_mean_sojourn(0.6, n, Draw::Distinct).unwrap();
            let limit = mean_sojourn(0.6, 2).unwrap();
            assert!((approximation - exact).abs() < 0.5 * (limit - exact).abs());
            (approximation - exact).abs()
        };
        let (few, more) = (miss(3, 30), miss(6, 9));
        assert!(more < few / 3.0, "{few} {more}");
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(at_least(1.0, 2).is_err() && at_least(0.5, 0).is_err());
        assert!(refined_mean_sojourn(0.5, 1, Draw::Distinct).is_err());
        assert!(refined_mean_sojourn(1.0 - 1e-12, 4, Draw::Distinct).is_err());
    }
}
