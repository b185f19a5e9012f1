//! Windows of simulated time: when one ends, what was recorded in it is moved into the
//! [`Replication`], and the next begins empty.

use super::State;
use super::agenda::Planned;
use super::record::{EndpointRecord, WireRecord};
use crate::sim::measure::{
    CAUSES, EndpointWindow, QueueWindow, Replication, StationWindow, WireWindow,
};
use crate::sim::model::{Model, WireSpec};

impl State {
    /// Plans the first edge of the windows.
    pub(super) fn begin_windows(&mut self) {
        self.post_edge();
    }

    /// The last window is closed by [`State::finish`], after everything that happens at the last moment.
    fn post_edge(&mut self) {
        let next = self.record.next_edge;
        if next + 1 < self.record.edges.len() {
            self.agenda.add(self.record.edges[next], Planned::Edge);
        }
    }

    pub(super) fn window_ends(&mut self, m: &Model) {
        self.close_window(m);
        self.record.next_edge += 1;
        self.post_edge();
    }

    /// Closes the open window at this moment.
    fn close_window(&mut self, m: &Model) {
        let now = self.now;
        self.record.done.edges_ns.push(now);
        for (record, out) in self
            .record
            .endpoints
            .iter_mut()
            .zip(&mut self.record.done.endpoints)
        {
            out.push(close_endpoint(record, now));
        }
        for r in 0..self.replicas.len() as u32 {
            self.touch_replica(r);
        }
        let nodes = self.record.nodes_so_far(m);
        for (i, mut window) in nodes.into_iter().enumerate() {
            let spec = &m.nodes[i];
            let replicas =
                &mut self.replicas[spec.first_replica as usize..][..spec.replicas as usize];
            window.up_area = replicas
                .iter_mut()
                .map(|replica| std::mem::take(&mut replica.up_area))
                .sum();
            self.record.done.nodes[i].push(window);
            self.record.nodes[i].clear();
        }
        self.close_stations();
        self.close_wires(m);
        for (record, out) in self
            .record
            .caches
            .iter_mut()
            .zip(&mut self.record.done.caches)
        {
            out.push(std::mem::take(record));
        }
        for i in 0..self.queues.len() {
            self.queues[i].touch(now);
            self.queues[i].note_oldest(now);
            let record = &mut self.record.queues[i];
            let window = QueueWindow {
                published: std::mem::take(&mut record.published),
                delivered: std::mem::take(&mut record.delivered),
                redelivered: std::mem::take(&mut record.redelivered),
                acknowledged: std::mem::take(&mut record.acknowledged),
                dead_letters: std::mem::take(&mut record.dead_letters),
                backlog: self.queues[i].backlog(),
                backlog_area: std::mem::take(&mut self.queues[i].area),
                oldest_max_ns: std::mem::take(&mut self.queues[i].oldest_max_ns),
                age: record.age.drain(),
            };
            self.record.done.queues[i].push(window);
        }
        let correctness = std::mem::take(&mut self.record.correctness);
        self.record.done.correctness.push(correctness);
    }

    fn close_stations(&mut self) {
        let mut windows: Vec<StationWindow> = Vec::with_capacity(self.record.classes.len());
        for record in &mut self.record.classes {
            let window = StationWindow {
                arrivals: std::mem::take(&mut record.arrivals),
                completions: std::mem::take(&mut record.completions),
                abandoned: std::mem::take(&mut record.abandoned),
                wasted_ns: std::mem::take(&mut record.wasted_ns),
                wait: record.wait.drain(),
                service: record.service.drain(),
                ..StationWindow::default()
            };
            record.waits_ns += window.wait.sum();
            record.services_ns += window.service.sum();
            windows.push(window);
        }
        for station in &mut self.stations {
            station.touch(self.now);
            let window = &mut windows[station.class as usize];
            window.busy_area += std::mem::take(&mut station.busy_area);
            window.queue_area += std::mem::take(&mut station.queue_area);
            window.available_area += std::mem::take(&mut station.available_area);
            window.queue_max = window.queue_max.max(u64::from(station.queue_max));
            station.queue_max = station.queue.len;
        }
        for (i, window) in windows.into_iter().enumerate() {
            self.record.classes[i].areas[0] += window.busy_area;
            self.record.classes[i].areas[1] += window.queue_area;
            self.record.done.stations[i].push(window);
        }
    }

    fn close_wires(&mut self, m: &Model) {
        for (i, spec) in m.wires.iter().enumerate() {
            let mut window = close_wire(&mut self.record.wires[i], &m.wires[i]);
            let n = m.nodes[spec.from as usize].replicas;
            for end in &mut self.ends[spec.ends as usize..][..n as usize] {
                if let Some(pool) = end.pool.as_mut() {
                    pool.touch(self.now);
                    window.pool_area += std::mem::take(&mut pool.area);
                }
                if let Some(breaker) = end.breaker.as_ref() {
                    let (openings, open_ns) = (breaker.openings(), breaker.open_ns(self.now));
                    window.breaker_opened += openings - end.opened_seen;
                    // Less than was seen where the time of openings was cut while the model ran.
                    window.breaker_open_area += open_ns.saturating_sub(end.open_ns_seen);
                    end.opened_seen = openings;
                    end.open_ns_seen = open_ns;
                }
            }
            self.record.done.wires[i].push(window);
        }
    }

    /// Closes the last window, checks the laws and gives everything out.
    pub(super) fn finish(&mut self, m: &Model) -> Replication {
        // Of no length if the run was stopped at an edge: what happened at that moment still counts.
        self.close_window(m);
        let checks = self.checks(m);
        let mut done = std::mem::take(&mut self.record.done);
        done.checks = checks;
        done.events = self.event_count;
        done.stopped.clone_from(&self.stopped);
        done.followed = self.traces.take();
        done.follow_one_in = m.follow_one_in;
        let now = self.now;
        done.faults = self
            .faults
            .log
            .iter()
            .map(|(name, from, to)| (name.clone(), *from, (*to).min(now)))
            .collect();
        done
    }
}

fn close_endpoint(record: &mut EndpointRecord, now: u64) -> EndpointWindow {
    record.touch(now);
    let window = record.so_far(now);
    record.offered = 0;
    record.failed = [0; CAUSES];
    record.degraded = 0;
    record.attempts = 0;
    record.latency.clear();
    record.failed_latency.clear();
    record.totals[0] += window.offered;
    record.totals[1] += window.latency.len() + window.failed.iter().sum::<u64>();
    record.whole_area += record.area;
    record.area = 0;
    window
}

fn close_wire(record: &mut WireRecord, spec: &WireSpec) -> WireWindow {
    let window = record.so_far(spec);
    record.clear();
    window
}
