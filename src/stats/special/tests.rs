//! Special functions against known values.

use super::*;
use proptest::prelude::*;
use statrs::distribution::{Beta, Binomial, ContinuousCDF, DiscreteCDF, Gamma, Normal, StudentsT};

fn close(ours: f64, theirs: f64, relative: f64, what: &str) {
    let error = (ours - theirs).abs() / theirs.abs().max(1e-290);
    assert!(
        error <= relative,
        "{what}: {ours} and {theirs} differ by {error:e}"
    );
}

#[test]
fn normal_quantile_inverts_the_distribution_function_into_the_far_tails() {
    for exponent in 1..290 {
        let p = libm::pow(10.0, -f64::from(exponent));
        // The condition of the quantile: an error of the chance is divided by about z².
        close(
            normal_cdf(normal_quantile(p)),
            p,
            1e-13 * f64::from(exponent),
            "tail",
        );
    }
    let oracle = Normal::standard();
    for i in 1..1000 {
        let p = f64::from(i) / 1000.0;
        assert!((normal_quantile(p) - oracle.inverse_cdf(p)).abs() < 1e-9);
        assert!((normal_cdf(normal_quantile(p)) - p).abs() < 2e-16 * 4.0);
    }
    assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-15);
    assert!(normal_quantile(0.0) < 0.0 && normal_quantile(0.0).is_infinite());
    assert!(normal_quantile(1.0) > 0.0 && normal_quantile(1.0).is_infinite());
    assert!(normal_quantile(-0.1).is_nan() && normal_quantile(1.1).is_nan());
    assert!(normal_quantile(f64::NAN).is_nan());
}

#[test]
fn values_computed_with_forty_digits() {
    // mpmath at 40 digits.
    close(
        gamma_shares(0.5, 0.01).0,
        0.112_462_916_018_284_9,
        1e-14,
        "P(0.5, 0.01)",
    );
    close(
        gamma_shares(100.0, 150.0).1,
        5.924_540_335_483_916e-6,
        1e-12,
        "Q(100, 150)",
    );
    close(
        gamma_shares(1e6, 1_003_000.0).1,
        0.001_361_740_646_217_591_5,
        1e-11,
        "Q(10^6)",
    );
    close(
        student_quantile(1.0, 0.975),
        12.706_204_736_174_7,
        1e-13,
        "t 1",
    );
    close(
        student_quantile(4.0, 0.975),
        2.776_445_105_197_79,
        1e-13,
        "t 4",
    );
    close(
        student_quantile(2.5, 0.995),
        7.163_728_138_948_786,
        1e-12,
        "t 2.5",
    );
    close(
        chi_square_quantile(10.0, 0.95),
        18.307_038_053_275_1,
        1e-13,
        "chi-square",
    );
}

#[test]
fn binomial_bounds_are_the_tightest() {
    for (n, p, alpha) in [
        (200, 0.95, 0.01),
        (10, 0.5, 0.05),
        (100_000, 0.001, 1e-6),
        (20, 0.95, 0.002),
    ] {
        let (low, high) = binomial_bounds(n, p, alpha);
        if low > 0 {
            assert!(binomial_cdf(n, p, low - 1) <= alpha / 2.0);
        }
        assert!(binomial_cdf(n, p, low) > alpha / 2.0);
        assert!(1.0 - binomial_cdf(n, p, high) <= alpha / 2.0 * (1.0 + 1e-9));
        assert!(1.0 - binomial_cdf(n, p, high - 1) > alpha / 2.0);
    }
    assert_eq!(binomial_bounds(10, 0.0, 0.05), (0, 0));
    assert_eq!(binomial_bounds(10, 1.0, 0.05), (10, 10));
}

#[test]
fn clopper_pearson_matches_its_definition() {
    let (low, high) = clopper_pearson(20, 3, 0.95);
    close(1.0 - binomial_cdf(20, low, 2), 0.025, 1e-9, "low");
    close(binomial_cdf(20, high, 3), 0.025, 1e-9, "high");
    assert!(clopper_pearson(20, 0, 0.95).0.abs() <= 0.0);
    close(
        clopper_pearson(20, 0, 0.95).1,
        0.168_433_470_983_114_5,
        1e-9,
        "none of 20",
    );
    assert!((clopper_pearson(20, 20, 0.95).1 - 1.0).abs() <= 0.0);
}

proptest! {
    #![proptest_config(crate::stats::testing::cases(256))]

    #[test]
    fn gamma_agrees_with_the_oracle(shape in -3.0..4.0_f64, p in 1e-6..1.0_f64) {
        let a = libm::pow(10.0, shape);
        let x = gamma_quantile(a, p);
        prop_assume!(x > 1e-280);
        let (below, above) = gamma_shares(a, x);
        close(below, p, 1e-11, "round trip");
        prop_assert!((below + above - 1.0).abs() < 1e-12);
        prop_assert!((Gamma::new(a, 1.0).unwrap().cdf(x) - below).abs() < 1e-9);
    }

    #[test]
    fn student_agrees_with_the_oracle(degrees in -1.0..5.0_f64, p in 1e-9..1.0_f64) {
        let degrees = libm::pow(10.0, degrees);
        let t = student_quantile(degrees, p);
        close(student_upper(degrees, t), 1.0 - p, 1e-9, "round trip");
        // Near 0 the oracle loses half of its digits.
        prop_assert!((StudentsT::new(0.0, 1.0, degrees).unwrap().cdf(t) - p).abs() < 1e-7);
        prop_assert!((t + student_quantile(degrees, 1.0 - p)).abs() <= 1e-6 * t.abs().max(1e-9));
    }

    #[test]
    fn beta_agrees_with_the_oracle(a in -2.0..4.0_f64, b in -2.0..4.0_f64, p in 1e-6..1.0_f64) {
        let (a, b) = (libm::pow(10.0, a), libm::pow(10.0, b));
        let x = beta_quantile(a, b, p);
        prop_assume!(x > 1e-280 && x < 1.0 - 1e-6);
        prop_assert!((beta_cdf(a, b, x) - p).abs() < 1e-9);
        prop_assert!((Beta::new(a, b).unwrap().cdf(x) - p).abs() < 1e-8);
    }

    #[test]
    fn binomial_agrees_with_the_oracle(n in 1..5000_u64, p in 0.0..1.0_f64, k in 0..5000_u64) {
        let theirs = Binomial::new(p, n).unwrap().cdf(k);
        prop_assert!((binomial_cdf(n, p, k) - theirs).abs() < 1e-9);
    }

    #[test]
    fn nothing_hangs_or_panics(a: f64, b: f64, x: f64, p: f64, n: u64, k: u64) {
        let _ = (normal_quantile(p), normal_cdf(x), student_quantile(a.min(1e9), p));
        let (a, b, n) = (a.min(1e9), b.min(1e9), n % 100_000_000);
        let _ = (student_upper(a, x), binomial_cdf(n, p, k), beta_cdf(a, b, x));
        let _ = (gamma_shares(a, x), clopper_pearson(n, k, p), gamma_quantile(a, p));
    }
}
