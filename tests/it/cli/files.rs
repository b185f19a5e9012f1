//! Writing designs: `new` and `fmt`.

use super::{Place, QUEUE, exists};

#[test]
fn a_new_design_can_be_run_at_once() {
    let place = Place::new();
    place.run(&["new"]).ends(0).silently();
    assert!(place.read("design.ron").contains("name: \"design\""));
    place
        .run(&["new", "shop.ron", "--template", "three-tier"])
        .ends(0)
        .silently();
    assert!(place.read("shop.ron").contains("name: \"shop\""));
    place.run(&["check", "design.ron", "--reps", "2"]).ends(0);
}

#[test]
fn the_objectives_of_every_template_hold() {
    let place = Place::new();
    let list = place.run(&["new", "--list"]).ends(0).silently().out;
    // The text beside a name may go on below it, further to the right.
    let names: Vec<&str> = list
        .lines()
        .filter_map(|line| {
            line.strip_prefix("  ")
                .filter(|rest| !rest.starts_with(' '))
        })
        .filter_map(|rest| rest.split_whitespace().next())
        .collect();
    assert!(names.len() >= 3, "{list}");
    for name in names {
        let file = format!("{name}.ron");
        place.run(&["new", &file, "--template", name]).ends(0);
        place.run(&["fmt", "--check", &file]).ends(0);
        place.run(&["check", &file]).ends(0).silently();
    }
}

#[test]
fn an_existing_file_is_only_replaced_by_force() {
    let place = Place::with("mine");
    place
        .run(&["new", "a.ron"])
        .ends(4)
        .says("a.ron exists already")
        .says("--force");
    assert_eq!(place.read("a.ron"), "mine");
    place.run(&["new", "a.ron", "--force"]).ends(0);
    assert!(place.read("a.ron").contains("format: 1"));
    place
        .run(&["new", "absent/a.ron"])
        .ends(4)
        .says("absent/a.ron");
    place
        .run(&["new", "b.ron", "--template", "absent"])
        .ends(2)
        .says("minimal");
    assert!(!exists(&place.path("b.ron")));
}

#[test]
fn a_template_can_go_to_stdout() {
    let place = Place::new();
    let text = place.run(&["new", "-"]).ends(0).silently().out;
    place
        .run_with_input(
            &["run", "-", "--no-save", "--quiet", "--reps", "1"],
            text.as_bytes(),
        )
        .ends(0);
    assert_eq!(std::fs::read_dir(place.path("")).unwrap().count(), 0);
}

const UGLY: &str = "(format:1,// the only one\nnodes:{\"u\":Client(traffic:[(to:\"s\",rate:\"1/s\")]),\"s\":Service()})";

#[test]
fn designs_are_formatted_in_place_and_keep_their_comments() {
    let place = Place::with(UGLY);
    place.run(&["fmt", "--check", "a.ron"]).ends(1);
    assert_eq!(place.run(&["fmt", "--check", "a.ron"]).out, "a.ron\n");
    assert_eq!(place.read("a.ron"), UGLY, "--check changes nothing");
    place.run(&["fmt", "a.ron"]).ends(0).silently();
    let formatted = place.read("a.ron");
    assert_ne!(formatted, UGLY);
    assert!(formatted.contains("// the only one"));
    place.run(&["fmt", "--check", "a.ron"]).ends(0).silently();
    let piped = place
        .run_with_input(&["fmt", "-"], UGLY.as_bytes())
        .ends(0)
        .silently();
    assert_eq!(piped.out, formatted);
    place
        .run_with_input(&["fmt", "-", "--check"], UGLY.as_bytes())
        .ends(1);
    assert_eq!(
        std::fs::read_dir(place.path("")).unwrap().count(),
        1,
        "nothing is left behind"
    );
}

#[test]
fn what_cannot_be_formatted_stays_and_others_are_formatted() {
    let place = Place::with("(format: 1, nodes: {");
    place.write("b.ron", UGLY);
    let ran = place.run(&["fmt", "a.ron", "absent.ron", "b.ron"]).ends(3);
    assert!(
        ran.err.contains("a.ron") && ran.err.contains("absent.ron"),
        "{}",
        ran.err
    );
    assert_eq!(place.read("a.ron"), "(format: 1, nodes: {");
    assert_ne!(place.read("b.ron"), UGLY);
    place.run(&["fmt", "."]).ends(4);
}

#[cfg(unix)]
#[test]
fn permissions_are_kept_and_write_protection_is_respected() {
    use std::fs::{Permissions, metadata, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    let place = Place::with(UGLY);
    set_permissions(place.path("a.ron"), Permissions::from_mode(0o600)).unwrap();
    place.run(&["fmt", "a.ron"]).ends(0);
    assert_eq!(
        metadata(place.path("a.ron")).unwrap().permissions().mode() & 0o777,
        0o600
    );
    place.write("b.ron", UGLY);
    set_permissions(place.path("b.ron"), Permissions::from_mode(0o400)).unwrap();
    place
        .run(&["fmt", "b.ron"])
        .ends(4)
        .says("cannot write b.ron");
    assert_eq!(place.read("b.ron"), UGLY);
}

#[test]
fn a_design_runs_the_same_before_and_after_formatting() {
    let place = Place::with(QUEUE);
    let before = place.run(&["run", "a.ron", "--json"]).ends(0).out;
    let ugly = QUEUE.replace("    ", "");
    place.write("a.ron", ugly);
    place.run(&["fmt", "a.ron"]).ends(0);
    assert_eq!(place.run(&["run", "a.ron", "--json"]).ends(0).out, before);
}
