//! Distributions as a design writes them. The same shapes serve times, counts and sizes; the
//! wrapper around [`Dist`] says which quantity its numbers are.

use crate::design::Quantity;
use crate::design::macros::choice;
use crate::units::Ratio;

choice! {
    /// The distribution of a random quantity. A bare quantity is `Constant`. All parameters that are quantities have
    /// the unit of the field (`"5ms"` for a time, `3` for a count, `"4KiB"` for a size).
    pub enum Dist {
        /// Always the same value.
        Constant { /** The value. */ value: Quantity = required },
        /// Any value between two bounds, equally likely.
        Uniform { /** Lowest value. */ from: Quantity = required, /** Highest value. */ to: Quantity = required },
        /// Memoryless: the classical model of service times and gaps between arrivals.
        Exponential { /** Mean. */ mean: Quantity = required },
        /// The bell curve, truncated at 0; mean and deviation are those before truncation.
        Normal { /** Mean. */ mean: Quantity = required, /** Standard deviation. */ sd: Quantity = required },
        /// Skewed to the right like most measured latencies. Given by mean and coefficient of variation, or by any
        /// two percentiles.
        LogNormal {
            /// Mean.
            mean: Option<Quantity> = "None",
            /// Coefficient of variation: standard deviation over mean.
            cv: Option<f64> = "None",
            /// 50th percentile.
            p50: Option<Quantity> = "None",
            /// 90th percentile.
            p90: Option<Quantity> = "None",
            /// 95th percentile.
            p95: Option<Quantity> = "None",
            /// 99th percentile.
            p99: Option<Quantity> = "None",
            /// 99.9th percentile.
            p999: Option<Quantity> = "None",
        },
        /// Gamma, by mean and coefficient of variation.
        Gamma { /** Mean. */ mean: Quantity = required, /** Coefficient of variation. */ cv: f64 = required },
        /// The sum of `k` exponential phases.
        Erlang { /** Mean of the sum. */ mean: Quantity = required, /** Number of phases. */ k: u32 = required },
        /// Weibull: lifetimes; shape below 1 has a heavy tail.
        Weibull { /** Scale. */ scale: Quantity = required, /** Shape. */ shape: f64 = required },
        /// Pareto: a power-law tail above a minimum.
        Pareto { /** Minimum. */ min: Quantity = required, /** Tail index; the mean is infinite at 1 or below. */ alpha: f64 = required },
        /// Lomax: a Pareto tail that starts at 0.
        Lomax { /** Scale. */ scale: Quantity = required, /** Tail index. */ alpha: f64 = required },
        /// Pareto cut off at a maximum.
        BoundedPareto {
            /// Minimum.
            min: Quantity = required,
            /// Maximum.
            max: Quantity = required,
            /// Tail index.
            alpha: f64 = required,
        },
        /// A choice between exponentials: more variable than one exponential. Pairs of weight and mean.
        HyperExponential { /** Weight and mean of each branch. */ branches: Vec<(f64, Quantity)> = required },
        /// A choice between distributions, by weight.
        Mixture { /** Weight and distribution of each part. */ parts: Vec<(f64, Dist)> = required },
        /// Another distribution, later by a constant.
        Shifted { /** Added to every value. */ by: Quantity = required, /** What it is added to. */ dist: Box<Dist> = required },
        /// Measured: a table of quantiles (probability, value), joined by straight lines.
        Quantiles { /** Probability and value, ascending; from 0% to 100%. */ table: Vec<(Ratio, Quantity)> = required },
        /// Measured: one number a line in a file beside the design.
        Samples { /** Path of the file. */ file: String = required, /** Unit of the numbers, such as `"ms"`. */ unit: String = "\"\"",
            /// The numbers themselves; filled from the file when the design is loaded.
            values: Vec<Quantity> = "[]" },
    }
}

/// A distribution of times; its numbers are seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeDist(pub Dist);

/// A distribution of counts.
#[derive(Debug, Clone, PartialEq)]
pub struct CountDist(pub Dist);

/// A distribution of sizes; its numbers are bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct SizeDist(pub Dist);
