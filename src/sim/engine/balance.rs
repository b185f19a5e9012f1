//! Balancing: which of a group's replicas gets a call.

use super::State;
use super::state::Group;
use crate::sim::model::{Choice, GroupSpec, Model, NONE};
use crate::stats::rng::{below, mix64, unit_f64};

const PICK: u64 = 0x7069_636b_2121;

impl State {
    /// Chooses a target for a call and counts it as outstanding; nothing if none is in rotation.
    #[inline(always)]
    pub(super) fn choose(
        &mut self,
        m: &Model,
        spec: u32,
        instance: u32,
        key: u64,
        f: u32,
    ) -> Option<u32> {
        let spec = &m.groups[spec as usize];
        let group = &mut self.groups[instance as usize];
        let slot = match spec.choice {
            Choice::Only if group.all => 0,
            Choice::Least if group.all => least(group),
            Choice::RoundRobin if group.all && spec.slow_start_ns == 0 => round_robin(group),
            _ => self.choose_otherwise(m, spec, instance, key, f)?,
        };
        let group = &mut self.groups[instance as usize];
        group.outstanding[slot as usize] += 1;
        group.total += 1;
        Some(slot)
    }

    #[inline(never)]
    fn choose_otherwise(
        &mut self,
        m: &Model,
        spec: &GroupSpec,
        instance: u32,
        key: u64,
        f: u32,
    ) -> Option<u32> {
        let mut slot = NONE;
        let avoid = self.hedged_away(f, instance);
        for round in 0..4_u64 {
            slot =
                self.choose_once(m, spec, instance, mix64(key ^ PICK ^ round << 56), f, avoid)?;
            // A target that has just come back takes a part of its share, rising to the whole.
            if spec.slow_start_ns == 0 {
                break;
            }
            let back_at = self.groups[instance as usize].health[slot as usize].back_at;
            let since = self.now - back_at.min(self.now);
            if back_at == 0 || since >= spec.slow_start_ns {
                break;
            }
            let share = (since as f64 / spec.slow_start_ns as f64).max(0.1);
            if unit_f64(mix64(key ^ PICK ^ (round + 16) << 56)) < share {
                break;
            }
        }
        Some(slot)
    }

    /// The replica of an attempt under way: a hedge goes elsewhere if it can.
    fn hedged_away(&self, f: u32, instance: u32) -> u32 {
        if self.frames[f as usize].hedges == 0 {
            return NONE;
        }
        let child = self.frames[f as usize].child;
        if child == NONE || self.frames[child as usize].group != instance {
            return NONE;
        }
        u32::from(self.frames[child as usize].slot)
    }

    fn choose_once(
        &mut self,
        m: &Model,
        spec: &GroupSpec,
        instance: u32,
        key: u64,
        f: u32,
        avoid: u32,
    ) -> Option<u32> {
        let zone = m.replicas[self.frames[f as usize].replica as usize].zone;
        let rkey = self.extras[f as usize].rkey;
        let group = &mut self.groups[instance as usize];
        let usable = group.usable.len() as u64;
        if usable == 0 {
            return None;
        }
        let at = |i: u64| group.usable[i as usize];
        let mut slot = match &spec.choice {
            Choice::Only => at(0),
            Choice::RoundRobin => next_in_turn(group),
            Choice::Random => at(below(key, usable)),
            Choice::Weighted(weights) => weighted(group, weights, unit_f64(key)),
            Choice::Least => least(group),
            Choice::Best(d) => best_of(group, *d, key),
            Choice::Hash { bound, .. } => hashed(group, spec, rkey, *bound)?,
            Choice::Zone => nearest(m, spec, group, zone),
        };
        if slot == avoid && usable > 1 {
            let i = group.usable.iter().position(|&s| s == slot).unwrap_or(0) as u64;
            slot = group.usable[((i + 1 + below(mix64(key), usable - 1)) % usable) as usize];
        }
        Some(slot)
    }
}

