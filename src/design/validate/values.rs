//! Rules about one value by itself: parameters of a distribution, a curve, a policy. They are
//! checked while the value is read, so that a message can mark the very argument.

use std::any::Any;

use crate::design::model::{
    Admission, Arrivals, Backoff, Balancing, Breaker, Cache, Curve, Dist, Ejection, Eviction,
    Fault, FaultEntry, Flow, HealthCheck, Hedge, Keys, Limit, Need, People, Policy, Queue,
    RateLimit, Retry, Run, Serving, Step, Warmup, Which, Wire, Worker,
};
use crate::design::{Node, Quantity};
use crate::units::{Nanos, Rate};

/// Most replicas of one node.
pub const REPLICAS_MAX: u32 = 10_000;
/// Most users of one closed flow.
pub const USERS_MAX: u32 = 10_000_000;
/// Most tries of one call.
const ATTEMPTS_MAX: u32 = 100;
/// Most replications of one run.
const REPLICATIONS_MAX: u32 = 100_000;
/// Most points of one replica on a hash ring.
const VIRTUAL_NODES_MAX: u32 = 10_000;

/// What is wrong with a value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The argument at fault; empty for the value as a whole.
    pub(crate) field: &'static str,
    /// What is wrong.
    pub(crate) message: String,
    /// What was expected.
    pub(crate) expected: &'static str,
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems(pub(crate) Vec<Problem>);

impl Problems {
    fn add(&mut self, field: &'static str, message: impl Into<String>, expected: &'static str) {
        self.0.push(Problem {
            field,
            message: message.into(),
            expected,
        });
    }

    /// Unless it holds, reports a problem.
    pub(super) fn check(
        &mut self,
        holds: bool,
        field: &'static str,
        message: &str,
        expected: &'static str,
    ) {
        if !holds {
            self.add(field, message, expected);
        }
    }

    fn positive(&mut self, value: f64, field: &'static str) {
        self.check(
            value > 0.0,
            field,
            &format!("`{field}` must be above 0"),
            "expected more than 0",
        );
    }

    fn time_above_0(&mut self, value: Nanos, field: &'static str) {
        self.check(
            value.0 > 0,
            field,
            &format!("`{field}` must be above 0"),
            "expected more than 0s",
        );
    }

    fn optional_time(&mut self, value: Option<Nanos>, field: &'static str) {
        if let Some(value) = value {
            self.time_above_0(value, field);
        }
    }

    fn at_least_1(&mut self, value: u32, field: &'static str) {
        self.check(
            value >= 1,
            field,
            &format!("`{field}` must be at least 1"),
            "expected 1 or more",
        );
    }

    fn limit_above_0(&mut self, value: &Limit, field: &'static str) {
        self.check(
            value.get() != Some(0),
            field,
            &format!("`{field}` must be at least 1"),
            "expected 1 or more, or Unlimited",
        );
    }

    fn rate_above_0(&mut self, value: Rate, field: &'static str) {
        self.check(
            value.0 > 0.0,
            field,
            &format!("`{field}` must be above 0"),
            "expected a rate above 0/s",
        );
    }

    /// Weights must be there, and some of them above 0.
    pub(super) fn weights(&mut self, weights: impl Iterator<Item = f64>, field: &'static str) {
        let all: Vec<f64> = weights.collect();
        if all.is_empty() {
            self.add(
                field,
                format!("`{field}` is empty"),
                "expected at least one part with its weight",
            );
        } else if all.iter().all(|weight| *weight <= 0.0) {
            self.add(
                field,
                "all weights are 0",
                "expected at least one weight above 0",
            );
        }
    }
}

/// Checks a value of any type of the document; most types have no rules.
pub(crate) fn check(value: &dyn Any) -> Vec<Problem> {
    let mut found = Problems::default();
    let problems = &mut found;
    macro_rules! rules {
        ($($ty:ty => $rule:expr),* $(,)?) => {
            $( if let Some(value) = value.downcast_ref::<$ty>() { $rule(value, problems); } )*
        };
    }
    rules! {
        Dist => super::dist::check,
        Node => node, Flow => flow, People => people, Curve => curve, Arrivals => arrivals, Keys => keys,
        Policy => policy, HealthCheck => health, Admission => admission, RateLimit => rate_limit,
        Wire => wire, Retry => retry, Backoff => backoff, Hedge => hedge, Breaker => breaker,
        Step => step, Run => run, FaultEntry => fault_entry, Fault => fault, Which => which,
    }
    found.0
}

