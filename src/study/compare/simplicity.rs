//! How many parts a design has: what has to be run, watched and understood.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::design::model::{Design, Kind, Step};
use crate::design::resolve::Resolver;

/// Calls within calls that are followed. Designs may call in circles where a wire says how deep.
const DEPTH_MAX: usize = 64;

/// The size of a design.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Simplicity {
    /// Nodes that are no clients.
    pub parts: usize,
    /// Most calls over the network that a request waits for one after another. Of branches at the
    /// same time, and of alternatives, the longest counts; a repetition counts once.
    pub hops: u64,
    /// Parts with contents that can be lost: databases, queues, caches.
    pub stateful: usize,
}

impl Simplicity {
    /// That of a design.
    pub fn of(design: &Design) -> Self {
        let count = |of: fn(&Kind) -> bool| {
            let nodes = design.nodes.iter();
            nodes.filter(|(_, node)| of(&node.kind)).count()
        };
        let mut hops = Hops {
            resolver: Resolver::new(design),
            design,
            known: BTreeMap::new(),
        };
        let mut longest = 0;
        for (name, node) in design.nodes.iter() {
            let Kind::Client(client) = &node.kind else {
                continue;
            };
            for flow in &client.traffic {
                let single = [flow.endpoint.as_deref()];
                let named: Vec<Option<&str>> = flow
                    .mix
                    .iter()
                    .map(|(_, endpoint)| Some(endpoint.as_str()))
                    .collect();
                let endpoints = if named.is_empty() {
                    &single[..]
                } else {
                    &named
                };
                for endpoint in endpoints {
                    longest = longest.max(1 + hops.below(&flow.to, *endpoint, name, 0));
                }
            }
        }
        Self {
            parts: count(|kind| !matches!(kind, Kind::Client(_))),
            hops: longest,
            stateful: count(|kind| {
                matches!(kind, Kind::Database(_) | Kind::Queue(_) | Kind::Cache(_))
            }),
        }
    }
}

struct Hops<'d> {
    design: &'d Design,
    resolver: Resolver<'d>,
    known: BTreeMap<(String, String), u64>,
}

impl Hops<'_> {
    /// Calls that an endpoint waits for, those of its callees included.
    fn below(&mut self, node: &str, endpoint: Option<&str>, caller: &str, depth: usize) -> u64 {
        let key = (node.to_owned(), endpoint.unwrap_or_default().to_owned());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let design = self.design;
        let Some(found) = design.node(node).filter(|_| depth < DEPTH_MAX) else {
            return 0;
        };
        let own = found.serving().map(|serving| &serving.endpoints);
        let named = endpoint.or_else(|| own.and_then(|own| own.names().next()));
        let steps = own.zip(named).and_then(|(own, name)| own.get(name));
        let hops = match (&found.kind, steps) {
            (Kind::Queue(_) | Kind::Client(_), _) => 0,
            (_, Some(steps)) => self.of_steps(node, steps, depth + 1),
            (Kind::Gateway(gateway), None) => {
                let routed = endpoint.and_then(|endpoint| gateway.routes.get(endpoint));
                let targets = self.resolver.implied_calls(node);
                let target = routed
                    .map(String::as_str)
                    .or_else(|| targets.first().copied());
                target.map_or(0, |target| {
                    1 + self.below(target, endpoint, node, depth + 1)
                })
            }
            (Kind::Balancer(_), None) => {
                let targets = self.resolver.implied_calls(node);
                let each = targets.iter().filter(|target| **target != caller);
                let longest = each.map(|target| 1 + self.below(target, endpoint, node, depth + 1));
                longest.max().unwrap_or(0)
            }
            (_, None) => {
                let targets = self.resolver.implied_calls(node);
                let each = targets.iter();
                each.map(|target| 1 + self.below(target, None, node, depth + 1))
                    .sum()
            }
        };
        self.known.insert(key, hops);
        hops
    }

    fn of_steps(&mut self, node: &str, steps: &[Step], depth: usize) -> u64 {
        let mut sum = 0;
        for step in steps {
            sum += match step {
                Step::Call {
                    node: to, endpoint, ..
                } => 1 + self.below(to, endpoint.as_deref(), node, depth),
                Step::Publish { .. } => 1,
                Step::Parallel { branches, .. } => {
                    let each = branches.iter();
                    each.map(|branch| self.of_steps(node, &branch.0, depth))
                        .max()
                        .unwrap_or(0)
                }
                Step::Choose { branches } => {
                    let each = branches.iter();
                    each.map(|(_, branch)| self.of_steps(node, &branch.0, depth))
                        .max()
                        .unwrap_or(0)
                }
                Step::Repeat { steps, .. } => self.of_steps(node, steps, depth),
                Step::Cached { miss, .. } => 1 + self.of_steps(node, miss, depth),
                // The commit is a call of its own.
                Step::Transaction { steps, .. } => 1 + self.of_steps(node, steps, depth),
                // What comes after the answer delays nobody.
                Step::Reply => return sum,
                Step::Work { .. }
                | Step::Wait { .. }
                | Step::Read { .. }
                | Step::Write
                | Step::Fail { .. } => 0,
            };
        }
        sum
    }
}
