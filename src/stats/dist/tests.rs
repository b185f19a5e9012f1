//! Every law against itself: moments, density, distribution function and quantiles by numerical
//! integration, and against an independent library.

use super::*;
use crate::stats::math;
use proptest::prelude::*;
use statrs::distribution::{Continuous, ContinuousCDF};

/// One of each, with parameters that exercise the branches.
pub(in crate::stats) fn examples() -> Vec<Dist> {
    let made = [
        Dist::constant(0.005),
        Dist::uniform(0.002, 0.01),
        Dist::exponential(0.005),
        Dist::normal(0.01, 0.002),
        Dist::normal(0.001, 0.002),
        Dist::normal(0.0, 1.0),
        Dist::lognormal_mean_cv(0.005, 0.5),
        Dist::lognormal_mean_cv(2.0, 2.0),
        Dist::lognormal_percentiles((0.5, 0.01), (0.99, 0.08)),
        Dist::gamma_mean_cv(0.01, 0.5),
        Dist::gamma_mean_cv(0.01, 1.7),
        Dist::erlang(0.01, 3),
        Dist::weibull(0.01, 0.7),
        Dist::weibull(0.01, 2.5),
        Dist::pareto(0.001, 4.5),
        Dist::lomax(0.01, 4.5),
        Dist::bounded_pareto(0.001, 1.0, 1.1),
        Dist::bounded_pareto(0.001, 10.0, 2.0),
        Dist::hyper_exponential(vec![(9.0, 0.001), (1.0, 0.05)]),
        Dist::mixture(vec![
            (
                0.7,
                Dist::Uniform {
                    from: 0.001,
                    to: 0.002,
                },
            ),
            (
                0.3,
                Dist::LogNormal {
                    mu: -5.0,
                    sigma: 0.4,
                },
            ),
        ]),
        Dist::mixture(vec![
            (0.25, Dist::Constant(0.01)),
            (0.75, Dist::Exponential { mean: 0.01 }),
        ]),
        Dist::shifted(0.002, Dist::Exponential { mean: 0.003 }),
        Dist::quantiles(vec![
            (0.0, 0.001),
            (0.5, 0.004),
            (0.9, 0.01),
            (0.99, 0.05),
            (1.0, 0.2),
        ]),
        Dist::quantiles(vec![
            (0.0, 0.001),
            (0.25, 0.004),
            (0.75, 0.004),
            (1.0, 0.006),
        ]),
        Dist::samples(vec![0.004, 0.001, 0.002, 0.002, 0.009]),
    ];
    made.into_iter().map(Result::unwrap).collect()
}

/// Whether the law has a density everywhere.
fn is_smooth(dist: &Dist) -> bool {
    !matches!(
        dist,
        Dist::Constant(_) | Dist::Samples(_) | Dist::Quantiles(_)
    ) && !matches!(dist, Dist::Mixture(parts) if matches!(parts[0].1, Dist::Constant(_)))
}

/// The integral of f over the logarithm of x, by Simpson's rule; kinks are few.
fn integral(low: f64, high: f64, function: impl Fn(f64) -> f64) -> f64 {
    const STEPS: u32 = 40_000;
    let (a, b) = (math::ln(low), math::ln(high));
    let h = (b - a) / f64::from(STEPS);
    let at = |i: u32| {
        let x = if i == 0 {
            low
        } else if i == STEPS {
            high
        } else {
            math::exp(a + h * f64::from(i))
        };
        function(x) * x
    };
    let weight = |i: u32| {
        if i == 0 || i == STEPS {
            1.0
        } else {
            2.0 + 2.0 * f64::from(i % 2)
        }
    };
    (0..=STEPS).map(|i| weight(i) * at(i)).sum::<f64>() * h / 3.0
}

fn close(a: f64, b: f64, relative: f64, what: &str) {
    assert!((a - b).abs() <= relative * b.abs(), "{what}: {a} and {b}");
}

#[test]
fn moments_are_the_integrals_of_the_density() {
    for dist in examples().iter().filter(|dist| is_smooth(dist)) {
        let low = dist.quantile(0.0).max(1e-14);
        let top = dist.quantile(1.0);
        let high = if top.is_finite() {
            top
        } else {
            dist.quantile(0.999) * 1e6
        };
        let what = format!("{dist:?}");
        close(integral(low, high, |x| dist.density(x)), 1.0, 2e-4, &what);
        let mean = integral(low, high, |x| x * dist.density(x));
        close(dist.mean(), mean, 2e-4, &what);
        let off = |x: f64| (x - mean) * (x - mean);
        close(
            dist.variance(),
            integral(low, high, |x| off(x) * dist.density(x)),
            5e-4,
            &what,
        );
        close(dist.cv2(), dist.variance() / (mean * mean), 1e-3, &what);
    }
}

