//! The results file: keeping runs, showing them, replaying them, and files that are not as they
//! should be.

use super::{Place, QUEUE, hopeless};
use rusqlite::Connection;

/// A place with one run.
fn ran() -> Place {
    let place = Place::with(QUEUE);
    place.run(&["run", "a.ron"]).ends(0);
    place
}

fn database(place: &Place) -> Connection {
    Connection::open(place.path(".buttress/results.db")).unwrap()
}

#[test]
fn a_kept_run_is_listed_shown_and_replayed() {
    let place = Place::with(QUEUE);
    let first = place.run(&["run", "a.ron", "--json"]).ends(0).out;
    place.write("b.ron", hopeless());
    place
        .run(&[
            "run",
            "b.ron",
            "--seed",
            "5",
            "--duration",
            "5s",
            "--warmup",
            "1s",
            "--reps",
            "3",
        ])
        .ends(1);
    let list = place.run(&["history", "--json"]).ends(0).silently().json();
    assert_eq!(list["total"], 2);
    assert_eq!(list["runs"][0]["file"], "b.ron");
    assert_eq!(list["runs"][0]["objectives_met"], 1);
    let id = list["runs"][1]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        place.run(&["show", &id, "--json"]).ends(0).silently().out,
        first
    );
    let shown = place.run(&["show", &id[..6]]).ends(0).silently().out;
    assert!(shown.starts_with(&format!("run {id}")), "{shown}");
    assert!(
        place.run(&["show"]).ends(0).out.contains("b.ron"),
        "the last is shown by default"
    );
    for which in [id.as_str(), "last"] {
        let replayed = place.run(&["replay", which]).ends(0).silently();
        assert!(replayed.out.contains("the same"), "{}", replayed.out);
    }
    assert_eq!(
        place
            .run(&["replay", &id, "--json", "--threads", "1"])
            .ends(0)
            .json()["agrees"],
        true
    );
    let table = place.run(&["history"]).ends(0).silently().out;
    assert!(
        table.contains(&id[..8]) && table.contains("1 of 2 met"),
        "{table}"
    );
    assert_eq!(
        place.run(&["history", "a.ron", "--json"]).ends(0).json()["total"],
        1
    );
}

#[test]
fn what_run_printed_is_what_show_prints() {
    let place = Place::with(QUEUE);
    let printed = place.run(&["run", "a.ron"]).ends(0).out;
    let shown = place.run(&["show"]).ends(0).out;
    assert_eq!(shown.split_once('\n').unwrap().1, printed);
    let table = place.run(&["run", "a.ron", "--csv"]).ends(0).out;
    assert_eq!(place.run(&["show", "--csv"]).ends(0).out, table);
}

#[test]
fn a_replay_needs_neither_the_file_nor_its_directory() {
    let place = Place::with(QUEUE);
    let results = ["--results", "kept.db"];
    place
        .run(
            &[
                &[
                    "run",
                    "a.ron",
                    "--variant",
                    "fast",
                    "--set",
                    "nodes/server/workers=3",
                ][..],
                &results,
            ]
            .concat(),
        )
        .ends(0);
    std::fs::remove_file(place.path("a.ron")).unwrap();
    place.run(&[&["replay"][..], &results].concat()).ends(0);
    assert!(!place.path(".buttress").exists());
}

#[test]
fn a_replay_that_differs_says_where() {
    let place = ran();
    let changed =
        "UPDATE runs SET result = replace(result, '\"partial\":false', '\"partial\":true')";
    database(&place).execute(changed, []).unwrap();
    let replayed = place.run(&["replay"]).ends(1).silently();
    assert!(
        replayed
            .out
            .contains("first at partial: true then, false now"),
        "{}",
        replayed.out
    );
    assert_eq!(
        place.run(&["replay", "--json"]).ends(1).json()["difference"]["path"],
        "partial"
    );
    assert_eq!(place.run(&["replay", "--quiet"]).ends(1).out, "");
}

#[test]
fn a_run_of_another_version_is_not_replayed() {
    let place = ran();
    database(&place)
        .execute("UPDATE runs SET version = '0.0.1'", [])
        .unwrap();
    place
        .run(&["replay"])
        .ends(3)
        .says("0.0.1")
        .says("same version");
    place.run(&["show"]).ends(0);
}

