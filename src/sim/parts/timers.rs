//! Timers of one constant timeout.
//!
//! With one timeout for all, deadlines are made in the order in which they pass, so that a queue
//! serves as well as a heap and costs far less. Only the first live deadline stands in the event
//! set; a timer is cancelled by letting the serial number of its frame move on, and dead timers are
//! dropped when they reach the front.

use std::collections::VecDeque;

/// One deadline.
#[derive(Debug, Clone, Copy)]
struct Timer {
    deadline: u64,
    frame: u32,
    serial: u32,
}

/// A queue of deadlines in the order in which they pass.
///
/// Memory is 16 bytes for each call within one timeout, dead timers included, and grows to the
/// highest number of them.
#[derive(Debug, Clone, Default)]
pub struct TimerRing {
    timers: VecDeque<Timer>,
}

impl TimerRing {
    /// An empty ring.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of timers, dead ones included.
    pub fn len(&self) -> usize {
        self.timers.len()
    }

    /// Whether there is no timer, live or dead.
    pub fn is_empty(&self) -> bool {
        self.timers.is_empty()
    }

    /// Adds a timer of `frame` at `deadline` (ns), which is not before the deadline added last.
    /// `serial` tells this timer from others of the same frame.
    #[inline]
    pub fn push(&mut self, deadline: u64, frame: u32, serial: u32) {
        debug_assert!(
            self.timers
                .back()
                .is_none_or(|last| last.deadline <= deadline),
            "timers of one timeout are made in the order of their deadlines"
        );
        self.timers.push_back(Timer {
            deadline,
            frame,
            serial,
        });
    }

    /// The first timer: deadline (ns), frame, serial.
    #[inline]
    pub fn front(&self) -> Option<(u64, u32, u32)> {
        self.timers
            .front()
            .map(|timer| (timer.deadline, timer.frame, timer.serial))
    }

    /// Removes the first timer.
    #[inline]
    pub fn pop_front(&mut self) -> Option<(u64, u32, u32)> {
        self.timers
            .pop_front()
            .map(|timer| (timer.deadline, timer.frame, timer.serial))
    }

    /// Drops timers from the front until one is alive, and returns its deadline (ns). `alive` is
    /// asked with frame and serial.
    #[inline]
    pub fn pop_dead(&mut self, mut alive: impl FnMut(u32, u32) -> bool) -> Option<u64> {
        while let Some(timer) = self.timers.front() {
            if alive(timer.frame, timer.serial) {
                return Some(timer.deadline);
            }
            self.timers.pop_front();
        }
        None
    }

    /// Forgets all timers and keeps the memory.
    pub fn clear(&mut self) {
        self.timers.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(500))]

        /// The twin keeps every timer in a list and searches it.
        #[test]
        fn agrees_with_a_list(
            steps in prop::collection::vec((0..5_u64, 0..8_u32, 0..4_u8), 0..300),
        ) {
            let mut ring = TimerRing::new();
            let mut list: Vec<(u64, u32, u32)> = Vec::new();
            let mut serials = [0_u32; 8];
            let mut now = 0;
            for (wait, frame, action) in steps {
                now += wait;
                match action {
                    0 | 1 => {
                        let serial = serials[frame as usize];
                        ring.push(now + 10, frame, serial);
                        list.push((now + 10, frame, serial));
                    }
                    2 => serials[frame as usize] += 1,
                    _ => {
                        let alive = |frame: u32, serial: u32| serials[frame as usize] == serial;
                        let first = list.iter().position(|timer| alive(timer.1, timer.2));
                        list.drain(..first.unwrap_or(list.len()));
                        prop_assert_eq!(ring.pop_dead(alive), list.first().map(|timer| timer.0));
                        if frame % 2 == 0 {
                            let expected = (!list.is_empty()).then(|| list.remove(0));
                            prop_assert_eq!(ring.pop_front(), expected);
                        }
                    }
                }
                prop_assert_eq!(ring.front(), list.first().copied());
                prop_assert_eq!(ring.len(), list.len());
                prop_assert_eq!(ring.is_empty(), list.is_empty());
            }
            ring.clear();
            prop_assert_eq!(ring.front(), None);
        }
    }
}
