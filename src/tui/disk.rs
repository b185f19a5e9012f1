//! Files: designs that are read and saved, the journal that keeps what is not saved, the list of
//! recent files. Messages are whole sentences.

use super::effect::Outcome;
use super::journal::{Begun, Journal};
use crate::design::syntax::{BYTES_MAX, check_bytes};
use crate::store::{ago, atomic, now_ms};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Most recent files that are remembered.
const RECENT_MAX: usize = 20;
/// Most ways to complete a path that are looked for.
const COMPLETIONS_MAX: usize = 200;

/// Where the program keeps what is not part of a design.
#[derive(Debug)]
pub(super) struct State {
    directory: Option<PathBuf>,
    /// What is not saved.
    pub(super) journal: Journal,
}

impl State {
    /// The directory of this user, from the environment.
    pub(super) fn of_environment(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> State {
        let set = |name: &str| {
            variable(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let of_home = || set("HOME").map(|home| home.join(".local/state"));
        let base = set("XDG_STATE_HOME")
            .or_else(|| set("LOCALAPPDATA"))
            .or_else(of_home);
        State::at(base.map(|base| base.join("buttress")))
    }

    fn at(directory: Option<PathBuf>) -> State {
        State {
            journal: Journal::new(directory.clone(), std::process::id()),
            directory,
        }
    }

    fn file(&self, name: &str) -> Option<PathBuf> {
        Some(self.directory.as_ref()?.join(name))
    }

    /// Reads a design, with what was kept of it; and whether another program has it open.
    pub(super) fn open(&mut self, path: &Path) -> (Outcome, bool) {
        if self.journal.is_untitled(path) {
            return match read(path) {
                Ok(text) => {
                    let _ = fs::remove_file(path);
                    (Outcome::Untitled(text), false)
                }
                Err(Problem::Words(words)) => (Outcome::NotOpened(words), false),
                Err(Problem::Absent) => {
                    let words = "The design that was never saved is no longer there.";
                    (Outcome::NotOpened(words.to_owned()), false)
                }
            };
        }
        let found = read(path);
        let begun = match &found {
            Err(Problem::Words(_)) => Begun::default(),
            _ => self.journal.begin(path),
        };
        let outcome = match found {
            Ok(text) => Outcome::Opened {
                path: path.to_owned(),
                journal: begun.kept.filter(|kept| *kept != text),
                text,
            },
            Err(Problem::Absent) if parent_exists(path) => Outcome::Absent(path.to_owned()),
            Err(Problem::Absent) => Outcome::NotOpened(format!(
                "There is no directory {}.",
                path.parent().unwrap_or(path).display()
            )),
            Err(Problem::Words(words)) => Outcome::NotOpened(words),
        };
        (outcome, begun.elsewhere)
    }

    /// Puts a file at the head of the recent ones.
    pub(super) fn remember(&self, path: &Path) {
        let Some(list) = self.file("recent") else {
            return;
        };
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut lines = vec![format!("{}\t{}", now_ms(), whole.display())];
        let before = fs::read_to_string(&list).unwrap_or_default();
        let others = before.lines().filter(|line| {
            line.split_once('\t')
                .is_some_and(|(_, known)| Path::new(known) != whole)
        });
        lines.extend(others.take(RECENT_MAX - 1).map(str::to_owned));
        // A list that cannot be kept is not worth a word.
        let _ = fs::create_dir_all(list.parent().unwrap_or(Path::new("")));
        let _ = fs::write(&list, lines.join("\n") + "\n");
    }

    /// The recent files that still exist, and designs that were never saved.
    pub(super) fn recent(&self) -> Vec<(PathBuf, String)> {
        let left = self.journal.untitled().into_iter();
        let mut all: Vec<(PathBuf, String)> =
            left.map(|path| (path, "never saved".to_owned())).collect();
        let list = self
            .file("recent")
            .and_then(|list| fs::read_to_string(list).ok());
        for line in list.unwrap_or_default().lines() {
            if let Some((time, path)) = line.split_once('\t')
                && let Ok(time) = time.parse()
                && Path::new(path).is_file()
            {
                all.push((PathBuf::from(path), ago(time)));
            }
        }
        all
    }

    /// A file of this process for an editor.
    pub(super) fn scratch(&self) -> PathBuf {
        let name = format!("buttress-edit-{}.ron", std::process::id());
        let directory = self
            .directory
            .clone()
            .filter(|directory| fs::create_dir_all(directory).is_ok());
        directory.unwrap_or_else(std::env::temp_dir).join(name)
    }
}

fn parent_exists(path: &Path) -> bool {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.is_dir(),
        _ => true,
    }
}

/// Why a file cannot be read.
enum Problem {
    /// There is none.
    Absent,
    /// A sentence.
    Words(String),
}

fn read(path: &Path) -> Result<String, Problem> {
    let name = path.display();
    let words = |error: &io::Error| match error.kind() {
        ErrorKind::NotFound => Problem::Absent,
        ErrorKind::PermissionDenied => {
            Problem::Words(format!("{name} cannot be read: no permission."))
        }
        _ => Problem::Words(format!("{name} cannot be read: {error}.")),
    };
    let size = fs::metadata(path).map_err(|error| words(&error))?;
    if size.is_dir() {
        return Err(Problem::Words(format!(
            "{name} is a directory, not a design."
        )));
    }
    if size.len() > BYTES_MAX as u64 {
        let words = format!(
            "{name} has {} MiB; a design can have {} MiB.",
            size.len() >> 20,
            BYTES_MAX >> 20
        );
        return Err(Problem::Words(words));
    }
    let bytes = fs::read(path).map_err(|error| words(&error))?;
    match check_bytes(&bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(message) => Err(Problem::Words(format!("{name}: {message}."))),
    }
}

/// The text of a file as it is now; `None` if there is none.
pub(super) fn look(path: &Path) -> Option<String> {
    read(path).ok()
}

/// What can be told of a file without reading it: length and time of change.
pub(super) fn stamp(path: &Path) -> Option<(u64, std::time::SystemTime)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

/// Writes a design.
pub(super) fn save(path: &Path, text: &str, is_new: bool) -> Outcome {
    let name = path.display();
    let written = if is_new {
        atomic::create(path, text.as_bytes())
    } else {
        match atomic::replace(path, text.as_bytes()) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                atomic::create(path, text.as_bytes())
            }
            other => other,
        }
    };
    let why = match written {
        Ok(()) => {
            return Outcome::Saved {
                path: path.to_owned(),
                text: text.to_owned(),
            };
        }
        Err(error) => match error.kind() {
            ErrorKind::AlreadyExists => {
                format!("{name} exists already, and was left as it is. Choose another name.")
            }
            ErrorKind::PermissionDenied => {
                format!("{name} is write protected. ctrl-w saves to another file.")
            }
            ErrorKind::NotFound => format!(
                "The directory {} is not there. ctrl-w saves to another place.",
                path.parent().unwrap_or(Path::new(".")).display()
            ),
            ErrorKind::StorageFull => "The disk is full. Nothing was changed.".to_owned(),
            _ => format!("{name} could not be written: {error}. Nothing was changed."),
        },
    };
    Outcome::NotSaved(why)
}

