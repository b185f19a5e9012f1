//! Constructors with checked parameters.

use super::Dist;
use crate::stats::math;
use crate::stats::special::normal_quantile;

/// No parameter that is a value or a scale may be higher: squares stay finite.
const VALUE_MAX: f64 = 1e100;
/// Bounds of shapes and tail indices, within which all moments and quantiles are accurate.
const GAMMA_SHAPES: [f64; 2] = [1e-3, 1e8];
const WEIBULL_SHAPES: [f64; 2] = [0.05, 1e4];
const TAIL_INDICES: [f64; 2] = [1e-2, 1e3];
/// Highest deviation of the logarithm: beyond it, even the 99th percentile is 10^20 times the
/// median.
const SIGMA_MAX: f64 = 20.0;
/// Parts inside parts inside parts.
const NESTING_MAX: u32 = 32;
/// How far the probabilities may be from 1 together.
const TOTAL_TOLERANCE: f64 = 1e-9;

/// Why there is no such distribution.
#[derive(Debug, Clone, PartialEq)]
pub enum DistError {
    /// A parameter is out of its range.
    Range {
        /// The parameter.
        what: &'static str,
        /// What was given.
        given: f64,
        /// Lowest sensible value; excluded if it is 0 and the parameter must be positive.
        min: f64,
        /// Highest sensible value.
        max: f64,
    },
    /// Two parameters contradict each other.
    Order {
        /// What must be lower.
        lower: &'static str,
        /// What must be higher.
        higher: &'static str,
    },
    /// A list has no entries.
    Empty(&'static str),
    /// Probabilities do not add up to 1, or weights are all 0.
    Total(f64),
    /// A table does not begin at probability 0, does not end at 1, or does not ascend; the number
    /// of the entry, from 0.
    Table(usize),
    /// Parts are nested too deeply.
    Nesting,
}

impl std::fmt::Display for DistError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Range {
                what,
                given,
                min,
                max,
            } => {
                write!(
                    f,
                    "the {what} must be between {min} and {max}, but is {given}"
                )
            }
            Self::Order { lower, higher } => {
                write!(f, "the {lower} must be lower than the {higher}")
            }
            Self::Empty(what) => write!(f, "there must be at least one {what}"),
            Self::Total(total) => write!(f, "the weights add up to {total}"),
            Self::Table(at) => write!(
                f,
                "the table must ascend from probability 0 to 1, but entry {} does not fit",
                at + 1
            ),
            Self::Nesting => write!(f, "distributions are nested more than {NESTING_MAX} deep"),
        }
    }
}

impl std::error::Error for DistError {}

/// A parameter in a closed range; a number that is none is out of every range.
fn within(what: &'static str, given: f64, min: f64, max: f64) -> Result<f64, DistError> {
    if (min..=max).contains(&given) {
        Ok(given)
    } else {
        Err(DistError::Range {
            what,
            given,
            min,
            max,
        })
    }
}

fn value(what: &'static str, given: f64) -> Result<f64, DistError> {
    within(what, given, 0.0, VALUE_MAX)
}

fn positive(what: &'static str, given: f64) -> Result<f64, DistError> {
    within(what, given, 1.0 / VALUE_MAX, VALUE_MAX)
}

fn in_bounds(what: &'static str, given: f64, [min, max]: [f64; 2]) -> Result<(), DistError> {
    within(what, given, min, max).map(drop)
}

/// Weights as probabilities.
fn normalized<T>(weighted: Vec<(f64, T)>) -> Result<Vec<(f64, T)>, DistError> {
    for (weight, _) in &weighted {
        value("weight", *weight)?;
    }
    let total: f64 = weighted.iter().map(|(weight, _)| weight).sum();
    if !(total > 0.0 && total.is_finite()) {
        return Err(DistError::Total(total));
    }
    Ok(weighted
        .into_iter()
        .map(|(weight, part)| (weight / total, part))
        .collect())
}

impl Dist {
    /// Always `value`.
    ///
    /// # Errors
    /// If it is negative or not finite.
    pub fn constant(value: f64) -> Result<Self, DistError> {
        Self::Constant(value).checked()
    }

    /// Any value from `from` to `to`.
    ///
    /// # Errors
    /// If a bound is negative or not finite, or they are in the wrong order.
    pub fn uniform(from: f64, to: f64) -> Result<Self, DistError> {
        Self::Uniform { from, to }.checked()
    }

    /// Exponential with this mean; 0 gives the constant 0.
    ///
    /// # Errors
    /// If the mean is negative or not finite.
    pub fn exponential(mean: f64) -> Result<Self, DistError> {
        Self::Exponential { mean }.checked()
    }

    /// A bell curve cut off at 0, by its mean and standard deviation before that.
    ///
    /// # Errors
    /// If one is negative or not finite.
    pub fn normal(mean: f64, sd: f64) -> Result<Self, DistError> {
        Self::Normal { mean, sd }.checked()
    }

