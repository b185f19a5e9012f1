//! Consistent hashing: keys keep their replica when others come and go.
//!
//! Karger et al., "Consistent hashing and random trees", STOC 1997: each replica has many points on
//! a ring, and a key belongs to the first point at or after its own. With a bound on the load, keys
//! of a full replica go on to the next (Mirrokni, Thorup and Zadimoghaddam, "Consistent hashing
//! with bounded loads", SODA 2018).

use super::mix64;

/// Points on the ring at most, so that a large design cannot exhaust memory; 16 bytes each.
const POINTS_MAX: usize = 1 << 24;

/// Points that a search passes before it looks whether there is anything to be found at all.
const PASSED_MAX: usize = 64;

#[derive(Debug, Clone, Copy)]
struct Point {
    hash: u64,
    replica: u32,
}

/// The ring. Replicas are known by their index in the list that it was made from.
#[derive(Debug, Clone)]
pub struct HashRing {
    points: Vec<Point>,
    /// For each value of the highest bits of a hash, the first point at or after it: a search
    /// begins within a step or two of its goal.
    starts: Vec<u32>,
    /// Bits of a hash below those.
    shift: u32,
    replicas: u32,
}

impl HashRing {
    /// A ring of replicas, given by hashes that stay the same when other replicas come and go, with
    /// `virtual_nodes` points (at least 1) for each.
    pub fn new(replicas: &[u64], virtual_nodes: u32) -> Self {
        let room = (POINTS_MAX / replicas.len().max(1)).max(1);
        let each = (virtual_nodes.max(1) as usize).min(room);
        let mut points = Vec::with_capacity(replicas.len() * each);
        for (replica, &stable) in (0..).zip(replicas) {
            let first = mix64(stable);
            points.extend((0..each as u64).map(|node| {
                let hash = mix64(first.wrapping_add(node.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
                Point { hash, replica }
            }));
        }
        // Ties are broken by what is stable, not by the index.
        points.sort_unstable_by_key(|point| {
            (point.hash, replicas[point.replica as usize], point.replica)
        });
        let bits = points.len().next_power_of_two().trailing_zeros().max(1);
        let shift = u64::BITS - bits;
        let mut starts = Vec::with_capacity(1 << bits);
        let mut at = 0;
        for bucket in 0..1_u64 << bits {
            while points
                .get(at)
                .is_some_and(|point| point.hash >> shift < bucket)
            {
                at += 1;
            }
            starts.push(at as u32);
        }
        Self {
            points,
            starts,
            shift,
            replicas: replicas.len() as u32,
        }
    }

    /// The replica of a key: the first on the ring that is usable, or none if none is.
    #[inline]
    pub fn lookup(&self, key: u64, usable: impl Fn(u32) -> bool) -> Option<u32> {
        let hash = mix64(key);
        let mut at = self.starts[(hash >> self.shift) as usize] as usize;
        while self.points.get(at).is_some_and(|point| point.hash < hash) {
            at += 1;
        }
        let (before, after) = self.points.split_at(at);
        for (passed, point) in after.iter().chain(before).enumerate() {
            if usable(point.replica) {
                return Some(point.replica);
            }
            if passed == PASSED_MAX && !(0..self.replicas).any(&usable) {
                return None;
            }
        }
        None
    }

    /// The replica of a key if none may have more than `capacity` requests: the first on the ring
    /// with room for one more. `loads` gives the requests under way at a replica, or nothing if it
    /// is not usable. [`bounded_capacity`] gives the capacity.
    #[inline]
    pub fn lookup_bounded(
        &self,
        key: u64,
        loads: impl Fn(u32) -> Option<u32>,
        capacity: u32,
    ) -> Option<u32> {
        self.lookup(key, |replica| {
            loads(replica).is_some_and(|load| load < capacity)
        })
    }
}

/// Requests that a replica may have where `total` are under way at `usable` replicas, and none may
/// have more than `bound` (above 1) times the mean: `⌈bound × (total + 1) / usable⌉`, one more
/// request included, so that there is always room for it.
pub fn bounded_capacity(bound: f64, total: u64, usable: u32) -> u32 {
    let mean = (total as f64 + 1.0) / f64::from(usable.max(1));
    (bound.max(1.0) * mean).ceil() as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The slow twin: the replica whose point lies the least way after the key's.
    fn twin(replicas: &[u64], virtual_nodes: u32, key: u64, usable: &[bool]) -> Option<u32> {
        let all = (0_u32..)
            .zip(replicas)
            .filter(|&(replica, _)| usable[replica as usize]);
        all.flat_map(|(replica, &stable)| {
            (0..u64::from(virtual_nodes)).map(move |node| {
                let step = node.wrapping_mul(0x9E37_79B9_7F4A_7C15);
                let point = mix64(mix64(stable).wrapping_add(step));
                (point.wrapping_sub(mix64(key)), replica)
            })
        })
        .min()
        .map(|(_, replica)| replica)
    }

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(300))]

