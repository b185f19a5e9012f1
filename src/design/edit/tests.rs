//! Edits of the text against the same edits of the tree, on every shipped scenario.

use super::*;
use crate::design::syntax::Lexer;

/// Every shipped scenario, as texts with comments to try edits on.
fn scenarios() -> Vec<(String, String)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let entries = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|e| e == "ron"))
        .collect();
    files.sort();
    files.push(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/designs/example.ron").into());
    files
        .iter()
        .map(|path| {
            (
                path.display().to_string(),
                std::fs::read_to_string(path).unwrap(),
            )
        })
        .collect()
}

/// The paths of all values in a document.
fn paths(root: &Value) -> Vec<String> {
    fn walk(value: &Value, trail: &mut Vec<String>, all: &mut Vec<String>) {
        if !trail.is_empty() {
            all.push(join(trail));
        }
        let names: Vec<String> = match &value.bare().data {
            Data::List(items) | Data::Tuple(_, items) => {
                (0..items.len()).map(|i| i.to_string()).collect()
            }
            Data::Struct(_, fields) => fields.iter().map(|(word, _)| word.text.clone()).collect(),
            Data::Map(entries) => entries
                .iter()
                .map(|(key, _)| match &key.data {
                    Data::Text(text) => text.clone(),
                    _ => String::new(),
                })
                .collect(),
            _ => Vec::new(),
        };
        for (index, name) in names.into_iter().enumerate() {
            trail.push(name);
            walk(at(value.bare(), index).unwrap(), trail, all);
            trail.pop();
        }
    }
    let mut all = Vec::new();
    walk(root, &mut Vec::new(), &mut all);
    all
}

fn comments(text: &str) -> Vec<&str> {
    let trivia = Lexer::new(text).filter(|token| token.is_trivia());
    trivia
        .map(|token| &text[token.start..token.end])
        .filter(|text| text.starts_with('/'))
        .collect()
}

fn tree_of(text: &str) -> Value {
    let parsed = parse(text, 0);
    assert!(parsed.errors.is_empty(), "{text}\n{:?}", parsed.errors);
    parsed.value.unwrap()
}

/// Checks that an edit of the text means what the same edit of the tree means, and can be undone.
fn agree(
    text: &str,
    edited: Result<Edited, PathError>,
    expected: Result<Value, PathError>,
    what: &str,
) {
    match (edited, expected) {
        (Ok(edited), Ok(expected)) => {
            assert_eq!(
                print(&tree_of(&edited.text)),
                print(&expected),
                "{what}\n{}",
                edited.text
            );
            assert_eq!(edited.undone(), text, "{what}");
            assert_eq!(redo(text, &edited.splices), edited.text, "{what}");
        }
        (Err(_), Err(_)) => {}
        (edited, expected) => panic!("{what}: {edited:?} but {expected:?}"),
    }
}

fn check_all(name: &str, text: &str) {
    let root = tree_of(text);
    for path in paths(&root) {
        for value in ["7", "(a: 1)"] {
            let mut tree = root.clone();
            let expected =
                tree::set(&mut tree, document_type(), &path, tree_of(value)).map(|()| tree);
            agree(
                text,
                set(text, &path, value),
                expected,
                &format!("{name}: set {path}"),
            );
        }
        let mut tree = root.clone();
        let expected = tree::remove(&mut tree, document_type(), &path).map(|()| tree);
        let edited = remove(text, &path);
        if let Ok(edited) = &edited {
            let (before, after) = (comments(text), comments(&edited.text));
            let gone = comments(&edited.splices[0].removed);
            assert_eq!(
                after.len() + gone.len(),
                before.len(),
                "{name}: remove {path}"
            );
        }
        agree(text, edited, expected, &format!("{name}: remove {path}"));
        for new in ["replicas", "new thing", "note", "work", "3"] {
            let path = format!("{path}/{new}");
            let mut tree = root.clone();
            let expected =
                tree::set(&mut tree, document_type(), &path, tree_of("7")).map(|()| tree);
            let edited = set(text, &path, "7");
            if let Ok(edited) = &edited
                && edited.text.len() > text.len() + 1
            {
                assert!(
                    comments(&edited.text).len() >= comments(text).len(),
                    "{name}: set {path}"
                );
            }
            agree(text, edited, expected, &format!("{name}: set {path}"));
        }
    }
}

#[test]
fn editing_the_text_is_editing_the_tree_everywhere_in_every_scenario() {
    for (name, text) in scenarios() {
        check_all(&name, &text);
    }
}

#[test]
fn windows_line_ends_and_odd_spacing_survive() {
    for (name, text) in scenarios().into_iter().take(3) {
        check_all(&name, &text.replace('\n', "\r\n"));
        check_all(
            &name,
            &text.replace(", ", " , ").replace(": ", " /* c */ : "),
        );
        let formatted = crate::design::fmt::format(&text).unwrap();
        check_all(&name, &formatted);
        check_all(&name, &crate::design::fmt::print_document(&tree_of(&text)));
    }
}

const SMALL: &str = "\
// A shop.
(
    format: 1,
    nodes: {
        \"api\": Service(replicas: 4), // the heart
        // The store.
        \"db\": Database(
            connections: 100,   // as configured
            cores: 4 // no comma here
        ),
    },
    wires: {},
    canvas: {\"api\": (0, 0)},
)
";

