//! The event set: what happens next, in the order of time and, at equal times, of arrival.
//!
//! A 4-ary implicit heap (Johnson, "Priority queues with update and finding minimum spanning
//! trees", IPL 4(3), 1975; siblings in one line of the cache as in "The influence of caches on the
//! performance of heaps", JEA 1, 1996) with a *deferred pop*: [`EventSet::pop`] returns
//! the root and only marks it as a hole, and the next [`EventSet::push`] sifts the new entry down
//! from there. Handling one event mostly schedules one more, so that pop and push together cost one
//! sift instead of two. A hole still open at the next pop is closed then.

use std::hint::select_unpredictable;

/// Bits of the payload, the lowest part of an entry.
const PAYLOAD_BITS: u32 = 32;

/// Bits of the sequence number, the middle part of an entry.
const SEQUENCE_BITS: u32 = 40;

/// The first sequence number that is not given out.
const SEQUENCE_END: u64 = (1 << SEQUENCE_BITS) - 1;

/// What fills the places without an entry. No entry has this value, since no sequence number is
/// `SEQUENCE_END`.
const VACANT: u128 = u128::MAX;

/// The node of the root. With the root here, the children of node `n` are the four nodes of family
/// `n - 2`, which is one line of the cache.
const ROOT: usize = 3;

/// Four siblings.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Family([u128; 4]);

/// The set of pending events: a time in nanoseconds and a payload each. Events at the same time
/// leave in the order in which they were pushed.
///
/// Memory grows to the highest number of pending events and stays there.
#[derive(Debug, Clone, Default)]
pub struct EventSet {
    /// Family 0 holds the root in its last place and nothing else. Places past the last entry are
    /// `VACANT`, so that each family is whole and the least of four needs no bounds.
    families: Vec<Family>,
    /// Places in use, an open hole at the root included.
    places: usize,
    /// Whether the root has been popped and not been replaced yet.
    hole: bool,
    /// Number of the next entry.
    sequence: u64,
}

