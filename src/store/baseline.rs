//! A baseline as a file that is kept under version control: the designs that a later one shall not
//! be worse than, each with all that is needed to simulate it again. Their figures stand in it for
//! people; a comparison simulates both sides anew, under the same requests and by the same version
//! of the simulator.

use super::atomic;
use super::write::Settings;
use crate::sim::result::RunResult;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The format without its version.
const FORMAT_NAME: &str = "buttress.baseline/";
/// The version of the format.
const FORMAT_VERSION: u32 = 1;
/// Most bytes of a baseline file.
const BYTES_MAX: u64 = 64 << 20;

/// The content of a baseline file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baselines {
    /// `buttress.baseline/1`.
    pub format: String,
    /// The version of buttress that made it.
    pub version: String,
    /// How much worse a figure may become, by its name: `"p99": "5%"`.
    #[serde(default)]
    pub allow: BTreeMap<String, String>,
    /// The designs.
    pub designs: Vec<Baseline>,
}

/// A design that a later one is held against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Its file, as it was given.
    pub file: String,
    /// The variant, if one was chosen.
    pub variant: Option<String>,
    /// The hash of what was simulated.
    pub hash: String,
    /// What was asked for beyond the text.
    pub settings: Settings,
    /// What it measured, for people and for differences in reviews.
    pub figures: Vec<BaselineFigures>,
    /// Its text line by line, with base, variant and changes applied.
    pub text: Vec<String>,
}

/// What clients saw of one endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineFigures {
    /// `"client -> node/endpoint"`.
    pub endpoint: String,
    /// Completed per second.
    pub goodput_per_s: f64,
    /// Share of requests that failed.
    pub failed: f64,
    /// Mean latency in seconds.
    pub mean_s: f64,
    /// 50th percentile.
    pub p50_s: f64,
    /// 99th percentile.
    pub p99_s: f64,
}

impl Baseline {
    /// The baseline that a run is.
    pub fn of(result: &RunResult, text: &str, settings: &Settings) -> Baseline {
        let figures = result.endpoints.iter().map(|seen| BaselineFigures {
            endpoint: seen.id.clone(),
            goodput_per_s: seen.goodput_per_s,
            failed: seen.failed.values().sum::<u64>() as f64 / seen.offered.max(1) as f64,
            mean_s: seen.latency_s.mean,
            p50_s: seen.latency_s.p50,
            p99_s: seen.latency_s.p99,
        });
        Baseline {
            file: result.design.file.clone(),
            variant: result.design.variant.clone(),
            hash: result.design.hash.clone(),
            settings: Settings {
                // A precision is reached by a number of replications, which is known now.
                replications: Some(result.replications),
                precision: None,
                seed: Some(result.seed),
                ..settings.clone()
            },
            figures: figures.collect(),
            text: text.split('\n').map(str::to_owned).collect(),
        }
    }

    /// Its text as one.
    pub fn whole_text(&self) -> String {
        self.text.join("\n")
    }
}

impl Baselines {
    /// A file's content of this version.
    pub fn new(allow: BTreeMap<String, String>, designs: Vec<Baseline>) -> Baselines {
        Baselines {
            format: format!("{FORMAT_NAME}{FORMAT_VERSION}"),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            allow,
            designs,
        }
    }

    /// Reads a baseline file.
    ///
    /// # Errors
    /// If it cannot be read, is something else, or of a newer version.
    pub fn read(path: &Path) -> Result<Baselines, BaselineError> {
        let wrong = |problem| BaselineError {
            path: path.to_owned(),
            problem,
        };
        let bytes = read_limited(path).map_err(|error| wrong(Problem::Unreadable(error)))?;
        let other = |error: serde_json::Error| wrong(Problem::Other(error.to_string()));
        let head: Head = serde_json::from_slice(&bytes).map_err(other)?;
        let version = head.format.strip_prefix(FORMAT_NAME);
        match version.and_then(|version| version.parse::<u32>().ok()) {
            Some(FORMAT_VERSION) => serde_json::from_slice(&bytes).map_err(other),
            Some(found) if found > FORMAT_VERSION => Err(wrong(Problem::Newer(found))),
            _ => {
                let what = format!("its format is \"{}\"", head.format.escape_debug());
                Err(wrong(Problem::Other(what)))
            }
        }
    }

