//! The lines about a node in its box: for each kind what a reader wants to know first.

use crate::design::model::{
    Balancing, Cache, Client, Curve, Database, Dist, Eviction, External, Flow, Gateway, Kind,
    Limit, Mode, Per, Policy, Queue, RateLimit, Service, Serving, TimeDist, Worker,
};
use crate::design::{Node, Quantity};
use crate::units::{Count, Nanos, Rate};

/// The lines about a node, most important first.
pub(super) fn lines(node: &Node) -> Vec<String> {
    match &node.kind {
        Kind::Client(client) => of_client(client),
        Kind::Balancer(balancer) => {
            let mut lines = vec![policy(&balancer.balancing)];
            lines.extend(
                balancer
                    .balancing
                    .health
                    .as_ref()
                    .map(|_| "health checks".to_owned()),
            );
            lines
        }
        Kind::Gateway(gateway) => of_gateway(gateway),
        Kind::Service(service) => of_service(service),
        Kind::Cache(cache) => of_cache(cache),
        Kind::Database(database) => of_database(database),
        Kind::Queue(queue) => of_queue(queue),
        Kind::Worker(worker) => of_worker(worker),
        Kind::External(external) => of_external(external),
    }
}

/// A count as people say it: `50k`.
fn count(number: u64) -> String {
    Count(number as f64).to_string()
}

/// A rate with at most three digits: `1.39k/s`.
fn rate(per_s: f64) -> String {
    let scale = [(1e9, "G"), (1e6, "M"), (1e3, "k")];
    let (factor, letter) = scale
        .into_iter()
        .find(|(factor, _)| per_s >= *factor)
        .unwrap_or((1.0, ""));
    let value = per_s / factor;
    let decimals = match value {
        value if value >= 99.95 => 0,
        value if value >= 9.995 => 1,
        _ => 2,
    };
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{text}{letter}/s")
}

/// What a client sends: the highest rate that each flow reaches, and how it gets there.
fn of_client(client: &Client) -> Vec<String> {
    let mut lines = Vec::new();
    let users: u64 = client
        .traffic
        .iter()
        .filter_map(|flow| flow.users)
        .map(u64::from)
        .sum();
    let (mut low, mut high) = (0.0, 0.0);
    let mut open = false;
    for flow in &client.traffic {
        if let Some((from, to)) = range(flow) {
            open = true;
            low += from;
            high += to;
        }
    }
    if open && high - low > 1e-9 {
        lines.push(format!(
            "{}–{}",
            rate(low).trim_end_matches("/s"),
            rate(high)
        ));
    } else if open {
        lines.push(rate(high));
    }
    if users > 0 {
        lines.push(match users {
            1 => "1 user".to_owned(),
            _ => format!("{} users", count(users)),
        });
    }
    if client.traffic.iter().any(|flow| flow.attack) {
        lines.push("attack".to_owned());
    }
    match client.traffic.as_slice() {
        [] => lines.push("no traffic".to_owned()),
        [flow] => lines.extend(flow.endpoint.clone()),
        flows => lines.push(format!("{} flows", flows.len())),
    }
    lines
}

/// Lowest and highest rate of an open flow, per second.
fn range(flow: &Flow) -> Option<(f64, f64)> {
    if let Some(people) = &flow.people {
        let mean = people.daily_users * people.requests_each / 86_400.0;
        return Some((mean * people.peak_factor, mean * people.peak_factor));
    }
    let ends = |a: Rate, b: Rate| (a.0.min(b.0), a.0.max(b.0));
    Some(match flow.rate.as_ref()? {
        Curve::Constant { rate } => (rate.0, rate.0),
        Curve::Ramp { from, to, .. } | Curve::Step { from, to, .. } => ends(*from, *to),
        Curve::Spike { base, peak, .. } => ends(*base, *peak),
        Curve::Daily { low, high, .. } => ends(*low, *high),
        Curve::Piecewise { points } => {
            let rates = points.iter().map(|(_, rate)| rate.0);
            let lowest = rates.clone().fold(f64::INFINITY, f64::min);
            let highest = rates.fold(0.0, f64::max);
            (lowest.min(highest), highest)
        }
    })
}

fn policy(balancing: &Balancing) -> String {
    match &balancing.policy {
        Policy::RoundRobin => "round robin".to_owned(),
        Policy::Random => "random".to_owned(),
        Policy::Weighted { .. } => "weighted".to_owned(),
        Policy::LeastOutstanding => "least busy".to_owned(),
        Policy::PowerOfTwo => "2 choices".to_owned(),
        Policy::PowerOfChoices { d } => format!("{d} choices"),
        Policy::ConsistentHash { .. } => "by key".to_owned(),
        Policy::ZoneAware => "own zone first".to_owned(),
    }
}