    /// Log-normal by mean and coefficient of variation.
    ///
    /// # Errors
    /// If the mean is not positive, or the coefficient negative or so high that no figure would be
    /// finite.
    pub fn lognormal_mean_cv(mean: f64, cv: f64) -> Result<Self, DistError> {
        let mean = positive("mean", mean)?;
        let cv = value("coefficient of variation", cv)?;
        let variance = math::ln_1p(cv * cv);
        Self::LogNormal {
            mu: math::ln(mean) - 0.5 * variance,
            sigma: variance.sqrt(),
        }
        .checked()
    }

    /// Log-normal through two percentiles, each a probability and a value, in either order.
    ///
    /// # Errors
    /// If a probability is not strictly between 0 and 1, a value not positive, or the higher
    /// probability has not the higher value.
    pub fn lognormal_percentiles(
        (p, low): (f64, f64),
        (q, high): (f64, f64),
    ) -> Result<Self, DistError> {
        for probability in [p, q] {
            within("probability", probability, 1e-9, 1.0 - 1e-9)?;
        }
        let (low, high) = (positive("value", low)?, positive("value", high)?);
        let (low, high) = (math::ln(low), math::ln(high));
        let z = normal_quantile(p);
        let sigma = (high - low) / (normal_quantile(q) - z);
        // Equal probabilities give infinity or not a number.
        if !(sigma >= 0.0 && sigma.is_finite()) {
            return Err(DistError::Order {
                lower: "lower percentile",
                higher: "higher percentile",
            });
        }
        Self::LogNormal {
            mu: low - sigma * z,
            sigma,
        }
        .checked()
    }

    /// Gamma by mean and coefficient of variation; a coefficient of 0 gives a constant.
    ///
    /// # Errors
    /// If the mean is not positive, or the coefficient negative or out of range.
    pub fn gamma_mean_cv(mean: f64, cv: f64) -> Result<Self, DistError> {
        let mean = positive("mean", mean)?;
        if value("coefficient of variation", cv)? <= 0.0 {
            return Self::constant(mean);
        }
        let shape = 1.0 / (cv * cv);
        Self::Gamma {
            shape,
            scale: mean / shape,
        }
        .checked()
    }

    /// The sum of `phases` exponentials, together of this mean.
    ///
    /// # Errors
    /// If the mean is not positive, or there are no phases or more than 10^8.
    pub fn erlang(mean: f64, phases: u32) -> Result<Self, DistError> {
        let shape = within("number of phases", f64::from(phases), 1.0, GAMMA_SHAPES[1])?;
        Self::Gamma {
            shape,
            scale: positive("mean", mean)? / shape,
        }
        .checked()
    }

    /// Weibull.
    ///
    /// # Errors
    /// If a parameter is not positive or out of range.
    pub fn weibull(scale: f64, shape: f64) -> Result<Self, DistError> {
        Self::Weibull { scale, shape }.checked()
    }

    /// Pareto. Its mean is infinite if `alpha` is 1 or less.
    ///
    /// # Errors
    /// If a parameter is not positive or out of range.
    pub fn pareto(min: f64, alpha: f64) -> Result<Self, DistError> {
        Self::Pareto { min, alpha }.checked()
    }

    /// Lomax. Its mean is infinite if `alpha` is 1 or less.
    ///
    /// # Errors
    /// If a parameter is not positive or out of range.
    pub fn lomax(scale: f64, alpha: f64) -> Result<Self, DistError> {
        Self::Lomax { scale, alpha }.checked()
    }

    /// Pareto cut off at a maximum.
    ///
    /// # Errors
    /// If a parameter is not positive or out of range, or the maximum is not above the minimum.
    pub fn bounded_pareto(min: f64, max: f64, alpha: f64) -> Result<Self, DistError> {
        Self::BoundedPareto { min, max, alpha }.checked()
    }

    /// A choice between exponentials, by weight and mean; weights need not add up to 1.
    ///
    /// # Errors
    /// If there is none, or a weight or mean is negative or not finite.
    pub fn hyper_exponential(branches: Vec<(f64, f64)>) -> Result<Self, DistError> {
        Self::HyperExponential(normalized(branches)?).checked()
    }

    /// A choice between distributions, by weight; weights need not add up to 1.
    ///
    /// # Errors
    /// If there is none, a weight is negative or not finite, or a part is wrong.
    pub fn mixture(parts: Vec<(f64, Dist)>) -> Result<Self, DistError> {
        Self::Mixture(normalized(parts)?).checked()
    }

    /// A distribution later by a constant.
    ///
    /// # Errors
    /// If the constant is negative or not finite, or the distribution wrong.
    pub fn shifted(by: f64, dist: Dist) -> Result<Self, DistError> {
        Self::Shifted {
            by,
            dist: Box::new(dist),
        }
        .checked()
    }

    /// A measured table of quantiles: probability and value.
    ///
    /// # Errors
    /// If it has fewer than two entries, does not start at probability 0 or end at 1, probabilities
    /// do not rise, or values fall.
    pub fn quantiles(table: Vec<(f64, f64)>) -> Result<Self, DistError> {
        Self::Quantiles(table).checked()
    }

