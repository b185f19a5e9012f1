//! What databases add: page reads that miss memory, row locks, the flushed log with group commit,
//! sessions, and transactions.

use super::state::{Waits, flag};
use super::{GOLDEN, Next, State, event};
use crate::sim::measure::{Cause, Place, Spent};
use crate::sim::model::{Model, NONE, Op};
use crate::sim::parts::locks::{Acquire, Locks};
use crate::stats::math::ln;
use crate::stats::rng::{Bits, Keyed, unit_open_f64};

/// Most pages of one read: a heavy tail shall not hold a run up for ever.
const PAGES_MAX: u64 = 10_000_000;

const MISSES: u64 = 0x6d69_7373_6573;

/// A database while it runs.
#[derive(Debug, Clone)]
pub(super) struct Db {
    pub locks: Locks,
    /// Frames whose commit is being flushed, and those that wait for the next flush.
    flushing: Vec<u32>,
    pending: Vec<u32>,
    /// When the present flush is done.
    pub due: u64,
    began: u64,
    flushes: u64,
    /// Rest of a flush that a pause has frozen.
    pub left_ns: u64,
}

impl Db {
    pub(super) fn new() -> Self {
        Self {
            locks: Locks::new(),
            flushing: Vec::new(),
            pending: Vec::new(),
            due: u64::MAX,
            began: 0,
            flushes: 0,
            left_ns: 0,
        }
    }
}

/// An open transaction.
#[derive(Debug, Clone, Default)]
struct Tx {
    serial: u32,
    spec: u32,
    /// Replica of the caller.
    replica: u32,
    wrote: bool,
    /// Holds a session of the database since then.
    session: Option<u64>,
    locks: Vec<u64>,
    /// Repeatable writes, counted when they are committed.
    effects: Vec<u64>,
}

/// Open transactions, reused.
#[derive(Debug, Clone, Default)]
pub(super) struct Transactions {
    slots: Vec<Tx>,
    free: Vec<u32>,
}

impl Transactions {
    fn open(&mut self, spec: u32, replica: u32) -> (u32, u32) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Tx::default());
            self.slots.len() as u32 - 1
        });
        let tx = &mut self.slots[slot as usize];
        tx.spec = spec;
        tx.replica = replica;
        tx.wrote = false;
        tx.session = None;
        tx.locks.clear();
        tx.effects.clear();
        (slot, tx.serial)
    }

    fn get(&mut self, slot: u32, serial: u32) -> Option<&mut Tx> {
        self.slots
            .get_mut(slot as usize)
            .filter(|tx| tx.serial == serial)
    }

    fn close(&mut self, slot: u32) {
        self.slots[slot as usize].serial += 1;
        self.free.push(slot);
    }
}

impl State {
    /// Draws how many pages a read touches and how many of them miss memory.
    #[inline(never)]
    pub(super) fn pages(&mut self, m: &Model, f: u32, draw: u32, db: u32) -> Next {
        let spec = &m.dbs[db as usize];
        let draw = &m.draws[draw as usize];
        let key = self.draw_key(f, draw.stream);
        let pages = (draw.sampler.sample(&mut Keyed::new(key)) + 0.5).max(0.0) as u64;
        let pages = pages.min(PAGES_MAX);
        let misses = misses(pages, 1.0 - spec.buffer_hit, key ^ MISSES);
        let frame = &mut self.frames[f as usize];
        // Over the visit of the disk and its end, or into them.
        frame.pc += if misses == 0 { 4 } else { 1 };
        self.extras[f as usize].pages = misses as u32;
        f
    }

    /// One page has been read.
    #[inline(never)]
    pub(super) fn page_end(&mut self, _m: &Model, f: u32) -> Next {
        let extra = &mut self.extras[f as usize];
        extra.pages -= 1;
        let frame = &mut self.frames[f as usize];
        frame.visit = frame.visit.wrapping_add(1);
        if extra.pages == 0 {
            frame.pc += 1;
        } else {
            frame.pc -= 2;
        }
        f
    }

    fn tx_of(&mut self, f: u32) -> Option<&mut Tx> {
        let extra = &self.extras[f as usize];
        self.txs.get(extra.tx, extra.tx_serial)
    }

