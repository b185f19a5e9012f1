//! M/G/1: Poisson arrivals, any service time, one worker, first come first served.

use super::moments::Moments;
use super::numeric::{positive, probability, stable, sum};
use super::{Theory, TheoryError};

/// Cells of the coarser of the two grids on which the distribution of the wait is computed.
const CELLS: usize = 2_048;

/// Doublings of the horizon after which a percentile is given up.
const MAX_DOUBLINGS: u32 = 24;

/// Mean time waiting: Pollaczek and Khinchine's formula (Kleinrock, 5.70).
///
/// # Errors
/// [`TheoryError`] for a rate not above 0, or a load of 1 and more.
pub fn mean_wait(arrival: f64, service: &Moments) -> Theory<f64> {
    let arrival = positive(arrival, "an arrival rate is above 0")?;
    let load = stable(arrival * service.mean)?;
    Ok(arrival * service.second / (2.0 * (1.0 - load)))
}

/// Mean time from arrival to departure.
///
/// # Errors
/// As [`mean_wait`].
pub fn mean_sojourn(arrival: f64, service: &Moments) -> Theory<f64> {
    Ok(mean_wait(arrival, service)? + service.mean)
}

/// Variance of the wait (Kleinrock, 5.113: Takács' recurrence).
///
/// # Errors
/// As [`mean_wait`].
pub fn wait_variance(arrival: f64, service: &Moments) -> Theory<f64> {
    let mean = mean_wait(arrival, service)?;
    Ok(mean * mean + arrival * service.third / (3.0 * (1.0 - arrival * service.mean)))
}

/// Mean length of a busy period (Kleinrock, 5.141).
///
/// # Errors
/// As [`mean_wait`].
pub fn mean_busy_period(arrival: f64, service: &Moments) -> Theory<f64> {
    let arrival = positive(arrival, "an arrival rate is above 0")?;
    Ok(service.mean / (1.0 - stable(arrival * service.mean)?))
}

/// The distribution of wait and sojourn for a service time given by its tail.
///
/// The density w of the wait above 0 solves w = ρ(1 − ρ)h + ρ w∗h, where h is the density of the
/// residual service time, P(S > x)/E\[S\] (the renewal form of Pollaczek and Khinchine's transform;
/// Kleinrock, 5.111). It is solved by the trapezoidal rule on two grids and extrapolated to step 0,
/// which leaves an error of the fourth order. By level crossings, the sojourn exceeds x with
/// probability P(W > x) + w(x)/λ (Brill, Level Crossing Methods, 2008), so the tail of the service
/// time is all that is needed. The tail must be continuous; see [`super::md1`] for a constant time.
#[derive(Debug, Clone)]
pub struct Mg1Law {
    step: f64,
    wait_tail: Vec<f64>,
    sojourn_tail: Vec<f64>,
}

impl Mg1Law {
    /// The distribution from 0 to `horizon`, for an arrival rate, the mean service time, and the
    /// probability that a service exceeds a time.
    ///
    /// # Errors
    /// [`TheoryError`] for figures not above 0, or a load of 1 and more.
    pub fn new(arrival: f64, mean: f64, tail: impl Fn(f64) -> f64, horizon: f64) -> Theory<Self> {
        let arrival = positive(arrival, "an arrival rate is above 0")?;
        let mean = positive(mean, "a mean service time is above 0")?;
        let horizon = positive(horizon, "a horizon is above 0")?;
        stable(arrival * mean)?;
        let coarse = solve_renewal(arrival, mean, &tail, horizon, CELLS);
        let fine = solve_renewal(arrival, mean, &tail, horizon, 2 * CELLS);
        let mut law = Self {
            step: horizon / CELLS as f64,
            wait_tail: Vec::with_capacity(CELLS + 1),
            sojourn_tail: Vec::with_capacity(CELLS + 1),
        };
        for cell in 0..=CELLS {
            let better = |of: fn(&(f64, f64)) -> f64| {
                let (rough, fine) = (of(&coarse[cell]), of(&fine[2 * cell]));
                fine + (fine - rough) / 3.0
            };
            let wait = better(|pair| pair.1);
            law.wait_tail.push(wait);
            law.sojourn_tail
                .push(wait + better(|pair| pair.0) / arrival);
        }
        Ok(law)
    }

    /// Probability that the wait exceeds `t`; nothing beyond the horizon.
    pub fn wait_tail(&self, t: f64) -> Option<f64> {
        self.interpolate(&self.wait_tail, t)
    }

    /// Probability that the sojourn exceeds `t`; nothing beyond the horizon.
    pub fn sojourn_tail(&self, t: f64) -> Option<f64> {
        self.interpolate(&self.sojourn_tail, t)
    }

