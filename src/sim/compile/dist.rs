//! Distributions as the document writes them, resolved to their parameters.

use super::CompileError;
use crate::design::Quantity;
use crate::design::model::Dist as Written;
use crate::stats::dist::{Dist, DistError};

/// Resolves a distribution: percentiles become parameters, weights become probabilities.
///
/// # Errors
/// If its parameters contradict each other or are out of range.
pub fn distribution(written: &Written) -> Result<Dist, CompileError> {
    resolve(written).map_err(|error| CompileError::new("", &error.to_string()))
}

fn resolve(written: &Written) -> Result<Dist, DistError> {
    match written {
        Written::Constant { value } => Dist::constant(value.0),
        Written::Uniform { from, to } => Dist::uniform(from.0, to.0),
        Written::Exponential { mean } => Dist::exponential(mean.0),
        Written::Normal { mean, sd } => Dist::normal(mean.0, sd.0),
        Written::LogNormal {
            mean,
            cv,
            p50,
            p90,
            p95,
            p99,
            p999,
        } => log_normal(
            *mean,
            *cv,
            &[
                (0.5, *p50),
                (0.9, *p90),
                (0.95, *p95),
                (0.99, *p99),
                (0.999, *p999),
            ],
        ),
        Written::Gamma { mean, cv } => Dist::gamma_mean_cv(mean.0, *cv),
        Written::Erlang { mean, k } => Dist::erlang(mean.0, *k),
        Written::Weibull { scale, shape } => Dist::weibull(scale.0, *shape),
        Written::Pareto { min, alpha } => Dist::pareto(min.0, *alpha),
        Written::Lomax { scale, alpha } => Dist::lomax(scale.0, *alpha),
        Written::BoundedPareto { min, max, alpha } => Dist::bounded_pareto(min.0, max.0, *alpha),
        Written::HyperExponential { branches } => {
            let total: f64 = branches.iter().map(|branch| branch.0).sum();
            Dist::hyper_exponential(
                branches
                    .iter()
                    .map(|(weight, mean)| (weight / total, mean.0))
                    .collect(),
            )
        }
        Written::Mixture { parts } => {
            let total: f64 = parts.iter().map(|part| part.0).sum();
            let parts: Result<Vec<_>, _> = parts
                .iter()
                .map(|(weight, part)| Ok((weight / total, resolve(part)?)))
                .collect();
            Dist::mixture(parts?)
        }
        Written::Shifted { by, dist } => Dist::shifted(by.0, resolve(dist)?),
        Written::Quantiles { table } => {
            Dist::quantiles(table.iter().map(|(p, value)| (p.0, value.0)).collect())
        }
        Written::Samples { values, .. } => {
            Dist::samples(values.iter().map(|value| value.0).collect())
        }
    }
}

/// By mean and cv, or by two percentiles, whichever are given.
fn log_normal(
    mean: Option<Quantity>,
    cv: Option<f64>,
    percentiles: &[(f64, Option<Quantity>)],
) -> Result<Dist, DistError> {
    if let Some(mean) = mean {
        return Dist::lognormal_mean_cv(mean.0, cv.unwrap_or(1.0));
    }
    let mut given = percentiles
        .iter()
        .filter_map(|(p, value)| value.map(|value| (*p, value.0)));
    match (given.next(), given.next()) {
        (Some(low), Some(high)) => Dist::lognormal_percentiles(low, high),
        _ => Err(DistError::Empty("percentiles")),
    }
}