    /// Locks the row of the request's key, or waits for it.
    #[inline(never)]
    pub(super) fn lock(&mut self, m: &Model, f: u32, db: u32) -> Next {
        let rkey = self.extras[f as usize].rkey;
        let held = !m.dbs[db as usize].row_locks
            || self.frames[f as usize].flags & flag::LOCKED != 0
            || self.tx_of(f).is_some_and(|tx| tx.locks.contains(&rkey));
        if held {
            self.frames[f as usize].pc += 1;
            return f;
        }
        match self.dbs[db as usize].locks.acquire_or_wait(rkey, f) {
            Acquire::Granted | Acquire::Held => {
                self.locked(f, rkey);
                f
            }
            Acquire::Queued => {
                let frame = &mut self.frames[f as usize];
                frame.mark = self.now;
                frame.waits = Waits::Lock;
                let (ring, serial) = (m.dbs[db as usize].lock_ring, frame.serial);
                if ring != NONE {
                    self.arm(m, ring, f, serial);
                }
                NONE
            }
        }
    }

    /// The frame has the lock: it, or the transaction it belongs to, keeps it.
    fn locked(&mut self, f: u32, rkey: u64) {
        self.frames[f as usize].pc += 1;
        match self.tx_of(f) {
            Some(tx) => tx.locks.push(rkey),
            None => self.frames[f as usize].flags |= flag::LOCKED,
        }
    }

    fn unlock_row(&mut self, db: u32, rkey: u64) {
        let Some(next) = self.dbs[db as usize].locks.release(rkey) else {
            return;
        };
        let frame = &mut self.frames[next as usize];
        frame.waits = Waits::Event;
        // A timer of this wait is void now.
        frame.serial = frame.serial.wrapping_add(1);
        if frame.flags & flag::TRACED != 0 {
            self.note_node(next, Spent::Lock);
        }
        self.locked(next, rkey);
        self.go_on(next);
    }

    pub(super) fn lock_times_out(&mut self, m: &Model, f: u32) {
        self.stop_waiting(m, f);
        let next = self.fail(m, f, Cause::Conflict);
        self.wake(next);
    }

    pub(super) fn leave_lock(&mut self, m: &Model, f: u32) {
        let Op::Lock { db } = m.ops[self.frames[f as usize].pc as usize] else {
            return;
        };
        let rkey = self.extras[f as usize].rkey;
        self.dbs[db as usize].locks.cancel(rkey, f);
        if self.frames[f as usize].flags & flag::TRACED != 0 {
            self.note_node(f, Spent::Lock);
        }
    }

    pub(super) fn drop_own_lock(&mut self, m: &Model, f: u32) {
        let frame = &mut self.frames[f as usize];
        frame.flags &= !flag::LOCKED;
        let db = m.nodes[self.replicas[frame.replica as usize].node as usize].db;
        let rkey = self.extras[f as usize].rkey;
        self.unlock_row(db, rkey);
    }

    /// A row was changed. Outside a transaction its commit follows; inside, it waits for that.
    #[inline(never)]
    pub(super) fn written(&mut self, m: &Model, f: u32, _db: u32) -> Next {
        let effect = self.extras[f as usize].effect;
        let flags = self.frames[f as usize].flags;
        if flags & flag::IN_TX != 0 && self.tx_of(f).is_none() {
            // Its transaction was rolled back meanwhile; the row may have been locked for nobody.
            return self.fail(m, f, Cause::Conflict);
        }
        let counted =
            m.tracks_effects && flags & flag::REPEATABLE != 0 && flags & flag::IDEMPOTENT == 0;
        let in_tx = flags & flag::IN_TX != 0;
        if let Some(tx) = self.tx_of(f).filter(|_| in_tx) {
            tx.wrote = true;
            if counted {
                tx.effects.push(effect);
            }
        } else if counted {
            self.took_effect(effect);
        }
        // Inside a transaction: over the flush and the unlocking.
        self.frames[f as usize].pc += if in_tx { 3 } else { 1 };
        f
    }

    fn took_effect(&mut self, effect: u64) {
        if self.effects.seen(effect) {
            self.record.correctness.duplicate_effects += 1;
        }
    }

