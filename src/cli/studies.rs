//! The only place where the command line calls the simulator. Each call is one line, so that what a
//! study needs to know stands in one place.

use crate::design::Loaded;
use crate::sim::result::RunResult;
use crate::units::Nanos;

/// What a run is asked for beyond what its design says.
#[derive(Debug, Clone, Default)]
pub(crate) struct RunSettings {
    pub(crate) seed: Option<u64>,
    pub(crate) duration: Option<Nanos>,
    pub(crate) warmup: Option<Nanos>,
    pub(crate) replications: Option<u32>,
    pub(crate) precision: Option<f64>,
    pub(crate) threads: Option<usize>,
}

/// How far a run has come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    /// From 0 to 1.
    pub(crate) share: f64,
}

/// How long a run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    pub(crate) simulate_s: f64,
    pub(crate) events_per_s: f64,
    pub(crate) peak_bytes: u64,
}

/// What a run says.
#[derive(Debug, Clone)]
pub(crate) struct RunOutput {
    pub(crate) result: RunResult,
    pub(crate) histograms: Vec<(String, Vec<u8>)>,
    pub(crate) timing: Timing,
}

/// Why a run could not be made.
#[derive(Debug, Clone)]
pub(crate) struct RunError(pub(crate) String);

/// What a figure of `verify` is a figure of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Unit {
    Seconds,
    PerSecond,
    Share,
    Number,
}

/// One figure of one case of `verify`.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct CaseResult {
    pub(crate) name: String,
    pub(crate) family: String,
    pub(crate) figure: String,
    pub(crate) theory: f64,
    pub(crate) simulated: f64,
    pub(crate) ci95: [f64; 2],
    pub(crate) accepted: [f64; 2],
    pub(crate) unit: Unit,
    pub(crate) pass: bool,
    pub(crate) note: String,
    pub(crate) source: String,
}

/// Why the simulator could not be compared with theory.
#[derive(Debug, Clone)]
pub(crate) enum VerifyError {
    NoSuchCase { filter: String },
    Interrupted,
}

impl std::fmt::Display for VerifyError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            VerifyError::NoSuchCase { filter } => write!(formatter, "No case has \"{filter}\" in its name or family."),
            VerifyError::Interrupted => write!(formatter, "The verification was stopped."),
        }
    }
}

/// STAND-IN until the engine is here: reads `lesson` of the design as the path of a result in JSON.
pub(crate) fn run(
    design: &Loaded,
    settings: &RunSettings,
    watch: &dyn Fn(Progress) -> bool,
) -> Result<RunOutput, RunError> {
    let text = std::fs::read_to_string(&design.design.lesson).map_err(|error| RunError(error.to_string()))?;
    let mut result: RunResult = serde_json::from_str(&text).map_err(|error| RunError(error.to_string()))?;
    result.design.hash.clone_from(&design.hash);
    result.seed = settings.seed.unwrap_or(design.design.run.seed);
    let steps = settings.duration.map_or(0, |duration| duration.0 / 100_000_000);
    for step in 0..steps {
        std::thread::sleep(std::time::Duration::from_millis(100));
        if !watch(Progress { share: step as f64 / steps as f64 }) {
            result.partial = true;
            break;
        }
    }
    let _ = (settings.warmup, settings.replications, settings.precision, settings.threads);
    Ok(RunOutput { result, histograms: Vec::new(), timing: Timing { simulate_s: 0.5, events_per_s: 1e7, peak_bytes: 3_000_000 } })
}

/// STAND-IN.
pub(crate) fn verify(
    filter: Option<&str>,
    watch: &dyn Fn(usize, usize, &str) -> bool,
) -> Result<Vec<CaseResult>, VerifyError> {
    if !watch(0, 1, "mm1") {
        return Err(VerifyError::Interrupted);
    }
    match filter {
        Some("absent") => Err(VerifyError::NoSuchCase { filter: "absent".to_owned() }),
        _ => Ok(Vec::new()),
    }
}

/// The bins of a stored histogram of nanoseconds; nothing if the bytes are not one.
pub(crate) fn bins(_bytes: &[u8]) -> Option<Vec<super::text::density::Bin>> {
    None
}

impl std::fmt::Display for RunError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}
