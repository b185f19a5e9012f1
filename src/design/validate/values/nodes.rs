//! Rules about nodes: replicas, serving, balancing, admission, caches, queues and workers.

use super::Problems;
use crate::design::Node;
use crate::design::model::{
    Admission, Balancing, Cache, Ejection, Eviction, HealthCheck, Policy, Queue, RateLimit,
    Serving, Worker,
};

/// Most replicas of one node.
pub const REPLICAS_MAX: u32 = 10_000;

/// Most points of one replica on a hash ring.
const VIRTUAL_NODES_MAX: u32 = 10_000;

pub(super) fn node(node: &Node, problems: &mut Problems) {
    use crate::design::model::Kind;
    let replicas = node.common.replicas;
    problems.at_least_1(replicas, "replicas");
    if replicas > REPLICAS_MAX {
        problems.add(
            "replicas",
            format!("{replicas} replicas are too many"),
            "expected at most 10,000",
        );
    }
    for zone in &node.common.zones {
        let parts: Vec<&str> = zone.split('/').collect();
        let well_formed = parts.len() <= 2 && parts.iter().all(|part| !part.trim().is_empty());
        problems.check(
            well_formed,
            "zones",
            &format!("\"{zone}\" is no name of a zone"),
            "expected \"a\" or \"region/a\"",
        );
    }
    if let Some(serving) = node.serving() {
        self::serving(serving, problems);
    }
    if let Some(balancing) = node.balancing() {
        self::balancing(balancing, problems);
    }
    match &node.kind {
        Kind::Cache(kind) => cache(kind, problems),
        Kind::Queue(kind) => queue(kind, problems),
        Kind::Worker(kind) => worker(kind, problems),
        Kind::Database(kind) => {
            problems.at_least_1(kind.connections, "connections");
            problems.check(
                kind.disk.channels >= 1,
                "disk",
                "a disk needs at least 1 channel",
                "expected `channels` of 1 or more",
            );
            problems.optional_time(kind.lock_timeout, "lock_timeout");
        }
        _ => {}
    }
}

fn serving(serving: &Serving, problems: &mut Problems) {
    problems.limit_above_0(&serving.workers, "workers");
    problems.limit_above_0(&serving.in_flight, "in_flight");
    if let Some(cores) = serving.cores {
        problems.at_least_1(cores, "cores");
    }
}

pub(super) fn balancing(balancing: &Balancing, problems: &mut Problems) {
    if let Some(Ejection {
        failures,
        interval,
        lasts,
        latency_factor,
        ..
    }) = &balancing.ejection
    {
        problems.check(
            failures.is_none_or(|count| count >= 1),
            "ejection",
            "`failures` must be at least 1",
            "expected 1 or more, or None",
        );
        problems.check(
            interval.0 > 0 && lasts.0 > 0,
            "ejection",
            "times of an ejection must be above 0",
            "expected more than 0s",
        );
        problems.check(
            latency_factor.is_none_or(|factor| factor > 1.0),
            "ejection",
            "`latency_factor` must be above 1",
            "expected a factor such as 3",
        );
    }
}

fn cache(cache: &Cache, problems: &mut Problems) {
    problems.check(
        cache.capacity >= 1,
        "capacity",
        "a cache without capacity holds nothing",
        "expected 1 or more",
    );
    problems.optional_time(cache.ttl, "ttl");
    if cache.ttl.is_none() {
        let without = "has no meaning without a time to live";
        problems.check(
            !cache.renew,
            "renew",
            &format!("`renew` {without}"),
            "expected a `ttl` too",
        );
        problems.check(
            cache.stale_while_revalidate.is_none(),
            "stale_while_revalidate",
            &format!("`stale_while_revalidate` {without}"),
            "expected a `ttl` too",
        );
        problems.check(
            cache.eviction != Eviction::TtlOnly,
            "eviction",
            &format!("`TtlOnly` {without}"),
            "expected a `ttl` too",
        );
    }
}

fn queue(queue: &Queue, problems: &mut Problems) {
    problems.time_above_0(queue.visibility, "visibility");
    problems.at_least_1(queue.max_receives, "max_receives");
    problems.limit_above_0(&queue.capacity, "capacity");
}

fn worker(worker: &Worker, problems: &mut Problems) {
    problems.at_least_1(worker.batch, "batch");
    problems.check(
        worker.batch <= 10_000,
        "batch",
        "the batch is too large",
        "expected at most 10,000",
    );
    problems.check(
        worker.prefetch <= 10_000,
        "prefetch",
        "too many are fetched ahead",
        "expected at most 10,000",
    );
}

pub(super) fn policy(policy: &Policy, problems: &mut Problems) {
    match policy {
        Policy::Weighted { weights } => problems.weights(weights.iter().copied(), "weights"),
        Policy::PowerOfChoices { d } => problems.at_least_1(*d, "d"),
        Policy::ConsistentHash {
            virtual_nodes,
            bound,
        } => {
            let fits = (1..=VIRTUAL_NODES_MAX).contains(virtual_nodes);
            problems.check(
                fits,
                "virtual_nodes",
                "this number of points is out of range",
                "expected 1 to 10,000",
            );
            problems.check(
                bound.is_none_or(|bound| bound >= 1.0),
                "bound",
                "replicas cannot all stay below the mean",
                "expected at least 1, such as 1.25",
            );
        }
        _ => {}
    }
}

pub(super) fn health(health: &HealthCheck, problems: &mut Problems) {
    problems.time_above_0(health.every, "every");
    problems.time_above_0(health.timeout, "timeout");
    problems.at_least_1(health.unhealthy_after, "unhealthy_after");
    problems.at_least_1(health.healthy_after, "healthy_after");
}

pub(super) fn admission(admission: &Admission, problems: &mut Problems) {
    match admission {
        Admission::Reject | Admission::Block => {}
        Admission::CoDel { target, interval } => {
            problems.time_above_0(*target, "target");
            problems.time_above_0(*interval, "interval");
        }
        Admission::Concurrency { limit } => problems.at_least_1(*limit, "limit"),
        Admission::Adaptive {
            min,
            max,
            tolerance,
        } => {
            problems.at_least_1(*min, "min");
            problems.check(
                min <= max,
                "max",
                "the highest limit is below the lowest",
                "expected at least `min`",
            );
            problems.check(
                *tolerance > 1.0,
                "tolerance",
                "`tolerance` must be above 1",
                "expected a factor such as 2",
            );
        }
        Admission::Shed { start, full } => {
            problems.check(
                start <= full,
                "full",
                "`full` is below `start`",
                "expected at least `start`",
            );
        }
    }
}

pub(super) fn rate_limit(limit: &RateLimit, problems: &mut Problems) {
    problems.rate_above_0(limit.rate, "rate");
    problems.at_least_1(limit.burst, "burst");
    problems.time_above_0(limit.window, "window");
}