    /// Waits until the log is flushed: alone, or with all that have come meanwhile.
    #[inline(never)]
    pub(super) fn flush(&mut self, m: &Model, f: u32, db: u32) -> Next {
        let spec = &m.dbs[db as usize];
        let frame = &mut self.frames[f as usize];
        frame.mark = self.now;
        frame.waits = Waits::Flush;
        let s = (frame.stations + u32::from(spec.flush)) as usize;
        self.record.classes[self.stations[s].class as usize].arrivals += 1;
        self.stations[s].touch(self.now);
        self.stations[s].queue.len += 1;
        self.dbs[db as usize].pending.push(f);
        if self.dbs[db as usize].due == u64::MAX && self.stations[s].open > 0 {
            self.begin_flush(m, db);
        }
        NONE
    }

    pub(super) fn begin_flush(&mut self, m: &Model, db: u32) {
        let spec = &m.dbs[db as usize];
        let state = &mut self.dbs[db as usize];
        if state.pending.is_empty() {
            return;
        }
        let s = (m.replicas[spec.replica as usize].stations + u32::from(spec.flush)) as usize;
        let taken = if spec.group_commit {
            state.pending.len()
        } else {
            1
        };
        state.flushing.clear();
        state.flushing.extend(state.pending.drain(..taken));
        state.flushes += 1;
        let key = spec.stream ^ self.seed ^ state.flushes.wrapping_mul(GOLDEN);
        let time = m.draws[spec.flush_draw as usize].sampler.sample_ns(key);
        let station = &mut self.stations[s];
        station.touch(self.now);
        station.queue_max = station.queue_max.max(station.queue.len);
        station.queue.len -= taken as u32;
        station.busy = 1;
        let time = (time as f64 * station.slow) as u64;
        let class = station.class as usize;
        state.began = self.now;
        state.due = self.now.saturating_add(time);
        let due = state.due;
        for i in 0..taken {
            let f = self.dbs[db as usize].flushing[i];
            let wait = self.now - self.frames[f as usize].mark;
            self.record.classes[class].wait.record(wait);
            if self.frames[f as usize].flags & flag::TRACED != 0 {
                self.note_node(f, Spent::Wait);
            }
            self.frames[f as usize].mark = self.now;
        }
        self.post(due, event::FLUSH, db);
    }

    /// A crash ends the flush under way: all that waited for it are dead.
    pub(super) fn break_flush(&mut self, m: &Model, db: u32) {
        let spec = &m.dbs[db as usize];
        let s = (m.replicas[spec.replica as usize].stations + u32::from(spec.flush)) as usize;
        self.stations[s].touch(self.now);
        self.stations[s].busy = 0;
        self.dbs[db as usize].due = u64::MAX;
    }

    pub(super) fn flush_ends(&mut self, m: &Model, db: u32) {
        if self.dbs[db as usize].due != self.now {
            return;
        }
        let spec = &m.dbs[db as usize];
        let s = (m.replicas[spec.replica as usize].stations + u32::from(spec.flush)) as usize;
        self.stations[s].touch(self.now);
        self.stations[s].busy = 0;
        let class = self.stations[s].class as usize;
        self.dbs[db as usize].due = u64::MAX;
        let done = std::mem::take(&mut self.dbs[db as usize].flushing);
        let served = self.now - self.dbs[db as usize].began;
        for &f in &done {
            self.record.classes[class].completions += 1;
            self.record.classes[class].service.record(served);
            if self.frames[f as usize].flags & flag::TRACED != 0 {
                self.note_node(f, Spent::Service);
            }
            let frame = &mut self.frames[f as usize];
            frame.waits = Waits::Event;
            frame.pc += 1;
            self.go_on(f);
        }
        self.dbs[db as usize].flushing = done;
        self.dbs[db as usize].flushing.clear();
        self.begin_flush(m, db);
    }

    pub(super) fn leave_flush(&mut self, m: &Model, f: u32) {
        let Op::Flush { db } = m.ops[self.frames[f as usize].pc as usize] else {
            return;
        };
        let s = (self.frames[f as usize].stations + u32::from(m.dbs[db as usize].flush)) as usize;
        let state = &mut self.dbs[db as usize];
        let class = &mut self.record.classes[self.stations[s].class as usize];
        class.abandoned += 1;
        if let Some(i) = state.pending.iter().position(|&g| g == f) {
            state.pending.remove(i);
            self.stations[s].touch(self.now);
            self.stations[s].queue.len -= 1;
        } else {
            state.flushing.retain(|&g| g != f);
        }
    }

