//! The results file from outside: what is saved can be found, read and queried; what is wrong with
//! a file is said, and the file stays as it is.

use super::samples::{checkout, single};
use super::*;
use crate::sim::result::RunResult;
use rusqlite::Connection;
use std::collections::BTreeSet;
use tempfile::TempDir;

const HISTOGRAM: &[u8] = &[1, 2, 3, 0, 255];

fn save(store: &mut Store, result: &RunResult) -> Result<String, StoreError> {
    let json = serde_json::to_string(result).unwrap();
    store.save(&NewRun {
        result,
        json: &json,
        text: "(format: 1)\n",
        base_dir: Path::new("shop"),
        settings: &Settings {
            seed: Some(u64::MAX),
            precision: Some("2%".to_owned()),
            ..Settings::default()
        },
        histograms: &[(
            "shoppers -> edge/POST /orders".to_owned(),
            HISTOGRAM.to_vec(),
        )],
    })
}

fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = Store::default_path(Some(&directory.path().join("checkout.ron")));
    (directory, path)
}

#[test]
fn a_saved_run_is_read_back_whole() {
    let (_directory, path) = place();
    let result = checkout();
    let id = save(&mut Store::create(&path).unwrap(), &result).unwrap();
    assert_eq!(id.len(), 12);
    let run = Store::open(&path).unwrap().load("last").unwrap();
    assert_eq!(run.summary.id, id);
    assert_eq!(run.result, result);
    assert_eq!(run.json, serde_json::to_string(&result).unwrap());
    assert_eq!(run.text, "(format: 1)\n");
    assert_eq!(run.base_dir, std::path::absolute("shop").unwrap());
    assert_eq!(run.settings.seed, Some(u64::MAX));
    assert_eq!(run.settings.precision.as_deref(), Some("2%"));
    assert_eq!(
        run.histograms,
        [(
            "shoppers -> edge/POST /orders".to_owned(),
            HISTOGRAM.to_vec()
        )]
    );
}

#[test]
fn the_history_is_newest_first_and_says_what_matters() {
    let (_directory, path) = place();
    let mut store = Store::create(&path).unwrap();
    let first = save(&mut store, &checkout()).unwrap();
    let second = save(&mut store, &single()).unwrap();
    let (runs, total) = store.history(None, 10).unwrap();
    assert_eq!(
        runs.iter().map(|run| &run.id).collect::<Vec<_>>(),
        [&second, &first]
    );
    assert_eq!(total, 2);
    assert_eq!(runs[1].objectives, 3);
    assert_eq!(runs[1].objectives_met, 1);
    assert!((runs[1].goodput_per_s.unwrap() - 663.78).abs() < 1e-9);
    assert!(
        (runs[1].p99_s.unwrap() - 0.0184).abs() < 1e-9,
        "of the busiest endpoint"
    );
    assert_eq!(runs[0].version, env!("CARGO_PKG_VERSION"));
    let (runs, total) = store.history(Some(Path::new("checkout")), 10).unwrap();
    assert_eq!((runs.len(), total), (1, 1));
    for same in ["shop/checkout.ron", "./shop/checkout.ron"] {
        assert_eq!(
            store.history(Some(Path::new(same)), 10).unwrap().1,
            1,
            "{same}"
        );
    }
    assert_eq!(
        store
            .history(Some(Path::new("other/checkout.ron")), 10)
            .unwrap()
            .1,
        0
    );
    assert_eq!(store.history(None, 1).unwrap().0.len(), 1);
}

#[test]
fn attacks_are_not_the_busiest_endpoint() {
    let (_directory, path) = place();
    let mut store = Store::create(&path).unwrap();
    let mut result = checkout();
    result.endpoints[0].attack = true;
    save(&mut store, &result).unwrap();
    let run = store.history(None, 1).unwrap().0.remove(0);
    assert!((run.goodput_per_s.unwrap() - 114.0).abs() < 1e-9);
    assert!((run.p99_s.unwrap() - 0.271).abs() < 1e-9);
}

