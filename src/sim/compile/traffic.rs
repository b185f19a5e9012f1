//! Flows: rates over time, arrivals, keys, and the calls that requests begin with; and the workers
//! that take from queues.

use super::{Builder, CompileError, distribution};
use crate::design::model::{Arrivals, Flow, Keys, Kind};
use crate::sim::measure::EndpointMeta;
use crate::sim::model::{
    ArrivalSpec, ConsumerSpec, FlowPart, FlowSpec, KeySpec, NONE, Op, RateCurve, feature,
};
use crate::stats::discrete::Zipf;
use crate::stats::rng::hash_name;
use crate::stats::sampler::Sampler;

/// How many requests of one replication are followed, about.
const FOLLOWED: f64 = 8_192.0;

/// Deliveries that one replica without a limit on workers may have at once.
const SLOTS_MAX: u32 = 1 << 20;

impl Builder<'_> {
    /// All flows of all clients.
    pub(super) fn flows(&mut self) -> Result<(), CompileError> {
        let mut expected = 0.0;
        for node in 0..self.design.nodes.len() as u32 {
            let Kind::Client(client) = &self.design.nodes.0[node as usize].1.kind else {
                continue;
            };
            for (i, flow) in client.traffic.clone().iter().enumerate() {
                expected += self.flow(node, i, flow)?;
            }
        }
        let ratio = (expected / FOLLOWED).max(1.0);
        self.model.follow_one_in = (ratio as u64).next_power_of_two();
        Ok(())
    }

    /// One flow; gives out the number of requests to be expected of it.
    fn flow(&mut self, node: u32, index: usize, flow: &Flow) -> Result<f64, CompileError> {
        let client = self.name(node).to_owned();
        let path = format!("nodes/{client}/traffic/{index}");
        let target = self.node(&flow.to, &path)?;
        let mut upto = Vec::new();
        let mut compiled = Vec::new();
        let mut sum = 0.0;
        for (share, endpoint) in flow.parts() {
            sum += share;
            upto.push(sum);
            compiled.push(self.flow_part(node, target, endpoint, flow)?);
        }
        let curve = RateCurve {
            points: flow.corners(1e9),
        };
        if curve
            .points
            .windows(2)
            .any(|pair| (pair[0].1 - pair[1].1).abs() > 0.0)
        {
            self.model.meta.transient = true;
        }
        let think = self.draw(&flow.think.0, &[&path, "think"])?;
        let duration = self.model.meta.duration_ns as f64;
        let expected = match flow.users {
            Some(users) => {
                let mean = distribution(&flow.think.0)?.mean().max(1e-3);
                f64::from(users) * duration / 1e9 / mean
            }
            None => curve.area(0.0, duration),
        };
        let replica = self.model.nodes[node as usize].first_replica;
        self.model.flows.push(FlowSpec {
            node,
            replica,
            stations: self.model.replicas[replica as usize].stations,
            curve,
            arrivals: self.arrivals(flow)?,
            users: flow.users.unwrap_or(0),
            think,
            upto,
            parts: compiled,
            keys: keys(&flow.keys).ok_or_else(|| {
                CompileError::new(
                    &format!("{path}/keys"),
                    "there is no Zipf law with these parameters",
                )
            })?,
            request: Sampler::new(&distribution(&flow.request.0)?),
            response: Sampler::new(&distribution(&flow.response.0)?),
            priority: flow.priority.min(7) as u8,
            deadline_ns: flow.deadline.map_or(u64::MAX, |deadline| deadline.0),
            idempotent: flow.idempotent,
            stream: hash_name(&[
                &client,
                &flow.to,
                flow.endpoint.as_deref().unwrap_or(""),
                &index.to_string(),
            ]),
        });
        Ok(expected)
    }

    /// The program of a request: call, done.
    fn flow_part(
        &mut self,
        node: u32,
        target: u32,
        endpoint: Option<&str>,
        flow: &Flow,
    ) -> Result<FlowPart, CompileError> {
        let (to, attack) = (flow.to.as_str(), flow.attack);
        let client = self.name(node).to_owned();
        let stream = hash_name(&[&client, to, endpoint.unwrap_or("")]);
        let site = self.site(node, &[target], endpoint, stream)?;
        if flow.deadline.is_some() {
            self.model.sites[site as usize].features |= feature::DEADLINE;
        }
        let entry = self.model.ops.len() as u32;
        self.model.ops.push(Op::Call { site });
        self.model.ops.push(Op::Done);
        let shown = match endpoint {
            Some(endpoint) => format!("{client} -> {to}/{endpoint}"),
            None => match self.design.resolve_endpoint(self.name(target), None) {
                Ok((_, found)) if !found.is_empty() => format!("{client} -> {to}/{found}"),
                _ => format!("{client} -> {to}"),
            },
        };
        let known = self
            .model
            .meta
            .endpoints
            .iter()
            .position(|meta| meta.name == shown);
        let endpoint = known.unwrap_or_else(|| {
            self.model.meta.endpoints.push(EndpointMeta {
                name: shown,
                client: node,
                attack,
            });
            self.model.meta.endpoints.len() - 1
        });
        Ok(FlowPart {
            entry,
            endpoint: endpoint as u32,
        })
    }

    fn arrivals(&self, flow: &Flow) -> Result<ArrivalSpec, CompileError> {
        Ok(match &flow.arrivals {
            Arrivals::Poisson => ArrivalSpec::Poisson,
            Arrivals::Even => ArrivalSpec::Even,
            Arrivals::Renewal { gaps } => {
                let dist = distribution(gaps)?;
                let mean = dist.mean();
                if !(mean.is_finite() && mean > 0.0) {
                    return Err(CompileError::new(
                        "traffic/arrivals",
                        "the gaps between arrivals need a finite mean above 0, since it is scaled to give the rate",
                    ));
                }
                ArrivalSpec::Renewal(Sampler::new(&dist.scaled(1.0 / mean)))
            }
            Arrivals::Bursts {
                factor,
                burst,
                calm,
            } => {
                // The mean over calm and burst periods is the rate.
                let (burst_ns, calm_ns) = (burst.0 as f64, calm.0 as f64);
                let mean = (calm_ns + factor * burst_ns) / (calm_ns + burst_ns);
                ArrivalSpec::Bursts {
                    calm: 1.0 / mean,
                    burst: factor / mean,
                    calm_ns,
                    burst_ns,
                }
            }
            Arrivals::Batches { size } => {
                let dist = distribution(&size.0)?;
                ArrivalSpec::Batches {
                    mean: mean_rounded(&dist),
                    size: Sampler::new(&dist),
                }
            }
        })
    }

    /// The workers of each queue.
    pub(super) fn consumers(&mut self) -> Result<(), CompileError> {
        for node in 0..self.design.nodes.len() as u32 {
            let Kind::Worker(worker) = &self.design.nodes.0[node as usize].1.kind else {
                continue;
            };
            let (from, batch, prefetch) = (worker.from.clone(), worker.batch, worker.prefetch);
            let workers = worker.serving.workers.get();
            let queue_node = self.node(&from, &format!("nodes/{}/from", self.name(node)))?;
            let queue = self.model.nodes[queue_node as usize].queue;
            self.model.nodes[node as usize].consumes = queue;
            let endpoint = self.endpoint(node, None);
            let wire = self.wire(node, queue_node)?;
            let slots = workers.map_or(SLOTS_MAX, |workers| {
                workers
                    .saturating_mul(prefetch.saturating_add(1))
                    .min(SLOTS_MAX)
            });
            if queue != NONE {
                self.model.queues[queue as usize]
                    .consumers
                    .push(ConsumerSpec {
                        node,
                        endpoint,
                        batch: batch.max(1),
                        slots,
                        wire,
                    });
            }
        }
        Ok(())
    }
}

/// The mean of a batch size after rounding to whole numbers of at least 1.
fn mean_rounded(dist: &crate::stats::dist::Dist) -> f64 {
    // E[max(1, round X)] = 1 + sum over k >= 1 of P(X >= k + 1/2).
    let mut mean = 1.0;
    for k in 1..1_000_000_u32 {
        let above = 1.0 - dist.cdf(f64::from(k) + 0.5 - 1e-9);
        mean += above;
        if above < 1e-12 {
            break;
        }
    }
    mean
}

fn keys(keys: &Keys) -> Option<KeySpec> {
    Some(match keys {
        Keys::Single => KeySpec::Single,
        Keys::Uniform { n } => KeySpec::Uniform(*n),
        Keys::Zipf { n, s } => KeySpec::Zipf {
            n: *n,
            law: Zipf::new(*n, *s)?,
        },
        Keys::HotSet { n, hot, share } => KeySpec::HotSet {
            n: *n,
            hot: *hot,
            share: share.0,
        },
    })
}