    #[inline(never)]
    pub(super) fn unlock(&mut self, m: &Model, f: u32, _db: u32) -> Next {
        self.frames[f as usize].pc += 1;
        let flags = self.frames[f as usize].flags;
        if flags & flag::IN_TX != 0 {
            let (tx, serial) = (
                self.extras[f as usize].tx,
                self.extras[f as usize].tx_serial,
            );
            self.close_at_database(m, tx, serial, true);
        } else if flags & flag::LOCKED != 0 {
            self.drop_own_lock(m, f);
        }
        f
    }

    /// A transaction ends at the database: its effects count if it commits, its locks and session
    /// are free.
    fn close_at_database(&mut self, m: &Model, slot: u32, serial: u32, commits: bool) {
        let Some(tx) = self.txs.get(slot, serial) else {
            return;
        };
        let db = m.txs[tx.spec as usize].db;
        let locks = std::mem::take(&mut tx.locks);
        let effects = std::mem::take(&mut tx.effects);
        let session = tx.session.take();
        for &key in &locks {
            self.unlock_row(db, key);
        }
        if commits {
            for &effect in &effects {
                self.took_effect(effect);
            }
        }
        if let Some(tx) = self.txs.get(slot, serial) {
            tx.locks = locks;
            tx.locks.clear();
            tx.effects = effects;
            tx.effects.clear();
        }
        if let Some(since) = session {
            let s = m.replicas[m.dbs[db as usize].replica as usize].stations;
            let class = &mut self.record.classes[self.stations[s as usize].class as usize];
            class.completions += 1;
            class.service.record(self.now - since);
            self.free_server(m, s);
        }
    }

    /// Opens a transaction with a connection of the pool.
    #[inline(never)]
    pub(super) fn begin_tx(&mut self, m: &Model, f: u32, tx: u32) -> Next {
        let spec = &m.txs[tx as usize];
        let frame = &mut self.frames[f as usize];
        if frame.waits == Waits::Connected {
            return self.got_transaction_connection(m, f);
        }
        let end =
            (m.wires[spec.wire as usize].ends + m.replicas[frame.replica as usize].local) as usize;
        let Some(pool) = self.ends[end].pool.as_mut() else {
            return self.got_transaction_connection(m, f);
        };
        pool.touch(self.now);
        if pool.busy < pool.size {
            pool.busy += 1;
            self.record.wires[spec.wire as usize].pool_wait.record(0);
            return self.got_transaction_connection(m, f);
        }
        frame.mark = self.now;
        frame.waits = Waits::Pool;
        pool.queue.push_back(&mut self.frames, f);
        let ring = match m.wires[spec.wire as usize].pool_ring {
            NONE => m.wires[spec.wire as usize].timeout_ring,
            ring => ring,
        };
        if ring != NONE {
            let serial = self.frames[f as usize].serial;
            self.arm(m, ring, f, serial);
        }
        NONE
    }

    pub(super) fn got_transaction_connection(&mut self, m: &Model, f: u32) -> Next {
        let Op::Begin { tx } = m.ops[self.frames[f as usize].pc as usize] else {
            return f;
        };
        let frame = &mut self.frames[f as usize];
        frame.serial = frame.serial.wrapping_add(1);
        frame.waits = Waits::Event;
        frame.flags |= flag::TX;
        frame.pc += 1;
        let (slot, serial) = self.txs.open(tx, frame.replica);
        let extra = &mut self.extras[f as usize];
        extra.tx = slot;
        extra.tx_serial = serial;
        let spec = &m.txs[tx as usize];
        let replica = self.frames[f as usize].replica;
        let end = self.end_of(m, replica, spec.wire);
        if let Some(pool) = self.ends[end].pool.as_mut()
            && pool.idle > 0
        {
            pool.idle -= 1;
            return f;
        }
        let connect = m.wires[spec.wire as usize].connect;
        if connect == NONE {
            return f;
        }
        let time = self.draw_ns(m, f, connect);
        if self.frames[f as usize].flags & flag::TRACED != 0 {
            self.note_ahead(f, Place::Wire(spec.wire), Spent::Network, time);
        }
        self.schedule(f, self.now.saturating_add(time));
        NONE
    }

