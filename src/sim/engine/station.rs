//! Stations: where frames wait for a server, are served and give the server back.

use super::state::{List, Waits, flag};
use super::{Next, State, event};
use crate::sim::measure::{Cause, Spent};
use crate::sim::model::{Model, NONE, Op, Order};
use crate::sim::parts::processor_sharing::ProcessorSharing;

/// A station whose servers are shared evenly by all that are present.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    pub station: u32,
    pub jobs: ProcessorSharing,
}

impl State {
    /// Queues for a server of station `st`, to be served for a drawn time.
    #[inline(never)]
    pub(super) fn visit(&mut self, m: &Model, f: u32, st: u16, draw: u32) -> Next {
        let s = self.frames[f as usize].stations + u32::from(st);
        let station = &mut self.stations[s as usize];
        let class = &mut self.record.classes[station.class as usize];
        class.arrivals += 1;
        if station.plain && station.busy < station.open && station.queue.len == 0 {
            station.touch_busy(self.now);
            station.busy += 1;
            class.wait.record_zero();
            self.serve(m, f, s, draw);
            return NONE;
        }
        self.visit_otherwise(m, f, s, draw)
    }

    #[inline(never)]
    fn visit_otherwise(&mut self, m: &Model, f: u32, s: u32, draw: u32) -> Next {
        let station = &self.stations[s as usize];
        if station.shared != NONE {
            return self.visit_shared(m, f, s, draw);
        }
        if station.busy < station.open && station.queue.len == 0 {
            self.stations[s as usize].touch_busy(self.now);
            self.stations[s as usize].busy += 1;
            self.frames[f as usize].mark = self.now;
            self.waited(m, f, s);
            self.serve(m, f, s, draw);
            return NONE;
        }
        if m.stations[s as usize].order == Order::Preemptive
            && station.open > 0
            && self.interrupt(f, s)
        {
            self.frames[f as usize].mark = self.now;
            self.waited(m, f, s);
            self.serve(m, f, s, draw);
            return NONE;
        }
        self.join(m, f, s)
    }

    /// Begins the service of a `Visit`; the server has been counted already.
    #[inline]
    fn serve(&mut self, m: &Model, f: u32, s: u32, draw: u32) {
        let mut time = self.draw_ns(m, f, draw);
        let station = &mut self.stations[s as usize];
        if !station.plain || station.slow > 1.0 {
            time = self.adjust(m, f, s, time);
        }
        let frame = &mut self.frames[f as usize];
        frame.mark = self.now;
        frame.flags |= flag::SERVED;
        frame.pc += 1;
        self.schedule(f, self.now.saturating_add(time));
    }

    /// Service times at stations with a slow replica or with interruptions.
    #[cold]
    fn adjust(&mut self, m: &Model, f: u32, s: u32, time: u64) -> u64 {
        let station = &mut self.stations[s as usize];
        let mut time = (time as f64 * station.slow) as u64;
        if m.stations[s as usize].order == Order::Preemptive {
            station.serving.push(f);
            let extra = &mut self.extras[f as usize];
            if extra.served_ns > 0 || extra.left_ns > 0 {
                time = extra.left_ns;
            }
        }
        time
    }

    /// The end of a `Visit`.
    #[inline(never)]
    pub(super) fn visit_end(&mut self, m: &Model, f: u32, st: u16) -> Next {
        let frame = &mut self.frames[f as usize];
        let s = frame.stations + u32::from(st);
        let mut served = self.now - frame.mark;
        frame.flags &= !flag::SERVED;
        frame.pc += 1;
        let flags = frame.flags;
        let station = &mut self.stations[s as usize];
        if !station.serving.is_empty() {
            served += self.leave_serving(f, s);
        }
        let station = &mut self.stations[s as usize];
        let class = &mut self.record.classes[station.class as usize];
        class.completions += 1;
        class.service.record(served);
        if flags & (flag::ABANDONED | flag::TRACED) != 0 {
            if flags & flag::ABANDONED != 0 {
                class.wasted_ns += u128::from(served);
            }
            self.note_node(f, Spent::Service);
        }
        self.free_server(m, s);
        f
    }

