//! What can fail in a design: each node, one of its replicas, each wire, each zone.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::design::model::{Design, Fault, Kind, Which};

/// How much slower a slow node is.
pub const SLOW_FACTOR: f64 = 10.0;

/// How something fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It is gone, with all that it had under way.
    Crash,
    /// It takes ten times as long.
    Slow,
    /// No message gets through.
    CutOff,
}

impl How {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            How::Crash => "crashes",
            How::Slow => "is slow",
            How::CutOff => "is cut off",
        }
    }
}

/// Something that fails.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    /// `node api`, `a replica of api`, `wire api -> db`, `zone a`.
    pub place: String,
    pub how: How,
    pub fault: Fault,
}

/// Everything that can fail, in the order of the file: nodes and their replicas, wires, zones.
pub(super) fn parts(design: &Design) -> Vec<Part> {
    let mut list = Vec::new();
    let mut zones = BTreeSet::new();
    for (name, node) in design.nodes.iter() {
        zones.extend(node.common.zones.iter().cloned());
        if matches!(node.kind, Kind::Client(_)) {
            continue;
        }
        let crash = |replicas| Fault::Crash {
            node: name.to_owned(),
            replicas,
        };
        list.push(Part {
            place: format!("node {name}"),
            how: How::Crash,
            fault: crash(Which::All),
        });
        if node.common.replicas > 1 {
            list.push(Part {
                place: format!("a replica of {name}"),
                how: How::Crash,
                fault: crash(Which::Count { n: 1 }),
            });
        }
        // A queue does no work that could be slow.
        if !matches!(node.kind, Kind::Queue(_)) {
            list.push(Part {
                place: format!("node {name}"),
                how: How::Slow,
                fault: Fault::Slow {
                    node: name.to_owned(),
                    factor: SLOW_FACTOR,
                    replicas: Which::All,
                },
            });
        }
    }
    for (from, to) in design.implied_wires() {
        let wire = format!("{from} -> {to}");
        list.push(Part {
            place: format!("wire {wire}"),
            how: How::CutOff,
            fault: Fault::Loss {
                wire,
                rate: crate::units::Ratio(1.0),
            },
        });
    }
    for zone in zones {
        list.push(Part {
            place: format!("zone {zone}"),
            how: How::Crash,
            fault: Fault::Zone { zone },
        });
    }
    list
}
