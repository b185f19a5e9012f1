//! Going on with a study that was interrupted: its finished units are in the results file.

use super::console::Console;
use super::exit::Exit;
use super::studies::Units;
use crate::insight::words::counted;
use crate::store::{Store, StoreError};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What was done in less time is as quick to do again: no file is made for it.
const PATIENCE: Duration = Duration::from_secs(1);

/// The units of one study in a results file.
#[derive(Debug)]
pub(crate) struct KeptUnits {
    /// Nothing if nothing shall be kept.
    path: Option<PathBuf>,
    study: String,
    started: Instant,
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    store: Option<Store>,
    /// Done, but not written yet.
    waiting: Vec<(String, String)>,
    failed: Option<StoreError>,
}

impl KeptUnits {
    /// Those of a study in a file, which need not exist; of no file if none shall be written.
    #[expect(
        clippy::disallowed_methods,
        reason = "decides when a file is made; it reaches no figure"
    )]
    pub(crate) fn new(path: Option<PathBuf>, study: String) -> KeptUnits {
        let found = path.as_ref().filter(|path| path.exists());
        let mut state = State::default();
        match found.map(|path| Store::open(path)) {
            Some(Ok(store)) => state.store = Some(store),
            Some(Err(error)) => state.failed = Some(error),
            None => {}
        }
        KeptUnits {
            path,
            study,
            started: Instant::now(),
            state: RefCell::new(state),
        }
    }

    /// Ends the study: a complete one is forgotten, a stopped one is kept and can be resumed. Gives
    /// out how the program shall end.
    pub(crate) fn end(&self, stopped: Option<Exit>, console: &Console) -> Option<Exit> {
        let Some(path) = &self.path else {
            return stopped;
        };
        let mut state = self.state.borrow_mut();
        if stopped.is_none() {
            let known = state.store.as_ref();
            if let Some(Err(error)) = known.map(|store| store.forget_units(&self.study)) {
                state.failed.get_or_insert(error);
            }
        } else {
            state.write(path, &self.study);
        }
        if let Some(error) = &state.failed {
            console.warn(
                &format!("what the study has done was not kept: {error}"),
                &error.advice(),
            );
            return stopped;
        }
        let kept = state.store.as_ref().map(|store| store.units(&self.study));
        match (stopped, kept) {
            (Some(_), Some(Ok(count))) if count > 0 => {
                let parts = counted(count, "finished part is", "finished parts are");
                console.note(&format!(
                    "Stopped. {parts} kept; the same command goes on from there."
                ));
                Some(Exit::Stopped)
            }
            (stopped, _) => stopped,
        }
    }
}

impl State {
    /// Writes what waits. After a failure nothing more is tried.
    fn write(&mut self, path: &Path, study: &str) {
        if self.failed.is_some() || self.waiting.is_empty() {
            return;
        }
        let mut write = || {
            let store = match self.store.take() {
                Some(store) => store,
                None => Store::create(path)?,
            };
            for (unit, value) in self.waiting.drain(..) {
                store.keep_unit(study, &unit, &value)?;
            }
            self.store = Some(store);
            Ok(())
        };
        if let Err(error) = write() {
            self.failed = Some(error);
        }
    }
}

impl Units for KeptUnits {
    fn find(&self, unit: &str) -> Option<String> {
        self.path.as_ref()?;
        let mut state = self.state.borrow_mut();
        let found = state.store.as_ref()?.unit(&self.study, unit);
        found.unwrap_or_else(|error| {
            state.failed.get_or_insert(error);
            None
        })
    }

    fn keep(&self, unit: &str, value: &str) {
        let Some(path) = &self.path else { return };
        let mut state = self.state.borrow_mut();
        state.waiting.push((unit.to_owned(), value.to_owned()));
        if self.started.elapsed() >= PATIENCE {
            state.write(path, &self.study);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::console::ColorChoice;

    fn units(path: &Path) -> KeptUnits {
        KeptUnits::new(Some(path.to_owned()), "study".to_owned())
    }

    #[test]
    fn a_quick_study_leaves_no_file_and_a_stopped_one_can_go_on() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("results.db");
        let console = Console::of_process(ColorChoice::Never);
        let first = units(&path);
        first.keep("a", "1");
        assert_eq!(first.end(None, &console), None);
        assert!(!path.exists());
        let first = units(&path);
        first.keep("a", "1");
        assert_eq!(
            first.end(Some(Exit::Interrupted), &console),
            Some(Exit::Stopped)
        );
        let second = units(&path);
        assert_eq!(second.find("a").as_deref(), Some("1"));
        assert_eq!(second.find("b"), None);
        assert_eq!(second.end(None, &console), None);
        assert_eq!(
            units(&path).find("a"),
            None,
            "a complete study is forgotten"
        );
    }

    #[test]
    fn where_nothing_is_kept_the_status_stays() {
        let none = KeptUnits::new(None, "study".to_owned());
        none.keep("a", "1");
        assert_eq!(none.find("a"), None);
        let end = none.end(
            Some(Exit::Interrupted),
            &Console::of_process(ColorChoice::Never),
        );
        assert_eq!(end, Some(Exit::Interrupted));
    }
}
