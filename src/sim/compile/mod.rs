//! From a design to the engine's tables: names, units and defaults end here.
//!
//! The order: nodes and their stations, then flows and everything they reach (endpoints are lowered
//! when first called), then faults; at the end the program counters of endpoints are filled in.

mod dist;
mod faults;
mod nodes;
mod steps;
mod traffic;
mod wires;

pub use dist::distribution;

use super::measure::{Meta, WarmupRule};
use super::model::{
    Callee, Draw, EndpointSpec, Entry, GroupSpec, Model, NONE, Op, Ring, RingKind, SiteSpec,
    Target, feature,
};
use crate::design::model::{Design, Dist as Written, Warmup, Wire};
use crate::design::resolve::IMPLIED_ENDPOINT;
use crate::stats::dist::Dist;
use crate::stats::rng::hash_name;
use crate::stats::sampler::Sampler;
use nodes::Layout;
use std::collections::BTreeMap;

/// Why a design cannot be simulated although each part of it is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileError {
    /// Where, as a path in the document; empty if it concerns the whole.
    pub path: String,
    /// What, and what to do.
    pub message: String,
}

impl CompileError {
    pub(super) fn new(path: &str, message: &str) -> Self {
        Self {
            path: path.to_owned(),
            message: message.to_owned(),
        }
    }
}

impl std::fmt::Display for CompileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

impl std::error::Error for CompileError {}

/// Compiles a design that has been loaded and validated.
///
/// # Errors
/// If a distribution has no solution, or the model would exceed a limit of the engine.
pub fn compile(design: &Design) -> Result<Model, CompileError> {
    let mut builder = Builder::new(design)?;
    builder.nodes()?;
    builder.flows()?;
    builder.consumers()?;
    builder.wire_up_rest()?;
    builder.lower_all()?;
    builder.faults()?;
    Ok(builder.finish())
}

/// The model under construction, with what is only known by name.
struct Builder<'d> {
    design: &'d Design,
    model: Model,
    node_index: BTreeMap<&'d str, u32>,
    layouts: Vec<Layout>,
    wire_index: BTreeMap<(u32, u32), u32>,
    endpoint_index: BTreeMap<(u32, String), u32>,
    group_index: BTreeMap<(u32, Vec<u32>), u32>,
    /// Endpoints that are called but not lowered yet.
    pending: Vec<u32>,
    default_wire: Wire,
}

impl<'d> Builder<'d> {
    fn new(design: &'d Design) -> Result<Self, CompileError> {
        let default_wire = crate::design::decode_text::<Wire>("()")
            .map_err(|_| CompileError::new("wires", "the default wire could not be read"))?;
        let warmup = match design.run.warmup {
            Warmup::Auto => WarmupRule::Auto,
            Warmup::Nothing => WarmupRule::Nothing,
            Warmup::For { time } => WarmupRule::Given(time.0),
        };
        let meta = Meta {
            duration_ns: design.run.duration.0,
            warmup,
            ..Meta::default()
        };
        let model = Model {
            meta,
            // The operations at fixed places.
            ops: vec![Op::Deliver, Op::Arrive, Op::Done, Op::Failed],
            draws: Vec::new(),
            nodes: Vec::new(),
            replicas: Vec::new(),
            stations: Vec::new(),
            wires: Vec::new(),
            ends: 0,
            sites: Vec::new(),
            site_entries: Vec::new(),
            callees: Vec::new(),
            groups: Vec::new(),
            group_instances: 0,
            endpoints: Vec::new(),
            forks: Vec::new(),
            choices: Vec::new(),
            caches: Vec::new(),
            cached: Vec::new(),
            dbs: Vec::new(),
            txs: Vec::new(),
            queues: Vec::new(),
            flows: Vec::new(),
            node_limits: Vec::new(),
            faults: Vec::new(),
            rings: Vec::new(),
            zones: Vec::new(),
            zone_latency: Vec::new(),
            memory_limit: u64::from(design.run.memory_mib) << 20,
            uses_keys: false,
            tracks_effects: false,
            edges: Vec::new(),
            follow_one_in: 1,
        };
        Ok(Self {
            design,
            model,
            node_index: design
                .nodes
                .names()
                .enumerate()
                .map(|(i, name)| (name, i as u32))
                .collect(),
            layouts: Vec::new(),
            wire_index: BTreeMap::new(),
            endpoint_index: BTreeMap::new(),
            group_index: BTreeMap::new(),
            pending: Vec::new(),
            default_wire,
        })
    }

