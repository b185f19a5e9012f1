//! Verdicts as `JUnit` XML, as Jenkins, GitLab and most others read it: a suite for each design, a
//! test for each objective and each figure against the baseline. It follows the schema of the
//! Jenkins plug-in.

use super::escape::attribute;
use super::verdict::{Case, Outcome, Suite};

/// The whole file.
pub fn junit(suites: &[Suite]) -> String {
    let sum = |of: &dyn Fn(&Suite) -> usize| suites.iter().map(of).sum::<usize>();
    let seconds: f64 = suites.iter().map(|suite| suite.seconds).sum();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.push_str(&format!(
        "<testsuites name=\"buttress check\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{seconds:.3}\">\n",
        sum(&|suite| suite.cases.len()),
        sum(&|suite| suite.count(Outcome::Failed)),
        sum(&|suite| suite.count(Outcome::Broken)),
    ));
    for one in suites {
        suite(one, &mut xml);
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn suite(suite: &Suite, xml: &mut String) {
    let name = attribute(&suite.name());
    xml.push_str(&format!(
        "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3}\">\n",
        suite.cases.len(),
        suite.count(Outcome::Failed),
        suite.count(Outcome::Broken),
        suite.count(Outcome::Skipped),
        suite.seconds,
    ));
    if !suite.properties.is_empty() {
        xml.push_str("    <properties>\n");
        for (name, value) in &suite.properties {
            let value = attribute(value);
            xml.push_str(&format!(
                "      <property name=\"{name}\" value=\"{value}\"/>\n"
            ));
        }
        xml.push_str("    </properties>\n");
    }
    // One simulation serves all cases: each has an equal part of its time.
    let seconds = suite.seconds / suite.cases.len().max(1) as f64;
    for one in &suite.cases {
        case(&name, one, seconds, xml);
    }
    xml.push_str("  </testsuite>\n");
}

fn case(suite: &str, case: &Case, seconds: f64, xml: &mut String) {
    let name = attribute(&case.name);
    let class = case.class.word();
    let start = format!(
        "    <testcase name=\"{name}\" classname=\"{suite} · {class}\" time=\"{seconds:.3}\""
    );
    xml.push_str(&start);
    let message = attribute(&case.found);
    let place = case.place.as_ref().map_or(String::new(), |place| {
        format!("{}:{}:{}: ", place.file, place.line, place.column)
    });
    let text = attribute(&format!("{place}{}: {}", case.name, case.found));
    let inside = match case.outcome {
        Outcome::Passed => format!("<system-out>{message}</system-out>"),
        Outcome::Skipped => format!("<skipped message=\"{message}\"/>"),
        Outcome::Failed => {
            format!("<failure message=\"{message}\" type=\"{class}\">{text}</failure>")
        }
        Outcome::Broken => format!("<error message=\"{message}\" type=\"{class}\">{text}</error>"),
    };
    xml.push_str(&format!(">\n      {inside}\n    </testcase>\n"));
}
