//! Who is in rotation: active health checks and outlier ejection.

use super::state::{Group, Health, trouble};
use super::{State, event};
use crate::sim::model::{GroupSpec, Model};

/// Time that a probe takes at a replica that is well, in ns.
const PROBE_NS: f64 = 1e6;

/// Ejections that will end: group instance, target, and the serial of the ejection.
#[derive(Debug, Clone, Default)]
pub(super) struct Returns {
    slots: Vec<(u32, u16, u32)>,
}

impl Group {
    pub(super) fn new(spec: &GroupSpec) -> Self {
        let n = spec.targets.len();
        let watched = spec.health.is_some() || spec.ejection.is_some() || spec.slow_start_ns > 0;
        Self {
            outstanding: vec![0; n],
            cursor: 0,
            usable: (0..n as u32).collect(),
            all: true,
            health: if watched {
                vec![Health::default(); n]
            } else {
                Vec::new()
            },
            ejected: 0,
            total: 0,
        }
    }
}

impl State {
    /// The group specification of an instance.
    fn group_of<'m>(&self, m: &'m Model, instance: u32) -> &'m GroupSpec {
        let i = m
            .groups
            .partition_point(|group| group.instances <= instance)
            - 1;
        &m.groups[i]
    }

    /// Starts the clocks of checks and judgements.
    pub(super) fn begin_health(&mut self, m: &Model) {
        for spec in &m.groups {
            for local in 0..m.nodes[spec.caller as usize].replicas {
                let instance = spec.instances + local;
                if let Some(health) = spec.health {
                    self.post(health.every_ns, event::PROBE, instance);
                }
                if let Some(ejection) = spec.ejection
                    && (ejection.latency_factor.is_finite() || ejection.failure_share < 1.0)
                {
                    self.post(ejection.interval_ns, event::JUDGE, instance);
                }
            }
        }
    }

    /// Probes every target of a group.
    pub(super) fn probe(&mut self, m: &Model, instance: u32) {
        let spec = self.group_of(m, instance);
        let Some(health) = spec.health else { return };
        let caller = m.nodes[spec.caller as usize].first_replica + instance - spec.instances;
        let mut changed = false;
        if self.replicas[caller as usize].flags & (trouble::DOWN | trouble::PAUSED) == 0 {
            for (slot, target) in spec.targets.iter().enumerate() {
                let replica = &self.replicas[target.replica as usize];
                let well = replica.flags & (trouble::DOWN | trouble::PAUSED) == 0
                    && !self.faults.partitioned(caller, target.replica)
                    && replica.slow_seen * PROBE_NS < health.timeout_ns as f64;
                let state = &mut self.groups[instance as usize].health[slot];
                if well {
                    state.failed_probes = 0;
                    state.good_probes += 1;
                    if state.unhealthy && state.good_probes >= health.healthy_after {
                        state.unhealthy = false;
                        state.back_at = self.now;
                        changed = true;
                    }
                } else {
                    state.good_probes = 0;
                    state.failed_probes += 1;
                    if !state.unhealthy && state.failed_probes >= health.unhealthy_after {
                        state.unhealthy = true;
                        changed = true;
                    }
                }
            }
        }
        if changed {
            self.rotate(instance);
        }
        self.post(self.now + health.every_ns, event::PROBE, instance);
    }

    /// Writes down anew who is in rotation.
    fn rotate(&mut self, instance: u32) {
        let group = &mut self.groups[instance as usize];
        group.usable.clear();
        for (slot, health) in group.health.iter().enumerate() {
            if !health.unhealthy && !health.ejected {
                group.usable.push(slot as u32);
            }
        }
        group.all = group.usable.len() == group.health.len();
    }

    /// An answer, or the lack of one, as outlier ejection sees it.
    pub(super) fn observe(&mut self, m: &Model, instance: u32, slot: u16, bad: bool, latency: u64) {
        let spec = self.group_of(m, instance);
        let Some(ejection) = spec.ejection else {
            return;
        };
        let health = &mut self.groups[instance as usize].health[usize::from(slot)];
        health.answers += 1;
        health.latency_ns += u128::from(latency);
        if bad {
            health.failures += 1;
            health.failures_in_row += 1;
            if health.failures_in_row >= ejection.failures {
                self.eject(m, instance, slot);
            }
        } else {
            health.failures_in_row = 0;
        }
    }

    fn eject(&mut self, m: &Model, instance: u32, slot: u16) {
        let Some(spec) = self.group_of(m, instance).ejection else {
            return;
        };
        let group = &mut self.groups[instance as usize];
        let most = (spec.max_share * group.health.len() as f64)
            .floor()
            .max(1.0) as u32;
        let health = &mut group.health[usize::from(slot)];
        if health.ejected || group.ejected >= most {
            return;
        }
        group.ejected += 1;
        health.ejected = true;
        health.failures_in_row = 0;
        health.ejections += 1;
        health.serial += 1;
        let lasts = spec.lasts_ns.saturating_mul(u64::from(health.ejections));
        let serial = health.serial;
        self.rotate(instance);
        self.returns.slots.push((instance, slot, serial));
        let index = self.returns.slots.len() as u32 - 1;
        self.post(self.now.saturating_add(lasts), event::RETURN, index);
    }

    /// An ejection is over.
    pub(super) fn ejection_ends(&mut self, index: u32) {
        let (instance, slot, serial) = self.returns.slots[index as usize];
        let group = &mut self.groups[instance as usize];
        let health = &mut group.health[usize::from(slot)];
        if !health.ejected || health.serial != serial {
            return;
        }
        health.ejected = false;
        health.back_at = self.now;
        group.ejected -= 1;
        self.rotate(instance);
    }

    /// Judges the interval that has passed: latency and share of failures against the others.
    pub(super) fn judge(&mut self, m: &Model, instance: u32) {
        let Some(spec) = self.group_of(m, instance).ejection else {
            return;
        };
        let group = &self.groups[instance as usize];
        let (answers, latency) = group
            .health
            .iter()
            .fold((0_u64, 0_u128), |(n, sum), health| {
                (n + u64::from(health.answers), sum + health.latency_ns)
            });
        let mut outliers: Vec<u16> = Vec::new();
        for (slot, health) in group.health.iter().enumerate() {
            // Fewer than five answers say nothing.
            if health.answers < 5 {
                continue;
            }
            let mean = health.latency_ns as f64 / f64::from(health.answers);
            let others = answers - u64::from(health.answers);
            let slow = others > 0
                && mean
                    > spec.latency_factor * (latency - health.latency_ns) as f64 / others as f64;
            let share = f64::from(health.failures) / f64::from(health.answers);
            if slow || share > spec.failure_share {
                outliers.push(slot as u16);
            }
        }
        for health in &mut self.groups[instance as usize].health {
            health.answers = 0;
            health.failures = 0;
            health.latency_ns = 0;
        }
        for slot in outliers {
            self.eject(m, instance, slot);
        }
        self.post(self.now + spec.interval_ns, event::JUDGE, instance);
    }
}
