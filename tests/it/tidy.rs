//! What every source file must obey: rooms use each other only along the agreed arrows, files say
//! what they are for and stay short enough to read.

use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms a room may use besides itself. Everything that may use `design` may use `units`.
const ARROWS: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("stats", &[]),
    ("design", &["units"]),
    ("sim", &["stats", "design", "units"]),
    ("insight", &["sim", "stats", "design", "units"]),
    ("study", &["sim", "stats", "insight", "design", "units"]),
    ("layout", &["design", "units"]),
    ("store", &["sim", "design", "units"]),
    (
        "tui",
        &[
            "study", "store", "insight", "sim", "stats", "layout", "design", "units",
        ],
    ),
    (
        "report",
        &[
            "study", "store", "insight", "sim", "layout", "design", "units",
        ],
    ),
    (
        "cli",
        &[
            "tui", "study", "report", "store", "insight", "sim", "design", "units",
        ],
    ),
];

/// Lines of a file, its tests left out.
const LINES_MAX: usize = 800;

fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources can be read") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a source can be read")
}

/// The room of a file: the folder below `src`.
fn room(path: &Path) -> Option<String> {
    let mut parts = path.components().skip(1);
    let first = parts.next()?.as_os_str().to_str()?.to_owned();
    parts.next().map(|_| first)
}

/// The source without its tests, which may use any room.
fn without_tests(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod tests {")
        .map_or(text, |at| &text[..at])
}

#[test]
fn rooms_use_each_other_only_along_the_arrows() {
    let mut wrong = Vec::new();
    for path in sources() {
        let Some(room) = room(&path) else { continue };
        let is_test = path.components().any(|part| {
            part.as_os_str()
                .to_str()
                .is_some_and(|name| name.starts_with("test"))
        });
        if is_test {
            continue;
        }
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!(
                "{}: there is no room \"{room}\" in the list of arrows",
                path.display()
            ));
            continue;
        };
        let text = read(&path);
        for (number, line) in without_tests(&text).lines().enumerate() {
            for (at, _) in line.match_indices("crate::") {
                let used: String = line[at + 7..]
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                let is_room = ARROWS.iter().any(|(name, _)| *name == used);
                if is_room && used != room && !allowed.contains(&used.as_str()) {
                    wrong.push(format!(
                        "{}:{}: {room} may not use {used}; move what both need below them, or pass it in",
                        path.display(),
                        number + 1
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<String> = sources()
        .iter()
        .filter(|path| !read(path).starts_with("//!"))
        .map(|path| path.display().to_string())
        .collect();
    assert!(
        silent.is_empty(),
        "these files do not begin with a //! line: {silent:?}"
    );
}

#[test]
fn files_can_be_read_in_a_sitting() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|path| !path.to_string_lossy().contains("test"))
        .filter_map(|path| {
            let text = read(path);
            let lines = without_tests(&text).lines().count();
            (lines > LINES_MAX).then(|| format!("{}: {lines} lines", path.display()))
        })
        .collect();
    assert!(
        long.is_empty(),
        "more than {LINES_MAX} lines; find the second idea that wants a file of its own: {long:?}"
    );
}

#[test]
fn nothing_is_left_behind() {
    let marks = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["unimplemented", "!"].concat(),
    ];
    let mut left = Vec::new();
    for path in sources() {
        for (number, line) in read(&path).lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                left.push(format!(
                    "{}:{}: {}",
                    path.display(),
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    assert!(left.is_empty(), "\n{}", left.join("\n"));
}
