//! Saving a run: one transaction, so that a run is in the file whole or not at all.

use super::clock::{now_ms, now_ns};
use super::error::StoreError;
use super::figures::figures;
use super::{Store, absolute};
use crate::sim::result::{RunResult, Series};
use rusqlite::{Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What a run was asked for beyond what the scenario's text says. Text and settings together are
/// all that a replay needs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settings {
    /// The seed, if it was given.
    pub seed: Option<u64>,
    /// Simulated time of each replication as it was written, such as `10m`, if it was given.
    pub duration: Option<String>,
    /// Time left out at the start as it was written, if it was given.
    pub warmup: Option<String>,
    /// Number of replications, if it was given.
    pub replications: Option<u32>,
    /// The relative width of the intervals that was asked for, such as `2%`, if it was given.
    pub precision: Option<String>,
}

/// A run that is to be saved.
#[derive(Debug, Clone, Copy)]
pub struct NewRun<'a> {
    /// What it measured.
    pub result: &'a RunResult,
    /// The same as the bytes of `run --json`.
    pub json: &'a str,
    /// The scenario's text with its variant and settings applied.
    pub text: &'a str,
    /// The directory in which files that the text names are looked for.
    pub base_dir: &'a Path,
    /// What was asked for beyond the text.
    pub settings: &'a Settings,
    /// Latency histograms by endpoint, in their stored form.
    pub histograms: &'a [(String, Vec<u8>)],
}

impl Store {
    /// Saves a run and says under which id.
    ///
    /// # Errors
    /// When the file is read-only, locked for too long, damaged or the disk is full. The file is
    /// then as it was before.
    pub fn save(&mut self, run: &NewRun) -> Result<String, StoreError> {
        let saved = self.save_in_transaction(run);
        saved.map_err(|error| self.failed(&error))
    }

    fn save_in_transaction(&mut self, run: &NewRun) -> rusqlite::Result<String> {
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let id = unused_id(&transaction, run)?;
        let number = insert_run(&transaction, &id, run)?;
        insert_figures(&transaction, number, run.result)?;
        insert_histograms(&transaction, number, run.histograms)?;
        insert_series(&transaction, number, &run.result.series)?;
        transaction.commit()?;
        Ok(id)
    }
}

/// An id of twelve hexadecimal digits that no run of the file has.
fn unused_id(transaction: &Transaction, run: &NewRun) -> rusqlite::Result<String> {
    let mut known = transaction.prepare("SELECT 1 FROM runs WHERE id = ?1")?;
    let mut seed = format!(
        "{} {} {}",
        now_ns(),
        std::process::id(),
        run.result.design.hash
    );
    loop {
        let id = format!("{:012x}", fnv(seed.as_bytes()) >> 16);
        if !known.exists([&id])? {
            return Ok(id);
        }
        seed.push('+');
    }
}

/// The FNV-1a hash (Fowler, Noll, Vo), its bits mixed once more so that the high ones differ too.
fn fnv(bytes: &[u8]) -> u64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    mixed ^ (mixed >> 32)
}

fn insert_run(transaction: &Transaction, id: &str, run: &NewRun) -> rusqlite::Result<i64> {
    let result = run.result;
    let settings = serde_json::to_string(run.settings).expect("numbers are always valid JSON");
    transaction.execute(
        "INSERT INTO runs (id, time_ms, version, design, file, hash, variant, base_dir, text, settings, seed,
            replications, simulated_s, partial, objectives, objectives_met, result)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        params![
            id,
            now_ms(),
            env!("CARGO_PKG_VERSION"),
            result.design.name,
            result.design.file,
            result.design.hash,
            result.design.variant,
            absolute(run.base_dir),
            run.text,
            settings,
            result.seed.to_string(),
            result.replications,
            result.simulated_s,
            result.partial,
            result.objectives.len() as i64,
            result.objectives.iter().filter(|objective| objective.met).count() as i64,
            run.json,
        ],
    )?;
    Ok(transaction.last_insert_rowid())
}

fn insert_figures(transaction: &Transaction, run: i64, result: &RunResult) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare(
        "INSERT INTO figures (run, scope, id, figure, value, low, high)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for figure in figures(result) {
        let (low, high) = figure
            .interval
            .map_or((None, None), |[low, high]| (Some(low), Some(high)));
        insert.execute(params![
            run,
            figure.scope,
            figure.id,
            figure.name,
            figure.value,
            low,
            high
        ])?;
    }
    Ok(())
}

fn insert_histograms(
    transaction: &Transaction,
    run: i64,
    histograms: &[(String, Vec<u8>)],
) -> rusqlite::Result<()> {
    let mut insert =
        transaction.prepare("INSERT INTO histograms (run, name, data) VALUES (?1, ?2, ?3)")?;
    for (name, data) in histograms {
        insert.execute(params![run, name, data])?;
    }
    Ok(())
}

fn insert_series(transaction: &Transaction, run: i64, series: &Series) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare(
        "INSERT INTO series (run, scope, id, figure, points) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let mut add = |scope: &str, id: &str, figure: &str, points: &[f64]| {
        let points = serde_json::to_string(points).expect("numbers are always valid JSON");
        insert.execute(params![run, scope, id, figure, points])
    };
    if series.edges_s.is_empty() {
        return Ok(());
    }
    add("time", "", "edges_s", &series.edges_s)?;
    for endpoint in &series.endpoints {
        let id = endpoint.id.as_str();
        add("endpoint", id, "offered_per_s", &endpoint.offered_per_s)?;
        add("endpoint", id, "completed_per_s", &endpoint.completed_per_s)?;
        add("endpoint", id, "failed_per_s", &endpoint.failed_per_s)?;
        add("endpoint", id, "p50_s", &endpoint.p50_s)?;
        add("endpoint", id, "p99_s", &endpoint.p99_s)?;
    }
    for node in &series.nodes {
        add("node", &node.id, "utilization", &node.utilization)?;
        add("node", &node.id, "queue", &node.queue)?;
    }
    Ok(())
}
