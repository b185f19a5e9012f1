//! Reading runs back: the list of them, one by its id, and all that a replay needs.

use super::Store;
use super::absolute;
use super::error::StoreError;
use super::write::Settings;
use crate::sim::result::RunResult;
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, params};
use std::path::{Path, PathBuf};

/// What a list of runs says about each.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Its id: twelve hexadecimal digits.
    pub id: String,
    /// When it was saved: milliseconds since 1970.
    pub time_ms: i64,
    /// The same in the user's time zone: `2026-11-22 19:40:03`.
    pub local_time: String,
    /// The version of buttress that made it.
    pub version: String,
    /// The design's name.
    pub design: String,
    /// Its file, as it was given.
    pub file: String,
    /// The hash of what was simulated.
    pub hash: String,
    /// The variant, if one was chosen.
    pub variant: Option<String>,
    /// The seed.
    pub seed: u64,
    /// Replications that were finished.
    pub replications: u32,
    /// Simulated seconds of each.
    pub simulated_s: f64,
    /// It was interrupted.
    pub partial: bool,
    /// How many objectives it had.
    pub objectives: u64,
    /// How many of them were met.
    pub objectives_met: u64,
    /// Completed requests per second of all endpoints but attacks.
    pub goodput_per_s: Option<f64>,
    /// 99th percentile of latency at the endpoint with most requests, in seconds.
    pub p99_s: Option<f64>,
}

/// A run as it was saved.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRun {
    /// What a list says about it.
    pub summary: Summary,
    /// What it measured.
    pub result: RunResult,
    /// The same as the bytes of `run --json`.
    pub json: String,
    /// The scenario's text with its variant and settings applied.
    pub text: String,
    /// The directory in which files that the text names are looked for.
    pub base_dir: PathBuf,
    /// What was asked for beyond the text.
    pub settings: Settings,
    /// Latency histograms by endpoint, in their stored form.
    pub histograms: Vec<(String, Vec<u8>)>,
}

/// The columns of a [`Summary`]. The busiest endpoint is the one with most requests that is no
/// attack.
const SUMMARY: &str = "
    SELECT id, time_ms, datetime(time_ms / 1000, 'unixepoch', 'localtime'), version, design, file, hash,
        variant, seed, replications, simulated_s, partial, objectives, objectives_met,
        (SELECT sum(value) FROM figures WHERE figures.run = runs.run AND scope = 'run' AND figure = 'goodput_per_s'),
        (SELECT value FROM figures WHERE figures.run = runs.run AND scope = 'endpoint' AND figure = 'latency_s.p99'
            AND figures.id = (SELECT busiest.id FROM figures AS busiest
                WHERE busiest.run = runs.run AND scope = 'endpoint' AND figure = 'offered'
                    AND NOT EXISTS (SELECT 1 FROM figures AS attack WHERE attack.run = runs.run
                        AND attack.scope = 'endpoint' AND attack.id = busiest.id
                        AND attack.figure = 'attack' AND attack.value = 1)
                ORDER BY busiest.value DESC, busiest.rowid LIMIT 1))
    FROM runs";

impl Store {
    /// The newest runs, newest first, at most `limit` of them; only those of one design if one is
    /// given, by its file or by its name. Also says how many there are in all.
    ///
    /// # Errors
    /// When the file is damaged or locked for too long.
    pub fn history(
        &self,
        design: Option<&Path>,
        limit: usize,
    ) -> Result<(Vec<Summary>, u64), StoreError> {
        self.query_history(design, limit)
            .map_err(|error| self.failed(&error))
    }

    fn query_history(
        &self,
        design: Option<&Path>,
        limit: usize,
    ) -> rusqlite::Result<(Vec<Summary>, u64)> {
        // The same file may have been named from another directory: `shop.ron`, `../work/shop.ron`.
        const CHOICE: &str = "WHERE ?1 IS NULL OR file = ?1 OR design = ?1
            OR (base_dir = ?2 AND substr('/' || file, -length(?3)) = ?3)";
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let given = design.map(text);
        let beside = design.map(|design| absolute(design.parent().unwrap_or(Path::new(""))));
        let name = design
            .and_then(Path::file_name)
            .map(|name| format!("/{}", name.to_string_lossy()));
        let total = self.connection.query_row(
            &format!("SELECT count(*) FROM runs {CHOICE}"),
            params![given, beside, name],
            |row| row.get::<_, i64>(0),
        )?;
        let mut newest = self
            .connection
            .prepare(&format!("{SUMMARY} {CHOICE} ORDER BY run DESC LIMIT ?4"))?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let summaries = newest
            .query_map(params![given, beside, name, limit], summary)?
            .collect::<Result<_, _>>()?;
        Ok((summaries, total as u64))
    }

