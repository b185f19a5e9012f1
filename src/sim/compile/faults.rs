//! Faults: whom they touch, by index.

use super::{Builder, CompileError, distribution};
use crate::design::model::{Fault, FaultEntry, Which};
use crate::design::resolve::wire_ends;
use crate::sim::model::{FaultPlan, FaultSpec, NONE, WhichSpec};
use crate::stats::rng::hash_name;
use crate::stats::sampler::Sampler;

impl Builder<'_> {
    /// All faults of the design.
    pub(super) fn faults(&mut self) -> Result<(), CompileError> {
        for (i, entry) in self.design.faults.clone().iter().enumerate() {
            let plan = self.fault(i, entry)?;
            self.model.faults.push(plan);
            self.model.meta.transient = true;
        }
        Ok(())
    }

    fn fault(&mut self, index: usize, entry: &FaultEntry) -> Result<FaultPlan, CompileError> {
        let path = format!("faults/{index}");
        let fault = self.fault_spec(&path, &entry.fault)?;
        let name = entry.title();
        let sampler = |time: &Option<crate::design::model::TimeDist>| {
            time.as_ref()
                .map(|time| Ok(Sampler::new(&distribution(&time.0)?)))
                .transpose()
        };
        Ok(FaultPlan {
            stream: hash_name(&["fault", &name, &index.to_string()]),
            name,
            fault,
            at_ns: entry.at.map_or(0, |at| at.0),
            every: sampler(&entry.every)?,
            lasts: sampler(&entry.lasts)?,
        })
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each kind of fault")]
    fn fault_spec(&mut self, path: &str, fault: &Fault) -> Result<FaultSpec, CompileError> {
        Ok(match fault {
            Fault::Crash { node, replicas } => FaultSpec::Crash {
                node: self.node(node, path)?,
                which: which(replicas),
            },
            Fault::Slow {
                node,
                factor,
                replicas,
            } => FaultSpec::Slow {
                node: self.node(node, path)?,
                which: which(replicas),
                factor: *factor,
            },
            Fault::Grey {
                node,
                replicas,
                factor,
                errors,
            } => FaultSpec::Grey {
                node: self.node(node, path)?,
                which: which(replicas),
                factor: *factor,
                rate: errors.0,
            },
            Fault::Errors {
                node,
                rate,
                replicas,
            } => FaultSpec::Errors {
                node: self.node(node, path)?,
                which: which(replicas),
                rate: rate.0,
            },
            Fault::Latency { wire, add } => {
                let index = self.wire_named(path, wire)?;
                FaultSpec::Latency {
                    wire: index,
                    draw: self.draw(&add.0, &[path, "added latency"])?,
                }
            }
            Fault::Loss { wire, rate } => FaultSpec::Loss {
                wire: self.wire_named(path, wire)?,
                rate: rate.0,
            },
            Fault::Partition { a, b } => {
                let side = |builder: &Self, names: &[String]| {
                    let mut side = vec![false; builder.model.replicas.len()];
                    for name in names {
                        for (there, named) in side.iter_mut().zip(builder.replicas_named(name)) {
                            *there |= named;
                        }
                    }
                    side
                };
                let side_a = side(self, a);
                let side_b = if b.is_empty() {
                    side_a.iter().map(|there| !there).collect()
                } else {
                    side(self, b)
                };
                FaultSpec::Partition { side_a, side_b }
            }
            Fault::Pause { node, replicas } => FaultSpec::Pause {
                node: self.node(node, path)?,
                which: which(replicas),
            },
            Fault::Flush { cache } => {
                let node = self.node(cache, path)?;
                FaultSpec::Flush {
                    cache: self.model.nodes[node as usize].cache,
                }
            }
            Fault::Traffic { client, factor } => FaultSpec::Traffic {
                flows: self.flows_of(path, client)?,
                factor: *factor,
            },
            Fault::HotKey { client, share } => FaultSpec::HotKey {
                flows: self.flows_of(path, client)?,
                share: share.0,
            },
            Fault::Zone { zone } => {
                let there = |(i, replica): (usize, &crate::sim::model::ReplicaSpec)| {
                    let in_zone = replica.zone != NONE
                        && super::nodes::matches(zone, &self.model.zones[replica.zone as usize]);
                    in_zone.then_some(i as u32)
                };
                FaultSpec::Zone {
                    replicas: self
                        .model
                        .replicas
                        .iter()
                        .enumerate()
                        .filter_map(there)
                        .collect(),
                }
            }
        })
    }

    fn wire_named(&mut self, path: &str, name: &str) -> Result<u32, CompileError> {
        let (from, to) = wire_ends(name)
            .ok_or_else(|| CompileError::new(path, "a wire is written as \"caller -> callee\""))?;
        let (from, to) = (self.node(from, path)?, self.node(to, path)?);
        self.wire(from, to)
    }

    fn flows_of(&self, path: &str, client: &str) -> Result<Vec<u32>, CompileError> {
        let node = self.node(client, path)?;
        let of = |(i, flow): (usize, &crate::sim::model::FlowSpec)| {
            (flow.node == node).then_some(i as u32)
        };
        Ok(self.model.flows.iter().enumerate().filter_map(of).collect())
    }
}

fn which(which: &Which) -> WhichSpec {
    match which {
        Which::All => WhichSpec::All,
        Which::Count { n } => WhichSpec::Count(*n),
        Which::Replica { index } => WhichSpec::Index(*index),
    }
}
