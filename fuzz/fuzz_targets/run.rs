//! Random valid designs, made from the bytes by the generator of the tests, are run; the laws must hold.

#![no_main]

#[path = "../../tests/it/robust/generate.rs"]
mod generate;

use buttress::design::{LoadOptions, load_str};
use buttress::sim::{Engine, compile};
use libfuzzer_sys::fuzz_target;
use std::path::Path;
use std::sync::Arc;

fuzz_target!(|bytes: &[u8]| {
    let text = generate::design_from_bytes(bytes);
    let loaded = load_str(&text, "random", Path::new(""), &LoadOptions::default())
        .unwrap_or_else(|problems| panic!("a generated design is not valid: {problems}\n{text}"));
    let model = compile(&loaded.design).unwrap_or_else(|error| panic!("it does not compile: {error}\n{text}"));
    let mut engine = Engine::new(Arc::new(model), 1, 0);
    engine.run_until(u64::MAX);
    for check in engine.finish().checks {
        assert!(check.left == check.right, "{} of {}: {} is not {}\n{text}", check.law, check.place, check.left, check.right);
    }
});
