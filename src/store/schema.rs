//! The tables of a results file, and how a file of an older version becomes one of this version.

use super::error::StoreError;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// Marks a `SQLite` file as one of this program's results files: "btrs".
const APPLICATION_ID: i64 = 0x6274_7273;

/// What each version adds to the one before. `user_version` counts how many of these a file has
/// seen. Entries are never changed, only added.
const MIGRATIONS: &[&str] = &[
    // 1: runs, what they measured, and how figures went over time.
    "
    CREATE TABLE runs (
        run INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        time_ms INTEGER NOT NULL,      -- when it was saved, since 1970 in UTC
        version TEXT NOT NULL,         -- of buttress
        design TEXT NOT NULL,
        file TEXT NOT NULL,
        hash TEXT NOT NULL,
        variant TEXT,
        base_dir TEXT NOT NULL,        -- where files that the text names are looked for
        text TEXT NOT NULL,            -- the scenario, with its variant and settings applied
        settings TEXT NOT NULL,        -- JSON
        seed TEXT NOT NULL,            -- text, since it may exceed 63 bits
        replications INTEGER NOT NULL,
        simulated_s REAL NOT NULL,
        partial INTEGER NOT NULL,
        objectives INTEGER NOT NULL,
        objectives_met INTEGER NOT NULL,
        result TEXT NOT NULL           -- the bytes of `run --json`
    ) STRICT;
    CREATE INDEX runs_by_hash ON runs (hash);

    CREATE TABLE figures (
        run INTEGER NOT NULL REFERENCES runs (run),
        scope TEXT NOT NULL,
        id TEXT NOT NULL,
        figure TEXT NOT NULL,
        value REAL,
        low REAL,
        high REAL
    ) STRICT;
    CREATE INDEX figures_by_run ON figures (run, scope, id, figure);

    CREATE TABLE histograms (
        run INTEGER NOT NULL REFERENCES runs (run),
        name TEXT NOT NULL,
        data BLOB NOT NULL
    ) STRICT;
    CREATE INDEX histograms_by_run ON histograms (run);

    -- Each row is a figure over time: `points` is a JSON array with one value per bucket, whose edges
    -- are the row with scope 'time'.
    CREATE TABLE series (
        run INTEGER NOT NULL REFERENCES runs (run),
        scope TEXT NOT NULL,
        id TEXT NOT NULL,
        figure TEXT NOT NULL,
        points TEXT NOT NULL
    ) STRICT;
    CREATE INDEX series_by_run ON series (run, scope, id, figure);
    ",
    // 2: finished parts of studies, so that one that was interrupted can go on.
    "
    CREATE TABLE units (
        study TEXT NOT NULL,           -- hash of design, settings, version and question
        unit TEXT NOT NULL,
        time_ms INTEGER NOT NULL,
        value TEXT NOT NULL,           -- JSON
        PRIMARY KEY (study, unit)
    ) STRICT, WITHOUT ROWID;
    ",
];

/// Why a database is not, or cannot become, a results file of this version.
#[derive(Debug)]
pub(super) enum SchemaError {
    /// It belongs to another program.
    Foreign,
    /// It was made by a newer version.
    Newer { found: i64, known: i64 },
    /// It needs an upgrade.
    Older,
    /// `SQLite` failed.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for SchemaError {
    fn from(error: rusqlite::Error) -> SchemaError {
        SchemaError::Sqlite(error)
    }
}

impl SchemaError {
    /// The error for a file.
    pub(super) fn at(self, path: &Path) -> StoreError {
        let file = path.to_owned();
        match self {
            SchemaError::Foreign => StoreError::Foreign { path: file },
            SchemaError::Newer { found, known } => StoreError::Newer {
                path: file,
                found,
                known,
            },
            SchemaError::Older => StoreError::Older { path: file },
            SchemaError::Sqlite(error) => StoreError::of(path, &error),
        }
    }
}

/// Makes a database a results file of this version: an empty one from nothing, an older one by what
/// it lacks.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), SchemaError> {
    upgrade(connection, MIGRATIONS)
}

/// That a file which is only read has the tables of this version.
pub(super) fn check_readable(connection: &Connection) -> Result<(), SchemaError> {
    match check(connection, MIGRATIONS.len() as i64)? {
        version if version < MIGRATIONS.len() as i64 => Err(SchemaError::Older),
        _ => Ok(()),
    }
}