    fn name(&self, node: u32) -> &'d str {
        &self.design.nodes.0[node as usize].0
    }

    fn node(&self, name: &str, path: &str) -> Result<u32, CompileError> {
        self.node_index
            .get(name)
            .copied()
            .ok_or_else(|| CompileError::new(path, &format!("there is no node \"{name}\"")))
    }

    /// A source of keyed randomness for something with a stable name.
    fn draw(&mut self, written: &Written, name: &[&str]) -> Result<u32, CompileError> {
        let dist = distribution(written)
            .map_err(|error| CompileError::new(&name.join("/"), &error.message))?;
        Ok(self.draw_of(&dist, name))
    }

    fn draw_of(&mut self, dist: &Dist, name: &[&str]) -> u32 {
        self.model.draws.push(Draw {
            sampler: Sampler::new(dist),
            stream: hash_name(name),
        });
        self.model.draws.len() as u32 - 1
    }

    /// A timer ring of a kind and length; equal ones are shared.
    fn ring(&mut self, kind: RingKind, after_ns: u64) -> u32 {
        let ring = Ring { kind, after_ns };
        if let Some(i) = self.model.rings.iter().position(|known| *known == ring) {
            return i as u32;
        }
        self.model.rings.push(ring);
        self.model.rings.len() as u32 - 1
    }

    /// The endpoint of a node that a call means, to be lowered if it is new.
    fn endpoint(&mut self, node: u32, name: Option<&str>) -> u32 {
        let design_node = &self.design.nodes.0[node as usize].1;
        let own = design_node.serving().map(|serving| &serving.endpoints);
        let key = match (name, own) {
            (Some(name), Some(own)) if own.get(name).is_some() => name.to_owned(),
            (None, Some(own)) if own.len() == 1 => own.0[0].0.clone(),
            (Some(name), _)
                if design_node.passes_through() || name.starts_with(steps::INTERNAL) =>
            {
                name.to_owned()
            }
            _ => IMPLIED_ENDPOINT.to_owned(),
        };
        if let Some(&endpoint) = self.endpoint_index.get(&(node, key.clone())) {
            return endpoint;
        }
        let endpoint = self.model.endpoints.len() as u32;
        self.model.endpoints.push(EndpointSpec {
            node,
            entry: NONE,
            name: key.clone(),
        });
        self.endpoint_index.insert((node, key), endpoint);
        self.pending.push(endpoint);
        endpoint
    }

    /// Lowers every endpoint that is called, those included that only lowering calls.
    fn lower_all(&mut self) -> Result<(), CompileError> {
        while let Some(endpoint) = self.pending.pop() {
            self.lower(endpoint)?;
        }
        Ok(())
    }

    fn finish(mut self) -> Model {
        let model = &mut self.model;
        for entry in &mut model.site_entries {
            *entry = model.endpoints[*entry as usize].entry;
        }
        let writes = model
            .ops
            .iter()
            .any(|op| matches!(op, Op::Written { .. } | Op::Enqueue { .. }));
        let repeats = model
            .wires
            .iter()
            .any(|wire| wire.attempts > 1 || wire.hedges > 0);
        model.tracks_effects = writes && (repeats || !model.queues.is_empty());
        model.uses_keys = !model.caches.is_empty()
            || !model.dbs.is_empty()
            || !model.queues.is_empty()
            || model.groups.iter().any(|group| group.ring.is_some())
            || model.node_limits.iter().any(|limit| limit.per_key)
            || model
                .wires
                .iter()
                .any(|wire| wire.limits.iter().any(|limit| limit.per_key));
        model.edges = edges(model);
        for site in 0..model.sites.len() {
            if let Some(callees) = callees(model, &model.sites[site]) {
                model.sites[site].callees = model.callees.len() as u32;
                model.sites[site].alone = callees.len() == 1;
                model.callees.extend(callees);
            }
        }
        for site in 0..model.sites.len() {
            model.sites[site].forward = forward(model, &model.sites[site]).unwrap_or(NONE);
        }
        self.model
    }
}

