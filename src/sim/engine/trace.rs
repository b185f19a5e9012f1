//! Following requests: what each moment of a followed request was spent on, and its critical path.
//!
//! A trace is a tree of activations (the request, its branches, the attempts of its calls). Each
//! has spans that follow one another: waits, work, time on the network, and calls. When the request
//! is done, its time is divided by walking back from its end along whatever it waited for last, so
//! that the parts add up to its latency exactly.

use super::State;
use super::state::flag;
use crate::sim::measure::{Followed, Place, Spent, TraceSpan};
use crate::sim::model::{Model, NONE, PC_DELIVER};

/// Followed requests of which all spans are kept, for each endpoint: an even sample, and the slowest.
const SAMPLE: usize = 48;
const SLOWEST: usize = 2;

/// Spans that one trace may have; a request with more is not followed to its end.
const SPANS_MAX: usize = 100_000;

#[derive(Debug, Clone, Copy)]
enum What {
    Leaf(Place, Spent),
    Child(u32),
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    act: u32,
    what: What,
    start: u64,
    end: u64,
    critical: bool,
}

#[derive(Debug, Clone, Copy)]
struct Act {
    parent: u32,
    place: Place,
    start: u64,
    end: u64,
    critical: bool,
}

#[derive(Debug, Clone, Default)]
struct Trace {
    serial: u32,
    acts: Vec<Act>,
    pieces: Vec<Piece>,
}

/// Traces under way, and the followed requests that are done.
#[derive(Debug, Clone)]
pub(super) struct Traces {
    slots: Vec<Trace>,
    free: Vec<u32>,
    done: Vec<Followed>,
    /// By endpoint: how many are done, which of them have their spans kept as a sample, which as the slowest.
    counts: Vec<u64>,
    sampled: Vec<Vec<u32>>,
    slowest: Vec<Vec<u32>>,
}

impl Traces {
    pub(super) fn new(endpoints: usize) -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            done: Vec::new(),
            counts: vec![0; endpoints],
            sampled: vec![Vec::new(); endpoints],
            slowest: vec![Vec::new(); endpoints],
        }
    }

    pub(super) fn take(&mut self) -> Vec<Followed> {
        std::mem::take(&mut self.done)
    }

    /// Drops the spans of a request that is neither in the sample nor among the slowest any more.
    fn let_go(&mut self, endpoint: usize, id: u32) {
        if !self.sampled[endpoint].contains(&id) && !self.slowest[endpoint].contains(&id) {
            self.done[id as usize].spans = Vec::new();
        }
    }

    /// Whether the spans of a request that has just been done are worth keeping; makes room for them.
    fn keep(&mut self, endpoint: usize, id: u32, latency: u64, luck: u64) -> bool {
        self.counts[endpoint] += 1;
        let mut kept = false;
        let sampled = &mut self.sampled[endpoint];
        if sampled.len() < SAMPLE {
            sampled.push(id);
            kept = true;
        } else {
            // Reservoir sampling (Vitter, 1985).
            let i = crate::stats::rng::below(luck, self.counts[endpoint]) as usize;
            if i < SAMPLE {
                let old = std::mem::replace(&mut sampled[i], id);
                self.let_go(endpoint, old);
                kept = true;
            }
        }
        let slowest = &mut self.slowest[endpoint];
        if slowest.len() < SLOWEST {
            slowest.push(id);
            return true;
        }
        let least = (0..slowest.len()).min_by_key(|&i| self.done[slowest[i] as usize].latency_ns);
        if let Some(i) = least
            && self.done[slowest[i] as usize].latency_ns < latency
        {
            let old = std::mem::replace(&mut slowest[i], id);
            self.let_go(endpoint, old);
            kept = true;
        }
        kept
    }
}

impl Trace {
    fn clear(&mut self) {
        self.serial = self.serial.wrapping_add(1);
        self.acts.clear();
        self.pieces.clear();
    }