    #[inline(never)]
    fn leave_serving(&mut self, f: u32, s: u32) -> u64 {
        let serving = &mut self.stations[s as usize].serving;
        serving.retain(|&g| g != f);
        let extra = &mut self.extras[f as usize];
        let before = extra.served_ns;
        extra.served_ns = 0;
        extra.left_ns = 0;
        before
    }

    /// A server is free: the next in the queue takes it.
    #[inline]
    pub(super) fn free_server(&mut self, m: &Model, s: u32) {
        let station = &mut self.stations[s as usize];
        if station.fifo && station.queue.len > 0 && station.busy <= station.open {
            self.hand_over(m, s);
            return;
        }
        station.touch_busy(self.now);
        station.busy -= 1;
        if station.queue.len > 0 && station.busy < station.open {
            self.start_waiting(m, s);
        }
    }

    /// A server goes from one frame to the next in the queue of a station that serves in turn.
    #[inline(never)]
    fn hand_over(&mut self, m: &Model, s: u32) {
        let station = &mut self.stations[s as usize];
        let f = station.queue.head;
        let next = &mut self.frames[f as usize];
        if next.flags & (flag::DEADLINE | flag::TRACED) != 0 {
            station.touch_busy(self.now);
            station.busy -= 1;
            self.start_waiting(m, s);
            return;
        }
        next.waits = Waits::Event;
        let (wait, in_place) = (self.now - next.mark, next.flags & flag::IN_PLACE != 0);
        station.touch_queue(self.now);
        station.queue.pop_front(&mut self.frames);
        self.record.classes[station.class as usize]
            .wait
            .record(wait);
        if in_place {
            self.serve_in_place(m, f);
        } else {
            self.take_server(m, f, s);
        }
    }

    /// The frame whose turn it is has a server now.
    fn take_server(&mut self, m: &Model, f: u32, s: u32) {
        let frame = &self.frames[f as usize];
        if frame.flags & flag::IN_PLACE != 0 {
            self.serve_in_place(m, f);
        } else if let Op::Visit { draw, .. } = m.ops[frame.pc as usize] {
            self.serve(m, f, s, draw);
        } else {
            self.keep(f, s);
            self.go_on(f);
        }
    }

    /// Lets waiting frames begin while there are free servers.
    pub(super) fn start_waiting(&mut self, m: &Model, s: u32) {
        loop {
            let station = &self.stations[s as usize];
            if station.busy >= station.open || station.queue.len == 0 {
                return;
            }
            let Some(f) = self.take_next(m, s) else {
                return;
            };
            if self.too_late(m, f, s) {
                continue;
            }
            let station = &mut self.stations[s as usize];
            station.touch_busy(self.now);
            station.busy += 1;
            self.waited(m, f, s);
            self.frames[f as usize].waits = Waits::Event;
            self.take_server(m, f, s);
        }
    }

    /// Records the wait of a frame whose service begins.
    #[inline]
    fn waited(&mut self, m: &Model, f: u32, s: u32) {
        let wait = self.now - self.frames[f as usize].mark;
        if self.frames[f as usize].flags & flag::TRACED != 0 {
            self.note_node(f, Spent::Wait);
        }
        let class = self.stations[s as usize].class as usize;
        if m.stations[s as usize].order == Order::Preemptive {
            let extra = &self.extras[f as usize];
            if extra.served_ns == 0 && extra.left_ns == 0 {
                self.record.classes[class].wait.record(wait);
            } else {
                self.record.classes[class].wait_again_ns += u128::from(wait);
            }
            return;
        }
        self.record.classes[class].wait.record(wait);
    }

