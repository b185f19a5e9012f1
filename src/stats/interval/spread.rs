//! The variance of a sum of groups that may depend on each other.

use super::two_sided;

/// How the groups of a run are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Groups {
    /// Replications: independent of each other.
    Independent,
    /// Consecutive batches of one run.
    Serial,
}

/// Fewest batches of one run that say anything about its correlation.
const BATCHES_MIN: usize = 4;

/// Numbers of batches that the error of one run is estimated from: few, since long batches are less correlated; and many,
/// since few have a noisy variance.
const RESOLUTIONS: [usize; 3] = [8, 16, 32];

/// Correlation of neighbouring batches is believed up to here: more says that the run is too short, and the correction
/// would explode.
const CORRELATION_MAX: f64 = 0.8;

/// The variance of a sum, and how well it is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spread {
    pub(super) variance: f64,
    pub(super) degrees: f64,
}

impl Spread {
    /// The spread of the sum of what the groups add to an error; they add up to 0. Nothing if there are too few.
    pub(super) fn of(residuals: &[f64], groups: Groups) -> Option<Self> {
        match groups {
            Groups::Independent => (residuals.len() > 1).then(|| independent(residuals)),
            Groups::Serial => serial(residuals),
        }
    }

    /// The two-sided quantile of Student's t for a level.
    pub(super) fn quantile(&self, level: f64) -> f64 {
        two_sided(self.degrees, level)
    }
}

fn independent(residuals: &[f64]) -> Spread {
    let n = residuals.len() as f64;
    let squares: f64 = residuals.iter().map(|residual| residual * residual).sum();
    Spread {
        variance: squares * (n / (n - 1.0)),
        degrees: n - 1.0,
    }
}

/// The largest of the estimates at several resolutions, with their mean degrees of freedom.
fn serial(residuals: &[f64]) -> Option<Spread> {
    let n = residuals.len();
    if n < BATCHES_MIN {
        return None;
    }
    let mut estimates: Vec<Spread> = RESOLUTIONS
        .iter()
        .filter(|&&batches| batches <= n)
        .map(|&batches| autoregressive(&regrouped(residuals, batches)))
        .collect();
    if estimates.is_empty() {
        estimates.push(autoregressive(residuals));
    }
    let count = estimates.len() as f64;
    Some(Spread {
        variance: estimates
            .iter()
            .map(|spread| spread.variance)
            .fold(0.0, f64::max),
        degrees: estimates.iter().map(|spread| spread.degrees).sum::<f64>() / count,
    })
}

/// Sums of consecutive residuals, as equally many as they can be.
fn regrouped(residuals: &[f64], batches: usize) -> Vec<f64> {
    let edge = |batch: usize| batch * residuals.len() / batches;
    (0..batches)
        .map(|batch| residuals[edge(batch)..edge(batch + 1)].iter().sum())
        .collect()
}

/// The spread of correlated batches, as if they were a first-order autoregression.
fn autoregressive(residuals: &[f64]) -> Spread {
    let spread = independent(residuals);
    let squares: f64 = residuals.iter().map(|residual| residual * residual).sum();
    if squares <= 0.0 {
        return spread;
    }
    let products: f64 = residuals.windows(2).map(|pair| pair[0] * pair[1]).sum();
    // Of n independent values around their own mean, neighbours correlate by -1/n.
    let bias = 1.0 / residuals.len() as f64;
    let correlation = (products / squares + bias).clamp(0.0, CORRELATION_MAX);
    Spread {
        variance: spread.variance * ((1.0 + correlation) / (1.0 - correlation)),
        ..spread
    }
}
