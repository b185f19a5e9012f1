//! Parameters of distributions.

use super::values::Problems;
use crate::design::Quantity;
use crate::design::model::Dist;

impl Problems {
    fn quantity_above_0(&mut self, Quantity(value): Quantity, field: &'static str) {
        self.check(
            value > 0.0,
            field,
            &format!("`{field}` must be above 0"),
            "expected more than 0",
        );
    }

    fn number_above_0(&mut self, value: f64, field: &'static str) {
        self.check(
            value > 0.0,
            field,
            &format!("`{field}` must be above 0"),
            "expected more than 0",
        );
    }
}

/// The rules of each distribution.
pub(super) fn check(dist: &Dist, problems: &mut Problems) {
    match dist {
        Dist::Constant { .. } | Dist::Shifted { .. } | Dist::Samples { .. } => {}
        Dist::Uniform { from, to } => {
            problems.check(
                from.0 <= to.0,
                "to",
                "the highest value is below the lowest",
                "expected at least `from`",
            );
        }
        Dist::Exponential { mean } => problems.quantity_above_0(*mean, "mean"),
        Dist::Normal { mean, sd } => {
            let some = mean.0 > 0.0 || sd.0 > 0.0;
            problems.check(
                some,
                "mean",
                "this is always 0",
                "expected a mean or deviation above 0",
            );
        }
        Dist::LogNormal { .. } => log_normal(dist, problems),
        Dist::Gamma { mean, cv } => {
            problems.quantity_above_0(*mean, "mean");
            problems.number_above_0(*cv, "cv");
        }
        Dist::Erlang { mean, k } => {
            problems.quantity_above_0(*mean, "mean");
            problems.check(
                (1..=10_000).contains(k),
                "k",
                "the number of phases is out of range",
                "expected 1 to 10,000",
            );
        }
        Dist::Weibull { scale, shape } => {
            problems.quantity_above_0(*scale, "scale");
            problems.number_above_0(*shape, "shape");
        }
        Dist::Pareto { min, alpha } => {
            problems.quantity_above_0(*min, "min");
            problems.number_above_0(*alpha, "alpha");
        }
        Dist::Lomax { scale, alpha } => {
            problems.quantity_above_0(*scale, "scale");
            problems.number_above_0(*alpha, "alpha");
        }
        Dist::BoundedPareto { min, max, alpha } => {
            problems.quantity_above_0(*min, "min");
            problems.check(
                min.0 < max.0,
                "max",
                "the maximum is not above the minimum",
                "expected more than `min`",
            );
            problems.number_above_0(*alpha, "alpha");
        }
        Dist::HyperExponential { branches } => {
            problems.weights(branches.iter().map(|(weight, _)| *weight), "branches");
            let means = branches.iter().all(|(_, mean)| mean.0 > 0.0);
            problems.check(means, "branches", "a mean is 0", "expected means above 0");
        }
        Dist::Mixture { parts } => {
            problems.weights(parts.iter().map(|(weight, _)| *weight), "parts");
        }
        Dist::Quantiles { table } => quantiles(table, problems),
    }
}

fn log_normal(dist: &Dist, problems: &mut Problems) {
    let Dist::LogNormal {
        mean,
        cv,
        p50,
        p90,
        p95,
        p99,
        p999,
    } = dist
    else {
        return;
    };
    let percentiles = [
        ("p50", p50),
        ("p90", p90),
        ("p95", p95),
        ("p99", p99),
        ("p999", p999),
    ];
    let given: Vec<(&'static str, f64)> = percentiles
        .into_iter()
        .filter_map(|(name, value)| value.map(|Quantity(value)| (name, value)))
        .collect();
    match (mean, cv, given.as_slice()) {
        (Some(mean), Some(cv), []) => {
            problems.quantity_above_0(*mean, "mean");
            problems.number_above_0(*cv, "cv");
        }
        (None, None, [(low, below), (high, above)]) => {
            problems.number_above_0(*below, low);
            let message = format!("`{high}` is not above `{low}`");
            problems.check(
                below < above,
                high,
                &message,
                "expected the higher percentile to be larger",
            );
        }
        _ => problems.check(
            false,
            "",
            "these arguments do not determine a log-normal distribution",
            "expected `mean` and `cv`, or two percentiles such as `p50` and `p99`",
        ),
    }
}

fn quantiles(table: &[(crate::units::Ratio, Quantity)], problems: &mut Problems) {
    const ENDS: &str = "expected pairs from (\"0%\", …) to (\"100%\", …)";
    let (Some(first), Some(last)) = (table.first(), table.last()) else {
        problems.check(false, "table", "the table is empty", ENDS);
        return;
    };
    let whole = first.0.0 <= 0.0 && last.0.0 >= 1.0 && table.len() >= 2;
    problems.check(
        whole,
        "table",
        "the table does not reach from 0% to 100%",
        ENDS,
    );
    let ascending = table
        .windows(2)
        .all(|pair| pair[0].0 < pair[1].0 && pair[0].1.0 <= pair[1].1.0);
    problems.check(
        ascending,
        "table",
        "the table does not ascend",
        "expected each pair to be above the one before",
    );
}
