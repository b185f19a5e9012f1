//! The records that change while a model runs: frames, stations, replicas, the callers' ends of
//! wires, balancing groups.

use crate::sim::model::NONE;
use crate::sim::parts::adaptive::AdaptiveLimit;
use crate::sim::parts::breaker::Breaker;
use crate::sim::parts::budget::RetryBudget;
use crate::sim::parts::codel::CoDel;
use crate::sim::parts::limiter::{KeyedLimiter, RateLimiter};

/// Bits of [`Frame::flags`].
pub(super) mod flag {
    /// Its caller has given up: what it does is wasted.
    pub(crate) const ABANDONED: u32 = 1;
    /// Ended, but an event of it is still in the event set.
    pub(crate) const DEAD: u32 = 1 << 1;
    /// Its message was lost: nothing will happen to it until its caller gives up.
    pub(crate) const LOST: u32 = 1 << 2;
    /// Being served at the station of the `Visit` before its program counter.
    pub(crate) const SERVED: u32 = 1 << 3;
    /// Its caller told when it gives up.
    pub(crate) const DEADLINE: u32 = 1 << 4;
    /// The caller has its answer; the rest goes on alone.
    pub(crate) const REPLIED: u32 = 1 << 5;
    /// Followed by a trace.
    pub(crate) const TRACED: u32 = 1 << 6;
    /// Some call was answered by a fallback.
    pub(crate) const DEGRADED: u32 = 1 << 7;
    /// A branch of a fork.
    pub(crate) const BRANCH: u32 = 1 << 8;
    /// Holds a pooled connection of its caller.
    pub(crate) const POOLED: u32 = 1 << 9;
    /// Counted in its caller's bulkhead.
    pub(crate) const BULKHEAD: u32 = 1 << 10;
    /// Counted as inside its replica.
    pub(crate) const INSIDE: u32 = 1 << 11;
    /// Works on messages of a queue.
    pub(crate) const MESSAGE: u32 = 1 << 12;
    /// A request of a client.
    pub(crate) const ROOT: u32 = 1 << 13;
    /// Belongs to a transaction of its caller.
    pub(crate) const IN_TX: u32 = 1 << 14;
    /// Has a transaction open.
    pub(crate) const TX: u32 = 1 << 15;
    /// Fetches a key that others may wait for.
    pub(crate) const FETCHES: u32 = 1 << 16;
    /// It, or a call above it, may be repeated.
    pub(crate) const REPEATABLE: u32 = 1 << 17;
    /// A repetition is recognised by its key.
    pub(crate) const IDEMPOTENT: u32 = 1 << 18;
    /// Was called through a forwarder that has no frame.
    pub(crate) const FORWARDED: u32 = 1 << 19;
    /// Holds a row lock of its own.
    pub(crate) const LOCKED: u32 = 1 << 20;
    /// Its caller was told; nobody counts on its answer.
    pub(crate) const SETTLED: u32 = 1 << 21;
    /// Has reached its replica.
    pub(crate) const ARRIVED: u32 = 1 << 23;
    /// Frozen by a pause; `Extra::left_ns` says how long its event has still to go.
    pub(crate) const FROZEN: u32 = 1 << 24;
    /// A call that nobody waits for (a send).
    pub(crate) const ALONE: u32 = 1 << 25;
    /// Carries its call out itself: waits or is served at the callee's station.
    pub(crate) const IN_PLACE: u32 = 1 << 26;
    /// Not in use.
    pub(crate) const FREE: u32 = 1 << 27;
    /// What a callee inherits from its caller.
    pub(crate) const INHERITED: u32 = ABANDONED | REPEATABLE | IDEMPOTENT;
}

/// What a frame waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Waits {
    /// Nothing, or an event of its own.
    Event,
    /// A server of the station of its operation.
    Station,
    /// A connection of the pool of the wire of its call.
    Pool,
    /// Nothing: it has been given the connection, and goes on at this moment.
    Connected,
    /// The answer to a call.
    Answer,
    /// Its branches.
    Branches,
    /// A row lock.
    Lock,
    /// Another frame's fetch of the same key.
    Fetch,
    /// The next flush.
    Flush,
    /// Space in a queue.
    Space,
    /// Its share of a station that is shared.
    Share,
    /// The end of a pause of its replica.
    Pause,
}