impl EventSet {
    /// The latest time that is told apart from others: about 2.28 years in nanoseconds. Later
    /// events are kept as if at this time, in their order.
    pub const TIME_MAX: u64 = (1 << (128 - PAYLOAD_BITS - SEQUENCE_BITS)) - 1;

    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of pending events.
    pub fn len(&self) -> usize {
        self.places - usize::from(self.hole)
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds an event at `time` (ns, at most [`Self::TIME_MAX`]).
    #[inline]
    pub fn push(&mut self, time: u64, payload: u32) {
        if self.sequence == SEQUENCE_END {
            self.renumber();
        }
        let entry = pack(time.min(Self::TIME_MAX), self.sequence, payload);
        self.sequence += 1;
        if self.hole {
            self.hole = false;
            self.sift_down(entry);
        } else {
            self.append(entry);
        }
    }

    /// Removes the earliest event: its time in ns and its payload.
    #[inline]
    pub fn pop(&mut self) -> Option<(u64, u32)> {
        if self.hole {
            self.close_hole();
        }
        if self.places == 0 {
            return None;
        }
        self.hole = true;
        Some(unpack(self.families[0].0[ROOT]))
    }

    /// Removes the earliest event if it is not later than `limit` (ns).
    #[inline]
    pub fn pop_until(&mut self, limit: u64) -> Option<(u64, u32)> {
        if self.hole {
            self.close_hole();
        }
        if self.places == 0 {
            return None;
        }
        let (time, payload) = unpack(self.families[0].0[ROOT]);
        (time <= limit).then(|| {
            self.hole = true;
            (time, payload)
        })
    }

    /// Time of the earliest event in ns.
    #[inline]
    pub fn peek_time(&self) -> Option<u64> {
        let least = if self.hole {
            let children = self.families.get(1)?;
            least_of(&children.0).1
        } else {
            self.families.first()?.0[ROOT]
        };
        (least != VACANT).then(|| unpack(least).0)
    }

    /// Forgets all events and keeps the memory.
    pub fn clear(&mut self) {
        self.families.clear();
        self.places = 0;
        self.hole = false;
        self.sequence = 0;
    }

    /// Puts an entry in the first free place and lets it rise.
    fn append(&mut self, entry: u128) {
        let mut node = ROOT + self.places;
        self.places += 1;
        if node / 4 == self.families.len() {
            self.families.push(Family([VACANT; 4]));
        }
        while node > ROOT {
            let parent = node / 4 + 2;
            let above = self.families[parent / 4].0[parent % 4];
            if above <= entry {
                break;
            }
            self.families[node / 4].0[node % 4] = above;
            node = parent;
        }
        self.families[node / 4].0[node % 4] = entry;
    }

    /// Puts an entry in the place of the root and lets it sink.
    #[inline]
    fn sift_down(&mut self, entry: u128) {
        let mut node = ROOT;
        while let Some(Family(children)) = self.families.get(node - 2) {
            let (least, below) = least_of(children);
            if entry <= below {
                break;
            }
            self.families[node / 4].0[node % 4] = below;
            node = (node - 2) * 4 + least;
        }
        self.families[node / 4].0[node % 4] = entry;
    }

    /// Fills the hole at the root with the last entry.
    fn close_hole(&mut self) {
        self.hole = false;
        self.places -= 1;
        let last = ROOT + self.places;
        let place = &mut self.families[last / 4].0[last % 4];
        let entry = std::mem::replace(place, VACANT);
        if self.places > 0 {
            self.sift_down(entry);
        }
    }

    /// Numbers the pending events anew from 0, in their order, once all numbers have been given
    /// out. It happens once in 10¹² events.
    #[cold]
    fn renumber(&mut self) {
        let mut pending = Vec::with_capacity(self.len());
        while let Some(event) = self.pop() {
            pending.push(event);
        }
        self.clear();
        for (time, payload) in pending {
            self.push(time, payload);
        }
    }
}

/// An entry; entries order by time and then by sequence number.
#[inline]
fn pack(time: u64, sequence: u64, payload: u32) -> u128 {
    let high = u128::from(time) << (PAYLOAD_BITS + SEQUENCE_BITS);
    high | u128::from(sequence) << PAYLOAD_BITS | u128::from(payload)
}

/// Time and payload of an entry.
#[inline]
fn unpack(entry: u128) -> (u64, u32) {
    (
        (entry >> (PAYLOAD_BITS + SEQUENCE_BITS)) as u64,
        entry as u32,
    )
}

/// The least of four, and its index. Selected without branches, which nothing could predict.
#[inline]
pub(super) fn least_of(entries: &[u128; 4]) -> (usize, u128) {
    let second = entries[1] < entries[0];
    let fourth = entries[3] < entries[2];
    let left = select_unpredictable(second, entries[1], entries[0]);
    let right = select_unpredictable(fourth, entries[3], entries[2]);
    let in_right = right < left;
    (
        select_unpredictable(in_right, 2 + usize::from(fourth), usize::from(second)),
        select_unpredictable(in_right, right, left),
    )
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    use proptest::prelude::*;

    use super::*;

    /// The slow twin: a binary heap of (time, order of arrival, payload).
    #[derive(Default)]
    struct Twin {
        heap: BinaryHeap<Reverse<(u64, u64, u32)>>,
        pushed: u64,
    }

    impl Twin {
        fn push(&mut self, time: u64, payload: u32) {
            self.heap.push(Reverse((
                time.min(EventSet::TIME_MAX),
                self.pushed,
                payload,
            )));
            self.pushed += 1;
        }

        fn pop(&mut self) -> Option<(u64, u32)> {
            self.heap
                .pop()
                .map(|Reverse((time, _, payload))| (time, payload))
        }

        fn peek_time(&self) -> Option<u64> {
            self.heap.peek().map(|Reverse(first)| first.0)
        }
    }

    #[derive(Debug, Clone)]
    enum Operation {
        Push(u64),
        Pop,
        PopUntil(u64),
        Peek,
        Renumber,
        Clear,
    }

    fn operations() -> impl Strategy<Value = Vec<Operation>> {
        // Times from a small range, so that ties are common, and from the whole range.
        let time = prop_oneof![4 => 0..20_u64, 1 => any::<u64>()];
        prop::collection::vec(
            prop_oneof![
                40 => time.clone().prop_map(Operation::Push),
                30 => Just(Operation::Pop),
                5 => time.prop_map(Operation::PopUntil),
                5 => Just(Operation::Peek),
                1 => Just(Operation::Renumber),
                1 => Just(Operation::Clear),
            ],
            0..400,
        )
    }

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(500))]

        #[test]
        fn agrees_with_a_binary_heap(operations in operations()) {
            let mut events = EventSet::new();
            let mut twin = Twin::default();
            for (payload, operation) in (0..).zip(operations) {
                match operation {
                    Operation::Push(time) => {
                        events.push(time, payload);
                        twin.push(time, payload);
                    }
                    Operation::Pop => prop_assert_eq!(events.pop(), twin.pop()),
                    Operation::PopUntil(limit) => {
                        let due = twin.peek_time().is_some_and(|time| time <= limit);
                        let expected = if due { twin.pop() } else { None };
                        prop_assert_eq!(events.pop_until(limit), expected);
                    }
                    Operation::Peek => {}
                    Operation::Renumber => events.renumber(),
                    Operation::Clear => {
                        events.clear();
                        twin = Twin::default();
                    }
                }
                prop_assert_eq!(events.peek_time(), twin.peek_time());
                prop_assert_eq!(events.len(), twin.heap.len());
                prop_assert_eq!(events.is_empty(), twin.heap.is_empty());
            }
            let mut copy = events.clone();
            while let Some(event) = twin.pop() {
                prop_assert_eq!(events.pop(), Some(event));
                prop_assert_eq!(copy.pop(), Some(event));
            }
            prop_assert_eq!(events.pop(), None);
        }
    }

    #[test]
    fn thousands_of_pending_events_leave_in_order() {
        let mut events = EventSet::new();
        let mut twin = Twin::default();
        let mut state = 1_u64;
        for payload in 0..30_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695);
            events.push(state >> 44, payload);
            twin.push(state >> 44, payload);
            if payload % 3 == 0 {
                assert_eq!(events.pop(), twin.pop());
            }
        }
        while let Some(event) = twin.pop() {
            assert_eq!(events.pop(), Some(event));
        }
        assert!(events.is_empty());
    }

    #[test]
    fn sequence_numbers_that_run_out_are_given_anew_in_order() {
        let mut events = EventSet {
            sequence: SEQUENCE_END - 2,
            ..EventSet::new()
        };
        for payload in 0..6 {
            events.push(7, payload);
        }
        assert_eq!(events.sequence, 6);
        for payload in 0..6 {
            assert_eq!(events.pop(), Some((7, payload)));
        }
    }

    #[test]
    fn times_past_the_end_keep_their_order() {
        let mut events = EventSet::new();
        events.push(u64::MAX, 1);
        events.push(EventSet::TIME_MAX, 2);
        events.push(3, 3);
        assert_eq!(events.pop(), Some((3, 3)));
        assert_eq!(events.pop(), Some((EventSet::TIME_MAX, 1)));
        assert_eq!(events.pop(), Some((EventSet::TIME_MAX, 2)));
    }
}
