//! Random valid designs: every kind of node, policy, step and fault, small and short enough to run
//! by the hundred. The fuzz target `run` uses this file too.
//!
//! Calls lead from the front to the back, so there are no cycles. All times are chosen so that things
//! that rarely meet do meet: timeouts near service times, tiny pools, crashes under load.

use buttress::stats::rng::{Bits, Xoshiro, below, unit_f64};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A design as text. The same choices give the same text.
#[allow(dead_code, reason = "not used by the fuzz target")]
pub(crate) fn design(seed: u64) -> String {
    Generator::new(
        Source {
            given: Vec::new(),
            random: Xoshiro::new(seed),
        },
        false,
    )
    .write()
}

/// A design whose traffic and faults are over long before its run: all that began can end, since nothing is lost on the way
/// and everything that could wait for itself (connections, locks, sessions) gives up after a time.
#[allow(dead_code, reason = "not used by the fuzz target")]
pub(crate) fn design_that_drains(seed: u64) -> String {
    Generator::new(
        Source {
            given: Vec::new(),
            random: Xoshiro::new(seed),
        },
        true,
    )
    .write()
}

/// A design whose first choices are these bytes, so that a fuzzer can turn at one thing at a time.
#[allow(dead_code, reason = "used by the fuzz target alone")]
pub(crate) fn design_from_bytes(bytes: &[u8]) -> String {
    let given = bytes.iter().rev().copied().collect();
    Generator::new(
        Source {
            given,
            random: Xoshiro::new(0),
        },
        false,
    )
    .write()
}

/// Where choices come from: given bytes first, then a fixed sequence.
struct Source {
    given: Vec<u8>,
    random: Xoshiro,
}

impl Source {
    fn next(&mut self) -> u64 {
        match self.given.pop() {
            // The upper bits decide everything below.
            Some(byte) => u64::from(byte) << 56 | u64::from(byte) << 48,
            None => self.random.next_u64(),
        }
    }
}

struct Generator {
    source: Source,
    services: usize,
    caches: usize,
    databases: usize,
    queues: usize,
    externals: usize,
    duration_ms: u64,
    /// Whether all must have ended at the end.
    drains: bool,
    /// Calls that some step makes, as wires.
    wires: BTreeSet<String>,
    nodes: Vec<(String, String)>,
}

/// Endpoints of every service.
const ENDPOINTS: [&str; 2] = ["GET /a", "POST /b"];

impl Generator {
    fn new(mut source: Source, drains: bool) -> Self {
        let mut upto = |most: u64| below(source.next(), most + 1) as usize;
        let (services, caches, databases) = (1 + upto(3), upto(2), upto(1));
        let (queues, externals) = (upto(1), upto(1));
        let duration_ms = if drains {
            60_000
        } else {
            1_000 + upto(2_000) as u64
        };
        Self {
            services,
            caches,
            databases,
            queues,
            externals,
            duration_ms,
            drains,
            wires: BTreeSet::new(),
            nodes: Vec::new(),
            source,
        }
    }

    fn below(&mut self, n: usize) -> usize {
        below(self.source.next(), n as u64) as usize
    }

    fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    fn chance(&mut self, probability: f64) -> bool {
        unit_f64(self.source.next()) < probability
    }

