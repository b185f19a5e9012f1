//! Loading: variants, changes, bases, samples, presets, and files that are no designs.

use std::path::PathBuf;

use super::*;
use crate::design::model::{Dist, Kind, TimeDist};
use crate::design::{Quantity, edit};

/// A directory of its own for one test, empty.
fn directory(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("buttress-load-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn try_text(text: &str, options: &LoadOptions) -> Result<Loaded, String> {
    load_str(text, "test.ron", Path::new("."), options).map_err(|errors| errors.to_string())
}

fn with_set(path: &str, value: &str) -> LoadOptions {
    LoadOptions {
        set: vec![(path.to_owned(), value.to_owned())],
        ..LoadOptions::default()
    }
}

const BASE: &str = "\
// The base.
(
    format: 1,
    nodes: {
        \"users\": Client(traffic: [(to: \"api\", rate: \"100/s\")]),
        \"api\": Service(replicas: 2, work: \"5ms\"), // two
    },
    variants: {
        \"more\": [Set(\"nodes/api/replicas\", 5), Set(\"run/duration\", \"5m\")],
        \"bare\": [Remove(\"nodes/api/work\")],
    },
)
";

#[test]
fn variants_and_sets_are_applied_in_order_and_keep_comments() {
    let options = LoadOptions {
        variant: Some("more".into()),
        ..with_set("nodes/api/workers", "3")
    };
    let loaded = try_text(BASE, &options).unwrap();
    let api = loaded.design.node("api").unwrap();
    assert_eq!(api.common.replicas, 5);
    assert_eq!(api.serving().unwrap().workers.get(), Some(3));
    assert_eq!(loaded.design.run.duration.as_secs() as u64, 300);
    assert!(
        loaded.text.contains("// The base.") && loaded.text.contains("workers: 3), // two"),
        "{}",
        loaded.text
    );
    let again = try_text(&loaded.text, &LoadOptions::default()).unwrap();
    assert_eq!((again.design, again.hash), (loaded.design, loaded.hash));
    let bare = try_text(
        BASE,
        &LoadOptions {
            variant: Some("bare".into()),
            ..Default::default()
        },
    )
    .unwrap();
    let work = &bare.design.node("api").unwrap().serving().unwrap().work;
    assert_eq!(
        *work,
        Some(TimeDist(Dist::Constant {
            value: Quantity(0.001)
        }))
    );
    assert_eq!(bare.variants, ["more", "bare"]);
}

#[test]
fn the_hash_sees_meaning_and_not_layout() {
    let hash = |text: &str| try_text(text, &LoadOptions::default()).unwrap().hash;
    let plain = hash(BASE);
    assert_eq!(plain.len(), 16);
    assert_eq!(plain, hash(&crate::design::fmt::format(BASE).unwrap()));
    assert_eq!(plain, hash(&BASE.replace("// two", "")));
    assert_ne!(
        plain,
        hash(&edit::set(BASE, "nodes/api/replicas", "3").unwrap().text)
    );
}

#[test]
fn values_of_set_are_ron_or_else_texts() {
    let name = |value: &str| {
        try_text(BASE, &with_set("name", value))
            .unwrap()
            .design
            .name
    };
    assert_eq!(name("a shop"), "a shop");
    assert_eq!(name("shop"), "shop");
    assert_eq!(name("\"quoted\""), "quoted");
    let duration = |value: &str| {
        try_text(BASE, &with_set("run/duration", value))
            .unwrap()
            .design
            .run
            .duration
    };
    assert_eq!(duration("250ms"), duration("\"250ms\""));
    let new = try_text(BASE, &with_set("wires/users -> api/timeout", "1s")).unwrap();
    assert!(new.design.wire("users", "api").unwrap().timeout.is_some());
    let error = try_text(BASE, &with_set("nodes/api/replicas", "many")).unwrap_err();
    assert!(
        error.contains("--set nodes/api/replicas") && error.contains("many"),
        "{error}"
    );
    let error = try_text(BASE, &with_set("nodes/api/replica", "3")).unwrap_err();
    assert!(
        error.contains("leads nowhere") && error.contains("did you mean `replicas`?"),
        "{error}"
    );
    let error = try_text(
        BASE,
        &LoadOptions {
            variant: Some("mroe".into()),
            ..Default::default()
        },
    )
    .unwrap_err();
    assert!(error.contains("did you mean `more`?"), "{error}");
}

#[test]
fn variants_are_checked_even_when_they_are_not_used() {
    let text = BASE.replace("\"nodes/api/replicas\", 5", "\"nodes/apj/replicas\", 5");
    let error = try_text(&text, &LoadOptions::default()).unwrap_err();
    assert!(
        error.contains("did you mean `api`?") && error.contains("test.ron:9:"),
        "{error}"
    );
    let text = BASE.replace(
        "\"nodes/api/replicas\", 5",
        "\"nodes/api/replicas\", \"five\"",
    );
    let error = try_text(&text, &LoadOptions::default()).unwrap_err();
    assert!(error.contains("\"five\""), "{error}");
}

#[test]
fn designs_extend_others_and_name_the_file_at_fault() {
    let directory = directory("extends");
    std::fs::write(directory.join("base.ron"), BASE).unwrap();
    let over = "(format: 1, extends: \"base.ron\", nodes: {\"api\": Service(workers: 8), \"db\": Database()}, faults: [])";
    std::fs::write(directory.join("over.ron"), over).unwrap();
    let loaded = load(&directory.join("over.ron"), &LoadOptions::default()).unwrap();
    let api = loaded.design.node("api").unwrap();
    assert_eq!(
        (api.common.replicas, api.serving().unwrap().workers.get()),
        (2, Some(8))
    );
    assert_eq!(loaded.design.nodes.len(), 3);
    let alone = try_text(&loaded.text, &LoadOptions::default()).unwrap();
    assert_eq!((alone.design, alone.hash), (loaded.design, loaded.hash));

    std::fs::write(
        directory.join("base.ron"),
        BASE.replace("replicas: 2", "replicas: \"two\""),
    )
    .unwrap();
    let error = load(&directory.join("over.ron"), &LoadOptions::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("base.ron:6:"), "{error}");
    std::fs::write(
        directory.join("base.ron"),
        "(format: 1, extends: \"over.ron\", nodes: {})",
    )
    .unwrap();
    let error = load(&directory.join("over.ron"), &LoadOptions::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("in a circle"), "{error}");
    std::fs::remove_file(directory.join("base.ron")).unwrap();
    let error = load(&directory.join("over.ron"), &LoadOptions::default())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("cannot read") && error.contains("over.ron:1:"),
        "{error}"
    );
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn samples_become_part_of_the_document() {
    let directory = directory("samples");
    std::fs::write(directory.join("times.txt"), "# measured\n1.5\n2\n\n40\n").unwrap();
    let text = BASE.replace("work: \"5ms\"", "work: Samples(\"times.txt\", \"ms\")");
    let loaded = load_str(&text, "test.ron", &directory, &LoadOptions::default()).unwrap();
    let Kind::Service(api) = &loaded.design.node("api").unwrap().kind else {
        panic!()
    };
    let Some(TimeDist(Dist::Samples { values, .. })) = &api.serving.work else {
        panic!()
    };
    assert_eq!(values, &[Quantity(0.0015), Quantity(0.002), Quantity(0.04)]);
    std::fs::write(directory.join("times.txt"), "1\nx\n").unwrap();
    let error = load_str(&text, "test.ron", &directory, &LoadOptions::default())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("times.txt:2: `x` is not a number"),
        "{error}"
    );
    std::fs::remove_dir_all(directory).unwrap();
    let alone = try_text(&loaded.text, &LoadOptions::default()).unwrap();
    assert_eq!(alone.design, loaded.design);
}

