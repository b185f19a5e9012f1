//! The only place where the command line calls the simulator.

pub(crate) use crate::study::capacity::{
    Capacity as CapacityFound, Point as CapacityPoint, Ramp, Unbounded, capacity, ramp,
};
pub(crate) use crate::study::compare::{Alternative, Comparison, Differences, Pair, Side, compare};
pub(crate) use crate::study::matrix::{
    Ask as MatrixAsk, Case as MatrixCase, Failing as MatrixFailing, Matrix as MatrixFound,
    count as matrix_count, matrix,
};
pub(crate) use crate::study::plan::plan;
pub(crate) use crate::study::run::{
    Bucket, Progress, RunError, RunOutput, RunSettings, Sparse, Timing, run,
};
pub(crate) use crate::study::sensitivity::{
    Ask as SensitivityAsk, Change, GuessMoves, KNOBS_MAX, Sensitivity, count as sensitivity_count,
    sensitivity,
};
pub(crate) use crate::study::sweep::{
    Axis, Base, Point, Sweep as Swept, SweepError, count as sweep_count, sweep,
};
pub(crate) use crate::study::tune::{
    Ask as TuneAsk, Best, EXPECTED as TUNE_RUNS, Tried, TuneError, Tuned, tune,
};
pub(crate) use crate::study::units::{Units, study_id};
pub(crate) use crate::study::verify::{CaseResult, Unit, VerifyError, verify};