fn edited(edit: Result<Edited, PathError>) -> String {
    edit.unwrap().text
}

#[test]
fn a_value_is_replaced_and_nothing_else() {
    assert_eq!(
        edited(set(SMALL, "nodes/api/replicas", "6")),
        SMALL.replace("replicas: 4", "replicas: 6")
    );
}

#[test]
fn a_new_field_follows_its_neighbours() {
    let text = edited(set(SMALL, "nodes/db/workers", "8"));
    assert!(
        text.contains("cores: 4, // no comma here\n            workers: 8\n        ),"),
        "{text}"
    );
    let text = edited(set(SMALL, "nodes/api/workers", "8"));
    assert!(
        text.contains("Service(replicas: 4, workers: 8), // the heart"),
        "{text}"
    );
    let text = edited(set(SMALL, "run/duration", "\"5m\""));
    assert!(
        text.contains("    wires: {},\n    run: (duration: \"5m\"),\n    canvas"),
        "{text}"
    );
}

#[test]
fn a_new_node_and_wire_get_lines_of_their_own() {
    let text = edited(add_node(SMALL, "cache", "Cache()"));
    assert!(
        text.contains("        ),\n        \"cache\": Cache(),\n    },"),
        "{text}"
    );
    let text = edited(add_wire(SMALL, "api", "db", "(pool: 20)"));
    assert!(
        text.contains("    wires: {\n        \"api -> db\": (pool: 20),\n    },"),
        "{text}"
    );
    assert!(add_node(SMALL, "api", "Service()").is_err());
}

#[test]
fn a_removed_entry_takes_its_own_comment_along_and_no_other() {
    let text = edited(remove(SMALL, "nodes/api"));
    assert!(
        !text.contains("the heart") && text.contains("// The store."),
        "{text}"
    );
    let text = edited(remove(SMALL, "nodes/db/connections"));
    assert!(
        !text.contains("as configured") && text.contains("no comma here"),
        "{text}"
    );
    let text = edited(remove_node(SMALL, "api"));
    assert!(text.contains("canvas: {},"), "{text}");
}

#[test]
fn a_renamed_node_is_renamed_everywhere() {
    let (_, text) = scenarios().pop().unwrap();
    let edited = rename_node(&text, "orders-db", "ledger").unwrap();
    assert!(
        edited.text.contains("\"api -> ledger\"") && edited.text.contains("Slow(node: \"ledger\"")
    );
    assert!(
        edited.text.contains("Transaction(\"ledger\"")
            && edited.text.contains("Call(\"ledger\", \"load order\")")
    );
    assert_eq!(edited.undone(), text);
    assert!(rename_node(&text, "orders-db", "api").is_err());
}

#[test]
fn keys_with_slashes_are_found_escaped_or_not() {
    let (_, text) = scenarios().pop().unwrap();
    let escaped = edited(set(
        &text,
        "nodes/api/endpoints/POST \\/orders/0/time",
        "\"3ms\"",
    ));
    let plain = edited(set(
        &text,
        "nodes/api/endpoints/POST /orders/0/time",
        "\"3ms\"",
    ));
    assert_eq!(escaped, plain);
    assert!(
        escaped.contains("Work(\"3ms\"),     // measured on production"),
        "{escaped}"
    );
}

#[test]
fn lists_grow_in_the_middle_and_at_the_end() {
    let list = "(faults: [\n    // first\n    1,\n    2, // two\n])";
    assert_eq!(
        edited(insert(list, "faults/0", "0")),
        "(faults: [\n    0,\n    // first\n    1,\n    2, // two\n])"
    );
    assert_eq!(
        edited(insert(list, "faults/2", "3")),
        "(faults: [\n    // first\n    1,\n    2, // two\n    3,\n])"
    );
    assert_eq!(
        edited(insert("(faults: [1, 2])", "faults/1", "9")),
        "(faults: [1, 9, 2])"
    );
    assert_eq!(
        edited(remove("(faults: [1, 2,])", "faults/1")),
        "(faults: [1,])"
    );
    assert_eq!(
        edited(remove("(faults: [1, 2])", "faults/0")),
        "(faults: [2])"
    );
    assert_eq!(edited(remove("(faults: [1])", "faults/0")), "(faults: [])");
}

#[test]
fn paths_that_lead_nowhere_say_what_was_meant() {
    let error = set(SMALL, "nodes/api/replica", "3")
        .unwrap_err()
        .to_string();
    assert!(error.contains("did you mean `replicas`?"), "{error}");
    let error = remove(SMALL, "nodes/apj/replicas").unwrap_err().to_string();
    assert!(error.contains("did you mean `api`?"), "{error}");
    assert!(set(SMALL, "nodes/api/replicas", "((").is_err());
    assert!(set("(", "nodes/api/replicas", "1").is_err());
}

#[test]
fn formatting_scenarios_keeps_meaning_and_comments_and_is_stable() {
    for (name, text) in scenarios() {
        let formatted = crate::design::fmt::format(&text).unwrap();
        assert_eq!(
            print(&tree_of(&text)),
            print(&tree_of(&formatted)),
            "{name}"
        );
        assert_eq!(comments(&text), comments(&formatted), "{name}");
        assert_eq!(
            crate::design::fmt::format(&formatted).unwrap(),
            formatted,
            "{name}"
        );
    }
}
