//! Verdicts as workflow commands of GitHub Actions, which become annotations at the lines of a pull
//! request. See "Workflow commands for GitHub Actions": in a message `%`, CR and LF are escaped, in
//! a property `:` and `,` as well.

use super::verdict::{Case, Class, Outcome, Suite};

/// An annotation for each case that failed, each on a line.
pub fn annotations(suite: &Suite) -> String {
    let bad = suite
        .cases
        .iter()
        .filter(|case| matches!(case.outcome, Outcome::Failed | Outcome::Broken));
    bad.map(|case| annotation(suite, case)).collect()
}

fn annotation(suite: &Suite, case: &Case) -> String {
    let file = case.place.as_ref().map_or(&suite.file, |place| &place.file);
    let mut properties = vec![format!("file={}", property(file))];
    if let Some(place) = &case.place {
        properties.push(format!("line={}", place.line));
        properties.push(format!("col={}", place.column));
    }
    let title = match case.class {
        Class::Design => "The design cannot be checked",
        Class::Objective => "Objective not met",
        Class::Baseline => "Worse than the baseline",
    };
    properties.push(format!("title={}", property(title)));
    let variant = suite
        .variant
        .as_ref()
        .map_or(String::new(), |variant| format!(" ({variant})"));
    let text = match case.class {
        Class::Design => case.found.clone(),
        _ => format!("{}{variant}: {}", case.name, case.found),
    };
    format!("::error {}::{}\n", properties.join(","), message(&text))
}

fn message(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
