//! Decoding: the example, every scenario, every default.

use crate::design::model::*;
use crate::design::{LoadOptions, load_str};
use crate::units::{Nanos, Rate};

const EXAMPLE: &str = include_str!("../../../tests/designs/example.ron");

fn design(text: &str) -> Design {
    match load_str(
        text,
        "test.ron",
        std::path::Path::new("."),
        &LoadOptions::default(),
    ) {
        Ok(loaded) => loaded.design,
        Err(errors) => panic!("{errors}"),
    }
}

#[test]
fn the_example_has_the_expected_values() {
    let design = design(EXAMPLE);
    assert_eq!(design.name, "checkout");
    let Kind::Client(shoppers) = &design.node("shoppers").unwrap().kind else {
        panic!()
    };
    assert_eq!(
        shoppers.traffic[0].rate,
        Some(Curve::Constant { rate: Rate(120.0) })
    );
    assert_eq!(
        shoppers.traffic[1].keys,
        Keys::Zipf {
            n: 1_000_000,
            s: 0.99
        }
    );
    assert_eq!(design.run.duration, Nanos(600_000_000_000));
    assert_eq!(
        design.wire("api", "orders-db").unwrap().pool,
        Some(Limit::AtMost { n: 20 })
    );
    assert_eq!(
        design.faults[1].fault,
        Fault::Crash {
            node: "api".into(),
            replicas: Which::Count { n: 1 }
        }
    );
    let Kind::Service(api) = &design.node("api").unwrap().kind else {
        panic!()
    };
    assert_eq!(api.serving.workers.get(), Some(32));
    let steps = api.serving.endpoints.get("POST /orders").unwrap();
    let Step::Work {
        time: TimeDist(Dist::LogNormal { p50, p99, .. }),
    } = &steps[0]
    else {
        panic!()
    };
    assert_eq!((p50.unwrap().0, p99.unwrap().0), (0.002, 0.009));
}

#[test]
fn every_scenario_loads() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut failed = String::new();
    for directory in ["scenarios", "scenarios/bench"] {
        for entry in std::fs::read_dir(root.join(directory)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "ron")
                && let Err(errors) = crate::design::load(&path, &LoadOptions::default())
            {
                failed.extend([errors.to_string(), "\n\n".to_owned()]);
            }
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

#[test]
fn every_default_of_every_declaration_is_a_value_of_its_type() {
    use crate::design::describe::{Definition, Field, definitions};
    let mut count = 0;
    for definition in definitions() {
        let fields: Vec<&Field> = match definition {
            Definition::Record(record) => record.fields.iter().collect(),
            Definition::Choice(choice) => choice
                .variants
                .iter()
                .flat_map(|variant| variant.fields)
                .collect(),
        };
        for field in fields {
            assert!(
                (field.default_fits)(),
                "{}/{}",
                definition.name(),
                field.name
            );
            assert!(
                !field.help.trim().is_empty(),
                "{}/{}",
                definition.name(),
                field.name
            );
            count += 1;
        }
    }
    assert!(count > 200, "{count}");
    assert_eq!(Wire::default().balancing.policy, Policy::RoundRobin);
    assert_eq!(Run::default().replications, 10);
}