    /// Divides the time of an activation between `from` and `to`, walking back from its end.
    fn divide(&mut self, act: u32, from: u64, to: u64, parts: &mut Vec<(Place, Spent, u64)>) {
        self.acts[act as usize].critical = true;
        let mut at = to;
        while at > from {
            let best = self
                .pieces
                .iter()
                .enumerate()
                .filter(|(_, piece)| piece.act == act && piece.start < at)
                .max_by_key(|(_, piece)| (piece.end.min(at), piece.start))
                .map(|(i, piece)| (i, *piece));
            let end = best.map_or(from, |(_, piece)| piece.end.min(at)).max(from);
            if end < at {
                add(parts, self.gap(act), at - end);
                at = end;
                continue;
            }
            let Some((i, piece)) = best else { return };
            let start = piece.start.max(from);
            self.pieces[i].critical = true;
            match piece.what {
                What::Leaf(place, spent) => add(parts, (place, spent), at - start),
                What::Child(child) => self.divide(child, start, at, parts),
            }
            at = start;
        }
    }

    /// What time without a span was: a lost message, or a wait for the end of a pause.
    fn gap(&self, act: u32) -> (Place, Spent) {
        let place = self.acts[act as usize].place;
        match place {
            Place::Wire(_) => (place, Spent::Network),
            Place::Node(_) => (place, Spent::Wait),
        }
    }

    /// All spans, a child after its parent, each from the start of the request.
    fn spans(&self, origin: u64) -> Vec<TraceSpan> {
        let mut spans = Vec::with_capacity(self.acts.len() + self.pieces.len());
        self.list(0, 0, origin, &mut spans);
        spans
    }

    fn list(&self, act: u32, depth: u32, origin: u64, spans: &mut Vec<TraceSpan>) {
        let own = &self.acts[act as usize];
        spans.push(TraceSpan {
            depth,
            place: own.place,
            spent: None,
            start_ns: own.start - origin,
            end_ns: own.end - origin,
            critical: own.critical,
        });
        let mut pieces: Vec<&Piece> = self
            .pieces
            .iter()
            .filter(|piece| piece.act == act)
            .collect();
        pieces.sort_by_key(|piece| piece.start);
        for piece in pieces {
            match piece.what {
                What::Leaf(place, spent) => spans.push(TraceSpan {
                    depth: depth + 1,
                    place,
                    spent: Some(spent),
                    start_ns: piece.start - origin,
                    end_ns: piece.end - origin,
                    critical: piece.critical,
                }),
                What::Child(child) => self.list(child, depth + 1, origin, spans),
            }
        }
    }
}

fn add(parts: &mut Vec<(Place, Spent, u64)>, what: (Place, Spent), ns: u64) {
    if ns == 0 {
        return;
    }
    match parts.iter_mut().find(|part| (part.0, part.1) == what) {
        Some(part) => part.2 += ns,
        None => parts.push((what.0, what.1, ns)),
    }
}

impl State {
    fn trace_of(&mut self, f: u32) -> Option<&mut Trace> {
        if self.frames[f as usize].flags & flag::TRACED == 0 {
            return None;
        }
        let extra = &self.extras[f as usize];
        let trace = self.traces.slots.get_mut(extra.trace as usize)?;
        (trace.serial == extra.trace_serial && trace.pieces.len() < SPANS_MAX).then_some(trace)
    }

    /// Begins to follow a client's request.
    #[inline(never)]
    pub(super) fn follow(&mut self, m: &Model, f: u32) {
        let slot = self.traces.free.pop().unwrap_or_else(|| {
            self.traces.slots.push(Trace::default());
            self.traces.slots.len() as u32 - 1
        });
        let frame = &mut self.frames[f as usize];
        frame.flags |= flag::TRACED;
        let node = m.replicas[frame.replica as usize].node;
        let trace = &mut self.traces.slots[slot as usize];
        trace.acts.push(Act {
            parent: NONE,
            place: Place::Node(node),
            start: self.now,
            end: self.now,
            critical: true,
        });
        let extra = &mut self.extras[f as usize];
        extra.trace = slot;
        extra.trace_serial = trace.serial;
        extra.act = 0;
    }

    /// Follows a callee or a branch of a followed frame.
    #[inline(never)]
    pub(super) fn open_activation(&mut self, f: u32, g: u32, place: Place) {
        let (slot, serial, parent) = {
            let extra = &self.extras[f as usize];
            (extra.trace, extra.trace_serial, extra.act)
        };
        let now = self.now;
        let Some(trace) = self.trace_of(f) else {
            return;
        };
        let act = trace.acts.len() as u32;
        trace.acts.push(Act {
            parent,
            place,
            start: now,
            end: now,
            critical: false,
        });
        self.frames[g as usize].flags |= flag::TRACED;
        let extra = &mut self.extras[g as usize];
        extra.trace = slot;
        extra.trace_serial = serial;
        extra.act = act;
    }