#[test]
fn moments_are_the_integrals_of_the_quantile_function() {
    // Also for laws with jumps. The steps are too coarse where the last of them holds much of the
    // variance.
    let heavy = |dist: &&Dist| matches!(dist, Dist::BoundedPareto { .. });
    for dist in examples().iter().filter(|dist| !heavy(dist)) {
        let steps = 500_000;
        let at = |i: u32| dist.quantile((f64::from(i) + 0.5) / f64::from(steps));
        let stride = if matches!(
            dist,
            Dist::Mixture(_) | Dist::HyperExponential(_) | Dist::Gamma { .. }
        ) {
            40
        } else {
            1
        };
        let values: Vec<f64> = (0..steps)
            .skip(stride as usize / 2)
            .step_by(stride as usize)
            .map(at)
            .collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance =
            values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / values.len() as f64;
        close(dist.mean(), mean, 2e-3, &format!("mean of {dist:?}"));
        let off = (dist.variance() - variance).abs();
        assert!(
            off <= 0.05 * dist.variance() + 1e-20,
            "variance of {dist:?}"
        );
    }
}

#[test]
fn the_density_is_the_derivative_of_the_distribution_function() {
    for dist in examples().iter().filter(|dist| is_smooth(dist)) {
        for i in 1..40 {
            let x = dist.quantile(f64::from(i) / 40.0);
            let h = x * 1e-5;
            let slope = (dist.cdf(x + h) - dist.cdf(x - h)) / (2.0 * h);
            assert!(
                (slope - dist.density(x)).abs() <= 1e-4 * slope,
                "{dist:?} at {x}"
            );
        }
    }
}

#[test]
fn quantiles_invert_the_distribution_function() {
    for dist in &examples() {
        let mut last = 0.0;
        for i in 0..=1000 {
            let p = f64::from(i) / 1000.0;
            let x = dist.quantile(p);
            assert!(x >= last, "{dist:?} falls at {p}");
            last = x;
            if is_smooth(dist) && x.is_finite() {
                assert!(
                    (dist.cdf(x) - p).abs() < 1e-12,
                    "{dist:?} at {p}: {}",
                    dist.cdf(x)
                );
            }
            // The lowest value that reaches p.
            assert!(dist.cdf(x * (1.0 + 1e-12)) >= p - 1e-12, "{dist:?} at {p}");
            assert!(
                p <= 0.0 || dist.cdf(x * (1.0 - 1e-9) - 1e-300) <= p + 1e-12,
                "{dist:?} at {p}"
            );
        }
        assert!(dist.cdf(-1.0).abs() <= 0.0 && dist.density(-1.0).abs() <= 0.0);
        assert!((dist.cdf(f64::INFINITY) - 1.0).abs() < 1e-12, "{dist:?}");
    }
}

#[test]
fn scaling_scales_everything() {
    for dist in &examples() {
        let scaled = dist.scaled(3.0);
        assert_eq!(scaled.check(), Ok(()), "{scaled:?}");
        close(scaled.mean(), 3.0 * dist.mean(), 1e-12, "mean");
        assert!((scaled.variance() - 9.0 * dist.variance()).abs() <= 1e-11 * dist.variance());
        for p in [0.1, 0.5, 0.9, 0.99] {
            close(scaled.quantile(p), 3.0 * dist.quantile(p), 1e-9, "quantile");
        }
        assert_eq!(dist.scaled(0.0), Dist::Constant(0.0));
    }
}

#[test]
fn constructors_meet_what_they_are_given() {
    let lognormal = Dist::lognormal_mean_cv(0.25, 3.0).unwrap();
    close(lognormal.mean(), 0.25, 1e-14, "mean");
    close(lognormal.cv2(), 9.0, 1e-13, "cv2");
    for (one, other) in [((0.5, 0.01), (0.99, 0.08)), ((0.999, 1.0), (0.9, 0.1))] {
        let through = Dist::lognormal_percentiles(one, other).unwrap();
        close(through.quantile(one.0), one.1, 1e-13, "one");
        close(through.quantile(other.0), other.1, 1e-13, "other");
    }
    let gamma = Dist::gamma_mean_cv(0.25, 0.3).unwrap();
    close(gamma.mean(), 0.25, 1e-15, "mean");
    close(gamma.cv2(), 0.09, 1e-14, "cv2");
    close(
        Dist::erlang(2.0, 4).unwrap().variance(),
        1.0,
        1e-15,
        "variance",
    );
    // Half normal, and a cut that nothing reaches.
    let half = Dist::normal(0.0, 1.0).unwrap();
    close(
        half.mean(),
        (2.0 / std::f64::consts::PI).sqrt(),
        1e-15,
        "half normal",
    );
    close(
        half.variance(),
        1.0 - 2.0 / std::f64::consts::PI,
        1e-14,
        "half normal",
    );
    let whole = Dist::normal(100.0, 1.0).unwrap();
    close(whole.mean(), 100.0, 1e-15, "whole");
    close(whole.variance(), 1.0, 1e-14, "whole");
    assert_eq!(Dist::gamma_mean_cv(2.0, 0.0), Ok(Dist::Constant(2.0)));
}