/// The version of a file's tables, if it is empty or ours and not from a newer version.
fn check(connection: &Connection, known: i64) -> Result<i64, SchemaError> {
    let version = pragma(connection, "user_version")?;
    let application = pragma(connection, "application_id")?;
    if application != APPLICATION_ID {
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if application != 0 || version != 0 || tables != 0 {
            return Err(SchemaError::Foreign);
        }
    }
    if version > known {
        return Err(SchemaError::Newer {
            found: version,
            known,
        });
    }
    Ok(version)
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

/// Brings a database up to date in one transaction: all of it, or nothing.
fn upgrade(connection: &mut Connection, migrations: &[&str]) -> Result<(), SchemaError> {
    let known = migrations.len() as i64;
    let version = check(connection, known)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // An answer other than "wal" (on file systems without shared memory) is no fault: the file
    // works.
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    // A saved run survives a power cut.
    connection.pragma_update(None, "synchronous", "full")?;
    if version == known {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have upgraded it while this one waited for the lock.
    let version = check(&transaction, known)?;
    for migration in migrations.iter().skip(version as usize) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: &[&str] = &[
        "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1);",
        "ALTER TABLE a ADD COLUMN y INTEGER;",
        "UPDATE a SET y = x + 1;",
    ];

    fn version(connection: &Connection) -> i64 {
        pragma(connection, "user_version").unwrap()
    }

    #[test]
    fn every_older_version_is_upgraded_and_keeps_its_rows() {
        for start in 1..=STEPS.len() {
            let mut connection = Connection::open_in_memory().unwrap();
            upgrade(&mut connection, &STEPS[..start]).unwrap();
            assert_eq!(version(&connection), start as i64);
            connection
                .execute("INSERT INTO a (x) VALUES (7)", [])
                .unwrap();
            upgrade(&mut connection, STEPS).unwrap();
            assert_eq!(version(&connection), 3);
            let rows: i64 = connection
                .query_row("SELECT count(*) FROM a WHERE x = 7", [], |row| row.get(0))
                .unwrap();
            assert_eq!(rows, 1, "from version {start}");
        }
    }

    #[test]
    fn every_older_version_of_the_real_tables_is_upgraded() {
        for start in 0..=MIGRATIONS.len() {
            let mut connection = Connection::open_in_memory().unwrap();
            upgrade(&mut connection, &MIGRATIONS[..start]).unwrap();
            prepare(&mut connection).unwrap();
            assert_eq!(version(&connection), MIGRATIONS.len() as i64);
            check_readable(&connection).unwrap();
        }
    }

    #[test]
    fn a_failed_upgrade_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        upgrade(&mut connection, &STEPS[..1]).unwrap();
        let broken = [STEPS[0], STEPS[1], "INSERT INTO absent VALUES (1);"];
        assert!(matches!(
            upgrade(&mut connection, &broken),
            Err(SchemaError::Sqlite(_))
        ));
        assert_eq!(version(&connection), 1);
        assert!(connection.prepare("SELECT y FROM a").is_err());
    }

    #[test]
    fn a_newer_file_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        upgrade(&mut connection, STEPS).unwrap();
        let refused = upgrade(&mut connection, &STEPS[..1]);
        assert!(matches!(
            refused,
            Err(SchemaError::Newer { found: 3, known: 1 })
        ));
    }

    #[test]
    fn a_database_of_another_program_is_refused() {
        let mut tables = Connection::open_in_memory().unwrap();
        tables.execute_batch("CREATE TABLE theirs (x)").unwrap();
        assert!(matches!(prepare(&mut tables), Err(SchemaError::Foreign)));
        let mut marked = Connection::open_in_memory().unwrap();
        marked.pragma_update(None, "application_id", 77).unwrap();
        assert!(matches!(prepare(&mut marked), Err(SchemaError::Foreign)));
        let mut counted = Connection::open_in_memory().unwrap();
        counted.pragma_update(None, "user_version", 1).unwrap();
        assert!(matches!(prepare(&mut counted), Err(SchemaError::Foreign)));
    }

    #[test]
    fn a_read_only_file_must_be_of_this_version() {
        let connection = Connection::open_in_memory().unwrap();
        assert!(matches!(
            check_readable(&connection),
            Err(SchemaError::Older)
        ));
    }
}
