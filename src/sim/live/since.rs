//! The difference of two looks at the same window: counters and areas are subtracted, levels are
//! those of the later look.

use crate::sim::measure::{
    CacheWindow, CorrectnessWindow, EndpointWindow, NodeWindow, QueueWindow, StationWindow,
    WireWindow,
};

/// Something that is counted up within a window.
pub(super) trait Since {
    /// What was added since an earlier look.
    fn since(&self, earlier: &Self) -> Self;
}

fn less<const N: usize>(now: &[u64; N], earlier: &[u64; N]) -> [u64; N] {
    std::array::from_fn(|i| now[i].saturating_sub(earlier[i]))
}

impl Since for EndpointWindow {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            offered: self.offered - earlier.offered,
            in_flight: self.in_flight,
            failed: less(&self.failed, &earlier.failed),
            degraded: self.degraded - earlier.degraded,
            attempts: self.attempts - earlier.attempts,
            latency: self.latency.minus(&earlier.latency),
            failed_latency: self.failed_latency.minus(&earlier.failed_latency),
            in_flight_area: self.in_flight_area - earlier.in_flight_area,
        }
    }
}

impl Since for NodeWindow {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            arrivals: self.arrivals - earlier.arrivals,
            completions: self.completions - earlier.completions,
            rejected: self.rejected - earlier.rejected,
            errors: self.errors - earlier.errors,
            latency: self.latency.minus(&earlier.latency),
            up_area: self.up_area - earlier.up_area,
        }
    }
}

impl Since for StationWindow {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            // One that is refused is taken back: fewer may have arrived than before.
            arrivals: self.arrivals.saturating_sub(earlier.arrivals),
            completions: self.completions - earlier.completions,
            abandoned: self.abandoned - earlier.abandoned,
            busy_area: self.busy_area - earlier.busy_area,
            queue_area: self.queue_area - earlier.queue_area,
            available_area: self.available_area - earlier.available_area,
            queue_max: self.queue_max,
            wasted_ns: self.wasted_ns - earlier.wasted_ns,
            wait: self.wait.minus(&earlier.wait),
            service: self.service.minus(&earlier.service),
        }
    }
}

impl Since for WireWindow {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            calls: self.calls - earlier.calls,
            attempts: self.attempts - earlier.attempts,
            retries: self.retries - earlier.retries,
            hedges: self.hedges - earlier.hedges,
            failed: less(&self.failed, &earlier.failed),
            budget_refused: self.budget_refused - earlier.budget_refused,
            fallbacks: self.fallbacks - earlier.fallbacks,
            breaker_opened: self.breaker_opened.saturating_sub(earlier.breaker_opened),
            // A breaker with other settings starts to count anew.
            breaker_open_area: self
                .breaker_open_area
                .saturating_sub(earlier.breaker_open_area),
            latency: self.latency.minus(&earlier.latency),
            pool_wait: self.pool_wait.minus(&earlier.pool_wait),
            pool_area: self.pool_area - earlier.pool_area,
            lost: self.lost - earlier.lost,
            bytes: self.bytes.saturating_sub(earlier.bytes),
        }
    }
}

impl Since for CacheWindow {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            lookups: self.lookups - earlier.lookups,
            hits: self.hits - earlier.hits,
            stale: self.stale - earlier.stale,
            coalesced: self.coalesced - earlier.coalesced,
            evictions: self.evictions - earlier.evictions,
        }
    }
}

impl Since for QueueWindow {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            published: self.published - earlier.published,
            delivered: self.delivered - earlier.delivered,
            redelivered: self.redelivered - earlier.redelivered,
            acknowledged: self.acknowledged - earlier.acknowledged,
            dead_letters: self.dead_letters - earlier.dead_letters,
            backlog: self.backlog,
            backlog_area: self.backlog_area - earlier.backlog_area,
            oldest_max_ns: self.oldest_max_ns,
            age: self.age.minus(&earlier.age),
        }
    }
}

impl Since for CorrectnessWindow {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            duplicate_effects: self.duplicate_effects - earlier.duplicate_effects,
            stale_reads: self.stale_reads - earlier.stale_reads,
            lost_messages: self.lost_messages - earlier.lost_messages,
            lost_writes: self.lost_writes - earlier.lost_writes,
        }
    }
}