#[test]
fn presets_lie_between_the_file_and_the_defaults_of_the_kind() {
    let text = BASE.replace(
        "\"api\": Service(",
        "\"cache\": Cache(preset: \"redis-7/1vcpu\", capacity: 7), \"api\": Service(",
    );
    let loaded = try_text(&text, &LoadOptions::default()).unwrap();
    let Kind::Cache(cache) = &loaded.design.node("cache").unwrap().kind else {
        panic!()
    };
    assert_eq!(cache.capacity, 7);
    assert_eq!(
        cache.serving.work,
        Some(TimeDist(Dist::Constant {
            value: Quantity(0.000_016)
        }))
    );
    let from = loaded
        .provenance
        .iter()
        .find(|from| from.path == "nodes/cache/work")
        .unwrap();
    assert_eq!(from.preset, "redis-7/1vcpu");
    let error = try_text(
        &text.replace("redis-7/1vcpu", "redis-7"),
        &LoadOptions::default(),
    )
    .unwrap_err();
    assert!(
        error.contains("no preset \"redis-7\"") && error.contains("did you mean"),
        "{error}"
    );
    let error = try_text(
        &text.replace("redis-7/1vcpu", "postgres-16/4vcpu"),
        &LoadOptions::default(),
    )
    .unwrap_err();
    assert!(
        error.contains("is a Database, but this is a Cache"),
        "{error}"
    );
}

