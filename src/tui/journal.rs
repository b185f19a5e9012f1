//! The journal: what is not saved, kept so that neither a crash nor a closed window loses it. Each
//! program has files of its own and a lock that lives as long as it does; so what a living program
//! keeps is never taken for what a dead one left, even where both have the same design open.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The beginning of the name of a program's lock, in which stands the design that it has open.
const RUNNING: &str = "running-";
/// The beginning of the names of journals of designs with a file.
const JOURNAL: &str = "journal-";
/// The beginning of the names of journals of designs without one.
const UNTITLED: &str = "untitled-";
/// The end of the names of journals.
const ENDING: &str = ".ron";

/// What there is about a design when it is opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Begun {
    /// What a program that has ended kept of it.
    pub(super) kept: Option<String>,
    /// Another program that runs has it open, too.
    pub(super) elsewhere: bool,
}

/// The journal of this program.
#[derive(Debug)]
pub(super) struct Journal {
    directory: Option<PathBuf>,
    process: u32,
    running: Option<File>,
}

impl Journal {
    /// The journal of a process, in a directory that is made if it is not there.
    pub(super) fn new(directory: Option<PathBuf>, process: u32) -> Journal {
        let mut journal = Journal {
            directory,
            process,
            running: None,
        };
        // Without a lock, what this program keeps may be offered to another one: better than nothing.
        journal.running = journal.lock(process, true).ok().flatten();
        journal
    }

    fn file(&self, name: &str) -> Option<PathBuf> {
        Some(self.directory.as_ref()?.join(name))
    }

    /// Takes the lock of a process; `None` if it is held.
    fn lock(&self, process: u32, create: bool) -> io::Result<Option<File>> {
        let Some(path) = self.file(&format!("{RUNNING}{process}")) else {
            return Ok(None);
        };
        if let Some(directory) = path.parent().filter(|_| create) {
            fs::create_dir_all(directory)?;
        }
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create(create)
            .truncate(false)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Whether another process runs; what one that does not left behind of its lock is removed.
    fn is_alive(&self, process: u32) -> bool {
        match self.lock(process, false) {
            Ok(None) => true,
            Ok(Some(_)) => {
                if let Some(path) = self.file(&format!("{RUNNING}{process}")) {
                    let _ = fs::remove_file(path);
                }
                false
            }
            Err(_) => false,
        }
    }

    /// The names in the directory that have a beginning and an end, without both.
    fn names(&self, start: &str, end: &str) -> Vec<String> {
        let entries = self.directory.as_ref().and_then(|at| fs::read_dir(at).ok());
        let mut names: Vec<String> = entries
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let inner = name.strip_prefix(start)?.strip_suffix(end)?;
                Some(inner.to_owned())
            })
            .collect();
        names.sort();
        names
    }

    /// The journal of a file, or of the design of this process that has none.
    fn path(&self, of: Option<&Path>) -> Option<PathBuf> {
        let stem = match of {
            Some(path) => format!("{JOURNAL}{:016x}-", identity(path)),
            None => UNTITLED.to_owned(),
        };
        self.file(&format!("{stem}{}{ENDING}", self.process))
    }

    /// A design is opened: says what is known about it. What was kept of it becomes this program's.
    pub(super) fn begin(&mut self, path: &Path) -> Begun {
        let wanted = format!("{:016x}", identity(path));
        let others: Vec<u32> = self
            .names(RUNNING, "")
            .iter()
            .filter_map(|process| process.parse().ok())
            .filter(|process| *process != self.process)
            .collect();
        let has_it = |process: &u32| {
            let open = self.file(&format!("{RUNNING}{process}"));
            let open = open.and_then(|path| fs::read_to_string(path).ok());
            open.is_some_and(|open| open == wanted) && self.is_alive(*process)
        };
        let elsewhere = others.iter().any(has_it);
        let kept = self.adopt(&wanted, path);
        if let Some(running) = &mut self.running {
            // Only a message of another program depends on it.
            let _ = running
                .set_len(0)
                .and_then(|()| io::Seek::rewind(running))
                .and_then(|()| running.write_all(wanted.as_bytes()));
        }
        Begun { kept, elsewhere }
    }

    /// Takes over the newest journal of a design that no living program keeps.
    fn adopt(&self, identity: &str, path: &Path) -> Option<String> {
        let own = self.path(Some(path))?;
        let start = format!("{JOURNAL}{identity}-");
        let left = self.names(&start, ENDING).into_iter().filter(|process| {
            let process = process.parse();
            process.is_ok_and(|process| process == self.process || !self.is_alive(process))
        });
        let left = left.filter_map(|process| self.file(&format!("{start}{process}{ENDING}")));
        let newest =
            left.max_by_key(|path| fs::metadata(path).and_then(|of| of.modified()).ok())?;
        let text = fs::read_to_string(&newest).ok()?;
        if newest != own {
            let _ = fs::rename(&newest, &own);
        }
        Some(text)
    }

    /// Keeps a text that is not saved.
    pub(super) fn keep(&self, path: Option<&Path>, text: &str) -> io::Result<()> {
        let Some(journal) = self.path(path) else {
            return Ok(());
        };
        if let Some(directory) = journal.parent() {
            fs::create_dir_all(directory)?;
        }
        // Written beside and renamed, so that a crash while writing leaves the one before.
        let new = journal.with_extension("new");
        fs::write(&new, text)?;
        fs::rename(&new, &journal)
    }

    /// Gives what was kept up.
    pub(super) fn forget(&self, path: Option<&Path>) {
        if let Some(journal) = self.path(path) {
            // There is none more often than not.
            let _ = fs::remove_file(journal);
        }
    }

    /// Designs without a file that programs which have ended left.
    pub(super) fn untitled(&self) -> Vec<PathBuf> {
        let names = self.names(UNTITLED, ENDING).into_iter();
        let left = names.filter(|process| {
            let process = process.parse();
            process.is_ok_and(|process| process != self.process && !self.is_alive(process))
        });
        left.filter_map(|process| self.file(&format!("{UNTITLED}{process}{ENDING}")))
            .collect()
    }

    /// Whether a path is that of such a design.
    pub(super) fn is_untitled(&self, path: &Path) -> bool {
        self.untitled().iter().any(|left| left == path)
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if self.running.take().is_some()
            && let Some(path) = self.file(&format!("{RUNNING}{}", self.process))
        {
            let _ = fs::remove_file(path);
        }
    }
}

