//! Finished parts of studies: kept as they are done, found again by a study that goes on, and
//! forgotten when it is complete.

use super::{Store, StoreError, now_ms};
use rusqlite::{OptionalExtension, params};

impl Store {
    /// The value of a unit of a study that was done before.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn unit(&self, study: &str, unit: &str) -> Result<Option<String>, StoreError> {
        let query = "SELECT value FROM units WHERE study = ?1 AND unit = ?2";
        self.connection
            .query_row(query, params![study, unit], |row| row.get(0))
            .optional()
            .map_err(|error| self.failed(&error))
    }

    /// How many units of a study are kept.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn units(&self, study: &str) -> Result<u64, StoreError> {
        let query = "SELECT count(*) FROM units WHERE study = ?1";
        self.connection
            .query_row(query, params![study], |row| row.get::<_, i64>(0))
            .map(|count| count as u64)
            .map_err(|error| self.failed(&error))
    }

    /// Keeps the value of a unit that is done.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn keep_unit(&self, study: &str, unit: &str, value: &str) -> Result<(), StoreError> {
        let command = "INSERT OR REPLACE INTO units VALUES (?1, ?2, ?3, ?4)";
        let time_ms = now_ms();
        self.connection
            .execute(command, params![study, unit, time_ms, value])
            .map(|_| ())
            .map_err(|error| self.failed(&error))
    }

    /// Forgets the units of a study.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn forget_units(&self, study: &str) -> Result<(), StoreError> {
        self.connection
            .execute("DELETE FROM units WHERE study = ?1", params![study])
            .map(|_| ())
            .map_err(|error| self.failed(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_found_until_they_are_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("results.db");
        let store = Store::create(&path).unwrap();
        assert_eq!(store.unit("s", "a").unwrap(), None);
        store.keep_unit("s", "a", "1").unwrap();
        store.keep_unit("s", "a", "2").unwrap();
        store.keep_unit("t", "a", "3").unwrap();
        drop(store);
        let store = Store::create(&path).unwrap();
        assert_eq!(store.unit("s", "a").unwrap().as_deref(), Some("2"));
        assert_eq!(store.units("s").unwrap(), 1);
        store.forget_units("s").unwrap();
        assert_eq!(store.units("s").unwrap(), 0);
        assert_eq!(store.unit("t", "a").unwrap().as_deref(), Some("3"));
    }
}
