//! Which groups a scene has: those of the document, or the zones of its nodes.

use std::collections::BTreeMap;

use crate::design::Design;

/// A group before anything is placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupPlan {
    pub(super) name: String,
    pub(super) members: Vec<usize>,
    pub(super) parent: Option<usize>,
    pub(super) zones: bool,
}

/// The groups of a design. Without any of its own, nodes that are spread over the same zones make
/// one, provided that the zones say something: not if all nodes are in the same.
pub(super) fn of(design: &Design, zones: bool) -> Vec<GroupPlan> {
    let mut groups: Vec<GroupPlan> = if design.groups.is_empty() && zones {
        of_zones(design)
    } else {
        of_document(design)
    };
    let parents: Vec<Option<usize>> = (0..groups.len())
        .map(|index| parent(&groups, index))
        .collect();
    for (group, parent) in groups.iter_mut().zip(parents) {
        group.parent = parent;
    }
    groups
}

fn of_document(design: &Design) -> Vec<GroupPlan> {
    let indices: BTreeMap<&str, usize> = design.nodes.names().zip(0..).collect();
    let group = |(name, members): (&str, &Vec<String>)| {
        let members = members
            .iter()
            .filter_map(|member| indices.get(member.as_str()));
        let mut members: Vec<usize> = members.copied().collect();
        members.sort_unstable();
        members.dedup();
        GroupPlan {
            name: name.to_owned(),
            members,
            parent: None,
            zones: false,
        }
    };
    design.groups.iter().map(group).collect()
}

fn of_zones(design: &Design) -> Vec<GroupPlan> {
    let mut groups: Vec<GroupPlan> = Vec::new();
    for (index, (_, node)) in design.nodes.iter().enumerate() {
        let zones = &node.common.zones;
        if zones.is_empty() {
            continue;
        }
        let word = if zones.len() == 1 { "zone" } else { "zones" };
        let name = format!("{word} {}", zones.join(", "));
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.members.push(index),
            None => groups.push(GroupPlan {
                name,
                members: vec![index],
                parent: None,
                zones: true,
            }),
        }
    }
    groups
}

/// The smallest group that holds all members of another one, and more (or as many, if it stands before it).
fn parent(groups: &[GroupPlan], index: usize) -> Option<usize> {
    let own = groups.get(index)?;
    if own.members.is_empty() {
        return None;
    }
    let holds = |(other_index, other): &(usize, &GroupPlan)| {
        let larger = other.members.len() > own.members.len()
            || (other.members.len() == own.members.len() && *other_index < index);
        let all = own
            .members
            .iter()
            .all(|member| other.members.binary_search(member).is_ok());
        *other_index != index && larger && all
    };
    let around = groups.iter().enumerate().filter(holds);
    // Of equals the last: each of several equal groups is inside the one before it.
    let smallest = around.min_by_key(|(at, other)| (other.members.len(), std::cmp::Reverse(*at)));
    smallest.map(|(at, _)| at)
}
