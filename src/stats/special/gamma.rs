//! The incomplete gamma function and the gamma, chi-square and Poisson laws.

use super::{continued_fraction, normal_quantile};
use crate::stats::math;
use std::f64::consts::PI;

/// The logarithm of the gamma function.
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// ln(1 + x) - x, without cancellation near 0.
pub(super) fn ln_1p_minus(x: f64) -> f64 {
    if x.abs() > 0.3 {
        return math::ln_1p(x) - x;
    }
    // With r = x / (2 + x): ln(1 + x) = 2 (r + r³/3 + r⁵/5 …), and 2r - x = -r x.
    let r = x / (2.0 + x);
    let square = r * r;
    let mut sum = 0.0;
    let mut odd = 27.0;
    while odd >= 3.0 {
        sum = (sum + 1.0 / odd) * square;
        odd -= 2.0;
    }
    2.0 * r * sum - r * x
}

/// ln Γ(a) less Stirling's (a - 1/2) ln a - a + ln(2π)/2, for a of at least 10.
pub(super) fn stirling_remainder(a: f64) -> f64 {
    let w = 1.0 / (a * a);
    let series = 1.0 / 12.0
        - w * (1.0 / 360.0
            - w * (1.0 / 1260.0
                - w * (1.0 / 1680.0 - w * (1.0 / 1188.0 - w * (691.0 / 360_360.0 - w / 156.0)))));
    series / a
}

/// `x^a e^-x / Γ(a)`: x times the gamma density. Written so that nothing cancels for a large a.
pub fn gamma_kernel(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if a < 10.0 {
        return math::exp(a * math::ln(x) - x - ln_gamma(a));
    }
    let excess = (x - a) / a;
    (a / (2.0 * PI)).sqrt() * math::exp(a * ln_1p_minus(excess) - stirling_remainder(a))
}

/// The share of a gamma law of shape `a` and scale 1 below `x`, and above it: both to full relative
/// accuracy (some 10^-13; 10^-11 for shapes of 10^8).
pub fn gamma_shares(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 || x.is_nan() {
        return (0.0, 1.0);
    }
    if x.is_infinite() {
        return (1.0, 0.0);
    }
    if x < a + 1.0 {
        let lower = (gamma_kernel(a, x) * lower_series(a, x)).min(1.0);
        (lower, 1.0 - lower)
    } else {
        let upper = (gamma_kernel(a, x) * upper_fraction(a, x)).min(1.0);
        (1.0 - upper, upper)
    }
}

/// The sum of x^k / (a (a+1) … (a+k)).
fn lower_series(a: f64, x: f64) -> f64 {
    let mut term = 1.0 / a;
    let mut sum = term;
    let mut k = a;
    while term > sum * (0.25 * f64::EPSILON) {
        k += 1.0;
        term *= x / k;
        sum += term;
    }
    sum
}

/// Legendre's continued fraction.
fn upper_fraction(a: f64, x: f64) -> f64 {
    continued_fraction(|i| {
        let numerator = if i > 0.0 { -i * (i - a) } else { 1.0 };
        (numerator, x + 2.0 * i + 1.0 - a)
    })
}

/// The value below which a gamma variate of shape `a` and scale 1 lies with chance `p`; infinite at
/// 1, not a number outside 0 to 1.
pub fn gamma_quantile(a: f64, p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    let lower = |x: f64| {
        let (below, above) = gamma_shares(a, x);
        // The smaller of the two keeps its accuracy.
        if p < 0.5 {
            below - p
        } else {
            (1.0 - p) - above
        }
    };
    super::root(
        lower,
        |x| gamma_kernel(a, x) / x,
        gamma_guess(a, p),
        (0.0, f64::INFINITY),
    )
}

/// A first guess: Wilson and Hilferty's cube of a normal, or the leading term near 0.
fn gamma_guess(a: f64, p: f64) -> f64 {
    let ninth = 1.0 / (9.0 * a);
    let cube_root = 1.0 - ninth + normal_quantile(p) * ninth.sqrt();
    let guess = a * cube_root * cube_root * cube_root;
    let near_zero = math::exp((math::ln(p) + ln_gamma(a + 1.0)) / a);
    if a < 1.0 || cube_root < 0.2 || guess < 0.2 * a {
        near_zero.clamp(f64::MIN_POSITIVE, (a - math::ln_1p(-p)).max(1.0))
    } else {
        guess
    }
}

/// The chance that a chi-square variate is above `x`: the p-value of a test.
pub fn chi_square_upper(degrees: f64, x: f64) -> f64 {
    gamma_shares(0.5 * degrees, 0.5 * x).1
}

/// The value below which a chi-square variate lies with chance `p`.
pub fn chi_square_quantile(degrees: f64, p: f64) -> f64 {
    2.0 * gamma_quantile(0.5 * degrees, p)
}

/// The chance that a Poisson variate of this mean is at most `k`.
pub fn poisson_cdf(mean: f64, k: u64) -> f64 {
    gamma_shares(k as f64 + 1.0, mean).1
}
