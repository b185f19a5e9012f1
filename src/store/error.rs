//! What can go wrong with a results file, in words that say what, where and what to do.

use rusqlite::ErrorCode;
use std::fmt::{self, Display, Formatter};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Why a results file could not be read or written. None of these changes the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// There is no such file.
    Missing {
        /// Which file.
        path: PathBuf,
    },
    /// The path is a directory.
    Directory {
        /// Which directory.
        path: PathBuf,
    },
    /// The file is something else than a `SQLite` database.
    NotADatabase {
        /// Which file.
        path: PathBuf,
    },
    /// The file is a `SQLite` database of another program.
    Foreign {
        /// Which file.
        path: PathBuf,
    },
    /// The file, or the directory that it is in, may not be written.
    ReadOnly {
        /// Which file.
        path: PathBuf,
    },
    /// The file was made by a newer version of this program.
    Newer {
        /// Which file.
        path: PathBuf,
        /// The version of its tables.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The file must be upgraded before it can be read, and may not be written.
    Older {
        /// Which file.
        path: PathBuf,
    },
    /// Another process kept the file locked for too long.
    Locked {
        /// Which file.
        path: PathBuf,
    },
    /// The disk is full.
    Full {
        /// Which file.
        path: PathBuf,
    },
    /// The file is damaged or cut short.
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// The file cannot be opened or made.
    Unopenable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// No run has this id, or there is no run at all.
    NoSuchRun {
        /// Which file.
        path: PathBuf,
        /// The id as it was given.
        id: String,
    },
    /// Several runs have an id that begins so.
    Ambiguous {
        /// The beginning as it was given.
        prefix: String,
        /// The ids that begin so.
        ids: Vec<String>,
    },
    /// Something else that `SQLite` reports.
    Other {
        /// Which file.
        path: PathBuf,
        /// What it reports.
        reason: String,
    },
}

impl StoreError {
    /// Gives an error of `SQLite` its meaning for a file.
    pub(super) fn of(path: &Path, error: &rusqlite::Error) -> StoreError {
        let path = path.to_owned();
        let reason = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => StoreError::NotADatabase { path },
            Some(ErrorCode::ReadOnly) => StoreError::ReadOnly { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                StoreError::Locked { path }
            }
            Some(ErrorCode::DiskFull) => StoreError::Full { path },
            Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged {
                path,
                detail: reason,
            },
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                let reason = why_unopenable(&path);
                StoreError::Unopenable { path, reason }
            }
            _ => match error {
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..) => StoreError::Damaged {
                    path,
                    detail: reason,
                },
                _ => StoreError::Other { path, reason },
            },
        }
    }

    /// Gives an error of the file system its meaning for a file.
    pub(super) fn of_io(path: &Path, error: &io::Error) -> StoreError {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                StoreError::ReadOnly { path }
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full { path },
            _ => StoreError::Unopenable {
                path,
                reason: error.to_string(),
            },
        }
    }

    /// What the user can do about it; empty if the message says all.
    pub fn advice(&self) -> String {
        match self {
            StoreError::Missing { .. } => {
                "`buttress run FILE` makes one beside the design; `--results FILE` names another.".to_owned()
            }
            StoreError::Directory { path } => {
                format!("Name a file in it: --results {}.", path.join("results.db").display())
            }
            StoreError::NotADatabase { .. } | StoreError::Foreign { .. } => {
                "It was left as it is. Name another file with --results.".to_owned()
            }
            StoreError::ReadOnly { .. } | StoreError::Unopenable { .. } => {
                "Name a file that can be written with --results, or keep no results with --no-save."
                    .to_owned()
            }
            StoreError::Newer { .. } => {
                "It was left as it is. Use the newer buttress, or name another file with --results.".to_owned()
            }
            StoreError::Older { .. } => "Copy it to a place that can be written.".to_owned(),
            StoreError::Locked { .. } => "Try again when the other process has finished.".to_owned(),
            StoreError::Full { .. } => {
                "Make space, or name a file on another disk with --results.".to_owned()
            }
            StoreError::Damaged { .. } => {
                "It was left as it is. Move it away to begin a new one; `sqlite3 FILE .recover` may save what is in it."
                    .to_owned()
            }
            StoreError::NoSuchRun { .. } => "`buttress history` lists the runs.".to_owned(),
            StoreError::Ambiguous { ids, .. } => format!("It could be {}.", ids.join(", ")),
            StoreError::Other { .. } => String::new(),
        }
    }
}

/// `SQLite` only says that a file cannot be opened; the file system says more.
fn why_unopenable(path: &Path) -> String {
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    match directory {
        Some(directory) if !directory.exists() => {
            format!("there is no directory {}", directory.display())
        }
        _ => match File::open(path) {
            Err(error) if path.exists() => error.to_string(),
            _ => "the system refuses it".to_owned(),
        },
    }
}

impl Display for StoreError {
    #[expect(clippy::too_many_lines, reason = "one arm for each message")]
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Missing { path } => {
                write!(formatter, "there is no results file {}", path.display())
            }
            StoreError::Directory { path } => {
                write!(
                    formatter,
                    "the results file {} is a directory",
                    path.display()
                )
            }
            StoreError::NotADatabase { path } => {
                write!(
                    formatter,
                    "{} is not a results file: it is not a SQLite database",
                    path.display()
                )
            }
            StoreError::Foreign { path } => {
                write!(
                    formatter,
                    "{} is not a results file: it is a database of another program",
                    path.display()
                )
            }
            StoreError::ReadOnly { path } => {
                write!(
                    formatter,
                    "the results file {} cannot be written: it, or its directory, is read-only",
                    path.display()
                )
            }
            StoreError::Newer { path, found, known } => write!(
                formatter,
                "the results file {} was made by a newer buttress: its tables are version {found}, this program knows {known}",
                path.display()
            ),
            StoreError::Older { path } => write!(
                formatter,
                "the results file {} was made by an older buttress and must be upgraded, but it is read-only",
                path.display()
            ),
            StoreError::Locked { path } => {
                write!(
                    formatter,
                    "the results file {} is locked by another process",
                    path.display()
                )
            }
            StoreError::Full { path } => {
                write!(
                    formatter,
                    "the disk is full: the results file {} cannot be written",
                    path.display()
                )
            }
            StoreError::Damaged { path, detail } => {
                write!(
                    formatter,
                    "the results file {} is damaged: {detail}",
                    path.display()
                )
            }
            StoreError::Unopenable { path, reason } => {
                write!(
                    formatter,
                    "the results file {} cannot be opened: {reason}",
                    path.display()
                )
            }
            StoreError::NoSuchRun { path, id } if id == "last" => {
                write!(
                    formatter,
                    "the results file {} holds no runs",
                    path.display()
                )
            }
            StoreError::NoSuchRun { path, id } => {
                write!(
                    formatter,
                    "the results file {} holds no run {id}",
                    path.display()
                )
            }
            StoreError::Ambiguous { prefix, ids } => {
                write!(
                    formatter,
                    "{} runs have an id that begins with {prefix}",
                    ids.len()
                )
            }
            StoreError::Other { path, reason } => {
                write!(
                    formatter,
                    "the results file {} reports: {reason}",
                    path.display()
                )
            }
        }
    }
}

impl std::error::Error for StoreError {}
