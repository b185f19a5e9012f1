//! Distributions of times, counts and sizes, with their exact mean, variance, density, distribution
//! function and quantiles. Sampling is in [`super::sampler`]; the two are tested against each
//! other.

mod check;
mod law;
mod moments;
#[cfg(test)]
pub(in crate::stats) mod tests;

pub use check::DistError;

/// The distribution of a random quantity that is never negative. The constructors check their
/// parameters; whoever builds a variant by hand should call [`Dist::check`].
#[derive(Debug, Clone, PartialEq)]
pub enum Dist {
    /// Always the same value.
    Constant(f64),
    /// Any value between two bounds, equally likely.
    Uniform {
        /// Lowest value.
        from: f64,
        /// Highest value.
        to: f64,
    },
    /// Memoryless.
    Exponential {
        /// Mean.
        mean: f64,
    },
    /// The bell curve given that it is not negative. The parameters are those before truncation.
    Normal {
        /// Mean of the whole bell; not negative.
        mean: f64,
        /// Standard deviation of the whole bell.
        sd: f64,
    },
    /// The exponential of a normal variate.
    LogNormal {
        /// Mean of the logarithm.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Gamma; Erlang if the shape is a whole number.
    Gamma {
        /// Shape.
        shape: f64,
        /// Scale: mean over shape.
        scale: f64,
    },
    /// `scale · E^(1/shape)` of an exponential `E` of mean 1.
    Weibull {
        /// Scale.
        scale: f64,
        /// Shape; below 1 the tail is heavier than exponential.
        shape: f64,
    },
    /// A power-law tail above a minimum.
    Pareto {
        /// Minimum.
        min: f64,
        /// Tail index: moments of this order and above are infinite.
        alpha: f64,
    },
    /// A Pareto tail that starts at 0.
    Lomax {
        /// Scale.
        scale: f64,
        /// Tail index.
        alpha: f64,
    },
    /// Pareto given that it is not above a maximum.
    BoundedPareto {
        /// Minimum.
        min: f64,
        /// Maximum.
        max: f64,
        /// Tail index.
        alpha: f64,
    },
    /// A choice between exponentials: probability and mean of each. Probabilities add up to 1.
    HyperExponential(Vec<(f64, f64)>),
    /// A choice between distributions: probability and part. Probabilities add up to 1.
    Mixture(Vec<(f64, Dist)>),
    /// Another distribution, later by a constant.
    Shifted {
        /// Added to every value.
        by: f64,
        /// What it is added to.
        dist: Box<Dist>,
    },
    /// Measured: probability and value, ascending from probability 0 to 1, joined by straight
    /// lines.
    Quantiles(Vec<(f64, f64)>),
    /// Measured: each of these values, equally likely; ascending.
    Samples(Vec<f64>),
}