    /// Cubic interpolation of the logarithm, in which tails are nearly straight.
    fn interpolate(&self, tail: &[f64], t: f64) -> Option<f64> {
        let at = t / self.step;
        if !(0.0..=(tail.len() - 1) as f64).contains(&at) {
            return None;
        }
        let first = (at as usize).saturating_sub(1).min(tail.len() - 4);
        let mut log = 0.0;
        for i in 0..4 {
            let value = tail[first + i];
            if value.is_nan() || value <= 0.0 {
                return Some(tail[(at as usize).min(tail.len() - 1)].max(0.0));
            }
            let mut weight = 1.0;
            for j in (0..4).filter(|j| *j != i) {
                weight *= (at - (first + j) as f64) / (i as f64 - j as f64);
            }
            log += weight * libm::log(value);
        }
        Some(libm::exp(log))
    }

    fn percentile(&self, tail: &[f64], p: f64) -> Option<f64> {
        let rest = 1.0 - p;
        let cell = tail.iter().position(|value| *value <= rest)?;
        if cell == 0 {
            return Some(0.0);
        }
        let (low, high) = ((cell - 1) as f64 * self.step, cell as f64 * self.step);
        let miss = |t: f64| self.interpolate(tail, t).unwrap_or(0.0) - rest;
        super::numeric::root(miss, low, high).ok()
    }
}

/// Wait and sojourn that a share `p` of the customers does not exceed.
///
/// # Errors
/// [`TheoryError`] for figures not above 0, a load of 1 and more, or unless 0 < p < 1.
pub fn percentiles(
    arrival: f64,
    mean: f64,
    tail: impl Fn(f64) -> f64,
    p: f64,
) -> Theory<(f64, f64)> {
    let p = probability(p)?;
    let mut horizon = 4.0 * positive(mean, "a mean service time is above 0")?;
    for _ in 0..MAX_DOUBLINGS {
        let law = Mg1Law::new(arrival, mean, &tail, horizon)?;
        let wait = law.percentile(&law.wait_tail, p);
        if let (Some(wait), Some(sojourn)) = (wait, law.percentile(&law.sojourn_tail, p)) {
            return Ok((wait, sojourn));
        }
        horizon *= 2.0;
    }
    Err(TheoryError::NoConvergence {
        method: "search for a percentile of M/G/1",
    })
}

/// Density of the wait and probability of exceeding it, on `cells` equal steps.
fn solve_renewal(
    arrival: f64,
    mean: f64,
    tail: &impl Fn(f64) -> f64,
    horizon: f64,
    cells: usize,
) -> Vec<(f64, f64)> {
    let step = horizon / cells as f64;
    let load = arrival * mean;
    let residual: Vec<f64> = (0..=cells).map(|n| tail(n as f64 * step) / mean).collect();
    let mut density: Vec<f64> = Vec::with_capacity(cells + 1);
    let mut exceeded = load;
    let mut law = Vec::with_capacity(cells + 1);
    for n in 0..=cells {
        let forced = load * (1.0 - load) * residual[n];
        let value = if n == 0 {
            forced
        } else {
            let inner: f64 = density[1..]
                .iter()
                .zip(residual[1..n].iter().rev())
                .map(|(w, h)| w * h)
                .sum();
            let ends = inner + density[0] * residual[n] / 2.0;
            (forced + load * step * ends) / (1.0 - load * step * residual[0] / 2.0)
        };
        if let Some(last) = density.last() {
            exceeded -= step * f64::midpoint(*last, value);
        }
        density.push(value);
        law.push((value, exceeded));
    }
    law
}