#[test]
fn nothing_is_kept_when_asked_so() {
    let place = Place::with(QUEUE);
    place.run(&["run", "a.ron", "--no-save"]).ends(0);
    assert!(!place.path(".buttress").exists());
    place
        .run(&["run", "a.ron", "--no-save", "--results", "x.db"])
        .ends(2);
}

#[test]
fn runs_that_are_not_there() {
    let place = Place::new();
    for command in ["history", "show", "replay"] {
        place
            .run(&[command])
            .ends(4)
            .says("there is no results file .buttress/results.db");
    }
    let place = ran();
    place
        .run(&["show", "ffff0000ffff"])
        .ends(4)
        .says("holds no run ffff0000ffff")
        .says("history");
}

#[test]
fn a_results_file_that_is_none_is_kept_and_the_answer_is_given() {
    let place = Place::with(QUEUE);
    let notes = "My notes, which are no database and must survive.\n".repeat(50);
    place.write("notes.txt", &notes);
    let ran = place
        .run(&["run", "a.ron", "--results", "notes.txt"])
        .ends(4)
        .says("not a SQLite database");
    assert!(ran.err.contains("the run was not saved"), "{}", ran.err);
    assert!(ran.out.contains("goodput"), "the answer is given");
    assert_eq!(place.read("notes.txt"), notes);
    place
        .run(&["history", "--results", "notes.txt"])
        .ends(4)
        .says("not a SQLite database");
    place
        .run(&["run", "a.ron", "--results", "."])
        .ends(4)
        .says("is a directory");
    place
        .run(&["run", "a.ron", "--results", "absent/x.db"])
        .ends(4)
        .says("there is no directory absent");
    place
        .run(&["check", "a.ron", "--results", "notes.txt"])
        .ends(4);
}

#[test]
fn a_results_file_of_another_program_or_a_newer_version() {
    let place = Place::with(QUEUE);
    Connection::open(place.path("theirs.db"))
        .unwrap()
        .execute_batch("CREATE TABLE t (x)")
        .unwrap();
    place
        .run(&["run", "a.ron", "--results", "theirs.db"])
        .ends(4)
        .says("another program");
    place.run(&["run", "a.ron"]).ends(0);
    database(&place)
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let ran = place.run(&["run", "a.ron"]).ends(4).says("newer buttress");
    assert!(ran.out.contains("goodput"));
    place.run(&["history"]).ends(4).says("newer buttress");
    place
        .run(&["check", "a.ron"])
        .ends(0)
        .says("newer buttress");
}

#[test]
fn a_damaged_results_file_is_kept() {
    let place = ran();
    let path = place.path(".buttress/results.db");
    let whole = std::fs::read(&path).unwrap();
    let part = &whole[..whole.len() / 3];
    std::fs::write(&path, part).unwrap();
    place.run(&["show"]).ends(4);
    place.run(&["run", "a.ron"]).ends(4).says("not saved");
    assert_eq!(std::fs::read(&path).unwrap(), part);
}

#[test]
fn a_locked_results_file_is_waited_for_and_reported() {
    let place = ran();
    let other = database(&place);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let ran = place
        .run(&["run", "a.ron"])
        .ends(4)
        .says("locked by another process");
    assert!(ran.out.contains("goodput"));
    place.run(&["history"]).ends(0);
    other.execute_batch("COMMIT").unwrap();
    place.run(&["run", "a.ron"]).ends(0);
}

#[cfg(unix)]
#[test]
fn a_read_only_place_gives_the_answer_and_a_warning() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    let place = ran();
    let everyone = |mode| Permissions::from_mode(mode);
    set_permissions(place.path(""), everyone(0o755)).unwrap();
    set_permissions(place.path(".buttress/results.db"), everyone(0o444)).unwrap();
    set_permissions(place.path(".buttress"), everyone(0o555)).unwrap();
    // The superuser may write everything; nobody may not.
    let superuser = std::fs::metadata(place.path("a.ron")).unwrap().uid() == 0;
    let run = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        if superuser {
            command.uid(65_534).gid(65_534);
        }
        super::Ran::of(command.output().unwrap())
    };
    let ran = run(&["run", "a.ron"])
        .ends(4)
        .says("read-only")
        .says("not saved");
    assert!(ran.out.contains("goodput"));
    run(&["check", "a.ron"]).ends(0).says("not saved");
    run(&["history"]).ends(0);
    run(&["show"]).ends(0);
    set_permissions(place.path(".buttress"), everyone(0o755)).unwrap();
}
