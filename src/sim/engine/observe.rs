//! Looking at an engine while it runs: how things stand, and what the open window holds so far.
//! Nothing here changes anything.

use super::record::Record;
use super::state::{Waits, flag, trouble};
use super::{Engine, State};
use crate::sim::live::{
    ActiveFault, BreakerLevel, Levels, ReplicaLevel, StationLevel, Stretch, WaitingFrom, WireLevel,
};
use crate::sim::measure::{
    EndpointWindow, NodeWindow, QueueWindow, Replication, StationWindow, WireWindow,
};
use crate::sim::model::{FaultSpec, Model, NONE, Op};
use crate::sim::parts::breaker::BreakerState;
use std::mem::size_of;

impl Engine {
    /// The model that it runs.
    pub fn model(&self) -> &std::sync::Arc<Model> {
        &self.model
    }

    /// The moment of the next thing that happens, in ns; nothing if nothing more happens before the
    /// end of the run.
    pub fn next_moment(&self) -> Option<u64> {
        if self.state.stopped.is_some() {
            return None;
        }
        let planned = self.state.agenda.next_time();
        let next = self.state.events.peek_time();
        let at = planned.into_iter().chain(next).min()?;
        (at < self.model.meta.duration_ns).then_some(at)
    }

    /// How everything stands now.
    pub fn levels(&self) -> Levels {
        let (state, m) = (&self.state, &*self.model);
        Levels {
            now_ns: state.now,
            events: state.event_count,
            in_progress: state.live,
            replicas: state.replica_levels(m),
            stations: state.station_levels(m),
            wires: state.wire_levels(m),
            caches: state.caching.levels(m),
            queues: state
                .queues
                .iter()
                .map(|queue| queue.level(state.now))
                .collect(),
            in_flight: state
                .record
                .endpoints
                .iter()
                .map(|record| record.in_flight)
                .collect(),
            faults: state.active_faults(m),
        }
    }

    /// Who waits at a node (by index), by caller, most first. Looks at every call in progress.
    pub fn waiting_at(&self, node: u32) -> Vec<WaitingFrom> {
        self.state.waiting_at(&self.model, node)
    }

    /// About how many bytes a clone takes.
    pub fn bytes(&self) -> u64 {
        let state = &self.state;
        let frames = state.frames.len()
            * (size_of::<super::state::Frame>() + size_of::<super::state::Extra>());
        let events = state.events.len() * size_of::<u128>();
        let timers: usize = state.rings.iter().map(|ring| ring.len() * 24).sum();
        let queues: u64 = state.queues.iter().map(super::messages::Queue::bytes).sum();
        let fixed = (frames + events + timers) as u64;
        fixed + queues + state.caching.bytes() + state.effects.bytes() + state.record.bytes()
    }

    /// The windows that are closed.
    pub(in crate::sim) fn recorded(&self) -> &Replication {
        self.state.record.done()
    }

    /// What the open window holds so far.
    pub(in crate::sim) fn open_window(&self) -> Stretch {
        let (state, m) = (&self.state, &*self.model);
        let record = &state.record;
        Stretch {
            from_ns: record.done().edges_ns.last().copied().unwrap_or(0),
            to_ns: state.now,
            endpoints: record
                .endpoints
                .iter()
                .map(|of| of.so_far(state.now))
                .collect::<Vec<EndpointWindow>>(),
            nodes: state.open_nodes(m),
            stations: state.open_stations_window(),
            wires: state.open_wires(m),
            caches: record.caches.clone(),
            queues: state.open_queues(),
            correctness: record.correctness,
        }
    }
}

impl State {
    fn replica_levels(&self, m: &Model) -> Vec<ReplicaLevel> {
        self.replicas
            .iter()
            .map(|replica| {
                let first = m.nodes[replica.node as usize].stations > 0;
                let station = first.then(|| &self.stations[replica.stations as usize]);
                ReplicaLevel {
                    node: replica.node,
                    down: replica.flags & trouble::DOWN != 0,
                    paused: replica.flags & trouble::PAUSED != 0,
                    slow: replica.slow,
                    errors: replica.errors,
                    busy: station.map_or(0, |station| station.busy),
                    waiting: station.map_or(0, |station| station.queue.len),
                }
            })
            .collect()
    }

