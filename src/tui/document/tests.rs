//! Tests of the document: edits keep every other byte, undo brings the first bytes back.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

const SHOP: &str = r#"// A shop.
(
    format: 1,
    name: "shop",

    nodes: {
        "users": Client(traffic: [(to: "web", rate: "50/s")]), // everybody
        "web": Service(replicas: 2, to: ["db"]),
        "db": Database(preset: "postgres-16/4vcpu"),
    },
)
"#;

/// One of the edits that the canvas makes, chosen by two numbers.
fn some_edit(document: &mut Document, which: u8, pick: usize) {
    let names: Vec<String> = document.design().nodes.names().map(str::to_owned).collect();
    let name = names
        .get(pick % names.len().max(1))
        .cloned()
        .unwrap_or_default();
    let other = names
        .get((pick / 7) % names.len().max(1))
        .cloned()
        .unwrap_or_default();
    let copied = parts::copy(document, std::slice::from_ref(&name), &[]);
    // An edit that does not fit changes nothing, which is right as well.
    let _ = match which % 9 {
        0 => {
            let new = parts::free_name(document, "service");
            document.edit("add", |text| {
                parts::add(text, &new, "Service()", Some((pick as i32, 3)))
            })
        }
        1 => document.edit("remove", |text| {
            crate::design::edit::remove_node_and_uses(text, &name).map(|done| done.0)
        }),
        2 => {
            let edit = wiring::connect(document, &name, &other, None);
            document.edit("wire", |_| edit)
        }
        3 => document.edit("move", |text| parts::put(text, &name, (pick as i32, 1))),
        4 => document.edit("rename", |text| {
            crate::design::edit::rename_node(text, &name, &format!("n{pick}"))
        }),
        5 => {
            let edit = parts::paste(document, &copied, (1, 1), true).map(|done| done.0);
            document.edit("paste", |_| edit)
        }
        6 => {
            let edit = wiring::disconnect(document, &name, &other);
            document.edit("unwire", |_| edit)
        }
        7 => document.edit("group", |text| {
            parts::group(text, "front", std::slice::from_ref(&name))
        }),
        _ => {
            let edit = parts::add_note(document, (0, 0), "a \"note\"");
            document.edit("note", |_| edit)
        }
    };
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn undo_all_restores_the_first_bytes_and_redo_all_the_last(
        edits in proptest::collection::vec((any::<u8>(), 0_usize..400), 1..12)
    ) {
        let mut document = Document::new(SHOP);
        for (which, pick) in edits {
            some_edit(&mut document, which, pick);
            prop_assert!(document.is_current(), "{}", document.text());
        }
        let last = document.text().to_owned();
        while document.undo().is_some() {}
        prop_assert_eq!(document.text(), SHOP);
        while document.redo().is_some() {}
        prop_assert_eq!(document.text(), last);
    }
}

