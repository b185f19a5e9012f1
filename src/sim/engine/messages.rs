//! Work queues: messages that wait, are delivered to workers, acknowledged, delivered again when
//! their time is up, and given up after too many deliveries.

use super::state::{Frame, List, Waits, flag, trouble};
use super::{GOLDEN, Next, State};
use crate::sim::live::QueueLevel;
use crate::sim::measure::Cause;
use crate::sim::model::{Model, NONE, Op};
use crate::sim::parts::locks::{Acquire, Locks};
use crate::stats::rng::mix64;
use std::collections::VecDeque;

/// Bytes that one message takes, with what belongs to it elsewhere.
const BYTES_PER_MESSAGE: u64 = 256;

const DELIVERY: u64 = 0x6465_6c69_7665_7279;

/// Where a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Free,
    Waiting,
    /// Waiting for an earlier message of the same key.
    Behind,
    Hidden,
}

#[derive(Debug, Clone)]
struct Message {
    place: Place,
    /// Changes with every change of place: what others remember is void then.
    serial: u32,
    /// Changes when the slot is used for another message.
    generation: u32,
    receives: u32,
    key: u64,
    rkey: u64,
    published: u64,
    flow: u16,
    priority: u8,
    idempotent: bool,
    /// Its work has been done once already.
    worked: bool,
    /// No other message of its key may be delivered before it is done.
    owns_key: bool,
}

/// A queue while it runs.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    messages: Vec<Message>,
    free: Vec<u32>,
    /// Waiting messages, oldest first; entries whose serial has moved on are void.
    waiting: VecDeque<(u32, u32)>,
    backlog: u32,
    /// One message of a key at a time.
    keys: Locks,
    /// Free slots of each consumer replica, consumers one after the other.
    slots: Vec<u32>,
    cursor: u32,
    /// Publishers that wait for space.
    publishers: List,
    last: u64,
    pub area: u128,
    pub oldest_max_ns: u64,
    published: u64,
}

/// Deliveries under way: the messages that a worker's frame works on.
#[derive(Debug, Clone, Default)]
pub(super) struct Deliveries {
    slots: Vec<Delivery>,
    free: Vec<u32>,
}

#[derive(Debug, Clone, Default)]
struct Delivery {
    queue: u32,
    /// Index into `Queue::slots`.
    slot: u32,
    /// Message and generation.
    messages: Vec<(u32, u32)>,
}

impl Queue {
    pub(super) fn new(m: &Model, queue: usize) -> Self {
        let spec = &m.queues[queue];
        let mut slots = Vec::new();
        for consumer in &spec.consumers {
            for _ in 0..m.nodes[consumer.node as usize].replicas {
                slots.push(consumer.slots);
            }
        }
        Self {
            messages: Vec::new(),
            free: Vec::new(),
            waiting: VecDeque::new(),
            backlog: 0,
            keys: Locks::new(),
            slots,
            cursor: 0,
            publishers: List::EMPTY,
            last: 0,
            area: 0,
            oldest_max_ns: 0,
            published: 0,
        }
    }

    /// Takes other numbers of slots over, which are never fewer.
    pub(super) fn adopt(&mut self, m: &Model, old: &Model, queue: usize) {
        let mut slot = 0;
        for (was, is) in old.queues[queue]
            .consumers
            .iter()
            .zip(&m.queues[queue].consumers)
        {
            for _ in 0..m.nodes[is.node as usize].replicas {
                self.slots[slot] += is.slots - was.slots;
                slot += 1;
            }
        }
    }

    /// Whether a delivery with this serial is still hidden.
    pub(super) fn is_hidden(&self, slot: u32, serial: u32) -> bool {
        let message = &self.messages[slot as usize];
        message.place == Place::Hidden && message.serial == serial
    }

    pub(super) fn touch(&mut self, now: u64) {
        self.area += u128::from(self.backlog) * u128::from(now - self.last);
        self.last = now;
    }

    pub(super) fn backlog(&self) -> u64 {
        u64::from(self.backlog)
    }

    /// Messages waiting, integrated until now over the open window.
    pub(super) fn area_until(&self, now: u64) -> u128 {
        self.area + u128::from(self.backlog) * u128::from(now - self.last)
    }

    /// How many messages wait, and how long the oldest has.
    pub(super) fn level(&self, now: u64) -> QueueLevel {
        let oldest = self.waiting.iter().find_map(|&(slot, serial)| {
            let message = &self.messages[slot as usize];
            let waits = message.place == Place::Waiting && message.serial == serial;
            waits.then(|| now - message.published)
        });
        QueueLevel {
            backlog: self.backlog(),
            oldest_ns: oldest.unwrap_or(0),
        }
    }

    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> u64 {
        self.messages.len() as u64 * BYTES_PER_MESSAGE
    }