    /// Takes the frame that is next by the station's order out of its queue.
    fn take_next(&mut self, m: &Model, s: u32) -> Option<u32> {
        let station = &mut self.stations[s as usize];
        station.touch_queue(self.now);
        let frames = &mut self.frames;
        if let Some(levels) = station.levels.as_mut() {
            let f = levels
                .iter_mut()
                .rev()
                .find_map(|level| level.pop_front(frames))?;
            station.queue.len -= 1;
            return Some(f);
        }
        match m.stations[s as usize].order {
            Order::Lifo => station.queue.pop_back(frames),
            Order::AdaptiveLifo(after) => {
                let oldest = station.queue.head;
                if oldest != NONE && self.now - frames[oldest as usize].mark > after {
                    station.queue.pop_back(frames)
                } else {
                    station.queue.pop_front(frames)
                }
            }
            _ => station.queue.pop_front(frames),
        }
    }

    /// Drops a frame that left the queue too late: past its caller's deadline, or by `CoDel`.
    fn too_late(&mut self, m: &Model, f: u32, s: u32) -> bool {
        let wait = self.now - self.frames[f as usize].mark;
        let late = self.frames[f as usize].flags & flag::DEADLINE != 0
            && self.extras[f as usize].deadline <= self.now;
        let dropped = match self.stations[s as usize].codel.as_mut() {
            Some(codel) => codel.on_dequeue(self.now, wait),
            None => false,
        };
        if !late && !dropped {
            return false;
        }
        let f = self.part(m, f).unwrap_or(f);
        self.left_queue(f, s);
        let cause = if late {
            Cause::Timeout
        } else {
            Cause::Rejected
        };
        self.fail_later(f, cause);
        true
    }

    /// Books a frame that leaves a queue without being served.
    fn left_queue(&mut self, f: u32, s: u32) {
        let class = &mut self.record.classes[self.stations[s as usize].class as usize];
        class.abandoned += 1;
        class.abandoned_wait_ns += u128::from(self.now - self.frames[f as usize].mark);
        let extra = &mut self.extras[f as usize];
        class.abandoned_service_ns += u128::from(std::mem::take(&mut extra.served_ns));
        extra.left_ns = 0;
        self.frames[f as usize].waits = Waits::Event;
        if self.frames[f as usize].flags & flag::TRACED != 0 {
            self.note_node(f, Spent::Wait);
        }
    }

    /// Lets a frame go on, if there is one.
    #[inline]
    pub(super) fn wake(&mut self, f: Next) {
        if f != NONE {
            self.go_on(f);
        }
    }

    /// Joins the queue of a station, or is refused.
    fn join(&mut self, m: &Model, f: u32, s: u32) -> Next {
        let station = &mut self.stations[s as usize];
        if station.queue.len >= station.limit {
            self.record.classes[station.class as usize].arrivals -= 1;
            return self.reject(m, f, Cause::Rejected);
        }
        station.enqueue(&mut self.frames, f, self.now);
        NONE
    }

    /// Takes a waiting frame out of the queue of its station: its caller has given up, or it dies.
    pub(super) fn leave_station(&mut self, m: &Model, f: u32) {
        let frame = &self.frames[f as usize];
        let s = match m.ops[frame.pc as usize] {
            Op::Visit { st, .. } | Op::Acquire { st } => frame.stations + u32::from(st),
            Op::Session => frame.stations,
            _ => return,
        };
        let level = usize::from(frame.priority);
        let station = &mut self.stations[s as usize];
        station.touch_queue(self.now);
        if let Some(levels) = station.levels.as_mut() {
            levels[level].remove(&mut self.frames, f);
            station.queue.len -= 1;
        } else {
            station.queue.remove(&mut self.frames, f);
        }
        self.left_queue(f, s);
    }

    /// Ends the service of a frame before its time, and frees the server.
    pub(super) fn leave_service(&mut self, m: &Model, f: u32) {
        let frame = &mut self.frames[f as usize];
        let Op::VisitEnd { st } = m.ops[frame.pc as usize] else {
            return;
        };
        frame.flags &= !flag::SERVED;
        frame.due = u64::MAX;
        let s = frame.stations + u32::from(st);
        let served = self.now - frame.mark;
        let class = &mut self.record.classes[self.stations[s as usize].class as usize];
        class.abandoned += 1;
        class.abandoned_service_ns += u128::from(served);
        class.wasted_ns += u128::from(served);
        if !self.stations[s as usize].serving.is_empty() {
            let before = self.leave_serving(f, s);
            self.record.classes[self.stations[s as usize].class as usize].abandoned_service_ns +=
                u128::from(before);
        }
        self.free_server(m, s);
    }