#[test]
fn a_sketch_is_wired_by_arrows_and_a_cache_goes_before_the_store() {
    let mut document = Document::new(SHOP);
    document
        .edit("add", |text| parts::add(text, "cache", "Cache()", None))
        .unwrap();
    let edit = wiring::connect(&document, "web", "cache", None);
    document.edit("wire", |_| edit).unwrap();
    assert!(
        document.text().contains(r#"to: ["cache", "db"]"#),
        "{}",
        document.text()
    );
    let edit = wiring::disconnect(&document, "web", "db");
    document.edit("unwire", |_| edit).unwrap();
    assert!(document.text().contains(r#"to: ["cache"]"#));
    let edit = wiring::disconnect(&document, "users", "web");
    document.edit("unwire", |_| edit).unwrap();
    assert!(
        document.text().contains("traffic: []"),
        "{}",
        document.text()
    );
    assert!(document.text().contains("// everybody"));
}

#[test]
fn programs_get_steps_and_a_look_up_gets_its_miss() {
    let text = r#"(format: 1, nodes: {
    "api": Service(endpoints: {"read": [Work("1ms")], "write": [Work("2ms")]}),
    "cache": Cache(), "db": Database(), "jobs": Queue(),
})"#;
    let mut document = Document::new(text);
    assert_eq!(
        wiring::ways(&document, "api", "cache"),
        wiring::Wiring::Endpoints(vec!["read".to_owned(), "write".to_owned()])
    );
    for to in ["cache", "db", "jobs"] {
        let edit = wiring::connect(&document, "api", to, Some("read"));
        document.edit("wire", |_| edit).unwrap();
    }
    let expected =
        r#""read": [Work("1ms"), Cached(cache: "cache", miss: [Call("db")]), Publish("jobs")]"#;
    assert!(document.text().contains(expected), "{}", document.text());
    assert!(document.is_sound(), "{:?}", document.problems());
}

#[test]
fn arrows_that_make_no_sense_say_why() {
    let document = Document::new(SHOP);
    let ways = wiring::ways(&document, "web", "users");
    assert!(matches!(ways, wiring::Wiring::Never(why) if why.contains("nothing calls it")));
    let ways = wiring::ways(&document, "web", "db");
    assert!(matches!(ways, wiring::Wiring::Never(why) if why.contains("already")));
}

#[test]
fn pasted_nodes_get_names_of_their_own_and_speak_of_each_other() {
    let mut document = Document::new(SHOP);
    let names = ["web".to_owned(), "db".to_owned()];
    let copied = parts::copy(&document, &names, &[("web".to_owned(), (4, 2))]);
    assert!(parts::is_design(&copied));
    let (edited, added) = parts::paste(&document, &copied, (2, 1), true).unwrap();
    assert_eq!(added, ["web-2", "db-2"]);
    document.edit("paste", |_| Ok(edited)).unwrap();
    assert!(document.is_sound(), "{:?}", document.problems());
    assert!(
        document
            .text()
            .contains(r#""web-2": Service(replicas: 2, to: ["db-2"])"#)
    );
    assert!(document.text().contains(r#""web-2": (6, 3)"#));
}

#[test]
fn a_text_with_mistakes_keeps_the_last_picture() {
    let mut document = Document::opened(PathBuf::from("a.ron"), SHOP.to_owned());
    document.replace("edit", SHOP.replace("\"db\": Database", "\"db\": Dtabase"));
    assert!(document.is_current() && !document.is_sound());
    document.replace("edit", SHOP.replace("nodes: {", "nodes: "));
    assert!(!document.is_sound());
    assert!(
        document
            .edit("add", |text| parts::add(text, "a", "Service()", None))
            .is_err()
    );
    document.undo();
    document.undo();
    assert!(!document.is_unsaved());
    assert_eq!(document.problems(), []);
}

#[test]
fn the_form_shows_what_is_given_and_what_holds_otherwise() {
    let document = Document::new(SHOP);
    let rows = form::rows(&document, "nodes/web", &BTreeSet::new());
    let row = |label: &str| rows.iter().find(|row| row.label == label).unwrap();
    assert_eq!(
        (row("replicas").shown.as_str(), &row("replicas").origin),
        ("2", &form::Origin::Given)
    );
    assert_eq!(
        (row("workers").shown.as_str(), &row("workers").origin),
        ("16", &form::Origin::Default)
    );
    let rows = form::rows(&document, "nodes/db", &BTreeSet::new());
    let row = rows.iter().find(|row| row.label == "connections").unwrap();
    assert_eq!(row.origin, form::Origin::Preset);
}

#[test]
fn what_is_typed_becomes_ron_of_the_field() {
    let ty = |path: &str| {
        let document = Document::new(SHOP);
        let root = document.tree().unwrap().clone();
        let (owner, name) = path.rsplit_once('/').unwrap();
        let (value, ty) = form::find(&root, owner).unwrap();
        let field = crate::design::path::fields_of(value.bare(), ty);
        (field.iter().find(|field| field.name == name).unwrap().ty)()
    };
    let cases = [
        ("nodes/web/work", "5ms", "\"5ms\""),
        (
            "nodes/web/work",
            "Exponential(\"5ms\")",
            "Exponential(\"5ms\")",
        ),
        ("nodes/web/work", "none", "None"),
        ("nodes/web/workers", "32", "32"),
        ("nodes/web/workers", "Unlimited", "Unlimited"),
        ("nodes/web/price", "$0.1/h", "\"$0.1/h\""),
        ("nodes/web/zones", "a, b", "[\"a\", \"b\"]"),
        ("nodes/users/traffic/0/rate", "120/s", "\"120/s\""),
        (
            "nodes/users/traffic/0/rate",
            "Ramp(from: \"1/s\", to: \"2/s\", over: \"1m\")",
            "Ramp(from: \"1/s\", to: \"2/s\", over: \"1m\")",
        ),
        ("nodes/web/zones", "a", "[\"a\"]"),
        ("nodes/web/note", "say \"hi\"", "\"say \\\"hi\\\"\""),
    ];
    for (path, typed, wanted) in cases {
        assert_eq!(form::to_ron(ty(path), typed), wanted, "{path}");
    }
}

/// A document with most of what a document can say.
const FULL: &str = r#"// Full.
(
    format: 1,
    name: "full", // a name
    nodes: {
        "users": Client(traffic: [(to: "edge", endpoint: "buy", rate: Ramp(from: "1/s", to: "9/s", over: "9s"))]),
        "edge": LoadBalancer(to: ["web"]),
        "web": Service(replicas: 2, endpoints: {"buy": [Work(Exponential("2ms")), Call("db"), Publish("jobs")]}),
        "db": Database(preset: "postgres-16/4vcpu"),
        "jobs": Queue(),
        "mailer": Worker(from: "jobs", work: "5ms"),
    },
    wires: {"web -> db": (timeout: "1s", retry: (attempts: 3))},
    // What breaks.
    faults: [(at: "20s", lasts: "10s", fault: Slow(node: "db", factor: 3))],
    objectives: ["p99(*) < 250ms"],
    variants: {"more": [Set("nodes/web/replicas", 4)]},
    run: (duration: "60s"),
)
"#;

/// The form of a whole document with everything open.
fn everything(document: &Document) -> Vec<form::Row> {
    let mut open = BTreeSet::new();
    loop {
        let rows = form::rows(document, "", &open);
        let closed = rows.iter().filter(|row| row.open == Some(false));
        let closed: Vec<String> = closed.map(|row| row.path.clone()).collect();
        if closed.is_empty() {
            return rows;
        }
        open.extend(closed);
    }
}

/// A value of a type as RON, chosen by a number; `None` if a form has no line to type it in.
fn some_value(ty: crate::design::describe::Type, pick: u32) -> Option<String> {
    use crate::design::describe::Type;
    use crate::design::syntax::quote;
    use crate::units::{Bytes, Nanos, Rate};
    let wide = u64::from(pick);
    Some(match crate::design::path::plain(ty) {
        Type::Bool => pick.is_multiple_of(2).to_string(),
        Type::Text => quote(&format!("n{pick} \"\\ (x), [y]")),
        Type::Whole { min, max } => {
            let (min, max) = (i128::from(min), i128::from(max));
            (min + i128::from(pick) % (max - min).clamp(1, 1_000)).to_string()
        }
        Type::Real => format!("{}.25", pick % 1_000),
        Type::Duration | Type::Distribution(_) => quote(&Nanos(wide * 1_000).to_string()),
        Type::Rate => quote(&Rate(f64::from(pick) / 8.0).to_string()),
        Type::Share => quote(&format!("{}%", pick % 101)),
        Type::Size => quote(&Bytes(wide).to_string()),
        Type::Price => quote(&format!("${}.5/h", pick % 100)),
        Type::Choice(choice) => {
            let index = pick as usize % choice.variants.len();
            form::variant(&choice.variants[index])
        }
        _ => return None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn a_form_gives_any_field_any_value_and_nothing_else_changes(which in any::<usize>(), pick in any::<u32>()) {
        let mut document = Document::new(FULL);
        let before = everything(&document);
        let fields: Vec<(&form::Row, crate::design::describe::Type)> = before
            .iter()
            .filter_map(|row| match row.control {
                form::Control::Text(ty) | form::Control::TextOrMenu(ty, _) => Some((row, ty)),
                form::Control::Toggle => Some((row, crate::design::describe::Type::Bool)),
                form::Control::Menu(choice) => Some((row, crate::design::describe::Type::Choice(choice))),
                _ => None,
            })
            .collect();
        let (row, ty) = fields[which % fields.len()];
        // Another format would be another document.
        prop_assume!(row.path != "format");
        if let Some(value) = some_value(ty, pick) {
            let ron = form::to_ron(ty, &form::plain_text(&value));
            let edited = document.edit("set", |text| crate::design::edit::set(text, &row.path, &ron));
            prop_assert!(edited.is_ok(), "{}: {}: {:?}", row.path, ron, edited);
            prop_assert_eq!(document.written(&row.path), Some(ron.as_str()));
            prop_assert_eq!(form::plain_text(&ron), form::plain_text(&value), "{}", row.path);
            let after = everything(&document);
            for old in before.iter().filter(|old| old.origin == form::Origin::Given) {
                let inside = |path: &str, around: &str| {
                    path == around || path.starts_with(&format!("{around}/"))
                };
                if inside(&old.path, &row.path) || inside(&row.path, &old.path) {
                    continue;
                }
                let new = after.iter().find(|new| new.path == old.path);
                prop_assert_eq!(new.map(|new| &new.shown), Some(&old.shown), "{}", old.path);
            }
            prop_assert!(document.text().contains("// a name") && document.text().contains("// What breaks."));
            document.undo();
            prop_assert_eq!(document.text(), FULL);
        }
    }
}