    fn station_levels(&self, m: &Model) -> Vec<StationLevel> {
        let mut levels = vec![StationLevel::default(); m.meta.stations.len()];
        for station in &self.stations {
            let level = &mut levels[station.class as usize];
            level.busy += u64::from(station.busy);
            level.waiting += u64::from(station.queue.len);
            if station.servers != NONE {
                level.servers += u64::from(station.open);
            }
        }
        levels
    }

    fn wire_levels(&self, m: &Model) -> Vec<WireLevel> {
        let level = |(i, spec): (usize, &crate::sim::model::WireSpec)| {
            let state = &self.wires[i];
            let mut level = WireLevel {
                faults: (state.added.len() + state.losses.len()) as u32,
                ..WireLevel::default()
            };
            let replicas = m.nodes[spec.from as usize].replicas as usize;
            for end in &self.ends[spec.ends as usize..][..replicas] {
                if let Some(pool) = &end.pool {
                    level.pool_busy += u64::from(pool.busy);
                    level.pool_size += u64::from(pool.size);
                    level.pool_waiting += u64::from(pool.queue.len);
                }
                if let Some(breaker) = &end.breaker {
                    let breakers = level.breakers.get_or_insert_with(BreakerLevel::default);
                    breakers.total += 1;
                    match breaker.state(self.now) {
                        BreakerState::Closed => {}
                        BreakerState::Open => breakers.open += 1,
                        BreakerState::HalfOpen => breakers.half_open += 1,
                    }
                }
            }
            level
        };
        m.wires.iter().enumerate().map(level).collect()
    }

    fn active_faults(&self, m: &Model) -> Vec<ActiveFault> {
        self.faults
            .on()
            .map(|(plan, replicas)| ActiveFault {
                plan: plan as u32,
                name: m.faults[plan].name.clone(),
                since_ns: self.faults.since(plan),
                replicas: match &m.faults[plan].fault {
                    FaultSpec::Partition { side_a, .. } => (0..side_a.len() as u32)
                        .filter(|&r| side_a[r as usize])
                        .collect(),
                    _ => replicas.to_vec(),
                },
            })
            .collect()
    }

    fn waiting_at(&self, m: &Model, node: u32) -> Vec<WaitingFrom> {
        let nodes = m.nodes.len();
        let mut counts = vec![(0_u64, 0_u64); nodes + 1];
        for (f, frame) in self.frames.iter().enumerate() {
            if frame.flags & flag::FREE != 0 {
                continue;
            }
            let caller = match frame.waits {
                Waits::Station if self.waits_at(m, f as u32) == node => self.caller_of(m, f as u32),
                Waits::Pool => {
                    let wire = match m.ops[frame.pc as usize] {
                        Op::Begin { tx } => m.txs[tx as usize].wire,
                        Op::Call { site } | Op::Send { site } => m.sites[site as usize].wire,
                        _ => continue,
                    };
                    if m.meta.wires[wire as usize].to != node {
                        continue;
                    }
                    Some(m.wires[wire as usize].from)
                }
                _ => continue,
            };
            let count = &mut counts[caller.map_or(nodes, |node| node as usize)];
            count.0 += 1;
            count.1 += u64::from(frame.flags & flag::ABANDONED != 0);
        }
        let mut waiting: Vec<WaitingFrom> = counts
            .into_iter()
            .enumerate()
            .filter(|&(_, (waiting, _))| waiting > 0)
            .map(|(i, (waiting, given_up))| WaitingFrom {
                caller: (i < nodes).then_some(i as u32),
                waiting,
                given_up,
            })
            .collect();
        waiting.sort_by_key(|from| std::cmp::Reverse(from.waiting));
        waiting
    }

