//! Going on with another model: parameters that were changed while it runs, and faults that were
//! added, hold from the present moment on.
//!
//! What is under way keeps what it began with: a call its timeout, a service its length. A fault
//! that is added begins on the agenda, so that a run with it is the run of a design that had it
//! from the start.

use super::agenda::Planned;
use super::state::{Waits, trouble};
use super::{Engine, State, effects, likeness, setup};
use crate::sim::measure::{Place, Spent};
use crate::sim::model::{ArrivalSpec, Entry, FlowSpec, Model, NONE, Order, QueueSpec, Ring};
use crate::sim::parts::adaptive::AdaptiveLimit;
use crate::sim::parts::breaker::BreakerSettings;
use crate::sim::parts::budget::RetryBudget;
use crate::sim::parts::codel::CoDel;
use crate::sim::parts::timers::TimerRing;
use std::sync::Arc;

/// Why an engine cannot go on with another model: a clause such as "the wires are others".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlike(pub String);

impl std::fmt::Display for Unlike {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unlike {}

impl Engine {
    /// Goes on with another model from the present moment, if only parameters and faults that have
    /// not begun differ. With an equal model nothing changes.
    ///
    /// # Errors
    /// If nodes, wires, replicas, steps or what has happened already differ; the engine is as it was.
    pub fn adopt(&mut self, model: Arc<Model>) -> Result<(), Unlike> {
        if let Some(clause) = likeness::difference(&self.state, &self.model, &model) {
            return Err(Unlike(clause));
        }
        let model = with_rings_of(&self.model, model);
        let old = std::mem::replace(&mut self.model, Arc::clone(&model));
        self.state.adopt(&old, &model);
        Ok(())
    }
}

/// The model with the timer rings of the old one at their places, since timers run in them.
fn with_rings_of(old: &Model, model: Arc<Model>) -> Arc<Model> {
    if model.rings.starts_with(&old.rings) {
        return model;
    }
    let mut model = Arc::unwrap_or_clone(model);
    let mut rings: Vec<Ring> = old.rings.clone();
    let places: Vec<u32> = model
        .rings
        .iter()
        .map(|ring| {
            let known = rings.iter().position(|other| other == ring);
            known.unwrap_or_else(|| {
                rings.push(*ring);
                rings.len() - 1
            }) as u32
        })
        .collect();
    let place = |ring: &mut u32| {
        if let Some(&place) = places.get(*ring as usize) {
            *ring = place;
        }
    };
    for wire in &mut model.wires {
        place(&mut wire.timeout_ring);
        place(&mut wire.pool_ring);
        place(&mut wire.hedge_ring);
    }
    for db in &mut model.dbs {
        place(&mut db.lock_ring);
    }
    for queue in &mut model.queues {
        place(&mut queue.visibility_ring);
    }
    model.rings = rings;
    Arc::new(model)
}

impl State {
    fn adopt(&mut self, old: &Model, m: &Model) {
        self.rings.resize_with(m.rings.len(), TimerRing::new);
        self.rings_armed.resize(m.rings.len(), false);
        self.frames_max = setup::frames_max(m);
        if old.tracks_effects != m.tracks_effects {
            self.effects = effects::Effects::new(m.tracks_effects);
        }
        self.adopt_entries(m, old);
        self.adopt_calls(m);
        self.adopt_ends(m, old);
        self.caching.adopt(m, old);
        for queue in 0..m.queues.len() {
            self.queues[queue].adopt(m, old, queue);
        }
        for (i, limit) in self.node_limits.iter_mut().enumerate() {
            if old.node_limits[i] != m.node_limits[i] {
                *limit = setup::limiter(&m.node_limits[i]);
            }
        }
        for s in 0..m.stations.len() {
            self.adopt_station(m, old, s);
        }
        for flow in 0..m.flows.len() {
            self.extend_flow(m, flow as u32, old.meta.duration_ns);
            self.adopt_flow(m, &old.flows[flow], flow as u32);
        }
        self.adopt_faults(m, old);
        for wire in 0..m.wires.len() as u32 {
            self.judge_wire(m, wire);
        }
        for (i, (was, is)) in old.queues.iter().zip(&m.queues).enumerate() {
            let slots = |spec: &QueueSpec| spec.consumers.iter().map(|of| of.slots).sum::<u32>();
            // Not otherwise: whose turn it is would move on.
            if was.capacity != is.capacity || slots(was) != slots(is) {
                self.dispatch(m, i as u32);
            }
        }
        self.adopt_edges(m);
        self.go_on_now(m);
    }