    /// Age of the oldest waiting message is noted.
    pub(super) fn note_oldest(&mut self, now: u64) {
        while let Some(&(slot, serial)) = self.waiting.front() {
            let message = &self.messages[slot as usize];
            if message.place == Place::Waiting && message.serial == serial {
                self.oldest_max_ns = self.oldest_max_ns.max(now - message.published);
                return;
            }
            self.waiting.pop_front();
        }
    }

    fn wait(&mut self, slot: u32, now: u64, first: bool) {
        self.touch(now);
        self.backlog += 1;
        let message = &mut self.messages[slot as usize];
        message.place = Place::Waiting;
        message.serial = message.serial.wrapping_add(1);
        let entry = (slot, message.serial);
        if first {
            self.waiting.push_front(entry);
        } else {
            self.waiting.push_back(entry);
        }
    }

    fn remove(&mut self, slot: u32, now: u64) {
        if matches!(
            self.messages[slot as usize].place,
            Place::Waiting | Place::Behind
        ) {
            self.touch(now);
            self.backlog -= 1;
        }
        let message = &mut self.messages[slot as usize];
        message.place = Place::Free;
        message.serial = message.serial.wrapping_add(1);
        message.generation = message.generation.wrapping_add(1);
        self.free.push(slot);
    }

    /// The next message that may be delivered.
    fn take(&mut self, ordered: bool, now: u64) -> Option<u32> {
        self.note_oldest(now);
        while let Some((slot, serial)) = self.waiting.pop_front() {
            let message = &mut self.messages[slot as usize];
            if message.place != Place::Waiting || message.serial != serial {
                continue;
            }
            if ordered && !message.owns_key {
                if self.keys.acquire(message.rkey, slot) == Acquire::Queued {
                    message.place = Place::Behind;
                    message.serial = message.serial.wrapping_add(1);
                    continue;
                }
                message.owns_key = true;
            }
            self.touch(now);
            self.backlog -= 1;
            let message = &mut self.messages[slot as usize];
            message.place = Place::Hidden;
            message.serial = message.serial.wrapping_add(1);
            message.receives += 1;
            return Some(slot);
        }
        None
    }

    /// The message that owned a key is done: the next of the same key may be delivered.
    fn pass_key_on(&mut self, rkey: u64) {
        if let Some(next) = self.keys.release(rkey) {
            let message = &mut self.messages[next as usize];
            message.owns_key = true;
            message.place = Place::Waiting;
            message.serial = message.serial.wrapping_add(1);
            self.waiting.push_front((next, message.serial));
        }
    }
}

impl Deliveries {
    fn add(&mut self, queue: u32, slot: u32) -> u32 {
        let id = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Delivery::default());
            self.slots.len() as u32 - 1
        });
        let delivery = &mut self.slots[id as usize];
        delivery.queue = queue;
        delivery.slot = slot;
        delivery.messages.clear();
        id
    }
}

impl State {
    /// Puts a message into the queue at whose node `f` is.
    pub(super) fn enqueue(&mut self, m: &Model, f: u32, queue: u32) -> Next {
        let spec = &m.queues[queue as usize];
        if self.queues[queue as usize].backlog >= spec.capacity {
            if !spec.waits_when_full {
                return self.reject(m, f, Cause::Rejected);
            }
            let frame = &mut self.frames[f as usize];
            frame.mark = self.now;
            frame.waits = Waits::Space;
            self.queues[queue as usize]
                .publishers
                .push_back(&mut self.frames, f);
            return NONE;
        }
        self.accept(m, f, queue);
        self.dispatch(m, queue);
        f
    }

    fn accept(&mut self, m: &Model, f: u32, queue: u32) {
        let spec = &m.queues[queue as usize];
        let frame = &mut self.frames[f as usize];
        frame.pc += 1;
        let idempotent = frame.flags & flag::IDEMPOTENT != 0
            || m.flows
                .get(usize::from(frame.flow))
                .is_some_and(|flow| flow.idempotent);
        if m.tracks_effects && frame.flags & flag::REPEATABLE != 0 && !idempotent {
            let effect = self.extras[f as usize].effect;
            if self.effects.seen(effect) {
                self.record.correctness.duplicate_effects += 1;
            }
        }
        let frame = &self.frames[f as usize];
        let state = &mut self.queues[queue as usize];
        state.published += 1;
        let fresh = Message {
            place: Place::Free,
            serial: 0,
            generation: 0,
            receives: 0,
            key: mix64(frame.key ^ spec.stream),
            rkey: self.extras[f as usize].rkey,
            published: self.now,
            flow: frame.flow,
            priority: frame.priority,
            idempotent,
            worked: false,
            owns_key: false,
        };
        let slot = if let Some(slot) = state.free.pop() {
            let old = &state.messages[slot as usize];
            let (serial, generation) = (old.serial, old.generation);
            state.messages[slot as usize] = Message {
                serial,
                generation,
                ..fresh
            };
            slot
        } else {
            let slot = state.messages.len() as u32;
            state.messages.push(fresh);
            if u64::from(slot) >= m.memory_limit / BYTES_PER_MESSAGE {
                self.out_of_memory(&format!("{slot} messages are in one queue"));
            }
            slot
        };
        self.queues[queue as usize].wait(slot, self.now, false);
        self.record.queues[queue as usize].published += 1;
    }

