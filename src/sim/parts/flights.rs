//! Fetches in flight, for request coalescing: while one fetches a key, others who need it wait for
//! it instead of fetching it too (Go's `singleflight`, nginx's `proxy_cache_lock`).

use super::claims::Claims;

/// What [`Flights::begin`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flight {
    /// No fetch of the key was in flight: the asker leads a new one.
    Started,
    /// The asker waits for the fetch that this frame leads.
    Joined(u32),
}

/// Which keys are being fetched, by which frame, and which frames wait for them.
#[derive(Debug, Clone, Default)]
pub struct Flights {
    claims: Claims,
}

impl Flights {
    /// No flights.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of keys being fetched.
    pub fn len(&self) -> usize {
        self.claims.len()
    }

    /// Whether nothing is being fetched.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The frame that fetches a key.
    pub fn leader(&self, key: u64) -> Option<u32> {
        self.claims.holder(key)
    }

    /// How many frames wait for a key.
    pub fn waiting(&self, key: u64) -> u32 {
        self.claims.waiting(key)
    }

    /// `frame` needs a key: it starts to fetch it, or waits for the frame that does.
    pub fn begin(&mut self, key: u64, frame: u32) -> Flight {
        self.claims
            .claim(key, frame, |_| true)
            .map_or(Flight::Started, Flight::Joined)
    }

    /// The same, without waiting: false if the key is being fetched already. For a refresh in the
    /// background, which nobody waits for.
    pub fn try_begin(&mut self, key: u64, frame: u32) -> bool {
        self.claims.claim(key, frame, |_| false).is_none()
    }

    /// The fetch of a key has ended, well or not: names each frame that waits, in the order in
    /// which they came.
    pub fn finish(&mut self, key: u64, each: impl FnMut(u32)) {
        self.claims.end(key, each);
    }

    /// A frame no longer waits for a key; false if it did not. Takes time in proportion to its
    /// place in line.
    pub fn leave(&mut self, key: u64, frame: u32) -> bool {
        self.claims.leave(key, frame)
    }

    /// The leader gives up: the frame that has waited longest leads from now on and is returned.
    /// With none waiting the flight is over.
    pub fn pass_on(&mut self, key: u64) -> Option<u32> {
        self.claims.pass_on(key)
    }

    /// Forgets all flights and who waited.
    pub fn clear(&mut self) {
        self.claims.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(300))]

        /// The twin keeps, for each key, a list of frames, the leader first.
        #[test]
        fn agrees_with_lists(
            steps in prop::collection::vec((0..9_u8, 0..5_u64, 0..8_u32), 0..200),
        ) {
            let mut flights = Flights::new();
            let mut twin: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
            for (action, key, frame) in steps {
                match action {
                    0..=3 => {
                        let frames = twin.entry(key).or_default();
                        let leader = frames.first().copied();
                        let expected = leader.map_or(Flight::Started, Flight::Joined);
                        frames.push(frame);
                        prop_assert_eq!(flights.begin(key, frame), expected);
                    }
                    4 => {
                        let free = !twin.contains_key(&key);
                        prop_assert_eq!(flights.try_begin(key, frame), free);
                        twin.entry(key).or_insert_with(|| vec![frame]);
                    }
                    5 => {
                        let mut woken = Vec::new();
                        flights.finish(key, |frame| woken.push(frame));
                        let expected = twin.remove(&key).unwrap_or_default();
                        prop_assert_eq!(&woken[..], expected.get(1..).unwrap_or_default());
                    }
                    6 | 7 => {
                        let frames = twin.get_mut(&key);
                        let found = frames.and_then(|frames| {
                            let at = frames.iter().skip(1).position(|&waiting| waiting == frame)?;
                            Some(frames.remove(at + 1))
                        });
                        prop_assert_eq!(flights.leave(key, frame), found.is_some());
                    }
                    _ => {
                        let frames = twin.entry(key).or_default();
                        if !frames.is_empty() {
                            frames.remove(0);
                        }
                        prop_assert_eq!(flights.pass_on(key), frames.first().copied());
                        twin.retain(|_, frames| !frames.is_empty());
                    }
                }
                let frames = twin.get(&key);
                prop_assert_eq!(flights.leader(key), frames.map(|frames| frames[0]));
                let waiting = frames.map_or(0, |frames| frames.len() as u32 - 1);
                prop_assert_eq!(flights.waiting(key), waiting);
                prop_assert_eq!(flights.len(), twin.len());
            }
            flights.clear();
            prop_assert!(flights.is_empty());
        }
    }
}