/// An activation: a call in progress at a replica, a branch of one, or a client's request. Two lines
/// of the cache.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(super) struct Frame {
    /// Key of its randomness.
    pub key: u64,
    /// When it arrived at its replica (the intended arrival for a client's request).
    pub start: u64,
    /// Since when it has been in its present wait or service.
    pub mark: u64,
    /// When its event is due; other events of it are stale.
    pub due: u64,
    /// When the attempt was sent.
    pub sent: u64,
    pub pc: u32,
    /// Changes whenever what others remember of it becomes void.
    pub serial: u32,
    pub parent: u32,
    pub parent_serial: u32,
    pub replica: u32,
    /// First station of its replica.
    pub stations: u32,
    pub site: u32,
    /// The wire it came along.
    pub wire: u32,
    /// Of a client's request: what it is measured as, or `NONE` while its user thinks.
    pub endpoint: u32,
    /// Balancing instance that chose its replica.
    pub group: u32,
    pub child: u32,
    pub sibling: u32,
    pub next: u32,
    pub prev: u32,
    pub flags: u32,
    /// Rounds of loops so far: makes draws of the same operation differ.
    pub visit: u32,
    pub flow: u16,
    /// Number of its replica in the group.
    pub slot: u16,
    pub waits: Waits,
    pub attempt: u8,
    pub priority: u8,
    /// Events of it in the event set, stale ones included.
    pub pending: u32,
    /// 0 for success, else 1 + cause; see [`super::answer`].
    pub status: u8,
    /// Depth of calls, for wires that limit it.
    pub depth: u8,
    /// Hedges sent for the present call.
    pub hedges: u8,
    /// Stations of its replica of which it keeps a server, one bit each.
    pub held: u16,
}

/// What only some frames need.
#[derive(Debug, Clone)]
pub(super) struct Extra {
    /// The request's key: user, product, account.
    pub rkey: u64,
    /// When the caller's caller gives up, if it told.
    pub deadline: u64,
    /// When the present call must be over.
    pub call_deadline: u64,
    /// Name of what it does without the attempt number, to recognise repetitions.
    pub effect: u64,
    /// Last wait before a retry.
    pub backoff_ns: f64,
    /// Rest of a frozen or interrupted event, in ns.
    pub left_ns: u64,
    /// Service before an interruption, in ns.
    pub served_ns: u64,
    /// Since when it keeps a server of station 0, and of another one.
    pub since: [u64; 2],
    /// Rounds left.
    pub count: u32,
    /// Pages left to read from disk.
    pub pages: u32,
    /// Branches: running, still needed.
    pub running: u32,
    pub needed: u32,
    /// Open transaction.
    pub tx: u32,
    pub tx_serial: u32,
    /// `Cached` step whose fetch it is in.
    pub fetch: u32,
    /// Delivery it works on.
    pub delivery: u32,
    pub trace: u32,
    pub trace_serial: u32,
    /// Its activation in the trace.
    pub act: u32,
    /// The wire in whose bulkhead it is counted.
    pub bulkhead: u32,
    /// The state of the breaker that let its call pass.
    pub epoch: u32,
}

impl Frame {
    pub(super) fn fresh() -> Self {
        Self {
            key: 0,
            start: 0,
            mark: 0,
            due: u64::MAX,
            sent: 0,
            pc: 0,
            serial: 0,
            parent: NONE,
            parent_serial: 0,
            replica: 0,
            stations: 0,
            site: NONE,
            wire: NONE,
            endpoint: NONE,
            group: NONE,
            child: NONE,
            sibling: NONE,
            next: NONE,
            prev: NONE,
            flags: 0,
            visit: 0,
            flow: 0,
            slot: 0,
            waits: Waits::Event,
            attempt: 0,
            priority: 0,
            pending: 0,
            status: 0,
            depth: 0,
            hedges: 0,
            held: 0,
        }
    }
}

impl Extra {
    pub(super) fn fresh() -> Self {
        Self {
            rkey: 0,
            deadline: u64::MAX,
            call_deadline: u64::MAX,
            effect: 0,
            backoff_ns: 0.0,
            left_ns: 0,
            served_ns: 0,
            since: [0; 2],
            count: 0,
            pages: 0,
            running: 0,
            needed: 0,
            tx: NONE,
            tx_serial: 0,
            fetch: NONE,
            delivery: NONE,
            trace: NONE,
            trace_serial: 0,
            act: 0,
            bulkhead: NONE,
            epoch: 0,
        }
    }
}

