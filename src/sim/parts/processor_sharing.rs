//! Egalitarian processor sharing: all jobs of a station share its workers evenly, each at most one
//! worker.
//!
//! In virtual time, which runs at the speed of one job (`min(1, workers / jobs)`), a job that
//! arrives at virtual time `v` with work `w` ends at `v + w`, whatever comes and goes meanwhile
//! (Parekh and Gallager, "A generalized processor sharing approach to flow control", IEEE/ACM
//! Transactions on Networking 1(3), 1993). So jobs end in the order of a heap, and an arrival
//! changes the key of none.
//!
//! Times are kept to 2⁻²⁴ ns, and jobs that end within a nanosecond end in their order at their own
//! fractions of it, so that errors do not add up: a job ends at the time of the ideal fluid system,
//! rounded up to a whole nanosecond.

use std::collections::VecDeque;

use super::heap::IndexedHeap;
use super::slab::Slab;
use super::table::Table;

/// Fractions of a nanosecond.
const FRACTION_BITS: u32 = 24;

/// Bits of the number that keeps jobs with the same end in order of arrival (modulo their number).
const ORDER_BITS: u32 = 16;

/// The latest virtual time at which a job can end: more than two years.
const END_MAX: u128 = IndexedHeap::KEY_MAX >> ORDER_BITS;

/// When the next job ends where there is none.
const NEVER: u128 = u128::MAX;

/// A station whose workers are shared evenly. Times are in ns and never go back.
#[derive(Debug, Clone)]
pub struct ProcessorSharing {
    workers: u32,
    /// The time up to which everything below holds, in fractions of a nanosecond.
    clock: u128,
    /// Virtual time at `clock`, in fractions of a nanosecond.
    virtual_time: u128,
    /// When the next job ends if nothing else happens, in fractions of a nanosecond.
    due: u128,
    /// The virtual time at which each job ends, and the order of arrival.
    ends: IndexedHeap,
    arrivals: u32,
    /// The jobs under way, by the ids of `ends`, and the way back.
    jobs: Slab<u32>,
    places: Table<u32>,
    /// Jobs that have ended and have not been taken, in order.
    ended: VecDeque<u32>,
}

impl ProcessorSharing {
    /// An empty station of `workers` (at least 1).
    pub fn new(workers: u32) -> Self {
        Self {
            workers: workers.max(1),
            clock: 0,
            virtual_time: 0,
            due: NEVER,
            ends: IndexedHeap::new(),
            arrivals: 0,
            jobs: Slab::new(),
            places: Table::new(),
            ended: VecDeque::new(),
        }
    }

    /// Number of jobs inside, those that ended and have not been taken included.
    pub fn len(&self) -> usize {
        self.ends.len() + self.ended.len()
    }

    /// Whether there is no job inside.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of workers that are busy.
    pub fn busy(&self) -> u32 {
        (self.ends.len() as u32).min(self.workers)
    }

    /// A job with `work_ns` of work arrives at `now`. Its name is not that of a job inside.
    pub fn arrive(&mut self, now: u64, job: u32, work_ns: u64) {
        self.advance(now);
        debug_assert!(
            self.places.get(u64::from(job)).is_none(),
            "a job arrives once"
        );
        if self.ends.is_empty() {
            self.virtual_time = 0;
        }
        let work = u128::from(work_ns) << FRACTION_BITS;
        let end = (self.virtual_time + work).min(END_MAX);
        let order = u128::from(self.arrivals % (1 << ORDER_BITS));
        self.arrivals = self.arrivals.wrapping_add(1);
        let place = self.jobs.insert(job);
        self.places.insert(u64::from(job), place);
        self.ends.set(place, end << ORDER_BITS | order);
        self.plan();
        self.end_due(self.clock);
    }

    /// When the next job ends if nothing else happens, in whole ns.
    #[inline]
    pub fn next_completion(&self) -> Option<u64> {
        let end = if self.ended.is_empty() {
            self.due
        } else {
            self.clock
        };
        (end != NEVER).then(|| u64::try_from(end.div_ceil(1 << FRACTION_BITS)).unwrap_or(u64::MAX))
    }

    /// Takes the job that has ended first, if one has ended by `now`.
    pub fn complete(&mut self, now: u64) -> Option<u32> {
        self.advance(now);
        self.ended.pop_front()
    }

