//! Nodes: replicas, zones, stations, and what each kind adds.

use super::{Builder, CompileError};
use crate::design::Node;
use crate::design::model::{
    Admission, Cache, Database, Discipline, Kind, Limit, Queue, Scope, Serving, Start,
};
use crate::design::model::{Algorithm, Eviction, Per, RateLimit, WhenFull};
use crate::sim::measure::{NodeMeta, StationMeta};
use crate::sim::model::{
    CacheSpec, DbSpec, Entry, LimitSpec, NONE, NodeSpec, Order, QueueSpec, ReplicaSpec, RingKind,
    StationSpec,
};
use crate::sim::parts::cache::EvictionPolicy;
use crate::sim::parts::limiter::LimitAlgorithm;
use crate::stats::dist::Dist;
use crate::stats::rng::hash_name;

/// Which of a replica's stations is what, by offset. The first is always its workers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Layout {
    pub cores: Option<u16>,
    pub in_flight: Option<u16>,
    pub disk: u16,
    pub flush: u16,
    /// Its workers are a processor: held only while work is done.
    pub processor: bool,
    /// First of its rate limits, and how many.
    pub limits: (u32, u16),
}

/// A station to be made for each replica.
struct Plan {
    name: &'static str,
    servers: u32,
    queue: u32,
    order: Order,
    codel: Option<(u64, u64)>,
}

pub(super) fn limit(limit: &Limit) -> u32 {
    limit.get().unwrap_or(NONE)
}