        #[test]
        fn agrees_with_a_search_of_all_points(
            replicas in prop::collection::btree_set(any::<u64>(), 0..12),
            virtual_nodes in 1..20_u32,
            down in any::<u16>(),
            keys in prop::collection::vec(any::<u64>(), 1..50),
        ) {
            let replicas: Vec<u64> = replicas.into_iter().collect();
            let usable: Vec<bool> = (0..replicas.len()).map(|at| down >> at & 1 == 0).collect();
            let ring = HashRing::new(&replicas, virtual_nodes);
            for key in keys {
                let expected = twin(&replicas, virtual_nodes, key, &usable);
                prop_assert_eq!(ring.lookup(key, |replica| usable[replica as usize]), expected);
            }
        }

        /// Whether a replica leaves the ring or is only not usable: its keys go elsewhere, and no
        /// others.
        #[test]
        fn only_the_keys_of_a_replica_that_leaves_move(
            count in 2..10_usize,
            gone in any::<prop::sample::Index>(),
            keys in prop::collection::vec(any::<u64>(), 1..100),
        ) {
            let gone = gone.index(count);
            let all: Vec<u64> = (0..count as u64).map(|name| mix64(name + 1)).collect();
            let mut rest = all.clone();
            rest.remove(gone);
            let (ring, smaller) = (HashRing::new(&all, 50), HashRing::new(&rest, 50));
            for key in keys {
                let before = ring.lookup(key, |_| true).unwrap() as usize;
                let after = smaller.lookup(key, |_| true).unwrap() as usize;
                let after = after + usize::from(after >= gone);
                prop_assert_eq!(ring.lookup(key, |at| at as usize != gone), Some(after as u32));
                prop_assert!(before == gone || before == after);
            }
        }

        /// However keys are skewed, no replica has more than the bound, and all requests find a
        /// place.
        #[test]
        fn loads_are_bounded(
            count in 1..12_u32,
            down in 0..12_u32,
            bound in 1.05..2.0_f64,
            keys in prop::collection::vec(0..20_u64, 1..300),
        ) {
            let all: Vec<u64> = (0..u64::from(count)).map(|name| name + 77).collect();
            let ring = HashRing::new(&all, 30);
            let mut loads = vec![0_u32; count as usize];
            let up = |replica: u32| count == 1 || replica != down;
            let usable = (0..count).filter(|&replica| up(replica)).count() as u32;
            for (total, key) in (0..).zip(keys) {
                let capacity = bounded_capacity(bound, total, usable);
                let load = |replica: u32| up(replica).then(|| loads[replica as usize]);
                let chosen = ring.lookup_bounded(key, load, capacity).unwrap();
                prop_assert!(up(chosen));
                loads[chosen as usize] += 1;
                prop_assert!(loads[chosen as usize] <= capacity);
            }
        }
    }

    #[test]
    fn keys_are_spread_evenly() {
        let replicas: Vec<u64> = (0..10).collect();
        let ring = HashRing::new(&replicas, 200);
        let mut counts = [0_u32; 10];
        (0..100_000).for_each(|key| counts[ring.lookup(key, |_| true).unwrap() as usize] += 1);
        // The share of a replica varies by about 1/√200 = 7%.
        assert!(
            counts.iter().all(|count| (7_800..12_200).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn with_nothing_usable_nothing_is_found() {
        let ring = HashRing::new(&[1, 2, 3], 1000);
        let asked = std::cell::Cell::new(0);
        let none = ring.lookup(5, |_| {
            asked.set(asked.get() + 1);
            false
        });
        assert_eq!(none, None);
        assert!(
            asked.get() < 100,
            "a search ends early when all replicas are down"
        );
        assert_eq!(HashRing::new(&[], 10).lookup(1, |_| true), None);
    }
}
