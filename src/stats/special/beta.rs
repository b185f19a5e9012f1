//! The incomplete beta function and the laws of Student and Bernoulli that are made of it.

use super::gamma::{ln_1p_minus, ln_gamma, nonzero, stirling_remainder};
use super::normal_quantile;
use crate::stats::math;
use std::f64::consts::PI;

/// `x^a (1 - x)^b / B(a, b)`, with `y` = 1 - x given apart for its accuracy.
fn beta_kernel(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 || y <= 0.0 {
        return 0.0;
    }
    if a < 10.0 || b < 10.0 {
        let ln_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
        return math::exp(a * math::ln(x) + b * math::ln(y) - ln_beta);
    }
    // As deviations from the mean, so that nothing cancels.
    let sum = a + b;
    let (mean_x, mean_y) = (a / sum, b / sum);
    let (off_x, off_y) = ((x - mean_x) / mean_x, (y - mean_y) / mean_y);
    // a ln(x / mean_x) + b ln(y / mean_y); the linear terms add up to 0.
    let exponent = a * ln_1p_minus(off_x) + b * ln_1p_minus(off_y);
    let remainder = stirling_remainder(a) + stirling_remainder(b) - stirling_remainder(sum);
    (a * b / (2.0 * PI * sum)).sqrt() * math::exp(exponent - remainder)
}

/// The share of a beta law below `x`, and above it. `y` is 1 - x.
fn beta_shares(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if !(x > 0.0) {
        return (0.0, 1.0);
    }
    if !(y > 0.0) {
        return (1.0, 0.0);
    }
    let kernel = beta_kernel(a, b, x, y);
    if x < (a + 1.0) / (a + b + 2.0) {
        let lower = (kernel * beta_fraction(a, b, x) / a).min(1.0);
        (lower, 1.0 - lower)
    } else {
        let upper = (kernel * beta_fraction(b, a, y) / b).min(1.0);
        (1.0 - upper, upper)
    }
}

/// The continued fraction of the incomplete beta function, by Lentz's method.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut c = 1.0;
    let mut d = 1.0 / nonzero(1.0 - (a + b) * x / (a + 1.0), TINY);
    let mut fraction = d;
    let mut m = 1.0;
    loop {
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / nonzero(1.0 + even * d, TINY);
        c = nonzero(1.0 + even / c, TINY);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / nonzero(1.0 + odd * d, TINY);
        c = nonzero(1.0 + odd / c, TINY);
        let step = d * c;
        fraction *= step;
        // Convergence takes some √(a + b) rounds; the bound is for arguments that are no numbers.
        if (step - 1.0).abs() <= 2.0 * f64::EPSILON || m > 1e6 {
            return fraction;
        }
        m += 1.0;
    }
}

/// The regularised incomplete beta function: the chance that a beta variate is at most `x`.
pub fn beta_cdf(a: f64, b: f64, x: f64) -> f64 {
    beta_shares(a, b, x, 1.0 - x).0
}

/// The value below which a beta variate lies with chance `p`; not a number outside 0 to 1.
pub fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p <= 0.0 || p >= 1.0 {
        return p;
    }
    let excess = |x: f64| {
        let (below, above) = beta_shares(a, b, x, 1.0 - x);
        if p < 0.5 {
            below - p
        } else {
            (1.0 - p) - above
        }
    };
    let slope = |x: f64| beta_kernel(a, b, x, 1.0 - x) / (x * (1.0 - x));
    super::root(excess, slope, a / (a + b), (0.0, 1.0))
}

/// The chance that Student's t with these degrees of freedom is above `t`.
pub fn student_upper(degrees: f64, t: f64) -> f64 {
    let square = t * t;
    let whole = degrees + square;
    let both = beta_shares(0.5 * degrees, 0.5, degrees / whole, square / whole).0;
    if t > 0.0 {
        0.5 * both
    } else {
        1.0 - 0.5 * both
    }
}

/// The value below which Student's t with these degrees of freedom (above 0, not only whole ones) lies
/// with chance `p`; infinite at 0 and 1, not a number outside.
pub fn student_quantile(degrees: f64, p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) || !(degrees > 0.0) {
        return f64::NAN;
    }
    if p <= 0.0 || p >= 1.0 {
        return f64::INFINITY.copysign(p - 0.5);
    }
    if (p - 0.5).abs() <= 0.0 {
        return 0.0;
    }
    // The upper half, by symmetry; the chance above is what counts there.
    let above = p.min(1.0 - p);
    let log_constant =
        ln_gamma(0.5 * (degrees + 1.0)) - ln_gamma(0.5 * degrees) - 0.5 * math::ln(degrees * PI);
    let density =
        |t: f64| math::exp(log_constant - 0.5 * (degrees + 1.0) * math::ln_1p(t * t / degrees));
    let excess = |t: f64| above - student_upper(degrees, t);
    // Cornish and Fisher's first terms, from the normal quantile.
    let z = -normal_quantile(above);
    let guess = z + z * (z * z + 1.0) / (4.0 * degrees);
    super::root(excess, density, guess, (0.0, f64::INFINITY)).copysign(p - 0.5)
}

/// The chance of at most `k` successes in `n` trials, each with chance `p`.
pub fn binomial_cdf(n: u64, p: f64, k: u64) -> f64 {
    if k >= n {
        return 1.0;
    }
    let p = p.clamp(0.0, 1.0);
    beta_shares((n - k) as f64, k as f64 + 1.0, 1.0 - p, p).0
}

/// The number of successes in `n` trials of chance `p` stays within these bounds, both included, but for a
/// chance of at most `alpha`, half of it on each side: for tests of anything that should happen with
/// a known chance.
pub fn binomial_bounds(n: u64, p: f64, alpha: f64) -> (u64, u64) {
    // The least k with P(X <= k) > chance.
    let first_above = |chance: f64| {
        let (mut low, mut high) = (0, n);
        while low < high {
            let middle = low + (high - low) / 2;
            if binomial_cdf(n, p, middle) > chance {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    };
    (
        first_above(0.5 * alpha),
        first_above_upper(n, p, 0.5 * alpha),
    )
}

/// The least k with P(X > k) <= chance.
fn first_above_upper(n: u64, p: f64, chance: f64) -> u64 {
    let p = p.clamp(0.0, 1.0);
    let above = |k: u64| {
        if k >= n {
            0.0
        } else {
            beta_shares(k as f64 + 1.0, (n - k) as f64, p, 1.0 - p).0
        }
    };
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low + (high - low) / 2;
        if above(middle) <= chance {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// The interval of Clopper and Pearson (1934) for a chance of which `k` successes in `n` trials were seen:
/// it holds the truth with at least this `level`, whatever n.
pub fn clopper_pearson(n: u64, k: u64, level: f64) -> (f64, f64) {
    let k = k.min(n);
    let tail = 0.5 * (1.0 - level.clamp(0.0, 1.0));
    let (successes, failures) = (k as f64, (n - k) as f64);
    let low = if k == 0 {
        0.0
    } else {
        beta_quantile(successes, failures + 1.0, tail)
    };
    let high = if k == n {
        1.0
    } else {
        beta_quantile(successes + 1.0, failures, 1.0 - tail)
    };
    (low, high)
}
