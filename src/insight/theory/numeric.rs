//! The numeric core of the closed forms: checked parameters, roots, percentiles, integrals, small
//! linear systems, and sums that neither overflow nor cancel.

use super::{Theory, TheoryError};

/// Steps after which an interval of doubles cannot be halved any further.
const HALVINGS: usize = 1_100;

/// Nodes and weights of the ten-point Gauss–Legendre rule on (-1, 1), the positive half
/// (Abramowitz and Stegun, table 25.4).
const GAUSS: [(f64, f64); 5] = [
    (0.148_874_338_981_631_21, 0.295_524_224_714_752_87),
    (0.433_395_394_129_247_2, 0.269_266_719_309_996_35),
    (0.679_409_568_299_024_4, 0.219_086_362_515_982_04),
    (0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
    (0.973_906_528_517_171_7, 0.066_671_344_308_688_14),
];

/// The value, if it is finite and above 0.
///
/// # Errors
/// [`TheoryError::Domain`] with `must` otherwise.
pub fn positive(value: f64, must: &'static str) -> Theory<f64> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(TheoryError::Domain { must })
    }
}

/// The value, if it is finite and not below 0.
///
/// # Errors
/// [`TheoryError::Domain`] with `must` otherwise.
pub fn not_negative(value: f64, must: &'static str) -> Theory<f64> {
    if value.is_finite() && value >= 0.0 {
        Ok(value)
    } else {
        Err(TheoryError::Domain { must })
    }
}

/// The value, if it lies from 0 to 1.
///
/// # Errors
/// [`TheoryError::Domain`] with `must` otherwise.
pub fn share(value: f64, must: &'static str) -> Theory<f64> {
    if (0.0..=1.0).contains(&value) {
        Ok(value)
    } else {
        Err(TheoryError::Domain { must })
    }
}

/// The probability, if a percentile can be asked for it: above 0 and below 1.
///
/// # Errors
/// [`TheoryError::Domain`] otherwise.
pub fn probability(p: f64) -> Theory<f64> {
    if p > 0.0 && p < 1.0 {
        Ok(p)
    } else {
        Err(TheoryError::Domain {
            must: "the probability of a percentile lies between 0 and 1",
        })
    }
}

/// The load, if a queue with it has a steady state.
///
/// # Errors
/// [`TheoryError::Unstable`] at 1 and above.
pub fn stable(load: f64) -> Theory<f64> {
    if load < 1.0 {
        Ok(load)
    } else {
        Err(TheoryError::Unstable { load })
    }
}

/// A whole number of things, if there is at least one.
///
/// # Errors
/// [`TheoryError::Domain`] with `must` at 0.
pub fn at_least_one(count: u32, must: &'static str) -> Theory<u32> {
    if count > 0 {
        Ok(count)
    } else {
        Err(TheoryError::Domain { must })
    }
}

/// `base` to the power of `exponent` by repeated squaring: only multiplications, so that every
/// machine gives the same bits.
pub fn power(base: f64, exponent: u32) -> f64 {
    let (mut result, mut square, mut rest) = (1.0, base, exponent);
    while rest > 0 {
        if rest & 1 == 1 {
            result *= square;
        }
        square *= square;
        rest >>= 1;
    }
    result
}

/// The natural logarithm of `n` factorial.
pub fn ln_factorial(n: u32) -> f64 {
    libm::lgamma(f64::from(n) + 1.0)
}

/// The natural logarithm of the number of ways to choose `k` of `n`; minus infinity if `k > n`.
pub fn ln_choose(n: u32, k: u32) -> f64 {
    if k > n {
        return f64::NEG_INFINITY;
    }
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

/// Probability that a Poisson variable of this mean is exactly `n`.
pub fn poisson(n: u32, mean: f64) -> f64 {
    if mean <= 0.0 {
        return if n == 0 { 1.0 } else { 0.0 };
    }
    libm::exp(f64::from(n) * libm::log(mean) - mean - ln_factorial(n))
}

/// Probabilities in proportion to weights given by their logarithms.
pub fn normalize_logs(logs: &[f64]) -> Vec<f64> {
    let highest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs.iter().map(|log| libm::exp(log - highest)).collect();
    let total = sum(weights.iter().copied());
    weights.into_iter().map(|weight| weight / total).collect()
}

/// The sum, with the rounding errors carried along (Neumaier 1974).
pub fn sum(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut total, mut lost) = (0.0_f64, 0.0_f64);
    for value in values {
        let next = total + value;
        lost += if total.abs() >= value.abs() {
            (total - next) + value
        } else {
            (value - next) + total
        };
        total = next;
    }
    total + lost
}