#[test]
fn heavy_tails_have_infinite_moments() {
    for (alpha, mean, variance) in [
        (0.9, false, false),
        (1.0, false, false),
        (1.5, true, false),
        (2.0, true, false),
        (2.1, true, true),
    ] {
        for dist in [
            Dist::pareto(1.0, alpha).unwrap(),
            Dist::lomax(1.0, alpha).unwrap(),
        ] {
            assert_eq!(dist.mean().is_finite(), mean, "{dist:?}");
            assert_eq!(dist.variance().is_finite(), variance, "{dist:?}");
            assert_eq!(dist.cv2().is_finite(), variance, "{dist:?}");
            let mixed =
                Dist::mixture(vec![(0.0, dist.clone()), (1.0, Dist::Constant(1.0))]).unwrap();
            close(mixed.mean(), 1.0, 0.0, "without weight");
            let mixed = Dist::mixture(vec![(0.1, dist), (0.9, Dist::Constant(1.0))]).unwrap();
            assert_eq!(mixed.variance().is_finite(), variance);
        }
    }
}

#[test]
fn narrow_laws_do_not_cancel() {
    // A range so narrow that the law is uniform.
    let narrow = Dist::bounded_pareto(1.0, 1.0 + 1e-7, 1.5).unwrap();
    close(narrow.variance(), 1e-14 / 12.0, 1e-6, "bounded Pareto");
    // A Weibull of high shape tends to a Gumbel law of variance (π/6)² · 6 / shape².
    let steep = Dist::weibull(1.0, 1e4).unwrap();
    close(steep.variance(), 1.644_934e-8, 1e-3, "Weibull");
    let gamma = Dist::gamma_mean_cv(1.0, 1e-4).unwrap();
    close(gamma.quantile(0.975), 1.0 + 1.959_963_985e-4, 1e-8, "gamma");
}

#[test]
fn wrong_parameters_are_refused_with_their_names() {
    let refused = |result: Result<Dist, DistError>, words: &str| {
        let message = result.unwrap_err().to_string();
        assert!(message.contains(words), "{message}");
    };
    for bad in [f64::NAN, -1.0, f64::INFINITY, f64::NEG_INFINITY] {
        refused(Dist::constant(bad), "value");
        refused(Dist::exponential(bad), "mean");
        refused(Dist::uniform(0.0, bad), "highest value");
        refused(Dist::normal(1.0, bad), "standard deviation");
        refused(
            Dist::lognormal_mean_cv(1.0, bad),
            "coefficient of variation",
        );
        refused(Dist::gamma_mean_cv(bad, 1.0), "mean");
        refused(Dist::weibull(1.0, bad), "shape");
        refused(Dist::pareto(1.0, bad), "tail index");
        refused(Dist::lomax(bad, 1.0), "scale");
        refused(Dist::hyper_exponential(vec![(1.0, bad)]), "mean");
        refused(Dist::hyper_exponential(vec![(bad, 1.0)]), "weight");
        refused(Dist::shifted(bad, Dist::Constant(1.0)), "shift");
        refused(Dist::samples(vec![1.0, bad]), "value");
        refused(Dist::quantiles(vec![(0.0, 0.0), (1.0, bad)]), "value");
        refused(
            Dist::lognormal_percentiles((0.5, 1.0), (bad, 2.0)),
            "probability",
        );
    }
    refused(Dist::uniform(2.0, 1.0), "lowest value must be lower");
    refused(Dist::bounded_pareto(2.0, 2.0, 1.0), "minimum must be lower");
    refused(
        Dist::lognormal_percentiles((0.5, 2.0), (0.9, 1.0)),
        "percentile",
    );
    refused(
        Dist::lognormal_percentiles((0.5, 2.0), (0.5, 2.0)),
        "percentile",
    );
    refused(Dist::erlang(1.0, 0), "number of phases");
    refused(Dist::mixture(vec![]), "weights");
    refused(Dist::mixture(vec![(0.0, Dist::Constant(1.0))]), "weights");
    refused(Dist::samples(vec![]), "at least one value");
    refused(Dist::quantiles(vec![]), "at least one entry");
    refused(Dist::quantiles(vec![(0.0, 1.0)]), "entry 1");
    refused(Dist::quantiles(vec![(0.1, 1.0), (1.0, 2.0)]), "entry 1");
    refused(Dist::quantiles(vec![(0.0, 1.0), (0.9, 2.0)]), "entry 2");
    refused(
        Dist::quantiles(vec![(0.0, 1.0), (0.5, 3.0), (1.0, 2.0)]),
        "entry 3",
    );
    refused(
        Dist::quantiles(vec![(0.0, 1.0), (0.0, 3.0), (1.0, 4.0)]),
        "entry 2",
    );
    assert_eq!(
        Dist::HyperExponential(vec![(0.5, 1.0)]).check(),
        Err(DistError::Total(0.5))
    );
    assert_eq!(
        Dist::Samples(vec![2.0, 1.0]).check(),
        Err(DistError::Table(1))
    );
    let mut deep = Dist::Constant(1.0);
    for _ in 0..40 {
        deep = Dist::Shifted {
            by: 0.0,
            dist: Box::new(deep),
        };
    }
    assert_eq!(deep.check(), Err(DistError::Nesting));
}

