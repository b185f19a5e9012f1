//! Distribution functions and quantiles of the laws that statistics needs: normal, gamma and
//! chi-square, beta, Student's t, binomial. Our own, since results must have the same bits on every
//! platform; the tests compare them with an independent library.

mod beta;
mod gamma;
mod normal;
#[cfg(test)]
mod tests;

pub use beta::{
    beta_cdf, beta_quantile, binomial_bounds, binomial_cdf, clopper_pearson, student_quantile,
    student_upper,
};
pub use gamma::{
    chi_square_quantile, chi_square_upper, gamma_kernel, gamma_quantile, gamma_shares, ln_gamma,
    poisson_cdf,
};
pub use normal::{normal_cdf, normal_density, normal_quantile, normal_upper};

/// The root of a rising function within a range that it changes sign in, by Newton's method held in
/// a bracket. The upper end may be infinite.
pub(super) fn root(
    excess: impl Fn(f64) -> f64,
    slope: impl Fn(f64) -> f64,
    guess: f64,
    (mut low, mut high): (f64, f64),
) -> f64 {
    /// Bisection alone passes over all numbers in fewer rounds than this.
    const ROUNDS_MAX: u32 = 200;
    let mut x = if guess > low && guess < high {
        guess
    } else {
        middle(low, high)
    };
    for _ in 0..ROUNDS_MAX {
        let value = excess(x);
        if value > 0.0 {
            high = x;
        } else if value < 0.0 {
            low = x;
        } else {
            return x;
        }
        let next = x - value / slope(x);
        let next = if next > low && next < high {
            next
        } else {
            middle(low, high)
        };
        let step = (next - x).abs();
        x = next;
        if step <= 1e-15 * x.abs() || high - low <= 0.0 {
            break;
        }
    }
    x
}

/// The continued fraction a₀ / (b₀ + a₁ / (b₁ + …)) of terms (a, b) by their number, by Lentz's
/// method as modified by Thompson and Barnett (1986).
fn continued_fraction(term: impl Fn(f64) -> (f64, f64)) -> f64 {
    /// What stands for 0 in a denominator.
    const TINY: f64 = 1e-300;
    /// Convergence takes a few times √a rounds; the bound is for senseless arguments.
    const ROUNDS_MAX: f64 = 2e5;
    let nonzero = |x: f64| if x.abs() < TINY { TINY } else { x };
    let (mut value, mut ratio, mut inverse) = (TINY, TINY, 0.0);
    let mut round = 0.0;
    loop {
        let (numerator, denominator) = term(round);
        inverse = 1.0 / nonzero(denominator + numerator * inverse);
        ratio = nonzero(denominator + numerator / ratio);
        let step = ratio * inverse;
        value *= step;
        let off = (step - 1.0).abs();
        if off <= 2.0 * f64::EPSILON || off.is_nan() || round > ROUNDS_MAX {
            return value;
        }
        round += 1.0;
    }
}

/// A point inside a bracket: in the middle, or by powers of two where its ends are far apart.
fn middle(low: f64, high: f64) -> f64 {
    if high.is_infinite() {
        return 2.0 * low + 1.0;
    }
    let least = low.max(f64::MIN_POSITIVE);
    if high > 4.0 * least {
        least.sqrt() * high.sqrt()
    } else {
        0.5 * (low + high)
    }
}