/// What calls from a site consist of, if they may be carried out in the caller's frame.
fn callees(model: &Model, site: &SiteSpec) -> Option<Vec<Callee>> {
    let group = &model.groups[site.group as usize];
    let callee = |target: &Target| {
        let wire = &model.wires[target.wire as usize];
        let node = model.replicas[target.replica as usize].node;
        let entry = model.site_entries[site.entries as usize + usize::from(target.ordinal)];
        let program = &model.ops[entry as usize..];
        let [Op::Visit { st, draw }, Op::VisitEnd { .. }, Op::Return, ..] = *program else {
            return None;
        };
        let station = target.stations + u32::from(st);
        let plain = wire.features & feature::NETWORK == 0
            && model.nodes[node as usize].entry == Entry::Open
            && model.stations[station as usize].is_plain();
        plain.then_some(Callee {
            station,
            draw,
            entry,
            wire: target.wire,
        })
    };
    if site.features != 0 || is_watched(group) {
        return None;
    }
    group.targets.iter().map(callee).collect()
}

/// Whether who is in rotation depends on how calls go.
fn is_watched(group: &GroupSpec) -> bool {
    group.health.is_some() || group.ejection.is_some() || group.slow_start_ns > 0
}

/// Where the node that a site calls passes every call on, if it does nothing else and can be skipped:
/// no time, no policy and no limit on either side of it.
fn forward(model: &Model, site: &SiteSpec) -> Option<u32> {
    let targets = &model.groups[site.group as usize].targets;
    let node = &model.nodes[model.replicas[targets.first()?.replica as usize].node as usize];
    let entry = model.site_entries[site.entries as usize];
    let [Op::Call { site: from }, Op::Return, ..] = model.ops[entry as usize..] else {
        return None;
    };
    let next = &model.sites[from as usize];
    let group = &model.groups[next.group as usize];
    let carries = feature::NETWORK | feature::CONNECT | feature::PROPAGATE;
    let plain = |target: &Target| model.wires[target.wire as usize].features & carries == 0;
    let skipped = targets
        .iter()
        .all(|target| target.ordinal == 0 && plain(target))
        && node.passes
        && node.entry == Entry::Open
        && next.transparent
        && next.features == 0
        && next.on_fail == NONE
        && next.callees == NONE
        && !is_watched(group)
        && group.targets.iter().all(plain);
    skipped.then_some(from)
}

/// The edges of the windows: even ones, and those that figures are cut at (warm-up, set faults).
fn edges(model: &Model) -> Vec<u64> {
    let duration = model.meta.duration_ns;
    // Histograms of a window take some kilobytes for each node and endpoint; all of them together
    // are kept to some megabytes.
    let things = (model.meta.nodes.len() * 3
        + model.meta.wires.len()
        + model.meta.endpoints.len() * 2) as u64;
    let windows = (24_000 / things.max(1)).clamp(20, 200);
    let mut edges: Vec<u64> = (0..=windows)
        .map(|i| (u128::from(duration) * u128::from(i) / u128::from(windows)) as u64)
        .collect();
    if let WarmupRule::Given(time) = model.meta.warmup {
        edges.push(time);
    }
    for plan in &model.faults {
        if plan.every.is_none() {
            edges.push(plan.at_ns);
            if let Some(lasts) = plan.lasts.as_ref().and_then(Sampler::constant) {
                edges.push(plan.at_ns.saturating_add((lasts * 1e9) as u64));
            }
        }
    }
    edges.retain(|&edge| edge <= duration);
    edges.sort_unstable();
    edges.dedup();
    edges
}
