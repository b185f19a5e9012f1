//! `new`: a commented design to start from.

use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::source;
use crate::cli::text::wrap::wrap;
use crate::cli::text::{Look, Role};
use crate::store::atomic;
use clap::Args;
use clap::builder::PossibleValuesParser;
use std::io::ErrorKind;
use std::path::PathBuf;

/// A design to start from.
struct Template {
    name: &'static str,
    /// Its first line of comment says what it is.
    text: &'static str,
}

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        /// All of them, the simplest first.
        const TEMPLATES: &[Template] = &[
            $(Template {
                name: $name,
                text: include_str!(concat!("../../../assets/templates/", $name, ".ron")),
            }),*
        ];
    };
}

templates![
    "minimal",
    "three-tier",
    "queue-worker",
    "api-gateway",
    "resilient-calls"
];

/// Write a starter design
#[derive(Debug, Args)]
pub(crate) struct New {
    /// The file to write; - writes to stdout
    #[arg(value_name = "FILE", default_value = "design.ron")]
    file: PathBuf,
    /// What to start from; --list says what each one is
    #[arg(long, short, value_name = "NAME", default_value = "minimal",
        value_parser = PossibleValuesParser::new(TEMPLATES.iter().map(|template| template.name)))]
    template: String,
    /// List the templates
    #[arg(long, conflicts_with_all = ["file", "template", "force"])]
    list: bool,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
}

impl New {
    /// Writes it.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        if self.list {
            console.print(&list(console.look()));
            return Ok(Exit::Done);
        }
        let template = TEMPLATES
            .iter()
            .find(|template| template.name == self.template)
            .expect("the parser of arguments accepts only names of templates");
        if source::is_stdin(&self.file) {
            console.print(template.text);
            return Ok(Exit::Done);
        }
        let stem = self
            .file
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        self.write(&named(template.text, &stem.unwrap_or_default()))?;
        let file = self.file.display();
        console.note(&format!(
            "Wrote {file}. `buttress run {file}` simulates it."
        ));
        Ok(Exit::Done)
    }

    fn write(&self, text: &str) -> Result<(), Failure> {
        let name = self.file.display().to_string();
        match atomic::create(&self.file, text.as_bytes()) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && self.force => {
                atomic::replace(&self.file, text.as_bytes())
                    .map_err(|error| Failure::file("write", &name, &error))
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Failure::new(
                Exit::Unreadable,
                format!("{name} exists already"),
                "It was left as it is. Name another file, or replace it with --force.",
            )),
            Err(error) => Err(Failure::file("write", &name, &error)),
            Ok(()) => Ok(()),
        }
    }
}

/// The text with the design's name in place of the template's. A name that would need escaping
/// stays out.
fn named(text: &str, name: &str) -> String {
    let plain = !name.is_empty()
        && !name
            .chars()
            .any(|letter| letter.is_control() || matches!(letter, '"' | '\\'));
    let Some((before, rest)) = text.split_once("name: \"").filter(|_| plain) else {
        return text.to_owned();
    };
    match rest.split_once('"') {
        Some((_, after)) => format!("{before}name: \"{name}\"{after}"),
        None => text.to_owned(),
    }
}

/// What a template is: its first line of comment.
fn purpose(template: &Template) -> &'static str {
    template
        .text
        .lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches(['/', ' '])
}

fn list(look: Look) -> String {
    let mut text = look.paint(Role::Title, "templates") + "\n";
    for template in TEMPLATES {
        let name = format!("  {:16}", template.name);
        let lines = wrap(&name, purpose(template), look.width);
        text.push_str(&lines.replacen(template.name, &look.paint(Role::Strong, template.name), 1));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{LoadOptions, fmt, load_str};
    use std::path::Path;

    #[test]
    fn every_template_is_a_good_design_in_canonical_layout() {
        for template in TEMPLATES {
            let options = LoadOptions::default();
            let loaded = load_str(template.text, template.name, Path::new(""), &options);
            let loaded = loaded.unwrap_or_else(|errors| panic!("{errors}"));
            assert!(
                loaded.warnings.items.is_empty(),
                "{}",
                loaded.warnings.render(false)
            );
            assert!(
                !loaded.design.objectives.is_empty(),
                "{} has objectives",
                template.name
            );
            assert_eq!(
                fmt::format(template.text).unwrap(),
                template.text,
                "{}",
                template.name
            );
            let renamed = named(template.text, "my shop");
            let loaded = load_str(&renamed, "x", Path::new(""), &options).unwrap();
            assert_eq!(loaded.design.name, "my shop");
            assert!(purpose(template).len() > 20 && purpose(template).ends_with('.'));
        }
    }

    #[test]
    fn a_name_that_would_break_the_text_is_left_out() {
        assert_eq!(named("(name: \"a\")", "b"), "(name: \"b\")");
        assert_eq!(named("(name: \"a\")", "b\"c"), "(name: \"a\")");
        assert_eq!(named("(name: \"a\")", ""), "(name: \"a\")");
        assert_eq!(named("(format: 1)", "b"), "(format: 1)");
    }

    #[test]
    fn the_list_says_what_each_is() {
        insta::assert_snapshot!(list(Look { width: 100, ..Look::PLAIN }), @"
        templates
          minimal         The smallest design that answers a question: whether one server is enough.
          three-tier      Three tiers: a balancer, web servers, a cache, and a database.
          queue-worker    Work that can wait: an API puts messages in a queue, workers take them.
          api-gateway     A page from several services: a gateway that checks credentials and limits rates,
                          and calls in parallel.
          resilient-calls Calls to a dependency that fails now and then: timeout, retry with a budget,
                          breaker and fallback.
        ");
    }
}