    /// Takes out a job at `now` that is given up, and returns the work in ns that was left of it,
    /// rounded up; nothing if it is not inside.
    pub fn remove(&mut self, now: u64, job: u32) -> Option<u64> {
        self.advance(now);
        if let Some(place) = self.places.remove(u64::from(job)) {
            self.jobs.remove(place);
            let end = self.ends.remove(place)? >> ORDER_BITS;
            self.plan();
            return Some((end - self.virtual_time).div_ceil(1 << FRACTION_BITS) as u64);
        }
        let at = self.ended.iter().position(|&ended| ended == job)?;
        self.ended.remove(at);
        Some(0)
    }

    /// There are this many workers (at least 1) from `now` on.
    pub fn set_workers(&mut self, now: u64, workers: u32) {
        self.advance(now);
        self.workers = workers.max(1);
        self.plan();
    }

    /// Takes out all jobs and keeps the memory.
    pub fn clear(&mut self) {
        self.ends.clear();
        self.jobs.clear();
        self.places.clear();
        self.ended.clear();
        self.plan();
    }

    /// Moves the clock on to `now`, and ends jobs on the way.
    #[inline]
    fn advance(&mut self, now: u64) {
        let now = u128::from(now) << FRACTION_BITS;
        if now <= self.clock {
            return;
        }
        self.end_due(now);
        if let Some((end, _)) = self.ends.peek() {
            let passed = now - self.clock;
            let jobs = self.ends.len() as u32;
            let gone = if jobs <= self.workers {
                passed
            } else {
                divide(
                    passed * u128::from(self.workers) + u128::from(jobs - 1),
                    jobs,
                )
            };
            self.virtual_time = (self.virtual_time + gone).min(end >> ORDER_BITS);
        }
        self.clock = now;
    }

    /// Ends the jobs that end by `now`, in fractions of a nanosecond.
    #[inline]
    fn end_due(&mut self, now: u128) {
        while self.due <= now
            && let Some((end, place)) = self.ends.pop()
        {
            self.clock = self.due;
            self.virtual_time = end >> ORDER_BITS;
            let job = self.jobs.remove(place);
            self.places.remove(u64::from(job));
            self.ended.push_back(job);
            self.plan();
        }
    }

    /// Finds out when the next job ends. Fractions of a nanosecond are rounded so that a job ends
    /// too early by some of them rather than too late: what ends on a whole nanosecond then ends on
    /// that one, and not on the next.
    fn plan(&mut self) {
        self.due = self.ends.peek().map_or(NEVER, |(end, _)| {
            let work = (end >> ORDER_BITS) - self.virtual_time;
            let jobs = self.ends.len() as u32;
            let wait = if jobs <= self.workers {
                work
            } else {
                divide(work * u128::from(jobs), self.workers)
            };
            self.clock + wait
        });
    }
}