    /// Measured values, in any order.
    ///
    /// # Errors
    /// If there is none, or one is negative or not finite.
    pub fn samples(mut values: Vec<f64>) -> Result<Self, DistError> {
        values.sort_by(f64::total_cmp);
        Self::Samples(values).checked()
    }

    fn checked(self) -> Result<Self, DistError> {
        self.check().map(|()| self)
    }

    /// Whether all parameters are in their ranges.
    ///
    /// # Errors
    /// If one is not.
    pub fn check(&self) -> Result<(), DistError> {
        self.check_nested(0)
    }

    fn check_nested(&self, depth: u32) -> Result<(), DistError> {
        if depth > NESTING_MAX {
            return Err(DistError::Nesting);
        }
        match self {
            Self::Constant(constant) => value("value", *constant).map(drop),
            Self::Uniform { from, to } => {
                value("lowest value", *from)?;
                value("highest value", *to)?;
                ordered(*from, *to, "lowest value", "highest value")
            }
            Self::Exponential { mean } => value("mean", *mean).map(drop),
            Self::Normal { mean, sd } => {
                value("mean", *mean)?;
                value("standard deviation", *sd).map(drop)
            }
            Self::LogNormal { mu, sigma } => {
                within("mean of the logarithm", *mu, -230.0, 230.0)?;
                within("deviation of the logarithm", *sigma, 0.0, SIGMA_MAX).map(drop)
            }
            Self::Gamma { shape, scale } => {
                positive("scale", *scale)?;
                in_bounds("shape", *shape, GAMMA_SHAPES)
            }
            Self::Weibull { scale, shape } => {
                positive("scale", *scale)?;
                in_bounds("shape", *shape, WEIBULL_SHAPES)
            }
            Self::Pareto { min: scale, alpha } | Self::Lomax { scale, alpha } => {
                positive("scale", *scale)?;
                in_bounds("tail index", *alpha, TAIL_INDICES)
            }
            Self::BoundedPareto { min, max, alpha } => {
                positive("minimum", *min)?;
                positive("maximum", *max)?;
                in_bounds("tail index", *alpha, TAIL_INDICES)?;
                let (lower, higher) = ("minimum", "maximum");
                if min < max {
                    Ok(())
                } else {
                    Err(DistError::Order { lower, higher })
                }
            }
            Self::HyperExponential(branches) => {
                for (_, mean) in branches {
                    value("mean", *mean)?;
                }
                total_is_one("branch", branches.iter().map(|(weight, _)| *weight))
            }
            Self::Mixture(parts) => {
                for (_, part) in parts {
                    part.check_nested(depth + 1)?;
                }
                total_is_one("part", parts.iter().map(|(weight, _)| *weight))
            }
            Self::Shifted { by, dist } => {
                value("shift", *by)?;
                dist.check_nested(depth + 1)
            }
            Self::Quantiles(table) => check_table(table),
            Self::Samples(values) => check_samples(values),
        }
    }
}

fn ordered(
    low: f64,
    high: f64,
    lower: &'static str,
    higher: &'static str,
) -> Result<(), DistError> {
    if low <= high {
        Ok(())
    } else {
        Err(DistError::Order { lower, higher })
    }
}

fn total_is_one(
    what: &'static str,
    probabilities: impl ExactSizeIterator<Item = f64>,
) -> Result<(), DistError> {
    if probabilities.len() == 0 {
        return Err(DistError::Empty(what));
    }
    let mut total = 0.0;
    for probability in probabilities {
        total += within("probability", probability, 0.0, 1.0 + TOTAL_TOLERANCE)?;
    }
    if (total - 1.0).abs() <= TOTAL_TOLERANCE {
        Ok(())
    } else {
        Err(DistError::Total(total))
    }
}

fn check_table(table: &[(f64, f64)]) -> Result<(), DistError> {
    for (_, entry) in table {
        value("value", *entry)?;
    }
    let (Some(first), Some(last)) = (table.first(), table.last()) else {
        return Err(DistError::Empty("entry of the table"));
    };
    if first.0.abs() > 0.0 || first.0.is_nan() {
        return Err(DistError::Table(0));
    }
    let fits = |pair: &[(f64, f64)]| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1;
    if let Some(at) = table.windows(2).position(|pair| !fits(pair)) {
        return Err(DistError::Table(at + 1));
    }
    if (last.0 - 1.0).abs() > 0.0 {
        Err(DistError::Table(table.len() - 1))
    } else {
        Ok(())
    }
}

fn check_samples(values: &[f64]) -> Result<(), DistError> {
    if values.is_empty() {
        return Err(DistError::Empty("value"));
    }
    for sample in values {
        value("value", *sample)?;
    }
    match values.windows(2).position(|pair| pair[0] > pair[1]) {
        Some(at) => Err(DistError::Table(at + 1)),
        None => Ok(()),
    }
}
