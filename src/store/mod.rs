//! The results file: every run that was made, with all that is needed to read its figures, to query
//! them with any `SQLite` tool, and to run it again. One file per project, opened in WAL mode, only
//! ever added to.

pub mod atomic;
mod baseline;
mod clock;
mod error;
mod figures;
mod read;
#[cfg(test)]
pub(crate) mod samples;
mod schema;
#[cfg(test)]
mod tests;
mod units;
mod write;

pub use baseline::{Baseline, BaselineError, BaselineFigures, Baselines};
pub use clock::{ago, now_ms};
pub use error::StoreError;
pub use figures::{Figure, figures};
pub use read::{StoredRun, Summary};
pub use write::{NewRun, Settings};

use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long another process may keep the file locked before it is reported.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The directory beside a design in which results are kept, unless another file is asked for.
const DIRECTORY: &str = ".buttress";

/// An open results file.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

impl Store {
    /// Where the results of a design are kept by default: `.buttress/results.db` beside it, or in
    /// the current directory for a design that is not a file.
    pub fn default_path(design: Option<&Path>) -> PathBuf {
        let beside = design.and_then(Path::parent).unwrap_or(Path::new(""));
        beside.join(DIRECTORY).join("results.db")
    }

    /// Opens a results file to add to it, and makes it (and its `.buttress` directory) if it is
    /// absent.
    ///
    /// # Errors
    /// When the file cannot be opened, is not a results file, is from a newer version, is damaged,
    /// or is locked for longer than five seconds.
    pub fn create(path: &Path) -> Result<Store, StoreError> {
        Store::create_patiently(path, BUSY_TIMEOUT)
    }

    fn create_patiently(path: &Path, patience: Duration) -> Result<Store, StoreError> {
        refuse_directory(path)?;
        make_directory(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut store = Store::connect(path, path, flags, patience)?;
        schema::prepare(&mut store.connection).map_err(|error| error.at(path))?;
        Ok(store)
    }

    /// Opens a results file to read it. A file of an older version is upgraded first, if it may be
    /// written.
    ///
    /// # Errors
    /// As [`Store::create`]; and when there is no such file.
    pub fn open(path: &Path) -> Result<Store, StoreError> {
        refuse_directory(path)?;
        if !path.exists() {
            return Err(StoreError::Missing {
                path: path.to_owned(),
            });
        }
        let writable = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let attempt = Store::connect(path, path, writable, BUSY_TIMEOUT).and_then(|mut store| {
            schema::prepare(&mut store.connection).map_err(|error| error.at(path))?;
            Ok(store)
        });
        match attempt {
            Err(StoreError::ReadOnly { .. } | StoreError::Unopenable { .. }) => {
                Store::open_read_only(path)
            }
            other => other,
        }
    }

    /// Opens a file that may not be written. In WAL mode that needs files beside it; where these
    /// cannot be made, the file is read as it is, unless changes wait beside it that would be
    /// missed.
    fn open_read_only(path: &Path) -> Result<Store, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let attempt = Store::connect(path, path, flags, BUSY_TIMEOUT)
            .and_then(|store| store.check_version().map(|()| store));
        if !matches!(
            attempt,
            Err(StoreError::ReadOnly { .. } | StoreError::Unopenable { .. })
        ) {
            return attempt;
        }
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        if fs::metadata(log).is_ok_and(|log| log.len() > 0) {
            return attempt;
        }
        let uri = immutable_uri(path);
        let flags = flags | OpenFlags::SQLITE_OPEN_URI;
        let store = Store::connect(path, Path::new(&uri), flags, BUSY_TIMEOUT)?;
        store.check_version()?;
        Ok(store)
    }

    fn connect(
        path: &Path,
        target: &Path,
        flags: OpenFlags,
        patience: Duration,
    ) -> Result<Store, StoreError> {
        let connect = || {
            let connection = Connection::open_with_flags(target, flags)?;
            connection.busy_timeout(patience)?;
            Ok(connection)
        };
        let connection =
            connect().map_err(|error: rusqlite::Error| StoreError::of(path, &error))?;
        Ok(Store {
            connection,
            path: path.to_owned(),
        })
    }

    /// That a file which cannot be upgraded needs no upgrade.
    fn check_version(&self) -> Result<(), StoreError> {
        schema::check_readable(&self.connection).map_err(|error| error.at(&self.path))
    }

    /// Which file it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Words an error of `SQLite` for this file.
    fn failed(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::of(&self.path, error)
    }
}

/// A directory as it is found from anywhere.
fn absolute(directory: &Path) -> String {
    // An empty path is the current directory, but `absolute` refuses it.
    let directory = if directory.as_os_str().is_empty() {
        Path::new(".")
    } else {
        directory
    };
    std::path::absolute(directory)
        .unwrap_or(directory.to_owned())
        .to_string_lossy()
        .into_owned()
}

fn refuse_directory(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Err(StoreError::Directory {
            path: path.to_owned(),
        });
    }
    Ok(())
}

/// Makes the `.buttress` directory, which keeps itself out of version control. Other directories
/// must exist: a misspelt `--results` shall not litter the disk.
fn make_directory(path: &Path) -> Result<(), StoreError> {
    let Some(parent) = path.parent().filter(|parent| parent.ends_with(DIRECTORY)) else {
        return Ok(());
    };
    let made = match fs::create_dir(parent) {
        Ok(()) => fs::write(parent.join(".gitignore"), "*\n"),
        // It was there, or another process that saves was quicker.
        Err(_) if parent.is_dir() => Ok(()),
        Err(error) => Err(error),
    };
    made.map_err(|error| StoreError::of_io(path, &error))
}

/// The address of a file that `SQLite` shall read without making any file beside it.
fn immutable_uri(path: &Path) -> String {
    use std::fmt::Write;
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                uri.push(char::from(*byte));
            }
            other => write!(uri, "%{other:02X}").expect("a string can always be written to"),
        }
    }
    uri.push_str("?immutable=1");
    uri
}
