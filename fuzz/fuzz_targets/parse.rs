//! The loader of documents on arbitrary bytes: it may refuse them, with messages that can be shown, and never fail. What
//! it accepts compiles or says why not.

#![no_main]

use buttress::design::{LoadOptions, load_str};
use libfuzzer_sys::fuzz_target;
use std::path::Path;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    // Bases and samples are looked for where nothing is.
    match load_str(&text, "input", Path::new("/nonexistent"), &LoadOptions::default()) {
        Ok(loaded) => {
            // Large designs are legal, and only slow.
            let replicas: u64 = loaded.design.nodes.iter().map(|(_, node)| u64::from(node.common.replicas)).sum();
            if replicas < 1_000 {
                let _ = buttress::sim::compile(&loaded.design);
            }
        }
        Err(problems) => {
            let _ = problems.to_string();
        }
    }
});
