//! A result as a flat list of figures: what `--csv` prints and what the `figures` table holds, one
//! row for each number, named by its path in the JSON object.

use crate::sim::result::{
    Attribution, CacheFigures, EndpointFigures, Latency, NodeFigures, ObjectiveResult, Phase,
    QueueFigures, RunResult, StationFigures, Times, WireFigures,
};
use std::collections::BTreeMap;

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What kind of thing it is about: `run`, `endpoint`, `node`, `station`, `wire`, `correctness`,
    /// `objective`, `cost`, `phase`, `phase_endpoint`, `attribution`, `check`.
    pub scope: &'static str,
    /// Which one. A station is `node/station`, an endpoint in a phase `phase: endpoint`; empty for
    /// the whole.
    pub id: String,
    /// The figure's name, such as `latency_s.p99`.
    pub name: String,
    /// Its value: seconds, per second, a share, a count, or 1 for yes and 0 for no.
    pub value: f64,
    /// Its 95% confidence interval, where it has one.
    pub interval: Option<[f64; 2]>,
}

/// All figures of a result, in the order of the object. The course over time and the traces are not
/// among them.
pub fn figures(result: &RunResult) -> Vec<Figure> {
    let mut list = List {
        rows: Vec::new(),
        scope: "run",
        id: String::new(),
    };
    run(&mut list, result);
    for endpoint_figures in &result.endpoints {
        list.of("endpoint", &endpoint_figures.id);
        endpoint(&mut list, endpoint_figures);
    }
    for node_figures in &result.nodes {
        list.of("node", &node_figures.id);
        node(&mut list, node_figures);
    }
    for wire_figures in &result.wires {
        list.of("wire", &wire_figures.id);
        wire(&mut list, wire_figures);
    }
    list.of("correctness", "");
    list.count("duplicate_effects", result.correctness.duplicate_effects);
    list.count("stale_reads", result.correctness.stale_reads);
    list.count("lost_messages", result.correctness.lost_messages);
    list.count("lost_writes", result.correctness.lost_writes);
    for objective_result in &result.objectives {
        list.of("objective", &objective_result.text);
        objective(&mut list, objective_result);
    }
    list.of("cost", "");
    list.add("per_hour", result.cost.per_hour);
    list.add("per_million_good", result.cost.per_million_good);
    result.phases.iter().for_each(|part| phase(&mut list, part));
    result
        .attribution
        .iter()
        .for_each(|part| attribution(&mut list, part));
    for check in &result.checks {
        list.of("check", &format!("{} {}", check.law, check.place));
        list.add("left", check.left);
        list.add("right", check.right);
        list.flag("holds", check.holds);
    }
    list.rows
}

/// Collects rows about one thing after the other.
struct List {
    rows: Vec<Figure>,
    scope: &'static str,
    id: String,
}

impl List {
    fn of(&mut self, scope: &'static str, id: &str) {
        self.scope = scope;
        id.clone_into(&mut self.id);
    }

    fn with_interval(&mut self, name: &str, value: f64, interval: Option<[f64; 2]>) {
        let (scope, id, name) = (self.scope, self.id.clone(), name.to_owned());
        self.rows.push(Figure {
            scope,
            id,
            name,
            value,
            interval,
        });
    }

    fn add(&mut self, name: &str, value: f64) {
        self.with_interval(name, value, None);
    }

    fn count(&mut self, name: &str, value: u64) {
        self.add(name, value as f64);
    }

    fn flag(&mut self, name: &str, value: bool) {
        self.add(name, f64::from(u8::from(value)));
    }

    fn failures(&mut self, failed: &BTreeMap<String, u64>) {
        self.count("failed", failed.values().sum());
        for (cause, count) in failed {
            self.count(&format!("failed.{cause}"), *count);
        }
    }

    fn times(&mut self, name: &str, times: &Times) {
        self.add(&format!("{name}.mean"), times.mean);
        self.add(&format!("{name}.p50"), times.p50);
        self.add(&format!("{name}.p99"), times.p99);
    }

    fn latency(&mut self, name: &str, latency: &Latency) {
        self.with_interval(&format!("{name}.mean"), latency.mean, Some(latency.ci95));
        let percentiles = [
            ("p50", latency.p50),
            ("p90", latency.p90),
            ("p95", latency.p95),
            ("p99", latency.p99),
            ("p999", latency.p999),
        ];
        for (percentile, value) in percentiles {
            let interval = latency.percentiles_ci95.get(percentile).copied();
            self.with_interval(&format!("{name}.{percentile}"), value, interval);
        }
        self.add(&format!("{name}.max"), latency.max);
    }
}

fn run(list: &mut List, result: &RunResult) {
    list.count("replications", u64::from(result.replications));
    list.add("simulated_s", result.simulated_s);
    list.add("warmup_s", result.warmup_s);
    list.count("events", result.events);
    list.flag("partial", result.partial);
    let good = result.endpoints.iter().filter(|endpoint| !endpoint.attack);
    // Folded from 0, since an empty sum of floats is −0.
    list.add(
        "goodput_per_s",
        good.fold(0.0, |sum, endpoint| sum + endpoint.goodput_per_s),
    );
}