    /// The whole id of a run, from an id, the beginning of one, or `last` for the newest.
    ///
    /// # Errors
    /// When no run, or more than one, has such an id.
    pub fn find(&self, which: &str) -> Result<String, StoreError> {
        let ids = self.query_ids(which).map_err(|error| self.failed(&error))?;
        match ids.as_slice() {
            [] => Err(StoreError::NoSuchRun {
                path: self.path.clone(),
                id: which.to_owned(),
            }),
            [id] => Ok(id.clone()),
            _ => Err(StoreError::Ambiguous {
                prefix: which.to_owned(),
                ids,
            }),
        }
    }

    fn query_ids(&self, which: &str) -> rusqlite::Result<Vec<String>> {
        if which == "last" {
            let newest = "SELECT id FROM runs ORDER BY run DESC LIMIT 1";
            let id = self
                .connection
                .query_row(newest, [], |row| row.get(0))
                .optional()?;
            return Ok(id.into_iter().collect());
        }
        if which.is_empty() {
            return Ok(Vec::new());
        }
        let begins = "SELECT id FROM runs WHERE substr(id, 1, length(?1)) = ?1 ORDER BY run DESC";
        let mut begins = self.connection.prepare(begins)?;
        let wanted = which.to_ascii_lowercase();
        begins.query_map([wanted], |row| row.get(0))?.collect()
    }

    /// A run, by an id, the beginning of one, or `last` for the newest.
    ///
    /// # Errors
    /// When no run, or more than one, has such an id; when what was saved cannot be read.
    pub fn load(&self, which: &str) -> Result<StoredRun, StoreError> {
        let id = self.find(which)?;
        self.query_run(&id).map_err(|error| self.failed(&error))
    }

    fn query_run(&self, id: &str) -> rusqlite::Result<StoredRun> {
        let summary =
            self.connection
                .query_row(&format!("{SUMMARY} WHERE id = ?1"), [id], summary)?;
        let mut names = self.connection.prepare(
            "SELECT name, data FROM histograms JOIN runs USING (run) WHERE id = ?1
             ORDER BY histograms.rowid",
        )?;
        let histograms = names
            .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        self.connection.query_row(
            "SELECT result, text, base_dir, settings FROM runs WHERE id = ?1",
            [id],
            |row| {
                let json: String = row.get(0)?;
                let settings: String = row.get(3)?;
                Ok(StoredRun {
                    summary,
                    result: serde_json::from_str(&json).map_err(|error| unreadable(0, error))?,
                    json,
                    text: row.get(1)?,
                    base_dir: PathBuf::from(row.get::<_, String>(2)?),
                    settings: serde_json::from_str(&settings)
                        .map_err(|error| unreadable(3, error))?,
                    histograms,
                })
            },
        )
    }
}

fn unreadable(column: usize, error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

fn summary(row: &Row) -> rusqlite::Result<Summary> {
    let seed: String = row.get(8)?;
    let seed = seed.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(8, Type::Text, Box::new(error))
    })?;
    Ok(Summary {
        id: row.get(0)?,
        time_ms: row.get(1)?,
        local_time: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
        version: row.get(3)?,
        design: row.get(4)?,
        file: row.get(5)?,
        hash: row.get(6)?,
        variant: row.get(7)?,
        seed,
        replications: row.get(9)?,
        simulated_s: row.get(10)?,
        partial: row.get(11)?,
        objectives: row.get::<_, i64>(12)? as u64,
        objectives_met: row.get::<_, i64>(13)? as u64,
        goodput_per_s: row.get(14)?,
        p99_s: row.get(15)?,
    })
}
