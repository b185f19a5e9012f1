//! Options that several commands share: as they are typed, and what they mean.

use super::exit::Failure;
use super::studies::RunSettings;
use crate::design::LoadOptions;
use crate::design::model::Warmup;
use crate::store::Settings;
use clap::Args;
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

/// Which design is meant by a file: its variant and changes to it.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Design")]
pub(crate) struct DesignOptions {
    /// Change a value of the design, such as nodes/api/replicas=8; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = change)]
    pub(crate) set: Vec<(String, String)>,
    /// Apply a variant of the design
    #[arg(long, value_name = "NAME")]
    pub(crate) variant: Option<String>,
    /// A directory with presets of your own
    #[arg(long, value_name = "DIR")]
    pub(crate) catalogue: Option<PathBuf>,
}

impl DesignOptions {
    /// What the loader is asked for.
    pub(crate) fn load_options(&self) -> LoadOptions {
        LoadOptions {
            variant: self.variant.clone(),
            set: self.set.clone(),
            catalogue: self.catalogue.clone(),
        }
    }
}

/// How a design is simulated.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Simulation")]
pub(crate) struct SimulationOptions {
    /// Seed of all randomness
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Simulated time of each replication, such as 10m
    #[arg(long, value_name = "TIME")]
    duration: Option<String>,
    /// Time at the start that is left out, such as 1m; 0s keeps everything, auto finds it
    #[arg(long, value_name = "TIME")]
    warmup: Option<String>,
    /// Independent repetitions
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    reps: Option<u32>,
    /// Repeat until the intervals are this narrow, such as 2%
    #[arg(long, value_name = "SHARE")]
    precision: Option<String>,
    /// Threads to use; all processors if left out. It never changes a result
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    threads: Option<u32>,
}

impl SimulationOptions {
    /// What the simulator is asked for.
    pub(crate) fn run_settings(&self) -> Result<RunSettings, Failure> {
        Ok(RunSettings {
            seed: self.seed,
            duration: self
                .duration
                .as_deref()
                .map(|text| time("duration", text))
                .transpose()?,
            warmup: self.warmup.as_deref().map(warmup).transpose()?,
            replications: self.reps,
            precision: self.precision.as_deref().map(precision).transpose()?,
            threads: self.threads.map(|threads| threads as usize),
        })
    }

    /// What is kept with a run. The number of threads changes no result and is not among it.
    pub(crate) fn kept(&self) -> Settings {
        Settings {
            seed: self.seed,
            duration: self.duration.clone(),
            warmup: self.warmup.clone(),
            replications: self.reps,
            precision: self.precision.clone(),
        }
    }

    /// The options with which a kept run was made.
    pub(crate) fn of_kept(kept: &Settings, threads: Option<u32>) -> SimulationOptions {
        SimulationOptions {
            seed: kept.seed,
            duration: kept.duration.clone(),
            warmup: kept.warmup.clone(),
            reps: kept.replications,
            precision: kept.precision.clone(),
            threads,
        }
    }
}

/// In which form the answer is given.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputOptions {
    /// Print the result as JSON, one line for each run
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print the figures as comma-separated values
    #[arg(long)]
    pub(crate) csv: bool,
    /// Print no answer for people, no progress and no warnings
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Which results file is meant.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Results")]
pub(crate) struct ResultsOptions {
    /// The results file [default: .buttress/results.db beside the design]
    #[arg(long, value_name = "FILE")]
    pub(crate) results: Option<PathBuf>,
}

/// Whether and where a run is kept.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Results")]
pub(crate) struct KeepOptions {
    /// Keep the run in this file [default: .buttress/results.db beside the design]
    #[arg(long, value_name = "FILE", conflicts_with = "no_save")]
    pub(crate) results: Option<PathBuf>,
    /// Do not keep the run
    #[arg(long)]
    pub(crate) no_save: bool,
}

/// `PATH=VALUE`.
pub(crate) fn change(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((path, value)) if !path.trim().is_empty() => {
            Ok((path.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("write it as PATH=VALUE, such as nodes/api/replicas=8".to_owned()),
    }
}

/// A time as a design writes it.
pub(crate) fn time<T: FromStr<Err: Display>>(option: &str, text: &str) -> Result<T, Failure> {
    text.trim().parse().map_err(|error| {
        let message = format!("--{option} {text}: {error}");
        Failure::usage(message, "Write a time with its unit: 250ms, 90s, 10m, 2h.")
    })
}

/// `auto`, or a time; no time at all keeps everything.
fn warmup(text: &str) -> Result<Warmup, Failure> {
    if text.trim() == "auto" {
        return Ok(Warmup::Auto);
    }
    let warmup = Warmup::For {
        time: time("warmup", text)?,
    };
    Ok(if is_nothing(&warmup) {
        Warmup::Nothing
    } else {
        warmup
    })
}

fn is_nothing(warmup: &Warmup) -> bool {
    matches!(warmup, Warmup::For { time } if time.0 == 0)
}

/// A relative width of an interval: `2%` or `0.02`.
fn precision(text: &str) -> Result<f64, Failure> {
    let text = text.trim();
    let share = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse().map(|percent: f64| percent / 100.0),
        None => text.parse(),
    };
    match share {
        Ok(share) if share > 0.0 && share < 1.0 => Ok(share),
        _ => Err(Failure::usage(
            format!("--precision {text} is not a share between 0% and 100%"),
            "Write half the width of the interval relative to the mean: 2%.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_split_at_the_first_equals_sign() {
        assert_eq!(
            change("wires/a -> b/pool=3"),
            Ok(("wires/a -> b/pool".to_owned(), "3".to_owned()))
        );
        assert_eq!(change("x = a=b"), Ok(("x".to_owned(), "a=b".to_owned())));
        assert!(change("=3").is_err());
        assert!(change("x").is_err());
    }

    #[test]
    fn times_and_shares_are_written_as_in_a_design() {
        let options = |warmup: &str| SimulationOptions {
            duration: Some("10m".to_owned()),
            warmup: Some(warmup.to_owned()),
            precision: Some("2%".to_owned()),
            threads: Some(2),
            ..SimulationOptions::default()
        };
        let settings = options("1m").run_settings().unwrap();
        assert_eq!(settings.duration.unwrap().0, 600_000_000_000);
        assert!(matches!(settings.warmup, Some(Warmup::For { time }) if time.0 == 60_000_000_000));
        assert_eq!(settings.precision, Some(0.02));
        assert_eq!(
            options("0s").run_settings().unwrap().warmup,
            Some(Warmup::Nothing)
        );
        assert_eq!(
            options("auto").run_settings().unwrap().warmup,
            Some(Warmup::Auto)
        );
        let again = SimulationOptions::of_kept(&options("1m").kept(), Some(8));
        assert_eq!(
            RunSettings {
                threads: None,
                ..again.run_settings().unwrap()
            },
            RunSettings {
                threads: None,
                ..settings
            }
        );
    }

    #[test]
    fn what_is_no_quantity_is_wrong_usage() {
        for wrong in ["", "ten", "-5s", "10", "1e400s"] {
            let options = SimulationOptions {
                duration: Some(wrong.to_owned()),
                ..SimulationOptions::default()
            };
            assert!(options.run_settings().is_err(), "--duration {wrong}");
        }
        for wrong in ["", "x", "0%", "100%", "-1%", "nan", "1e9"] {
            assert!(precision(wrong).is_err(), "--precision {wrong}");
        }
    }
}