/// A list of waiting frames, linked through `Frame::next` and `Frame::prev`.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    pub head: u32,
    pub tail: u32,
    pub len: u32,
}

impl List {
    pub(super) const EMPTY: List = List {
        head: NONE,
        tail: NONE,
        len: 0,
    };

    #[inline]
    pub(super) fn push_back(&mut self, frames: &mut [Frame], f: u32) {
        frames[f as usize].next = NONE;
        frames[f as usize].prev = self.tail;
        if self.tail == NONE {
            self.head = f;
        } else {
            frames[self.tail as usize].next = f;
        }
        self.tail = f;
        self.len += 1;
    }

    pub(super) fn push_front(&mut self, frames: &mut [Frame], f: u32) {
        frames[f as usize].prev = NONE;
        frames[f as usize].next = self.head;
        if self.head == NONE {
            self.tail = f;
        } else {
            frames[self.head as usize].prev = f;
        }
        self.head = f;
        self.len += 1;
    }

    #[inline]
    pub(super) fn remove(&mut self, frames: &mut [Frame], f: u32) {
        let (prev, next) = (frames[f as usize].prev, frames[f as usize].next);
        if prev == NONE {
            self.head = next;
        } else {
            frames[prev as usize].next = next;
        }
        if next == NONE {
            self.tail = prev;
        } else {
            frames[next as usize].prev = prev;
        }
        self.len -= 1;
    }

    #[inline]
    pub(super) fn pop_front(&mut self, frames: &mut [Frame]) -> Option<u32> {
        let f = self.head;
        if f == NONE {
            return None;
        }
        self.head = frames[f as usize].next;
        if self.head == NONE {
            self.tail = NONE;
        } else {
            frames[self.head as usize].prev = NONE;
        }
        self.len -= 1;
        Some(f)
    }

    /// Puts `g`, which is in no list, into the place of `f`.
    pub(super) fn replace(&mut self, frames: &mut [Frame], f: u32, g: u32) {
        let (prev, next) = (frames[f as usize].prev, frames[f as usize].next);
        frames[g as usize].prev = prev;
        frames[g as usize].next = next;
        if prev == NONE {
            self.head = g;
        } else {
            frames[prev as usize].next = g;
        }
        if next == NONE {
            self.tail = g;
        } else {
            frames[next as usize].prev = g;
        }
    }

    pub(super) fn pop_back(&mut self, frames: &mut [Frame]) -> Option<u32> {
        let f = self.tail;
        if f == NONE {
            return None;
        }
        self.remove(frames, f);
        Some(f)
    }
}

/// A station of a replica while it runs.
#[derive(Debug, Clone)]
pub(super) struct Station {
    /// Servers that may be used now: none while its replica is paused or down.
    pub open: u32,
    pub busy: u32,
    pub queue: List,
    pub limit: u32,
    pub class: u32,
    /// First or last come first served, no dropping: the short way.
    pub plain: bool,
    /// The same, first come first served.
    pub fifo: bool,
    pub servers: u32,
    /// Until when the integrals of busy, waiting and available servers are summed.
    pub busy_since: u64,
    pub queue_since: u64,
    pub open_since: u64,
    pub busy_area: u128,
    pub queue_area: u128,
    pub available_area: u128,
    /// Factor on service times that begin now.
    pub slow: f64,
    pub queue_max: u32,
    /// Waiting frames by priority, for orders that ask for it.
    pub levels: Option<Box<[List; 8]>>,
    pub codel: Option<Box<CoDel>>,
    /// Index of the shared station, or `NONE`.
    pub shared: u32,
    /// Frames in service, for orders that interrupt.
    pub serving: Vec<u32>,
    /// When the event of a shared station is due.
    pub due: u64,
}

impl Station {
    /// Brings the integrals up to now; to be called before `busy`, the queue or `open` change.
    #[inline]
    pub(super) fn touch(&mut self, now: u64) {
        self.touch_busy(now);
        self.touch_queue(now);
        let passed = now - std::mem::replace(&mut self.open_since, now);
        if self.servers != NONE {
            self.available_area += u128::from(self.open) * u128::from(passed);
        }
    }