    /// The caller of a followed frame goes on: with its answer, or without it.
    #[inline(never)]
    pub(super) fn close_activation(&mut self, g: u32) {
        let act = self.extras[g as usize].act;
        let (now, pc, mark, wire) = {
            let frame = &self.frames[g as usize];
            (self.now, frame.pc, frame.mark, frame.wire)
        };
        if pc == PC_DELIVER && self.frames[g as usize].flags & flag::LOST == 0 {
            self.note_from(g, Place::Wire(wire), Spent::Network, mark);
        }
        let Some(trace) = self.trace_of(g) else {
            return;
        };
        let own = &mut trace.acts[act as usize];
        own.end = now;
        let (parent, start) = (own.parent, own.start);
        trace.pieces.push(Piece {
            act: parent,
            what: What::Child(act),
            start,
            end: now,
            critical: false,
        });
    }

    /// Notes what a frame has spent the time since `since` on.
    #[inline(never)]
    pub(super) fn note_from(&mut self, f: u32, place: Place, spent: Spent, since: u64) {
        let (act, now) = (self.extras[f as usize].act, self.now);
        if since >= now {
            return;
        }
        let Some(trace) = self.trace_of(f) else {
            return;
        };
        let what = What::Leaf(place, spent);
        trace.pieces.push(Piece {
            act,
            what,
            start: since,
            end: now,
            critical: false,
        });
    }

    /// Notes what a frame has spent the time since its mark on.
    #[inline(never)]
    pub(super) fn note(&mut self, f: u32, place: Place, spent: Spent) {
        let since = self.frames[f as usize].mark;
        self.note_from(f, place, spent, since);
    }

    /// The same, at its own node.
    #[inline(never)]
    pub(super) fn note_node(&mut self, f: u32, spent: Spent) {
        let node = self.replicas[self.frames[f as usize].replica as usize].node;
        self.note(f, Place::Node(node), spent);
    }

    /// Notes what a frame will spend the coming time on.
    pub(super) fn note_ahead(&mut self, f: u32, place: Place, spent: Spent, ns: u64) {
        let (act, now) = (self.extras[f as usize].act, self.now);
        let Some(trace) = self.trace_of(f) else {
            return;
        };
        let what = What::Leaf(place, spent);
        trace.pieces.push(Piece {
            act,
            what,
            start: now,
            end: now.saturating_add(ns),
            critical: false,
        });
    }

    /// The same, at its own node.
    pub(super) fn note_ahead_here(&mut self, f: u32, spent: Spent, ns: u64) {
        let node = self.replicas[self.frames[f as usize].replica as usize].node;
        self.note_ahead(f, Place::Node(node), spent, ns);
    }

    /// A followed request is done: its time is divided.
    #[inline(never)]
    pub(super) fn finish_trace(&mut self, f: u32, latency: u64) {
        let (slot, endpoint, start, key) = {
            let (frame, extra) = (&self.frames[f as usize], &self.extras[f as usize]);
            (extra.trace, frame.endpoint as usize, frame.start, frame.key)
        };
        let now = self.now;
        let Some(trace) = self.trace_of(f) else {
            return;
        };
        trace.acts[0].end = now;
        let mut parts = Vec::new();
        trace.divide(0, start, now, &mut parts);
        parts.sort_unstable();
        debug_assert_eq!(parts.iter().map(|part| part.2).sum::<u64>(), latency);
        let id = self.traces.done.len() as u32;
        let endpoint_index = endpoint as u32;
        self.traces.done.push(Followed {
            endpoint: endpoint_index,
            start_ns: start,
            latency_ns: latency,
            parts,
            spans: Vec::new(),
        });
        if self
            .traces
            .keep(endpoint, id, latency, crate::stats::rng::mix64(key))
        {
            self.traces.done[id as usize].spans = self.traces.slots[slot as usize].spans(start);
        }
        self.drop_trace(f);
    }

    /// Stops following a request.
    pub(super) fn drop_trace(&mut self, f: u32) {
        if self.frames[f as usize].flags & flag::TRACED == 0 {
            return;
        }
        let slot = self.extras[f as usize].trace;
        self.traces.slots[slot as usize].clear();
        self.traces.free.push(slot);
        self.frames[f as usize].flags &= !flag::TRACED;
    }
}
