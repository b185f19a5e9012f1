//! What can fail in a design: each node, one of its replicas, each wire, each zone.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::design::Quantity;
use crate::design::model::{Design, Dist, Fault, Kind, TimeDist, Which};
use crate::units::Ratio;

/// How much slower a slow node is.
const SLOW_FACTOR: f64 = 10.0;
/// What a late wire adds to each message, in seconds.
const LATE_S: f64 = 0.1;

/// How something fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It is gone, with all that it had under way.
    Crash,
    /// Work takes ten times as long.
    Slow,
    /// Messages take 100 ms more, each way.
    Late,
    /// No message gets through.
    CutOff,
}

impl How {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            How::Crash => "crashes",
            How::Slow => "is 10 times as slow",
            How::Late => "is 100 ms late",
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

/// Everything that can fail, in the order of the file: nodes and their replicas, wires, zones. Of each, the
/// failure that counts as its outage comes first.
pub(super) fn parts(design: &Design) -> Vec<Part> {
    let mut list = Vec::new();
    let mut zones = BTreeSet::new();
    for (name, node) in design.nodes.iter() {
        zones.extend(node.common.zones.iter().cloned());
        if matches!(node.kind, Kind::Client(_)) {
            continue;
        }
        // A queue does no work that could be slow.
        let works = !matches!(node.kind, Kind::Queue(_));
        let place = format!("node {name}");
        list.extend(replicas(&place, name, Which::All, works));
        list.push(cut_off(&place, name));
        if node.common.replicas > 1 {
            let place = format!("a replica of {name}");
            list.extend(replicas(&place, name, Which::Count { n: 1 }, works));
        }
    }
    for (from, to) in design.implied_wires() {
        list.extend(wire(&format!("{from} -> {to}")));
    }
    for zone in zones {
        let place = format!("zone {zone}");
        list.push(Part {
            place: place.clone(),
            how: How::Crash,
            fault: Fault::Zone { zone: zone.clone() },
        });
        list.push(cut_off(&place, &zone));
    }
    list
}

/// Replicas of a node that crash, or are slow.
fn replicas(place: &str, node: &str, replicas: Which, works: bool) -> Vec<Part> {
    let node = || node.to_owned();
    let crash = Fault::Crash {
        node: node(),
        replicas: replicas.clone(),
    };
    let slow = Fault::Slow {
        node: node(),
        factor: SLOW_FACTOR,
        replicas,
    };
    let mut failures = vec![(How::Crash, crash)];
    failures.extend(works.then_some((How::Slow, slow)));
    let part = |(how, fault)| Part {
        place: place.to_owned(),
        how,
        fault,
    };
    failures.into_iter().map(part).collect()
}

/// A node or zone that nobody reaches, and that reaches nobody.
fn cut_off(place: &str, what: &str) -> Part {
    Part {
        place: place.to_owned(),
        how: How::CutOff,
        fault: Fault::Partition {
            a: vec![what.to_owned()],
            b: Vec::new(),
        },
    }
}

/// A wire that loses everything, or is late.
fn wire(wire: &str) -> [Part; 2] {
    let part = |how, fault| Part {
        place: format!("wire {wire}"),
        how,
        fault,
    };
    let lost = Fault::Loss {
        wire: wire.to_owned(),
        rate: Ratio(1.0),
    };
    let late = Fault::Latency {
        wire: wire.to_owned(),
        add: TimeDist(Dist::Constant {
            value: Quantity(LATE_S),
        }),
    };
    [part(How::CutOff, lost), part(How::Late, late)]
}