fn node(node: &Node, problems: &mut Problems) {
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

fn balancing(balancing: &Balancing, problems: &mut Problems) {
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

fn flow(flow: &Flow, problems: &mut Problems) {
    const ONE: &str = "expected exactly one of `rate`, `people` and `users`";
    let given = [
        flow.rate.is_some(),
        flow.people.is_some(),
        flow.users.is_some(),
    ];
    let count = given.iter().filter(|given| **given).count();
    match count {
        0 => problems.add("", "this traffic says nothing about how much it is", ONE),
        1 => {}
        _ => problems.add("", "this traffic says in two ways how much it is", ONE),
    }
    if let Some(users) = flow.users {
        problems.at_least_1(users, "users");
        problems.check(
            users <= USERS_MAX,
            "users",
            "too many users for one stream",
            "expected at most 10,000,000",
        );
    }
    if !flow.mix.is_empty() {
        problems.check(
            flow.endpoint.is_none(),
            "mix",
            "`endpoint` and `mix` exclude one another",
            "expected one of the two",
        );
        problems.weights(flow.mix.iter().map(|(weight, _)| *weight), "mix");
    }
    problems.check(
        flow.priority <= 7,
        "priority",
        "a priority is 0 to 7",
        "expected 0 to 7",
    );
    problems.optional_time(flow.deadline, "deadline");
}

fn people(people: &People, problems: &mut Problems) {
    problems.positive(people.daily_users, "daily_users");
    problems.positive(people.requests_each, "requests_each");
    problems.positive(people.peak_factor, "peak_factor");
    let rate = people.daily_users * people.requests_each * people.peak_factor / 86_400.0;
    problems.check(
        rate <= Rate::MAX.0,
        "",
        "these people send more than 1,000,000,000 requests a second",
        "expected less",
    );
}

fn curve(curve: &Curve, problems: &mut Problems) {
    match curve {
        Curve::Constant { .. } | Curve::Step { .. } => {}
        Curve::Ramp { over, .. } => problems.time_above_0(*over, "over"),
        Curve::Spike { lasts, .. } => problems.time_above_0(*lasts, "lasts"),
        Curve::Daily { low, high, period } => {
            problems.check(
                low.0 <= high.0,
                "high",
                "the highest rate is below the lowest",
                "expected at least `low`",
            );
            problems.time_above_0(*period, "period");
        }
        Curve::Piecewise { points } => {
            problems.check(
                !points.is_empty(),
                "points",
                "there are no points",
                "expected pairs of time and rate",
            );
            let ascending = points.windows(2).all(|pair| pair[0].0 < pair[1].0);
            problems.check(
                ascending,
                "points",
                "the times of the points do not ascend",
                "expected each time to be later than the one before",
            );
        }
    }
}

fn arrivals(arrivals: &Arrivals, problems: &mut Problems) {
    if let Arrivals::Bursts {
        factor,
        burst,
        calm,
    } = arrivals
    {
        problems.check(
            *factor >= 1.0,
            "factor",
            "a burst cannot be calmer than the calm",
            "expected a factor of 1 or more",
        );
        problems.time_above_0(*burst, "burst");
        problems.time_above_0(*calm, "calm");
    }
}

fn keys(keys: &Keys, problems: &mut Problems) {
    const ONE: &str = "expected 1 or more";
    match keys {
        Keys::Uniform { n } => problems.check(*n >= 1, "n", "there must be a key", ONE),
        Keys::Zipf { n, s } => {
            problems.check(*n >= 1, "n", "there must be a key", ONE);
            problems.check(
                *s <= 20.0,
                "s",
                "the skew is absurdly large",
                "expected at most 20; 0.99 is usual",
            );
        }
        Keys::HotSet { n, hot, .. } => {
            problems.check(*n >= 1, "n", "there must be a key", ONE);
            problems.check(
                *hot >= 1 && hot <= n,
                "hot",
                "the hot keys must be some of all keys",
                "expected 1 to `n`",
            );
        }
        Keys::Single => {}
    }
}

fn policy(policy: &Policy, problems: &mut Problems) {
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

fn health(health: &HealthCheck, problems: &mut Problems) {
    problems.time_above_0(health.every, "every");
    problems.time_above_0(health.timeout, "timeout");
    problems.at_least_1(health.unhealthy_after, "unhealthy_after");
    problems.at_least_1(health.healthy_after, "healthy_after");
}

fn admission(admission: &Admission, problems: &mut Problems) {
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

fn rate_limit(limit: &RateLimit, problems: &mut Problems) {
    problems.rate_above_0(limit.rate, "rate");
    problems.at_least_1(limit.burst, "burst");
    problems.time_above_0(limit.window, "window");
}

fn wire(wire: &Wire, problems: &mut Problems) {
    for (value, field) in [
        (wire.timeout, "timeout"),
        (wire.deadline, "deadline"),
        (wire.pool_timeout, "pool_timeout"),
    ] {
        problems.optional_time(value, field);
    }
    if let Some(pool) = &wire.pool {
        problems.limit_above_0(pool, "pool");
    }
    for (value, field) in [(wire.bulkhead, "bulkhead"), (wire.max_depth, "max_depth")] {
        if let Some(value) = value {
            problems.at_least_1(value, field);
        }
    }
    balancing(&wire.balancing, problems);
}

fn retry(retry: &Retry, problems: &mut Problems) {
    let fits = (1..=ATTEMPTS_MAX).contains(&retry.attempts);
    problems.check(
        fits,
        "attempts",
        "the number of attempts is out of range",
        "expected 1 to 100; the first try counts",
    );
    problems.check(
        !retry.on.is_empty(),
        "on",
        "no failure is retried",
        "expected at least one, such as `Timeout`",
    );
}

fn backoff(backoff: &Backoff, problems: &mut Problems) {
    if let Backoff::Exponential {
        base, factor, cap, ..
    } = backoff
    {
        problems.check(
            *factor >= 1.0,
            "factor",
            "waits would become shorter",
            "expected a factor of 1 or more",
        );
        problems.check(
            base <= cap,
            "cap",
            "the longest wait is below the first",
            "expected at least `base`",
        );
    }
}

fn hedge(hedge: &Hedge, problems: &mut Problems) {
    problems.check(
        (1..=10).contains(&hedge.max),
        "max",
        "the number of additional attempts is out of range",
        "expected 1 to 10",
    );
}

fn breaker(breaker: &Breaker, problems: &mut Problems) {
    problems.time_above_0(breaker.window, "window");
    problems.time_above_0(breaker.half_open_after, "half_open_after");
    problems.positive(breaker.open_at.0, "open_at");
    problems.at_least_1(breaker.min_calls, "min_calls");
    problems.at_least_1(breaker.probes, "probes");
    problems.optional_time(breaker.slow_call, "slow_call");
}

fn step(step: &Step, problems: &mut Problems) {
    match step {
        Step::Parallel { branches, need } => {
            problems.check(
                !branches.is_empty(),
                "branches",
                "there are no branches",
                "expected at least one",
            );
            if let Need::AtLeast { k } = need {
                let fits = *k >= 1 && *k as usize <= branches.len();
                problems.check(
                    fits,
                    "need",
                    "so many branches cannot succeed",
                    "expected 1 up to the number of branches",
                );
            }
        }
        Step::Choose { branches } => {
            problems.weights(branches.iter().map(|(weight, _)| *weight), "branches");
        }
        Step::Repeat { times, .. } => {
            let most = match &times.0 {
                Dist::Constant {
                    value: Quantity(value),
                } => *value,
                Dist::Uniform {
                    to: Quantity(to), ..
                } => *to,
                Dist::Exponential {
                    mean: Quantity(mean),
                } => *mean,
                _ => 0.0,
            };
            problems.check(
                most <= 1e5,
                "times",
                "so many repetitions cannot be simulated",
                "expected at most 100,000",
            );
        }
        _ => {}
    }
}

fn run(run: &Run, problems: &mut Problems) {
    problems.time_above_0(run.duration, "duration");
    let fits = (1..=REPLICATIONS_MAX).contains(&run.replications);
    problems.check(
        fits,
        "replications",
        "the number of replications is out of range",
        "expected 1 to 100,000",
    );
    problems.check(
        run.memory_mib >= 16,
        "memory_mib",
        "nothing can be simulated in so little memory",
        "expected at least 16",
    );
    if let Warmup::For { time } = run.warmup {
        problems.check(
            time < run.duration,
            "warmup",
            "the warm-up leaves nothing of the run",
            "expected less than `duration`",
        );
    }
}

fn fault_entry(entry: &FaultEntry, problems: &mut Problems) {
    const ONE: &str = "expected `at` (once) or `every` (again and again)";
    match (&entry.at, &entry.every) {
        (None, None) => problems.add("", "nothing says when this fault happens", ONE),
        (Some(_), Some(_)) => problems.add("every", "`at` and `every` exclude one another", ONE),
        _ => {}
    }
}

fn fault(fault: &Fault, problems: &mut Problems) {
    match fault {
        Fault::Slow { factor, .. } | Fault::Grey { factor, .. } => {
            problems.positive(*factor, "factor");
        }
        Fault::Partition { a, .. } => {
            problems.check(
                !a.is_empty(),
                "a",
                "one side of the partition is empty",
                "expected nodes or zones",
            );
        }
        _ => {}
    }
}

fn which(which: &Which, problems: &mut Problems) {
    if let Which::Count { n } = which {
        problems.at_least_1(*n, "n");
    }
}
