//! The state of a model at time 0.

use super::faults::Faults;
use super::state::{End, Group, Limiter, List, Pool, Replica, Station, trouble};
use super::{
    State, caching, database, effects, messages, network, record, station, timers, trace, traffic,
};
use crate::sim::model::{Entry, LimitSpec, Model, NONE, Order, WireSpec, feature};
use crate::sim::parts::adaptive::AdaptiveLimit;
use crate::sim::parts::breaker::{Breaker, BreakerSettings};
use crate::sim::parts::budget::RetryBudget;
use crate::sim::parts::codel::CoDel;
use crate::sim::parts::events::EventSet;
use crate::sim::parts::limiter::{KeyedLimiter, RateLimiter};
use crate::sim::parts::processor_sharing::ProcessorSharing;
use crate::sim::parts::timers::TimerRing;
use std::collections::VecDeque;

/// Bytes that one call in progress takes, with what belongs to it elsewhere.
const BYTES_PER_FRAME: u64 = 512;

impl State {
    pub(super) fn new(m: &Model, seed: u64, index: u32) -> Self {
        let mut shared = Vec::new();
        let stations = stations(m, &mut shared);
        Self {
            now: 0,
            seed,
            events: EventSet::new(),
            agenda: super::agenda::Agenda::default(),
            frames: Vec::new(),
            extras: Vec::new(),
            calls: Vec::new(),
            vias: Vec::new(),
            free: NONE,
            live: 0,
            frames_max: frames_max(m),
            ready: VecDeque::new(),
            stations,
            replicas: replicas(m),
            wires: m
                .wires
                .iter()
                .map(|wire| network::WireState {
                    plain: wire.features & feature::NETWORK == 0,
                    added: Vec::new(),
                    losses: Vec::new(),
                })
                .collect(),
            ends: ends(m),
            groups: groups(m),
            rings: m.rings.iter().map(|_| TimerRing::new()).collect(),
            rings_armed: vec![false; m.rings.len()],
            timers: timers::Timers::default(),
            shared,
            caching: caching::Caching::new(m),
            dbs: m.dbs.iter().map(|_| database::Db::new()).collect(),
            txs: database::Transactions::default(),
            uses_transactions: !m.txs.is_empty(),
            queues: (0..m.queues.len())
                .map(|i| messages::Queue::new(m, i))
                .collect(),
            deliveries: messages::Deliveries::default(),
            flows: m
                .flows
                .iter()
                .map(|flow| traffic::Flow::new(flow, seed))
                .collect(),
            faults: Faults::new(m),
            calm: true,
            returns: super::health::Returns::default(),
            effects: effects::Effects::new(m.tracks_effects),
            record: record::Record::new(m, index),
            traces: trace::Traces::new(m.meta.endpoints.len()),
            node_limits: m.node_limits.iter().map(limiter).collect(),
            event_count: 0,
            instant: (u64::MAX, 0),
            stopped: None,
        }
    }

    /// The first events.
    pub(super) fn begin(&mut self, m: &Model) {
        self.begin_windows();
        self.begin_faults(m);
        self.begin_health(m);
        self.warm_caches(m);
        for (s, spec) in m.stations.iter().enumerate() {
            if spec.order == Order::Sharing || m.meta.stations[spec.class as usize].name == "flush"
            {
                self.record.classes[self.stations[s].class as usize].checked = false;
            }
        }
        self.begin_flows(m);
    }
}

/// Most calls in progress that the memory limit allows.
pub(super) fn frames_max(m: &Model) -> u32 {
    (m.memory_limit / BYTES_PER_FRAME).min(super::event::INDEX.into()) as u32
}

fn stations(m: &Model, shared: &mut Vec<station::Shared>) -> Vec<Station> {
    let mut stations = Vec::with_capacity(m.stations.len());
    for (s, spec) in m.stations.iter().enumerate() {
        let mut share = NONE;
        if spec.order == Order::Sharing {
            share = shared.len() as u32;
            shared.push(station::Shared {
                station: s as u32,
                jobs: ProcessorSharing::new(spec.servers),
            });
        }
        stations.push(Station {
            open: spec.servers,
            busy: 0,
            queue: List::EMPTY,
            limit: spec.queue_limit,
            class: spec.class,
            plain: spec.is_plain(),
            fifo: spec.is_plain() && spec.order == Order::Fifo,
            servers: spec.servers,
            busy_since: 0,
            queue_since: 0,
            open_since: 0,
            busy_area: 0,
            queue_area: 0,
            available_area: 0,
            slow: 1.0,
            queue_max: 0,
            levels: matches!(spec.order, Order::Priority | Order::Preemptive)
                .then(|| Box::new(station::LEVELS)),
            codel: spec
                .codel
                .map(|(target, interval)| Box::new(CoDel::new(target, interval))),
            shared: share,
            serving: Vec::new(),
            due: u64::MAX,
        });
    }
    stations
}

fn replicas(m: &Model) -> Vec<Replica> {
    m.replicas
        .iter()
        .map(|spec| {
            let entry = m.nodes[spec.node as usize].entry;
            let adaptive = match entry {
                Entry::Adaptive(min, max, tolerance) => {
                    Some(Box::new(AdaptiveLimit::new(min, max, tolerance)))
                }
                _ => None,
            };
            Replica {
                flags: if entry == Entry::Open {
                    0
                } else {
                    trouble::ENTRY
                },
                node: spec.node,
                stations: spec.stations,
                errors: 0.0,
                slow: 1.0,
                slow_seen: 1.0,
                down: 0,
                paused: 0,
                inside: 0,
                adaptive,
                parked: List::EMPTY,
                since: 0,
                up_area: 0,
            }
        })
        .collect()
}

fn ends(m: &Model) -> Vec<End> {
    let mut ends = Vec::with_capacity(m.ends);
    for wire in &m.wires {
        for _ in 0..m.nodes[wire.from as usize].replicas {
            ends.push(end(wire));
        }
    }
    ends
}

pub(super) fn end(wire: &WireSpec) -> End {
    End {
        pool: (wire.pool != NONE).then(|| {
            Box::new(Pool {
                size: wire.pool,
                busy: 0,
                idle: 0,
                queue: List::EMPTY,
                last: 0,
                area: 0,
            })
        }),
        breaker: wire.breaker.map(|spec| {
            Box::new(Breaker::new(BreakerSettings {
                window_ns: spec.window_ns,
                failure_share: spec.open_at,
                min_calls: spec.min_calls,
                open_ns: spec.open_ns,
                probes: spec.probes,
            }))
        }),
        budget: wire
            .budget
            .map(|(ratio, min_per_s)| Box::new(RetryBudget::new(ratio, min_per_s))),
        limits: wire.limits.iter().map(limiter).collect(),
        ..End::default()
    }
}

pub(super) fn limiter(spec: &LimitSpec) -> Limiter {
    if spec.per_key {
        Limiter::Keyed(Box::new(KeyedLimiter::new(
            spec.algorithm,
            spec.rate_per_s,
            spec.burst,
            spec.window_ns,
        )))
    } else {
        Limiter::Global(RateLimiter::new(
            spec.algorithm,
            spec.rate_per_s,
            spec.burst,
            spec.window_ns,
        ))
    }
}

fn groups(m: &Model) -> Vec<Group> {
    let mut groups = Vec::with_capacity(m.group_instances);
    for spec in &m.groups {
        for _ in 0..m.nodes[spec.caller as usize].replicas {
            groups.push(Group::new(spec));
        }
    }
    groups
}