    /// A frame joins the queue.
    #[inline]
    pub(super) fn enqueue(&mut self, frames: &mut [Frame], f: u32, now: u64) {
        self.touch_queue(now);
        let frame = &mut frames[f as usize];
        frame.mark = now;
        frame.waits = Waits::Station;
        if let Some(levels) = self.levels.as_mut() {
            let level = usize::from(frame.priority);
            levels[level].push_back(frames, f);
            self.queue.len += 1;
        } else {
            self.queue.push_back(frames, f);
        }
        self.queue_max = self.queue_max.max(self.queue.len);
    }

    /// The part of [`Station::touch`] that a change of `busy` needs.
    #[inline]
    pub(super) fn touch_busy(&mut self, now: u64) {
        let passed = now - std::mem::replace(&mut self.busy_since, now);
        self.busy_area += u128::from(self.busy) * u128::from(passed);
    }

    /// The part of [`Station::touch`] that a change of the queue needs.
    #[inline]
    pub(super) fn touch_queue(&mut self, now: u64) {
        let passed = now - std::mem::replace(&mut self.queue_since, now);
        self.queue_area += u128::from(self.queue.len) * u128::from(passed);
    }
}

/// Bits of [`Replica::flags`]: what has to be looked at when a request arrives.
pub(super) mod trouble {
    pub(crate) const DOWN: u8 = 1;
    pub(crate) const PAUSED: u8 = 1 << 1;
    pub(crate) const ERRORS: u8 = 1 << 2;
    /// Its node limits what may enter.
    pub(crate) const ENTRY: u8 = 1 << 3;
}

/// A replica while it runs.
#[derive(Debug, Clone)]
pub(super) struct Replica {
    pub flags: u8,
    pub node: u32,
    pub stations: u32,
    /// Share of requests answered with an error.
    pub errors: f64,
    /// Factor on work, and the part of it that health checks feel.
    pub slow: f64,
    pub slow_seen: f64,
    /// How many faults keep it down, and paused.
    pub down: u16,
    pub paused: u16,
    pub inside: u32,
    pub adaptive: Option<Box<AdaptiveLimit>>,
    /// Frames that arrived or were answered during a pause.
    pub parked: List,
    /// Since when it is up or down, and the time up in this window.
    pub since: u64,
    pub up_area: u128,
}

/// One caller replica's end of a wire.
#[derive(Debug, Clone, Default)]
pub(super) struct End {
    pub pool: Option<Box<Pool>>,
    pub breaker: Option<Box<Breaker>>,
    pub budget: Option<Box<RetryBudget>>,
    pub limits: Vec<Limiter>,
    /// Calls under way, for a bulkhead.
    pub under_way: u32,
    /// Openings of the breaker and its open time that were reported already.
    pub opened_seen: u64,
    pub open_ns_seen: u128,
}

/// A pool of connections.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    pub size: u32,
    pub busy: u32,
    /// Open and unused.
    pub idle: u32,
    pub queue: List,
    pub last: u64,
    pub area: u128,
}

impl Pool {
    pub(super) fn touch(&mut self, now: u64) {
        self.area += u128::from(self.busy) * u128::from(now - self.last);
        self.last = now;
    }
}

/// A rate limit, for all together or by key.
#[derive(Debug, Clone)]
pub(super) enum Limiter {
    Global(RateLimiter),
    Keyed(Box<KeyedLimiter>),
}

/// A balancing group as one caller replica sees it.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub outstanding: Vec<u32>,
    pub cursor: u32,
    /// Targets in rotation, ascending; all of them while `all`.
    pub usable: Vec<u32>,
    pub all: bool,
    /// By target, where there are health checks or ejection.
    pub health: Vec<Health>,
    pub ejected: u32,
    pub total: u32,
}

/// What a group knows of one target.
#[derive(Debug, Clone, Default)]
pub(super) struct Health {
    pub unhealthy: bool,
    pub failed_probes: u32,
    pub good_probes: u32,
    pub ejected: bool,
    pub ejections: u32,
    pub failures_in_row: u32,
    pub answers: u32,
    pub failures: u32,
    pub latency_ns: u128,
    /// When it came back into rotation; for a slow start.
    pub back_at: u64,
    /// Counts ejections, so that an end of an earlier one is not taken for a later one's.
    pub serial: u32,
}
