//! Adding up windows: of several replications, and of several windows in a row.

use crate::sim::measure::{
    CacheWindow, CorrectnessWindow, EndpointWindow, NodeWindow, QueueWindow, StationWindow,
    WireWindow,
};

/// Windows that add up exactly: counts and areas are summed, peaks compared, histograms merged.
pub(in crate::sim) trait Merge: Clone + Default {
    /// Adds the same window of another replication, or another window of the same.
    fn merge(&mut self, other: &Self);

    /// Takes the levels (what is under way, what waits) of the last window: they do not add up over
    /// time.
    fn take_levels(&mut self, _last: &Self) {}

    /// Several windows in a row as one.
    fn over(windows: &[Self]) -> Self {
        let mut sum = Self::default();
        for window in windows {
            sum.merge(window);
        }
        if let Some(last) = windows.last() {
            sum.take_levels(last);
        }
        sum
    }
}

fn add<const N: usize>(sum: &mut [u64; N], other: &[u64; N]) {
    for (sum, other) in sum.iter_mut().zip(other) {
        *sum += other;
    }
}

impl Merge for EndpointWindow {
    fn merge(&mut self, other: &Self) {
        self.offered += other.offered;
        self.in_flight += other.in_flight;
        add(&mut self.failed, &other.failed);
        self.degraded += other.degraded;
        self.attempts += other.attempts;
        self.latency.merge(&other.latency);
        self.failed_latency.merge(&other.failed_latency);
        self.in_flight_area += other.in_flight_area;
    }

    fn take_levels(&mut self, last: &Self) {
        self.in_flight = last.in_flight;
    }
}

impl Merge for NodeWindow {
    fn merge(&mut self, other: &Self) {
        self.arrivals += other.arrivals;
        self.completions += other.completions;
        self.rejected += other.rejected;
        self.errors += other.errors;
        self.latency.merge(&other.latency);
        self.up_area += other.up_area;
    }
}

impl Merge for StationWindow {
    fn merge(&mut self, other: &Self) {
        self.arrivals += other.arrivals;
        self.completions += other.completions;
        self.abandoned += other.abandoned;
        self.busy_area += other.busy_area;
        self.queue_area += other.queue_area;
        self.available_area += other.available_area;
        self.queue_max = self.queue_max.max(other.queue_max);
        self.wasted_ns += other.wasted_ns;
        self.wait.merge(&other.wait);
        self.service.merge(&other.service);
    }
}

impl Merge for WireWindow {
    fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.attempts += other.attempts;
        self.retries += other.retries;
        self.hedges += other.hedges;
        add(&mut self.failed, &other.failed);
        self.budget_refused += other.budget_refused;
        self.fallbacks += other.fallbacks;
        self.breaker_opened += other.breaker_opened;
        self.breaker_open_area += other.breaker_open_area;
        self.latency.merge(&other.latency);
        self.pool_wait.merge(&other.pool_wait);
        self.pool_area += other.pool_area;
        self.lost += other.lost;
        self.bytes += other.bytes;
    }
}

impl Merge for CacheWindow {
    fn merge(&mut self, other: &Self) {
        self.lookups += other.lookups;
        self.hits += other.hits;
        self.stale += other.stale;
        self.coalesced += other.coalesced;
        self.evictions += other.evictions;
    }
}

impl Merge for QueueWindow {
    fn merge(&mut self, other: &Self) {
        self.published += other.published;
        self.delivered += other.delivered;
        self.redelivered += other.redelivered;
        self.acknowledged += other.acknowledged;
        self.dead_letters += other.dead_letters;
        self.backlog += other.backlog;
        self.backlog_area += other.backlog_area;
        self.oldest_max_ns = self.oldest_max_ns.max(other.oldest_max_ns);
        self.age.merge(&other.age);
    }

    fn take_levels(&mut self, last: &Self) {
        self.backlog = last.backlog;
    }
}

impl Merge for CorrectnessWindow {
    fn merge(&mut self, other: &Self) {
        self.duplicate_effects += other.duplicate_effects;
        self.stale_reads += other.stale_reads;
        self.lost_messages += other.lost_messages;
        self.lost_writes += other.lost_writes;
    }
}

/// Adds one replication's windows of one thing to those of all replications, which may be fewer
/// yet.
pub(super) fn merge_windows<T: Merge>(sum: &mut Vec<T>, windows: &[T]) {
    let (common, further) = windows.split_at(sum.len().min(windows.len()));
    for (sum, window) in sum.iter_mut().zip(common) {
        sum.merge(window);
    }
    sum.extend_from_slice(further);
}