    /// What may enter replicas.
    fn adopt_entries(&mut self, m: &Model, old: &Model) {
        for r in 0..self.replicas.len() {
            let node = self.replicas[r].node as usize;
            let entry = m.nodes[node].entry;
            if entry == old.nodes[node].entry {
                continue;
            }
            let replica = &mut self.replicas[r];
            if entry == Entry::Open {
                replica.flags &= !trouble::ENTRY;
            } else {
                replica.flags |= trouble::ENTRY;
            }
            replica.adaptive = match entry {
                Entry::Adaptive(min, max, tolerance) => {
                    Some(Box::new(AdaptiveLimit::new(min, max, tolerance)))
                }
                _ => None,
            };
        }
    }

    /// Servers, limits and order of a station.
    fn adopt_station(&mut self, m: &Model, old: &Model, s: usize) {
        let (was, is) = (&old.stations[s], &m.stations[s]);
        let station = &mut self.stations[s];
        station.limit = is.queue_limit;
        station.plain = is.is_plain();
        station.fifo = is.is_plain() && is.order == Order::Fifo;
        if was.codel != is.codel {
            station.codel = is
                .codel
                .map(|(target, interval)| Box::new(CoDel::new(target, interval)));
        }
        if was.servers == is.servers {
            return;
        }
        station.touch(self.now);
        station.servers = is.servers;
        // Closed while its replica is down or paused.
        if station.open > 0 {
            station.open = is.servers;
        }
        if station.shared == NONE {
            self.start_waiting(m, s as u32);
        } else {
            let shared = station.shared as usize;
            self.shared[shared].jobs.set_workers(self.now, is.servers);
            self.shared_changed(s as u32);
        }
    }

    /// Pools, breakers, budgets and limits at the callers' ends of wires.
    fn adopt_ends(&mut self, m: &Model, old: &Model) {
        for (i, (was, is)) in old.wires.iter().zip(&m.wires).enumerate() {
            let replicas = m.nodes[is.from as usize].replicas;
            for e in (is.ends..is.ends + replicas).map(|e| e as usize) {
                if was.breaker != is.breaker {
                    self.adopt_breaker(is, e);
                }
                let end = &mut self.ends[e];
                if was.budget != is.budget {
                    end.budget = is
                        .budget
                        .map(|(ratio, min_per_s)| Box::new(RetryBudget::new(ratio, min_per_s)));
                }
                if was.limits != is.limits {
                    end.limits = is.limits.iter().map(setup::limiter).collect();
                }
                if was.pool != is.pool {
                    self.resize_pool(i as u32, e, is.pool);
                }
            }
        }
    }

    fn adopt_breaker(&mut self, wire: &crate::sim::model::WireSpec, e: usize) {
        let end = &mut self.ends[e];
        if let (Some(breaker), Some(spec)) = (end.breaker.as_mut(), wire.breaker) {
            breaker.set_settings(BreakerSettings {
                window_ns: spec.window_ns,
                failure_share: spec.open_at,
                min_calls: spec.min_calls,
                open_ns: spec.open_ns,
                probes: spec.probes,
            });
        } else {
            end.breaker = setup::end(wire).breaker;
            end.opened_seen = 0;
            end.open_ns_seen = 0;
        }
    }

    /// A pool has another size: who waits takes what is free now, and what is too much is given up
    /// as it comes back.
    fn resize_pool(&mut self, wire: u32, e: usize, size: u32) {
        let now = self.now;
        let Some(pool) = self.ends[e].pool.as_mut() else {
            return;
        };
        pool.touch(now);
        pool.size = size;
        pool.idle = pool.idle.min(size);
        let mut served = Vec::new();
        while pool.busy < pool.size
            && let Some(f) = pool.queue.pop_front(&mut self.frames)
        {
            pool.busy += 1;
            served.push(f);
        }
        for f in served {
            let waited = now - self.frames[f as usize].mark;
            self.record.wires[wire as usize].pool_wait.record(waited);
            if self.frames[f as usize].flags & super::state::flag::TRACED != 0 {
                self.note(f, Place::Wire(wire), Spent::Pool);
            }
            self.frames[f as usize].waits = Waits::Connected;
            self.go_on(f);
        }
    }

    /// Rates and users of a flow.
    fn adopt_flow(&mut self, m: &Model, was: &FlowSpec, i: u32) {
        let is = &m.flows[i as usize];
        if is.users > was.users {
            self.begin_users(m, i, is.users - was.users);
        }
        if was.curve != is.curve || bursts(&was.arrivals) != bursts(&is.arrivals) {
            self.rate_changed(m, i, was);
        }
    }

    /// Windows end at the edges of the model from now on.
    fn adopt_edges(&mut self, m: &Model) {
        self.agenda.cancel(Planned::Edge);
        self.record.adopt_edges(&m.edges, self.now);
        self.begin_windows();
    }
}

/// The factors of calm and bursts.
fn bursts(arrivals: &ArrivalSpec) -> Option<(f64, f64)> {
    match arrivals {
        ArrivalSpec::Bursts { calm, burst, .. } => Some((*calm, *burst)),
        _ => None,
    }
}
