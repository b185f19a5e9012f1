//! What the README shows is what the program prints: each block after a mark such as
//! `<!-- BEGIN OUTPUT: run scenarios/shop.ron -->` is the output of that command.
//! `BUTTRESS_BLESS=1 cargo test --test it readme` writes the blocks anew.

use std::path::Path;
use std::process::Command;

const BEGIN: &str = "<!-- BEGIN OUTPUT: ";
const END: &str = "<!-- END OUTPUT -->";

/// What a command prints.
fn output(arguments: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_buttress"))
        .args(arguments.split_whitespace())
        .arg("--no-save")
        .env("NO_COLOR", "1")
        .env("LANG", "C.UTF-8")
        .env_remove("COLUMNS")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments}: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// The text with all its blocks as the program prints them now.
fn renewed(text: &str) -> String {
    let mut new = String::new();
    let mut rest = text;
    while let Some(begin) = rest.find(BEGIN) {
        let (before, block) = rest.split_at(begin);
        let (mark, after) = block.split_once('\n').expect("a mark ends its line");
        let arguments = mark[BEGIN.len()..].trim_end_matches(" -->");
        let end = after.find(END).expect("a block has an end");
        new.push_str(before);
        new.push_str(&format!(
            "{mark}\n```\n{}\n```\n",
            output(arguments).trim_end()
        ));
        rest = &after[end..];
    }
    new + rest
}

#[test]
fn the_output_in_the_readme_is_what_the_program_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(BEGIN), "there is output to compare");
    let new = renewed(&text);
    if std::env::var_os("BUTTRESS_BLESS").is_some() {
        std::fs::write(&path, new).unwrap();
    } else {
        assert!(
            new == text,
            "README.md is stale: BUTTRESS_BLESS=1 cargo test --test it readme"
        );
    }
}
