//! The only place where the command line calls the simulator.

pub(crate) use crate::study::compare::{Alternative, Comparison, Differences, Pair, Side, compare};
pub(crate) use crate::study::run::{
    Bucket, Progress, RunError, RunOutput, RunSettings, Sparse, Timing, run,
};
pub(crate) use crate::study::verify::{CaseResult, Unit, VerifyError, verify};