/// The exact tail of the wait where the service time is one of two exponentials, by the roots of
/// the denominator of Pollaczek and Khinchine's transform (Kleinrock, 5.105).
///
/// # Errors
/// [`TheoryError`] for parameters that make no distribution, or a load of 1 and more.
pub fn two_branch_wait_tail(arrival: f64, branches: &[(f64, f64); 2], t: f64) -> Theory<f64> {
    let service = Moments::hyperexponential(branches)?;
    let load = stable(positive(arrival, "an arrival rate is above 0")? * service.mean)?;
    let [rate_a, rate_b] = branches.map(|(_, mean)| 1.0 / mean);
    let weights = branches[0].0 + branches[1].0;
    // s − λ + λS*(s) = 0 apart from s = 0: s² + (a + b − λ)s + ab − λ(qa + pb) = 0.
    let linear = rate_a + rate_b - arrival;
    let crossed = (branches[1].0 * rate_a + branches[0].0 * rate_b) / weights;
    let constant = rate_a * rate_b - arrival * crossed;
    let spread = (linear * linear - 4.0 * constant).max(0.0).sqrt();
    let high = f64::midpoint(linear, spread);
    let low = constant / high;
    // W*(s) = (1 − ρ)(s + a)(s + b) / ((s + low)(s + high)); residues over −s give the tail.
    let part = |root: f64, other: f64| {
        let residue = (rate_a - root) * (rate_b - root) / ((other - root) * root);
        (1.0 - load) * residue * libm::exp(-root * t)
    };
    Ok(sum([part(low, high), part(high, low)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::md1::Md1;
    use crate::insight::theory::mm1::Mm1;
    use crate::insight::theory::moments::{erlang_tail, hyperexponential_tail, log_normal_tail};
    use crate::insight::theory::numeric::integral;

    #[test]
    fn special_cases_of_the_mean() {
        let exponential = Moments::exponential(1.0).unwrap();
        let queue = Mm1::new(0.8, 1.0).unwrap();
        assert!((mean_wait(0.8, &exponential).unwrap() - queue.mean_wait()).abs() < 1e-12);
        // The variance of the wait of M/M/1 is (2 − ρ)ρ/(μ²(1 − ρ)²).
        let variance = wait_variance(0.8, &exponential).unwrap();
        assert!((variance - 1.2 * 0.8 / 0.04).abs() < 1e-11);
        let constant = Moments::constant(1.0).unwrap();
        let queue = Md1::new(0.8, 1.0).unwrap();
        assert!((mean_wait(0.8, &constant).unwrap() - queue.mean_wait()).abs() < 1e-12);
        assert!((mean_busy_period(0.8, &constant).unwrap() - 5.0).abs() < 1e-12);
        assert!((mean_sojourn(0.8, &constant).unwrap() - 3.0).abs() < 1e-12);
        assert!(mean_wait(1.0, &constant).is_err());
    }

    #[test]
    fn the_law_of_exponential_service_is_exact() {
        let queue = Mm1::new(0.8, 1.0).unwrap();
        let law = Mg1Law::new(0.8, 1.0, |t| libm::exp(-t), 60.0).unwrap();
        for t in [0.0, 0.01, 0.5, 3.0, 20.0, 59.0] {
            let (wait, sojourn) = (law.wait_tail(t).unwrap(), law.sojourn_tail(t).unwrap());
            assert!((wait - queue.wait_tail(t)).abs() < 1e-7, "{t}: {wait}");
            assert!(
                (sojourn - queue.sojourn_tail(t)).abs() < 1e-7,
                "{t}: {sojourn}"
            );
        }
        assert!(law.wait_tail(61.0).is_none() && law.wait_tail(-1.0).is_none());
        let (wait, sojourn) = percentiles(0.8, 1.0, |t| libm::exp(-t), 0.99).unwrap();
        assert!((wait - queue.wait_percentile(0.99).unwrap()).abs() < 1e-5);
        assert!((sojourn - queue.sojourn_percentile(0.99).unwrap()).abs() < 1e-5);
        assert!(
            percentiles(0.8, 1.0, |t| libm::exp(-t), 0.1)
                .unwrap()
                .0
                .abs()
                < 1e-300
        );
    }

    #[test]
    fn the_law_of_two_branches_has_a_closed_form() {
        let branches = [(0.9, 0.5), (0.1, 5.5)];
        let tail = |t: f64| hyperexponential_tail(&branches, t).unwrap();
        let law = Mg1Law::new(0.7, 1.0, tail, 120.0).unwrap();
        for t in [0.0, 0.4, 5.0, 50.0] {
            let exact = two_branch_wait_tail(0.7, &branches, t).unwrap();
            let found = law.wait_tail(t).unwrap();
            assert!((found - exact).abs() < 1e-6, "{t}: {found} {exact}");
        }
        let area = integral(
            |t| two_branch_wait_tail(0.7, &branches, t).unwrap(),
            0.0,
            2_000.0,
            2_000,
        );
        let service = Moments::hyperexponential(&branches).unwrap();
        assert!((area / mean_wait(0.7, &service).unwrap() - 1.0).abs() < 1e-10);
    }

    #[test]
    fn means_and_variances_are_those_of_the_law() {
        let check = |tail: &dyn Fn(f64) -> f64, service: Moments, horizon: f64| {
            let law = Mg1Law::new(0.7 / service.mean, service.mean, tail, horizon).unwrap();
            let wait = |t: f64| law.wait_tail(t).unwrap();
            let mean = integral(wait, 0.0, horizon, 400);
            let second = integral(|t| 2.0 * t * wait(t), 0.0, horizon, 400);
            let arrival = 0.7 / service.mean;
            assert!((mean / mean_wait(arrival, &service).unwrap() - 1.0).abs() < 1e-5);
            let variance = wait_variance(arrival, &service).unwrap();
            let found = second - mean * mean;
            assert!((found / variance - 1.0).abs() < 1e-3, "{found} {variance}");
            let sojourn = integral(|t| law.sojourn_tail(t).unwrap(), 0.0, horizon, 400);
            assert!((sojourn / mean_sojourn(arrival, &service).unwrap() - 1.0).abs() < 1e-5);
        };
        check(
            &|t| log_normal_tail(1.0, 0.8, t).unwrap(),
            Moments::log_normal(1.0, 0.8).unwrap(),
            120.0,
        );
        check(
            &|t| erlang_tail(1.0, 3, t).unwrap(),
            Moments::erlang(1.0, 3).unwrap(),
            60.0,
        );
    }
}