#[test]
fn a_catalogue_of_ones_own_is_read() {
    let directory = directory("catalogue");
    let own = "(format: 1, components: {\"ours\": (kind: \"Service\", title: \"Ours\", values: (workers: 3))})";
    std::fs::write(directory.join("own.ron"), own).unwrap();
    let text = BASE.replace("Service(", "Service(preset: \"ours\", ");
    let options = LoadOptions {
        catalogue: Some(directory.clone()),
        ..LoadOptions::default()
    };
    let loaded = try_text(&text, &options).unwrap();
    assert_eq!(
        loaded
            .design
            .node("api")
            .unwrap()
            .serving()
            .unwrap()
            .workers
            .get(),
        Some(3)
    );
    assert!(try_text(&text, &LoadOptions::default()).is_err());
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn provenance_is_taken_off_and_remembered() {
    let text = BASE
        .replace("\"5ms\"", "Measured(\"5ms\", \"production, March\")")
        .replace("replicas: 2", "replicas: Guess(2)");
    let loaded = try_text(&text, &LoadOptions::default()).unwrap();
    assert_eq!(
        loaded.design,
        try_text(BASE, &LoadOptions::default()).unwrap().design
    );
    let notes: Vec<_> = loaded
        .provenance
        .iter()
        .map(|from| (from.path.as_str(), from.note.as_str()))
        .collect();
    assert_eq!(
        notes,
        [
            ("nodes/api/replicas", ""),
            ("nodes/api/work", "production, March")
        ]
    );
}

#[test]
fn files_that_cannot_be_designs_are_refused() {
    let directory = directory("bad");
    let error = |bytes: &[u8]| {
        let path = directory.join("bad.ron");
        std::fs::write(&path, bytes).unwrap();
        load(&path, &LoadOptions::default())
            .unwrap_err()
            .to_string()
    };
    assert!(error(b"").contains("the document is empty"));
    assert!(error(b"// nothing\n").contains("the document is empty"));
    assert!(error(b"\x89PNG\r\n\x1a\n\0\0").contains("binary file"));
    assert!(error(b"(\xc3\x28)").contains("not valid UTF-8"));
    assert!(error(&BASE.as_bytes()[..BASE.len() / 2]).contains("never closed"));
    assert!(error("(".repeat(100_000).as_bytes()).contains("more than 128 deep"));
    assert!(error(b"5").contains("expected the fields of a Design"));
    let large = std::fs::File::create(directory.join("large.ron")).unwrap();
    large.set_len(100 << 20).unwrap();
    let error = load(&directory.join("large.ron"), &LoadOptions::default())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("100 MiB") && error.contains("at most 16 MiB"),
        "{error}"
    );
    let error = load(&directory.join("absent.ron"), &LoadOptions::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("cannot read"), "{error}");
    let error = load(&directory, &LoadOptions::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("directory"), "{error}");
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn a_design_of_the_largest_size_loads_in_reasonable_time() {
    let node = |i: usize| {
        format!(
            "\"n{i}\": Service(replicas: 2, workers: 8, endpoints: {{\"get\": [Work(Exponential(\"5ms\")), \
             Call(\"n{}\", \"get\")]}}),\n",
            i + 1
        )
    };
    let nodes: String = (0..5_000).map(node).collect();
    let text = format!(
        "(format: 1, nodes: {{\"c\": Client(traffic: [(to: \"n0\", endpoint: \"get\", rate: \"1/s\")]),\n{nodes}\
         \"n5000\": Service(endpoints: {{\"get\": []}})}})"
    );
    let loaded = try_text(&text, &LoadOptions::default()).unwrap();
    assert_eq!(loaded.design.nodes.len(), 5_002);
    // Every call is wrong now: still no quadratic pile of suggestions.
    let error = try_text(
        &text.replace("Call(\"n", "Call(\"m"),
        &LoadOptions::default(),
    )
    .unwrap_err();
    assert!(error.contains("more"), "{}", &error[error.len() - 200..]);
}
