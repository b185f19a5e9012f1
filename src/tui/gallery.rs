//! What the gallery shows: recent files, lessons, ways to start. Lessons and templates are part of
//! the program.

use super::document::Document;
use crate::design::fmt::print_document;
use crate::design::syntax::{Data, Value, parse};
use crate::design::tree::merge;
use std::borrow::Cow;
use std::path::PathBuf;

/// Most lessons that can extend one another in a row.
const EXTENDS_MAX: usize = 4;

/// A design that is part of the program.
#[derive(Debug)]
pub struct Shipped {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

impl Shipped {
    /// Its text, with the lesson that it extends laid under it, so that it needs no other file.
    pub fn whole(&self) -> Cow<'static, str> {
        let comment = format!("// {}\n", first_comment(self.text));
        let layers = layers(self.text);
        if layers.len() < 2 {
            return Cow::Borrowed(self.text);
        }
        let Some(mut merged) = layers.into_iter().rev().reduce(merge) else {
            return Cow::Borrowed(self.text);
        };
        if let Data::Struct(_, fields) = &mut merged.data {
            fields.retain(|(word, _)| word.text != "extends");
        }
        let text = print_document(&merged);
        // The line about the syntax stands before everything else.
        let after = text.find('\n').map_or(0, |at| at + 1);
        Cow::Owned(format!("{}{comment}{}", &text[..after], &text[after..]))
    }
}

/// A text and the lessons below it, as trees, the uppermost first.
fn layers(text: &str) -> Vec<Value> {
    let mut layers: Vec<Value> = parse(text, 0).value.into_iter().collect();
    while let Some(Data::Struct(_, fields)) = layers.last().map(|layer| &layer.bare().data)
        && let Some((_, base)) = fields.iter().find(|(word, _)| word.text == "extends")
        && let Data::Text(file) = &base.bare().data
        && let Some(found) = LESSONS
            .iter()
            .find(|lesson| file.strip_suffix(".ron") == Some(lesson.name))
        && layers.len() < EXTENDS_MAX
    {
        layers.extend(parse(found.text, 0).value);
    }
    layers
}

/// What the comment at the beginning of a text says, up to its first empty line.
pub fn first_comment(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("//"));
    let lines: Vec<&str> = lines
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    lines.join(" ")
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
    "retry-budget",
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
    /// One of them, by its position in [`TEMPLATES`].
    Start(usize),
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
            Entry::Start(index) => TEMPLATES
                .get(*index)
                .map_or(String::new(), |template| template.name.replace('-', " ")),
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
            Entry::Start(_) => "templates",
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
    /// What formulas say about it, as a sentence.
    pub estimate: String,
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
        let templates = (0..TEMPLATES.len()).map(Entry::Start);
        let lessons = (0..LESSONS.len()).map(Entry::Lesson);
        self.entries = recent
            .chain(start)
            .chain(lessons)
            .chain(templates)
            .collect();
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
                .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
                .collect();
            files.sort();
            let mut names: Vec<&str> = list.iter().map(|shipped| shipped.name).collect();
            names.sort_unstable();
            assert_eq!(names, files);
            for shipped in list {
                let loaded = load_str(
                    &shipped.whole(),
                    shipped.name,
                    Path::new(""),
                    &LoadOptions::default(),
                );
                assert!(loaded.is_ok(), "{}", shipped.name);
                assert!(!first_comment(shipped.text).is_empty(), "{}", shipped.name);
            }
        }
    }

    #[test]
    fn a_lesson_that_extends_another_means_what_its_file_means() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let whole: Vec<&Shipped> = LESSONS
            .iter()
            .filter(|lesson| matches!(lesson.whole(), Cow::Owned(_)))
            .collect();
        assert!(!whole.is_empty());
        for lesson in whole {
            let options = LoadOptions::default();
            let inside = load_str(&lesson.whole(), "", Path::new(""), &options).unwrap();
            let file = load_str(lesson.text, "", &folder, &options).unwrap();
            assert_eq!(inside.hash, file.hash, "{}", lesson.name);
        }
    }
}