    fn one_of<'a>(&mut self, options: &[&'a str]) -> &'a str {
        options[self.below(options.len())]
    }

    /// A time between two bounds in microseconds.
    fn time(&mut self, low_us: usize, high_us: usize) -> String {
        format!("\"{}us\"", self.between(low_us, high_us))
    }

    /// A distribution of times of about a mean.
    fn dist(&mut self, low_us: usize, high_us: usize) -> String {
        let mean = self.between(low_us, high_us);
        match self.below(8) {
            0 => format!("\"{mean}us\""),
            1 => format!("Uniform(\"0us\", \"{}us\")", 2 * mean),
            2 => format!("LogNormal(mean: \"{mean}us\", cv: 1.5)"),
            3 => format!("Erlang(mean: \"{mean}us\", k: 3)"),
            4 => format!(
                "Mixture([(0.9, Exponential(\"{mean}us\")), (0.1, \"{}us\")])",
                5 * mean
            ),
            _ => format!("Exponential(\"{mean}us\")"),
        }
    }

    fn write(mut self) -> String {
        self.services();
        self.caches();
        self.databases();
        self.queues();
        self.externals();
        let entry = self.entry();
        self.clients(&entry);
        let faults = self.faults();
        let mut text = String::from("(\n    format: 1,\n    nodes: {\n");
        for (name, body) in &self.nodes {
            let _ = writeln!(text, "        \"{name}\": {body},");
        }
        text.push_str("    },\n    wires: {\n");
        for wire in std::mem::take(&mut self.wires) {
            if self.chance(0.85) || self.drains {
                let mut policy = self.wire();
                // A database is called through a pool even if none is named.
                if self.drains && !policy.contains("pool_timeout") {
                    policy.push_str(if policy.is_empty() {
                        "pool_timeout: \"5ms\""
                    } else {
                        ", pool_timeout: \"5ms\""
                    });
                }
                let _ = writeln!(text, "        \"{wire}\": ({policy}),");
            }
        }
        text.push_str("    },\n    faults: [\n");
        for fault in faults {
            let _ = writeln!(text, "        {fault},");
        }
        let warmup = self.one_of(&["Auto", "Nothing", "\"300ms\""]);
        let _ = writeln!(
            text,
            "    ],\n    run: (duration: \"{}ms\", warmup: {warmup}, replications: 1, memory_mib: 64),\n)",
            self.duration_ms
        );
        text
    }

    fn node(&mut self, name: &str, kind: &str, fields: &[String]) {
        let mut fields: Vec<String> = fields.to_vec();
        if self.chance(0.5) {
            let replicas = self.between(1, 4);
            fields.push(format!("replicas: {replicas}"));
        }
        if self.chance(0.4) {
            let zones = self.one_of(&["[\"a\"]", "[\"a\", \"b\"]", "[\"r/a\", \"s/b\"]"]);
            fields.push(format!("zones: {zones}"));
        }
        self.nodes
            .push((name.to_owned(), format!("{kind}({})", fields.join(", "))));
    }

    /// Workers, queue, discipline and admission.
    fn serving(&mut self) -> Vec<String> {
        let mut fields = Vec::new();
        if self.chance(0.7) {
            let workers = self.between(1, 8);
            fields.push(format!("workers: {workers}"));
        }
        if self.chance(0.5) {
            let queue = self.between(0, 20);
            fields.push(format!("queue: {queue}"));
        }
        if self.chance(0.6) {
            let discipline = self.one_of(&[
                "Fifo",
                "Lifo",
                "AdaptiveLifo(after: \"5ms\")",
                "Priority",
                "PreemptivePriority",
                "ProcessorSharing",
            ]);
            fields.push(format!("discipline: {discipline}"));
        }
        if self.chance(0.6) {
            let admission = self.one_of(&[
                "Reject",
                "Block",
                "CoDel(target: \"2ms\", interval: \"20ms\")",
                "Concurrency(limit: 6)",
                "Adaptive(min: 2, max: 50)",
                "Shed(start: 2, full: 12)",
            ]);
            fields.push(format!("admission: {admission}"));
        }
        if self.chance(0.25) {
            let in_flight = self.between(1, 30);
            fields.push(format!("in_flight: {in_flight}"));
        }
        if self.chance(0.3) {
            let cores = self.between(1, 4);
            fields.push(format!("cores: {cores}"));
        }
        if self.chance(0.2) {
            let limit = self.rate_limit();
            fields.push(format!("limits: [{limit}]"));
        }
        fields
    }

    fn rate_limit(&mut self) -> String {
        let algorithm =
            self.one_of(&["TokenBucket", "LeakyBucket", "FixedWindow", "SlidingWindow"]);
        let per = self.one_of(&["Global", "Global", "Key"]);
        let (rate, burst) = (self.between(10, 400), self.between(1, 20));
        format!(
            "(algorithm: {algorithm}, rate: \"{rate}/s\", burst: {burst}, window: \"200ms\", per: {per})"
        )
    }

    fn services(&mut self) {
        for i in 0..self.services {
            let mut fields = self.serving();
            let mode = self.one_of(&["Blocking", "Asynchronous"]);
            fields.push(format!("mode: {mode}"));
            let programs: Vec<String> = ENDPOINTS
                .iter()
                .map(|name| format!("\"{name}\": [{}]", self.program(i)))
                .collect();
            fields.push(format!("endpoints: {{{}}}", programs.join(", ")));
            self.node(&format!("s{i}"), "Service", &fields);
        }
    }

    /// A program of service `i`, which may call those behind it.
    fn program(&mut self, i: usize) -> String {
        let from = format!("s{i}");
        let mut steps = Vec::new();
        for _ in 0..self.between(1, 4) {
            let step = self.step(&from, i + 1, 0);
            steps.push(step);
        }
        if self.chance(0.2) {
            steps.push("Reply".to_owned());
            let step = self.step(&from, i + 1, 1);
            steps.push(step);
        }
        steps.join(", ")
    }

    fn steps(&mut self, from: &str, next: usize, depth: usize) -> String {
        let n = self.between(1, 2);
        let steps: Vec<String> = (0..n).map(|_| self.step(from, next, depth + 1)).collect();
        format!("[{}]", steps.join(", "))
    }

    fn step(&mut self, from: &str, next: usize, depth: usize) -> String {
        let simple = depth >= 3;
        match self.below(if simple { 7 } else { 14 }) {
            0 | 1 => format!("Work({})", self.dist(100, 8_000)),
            2 => format!("Wait({})", self.dist(100, 5_000)),
            3..=5 => self.call(from, next, depth),
            6 => format!("Fail(\"{}%\")", self.between(1, 20)),
            7 => {
                let n = self.between(2, 3);
                let branches: Vec<String> = (0..n).map(|_| self.steps(from, next, depth)).collect();
                let need = match self.below(3) {
                    0 => "All".to_owned(),
                    1 => "Any".to_owned(),
                    _ => format!("AtLeast({})", self.between(1, n)),
                };
                format!(
                    "Parallel(branches: [{}], need: {need})",
                    branches.join(", ")
                )
            }
            8 => {
                let (one, other) = (self.steps(from, next, depth), self.steps(from, next, depth));
                format!("Choose([(0.6, {one}), (0.4, {other})])")
            }
            9 => {
                let times = self.one_of(&["0", "2", "Uniform(0, 3)", "Exponential(1.5)"]);
                format!(
                    "Repeat(times: {times}, steps: {})",
                    self.steps(from, next, depth)
                )
            }
            10 | 11 if self.caches > 0 => {
                let cache = format!("k{}", self.below(self.caches));
                self.wires.insert(format!("{from} -> {cache}"));
                let key = self.one_of(&["", "user", "cart"]);
                let miss = self.steps(from, next, depth);
                format!("Cached(cache: \"{cache}\", key: \"{key}\", miss: {miss})")
            }
            12 if self.databases > 0 => {
                self.wires.insert(format!("{from} -> d0"));
                format!("Transaction(\"d0\", {})", self.steps(from, next, depth))
            }
            13 if self.queues > 0 => {
                self.wires.insert(format!("{from} -> q0"));
                "Publish(\"q0\")".to_owned()
            }
            _ => self.call(from, next, depth),
        }
    }

    /// A call to something behind; work if there is nothing.
    fn call(&mut self, from: &str, next: usize, depth: usize) -> String {
        let mut targets = Vec::new();
        for i in next..self.services {
            targets.push((format!("s{i}"), ENDPOINTS.to_vec()));
        }
        if self.databases > 0 {
            targets.push(("d0".to_owned(), vec!["read", "write", "mixed"]));
            targets.push(("d0".to_owned(), vec!["read", "write", "mixed"]));
        }
        if self.externals > 0 {
            targets.push(("x0".to_owned(), vec![""]));
        }
        if targets.is_empty() {
            return format!("Work({})", self.dist(100, 8_000));
        }
        let (target, endpoints) = targets.swap_remove(self.below(targets.len()));
        self.wires.insert(format!("{from} -> {target}"));
        let mut call = format!("Call(node: \"{target}\"");
        let endpoint = self.one_of(&endpoints);
        if !endpoint.is_empty() {
            let _ = write!(call, ", endpoint: \"{endpoint}\"");
        }
        if depth < 3 && self.chance(0.25) {
            let fallback = self.steps(from, next, depth);
            let _ = write!(call, ", fallback: {fallback}");
        }
        call + ")"
    }

    fn caches(&mut self) {
        for i in 0..self.caches {
            let mut fields = Vec::new();
            let capacity = self.between(1, 60);
            fields.push(format!("capacity: {capacity}"));
            if self.chance(0.6) {
                fields.push(format!("ttl: {}", self.time(5_000, 300_000)));
                let eviction = self.one_of(&["Lru", "Lfu", "Fifo", "S3Fifo", "TtlOnly"]);
                fields.push(format!("eviction: {eviction}"));
                // A refresh that waits for a worker of a blocking service, while whoever holds the
                // workers waits for the refresh, never ends.
                if self.chance(0.4) && !self.drains {
                    fields.push("stale_while_revalidate: \"50ms\"".to_owned());
                }
                if self.chance(0.3) {
                    fields.push("renew: true, jitter: \"10%\"".to_owned());
                }
            } else {
                let eviction = self.one_of(&["Lru", "Lfu", "Fifo", "S3Fifo"]);
                fields.push(format!("eviction: {eviction}"));
            }
            if self.chance(0.5) {
                fields.push("coalesce: true".to_owned());
            }
            if self.chance(0.3) {
                fields.push("scope: PerReplica".to_owned());
            }
            if self.chance(0.3) {
                fields.push("start: Warm".to_owned());
            }
            if self.chance(0.1) {
                fields.push("hit_ratio: \"60%\"".to_owned());
            }
            if self.chance(0.4) {
                let serving = self.serving();
                fields.extend(serving);
            }
            self.node(&format!("k{i}"), "Cache", &fields);
        }
    }

    fn databases(&mut self) {
        if self.databases == 0 {
            return;
        }
        let mut fields = Vec::new();
        let connections = self.between(1, 20);
        fields.push(format!("connections: {connections}"));
        let full = if self.drains {
            "Refuse"
        } else {
            self.one_of(&["Refuse", "Wait"])
        };
        fields.push(format!("when_full: {full}"));
        if self.chance(0.5) {
            fields.push("buffer_hit: \"70%\"".to_owned());
        }
        if self.chance(0.4) {
            let (channels, read, flush) = (
                self.between(1, 3),
                self.dist(100, 2_000),
                self.dist(100, 4_000),
            );
            fields.push(format!(
                "disk: (channels: {channels}, read: {read}, flush: {flush})"
            ));
        }
        if self.chance(0.3) {
            fields.push("group_commit: false".to_owned());
        }
        if self.chance(0.2) {
            fields.push("row_locks: false".to_owned());
        }
        if self.chance(0.5) || self.drains {
            fields.push(format!("lock_timeout: {}", self.time(500, 20_000)));
        }
        if self.chance(0.5) {
            let cores = self.between(1, 4);
            fields.push(format!("cores: {cores}"));
        }
        let (one, other) = (self.dist(100, 3_000), self.dist(100, 3_000));
        fields.push(format!(
            "endpoints: {{\"read\": [Read(3), Work({one})], \"write\": [Work({other}), Write], \
             \"mixed\": [Read(Uniform(0, 3)), Write, Fail(\"5%\"), Repeat(times: 2, steps: [Write, Work(\"100us\")])]}}"
        ));
        if self.chance(0.3) {
            let discipline =
                self.one_of(&["Lifo", "Priority", "PreemptivePriority", "ProcessorSharing"]);
            fields.push(format!("discipline: {discipline}"));
        }
        self.nodes
            .push(("d0".to_owned(), format!("Database({})", fields.join(", "))));
    }

    fn queues(&mut self) {
        if self.queues == 0 {
            return;
        }
        let mut fields = vec![format!("visibility: {}", self.time(2_000, 200_000))];
        let receives = self.between(1, 4);
        fields.push(format!("max_receives: {receives}"));
        if self.chance(0.5) {
            let (capacity, full) = (self.between(1, 30), self.one_of(&["Refuse", "Wait"]));
            fields.push(format!("capacity: {capacity}, when_full: {full}"));
        }
        if self.chance(0.4) {
            fields.push("ordered: true".to_owned());
        }
        if self.chance(0.3) {
            fields.push("volatile: true".to_owned());
        }
        if self.chance(0.5) {
            fields.push(format!("accept: {}", self.dist(10, 1_000)));
        }
        self.nodes
            .push(("q0".to_owned(), format!("Queue({})", fields.join(", "))));
        for i in 0..self.between(1, 2) {
            let mut fields = vec!["from: \"q0\"".to_owned()];
            let workers = self.between(1, 5);
            fields.push(format!("workers: {workers}"));
            if self.chance(0.4) {
                fields.push(format!("batch: {}", self.between(2, 5)));
            }
            if self.chance(0.4) {
                fields.push(format!("prefetch: {}", self.between(1, 5)));
            }
            let mut steps = vec![format!("Work({})", self.dist(500, 10_000))];
            for _ in 0..self.below(3) {
                // Not back to services: they publish.
                let step = self.step(&format!("w{i}"), usize::MAX, 2);
                if !step.contains("Publish") {
                    steps.push(step);
                }
            }
            fields.push(format!("steps: [{}]", steps.join(", ")));
            self.node(&format!("w{i}"), "Worker", &fields);
        }
    }

    fn externals(&mut self) {
        if self.externals == 0 {
            return;
        }
        let mut fields = vec![format!("latency: {}", self.dist(500, 20_000))];
        if self.chance(0.5) {
            fields.push("availability: \"90%\"".to_owned());
        }
        if self.chance(0.3) {
            let limit = self.rate_limit();
            fields.push(format!("limits: [{limit}]"));
        }
        self.nodes
            .push(("x0".to_owned(), format!("External({})", fields.join(", "))));
    }

    fn policy(&mut self) -> String {
        let mut fields = Vec::new();
        let policy = self.one_of(&[
            "RoundRobin",
            "Random",
            "LeastOutstanding",
            "PowerOfTwo",
            "PowerOfChoices(d: 3)",
            "ConsistentHash(virtual_nodes: 10, bound: 1.25)",
            "ConsistentHash(virtual_nodes: 10)",
            "ZoneAware",
        ]);
        fields.push(format!("policy: {policy}"));
        if self.chance(0.4) {
            fields.push(
                "health: (every: \"30ms\", timeout: \"10ms\", unhealthy_after: 2, healthy_after: 2)".to_owned(),
            );
        }
        if self.chance(0.4) {
            let rule = self.one_of(&["failures: 3", "latency_factor: 2", "failure_share: \"30%\""]);
            fields.push(format!(
                "ejection: ({rule}, interval: \"100ms\", lasts: \"150ms\", max_share: \"50%\")"
            ));
        }
        if self.chance(0.2) {
            fields.push("slow_start: \"100ms\"".to_owned());
        }
        fields.join(", ")
    }

    /// Where clients send: a balancer, a gateway, or the first service.
    fn entry(&mut self) -> String {
        let kind = match self.below(4) {
            0 => "Balancer",
            1 => "Gateway",
            _ => return "s0".to_owned(),
        };
        let mut fields = vec!["to: [\"s0\"]".to_owned(), self.policy()];
        if self.chance(0.5) {
            let serving = self.serving();
            fields.extend(serving);
        }
        if kind == "Gateway" && self.chance(0.5) {
            fields.push(format!("auth: {}", self.dist(10, 500)));
        }
        self.node("edge", kind, &fields);
        self.wires.insert("edge -> s0".to_owned());
        "edge".to_owned()
    }

    fn clients(&mut self, entry: &str) {
        for i in 0..self.between(1, 2) {
            let n = self.between(1, 2);
            let flows: Vec<String> = (0..n).map(|_| self.flow(entry)).collect();
            self.nodes.push((
                format!("c{i}"),
                format!("Client(traffic: [{}])", flows.join(", ")),
            ));
            self.wires.insert(format!("c{i} -> {entry}"));
        }
    }

    fn flow(&mut self, entry: &str) -> String {
        let mut fields = vec![format!("to: \"{entry}\"")];
        if self.chance(0.3) {
            fields.push(format!(
                "mix: [(2, \"{}\"), (1, \"{}\")]",
                ENDPOINTS[0], ENDPOINTS[1]
            ));
        } else {
            fields.push(format!("endpoint: \"{}\"", self.one_of(&ENDPOINTS)));
        }
        if self.drains {
            let rate = self.between(5, 60);
            fields.push(format!(
                "rate: Step(from: \"{rate}/s\", to: \"0/s\", at: \"2s\")"
            ));
        } else if self.chance(0.25) {
            fields.push(format!(
                "users: {}, think: {}",
                self.between(1, 20),
                self.dist(1_000, 100_000)
            ));
        } else {
            let (rate, more) = (self.between(5, 300), self.between(5, 300));
            fields.push(match self.below(7) {
                0 => format!("rate: Ramp(from: \"{rate}/s\", to: \"{more}/s\", over: \"1s\")"),
                1 => format!("rate: Spike(base: \"{rate}/s\", peak: \"{}/s\", at: \"400ms\", lasts: \"300ms\")", rate + more),
                2 => format!("rate: Step(from: \"{rate}/s\", to: \"{more}/s\", at: \"700ms\")"),
                3 => format!("rate: Piecewise([(\"0s\", \"{rate}/s\"), (\"500ms\", \"0/s\"), (\"1s\", \"{more}/s\")])"),
                _ => format!("rate: \"{rate}/s\""),
            });
            let arrivals = self.one_of(&[
                "Poisson",
                "Poisson",
                "Even",
                "Renewal(Uniform(0, 2))",
                "Bursts(factor: 6, burst: \"50ms\", calm: \"200ms\")",
                "Batches(size: Uniform(1, 6))",
            ]);
            fields.push(format!("arrivals: {arrivals}"));
        }
        let keys = self.one_of(&[
            "Uniform(100)",
            "Zipf(n: 1000)",
            "HotSet(n: 50, hot: 2, share: \"80%\")",
            "Single",
        ]);
        fields.push(format!("keys: {keys}"));
        if self.chance(0.5) {
            fields.push(format!("priority: {}", self.below(8)));
        }
        if self.chance(0.3) {
            fields.push(format!("deadline: {}", self.time(3_000, 60_000)));
        }
        if self.chance(0.2) {
            fields.push("idempotent: true".to_owned());
        }
        if self.chance(0.1) {
            fields.push("attack: true".to_owned());
        }
        format!("({})", fields.join(", "))
    }

    /// The policy of a wire.
    fn wire(&mut self) -> String {
        let mut fields = Vec::new();
        if self.chance(0.5) {
            fields.push(format!("latency: {}", self.dist(50, 2_000)));
        }
        if self.chance(0.2) && !self.drains {
            fields.push("loss: \"3%\"".to_owned());
        }
        if self.chance(0.1) {
            fields.push("bandwidth: \"10MB/s\"".to_owned());
        }
        if self.chance(0.3) {
            fields.push(format!("connect: {}", self.dist(100, 2_000)));
        }
        if self.chance(0.4) {
            fields.push(format!("pool: {}", self.between(1, 6)));
            if self.chance(0.6) || self.drains {
                fields.push(format!("pool_timeout: {}", self.time(500, 10_000)));
            }
        }
        if self.chance(0.6) {
            fields.push(format!("timeout: {}", self.time(1_000, 30_000)));
        }
        if self.chance(0.3) {
            fields.push(format!("deadline: {}", self.time(2_000, 60_000)));
        }
        if self.chance(0.3) {
            fields.push("propagate_deadline: true".to_owned());
        }
        if self.chance(0.4) {
            fields.push("cancel: true".to_owned());
        }
        if self.chance(0.5) {
            let jitter = self.one_of(&["None", "Full", "Equal", "Decorrelated"]);
            let backoff = match self.below(3) {
                0 => "Immediate".to_owned(),
                1 => format!("Fixed(wait: \"2ms\", jitter: {jitter})"),
                _ => format!("Exponential(base: \"1ms\", cap: \"50ms\", jitter: {jitter})"),
            };
            let budget = self.one_of(&["", ", budget: \"20%\"", ", idempotency_key: true"]);
            fields.push(format!(
                "retry: (attempts: {}, backoff: {backoff}{budget})",
                self.between(2, 4)
            ));
        }
        if self.chance(0.3) {
            fields.push(format!(
                "hedge: (after: {}, max: {})",
                self.time(0, 8_000),
                self.between(1, 2)
            ));
        }
        if self.chance(0.3) {
            fields.push(
                "breaker: (window: \"200ms\", open_at: \"40%\", min_calls: 5, half_open_after: \"50ms\", probes: 2, slow_call: \"20ms\")"
                    .to_owned(),
            );
        }
        if self.chance(0.3) {
            fields.push(format!("bulkhead: {}", self.between(1, 8)));
        }
        if self.chance(0.15) {
            let limit = self.rate_limit();
            fields.push(format!("limits: [{limit}]"));
        }
        if self.chance(0.2) {
            fields.push("degrade: true".to_owned());
        }
        if self.chance(0.6) {
            let policy = self.policy();
            fields.push(policy);
        }
        fields.join(", ")
    }

    fn faults(&mut self) -> Vec<String> {
        (0..self.below(6)).map(|_| self.fault()).collect()
    }

    fn fault(&mut self) -> String {
        let names: Vec<String> = self.nodes.iter().map(|(name, _)| name.clone()).collect();
        let names: Vec<&str> = names
            .iter()
            .map(String::as_str)
            .filter(|name| !name.starts_with('c'))
            .collect();
        let wires: Vec<String> = self.wires.iter().cloned().collect();
        let (node, wire) = (self.one_of(&names), self.below(wires.len()));
        let wire = &wires[wire];
        let which = self.one_of(&["All", "1", "Replica(0)"]);
        let kind = self.below(13);
        let fault = match kind {
            7 | 8 if self.drains => format!("Crash(node: \"{node}\", replicas: {which})"),
            0..=2 => format!("Crash(node: \"{node}\", replicas: {which})"),
            3 => format!("Slow(node: \"{node}\", factor: 4, replicas: {which})"),
            4 => format!("Grey(node: \"{node}\", factor: 3, errors: \"30%\")"),
            5 => format!("Errors(node: \"{node}\", rate: \"40%\", replicas: {which})"),
            6 => format!("Latency(wire: \"{wire}\", add: \"5ms\")"),
            7 => format!("Loss(wire: \"{wire}\", rate: \"30%\")"),
            8 => format!("Partition(a: [\"{node}\"])"),
            9 | 10 => format!("Pause(node: \"{node}\", replicas: {which})"),
            11 if self.caches > 0 => "Flush(cache: \"k0\")".to_owned(),
            12 => self
                .one_of(&[
                    "Traffic(client: \"c0\", factor: 3)",
                    "HotKey(client: \"c0\", share: \"80%\")",
                ])
                .to_owned(),
            _ => format!("Crash(node: \"{node}\", replicas: {which})"),
        };
        let when = if self.drains {
            format!(
                "at: \"{}ms\", lasts: \"{}ms\"",
                self.below(2_000),
                self.between(1, 400)
            )
        } else if self.chance(0.6) {
            let (at, lasts) = (self.below(self.duration_ms as usize), self.between(1, 400));
            let lasts = if self.chance(0.9) {
                format!(", lasts: \"{lasts}ms\"")
            } else {
                String::new()
            };
            format!("at: \"{at}ms\"{lasts}")
        } else {
            let (every, lasts) = (self.dist(30_000, 500_000), self.dist(1_000, 100_000));
            format!("every: {every}, lasts: {lasts}")
        };
        format!("({when}, fault: {fault})")
    }
}