impl Builder<'_> {
    /// All nodes with their replicas and stations.
    pub(super) fn nodes(&mut self) -> Result<(), CompileError> {
        self.zones()?;
        for i in 0..self.design.nodes.len() {
            self.add_node(i as u32)?;
        }
        Ok(())
    }

    fn add_node(&mut self, index: u32) -> Result<(), CompileError> {
        let (name, node) = &self.design.nodes.0[index as usize];
        let serving = node.serving();
        let plans = plans(node);
        let mut layout = Layout::default();
        for (offset, plan) in plans.iter().enumerate() {
            let offset = offset as u16;
            match plan.name {
                "cores" => layout.cores = Some(offset),
                "in_flight" => layout.in_flight = Some(offset),
                "disk" => layout.disk = offset,
                "flush" => layout.flush = offset,
                _ => layout.processor = matches!(plan.order, Order::Sharing | Order::Preemptive),
            }
        }
        if let Some(serving) = serving {
            layout.limits = (
                self.model.node_limits.len() as u32,
                serving.limits.len() as u16,
            );
            for limit in &serving.limits {
                self.model.node_limits.push(limit_spec(limit));
            }
        }
        let first_class = self.model.meta.stations.len() as u32;
        let replicas = node.common.replicas;
        for plan in &plans {
            let total = if plan.servers == NONE {
                0
            } else {
                u64::from(plan.servers) * u64::from(replicas)
            };
            self.model.meta.stations.push(StationMeta {
                node: index,
                name: plan.name,
                servers_total: total,
            });
        }
        let spec = NodeSpec {
            first_replica: self.model.replicas.len() as u32,
            replicas,
            stations: plans.len() as u16,
            entry: serving.map_or(Entry::Open, entry),
            queue: NONE,
            cache: NONE,
            db: NONE,
            consumes: NONE,
            passes: node.passes_through(),
        };
        self.model.nodes.push(spec);
        self.layouts.push(layout);
        self.add_replicas(index, node, &plans, first_class);
        self.add_kind(index, name, node)?;
        self.add_meta(name, node, first_class, &plans);
        Ok(())
    }

    fn add_replicas(&mut self, index: u32, node: &Node, plans: &[Plan], first_class: u32) {
        for local in 0..node.common.replicas {
            let zones = &node.common.zones;
            let zone = if zones.is_empty() {
                NONE
            } else {
                self.zone(&zones[local as usize % zones.len()])
            };
            let stations = self.model.stations.len() as u32;
            self.model.replicas.push(ReplicaSpec {
                node: index,
                local,
                zone,
                stations,
            });
            for (class, plan) in plans.iter().enumerate() {
                self.model.stations.push(StationSpec {
                    class: first_class + class as u32,
                    servers: plan.servers,
                    queue_limit: plan.queue,
                    order: plan.order,
                    codel: plan.codel,
                });
            }
        }
    }

    fn add_meta(&mut self, name: &str, node: &Node, first_class: u32, plans: &[Plan]) {
        let index = self.model.meta.nodes.len();
        let spec = &self.model.nodes[index];
        let mut other: Vec<u32> = (1..plans.len() as u32).map(|i| first_class + i).collect();
        // A database works on its cores; its sessions are shown beside them.
        let mut workers = first_class;
        if let (Kind::Database(_), Some(cores)) = (&node.kind, self.layouts[index].cores) {
            workers = first_class + u32::from(cores);
            other.retain(|&class| class != workers);
            other.insert(0, first_class);
        }
        let optional = |i: u32| (i != NONE).then_some(i);
        self.model.meta.nodes.push(NodeMeta {
            name: name.to_owned(),
            kind: kind_name(&node.kind),
            workers,
            workers_total: self.model.meta.stations[workers as usize].servers_total,
            other_stations: other,
            cache: optional(spec.cache),
            cache_fixed: matches!(&node.kind, Kind::Cache(cache) if cache.hit_ratio.is_some()),
            queue: optional(spec.queue),
            replicas: node.common.replicas,
            cost_per_hour: node.common.price.0 * f64::from(node.common.replicas),
            cost_per_million: node.common.price_per_million,
        });
    }

    fn add_kind(&mut self, index: u32, name: &str, node: &Node) -> Result<(), CompileError> {
        match &node.kind {
            Kind::Cache(cache) => self.add_cache(index, name, cache),
            Kind::Database(db) => self.add_db(index, name, db)?,
            Kind::Queue(queue) => self.add_queue(index, name, queue),
            _ => {}
        }
        Ok(())
    }

    fn add_cache(&mut self, index: u32, name: &str, cache: &Cache) {
        self.model.nodes[index as usize].cache = self.model.caches.len() as u32;
        self.model.caches.push(CacheSpec {
            node: index,
            policy: match cache.eviction {
                Eviction::Lru => EvictionPolicy::Lru,
                Eviction::Lfu => EvictionPolicy::Lfu,
                Eviction::Fifo => EvictionPolicy::Fifo,
                Eviction::S3Fifo => EvictionPolicy::S3Fifo,
                Eviction::TtlOnly => EvictionPolicy::TtlOnly,
            },
            capacity: cache.capacity,
            ttl_ns: cache.ttl.map_or(u64::MAX, |ttl| ttl.0),
            jitter: cache.jitter.0,
            renew: cache.renew,
            coalesce: cache.coalesce,
            grace_ns: cache.stale_while_revalidate.map_or(0, |grace| grace.0),
            per_replica: cache.scope == Scope::PerReplica,
            warm: cache.start == Start::Warm,
            hit_ratio: cache.hit_ratio.map_or(-1.0, |ratio| ratio.0),
            stream: hash_name(&[name, "hit"]),
        });
    }

    fn add_db(&mut self, index: u32, name: &str, db: &Database) -> Result<(), CompileError> {
        let flush_draw = self.draw(&db.disk.flush.0, &[name, "flush"])?;
        let read_draw = self.draw(&db.disk.read.0, &[name, "read"])?;
        let lock_ring = db
            .lock_timeout
            .map_or(NONE, |time| self.ring(RingKind::Lock, time.0));
        let layout = self.layouts[index as usize];
        let spec = &mut self.model.nodes[index as usize];
        spec.db = self.model.dbs.len() as u32;
        self.model.dbs.push(DbSpec {
            node: index,
            disk: layout.disk,
            flush: layout.flush,
            flush_draw,
            read_draw,
            buffer_hit: db.buffer_hit.0,
            group_commit: db.group_commit,
            row_locks: db.row_locks,
            lock_ring,
            stream: hash_name(&[name, "flush"]),
            replica: spec.first_replica,
        });
        Ok(())
    }

    fn add_queue(&mut self, index: u32, name: &str, queue: &Queue) {
        let id = self.model.queues.len() as u32;
        let visibility_ring = self.ring(RingKind::Visibility(id), queue.visibility.0);
        self.model.nodes[index as usize].queue = id;
        self.model.queues.push(QueueSpec {
            node: index,
            visibility_ring,
            max_receives: queue.max_receives,
            capacity: limit(&queue.capacity),
            waits_when_full: queue.when_full == WhenFull::Wait,
            ordered: queue.ordered,
            volatile: queue.volatile,
            consumers: Vec::new(),
            stream: hash_name(&[name, "message"]),
        });
    }

    fn zone(&self, name: &str) -> u32 {
        self.model
            .zones
            .iter()
            .position(|zone| zone == name)
            .map_or(NONE, |i| i as u32)
    }

    /// The zones that nodes are in, and the latency between each two.
    fn zones(&mut self) -> Result<(), CompileError> {
        for (_, node) in self.design.nodes.iter() {
            for zone in &node.common.zones {
                if self.zone(zone) == NONE {
                    self.model.zones.push(zone.clone());
                }
            }
        }
        let zones = self.model.zones.clone();
        if zones.is_empty() {
            return Ok(());
        }
        let network = &self.design.network;
        let zero = Dist::Constant(0.0);
        let mut named = vec![
            self.latency(&network.same_zone.0, "same zone", &zero)?,
            self.latency(&network.cross_zone.0, "cross zone", &zero)?,
            self.latency(&network.cross_region.0, "cross region", &zero)?,
        ];
        for (a, b, time) in &network.pairs {
            named.push(self.latency(&time.0, &format!("{a} {b}"), &zero)?);
        }
        for a in &zones {
            for b in &zones {
                let pair = network.pairs.iter().position(|(x, y, _)| {
                    matches(x, a) && matches(y, b) || matches(x, b) && matches(y, a)
                });
                let which = match pair {
                    Some(i) if a != b => 3 + i,
                    _ if a == b => 0,
                    _ if region(a) == region(b) => 1,
                    _ => 2,
                };
                self.model.zone_latency.push(named[which]);
            }
        }
        Ok(())
    }

    /// A draw of latency, or `NONE` if it is always 0.
    fn latency(
        &mut self,
        written: &crate::design::model::Dist,
        name: &str,
        zero: &Dist,
    ) -> Result<u32, CompileError> {
        let dist = super::distribution(written)?;
        Ok(if dist == *zero {
            NONE
        } else {
            self.draw_of(&dist, &["network", name])
        })
    }
}