    /// Delivers waiting messages while workers have slots.
    pub(super) fn dispatch(&mut self, m: &Model, queue: u32) {
        let spec = &m.queues[queue as usize];
        let home = m.nodes[spec.node as usize].first_replica;
        if self.replicas[home as usize].flags & (trouble::DOWN | trouble::PAUSED) != 0 {
            return;
        }
        loop {
            self.let_publishers_in(m, queue);
            if self.queues[queue as usize].backlog == 0 {
                break;
            }
            let Some((consumer, local, slot)) = self.free_slot(m, queue) else {
                break;
            };
            let spec = &m.queues[queue as usize].consumers[consumer];
            let id = self.deliveries.add(queue, slot);
            for _ in 0..spec.batch {
                let ordered = m.queues[queue as usize].ordered;
                let Some(message) = self.queues[queue as usize].take(ordered, self.now) else {
                    break;
                };
                self.hide(m, queue, message, id);
            }
            if self.deliveries.slots[id as usize].messages.is_empty() {
                self.deliveries.free.push(id);
                break;
            }
            self.queues[queue as usize].slots[slot as usize] -= 1;
            self.deliver_to(m, queue, consumer, local, id);
        }
        self.let_publishers_in(m, queue);
    }

    fn let_publishers_in(&mut self, m: &Model, queue: u32) {
        while self.queues[queue as usize].backlog < m.queues[queue as usize].capacity {
            let Some(f) = self.queues[queue as usize]
                .publishers
                .pop_front(&mut self.frames)
            else {
                return;
            };
            self.frames[f as usize].waits = Waits::Event;
            if self.frames[f as usize].flags & flag::TRACED != 0 {
                self.note_node(f, crate::sim::measure::Spent::Wait);
            }
            self.accept(m, f, queue);
            self.go_on(f);
        }
    }

    fn hide(&mut self, m: &Model, queue: u32, message: u32, id: u32) {
        let record = &mut self.record.queues[queue as usize];
        record.delivered += 1;
        let state = &self.queues[queue as usize].messages[message as usize];
        if state.receives > 1 {
            record.redelivered += 1;
        }
        let (serial, generation) = (state.serial, state.generation);
        self.deliveries.slots[id as usize]
            .messages
            .push((message, generation));
        let ring = m.queues[queue as usize].visibility_ring;
        self.arm(m, ring, message, serial);
    }

    /// A consumer replica with a free slot, in turn.
    fn free_slot(&mut self, m: &Model, queue: u32) -> Option<(usize, u32, u32)> {
        let state = &mut self.queues[queue as usize];
        let n = state.slots.len() as u32;
        for i in 0..n {
            let slot = (state.cursor + i) % n;
            if state.slots[slot as usize] == 0 {
                continue;
            }
            let mut local = slot;
            for (consumer, spec) in m.queues[queue as usize].consumers.iter().enumerate() {
                let node = &m.nodes[spec.node as usize];
                if local < node.replicas {
                    let replica = node.first_replica + local;
                    let flags = self.replicas[replica as usize].flags;
                    let home = m.nodes[m.queues[queue as usize].node as usize].first_replica;
                    if flags & (trouble::DOWN | trouble::PAUSED) == 0
                        && !self.faults.partitioned(home, replica)
                    {
                        state.cursor = (slot + 1) % n;
                        return Some((consumer, local, slot));
                    }
                    break;
                }
                local -= node.replicas;
            }
        }
        None
    }