#[test]
fn runs_are_found_by_the_beginning_of_their_id() {
    let (_directory, path) = place();
    let mut store = Store::create(&path).unwrap();
    let missing = store.find("last").unwrap_err();
    assert!(matches!(missing, StoreError::NoSuchRun { .. }));
    let ids: BTreeSet<String> = (0..40)
        .map(|_| save(&mut store, &single()).unwrap())
        .collect();
    assert_eq!(ids.len(), 40, "each run has an id of its own");
    for id in &ids {
        assert_eq!(&store.find(id).unwrap(), id);
        assert_eq!(&store.find(&id.to_uppercase()).unwrap(), id);
        match store.find(&id[..2]) {
            Ok(found) => assert_eq!(&found, id),
            Err(StoreError::Ambiguous { ids, .. }) => assert!(ids.contains(id)),
            Err(other) => panic!("{other}"),
        }
    }
    assert!(matches!(store.find("%"), Err(StoreError::NoSuchRun { .. })));
    assert!(matches!(store.find(""), Err(StoreError::NoSuchRun { .. })));
}

#[test]
fn figures_histograms_and_series_can_be_queried() {
    let (_directory, path) = place();
    save(&mut Store::create(&path).unwrap(), &checkout()).unwrap();
    let database = Connection::open(&path).unwrap();
    let (value, low, high): (f64, f64, f64) = database
        .query_row(
            "SELECT value, low, high FROM figures
             WHERE id = 'shoppers -> edge/POST /orders' AND figure = 'latency_s.p99'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .unwrap();
    assert!(
        (value - 0.271).abs() < 1e-12
            && (low - 0.249).abs() < 1e-12
            && (high - 0.297).abs() < 1e-12
    );
    let highest: f64 = database
        .query_row(
            "SELECT max(point.value) FROM series, json_each(points) AS point
             WHERE scope = 'node' AND series.id = 'api' AND figure = 'queue'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert!((highest - 310.0).abs() < 1e-12);
    let mode: String = database
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn every_number_of_the_object_is_a_figure() {
    fn numbers(value: &serde_json::Value, found: &mut Vec<f64>) {
        match value {
            serde_json::Value::Number(number) => found.push(number.as_f64().unwrap()),
            serde_json::Value::Array(list) => list.iter().for_each(|item| numbers(item, found)),
            serde_json::Value::Object(fields) => {
                // The course over time and the traces have tables and screens of their own.
                let apart = ["series", "exemplars", "seed"];
                let fields = fields
                    .iter()
                    .filter(|(name, _)| !apart.contains(&name.as_str()));
                fields.for_each(|(_, field)| numbers(field, found));
            }
            _ => {}
        }
    }
    let result = checkout();
    let mut wanted = Vec::new();
    numbers(&serde_json::to_value(&result).unwrap(), &mut wanted);
    let listed: Vec<f64> = figures(&result)
        .into_iter()
        .flat_map(|figure| {
            [
                Some(figure.value),
                figure.interval.map(|i| i[0]),
                figure.interval.map(|i| i[1]),
            ]
        })
        .flatten()
        .collect();
    for number in wanted {
        assert!(
            listed
                .iter()
                .any(|value| value.to_bits() == number.to_bits()),
            "{number} is missing"
        );
    }
}

#[test]
fn results_keep_themselves_out_of_version_control() {
    let (directory, path) = place();
    Store::create(&path).unwrap();
    let ignored = std::fs::read_to_string(directory.path().join(".buttress/.gitignore")).unwrap();
    assert_eq!(ignored, "*\n");
}

#[test]
fn other_directories_are_not_made() {
    let (directory, _) = place();
    let path = directory.path().join("absent/results.db");
    assert!(matches!(
        Store::create(&path),
        Err(StoreError::Unopenable { .. })
    ));
    assert!(!directory.path().join("absent").exists());
}

#[test]
fn a_file_that_is_no_database_is_refused_and_kept() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes.txt");
    let text = "These are my notes, and they are longer than a header of a database would be.\n"
        .repeat(20);
    std::fs::write(&path, &text).unwrap();
    for refused in [Store::create(&path), Store::open(&path)] {
        assert_eq!(
            refused.unwrap_err(),
            StoreError::NotADatabase { path: path.clone() }
        );
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_directory_or_a_missing_file_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_owned();
    for refused in [Store::create(&path), Store::open(&path)] {
        assert_eq!(
            refused.unwrap_err(),
            StoreError::Directory { path: path.clone() }
        );
    }
    let absent = path.join("absent.db");
    assert_eq!(
        Store::open(&absent).unwrap_err(),
        StoreError::Missing {
            path: absent.clone()
        }
    );
    assert!(!absent.exists());
}

#[test]
fn a_file_of_a_newer_version_is_refused_and_kept() {
    let (_directory, path) = place();
    save(&mut Store::create(&path).unwrap(), &single()).unwrap();
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 9)
        .unwrap();
    let bytes = std::fs::read(&path).unwrap();
    for refused in [Store::create(&path), Store::open(&path)] {
        assert!(matches!(refused, Err(StoreError::Newer { found: 9, .. })));
    }
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_locked_file_is_waited_for_and_then_reported() {
    let (_directory, path) = place();
    let mut patient = Store::create(&path).unwrap();
    save(&mut patient, &single()).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut impatient = Store::create_patiently(&path, Duration::from_millis(20)).unwrap();
    let refused = save(&mut impatient, &single()).unwrap_err();
    assert_eq!(refused, StoreError::Locked { path: path.clone() });
    assert_eq!(
        Store::open(&path).unwrap().history(None, 9).unwrap().1,
        1,
        "readers are not in the way"
    );
    let writer = std::thread::spawn(move || save(&mut patient, &single()).unwrap());
    other.execute_batch("COMMIT").unwrap();
    writer.join().unwrap();
    assert_eq!(Store::open(&path).unwrap().history(None, 9).unwrap().1, 2);
}

#[test]
fn a_full_disk_is_reported_and_loses_nothing() {
    let (_directory, path) = place();
    let mut store = Store::create(&path).unwrap();
    save(&mut store, &single()).unwrap();
    let pages: i64 = store
        .connection
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    store
        .connection
        .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
        .unwrap();
    let refused = save(&mut store, &checkout()).unwrap_err();
    assert_eq!(refused, StoreError::Full { path: path.clone() });
    assert_eq!(store.load("last").unwrap().result, single());
}

#[test]
fn a_truncated_file_is_reported_and_kept() {
    let (_directory, path) = place();
    {
        let mut store = Store::create(&path).unwrap();
        save(&mut store, &checkout()).unwrap();
    }
    let whole = std::fs::read(&path).unwrap();
    for length in [whole.len() / 2, 5000, 100] {
        let part = &whole[..length];
        std::fs::write(&path, part).unwrap();
        let outcome = Store::open(&path).and_then(|store| store.load("last").map(|_| ()));
        assert!(
            matches!(
                outcome,
                Err(StoreError::Damaged { .. } | StoreError::NotADatabase { .. })
            ),
            "{length} bytes: {outcome:?}"
        );
        let outcome = Store::create(&path).and_then(|mut store| save(&mut store, &checkout()));
        assert!(outcome.is_err(), "{length} bytes are not added to");
        assert_eq!(std::fs::read(&path).unwrap(), part);
    }
}

#[test]
fn a_result_that_cannot_be_read_is_damage() {
    let (_directory, path) = place();
    let mut store = Store::create(&path).unwrap();
    save(&mut store, &single()).unwrap();
    store
        .connection
        .execute("UPDATE runs SET result = '{}'", [])
        .unwrap();
    assert!(matches!(
        store.load("last"),
        Err(StoreError::Damaged { .. })
    ));
}

#[test]
fn a_read_only_file_is_read_and_not_written() {
    let (_directory, path) = place();
    save(&mut Store::create(&path).unwrap(), &single()).unwrap();
    let mut store = Store::open_read_only(&path).unwrap();
    assert_eq!(store.load("last").unwrap().result, single());
    let refused = save(&mut store, &single()).unwrap_err();
    assert_eq!(refused, StoreError::ReadOnly { path: path.clone() });
    // What the file system of a read-only directory leaves: the file alone.
    let uri = immutable_uri(&path);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let store = Store::connect(&path, Path::new(&uri), flags, BUSY_TIMEOUT).unwrap();
    assert_eq!(store.load("last").unwrap().result, single());
}

#[test]
fn two_writers_at_once_both_save() {
    let (_directory, path) = place();
    let writers: Vec<_> = (0..4)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || {
                for _ in 0..5 {
                    save(&mut Store::create(&path).unwrap(), &single()).unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    assert_eq!(Store::open(&path).unwrap().history(None, 99).unwrap().1, 20);
}

#[test]
fn every_message_says_what_and_where() {
    let path = PathBuf::from("shop/.buttress/results.db");
    let messages = [
        StoreError::Missing { path: path.clone() },
        StoreError::Directory { path: path.clone() },
        StoreError::NotADatabase { path: path.clone() },
        StoreError::Foreign { path: path.clone() },
        StoreError::ReadOnly { path: path.clone() },
        StoreError::Newer {
            path: path.clone(),
            found: 9,
            known: 1,
        },
        StoreError::Older { path: path.clone() },
        StoreError::Locked { path: path.clone() },
        StoreError::Full { path: path.clone() },
        StoreError::Damaged {
            path: path.clone(),
            detail: "page 3 is missing".to_owned(),
        },
        StoreError::Unopenable {
            path: path.clone(),
            reason: "there is no directory shop".to_owned(),
        },
        StoreError::NoSuchRun {
            path: path.clone(),
            id: "ab".to_owned(),
        },
        StoreError::NoSuchRun {
            path,
            id: "last".to_owned(),
        },
        StoreError::Ambiguous {
            prefix: "a".to_owned(),
            ids: vec!["ab".to_owned(), "ac".to_owned()],
        },
    ];
    let text: Vec<String> = messages
        .iter()
        .map(|error| format!("{error}. {}", error.advice()))
        .collect();
    insta::assert_snapshot!(text.join("\n"), @"
    there is no results file shop/.buttress/results.db. `buttress run FILE` makes one beside the design; `--results FILE` names another.
    the results file shop/.buttress/results.db is a directory. Name a file in it: --results shop/.buttress/results.db/results.db.
    shop/.buttress/results.db is not a results file: it is not a SQLite database. It was left as it is. Name another file with --results.
    shop/.buttress/results.db is not a results file: it is a database of another program. It was left as it is. Name another file with --results.
    the results file shop/.buttress/results.db cannot be written: it, or its directory, is read-only. Name a file that can be written with --results, or keep no results with --no-save.
    the results file shop/.buttress/results.db was made by a newer buttress: its tables are version 9, this program knows 1. It was left as it is. Use the newer buttress, or name another file with --results.
    the results file shop/.buttress/results.db was made by an older buttress and must be upgraded, but it is read-only. Copy it to a place that can be written.
    the results file shop/.buttress/results.db is locked by another process. Try again when the other process has finished.
    the disk is full: the results file shop/.buttress/results.db cannot be written. Make space, or name a file on another disk with --results.
    the results file shop/.buttress/results.db is damaged: page 3 is missing. It was left as it is. Move it away to begin a new one; `sqlite3 FILE .recover` may save what is in it.
    the results file shop/.buttress/results.db cannot be opened: there is no directory shop. Name a file that can be written with --results, or keep no results with --no-save.
    the results file shop/.buttress/results.db holds no run ab. `buttress history` lists the runs.
    the results file shop/.buttress/results.db holds no runs. `buttress history` lists the runs.
    2 runs have an id that begins with a. It could be ab, ac.
    ");
}
