//! What the gallery shows: recent files, lessons, ways to start. Lessons and templates are part of
//! the program.

use super::document::Document;
use std::path::PathBuf;

/// A design that is part of the program.
#[derive(Debug)]
pub struct Shipped {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! shipped {
    ($list:ident $doc:literal $folder:literal: $($name:literal),* $(,)?) => {
        #[doc = $doc]
        pub const $list: &[Shipped] = &[$(Shipped {
            name: $name,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $folder, "/", $name, ".ron")),
        }),*];
    };
}

shipped![LESSONS "The scenarios with a lesson, those first that most people meet first." "scenarios":
    "overload",
    "retry-storm",
    "cache-stampede",
    "cold-cache",
    "thread-exhaustion",
    "pool-sizing",
    "two-choices",
    "heavy-tails",
    "fan-out",
    "hedged-requests",
    "circuit-breaker",
    "deadline-propagation",
    "grey-failure",
    "gc-pause",
    "zone-outage",
    "multi-region",
    "packet-loss",
    "queue-backlog",
    "dead-letters",
    "poison-message",
    "n-plus-one",
    "hot-row",
    "group-commit",
    "noisy-neighbour",
    "login-under-attack",
    "open-and-closed",
    "shop",
];

shipped![TEMPLATES "Designs to start from, the simplest first." "assets/templates":
    "minimal",
    "three-tier",
    "queue-worker",
    "api-gateway",
    "resilient-calls",
];

/// One entry of the gallery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A file that was open before, and when.
    Recent(PathBuf, String),
    /// A lesson, by its position in [`LESSONS`].
    Lesson(usize),
    /// A blank canvas.
    Blank,
    /// The list of templates.
    Template,
    /// A file, by its path.
    File,
}

impl Entry {
    /// What it is called in the list.
    pub fn label(&self) -> String {
        match self {
            Entry::Recent(path, _) => path.file_name().map_or_else(
                || path.display().to_string(),
                |name| name.to_string_lossy().into_owned(),
            ),
            Entry::Lesson(index) => LESSONS
                .get(*index)
                .map_or(String::new(), |lesson| lesson.name.replace('-', " ")),
            Entry::Blank => "blank canvas".to_owned(),
            Entry::Template => "from a template".to_owned(),
            Entry::File => "open a file".to_owned(),
        }
    }

    /// The heading that it stands under.
    pub fn heading(&self) -> &'static str {
        match self {
            Entry::Recent(..) => "recent",
            Entry::Lesson(_) => "lessons",
            Entry::Blank | Entry::Template | Entry::File => "start",
        }
    }

    /// The key that it has of its own.
    pub fn key(&self) -> &'static str {
        match self {
            Entry::Blank => "n",
            Entry::Template => "t",
            Entry::File => "o",
            _ => "",
        }
    }
}

/// The gallery.
#[derive(Debug, Default)]
pub struct Gallery {
    /// All entries.
    pub entries: Vec<Entry>,
    /// The chosen one.
    pub chosen: usize,
    /// The design of the chosen entry, if it has one that could be read.
    pub preview: Option<Document>,
    /// The recent files, the newest first, each with when.
    pub recent: Vec<(PathBuf, String)>,
    /// Whether a design is open to go back to.
    pub has_design: bool,
}

impl Gallery {
    /// Makes the entries: with recent files these come first, else the ways to start.
    pub fn rebuild(&mut self) {
        let start = [Entry::Blank, Entry::Template, Entry::File];
        let recent = self.recent.iter().take(5);
        let recent = recent.map(|(path, when)| Entry::Recent(path.clone(), when.clone()));
        let lessons = (0..LESSONS.len()).map(Entry::Lesson);
        self.entries = recent.chain(start).chain(lessons).collect();
        self.chosen = self.chosen.min(self.entries.len() - 1);
    }

    /// The chosen entry.
    pub fn current(&self) -> Option<&Entry> {
        self.entries.get(self.chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{LoadOptions, load_str};
    use std::path::Path;

    #[test]
    fn every_lesson_and_template_is_in_the_program_and_can_be_read() {
        for (list, folder) in [(LESSONS, "scenarios"), (TEMPLATES, "assets/templates")] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            let mut files: Vec<String> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|ending| ending == "ron"))
                // One that extends another cannot be opened without that file.
                .filter(|path| !std::fs::read_to_string(path).unwrap().contains("extends:"))
                .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
                .collect();
            files.sort();
            let mut names: Vec<&str> = list.iter().map(|shipped| shipped.name).collect();
            names.sort_unstable();
            assert_eq!(names, files);
            for shipped in list {
                let loaded = load_str(
                    shipped.text,
                    shipped.name,
                    Path::new(""),
                    &LoadOptions::default(),
                );
                assert!(loaded.is_ok(), "{}", shipped.name);
            }
        }
    }
}
