//! Many queues in one slab: each is a linked list of its own, and they share their free places.

use super::slab::{NONE, Slab};

/// One queue of a [`Fifos`]: where it begins and ends.
#[derive(Debug, Clone, Copy)]
pub struct Fifo {
    first: u32,
    last: u32,
    len: u32,
}

impl Fifo {
    /// An empty queue.
    pub const EMPTY: Self = Self {
        first: NONE,
        last: NONE,
        len: 0,
    };

    /// Number of values in the queue.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether the queue is empty.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// A value and the place of the next one.
#[derive(Debug, Clone, Copy)]
struct Link<T> {
    value: T,
    next: u32,
}

/// The values of many queues. Memory grows to the highest number of values in all of them.
#[derive(Debug, Clone)]
pub struct Fifos<T> {
    links: Slab<Link<T>>,
}

impl<T> Default for Fifos<T> {
    fn default() -> Self {
        Self {
            links: Slab::default(),
        }
    }
}

impl<T: Copy> Fifos<T> {
    /// Room for queues; each starts as [`Fifo::EMPTY`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value at the end of a queue.
    #[inline]
    pub fn push_back(&mut self, fifo: &mut Fifo, value: T) {
        let link = self.links.insert(Link { value, next: NONE });
        if fifo.last == NONE {
            fifo.first = link;
        } else {
            self.links[fifo.last].next = link;
        }
        fifo.last = link;
        fifo.len += 1;
    }

    /// The value at the front of a queue.
    #[inline]
    pub fn front(&self, fifo: &Fifo) -> Option<T> {
        (fifo.first != NONE).then(|| self.links[fifo.first].value)
    }

    /// The value at the end of a queue.
    #[inline]
    pub fn back(&self, fifo: &Fifo) -> Option<T> {
        (fifo.last != NONE).then(|| self.links[fifo.last].value)
    }

    /// Removes the value at the front of a queue.
    #[inline]
    pub fn pop_front(&mut self, fifo: &mut Fifo) -> Option<T> {
        if fifo.first == NONE {
            return None;
        }
        let link = self.links.remove(fifo.first);
        fifo.first = link.next;
        if link.next == NONE {
            fifo.last = NONE;
        }
        fifo.len -= 1;
        Some(link.value)
    }

    /// Removes the first value for which `wanted` is true. Takes time in proportion to its place.
    pub fn remove_first(&mut self, fifo: &mut Fifo, wanted: impl Fn(T) -> bool) -> Option<T> {
        let mut before = NONE;
        let mut at = fifo.first;
        while at != NONE {
            let Link { value, next } = self.links[at];
            if wanted(value) {
                self.links.remove(at);
                if before == NONE {
                    fifo.first = next;
                } else {
                    self.links[before].next = next;
                }
                if next == NONE {
                    fifo.last = before;
                }
                fifo.len -= 1;
                return Some(value);
            }
            before = at;
            at = next;
        }
        None
    }

    /// The values of a queue in order.
    pub fn iter(&self, fifo: &Fifo) -> impl Iterator<Item = T> + '_ {
        let mut at = fifo.first;
        std::iter::from_fn(move || {
            (at != NONE).then(|| {
                let Link { value, next } = self.links[at];
                at = next;
                value
            })
        })
    }

    /// Forgets the values of all queues and keeps the memory. The queues themselves must be set to
    /// [`Fifo::EMPTY`].
    pub fn clear(&mut self) {
        self.links.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(300))]

        #[test]
        fn agrees_with_separate_queues(
            steps in prop::collection::vec((0..3_usize, 0..4_u8, 0..6_u32), 0..200),
        ) {
            let mut fifos = Fifos::new();
            let mut queues = [Fifo::EMPTY; 3];
            let mut twins: [VecDeque<u32>; 3] = Default::default();
            for (which, action, number) in steps {
                let (queue, twin) = (&mut queues[which], &mut twins[which]);
                match action {
                    0 | 1 => {
                        fifos.push_back(queue, number);
                        twin.push_back(number);
                    }
                    2 => prop_assert_eq!(fifos.pop_front(queue), twin.pop_front()),
                    _ => {
                        let at = twin.iter().position(|&value| value == number);
                        let expected = at.and_then(|at| twin.remove(at));
                        let removed = fifos.remove_first(queue, |value| value == number);
                        prop_assert_eq!(removed, expected);
                    }
                }
                for (queue, twin) in queues.iter().zip(&twins) {
                    prop_assert_eq!(fifos.front(queue), twin.front().copied());
                    prop_assert_eq!(fifos.back(queue), twin.back().copied());
                    prop_assert_eq!(queue.len() as usize, twin.len());
                    prop_assert!(fifos.iter(queue).eq(twin.iter().copied()));
                }
            }
        }
    }
}