/// Paths that begin like a text: directories, and designs.
pub(super) fn completions(begun: &str) -> Vec<String> {
    let (directory, start) = match begun.rfind('/') {
        Some(end) => begun.split_at(end + 1),
        None => ("", begun),
    };
    let folder = if directory.is_empty() { "." } else { directory };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<String> = entries
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_dir = entry.path().is_dir();
            let fits = name.starts_with(start)
                && (is_dir
                    || Path::new(&name)
                        .extension()
                        .is_some_and(|ending| ending == "ron"))
                && (!name.starts_with('.') || start.starts_with('.'));
            let slash = if is_dir { "/" } else { "" };
            fits.then(|| format!("{directory}{name}{slash}"))
        })
        .take(COMPLETIONS_MAX)
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(directory: &Path) -> State {
        State::at(Some(directory.join("state")))
    }

    #[test]
    fn what_is_kept_is_offered_on_the_next_opening() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.ron");
        let mut state = state(directory.path());
        assert_eq!(state.open(&path).0, Outcome::Absent(path.clone()));
        fs::write(&path, "(old)").unwrap();
        state.journal.keep(Some(&path), "(new)").unwrap();
        let opened = |journal: Option<&str>| Outcome::Opened {
            path: path.clone(),
            text: "(old)".to_owned(),
            journal: journal.map(str::to_owned),
        };
        assert_eq!(state.open(&path), (opened(Some("(new)")), false));
        state.journal.forget(Some(&path));
        assert_eq!(state.open(&path), (opened(None), false));
    }

    #[test]
    fn failures_are_sentences() {
        let directory = tempfile::tempdir().unwrap();
        let mut state = state(directory.path());
        let words = |outcome: Outcome| match outcome {
            Outcome::NotOpened(words) | Outcome::NotSaved(words) => words,
            other => panic!("{other:?}"),
        };
        assert!(words(state.open(directory.path()).0).contains("is a directory"));
        let nowhere = directory.path().join("nowhere/a.ron");
        assert!(words(state.open(&nowhere).0).starts_with("There is no directory"));
        assert!(words(save(&nowhere, "", false)).starts_with("The directory"));
        let path = directory.path().join("a.ron");
        fs::write(&path, "old").unwrap();
        assert!(words(save(&path, "new", true)).contains("exists already"));
        assert!(matches!(save(&path, "new", false), Outcome::Saved { .. }));
        fs::write(&path, [0xff, 0xfe, 0xfd]).unwrap();
        assert!(matches!(state.open(&path).0, Outcome::NotOpened(_)));
    }

    #[test]
    fn recent_files_are_listed_newest_first_while_they_exist() {
        let directory = tempfile::tempdir().unwrap();
        let state = state(directory.path());
        for name in ["a.ron", "b.ron", "a.ron"] {
            let path = directory.path().join(name);
            fs::write(&path, "()").unwrap();
            state.remember(&path);
        }
        state.remember(&directory.path().join("gone.ron"));
        let names: Vec<String> = state
            .recent()
            .iter()
            .map(|(path, _)| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["a.ron", "b.ron"]);
    }

    #[test]
    fn paths_are_completed() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("shop.ron"), "()").unwrap();
        fs::write(directory.path().join("shop.txt"), "()").unwrap();
        fs::create_dir(directory.path().join("shops")).unwrap();
        let begun = format!("{}/sh", directory.path().display());
        let found = completions(&begun);
        assert_eq!(found, [format!("{begun}op.ron"), format!("{begun}ops/")]);
    }
}