fn round_robin(group: &mut Group) -> u32 {
    let slot = group.cursor;
    group.cursor = if slot + 1 == group.outstanding.len() as u32 {
        0
    } else {
        slot + 1
    };
    slot
}

/// The next target in rotation at or after the cursor.
fn next_in_turn(group: &mut Group) -> u32 {
    let from = group.cursor;
    let slot = group
        .usable
        .iter()
        .copied()
        .find(|&s| s >= from)
        .unwrap_or(group.usable[0]);
    group.cursor = if slot + 1 == group.outstanding.len() as u32 {
        0
    } else {
        slot + 1
    };
    slot
}

/// Fewest outstanding, ties to the lowest index.
#[inline]
fn least(group: &Group) -> u32 {
    let mut best = (u32::MAX, 0);
    if group.all {
        for (slot, &n) in group.outstanding.iter().enumerate() {
            if n < best.0 {
                best = (n, slot as u32);
            }
        }
        return best.1;
    }
    for &slot in &group.usable {
        let n = group.outstanding[slot as usize];
        if n < best.0 {
            best = (n, slot);
        }
    }
    best.1
}

/// The best of `d` distinct targets drawn at random; among equals, the one drawn first.
fn best_of(group: &Group, d: u32, key: u64) -> u32 {
    let n = group.usable.len() as u64;
    let d = u64::from(d).min(n);
    let mut drawn = [0_u64; 16];
    let d = (d as usize).min(drawn.len());
    let mut best = (u32::MAX, group.usable[0]);
    for i in 0..d {
        // The i-th of a draw without replacement: an index among those not drawn yet.
        let mut index = below(mix64(key ^ (i as u64 + 1) << 48), n - i as u64);
        drawn[..i].sort_unstable();
        for &before in &drawn[..i] {
            if index >= before {
                index += 1;
            }
        }
        drawn[i] = index;
        let slot = group.usable[index as usize];
        let load = group.outstanding[slot as usize];
        if load < best.0 {
            best = (load, slot);
        }
    }
    best.1
}

fn weighted(group: &Group, weights: &[f64], u: f64) -> u32 {
    let total: f64 = group.usable.iter().map(|&s| weights[s as usize]).sum();
    let mut left = u * total;
    for &slot in &group.usable {
        left -= weights[slot as usize];
        if left < 0.0 {
            return slot;
        }
    }
    group.usable[group.usable.len() - 1]
}

fn hashed(group: &Group, spec: &GroupSpec, rkey: u64, bound: Option<f64>) -> Option<u32> {
    let ring = spec.ring.as_ref()?;
    let usable = |slot: u32| group.all || group.usable.binary_search(&slot).is_ok();
    match bound {
        None => ring.lookup(rkey, usable),
        Some(bound) => {
            let mean = f64::from(group.total + 1) / group.usable.len() as f64;
            let capacity = (bound * mean) as u32 + u32::from((bound * mean) % 1.0 > 0.0);
            ring.lookup(rkey, |slot| {
                usable(slot) && group.outstanding[slot as usize] < capacity
            })
            .or_else(|| ring.lookup(rkey, usable))
        }
    }
}

/// Round robin among the targets in the caller's zone, or among all if none there is in rotation.
fn nearest(m: &Model, spec: &GroupSpec, group: &mut Group, zone: u32) -> u32 {
    let from = group.cursor;
    let near = |&slot: &u32| {
        zone != NONE && m.replicas[spec.targets[slot as usize].replica as usize].zone == zone
    };
    let ahead = group
        .usable
        .iter()
        .copied()
        .filter(near)
        .find(|&s| s >= from);
    let slot = ahead.or_else(|| group.usable.iter().copied().find(near));
    match slot {
        Some(slot) => {
            group.cursor = if slot + 1 == group.outstanding.len() as u32 {
                0
            } else {
                slot + 1
            };
            slot
        }
        None => next_in_turn(group),
    }
}