fn endpoint(list: &mut List, figures: &EndpointFigures) {
    list.count("offered", figures.offered);
    list.count("completed", figures.completed);
    list.failures(&figures.failed);
    list.add("in_flight", figures.in_flight as f64);
    list.with_interval(
        "goodput_per_s",
        figures.goodput_per_s,
        Some(figures.goodput_ci95),
    );
    list.add("attempts_per_request", figures.attempts_per_request);
    list.latency("latency_s", &figures.latency_s);
    list.latency("failed_latency_s", &figures.failed_latency_s);
    list.count("degraded", figures.degraded);
    list.flag("attack", figures.attack);
}

fn node(list: &mut List, figures: &NodeFigures) {
    list.add("arrivals_per_s", figures.arrivals_per_s);
    list.add("completions_per_s", figures.completions_per_s);
    list.add("utilization", figures.utilization);
    list.add("queue_mean", figures.queue_mean);
    list.count("queue_max", figures.queue_max);
    list.times("wait_s", &figures.wait_s);
    list.times("service_s", &figures.service_s);
    list.count("rejected", figures.rejected);
    list.times("latency_s", &figures.latency_s);
    list.add("busy_mean", figures.busy_mean);
    list.count("workers", figures.workers);
    list.add("wasted_share", figures.wasted_share);
    list.count("errors", figures.errors);
    list.add("availability", figures.availability);
    if let Some(cache_figures) = &figures.cache {
        cache(list, cache_figures);
    }
    if let Some(queue_figures) = &figures.queue {
        queue(list, queue_figures);
    }
    for station_figures in &figures.stations {
        list.of("station", &format!("{}/{}", figures.id, station_figures.id));
        station(list, station_figures);
    }
}

fn station(list: &mut List, figures: &StationFigures) {
    list.add("utilization", figures.utilization);
    list.add("queue_mean", figures.queue_mean);
    list.count("queue_max", figures.queue_max);
    list.times("wait_s", &figures.wait_s);
    list.times("service_s", &figures.service_s);
}

fn cache(list: &mut List, figures: &CacheFigures) {
    list.count("cache.lookups", figures.lookups);
    list.count("cache.hits", figures.hits);
    list.count("cache.stale", figures.stale);
    list.count("cache.coalesced", figures.coalesced);
    list.count("cache.evictions", figures.evictions);
    list.add("cache.hit_ratio", figures.hit_ratio);
    list.flag("cache.fixed", figures.fixed);
}

fn queue(list: &mut List, figures: &QueueFigures) {
    list.count("queue.published", figures.published);
    list.count("queue.delivered", figures.delivered);
    list.count("queue.redelivered", figures.redelivered);
    list.count("queue.acknowledged", figures.acknowledged);
    list.count("queue.dead_letters", figures.dead_letters);
    list.count("queue.backlog", figures.backlog);
    list.add("queue.oldest_max_s", figures.oldest_max_s);
    list.times("queue.age_s", &figures.age_s);
}

fn wire(list: &mut List, figures: &WireFigures) {
    list.count("calls", figures.calls);
    list.count("attempts", figures.attempts);
    list.count("retries", figures.retries);
    list.count("hedges", figures.hedges);
    list.failures(&figures.failed);
    list.count("budget_refused", figures.budget_refused);
    list.count("fallbacks", figures.fallbacks);
    list.count("breaker_opened", figures.breaker_opened);
    list.add("breaker_open_share", figures.breaker_open_share);
    list.times("latency_s", &figures.latency_s);
    list.times("pool_wait_s", &figures.pool_wait_s);
    list.add("pool_busy_mean", figures.pool_busy_mean);
    list.count("pool_size", figures.pool_size);
    list.count("messages_lost", figures.messages_lost);
    list.count("bytes", figures.bytes);
}

fn objective(list: &mut List, figures: &ObjectiveResult) {
    list.flag("met", figures.met);
    if let Some(observed) = figures.observed {
        list.with_interval("observed", observed, figures.ci95);
    }
}

fn phase(list: &mut List, figures: &Phase) {
    list.of("phase", &figures.name);
    list.add("from_s", figures.from_s);
    list.add("to_s", figures.to_s);
    if let Some(recovery_s) = figures.recovery_s {
        list.add("recovery_s", recovery_s);
    }
    for seen in &figures.endpoints {
        list.of("phase_endpoint", &format!("{}: {}", figures.name, seen.id));
        list.count("offered", seen.offered);
        list.count("completed", seen.completed);
        list.count("failed", seen.failed);
        list.add("goodput_per_s", seen.goodput_per_s);
        list.add("mean_s", seen.mean_s);
        list.add("p50_s", seen.p50_s);
        list.add("p99_s", seen.p99_s);
    }
}

fn attribution(list: &mut List, figures: &Attribution) {
    list.of("attribution", &figures.id);
    list.count("followed", figures.followed);
    list.count("slowest", figures.slowest);
    list.add("mean_s", figures.mean_s);
    list.add("slowest_s", figures.slowest_s);
    for part in &figures.parts {
        list.add(&format!("{} {}.mean_s", part.place, part.what), part.mean_s);
        list.add(
            &format!("{} {}.slowest_s", part.place, part.what),
            part.slowest_s,
        );
    }
}
