//! Replications on several threads, handed over in the order of their indices.

use std::any::Any;
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use super::{Plan, Progress, RunError, Simulation};
use crate::sim::measure::Replication;

/// How often the watcher is asked.
const WATCH_EVERY: Duration = Duration::from_millis(20);

/// Events between two looks at whether to go on: some 10 ms of work, so that a run stops at once when it is told to.
const EVENTS_PER_SLICE: u64 = 100_000;

/// Simulated time is counted in units of 2^20 ns, about a millisecond, so that the sum of all replications fits.
const TICK_BITS: u32 = 20;

/// What all threads of a run share.
struct Shared {
    next: AtomicU32,
    stop: AtomicBool,
    ticks: AtomicU64,
}

/// A replication that ended.
enum Ended {
    /// At its end, or at a limit.
    Finished(Replication),
    /// The watcher had enough.
    Interrupted(Replication),
    /// By a panic.
    Failed(String),
}

/// Runs the replications of one plan.
pub(super) struct Pool<'a, S> {
    duration_ns: u64,
    threads: usize,
    start: &'a (dyn Fn(u32) -> S + Sync),
    watch: &'a dyn Fn(Progress) -> bool,
    shared: Shared,
    done: u32,
}

impl<'a, S: Simulation> Pool<'a, S> {
    pub(super) fn new(
        plan: &Plan,
        start: &'a (dyn Fn(u32) -> S + Sync),
        watch: &'a dyn Fn(Progress) -> bool,
    ) -> Self {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let shared = Shared {
            next: AtomicU32::new(0),
            stop: AtomicBool::new(false),
            ticks: AtomicU64::new(0),
        };
        let threads = plan.threads.unwrap_or_else(cores).max(1);
        Self {
            duration_ns: plan.duration_ns,
            threads,
            start,
            watch,
            shared,
            done: 0,
        }
    }

    /// Whether the watcher stopped the run.
    pub(super) fn is_stopped(&self) -> bool {
        self.shared.stop.load(Ordering::Relaxed)
    }

    /// Replications that came to their end.
    pub(super) fn done(&self) -> u32 {
        self.done
    }

    /// Runs the replications with these indices and hands them over in order. If the watcher stops the run, only what was
    /// finished is handed over; if nothing of the whole run was, what was under way.
    pub(super) fn run(
        &mut self,
        indices: Range<u32>,
        take: &mut dyn FnMut(Replication),
    ) -> Result<(), RunError> {
        self.shared.next.store(indices.start, Ordering::Relaxed);
        let threads = self.threads.min(indices.len());
        let (sender, receiver) = mpsc::channel();
        let (mut finished, mut interrupted) = (BTreeMap::new(), BTreeMap::new());
        let mut handed_over = indices.start;
        let mut failure = None;
        std::thread::scope(|scope| {
            for _ in 0..threads {
                let sender = sender.clone();
                let (shared, start, duration_ns) = (&self.shared, self.start, self.duration_ns);
                scope.spawn(move || work(shared, start, duration_ns, indices.end, &sender));
            }
            // The channel then closes with the last thread.
            drop(sender);
            loop {
                match receiver.recv_timeout(WATCH_EVERY) {
                    Ok((index, Ended::Finished(replication))) => {
                        self.done += 1;
                        finished.insert(index, replication);
                        while let Some(replication) = finished.remove(&handed_over) {
                            take(replication);
                            handed_over += 1;
                        }
                    }
                    Ok((index, Ended::Interrupted(replication))) => {
                        interrupted.insert(index, replication);
                    }
                    Ok((replication, Ended::Failed(message))) => {
                        self.shared.stop.store(true, Ordering::Relaxed);
                        failure.get_or_insert(RunError::Defect {
                            replication,
                            message,
                        });
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
                if !(self.watch)(self.progress(indices.end)) {
                    self.shared.stop.store(true, Ordering::Relaxed);
                }
            }
        });
        if let Some(failure) = failure {
            return Err(failure);
        }
        // Those after a gap, where the one in the gap was interrupted.
        finished.into_values().for_each(&mut *take);
        if self.done == 0 {
            interrupted.into_values().for_each(take);
        }
        Ok(())
    }

    fn progress(&self, total: u32) -> Progress {
        let ticks = self.shared.ticks.load(Ordering::Relaxed);
        let all = f64::from(total) * (self.duration_ns >> TICK_BITS) as f64;
        let simulated_share = if all > 0.0 {
            (ticks as f64 / all).min(1.0)
        } else {
            1.0
        };
        Progress {
            done_units: self.done,
            total_units: total,
            simulated_share,
        }
    }
}

/// Takes one index after the other until there are no more.
fn work<S: Simulation>(
    shared: &Shared,
    start: &(dyn Fn(u32) -> S + Sync),
    duration_ns: u64,
    end: u32,
    sender: &Sender<(u32, Ended)>,
) {
    while !shared.stop.load(Ordering::Relaxed) {
        let index = shared.next.fetch_add(1, Ordering::Relaxed);
        if index >= end {
            return;
        }
        let run = AssertUnwindSafe(|| replicate(shared, start(index), duration_ns));
        let ended = catch_unwind(run).unwrap_or_else(|panic| Ended::Failed(message(&*panic)));
        // Nobody listens only if the run is being given up.
        if sender.send((index, ended)).is_err() {
            return;
        }
    }
}

fn replicate<S: Simulation>(shared: &Shared, mut simulation: S, duration_ns: u64) -> Ended {
    let mut slice_ns = (duration_ns >> 16).max(1);
    let mut now_ns = 0;
    while now_ns < duration_ns && simulation.stopped().is_none() {
        if shared.stop.load(Ordering::Relaxed) {
            let mut replication = simulation.finish();
            replication
                .stopped
                .get_or_insert_with(|| "interrupted".to_owned());
            return Ended::Interrupted(replication);
        }
        let until_ns = now_ns.saturating_add(slice_ns).min(duration_ns);
        let before = simulation.events();
        simulation.run_until(until_ns);
        let events = simulation.events() - before;
        shared.ticks.fetch_add(
            (until_ns >> TICK_BITS) - (now_ns >> TICK_BITS),
            Ordering::Relaxed,
        );
        now_ns = until_ns;
        if events > EVENTS_PER_SLICE {
            slice_ns = (slice_ns / 2).max(1);
        } else if events < EVENTS_PER_SLICE / 4 {
            slice_ns = slice_ns.saturating_mul(2);
        }
    }
    shared.ticks.fetch_add(
        (duration_ns >> TICK_BITS) - (now_ns >> TICK_BITS),
        Ordering::Relaxed,
    );
    Ended::Finished(simulation.finish())
}

/// What a panic said.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