    /// Whether a call to `g` belongs to a transaction, which must be open and with its database.
    pub(super) fn in_transaction(&mut self, m: &Model, f: u32, g: u32) -> bool {
        let node = self.replicas[self.frames[g as usize].replica as usize].node;
        let extra = &self.extras[f as usize];
        self.txs
            .get(extra.tx, extra.tx_serial)
            .is_some_and(|tx| m.dbs[m.txs[tx.spec as usize].db as usize].node == node)
    }

    /// Sessions that open transactions hold: station class, and since when.
    pub(super) fn sessions_of_transactions(&self, m: &Model) -> Vec<(usize, u64)> {
        let class = |tx: &Tx| {
            let db = &m.dbs[m.txs[tx.spec as usize].db as usize];
            self.stations[m.replicas[db.replica as usize].stations as usize].class as usize
        };
        self.txs
            .slots
            .iter()
            .filter_map(|tx| tx.session.map(|since| (class(tx), since)))
            .collect()
    }

    /// Commits: a call to the database.
    #[inline(never)]
    pub(super) fn commit(&mut self, m: &Model, f: u32, tx: u32) -> Next {
        self.call(m, f, m.txs[tx as usize].commit)
    }

    /// The transaction is over at its caller.
    #[inline(never)]
    pub(super) fn end_tx(&mut self, m: &Model, f: u32, _tx: u32) -> Next {
        self.frames[f as usize].pc += 1;
        self.close_transaction(m, f, true);
        f
    }

    pub(super) fn roll_back(&mut self, m: &Model, f: u32) {
        self.close_transaction(m, f, false);
    }

    fn close_transaction(&mut self, m: &Model, f: u32, commits: bool) {
        self.frames[f as usize].flags &= !flag::TX;
        let (slot, serial) = (
            self.extras[f as usize].tx,
            self.extras[f as usize].tx_serial,
        );
        self.extras[f as usize].tx = NONE;
        let Some(tx) = self.txs.get(slot, serial) else {
            return;
        };
        let (spec, replica) = (tx.spec, tx.replica);
        self.close_at_database(m, slot, serial, commits);
        self.txs.close(slot);
        self.free_connection(m, replica, m.txs[spec as usize].wire, !commits);
    }

    /// At the database, when the commit arrives: without writes there is nothing to flush.
    #[inline(never)]
    pub(super) fn committed(&mut self, _m: &Model, f: u32) -> Next {
        let wrote = self.tx_of(f).is_some_and(|tx| tx.wrote);
        self.frames[f as usize].pc += if wrote { 1 } else { 2 };
        f
    }

    /// Takes a session, unless the transaction of the call has one.
    #[inline(never)]
    pub(super) fn session(&mut self, m: &Model, f: u32) -> Next {
        let in_tx = self.frames[f as usize].flags & flag::IN_TX != 0;
        if in_tx && self.tx_of(f).is_some_and(|tx| tx.session.is_some()) {
            self.frames[f as usize].pc += 1;
            return f;
        }
        self.acquire(m, f, 0)
    }

    /// Gives the session back, or leaves it to the transaction of the call.
    #[inline(never)]
    pub(super) fn session_end(&mut self, m: &Model, f: u32) -> Next {
        let frame = &mut self.frames[f as usize];
        frame.pc += 1;
        if frame.held & 1 == 0 {
            return f;
        }
        if frame.flags & flag::IN_TX != 0 {
            let since = self.extras[f as usize].since[0];
            if let Some(tx) = self.tx_of(f)
                && tx.session.is_none()
            {
                tx.session = Some(since);
                self.frames[f as usize].held &= !1;
                return f;
            }
        }
        self.give_back(m, f, 0);
        f
    }
}

/// How many of `pages` miss, each with probability `p`: gaps between misses are geometric.
fn misses(pages: u64, p: f64, key: u64) -> u64 {
    if p <= 0.0 {
        return 0;
    }
    if p >= 1.0 {
        return pages;
    }
    let mut bits = Keyed::new(key);
    let scale = ln(1.0 - p);
    let (mut at, mut found) = (0_f64, 0);
    loop {
        at += 1.0 + (ln(unit_open_f64(bits.next_u64())) / scale).floor();
        if at > pages as f64 {
            return found;
        }
        found += 1;
    }
}
