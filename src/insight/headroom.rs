//! How full every limit of a design was: workers, cores, disks, connections, pools. What is fullest
//! binds first as traffic grows.

use serde::Serialize;

use crate::sim::result::RunResult;

/// A limit on what happens at once, and how much of it was used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Limit {
    /// The node or wire.
    pub about: String,
    /// `workers`, `cores`, `disk`, `flush`, `connections` …, or `pool` of a wire.
    pub part: String,
    /// From 0 to 1.
    pub used: f64,
}

impl Limit {
    /// How sentences call it: `api`, `the cores of orders-db`, `the connection pool of api -> db`.
    pub fn words(&self) -> String {
        let part = match self.part.as_str() {
            "workers" => return self.about.clone(),
            "pool" => "the connection pool".to_owned(),
            "flush" => "the log flush".to_owned(),
            "in_flight" => "the in-flight limit".to_owned(),
            other => format!("the {other}"),
        };
        format!("{part} of {}", self.about)
    }

    /// Whether sentences speak of it in the plural.
    pub fn is_plural(&self) -> bool {
        matches!(self.part.as_str(), "cores" | "connections" | "sessions")
    }

    /// How many times the traffic fits until it is full, if nothing else changes.
    pub fn growth(&self) -> f64 {
        1.0 / self.used
    }
}

/// All limits in the order of the result: of each node its workers and other stations, then pools.
pub fn limits(result: &RunResult) -> Vec<Limit> {
    let mut limits = Vec::new();
    let mut add = |about: &str, part: &str, used: f64| {
        limits.push(Limit {
            about: about.to_owned(),
            part: part.to_owned(),
            used,
        });
    };
    for node in &result.nodes {
        add(&node.id, "workers", node.utilization);
        for station in &node.stations {
            add(&node.id, &station.id, station.utilization);
        }
    }
    for wire in result.wires.iter().filter(|wire| wire.pool_size > 0) {
        let used = wire.pool_busy_mean / wire.pool_size as f64;
        add(&wire.id, "pool", used);
    }
    limits
}

/// The same, the fullest first.
pub fn fullest(result: &RunResult) -> Vec<Limit> {
    let mut limits = limits(result);
    limits.sort_by(|a, b| b.used.total_cmp(&a.used));
    limits
}