/// The region of a zone: what stands before the slash, or nothing.
fn region(zone: &str) -> &str {
    zone.split_once('/').map_or("", |(region, _)| region)
}

/// Whether a name in `pairs` means a zone: the zone itself or its region.
pub(super) fn matches(name: &str, zone: &str) -> bool {
    name == zone || !region(zone).is_empty() && name == region(zone)
}

/// The kind's name as results show it.
fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Client(_) => "client",
        Kind::Balancer(_) => "balancer",
        Kind::Gateway(_) => "gateway",
        Kind::Service(_) => "service",
        Kind::Cache(_) => "cache",
        Kind::Database(_) => "database",
        Kind::Queue(_) => "queue",
        Kind::Worker(_) => "worker",
        Kind::External(_) => "external",
    }
}

/// The stations of each replica of a node.
fn plans(node: &Node) -> Vec<Plan> {
    let open = |name| Plan {
        name,
        servers: NONE,
        queue: NONE,
        order: Order::Fifo,
        codel: None,
    };
    let Some(serving) = node.serving() else {
        return vec![open("workers")];
    };
    let order = order(&serving.discipline);
    let processor = matches!(order, Order::Sharing | Order::Preemptive);
    let mut workers = Plan {
        name: "workers",
        servers: limit(&serving.workers),
        queue: if serving.admission == Admission::Block {
            NONE
        } else {
            limit(&serving.queue)
        },
        order,
        codel: match serving.admission {
            Admission::CoDel { target, interval } => Some((target.0, interval.0)),
            _ => None,
        },
    };
    let mut plans = Vec::new();
    if let Kind::Database(db) = &node.kind {
        workers.name = "sessions";
        workers.servers = db.connections;
        workers.queue = if db.when_full == WhenFull::Refuse {
            0
        } else {
            workers.queue
        };
    }
    // Work is done on the cores where there are any, so they have the order of a processor.
    let cores = serving.cores.map(|cores| Plan {
        name: "cores",
        servers: cores,
        queue: NONE,
        order: if processor { order } else { Order::Fifo },
        codel: None,
    });
    if cores.is_some() && processor {
        workers.order = Order::Fifo;
    }
    plans.push(workers);
    plans.extend(cores);
    if let Some(in_flight) = serving.in_flight.get() {
        plans.push(Plan {
            servers: in_flight,
            queue: limit(&serving.queue),
            ..open("in_flight")
        });
    }
    if let Kind::Database(db) = &node.kind {
        plans.push(Plan {
            servers: db.disk.channels,
            ..open("disk")
        });
        plans.push(Plan {
            servers: 1,
            ..open("flush")
        });
    }
    plans
}

fn order(discipline: &Discipline) -> Order {
    match discipline {
        Discipline::Fifo => Order::Fifo,
        Discipline::Lifo => Order::Lifo,
        Discipline::AdaptiveLifo { after } => Order::AdaptiveLifo(after.0),
        Discipline::Priority => Order::Priority,
        Discipline::PreemptivePriority => Order::Preemptive,
        Discipline::ProcessorSharing => Order::Sharing,
    }
}

fn entry(serving: &Serving) -> Entry {
    match serving.admission {
        Admission::Reject | Admission::Block | Admission::CoDel { .. } => Entry::Open,
        Admission::Concurrency { limit } => Entry::Concurrency(limit),
        Admission::Adaptive {
            min,
            max,
            tolerance,
        } => Entry::Adaptive(min, max, tolerance),
        Admission::Shed { start, full } => Entry::Shed(start, full),
    }
}

/// A rate limit, for the engine.
pub(super) fn limit_spec(limit: &RateLimit) -> LimitSpec {
    LimitSpec {
        algorithm: match limit.algorithm {
            Algorithm::TokenBucket => LimitAlgorithm::TokenBucket,
            Algorithm::LeakyBucket => LimitAlgorithm::LeakyBucket,
            Algorithm::FixedWindow => LimitAlgorithm::FixedWindow,
            Algorithm::SlidingWindow => LimitAlgorithm::SlidingWindow,
        },
        rate_per_s: limit.rate.0,
        burst: limit.burst,
        window_ns: limit.window.0,
        per_key: limit.per == Per::Key,
        endpoints: limit.endpoints.clone(),
    }
}