proptest! {
    #![proptest_config(crate::stats::testing::cases(256))]

    #[test]
    fn laws_agree_with_the_oracle(p in 1e-4..0.9999_f64, a in 0.2..20.0_f64, b in 0.05..20.0_f64) {
        let near = |ours: f64, theirs: f64| (ours - theirs).abs() <= 1e-8 * theirs.abs().max(1e-6);
        let check = |dist: Dist, oracle: &dyn Fn(f64) -> (f64, f64)| {
            let x = dist.quantile(p);
            let (cdf, density) = oracle(x);
            prop_assert!(near(dist.cdf(x), cdf), "{:?} at {}: {}", dist, x, cdf);
            prop_assert!(near(dist.density(x), density), "{:?} at {}", dist, x);
            Ok(())
        };
        let oracle = statrs::distribution::Gamma::new(a, 1.0 / b).unwrap();
        check(Dist::Gamma { shape: a, scale: b }, &|x| (oracle.cdf(x), oracle.pdf(x)))?;
        let oracle = statrs::distribution::Weibull::new(a, b).unwrap();
        check(Dist::weibull(b, a).unwrap(), &|x| (oracle.cdf(x), oracle.pdf(x)))?;
        let oracle = statrs::distribution::LogNormal::new(a, b).unwrap();
        check(Dist::LogNormal { mu: a, sigma: b }, &|x| (oracle.cdf(x), oracle.pdf(x)))?;
        let oracle = statrs::distribution::Pareto::new(b, a).unwrap();
        check(Dist::pareto(b, a).unwrap(), &|x| (oracle.cdf(x), oracle.pdf(x)))?;
        let oracle = statrs::distribution::Exp::new(1.0 / b).unwrap();
        check(Dist::exponential(b).unwrap(), &|x| (oracle.cdf(x), oracle.pdf(x)))?;
    }

    #[test]
    fn no_parameters_panic(a: f64, b: f64, p: f64, list: Vec<(f64, f64)>) {
        let dists = [
            Dist::lognormal_mean_cv(a, b), Dist::lognormal_percentiles((p, a), (0.5, b)),
            Dist::weibull(a, b), Dist::gamma_mean_cv(a, b), Dist::bounded_pareto(a, b, p),
            Dist::hyper_exponential(list.clone()),
            Dist::quantiles(list.clone()), Dist::normal(a, b), Dist::uniform(a, b),
        ];
        for dist in dists.into_iter().flatten() {
            prop_assert!(!dist.mean().is_nan() && !dist.variance().is_nan(), "{:?}", dist);
            prop_assert!(!dist.quantile(0.7).is_nan() && !dist.cdf(1.0).is_nan(), "{:?}", dist);
            let _ = (dist.density(p), dist.quantile(p), dist.cdf(p), dist.cv2());
        }
        let wild = [
            Dist::Quantiles(list.clone()), Dist::HyperExponential(list.clone()),
            Dist::Weibull { scale: a, shape: b }, Dist::Gamma { shape: a.min(1e9), scale: b },
            Dist::Samples(vec![]), Dist::Mixture(vec![]),
        ];
        for dist in wild {
            let _ = (dist.check(), dist.mean(), dist.variance());
            let _ = (dist.density(p), dist.quantile(p), dist.cdf(p));
        }
    }
}