    /// The node that called a frame; of a branch that of the call that it is part of, while that waits.
    fn caller_of(&self, m: &Model, f: u32) -> Option<u32> {
        let mut f = f;
        let mut frame = &self.frames[f as usize];
        if frame.flags & flag::IN_PLACE != 0 {
            return Some(self.replicas[frame.replica as usize].node);
        }
        while frame.wire == NONE {
            let parent = self.frames.get(frame.parent as usize)?;
            if parent.serial != frame.parent_serial {
                return None;
            }
            (f, frame) = (frame.parent, parent);
        }
        Some(m.wires[self.wire_of(f) as usize].from)
    }

    fn open_nodes(&self, m: &Model) -> Vec<NodeWindow> {
        let up_area = |spec: &crate::sim::model::NodeSpec| {
            self.replicas[spec.first_replica as usize..][..spec.replicas as usize]
                .iter()
                .map(|replica| {
                    let since = if replica.down == 0 {
                        self.now - replica.since
                    } else {
                        0
                    };
                    replica.up_area + u128::from(since)
                })
                .sum()
        };
        let mut windows = self.record.nodes_so_far(m);
        for (window, spec) in windows.iter_mut().zip(&m.nodes) {
            window.up_area = up_area(spec);
        }
        windows
    }

    fn open_stations_window(&self) -> Vec<StationWindow> {
        let mut windows: Vec<StationWindow> = self
            .record
            .classes
            .iter()
            .map(|record| StationWindow {
                arrivals: record.arrivals,
                completions: record.completions,
                abandoned: record.abandoned,
                wasted_ns: record.wasted_ns,
                wait: record.wait.snapshot(),
                service: record.service.snapshot(),
                ..StationWindow::default()
            })
            .collect();
        for station in &self.stations {
            let since = |then: u64| u128::from(self.now - then);
            let window = &mut windows[station.class as usize];
            window.busy_area +=
                station.busy_area + u128::from(station.busy) * since(station.busy_since);
            window.queue_area +=
                station.queue_area + u128::from(station.queue.len) * since(station.queue_since);
            let open = if station.servers == NONE {
                0
            } else {
                station.open
            };
            window.available_area +=
                station.available_area + u128::from(open) * since(station.open_since);
            window.queue_max = window.queue_max.max(u64::from(station.queue_max));
        }
        windows
    }

    fn open_wires(&self, m: &Model) -> Vec<WireWindow> {
        let window = |(i, spec): (usize, &crate::sim::model::WireSpec)| {
            let mut window = self.record.wires[i].so_far(spec);
            let replicas = m.nodes[spec.from as usize].replicas as usize;
            for end in &self.ends[spec.ends as usize..][..replicas] {
                if let Some(pool) = &end.pool {
                    let passed = u128::from(self.now - pool.last);
                    window.pool_area += pool.area + u128::from(pool.busy) * passed;
                }
                if let Some(breaker) = &end.breaker {
                    window.breaker_opened += breaker.openings() - end.opened_seen;
                    window.breaker_open_area +=
                        breaker.open_ns(self.now).saturating_sub(end.open_ns_seen);
                }
            }
            window
        };
        m.wires.iter().enumerate().map(window).collect()
    }

    fn open_queues(&self) -> Vec<QueueWindow> {
        let records = self.record.queues.iter().zip(&self.queues);
        records
            .map(|(record, queue)| QueueWindow {
                published: record.published,
                delivered: record.delivered,
                redelivered: record.redelivered,
                acknowledged: record.acknowledged,
                dead_letters: record.dead_letters,
                backlog: queue.backlog(),
                backlog_area: queue.area_until(self.now),
                oldest_max_ns: queue.oldest_max_ns.max(queue.level(self.now).oldest_ns),
                age: record.age.snapshot(),
            })
            .collect()
    }
}

/// Bytes of one closed window of one thing, about: its histograms are small.
const BYTES_PER_WINDOW: u64 = 512;

impl Record {
    /// About how many bytes the closed windows take.
    fn bytes(&self) -> u64 {
        let done = self.done();
        let things = done.endpoints.len()
            + done.nodes.len()
            + done.stations.len()
            + done.wires.len()
            + done.queues.len();
        things as u64 * done.edges_ns.len() as u64 * BYTES_PER_WINDOW
    }
}
