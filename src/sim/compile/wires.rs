//! Wires with their policies, balancing groups, and the sites that call along them.

use super::nodes::{limit_spec, matches};
use super::{Builder, CompileError};
use crate::design::model::{Backoff, Balancing, Failure, Jitter, Kind, Policy, Wire};
use crate::design::resolve::pool_size;
use crate::sim::measure::{Cause, WireMeta};
use crate::sim::model::{
    BackoffSpec, BreakerSpec, Choice, EjectionSpec, GroupSpec, HealthSpec, JitterSpec, NONE,
    RingKind, SiteSpec, Target, WireSpec, feature,
};
use crate::sim::parts::ring::HashRing;
use crate::stats::rng::hash_name;

/// Sizes of messages where neither the wire nor a flow says any, in bytes.
const REQUEST_BYTES: u64 = 1 << 10;
const RESPONSE_BYTES: u64 = 4 << 10;

impl Builder<'_> {
    /// The wire between two nodes, made when it is first used.
    pub(super) fn wire(&mut self, from: u32, to: u32) -> Result<u32, CompileError> {
        if let Some(&wire) = self.wire_index.get(&(from, to)) {
            return Ok(wire);
        }
        let name = format!("{} -> {}", self.name(from), self.name(to));
        let written = self.design.wire(self.name(from), self.name(to)).cloned();
        let written = written.unwrap_or_else(|| self.default_wire.clone());
        let spec = self.wire_spec(from, to, &name, &written)?;
        let index = self.model.wires.len() as u32;
        let replicas = u64::from(self.model.nodes[from as usize].replicas);
        self.model.meta.wires.push(WireMeta {
            name,
            from,
            to,
            pool_total: if spec.pool == NONE {
                0
            } else {
                u64::from(spec.pool) * replicas
            },
            breakers: if spec.breaker.is_some() { replicas } else { 0 },
        });
        self.model.ends += replicas as usize;
        self.model.wires.push(spec);
        self.wire_index.insert((from, to), index);
        Ok(index)
    }

    /// Wires that the design implies but no program uses still have figures: zeros.
    pub(super) fn wire_up_rest(&mut self) -> Result<(), CompileError> {
        for (from, to) in self.design.implied_wires() {
            let (from, to) = (self.node(&from, "wires")?, self.node(&to, "wires")?);
            self.wire(from, to)?;
        }
        Ok(())
    }

    #[expect(clippy::too_many_lines, reason = "one line for each field of the wire")]
    fn wire_spec(
        &mut self,
        from: u32,
        to: u32,
        name: &str,
        wire: &Wire,
    ) -> Result<WireSpec, CompileError> {
        let path = format!("wires/{name}");
        let caller = &self.design.nodes.0[from as usize].1;
        let callee = &self.design.nodes.0[to as usize].1;
        let is_client = matches!(caller.kind, Kind::Client(_));
        let pool = pool_size(caller, callee, Some(wire)).unwrap_or(NONE);
        let latency = match &wire.latency {
            Some(latency) => self.draw(&latency.0, &[&path, "latency"])?,
            None => NONE,
        };
        let connect = match &wire.connect {
            Some(connect) => self.draw(&connect.0, &[&path, "connect"])?,
            None => NONE,
        };
        let zoned = !caller.common.zones.is_empty() && !callee.common.zones.is_empty();
        let given = |bytes: Option<crate::units::Bytes>, default: u64| match bytes {
            Some(bytes) => Some(bytes.0),
            None if is_client => None,
            None => Some(default),
        };
        let request_bytes = given(wire.request, REQUEST_BYTES);
        let response_bytes = given(wire.response, RESPONSE_BYTES);
        let mut features = 0;
        let mut has = |yes: bool, bit: u32| {
            if yes {
                features |= bit;
            }
        };
        let always_zero = wire.latency.as_ref().is_some_and(|latency| {
            super::distribution(&latency.0)
                .is_ok_and(|dist| dist == crate::stats::dist::Dist::Constant(0.0))
        });
        has(
            latency != NONE && !always_zero
                || latency == NONE && zoned
                || wire.loss.0 > 0.0
                || wire.bandwidth.is_some(),
            feature::NETWORK,
        );
        has(wire.timeout.is_some(), feature::TIMEOUT);
        has(
            wire.retry.as_ref().is_some_and(|retry| retry.attempts > 1),
            feature::RETRY,
        );
        has(
            wire.retry
                .as_ref()
                .is_some_and(|retry| retry.budget.is_some()),
            feature::BUDGET,
        );
        has(pool != NONE, feature::POOL);
        has(wire.breaker.is_some(), feature::BREAKER);
        has(wire.bulkhead.is_some(), feature::BULKHEAD);
        has(!wire.limits.is_empty(), feature::LIMIT);
        has(wire.hedge.is_some(), feature::HEDGE);
        has(wire.deadline.is_some(), feature::DEADLINE);
        has(wire.propagate_deadline, feature::PROPAGATE);
        has(wire.cancel, feature::CANCEL);
        has(connect != NONE, feature::CONNECT);
        has(wire.degrade, feature::DEGRADE);
        has(wire.max_depth.is_some(), feature::DEPTH);
        let (attempts, retry_on, backoff, budget, idempotent) = retry(wire);
        Ok(WireSpec {
            from,
            features,
            stream: hash_name(&[&path]),
            latency,
            loss: wire.loss.0,
            ns_per_byte: wire.bandwidth.map_or(0.0, |bandwidth| 1e9 / bandwidth.0),
            mean_request_bytes: request_bytes.map_or(REQUEST_BYTES as f64, |bytes| bytes as f64),
            mean_response_bytes: response_bytes.map_or(RESPONSE_BYTES as f64, |bytes| bytes as f64),
            request_bytes,
            response_bytes,
            connect,
            pool,
            pool_ring: wire
                .pool_timeout
                .map_or(NONE, |time| self.ring(RingKind::Pool, time.0)),
            timeout_ns: wire.timeout.map_or(u64::MAX, |time| time.0),
            timeout_ring: wire
                .timeout
                .map_or(NONE, |time| self.ring(RingKind::Timeout, time.0)),
            deadline_ns: wire.deadline.map_or(u64::MAX, |time| time.0),
            attempts,
            retry_on,
            backoff,
            budget,
            idempotent,
            hedge_ring: wire
                .hedge
                .as_ref()
                .map_or(NONE, |hedge| self.ring(RingKind::Hedge, hedge.after.0)),
            hedges: wire
                .hedge
                .as_ref()
                .map_or(0, |hedge| hedge.max.min(255) as u8),
            breaker: wire.breaker.as_ref().map(|breaker| BreakerSpec {
                window_ns: breaker.window.0,
                open_at: breaker.open_at.0,
                min_calls: breaker.min_calls,
                open_ns: breaker.half_open_after.0,
                probes: breaker.probes,
                slow_ns: breaker.slow_call.map_or(u64::MAX, |time| time.0),
            }),
            bulkhead: wire.bulkhead.unwrap_or(NONE),
            limits: wire.limits.iter().map(limit_spec).collect(),
            max_depth: wire.max_depth.unwrap_or(NONE),
            ends: self.model.ends as u32,
        })
    }

    /// A place from which `from` calls an endpoint of one of several target nodes.
    pub(super) fn site(
        &mut self,
        from: u32,
        targets: &[u32],
        endpoint: Option<&str>,
        stream: u64,
    ) -> Result<u32, CompileError> {
        let group = self.group(from, targets)?;
        let wire = self.wire(from, targets[0])?;
        let entries = self.model.site_entries.len() as u32;
        for &target in targets {
            let endpoint = self.endpoint(target, endpoint);
            self.model.site_entries.push(endpoint);
        }
        let name = self.model.endpoints[self.model.site_entries[entries as usize] as usize]
            .name
            .clone();
        let transparent = self.model.nodes[from as usize].passes;
        let policy = &self.model.wires[wire as usize];
        let repeatable = policy.features & (feature::RETRY | feature::HEDGE) != 0;
        let idempotent = repeatable && policy.idempotent;
        let features = policy.features;
        self.model.sites.push(SiteSpec {
            wire,
            group,
            entries,
            stream,
            on_fail: NONE,
            features,
            repeatable,
            idempotent,
            callees: NONE,
            alone: false,
            forward: NONE,
            transparent,
            endpoint: name,
        });
        Ok(self.model.sites.len() as u32 - 1)
    }

    /// A caller node's view of a set of target nodes; calls to the same set share it.
    fn group(&mut self, from: u32, targets: &[u32]) -> Result<u32, CompileError> {
        let key = (from, targets.to_vec());
        if let Some(&group) = self.group_index.get(&key) {
            return Ok(group);
        }
        let mut list = Vec::new();
        for (ordinal, &node) in targets.iter().enumerate() {
            let wire = self.wire(from, node)?;
            let spec = &self.model.nodes[node as usize];
            for local in 0..spec.replicas {
                list.push(Target {
                    replica: spec.first_replica + local,
                    stations: self.model.replicas[(spec.first_replica + local) as usize].stations,
                    wire,
                    ordinal: ordinal as u16,
                });
            }
        }
        if list.len() > usize::from(u16::MAX) {
            let path = format!("nodes/{}", self.name(from));
            return Err(CompileError::new(
                &path,
                "it spreads calls over more than 65,535 replicas",
            ));
        }
        let caller = &self.design.nodes.0[from as usize].1;
        let wire = self.design.wire(self.name(from), self.name(targets[0]));
        let balancing = match caller.balancing() {
            Some(balancing) => balancing.clone(),
            None => wire.map_or_else(
                || self.default_wire.balancing.clone(),
                |wire| wire.balancing.clone(),
            ),
        };
        let spec = self.group_spec(from, targets, list, &balancing);
        self.model.group_instances += self.model.nodes[from as usize].replicas as usize;
        self.model.groups.push(spec);
        let index = self.model.groups.len() as u32 - 1;
        self.group_index.insert(key, index);
        Ok(index)
    }

    fn group_spec(
        &self,
        from: u32,
        nodes: &[u32],
        targets: Vec<Target>,
        balancing: &Balancing,
    ) -> GroupSpec {
        let choice = match &balancing.policy {
            _ if targets.len() == 1 => Choice::Only,
            Policy::RoundRobin => Choice::RoundRobin,
            Policy::Random => Choice::Random,
            Policy::Weighted { weights } => Choice::Weighted(spread(weights, nodes, &targets)),
            Policy::LeastOutstanding => Choice::Least,
            Policy::PowerOfTwo => Choice::Best(2),
            Policy::PowerOfChoices { d } => Choice::Best(*d),
            Policy::ConsistentHash { bound, .. } => Choice::Hash { bound: *bound },
            Policy::ZoneAware => Choice::Zone,
        };
        let ring = match &balancing.policy {
            Policy::ConsistentHash { virtual_nodes, .. } => {
                let names: Vec<u64> = targets
                    .iter()
                    .map(|target| {
                        let replica = &self.model.replicas[target.replica as usize];
                        hash_name(&[self.name(replica.node), &replica.local.to_string()])
                    })
                    .collect();
                Some(HashRing::new(&names, *virtual_nodes))
            }
            _ => None,
        };
        GroupSpec {
            caller: from,
            targets,
            choice,
            health: balancing.health.as_ref().map(|health| HealthSpec {
                every_ns: health.every.0,
                timeout_ns: health.timeout.0,
                unhealthy_after: health.unhealthy_after,
                healthy_after: health.healthy_after,
            }),
            ejection: balancing.ejection.as_ref().map(|ejection| EjectionSpec {
                failures: ejection.failures.unwrap_or(NONE),
                latency_factor: ejection.latency_factor.unwrap_or(f64::INFINITY),
                failure_share: ejection.failure_share.map_or(1.0, |share| share.0),
                interval_ns: ejection.interval.0,
                lasts_ns: ejection.lasts.0,
                max_share: ejection.max_share.0,
            }),
            slow_start_ns: balancing.slow_start.map_or(0, |time| time.0),
            ring,
            instances: self.model.group_instances as u32,
        }
    }

    /// Replicas by the name of a node, a zone or a region.
    pub(super) fn replicas_named(&self, name: &str) -> Vec<bool> {
        self.model
            .replicas
            .iter()
            .map(|replica| {
                self.name(replica.node) == name
                    || replica.zone != NONE
                        && matches(name, &self.model.zones[replica.zone as usize])
            })
            .collect()
    }
}

