//! Scenes of shipped and of random designs.

use super::*;
use crate::design::{LoadOptions, load};
use crate::layout::{Charset, picture};

/// The shipped scenarios, by name.
pub(crate) fn scenarios() -> Vec<(String, Design)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the scenarios are there")
        .map(|entry| entry.expect("an entry can be read").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ron"))
        .collect();
    paths.sort();
    let load = |path: std::path::PathBuf| {
        let loaded = load(&path, &LoadOptions::default()).expect("a shipped scenario loads");
        let name = path.file_stem().expect("it has a name");
        (name.to_string_lossy().into_owned(), loaded.design)
    };
    paths.into_iter().map(load).collect()
}

/// Writes pictures of all scenarios to the folder that `BUTTRESS_PICTURES` names, to be looked at.
#[test]
#[ignore = "writes files to be looked at"]
fn pictures_of_all_scenarios() {
    let Ok(folder) = std::env::var("BUTTRESS_PICTURES") else {
        return;
    };
    for columns in [80, 160] {
        let mut all = String::new();
        for (name, design) in scenarios() {
            let drawn = picture::text(&design, columns, Charset::Unicode);
            all.push_str(&format!("== {name}\n{drawn}\n"));
        }
        let path = std::path::Path::new(&folder).join(format!("all-{columns}.txt"));
        std::fs::write(path, all).expect("the folder can be written to");
    }
}