fn limits(limits: &[RateLimit]) -> Option<String> {
    let limit = limits.first()?;
    let per = match limit.per {
        Per::Global => "",
        Per::Key => " each",
    };
    Some(format!("≤ {}{per}", rate(limit.rate.0)))
}

fn of_gateway(gateway: &Gateway) -> Vec<String> {
    let mut lines: Vec<String> = limits(&gateway.serving.limits).into_iter().collect();
    let routes = gateway.routes.len();
    lines.extend((routes > 0).then(|| format!("{routes} routes")));
    lines.extend(gateway.auth.as_ref().map(|_| "checks logins".to_owned()));
    lines.push(policy(&gateway.balancing));
    lines
}

/// Endpoints, or the work of the implied one.
fn offers(serving: &Serving) -> Option<String> {
    match serving.endpoints.0.as_slice() {
        [] => serving
            .work
            .as_ref()
            .and_then(mean)
            .map(|work| format!("work {work}")),
        [(name, _)] => Some(name.clone()),
        endpoints => Some(format!("{} endpoints", endpoints.len())),
    }
}

fn of_service(service: &Service) -> Vec<String> {
    let mode = match service.mode {
        Mode::Blocking => "blocking",
        Mode::Asynchronous => "async",
    };
    let workers = match service.serving.workers {
        Limit::Unlimited => mode.to_owned(),
        Limit::AtMost { n } => format!("{n} {mode}"),
    };
    let cores = service.serving.cores.map(cores);
    let limit = limits(&service.serving.limits);
    let rest = [limit, cores, offers(&service.serving)];
    [Some(workers)].into_iter().chain(rest).flatten().collect()
}

fn cores(number: u32) -> String {
    match number {
        1 => "1 core".to_owned(),
        _ => format!("{number} cores"),
    }
}

fn of_cache(cache: &Cache) -> Vec<String> {
    if let Some(ratio) = cache.hit_ratio {
        return vec![format!("hit {ratio} fixed")];
    }
    let eviction = match cache.eviction {
        Eviction::Lru => "lru",
        Eviction::Lfu => "lfu",
        Eviction::Fifo => "fifo",
        Eviction::S3Fifo => "s3-fifo",
        Eviction::TtlOnly => "ttl",
    };
    let mut first = format!("{eviction} {}", count(cache.capacity));
    if let Some(ttl) = cache.ttl {
        first.push_str(&format!("  {ttl}"));
    }
    let second = if cache.coalesce {
        "coalescing"
    } else {
        "cache"
    };
    vec![first, second.to_owned()]
}

fn of_database(database: &Database) -> Vec<String> {
    let mut lines = vec![format!("{} conns", count(u64::from(database.connections)))];
    lines.extend(database.serving.cores.map(cores));
    lines.push("database".to_owned());
    lines
}

fn of_queue(queue: &Queue) -> Vec<String> {
    let first = match queue.capacity {
        Limit::Unlimited => "queue".to_owned(),
        Limit::AtMost { n } => format!("queue of {}", count(u64::from(n))),
    };
    vec![
        first,
        format!("{} tries, {}", queue.max_receives, queue.visibility),
    ]
}

fn of_worker(worker: &Worker) -> Vec<String> {
    let first = match worker.serving.workers {
        Limit::Unlimited => "worker".to_owned(),
        Limit::AtMost { n: 1 } => "1 worker".to_owned(),
        Limit::AtMost { n } => format!("{n} workers"),
    };
    let batch = (worker.batch > 1).then(|| format!("batches of {}", worker.batch));
    let work = worker.serving.work.as_ref().and_then(mean);
    let work = work.map(|work| format!("work {work}"));
    [Some(first), batch, work].into_iter().flatten().collect()
}

fn of_external(external: &External) -> Vec<String> {
    let latency = mean(&external.latency).map(|time| format!("answers {time}"));
    let limit = limits(&external.serving.limits);
    let word = Some("external".to_owned());
    [latency, limit, word].into_iter().flatten().collect()
}

/// The mean of a time for the distributions that name it: `40ms`, and `~2ms` for a median.
fn mean(time: &TimeDist) -> Option<String> {
    let written = |value: &Quantity| Nanos::from_secs(value.0).to_string();
    match &time.0 {
        Dist::Constant { value } => Some(written(value)),
        Dist::Exponential { mean }
        | Dist::Normal { mean, .. }
        | Dist::Gamma { mean, .. }
        | Dist::Erlang { mean, .. }
        | Dist::LogNormal {
            mean: Some(mean), ..
        } => Some(written(mean)),
        Dist::LogNormal {
            p50: Some(median), ..
        } => Some(format!("~{}", written(median))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_three_digits() {
        let cases = [
            (120.0, "120/s"),
            (0.2, "0.2/s"),
            (1_388.9, "1.39k/s"),
            (20_000.0, "20k/s"),
        ];
        for (value, text) in cases {
            assert_eq!(rate(value), text);
        }
        assert_eq!(rate(0.0), "0/s");
    }
}