/// The mean of the values and weights of a mixture, the weights scaled to sum to 1.
///
/// # Errors
/// [`TheoryError::Domain`] if there is none, or if a weight is negative or all are 0.
pub fn weighted(parts: &[(f64, f64)]) -> Theory<f64> {
    for (weight, _) in parts {
        not_negative(*weight, "weights are not negative")?;
    }
    let total = positive(
        sum(parts.iter().map(|part| part.0)),
        "the weights sum to more than 0",
    )?;
    Ok(sum(parts.iter().map(|(weight, value)| weight * value)) / total)
}

/// The place between `low` and `high` at which `function` changes its sign, to the last bit.
///
/// # Errors
/// [`TheoryError::NoConvergence`] if it has the same sign at both ends.
pub fn root(function: impl Fn(f64) -> f64, low: f64, high: f64) -> Theory<f64> {
    let (mut low, mut high) = (low, high);
    let rising = function(low) < function(high);
    let below = |x: f64| (function(x) < 0.0) == rising;
    if !below(low) || below(high) {
        return Err(TheoryError::NoConvergence {
            method: "bisection without a change of sign",
        });
    }
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(f64::midpoint(low, high))
}

/// The value that is exceeded with probability `1 - p`, where `tail(x)` is the probability of
/// exceeding x ≥ 0. 0 if it is exceeded less often than that from the start. `scale` is a guess at
/// the order of magnitude.
///
/// # Errors
/// [`TheoryError::Domain`] unless 0 < p < 1 and scale > 0; [`TheoryError::NoConvergence`] if the
/// tail never falls that low.
pub fn percentile(tail: impl Fn(f64) -> f64, p: f64, scale: f64) -> Theory<f64> {
    let rest = 1.0 - probability(p)?;
    let mut high = positive(scale, "a time scale is above 0")?;
    if tail(0.0) <= rest {
        return Ok(0.0);
    }
    for _ in 0..256 {
        if tail(high) < rest {
            return root(|x| tail(x) - rest, 0.0, high);
        }
        high *= 2.0;
    }
    Err(TheoryError::NoConvergence {
        method: "search for a percentile",
    })
}

/// The integral from `from` to `to` by ten-point Gauss–Legendre on each of `panels` equal parts.
pub fn integral(function: impl Fn(f64) -> f64, from: f64, to: f64, panels: u32) -> f64 {
    let half = (to - from) / (2.0 * f64::from(panels));
    let parts = (0..panels).map(|panel| {
        let middle = from + half * (2.0 * f64::from(panel) + 1.0);
        let pairs = GAUSS.iter().map(|(node, weight)| {
            weight * (function(middle - half * node) + function(middle + half * node))
        });
        half * sum(pairs)
    });
    sum(parts)
}

/// The solution of `matrix · x = right` by elimination with partial pivoting.
///
/// # Errors
/// [`TheoryError::Domain`] if the matrix is not square, or singular.
pub fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Theory<Vec<f64>> {
    let size = right.len();
    if matrix.len() != size || matrix.iter().any(|row| row.len() != size) {
        return Err(TheoryError::Domain {
            must: "a linear system is square",
        });
    }
    for column in 0..size {
        let best = (column..size)
            .max_by(|a, b| {
                matrix[*a][column]
                    .abs()
                    .total_cmp(&matrix[*b][column].abs())
            })
            .unwrap_or(column);
        positive(
            matrix[best][column].abs(),
            "a linear system has one solution",
        )?;
        matrix.swap(column, best);
        right.swap(column, best);
        let pivot = matrix[column].clone();
        let pivot_right = right[column];
        for row in column + 1..size {
            let factor = matrix[row][column] / pivot[column];
            for (cell, above) in matrix[row].iter_mut().zip(&pivot).skip(column) {
                *cell -= factor * above;
            }
            right[row] -= factor * pivot_right;
        }
    }
    for row in (0..size).rev() {
        let known = sum((row + 1..size).map(|column| matrix[row][column] * right[column]));
        right[row] = (right[row] - known) / matrix[row][row];
    }
    Ok(right)
}

