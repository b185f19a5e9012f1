//! Whether a design makes sense: names that exist, numbers that can be simulated, calls that end.
//! Each subject has a file of its own; all of them report everything they find.

mod cycles;
mod dist;
mod faults;
mod nodes;
mod objectives;
mod places;
mod steps;
pub(crate) mod values;
mod wires;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::Node;
use super::decode::Decode;
use super::diagnostic::{self, Diagnostic};
use super::model::Design;
use super::path::{escape_key, nearest_value};
use super::resolve::{EndpointError, Resolver};
use super::syntax::Value;

pub use values::{REPLICAS_MAX, USERS_MAX};

/// Most nodes of a design.
pub const NODES_MAX: usize = 10_000;
/// Most replicas of all nodes together.
pub const REPLICAS_TOTAL_MAX: u64 = 100_000;

/// Reports that come with the nearest known word.
const SUGGESTIONS_MAX: usize = 100;

/// Everything that is wrong or doubtful about a design. `root` is the tree that it was read from,
/// `broken` the paths of entries that could not be read.
pub fn validate(design: &Design, root: &Value, broken: &[String]) -> Vec<Diagnostic> {
    let mut checker = Checker {
        design,
        root,
        broken,
        resolver: Resolver::new(design),
        zones: zones_of(design),
        reports: Vec::new(),
    };
    nodes::check(&mut checker);
    steps::check(&mut checker);
    wires::check(&mut checker);
    faults::check(&mut checker);
    objectives::check(&mut checker);
    places::check(&mut checker);
    cycles::check(&mut checker);
    checker.reports
}

/// What a check may look at, and what it reports.
struct Checker<'d> {
    design: &'d Design,
    root: &'d Value,
    /// Paths of entries that could not be read; what refers to them is not at fault.
    broken: &'d [String],
    resolver: Resolver<'d>,
    /// The zones and regions that nodes lie in.
    zones: BTreeSet<String>,
    reports: Vec<Diagnostic>,
}

/// The zones of all nodes, in full and by their parts: `"eu/a"`, `"eu"`, `"a"`.
fn zones_of(design: &Design) -> BTreeSet<String> {
    let mut zones = BTreeSet::new();
    for zone in design.nodes.iter().flat_map(|(_, node)| &node.common.zones) {
        zones.insert(zone.clone());
        zones.extend(zone.split('/').map(str::to_owned));
    }
    zones
}

impl<'d> Checker<'d> {
    /// Reports an error about the value at a path, or about what is nearest to it.
    fn error(&mut self, path: &str, message: impl Into<String>) -> &mut Diagnostic {
        let (value, exact) = nearest_value(self.root, Design::describe(), path);
        let span = if exact && !value.is_container() {
            value.span
        } else {
            value.head_span()
        };
        self.reports.push(Diagnostic::error(span, message).at(path));
        self.reports.last_mut().expect("just added")
    }

    /// Reports a warning about the value at a path.
    fn warning(&mut self, path: &str, message: impl Into<String>) -> &mut Diagnostic {
        let report = self.error(path, message);
        report.severity = super::Severity::Warning;
        report
    }

    /// The nearest known word; not looked for any more after many reports, since that takes time.
    fn suggest<'a>(
        &self,
        word: &str,
        known: impl IntoIterator<Item = &'a str> + Clone,
    ) -> Option<String> {
        if self.reports.len() < SUGGESTIONS_MAX {
            diagnostic::suggest(word, known)
        } else {
            None
        }
    }

    /// Whether an entry of a map stands in the file but could not be read.
    fn is_broken(&self, map: &str, name: &str) -> bool {
        let path = format!("{map}/{}", escape_key(name));
        self.broken.contains(&path)
    }

    /// The node that a name at a path refers to; reports if there is none.
    fn node(&mut self, path: &str, name: &str) -> Option<&'d Node> {
        let found = self.resolver.node(name);
        if found.is_none() && !self.is_broken("nodes", name) {
            let help = self.suggest(name, self.design.nodes.names());
            let report = self.error(path, format!("there is no node \"{name}\""));
            report.label = "expected the name of a node".into();
            report.help = help;
        }
        found
    }

    /// The node that a name refers to, which must be of one kind.
    fn node_of_kind(&mut self, path: &str, name: &str, kind: &str) -> Option<&'d Node> {
        let node = self.node(path, name)?;
        if node.kind.name() == kind {
            return Some(node);
        }
        let of_kind = self
            .design
            .nodes
            .iter()
            .filter(|(_, node)| node.kind.name() == kind);
        let help = self.suggest(name, of_kind.map(|(name, _)| name));
        let message = format!("\"{name}\" is a {}, not a {kind}", node.kind.name());
        let report = self.error(path, message);
        report.label = format!("expected the name of a {kind}");
        report.help = help;
        None
    }

    /// Checks that a node can be called at an endpoint. `name_path` is where its name stands,
    /// `endpoint_path` where the endpoint does.
    fn callable(
        &mut self,
        (name_path, name): (&str, &str),
        (endpoint_path, endpoint): (&str, Option<&str>),
    ) {
        let Some(node) = self.node(name_path, name) else {
            return;
        };
        let Err(error) = self.resolver.endpoint(name, endpoint) else {
            return;
        };
        let known = self.resolver.endpoints(name);
        // Behind a node that could not be read anything may stand.
        if self.broken.iter().any(|path| path.starts_with("nodes/")) {
            return;
        }
        match error {
            EndpointError::NotCallable => {
                let kind = node.kind.name();
                let report = self.error(name_path, format!("a {kind} cannot be called"));
                report.label = "expected a node that answers calls".into();
                report.help =
                    (kind == "Queue").then(|| format!("send it a message: Publish(\"{name}\")"));
            }
            EndpointError::Ambiguous => {
                let report = self.error(name_path, format!("\"{name}\" has several endpoints"));
                report.label = "expected the name of one of them too".into();
                report.help = Some(format!("its endpoints: {}", known.join(", ")));
            }
            EndpointError::UnknownEndpoint => {
                let wanted = endpoint.unwrap_or("");
                let message = match endpoint {
                    Some(wanted) => format!("\"{name}\" has no endpoint \"{wanted}\""),
                    None => format!("\"{name}\" leads to nothing that answers"),
                };
                let help = self.suggest(wanted, known.iter().copied());
                let report = self.error(endpoint_path, message);
                report.label = "unknown endpoint".into();
                report.help = help;
            }
            EndpointError::UnknownNode => {}
        }
    }

    /// Every wire that exists.
    fn wires(&self) -> BTreeSet<(String, String)> {
        self.design.implied_wires().into_iter().collect()
    }

    /// How many entries of each name there are, for messages about repetitions.
    fn count<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
        let mut counts = BTreeMap::new();
        for name in names {
            *counts.entry(name).or_insert(0) += 1;
        }
        counts
    }
}
