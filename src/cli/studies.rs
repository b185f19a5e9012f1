//! The only place where the command line calls the simulator. Each call is one line, so that what a
//! study needs to know stands in one place.

use super::text::density::Bin;
use crate::stats::histogram::Sparse;
pub(crate) use crate::study::run::{Progress, RunError, RunOutput, RunSettings, Timing, run};
pub(crate) use crate::study::verify::{CaseResult, Unit, VerifyError, verify};

/// The bins of a stored histogram of nanoseconds; nothing if the bytes are not one.
pub(crate) fn bins(bytes: &[u8]) -> Option<Vec<Bin>> {
    let histogram = Sparse::from_bytes(bytes).ok()?;
    let bin = |bucket: crate::stats::histogram::Bucket| Bin {
        low_s: bucket.low as f64 / 1e9,
        high_s: bucket.high as f64 / 1e9,
        count: bucket.count as f64,
    };
    Some(histogram.buckets().map(bin).collect())
}

/// Histograms in the form in which they are kept.
pub(crate) fn stored(histograms: &[(String, Sparse)]) -> Vec<(String, Vec<u8>)> {
    histograms.iter().map(|(name, histogram)| (name.clone(), histogram.to_bytes())).collect()
}
