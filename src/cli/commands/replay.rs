//! `replay`: runs the stored text of a run again and says whether every byte of the result agrees.

use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{ResultsOptions, SimulationOptions};
use crate::cli::text::{Look, Role};
use crate::cli::{json, session};
use crate::design::{self, LoadOptions};
use crate::store::{Store, StoredRun};
use clap::Args;
use serde::Serialize;
use serde_json::Value;
use std::path::PathBuf;

/// Run a kept run again and say whether the result is the same, byte for byte
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 if all bytes agree, 1 if not.")]
pub(crate) struct Replay {
    /// The run: its id, the beginning of it, or last
    #[arg(value_name = "RUN", default_value = "last")]
    run: String,
    /// Threads to use; all processors if left out. It never changes a result
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    threads: Option<u32>,
    /// A directory with presets of your own, as it was given when the run was made
    #[arg(long, value_name = "DIR")]
    catalogue: Option<PathBuf>,
    /// Print the verdict as JSON
    #[arg(long)]
    json: bool,
    /// Print nothing; the exit status is the verdict
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    results: ResultsOptions,
}

/// The object of `replay --json`.
#[derive(Debug, Serialize)]
struct Verdict<'a> {
    format: &'static str,
    run: &'a str,
    agrees: bool,
    difference: Option<&'a Difference>,
}

/// The first place at which two results differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Difference {
    /// The path of the place in the object.
    path: String,
    /// What was kept.
    kept: Value,
    /// What it is now.
    now: Value,
}

impl Replay {
    /// Runs it again.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        if self.quiet {
            console.be_quiet();
        }
        let path = self
            .results
            .results
            .clone()
            .unwrap_or_else(|| Store::default_path(None));
        let kept = Store::open(&path)?.load(&self.run)?;
        can_be_replayed(&kept)?;
        let options = LoadOptions {
            catalogue: self.catalogue.clone(),
            ..LoadOptions::default()
        };
        let file = kept.summary.file.as_str();
        let design = design::load_str(&kept.text, file, &kept.base_dir, &options)?;
        let signals = session::catch_signals()?;
        let settings = SimulationOptions::of_kept(&kept.settings, self.threads).run_settings()?;
        let origin = (file, kept.summary.variant.as_deref());
        let run = session::simulate(&design, &settings, origin, console, &signals)?;
        if let Some(exit) = run.stopped {
            return Err(Failure::new(exit, "stopped before the replay was over", ""));
        }
        let now = json::run(&run.output.result);
        let difference = if now == kept.json {
            None
        } else {
            Some(first_difference(&kept.json, &now))
        };
        if self.json {
            let agrees = difference.is_none();
            let (run, difference) = (kept.summary.id.as_str(), difference.as_ref());
            let verdict = Verdict {
                format: "buttress.replay/1",
                run,
                agrees,
                difference,
            };
            console.print(&(json::encode(&verdict) + "\n"));
        } else if !self.quiet {
            console.print(&words(&kept, difference.as_ref(), console.look()));
        }
        Ok(Exit::verdict(difference.is_none()))
    }
}

/// Only the same version promises the same bytes, and only for a run that reached its end.
fn can_be_replayed(run: &StoredRun) -> Result<(), Failure> {
    let of = &run.summary;
    if of.version != env!("CARGO_PKG_VERSION") {
        let message = format!(
            "run {} was made by buttress {}, and this is {}: only the same version gives the same bytes",
            of.id,
            of.version,
            env!("CARGO_PKG_VERSION")
        );
        let advice = format!(
            "Use buttress {}, or make a new run of the design.",
            of.version
        );
        return Err(Failure::new(Exit::Invalid, message, advice));
    }
    if of.partial {
        let message = format!(
            "run {} was stopped before its end, at a moment that cannot be repeated",
            of.id
        );
        return Err(Failure::new(
            Exit::Invalid,
            message,
            "Make a new run of the design.",
        ));
    }
    Ok(())
}

/// The first place at which two objects differ. Texts that differ only in their layout differ as a
/// whole.
fn first_difference(kept: &str, now: &str) -> Difference {
    let parse = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    let (kept, now) = (parse(kept), parse(now));
    difference_in("", &kept, &now).unwrap_or(Difference {
        path: String::new(),
        kept: Value::Null,
        now: Value::Null,
    })
}

fn difference_in(path: &str, kept: &Value, now: &Value) -> Option<Difference> {
    let below = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    match (kept, now) {
        (Value::Object(before), Value::Object(after)) => {
            let names = before
                .keys()
                .chain(after.keys().filter(|name| !before.contains_key(*name)));
            names.into_iter().find_map(|name| {
                let value = |fields: &serde_json::Map<String, Value>| {
                    fields.get(name).cloned().unwrap_or(Value::Null)
                };
                difference_in(&below(name), &value(before), &value(after))
            })
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => before
            .iter()
            .zip(after)
            .enumerate()
            .find_map(|(index, (before, after))| {
                difference_in(&below(&index.to_string()), before, after)
            }),
        _ if kept == now => None,
        _ => Some(Difference {
            path: path.to_owned(),
            kept: kept.clone(),
            now: now.clone(),
        }),
    }
}

fn words(run: &StoredRun, difference: Option<&Difference>, look: Look) -> String {
    let id = &run.summary.id;
    let Some(difference) = difference else {
        let verdict = format!(
            "{} Run {id} gives the same {} bytes again.",
            look.tick(),
            run.json.len()
        );
        return look.paint(Role::Good, &verdict) + "\n";
    };
    let verdict = format!("{} Run {id} gives another result now.", look.cross());
    let shown = |value: &Value| look.shorten(&value.to_string(), look.width / 2);
    format!(
        "{}\n  first at {}: {} then, {} now\n",
        look.paint(Role::Bad, &verdict),
        if difference.path.is_empty() {
            "the layout"
        } else {
            &difference.path
        },
        shown(&difference.kept),
        shown(&difference.now)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::checkout;

    #[test]
    fn the_first_difference_is_named() {
        let kept = json::run(&checkout());
        let mut changed = checkout();
        changed.nodes[1].queue_max += 1;
        changed.nodes[2].queue_max += 1;
        let found = first_difference(&kept, &json::run(&changed));
        assert_eq!(found.path, "nodes.1.queue_max");
        assert_eq!(
            (found.kept, found.now),
            (Value::from(412), Value::from(413))
        );
        let mut shorter = checkout();
        shorter.phases.pop();
        assert_eq!(first_difference(&kept, &json::run(&shorter)).path, "phases");
        assert_eq!(first_difference("{}", "{\"a\":1}").path, "a");
        assert_eq!(first_difference("{ }", "{}").path, "");
    }
}