/// Weights for each replica: given for each, or for each target node and then divided among its replicas.
fn spread(weights: &[f64], nodes: &[u32], targets: &[Target]) -> Vec<f64> {
    let weight = |i: usize| weights.get(i).copied().unwrap_or(1.0);
    if nodes.len() == 1 {
        return (0..targets.len()).map(weight).collect();
    }
    targets
        .iter()
        .map(|target| {
            let siblings = targets
                .iter()
                .filter(|other| other.ordinal == target.ordinal)
                .count();
            weight(usize::from(target.ordinal)) / siblings as f64
        })
        .collect()
}

type RetrySpec = (u8, u8, BackoffSpec, Option<(f64, f64)>, bool);

fn retry(wire: &Wire) -> RetrySpec {
    let none = BackoffSpec {
        base_ns: 0.0,
        factor: 1.0,
        cap_ns: 0.0,
        jitter: JitterSpec::None,
    };
    let Some(retry) = &wire.retry else {
        return (1, 0, none, None, false);
    };
    let on = retry
        .on
        .iter()
        .fold(0, |bits, failure| bits | 1_u8 << cause(failure) as u8);
    let backoff = match &retry.backoff {
        Backoff::Immediate => none,
        Backoff::Fixed { wait, jitter: how } => {
            let ns = wait.0 as f64;
            BackoffSpec {
                base_ns: ns,
                factor: 1.0,
                cap_ns: ns,
                jitter: jitter(how),
            }
        }
        Backoff::Exponential {
            base,
            factor,
            cap,
            jitter: how,
        } => BackoffSpec {
            base_ns: base.0 as f64,
            factor: *factor,
            cap_ns: cap.0 as f64,
            jitter: jitter(how),
        },
    };
    let budget = retry.budget.map(|ratio| (ratio.0, retry.budget_min.0));
    (
        retry.attempts.min(255) as u8,
        on,
        backoff,
        budget,
        retry.idempotency_key,
    )
}

fn jitter(jitter: &Jitter) -> JitterSpec {
    match jitter {
        Jitter::None => JitterSpec::None,
        Jitter::Full => JitterSpec::Full,
        Jitter::Equal => JitterSpec::Equal,
        Jitter::Decorrelated => JitterSpec::Decorrelated,
    }
}

fn cause(failure: &Failure) -> Cause {
    match failure {
        Failure::Timeout => Cause::Timeout,
        Failure::Error => Cause::Error,
        Failure::Unavailable => Cause::Unavailable,
        Failure::Rejected => Cause::Rejected,
        Failure::Limited => Cause::Limited,
        Failure::Conflict => Cause::Conflict,
        Failure::BreakerOpen => Cause::BreakerOpen,
    }
}