/// Division that is mostly of numbers which fit into 64 bits, for which it is faster.
#[inline]
fn divide(dividend: u128, divisor: u32) -> u128 {
    match u64::try_from(dividend) {
        Ok(small) => u128::from(small / u64::from(divisor)),
        Err(_) => dividend / u128::from(divisor),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The slow twin: the work left of each job, brought down from one event to the next.
    struct Fluid {
        workers: f64,
        clock: f64,
        left: Vec<(u32, f64)>,
        ended: Vec<(u32, f64)>,
    }

    impl Fluid {
        fn advance(&mut self, now: u64) {
            loop {
                let speed = (self.workers / self.left.len() as f64).min(1.0);
                let least = self
                    .left
                    .iter()
                    .map(|job| job.1)
                    .fold(f64::INFINITY, f64::min);
                let passed = (now as f64 - self.clock).min(least / speed).max(0.0);
                self.clock += passed;
                for job in &mut self.left {
                    job.1 -= passed * speed;
                }
                // What is less than a millionth of a nanosecond is a rounding error.
                let clock = self.clock;
                let ended = self.left.iter().filter(|job| job.1 < 1e-6);
                self.ended.extend(ended.map(|job| (job.0, clock)));
                let before = self.left.len();
                self.left.retain(|job| job.1 >= 1e-6);
                if self.left.len() == before {
                    return;
                }
            }
        }
    }

    proptest! {
        #![proptest_config(crate::sim::parts::testing::cases(500))]

        #[test]
        fn agrees_with_a_fluid_system(
            workers in 1..6_u32,
            steps in prop::collection::vec((0..60_u64, 0..5_u8, 0..120_u64), 0..150),
        ) {
            let mut station = ProcessorSharing::new(workers);
            let workers = f64::from(workers);
            let mut fluid = Fluid { workers, clock: 0.0, left: Vec::new(), ended: Vec::new() };
            let mut taken: Vec<(u32, u64)> = Vec::new();
            let mut now = 0;
            let all = steps.len() as u32;
            for (number, (wait, action, work)) in (0..).zip(steps) {
                let until = now + wait;
                while let Some(next) = station.next_completion().filter(|&next| next <= until) {
                    prop_assert!(next >= now);
                    now = next;
                    let job = station.complete(now);
                    prop_assert!(job.is_some(), "a job has ended when it was said to end");
                    taken.extend(job.map(|job| (job, now)));
                }
                prop_assert_eq!(station.complete(until), None);
                now = until;
                fluid.advance(now);
                if action == 0 {
                    let job = (work % u64::from(all)) as u32;
                    let at = fluid.left.iter().position(|left| left.0 == job);
                    let expected = at.map(|at| fluid.left.remove(at).1);
                    let left = station.remove(now, job);
                    prop_assert_eq!(left.is_some(), expected.is_some());
                    if let (Some(left), Some(expected)) = (left, expected) {
                        prop_assert!((left as f64 - expected - 0.5).abs() <= 0.5 + 1e-6);
                    }
                } else {
                    station.arrive(now, number, work);
                    fluid.left.push((number, work as f64));
                    fluid.advance(now);
                }
                prop_assert_eq!(station.busy(), (fluid.left.len() as u32).min(workers as u32));
            }
            while let Some(next) = station.next_completion() {
                now = next;
                taken.extend(station.complete(now).map(|job| (job, now)));
            }
            fluid.advance(now + 1);
            prop_assert!(fluid.left.is_empty() && station.is_empty());
            taken.sort_unstable();
            fluid.ended.sort_unstable_by_key(|ended| ended.0);
            prop_assert_eq!(taken.len(), fluid.ended.len());
            for ((job, at), (expected_job, exactly)) in taken.into_iter().zip(fluid.ended) {
                prop_assert_eq!(job, expected_job);
                let late = at as f64 - exactly;
                prop_assert!((-1e-3..1.0 + 1e-3).contains(&late), "{job}: {at} for {exactly}");
            }
        }
    }

    #[test]
    fn the_textbook_example() {
        // One worker: 3 ns of work at 0 and 1 ns at 1 share it from 1 to 3, then the first has 1 ns
        // left.
        let mut station = ProcessorSharing::new(1);
        station.arrive(0, 7, 3);
        station.arrive(1, 8, 1);
        assert_eq!(
            (station.next_completion(), station.len(), station.busy()),
            (Some(3), 2, 1)
        );
        assert_eq!((station.complete(2), station.complete(3)), (None, Some(8)));
        assert_eq!(station.next_completion(), Some(4));
        assert_eq!(station.remove(3, 7), Some(1));
        assert_eq!(
            (station.remove(3, 7), station.next_completion()),
            (None, None)
        );
    }

    #[test]
    fn a_job_that_ended_but_was_not_taken_can_be_given_up() {
        let mut station = ProcessorSharing::new(2);
        station.arrive(0, 1, 5);
        station.arrive(0, 2, 5);
        station.arrive(9, 3, 1);
        assert_eq!(station.next_completion(), Some(9));
        assert_eq!(station.remove(9, 1), Some(0));
        assert_eq!(
            (station.complete(9), station.next_completion()),
            (Some(2), Some(10))
        );
        station.clear();
        assert!(station.is_empty());
    }

    #[test]
    fn errors_do_not_add_up() {
        // Three jobs on one worker, each a third of the speed: for ever rounded thirds.
        let mut station = ProcessorSharing::new(1);
        (0..3).for_each(|job| station.arrive(0, job, 1_000));
        let mut done = 0_u64;
        let mut now = 0;
        while done < 300_000 {
            now = station.next_completion().unwrap();
            while let Some(job) = station.complete(now) {
                done += 1;
                station.arrive(now, job, 1_000 + done % 7);
            }
        }
        // One worker is never idle, so the work done is the time passed, but for what is still
        // inside.
        let work: u64 = 3_000 + (1..=done).map(|number| 1_000 + number % 7).sum::<u64>();
        let left: u64 = (0..3).map(|job| station.remove(now, job).unwrap()).sum();
        assert!(now.abs_diff(work - left) <= 3, "{now} for {}", work - left);
    }
}