/// A number for a file that does not depend on how its directory was named.
fn identity(path: &Path) -> u64 {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = whole.parent().and_then(|folder| folder.canonicalize().ok());
    let whole = match (folder, whole.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => whole,
    };
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in whole.as_os_str().as_encoded_bytes() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(directory: &Path, process: u32) -> Journal {
        Journal::new(Some(directory.join("state")), process)
    }

    #[test]
    fn what_a_dead_program_kept_is_taken_over_and_what_a_living_one_keeps_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.ron");
        let mut first = journal(directory.path(), 1);
        assert_eq!(first.begin(&path), Begun::default());
        first.keep(Some(&path), "(first)").unwrap();
        let mut second = journal(directory.path(), 2);
        let begun = second.begin(&path);
        assert_eq!((begun.kept, begun.elsewhere), (None, true));
        second.keep(Some(&path), "(second)").unwrap();
        drop(first);
        let mut third = journal(directory.path(), 3);
        let begun = third.begin(&path);
        assert_eq!(begun.kept.as_deref(), Some("(first)"));
        assert!(begun.elsewhere, "the second still runs");
        third.forget(Some(&path));
        drop((second, third));
        let begun = journal(directory.path(), 4).begin(&path);
        assert_eq!(begun.kept.as_deref(), Some("(second)"));
        assert!(!begun.elsewhere);
        let begun = journal(directory.path(), 4).begin(&path);
        assert_eq!(
            begun.kept.as_deref(),
            Some("(second)"),
            "a program may get a number that was used before"
        );
    }

    #[test]
    fn a_design_without_a_file_is_offered_once_its_program_has_ended() {
        let directory = tempfile::tempdir().unwrap();
        let first = journal(directory.path(), 1);
        first.keep(None, "()").unwrap();
        let second = journal(directory.path(), 2);
        assert_eq!(second.untitled(), Vec::<PathBuf>::new());
        drop(first);
        let left = directory.path().join("state/untitled-1.ron");
        assert_eq!(second.untitled(), [left.as_path()]);
        assert!(second.is_untitled(&left));
    }

    #[test]
    fn another_name_of_the_directory_is_the_same_file() {
        let directory = tempfile::tempdir().unwrap();
        let inner = directory.path().join("inner");
        fs::create_dir(&inner).unwrap();
        let plain = identity(&inner.join("a.ron"));
        assert_eq!(identity(&inner.join("../inner/a.ron")), plain);
        assert_ne!(identity(&inner.join("b.ron")), plain);
    }

    #[test]
    fn without_a_directory_nothing_is_kept() {
        let mut journal = Journal::new(None, 1);
        assert!(journal.keep(None, "()").is_ok());
        assert_eq!(journal.begin(Path::new("a.ron")), Begun::default());
    }
}