    /// Queues for a server of station `st` and keeps it.
    #[inline(never)]
    pub(super) fn acquire(&mut self, m: &Model, f: u32, st: u16) -> Next {
        let s = self.frames[f as usize].stations + u32::from(st);
        let station = &mut self.stations[s as usize];
        self.record.classes[station.class as usize].arrivals += 1;
        if station.busy < station.open && station.queue.len == 0 {
            station.touch(self.now);
            station.busy += 1;
            self.record.classes[station.class as usize]
                .wait
                .record_zero();
            self.keep(f, s);
            return f;
        }
        self.join(m, f, s)
    }

    /// The frame keeps the server it was given, and goes on after its operation.
    fn keep(&mut self, f: u32, s: u32) {
        let frame = &mut self.frames[f as usize];
        let st = s - frame.stations;
        frame.held |= 1 << st;
        frame.pc += 1;
        frame.waits = Waits::Event;
        self.extras[f as usize].since[usize::from(st != 0)] = self.now;
    }

    /// Gives a kept server back.
    pub(super) fn give_back(&mut self, m: &Model, f: u32, st: u16) {
        let frame = &mut self.frames[f as usize];
        if frame.held & 1 << st == 0 {
            return;
        }
        frame.held &= !(1 << st);
        let s = frame.stations + u32::from(st);
        let served = self.now - self.extras[f as usize].since[usize::from(st != 0)];
        let class = &mut self.record.classes[self.stations[s as usize].class as usize];
        class.completions += 1;
        class.service.record(served);
        if frame.flags & flag::ABANDONED != 0 {
            class.wasted_ns += u128::from(served);
        }
        self.free_server(m, s);
    }

    /// Works on the worker that is kept.
    #[inline(never)]
    pub(super) fn hold(&mut self, m: &Model, f: u32, draw: u32) -> Next {
        let mut time = self.draw_ns(m, f, draw);
        let slow = self.replicas[self.frames[f as usize].replica as usize].slow;
        if slow > 1.0 {
            time = (time as f64 * slow) as u64;
        }
        let frame = &mut self.frames[f as usize];
        frame.mark = self.now;
        frame.pc += 1;
        self.schedule(f, self.now.saturating_add(time));
        NONE
    }

    /// The end of a `Hold`.
    #[inline(never)]
    pub(super) fn hold_end(&mut self, f: u32) -> Next {
        let frame = &mut self.frames[f as usize];
        frame.pc += 1;
        if frame.flags & flag::TRACED != 0 {
            self.note_node(f, Spent::Service);
        }
        f
    }

    /// Interrupts work of lower priority than `f`'s at a full station. True if a server is free now.
    fn interrupt(&mut self, f: u32, s: u32) -> bool {
        let priority = self.frames[f as usize].priority;
        let victim = self.stations[s as usize]
            .serving
            .iter()
            .copied()
            .min_by_key(|&g| {
                (
                    self.frames[g as usize].priority,
                    u64::MAX - self.frames[g as usize].mark,
                )
            });
        let Some(victim) = victim else { return false };
        if self.frames[victim as usize].priority >= priority {
            return false;
        }
        let station = &mut self.stations[s as usize];
        station.touch(self.now);
        station.serving.retain(|&g| g != victim);
        let frame = &mut self.frames[victim as usize];
        let extra = &mut self.extras[victim as usize];
        // At least 1 ns is left, so that "interrupted" can be told from "not begun".
        extra.left_ns = (frame.due - self.now).max(1);
        extra.served_ns += self.now - frame.mark;
        frame.due = u64::MAX;
        frame.flags &= !flag::SERVED;
        frame.pc -= 1;
        frame.mark = self.now;
        frame.waits = Waits::Station;
        let level = usize::from(frame.priority);
        if let Some(levels) = station.levels.as_mut() {
            levels[level].push_front(&mut self.frames, victim);
            station.queue.len += 1;
            station.queue_max = station.queue_max.max(station.queue.len);
        }
        true
    }