    /// Writes a baseline file, over an older one.
    ///
    /// # Errors
    /// If it cannot be written; what was there stays then.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        atomic::put(path, text.as_bytes())
    }

    /// The baseline of a design: that of its file and variant, or the only one.
    pub fn of_design(&self, file: &str, variant: Option<&str>) -> Option<&Baseline> {
        let same_file =
            |known: &&Baseline| known.file == file && known.variant.as_deref() == variant;
        match self.designs.as_slice() {
            [only] => Some(only),
            several => several.iter().find(same_file),
        }
    }
}

/// What is read before anything else is believed.
#[derive(Deserialize)]
struct Head {
    format: String,
}

fn read_limited(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    file.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

/// Why a baseline file is of no use.
#[derive(Debug)]
pub struct BaselineError {
    path: PathBuf,
    problem: Problem,
}

#[derive(Debug)]
enum Problem {
    Unreadable(io::Error),
    Newer(u32),
    Other(String),
}

impl BaselineError {
    /// What to do about it, in whole sentences.
    pub fn advice(&self) -> &'static str {
        match self.problem {
            Problem::Unreadable(_) | Problem::Other(_) => {
                "`buttress check FILE --save-baseline baseline.json` makes one."
            }
            Problem::Newer(_) => "Use that version, or make the baseline again with this one.",
        }
    }

    /// Whether the file was found and read, but is not what it should be.
    pub fn is_content(&self) -> bool {
        !matches!(self.problem, Problem::Unreadable(_))
    }
}

impl Display for BaselineError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.problem {
            Problem::Unreadable(error) => {
                let text = error.to_string();
                let reason = text.split(" (os error").next().unwrap_or(&text);
                write!(formatter, "cannot read the baseline {path}: {reason}")
            }
            Problem::Newer(found) => write!(
                formatter,
                "{path} was made by a newer buttress: it has version {found} of the format, this one knows {FORMAT_VERSION}"
            ),
            Problem::Other(what) => write!(formatter, "{path} is not a baseline: {what}"),
        }
    }
}

impl std::error::Error for BaselineError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{checkout, single};

    fn settings() -> Settings {
        Settings {
            duration: Some("10m".to_owned()),
            precision: Some("2%".to_owned()),
            ..Settings::default()
        }
    }

    #[test]
    fn a_baseline_is_read_as_it_was_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("baseline.json");
        let text = "(\r\n    format: 1, // \"a\"\n)\n";
        let allow = BTreeMap::from([("p99".to_owned(), "5%".to_owned())]);
        let designs = vec![
            Baseline::of(&checkout(), text, &settings()),
            Baseline::of(&single(), text, &settings()),
        ];
        let written = Baselines::new(allow, designs);
        written.write(&path).unwrap();
        written.write(&path).unwrap();
        let read = Baselines::read(&path).unwrap();
        assert_eq!(read, written);
        assert_eq!(read.designs[0].whole_text(), text);
        assert_eq!(read.designs[0].settings.replications, Some(8));
        assert_eq!(read.designs[0].settings.precision, None);
        let variant = Some("pool of 60");
        assert_eq!(
            read.of_design("shop/checkout.ron", variant),
            Some(&read.designs[0])
        );
        assert_eq!(read.of_design("shop/checkout.ron", None), None);
        assert_eq!(read.of_design("other.ron", variant), None);
        let alone = Baselines::new(BTreeMap::new(), vec![read.designs[1].clone()]);
        assert!(alone.of_design("renamed.ron", None).is_some());
    }

    #[test]
    fn what_is_no_baseline_says_so() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("b.json");
        let error = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let error = Baselines::read(&path).unwrap_err();
            assert!(error.is_content() && !error.advice().is_empty());
            error.to_string()
        };
        assert!(error("").contains("is not a baseline"));
        assert!(error("[1]").contains("is not a baseline"));
        assert!(error("{\"format\": \"buttress.run/1\"}").contains("its format is"));
        assert!(error("{\"format\": \"buttress.baseline/1\"}").contains("missing field"));
        assert!(error("{\"format\": \"buttress.baseline/7\"}").contains("newer buttress"));
        assert!(!Baselines::read(directory.path()).unwrap_err().is_content());
        let absent = Baselines::read(&directory.path().join("absent.json")).unwrap_err();
        assert!(absent.to_string().contains("cannot read the baseline"));
    }
}