    /// Starts a worker's frame on a delivery.
    fn deliver_to(&mut self, m: &Model, queue: u32, consumer: usize, local: u32, id: u32) {
        let spec = &m.queues[queue as usize].consumers[consumer];
        let replica = m.nodes[spec.node as usize].first_replica + local;
        let (message, _) = self.deliveries.slots[id as usize].messages[0];
        let message = &self.queues[queue as usize].messages[message as usize];
        let key = mix64(message.key ^ DELIVERY ^ u64::from(message.receives).wrapping_mul(GOLDEN));
        let (rkey, flow, priority) = (message.rkey, message.flow, message.priority);
        let (repeat, idempotent) = (message.key, message.idempotent);
        let f = self.allocate();
        let frame = &mut self.frames[f as usize];
        let serial = frame.serial;
        *frame = Frame {
            key,
            start: self.now,
            mark: self.now,
            sent: self.now,
            pc: m.endpoints[spec.endpoint as usize].entry,
            serial,
            replica,
            stations: m.replicas[replica as usize].stations,
            flow,
            priority,
            flags: flag::MESSAGE
                | flag::ARRIVED
                | flag::REPEATABLE
                | if idempotent { flag::IDEMPOTENT } else { 0 },
            ..Frame::fresh()
        };
        let mut extra = super::state::Extra::fresh();
        extra.rkey = rkey;
        extra.effect = repeat;
        extra.delivery = id;
        self.extras[f as usize] = extra;
        self.record.nodes[spec.node as usize].arrivals += 1;
        self.record.wires[spec.wire as usize].calls += 1;
        self.record.wires[spec.wire as usize].attempts += 1;
        let home = m.nodes[m.queues[queue as usize].node as usize].first_replica;
        let transit = self.message_transit(m, f, spec.wire, home, replica);
        if transit == 0 {
            self.go_on(f);
        } else {
            self.schedule(f, self.now.saturating_add(transit));
        }
    }

    /// The work on a delivery is done: its messages are.
    pub(super) fn acknowledge(&mut self, f: u32, queue: u32) -> Next {
        self.frames[f as usize].pc += 1;
        let id = self.extras[f as usize].delivery;
        let mut i = 0;
        while let Some(&(slot, generation)) = self.deliveries.slots[id as usize].messages.get(i) {
            i += 1;
            let state = &mut self.queues[queue as usize];
            let message = &mut state.messages[slot as usize];
            if message.generation != generation {
                // Another delivery of it was done first, so its work has now taken effect again.
                if self.frames[f as usize].flags & flag::IDEMPOTENT == 0 {
                    self.record.correctness.duplicate_effects += 1;
                }
                continue;
            }
            if message.worked && !message.idempotent {
                self.record.correctness.duplicate_effects += 1;
            }
            message.worked = true;
            let (age, rkey, owns_key) =
                (self.now - message.published, message.rkey, message.owns_key);
            let record = &mut self.record.queues[queue as usize];
            record.acknowledged += 1;
            record.age.record(age);
            let behind = message.place == Place::Behind;
            if behind {
                state.keys.cancel(rkey, slot);
            }
            state.remove(slot, self.now);
            if owns_key {
                state.pass_key_on(rkey);
            }
        }
        f
    }

    /// A worker's frame ends; what it did not acknowledge comes back when its time is up.
    pub(super) fn message_frame_ends(&mut self, m: &Model, f: u32, failed: bool) {
        let id = self.extras[f as usize].delivery;
        let frame = &self.frames[f as usize];
        let node = self.replicas[frame.replica as usize].node;
        let record = &mut self.record.nodes[node as usize];
        record.completions += 1;
        record.latency.record(self.now - frame.start);
        if failed {
            record.errors += 1;
        }
        let (queue, slot) = {
            let delivery = &self.deliveries.slots[id as usize];
            (delivery.queue, delivery.slot)
        };
        self.queues[queue as usize].slots[slot as usize] += 1;
        self.deliveries.free.push(id);
        self.release(f);
        self.dispatch(m, queue);
    }

    /// The time of a delivered message is up.
    pub(super) fn becomes_visible(&mut self, m: &Model, queue: u32, slot: u32, serial: u32) {
        if !self.queues[queue as usize].is_hidden(slot, serial) {
            return;
        }
        let spec = &m.queues[queue as usize];
        let state = &mut self.queues[queue as usize];
        let message = &state.messages[slot as usize];
        let (rkey, owns_key) = (message.rkey, message.owns_key);
        if message.receives >= spec.max_receives {
            self.record.queues[queue as usize].dead_letters += 1;
            state.remove(slot, self.now);
            if owns_key {
                state.pass_key_on(rkey);
            }
        } else {
            state.wait(slot, self.now, spec.ordered);
        }
        self.dispatch(m, queue);
    }

    pub(super) fn leave_space(&mut self, m: &Model, f: u32) {
        if let Op::Enqueue { queue } = m.ops[self.frames[f as usize].pc as usize] {
            self.queues[queue as usize]
                .publishers
                .remove(&mut self.frames, f);
        }
    }

    /// A crash of a queue that keeps its messages in memory only.
    pub(super) fn lose_messages(&mut self, m: &Model, queue: u32) {
        if !m.queues[queue as usize].volatile {
            return;
        }
        let state = &mut self.queues[queue as usize];
        for slot in 0..state.messages.len() as u32 {
            let message = &state.messages[slot as usize];
            if message.place == Place::Free {
                continue;
            }
            if !message.worked {
                self.record.correctness.lost_messages += 1;
            }
            state.remove(slot, self.now);
        }
        state.keys = Locks::new();
        state.waiting.clear();
    }
}