    /// Joins a station that all present share.
    fn visit_shared(&mut self, m: &Model, f: u32, s: u32, draw: u32) -> Next {
        let station = &mut self.stations[s as usize];
        let shared = station.shared as usize;
        let present = self.shared[shared].jobs.len() as u32;
        if present.saturating_sub(station.servers) >= station.limit {
            self.record.classes[station.class as usize].arrivals -= 1;
            return self.reject(m, f, Cause::Rejected);
        }
        let slow = station.slow;
        self.record.classes[station.class as usize]
            .wait
            .record_zero();
        let time = (self.draw_ns(m, f, draw) as f64 * slow) as u64;
        let frame = &mut self.frames[f as usize];
        frame.mark = self.now;
        frame.flags |= flag::SERVED;
        frame.waits = Waits::Share;
        frame.pc += 1;
        if self.stations[s as usize].open == 0 {
            // Its replica is paused: it joins when the pause ends.
            self.extras[f as usize].left_ns = time;
            self.frames[f as usize].flags |= flag::FROZEN;
            return NONE;
        }
        self.shared[shared].jobs.arrive(self.now, f, time);
        self.shared_changed(s);
        NONE
    }

    /// After a change of who is present: busy servers and the next completion.
    pub(super) fn shared_changed(&mut self, s: u32) {
        let station = &mut self.stations[s as usize];
        let shared = &self.shared[station.shared as usize];
        station.touch(self.now);
        station.busy = (shared.jobs.len() as u32).min(station.servers);
        if let Some(at) = shared.jobs.next_completion() {
            let at = at.max(self.now);
            if station.due != at {
                station.due = at;
                let index = station.shared;
                self.post(at, event::SHARED, index);
            }
        } else {
            station.due = u64::MAX;
        }
    }

    pub(super) fn shared_completes(&mut self, index: u32) {
        let s = self.shared[index as usize].station;
        if self.stations[s as usize].due != self.now {
            return;
        }
        self.stations[s as usize].due = u64::MAX;
        while self.shared[index as usize]
            .jobs
            .next_completion()
            .is_some_and(|at| at <= self.now)
        {
            let Some(f) = self.shared[index as usize].jobs.complete(self.now) else {
                break;
            };
            let frame = &mut self.frames[f as usize];
            let served = self.now - frame.mark;
            frame.flags &= !flag::SERVED;
            frame.waits = Waits::Event;
            frame.pc += 1;
            let class = &mut self.record.classes[self.stations[s as usize].class as usize];
            class.completions += 1;
            class.service.record(served);
            if frame.flags & flag::ABANDONED != 0 {
                class.wasted_ns += u128::from(served);
            }
            if frame.flags & flag::TRACED != 0 {
                self.note_node(f, Spent::Service);
            }
            self.go_on(f);
        }
        self.shared_changed(s);
    }

    /// Takes a frame out of a shared station before it is done.
    pub(super) fn leave_shared(&mut self, m: &Model, f: u32) {
        let frame = &mut self.frames[f as usize];
        let Op::VisitEnd { st } = m.ops[frame.pc as usize] else {
            return;
        };
        let s = frame.stations + u32::from(st);
        frame.flags &= !flag::SERVED;
        let served = self.now - frame.mark;
        let class = &mut self.record.classes[self.stations[s as usize].class as usize];
        class.abandoned += 1;
        class.abandoned_service_ns += u128::from(served);
        if frame.flags & flag::FROZEN == 0 {
            let shared = self.stations[s as usize].shared as usize;
            self.shared[shared].jobs.remove(self.now, f);
            self.shared_changed(s);
        }
    }
}

/// Lists of waiting frames by priority.
pub(super) const LEVELS: [List; 8] = [List::EMPTY; 8];