/// Probability that the sum of two independent exponential times with these rates exceeds `t`.
/// Exact also where the rates are nearly alike.
pub fn two_stage_tail(rate_a: f64, rate_b: f64, t: f64) -> f64 {
    let difference = rate_b - rate_a;
    let exponent = difference * t;
    let share = if exponent.abs() < 1e-300 {
        t
    } else {
        -libm::expm1(-exponent) / difference
    };
    libm::exp(-rate_a * t) * (1.0 + rate_a * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_and_percentiles_are_exact_to_the_last_bits() {
        let two = root(|x| x * x - 2.0, 0.0, 2.0).unwrap();
        assert!((two - std::f64::consts::SQRT_2).abs() < 1e-15);
        let median = percentile(|t| libm::exp(-t), 0.5, 1e-3).unwrap();
        assert!((median - std::f64::consts::LN_2).abs() < 1e-14);
        let atom = percentile(|t| 0.3 * libm::exp(-t), 0.5, 1.0).unwrap();
        assert!(atom.abs() < 1e-300);
        assert!(percentile(|_| 1.0, 0.5, 1.0).is_err());
        assert!(root(|x| x * x + 1.0, 0.0, 1.0).is_err());
    }

    #[test]
    fn integrals_are_exact_for_polynomials() {
        let value = integral(|x| 20.0 * power(x, 19), 0.0, 1.0, 1);
        assert!((value - 1.0).abs() < 1e-14);
        let bell = integral(|x| libm::exp(-x * x / 2.0), -12.0, 12.0, 24);
        assert!((bell - (2.0 * std::f64::consts::PI).sqrt()).abs() < 1e-13);
    }

    #[test]
    fn linear_systems_are_solved_and_singular_ones_refused() {
        let x = solve(vec![vec![0.0, 2.0], vec![3.0, 1.0]], vec![4.0, 5.0]).unwrap();
        assert!((x[0] - 1.0).abs() < 1e-15 && (x[1] - 2.0).abs() < 1e-15);
        assert!(solve(vec![vec![1.0, 1.0], vec![1.0, 1.0]], vec![1.0, 2.0]).is_err());
        assert!(solve(vec![vec![f64::NAN]], vec![1.0]).is_err());
        assert!(solve(vec![vec![1.0, 2.0]], vec![1.0]).is_err());
    }

    #[test]
    fn sums_keep_what_rounding_would_lose() {
        assert!((sum([1e100, 1.0, -1e100]) - 1.0).abs() < 1e-15);
        let logs = normalize_logs(&[-5_000.0, -5_000.0 + std::f64::consts::LN_2]);
        assert!((logs[1] - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn two_stages_agree_with_erlang_where_the_rates_meet() {
        let erlang = |t: f64| (1.0 + t) * libm::exp(-t);
        for t in [0.0, 0.1, 1.0, 7.0] {
            assert!((two_stage_tail(1.0, 1.0, t) - erlang(t)).abs() < 1e-15);
            assert!((two_stage_tail(1.0, 1.0 + 1e-9, t) - erlang(t)).abs() < 1e-9);
            let apart = 2.0 * libm::exp(-t) - libm::exp(-2.0 * t);
            assert!((two_stage_tail(1.0, 2.0, t) - apart).abs() < 1e-15);
        }
    }

    #[test]
    fn small_helpers() {
        assert!((power(1.5, 5) - 7.593_75).abs() < 1e-15);
        assert!((libm::exp(ln_choose(10, 3)) - 120.0).abs() < 1e-9);
        assert!(ln_choose(3, 4) < -1e300);
        assert!((poisson(3, 2.0) - 0.180_447_044_315_483_6).abs() < 1e-14);
        assert!((poisson(0, 0.0) - 1.0).abs() < 1e-15);
        assert!((weighted(&[(1.0, 2.0), (3.0, 4.0)]).unwrap() - 3.5).abs() < 1e-15);
        assert!(weighted(&[]).is_err());
    }
}
